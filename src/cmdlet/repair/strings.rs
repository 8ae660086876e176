//! Where strings end in a damaged text.
//!
//! The rules are those of PowerShell's tokenizer (any member of a quote class closes any other, a
//! doubled one belongs to the string); to them come the two slips of blog software that end a
//! string too early or not at all: the typographic apostrophe and the double prime.

use super::draft::Edit;
use crate::powershell::chars::{is_blank, is_double_quote, is_single_quote};

const APOSTROPHE: char = '\u{2019}';

/// The double prime U+2033 and the reversed one U+2036: blog software makes them of a quote
/// behind a digit, and PowerShell does not know them.
pub(super) fn is_prime(c: char) -> bool {
    matches!(c, '\u{2033}' | '\u{2036}')
}

pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

/// A reader of strings. It remembers what it found out about a line, so that a line of nothing
/// but quotes is read once and not once for each of them.
pub(super) struct Strings<'a> {
    chars: &'a [char],
    /// An apostrophe in front of this place belongs to no string.
    no_apostrophe: usize,
    /// An apostrophe in front of this place belongs to its string.
    apostrophe: usize,
    /// A double prime in front of this place belongs to its string.
    prime: usize,
}

impl<'a> Strings<'a> {
    pub fn new(chars: &'a [char]) -> Strings<'a> {
        Strings {
            chars,
            no_apostrophe: 0,
            apostrophe: 0,
            prime: 0,
        }
    }

    fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    fn is(&self, at: usize, test: impl Fn(char) -> bool) -> bool {
        self.get(at).is_some_and(test)
    }

    /// True where a string may have ended: behind it comes nothing that could belong to it.
    fn ends_at(&self, at: usize) -> bool {
        self.get(at).is_none_or(|c| {
            is_blank(c) || is_line_end(c) || matches!(c, ',' | ')' | '}' | ']' | ';' | '|')
        })
    }

    fn between_letters(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, char::is_alphanumeric) && self.is(at + 1, char::is_alphanumeric)
    }

    /// The end of the string that begins at `open`, and what mends it; `None` when it is never
    /// closed.
    pub fn read(&mut self, open: usize) -> Option<(usize, Vec<Edit>)> {
        if self.is(open, is_single_quote) {
            self.single(open)
        } else {
            self.double(open)
        }
    }

    fn single(&mut self, open: usize) -> Option<(usize, Vec<Edit>)> {
        let mut edits = Vec::new();
        self.delimiter(open, '\'', &mut edits);
        let mut at = open + 1;
        loop {
            let c = self.get(at)?;
            if !is_single_quote(c) {
                at += 1;
            } else if self.is(at + 1, is_single_quote) {
                at += 2;
            } else if c == APOSTROPHE && self.is_apostrophe(at) {
                edits.push(Edit::new(
                    at..at + 1,
                    "\u{2019}\u{2019}",
                    "apostrophe",
                    "this apostrophe would end the string: PowerShell takes it for a quote; doubled, it belongs to the string",
                ));
                at += 1;
            } else {
                self.delimiter(at, '\'', &mut edits);
                return Some((at + 1, edits));
            }
        }
    }

    /// True when the quote at `at` can only be an apostrophe: it stands between letters, and the
    /// string ends further on in the line, where a string can end.
    fn is_apostrophe(&mut self, at: usize) -> bool {
        if !self.between_letters(at) || at < self.no_apostrophe {
            return false;
        }
        if at < self.apostrophe {
            return true;
        }
        let mut ahead = at + 1;
        loop {
            match self.get(ahead) {
                Some(c) if is_single_quote(c) => {
                    if self.is(ahead + 1, is_single_quote) {
                        ahead += 1;
                    } else if self.ends_at(ahead + 1) {
                        self.apostrophe = ahead;
                        return true;
                    } else if c != APOSTROPHE || !self.between_letters(ahead) {
                        self.no_apostrophe = ahead;
                        return false;
                    }
                }
                Some(c) if !is_line_end(c) => {}
                _ => {
                    self.no_apostrophe = ahead;
                    return false;
                }
            }
            ahead += 1;
        }
    }

