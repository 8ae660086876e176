//! What is known about each row, as names and values.

use super::Builder;
use crate::topology::{Machine, NetInterface, Pool, Port, Service, Site, SiteKind, product_name};
use std::collections::HashSet;

/// Names of details that point at other parts of the topology.
const LINKS: [&str; 3] = ["uses", "depends on", "needed by"];

/// Whether a detail only points at another part of the topology.
pub(super) fn is_link(name: &str) -> bool {
    LINKS.contains(&name)
}

/// Collects names and values, leaving out empty ones.
#[derive(Default)]
struct Details(Vec<(String, String)>);

impl Details {
    fn add(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((name.to_owned(), value));
        }
    }

    fn add_number(&mut self, name: &str, value: Option<u32>) {
        self.add(name, value.map_or_else(String::new, |v| v.to_string()));
    }
}

fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

impl Builder<'_> {
    pub(super) fn site_detail(&self, site: &Site, pools: usize) -> Vec<(String, String)> {
        let mut details = Details::default();
        details.add("name", site.name.as_str());
        details.add("site id", site.id.as_str());
        details.add(
            "kind",
            match site.kind {
                SiteKind::Central => "central site",
                SiteKind::Branch => "branch site",
            },
        );
        if let Some(parent) = &site.parent {
            details.add("central site", self.site_words(parent));
        }
        let place = &site.location;
        let place = [&place.city, &place.state, &place.country];
        let place: Vec<&str> = place
            .iter()
            .map(|p| p.as_str())
            .filter(|p| !p.is_empty())
            .collect();
        details.add("location", place.join(", "));
        details.add("pools", pools.to_string());
        details.0
    }

    pub(super) fn pool_detail(
        &self,
        at: usize,
        pool: &Pool,
        roles: &str,
        products: &str,
    ) -> Vec<(String, String)> {
        let mut details = Details::default();
        details.add("fqdn", pool.fqdn.as_str());
        details.add("site", self.site_words(&pool.site));
        details.add("roles", roles);
        details.add("product", products);
        details.add("machines", pool.machines.len().to_string());
        details.add("requires replication", yes_no(pool.requires_replication));
        details.add("requires setup", yes_no(pool.requires_setup));
        details.add_number("cluster number", pool.number);
        for sql in self.index.sql_of(at) {
            if let Some(sql) = self.topology.sql_instances.get(*sql) {
                details.add("SQL instance", instance_words(&sql.name));
            }
        }
        let services = self.index.services_of(self.topology, at);
        for service in services.clone() {
            details.add("file share", unc(service).unwrap_or_default());
        }
        for service in services.clone() {
            let host = service.setting("ExternalSettings.Host");
            details.add("external web services", host.unwrap_or_default());
        }
        let mut seen = HashSet::from([pool.fqdn.to_ascii_lowercase()]);
        for dependency in services.flat_map(|s| &s.depends_on) {
            let service = self.by_id.get(dependency.as_str());
            if let Some(used) = service.and_then(|s| s.pool.as_ref())
                && seen.insert(used.to_ascii_lowercase())
            {
                details.add("uses", used.as_str());
            }
        }
        details.0
    }

    pub(super) fn machine_detail(
        &self,
        pool: &Pool,
        machine: &Machine,
        roles: &str,
        products: &str,
    ) -> Vec<(String, String)> {
        let mut details = Details::default();
        details.add("fqdn", machine.fqdn.as_str());
        details.add("pool", pool.fqdn.as_str());
        details.add("site", self.site_words(&pool.site));
        details.add("roles", roles);
        details.add("product", products);
        details.add("replica expected", yes_no(pool.requires_replication));
        details.add_number("place in pool", machine.ordinal);
        details.add(
            "fault domain",
            machine.fault_domain.clone().unwrap_or_default(),
        );
        details.add(
            "upgrade domain",
            machine.upgrade_domain.clone().unwrap_or_default(),
        );
        for interface in &machine.interfaces {
            details.add("address", address_words(interface));
        }
        details.0
    }

    pub(super) fn sql_detail(
        &self,
        pool: usize,
        name: &str,
        databases: &[&Service],
    ) -> Vec<(String, String)> {
        let mut details = Details::default();
        details.add("instance", instance_words(name));
        if let Some(pool) = self.topology.pools.get(pool) {
            details.add("server", pool.fqdn.as_str());
            details.add("site", self.site_words(&pool.site));
        }
        if databases.is_empty() {
            details.add("database", "none");
        }
        for service in databases {
            details.add("database", format!("{} ({})", service.words(), service.id));
        }
        details.0
    }

    pub(super) fn service_detail(&self, service: &Service) -> Vec<(String, String)> {
        let mut details = Details::default();
        details.add("service id", service.id.as_str());
        details.add("role", service.role.as_str());
        details.add("what", service.words());
        details.add("identity", service.identity().unwrap_or_default());
        details.add("pool", service.pool.clone().unwrap_or_default());
        details.add("site", self.site_words(&service.site));
        details.add(
            "product",
            service.version.map(version_words).unwrap_or_default(),
        );
        details.add_number("role version", service.role_version);
        let instance = service.sql_instance.as_deref();
        details.add(
            "SQL instance",
            instance.map(instance_words).unwrap_or_default(),
        );
        details.add("file share", unc(service).unwrap_or_default());
        for (name, value) in &service.settings {
            details.add(name, value.as_str());
        }
        for id in &service.depends_on {
            details.add("depends on", self.link_words(id));
        }
        for id in self
            .needed_by
            .get(service.id.as_str())
            .into_iter()
            .flatten()
        {
            details.add("needed by", self.link_words(id));
        }
        for port in &service.ports {
            details.add("port", port_words(port));
        }
        details.0
    }

    pub(super) fn service_label(&self, service: &Service) -> String {
        let words = service.words();
        let id = &service.id;
        if let Some(unc) = unc(service) {
            return format!("{words} {unc}  {id}");
        }
        if service.has_role("PstnGateway") {
            let ends = service
                .depends_on
                .iter()
                .filter_map(|d| self.by_id.get(d.as_str()));
            let mut ends = ends.filter(|end| end.has_role("MediationServer"));
            if let Some(to) = ends.next().and_then(|end| end.pool.as_ref()) {
                return format!("{words} to {to}  {id}");
            }
        }
        format!("{words}  {id}")
    }

    /// The roles of a pool in one line; empty when nothing is installed on it.
    pub(super) fn pool_words(&self, at: usize) -> String {
        let roles = self.index.roles_of(self.topology, at);
        let words: Vec<&str> = roles.iter().map(|role| role.words()).collect();
        words.join(", ")
    }

    /// The products of a pool's services; more than one only during a migration.
    pub(super) fn products(&self, at: usize) -> String {
        let services = self.index.services_of(self.topology, at);
        let mut versions: Vec<u32> = services.filter_map(|s| s.version).collect();
        versions.sort_unstable();
        versions.dedup();
        let words: Vec<String> = versions.into_iter().map(version_words).collect();
        words.join(", ")
    }

    fn site_words(&self, id: &str) -> String {
        let site = self
            .index
            .site(id)
            .and_then(|at| self.topology.sites.get(at));
        match site {
            Some(site) => format!("{} (site {id})", site.name),
            None => format!("site {id}, not in the document"),
        }
    }

    fn link_words(&self, id: &str) -> String {
        match self.by_id.get(id).map(|s| s.pool.as_deref()) {
            Some(Some(pool)) => format!("{id} on {pool}"),
            Some(None) => id.to_owned(),
            None => format!("{id}, not in the document"),
        }
    }
}

