//! The reason in one line, and what to check when a replica does not come.
//!
//! The checks are the field's: who opens which connection (always from the Central Management
//! store outward), which service does what, and what usually breaks.

use jiff::{SignedDuration, Timestamp};

use super::judge::{Cause, in_future};
use super::report::RowReport;
use super::verdict::RowVerdict;
use super::words;

/// How many names a line lists before it only counts.
const NAMES: usize = 8;

/// The same for rows that wait within their time: right after a publish that is all of them.
const WAITING_NAMES: usize = 2;

/// The state of the rows in one line: how many are done, then who is not, the worst first.
pub(super) fn state_of(rows: &[RowReport]) -> String {
    let expected = rows.iter().filter(|row| row.counts()).count();
    let done = rows
        .iter()
        .filter(|row| row.verdict == RowVerdict::UpToDate)
        .count();
    let mut parts = vec![format!("{done} of {expected} up to date")];
    let order = [
        RowVerdict::Stuck,
        RowVerdict::NeverReported,
        RowVerdict::Missing,
        RowVerdict::Lagging,
        RowVerdict::Waiting,
        RowVerdict::Orphan,
        RowVerdict::Excluded,
    ];
    for verdict in order {
        let mut of_kind: Vec<&RowReport> = rows.iter().filter(|r| r.verdict == verdict).collect();
        if of_kind.is_empty() {
            continue;
        }
        // The longest silence first: in a crowd that is still coming, it is the one to look at.
        of_kind.sort_by_key(|row| row.status.as_ref().and_then(|s| s.last_status_report));
        let label = match verdict {
            RowVerdict::Missing => "missing from the answer",
            RowVerdict::Orphan => "not in the topology",
            RowVerdict::Excluded => "left out",
            other => other.word(),
        };
        let names = of_kind.iter().map(|row| described(row));
        let most = if verdict == RowVerdict::Waiting {
            WAITING_NAMES
        } else {
            NAMES
        };
        parts.push(format!("{label}: {}", listed_up_to(most, names)));
    }
    parts.join("; ")
}

fn described(row: &RowReport) -> String {
    match row.cause {
        Cause::Silent => format!("{} (last report {} ago)", row.fqdn, row.age_words()),
        Cause::NotApplied => format!("{} (reported, but did not apply)", row.fqdn),
        Cause::Stale => format!("{} (True, but older than its newest package)", row.fqdn),
        Cause::NoPackage => format!("{} (True, but no new package yet)", row.fqdn),
        Cause::Clock => format!("{} (True, but its times lie in the future)", row.fqdn),
        Cause::Excluded => match &row.excluded {
            Some(reason) => format!("{} ({reason})", row.fqdn),
            None => row.fqdn.clone(),
        },
        Cause::Confirmed | Cause::NoReport | Cause::Absent | Cause::Unexpected => row.fqdn.clone(),
    }
}

/// Names in a line: the first few, then how many more there are.
pub(super) fn listed(names: impl Iterator<Item = String>) -> String {
    listed_up_to(NAMES, names)
}

