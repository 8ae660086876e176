//! A snippet as a foreign format can hold it: one text with holes where values go.
//!
//! No foreign format knows an optional parameter. What must be filled in and what has a default
//! becomes a hole; what is optional is left out, as if nobody had filled it in, for an empty
//! placeholder would break the command. Secrets are asked for by the command itself.

use crate::powershell::{Kind, LiteralError, literal};
use crate::snippet::values::{Checked, Filled, default_of, wanted};
use crate::snippet::{Snippet, render};

use super::entry::{Body, Place};

/// What marks a hole in a rendered text: characters of the private use area, which no command
/// holds.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A snippet with holes.
#[derive(Debug, Clone)]
pub struct Outline {
    /// Its title.
    pub title: String,
    /// The holes, in the order in which they appear.
    pub holes: Vec<Hole>,
    /// The body.
    parts: Vec<Part>,
}

/// A hole: a field that is filled in where the text is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The field's name.
    pub name: String,
    /// What is written into an empty hole: a value when the hole stands in quotes or in a string,
    /// else a PowerShell constant. `None`: it must be filled in.
    pub default: Option<String>,
    /// The default as the snippet has it.
    pub defaults: Vec<String>,
    /// `ValidateSet`.
    pub choices: Vec<String>,
    /// What it means.
    pub help: String,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Hole(usize, Context),
}

/// Where a hole stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// It is a whole value that needs quotes around it.
    Quoted,
    /// It is a whole value, and what is filled in is PowerShell: a number, a list, `$true`.
    Plain,
    /// It is a part of a string.
    Inside,
}

/// How a format writes a hole.
#[derive(Debug, Clone)]
pub struct Spelling {
    /// The placeholder.
    pub written: String,
    /// False when the quotes that the value needs are within the placeholder.
    pub quotes: bool,
}

impl Spelling {
    /// A placeholder with the quotes around it that its value needs.
    pub fn quoted(written: String) -> Spelling {
        Spelling {
            written,
            quotes: true,
        }
    }
}

/// A body as a format writes it, with what must be read from it again.
#[derive(Debug, Clone)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Its pieces and places.
    pub body: Body,
}

/// Why a snippet has no outline.
#[derive(Debug, thiserror::Error)]
pub enum OutlineError {
    /// It holds what marks the holes.
    #[error("it holds characters of the private use area")]
    Marks,
    /// A constant of it cannot be written.
    #[error(transparent)]
    Literal(#[from] LiteralError),
}

impl Outline {
    /// The outline of a snippet. `defaults`: fields with a default are holes; otherwise their
    /// default stands in the text.
    pub fn of(snippet: &Snippet, defaults: bool) -> Result<Outline, OutlineError> {
        if snippet.source.contains([OPEN, CLOSE]) {
            return Err(OutlineError::Marks);
        }
        let mut filled = Filled::new();
        let required = wanted(snippet);
        for (n, field) in snippet.fields.iter().enumerate() {
            let known = default_of(snippet, field);
            let kind = snippet.kind_of(field);
            let checked = match known {
                // A switch is in the text or not; an empty default is no value to show.
                Some(known)
                    if !defaults
                        || kind == Kind::Switch
                        || known.texts.iter().all(String::is_empty) =>
                {
                    known
                }
                Some(known) => Checked {
                    literals: vec![mark('w', n)],
                    texts: vec![mark('i', n)],
                    ..known
                },
                None if !required.iter().any(|f| f.name == field.name) => continue,
                None if kind == Kind::Switch => Checked {
                    given: true,
                    literals: vec!["$true".into()],
                    texts: vec!["True".into()],
                    truth: true,
                },
                None => Checked {
                    given: true,
                    literals: vec![mark('w', n)],
                    texts: vec![mark('i', n)],
                    truth: true,
                },
            };
            filled.push((field.name.clone(), checked));
        }
        let text = render::write(snippet, &filled)?.replace("\r\n", "\n");
        Ok(Outline::read(snippet, &text))
    }

    /// Takes a rendered text with marks apart.
    fn read(snippet: &Snippet, text: &str) -> Outline {
        let mut outline = Outline {
            title: super::script::line(&snippet.title),
            holes: Vec::new(),
            parts: Vec::new(),
        };
        let mut rest = text;
        while let Some((before, marked)) = rest.split_once(OPEN) {
            let Some((inner, after)) = marked.split_once(CLOSE) else {
                break;
            };
            rest = after;
            outline.text(before);
            let whole = inner.starts_with('w');
            let field = inner
                .get(1..)
                .and_then(|n| n.parse::<usize>().ok())
                .and_then(|n| snippet.fields.get(n));
            let Some(field) = field else {
                continue;
            };
            let textual = matches!(
                snippet.kind_of(field),
                Kind::Text | Kind::Guid | Kind::DateTime | Kind::TimeSpan
            ) && !field.list;
            let context = match (whole, textual) {
                (false, _) => Context::Inside,
                (true, true) => Context::Quoted,
                (true, false) => Context::Plain,
            };
            let known = outline.holes.iter().position(|h| h.name == field.name);
            let index = known.unwrap_or(outline.holes.len());
            if known.is_none() {
                let default = default_of(snippet, field)
                    .filter(|d| !d.texts.is_empty())
                    .map(|d| match context {
                        Context::Plain => d.literals.join(","),
                        Context::Quoted | Context::Inside => d.texts.join(" "),
                    });
                outline.holes.push(Hole {
                    name: field.name.clone(),
                    defaults: match default {
                        Some(_) => field.default.clone().unwrap_or_default(),
                        None => Vec::new(),
                    },
                    default,
                    choices: field.choices.clone(),
                    help: field.help.clone(),
                });
            }
            outline.parts.push(Part::Hole(index, context));
        }
        outline.text(rest);
        outline
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.parts.push(Part::Text(text.to_owned()));
        }
    }

    /// The texts between the holes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Hole(..) => None,
        })
    }

    /// The body in the spelling of a format: `escape` writes text, `hole` a hole.
    pub fn spell(
        &self,
        escape: &dyn Fn(&str) -> String,
        hole: &dyn Fn(&Hole, Context) -> Spelling,
    ) -> Written {
        let mut text = String::new();
        let mut body = Body::default();
        for part in &self.parts {
            match part {
                Part::Text(plain) => {
                    text.push_str(&escape(plain));
                    body.text(plain);
                }
                Part::Hole(index, context) => {
                    let Some(mine) = self.holes.get(*index) else {
                        continue;
                    };
                    let spelling = hole(mine, *context);
                    let quotes = spelling.quotes && *context == Context::Quoted;
                    let quote = if quotes { "'" } else { "" };
                    text.push_str(&format!("{quote}{}{quote}", spelling.written));
                    body.text(quote);
                    let place = Place {
                        name: Some(mine.name.clone()),
                        ..Place::default()
                    };
                    body.place(place, &spelling.written);
                    body.text(quote);
                }
            }
        }
        Written { text, body }
    }

    /// Index of a hole.
    pub fn index(&self, hole: &Hole) -> usize {
        self.holes.iter().position(|h| h == hole).unwrap_or(0)
    }
}

fn mark(sort: char, field: usize) -> String {
    format!("{OPEN}{sort}{field}{CLOSE}")
}

/// A default as a PowerShell constant, for a hole that stands in no quotes.
pub fn constant(hole: &Hole) -> Option<String> {
    match hole.defaults.as_slice() {
        [one] => literal::single_quoted(one).ok(),
        _ => None,
    }
}
