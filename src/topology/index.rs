//! Who is where: built once per question that covers the whole topology, so that such
//! questions stay linear in the size of the document.

use super::{Pool, PoolRole, Service, SiteKind, Topology};
use std::collections::HashMap;

/// Look-ups over a topology. Numbers are places in its lists.
pub(super) struct Index {
    /// Services of each pool, by place of the pool.
    services: Vec<Vec<usize>>,
    /// SQL instances of each pool, by place of the pool.
    sql: Vec<Vec<usize>>,
    /// Pool by FQDN in lower case; of pools with one name the first, which also has all services.
    pools: HashMap<String, usize>,
    /// Site by id.
    sites: HashMap<String, usize>,
}

impl Index {
    /// Builds the index.
    pub(super) fn new(topology: &Topology) -> Self {
        let mut index = Self {
            services: vec![Vec::new(); topology.pools.len()],
            sql: vec![Vec::new(); topology.pools.len()],
            pools: HashMap::new(),
            sites: HashMap::new(),
        };
        for (at, site) in topology.sites.iter().enumerate() {
            index.sites.entry(site.id.clone()).or_insert(at);
        }
        for (at, pool) in topology.pools.iter().enumerate() {
            let key = pool.fqdn.to_ascii_lowercase();
            index.pools.entry(key).or_insert(at);
        }
        for (at, service) in topology.services.iter().enumerate() {
            let pool = service.pool.as_deref().and_then(|p| index.pool(p));
            if let Some(list) = pool.and_then(|p| index.services.get_mut(p)) {
                list.push(at);
            }
        }
        for (at, sql) in topology.sql_instances.iter().enumerate() {
            let pool = index.pool(&sql.fqdn);
            if let Some(list) = pool.and_then(|p| index.sql.get_mut(p)) {
                list.push(at);
            }
        }
        index
    }

    /// Place of a pool.
    pub(super) fn pool(&self, fqdn: &str) -> Option<usize> {
        self.pools.get(&fqdn.to_ascii_lowercase()).copied()
    }

    /// Place of a site.
    pub(super) fn site(&self, id: &str) -> Option<usize> {
        self.sites.get(id).copied()
    }

    /// Places of the SQL instances of a pool.
    pub(super) fn sql_of(&self, pool: usize) -> &[usize] {
        self.sql.get(pool).map_or(&[], Vec::as_slice)
    }

    /// The services of a pool, also those on its SQL instances.
    pub(super) fn services_of<'i, 't>(
        &'i self,
        topology: &'t Topology,
        pool: usize,
    ) -> impl Iterator<Item = &'t Service> + Clone + use<'i, 't> {
        let places = self.services.get(pool).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| topology.services.get(*at))
    }

    /// What a pool is for, most important first. Empty for a cluster nothing is installed on.
    pub(super) fn roles_of(&self, topology: &Topology, at: usize) -> Vec<PoolRole> {
        let Some(pool) = topology.pools.get(at) else {
            return Vec::new();
        };
        let services: Vec<&Service> = self.services_of(topology, at).collect();
        let has = |role: &str| services.iter().any(|s| s.has_role(role));
        let holds_sql =
            !self.sql_of(at).is_empty() || services.iter().any(|s| s.sql_instance.is_some());
        let users = has("UserServices");
        let registrar = !users && has("Registrar");
        let cms: Vec<&&Service> = services
            .iter()
            .filter(|s| s.has_role("CentralMgmt"))
            .collect();
        let cms_active = cms.iter().any(|s| s.cms_active == Some(true));
        let director = services.iter().any(|s| s.is_director);
        let branch = self.in_branch(topology, pool);
        let table = [
            (
                users && !(holds_sql && pool.machines.len() <= 1),
                PoolRole::FrontEndPool,
            ),
            (
                users && holds_sql && pool.machines.len() <= 1,
                PoolRole::StandardEdition,
            ),
            (registrar && director, PoolRole::Director),
            (registrar && !director && branch, PoolRole::Sba),
            (registrar && !director && !branch, PoolRole::Registrar),
            (has("EdgeServer"), PoolRole::EdgePool),
            (has("MediationServer"), PoolRole::Mediation),
            (cms_active, PoolRole::CmsActive),
            (!cms_active && !cms.is_empty(), PoolRole::CmsStandby),
            (has("ExternalServer"), PoolRole::TrustedApplication),
            (has("WacService"), PoolRole::OfficeWebApps),
            (has("PstnGateway"), PoolRole::Gateway),
            (has("ArchivingServer"), PoolRole::Archiving),
            (has("MonitoringServer"), PoolRole::Monitoring),
            (has("FileStore"), PoolRole::FileStore),
            (holds_sql, PoolRole::Sql),
        ];
        let mut roles: Vec<PoolRole> = table
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, r)| *r)
            .collect();
        if roles.is_empty() && !services.is_empty() {
            roles.push(PoolRole::Other);
        }
        roles
    }

    fn in_branch(&self, topology: &Topology, pool: &Pool) -> bool {
        let site = self.site(&pool.site).and_then(|at| topology.sites.get(at));
        site.is_some_and(|s| s.kind == SiteKind::Branch)
    }
}