fn version_words(version: u32) -> String {
    match product_name(version) {
        Some(name) => format!("{name} (service version {version})"),
        None => format!("service version {version}"),
    }
}

fn instance_words(name: &str) -> &str {
    if name.is_empty() { "(default)" } else { name }
}

fn unc(service: &Service) -> Option<String> {
    let share = service
        .setting("ShareName")
        .filter(|_| service.has_role("FileStore"))?;
    Some(format!("\\\\{}\\{share}", service.pool.as_ref()?))
}

/// E.g. `External 203.0.113.11, public 198.51.100.11`.
fn address_words(interface: &NetInterface) -> String {
    let address = match interface.address.as_str() {
        "0.0.0.0" => "0.0.0.0 (any)",
        other => other,
    };
    let side = &interface.side;
    match &interface.configured_address {
        Some(public) => format!("{side} {address}, public {public}"),
        None => format!("{side} {address}"),
    }
}

/// E.g. `5061 Mtls, Primary: SipServer of Registrar`.
fn port_words(port: &Port) -> String {
    let mut words = match (port.port, port.range) {
        (Some(first), Some(count)) if count > 1 => {
            let last = u32::from(first).saturating_add(count - 1);
            format!("{first}-{last}")
        }
        (Some(first), _) => first.to_string(),
        (None, _) => "?".to_owned(),
    };
    let owner = port.owner.rsplit(':').next().unwrap_or_default();
    words.push_str(&format!(
        " {}, {}: {} of {owner}",
        port.protocol, port.side, port.usage
    ));
    if let Some(outside) = port.configured_port {
        words.push_str(&format!(", outside {outside}"));
    }
    if let Some(fqdn) = &port.configured_fqdn {
        words.push_str(&format!(", as {fqdn}"));
    }
    if !matches!(port.url_path.as_str(), "" | "/") {
        words.push_str(&format!(", {}", port.url_path));
    }
    words
}
