//! Keys as the keymap knows them; only the terminal's reader translates from crossterm.

use std::fmt;

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Ctrl was held. Never together with a character that AltGr made.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; for characters the character itself tells.
    pub shift: bool,
}

/// The keys csdeck tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    Char(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Key {
        Key {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// The character this key types, if it types one.
    pub fn text(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Reads `ctrl-r`, `shift-tab`, `f5`, `/`, `space`; `None` for anything else.
    pub fn parse(name: &str) -> Option<Key> {
        let mut key = Key::plain(Code::Enter);
        let mut rest = name;
        loop {
            rest = if let Some(tail) = rest.strip_prefix("ctrl-") {
                key.ctrl = true;
                tail
            } else if let Some(tail) = rest.strip_prefix("alt-") {
                key.alt = true;
                tail
            } else if let Some(tail) = rest.strip_prefix("shift-") {
                key.shift = true;
                tail
            } else {
                break;
            };
        }
        key.code = match rest {
            "enter" => Code::Enter,
            "esc" => Code::Esc,
            "tab" => Code::Tab,
            "space" => Code::Char(' '),
            "backspace" => Code::Backspace,
            "delete" => Code::Delete,
            "up" => Code::Up,
            "down" => Code::Down,
            "left" => Code::Left,
            "right" => Code::Right,
            "home" => Code::Home,
            "end" => Code::End,
            "pgup" => Code::PageUp,
            "pgdn" => Code::PageDown,
            other => {
                let mut chars = other.chars();
                match (chars.next()?, chars.as_str()) {
                    (c, "") => Code::Char(c),
                    ('f', digits) => Code::F(digits.parse().ok().filter(|n| (1..=12).contains(n))?),
                    _ => return None,
                }
            }
        };
        Some(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, name) in [
            (self.ctrl, "Ctrl-"),
            (self.alt, "Alt-"),
            (self.shift, "Shift-"),
        ] {
            if on {
                f.write_str(name)?;
            }
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            code => write!(f, "{code:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_and_print() {
        for (name, shown) in [
            ("ctrl-r", "Ctrl-R"),
            ("shift-tab", "Shift-Tab"),
            ("f5", "F5"),
            ("/", "/"),
            ("space", "Space"),
            ("pgdn", "PgDn"),
        ] {
            assert_eq!(
                Key::parse(name).map(|k| k.to_string()).as_deref(),
                Some(shown)
            );
        }
        for name in ["f13", "", "hyper-x", "ctrl-"] {
            assert_eq!(Key::parse(name), None, "{name}");
        }
    }
}
