//! Places in code: an argument of their own, or part of a word.

use std::ops::Range;

use crate::powershell::chars::{is_double_quote, is_single_quote};
use crate::powershell::scan::Normalised;
use crate::powershell::{Argument, Script, Value, ValueKind};

/// True when the place at `range` is a value of its own; false when it is part of a word. The
/// error says that it is the command itself.
pub fn is_alone(text: &str, scanned: &Normalised, range: &Range<usize>) -> Result<bool, String> {
    let token = &text[range.clone()];
    let ends = |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '}' | ',' | ';' | '|');
    if !text[range.end..].chars().next().is_none_or(ends) {
        return Ok(false);
    }
    let before = &text[..range.start];
    let bounds = |c: char| {
        c.is_whitespace()
            || is_single_quote(c)
            || is_double_quote(c)
            || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '|' | '&')
    };
    let start = before
        .char_indices()
        .rev()
        .find(|(_, c)| bounds(*c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let prefix = &before[start..];
    if !prefix.is_empty() {
        return Ok(takes_value(prefix, token, scanned));
    }
    match before.chars().next_back() {
        // Behind a string or a bracket the word goes on; `[type]` is a cast.
        Some(c) if is_single_quote(c) || is_double_quote(c) => Ok(false),
        Some(')' | '}' | '[') => Ok(false),
        _ if is_head(before) => Err(
            "the command itself is a placeholder: a snippet names the command that it runs".into(),
        ),
        _ => Ok(true),
    }
}

/// True for what a value may hang on: `-Name:`, `$x=`, `key=` in a hashtable.
fn takes_value(prefix: &str, token: &str, scanned: &Normalised) -> bool {
    let is_name = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_');
    if let Some(name) = prefix.strip_prefix('-').and_then(|p| p.strip_suffix(':')) {
        return is_name(name);
    }
    let Some(key) = prefix.strip_suffix('=') else {
        return false;
    };
    match key.strip_prefix('$') {
        Some(name) => is_name(name),
        None => (key.is_empty() || is_name(key)) && is_in_hash(token, scanned),
    }
}

/// True when the innermost open brace in front of the place is that of `@{`. Asked of the scan's
/// code, in which strings are blank.
pub fn is_in_hash(token: &str, scanned: &Normalised) -> bool {
    let Some(at) = scanned.code.find(token) else {
        return false;
    };
    opens_hash(&scanned.code[..at])
}

/// True when the innermost open bracket of this code is `@{`.
pub fn opens_hash(code: &str) -> bool {
    let mut depth = 0usize;
    for (at, c) in code.char_indices().rev() {
        match c {
            '}' | ')' | ']' => depth += 1,
            '{' | '(' | '[' if depth > 0 => depth -= 1,
            '{' => return code[..at].ends_with('@'),
            '(' | '[' => return false,
            _ => {}
        }
    }
    false
}

/// True when a command would begin here.
fn is_head(before: &str) -> bool {
    let trimmed = before.trim_end_matches([' ', '\t']);
    match trimmed.chars().next_back() {
        None | Some(';' | '|' | '{') => true,
        Some('\n' | '\r') => {
            // A line that goes on: behind a back-tick, a comma, an operator or a bracket.
            let line = trimmed.trim_end();
            !line.ends_with(['`', ',', '(', '=']) || line.is_empty()
        }
        _ => false,
    }
}

/// The bare words among the arguments of all commands.
pub fn bare_words(script: &Script) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for argument in script.commands.iter().flat_map(|c| &c.arguments) {
        match argument {
            Argument::Parameter {
                value: Some(value), ..
            }
            | Argument::Value(value) => collect(value, &mut spans),
            _ => {}
        }
    }
    spans
}

fn collect(value: &Value, spans: &mut Vec<Range<usize>>) {
    match &value.kind {
        ValueKind::Bare(_) => spans.push(value.span.clone()),
        ValueKind::Array(items) => items.iter().for_each(|item| collect(item, spans)),
        _ => {}
    }
}
