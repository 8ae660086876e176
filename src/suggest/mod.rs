//! What a field can be filled with: the snippet's own choices, the values of the engagement, what
//! the loaded topology holds, what the servers just answered, and what was typed before.
//!
//! Every suggestion says where it comes from. Nothing here fills in a field; the fronts do, and
//! show it.

pub mod capture;
pub mod commands;
pub mod complete;
pub mod engagement;
pub mod history;
mod source;
pub mod subject;
mod topology;

use crate::snippet::{Field, Meaning, Snippet};
use crate::topology::Topology;

pub use capture::Capture;
pub use commands::Commands;
pub use engagement::Engagement;
pub use history::History;
pub use source::source_command;
pub use subject::Subject;

/// A value that a field can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The value, as it is typed into the field (one element of a list).
    pub value: String,
    /// Where it comes from, and what tells it from the others; carries text of documents and
    /// servers: make it safe before showing it.
    pub note: String,
}

/// What suggestions are made from. Everything is optional but costs nothing when it is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The loaded topology.
    pub topology: Option<&'a Topology>,
    /// The variables of the engagement.
    pub engagement: Option<&'a Engagement>,
    /// What was filled in before.
    pub history: Option<&'a History>,
    /// What servers answered, newest first.
    pub captures: &'a [Capture],
}

/// Suggestions for a field are never more than this.
pub const MOST: usize = 2_000;

/// What a field can be filled with, best first, each value once. `filled` tells what another field
/// of the form holds: an instance belongs to its server, a machine to its pool, a pool to its
/// site.
pub fn suggestions(
    snippet: &Snippet,
    field: &Field,
    filled: &dyn Fn(&str) -> Option<String>,
    known: Known<'_>,
) -> Vec<Suggestion> {
    let passed_to = snippet.parameter_of(&field.name);
    let meaning = snippet.meaning_of(field);
    if meaning == Meaning::Secret {
        return Vec::new();
    }
    let mut found = Found::default();
    for choice in &field.choices {
        found.add(choice, "");
    }
    if let (true, Some((_, parameter))) = (field.choices.is_empty(), passed_to) {
        for value in &parameter.values {
            found.add(value, "");
        }
    }
    // A closed list is all there is.
    if !field.choices.is_empty() {
        return found.list;
    }
    if let Some(engagement) = known.engagement {
        for (name, value) in engagement.of(field, meaning) {
            let note = format!("engagement: {name}");
            for value in engagement::elements(field, value) {
                found.add(&value, &note);
            }
        }
    }
    if let Some(deployment) = known.topology {
        let around = topology::Around::of(snippet, field, filled);
        for (value, note) in topology::values(deployment, meaning, &around) {
            found.add(&value, &note);
        }
    }
    let parameter = passed_to.map_or(field.name.as_str(), |(_, p)| p.name);
    let noun = passed_to.map_or("", |(cmdlet, _)| {
        cmdlet.name.split_once('-').map_or("", |(_, noun)| noun)
    });
    for capture in known.captures {
        let note = format!("answer of {}: {}", capture.target, capture.command);
        for value in capture.values_for(&field.name, parameter, noun, meaning) {
            found.add(value, &note);
        }
    }
    if let Some(history) = known.history {
        for value in history.of(&field.name) {
            found.add(value, "filled in before");
        }
    }
    found.list
}

#[derive(Default)]
struct Found {
    list: Vec<Suggestion>,
    seen: std::collections::HashSet<String>,
}

impl Found {
    fn add(&mut self, value: &str, note: &str) {
        let fits = !value.is_empty() && !value.chars().any(crate::powershell::literal::is_refused);
        if fits && self.list.len() < MOST && self.seen.insert(value.to_lowercase()) {
            self.list.push(Suggestion {
                value: value.to_owned(),
                note: note.to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests;
