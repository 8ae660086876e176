//! The search over a library: words first, then what was probably meant, and filters.
//!
//! A word is found wherever it stands, in any case and with or without hyphens; every word of a
//! query has to be found. An [`Index`] holds each different word of the library once, with the
//! snippets it stands in, so that a key press looks through the words and not through the texts.
//! A [`Search`] remembers what it found for the query before: a query that goes on from there
//! looks only at the words that were left.
//!
//! Nothing here reads a file or knows a terminal. Texts in results are as they stand in snippets
//! and in the query: whoever shows them makes them safe.

mod entry;
mod facets;
mod fold;
mod found;
mod fuzzy;
mod index;
mod query;
mod score;
mod session;
mod tier;

pub use entry::Entry;
pub use fold::marks;
pub use found::{Found, Hit, How, Problem, Taken};
pub use index::Index;
pub use query::{Filter, Key, Query};
pub use session::Search;

#[cfg(test)]
mod tests;
