//! A text of several lines being edited.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use tui_textarea::{CursorMove, TextArea};

use crate::text::is_unsafe;
use crate::tui::action::Action;
use crate::tui::key::Key;
use crate::tui::widget::input::area_key;

/// Longest text, in bytes: a paste beyond it is refused.
const ROOM: usize = 256 * 1024;

/// What a text of several lines is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The elements of a list field, one per line; the field's name.
    List(String),
    /// `engagement.toml`, which held this text.
    Engagement(String),
}

/// A text of several lines. Control characters never get in; line ends are its own.
#[derive(Debug)]
pub struct Lines {
    /// What it is for.
    pub purpose: Purpose,
    /// What is wrong with it, after an attempt to keep it.
    pub problem: Option<String>,
    area: TextArea<'static>,
}

impl Lines {
    /// An editor that holds this text, the cursor behind it.
    pub fn new(purpose: Purpose, text: &str) -> Lines {
        let clean = |line: &str| line.chars().filter(|c| !is_unsafe(*c)).collect::<String>();
        // A text that ends its last line begins the next one.
        let mut area = TextArea::new(text.split('\n').map(clean).collect());
        area.set_cursor_line_style(Style::new());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Lines {
            purpose,
            problem: None,
            area,
        }
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// The text with line feeds.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The row of the cursor, from 0.
    pub fn row(&self) -> usize {
        self.area.cursor().0
    }

    /// Takes a key that is no action of the dialog.
    pub fn key(&mut self, key: Key) {
        if let Some(input) = area_key(key) {
            self.problem = None;
            self.area.input(input);
        }
    }

    /// Enter begins a line; the arrows move.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::Open => {
                self.problem = None;
                self.area.insert_newline();
            }
            Action::Up => self.area.move_cursor(CursorMove::Up),
            Action::Down => self.area.move_cursor(CursorMove::Down),
            Action::PageUp => (0..10).for_each(|_| self.area.move_cursor(CursorMove::Up)),
            Action::PageDown => (0..10).for_each(|_| self.area.move_cursor(CursorMove::Down)),
            _ => {}
        }
    }

    /// Puts pasted lines in.
    pub fn paste(&mut self, text: &str) {
        let held: usize = self.area.lines().iter().map(|l| l.len() + 1).sum();
        if held + text.len() > ROOM {
            self.problem = Some("that is too much text for this editor".into());
            return;
        }
        self.problem = None;
        let clean: String = text
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| *c == '\n' || !is_unsafe(*c))
            .collect();
        self.area.insert_str(clean);
    }

    /// Draws the text with its cursor.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, style: Style) {
        let mut shown = self.area.clone();
        shown.set_style(style);
        shown.set_cursor_style(style.add_modifier(Modifier::REVERSED));
        frame.render_widget(&shown, area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_and_controls_are_not() {
        let mut lines = Lines::new(Purpose::Engagement(String::new()), "a\nb\u{1b}[31m");
        assert_eq!(lines.lines(), ["a", "b[31m"]);
        lines.paste("\nc\td\u{7}\r\n");
        assert_eq!(lines.lines(), ["a", "b[31m", "c d", ""]);
        lines.act(Action::Open);
        lines.key(Key::parse("x").expect("key"));
        assert_eq!(lines.text(), "a\nb[31m\nc d\n\nx");
        lines.paste(&"y".repeat(ROOM));
        assert!(lines.problem.is_some() && lines.text().len() < 20);
    }
}
