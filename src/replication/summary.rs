//! A whole watch in short: what a change ticket wants to know.

use jiff::{SignedDuration, Timestamp};

use super::options::Excluded;
use super::verdict::{RowVerdict, Verdict};

/// How a replica did in a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// Its FQDN.
    pub fqdn: String,
    /// Where it stands at the end.
    pub verdict: RowVerdict,
    /// When the watch first saw it confirmed, by csdeck's clock; none when it is not.
    pub at: Option<Timestamp>,
    /// From package to report, by the server's clock.
    pub took: Option<SignedDuration>,
}

/// A whole watch in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The verdict it stands at.
    pub verdict: Verdict,
    /// Its reason.
    pub reason: String,
    /// The change that was waited for.
    pub since: Option<Timestamp>,
    /// When the first poll was taken.
    pub started: Option<Timestamp>,
    /// When the last one was.
    pub ended: Option<Timestamp>,
    /// How many polls there were, those without data included.
    pub polls: u64,
    /// How many of them brought no data.
    pub blind: u64,
    /// The replicas that count: who confirmed in the order of their reports, then the others.
    pub replicas: Vec<Came>,
    /// The replicas that were left out, and why.
    pub excluded: Vec<Excluded>,
    /// What the watch was narrowed to, in words.
    pub scope: Option<String>,
}

impl Summary {
    /// The replicas that confirmed last, at most `n`, the very last first.
    pub fn last(&self, n: usize) -> Vec<&Came> {
        let came = self.replicas.iter().filter(|came| came.at.is_some());
        came.rev().take(n).collect()
    }
}
