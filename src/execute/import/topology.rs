//! Targets from a topology: one for every machine that runs a role.

use super::{Found, Left, Plan};
use crate::execute::{Protection, Target, TransportKind};
use crate::topology::{Machine, Pool, PoolRole, Topology};

/// What the targets of a topology have in common.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How to get there; of this machine and of the lab a topology says nothing.
    pub transport: TransportKind,
    /// Who logs in.
    pub user: Option<String>,
    /// The name of a password in the keyring.
    pub credential: Option<String>,
    /// What may be run there; without it Edges and Central Management servers are protected and
    /// the others are not.
    pub protection: Option<Protection>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            transport: TransportKind::Ssh,
            user: None,
            credential: None,
            protection: None,
        }
    }
}

/// Roles on a Windows machine with the product's cmdlets.
const WANTED: [PoolRole; 10] = [
    PoolRole::FrontEndPool,
    PoolRole::StandardEdition,
    PoolRole::Director,
    PoolRole::Sba,
    PoolRole::Registrar,
    PoolRole::EdgePool,
    PoolRole::Mediation,
    PoolRole::CmsActive,
    PoolRole::CmsStandby,
    PoolRole::Archiving,
];

/// The targets for the machines of a topology. Names are the first labels of FQDNs where they are
/// unique; groups are the pool, the site and the roles. SQL servers, file servers, gateways and
/// Office Web Apps have no cmdlets of the product and become none.
pub fn plan(topology: &Topology, settings: &Settings) -> Plan {
    let mut plan = Plan::default();
    let machines: Vec<&str> = topology
        .pools
        .iter()
        .flat_map(|p| p.machines.iter().map(|m| m.fqdn.as_str()))
        .collect();
    for (pool, roles) in topology.pools_with_roles() {
        let is_wanted = roles.iter().any(|r| WANTED.contains(r));
        for machine in &pool.machines {
            if is_wanted {
                let found = found(topology, pool, &roles, machine, &machines, settings);
                // A machine of two pools is one target.
                let twin = |f: &&mut Found| f.target.is_called(&found.target.name);
                match plan.found.iter_mut().find(twin) {
                    Some(first) => join(&mut first.target, &found.target),
                    None => plan.found.push(found),
                }
            } else {
                let words: Vec<&str> = roles.iter().map(|r| r.words()).collect();
                let role = match words.as_slice() {
                    [] => "no role of the product".to_owned(),
                    words => words.join(", "),
                };
                plan.left.push(Left {
                    name: machine.fqdn.clone(),
                    why: format!("{role}: the product's cmdlets are not there"),
                    taken: false,
                });
            }
        }
    }
    let made = |name: &str| {
        plan.found
            .iter()
            .any(|f| f.target.address.eq_ignore_ascii_case(name))
    };
    plan.left.retain(|l| !made(&l.name));
    plan
}

fn join(first: &mut Target, second: &Target) {
    first.protection = match (first.protection, second.protection) {
        (Protection::Normal, other) => other,
        (own, _) => own,
    };
    for group in &second.groups {
        if !first.groups.iter().any(|g| g.eq_ignore_ascii_case(group)) {
            first.groups.push(group.clone());
        }
    }
}

