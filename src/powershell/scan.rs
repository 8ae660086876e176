//! Our own scan of quotes, comments and brackets, in front of the grammar.
//!
//! The grammar knows only ASCII quotes and dashes and closes nothing with a typographic one, so
//! it would read `'a’ ; Remove-X '` as one string where PowerShell sees a command. This scan
//! follows PowerShell's own classes, refuses what is left open (with line and column), and hands
//! the grammar a text in which every delimiter is ASCII.

use super::chars::{is_blank, is_dash, is_double_quote, is_single_quote};
use super::{Position, SyntaxError};

/// A script in the grammar's alphabet, with the way back to the original's byte offsets.
#[derive(Debug)]
pub struct Normalised {
    /// Same structure as the original; quotes, dashes at a token's start and blanks are ASCII.
    pub text: String,
    /// `text` with the inside of strings and comments blanked: what is certainly code.
    pub code: String,
    /// (offset in `text`, offset in the original) wherever the two begin to differ by a new
    /// amount; sorted.
    shifts: Vec<(usize, usize)>,
}

impl Normalised {
    /// The original's byte offset for one of `text`.
    pub fn original(&self, offset: usize) -> usize {
        match self.shifts.partition_point(|(here, _)| *here <= offset) {
            0 => offset,
            n => {
                let (here, there) = self.shifts[n - 1];
                there + (offset - here)
            }
        }
    }
}

/// Checks that strings, comments and brackets are closed, and normalises the text.
pub fn scan(source: &str) -> Result<Normalised, SyntaxError> {
    let mut scanner = Scanner {
        source,
        chars: source.char_indices().collect(),
        at: 0,
        out: String::with_capacity(source.len()),
        code: String::with_capacity(source.len()),
        hidden: false,
        shifts: Vec::new(),
        depth: 0,
    };
    scanner.code_until(None)?;
    Ok(Normalised {
        text: scanner.out,
        code: scanner.code,
        shifts: scanner.shifts,
    })
}

/// How deep strings, brackets and sub-expressions may nest. PowerShell itself gives up at about
/// the same depth; the limit keeps hostile input from exhausting the stack.
const MAX_DEPTH: usize = 200;

