//! A line of text being typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::Paragraph;
use tui_textarea::{CursorMove, Input, Key as AreaKey, TextArea};

use zeroize::Zeroizing;

use crate::store::secret::Secret;
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

    /// The cursor's place in the text, in bytes.
    pub fn cursor(&self) -> usize {
        let column = self.area.cursor().1;
        let text = self.text();
        text.char_indices()
            .nth(column)
            .map_or(text.len(), |(at, _)| at)
    }

    /// Puts another text in, the cursor behind it.
    pub fn set(&mut self, text: &str) {
        *self = LineInput::new(text);
    }

    /// Puts a text in the place of these bytes, the cursor behind it.
    pub fn replace(&mut self, span: std::ops::Range<usize>, text: &str) {
        let old = self.text();
        let (Some(before), Some(after)) = (old.get(..span.start), old.get(span.end..)) else {
            return;
        };
        // As it is after what cannot be typed was left out.
        let head = LineInput::new(&format!("{before}{text}"));
        let mut new = LineInput::new(&format!("{}{after}", head.text()));
        // Behind the 65,535th character the cursor stays at the end.
        if let Ok(column) = u16::try_from(head.text().chars().count()) {
            new.area.move_cursor(CursorMove::Jump(0, column));
        }
        *self = new;
    }

    /// Takes a key; true when it was one for a text line.
    pub fn key(&mut self, key: Key) -> bool {
        if key.ctrl && key.code == Code::Char('u') {
            *self = LineInput::default();
            return true;
        }
        match area_key(key) {
            Some(input) => self.area.input(input),
            None => return false,
        };
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
}

/// A key as a text area takes it; `None` for one that is no text and moves nothing within a line.
pub fn area_key(key: Key) -> Option<Input> {
    let code = match key.code {
        Code::Char(c) if key.text().is_some() && !is_unsafe(c) => AreaKey::Char(c),
        Code::Char(c @ ('a' | 'e' | 'w' | 'k' | 'z')) if key.ctrl => AreaKey::Char(c),
        Code::Backspace => AreaKey::Backspace,
        Code::Delete => AreaKey::Delete,
        Code::Left => AreaKey::Left,
        Code::Right => AreaKey::Right,
        Code::Home => AreaKey::Home,
        Code::End => AreaKey::End,
        _ => return None,
    };
    Some(Input {
        key: code,
        ctrl: key.ctrl,
        alt: key.alt,
        shift: key.shift,
    })
}

/// A secret being typed: wiped when dropped, never kept in an undo history, never drawn.
#[derive(Default)]
pub struct SecretInput(Zeroizing<String>);

impl std::fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretInput(***)")
    }
}

impl SecretInput {
    /// Longest secret, in bytes. The room is taken once: growing would leave copies behind.
    const ROOM: usize = 1024;

    /// Takes a key: a character, Backspace, or Ctrl-U for everything.
    pub fn key(&mut self, key: Key) {
        match (key.code, key.text()) {
            (_, Some(c)) => self.push(c),
            (Code::Backspace, _) => {
                self.0.pop();
            }
            (Code::Char('u'), _) if key.ctrl => self.0.clear(),
            _ => {}
        }
    }

    /// Puts pasted text in, up to the first line end.
    pub fn paste(&mut self, text: &str) {
        text.chars()
            .take_while(|c| !matches!(c, '\r' | '\n'))
            .for_each(|c| self.push(c));
    }

    fn push(&mut self, c: char) {
        if self.0.capacity() == 0 {
            self.0.reserve_exact(Self::ROOM);
        }
        if self.0.len() + c.len_utf8() <= Self::ROOM {
            self.0.push(c);
        }
    }

    /// True while nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Hands the secret over; nothing stays here.
    pub fn take(&mut self) -> Secret {
        Secret::from(std::mem::take(&mut self.0))
    }

    /// Draws a star for each character.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, style: Style) {
        let stars = "*".repeat(self.0.chars().count());
        frame.render_widget(Paragraph::new(stars).style(style), area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_cursor_stands_behind_it() {
        let mut input = LineInput::new("aé日 end");
        input.replace(1..6, "X日");
        assert_eq!((input.text(), input.cursor()), ("aX日 end", 5));
        input.replace(2..3, "never");
        assert_eq!(input.text(), "aX日 end", "inside of a character");
        input.key(Key::parse("left").expect("a key"));
        assert_eq!(input.cursor(), 2);
    }

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
