//! From what a reader found to the model: keys resolved, ids derived, order made canonical.

use super::xml::Notes;
use super::{
    FileStore, Machine, NetInterface, Pool, Port, Service, SimpleUrl, Site, SourceKind,
    SqlInstance, Topology, Trunk, roles,
};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// What a reader found, still keyed the document's way. Lines count from 1.
pub(super) struct Draft {
    source: SourceKind,
    signature: Option<String>,
    pub(super) sip_domains: Vec<String>,
    pub(super) default_sip_domain: Option<String>,
    pub(super) simple_urls: Option<Vec<SimpleUrl>>,
    pub(super) sites: Vec<(Site, u32)>,
    pub(super) pools: Vec<DraftPool>,
    pub(super) sql: Vec<DraftSql>,
    pub(super) services: Vec<DraftService>,
}

impl Draft {
    /// Nothing found yet.
    pub(super) fn new(source: SourceKind, signature: Option<String>) -> Self {
        Self {
            source,
            signature,
            sip_domains: Vec::new(),
            default_sip_domain: None,
            simple_urls: None,
            sites: Vec::new(),
            pools: Vec::new(),
            sql: Vec::new(),
            services: Vec::new(),
        }
    }
}

/// A cluster under the document's key.
pub(super) struct DraftPool {
    pub(super) key: String,
    pub(super) fqdn: String,
    pub(super) site: String,
    pub(super) number: Option<u32>,
    pub(super) requires_replication: bool,
    pub(super) requires_setup: bool,
    pub(super) machines: Vec<DraftMachine>,
    pub(super) line: u32,
}

/// A machine; without a name of its own it has the cluster's.
pub(super) struct DraftMachine {
    pub(super) fqdn: Option<String>,
    pub(super) ordinal: Option<u32>,
    pub(super) fault_domain: Option<String>,
    pub(super) upgrade_domain: Option<String>,
    pub(super) interfaces: Vec<NetInterface>,
}

/// A SQL instance under the document's key.
pub(super) struct DraftSql {
    pub(super) key: String,
    pub(super) cluster: String,
    pub(super) name: String,
    pub(super) line: u32,
}

/// A service under the document's key. Without a site it has its cluster's, without an
/// instance it is numbered.
#[derive(Default)]
pub(super) struct DraftService {
    pub(super) key: String,
    pub(super) site: Option<String>,
    pub(super) role: String,
    pub(super) instance: Option<String>,
    pub(super) home: Option<Home>,
    pub(super) version: Option<u32>,
    pub(super) role_version: Option<u32>,
    pub(super) depends_on: Vec<String>,
    pub(super) ports: Vec<Port>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) line: u32,
}

/// What a service is installed on, by key.
pub(super) enum Home {
    /// A cluster.
    Cluster(String),
    /// A SQL instance; its cluster and name serve when the instance itself is not listed.
    Sql {
        key: String,
        cluster: Option<String>,
        name: Option<String>,
    },
    /// A cluster or a SQL instance.
    Any(String),
}

/// Where the parts went: by document key.
struct Places {
    site_rank: HashMap<String, usize>,
    pool: HashMap<String, usize>,
    /// SQL instance to pool and instance name.
    sql: HashMap<String, (usize, String)>,
}

impl Places {
    /// Order of a site; unknown ones come last, by their text.
    fn site_order(&self, site: &str) -> (usize, String) {
        match self.site_rank.get(site) {
            Some(rank) => (*rank, String::new()),
            None => (usize::MAX, site.to_owned()),
        }
    }

    /// The pool and SQL instance a service is installed on.
    fn resolve(&self, home: &Home) -> Option<(usize, Option<String>)> {
        let of_pool = |key: &String| self.pool.get(key).map(|at| (*at, None));
        let of_sql = |key: &String| self.sql.get(key).map(|(at, n)| (*at, Some(n.clone())));
        match home {
            Home::Cluster(key) => of_pool(key),
            Home::Any(key) => of_pool(key).or_else(|| of_sql(key)),
            Home::Sql { key, cluster, name } => of_sql(key).or_else(|| {
                let (at, _) = of_pool(cluster.as_ref()?)?;
                Some((at, name.clone()))
            }),
        }
    }
}

