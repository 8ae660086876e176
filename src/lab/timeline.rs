//! How replication goes in the lab: a pure function of the state and the time, so that nothing
//! has to run in the background and every process sees the same rows.
//!
//! A publish is noticed by the master, which makes a package for every replica; the file
//! transfer agent delivers it, the replica applies it and leaves its status, which the file
//! transfer agent fetches. The delays are in the usual range: internal servers within a minute,
//! Edge servers within two.

use jiff::{SignedDuration, Timestamp};

use super::scenario::Scenario;
use super::state::{State, same};

/// The base build of Skype for Business Server 2015, which every replica reports.
pub const PRODUCT_VERSION: &str = "6.0.9319.0";

/// Seconds from a publish until the master notices it.
const NOTICE: f64 = 2.3;
/// The same in the scenario stale-true.
const LATE_NOTICE: f64 = 45.0;
/// Seconds until a freed replica reports.
const FREED: f64 = 10.0;
/// Seconds a full replication takes longer than a change.
const FULL: f64 = 95.0;
/// Seconds from the reset back to the last package before it, to the reports on that package
/// (plus one second per letter of the host's name), and to the last word of a stuck replica.
const OLD_PACKAGE: f64 = -7200.113;
const OLD_REPORT: f64 = -7171.640;
const STUCK_REPORT: f64 = -266_400.4;
/// In the scenario flapping: the replica, and seconds until its row changes.
const FLAPPING: (&str, f64) = ("sgmed01.kestrel.lan", 20.0);

/// A replica of the deployment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replica {
    /// Its FQDN; for an Edge server the internal one.
    pub fqdn: &'static str,
    /// Seconds from a publish to its report on it, at speed 1.
    pub delay: f64,
}

/// The replicas, in the order the cmdlet lists them.
pub const REPLICAS: [Replica; 9] = [
    Replica {
        fqdn: "sgfe01.kestrel.lan",
        delay: 24.2,
    },
    Replica {
        fqdn: "sgfe02.kestrel.lan",
        delay: 25.9,
    },
    Replica {
        fqdn: "sgfe03.kestrel.lan",
        delay: 27.4,
    },
    Replica {
        fqdn: "sgdir01.kestrel.lan",
        delay: 58.1,
    },
    Replica {
        fqdn: "sgmed01.kestrel.lan",
        delay: 39.0,
    },
    Replica {
        fqdn: "mnlse01.kestrel.lan",
        delay: 41.8,
    },
    Replica {
        fqdn: "sgedge01.kestrel.lan",
        delay: 92.6,
    },
    Replica {
        fqdn: "sgedge02.kestrel.lan",
        delay: 94.1,
    },
    Replica {
        fqdn: "cebsba01.kestrel.lan",
        delay: 49.3,
    },
];

/// One row of Get-CsManagementStoreReplicationStatus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaStatus {
    /// True when the replica reported on the newest package.
    pub up_to_date: bool,
    /// The replica's FQDN.
    pub replica_fqdn: &'static str,
    /// When the replica last reported; `None` when it never did.
    pub last_status_report: Option<Timestamp>,
    /// When the newest package for the replica was made.
    pub last_update_creation: Timestamp,
    /// What the replica reported as its version; `None` when it never did.
    pub product_version: Option<&'static str>,
}

/// All rows as the cmdlet would give them at `now`.
pub fn rows(state: &State, now: Timestamp) -> Vec<ReplicaStatus> {
    let packages = packages(state);
    REPLICAS
        .iter()
        .map(|replica| row(state, replica, &packages, now))
        .collect()
}

/// True when the Central Management server has an active master at `now`.
pub fn master_is_active(state: &State, now: Timestamp) -> bool {
    state.is_running(state.cms.master(), "MASTER", now)
}

/// `start` plus `seconds` of the lab's time, to the millisecond; stays in range whatever the
/// speed.
pub fn after(start: Timestamp, seconds: f64, speed: f64) -> Timestamp {
    let milliseconds = (seconds * 1000.0 / speed).round();
    // Casting saturates, and no delay of the lab means anything beyond these bounds.
    let milliseconds = (milliseconds as i64).clamp(-10_i64.pow(14), 10_i64.pow(14));
    let moved = start.saturating_add(SignedDuration::from_millis(milliseconds));
    moved.unwrap_or(start)
}

/// Something the master makes for one replica or for all.
struct Package {
    /// When it was made.
    made: Timestamp,
    /// Seconds a report on it takes longer than usual.
    extra: f64,
    /// The one replica it is for.
    replica: Option<String>,
}

impl Package {
    fn is_for(&self, fqdn: &str) -> bool {
        self.replica
            .as_deref()
            .is_none_or(|replica| same(replica, fqdn))
    }
}

