//! Which checks for whom, the likeliest cause first.

use jiff::Timestamp;

use super::super::judge::Cause;
use super::super::report::RowReport;
use super::super::same_fqdn;
use super::super::verdict::RowVerdict;
use super::check::{Check, is_host};
use super::finding::Next;
use super::store::Store;
use super::{certificates, clock, events, network, services, store};
use crate::topology::Topology;

/// For how many replicas checks are planned. When more are stuck, they have one cause, and it is
/// not theirs.
pub const MOST: usize = 12;

/// What is known when the checks are planned.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The rows of the latest poll.
    pub rows: &'a [RowReport],
    /// Who holds the store, and where the replicas are.
    pub topology: Option<&'a Topology>,
    /// What the store says of itself.
    pub store: &'a Store,
    /// Only these replicas; empty = all that [`wants`] picks. A replica that is named is checked
    /// whatever its row says.
    pub only: &'a [String],
}

/// The checks, in the order in which their findings are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The checks; those without a replica are about the store.
    pub checks: Vec<Check>,
    /// The replicas they are for.
    pub replicas: Vec<String>,
    /// What is left out and why, one line each.
    pub left_out: Vec<String>,
}

/// True for a row whose lateness has to be explained.
pub fn wants(row: &RowReport) -> bool {
    matches!(
        row.verdict,
        RowVerdict::Stuck | RowVerdict::NeverReported | RowVerdict::Missing | RowVerdict::Lagging
    )
}

/// A replica, with all that its checks are made of.
pub(super) struct Subject<'a> {
    pub fqdn: String,
    pub is_edge: bool,
    /// Its pool.
    pub pool: Option<String>,
    /// The addresses that the topology has for its inside; empty for "any".
    pub addresses: Vec<String>,
    /// When its newest package was made.
    pub package: Option<Timestamp>,
    /// The servers of the store's pool.
    pub servers: &'a [String],
    /// Those of them whose file transfer agent is active.
    pub agents: &'a [String],
}

impl Subject<'_> {
    /// The store's servers other than the replica itself.
    pub(super) fn others(&self) -> impl Iterator<Item = &str> {
        let others = self.servers.iter().filter(|s| !same_fqdn(s, &self.fqdn));
        others.map(String::as_str)
    }
}

/// The snippet that sends a replica its whole configuration again.
pub(super) fn replicate(fqdn: &str) -> Next {
    Next {
        snippet: "replication/invoke",
        values: vec![("ReplicaFqdn", fqdn.to_owned())],
        on: None,
    }
}

/// The checks for what does not come. The first one is always the question to the store
/// ([`store_check`](super::store_check)): it costs one line, and a store that is down explains
/// everything else.
pub fn plan(situation: &Situation<'_>) -> Plan {
    let mut left_out = Vec::new();
    let mut rows: Vec<&RowReport> = match situation.only {
        [] => situation.rows.iter().filter(|row| wants(row)).collect(),
        only => situation
            .rows
            .iter()
            .filter(|row| only.iter().any(|name| same_fqdn(name, &row.fqdn)))
            .collect(),
    };
    rows.retain(|row| {
        let fits = is_host(&row.fqdn);
        if !fits {
            let name = crate::text::visible_line(&row.fqdn).into_owned();
            left_out.push(format!(
                "{name}: no checks, since that is no name of a host"
            ));
        }
        fits
    });
    if rows.len() > MOST {
        left_out.push(format!(
            "{} more replicas: so many at the same time have one cause, and it is at the store",
            rows.len() - MOST
        ));
        rows.truncate(MOST);
    }
    let servers = servers(situation);
    let mut of_rows: Vec<Check> = Vec::new();
    for row in &rows {
        let subject = subject(row, situation, &servers);
        of_rows.extend(checks_of(row, &subject));
    }
    let mut checks = vec![store::store_check(situation.store.clone())];
    let of_store = services::store(&servers, situation.store);
    // A store that delivers to others is not what holds this one up: then its services come last.
    if situation.store.is_down().is_some() || nobody_came(situation.rows) {
        checks.extend(of_store);
        checks.append(&mut of_rows);
    } else {
        checks.append(&mut of_rows);
        if !rows.is_empty() {
            checks.extend(of_store);
        }
    }
    Plan {
        checks,
        replicas: rows.iter().map(|row| row.fqdn.clone()).collect(),
        left_out,
    }
}

/// True when several replicas are expected and none of them is up to date.
fn nobody_came(rows: &[RowReport]) -> bool {
    let counts =
        |row: &&RowReport| !matches!(row.verdict, RowVerdict::Orphan | RowVerdict::Excluded);
    let expected = || rows.iter().filter(counts);
    expected().count() > 1 && !expected().any(|row| row.verdict == RowVerdict::UpToDate)
}

/// The servers of the store's pool; without a topology those that the store names.
fn servers(situation: &Situation<'_>) -> Vec<String> {
    let pool = situation.topology.and_then(Topology::cms_pool);
    let mut servers: Vec<String> = pool
        .into_iter()
        .flat_map(|pool| &pool.machines)
        .map(|machine| machine.fqdn.clone())
        .collect();
    if let Store::Known { master, agents } = situation.store {
        for named in master.iter().chain(agents) {
            if !servers.iter().any(|s| same_fqdn(s, named)) {
                servers.push(named.clone());
            }
        }
    }
    servers.retain(|name| is_host(name));
    servers
}

fn subject<'a>(row: &RowReport, situation: &Situation<'a>, servers: &'a [String]) -> Subject<'a> {
    let pool = situation.topology.and_then(|topology| {
        topology
            .pools
            .iter()
            .find(|pool| pool.machines.iter().any(|m| same_fqdn(&m.fqdn, &row.fqdn)))
    });
    let machine = pool.and_then(|p| p.machines.iter().find(|m| same_fqdn(&m.fqdn, &row.fqdn)));
    let inside =
        |side: &str| !side.eq_ignore_ascii_case("External") && !side.eq_ignore_ascii_case("Pstn");
    let addresses = machine
        .into_iter()
        .flat_map(|m| &m.interfaces)
        .filter(|i| inside(&i.side) && network::is_address(&i.address))
        .map(|i| i.address.clone())
        .collect();
    Subject {
        fqdn: row.fqdn.clone(),
        is_edge: row.is_edge,
        pool: pool
            .map(|pool| pool.fqdn.clone())
            .filter(|name| is_host(name)),
        addresses,
        package: row.status.as_ref().and_then(|s| s.last_update_creation),
        servers,
        agents: situation.store.agents(),
    }
}

/// The checks for one replica, by how its row is late.
fn checks_of(row: &RowReport, subject: &Subject<'_>) -> Vec<Check> {
    let services = || services::replica(subject);
    match row.cause {
        // Delivered and not applied: the way there works.
        Cause::NotApplied => [
            Some(services()),
            Some(events::applying(subject)),
            clock::clocks(subject),
        ]
        .into_iter()
        .flatten()
        .collect(),
        // No package was made for it: that is the store's, whose services are asked anyway.
        Cause::NoPackage => Vec::new(),
        Cause::Absent => vec![store::known(subject)],
        Cause::Clock => clock::clocks(subject).into_iter().collect(),
        _ if subject.is_edge => [
            network::port(subject),
            network::name(subject),
            Some(services()),
            events::transfer(subject),
            certificates::certificate(subject),
            clock::clocks(subject),
            Some(certificates::roots(subject)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        // Without a name the port cannot be tried.
        _ => [
            network::name(subject),
            network::port(subject),
            Some(services()),
            Some(services::share(subject)),
            events::transfer(subject),
            clock::clocks(subject),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}
