//! A reading of a damaged text that never fails: its strings, comments, words and brackets, and
//! what has to be mended in its characters first.

use std::ops::Range;

use super::draft::{Draft, Edit};
use super::strings::{Strings, is_line_end, is_prime};
use super::text;
use crate::powershell::chars::{is_blank, is_double_quote, is_single_quote};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    /// A back-tick with the line end behind it.
    Continued,
    LineEnd,
    /// A comment, what follows `--%`, a string that is never closed.
    Hidden,
    Word,
    /// A string or here-string.
    Text,
    Comma,
    /// `|` and `&`: another command begins.
    Bar,
    Semicolon,
    Open,
    Close,
}

/// A token: characters of the draft.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// What was read. The tokens hold only when there is nothing to mend: else the next reading has
/// to follow.
pub(super) struct Reading {
    pub tokens: Vec<Token>,
    pub edits: Vec<Edit>,
}

/// How often an unclosed string is forgiven at its line's end; behind that the rest of the text
/// counts as one. Each costs a look at all that follows.
const MAX_UNCLOSED: usize = 64;

/// Reads a draft.
pub(super) fn read(draft: &Draft) -> Reading {
    let mut reader = Reader {
        chars: &draft.chars,
        at: 0,
        strings: Strings::new(&draft.chars),
        out: Reading {
            tokens: Vec::new(),
            edits: Vec::new(),
        },
        token_start: true,
        head: true,
        unclosed: 0,
    };
    while reader.at < reader.chars.len() {
        reader.token();
    }
    reader.out
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    strings: Strings<'a>,
    out: Reading,
    /// True where a token begins.
    token_start: bool,
    /// True where the name of a command may stand.
    head: bool,
    unclosed: usize,
}

