//! What a watch waits for, and whom it expects.

use jiff::{SignedDuration, Timestamp};

#[cfg(doc)]
use super::looks_like_edge;

/// A machine that must replicate, from the topology (`RequiresReplication`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The machine's FQDN; an Edge's internal one.
    pub fqdn: String,
    /// True for an Edge: other limits, other advice.
    pub is_edge: bool,
}

/// What a watch waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many polls in a row must find every expected replica confirmed; 0 counts as 1.
    pub polls: u32,
    /// The change that is watched: rows must show a package made since then. None = any state
    /// with every replica True will do.
    pub since: Option<Timestamp>,
    /// The replicas to expect. None or empty = whoever answers; then names tell an Edge
    /// ([`looks_like_edge`]), and a replica that drops out of the answers is missing unless a
    /// newer package (a publish may have removed it) explains it.
    pub expected: Option<Vec<Expected>>,
    /// When an internal replica is stuck, counted from its newest package.
    pub stuck_after: SignedDuration,
    /// When an Edge is.
    pub stuck_after_edge: SignedDuration,
    /// When a change without any new package is no change. The master notices a publish up to a
    /// minute late.
    pub no_change_after: SignedDuration,
    /// How many past polls are kept.
    pub history: usize,
}

impl Default for Options {
    /// Two polls, no change awaited, nobody expected in particular, the field's limits (5, 10
    /// and 3 minutes), 512 polls kept.
    fn default() -> Self {
        Options {
            polls: 2,
            since: None,
            expected: None,
            stuck_after: SignedDuration::from_mins(5),
            stuck_after_edge: SignedDuration::from_mins(10),
            no_change_after: SignedDuration::from_mins(3),
            history: 512,
        }
    }
}
