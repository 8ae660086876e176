//! What a watch waits for, and whom it expects.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::topology::Topology;

#[cfg(doc)]
use super::{fqdn_key, looks_like_edge};

/// A machine that must replicate, from the topology (`RequiresReplication`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The machine's FQDN; an Edge's internal one.
    pub fqdn: String,
    /// True for an Edge: other limits, other advice.
    pub is_edge: bool,
    /// What its pool is for, in words; none when the topology installs nothing on it.
    pub role: Option<String>,
    /// The name of its site.
    pub site: Option<String>,
    /// The FQDN of its pool.
    pub pool: Option<String>,
}

impl Expected {
    /// The machines of a topology that must replicate, in its order.
    pub fn all(topology: &Topology) -> Vec<Expected> {
        let roles: BTreeMap<&str, String> = topology
            .pools_with_roles()
            .into_iter()
            .filter_map(|(pool, roles)| Some((pool.fqdn.as_str(), roles.first()?.to_string())))
            .collect();
        let replicas = topology.expected_replicas().into_iter();
        replicas
            .map(|replica| Expected {
                role: roles.get(replica.pool.as_str()).cloned(),
                site: topology.site(&replica.site).map(|site| site.name.clone()),
                pool: Some(replica.pool),
                fqdn: replica.fqdn,
                is_edge: replica.is_edge,
            })
            .collect()
    }
}

/// A replica that is known to be dead: shown with its reason, never counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Its FQDN, or its host name alone.
    pub fqdn: String,
    /// Why it is left out.
    pub reason: String,
}

/// What of a deployment is watched. Empty = all of it; several lists narrow one another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// These replicas: FQDNs, or host names alone.
    pub replicas: Vec<String>,
    /// The replicas of these sites, by name.
    pub sites: Vec<String>,
    /// The replicas of these pools: FQDNs, or host names alone.
    pub pools: Vec<String>,
}

/// What a watch waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many polls in a row must find every expected replica confirmed; 0 counts as 1.
    pub polls: u32,
    /// How far apart at least those polls are: one that is nearer to the last counted one neither
    /// counts nor begins the count anew.
    pub apart: SignedDuration,
    /// The change that is watched, by csdeck's clock: rows must show a package made since then.
    /// None = any state with every replica True will do.
    pub since: Option<Timestamp>,
    /// The replicas to expect. None or empty = whoever answers; then names tell an Edge
    /// ([`looks_like_edge`]), and a replica that drops out of the answers is missing unless a
    /// newer package (a publish may have removed it) explains it.
    pub expected: Option<Vec<Expected>>,
    /// The replicas that are left out, and why.
    pub excluded: Vec<Excluded>,
    /// What of the deployment is watched.
    pub scope: Scope,
    /// When an internal replica is stuck, counted from its newest package.
    pub stuck_after: SignedDuration,
    /// When an Edge is.
    pub stuck_after_edge: SignedDuration,
    /// When a change without any new package is no change. The master notices a publish up to a
    /// minute late.
    pub no_change_after: SignedDuration,
    /// How far a server's clock may be from csdeck's before that is a finding: Kerberos itself
    /// gives up at five minutes.
    pub clock_tolerance: SignedDuration,
    /// How many past polls are kept.
    pub history: usize,
    /// How long each replica usually takes from package to report, from past runs. The keys are
    /// FQDNs in lower case without a trailing dot ([`fqdn_key`]).
    pub usual: BTreeMap<String, SignedDuration>,
}

impl Default for Options {
    /// Two polls, no change awaited, nobody expected in particular, the field's limits (5, 10
    /// and 3 minutes; clocks 5 minutes), 4096 polls kept.
    fn default() -> Self {
        Options {
            polls: 2,
            apart: SignedDuration::ZERO,
            since: None,
            expected: None,
            excluded: Vec::new(),
            scope: Scope::default(),
            stuck_after: SignedDuration::from_mins(5),
            stuck_after_edge: SignedDuration::from_mins(10),
            no_change_after: SignedDuration::from_mins(3),
            clock_tolerance: SignedDuration::from_mins(5),
            history: 4096,
            usual: BTreeMap::new(),
        }
    }
}
