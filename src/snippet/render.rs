//! A filled-in snippet as text: the one text that is shown, copied and run.

use serde::Serialize;
use thiserror::Error;

use crate::cmdlet::{self, Finding, Risk};
use crate::powershell::{Kind, LiteralError, Piece, SyntaxError, literal};

use super::model::Snippet;
use super::template::{CommandTemplate, Entry, Part, Slot, Template, When};
use super::values::{Checked, FieldError, Filled, Values, check};

/// A rendered snippet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rendered {
    /// The text, without a line end behind the last line.
    pub text: String,
    /// Its risk, computed from the text itself.
    pub risk: Risk,
    /// Why it has that risk.
    pub reasons: Vec<String>,
    /// What the reference has against it; empty when it agrees.
    pub findings: Vec<Finding>,
    /// Values that do not look like what their field means. The text stands all the same: csdeck
    /// may know less than the server.
    pub doubts: Vec<FieldError>,
}

/// Why a snippet did not render.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    /// Wrong or missing values, in the order of the form.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Fields(Vec<FieldError>),
    /// A value cannot stand in a literal.
    #[error(transparent)]
    Literal(#[from] LiteralError),
    /// The rendered text does not read back: a fault of the snippet.
    #[error("the rendered text is not PowerShell: {0}")]
    Syntax(#[from] SyntaxError),
}

/// Renders a snippet with these values. The text is parsed, judged and checked against the
/// reference again before it is given out.
pub fn render(snippet: &Snippet, values: &Values) -> Result<Rendered, RenderError> {
    let filled = check(snippet, values).map_err(RenderError::Fields)?;
    let text = write(snippet, &filled)?;
    let judgement = cmdlet::judge(&text)?;
    Ok(Rendered {
        risk: judgement.risk,
        findings: cmdlet::check_script(&text, &judgement.script, None),
        reasons: judgement.reasons.into_iter().map(|r| r.text).collect(),
        doubts: doubts(snippet, &filled),
        text,
    })
}

/// What looks wrong, one per field. Defaults are the author's business.
fn doubts(snippet: &Snippet, filled: &Filled) -> Vec<FieldError> {
    filled
        .iter()
        .filter(|(_, value)| value.given)
        .filter_map(|(name, value)| {
            let field = snippet.field(name)?;
            let meaning = snippet.meaning_of(field);
            Some(FieldError {
                field: field.name.clone(),
                message: value.texts.iter().find_map(|text| meaning.doubt(text))?,
            })
        })
        .collect()
}

/// The text of a snippet with these values in place, neither parsed nor judged.
pub(super) fn write(snippet: &Snippet, filled: &Filled) -> Result<String, LiteralError> {
    let writer = Writer { snippet, filled };
    let lines = match &snippet.template {
        Template::Commands(lines) => lines,
        Template::Script { .. } => return Ok(writer.script()),
    };
    let mut out = Vec::new();
    for line in lines {
        let commands = line
            .iter()
            .map(|c| writer.command(c))
            .collect::<Result<Vec<_>, _>>()?;
        out.push(commands.join(" | "));
    }
    Ok(out.join("\n"))
}

struct Writer<'a> {
    snippet: &'a Snippet,
    filled: &'a Filled,
}