/// Builds the model.
pub(super) fn assemble(draft: Draft, mut notes: Notes) -> Topology {
    let mut places = Places {
        site_rank: HashMap::new(),
        pool: HashMap::new(),
        sql: HashMap::new(),
    };
    let sites = sites(draft.sites, &mut places, &mut notes);
    let pools = pools(draft.pools, &mut places, &mut notes);
    let sql_instances = sql_instances(draft.sql, &pools, &mut places, &mut notes);
    let services = services(draft.services, &pools, &places, &mut notes);
    // A site element is noted when its line is passed, which for nested sites is not the order
    // of the document.
    notes.unknown.sort_by_key(|u| u.line);
    notes.problems.sort_by_key(|p| p.line);
    Topology {
        source: draft.source,
        signature: draft.signature,
        file_stores: file_stores(&services),
        trunks: trunks(&services),
        sites,
        pools,
        services,
        sql_instances,
        sip_domains: draft.sip_domains,
        default_sip_domain: draft.default_sip_domain,
        simple_urls: draft.simple_urls,
        unknown: notes.unknown,
        problems: notes.problems,
    }
}

fn sites(mut found: Vec<(Site, u32)>, places: &mut Places, notes: &mut Notes) -> Vec<Site> {
    found.sort_by_cached_key(|(s, line)| {
        let number = s.id.parse::<u64>().unwrap_or(u64::MAX);
        (number, s.id.clone(), *line)
    });
    for (rank, (site, line)) in found.iter().enumerate() {
        if places.site_rank.contains_key(&site.id) {
            notes.problem(*line, || format!("site id {} is used twice", site.id));
        } else {
            places.site_rank.insert(site.id.clone(), rank);
        }
    }
    for (site, line) in &found {
        let parent = site.parent.as_ref();
        if parent.is_some_and(|p| !places.site_rank.contains_key(p)) {
            notes.problem(*line, || {
                format!("site {} is a branch of an unknown site", site.id)
            });
        }
    }
    if found.is_empty() {
        notes.problem(1, || "the document names no site".to_owned());
    }
    found.into_iter().map(|(site, _)| site).collect()
}

fn pools(mut found: Vec<DraftPool>, places: &mut Places, notes: &mut Notes) -> Vec<Pool> {
    found.sort_by_cached_key(|p| {
        let site = places.site_order(&p.site);
        (site, p.number.unwrap_or(u32::MAX), p.line)
    });
    let mut names = HashSet::new();
    for (at, pool) in found.iter().enumerate() {
        if pool.fqdn.is_empty() {
            notes.problem(pool.line, || "a cluster without an FQDN".to_owned());
        }
        if !names.insert(pool.fqdn.to_ascii_lowercase()) {
            notes.problem(pool.line, || format!("cluster {} twice", pool.fqdn));
        }
        if !places.site_rank.contains_key(&pool.site) {
            notes.problem(pool.line, || {
                format!("cluster {} is in unknown site {}", pool.fqdn, pool.site)
            });
        }
        if places.pool.contains_key(&pool.key) {
            notes.problem(pool.line, || format!("cluster id {} twice", pool.key));
        } else {
            places.pool.insert(pool.key.clone(), at);
        }
    }
    found.into_iter().map(pool).collect()
}

fn pool(draft: DraftPool) -> Pool {
    let mut machines: Vec<Machine> = draft
        .machines
        .into_iter()
        .map(|m| Machine {
            fqdn: m.fqdn.unwrap_or_else(|| draft.fqdn.clone()),
            ordinal: m.ordinal,
            fault_domain: m.fault_domain,
            upgrade_domain: m.upgrade_domain,
            interfaces: m.interfaces,
        })
        .collect();
    machines.sort_by_key(|m| m.ordinal.unwrap_or(u32::MAX));
    Pool {
        fqdn: draft.fqdn,
        site: draft.site,
        number: draft.number,
        requires_replication: draft.requires_replication,
        requires_setup: draft.requires_setup,
        machines,
    }
}

fn sql_instances(
    found: Vec<DraftSql>,
    pools: &[Pool],
    places: &mut Places,
    notes: &mut Notes,
) -> Vec<SqlInstance> {
    let mut placed = Vec::new();
    for sql in found {
        let Some(at) = places.pool.get(&sql.cluster).copied() else {
            notes.problem(sql.line, || {
                format!("SQL instance '{}' is on an unknown cluster", sql.name)
            });
            continue;
        };
        match places.sql.entry(sql.key) {
            Entry::Occupied(_) => {
                notes.problem(sql.line, || format!("SQL instance '{}' twice", sql.name));
            }
            Entry::Vacant(free) => {
                free.insert((at, sql.name.clone()));
            }
        }
        placed.push((at, sql.name));
    }
    placed.sort_by_cached_key(|(at, name)| (*at, name.to_ascii_lowercase(), name.clone()));
    let fqdn = |at: usize| pools.get(at).map(|p| p.fqdn.clone()).unwrap_or_default();
    placed
        .into_iter()
        .map(|(at, name)| SqlInstance {
            fqdn: fqdn(at),
            name,
        })
        .collect()
}

