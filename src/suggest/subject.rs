//! From a row of the topology to the snippets that apply to it, and what it fills in.

use crate::snippet::{Meaning, Snippet};
use crate::topology::tree::{NodeKind, TreeRow};
use crate::topology::{Machine, Pool, PoolRole, Topology, product_code};

/// A thing of the topology as forms see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What people call it. Carries document text.
    pub name: String,
    /// What it is, the most telling meaning first.
    values: Vec<(Meaning, String)>,
    /// Code of the product that its services belong to, when they say one: `L2013`.
    product: Option<&'static str>,
}

impl Subject {
    /// The subject of a row; `None` for a heading.
    pub fn of(topology: &Topology, row: &TreeRow) -> Option<Subject> {
        let mut values: Vec<(Meaning, String)> = Vec::new();
        let mut name = row.subject.clone();
        let mut home: Option<String> = None;
        match row.kind {
            NodeKind::Site => {
                let site = topology.site(&row.subject)?;
                name = site.name.clone();
                values.push((Meaning::Site, site.name.clone()));
                values.push((Meaning::Scope, format!("site:{}", site.name)));
            }
            NodeKind::Pool => {
                pool(topology, &row.subject, &mut values);
                home = Some(row.subject.clone());
            }
            NodeKind::Machine => {
                machine(topology, &row.subject, &mut values);
                home = topology
                    .pools
                    .iter()
                    .find(|p| {
                        p.machines
                            .iter()
                            .any(|m| m.fqdn.eq_ignore_ascii_case(&row.subject))
                    })
                    .map(|p| p.fqdn.clone());
            }
            NodeKind::SqlInstance => {
                let (server, instance) = row.subject.split_once('\\').unwrap_or((&row.subject, ""));
                values.push((Meaning::SqlServer, server.to_owned()));
                if !instance.is_empty() {
                    values.push((Meaning::SqlInstance, instance.to_owned()));
                }
                home = Some(server.to_owned());
            }
            NodeKind::Service => {
                let service = topology.service(&row.subject)?;
                if let Some(identity) = service.identity() {
                    name = identity.clone();
                    let prefix = crate::topology::service_prefix(&service.role);
                    if let Some(prefix) = prefix {
                        values.push((Meaning::Service(prefix), identity.clone()));
                    }
                    values.push((Meaning::Scope, format!("service:{identity}")));
                }
                if let Some(fqdn) = &service.pool {
                    pool(topology, fqdn, &mut values);
                    home = Some(fqdn.clone());
                }
            }
            NodeKind::Group => return None,
        }
        let product = home.and_then(|fqdn| {
            let versions = topology.services_of(&fqdn).filter_map(|s| s.version);
            versions.max().and_then(product_code)
        });
        (!values.is_empty()).then_some(Subject {
            name,
            values,
            product,
        })
    }

    /// The fields of a snippet that it fills in, and with what. Of several fields of one meaning
    /// the first required one: a second server of the same kind (a backup, a mirror, where
    /// something goes) is another one.
    pub fn fills(&self, snippet: &Snippet) -> Vec<(usize, String)> {
        let mut taken: Vec<Meaning> = Vec::new();
        let mut order: Vec<usize> = (0..snippet.fields.len()).collect();
        order.sort_by_key(|n| !snippet.fields[*n].required);
        let mut fills = Vec::new();
        for n in order {
            let field = &snippet.fields[n];
            let lower = field.name.to_ascii_lowercase();
            if lower.starts_with("backup") || lower.starts_with("mirror") {
                continue;
            }
            let meaning = snippet.meaning_of(field);
            if taken.contains(&meaning) {
                continue;
            }
            if let Some(value) = self.value(meaning) {
                taken.push(meaning);
                fills.push((n, value.to_owned()));
            }
        }
        fills.sort_unstable();
        fills
    }

    fn value(&self, meaning: Meaning) -> Option<&str> {
        let fits = |m: Meaning| {
            m == meaning || meaning == Meaning::Service("") && matches!(m, Meaning::Service(_))
        };
        let found = self.values.iter().find(|(m, _)| fits(*m));
        found.map(|(_, value)| value.as_str())
    }

