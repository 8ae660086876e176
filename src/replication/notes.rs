//! What to know about a verdict beside the rows: the store's own state, the clocks, who is
//! expected and who is not.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::advice::listed;
use super::history::{Poll, Why};
use super::judge::age;
use super::report::Report;
use super::status::key;
use super::store_status::StoreStatus;
use super::telling::Setup;
use super::words;

/// A sign of life older than this is told: the agents give one at least every minute.
const HEARTBEAT: SignedDuration = SignedDuration::from_mins(5);

/// From so many losses of True on a replica is told as flapping. A publish costs one.
const FLAPPING: u32 = 2;

/// The advice that comes before that about single rows.
pub(super) fn first(report: &Report, poll: &Poll, setup: &Setup, now: Timestamp) -> Vec<String> {
    let mut advice = Vec::new();
    match &poll.scene.why {
        Why::StoreDown(_) => advice.push(
            "Nothing is replicated without an active master and a file transfer agent: services \
             MASTER and FTA on the front ends of the pool that holds the Central Management store, \
             its SQL instance; when that pool is lost, Invoke-CsManagementServerFailover on \
             another."
                .to_owned(),
        ),
        Why::NoChange => advice.push(no_package(report, poll, setup)),
        _ => {}
    }
    if let Some(skew) = report
        .skew
        .filter(|s| s.abs() > setup.options.clock_tolerance)
    {
        advice.push(format!(
            "{}: more than {}, which Kerberos and certificates do not forgive; correct it (w32tm \
             /query /status shows the source).",
            clock(skew),
            words::span(setup.options.clock_tolerance)
        ));
    }
    if let Some(store) = &report.store {
        about_store(store, report, now, &mut advice);
    }
    advice
}

fn no_package(report: &Report, poll: &Poll, setup: &Setup) -> String {
    let after_start = |row: &&super::report::RowReport| {
        // A package that came while csdeck was watching, with a time before the change.
        let package = row.status.as_ref().and_then(|s| s.last_update_creation);
        row.losses > 0 && row.counts() && package < setup.options.since
    };
    if poll.skew.is_none() && report.rows.iter().any(|row| after_start(&row)) {
        return "Rows turned False while they were watched, yet their packages are older than the \
                change: either a replication was forced without a new package, or the server's \
                clock is behind this one."
            .to_owned();
    }
    "No package was made for the change: check that the publish succeeded (Publish-CsTopology, \
     Enable-CsTopology), and services MASTER and FTA of the Central Management store."
        .to_owned()
}

fn about_store(store: &StoreStatus, report: &Report, now: Timestamp, advice: &mut Vec<String>) {
    let beats = [
        ("active master", "MASTER", store.master_heartbeat),
        ("file transfer agent", "FTA", store.agent_heartbeat),
    ];
    for (who, service, beat) in beats {
        let Some(silent) = beat.map(|beat| age(now, beat)).filter(|a| *a > HEARTBEAT) else {
            continue;
        };
        advice.push(format!(
            "The {who} last gave a sign of life {} ago: look at service {service} on {}.",
            words::span(silent),
            match service {
                "MASTER" => store
                    .active_master
                    .as_deref()
                    .unwrap_or("the store's front ends"),
                _ => store
                    .file_transfer_agents
                    .first()
                    .map_or("the store's front ends", String::as_str),
            }
        ));
    }
    if store.partial {
        return;
    }
    let answering = report.rows.iter().filter(|row| row.status.is_some());
    let answering: HashSet<String> = answering.map(|row| key(&row.fqdn)).collect();
    let deleted = store.deleted_replicas.iter();
    let deleted: Vec<String> = deleted
        .filter(|name| answering.contains(&key(name)))
        .cloned()
        .collect();
    if !deleted.is_empty() {
        advice.push(format!(
            "{}: removed from the store, and still in the answer.",
            listed(deleted.into_iter())
        ));
    }
    // A narrowed watch knows a part of the rows only.
    if report.scope.is_some() {
        return;
    }
    let silent = store.active_replicas.iter();
    let silent: Vec<String> = silent
        .filter(|name| !answering.contains(&key(name)))
        .cloned()
        .collect();
    if !silent.is_empty() {
        advice.push(format!(
            "{}: an active replica for the store, and not in the answer.",
            listed(silent.into_iter())
        ));
    }
}

/// What to know about the verdict; none of it is a finding.
pub(super) fn notes(report: &Report, setup: &Setup) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(scope) = &report.scope {
        let (_, of) = report.count();
        notes.push(format!("narrowed to {scope}: {of} replicas count"));
    }
    if !setup.crowd.has_topology() {
        notes.push(
            "no topology: whoever answers is expected, and a machine that never answered is not \
             missed"
                .to_owned(),
        );
    }
    if let Some(skew) = report
        .skew
        .filter(|s| s.abs() <= setup.options.clock_tolerance)
    {
        notes.push(format!("{}; ages are measured with its clock", clock(skew)));
    }
    let flapping = || report.rows.iter().filter(|row| row.losses >= FLAPPING);
    // When many do, it was several publishes.
    if (1..=report.rows.len().div_ceil(4)).contains(&flapping().count()) {
        let names = flapping().map(|row| format!("{} {} times", row.fqdn, row.losses));
        notes.push(format!(
            "turned from True to False in this watch: {}; ask for polls further apart before you \
             rely on it",
            listed(names)
        ));
    }
    notes
}

fn clock(skew: SignedDuration) -> String {
    let side = if skew.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    format!(
        "The server's clock is {} {side} this one",
        words::span(skew.abs())
    )
}
