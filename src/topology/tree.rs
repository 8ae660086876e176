//! The topology as a tree: site, pool, machine, services; branch sites under their central site.
//!
//! Services are installed on a pool, which means on each of its machines; the tree shows them
//! under each machine, because that is where an engineer looks for them. Services on a SQL
//! instance stand under that instance. Nothing is left out: what cannot be placed stands in a
//! group of its own at the end.

mod detail;

use super::index::Index;
use super::{Service, Site, SiteKind, Topology};
use std::collections::{HashMap, HashSet};

/// Repeating services under every machine of a pool is a product of two numbers a document may
/// choose freely. This bounds all repetitions together; pools beyond it show services once.
const MAX_REPEATED: usize = 200_000;

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A site.
    Site,
    /// A pool (any cluster).
    Pool,
    /// A machine.
    Machine,
    /// A SQL instance.
    SqlInstance,
    /// A service.
    Service,
    /// A heading for what has no place elsewhere.
    Group,
}

/// A row of the flattened tree, depth first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// Depth from 0; a row's children follow it with its depth plus one.
    pub depth: usize,
    /// What the row stands for.
    pub kind: NodeKind,
    /// Stable id of the row, unique in the tree, equal for equal documents, e.g.
    /// `service/1-Registrar-1@fe01.contoso.com`. Carries document text.
    pub key: String,
    /// Name of the thing itself: SiteId, FQDN, `fqdn\instance` or service id. A service shown
    /// under several machines has the same subject in all rows.
    pub subject: String,
    /// Text to show. Carries document text; make it safe first.
    pub label: String,
    /// Everything known, as name and value; a name may repeat. Carries document text.
    pub detail: Vec<(String, String)>,
}

impl TreeRow {
    /// Whether the label or a detail holds the word, which must be lower case. Links to other
    /// parts of the topology do not count, or every name would find half the tree.
    pub fn matches(&self, word: &str) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(word);
        let mut details = self.detail.iter();
        holds(&self.label) || details.any(|(name, value)| !detail::is_link(name) && holds(value))
    }
}

/// The flattened tree.
pub fn rows(topology: &Topology) -> Vec<TreeRow> {
    let mut builder = Builder::new(topology);
    builder.build();
    builder.rows
}

impl Topology {
    /// The tree as plain text, one line per row, with box-drawing branches. Carries document
    /// text; make it safe before showing it.
    pub fn to_tree_text(&self) -> String {
        text(&rows(self))
    }
}

/// Draws rows as text.
pub fn text(rows: &[TreeRow]) -> String {
    // Whether a row is the last of its siblings shows only from behind.
    let mut more_at = vec![false; rows.iter().map(|r| r.depth + 1).max().unwrap_or(0)];
    let mut lines: Vec<String> = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let mut line = String::new();
        for (depth, more) in more_at.iter().enumerate().take(row.depth + 1).skip(1) {
            line.push_str(match (depth == row.depth, more) {
                (true, true) => "├─ ",
                (true, false) => "└─ ",
                (false, true) => "│  ",
                (false, false) => "   ",
            });
        }
        line.push_str(&row.label);
        line.push('\n');
        lines.push(line);
        for (depth, more) in more_at.iter_mut().enumerate() {
            if depth >= row.depth {
                *more = depth == row.depth;
            }
        }
    }
    lines.reverse();
    lines.concat()
}

/// Builds the rows; holds what every detail needs.
struct Builder<'t> {
    topology: &'t Topology,
    index: Index,
    /// Service by id.
    by_id: HashMap<&'t str, &'t Service>,
    /// Ids of the services that depend on a service, by its id.
    needed_by: HashMap<&'t str, Vec<&'t str>>,
    rows: Vec<TreeRow>,
    keys: HashSet<String>,
    repeats_left: usize,
}

