//! Parts that look the same in both containers.

use super::assemble::Draft;
use super::xml::{Notes, attr, child, child_text, children, name, some_attr, text_attr};
use super::{Location, NetInterface, Port, Site, SiteKind};
use roxmltree::Node;

/// Role elements whose meaning is known; others are listed as unknown, their attributes kept.
const ROLE_ELEMENTS: [&str; 7] = [
    "RegistrarService",
    "FileStoreService",
    "WebService",
    "ConfService",
    "ApplicationServerService",
    "CentralMgmtService",
    "WacService",
];

/// `InternalDomains`: the SIP domains.
pub(super) fn domains(node: Node, draft: &mut Draft, notes: &mut Notes) {
    draft.default_sip_domain = some_attr(node, "DefaultDomain");
    for domain in children(node) {
        match attr(domain, "Name") {
            Some(found) if name(domain) == "InternalDomain" && !found.is_empty() => {
                draft.sip_domains.push(found.to_owned());
            }
            _ => notes.unknown(domain),
        }
    }
}

/// A site element without its nested parts. `parent` is the site it is nested in.
///
/// How the published form writes a branch site is not settled, so a branch is told by its
/// element name, by nesting, or by an attribute naming its central site.
pub(super) fn site(node: Node, id: String, parent: Option<String>, notes: &mut Notes) -> Site {
    let parent = parent
        .or_else(|| some_attr(node, "CentralSiteId"))
        .or_else(|| some_attr(node, "ParentSiteId"));
    let branch_name = matches!(name(node), "RemoteSite" | "BranchSite");
    let kind = if branch_name || parent.is_some() {
        SiteKind::Branch
    } else {
        SiteKind::Central
    };
    if kind == SiteKind::Branch && parent.is_none() {
        let line = notes.line(node);
        notes.problem(line, || format!("branch site {id} names no central site"));
    }
    Site {
        id,
        name: child_text(node, "Name"),
        kind,
        parent,
        location: child(node, "Location").map_or_else(Location::default, |l| Location {
            city: child_text(l, "City"),
            state: child_text(l, "State"),
            country: child_text(l, "CountryCode"),
        }),
    }
}

/// The `NetInterface` children of a machine.
pub(super) fn interfaces(machine: Node, notes: &mut Notes) -> Vec<NetInterface> {
    let mut found = Vec::new();
    for node in children(machine) {
        if name(node) != "NetInterface" {
            notes.unknown(node);
            continue;
        }
        found.push(NetInterface {
            side: text_attr(node, "InterfaceSide"),
            number: notes.number(node, "InterfaceNumber"),
            address: text_attr(node, "IPAddress"),
            configured_address: some_attr(node, "ConfiguredIPAddress"),
        });
    }
    found
}

/// A `Ports` element.
pub(super) fn ports(list: Node, notes: &mut Notes) -> Vec<Port> {
    let mut found = Vec::new();
    for node in children(list) {
        if name(node) != "Port" {
            notes.unknown(node);
            continue;
        }
        found.push(Port {
            owner: text_attr(node, "Owner"),
            usage: text_attr(node, "Usage"),
            side: text_attr(node, "InterfaceSide"),
            port: notes.number(node, "Port"),
            range: notes.number(node, "Range"),
            protocol: text_attr(node, "Protocol"),
            url_path: text_attr(node, "UrlPath"),
            authorizes: notes.flag(node, "AuthorizesRequests").unwrap_or(false),
            gruu_type: some_attr(node, "GruuType"),
            configured_port: notes.number(node, "ConfiguredPort"),
            configured_fqdn: some_attr(node, "ConfiguredFqdn"),
        });
    }
    found
}

/// The attributes of a service's own role element.
pub(super) fn settings(node: Node, notes: &mut Notes) -> Vec<(String, String)> {
    if !ROLE_ELEMENTS.contains(&name(node)) {
        notes.unknown(node);
    }
    let own = node
        .attributes()
        .map(|a| (a.name().to_owned(), a.value().to_owned()));
    // The host name the outside world uses for a pool's web services sits one level deeper.
    let host = child(node, "ExternalSettings")
        .and_then(|e| some_attr(e, "Host"))
        .map(|host| ("ExternalSettings.Host".to_owned(), host));
    own.chain(host).collect()
}
