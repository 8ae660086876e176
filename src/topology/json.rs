//! The JSON shape of `csdeck topology show`.

use super::index::Index;
use super::{Machine, Pool, Port, Service, Site, SiteKind, SourceKind, Topology};
use serde_json::{Value, json};
use std::collections::HashSet;

impl Topology {
    /// The document `csdeck topology show --format json` prints. Keys of the contract: `sites`
    /// (`id`, `name`, `kind`), `pools` (`fqdn`, `site`, `roles`, `machines`), `services`
    /// (`role`, `pool`, `site`), `sqlInstances` (`fqdn`, `name`), `fileStores` (`unc`),
    /// `trunks`, `sipDomains`; the others are additions. Site ids are strings; `roles` of a pool
    /// are RoleNames of the XML, `kinds` the field's words for them. `simpleUrls` is null when
    /// the document does not hold them.
    pub fn to_json(&self) -> Value {
        let index = Index::new(self);
        let pools = self.pools.iter().enumerate();
        json!({
            "source": match self.source {
                SourceKind::Published => "published",
                SourceKind::Builder => "builder",
            },
            "signature": self.signature,
            "sites": self.sites.iter().map(site).collect::<Vec<_>>(),
            "pools": pools.map(|(at, p)| pool(self, &index, at, p)).collect::<Vec<_>>(),
            "services": self.services.iter().map(service).collect::<Vec<_>>(),
            "sqlInstances": self.sql_instances.iter()
                .map(|s| json!({ "fqdn": s.fqdn, "name": s.name })).collect::<Vec<_>>(),
            "fileStores": self.file_stores.iter().map(|f| json!({
                "unc": f.unc, "pool": f.pool, "share": f.share, "service": f.service,
            })).collect::<Vec<_>>(),
            "trunks": self.trunks.iter().map(|t| json!({
                "service": t.service,
                "gateway": t.gateway,
                "mediationService": t.mediation_service,
                "mediationPool": t.mediation_pool,
                "site": t.site,
                "ports": t.ports.iter().map(port).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "sipDomains": self.sip_domains,
            "defaultSipDomain": self.default_sip_domain,
            "simpleUrls": self.simple_urls.as_ref().map(|urls| urls.iter().map(|u| json!({
                "component": u.component, "domain": u.domain, "activeUrl": u.active_url,
            })).collect::<Vec<_>>()),
            "unknown": self.unknown.iter()
                .map(|u| json!({ "element": u.element, "line": u.line })).collect::<Vec<_>>(),
            "problems": self.problems.iter()
                .map(|p| json!({ "line": p.line, "text": p.text })).collect::<Vec<_>>(),
        })
    }
}

fn site(site: &Site) -> Value {
    json!({
        "id": site.id,
        "name": site.name,
        "kind": match site.kind {
            SiteKind::Central => "central",
            SiteKind::Branch => "branch",
        },
        "parent": site.parent,
        "city": site.location.city,
        "state": site.location.state,
        "country": site.location.country,
    })
}

fn pool(topology: &Topology, index: &Index, at: usize, pool: &Pool) -> Value {
    let mut seen = HashSet::new();
    let roles: Vec<&str> = index
        .services_of(topology, at)
        .map(|s| s.role.as_str())
        .filter(|role| seen.insert(*role))
        .collect();
    let kinds: Vec<&str> = index
        .roles_of(topology, at)
        .iter()
        .map(|role| role.words())
        .collect();
    json!({
        "fqdn": pool.fqdn,
        "site": pool.site,
        "number": pool.number,
        "roles": roles,
        "kinds": kinds,
        "requiresReplication": pool.requires_replication,
        "requiresSetup": pool.requires_setup,
        "machines": pool.machines.iter().map(machine).collect::<Vec<_>>(),
    })
}

fn machine(machine: &Machine) -> Value {
    json!({
        "fqdn": machine.fqdn,
        "ordinal": machine.ordinal,
        "faultDomain": machine.fault_domain,
        "upgradeDomain": machine.upgrade_domain,
        "interfaces": machine.interfaces.iter().map(|i| json!({
            "side": i.side,
            "number": i.number,
            "address": i.address,
            "configuredAddress": i.configured_address,
        })).collect::<Vec<_>>(),
    })
}

fn service(service: &Service) -> Value {
    let settings = service.settings.iter();
    let settings = settings.map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    json!({
        "id": service.id,
        "role": service.role,
        "pool": service.pool,
        "site": service.site,
        "sqlInstance": service.sql_instance,
        "identity": service.identity(),
        "version": service.version,
        "product": service.product(),
        "roleVersion": service.role_version,
        "isDirector": service.is_director,
        "cmsActive": service.cms_active,
        "settings": settings.collect::<serde_json::Map<_, _>>(),
        "dependsOn": service.depends_on,
        "ports": service.ports.iter().map(port).collect::<Vec<_>>(),
    })
}

fn port(port: &Port) -> Value {
    json!({
        "port": port.port,
        "range": port.range,
        "protocol": port.protocol,
        "side": port.side,
        "usage": port.usage,
        "owner": port.owner,
        "urlPath": port.url_path,
        "authorizes": port.authorizes,
        "gruuType": port.gruu_type,
        "configuredPort": port.configured_port,
        "configuredFqdn": port.configured_fqdn,
    })
}
