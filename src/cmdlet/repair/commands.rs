//! The statements of a damaged text, as far as its tokens tell: commands and their arguments,
//! outside of all brackets.

use std::ops::Range;

use super::draft::Draft;
use super::text;
use super::tokens::{Kind, Token};
use crate::cmdlet::catalogue::{Cmdlet, catalogue};

/// What an argument is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A word alone.
    Bare(String),
    /// `-Name`, and whether a value hangs on it by a colon.
    Parameter(String, bool),
    /// A string, a list, a variable, something in brackets.
    Other,
}

/// An argument, or the name of the command, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub item: Item,
    pub range: Range<usize>,
}

/// A part of a pipeline.
pub(super) type Element = Vec<Argument>;

/// A statement.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    pub elements: Vec<Element>,
    /// Its characters, without the blanks around it; empty for an empty line.
    pub range: Range<usize>,
    /// True when a line end ends it, not a semicolon.
    pub line: bool,
    /// What it begins with, when that is no argument.
    pub leads: Option<Kind>,
    /// True when a comment or something unreadable stands in it.
    pub hides: bool,
}

impl Statement {
    /// True for a line with nothing on it.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    fn end_of(&mut self, token: &Token) {
        if self.range.is_empty() {
            self.range.start = token.range.start;
        }
        self.range.end = token.range.end;
    }
}

/// Splits tokens into statements.
pub(super) fn statements(draft: &Draft, tokens: &[Token]) -> Vec<Statement> {
    let mut splitter = Splitter {
        draft,
        done: Vec::new(),
        statement: Statement::default(),
        element: Vec::new(),
        current: None,
        list: false,
        bar: false,
    };
    let mut depth = 0usize;
    for token in tokens {
        if depth > 0 {
            depth = match token.kind {
                Kind::Open => depth + 1,
                Kind::Close => depth - 1,
                _ => depth,
            };
            splitter.grow(token);
            continue;
        }
        depth += usize::from(token.kind == Kind::Open);
        splitter.take(token);
    }
    splitter.end(false);
    splitter.done
}

struct Splitter<'a> {
    draft: &'a Draft,
    done: Vec<Statement>,
    statement: Statement,
    element: Element,
    /// The argument that is being read: its characters, and whether it is one word.
    current: Option<(Range<usize>, bool)>,
    /// True behind a comma: what follows belongs to the same argument.
    list: bool,
    /// True behind a `|` with nothing behind it yet.
    bar: bool,
}

impl Splitter<'_> {
    fn grow(&mut self, token: &Token) {
        self.statement.end_of(token);
        let plain = token.kind == Kind::Word;
        match &mut self.current {
            Some((range, word)) => {
                range.end = token.range.end;
                *word = false;
            }
            None => self.current = Some((token.range.clone(), plain)),
        }
        self.bar = false;
    }

    fn take(&mut self, token: &Token) {
        match token.kind {
            Kind::Word | Kind::Text | Kind::Open | Kind::Close => self.grow(token),
            Kind::Blank | Kind::Continued => self.flush(),
            Kind::Hidden => {
                self.flush();
                self.statement.end_of(token);
                self.statement.hides = true;
            }
            Kind::Comma => {
                self.flush();
                self.leads(token);
                self.list = true;
            }
            Kind::Bar => {
                self.flush();
                self.leads(token);
                self.list = false;
                self.bar = true;
                self.statement
                    .elements
                    .push(std::mem::take(&mut self.element));
            }
            Kind::Semicolon => self.end(false),
            Kind::LineEnd => {
                self.flush();
                // PowerShell reads on behind a comma and a bar.
                if !self.list && !self.bar {
                    self.end(true);
                }
            }
        }
    }

    fn leads(&mut self, token: &Token) {
        if self.statement.is_empty() {
            self.statement.leads = Some(token.kind);
        }
        self.statement.end_of(token);
    }

    fn flush(&mut self) {
        let Some((range, word)) = self.current.take() else {
            return;
        };
        if std::mem::take(&mut self.list)
            && let Some(last) = self.element.last_mut()
        {
            last.item = match &last.item {
                // `-Name a, b` reads name and list apart already; a list behind a colon stays.
                Item::Parameter(name, colon) => Item::Parameter(name.clone(), *colon),
                _ => Item::Other,
            };
            last.range.end = range.end;
            return;
        }
        let text = self.draft.text(range.clone());
        self.element.push(Argument {
            item: item(&text, word),
            range,
        });
    }

    fn end(&mut self, line: bool) {
        self.flush();
        self.list = false;
        self.bar = false;
        let mut statement = std::mem::take(&mut self.statement);
        statement.elements.push(std::mem::take(&mut self.element));
        statement.line = line;
        self.done.push(statement);
    }
}

fn item(text: &str, word: bool) -> Item {
    let mut chars = text.chars();
    let dash = chars.next().is_some_and(text::is_dash);
    let rest = chars.as_str();
    if dash && rest.starts_with(char::is_alphabetic) {
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        match rest.get(name.len()..) {
            Some("") if word => return Item::Parameter(name, false),
            Some(value) if value.starts_with(':') => {
                return Item::Parameter(name, value.len() > 1);
            }
            _ => {}
        }
    }
    if word && !text.starts_with(['$', '@']) {
        Item::Bare(text.to_owned())
    } else {
        Item::Other
    }
}

/// Where the name of the command stands: in front, or behind `$name =`.
pub(super) fn head(element: &[Argument]) -> usize {
    match element {
        [_, equals, _, ..] if equals.item == Item::Bare("=".to_owned()) => 2,
        _ => 0,
    }
}

/// The cmdlet of the catalogue that a command runs.
pub(super) fn cmdlet_of(element: &[Argument]) -> Option<&'static Cmdlet> {
    match &element.get(head(element))?.item {
        Item::Bare(name) => catalogue().get(plain_name(name)),
        _ => None,
    }
}

/// The name without the module in front of it.
pub(super) fn plain_name(name: &str) -> &str {
    name.rsplit('\\').next().unwrap_or(name)
}

/// True for `Verb-Noun` with a verb that the catalogue knows, and for every command and alias
/// that csdeck knows: a line that begins with it begins a statement.
pub(super) fn is_command(word: &str) -> bool {
    use crate::cmdlet::{effect::full_name, outside};
    let known = catalogue().get(plain_name(word)).is_some() || outside::is_known(&full_name(word));
    let verb = |word: &str| {
        word.split_once('-').is_some_and(|(verb, noun)| {
            noun.starts_with(|c: char| c.is_ascii_alphabetic())
                && catalogue()
                    .iter()
                    .any(|c| c.verb().eq_ignore_ascii_case(verb))
        })
    };
    known || verb(plain_name(word))
}
