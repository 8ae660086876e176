//! Why a text is no CLIXML that can be read.

use thiserror::Error;

/// Most that an error quotes of a text, in characters.
const QUOTED: usize = 40;

/// Why CLIXML was not read. Places are bytes of the text, from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClixmlError {
    /// Not well-formed.
    #[error("not well-formed XML at byte {at}: {what}")]
    Xml {
        /// Where.
        at: u64,
        /// In the reader's words.
        what: String,
    },
    /// It ends before its last element does: it was cut.
    #[error("the XML ends at byte {at}, within an element: it was cut on its way")]
    Unfinished {
        /// Where.
        at: u64,
    },
    /// A document type: MS-PSRP has none, and its entities are how XML is made to explode.
    #[error("a document type at byte {at}: CLIXML has none, so this is refused")]
    Doctype {
        /// Where.
        at: u64,
    },
    /// An entity that is not one of the five predefined ones, or a character that does not exist.
    #[error("the entity &{name}; at byte {at} is none that CLIXML has")]
    Entity {
        /// Where.
        at: u64,
        /// Its name, the beginning.
        name: String,
    },
    /// Nested deeper than [`DEPTH_LIMIT`](super::DEPTH_LIMIT).
    #[error("values nested deeper than {} at byte {at}", super::DEPTH_LIMIT)]
    Deep {
        /// Where.
        at: u64,
    },
    /// More than [`VALUES_LIMIT`](super::VALUES_LIMIT) values.
    #[error(
        "more than {} values in one document, at byte {at}",
        super::VALUES_LIMIT
    )]
    Many {
        /// Where.
        at: u64,
    },
    /// Values that the wire shares would be more than
    /// [`SHARED_VALUES`](super::SHARED_VALUES) or [`SHARED_BYTES`](super::SHARED_BYTES) when each is
    /// written out.
    #[error(
        "values that are shared by reference become more than {} values or {} MiB at byte {at}",
        super::SHARED_VALUES,
        super::SHARED_BYTES >> 20
    )]
    Shared {
        /// Where.
        at: u64,
    },
    /// A primitive whose text is not of its type.
    #[error("<{element}> at byte {at} cannot hold '{text}'")]
    Value {
        /// Where.
        at: u64,
        /// The element's name.
        element: &'static str,
        /// Its text, the beginning.
        text: String,
    },
    /// An element that cannot stand where it stands.
    #[error("<{element}> at byte {at}: {expected} was expected")]
    Element {
        /// Where.
        at: u64,
        /// Its name, the beginning.
        element: String,
        /// What can stand there.
        expected: &'static str,
    },
    /// No value, or more than the one that was asked for.
    #[error("one value was expected and {found} came")]
    Count {
        /// How many.
        found: usize,
    },
}

/// The beginning of a text for an error.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}
