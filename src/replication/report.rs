//! One judgement with its reasons, as data, JSON and lines.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::judge::Cause;
use super::status::ReplicaStatus;
use super::store_status::StoreStatus;
use super::verdict::{RowVerdict, Verdict};
use super::words;
use crate::text::visible_line;

/// One replica in one poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// The replica's name, in the answer's spelling where there is one.
    pub fqdn: String,
    /// Its row; none when it is missing. In a blind poll the row that was last known.
    pub status: Option<ReplicaStatus>,
    /// The verdict on it.
    pub verdict: RowVerdict,
    /// Whether the limits and advice for an Edge were used.
    pub is_edge: bool,
    /// How old its last report is; none without one.
    pub report_age: Option<SignedDuration>,
    /// How long it has been waited for; none once it is up to date.
    pub waited: Option<SignedDuration>,
    /// Past its limit: stuck, or never reported or missing for too long.
    pub overdue: bool,
    /// What its pool is for, from the topology.
    pub role: Option<String>,
    /// The name of its site, from the topology.
    pub site: Option<String>,
    /// The FQDN of its pool, from the topology.
    pub pool: Option<String>,
    /// Why it is left out, if it is.
    pub excluded: Option<String>,
    /// When its verdict last changed, by csdeck's clock; none when this watch never saw it
    /// change. Polls without data change nothing.
    pub changed: Option<Timestamp>,
    /// From its newest package (or the change, where the package has no time) to its report, once
    /// it is confirmed. Both times are the server's.
    pub took: Option<SignedDuration>,
    pub(super) cause: Cause,
    pub(super) stuck_before: bool,
    pub(super) losses: u32,
    pub(super) fresh: bool,
}

impl RowReport {
    /// The age of the last report in words, `never` without one, `-` when the row is missing.
    pub fn age_words(&self) -> String {
        match (&self.status, self.report_age) {
            (None, _) => "-".to_owned(),
            (Some(status), _) if status.last_status_report.is_none() => "never".to_owned(),
            (Some(_), Some(age)) => words::span(age),
            (Some(_), None) => "?".to_owned(),
        }
    }

    /// True when the watch waits for it: it is neither a stranger to the topology nor left out.
    pub fn counts(&self) -> bool {
        !matches!(self.cause, Cause::Unexpected | Cause::Excluded)
    }

    /// True when this row comes from an answer of this very poll.
    pub fn is_fresh(&self) -> bool {
        self.fresh && self.status.is_some()
    }

    fn to_json(&self) -> Value {
        let status = self.status.as_ref();
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
        // Old news is not shown as an answer: without a fresh one the truth is unknown.
        let known = status.map(|s| s.up_to_date);
        let up_to_date = self.fresh.then_some(known.unwrap_or(false));
        json!({
            "replicaFqdn": self.fqdn,
            "upToDate": up_to_date,
            "lastStatusReport": time(status.and_then(|s| s.last_status_report)),
            "lastUpdateCreation": time(status.and_then(|s| s.last_update_creation)),
            "productVersion": status.and_then(|s| s.product_version.as_deref()),
            "verdict": self.verdict.json_word(),
            "edge": self.is_edge,
            "reportAgeSeconds": self.report_age.map(|age| age.as_secs()),
            "waitedSeconds": self.waited.map(|waited| waited.as_secs()),
            "tookSeconds": self.took.map(|took| took.as_secs_f64()),
            "changedAt": time(self.changed),
            "role": self.role,
            "site": self.site,
            "pool": self.pool,
            "excluded": self.excluded,
        })
    }
}

/// The judgement of one poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The overall verdict.
    pub verdict: Verdict,
    /// One row per replica: the answer's in its order, then the missing ones.
    pub rows: Vec<RowReport>,
    /// One line in words: how far it is, who is stuck, who is missing.
    pub reason: String,
    /// What to check, the likeliest first. Empty when nothing is wrong.
    pub advice: Vec<String>,
    /// When the poll was taken; none when nobody knows.
    pub sampled_at: Option<Timestamp>,
    /// Who answered.
    pub source: String,
    /// How many polls in a row, this one included, every expected replica was confirmed.
    pub consecutive_true: u32,
    /// When that run of polls began.
    pub true_since: Option<Timestamp>,
    /// What the store last said of itself in this poll; none when it was not asked.
    pub store: Option<StoreStatus>,
    /// The server's clock minus csdeck's, when it is more than 30 seconds and more than the time
    /// an answer takes explains.
    pub skew: Option<SignedDuration>,
    /// When every replica will have confirmed, as far as data tell; only while converging.
    pub forecast: Option<Forecast>,
    /// Why the watch can no longer succeed, if it cannot.
    pub hopeless: Option<String>,
    /// What the watch is narrowed to, in words; none when it is not.
    pub scope: Option<String>,
    /// What to know about this verdict: no topology, replicas left out, clocks that differ.
    pub notes: Vec<String>,
}

