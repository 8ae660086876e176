//! What the loaded topology holds for a field of some meaning.

use std::collections::HashMap;

use crate::snippet::{Field, Meaning, Snippet};
use crate::topology::{Pool, PoolRole, Topology};

/// What the fields around the one in question hold.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// The SQL server that an instance belongs to.
    sql_server: Option<String>,
    /// The pool that a machine belongs to.
    pool: Option<String>,
    /// The site that a pool or machine belongs to.
    site: Option<String>,
}

impl Around {
    /// Looks at the other fields of the form: the one of the right meaning whose name shares the
    /// longest beginning with this field's (`BackupSqlInstanceName` belongs to
    /// `BackupSqlServerFqdn`, not to `SqlServerFqdn`).
    pub fn of(snippet: &Snippet, field: &Field, filled: &dyn Fn(&str) -> Option<String>) -> Around {
        let nearest = |wanted: Meaning| {
            snippet
                .fields
                .iter()
                .filter(|other| other.name != field.name && snippet.meaning_of(other) == wanted)
                .max_by_key(|other| shared(&field.name, &other.name))
                .and_then(|other| filled(&other.name))
                .filter(|value| !value.trim().is_empty())
        };
        Around {
            sql_server: nearest(Meaning::SqlServer),
            pool: nearest(Meaning::Pool),
            site: nearest(Meaning::Site),
        }
    }

    /// The same for a parameter of a command: what its other parameters mean, their names and
    /// their values.
    pub fn given(parameter: &str, others: &[(Meaning, &str, &str)]) -> Around {
        let nearest = |wanted: Meaning| {
            others
                .iter()
                .filter(|(meaning, _, value)| *meaning == wanted && !value.trim().is_empty())
                .max_by_key(|(_, name, _)| shared(parameter, name))
                .map(|(_, _, value)| (*value).to_owned())
        };
        Around {
            sql_server: nearest(Meaning::SqlServer),
            pool: nearest(Meaning::Pool),
            site: nearest(Meaning::Site),
        }
    }
}

