//! Secrets taken out of what is written down.
//!
//! By value: whatever is known to be a secret in this session. By type: literals that a command
//! takes for a secret, by the reference (`SecureString`, `PSCredential`) or by the name of the
//! parameter, variable or key. What runs is of course the text with them.
//!
//! What is taken out becomes `<|redacted|>`, quotes and all. PowerShell reserves `<` ("The '<'
//! operator is reserved for future use") and csdeck's own reader refuses it too, so that a copy of
//! such a text does not run by accident.

mod patterns;

use std::ops::Range;

use self::patterns::{by_pattern, in_literal, parameters};
use crate::cmdlet::check::{Resolved, resolve};
use crate::cmdlet::{Cmdlet, catalogue};
use crate::powershell::{
    self, Argument, Command, Element, Kind, Piece, Script, Statement, StatementKind, Value,
    ValueKind,
};
use crate::snippet::is_secret_name;
use crate::store::secret::Secret;

/// What stands in the place of a secret; the second one when a secret is a part of the first.
const MARKS: [&str; 3] = ["<|redacted|>", "<|***|>", "<|?|>"];

/// The shortest secret, in characters, that is looked for by its value. A shorter one stands in
/// every text by chance, and hiding it wherever it does would tell it.
const SHORTEST: usize = 4;

/// A text, perhaps without secrets that it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redacted {
    pub text: String,
    /// True when something was taken out.
    pub redacted: bool,
}

/// Takes the known secrets out of words that are no command.
pub(super) fn words(text: &str, secrets: &[Secret]) -> Redacted {
    let mut spans = Vec::new();
    by_value(text, secrets, &mut spans);
    cut(text, spans, secrets)
}

/// Takes secrets out of a command or script.
pub(super) fn command(text: &str, secrets: &[Secret]) -> Redacted {
    let mut spans = Vec::new();
    by_value(text, secrets, &mut spans);
    match powershell::parse(text) {
        Ok(script) => {
            let literals = literals(&script);
            // The whole literal: what is left of it must not be a working one.
            let hit: Vec<_> = literals
                .iter()
                .filter(|v| spans.iter().any(|s| overlaps(s, &v.span)) || holds(v, secrets))
                .map(|v| v.span.clone())
                .collect();
            spans.extend(hit);
            by_type(text, &script, &literals, &mut spans);
        }
        // Judged destructive by the gate, and run for somebody who insists: read by patterns.
        Err(_) => parameters(text, &mut spans),
    }
    by_pattern(text, &mut spans);
    cut(text, spans, secrets)
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn worth(secrets: &[Secret]) -> impl Iterator<Item = &str> {
    secrets
        .iter()
        .map(Secret::expose)
        .filter(|s| s.chars().count() >= SHORTEST)
}

fn by_value(text: &str, secrets: &[Secret], spans: &mut Vec<Range<usize>>) {
    let mut look = |word: &str| {
        spans.extend(text.match_indices(word).map(|(n, _)| n..n + word.len()));
    };
    for secret in worth(secrets) {
        look(secret);
        // As it stands in a literal.
        for quote in ['\'', '"'] {
            if secret.contains(quote) {
                let doubled = zeroize::Zeroizing::new(
                    secret.replace(quote, &String::from_iter([quote, quote])),
                );
                look(&doubled);
            }
        }
    }
}

/// True when the value of a literal, whatever its quoting, holds a secret.
fn holds(value: &Value, secrets: &[Secret]) -> bool {
    match &value.kind {
        ValueKind::Bare(text) | ValueKind::Text(text) | ValueKind::Number(text) => {
            worth(secrets).any(|s| text.contains(s))
        }
        ValueKind::Expandable(pieces) => pieces.iter().any(|piece| match piece {
            Piece::Text(text) => worth(secrets).any(|s| text.contains(s)),
            _ => false,
        }),
        _ => false,
    }
}

/// Every literal of the script that can be seen, in no order.
fn literals(script: &Script) -> Vec<&Value> {
    let mut found = Vec::new();
    for command in &script.commands {
        for argument in &command.arguments {
            match argument {
                Argument::Value(value) => in_value(value, &mut found),
                Argument::Parameter {
                    value: Some(value), ..
                } => in_value(value, &mut found),
                _ => {}
            }
        }
    }
    in_statements(&script.statements, &mut found);
    found
}

fn in_statements<'a>(statements: &'a [Statement], found: &mut Vec<&'a Value>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Pipeline(elements) => {
                for element in elements {
                    // Commands are all in the script's own list.
                    if let Element::Expression(value) = element {
                        in_value(value, found);
                    }
                }
            }
            StatementKind::Assignment { value, .. } => in_value(value, found),
            StatementKind::If { body, .. } => in_statements(body, found),
            StatementKind::Other => {}
        }
    }
}

