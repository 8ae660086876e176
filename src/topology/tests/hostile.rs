//! Documents that are broken, cut off or built to do harm.

use super::{BUILDER, PUBLISHED};
use crate::topology::{MAX_BYTES, ReadError, Topology, read, tree};
use proptest::prelude::*;

/// Everything that walks a topology, on whatever was read.
fn walk(topology: &Topology) {
    let rows = tree::rows(topology);
    assert!(rows.windows(2).all(|w| w[1].depth <= w[0].depth + 1));
    let lines = topology.to_tree_text().split('\n').count();
    assert!(lines > rows.len());
    topology.to_json();
    topology.find("sg 1");
    topology.expected_replicas();
    topology.sql_servers();
    topology.cms_store();
    for pool in topology.pools.iter().take(20) {
        topology.pool_roles(&pool.fqdn);
    }
}

fn error(bytes: &[u8]) -> ReadError {
    read(bytes).unwrap_err()
}

#[test]
fn a_truncated_file_says_where_it_ends() {
    let cut = &PUBLISHED[..PUBLISHED.find("<SqlInstances>").unwrap()];
    let lines = cut.lines().count() as u32;
    let ReadError::NotXml {
        line,
        column,
        reason,
    } = error(cut.as_bytes())
    else {
        panic!("not an XML error");
    };
    assert_eq!((line, column), (lines, 3));
    assert!(!reason.is_empty());
    let cut = &PUBLISHED[..PUBLISHED.find("sgfe02").unwrap()];
    let ReadError::NotXml { line, column, .. } = error(cut.as_bytes()) else {
        panic!("not an XML error");
    };
    assert_eq!((line as usize, column), (cut.lines().count(), 43));
    assert!(matches!(
        error(b""),
        ReadError::NotXml {
            line: 1,
            column: 1,
            ..
        }
    ));
}

#[test]
fn a_fault_has_its_position_once() {
    let text = PUBLISHED.replacen("</Name>", "</Nome>", 1);
    let error = error(text.as_bytes());
    assert_eq!(
        error.to_string(),
        "line 8, column 22: not well-formed XML: expected 'Name' tag, not 'Nome'"
    );
}

#[test]
fn document_type_definitions_are_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
        <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
        <Topology><Sites>&c;</Sites></Topology>"#;
    assert_eq!(error(bomb.as_bytes()), ReadError::Refused);
    let outside = r#"<!DOCTYPE t SYSTEM "file:///etc/passwd"><Topology><Sites/></Topology>"#;
    assert_eq!(error(outside.as_bytes()), ReadError::Refused);
    let undeclared = b"<Topology><Sites>&c;</Sites></Topology>";
    assert!(matches!(error(undeclared), ReadError::NotXml { .. }));
}

#[test]
fn other_documents_are_named() {
    let found = |text: &str| match error(text.as_bytes()) {
        ReadError::WrongRoot { found } => found,
        other => other.to_string(),
    };
    assert_eq!(found("<html><body/></html>"), "html");
    assert_eq!(found("<DocItemSet xmlns='urn:x'/>"), "DocItemSet");
    assert_eq!(found("<x:Objs xmlns:x='urn:x'/>"), "Objs");
    assert_eq!(
        found("<Topology/>"),
        "the 'Topology' element holds no Sites or Clusters"
    );
    assert_eq!(
        found("<TopologyBuilder><NewTopology/></TopologyBuilder>"),
        "the 'TopologyBuilder' element holds no NewTopology with a PartialTopology"
    );
}

#[test]
fn the_container_is_told_by_its_root() {
    // A prefix instead of a default namespace is the same document.
    let text = PUBLISHED
        .replace("<Topology xmlns=", "<t:Topology xmlns:t='urn:t' xmlns=")
        .replace("</Topology>", "</t:Topology>");
    assert_eq!(read(text.as_bytes()).unwrap().pools.len(), 13);
}

#[test]
fn encodings_that_are_none() {
    assert!(matches!(
        error(b"<Topology>\xe9</Topology>"),
        ReadError::Encoding { .. }
    ));
    assert!(matches!(error(b"\xff\xfe<\0T\0"), ReadError::NotXml { .. }));
    assert!(matches!(
        error(b"\xff\xfe<\0T\0x"),
        ReadError::Encoding { .. }
    ));
    assert!(matches!(
        error(b"\xff\xfe\x00\xd8<\0"),
        ReadError::Encoding { .. }
    ));
    assert!(matches!(
        error(b"\xff\xfe\0\0<\0\0\0"),
        ReadError::Encoding { .. }
    ));
}

#[test]
fn limits_hold() {
    let large = vec![b' '; MAX_BYTES + 1];
    assert_eq!(error(&large), ReadError::TooLarge { limit: MAX_BYTES });
    let too_complex = |text: String| matches!(error(text.as_bytes()), ReadError::TooComplex { .. });
    assert!(too_complex("<".repeat(600_000)));
    assert!(too_complex(format!("<Topology {}", "a='' ".repeat(600))));
    assert!(too_complex("<a b='' c='' d='' e='' f=''/>".repeat(450_000)));
    let nested: String = (0..2_000)
        .map(|i| format!("<a xmlns:p{i}='u{i}'>"))
        .collect();
    assert!(too_complex(nested));
    let long = "x".repeat(2_000);
    assert!(too_complex(format!(
        "<Topology><Sites Name='{long}'/></Topology>"
    )));
    assert!(too_complex(format!(
        "<Topology><Sites>{long}</Sites></Topology>"
    )));
}

