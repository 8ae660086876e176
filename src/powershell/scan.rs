//! Our own scan of quotes, comments and brackets, in front of the grammar.
//!
//! The grammar knows only ASCII quotes and dashes and closes nothing with a typographic one, so
//! it would read `'a’ ; Remove-X '` as one string where PowerShell sees a command. This scan
//! follows PowerShell's own classes, refuses what is left open (with line and column), and hands
//! the grammar a text in which every delimiter is ASCII.

mod normalised;
mod strings;

pub use normalised::{Normalised, Quoted, QuotedKind};

use super::chars::{is_blank, is_dash, is_double_quote, is_single_quote};
use super::{Position, SyntaxError};

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
        quoted: Vec::new(),
        writes_file: false,
        depth: 0,
        in_string: false,
    };
    scanner.code_until(None, false)?;
    Ok(Normalised {
        text: scanner.out,
        code: scanner.code,
        writes_file: scanner.writes_file,
        quoted: scanner.quoted,
        shifts: scanner.shifts,
    })
}

/// How deep strings, brackets and sub-expressions may nest. PowerShell itself gives up at about
/// the same depth; the limit keeps hostile input from exhausting the stack.
const MAX_DEPTH: usize = 200;

/// Statements for which the grammar needs help.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    None,
    Switch,
    Param,
}

