//! Values of a pasted command, as a form takes them.

use crate::cmdlet::catalogue::Parameter;
use crate::powershell::chars::{is_blank, is_double_quote, is_single_quote};
use crate::powershell::{
    Argument, Element, Kind, Piece, Statement, StatementKind, Value, ValueKind,
};

use super::text::is_invisible;

/// What was pasted for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pasted {
    /// The switch stands there.
    On,
    /// Constants: one, or the elements of a list.
    Values(Vec<String>),
    /// What PowerShell computes, as written: `(Get-CsPool)`, `$pool`, `@{add='x'}`.
    Expression(String),
}

/// A value as a form takes it; `written` is its text.
pub(super) fn pasted(parameter: &Parameter, value: &Value, written: &str) -> Pasted {
    match constants(value, written) {
        Some(values) if !values.is_empty() => Pasted::Values(values),
        _ => match &value.kind {
            ValueKind::Variable(name) if parameter.value_type.kind == Kind::Bool => {
                match name.to_ascii_lowercase().as_str() {
                    truth @ ("true" | "false") => Pasted::Values(vec![truth.to_owned()]),
                    _ => Pasted::Expression(written.to_owned()),
                }
            }
            _ => Pasted::Expression(written.to_owned()),
        },
    }
}

/// The constants that a value is made of; `None` when something is computed.
fn constants(value: &Value, written: &str) -> Option<Vec<String>> {
    match &value.kind {
        ValueKind::Text(text) | ValueKind::Number(text) => Some(vec![text.clone()]),
        // Within a word, quotes and variables mean what they mean outside.
        ValueKind::Bare(word) if !word.starts_with('@') && word.chars().all(is_plain) => {
            Some(vec![word.clone()])
        }
        ValueKind::Expandable(pieces) => match pieces.as_slice() {
            [Piece::Text(text)] if !has_special_escape(written) => Some(vec![text.clone()]),
            _ => None,
        },
        ValueKind::Array(items) => items.iter().try_fold(Vec::new(), |mut all, item| {
            let at = item.span.start.saturating_sub(value.span.start);
            let end = item.span.end.saturating_sub(value.span.start);
            all.extend(constants(item, written.get(at..end)?)?);
            Some(all)
        }),
        // `@('a','b')` is the list that `'a','b'` is.
        ValueKind::Nested(statements) if written.starts_with("@(") => match statements.as_slice() {
            [
                Statement {
                    kind: StatementKind::Pipeline(elements),
                    ..
                },
            ] => match elements.as_slice() {
                [Element::Expression(inner)] => {
                    let at = inner.span.start.saturating_sub(value.span.start);
                    let end = inner.span.end.saturating_sub(value.span.start);
                    constants(inner, written.get(at..end)?)
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn is_plain(c: char) -> bool {
    !is_single_quote(c) && !is_double_quote(c) && !matches!(c, '$' | '`' | '(' | '{')
}

/// True for escapes that stand for something else than the character behind them.
fn has_special_escape(written: &str) -> bool {
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        if c == '`' && chars.next().is_none_or(char::is_alphanumeric) {
            return true;
        }
    }
    false
}

/// True for a value of which nothing is left: the placeholder in it vanished.
pub(super) fn is_empty(value: &Value) -> bool {
    let nothing = |text: &str| text.chars().all(|c| is_blank(c) || is_invisible(c));
    match &value.kind {
        ValueKind::Text(text) => nothing(text),
        ValueKind::Expandable(pieces) => pieces.is_empty(),
        _ => false,
    }
}

/// What a user must know of a value that stands there.
pub(super) fn remarks(parameter: &Parameter, pasted: &Pasted) -> Vec<String> {
    let name = parameter.name;
    let texts: &[String] = match pasted {
        Pasted::On => &[],
        Pasted::Values(values) => values,
        Pasted::Expression(written) => std::slice::from_ref(written),
    };
    let mut notes = Vec::new();
    for text in texts {
        let end = text.trim_end_matches(is_blank);
        if let Some(last) = end
            .chars()
            .next_back()
            .filter(|c| matches!(c, ',' | '=' | ';'))
            && matches!(pasted, Pasted::Values(_))
        {
            let what = match last {
                ',' => "a comma",
                ';' => "a semicolon",
                _ => "an equals sign",
            };
            notes.push(format!(
                "-{name}: {text:?} ends in {what}; what followed it may have been lost"
            ));
        }
        if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
            notes.push(format!(
                "-{name} holds U+{:04X}, which cannot be seen; it was left in the value",
                c as u32
            ));
        }
        if let Some(c) = text
            .chars()
            .find(|c| *c != ' ' && *c != '\t' && is_blank(*c))
        {
            notes.push(format!(
                "-{name} holds U+{:04X}, which looks like a blank; it was left in the value",
                c as u32
            ));
        }
    }
    notes
}

/// The variables that a value reads, without those that PowerShell itself sets.
pub(super) fn variables(value: &Value, found: &mut Vec<String>) {
    match &value.kind {
        ValueKind::Variable(name) => add(name, found),
        ValueKind::Expandable(pieces) => {
            for piece in pieces {
                if let Piece::Variable(name) = piece {
                    add(name, found);
                }
            }
        }
        ValueKind::Array(items) => items.iter().for_each(|i| variables(i, found)),
        ValueKind::Hash(entries) => entries.iter().for_each(|(_, v)| variables(v, found)),
        ValueKind::Nested(statements) | ValueKind::Block(statements) => {
            statements.iter().for_each(|s| of_statement(s, found));
        }
        ValueKind::Bare(_) | ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Other => {}
    }
}

fn of_statement(statement: &Statement, found: &mut Vec<String>) {
    let StatementKind::Pipeline(elements) = &statement.kind else {
        return;
    };
    for element in elements {
        match element {
            Element::Expression(value) => variables(value, found),
            Element::Command(command) => {
                for argument in &command.arguments {
                    match argument {
                        Argument::Parameter {
                            value: Some(value), ..
                        }
                        | Argument::Value(value) => variables(value, found),
                        Argument::Splat { name, .. } => add(name, found),
                        Argument::Parameter { .. } => {}
                    }
                }
            }
        }
    }
}

/// Variables that are there without being set (about_Automatic_Variables).
const AUTOMATIC: [&str; 8] = [
    "true", "false", "null", "_", "psitem", "home", "pshome", "pwd",
];

fn add(name: &str, found: &mut Vec<String>) {
    let lower = name.to_ascii_lowercase();
    let known = AUTOMATIC.contains(&lower.as_str()) || lower.starts_with("env:");
    if !known && !found.iter().any(|f| f.eq_ignore_ascii_case(name)) {
        found.push(name.to_owned());
    }
}