impl Reader<'_> {
    fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    /// The place of the first character from `from` that fits, else the end of the text.
    fn find(&self, from: usize, test: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(from..).unwrap_or(&[]);
        from + rest.iter().position(|c| test(*c)).unwrap_or(rest.len())
    }

    fn push(&mut self, kind: Kind, end: usize) {
        let end = end.min(self.chars.len());
        self.out.tokens.push(Token {
            kind,
            range: self.at..end,
        });
        self.at = end;
        self.token_start = !matches!(kind, Kind::Word | Kind::Text);
        self.head = match kind {
            Kind::LineEnd | Kind::Bar | Kind::Semicolon | Kind::Open => true,
            Kind::Blank | Kind::Continued | Kind::Hidden => self.head,
            Kind::Word | Kind::Text | Kind::Comma | Kind::Close => false,
        };
    }

    fn token(&mut self) {
        let at = self.at;
        let Some(c) = self.get(at) else { return };
        let next = self.get(at + 1);
        match c {
            '\r' if next == Some('\n') => self.push(Kind::LineEnd, at + 2),
            '\n' | '\r' => self.push(Kind::LineEnd, at + 1),
            _ if is_blank(c) => self.blanks(),
            _ if text::is_invisible(c) => {
                self.out.edits.push(text::invisible(at, c));
                self.at += 1;
            }
            '`' => self.back_tick(),
            '#' if self.token_start => self.hide(self.find(at, is_line_end)),
            '<' if next == Some('#') => self.block_comment(),
            '@' if self.token_start && self.is_here_string() => self.here_string(),
            '$' if next == Some('{') => self.push(Kind::Word, self.find(at, |c| c == '}') + 1),
            ',' => self.push(Kind::Comma, at + 1),
            ';' => self.push(Kind::Semicolon, at + 1),
            '|' | '&' => self.push(Kind::Bar, at + 1),
            '(' | '{' => self.push(Kind::Open, at + 1),
            ')' | '}' => self.push(Kind::Close, at + 1),
            _ if is_single_quote(c) || is_double_quote(c) => match self.strings.read(at) {
                Some((end, edits)) => {
                    self.out.edits.extend(edits);
                    self.push(Kind::Text, end);
                }
                None => self.unclosed(),
            },
            _ if is_prime(c) => match self.strings.primed(at) {
                Some((end, edits)) => {
                    self.out.edits.extend(edits);
                    self.push(Kind::Text, end);
                }
                None => self.push(Kind::Word, at + 1),
            },
            _ => self.word(),
        }
    }

    fn hide(&mut self, end: usize) {
        self.push(Kind::Hidden, end);
    }

    fn blanks(&mut self) {
        let end = self.find(self.at, |c| !is_blank(c));
        for n in self.at..end {
            if let Some(edit) = self.get(n).and_then(|c| text::blank(n, c)) {
                self.out.edits.push(edit);
            }
        }
        self.push(Kind::Blank, end);
    }

    fn back_tick(&mut self) {
        let at = self.at;
        let behind = self.find(at + 1, |c| !is_blank(c) && !text::is_invisible(c));
        match self.get(behind) {
            Some(c) if is_line_end(c) => {
                if behind > at + 1 {
                    self.out.edits.push(text::behind_back_tick(at + 1..behind));
                }
                let pair = c == '\r' && self.get(behind + 1) == Some('\n');
                self.push(Kind::Continued, behind + 1 + usize::from(pair));
            }
            _ => {
                let head = self.head;
                self.push(Kind::Word, at + 2);
                self.head = head;
            }
        }
    }

    fn block_comment(&mut self) {
        let rest = self.chars.get(self.at + 2..).unwrap_or(&[]);
        let end = rest
            .windows(2)
            .position(|w| w == ['#', '>'])
            .map_or(self.chars.len(), |n| self.at + n + 4);
        self.hide(end);
    }

    /// `@` and a quote, and nothing but blanks up to the end of the line.
    fn is_here_string(&self) -> bool {
        let quote = |c| is_single_quote(c) || is_double_quote(c);
        self.get(self.at + 1).is_some_and(quote)
            && self
                .get(self.find(self.at + 2, |c| !is_blank(c)))
                .is_some_and(is_line_end)
    }

    /// Nothing of a here-string is touched; one that is never closed hides the rest.
    fn here_string(&mut self) {
        let single = self.get(self.at + 1).is_some_and(is_single_quote);
        let same = if single {
            is_single_quote
        } else {
            is_double_quote
        };
        let rest = self.chars.get(self.at..).unwrap_or(&[]);
        let end = rest
            .windows(3)
            .position(|w| is_line_end(w[0]) && same(w[1]) && w[2] == '@');
        match end {
            Some(n) => self.push(Kind::Text, self.at + n + 3),
            None => self.hide(self.chars.len()),
        }
    }

    /// The text is no PowerShell from here on; other lines are read all the same.
    fn unclosed(&mut self) {
        self.unclosed += 1;
        let end = if self.unclosed > MAX_UNCLOSED {
            self.chars.len()
        } else {
            self.find(self.at, is_line_end)
        };
        self.hide(end);
    }

    fn word(&mut self) {
        let start = self.at;
        if self.token_start {
            let dashes = self.chars.get(start..start + 3);
            if dashes.is_some_and(|d| text::is_dash(d[0]) && text::is_dash(d[1]) && d[2] == '%') {
                return self.hide(self.find(start, is_line_end));
            }
            self.out
                .edits
                .extend(text::parameter_dash(self.chars, start));
        }
        let mut end = start + 1;
        while let Some(c) = self.get(end) {
            // The `&` of `2>&1`, and the value behind an equals sign.
            let before = self.get(end - 1);
            let stays = c == '&' && before == Some('>');
            let value = is_prime(c) && matches!(before, Some('=' | ':'));
            if !stays && (self.ends_word(end, c) || value) {
                break;
            }
            end += 1;
        }
        if self.head && self.token_start {
            self.out
                .edits
                .extend(text::name_dash(self.chars, start..end));
        }
        let assigns = self.chars.get(start..end) == Some(&['=']);
        self.push(Kind::Word, end);
        self.head = assigns;
    }

    fn ends_word(&self, at: usize, c: char) -> bool {
        is_blank(c)
            || is_line_end(c)
            || text::is_invisible(c)
            || is_single_quote(c)
            || is_double_quote(c)
            || matches!(c, '`' | ',' | ';' | '|' | '&' | '(' | ')' | '{' | '}')
            || c == '$' && self.get(at + 1) == Some('{')
    }
}
