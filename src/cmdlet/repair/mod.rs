//! Repair of command lines that were pasted from web pages.
//!
//! Blog software damages commands in a few ways that are always the same: typographic quotes and
//! dashes, double primes, blanks that are none, wrapped lines, bullets and prompts in front,
//! names split by a blank, and placeholders in angle brackets that vanish as HTML. What can be
//! mended without a guess is mended, and every change is told; the inside of a string is never
//! changed in silence. What was lost stays lost: [`fill`] says which fields are empty.

mod commands;
mod diff;
mod draft;
mod fill;
mod lines;
mod pasted;
mod place;
mod slips;
mod strings;
mod text;
mod tokens;
mod words;

use std::collections::HashMap;

pub use diff::{DiffKind, DiffLine, diff};
pub use fill::{FillError, Filled, fill};
pub use pasted::Pasted;
pub use slips::{Meant, meant};

use draft::Draft;

/// Longest text that is repaired, in bytes: more than any page of commands holds.
pub const MAX_BYTES: usize = 64 * 1024;

/// Most rounds of repair: what stands behind a bullet is seen when the bullet is gone. A text of
/// this world needs three or four.
const MAX_ROUNDS: usize = 16;

/// One thing that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Line of the pasted text, from 1.
    pub line: usize,
    /// Column of the pasted text in characters, from 1.
    pub column: usize,
    /// The rule's name, stable.
    pub rule: &'static str,
    /// What it was.
    pub before: String,
    /// What it became; empty when it was dropped.
    pub after: String,
    /// Why, in words.
    pub message: String,
}

/// A repaired text with all changes, in the order of the pasted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The text.
    pub text: String,
    /// What was changed. Empty for a text that was fine, which is then the same to the byte.
    pub changes: Vec<Change>,
}

/// Repairs a pasted text. Repairing the result changes nothing. A text that is longer than
/// [`MAX_BYTES`] comes back as it is, with one change that says so.
pub fn repair(pasted: &str) -> Repaired {
    let refused = |rule, message: String| Repaired {
        text: pasted.to_owned(),
        changes: vec![Change {
            line: 1,
            column: 1,
            rule,
            before: String::new(),
            after: String::new(),
            message,
        }],
    };
    if pasted.len() > MAX_BYTES {
        return refused(
            "too-long",
            format!(
                "{} bytes: more than {MAX_BYTES} are not repaired; paste the commands alone",
                pasted.len()
            ),
        );
    }
    let mut draft = Draft::new(pasted);
    for _ in 0..MAX_ROUNDS {
        if !round(&mut draft) {
            return Repaired {
                text: draft.chars.iter().collect(),
                changes: draft.changes(pasted),
            };
        }
    }
    refused(
        "not-settled",
        "nothing was repaired: every repair of this text brings up another; paste the commands alone".to_owned(),
    )
}

/// The changes in words, in their order; equal ones on one line are told once, with all their
/// places.
pub fn told(changes: &[Change]) -> Vec<String> {
    let mut groups: Vec<(usize, &str, Vec<String>)> = Vec::new();
    let mut known: HashMap<(usize, &str), usize> = HashMap::new();
    for change in changes {
        let key = (change.line, change.message.as_str());
        let at = *known.entry(key).or_insert_with(|| {
            groups.push((change.line, &change.message, Vec::new()));
            groups.len() - 1
        });
        groups[at].2.push(change.column.to_string());
    }
    groups
        .into_iter()
        .map(|(line, message, columns)| {
            let word = if columns.len() > 1 {
                "columns"
            } else {
                "column"
            };
            format!("line {line}, {word} {}: {message}", columns.join(", "))
        })
        .collect()
}

/// One round: the first kind of damage that is found. Returns whether anything changed.
fn round(draft: &mut Draft) -> bool {
    let reading = tokens::read(draft);
    if draft.apply(reading.edits) || draft.apply(lines::ornaments(draft, &reading.tokens)) {
        return true;
    }
    let statements = commands::statements(draft, &reading.tokens);
    draft.apply(lines::joins(&statements)) || draft.apply(words::names(draft, &statements))
}

#[cfg(test)]
mod tests;