fn services(
    found: Vec<DraftService>,
    pools: &[Pool],
    places: &Places,
    notes: &mut Notes,
) -> Vec<Service> {
    let mut ids: HashMap<String, String> = HashMap::new();
    let mut counters: HashMap<(String, String), u32> = HashMap::new();
    let mut built = Vec::with_capacity(found.len());
    for draft in found {
        let home = draft.home.as_ref().and_then(|h| places.resolve(h));
        if home.is_none() {
            notes.problem(draft.line, || {
                let role = &draft.role;
                format!("service {role} is not installed on any cluster of the document")
            });
        }
        let (pool, sql_instance) = match home {
            Some((at, sql)) => (pools.get(at), sql),
            None => (None, None),
        };
        let site = draft.site.or_else(|| pool.map(|p| p.site.clone()));
        let site = site.unwrap_or_default();
        let instance = draft.instance.unwrap_or_else(|| {
            let count = counters.entry((site.clone(), draft.role.clone()));
            let count = count.and_modify(|c| *c = c.saturating_add(1)).or_insert(1);
            count.to_string()
        });
        let id = format!("{site}-{}-{instance}", draft.role);
        match ids.entry(draft.key) {
            Entry::Occupied(_) => notes.problem(draft.line, || format!("service {id} twice")),
            Entry::Vacant(free) => {
                free.insert(id.clone());
            }
        }
        let service = Service {
            id,
            instance: instance.parse().ok(),
            pool: pool.map(|p| p.fqdn.clone()),
            sql_instance,
            site,
            version: draft.version,
            role_version: draft.role_version,
            depends_on: draft.depends_on,
            ports: draft.ports,
            is_director: bool_setting(&draft.settings, "IsDirector").unwrap_or(false),
            cms_active: (draft.role.eq_ignore_ascii_case("CentralMgmt"))
                .then(|| bool_setting(&draft.settings, "IsActive"))
                .flatten(),
            settings: draft.settings,
            role: draft.role,
        };
        built.push((service, draft.line));
    }
    for (service, line) in &mut built {
        for dependency in &mut service.depends_on {
            match ids.get(dependency) {
                Some(id) => dependency.clone_from(id),
                None => notes.problem(*line, || {
                    format!("{} depends on unknown service {dependency}", service.id)
                }),
            }
        }
    }
    built.sort_by_cached_key(|(s, line)| {
        let role = (roles::rank(&s.role), s.role.clone());
        let instance = s.instance.unwrap_or(u32::MAX);
        (places.site_order(&s.site), role, instance, *line)
    });
    built.into_iter().map(|(service, _)| service).collect()
}

fn bool_setting(settings: &[(String, String)], name: &str) -> Option<bool> {
    let (_, value) = settings.iter().find(|(n, _)| n == name)?;
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn file_stores(services: &[Service]) -> Vec<FileStore> {
    services
        .iter()
        .filter(|s| s.has_role("FileStore"))
        .filter_map(|s| {
            let pool = s.pool.clone()?;
            let share = s.setting("ShareName")?.to_owned();
            Some(FileStore {
                service: s.id.clone(),
                unc: format!("\\\\{pool}\\{share}"),
                pool,
                share,
            })
        })
        .collect()
}

fn trunks(services: &[Service]) -> Vec<Trunk> {
    let by_id: HashMap<&str, &Service> = services.iter().map(|s| (s.id.as_str(), s)).collect();
    services
        .iter()
        .filter(|s| s.has_role("PstnGateway"))
        .map(|s| {
            let mut ends = s.depends_on.iter().filter_map(|d| by_id.get(d.as_str()));
            let mediation = ends.find(|end| end.has_role("MediationServer"));
            Trunk {
                service: s.id.clone(),
                gateway: s.pool.clone(),
                mediation_service: mediation.map(|m| m.id.clone()),
                mediation_pool: mediation.and_then(|m| m.pool.clone()),
                site: s.site.clone(),
                ports: s.ports.clone(),
            }
        })
        .collect()
}