fn shared(a: &str, b: &str) -> usize {
    let pairs = a.bytes().zip(b.bytes());
    pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

/// Values with what tells them apart, the likeliest first.
pub(super) fn values(
    topology: &Topology,
    meaning: Meaning,
    around: &Around,
) -> Vec<(String, String)> {
    match meaning {
        Meaning::SqlServer => sql_servers(topology, around),
        Meaning::SqlInstance => sql_instances(topology, around),
        Meaning::Pool => pools(topology, around),
        Meaning::Computer => computers(topology, around),
        Meaning::Replica => topology
            .expected_replicas()
            .into_iter()
            .map(|r| {
                let kind = if r.is_edge {
                    "Edge replica of "
                } else {
                    "replica of "
                };
                (r.fqdn, format!("{kind}{}", r.pool))
            })
            .collect(),
        Meaning::Site => sites(topology),
        Meaning::Service(prefix) => services(topology, prefix),
        Meaning::FileShare => topology
            .file_stores
            .iter()
            .map(|f| (f.unc.clone(), "file store".to_owned()))
            .collect(),
        Meaning::SipDomain => sip_domains(topology),
        Meaning::Scope => scopes(topology),
        _ => Vec::new(),
    }
}

fn site_name<'t>(topology: &'t Topology, id: &'t str) -> &'t str {
    topology.site(id).map_or(id, |s| s.name.as_str())
}

fn in_site(topology: &Topology, around: &Around, site: &str) -> bool {
    around.site.as_deref().is_none_or(|wanted| {
        let wanted = wanted.strip_prefix("Site:").unwrap_or(wanted).trim();
        // A site that the topology does not know narrows nothing.
        let known = topology
            .sites
            .iter()
            .find(|s| s.id == wanted || s.name.eq_ignore_ascii_case(wanted));
        known.is_none_or(|s| s.id == site)
    })
}

fn sql_servers(topology: &Topology, around: &Around) -> Vec<(String, String)> {
    topology
        .sql_servers()
        .into_iter()
        .filter(|s| in_site(topology, around, &s.site))
        .map(|s| {
            let names: Vec<&str> = s
                .instances
                .iter()
                .map(|i| if i.is_empty() { "default" } else { i.as_str() })
                .collect();
            let note = format!(
                "SQL server in {}, instances {}",
                site_name(topology, &s.site),
                names.join(", ")
            );
            (s.fqdn, note)
        })
        .collect()
}

fn sql_instances(topology: &Topology, around: &Around) -> Vec<(String, String)> {
    let servers = topology.sql_servers();
    // A server that the topology does not know narrows nothing.
    let named = around
        .sql_server
        .as_deref()
        .filter(|wanted| servers.iter().any(|s| s.fqdn.eq_ignore_ascii_case(wanted)));
    servers
        .iter()
        .filter(|s| named.is_none_or(|wanted| s.fqdn.eq_ignore_ascii_case(wanted)))
        .flat_map(|s| {
            let of = |name: &String| (name.clone(), format!("instance on {}", s.fqdn));
            s.instances.iter().filter(|n| !n.is_empty()).map(of)
        })
        .collect()
}

/// What a pool's users and commands are mostly about stands first; servers of other products last.
fn rank(roles: &[PoolRole]) -> u8 {
    let of = |role: &PoolRole| match role {
        PoolRole::FrontEndPool | PoolRole::StandardEdition => 0,
        PoolRole::Sba | PoolRole::Registrar | PoolRole::Director => 1,
        PoolRole::EdgePool | PoolRole::Mediation => 2,
        PoolRole::TrustedApplication => 3,
        PoolRole::Archiving | PoolRole::Monitoring => 4,
        _ => 5,
    };
    roles.iter().map(of).min().unwrap_or(6)
}

fn pools(topology: &Topology, around: &Around) -> Vec<(String, String)> {
    let mut found: Vec<(u8, &Pool, Vec<PoolRole>)> = topology
        .pools_with_roles()
        .into_iter()
        .filter(|(p, _)| in_site(topology, around, &p.site))
        .map(|(p, roles)| (rank(&roles), p, roles))
        .filter(|(rank, _, _)| *rank < 5)
        .collect();
    found.sort_by_key(|(rank, _, _)| *rank);
    found
        .into_iter()
        .map(|(_, pool, roles)| {
            let words: Vec<&str> = roles.iter().map(|r| r.words()).collect();
            let note = format!(
                "{} in {}",
                words.join(", "),
                site_name(topology, &pool.site)
            );
            (pool.fqdn.clone(), note)
        })
        .collect()
}

fn computers(topology: &Topology, around: &Around) -> Vec<(String, String)> {
    let named = around
        .pool
        .as_deref()
        .and_then(|wanted| topology.pool(wanted));
    let mut seen = HashMap::new();
    let mut found = Vec::new();
    for pool in &topology.pools {
        if named.is_some_and(|p| p.fqdn != pool.fqdn) || !in_site(topology, around, &pool.site) {
            continue;
        }
        for machine in pool.machines.iter().filter(|m| !m.fqdn.is_empty()) {
            if seen.insert(machine.fqdn.to_lowercase(), ()).is_none() {
                let setup = pool.requires_setup || pool.requires_replication;
                let note = if machine.fqdn.eq_ignore_ascii_case(&pool.fqdn) {
                    format!("in {}", site_name(topology, &pool.site))
                } else {
                    format!("of {}", pool.fqdn)
                };
                found.push((!setup, machine.fqdn.clone(), note));
            }
        }
    }
    // Machines that csdeck's cmdlets run on stand first.
    found.sort_by_key(|(other, _, _)| *other);
    found
        .into_iter()
        .map(|(_, fqdn, note)| (fqdn, note))
        .collect()
}

fn sites(topology: &Topology) -> Vec<(String, String)> {
    let named = topology.sites.iter().filter(|s| !s.name.is_empty());
    named
        .map(|s| (s.name.clone(), format!("site {}", s.id)))
        .collect()
}

fn services(topology: &Topology, prefix: &str) -> Vec<(String, String)> {
    topology
        .services
        .iter()
        .filter_map(|s| Some((s.identity()?, s)))
        .filter(|(identity, _)| {
            let role = identity.split(':').next().unwrap_or("");
            prefix.is_empty() || role.eq_ignore_ascii_case(prefix)
        })
        .map(|(identity, s)| (identity, s.words().to_owned()))
        .collect()
}

fn sip_domains(topology: &Topology) -> Vec<(String, String)> {
    let default = topology.default_sip_domain.as_deref();
    let note = |d: &String| match default.is_some_and(|x| x.eq_ignore_ascii_case(d)) {
        true => "the default SIP domain".to_owned(),
        false => "SIP domain".to_owned(),
    };
    let domains = topology.sip_domains.iter();
    domains.map(|d| (d.clone(), note(d))).collect()
}

/// Which scopes a policy or configuration has, only the server knows; the names of those that can
/// be are in the topology. Services last: there are many.
fn scopes(topology: &Topology) -> Vec<(String, String)> {
    let mut found = vec![("global".to_owned(), "the whole deployment".to_owned())];
    for (name, note) in sites(topology) {
        found.push((format!("site:{name}"), note));
    }
    for (identity, note) in services(topology, "") {
        found.push((format!("service:{identity}"), note));
    }
    found
}
