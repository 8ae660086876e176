//! The simulated deployment's topology: the published document, and what the object cmdlets make
//! of it.

use roxmltree::{Document, Node};

use super::state::Cms;

/// The published topology with the CMS on the Enterprise pool.
const KESTREL: &str = include_str!("kestrel.xml");

/// The topology as `Get-CsTopology -AsXml` gives it, with the CMS where it is.
pub fn xml(cms: Cms) -> String {
    if cms == Cms::Enterprise {
        return KESTREL.to_owned();
    }
    // The two services of the CMS stand one after the other; move both to the other site.
    let moved = KESTREL
        .find("<ServiceId SiteId=\"1\" RoleName=\"CentralMgmt\"")
        .and_then(|start| {
            let rest = &KESTREL[start..];
            let first = rest.find("</Service>")? + "</Service>".len();
            let end = first + rest[first..].find("</Service>")? + "</Service>".len();
            let block = rest[..end]
                .replace("SiteId=\"1\"", "SiteId=\"2\"")
                .replace("Number=\"5\"", "Number=\"1\"")
                .replace("Name=\"RTC\"", "Name=\"rtc\"");
            Some(format!("{}{block}{}", &KESTREL[..start], &rest[end..]))
        });
    moved.unwrap_or_else(|| KESTREL.to_owned())
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The number of the site it is a branch of.
    pub parent: Option<String>,
}

/// A pool: every cluster is one, also a single server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Site and number, the key within the document.
    pub key: (String, String),
    /// Its FQDN.
    pub fqdn: String,
    /// The FQDNs of its machines.
    pub machines: Vec<String>,
    /// The inside addresses that the document gives, with the machine's FQDN.
    pub addresses: Vec<(String, String)>,
}

/// A port of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The component or application that listens.
    pub owner: String,
    /// What for.
    pub usage: String,
    /// Internal, External, Primary or Pstn.
    pub side: String,
    /// The number.
    pub port: i64,
    /// Tcp, Tls, Mtls, ...
    pub protocol: String,
    /// How many ports from there on.
    pub range: Option<i64>,
    /// The public name.
    pub fqdn: Option<String>,
}

/// Site, role and instance: what identifies a service in the document.
pub type ServiceKey = (String, String, String);

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Site, role and instance.
    pub key: ServiceKey,
    /// 5 = Lync 2010 ... 8 = Skype for Business 2019.
    pub version: i64,
    /// The pool it is installed on.
    pub pool: String,
    /// The name of its SQL instance, for databases.
    pub instance: Option<String>,
    /// The share, for file stores.
    pub share: Option<String>,
    /// What it needs.
    pub needs: Vec<ServiceKey>,
    /// Where it listens.
    pub ports: Vec<Port>,
}

impl Service {
    /// The role as the cmdlets call it.
    pub fn role(&self) -> &str {
        match self.key.1.as_str() {
            "UserServices" => "UserServer",
            "UserStore" => "UserDatabase",
            "ApplicationStore" => "ApplicationDatabase",
            "ArchivingStore" => "ArchivingDatabase",
            "MonitoringStore" => "MonitoringDatabase",
            "CentralMgmtStore" => "CentralManagementDatabase",
            "WebServices" => "WebServer",
            "ConfServices" => "ConferencingServer",
            "CentralMgmt" => "CentralManagement",
            "ManagementServices" => "ManagementServer",
            "WacService" => "WacServer",
            "ExternalServer" => "TrustedApplicationPool",
            other => other,
        }
    }

    /// `Role:fqdn`, as the cmdlets identify it. The second trunk of a gateway is named after its
    /// Mediation Server too.
    pub fn identity(&self) -> String {
        let second_trunk = self.key.1 == "PstnGateway" && self.key.2 != "1";
        let mediation = if second_trunk { "-mnlse01" } else { "" };
        format!("{}:{}{mediation}", self.role(), self.pool)
    }

    /// The first port with this usage and side.
    pub fn port(&self, owner: &str, usage: &str, side: &str) -> Option<&Port> {
        self.ports
            .iter()
            .find(|p| p.owner.ends_with(owner) && p.usage == usage && p.side == side)
    }
}

/// The deployment as objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deployment {
    /// The sites.
    pub sites: Vec<Site>,
    /// The pools.
    pub pools: Vec<Pool>,
    /// The services.
    pub services: Vec<Service>,
}

