//! Whom a watch expects, narrowed by its scope and without those who are left out.

use std::collections::HashMap;
use std::sync::Arc;

use thiserror::Error;

use super::options::{Excluded, Expected, Options, Scope};
use super::status::{key, looks_like_edge};
use crate::near::did_you_mean;

/// Why a scope or an exclusion cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScopeError {
    /// A name that no machine, site or pool has.
    #[error("no {kind} {name:?} is among those that replicate.{near}")]
    Unknown {
        /// `replica`, `site` or `pool`.
        kind: &'static str,
        /// The name.
        name: String,
        /// ` Did you mean ...?`, or nothing.
        near: String,
    },
    /// Sites and pools are known from a topology alone.
    #[error(
        "which replicas belong to {kind} {name:?} says a topology alone, and none is configured: \
         name the replicas, or give a topology"
    )]
    NoTopology {
        /// `site` or `pool`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// The parts of the scope have no replica in common, or every one is left out.
    #[error("no replica is left to watch: the names given exclude one another")]
    Nothing,
    /// A replica may be left out for a reason only.
    #[error("{fqdn}: say why it is left out; the reason is shown and reported")]
    NoReason {
        /// The replica.
        fqdn: String,
    },
}

impl Options {
    /// Judges scope and exclusions against the topology, before a watch begins. A watch whose
    /// options were refused never converges.
    ///
    /// # Errors
    /// See [`ScopeError`].
    pub fn check(&self) -> Result<(), ScopeError> {
        if let Some(without) = self.excluded.iter().find(|e| e.reason.trim().is_empty()) {
            let fqdn = without.fqdn.clone();
            return Err(ScopeError::NoReason { fqdn });
        }
        let scope = &self.scope;
        let Some(expected) = self.expected.as_deref().filter(|e| !e.is_empty()) else {
            let sites = scope.sites.iter().map(|name| ("site", name));
            let pools = scope.pools.iter().map(|name| ("pool", name));
            return match sites.chain(pools).next() {
                Some((kind, name)) => Err(ScopeError::NoTopology {
                    kind,
                    name: name.clone(),
                }),
                None => Ok(()),
            };
        };
        let left_out = self.excluded.iter().map(|e| &e.fqdn);
        known(
            "replica",
            scope.replicas.iter().chain(left_out),
            expected,
            |e| Some(&e.fqdn),
        )?;
        known("site", scope.sites.iter(), expected, |e| e.site.as_deref())?;
        known("pool", scope.pools.iter(), expected, |e| e.pool.as_deref())?;
        let left = |e: &&Expected| scope.holds(e) && reason_of(&self.excluded, &e.fqdn).is_none();
        match expected.iter().find(left) {
            Some(_) => Ok(()),
            None => Err(ScopeError::Nothing),
        }
    }
}

fn known<'a>(
    kind: &'static str,
    names: impl Iterator<Item = &'a String>,
    expected: &'a [Expected],
    of: impl Fn(&'a Expected) -> Option<&'a str>,
) -> Result<(), ScopeError> {
    for name in names {
        if !expected.iter().filter_map(&of).any(|there| is(name, there)) {
            let short = |there: &'a str| match name.contains('.') {
                false => there.split('.').next().unwrap_or(there),
                true => there,
            };
            let mut there: Vec<&str> = expected.iter().filter_map(&of).map(short).collect();
            there.sort_unstable();
            there.dedup();
            return Err(ScopeError::Unknown {
                kind,
                name: name.clone(),
                near: did_you_mean(name, there),
            });
        }
    }
    Ok(())
}

/// True when `wanted` names it: the whole name in any case, or the host name of an FQDN alone.
fn is(wanted: &str, name: &str) -> bool {
    let (wanted, name) = (key(wanted), key(name));
    wanted == name || !wanted.contains('.') && name.split('.').next() == Some(&wanted)
}

fn reason_of<'e>(excluded: &'e [Excluded], fqdn: &str) -> Option<&'e str> {
    let of = excluded.iter().find(|e| e.is(fqdn));
    of.map(|e| e.reason.as_str())
}

impl Excluded {
    /// True when it names that replica.
    pub fn is(&self, fqdn: &str) -> bool {
        is(&self.fqdn, fqdn)
    }
}

impl Scope {
    /// True when the whole deployment is watched.
    pub fn is_everything(&self) -> bool {
        self.replicas.is_empty() && self.sites.is_empty() && self.pools.is_empty()
    }

    fn holds(&self, replica: &Expected) -> bool {
        let among = |names: &[String], name: Option<&str>| {
            names.is_empty() || name.is_some_and(|name| names.iter().any(|n| is(n, name)))
        };
        among(&self.replicas, Some(&replica.fqdn))
            && among(&self.sites, replica.site.as_deref())
            && among(&self.pools, replica.pool.as_deref())
    }

