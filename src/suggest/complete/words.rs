//! The words of an unfinished command line up to the cursor.
//!
//! The parser refuses what is not finished, so this reads by itself: PowerShell's quotes, brackets
//! and separators (about_Parsing), as far as it takes to know in which command the cursor stands,
//! and in which word. What it cannot tell is no place for a completion.

use std::ops::Range;

use crate::powershell::chars::{is_blank, is_dash, is_double_quote, is_single_quote};

/// A word of the command in which the cursor stands, in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// True for one more element of the value in front of it.
    pub joined: bool,
}

/// What is open at the end of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// A string.
    Quote,
    /// A bracket.
    Bracket,
    /// A `|`, a comma or a `=` that something has to follow.
    Operator,
}

/// The command in which a text ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The words in front of the one with the cursor.
    pub words: Vec<Word>,
    /// Where the word with the cursor begins; the end of the text when none is begun.
    pub start: usize,
    /// It is one more element of the value in front of it.
    pub joined: bool,
    /// Where its quote stands, when one is open in it.
    pub quote: Option<usize>,
    /// Nothing can be completed here: a comment, an expanding string, a key of a hashtable.
    pub dead: bool,
    /// What is not closed.
    pub open: Option<Open>,
}

struct Frame {
    words: Vec<Word>,
    comma: bool,
    close: char,
    /// Where the word that the bracket belongs to begins, and whether it goes on a value.
    word: (usize, bool),
    hash: bool,
}

/// Reads the text up to its end.
pub fn head(text: &str) -> Head {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut stack = vec![Frame::new('\0', (0, false), false)];
    // Where the current word begins, and whether it goes on a value.
    let mut word: Option<(usize, bool)> = None;
    let mut at = 0;
    let mut operator = false;
    while let Some((offset, c)) = chars.get(at).copied() {
        let next = chars.get(at + 1).map(|(_, c)| *c);
        let Some(frame) = stack.last_mut() else { break };
        at += 1;
        match c {
            _ if is_blank(c) => frame.end(&mut word, offset),
            '\n' | '\r' | ';' | '|' | '&' => {
                frame.end(&mut word, offset);
                frame.words.clear();
                frame.comma = false;
                operator = c == '|';
                continue;
            }
            ',' => {
                frame.end(&mut word, offset);
                frame.comma = true;
            }
            '#' if word.is_none() => {
                let rest = &chars[at..];
                match rest.iter().position(|(_, c)| *c == '\n') {
                    Some(line) => at += line,
                    None => return dead(text),
                }
            }
            '<' if next == Some('#') && word.is_none() => {
                let rest = text.get(offset + 2..).unwrap_or("");
                let Some(end) = rest.find("#>") else {
                    return dead(text);
                };
                let end = offset + 2 + end + 2;
                at = chars.partition_point(|(o, _)| *o < end);
            }
            '`' => {
                word.get_or_insert_with(|| (offset, std::mem::take(&mut frame.comma)));
                at += 1;
            }
            _ if is_single_quote(c) || is_double_quote(c) => {
                word.get_or_insert_with(|| (offset, std::mem::take(&mut frame.comma)));
                // A here-string ends with a line of its own: no place for a command line.
                let here = offset.checked_sub(1).and_then(|o| text.get(o..offset)) == Some("@");
                match closing(&chars, at, is_single_quote(c)) {
                    Some(end) if !here => at = end + 1,
                    _ => {
                        let (start, joined) = word.unwrap_or((offset, false));
                        let inside = text.get(offset + c.len_utf8()..).unwrap_or("");
                        let expands = is_double_quote(c) && inside.contains(['$', '`']);
                        let words = std::mem::take(&mut frame.words);
                        return Head {
                            words,
                            start,
                            joined,
                            quote: Some(offset),
                            dead: expands || here || frame.hash,
                            open: Some(Open::Quote),
                        };
                    }
                }
            }
            '(' | '{' => {
                let from = *word.get_or_insert_with(|| (offset, std::mem::take(&mut frame.comma)));
                word = None;
                let hash = c == '{' && text.get(from.0..offset).is_some_and(|t| t.ends_with('@'));
                stack.push(Frame::new(if c == '(' { ')' } else { '}' }, from, hash));
            }
            ')' | '}' => {
                frame.end(&mut word, offset);
                if stack.len() > 1
                    && let Some(closed) = stack.pop_if(|f| f.close == c)
                {
                    // The word goes on: `(...).Name`.
                    word = Some(closed.word);
                }
            }
            '=' if word.is_none() && frame.is_assignment() => {
                frame.words.clear();
                operator = true;
                continue;
            }
            _ => {
                word.get_or_insert_with(|| (offset, std::mem::take(&mut frame.comma)));
            }
        }
        operator &= is_blank(c);
    }
    let deep = stack.len() > 1;
    let Some(frame) = stack.pop() else {
        return dead(text);
    };
    let (start, joined) = word.unwrap_or((text.len(), frame.comma));
    let open = match (deep, operator || frame.comma && word.is_none()) {
        (true, _) => Some(Open::Bracket),
        (_, true) => Some(Open::Operator),
        _ => None,
    };
    Head {
        words: frame.words,
        start,
        joined,
        quote: None,
        dead: frame.hash,
        open,
    }
}