    /// How well a snippet applies, higher is better; `None` when it does not: nothing in it is
    /// about the subject, or it is for other products.
    pub fn rank(&self, snippet: &Snippet) -> Option<u32> {
        let other = |code: &str| {
            !snippet
                .products
                .iter()
                .any(|p| p.eq_ignore_ascii_case(code))
        };
        // A snippet that names only products of Exchange says nothing about the server's own.
        let names_ours = snippet.products.iter().any(|p| p.starts_with(['L', 'S']));
        if names_ours && self.product.is_some_and(other) {
            return None;
        }
        let mut rank = 0;
        for (n, _) in self.fills(snippet) {
            let field = &snippet.fields[n];
            let meaning = snippet.meaning_of(field);
            let place = self
                .values
                .iter()
                .position(|(m, _)| *m == meaning)
                .unwrap_or(3);
            // What the subject is first of all counts most; then what has to be filled in.
            let telling = 8u32.saturating_sub(2 * place as u32).max(1);
            rank += telling * if field.required { 2 } else { 1 };
        }
        (rank > 0).then_some(rank)
    }
}

fn pool(topology: &Topology, fqdn: &str, values: &mut Vec<(Meaning, String)>) {
    let roles = topology.pool_roles(fqdn);
    let has = |wanted: &[PoolRole]| roles.iter().any(|r| wanted.contains(r));
    let sql: Vec<_> = topology
        .sql_servers()
        .into_iter()
        .filter(|s| s.fqdn.eq_ignore_ascii_case(fqdn))
        .collect();
    let server_only = has(&[PoolRole::Sql]) && !has(&[PoolRole::StandardEdition]);
    if !roles.is_empty() && !server_only && !has(&[PoolRole::Gateway, PoolRole::OfficeWebApps]) {
        values.push((Meaning::Pool, fqdn.to_owned()));
    }
    if let Some(sql) = sql.first() {
        values.push((Meaning::SqlServer, fqdn.to_owned()));
        // Of several instances the user says which.
        if let [instance] = sql.instances.as_slice()
            && !instance.is_empty()
        {
            values.push((Meaning::SqlInstance, instance.clone()));
        }
    }
    let share = topology
        .file_stores
        .iter()
        .find(|f| f.pool.eq_ignore_ascii_case(fqdn));
    if let Some(share) = share {
        values.push((Meaning::FileShare, share.unc.clone()));
    }
    // A pool of one machine is that machine.
    let single = topology.pool(fqdn).filter(|p| p.machines.len() == 1);
    if let Some(only) = single.and_then(|p| p.machines.first()) {
        let name = if only.fqdn.is_empty() {
            fqdn
        } else {
            &only.fqdn
        };
        machine_values(topology, name, values);
    }
}

fn machine(topology: &Topology, fqdn: &str, values: &mut Vec<(Meaning, String)>) {
    machine_values(topology, fqdn, values);
    let home = topology
        .pools
        .iter()
        .find(|p| p.machines.iter().any(|m| m.fqdn.eq_ignore_ascii_case(fqdn)));
    if let Some(home) = home {
        let mut of_pool = Vec::new();
        pool(topology, &home.fqdn, &mut of_pool);
        for (meaning, value) in of_pool {
            if !values.iter().any(|(m, _)| *m == meaning) {
                values.push((meaning, value));
            }
        }
    }
}

fn machine_values(topology: &Topology, fqdn: &str, values: &mut Vec<(Meaning, String)>) {
    // A SQL server or a gateway runs none of the product's services.
    let of_it = |m: &Machine| m.fqdn.eq_ignore_ascii_case(fqdn);
    let ours = |p: &&Pool| p.requires_setup || p.requires_replication;
    let single = |p: &&Pool| p.fqdn.eq_ignore_ascii_case(fqdn);
    let mut pools = topology.pools.iter().filter(ours);
    if pools.any(|p| p.machines.iter().any(of_it) || single(&p)) {
        values.push((Meaning::Computer, fqdn.to_owned()));
    }
    let replica = |r: &crate::topology::ExpectedReplica| r.fqdn.eq_ignore_ascii_case(fqdn);
    if topology.expected_replicas().iter().any(replica) {
        values.push((Meaning::Replica, fqdn.to_owned()));
    }
}
