//! Watches that ended: a line each on disk, how long replicas usually take, and a report of one for
//! a change ticket.
//!
//! A profile's runs are one file, `runs.jsonl` in its data folder. It is small by rule
//! ([`MOST_RUNS`], [`MOST_BYTES`]) and nothing but convenience: one that is lost costs a forecast.

mod file;
mod markdown;
mod show;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::status::key;
use super::summary::Summary;

pub use file::{RunLog, RunLogError};
pub use markdown::{Asked, Record, RecordRow};

/// The most runs that are kept; the oldest go first.
pub const MOST_RUNS: usize = 200;

/// The most bytes that they take on disk; of very large deployments fewer runs are kept.
pub const MOST_BYTES: usize = 4 << 20;

/// How many of the last runs say what is usual.
pub const USUAL_OF: usize = 20;

/// Delays above this are no replication times but a clock or a package of long ago.
const LONGEST: i64 = 24 * 3600;

/// One watch that ended. Times are csdeck's clock's, delays the server's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// When the first poll was taken.
    pub started: Timestamp,
    /// When the last one was.
    pub ended: Timestamp,
    /// The target that was asked.
    pub target: String,
    /// The change that was waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The verdict it ended with, as [`Verdict::word`](super::Verdict::word) has it.
    pub verdict: String,
    /// Its reason.
    pub reason: String,
    /// How many polls there were.
    pub polls: u64,
    /// Whole seconds from package to report, by FQDN in lower case; those who confirmed.
    #[serde(default)]
    pub took: BTreeMap<String, i64>,
    /// Who confirmed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// The longest target and reason that are kept, in characters.
const LONGEST_TEXT: usize = 500;

impl Run {
    /// A run from a watch's summary; none of a watch that never had a poll.
    pub fn of(summary: &Summary, target: &str) -> Option<Run> {
        let short = |text: &str| text.chars().take(LONGEST_TEXT).collect::<String>();
        let took = summary.replicas.iter().filter_map(|came| {
            let seconds = came.at.and(came.took)?.as_secs();
            (0..=LONGEST)
                .contains(&seconds)
                .then(|| (key(&came.fqdn), seconds))
        });
        Some(Run {
            started: summary.started?,
            ended: summary.ended?,
            target: short(target),
            since: summary.since,
            verdict: summary.verdict.word().to_owned(),
            reason: short(&summary.reason),
            polls: summary.polls,
            took: took.collect(),
            last: summary.last(1).first().map(|came| key(&came.fqdn)),
        })
    }

    /// How long it went on; zero when the clock was set back meanwhile.
    pub fn lasted(&self) -> SignedDuration {
        self.ended
            .duration_since(self.started)
            .max(SignedDuration::ZERO)
    }
}

/// How long a replica usually takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The median of its delays from package to report.
    pub took: SignedDuration,
    /// Of how many runs.
    pub runs: usize,
}

/// How long each replica usually takes, by FQDN in lower case: the median over the last
/// [`USUAL_OF`] of these runs (the oldest first) that it confirmed in.
pub fn usual(runs: &[Run]) -> BTreeMap<String, Usual> {
    let mut delays: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for run in runs.iter().rev() {
        for (fqdn, seconds) in &run.took {
            let known = delays.entry(fqdn).or_default();
            if known.len() < USUAL_OF {
                known.push(*seconds);
            }
        }
    }
    delays
        .into_iter()
        .filter_map(|(fqdn, mut delays)| {
            delays.sort_unstable();
            let (low, high) = (
                delays.get((delays.len() - 1) / 2)?,
                delays.get(delays.len() / 2)?,
            );
            let took = SignedDuration::from_secs((low + high) / 2);
            let runs = delays.len();
            Some((fqdn.to_owned(), Usual { took, runs }))
        })
        .collect()
}

/// The same as the options of a watch want it.
pub fn usual_delays(runs: &[Run]) -> BTreeMap<String, SignedDuration> {
    let usual = usual(runs).into_iter();
    usual.map(|(fqdn, usual)| (fqdn, usual.took)).collect()
}

pub use show::{to_json, to_lines};
