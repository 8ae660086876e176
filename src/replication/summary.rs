//! A whole watch in short: what a change ticket wants to know.

use jiff::{SignedDuration, Timestamp};

use super::options::Excluded;
use super::verdict::{RowVerdict, Verdict};
use super::watcher::Watcher;

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

impl Watcher {
    /// The whole watch in short.
    pub fn summary(&self) -> Summary {
        let counted = self.latest().rows.iter().filter(|row| row.counts());
        let mut replicas: Vec<(bool, Option<Timestamp>, Came)> = counted
            .map(|row| {
                let name = self.setup.crowd.key_of(&row.fqdn);
                let memory = name.and_then(|name| self.memory.get(&name));
                let at = memory.and_then(|memory| memory.confirmed);
                let came = Came {
                    fqdn: row.fqdn.clone(),
                    verdict: row.verdict,
                    at,
                    took: row.took,
                };
                let report = row.status.as_ref().and_then(|s| s.last_status_report);
                (at.is_none(), report, came)
            })
            .collect();
        replicas.sort_by(|a, b| (a.0, a.1, &a.2.fqdn).cmp(&(b.0, b.1, &b.2.fqdn)));
        let options = self.options();
        Summary {
            verdict: self.latest().verdict,
            reason: self.latest().reason.clone(),
            since: options.since,
            started: self.started,
            ended: self.latest().sampled_at,
            polls: self.polls,
            blind: self.blind,
            replicas: replicas.into_iter().map(|(_, _, came)| came).collect(),
            excluded: options.excluded.clone(),
            scope: options.scope.words(),
        }
    }
}