/// What the master made and will make out of everything since the reset.
fn packages(state: &State) -> Vec<Package> {
    let notice = if state.scenario == Scenario::StaleTrue {
        LATE_NOTICE
    } else {
        NOTICE
    };
    let master = |wanted| when_running(state, state.cms.master(), "MASTER", wanted);
    let published = state.publishes.iter().filter_map(|publish| {
        let made = master(after(publish.at, notice, state.speed))?;
        Some(Package {
            made,
            extra: 0.0,
            replica: None,
        })
    });
    let forced = state.full_replications.iter().filter_map(|full| {
        Some(Package {
            made: master(full.at)?,
            extra: FULL,
            replica: full.replica.clone(),
        })
    });
    published.chain(forced).collect()
}

fn row(state: &State, replica: &Replica, packages: &[Package], now: Timestamp) -> ReplicaStatus {
    let fqdn = replica.fqdn;
    if state.scenario == Scenario::Flapping && fqdn == FLAPPING.0 {
        return flapping_row(state, fqdn, now);
    }
    let freed = state
        .freed
        .iter()
        .find(|f| same(&f.replica, fqdn))
        .map(|f| f.at);
    let listed = |list: &[String]| list.iter().any(|name| same(name, fqdn));
    let undeployed = listed(&state.undeployed);
    let held = undeployed || listed(&state.stuck);

    // The last package before the reset, and what the replica said to it.
    let mut created = after(state.reset_at, OLD_PACKAGE, 1.0);
    let host_length = fqdn.find('.').unwrap_or(fqdn.len()) as f64;
    let mut reported = match (undeployed, held) {
        (true, _) => None,
        (false, true) => Some(after(state.reset_at, STUCK_REPORT, 1.0)),
        (false, false) => Some(after(state.reset_at, OLD_REPORT + host_length, 1.0)),
    };
    let mut up_to_date = !held;
    if held && let Some(at) = freed {
        let report = deliver(state, fqdn, after(at, FREED, state.speed));
        if let Some(report) = report.filter(|report| *report <= now) {
            reported = Some(report);
            up_to_date = true;
        }
    }

    for package in packages.iter().filter(|p| p.is_for(fqdn) && p.made <= now) {
        let mut report = Some(after(
            package.made,
            replica.delay - NOTICE + package.extra,
            state.speed,
        ));
        if held {
            report = freed
                .zip(report)
                .map(|(at, normal)| normal.max(after(at, FREED, state.speed)));
        }
        let report = report
            .and_then(|at| deliver(state, fqdn, at))
            .filter(|at| *at <= now);
        if package.made >= created {
            created = package.made;
            up_to_date = report.is_some();
        }
        reported = reported.max(report);
    }
    ReplicaStatus {
        up_to_date,
        replica_fqdn: fqdn,
        last_status_report: reported,
        last_update_creation: created,
        product_version: reported.map(|_| PRODUCT_VERSION),
    }
}

/// A replica whose packages never settle: in every other phase a new package waits for it.
fn flapping_row(state: &State, fqdn: &'static str, now: Timestamp) -> ReplicaStatus {
    let since = now.duration_since(state.reset_at).as_secs_f64().max(0.0);
    let phase = (since * state.speed / FLAPPING.1).floor();
    let start_of = |phase: f64| after(state.reset_at, phase * FLAPPING.1, state.speed);
    let up_to_date = phase % 2.0 == 0.0;
    let (created, reported) = match (up_to_date, phase < 1.0) {
        (_, true) => (
            after(state.reset_at, OLD_PACKAGE, 1.0),
            after(state.reset_at, OLD_REPORT + 7.0, 1.0),
        ),
        (true, false) => (start_of(phase - 1.0), start_of(phase)),
        (false, false) if phase < 2.0 => (
            start_of(phase),
            after(state.reset_at, OLD_REPORT + 7.0, 1.0),
        ),
        (false, false) => (start_of(phase), start_of(phase - 1.0)),
    };
    ReplicaStatus {
        up_to_date,
        replica_fqdn: fqdn,
        last_status_report: Some(reported),
        last_update_creation: created,
        product_version: Some(PRODUCT_VERSION),
    }
}

/// When a report that is due at `due` arrives: the replica's own service and the file transfer
/// agent have to run. `None` when one of them stays stopped.
fn deliver(state: &State, fqdn: &str, due: Timestamp) -> Option<Timestamp> {
    let applied = when_running(state, fqdn, "REPLICA", due)?;
    when_running(state, state.cms.master(), "FTA", applied)
}

/// The first moment at or after `wanted` at which the service runs.
fn when_running(
    state: &State,
    computer: &str,
    service: &str,
    wanted: Timestamp,
) -> Option<Timestamp> {
    if state.is_running(computer, service, wanted) {
        return Some(wanted);
    }
    state
        .services
        .iter()
        .find(|c| {
            c.running && c.at >= wanted && same(&c.computer, computer) && same(&c.service, service)
        })
        .map(|c| c.at)
}