fn found(
    topology: &Topology,
    pool: &Pool,
    roles: &[PoolRole],
    machine: &Machine,
    machines: &[&str],
    settings: &Settings,
) -> Found {
    let name = name(&machine.fqdn, machines);
    let mut notes = Vec::new();
    let why = roles.iter().find_map(|role| match role {
        PoolRole::EdgePool => Some("it is an Edge"),
        PoolRole::CmsActive | PoolRole::CmsStandby => {
            Some("its pool hosts the Central Management store")
        }
        _ => None,
    });
    let protection = match (settings.protection, why) {
        (Some(wanted), _) => wanted,
        (None, Some(why)) => {
            notes.push(format!("protected, because {why}"));
            Protection::Protected
        }
        (None, None) => Protection::Normal,
    };
    let mut groups: Vec<String> = Vec::new();
    let site = topology.site(&pool.site).map(|s| s.name.as_str());
    let words = roles
        .iter()
        .filter(|r| WANTED.contains(r))
        .map(|r| r.words());
    let all = [Some(label(&pool.fqdn)), site];
    for group in all.into_iter().flatten().chain(words) {
        let group = group.trim();
        let is_known = groups.iter().any(|g| g.eq_ignore_ascii_case(group));
        // A single server is called like its pool.
        if !group.is_empty() && !is_known && !group.eq_ignore_ascii_case(&name) {
            groups.push(group.to_owned());
        }
    }
    Found {
        target: Target {
            name,
            transport: settings.transport,
            address: machine.fqdn.clone(),
            user: settings.user.clone(),
            credential: settings.credential.clone(),
            protection,
            groups,
            ..Target::lab()
        },
        notes,
    }
}

/// The first label of an FQDN where no other machine has it, else the FQDN.
fn name(fqdn: &str, machines: &[&str]) -> String {
    let short = label(fqdn);
    let twin = machines
        .iter()
        .any(|m| !m.eq_ignore_ascii_case(fqdn) && label(m).eq_ignore_ascii_case(short));
    if twin { fqdn } else { short }.to_owned()
}

fn label(fqdn: &str) -> &str {
    fqdn.split('.').next().unwrap_or(fqdn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::target::check;

    fn topology() -> Topology {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/topology/topology.xml"
        );
        crate::app::read_topology(std::path::Path::new(path)).expect("reads")
    }

    #[test]
    fn every_machine_with_cmdlets_is_a_target_and_no_other() {
        let topology = topology();
        let plan = plan(&topology, &Settings::default()).beside(&[]);
        let targets: Vec<Target> = plan.found.iter().map(|f| f.target.clone()).collect();
        assert_eq!(check::check(&targets), Ok(()));
        let machines: usize = topology.pools.iter().map(|p| p.machines.len()).sum();
        assert_eq!(targets.len() + plan.left.len(), machines);
        for replica in topology.expected_replicas() {
            assert!(
                targets
                    .iter()
                    .any(|t| t.address.eq_ignore_ascii_case(&replica.fqdn)),
                "{} is no target",
                replica.fqdn
            );
        }
        let cms = topology.cms_pool().expect("a CMS");
        for target in &targets {
            let is_cms = cms.machines.iter().any(|m| m.fqdn == target.address);
            let is_edge = target.groups.iter().any(|g| g == "Edge pool");
            let is_standby = target.groups.iter().any(|g| g == "CMS (standby)");
            let wanted = is_cms || is_edge || is_standby;
            assert_eq!(
                target.protection == Protection::Protected,
                wanted,
                "{}",
                target.name
            );
            assert!(!target.groups.is_empty(), "{}", target.name);
        }
        for left in &plan.left {
            assert!(left.why.contains("cmdlets"), "{}", left.why);
        }
        // Once more: all are there, and stay.
        let again = super::plan(&topology, &Settings::default()).beside(&targets);
        assert_eq!(again.found, []);
    }

    #[test]
    fn what_is_asked_for_is_done() {
        let settings = Settings {
            user: Some("kestrel\\ops".into()),
            credential: Some("kestrel-ops".into()),
            protection: Some(Protection::ReadOnly),
            ..Settings::default()
        };
        let plan = plan(&topology(), &settings);
        assert!(!plan.found.is_empty());
        for found in &plan.found {
            assert_eq!(found.target.protection, Protection::ReadOnly);
            assert_eq!(found.target.credential.as_deref(), Some("kestrel-ops"));
            assert_eq!(found.notes, Vec::<String>::new());
        }
    }

    #[test]
    fn two_machines_of_one_label_keep_their_whole_names() {
        let machines = ["fe01.a.lan", "FE01.b.lan", "fe02.a.lan"];
        assert_eq!(name("fe01.a.lan", &machines), "fe01.a.lan");
        assert_eq!(name("fe02.a.lan", &machines), "fe02");
    }
}