impl Frame {
    fn new(close: char, word: (usize, bool), hash: bool) -> Frame {
        Frame {
            words: Vec::new(),
            comma: false,
            close,
            word,
            hash,
        }
    }

    fn end(&mut self, word: &mut Option<(usize, bool)>, at: usize) {
        if let Some((start, joined)) = word.take() {
            let span = start..at;
            self.words.push(Word { span, joined });
        }
    }

    /// One word so far: `$x =` is an assignment, and a command follows.
    fn is_assignment(&self) -> bool {
        self.words.len() == 1
    }
}

fn dead(text: &str) -> Head {
    Head {
        start: text.len(),
        dead: true,
        ..Head::default()
    }
}

/// The place of the quote that closes a string, among the characters.
fn closing(chars: &[(usize, char)], mut at: usize, single: bool) -> Option<usize> {
    let same = if single {
        is_single_quote
    } else {
        is_double_quote
    };
    loop {
        let c = chars.get(at)?.1;
        match c {
            '`' if !single => at += 2,
            _ if same(c) => match chars.get(at + 1) {
                // A pair stands for one of them.
                Some((_, next)) if same(*next) => at += 2,
                _ => return Some(at),
            },
            _ => at += 1,
        }
    }
}

/// A word that begins with a dash and is no number: the name, and where its value begins when one
/// hangs on it by a colon.
pub fn parameter(word: &str) -> Option<(&str, Option<usize>)> {
    let dash = word.chars().next().filter(|c| is_dash(*c))?;
    let rest = &word[dash.len_utf8()..];
    if rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    Some(match rest.split_once(':') {
        Some((name, _)) => (name, Some(dash.len_utf8() + name.len() + 1)),
        None => (rest, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> (Vec<&str>, &str) {
        let head = head(text);
        let words = head.words.iter().map(|w| &text[w.span.clone()]).collect();
        (words, &text[head.start..])
    }

    #[test]
    fn the_command_around_the_cursor() {
        for (text, before, word) in [
            ("Get-Cs", vec![], "Get-Cs"),
            ("Get-CsPool | Where", vec![], "Where"),
            (
                "Get-CsUser -Identity 'a b' -F",
                vec!["Get-CsUser", "-Identity", "'a b'"],
                "-F",
            ),
            (
                "Get-CsUser -Identity 'a ''b",
                vec!["Get-CsUser", "-Identity"],
                "'a ''b",
            ),
            ("$x = Get-Cs", vec![], "Get-Cs"),
            ("if ($a) { Get-CsPool -", vec!["Get-CsPool"], "-"),
            ("Set-X -A (Get-Cs", vec![], "Get-Cs"),
            (
                "Set-X -A (Get-CsPool).Name -B ",
                vec!["Set-X", "-A", "(Get-CsPool).Name", "-B"],
                "",
            ),
            ("Set-X -A a, 'b',c", vec!["Set-X", "-A", "a", "'b'"], "c"),
            ("a; b # c\nd -", vec!["d"], "-"),
            ("a <# ' #> -b", vec!["a"], "-b"),
            ("a b`'c -", vec!["a", "b`'c"], "-"),
        ] {
            assert_eq!(words(text), (before, word), "{text}");
        }
        for text in ["a # b", "a \"x$y", "a @{ b", "a @'\nx", "a <# b"] {
            assert!(head(text).dead, "{text}");
        }
        assert!(head("a -b x, ").joined);
    }

    #[test]
    fn what_is_open_is_told() {
        for (text, open) in [
            ("Get-X 'a", Some(Open::Quote)),
            ("Get-X (a", Some(Open::Bracket)),
            ("Get-X | ", Some(Open::Operator)),
            ("Get-X a, ", Some(Open::Operator)),
            ("$a = ", Some(Open::Operator)),
            ("Get-X | a", None),
            ("Get-X (a)", None),
        ] {
            assert_eq!(head(text).open, open, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "(?s)([-a-z '\"‘’“”(){}@$|;,=#<>`:\n]|\\PC){0,40}") {
            let head = head(&text);
            prop_assert!(text.get(head.start..).is_some());
            for word in head.words {
                prop_assert!(text.get(word.span).is_some_and(|w| !w.is_empty()));
            }
        }
    }
}
