//! What a search gives back.

use std::fmt;

use super::query::{Key, Query};

/// What was found, best first, and what there is to say about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The snippets: exact names, then those with all words, then those with what was probably
    /// meant. Within these by score, then by use, then by id. Without words: all, by id.
    pub hits: Vec<Hit>,
    /// Words that were taken for others, because hardly anything was found.
    pub taken: Vec<Taken>,
    /// Words (folded) that no snippet holds, not even in a form that may have been meant.
    pub missing: Vec<String>,
    /// What is wrong with the query; it was searched all the same.
    pub problems: Vec<Problem>,
    pub(super) needles: Vec<String>,
}

impl Found {
    /// Everything, by id: what a query without words and filters finds.
    pub(crate) fn all(count: usize, query: &Query) -> Found {
        Found {
            hits: (0..count as u32)
                .map(|at| Hit::new(at, How::Words, 0))
                .collect(),
            problems: query.problems().to_vec(),
            ..Found::default()
        }
    }

    /// What to mark in titles and ids of hits, for [`super::marks`]: the words, folded, and what
    /// they were taken for.
    pub fn needles(&self) -> &[String] {
        &self.needles
    }
}

/// One snippet of a result: 8 bytes, so that a result of a whole library is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    at: u32,
    /// How it was found.
    pub how: How,
    /// How well, in comparison with others of the same query. No unit; 0 without words.
    pub score: u16,
}

impl Hit {
    pub(super) fn new(at: u32, how: How, score: u16) -> Hit {
        Hit { at, how, score }
    }

    /// The snippet's place in the library that was searched: [`crate::snippet::Library::at`].
    pub fn at(self) -> usize {
        self.at as usize
    }
}

/// How a snippet was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The query is its id or the name of one of its commands.
    Exact,
    /// It holds every word.
    Words,
    /// It holds every word, if some are taken for others: see [`Taken`].
    Fuzzy,
}

impl How {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            How::Exact => "exact",
            How::Words => "words",
            How::Fuzzy => "fuzzy",
        }
    }
}

/// A word that was taken for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The word, folded.
    pub word: String,
    /// What it was taken for, folded, the likeliest first; never empty.
    pub meant: Vec<String>,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = self.meant.join(", ");
        write!(f, "hardly anything has {:?}: taken for {meant}", self.word)
    }
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A filter has no value (yet); it was left out.
    #[error("{key}: wants a value, for instance {key}:{}", key.example())]
    NoValue {
        /// The filter.
        key: Key,
    },
    /// No snippet has the value.
    #[error("no snippet has {key}:{value}.{}", hint(*key, near, known))]
    Unknown {
        /// The filter.
        key: Key,
        /// As it was typed.
        value: String,
        /// Values that may have been meant.
        near: Vec<String>,
        /// Some of the values that there are.
        known: Vec<String>,
    },
    /// Words behind the first [`Query::MAX_WORDS`] were left out.
    #[error("more than {} words: the others are left out", Query::MAX_WORDS)]
    TooManyWords,
    /// A filter behind the first [`Query::MAX_FILTERS`] was left out.
    #[error("more than {} filters: the others are left out", Query::MAX_FILTERS)]
    TooManyFilters,
}

fn hint(key: Key, near: &[String], known: &[String]) -> String {
    let (words, values) = match (near, known) {
        ([], []) => return String::new(),
        ([], known) => ("There is", known),
        (near, _) => ("Did you mean", near),
    };
    let end = if near.is_empty() { "" } else { "?" };
    let values: Vec<String> = values.iter().map(|v| key.typed(v)).collect();
    format!(" {words} {}{end}", values.join(", "))
}