/// When the last replica will have confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// When, by csdeck's clock.
    pub at: Timestamp,
    /// How long that is from the poll; zero = any moment.
    pub left: SignedDuration,
    /// The replica that is expected last.
    pub last: String,
    /// Whether past runs say so, or this run alone.
    pub from_past_runs: bool,
}

impl Forecast {
    /// `about 40 s more, sgedge02.kestrel.lan last`.
    pub fn words(&self) -> String {
        // No more exact than it is.
        let step = if self.left.as_secs() < 60 { 5 } else { 10 };
        let left = u64::try_from(self.left.as_millis()).unwrap_or_default();
        let steps = left.div_ceil(step * 1000);
        if steps == 0 {
            format!("any moment, {} last", self.last)
        } else {
            let seconds = i64::try_from(steps * step).unwrap_or(i64::MAX);
            let left = words::span(SignedDuration::from_secs(seconds));
            format!("about {left} more, {} last", self.last)
        }
    }
}

impl Report {
    /// How many of the expected replicas are up to date, and how many are expected.
    pub fn count(&self) -> (usize, usize) {
        let expected = self.rows.iter().filter(|row| row.counts());
        let done = self
            .rows
            .iter()
            .filter(|row| row.verdict == RowVerdict::UpToDate)
            .count();
        (done, expected.count())
    }

    /// The document of `csdeck watch --format json`: `verdict` and `replicas` (`replicaFqdn`,
    /// `upToDate`, `lastStatusReport`, `lastUpdateCreation`, `productVersion`, `verdict`) plus
    /// `reason`, `advice`, `notes`, `sampledAt`, `source`, `consecutiveTrue`, `trueSince`, `store`,
    /// `skewSeconds`, `forecast`, `hopeless`, `scope`. Times are ISO 8601 in UTC. `upToDate` is
    /// null in rows without a fresh answer.
    pub fn to_json(&self) -> Value {
        json!({
            "verdict": self.verdict.word(),
            "reason": self.reason,
            "sampledAt": self.sampled_at.map(|at| at.to_string()),
            "source": self.source,
            "consecutiveTrue": self.consecutive_true,
            "trueSince": self.true_since.map(|at| at.to_string()),
            "replicas": self.rows.iter().map(RowReport::to_json).collect::<Vec<_>>(),
            "advice": self.advice,
            "notes": self.notes,
            "store": self.store.as_ref().map(|store| json!({
                "activeMaster": store.active_master,
                "fileTransferAgents": store.file_transfer_agents,
                "masterHeartbeat": store.master_heartbeat.map(|at| at.to_string()),
                "agentHeartbeat": store.agent_heartbeat.map(|at| at.to_string()),
                "down": store.is_down(),
            })),
            "skewSeconds": self.skew.map(|skew| skew.as_secs()),
            "forecast": self.forecast.as_ref().map(|forecast| json!({
                "at": forecast.at.to_string(),
                "leftSeconds": forecast.left.as_secs(),
                "last": forecast.last,
                "fromPastRuns": forecast.from_past_runs,
            })),
            "hopeless": self.hopeless,
            "scope": self.scope,
        })
    }

    /// Plain text: the verdict and its reason, then a table of the replicas with verdict, age of
    /// the last report and version. Safe to print; no line endings.
    pub fn to_lines(&self) -> Vec<String> {
        let mut lines =
            vec![visible_line(&format!("{}: {}", self.verdict, self.reason)).into_owned()];
        let rows: Vec<[String; 4]> = self.rows.iter().map(cells).collect();
        if rows.is_empty() {
            return lines;
        }
        let heading = ["replica", "verdict", "last report", "version"].map(str::to_owned);
        let mut widths = [0; 4];
        for row in rows.iter().chain([&heading]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        for row in [&heading].into_iter().chain(&rows) {
            let mut line = String::from(" ");
            for (cell, width) in row.iter().zip(widths) {
                line.push(' ');
                line.push_str(cell);
                line.push_str(&" ".repeat(width - cell.width() + 1));
            }
            lines.push(line.trim_end().to_owned());
        }
        lines
    }
}

fn cells(row: &RowReport) -> [String; 4] {
    let version = row
        .status
        .as_ref()
        .and_then(|s| s.product_version.as_deref());
    [
        visible_line(&row.fqdn).into_owned(),
        row.verdict.word().to_owned(),
        row.age_words(),
        visible_line(version.unwrap_or("-")).into_owned(),
    ]
}