struct Scanner<'a> {
    source: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    out: String,
    code: String,
    hidden: bool,
    shifts: Vec<(usize, usize)>,
    quoted: Vec<Quoted>,
    writes_file: bool,
    depth: usize,
    /// True in a sub-expression of a double-quoted string.
    in_string: bool,
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
        match self.hidden {
            true if as_char.is_ascii() => self.code.push(' '),
            true => self
                .code
                .extend(std::iter::repeat_n(' ', as_char.len_utf8())),
            false => self.code.push(as_char),
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
        SyntaxError::new(Position::of(self.source, offset), message)
    }

    fn deeper(&mut self, offset: usize) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(offset, format!("nested more than {MAX_DEPTH} levels deep")));
        }
        Ok(())
    }

    /// Scans code up to the closing bracket, or to the end of the text when `close` is `None`.
    /// `clauses`: it is the body of a switch.
    fn code_until(
        &mut self,
        close: Option<(char, usize)>,
        clauses: bool,
    ) -> Result<(), SyntaxError> {
        // A square bracket may stand in a word, and what follows it then goes on with the word.
        let mut token_start = close.is_none_or(|(close, _)| close != ']');
        let mut statement_start = true;
        let mut keyword = Keyword::None;
        // In a switch: the condition of the clause was read.
        let mut condition = false;
        // A bare word that holds nothing but letters so far, where a `#` is one more of them.
        let mut word = false;
        // The statement begins with a variable or a type: `=` is an operator in it.
        let mut expression = false;
        while let Some(c) = self.peek(0) {
            let here = self.offset();
            let first = std::mem::replace(&mut statement_start, false);
            match c {
                _ if Some(c) == close.map(|(close, _)| close) => {
                    self.take_same();
                    return Ok(());
                }
                ')' | ']' | '}' => return Err(self.wrong_bracket(c, close)),
                '`' => {
                    let in_line = !matches!(self.peek(1), Some('\n' | '\r'));
                    self.take_same();
                    self.plain_quote(here)?;
                    self.take_same();
                    token_start &= !in_line;
                }
                '#' if token_start => {
                    self.line_comment();
                    statement_start = first;
                }
                '#' if word => self.take_same(),
                // A comment in an expression and a letter in an argument: not both can be judged.
                '#' => {
                    return Err(self.error(
                        here,
                        "a # right behind something: put a blank in front of a comment, or quote the word",
                    ));
                }
                '<' if self.peek(1) == Some('#') => {
                    if !token_start {
                        return Err(self.error(here, "<# in a word: put a blank in front of it"));
                    }
                    self.block_comment(here)?;
                    statement_start = first;
                }
                '@' if self.is_here_string() => {
                    if !token_start {
                        return Err(
                            self.error(here, "a here-string in a word: put a blank in front of it")
                        );
                    }
                    self.here_string(here)?;
                }
                '$' => {
                    expression |= first && token_start;
                    if self.peek(1) == Some('(') {
                        self.take_same();
                        self.bracket(false)?;
                    } else {
                        self.variable(here)?;
                    }
                    token_start = false;
                    word = false;
                    condition |= clauses;
                }
                // The stop-parsing token: quotes mean nothing up to the end of the line.
                _ if token_start && self.is_stop_parsing() => self.rest_of_line()?,
                '(' | '{' | '[' => {
                    let body = c == '{' && keyword == Keyword::Switch;
                    expression |= c == '[' && first && token_start;
                    // An attribute in front of param(...).
                    let attribute = c == '[' && first;
                    self.bracket(body)?;
                    word = false;
                    // A round bracket or a brace ends every token; a square one may stand in a
                    // word.
                    token_start = c != '[';
                    let ends = (c == '(' && keyword == Keyword::Param)
                        || (c == '{' && clauses && condition);
                    condition |= clauses;
                    if ends {
                        self.end_statement();
                        condition = false;
                    }
                    statement_start = c == '{' || ends || attribute;
                    if body || ends {
                        keyword = Keyword::None;
                    }
                }
                // A string at the start of a token is one; within a word it goes on.
                _ if is_single_quote(c) => {
                    self.single(here)?;
                    word = false;
                    condition |= clauses;
                }
                _ if is_double_quote(c) => {
                    self.double(here)?;
                    word = false;
                    condition |= clauses;
                }
                _ if is_dash(c) => {
                    self.take('-');
                    token_start = false;
                }
                '\n' | '\r' => {
                    self.line_end();
                    token_start = true;
                    statement_start = true;
                    word = false;
                    expression = false;
                }
                _ if is_blank(c) => {
                    self.take(' ');
                    token_start = true;
                    statement_start = first;
                    word = false;
                }
                '\0' => return Err(self.error(here, "NUL character")),
                // `2>file`: the number belongs to the redirection.
                '1'..='6' | '*' if token_start && self.peek(1) == Some('>') => self.take_same(),
                // It redirects wherever it stands; the grammar sees it between blanks only.
                '>' => {
                    if !token_start {
                        self.insert(' ');
                    }
                    self.redirection();
                    token_start = true;
                    word = false;
                }
                _ => {
                    if first {
                        keyword = self.keyword();
                    }
                    word = if token_start {
                        c.is_alphabetic()
                    } else {
                        word && (c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '\\' | '/'))
                    };
                    self.take_same();
                    token_start = matches!(c, ';' | '|' | '&' | ',') || (c == '=' && expression);
                    statement_start = matches!(c, ';' | '|' | '&' | '=');
                    expression &= c != ';';
                    condition |= clauses && !token_start;
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

    /// A bracket with all that is in it. `body`: the body of a switch.
    fn bracket(&mut self, body: bool) -> Result<(), SyntaxError> {
        let here = self.offset();
        let closing = match self.peek(0) {
            Some('(') => ')',
            Some('{') => '}',
            _ => ']',
        };
        self.take_same();
        self.deeper(here)?;
        self.code_until(Some((closing, here)), body)?;
        self.depth -= 1;
        Ok(())
    }

    fn wrong_bracket(&self, found: char, close: Option<(char, usize)>) -> SyntaxError {
        let message = match close {
            Some((wanted, at)) => {
                let at = Position::of(self.source, at);
                format!(
                    "found {found} where {wanted} must close the bracket of line {}, column {}",
                    at.line, at.column
                )
            }
            None => format!("{found} closes nothing"),
        };
        self.error(self.offset(), message)
    }

    /// The keyword that begins here.
    fn keyword(&self) -> Keyword {
        let is = |word: &str| {
            let ahead = |n: usize| self.peek(n).map(|c| c.to_ascii_lowercase());
            word.chars().enumerate().all(|(n, c)| ahead(n) == Some(c))
                && !self
                    .peek(word.len())
                    .is_some_and(|c| c.is_alphanumeric() || c == '_' || is_dash(c))
        };
        if is("switch") {
            Keyword::Switch
        } else if is("param") {
            Keyword::Param
        } else {
            Keyword::None
        }
    }

    /// Ends the statement for the grammar, which wants a line end where PowerShell needs none:
    /// behind `param(...)` and behind each clause of a switch.
    fn end_statement(&mut self) {
        match self.peek(0) {
            Some(c) if is_blank(c) => self.take('\n'),
            None | Some('\n' | '\r' | ';' | ')' | '}') => {}
            Some(_) => self.insert('\n'),
        }
    }

    /// `>` and `>>`; the grammar takes what follows without a blank for a word.
    fn redirection(&mut self) {
        while self.peek(0) == Some('>') {
            self.take_same();
        }
        let rest = self.chars[self.at..].iter().map(|(_, c)| *c);
        let target: String = rest.skip_while(|c| is_blank(*c)).take(6).collect();
        let word_ends = |c: char| c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}');
        let to_null = target
            .get(..5)
            .is_some_and(|t| t.eq_ignore_ascii_case("$null"))
            && target.get(5..).is_some_and(|t| t.chars().all(word_ends));
        self.writes_file |= !(target.starts_with('&') || to_null);
        if !matches!(self.peek(0), None | Some('&' | '\n' | '\r')) {
            self.insert(' ');
        }
    }

    /// Puts a character in that the original does not have.
    fn insert(&mut self, c: char) {
        self.out.push(c);
        self.code.push(c);
        self.shifts.push((self.out.len(), self.offset()));
    }

    /// A variable. One with a colon needs a name behind it (about_Scopes, about_Providers): the
    /// slip of `"$pool: up"`.
    fn variable(&mut self, start: usize) -> Result<(), SyntaxError> {
        if self.peek(1) == Some('{') {
            return self.braced_variable(start);
        }
        self.take_same();
        let in_name = |c: char| c.is_alphanumeric() || c == '_';
        if !self.peek(0).is_some_and(in_name) {
            return Ok(());
        }
        while self.peek(0).is_some_and(in_name) {
            self.take_same();
        }
        let colon = self.peek(0) == Some(':') && self.peek(1) != Some(':');
        if colon && !self.peek(1).is_some_and(|c| in_name(c) || c == '?') {
            let name = self.source.get(start..self.offset()).unwrap_or("");
            return Err(self.error(
                start,
                format!(
                    "{name}: is no variable; write ${{{}}}: instead",
                    name.trim_start_matches('$')
                ),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
