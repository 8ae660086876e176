//! When the last replica will have confirmed.
//!
//! Two sources, and no guess without them: how long each replica took in past runs of the same
//! deployment, and how the others of its kind did with this very change. The packages of a publish
//! are made together, so those still under way are always later than those that came: what this
//! run says is how fast they come.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::history::RowState;
use super::judge::{Cause, age};
use super::status::key;
use super::verdict::RowVerdict;

/// Packages made so long before the earliest one that is still under way belong to the same
/// change.
const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

/// Fewer replicas of a kind say nothing about the others.
const FEW: usize = 3;

/// So much later than usual a replica may be and still come any moment, beside half its time.
const SLACK: SignedDuration = SignedDuration::from_secs(10);

/// What a forecast rests on, by the server's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess<'r> {
    pub end: Timestamp,
    pub last: &'r str,
    pub from_past_runs: bool,
}

/// When every row will be confirmed; none when a single one cannot be told.
pub(super) fn guess<'r>(
    rows: &'r [Arc<RowState>],
    now: Timestamp,
    usual: &BTreeMap<String, SignedDuration>,
) -> Option<Guess<'r>> {
    let counted = || rows.iter().filter(|row| row.who.counts());
    let open: Vec<&Arc<RowState>> = counted()
        .filter(|row| row.verdict != RowVerdict::UpToDate)
        .collect();
    let waits = |row: &&Arc<RowState>| {
        matches!(row.cause, Cause::Silent | Cause::NoReport | Cause::Stale) && !row.overdue
    };
    if open.is_empty() || !open.iter().all(waits) {
        return None;
    }
    let first = open.iter().filter_map(|row| row.from).min()?;
    let together = first.checked_sub(TOGETHER).ok()?;
    let of_change = |row: &&Arc<RowState>| {
        let package = row.status.as_ref().and_then(|s| s.last_update_creation);
        row.verdict == RowVerdict::UpToDate && package.is_some_and(|at| at >= together)
    };
    let came: Vec<&Arc<RowState>> = counted().filter(of_change).collect();
    let past = |row: &RowState| usual.get(&key(row.fqdn())).copied();
    let pace = pace(&came, &past);
    let kinds = [false, true].map(|is_edge| {
        let of_kind = |row: &&&Arc<RowState>| row.who.is_edge == is_edge;
        let mut took: Vec<SignedDuration> = came
            .iter()
            .filter(of_kind)
            .filter_map(|row| row.took)
            .collect();
        took.sort_unstable();
        Kind {
            took,
            open: open.iter().filter(of_kind).count(),
        }
    });
    let mut latest: Option<Guess<'r>> = None;
    for row in open {
        let from = row.from?;
        let (end, from_past_runs) = match past(row) {
            Some(usual) => (expected(from, scaled(usual, pace), now)?, true),
            None if row.verdict == RowVerdict::Lagging => return None,
            None => (kinds[usize::from(row.who.is_edge)].end(from, now)?, false),
        };
        let this = Guess {
            end,
            last: row.fqdn(),
            from_past_runs,
        };
        if latest
            .as_ref()
            .is_none_or(|l| (l.end, l.last) < (this.end, this.last))
        {
            latest = Some(this);
        }
    }
    latest
}

/// How this run does beside past ones, in percent: the middle of those that came.
fn pace(came: &[&Arc<RowState>], past: &dyn Fn(&RowState) -> Option<SignedDuration>) -> i64 {
    let ratio = |row: &&Arc<RowState>| {
        let (took, usual) = (row.took?.as_millis(), past(row)?.as_millis());
        i64::try_from((took * 100).checked_div(usual)?).ok()
    };
    let mut ratios: Vec<i64> = came.iter().filter_map(ratio).collect();
    ratios.sort_unstable();
    match ratios.get(ratios.len() / 2) {
        Some(middle) if ratios.len() >= FEW => (*middle).clamp(50, 300),
        _ => 100,
    }
}

fn scaled(duration: SignedDuration, percent: i64) -> SignedDuration {
    let millis = duration.as_millis().saturating_mul(i128::from(percent)) / 100;
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// When a replica that takes so long comes: any moment when it is a little late already, nobody
/// knows when it is much.
fn expected(from: Timestamp, takes: SignedDuration, now: Timestamp) -> Option<Timestamp> {
    let end = from.checked_add(takes).ok()?;
    if end >= now {
        return Some(end);
    }
    let late = scaled(takes, 50).saturating_add(SLACK);
    (age(now, end) <= late).then_some(now)
}

/// How the internal servers, or the Edges, do with this change.
struct Kind {
    /// How long those that came took, the quickest first.
    took: Vec<SignedDuration>,
    /// How many are under way.
    open: usize,
}

impl Kind {
    fn end(&self, from: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let (first, last) = (*self.took.first()?, *self.took.last()?);
        let came = self.took.len();
        if came < FEW || came * 3 < self.open {
            return None;
        }
        let waited = age(now, from);
        if waited < last {
            // Its package was made later than theirs.
            return from.checked_add(last).ok();
        }
        let millis = waited.saturating_sub(first).as_millis();
        let rest =
            millis.checked_div(i128::try_from(came).ok()?)? * i128::try_from(self.open).ok()?;
        now.checked_add(SignedDuration::from_millis(i64::try_from(rest).ok()?))
            .ok()
    }
}
