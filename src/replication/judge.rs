//! One row of one poll, judged.
//!
//! The limits count from the making of the newest package (`LastUpdateCreation`): a replica that
//! has been silent for three days is fine when nothing was made for it in that time.

use jiff::{SignedDuration, Timestamp};

use super::status::ReplicaStatus;
use super::verdict::RowVerdict;

/// How often a watch usually polls. A row that will pass its limit before the next poll is past
/// it: `LastUpdateCreation` is written a few seconds after the publish it belongs to, so without
/// this a sample taken on the tenth minute would just miss a ten-minute limit.
pub(super) const POLL_INTERVAL: SignedDuration = SignedDuration::from_secs(5);

/// The usual time between package and report of an internal server; an Edge takes up to twice
/// as long. Later than this is lagging.
const USUAL: SignedDuration = SignedDuration::from_secs(60);
const USUAL_EDGE: SignedDuration = SignedDuration::from_secs(120);

/// Why a row has its verdict: what the advice depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Nothing is wrong.
    Confirmed,
    /// No report at all.
    NoReport,
    /// No report since the newest package: not delivered, or no answer.
    Silent,
    /// A report since the newest package, and still False: not applied.
    NotApplied,
    /// True, but the report is older than the newest package.
    Stale,
    /// True, but no package was made since the change that is waited for.
    NoPackage,
    /// Times in the future: the clocks or zones differ, the times prove nothing.
    Clock,
    /// Expected and not in the answer.
    Absent,
    /// In the answer and not expected.
    Unexpected,
    /// Left out, for a reason.
    Excluded,
}

/// What a row is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    pub now: Timestamp,
    /// The change that is waited for, if any.
    pub since: Option<Timestamp>,
    pub is_edge: bool,
    pub limit: SignedDuration,
    /// When the watch saw this row lose its report or its True without a new package: a forced
    /// replication begins again from there.
    pub restarted: Option<Timestamp>,
    /// When the watch first saw the row: stands in for a package time that is null.
    pub first_seen: Timestamp,
    /// How far ahead of now a time may lie and still be evidence.
    pub tolerance: SignedDuration,
    /// The row was past its limit before the newest package was made and has not confirmed since.
    pub was_overdue: bool,
}

/// The judgement of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    pub verdict: RowVerdict,
    pub cause: Cause,
    /// Since when it has been waited for; none once confirmed.
    pub from: Option<Timestamp>,
    /// Past its limit.
    pub overdue: bool,
}

/// True when a wait has reached its limit, or will before the next poll.
pub(super) fn is_over(waited: SignedDuration, limit: SignedDuration) -> bool {
    waited.saturating_add(POLL_INTERVAL) > limit
}

/// Judges a row.
pub(super) fn judge(row: &ReplicaStatus, by: &Circumstances) -> Judgement {
    let cause = cause(row, by);
    if cause == Cause::Confirmed {
        let verdict = RowVerdict::UpToDate;
        return Judgement {
            verdict,
            cause,
            from: None,
            overdue: false,
        };
    }
    let package = row.last_update_creation.unwrap_or(by.first_seen);
    let mut start = package
        .max(by.since.unwrap_or(package))
        .max(by.restarted.unwrap_or(package));
    if cause == Cause::NotApplied {
        start = start.max(row.last_status_report.unwrap_or(start));
    }
    let waited = age(by.now, start);
    let overdue = is_over(waited, by.limit);
    let usual = if by.is_edge { USUAL_EDGE } else { USUAL };
    let late = overdue || by.was_overdue || waited > usual || cause == Cause::NotApplied;
    let verdict = match cause {
        Cause::NoReport => RowVerdict::NeverReported,
        // The store itself says True: late perhaps, but not stuck.
        Cause::Stale | Cause::NoPackage | Cause::Clock => {
            if overdue {
                RowVerdict::Lagging
            } else {
                RowVerdict::Waiting
            }
        }
        _ if overdue => RowVerdict::Stuck,
        _ if late => RowVerdict::Lagging,
        _ => RowVerdict::Waiting,
    };
    // A row that says True is never what a watch is stuck on.
    let overdue = overdue && matches!(verdict, RowVerdict::Stuck | RowVerdict::NeverReported);
    Judgement {
        verdict,
        cause,
        from: Some(start),
        overdue,
    }
}

fn cause(row: &ReplicaStatus, by: &Circumstances) -> Cause {
    if row.last_status_report.is_none() {
        return Cause::NoReport;
    }
    match (row.up_to_date, row.has_reported_newest()) {
        (false, true) => Cause::NotApplied,
        (false, false) => Cause::Silent,
        (true, false) => Cause::Stale,
        (true, true) => match by.since {
            None => Cause::Confirmed,
            Some(since)
                if row
                    .last_update_creation
                    .is_none_or(|package| package < since) =>
            {
                Cause::NoPackage
            }
            // "Newer than the change" means nothing when the times run ahead of now.
            Some(_)
                if row
                    .newest()
                    .is_some_and(|newest| in_future(newest, by.now, by.tolerance)) =>
            {
                Cause::Clock
            }
            Some(_) => Cause::Confirmed,
        },
    }
}

/// True for a time that lies ahead of now by more than clocks may differ.
pub(super) fn in_future(at: Timestamp, now: Timestamp, tolerance: SignedDuration) -> bool {
    at.duration_since(now) > tolerance
}

/// An age, never below zero.
pub(super) fn age(now: Timestamp, then: Timestamp) -> SignedDuration {
    now.duration_since(then).max(SignedDuration::ZERO)
}