    /// `site Singapore, pool sgpool01.kestrel.lan`; none for everything.
    pub fn words(&self) -> Option<String> {
        let lists = [
            ("site", &self.sites),
            ("pool", &self.pools),
            ("replica", &self.replicas),
        ];
        let parts = lists.iter().filter(|(_, names)| !names.is_empty());
        let parts: Vec<String> = parts
            .map(|(kind, names)| format!("{kind} {}", names.join(", ")))
            .collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// A replica as the watch knows it beforehand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Who {
    /// What it is found by; see [`Crowd::key_of`].
    pub key: String,
    /// Its name where no answer has one.
    pub fqdn: String,
    pub is_edge: bool,
    pub role: Option<String>,
    pub site: Option<String>,
    pub pool: Option<String>,
    /// Why it is left out.
    pub excluded: Option<String>,
    /// False for a stranger to the topology.
    pub expected: bool,
}

impl Who {
    /// True when the watch waits for it.
    pub fn counts(&self) -> bool {
        self.expected && self.excluded.is_none()
    }
}

/// Whom a watch expects.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    /// None = whoever answers.
    named: Option<Vec<Arc<Who>>>,
    by_key: HashMap<String, usize>,
    /// Some are known by their host names alone.
    by_host: bool,
    narrowed: bool,
    topology: bool,
    excluded: Vec<Excluded>,
}

impl Crowd {
    pub fn new(options: &Options) -> Crowd {
        let scope = &options.scope;
        let expected = options.expected.as_ref().filter(|e| !e.is_empty());
        let topology = expected.is_some();
        let named: Option<Vec<Expected>> = match expected {
            Some(expected) => Some(
                expected
                    .iter()
                    .filter(|e| scope.holds(e))
                    .cloned()
                    .collect(),
            ),
            None if scope.is_everything() => None,
            None => {
                let names = scope.replicas.iter().map(|name| Expected {
                    fqdn: name.clone(),
                    is_edge: looks_like_edge(name),
                    ..Expected::default()
                });
                Some(names.collect())
            }
        };
        let mut by_key = HashMap::new();
        let named = named.map(|named| {
            let mut all: Vec<Arc<Who>> = Vec::with_capacity(named.len());
            for replica in named {
                let key = key(&replica.fqdn);
                if by_key.contains_key(&key) {
                    continue;
                }
                by_key.insert(key.clone(), all.len());
                all.push(Arc::new(Who {
                    key,
                    excluded: reason_of(&options.excluded, &replica.fqdn).map(str::to_owned),
                    fqdn: replica.fqdn,
                    is_edge: replica.is_edge,
                    role: replica.role,
                    site: replica.site,
                    pool: replica.pool,
                    expected: true,
                }));
            }
            all
        });
        Crowd {
            named,
            by_host: !topology && by_key.keys().any(|key| !key.contains('.')),
            by_key,
            narrowed: !scope.is_everything(),
            topology,
            excluded: options.excluded.clone(),
        }
    }

    /// False when whoever answers is expected.
    pub fn has_topology(&self) -> bool {
        self.topology
    }

    /// The replicas that must be in the answers; none = whoever answers.
    pub fn named(&self) -> Option<&[Arc<Who>]> {
        self.named.as_deref()
    }

    /// Those left out, where only the answers say who is there.
    pub fn left_out(&self) -> &[Excluded] {
        if self.named.is_none() {
            &self.excluded
        } else {
            &[]
        }
    }

    /// What a replica of an answer is remembered by; none when it is outside of the scope.
    pub fn key_of(&self, fqdn: &str) -> Option<String> {
        let mut name = key(fqdn);
        if self.by_host
            && !self.by_key.contains_key(&name)
            && let Some((host, _)) = name.split_once('.')
            && self.by_key.contains_key(host)
        {
            name.truncate(host.len());
        }
        (!self.narrowed || self.by_key.contains_key(&name)).then_some(name)
    }

    /// Who that is.
    pub fn who(&self, name: &str, fqdn: &str) -> Arc<Who> {
        let named = self.by_key.get(name).zip(self.named.as_ref());
        if let Some(who) = named.and_then(|(at, named)| named.get(*at)) {
            return Arc::clone(who);
        }
        Arc::new(Who {
            key: name.to_owned(),
            fqdn: fqdn.to_owned(),
            is_edge: looks_like_edge(fqdn),
            role: None,
            site: None,
            pool: None,
            excluded: reason_of(&self.excluded, fqdn).map(str::to_owned),
            expected: self.named.is_none(),
        })
    }
}