fn in_value<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match &value.kind {
        ValueKind::Bare(_)
        | ValueKind::Text(_)
        | ValueKind::Number(_)
        | ValueKind::Expandable(_)
        | ValueKind::Other => found.push(value),
        ValueKind::Variable(_) => {}
        ValueKind::Array(values) => values.iter().for_each(|v| in_value(v, found)),
        ValueKind::Hash(entries) => entries.iter().for_each(|(_, v)| in_value(v, found)),
        ValueKind::Nested(statements) | ValueKind::Block(statements) => {
            in_statements(statements, found);
        }
    }
}

fn by_type(text: &str, script: &Script, literals: &[&Value], spans: &mut Vec<Range<usize>>) {
    for command in &script.commands {
        of_command(command, spans);
    }
    // A connection string, `/password:x`.
    for literal in literals {
        if text.get(literal.span.clone()).is_some_and(in_literal) {
            spans.push(literal.span.clone());
        }
    }
}

fn of_command(command: &Command, spans: &mut Vec<Range<usize>>) {
    let name = command.name.as_deref().unwrap_or("");
    let cmdlet = catalogue().get(name).filter(|_| !command.by_path);
    let plain = |n: usize| match command.arguments.get(n) {
        Some(Argument::Value(value)) => Some(value),
        _ => None,
    };
    for (n, argument) in command.arguments.iter().enumerate() {
        if let Argument::Parameter { name, value, .. } = argument
            && takes_secret(cmdlet, name)
            && let Some(value) = value.as_ref().or_else(|| plain(n + 1))
        {
            hide(value, spans);
        }
    }
    let values = || (0..command.arguments.len()).filter_map(plain);
    if command.is("ConvertTo-SecureString") {
        values().for_each(|value| hide(value, spans));
    }
    let credential = |value: &Value| match &value.kind {
        ValueKind::Bare(word) | ValueKind::Text(word) => {
            word.to_ascii_lowercase().contains("credential")
        }
        _ => false,
    };
    if command.is("New-Object") && values().any(credential) {
        values()
            .filter(|v| !credential(v))
            .for_each(|value| hide(value, spans));
    }
    // The one cmdlet that takes a secret by its place.
    if command.is("Set-CsClientPin") {
        let free = |n: &usize| {
            n.checked_sub(1).is_none_or(|before| {
                !matches!(
                    command.arguments.get(before),
                    Some(Argument::Parameter { value: None, .. })
                )
            })
        };
        let identity = command.may_give("Identity");
        (0..command.arguments.len())
            .filter(free)
            .filter_map(plain)
            .skip(usize::from(!identity))
            .for_each(|value| hide(value, spans));
    }
}

/// True for a parameter whose value is a secret: by its type, or by its name where any text goes.
fn takes_secret(cmdlet: Option<&Cmdlet>, name: &str) -> bool {
    let Some(cmdlet) = cmdlet else {
        return is_secret_name(name);
    };
    match resolve(cmdlet, name) {
        Resolved::Own(index, _) => {
            cmdlet
                .parameters
                .get(index)
                .is_some_and(|p| match p.value_type.kind {
                    Kind::Secret | Kind::Credential => true,
                    Kind::Text | Kind::Object | Kind::ListChange => is_secret_name(p.name),
                    _ => false,
                })
        }
        Resolved::Common(..) => false,
        Resolved::Ambiguous(_) | Resolved::Unknown => is_secret_name(name),
    }
}

/// Hides the literals of a value that is a secret; what a command or variable gives is none.
fn hide(value: &Value, spans: &mut Vec<Range<usize>>) {
    let mut found = Vec::new();
    in_value(value, &mut found);
    spans.extend(
        found
            .into_iter()
            .filter(|value| match &value.kind {
                ValueKind::Expandable(pieces) => pieces
                    .iter()
                    .any(|p| matches!(p, Piece::Text(text) if !text.is_empty())),
                _ => true,
            })
            .map(|value| value.span.clone()),
    );
}

/// Puts marks in the place of the spans.
fn cut(text: &str, mut spans: Vec<Range<usize>>, secrets: &[Secret]) -> Redacted {
    spans.retain(|s| !s.is_empty());
    if spans.is_empty() {
        return Redacted {
            text: text.to_owned(),
            redacted: false,
        };
    }
    spans.sort_by_key(|s| (s.start, s.end));
    let clean = |text: &str| !worth(secrets).any(|s| text.contains(s));
    let mark = MARKS.into_iter().find(|m| clean(m)).unwrap_or("");
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        // One that begins in the last: they are hidden together.
        if span.start >= at {
            out.push_str(text.get(at..span.start).unwrap_or(""));
            out.push_str(mark);
        }
        at = at.max(span.end);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    // What stands around a mark may come to be one again.
    if !clean(&out) {
        mark.clone_into(&mut out);
    }
    Redacted {
        text: out,
        redacted: true,
    }
}

#[cfg(test)]
mod tests;
