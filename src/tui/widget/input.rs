//! A line of text being typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use tui_textarea::{CursorMove, Input, Key as AreaKey, TextArea};

use crate::text::is_unsafe;
use crate::tui::key::{Code, Key};

/// One line with a cursor. Line ends and control characters never get in.
#[derive(Debug, Clone)]
pub struct LineInput {
    area: TextArea<'static>,
}

impl Default for LineInput {
    fn default() -> Self {
        LineInput::new("")
    }
}

impl LineInput {
    /// A line that holds this text, the cursor behind it.
    pub fn new(text: &str) -> LineInput {
        let clean: String = text
            .chars()
            .filter(|c| !is_unsafe(*c) && *c != '\n' && *c != '\t')
            .collect();
        let mut area = TextArea::new(vec![clean]);
        area.set_cursor_line_style(Style::new());
        area.move_cursor(CursorMove::End);
        LineInput { area }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Takes a key; true when it was one for a text line.
    pub fn key(&mut self, key: Key) -> bool {
        let code = match key.code {
            Code::Char(c) if key.text().is_some() && !is_unsafe(c) => AreaKey::Char(c),
            Code::Char(c @ ('a' | 'e' | 'w' | 'k' | 'z')) if key.ctrl => AreaKey::Char(c),
            Code::Backspace => AreaKey::Backspace,
            Code::Delete => AreaKey::Delete,
            Code::Left => AreaKey::Left,
            Code::Right => AreaKey::Right,
            Code::Home => AreaKey::Home,
            Code::End => AreaKey::End,
            _ => return false,
        };
        self.area.input(Input {
            key: code,
            ctrl: key.ctrl,
            alt: key.alt,
            shift: key.shift,
        });
        true
    }

    /// Puts pasted text in. Line ends become blanks; control characters are dropped.
    pub fn paste(&mut self, text: &str) {
        let clean: String = text
            .trim_end_matches(['\r', '\n'])
            .chars()
            .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
            .filter(|c| !is_unsafe(*c))
            .collect();
        self.area.insert_str(clean);
    }

    /// Draws the line; the cursor only when it has the focus.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, style: Style, focused: bool) {
        let mut shown = self.area.clone();
        shown.set_style(style);
        shown.set_cursor_style(if focused {
            style.add_modifier(Modifier::REVERSED)
        } else {
            style
        });
        frame.render_widget(&shown, area);
    }

    /// Draws dots in place of the characters.
    pub fn draw_hidden(&self, frame: &mut Frame<'_>, area: Rect, style: Style) {
        let mut shown = self.area.clone();
        shown.set_style(style);
        shown.set_mask_char('*');
        frame.render_widget(&shown, area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_stays_one_line() {
        let mut input = LineInput::new("a");
        input.paste("b\r\nc\u{1b}[31m\n");
        assert_eq!(input.text(), "ab c[31m");
        for name in ["x", "backspace", "left", "enter", "ctrl-m"] {
            input.key(Key::parse(name).expect(name));
        }
        assert_eq!(input.text(), "ab c[31m");
    }
}