impl Writer<'_> {
    fn value(&self, name: &str) -> Option<&Checked> {
        self.filled
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    fn kind(&self, name: &str) -> Kind {
        self.snippet
            .field(name)
            .map_or(Kind::Text, |f| self.snippet.kind_of(f))
    }

    fn command(&self, command: &CommandTemplate) -> Result<String, LiteralError> {
        let mut words = vec![command.name.clone()];
        for part in &command.arguments {
            match part {
                Part::Verbatim(text) => words.push(text.clone()),
                Part::Named(name, slot) => words.extend(self.named(name, slot)?),
                Part::Attached(name, slot) => words.extend(self.attached(name, slot)?),
                Part::Positional(slot) => words.extend(self.slot(slot)?),
                Part::Splat(entries) => {
                    for entry in entries.iter().filter(|e| self.holds(&e.when)) {
                        words.extend(self.entry(entry)?);
                    }
                }
            }
        }
        Ok(words.join(" "))
    }

    fn holds(&self, when: &When) -> bool {
        match when {
            When::Always => true,
            When::Given(name) => self.value(name).is_some_and(|v| v.given),
            When::True(name) => self.value(name).is_some_and(|v| v.truth),
        }
    }

    fn named(&self, name: &str, slot: &Slot) -> Result<Option<String>, LiteralError> {
        Ok(self.slot(slot)?.map(|value| format!("-{name} {value}")))
    }

    /// `-Switch:$S`: present or gone; any other value stays behind its colon.
    fn attached(&self, name: &str, slot: &Slot) -> Result<Option<String>, LiteralError> {
        if let Slot::Field(field) = slot
            && self.kind(field) == Kind::Switch
        {
            return Ok(self
                .value(field)
                .filter(|v| v.truth)
                .map(|_| format!("-{name}")));
        }
        Ok(self.slot(slot)?.map(|value| format!("-{name}:{value}")))
    }

    /// A collected parameter. A switch field, or `$true` collected because of one, is a switch.
    fn entry(&self, entry: &Entry) -> Result<Option<String>, LiteralError> {
        let field = match (&entry.value, &entry.when) {
            (Slot::Field(field), _) => Some(field),
            (Slot::Verbatim(text), When::Given(field) | When::True(field)) if text == "$true" => {
                Some(field)
            }
            _ => None,
        };
        match field.filter(|f| self.kind(f) == Kind::Switch) {
            Some(switch) => Ok(self
                .value(switch)
                .filter(|v| v.truth)
                .map(|_| format!("-{}", entry.name))),
            None => self.named(&entry.name, &entry.value),
        }
    }

    /// `None` when a field it needs is unset.
    fn slot(&self, slot: &Slot) -> Result<Option<String>, LiteralError> {
        Ok(match slot {
            Slot::Verbatim(text) => Some(text.clone()),
            Slot::Field(name) => {
                let prompt = self
                    .snippet
                    .field(name)
                    .map_or(name.as_str(), |f| f.name.as_str());
                match self.kind(name).question(prompt) {
                    Some(question) => Some(question?),
                    None => self
                        .value(name)
                        .map(|v| v.literals.join(","))
                        .filter(|t| !t.is_empty()),
                }
            }
            Slot::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .filter_map(|i| self.slot(i).transpose())
                    .collect::<Result<_, _>>()?;
                (!items.is_empty()).then(|| items.join(","))
            }
            Slot::Text(pieces) => {
                let text: String = pieces.iter().map(|piece| self.piece(piece)).collect();
                Some(literal::single_quoted(&text)?)
            }
            Slot::Hash(entries) => {
                let mut out = Vec::new();
                for (key, value) in entries {
                    if let Some(value) = self.slot(value)? {
                        out.push(format!("{key}={value}"));
                    }
                }
                Some(format!("@{{{}}}", out.join(";")))
            }
        })
    }

    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Text(text) => text.clone(),
            // PowerShell joins the elements of a list in a string with blanks.
            Piece::Variable(name) => self
                .value(name)
                .map(|v| v.texts.join(" "))
                .unwrap_or_default(),
            Piece::Other => String::new(),
        }
    }

    /// The whole script, called with the values that were given.
    fn script(&self) -> String {
        let mut text = format!("& {{\n{}\n}}", self.snippet.source.trim_end());
        for (name, value) in self.filled.iter().filter(|(_, v)| v.given) {
            match self.kind(name) {
                Kind::Switch if value.truth => text.push_str(&format!(" -{name}")),
                Kind::Switch => {}
                _ => text.push_str(&format!(" -{name} {}", value.literals.join(","))),
            }
        }
        text
    }
}