impl<'t> Builder<'t> {
    fn new(topology: &'t Topology) -> Self {
        let mut by_id = HashMap::new();
        let mut needed_by: HashMap<&str, Vec<&str>> = HashMap::new();
        for service in &topology.services {
            by_id.entry(service.id.as_str()).or_insert(service);
            for dependency in &service.depends_on {
                let list = needed_by.entry(dependency.as_str()).or_default();
                list.push(service.id.as_str());
            }
        }
        Self {
            topology,
            index: Index::new(topology),
            by_id,
            needed_by,
            rows: Vec::new(),
            keys: HashSet::new(),
            repeats_left: MAX_REPEATED,
        }
    }

    fn build(&mut self) {
        let topology = self.topology;
        let mut pools_of: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut homeless = Vec::new();
        for (at, pool) in topology.pools.iter().enumerate() {
            match self.index.site(&pool.site) {
                Some(site) => pools_of.entry(site).or_default().push(at),
                None => homeless.push(at),
            }
        }
        let mut branches: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut roots = Vec::new();
        for (at, site) in topology.sites.iter().enumerate() {
            match self.central_parent(site) {
                Some(parent) => branches.entry(parent).or_default().push(at),
                None => roots.push(at),
            }
        }
        for root in roots {
            self.site(root, 0, &pools_of);
            for branch in branches.remove(&root).unwrap_or_default() {
                self.site(branch, 1, &pools_of);
            }
        }
        if !homeless.is_empty() {
            self.group("no-site", "pools in no known site");
            for pool in homeless {
                self.pool(pool, 1);
            }
        }
        let mut lost = topology
            .services
            .iter()
            .filter(|s| s.pool.is_none())
            .peekable();
        if lost.peek().is_some() {
            self.group("no-pool", "services installed on no known pool");
            for service in lost {
                self.service(service, None, 1);
            }
        }
    }

    /// The central site a branch stands under. Branches of branches do not exist in the product;
    /// refusing them also keeps a document that makes sites each other's parents out of a loop.
    fn central_parent(&self, site: &Site) -> Option<usize> {
        let at = self.index.site(site.parent.as_ref()?)?;
        let parent = self.topology.sites.get(at)?;
        (parent.kind == SiteKind::Central).then_some(at)
    }

    fn push(&mut self, depth: usize, kind: NodeKind, key: String, subject: &str, label: String) {
        let mut unique = key.clone();
        let mut count = 1_usize;
        while !self.keys.insert(unique.clone()) {
            // Only for documents that name two things alike; the row count makes it free soon.
            count = count.saturating_mul(2).max(self.rows.len());
            unique = format!("{key}#{count}");
        }
        self.rows.push(TreeRow {
            depth,
            kind,
            key: unique,
            subject: subject.to_owned(),
            label,
            detail: Vec::new(),
        });
    }

    fn detail(&mut self, detail: Vec<(String, String)>) {
        if let Some(row) = self.rows.last_mut() {
            row.detail = detail;
        }
    }

    fn group(&mut self, key: &str, label: &str) {
        let key = format!("group/{key}");
        self.push(0, NodeKind::Group, key, label, label.to_owned());
    }

    fn site(&mut self, at: usize, depth: usize, pools_of: &HashMap<usize, Vec<usize>>) {
        let Some(site) = self.topology.sites.get(at) else {
            return;
        };
        let pools = pools_of.get(&at).map_or(&[][..], Vec::as_slice);
        let label = match site.kind {
            SiteKind::Central => format!("{} [site {}]", site.name, site.id),
            SiteKind::Branch => format!("{} [branch site {}]", site.name, site.id),
        };
        let key = format!("site/{}", site.id);
        self.push(depth, NodeKind::Site, key, &site.id, label);
        let detail = self.site_detail(site, pools.len());
        self.detail(detail);
        for pool in pools {
            self.pool(*pool, depth + 1);
        }
    }