#[test]
fn depth_is_no_danger() {
    let deep = format!(
        "<Topology><Sites>{}{}</Sites></Topology>",
        "<a>".repeat(100_000),
        "</a>".repeat(100_000)
    );
    walk(&read(deep.as_bytes()).unwrap());
    let sites: String = (0..20_000)
        .map(|i| format!("<RemoteSites><RemoteSite SiteId='{i}'>"))
        .collect();
    let close = "</RemoteSite></RemoteSites>".repeat(20_000);
    let deep = format!(
        "<TopologyBuilder><NewTopology><PartialTopology><CentralSites><CentralSite SiteId='c'>\
         {sites}{close}</CentralSite></CentralSites></PartialTopology></NewTopology></TopologyBuilder>"
    );
    let topology = read(deep.as_bytes()).unwrap();
    assert_eq!(topology.sites.len(), 20_001);
    walk(&topology);
}

#[test]
fn repetition_is_bounded() {
    let machines: String = (0..3_000)
        .map(|i| format!("<Machine Fqdn='m{i}'/>"))
        .collect();
    let services: String = (0..3_000)
        .map(|_| {
            "<Service><ServiceId SiteId='1' RoleName='X' Instance='1'/>\
             <InstalledOn><ClusterId SiteId='1' Number='1'/></InstalledOn></Service>"
        })
        .collect();
    let text = format!(
        "<Topology><Sites><CentralSite SiteId='1'/></Sites><Clusters><Cluster Fqdn='p'>\
         <ClusterId SiteId='1' Number='1'/>{machines}</Cluster></Clusters>\
         <Services>{services}</Services></Topology>"
    );
    let topology = read(text.as_bytes()).unwrap();
    assert_eq!(topology.services.len(), 3_000);
    assert_eq!(topology.problems.len(), 1_000);
    // Nine million rows otherwise.
    assert_eq!(tree::rows(&topology).len(), 1 + 1 + 3_000 + 3_000);
}

#[test]
fn cycles_are_no_danger() {
    let text = PUBLISHED.replace("RoleName=\"WacService\"", "RoleName=\"ConfServices\"");
    walk(&read(text.as_bytes()).unwrap());
}

/// A sample document with a few changes: bytes replaced, taken out, doubled, or the end cut off.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..6_u8,
        1..200_usize,
    );
    let changes = prop::collection::vec(change, 1..6);
    (any::<bool>(), changes).prop_map(|(of_builder, changes)| {
        let mut bytes = match of_builder {
            true => BUILDER.to_vec(),
            false => PUBLISHED.as_bytes().to_vec(),
        };
        for (at, byte, kind, length) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let copy = bytes[at..end].to_vec();
                    bytes.splice(at..at, copy);
                }
                3 => bytes[at] = b"<>\"'/=&0aA "[usize::from(byte) % 11],
                // Digits and letters changed leave XML that still parses, with other ids.
                4 | 5 => {
                    for byte in bytes[at..end].iter_mut().filter(|b| b.is_ascii_digit()) {
                        *byte = b'0' + (*byte + kind) % 10;
                    }
                }
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

/// Small documents of the right elements in any arrangement.
fn arranged() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "Sites",
        "CentralSite",
        "RemoteSite",
        "RemoteSites",
        "Clusters",
        "Cluster",
        "ClusterId",
        "Machine",
        "Machines",
        "NetInterface",
        "SqlInstances",
        "SqlInstance",
        "SqlInstanceId",
        "Services",
        "Service",
        "ServiceId",
        "DependsOn",
        "Dependency",
        "InstalledOn",
        "Ports",
        "Port",
        "RegistrarService",
        "NewTopology",
        "PartialTopology",
        "CentralSites",
        "Name",
    ]);
    let attributes = prop::sample::subsequence(
        vec![
            "SiteId='1'",
            "Number='1'",
            "Name=''",
            "RoleName='Registrar'",
            "Instance='1'",
            "Fqdn='a.b'",
            "UniqueId='g'",
            "InstalledOn='g'",
            "ServiceUniqueId='g'",
            "Port='99999999'",
            "Range='4294967295'",
            "RequiresReplication='true'",
            "OriginalSiteId='0'",
            "CentralSiteId='1'",
            "IsDirector='true'",
        ],
        0..8,
    );
    let leaf =
        (name.clone(), attributes.clone()).prop_map(|(n, a)| format!("<{n} {}/>", a.join(" ")));
    let tree = leaf.prop_recursive(6, 60, 6, move |inner| {
        let inner = prop::collection::vec(inner, 0..6);
        (name.clone(), attributes.clone(), inner)
            .prop_map(|(n, a, i)| format!("<{n} {}>{}</{n}>", a.join(" "), i.concat()))
    });
    let bodies = prop::collection::vec(tree, 0..8);
    (any::<bool>(), bodies).prop_map(|(builder, bodies)| {
        let body = bodies.concat();
        match builder {
            true => format!(
                "<TopologyBuilder><NewTopology><PartialTopology>{body}</PartialTopology>\
                 </NewTopology></TopologyBuilder>"
            ),
            false => format!("<Topology><Sites/>{body}</Topology>"),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn mutated_documents_never_panic(bytes in mutated()) {
        if let Ok(topology) = read(&bytes) {
            walk(&topology);
        }
    }

    #[test]
    fn any_prefix_is_an_error_with_a_position(at in any::<prop::sample::Index>()) {
        let whole = PUBLISHED.trim_end();
        let cut = &whole[..at.index(whole.len())];
        match read(cut.as_bytes()) {
            Err(ReadError::NotXml { line, column, .. }) => {
                prop_assert!(line >= 1 && column >= 1);
                prop_assert!(line as usize <= cut.matches('\n').count() + 1);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn arranged_documents_are_read(text in arranged()) {
        match read(text.as_bytes()) {
            Ok(topology) => walk(&topology),
            Err(ReadError::NoTopology { .. }) => {}
            Err(other) => prop_assert!(false, "{other}: {text}"),
        }
    }
}