struct Scanner<'a> {
    source: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    out: String,
    code: String,
    hidden: bool,
    shifts: Vec<(usize, usize)>,
    depth: usize,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    fn offset(&self) -> usize {
        self.chars
            .get(self.at)
            .map_or(self.source.len(), |(o, _)| *o)
    }

    /// Takes one character over, as `as_char`.
    fn take(&mut self, as_char: char) {
        let Some((offset, c)) = self.chars.get(self.at).copied() else {
            return;
        };
        self.at += 1;
        self.out.push(as_char);
        if self.hidden {
            self.code
                .extend(std::iter::repeat_n(' ', as_char.len_utf8()));
        } else {
            self.code.push(as_char);
        }
        if c.len_utf8() != as_char.len_utf8() {
            self.shifts.push((self.out.len(), offset + c.len_utf8()));
        }
    }

    fn take_same(&mut self) {
        if let Some(c) = self.peek(0) {
            self.take(c);
        }
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            position: Position::of(self.source, offset),
            message: message.into(),
        }
    }

    fn deeper(&mut self, offset: usize) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(offset, format!("nested more than {MAX_DEPTH} levels deep")));
        }
        Ok(())
    }

    /// Scans code up to the closing bracket, or to the end of the text when `close` is `None`.
    fn code_until(&mut self, close: Option<(char, usize)>) -> Result<(), SyntaxError> {
        let mut token_start = true;
        while let Some(c) = self.peek(0) {
            let here = self.offset();
            match c {
                _ if Some(c) == close.map(|(close, _)| close) => {
                    self.take_same();
                    return Ok(());
                }
                ')' | ']' | '}' => {
                    return Err(self.error(here, match close {
                        Some((wanted, at)) => {
                            let at = Position::of(self.source, at);
                            format!("found {c} where {wanted} must close the bracket of line {}, column {}", at.line, at.column)
                        }
                        None => format!("{c} closes nothing"),
                    }));
                }
                '`' => {
                    self.take_same();
                    self.take_same();
                    token_start = false;
                }
                '#' if token_start => self.line_comment(),
                '<' if self.peek(1) == Some('#') => self.block_comment(here)?,
                '@' if self.is_here_string() => {
                    self.here_string(here)?;
                    token_start = false;
                }
                '(' | '{' | '[' => {
                    self.take_same();
                    self.deeper(here)?;
                    let closing = match c {
                        '(' => ')',
                        '{' => '}',
                        _ => ']',
                    };
                    self.code_until(Some((closing, here)))?;
                    self.depth -= 1;
                    token_start = false;
                }
                _ if is_single_quote(c) => {
                    self.single(here)?;
                    token_start = false;
                }
                _ if is_double_quote(c) => {
                    self.double(here)?;
                    token_start = false;
                }
                _ if is_dash(c) && token_start => {
                    self.take('-');
                    token_start = false;
                }
                '\n' | '\r' => {
                    self.take_same();
                    token_start = true;
                }
                _ if is_blank(c) => {
                    self.take(if c == '\t' { '\t' } else { ' ' });
                    token_start = true;
                }
                '\0' => return Err(self.error(here, "NUL character")),
                _ => {
                    self.take_same();
                    token_start = matches!(c, ';' | '|' | '&' | ',' | '=');
                }
            }
        }
        match close {
            Some((wanted, at)) => Err(self.error(
                at,
                format!("this bracket is never closed; {wanted} is missing"),
            )),
            None => Ok(()),
        }
    }

    /// Runs `part` with its characters blanked in [`Normalised::code`].
    fn hiding<T>(&mut self, part: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.hidden, true);
        let result = part(self);
        self.hidden = before;
        result
    }

    fn line_comment(&mut self) {
        self.hiding(Self::line_comment_body);
    }

    fn line_comment_body(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n' && c != '\r') {
            self.take_same();
        }
    }

    fn block_comment(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(|s| s.block_comment_body(start))
    }

    fn block_comment_body(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.take_same();
        self.take_same();
        while let Some(c) = self.peek(0) {
            if c == '#' && self.peek(1) == Some('>') {
                self.take_same();
                self.take_same();
                return Ok(());
            }
            self.take_same();
        }
        Err(self.error(start, "this comment is never closed; #> is missing"))
    }

    fn single(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(|s| s.single_body(start))
    }

    fn single_body(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.take('\'');
        while let Some(c) = self.peek(0) {
            if is_single_quote(c) {
                self.take('\'');
                if !self.peek(0).is_some_and(is_single_quote) {
                    return Ok(());
                }
                self.take('\'');
            } else {
                self.take_same();
            }
        }
        Err(self.unclosed(start))
    }

    fn double(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(|s| s.double_body(start))
    }

    fn double_body(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.take('"');
        while let Some(c) = self.peek(0) {
            if is_double_quote(c) {
                self.take('"');
                if !self.peek(0).is_some_and(is_double_quote) {
                    return Ok(());
                }
                self.take('"');
            } else if c == '`' {
                self.take_same();
                self.take_same();
            } else if c == '$' && self.peek(1) == Some('(') {
                let here = self.offset();
                self.take_same();
                self.take_same();
                self.deeper(here)?;
                // Code again: what it runs must not be hidden.
                self.hidden = false;
                self.code_until(Some((')', here)))?;
                self.hidden = true;
                self.depth -= 1;
            } else {
                self.take_same();
            }
        }
        Err(self.unclosed(start))
    }

    fn unclosed(&self, start: usize) -> SyntaxError {
        self.error(
            start,
            "this string is never closed (typographic quotes open and close strings too)",
        )
    }

    /// `@` and a quote, and nothing but blanks up to the end of the line.
    fn is_here_string(&self) -> bool {
        if !self
            .peek(1)
            .is_some_and(|c| is_single_quote(c) || is_double_quote(c))
        {
            return false;
        }
        self.chars[self.at + 2..]
            .iter()
            .map(|(_, c)| *c)
            .find(|c| !is_blank(*c))
            .is_some_and(|c| c == '\n' || c == '\r')
    }

    fn here_string(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(|s| s.here_string_body(start))
    }

    fn here_string_body(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.take_same();
        let single = self.peek(0).is_some_and(is_single_quote);
        let (same, ascii): (fn(char) -> bool, char) = if single {
            (is_single_quote, '\'')
        } else {
            (is_double_quote, '"')
        };
        self.take(ascii);
        let mut line_start = false;
        while let Some(c) = self.peek(0) {
            if line_start && same(c) && self.peek(1) == Some('@') {
                self.take(ascii);
                self.take_same();
                return Ok(());
            }
            line_start = c == '\n';
            self.take_same();
        }
        Err(self.error(
            start,
            "this here-string is never closed; its closing quote and @ must begin a line",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn norm(text: &str) -> String {
        scan(text).expect("scans").text
    }

    #[test]
    fn delimiters_become_ascii() {
        assert_eq!(
            norm("New-X \u{2013}A \u{2018}b\u{2019} \u{2014}C \u{201c}d\u{201d}"),
            "New-X -A 'b' -C \"d\""
        );
        assert_eq!(norm("X 'it\u{2019}\u{2019}s'"), "X 'it''s'");
        assert_eq!(norm("a\u{a0}b"), "a b");
    }

    #[test]
    fn a_typographic_apostrophe_ends_a_string() {
        let error = scan("X 'it\u{2019}s'").expect_err("open string");
        assert_eq!((error.position.line, error.position.column), (1, 8));
    }

    #[test]
    fn positions_lead_back() {
        let source = "X \u{2018}b\u{2019} -Y";
        let n = scan(source).expect("scans");
        let in_norm = n.text.find("-Y").expect("there");
        assert_eq!(&source[n.original(in_norm)..], "-Y");
    }

    #[test]
    fn what_is_left_open_is_named() {
        for (text, line, column, word) in [
            ("a\n(b", 2, 1, "never closed"),
            ("a ]", 1, 3, "closes nothing"),
            ("( }", 1, 3, "where )"),
            ("<# x", 1, 1, "#>"),
            ("\"a $(b", 1, 4, "never closed"),
            ("@'\nx '@", 1, 1, "here-string"),
        ] {
            let error = scan(text).expect_err(text);
            assert_eq!(
                (error.position.line, error.position.column),
                (line, column),
                "{text}"
            );
            assert!(error.message.contains(word), "{text}: {}", error.message);
        }
        assert!(scan(&"(".repeat(100_000)).is_err());
    }

    #[test]
    fn strings_and_comments_are_not_code() {
        let n = scan("A-B 'Remove-X' # Move-Y\n\"$(Clear-Z 'q')\"").expect("scans");
        assert!(
            !n.code.contains("Remove-X") && !n.code.contains("Move-Y") && !n.code.contains('q')
        );
        assert!(n.code.contains("A-B") && n.code.contains("Clear-Z"));
        assert_eq!(n.code.len(), n.text.len());
    }

    #[test]
    fn comments_and_here_strings_hide_quotes() {
        for text in [
            "a # it's",
            "<# it's #> b",
            "@'\nit's\n'@",
            "@\"\n\"x\"\n\"@ | a",
            "a#b 'c'",
        ] {
            assert_eq!(norm(text), text);
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_lines(text in "\\PC{0,60}") {
            if let Ok(n) = scan(&text) {
                prop_assert_eq!(n.original(n.text.len()), text.len());
            }
        }
    }
}
