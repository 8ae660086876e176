//! What the index knows of a snippet.

use crate::cmdlet::Risk;
use crate::snippet::library::Layer;
use crate::snippet::model::Snippet;

/// A snippet as the index sees it. It borrows: an index keeps words, not texts.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The id, with `/` between folders; all but its last part is the group.
    pub id: &'a str,
    /// One line.
    pub title: &'a str,
    /// Names of the commands in the body.
    pub commands: &'a [String],
    /// Tags.
    pub tags: &'a [String],
    /// Products: L2013, S2019, ...
    pub products: &'a [String],
    /// The explanation.
    pub description: &'a str,
    /// Everything else; it may hold the other columns again.
    pub body: &'a str,
    /// The risk of the body.
    pub risk: Risk,
    /// Where it came from.
    pub layer: &'a Layer,
}

impl<'a> Entry<'a> {
    /// The entry of a snippet: its body is the whole file, so that the names of fields, their
    /// help and the examples are found too.
    pub fn of(snippet: &'a Snippet) -> Entry<'a> {
        Entry {
            id: &snippet.id,
            title: &snippet.title,
            commands: &snippet.commands,
            tags: &snippet.tags,
            products: &snippet.products,
            description: &snippet.description,
            body: &snippet.source,
            risk: snippet.risk,
            layer: &snippet.layer,
        }
    }
}
