//! Completing a command line: cmdlets by prefix or words, the parameters that still fit together
//! with those that are there, and values from the reference, the topology and the engagement.

mod given;
mod names;
mod values;
mod words;

use std::ops::Range;

use crate::cmdlet::catalogue;
use crate::cmdlet::check::{Resolved, resolve};

use super::Known;
use given::{Given, Takes};
use names::{commands, parameters};
use values::{Subject, actions, values};

pub use words::Open;
use words::{Word, head, parameter};

/// A completion offers at most so many candidates.
pub const MOST: usize = 200;

/// One way to complete the word with the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What takes the place of the word: a name, or a literal.
    pub text: String,
    /// What it is, or where it comes from; carries text of documents and servers: make it safe
    /// before showing it.
    pub note: String,
}

/// What the word with the cursor can become.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completion {
    /// Bytes of the text that a candidate takes the place of.
    pub span: Range<usize>,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
}

impl Completion {
    /// The beginning that all candidates share, when it goes on from what is there.
    pub fn common_part(&self, typed: &str) -> Option<String> {
        let (first, rest) = self.candidates.split_first()?;
        let mut common: &str = &first.text;
        for other in rest {
            let pairs = common.char_indices().zip(other.text.chars());
            let same = pairs
                .take_while(|((_, a), b)| a.to_lowercase().eq(b.to_lowercase()))
                .last();
            common = same.map_or("", |((at, c), _)| &common[..at + c.len_utf8()]);
        }
        let goes_on = common.len() > typed.len()
            && common
                .get(..typed.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(typed));
        goes_on.then(|| common.to_owned())
    }
}

/// What is open at the end of a text, so that it is not finished rather than wrong.
pub fn open_at_end(text: &str) -> Option<Open> {
    head(text).open
}

/// Where the word begins that a text ends in; the end of the text behind a blank.
pub fn word_at_end(text: &str) -> usize {
    head(text).start
}

/// What the word in which the cursor stands can become. `cursor` is a byte offset; one behind the end
/// or inside a character is moved back.
pub fn complete(text: &str, cursor: usize, known: Known<'_>) -> Completion {
    let cursor = text.floor_char_boundary(cursor);
    let before = &text[..cursor];
    let head = head(before);
    let nothing = Completion {
        span: cursor..cursor,
        candidates: Vec::new(),
    };
    if head.dead {
        return nothing;
    }
    let typed = &before[head.start..];
    let end = cursor + rest_of_word(&text[cursor..], head.quote);
    let Some((name, arguments)) = head.words.split_first() else {
        return Completion {
            span: head.start..end,
            candidates: commands(typed),
        };
    };
    let word = |w: &Word| &before[w.span.clone()];
    let Some(cmdlet) = catalogue().get(word(name)) else {
        return nothing;
    };
    let given = Given::of(cmdlet, arguments, before);
    match parameter(typed).filter(|_| head.quote != Some(head.start) && !head.joined) {
        Some((name, None)) => Completion {
            span: head.start..end,
            candidates: parameters(cmdlet, &given, name),
        },
        Some((name, Some(value))) => Completion {
            span: head.start + value..end,
            candidates: match resolve(cmdlet, name) {
                Resolved::Own(index, _) => {
                    let subject = Subject::new(cmdlet, index, &given);
                    values(&subject, &typed[value..], true, known)
                }
                _ => Vec::new(),
            },
        },
        None => Completion {
            span: head.start..end,
            candidates: match given.takes_next(cmdlet, &head) {
                Takes::Own(index) => {
                    values(&Subject::new(cmdlet, index, &given), typed, false, known)
                }
                Takes::Action => actions(typed),
                Takes::Nothing => Vec::new(),
            },
        },
    }
}

/// Bytes behind the cursor that belong to its word.
fn rest_of_word(rest: &str, quote: Option<usize>) -> usize {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '\\');
    let word = rest.find(|c| !plain(c)).unwrap_or(rest.len());
    let close = rest[word..].chars().next();
    match (quote, close) {
        // The quote that closes what is open belongs to it too.
        (Some(_), Some(c)) if c == '\'' || c == '"' => word + c.len_utf8(),
        _ => word,
    }
}

#[cfg(test)]
mod tests;
