//! The Topology Builder file, `.tbxml`: nested, keyed by GUIDs.

use super::assemble::{Draft, DraftMachine, DraftPool, DraftService, DraftSql, Home};
use super::xml::{Notes, attr, child, children, name, some_attr, text_attr};
use super::{ReadError, SimpleUrl, SourceKind, parts};
use roxmltree::Node;

/// Local name of the root element.
pub(super) const ROOT: &str = "TopologyBuilder";

/// Reads the root element.
pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Draft, ReadError> {
    let new = child(root, "NewTopology");
    let Some(partial) = new.and_then(|n| child(n, "PartialTopology")) else {
        return Err(ReadError::NoTopology {
            root: ROOT,
            missing: "NewTopology with a PartialTopology",
        });
    };
    for part in children(root).chain(new.into_iter().flat_map(children)) {
        if Some(part) != new && part != partial {
            notes.unknown(part);
        }
    }
    let mut draft = Draft::new(SourceKind::Builder, some_attr(partial, "Signature"));
    for part in children(partial) {
        match name(part) {
            "InternalDomains" => parts::domains(part, &mut draft, notes),
            "SimpleUrlConfiguration" => draft.simple_urls = Some(simple_urls(part, notes)),
            "CentralSites" => sites(part, &mut draft, notes),
            "Services" => services(part, &mut draft, notes),
            _ => notes.unknown(part),
        }
    }
    Ok(draft)
}

fn simple_urls(list: Node, notes: &mut Notes) -> Vec<SimpleUrl> {
    let mut found = Vec::new();
    for node in children(list) {
        if name(node) != "SimpleUrl" {
            notes.unknown(node);
            continue;
        }
        found.push(SimpleUrl {
            component: text_attr(node, "Component"),
            domain: text_attr(node, "Domain"),
            active_url: text_attr(node, "ActiveUrl"),
        });
    }
    found
}

/// Sites contain their branch sites. A work list instead of recursion: nesting depth is the
/// document's to choose.
fn sites(list: Node, draft: &mut Draft, notes: &mut Notes) {
    let mut waiting: Vec<(Node, Option<String>)> = children(list).map(|n| (n, None)).collect();
    while let Some((node, parent)) = waiting.pop() {
        let Some(id) = site_id(node) else {
            notes.unknown(node);
            continue;
        };
        for part in children(node) {
            match name(part) {
                "Name" | "Location" | "Description" => {}
                "Clusters" => clusters(part, &id, draft, notes),
                "RemoteSites" | "BranchSites" => {
                    waiting.extend(children(part).map(|n| (n, Some(id.clone()))));
                }
                _ => notes.unknown(part),
            }
        }
        let site = parts::site(node, id, parent, notes);
        draft.sites.push((site, notes.line(node)));
    }
}

/// The published SiteId where the file keeps it, so that both containers agree; zero is how an
/// unpublished site may say that it has none.
fn site_id(node: Node) -> Option<String> {
    let original = attr(node, "OriginalSiteId").filter(|id| !id.is_empty() && *id != "0");
    original
        .map(str::to_owned)
        .or_else(|| some_attr(node, "SiteId"))
        .or_else(|| some_attr(node, "UniqueId"))
}

fn clusters(list: Node, site: &str, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        if name(node) != "Cluster" {
            notes.unknown(node);
            continue;
        }
        let key = guid(node, "UniqueId");
        let mut machines = Vec::new();
        for part in children(node) {
            match name(part) {
                "Machines" => machines.extend(self::machines(part, notes)),
                "SqlInstances" => sql_instances(part, &key, draft, notes),
                _ => notes.unknown(part),
            }
        }
        draft.pools.push(DraftPool {
            key,
            fqdn: text_attr(node, "Fqdn"),
            site: site.to_owned(),
            number: notes.number(node, "OriginalNumber"),
            requires_replication: notes.flag(node, "RequiresReplication").unwrap_or(false),
            requires_setup: notes.flag(node, "RequiresSetup").unwrap_or(false),
            machines,
            line: notes.line(node),
        });
    }
}

fn machines(list: Node, notes: &mut Notes) -> Vec<DraftMachine> {
    let mut found = Vec::new();
    for node in children(list) {
        if name(node) != "Machine" {
            notes.unknown(node);
            continue;
        }
        found.push(DraftMachine {
            // Absent for a single server, which has the cluster's name.
            fqdn: some_attr(node, "Fqdn"),
            ordinal: notes.number(node, "OriginalOrdinalInCluster"),
            fault_domain: some_attr(node, "FaultDomain"),
            upgrade_domain: some_attr(node, "UpgradeDomain"),
            interfaces: parts::interfaces(node, notes),
        });
    }
    found
}

fn sql_instances(list: Node, cluster: &str, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        if name(node) != "SqlInstance" {
            notes.unknown(node);
            continue;
        }
        draft.sql.push(DraftSql {
            key: guid(node, "UniqueId"),
            cluster: cluster.to_owned(),
            name: text_attr(node, "Name"),
            line: notes.line(node),
        });
    }
}

fn services(list: Node, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        if name(node) != "Service" {
            notes.unknown(node);
            continue;
        }
        let mut service = DraftService {
            key: guid(node, "UniqueId"),
            role: text_attr(node, "RoleName"),
            // One GUID, of a cluster or of a SQL instance; which one shows when it is looked up.
            home: some_attr(node, "InstalledOn").map(|id| Home::Any(id.to_ascii_lowercase())),
            version: notes.number(node, "ServiceVersion"),
            role_version: notes.number(node, "RoleVersion"),
            line: notes.line(node),
            ..DraftService::default()
        };
        for part in children(node) {
            match name(part) {
                "DependsOn" => service.depends_on.extend(dependencies(part, notes)),
                "Ports" => service.ports.extend(parts::ports(part, notes)),
                _ => service.settings.extend(parts::settings(part, notes)),
            }
        }
        draft.services.push(service);
    }
}

fn dependencies(list: Node, notes: &mut Notes) -> Vec<String> {
    let mut found = Vec::new();
    for node in children(list) {
        match attr(node, "ServiceUniqueId") {
            Some(id) => found.push(id.to_ascii_lowercase()),
            None => notes.unknown(node),
        }
    }
    found
}

/// GUIDs are compared ignoring case.
fn guid(node: Node, local: &str) -> String {
    attr(node, local).unwrap_or_default().to_ascii_lowercase()
}