    fn double(&mut self, open: usize) -> Option<(usize, Vec<Edit>)> {
        let mut edits = Vec::new();
        self.delimiter(open, '"', &mut edits);
        let mut at = open + 1;
        loop {
            let c = self.get(at)?;
            match (c, self.get(at + 1)) {
                ('`', _) | ('$', Some('$')) => at += 2,
                // PowerShell counts round brackets, whatever stands around them.
                ('$', Some('(')) => at = self.behind_bracket(at + 2)?,
                _ if is_double_quote(c) && self.is(at + 1, is_double_quote) => at += 2,
                _ if is_double_quote(c) => {
                    self.delimiter(at, '"', &mut edits);
                    return Some((at + 1, edits));
                }
                _ if is_prime(c) && self.prime_closes(at) => {
                    edits.push(prime_edit(at, "closes"));
                    return Some((at + 1, edits));
                }
                _ => at += 1,
            }
        }
    }

    fn behind_bracket(&self, from: usize) -> Option<usize> {
        let mut open = 1usize;
        for (n, c) in self.chars.get(from..)?.iter().enumerate() {
            match c {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Some(from + n + 1);
            }
        }
        None
    }

    /// True when the double prime at `at`, within a string, stands for its closing quote: a
    /// string can end there, and no real quote further on in the line closes it.
    fn prime_closes(&mut self, at: usize) -> bool {
        if !self.ends_at(at + 1) || at < self.prime {
            return false;
        }
        let mut ahead = at + 1;
        loop {
            match self.get(ahead) {
                Some(c) if is_double_quote(c) => {
                    let closes = self.ends_at(ahead + 1);
                    if closes {
                        self.prime = ahead;
                    }
                    return !closes;
                }
                // One that opens the next string.
                Some(c) if is_prime(c) && self.begins_at(ahead) && !self.ends_at(ahead + 1) => {
                    return true;
                }
                Some(c) if !is_line_end(c) => ahead += 1,
                _ => return true,
            }
        }
    }

    fn begins_at(&self, at: usize) -> bool {
        at == 0
            || self.is(at - 1, |c| {
                is_blank(c) || is_line_end(c) || matches!(c, ',' | '(' | '=' | ':' | '{' | ';')
            })
    }

    /// The end of the string that the double prime at `open` begins, when it is one: the next
    /// quote or prime of the line stands where a string can end, and nothing in it expands in a
    /// way that would move the end.
    pub fn primed(&self, open: usize) -> Option<(usize, Vec<Edit>)> {
        if !self.begins_at(open) {
            return None;
        }
        let mut edits = vec![prime_edit(open, "opens")];
        for (n, c) in self.chars.get(open + 1..)?.iter().enumerate() {
            let at = open + 1 + n;
            match c {
                '\n' | '\r' | '`' => return None,
                '$' if self.is(at + 1, |c| c == '(' || c == '{' || c == '$') => return None,
                c if is_double_quote(*c) || is_prime(*c) => {
                    if !self.ends_at(at + 1) {
                        return None;
                    }
                    if is_prime(*c) {
                        edits.push(prime_edit(at, "closes"));
                    } else {
                        self.delimiter(at, '"', &mut edits);
                    }
                    return Some((at + 1, edits));
                }
                _ => {}
            }
        }
        None
    }

    /// A typographic delimiter becomes the plain one of its class: the value stays, and other
    /// programs and encodings can no longer spoil it.
    fn delimiter(&self, at: usize, ascii: char, edits: &mut Vec<Edit>) {
        if let Some(c) = self.get(at).filter(|c| *c != ascii) {
            edits.push(Edit::new(
                at..at + 1,
                ascii.to_string(),
                "quote",
                format!(
                    "U+{:04X} is a typographic quote; {ascii} means the same to PowerShell and survives every encoding",
                    c as u32
                ),
            ));
        }
    }
}

fn prime_edit(at: usize, does: &str) -> Edit {
    Edit::new(
        at..at + 1,
        "\"",
        "prime",
        format!("a double prime is no quote to PowerShell; here it {does} a string"),
    )
}