impl Deployment {
    /// The deployment with the CMS where it is.
    pub fn of(cms: Cms) -> Self {
        let text = xml(cms);
        // The document is embedded and read by a test; were it broken, the lab would be empty.
        Document::parse(&text)
            .map(|document| read(&document))
            .unwrap_or_default()
    }

    /// True when a machine or a pool has this name.
    pub fn knows(&self, name: &str) -> bool {
        self.pool_of(name).is_some()
    }

    /// The pool with this name, or with this machine in it.
    pub fn pool_of(&self, name: &str) -> Option<&str> {
        let is = |other: &str| {
            other.eq_ignore_ascii_case(name)
                || other
                    .split('.')
                    .next()
                    .is_some_and(|host| host.eq_ignore_ascii_case(name))
        };
        let by_machine = self.pools.iter().find(|p| p.machines.iter().any(|m| is(m)));
        by_machine
            .or_else(|| self.pools.iter().find(|p| is(&p.fqdn)))
            .map(|p| p.fqdn.as_str())
    }

    /// The machine with this name or address: its FQDN and its inside address. Pools have none
    /// of their own here.
    pub fn machine(&self, name: &str) -> Option<(&str, String)> {
        let is = |fqdn: &str| {
            let host = fqdn.split('.').next();
            fqdn.eq_ignore_ascii_case(name) || host.is_some_and(|h| h.eq_ignore_ascii_case(name))
        };
        let machines = self.pools.iter().enumerate().flat_map(|(at, pool)| {
            let machines = pool.machines.iter().enumerate();
            machines.map(move |(nth, fqdn)| {
                let given = pool.addresses.iter().find(|(_, of)| of == fqdn);
                // The document leaves the others open ("any"); every machine has one all the same.
                let made = || format!("10.20.{}.{}", 10 + at, 11 + nth);
                (
                    fqdn.as_str(),
                    given.map_or_else(made, |(address, _)| address.clone()),
                )
            })
        });
        let mut machines = machines.filter(|(fqdn, address)| is(fqdn) || address == name);
        machines.next()
    }

    /// `Site:Name` of a site's number.
    pub fn site_identity(&self, id: &str) -> String {
        let name = self
            .sites
            .iter()
            .find(|s| s.id == id)
            .map_or(id, |s| s.name.as_str());
        format!("Site:{name}")
    }

    /// The services on a pool.
    pub fn services_on<'a>(&'a self, pool: &'a str) -> impl Iterator<Item = &'a Service> {
        self.services.iter().filter(move |s| s.pool == pool)
    }

    /// The identities of the services that need this one.
    pub fn dependents(&self, service: &Service) -> Vec<String> {
        self.services
            .iter()
            .filter(|s| s.needs.contains(&service.key))
            .map(Service::identity)
            .collect()
    }

    /// The identity of the first service with this role that `service` needs.
    pub fn needed(&self, service: &Service, role: &str) -> Option<String> {
        let key = service.needs.iter().find(|key| key.1 == role)?;
        self.services
            .iter()
            .find(|s| s.key == *key)
            .map(Service::identity)
    }
}