    fn pool(&mut self, at: usize, depth: usize) {
        let topology = self.topology;
        let Some(pool) = topology.pools.get(at) else {
            return;
        };
        // Once per pool: both cost a walk over its services, and machines repeat them.
        let (words, products) = (self.pool_words(at), self.products(at));
        let label = match words.as_str() {
            "" => format!("{} [nothing installed]", pool.fqdn),
            words => format!("{} [{words}]", pool.fqdn),
        };
        let pool_key = pool.fqdn.to_ascii_lowercase();
        let key = format!("pool/{pool_key}");
        self.push(depth, NodeKind::Pool, key, &pool.fqdn, label);
        let detail = self.pool_detail(at, pool, &words, &products);
        self.detail(detail);

        let services: Vec<&Service> = self.index.services_of(topology, at).collect();
        let each: usize = services.iter().map(|s| self.size(s)).sum();
        let cost = each.saturating_mul(pool.machines.len().saturating_sub(1));
        let under_machines = !pool.machines.is_empty() && cost <= self.repeats_left;
        if under_machines {
            self.repeats_left -= cost;
        }
        for machine in &pool.machines {
            let machine_key = machine.fqdn.to_ascii_lowercase();
            let key = format!("machine/{pool_key}/{machine_key}");
            let label = machine.fqdn.clone();
            self.push(depth + 1, NodeKind::Machine, key, &machine.fqdn, label);
            let detail = self.machine_detail(pool, machine, &words, &products);
            self.detail(detail);
            if under_machines {
                self.installed(at, &services, Some(&machine_key), depth + 2);
            }
        }
        if !under_machines {
            self.installed(at, &services, None, depth + 1);
        }
    }

    /// The services, then the SQL instances with their databases.
    fn installed(&mut self, pool: usize, services: &[&Service], on: Option<&str>, depth: usize) {
        let Some(fqdn) = self.topology.pools.get(pool).map(|p| p.fqdn.as_str()) else {
            return;
        };
        let mut databases: HashMap<String, Vec<&Service>> = HashMap::new();
        let mut others = Vec::new();
        let mut instances: Vec<&str> = Vec::new();
        for at in self.index.sql_of(pool) {
            if let Some(sql) = self.topology.sql_instances.get(*at)
                && databases
                    .insert(sql.name.to_ascii_lowercase(), Vec::new())
                    .is_none()
            {
                instances.push(sql.name.as_str());
            }
        }
        for service in services {
            let Some(name) = service.sql_instance.as_deref() else {
                others.push(*service);
                continue;
            };
            let list = databases
                .entry(name.to_ascii_lowercase())
                .or_insert_with(|| {
                    // Used but not listed: shown all the same.
                    instances.push(name);
                    Vec::new()
                });
            list.push(service);
        }
        for service in others {
            self.service(service, on, depth);
        }
        for name in instances {
            let list = databases
                .remove(&name.to_ascii_lowercase())
                .unwrap_or_default();
            let label = match name {
                "" => "SQL default instance".to_owned(),
                name => format!("SQL instance {name}"),
            };
            let subject = format!("{fqdn}\\{name}");
            let key = at_machine(format!("sql/{}", subject.to_ascii_lowercase()), on);
            self.push(depth, NodeKind::SqlInstance, key, &subject, label);
            let detail = self.sql_detail(pool, name, &list);
            self.detail(detail);
            for service in list {
                self.service(service, on, depth + 1);
            }
        }
    }

    fn service(&mut self, service: &Service, on: Option<&str>, depth: usize) {
        let key = at_machine(format!("service/{}", service.id), on);
        let label = self.service_label(service);
        self.push(depth, NodeKind::Service, key, &service.id, label);
        let detail = self.service_detail(service);
        self.detail(detail);
    }

    /// How much a repetition of a service costs, in lines of detail.
    fn size(&self, service: &Service) -> usize {
        let needed_by = self.needed_by.get(service.id.as_str()).map_or(0, Vec::len);
        1 + service.ports.len() + service.depends_on.len() + service.settings.len() + needed_by
    }
}

fn at_machine(key: String, on: Option<&str>) -> String {
    match on {
        Some(machine) => format!("{key}@{machine}"),
        None => key,
    }
}