fn listed_up_to(most: usize, mut names: impl Iterator<Item = String>) -> String {
    let mut text = names.by_ref().take(most).collect::<Vec<_>>().join(", ");
    let more = names.count();
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// What to check. Rows within their time get advice only when they are the last few, or were
/// stuck before: then waiting has stopped being the answer.
pub(super) fn for_rows(
    rows: &[RowReport],
    now: Timestamp,
    tolerance: SignedDuration,
) -> Vec<String> {
    let mut advice = Vec::new();
    let judged = rows.iter().filter(|row| row.status.is_some());
    let open = rows.iter().filter(|row| row.waited.is_some()).count();
    let last_few = open * 4 <= rows.len();
    let asking =
        |row: &&RowReport| row.waited.is_some() && (row.overdue || last_few || row.stuck_before);
    let asking: Vec<&RowReport> = rows.iter().filter(asking).collect();
    let of = |wanted: &dyn Fn(&RowReport) -> bool| -> Option<String> {
        let mut names = asking
            .iter()
            .filter(|row| wanted(row))
            .map(|row| row.fqdn.clone())
            .peekable();
        names.peek()?;
        Some(listed(names))
    };

    if let Some(waited) = all_overdue(rows) {
        advice.push(format!(
            "No replica has confirmed for {}: look at the Central Management store, not at the \
             replicas. Services MASTER and FTA on its active front end, permissions of the file \
             share (CMSFileStore), the SQL instance with database xds; \
             Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus must name an \
             active master and file transfer agent.",
            words::span(waited)
        ));
    }
    if let Some(names) =
        of(&|row| row.is_edge && matches!(row.cause, Cause::Silent | Cause::NoReport))
    {
        advice.push(format!(
            "{names}: TCP 4443 must be open from every front end of the Central Management store's \
             pool to the Edge's own internal IP address, not to a virtual address; nothing on the \
             Edge dials in."
        ));
        advice.push(format!(
            "{names}: the internal name must resolve on the Central Management side (hosts file or \
             DNS, primary DNS suffix set on the Edge) and the Edge needs static routes inward on \
             its internal interface."
        ));
        advice.push(format!(
            "{names}: the internal Edge certificate's subject must be the pool's internal FQDN, \
             with its private key and an issuer that the Central Management servers trust; FTA \
             event 1015 is a name mismatch, 1017 an unreachable destination."
        ));
    }
    if let Some(names) =
        of(&|row| !row.is_edge && matches!(row.cause, Cause::Silent | Cause::NoReport))
    {
        advice.push(format!(
            "{names}: TCP 445 (SMB, share xds-replica) must be open from the Central Management \
             store's servers; service REPLICA and SQL instance RTCLOCAL must run on the replica."
        ));
        advice.push(format!(
            "{names}: FTA event 1034 is access denied: share xds-replica, local group RTC Local \
             Config Replicator, domain group RTCUniversalConfigReplicator, Central Management \
             servers restarted since they joined it; clocks within 5 minutes."
        ));
    }
    if let Some(names) = of(&|row| row.cause == Cause::NoReport) {
        advice.push(format!(
            "{names}: never reported, so probably in the topology but never set up: run setup of \
             the local configuration store and Enable-CsReplica there. An Edge gets its first \
             package by hand: Export-CsConfiguration, then Import-CsConfiguration -LocalStore."
        ));
    }
    if let Some(names) = of(&|row| row.cause == Cause::NotApplied) {
        advice.push(format!(
            "{names}: reported since the newest package but is still False: it applied an older \
             one or failed to apply; read the Lync Server event log there."
        ));
    }
    if let Some(names) = of(&|row| row.cause == Cause::Stale && row.verdict == RowVerdict::Lagging)
    {
        advice.push(format!(
            "{names}: True with a report older than its package for longer than a replica takes: \
             compare the clocks of the servers."
        ));
    }
    if let Some(names) = of(&|row| row.cause == Cause::Absent) {
        advice.push(format!(
            "{names}: expected but not in the answer: the topology is newer than what the Central \
             Management store answers from, or the machine was removed from it."
        ));
    }
    let orphans = rows.iter().filter(|row| row.verdict == RowVerdict::Orphan);
    let mut orphans = orphans.map(|row| row.fqdn.clone()).peekable();
    if orphans.peek().is_some() {
        advice.push(format!(
            "{}: in the answer but not in the topology: removed there, still in the store.",
            listed(orphans)
        ));
    }
    let ahead = judged.filter_map(|row| row.status.as_ref()?.newest()).max();
    if let Some(ahead) = ahead.filter(|at| in_future(*at, now, tolerance)) {
        advice.push(format!(
            "Times in the answer lie up to {} in the future: the server's clock or time zone is not \
             the one assumed here, so ages are too small.",
            words::span(ahead.duration_since(now))
        ));
    }
    advice
}

/// The shortest wait when every one of several rows is overdue and none says True: ten minutes
/// of that speak against the Central Management store's side.
fn all_overdue(rows: &[RowReport]) -> Option<SignedDuration> {
    const LONG: SignedDuration = SignedDuration::from_mins(10);
    let rows: Vec<&RowReport> = rows.iter().filter(|r| r.counts()).collect();
    let none_true = rows
        .iter()
        .all(|r| r.status.as_ref().is_none_or(|s| !s.up_to_date));
    let shortest = rows.iter().map(|row| row.waited).min().flatten()?;
    (rows.len() > 1 && none_true && super::judge::is_over(shortest, LONG)).then_some(shortest)
}