fn read(document: &Document<'_>) -> Deployment {
    let mut deployment = Deployment::default();
    let each = |name: &'static str| {
        document
            .descendants()
            .filter(move |n| n.has_tag_name_ns_free(name))
    };
    for site in each("Sites")
        .flat_map(|n| n.children())
        .filter(Node::is_element)
    {
        let name = child(site, "Name")
            .and_then(|n| n.text())
            .unwrap_or_default();
        deployment.sites.push(Site {
            id: attribute(site, "SiteId"),
            name: name.to_owned(),
            parent: site.attribute("CentralSiteId").map(str::to_owned),
        });
    }
    for cluster in each("Cluster") {
        let key = child(cluster, "ClusterId")
            .map(cluster_key)
            .unwrap_or_default();
        let machines: Vec<Node<'_, '_>> = cluster
            .children()
            .filter(|n| n.has_tag_name_ns_free("Machine"))
            .collect();
        let inside = machines.iter().flat_map(|m| {
            let sides = m.children().filter(|n| {
                n.has_tag_name_ns_free("NetInterface")
                    && attribute(*n, "InterfaceSide") == "Internal"
            });
            sides.map(|n| (attribute(n, "IPAddress"), attribute(*m, "Fqdn")))
        });
        deployment.pools.push(Pool {
            key,
            fqdn: attribute(cluster, "Fqdn"),
            addresses: inside.collect(),
            machines: machines.iter().map(|m| attribute(*m, "Fqdn")).collect(),
        });
    }
    for service in each("Service") {
        let Some(id) = child(service, "ServiceId") else {
            continue;
        };
        let installed = child(service, "InstalledOn");
        let cluster = installed.and_then(|n| {
            n.descendants()
                .find(|n| n.has_tag_name_ns_free("ClusterId"))
        });
        let key = cluster.map(cluster_key).unwrap_or_default();
        let pool = deployment
            .pools
            .iter()
            .find(|p| p.key == key)
            .map(|p| p.fqdn.clone())
            .unwrap_or_default();
        let needs = child(service, "DependsOn")
            .into_iter()
            .flat_map(|n| n.descendants());
        let inside = |name: &'static str| service.children().find(|n| n.has_tag_name_ns_free(name));
        deployment.services.push(Service {
            key: service_key(id),
            version: attribute(service, "ServiceVersion").parse().unwrap_or(0),
            pool,
            instance: installed
                .and_then(|n| child(n, "SqlInstanceId"))
                .map(|n| attribute(n, "Name")),
            share: inside("FileStoreService").map(|n| attribute(n, "ShareName")),
            needs: needs
                .filter(|n| n.has_tag_name_ns_free("ServiceId"))
                .map(service_key)
                .collect(),
            ports: service
                .descendants()
                .filter(|n| n.has_tag_name_ns_free("Port"))
                .map(port)
                .collect(),
        });
    }
    deployment
}

/// The document's namespaces differ by element; names alone are enough here.
trait LocalName {
    fn has_tag_name_ns_free(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_ns_free(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn child<'a, 'd>(node: Node<'a, 'd>, name: &str) -> Option<Node<'a, 'd>> {
    node.children().find(|n| n.has_tag_name_ns_free(name))
}

fn attribute(node: Node<'_, '_>, name: &str) -> String {
    node.attribute(name).unwrap_or_default().to_owned()
}

fn cluster_key(node: Node<'_, '_>) -> (String, String) {
    (attribute(node, "SiteId"), attribute(node, "Number"))
}

fn service_key(node: Node<'_, '_>) -> ServiceKey {
    (
        attribute(node, "SiteId"),
        attribute(node, "RoleName"),
        attribute(node, "Instance"),
    )
}

fn port(node: Node<'_, '_>) -> Port {
    Port {
        owner: attribute(node, "Owner"),
        usage: attribute(node, "Usage"),
        side: attribute(node, "InterfaceSide"),
        port: attribute(node, "Port").parse().unwrap_or(0),
        protocol: attribute(node, "Protocol"),
        range: node.attribute("Range").and_then(|r| r.parse().ok()),
        fqdn: node.attribute("ConfiguredFqdn").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::timeline::REPLICAS;

    #[test]
    fn the_embedded_topology_is_read() {
        let deployment = Deployment::of(Cms::Enterprise);
        assert_eq!(deployment.sites.len(), 3);
        assert_eq!(deployment.pools.len(), 13);
        assert_eq!(deployment.services.len(), 34);
        assert!(
            deployment
                .services
                .iter()
                .all(|s| !s.pool.is_empty() && s.version == 7)
        );
        assert!(REPLICAS.iter().all(|r| deployment.knows(r.fqdn)));
        assert_eq!(deployment.pool_of("SGFE02"), Some("sgpool01.kestrel.lan"));
    }

    #[test]
    fn the_document_follows_the_move() {
        for cms in [Cms::Enterprise, Cms::Standard] {
            let deployment = Deployment::of(cms);
            let on = |role: &str| {
                deployment
                    .services
                    .iter()
                    .find(|s| s.key.1 == role)
                    .map(|s| (s.pool.as_str(), s.instance.as_deref()))
            };
            assert_eq!(on("CentralMgmt"), Some((cms.pool(), None)));
            assert_eq!(
                on("CentralMgmtStore"),
                Some((cms.sql_server(), Some(cms.sql_instance())))
            );
        }
    }
}
