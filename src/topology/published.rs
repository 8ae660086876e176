//! The published form, `Get-CsTopology -AsXml`: flat lists keyed by composite ids.

use super::assemble::{Draft, DraftMachine, DraftPool, DraftService, DraftSql, Home};
use super::xml::{Notes, attr, child, children, name, some_attr, text_attr};
use super::{ReadError, SourceKind, parts};
use roxmltree::Node;

/// Local name of the root element.
pub(super) const ROOT: &str = "Topology";

/// Reads the root element.
pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Draft, ReadError> {
    if child(root, "Sites").is_none() && child(root, "Clusters").is_none() {
        return Err(ReadError::NoTopology {
            root: ROOT,
            missing: "Sites or Clusters",
        });
    }
    let mut draft = Draft::new(SourceKind::Published, some_attr(root, "Signature"));
    for part in children(root) {
        match name(part) {
            "InternalDomains" => parts::domains(part, &mut draft, notes),
            "Sites" => sites(part, &mut draft, notes),
            "Clusters" => clusters(part, &mut draft, notes),
            "SqlInstances" => sql_instances(part, &mut draft, notes),
            "Services" => services(part, &mut draft, notes),
            _ => notes.unknown(part),
        }
    }
    Ok(draft)
}

fn sites(list: Node, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        let Some(id) = some_attr(node, "SiteId") else {
            notes.unknown(node);
            continue;
        };
        for part in children(node) {
            if !matches!(name(part), "Name" | "Location" | "Description") {
                notes.unknown(part);
            }
        }
        let site = parts::site(node, id, None, notes);
        draft.sites.push((site, notes.line(node)));
    }
}

fn clusters(list: Node, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        let Some(id) = child(node, "ClusterId").filter(|_| name(node) == "Cluster") else {
            notes.unknown(node);
            continue;
        };
        let fqdn = text_attr(node, "Fqdn");
        let mut machines = Vec::new();
        for part in children(node) {
            match name(part) {
                "ClusterId" => {}
                "Machine" => machines.push(DraftMachine {
                    fqdn: some_attr(part, "Fqdn"),
                    ordinal: notes.number(part, "OrdinalInCluster"),
                    fault_domain: some_attr(part, "FaultDomain"),
                    upgrade_domain: some_attr(part, "UpgradeDomain"),
                    interfaces: parts::interfaces(part, notes),
                }),
                _ => notes.unknown(part),
            }
        }
        draft.pools.push(DraftPool {
            key: cluster_key(id),
            fqdn,
            site: text_attr(id, "SiteId"),
            number: notes.number(id, "Number"),
            requires_replication: notes.flag(node, "RequiresReplication").unwrap_or(false),
            requires_setup: notes.flag(node, "RequiresSetup").unwrap_or(false),
            machines,
            line: notes.line(node),
        });
    }
}

fn sql_instances(list: Node, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        let found = child(node, "SqlInstanceId").and_then(|id| Some((id, child(id, "ClusterId")?)));
        let Some((id, cluster)) = found else {
            notes.unknown(node);
            continue;
        };
        draft.sql.push(DraftSql {
            key: sql_key(id, cluster),
            cluster: cluster_key(cluster),
            name: text_attr(id, "Name"),
            line: notes.line(node),
        });
    }
}

fn services(list: Node, draft: &mut Draft, notes: &mut Notes) {
    for node in children(list) {
        let Some(id) = child(node, "ServiceId").filter(|_| name(node) == "Service") else {
            notes.unknown(node);
            continue;
        };
        let mut service = DraftService {
            key: service_key(id),
            site: some_attr(id, "SiteId"),
            role: text_attr(id, "RoleName"),
            instance: some_attr(id, "Instance"),
            version: notes.number(node, "ServiceVersion"),
            role_version: notes.number(node, "RoleVersion"),
            line: notes.line(node),
            ..DraftService::default()
        };
        for part in children(node) {
            match name(part) {
                "ServiceId" => {}
                "DependsOn" => service.depends_on.extend(dependencies(part, notes)),
                "InstalledOn" => service.home = home(part, notes),
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
        match child(node, "ServiceId") {
            Some(id) => found.push(service_key(id)),
            None => notes.unknown(node),
        }
    }
    found
}

fn home(installed_on: Node, notes: &mut Notes) -> Option<Home> {
    if let Some(cluster) = child(installed_on, "ClusterId") {
        return Some(Home::Cluster(cluster_key(cluster)));
    }
    let sql = child(installed_on, "SqlInstanceId");
    let Some((id, cluster)) = sql.and_then(|id| Some((id, child(id, "ClusterId")?))) else {
        notes.unknown(installed_on);
        return None;
    };
    Some(Home::Sql {
        key: sql_key(id, cluster),
        cluster: Some(cluster_key(cluster)),
        name: Some(text_attr(id, "Name")),
    })
}

fn cluster_key(id: Node) -> String {
    let part = |local| attr(id, local).unwrap_or_default();
    format!("{}/{}", part("SiteId"), part("Number"))
}

/// Instance names differ in case between the list and its users, so the key is lower case.
fn sql_key(id: Node, cluster: Node) -> String {
    let instance = attr(id, "Name").unwrap_or_default().to_ascii_lowercase();
    format!("{}/{instance}", cluster_key(cluster))
}

/// The id of a service as the product writes it, which is also its key here.
fn service_key(id: Node) -> String {
    let part = |local| attr(id, local).unwrap_or_default();
    format!(
        "{}-{}-{}",
        part("SiteId"),
        part("RoleName"),
        part("Instance")
    )
}
