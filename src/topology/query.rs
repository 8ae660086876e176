//! Questions to a topology. Names are compared ignoring case throughout.

use super::index::Index;
use super::tree::{self, NodeKind, TreeRow};
use super::{Pool, PoolRole, Service, Site, Topology};
use std::collections::HashSet;

/// A machine that must appear in the replication status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedReplica {
    /// FQDN of the machine (of an Edge the internal one), in the document's case.
    pub fqdn: String,
    /// FQDN of its pool.
    pub pool: String,
    /// SiteId.
    pub site: String,
    /// An Edge is reached over HTTPS 4443 instead of SMB, and takes longer.
    pub is_edge: bool,
}

/// A SQL server with its instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlServer {
    /// FQDN of the SQL server's cluster.
    pub fqdn: String,
    /// SiteId.
    pub site: String,
    /// Instance names; empty text for a default instance.
    pub instances: Vec<String>,
}

impl Topology {
    /// The site of that id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.id == id)
    }

    /// The pool of that FQDN.
    pub fn pool(&self, fqdn: &str) -> Option<&Pool> {
        self.pools
            .iter()
            .find(|p| p.fqdn.eq_ignore_ascii_case(fqdn))
    }

    /// The service of that id, e.g. `1-Registrar-1`.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.id.eq_ignore_ascii_case(id))
    }

    /// The services installed on a pool, also those on its SQL instances.
    pub fn services_of<'t>(&'t self, fqdn: &'t str) -> impl Iterator<Item = &'t Service> {
        let on_it = move |s: &&Service| {
            let pool = s.pool.as_deref();
            pool.is_some_and(|p| p.eq_ignore_ascii_case(fqdn))
        };
        self.services.iter().filter(on_it)
    }

    /// What a pool is for, most important first; empty for an unknown pool and for one nothing
    /// is installed on.
    pub fn pool_roles(&self, fqdn: &str) -> Vec<PoolRole> {
        let index = Index::new(self);
        let at = index.pool(fqdn);
        at.map_or_else(Vec::new, |at| index.roles_of(self, at))
    }

    /// The pools with what each is for, as [`Topology::pool_roles`] tells it, in one go.
    pub fn pools_with_roles(&self) -> Vec<(&Pool, Vec<PoolRole>)> {
        let index = Index::new(self);
        let pools = self.pools.iter();
        pools
            .map(|p| {
                let at = index.pool(&p.fqdn);
                let roles = at.map_or_else(Vec::new, |at| index.roles_of(self, at));
                (p, roles)
            })
            .collect()
    }

    /// The machines that must appear in the replication status: those of every pool with
    /// RequiresReplication, each once, in the topology's order.
    pub fn expected_replicas(&self) -> Vec<ExpectedReplica> {
        let index = Index::new(self);
        let mut seen = HashSet::new();
        let mut expected = Vec::new();
        for (at, pool) in self.pools.iter().enumerate() {
            if !pool.requires_replication {
                continue;
            }
            let is_edge = index
                .services_of(self, at)
                .any(|s| s.has_role("EdgeServer"));
            for machine in &pool.machines {
                if !machine.fqdn.is_empty() && seen.insert(machine.fqdn.to_ascii_lowercase()) {
                    expected.push(ExpectedReplica {
                        fqdn: machine.fqdn.clone(),
                        pool: pool.fqdn.clone(),
                        site: pool.site.clone(),
                        is_edge,
                    });
                }
            }
        }
        expected
    }

    /// The SQL servers with their instances.
    pub fn sql_servers(&self) -> Vec<SqlServer> {
        let index = Index::new(self);
        let servers = self.pools.iter().enumerate().map(|(at, pool)| SqlServer {
            fqdn: pool.fqdn.clone(),
            site: pool.site.clone(),
            instances: index
                .sql_of(at)
                .iter()
                .filter_map(|at| self.sql_instances.get(*at))
                .map(|sql| sql.name.clone())
                .collect(),
        });
        servers.filter(|s| !s.instances.is_empty()).collect()
    }

    /// The active Central Management service (`IsActive`); `None` when the document marks none.
    pub fn cms(&self) -> Option<&Service> {
        self.services.iter().find(|s| s.cms_active == Some(true))
    }

    /// The pool of the active Central Management server.
    pub fn cms_pool(&self) -> Option<&Pool> {
        self.pool(self.cms()?.pool.as_deref()?)
    }

    /// The database of the active Central Management server: the CentralMgmtStore service it
    /// depends on, whose pool and SQL instance say where the store is.
    pub fn cms_store(&self) -> Option<&Service> {
        let depends_on = &self.cms()?.depends_on;
        let mut stores = self
            .services
            .iter()
            .filter(|s| s.has_role("CentralMgmtStore"));
        stores.find(|s| depends_on.contains(&s.id))
    }

    /// The sites, pools, machines, SQL instances and services that hold every word of the query
    /// in their label or details (dependencies left out), in tree order, each once. An empty
    /// query finds everything.
    pub fn find(&self, query: &str) -> Vec<TreeRow> {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let mut seen = HashSet::new();
        let rows = tree::rows(self).into_iter();
        rows.filter(|row| row.kind != NodeKind::Group)
            .filter(|row| words.iter().all(|word| row.matches(word)))
            .filter(|row| seen.insert((row.kind, row.subject.clone())))
            .collect()
    }
}
