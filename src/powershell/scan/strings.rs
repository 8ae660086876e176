//! What is no code: strings, here-strings and comments, and what may be either.

use super::{Quoted, QuotedKind, Scanner};
use crate::powershell::SyntaxError;
use crate::powershell::chars::{is_blank, is_dash, is_double_quote, is_single_quote};

impl Scanner<'_> {
    /// Runs `part` with its characters blanked in [`Normalised::code`], and notes what it took.
    fn hiding<T>(&mut self, kind: QuotedKind, part: impl FnOnce(&mut Self) -> T) -> T {
        let start = self.offset();
        let before = std::mem::replace(&mut self.hidden, true);
        let result = part(self);
        self.hidden = before;
        let span = start..self.offset();
        self.quoted.push(Quoted { span, kind });
        result
    }

    /// A line end; a carriage return alone is one too, which the grammar does not know.
    pub(super) fn line_end(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (Some('\r'), Some('\n')) => self.take_same(),
            _ => self.take('\n'),
        }
    }

    pub(super) fn is_stop_parsing(&self) -> bool {
        self.peek(0).is_some_and(is_dash)
            && self.peek(1).is_some_and(is_dash)
            && self.peek(2) == Some('%')
    }

    /// The line behind `--%`. In an expression it is no such token, and quotes are quotes: the
    /// grammar must see the same ones as PowerShell.
    pub(super) fn rest_of_line(&mut self) -> Result<(), SyntaxError> {
        while let Some(c) = self.peek(0).filter(|c| !matches!(c, '\n' | '\r')) {
            if (is_single_quote(c) || is_double_quote(c)) && !c.is_ascii() {
                return Err(self.error(
                    self.offset(),
                    "a typographic quote behind --%: whether it is one cannot be told",
                ));
            }
            self.take(if is_dash(c) { '-' } else { c });
        }
        Ok(())
    }

    /// `${any name}`: quotes mean nothing in it.
    pub(super) fn braced_variable(&mut self, start: usize) -> Result<(), SyntaxError> {
        while let Some(c) = self.peek(0) {
            self.take_same();
            match c {
                '`' => self.take_same(),
                '}' => return Ok(()),
                _ => {}
            }
        }
        Err(self.error(start, "this ${ is never closed; } is missing"))
    }

    pub(super) fn line_comment(&mut self) {
        self.hiding(QuotedKind::Comment, Self::line_comment_body);
    }

    fn line_comment_body(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n' && c != '\r') {
            self.take_same();
        }
    }

    pub(super) fn block_comment(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(QuotedKind::Comment, |s| s.block_comment_body(start))
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

    pub(super) fn single(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(QuotedKind::Single, |s| s.single_body(start))
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

    pub(super) fn double(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.hiding(QuotedKind::Double, |s| s.double_body(start))
    }

    fn double_body(&mut self, start: usize) -> Result<(), SyntaxError> {
        self.take('"');
        self.plain_quote(start)?;
        while let Some(c) = self.peek(0) {
            if is_double_quote(c) {
                self.take('"');
                self.plain_quote(start)?;
                if !self.peek(0).is_some_and(is_double_quote) {
                    return Ok(());
                }
                self.take('"');
            } else if c == '`' {
                self.take_same();
                self.plain_quote(start)?;
                self.take_same();
            } else if c == '$' && self.peek(1) == Some('$') {
                // A variable of its own; a bracket behind it is text.
                self.take_same();
                self.take_same();
            } else if c == '$' && self.peek(1) == Some('(') {
                let before = std::mem::replace(&mut self.in_string, true);
                self.sub_expression()?;
                self.in_string = before;
            } else if c == '$' {
                let here = self.offset();
                self.variable(here)?;
            } else {
                self.take_same();
            }
        }
        Err(self.unclosed(start))
    }

    /// `$(...)` within a string: code again, what it runs must not be hidden. PowerShell finds its
    /// end by counting round brackets, whatever stands around them; where that end is another
    /// one, nothing is certain.
    fn sub_expression(&mut self) -> Result<(), SyntaxError> {
        let here = self.offset();
        self.take_same();
        self.take_same();
        self.deeper(here)?;
        let first = self.at;
        self.hidden = false;
        self.code_until(Some((')', here)), false)?;
        self.hidden = true;
        self.depth -= 1;
        let mut open = 1usize;
        let counted = self.chars[first..].iter().position(|(_, c)| {
            match c {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            open == 0
        });
        if counted.map(|n| first + n + 1) != Some(self.at) {
            return Err(self.error(
                here,
                "round brackets in quotes or comments within $( ) in a string: take them out of the string",
            ));
        }
        Ok(())
    }

    /// Within a sub-expression of a string PowerShell undoes one layer of quoting first: two
    /// double quotes, or one behind a back-tick, are a single one there.
    pub(super) fn plain_quote(&self, start: usize) -> Result<(), SyntaxError> {
        if self.in_string && self.peek(0).is_some_and(is_double_quote) {
            return Err(self.error(
                start,
                "doubled or escaped double quotes within $( ) in a string: take them out of the string",
            ));
        }
        Ok(())
    }

    fn unclosed(&self, start: usize) -> SyntaxError {
        self.error(
            start,
            "this string is never closed (typographic quotes open and close strings too)",
        )
    }

    /// `@` and a quote, and nothing but blanks up to the end of the line.
    pub(super) fn is_here_string(&self) -> bool {
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

    pub(super) fn here_string(&mut self, start: usize) -> Result<(), SyntaxError> {
        let kind = match self.peek(1) {
            Some(c) if is_single_quote(c) => QuotedKind::HereSingle,
            _ => QuotedKind::HereDouble,
        };
        self.hiding(kind, |s| s.here_string_body(start))
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
            line_start = matches!(c, '\n' | '\r');
            match (single, c, self.peek(1)) {
                (_, '\n' | '\r', _) => self.line_end(),
                (false, '$', Some('$')) | (false, '`', _) => {
                    self.take_same();
                    self.take_same();
                }
                (false, '$', Some('(')) => self.sub_expression()?,
                (false, '$', _) => {
                    let here = self.offset();
                    self.variable(here)?;
                }
                _ => self.take_same(),
            }
        }
        Err(self.error(
            start,
            "this here-string is never closed; its closing quote and @ must begin a line",
        ))
    }
}
