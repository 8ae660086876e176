//! Reading the two sample documents of one deployment (16 machines in 13 clusters on 3 sites).

#![allow(clippy::unwrap_used, clippy::panic)]

mod hostile;
mod queries;

use super::*;
use serde_json::Value;

pub(super) const PUBLISHED: &str = include_str!("../../tests/fixtures/topology/topology.xml");
pub(super) const BUILDER: &[u8] = include_bytes!("../../tests/fixtures/topology/topology.tbxml");

pub(super) fn published() -> Topology {
    read(PUBLISHED.as_bytes()).unwrap()
}

pub(super) fn builder() -> Topology {
    read(BUILDER).unwrap()
}

#[test]
fn both_containers_give_one_model() {
    let (xml, tbxml) = (published(), builder());
    assert_eq!(xml.sites, tbxml.sites);
    assert_eq!(xml.pools, tbxml.pools);
    assert_eq!(xml.services, tbxml.services);
    assert_eq!(xml.sql_instances, tbxml.sql_instances);
    assert_eq!(xml.file_stores, tbxml.file_stores);
    assert_eq!(xml.trunks, tbxml.trunks);
    let mut documents = [xml.to_json(), tbxml.to_json()];
    let own: Vec<[Option<Value>; 2]> = documents
        .iter_mut()
        .filter_map(Value::as_object_mut)
        .map(|d| [d.shift_remove("source"), d.shift_remove("simpleUrls")])
        .collect();
    assert_eq!(documents[0], documents[1]);
    assert_eq!(own[0], [Some("published".into()), Some(Value::Null)]);
    assert_eq!(own[1][0], Some("builder".into()));
    assert_eq!(xml.to_tree_text(), tbxml.to_tree_text());
    assert_eq!(tree::rows(&xml), tree::rows(&tbxml));
}

#[test]
fn samples_are_understood_completely() {
    for topology in [published(), builder()] {
        assert_eq!(topology.unknown, []);
        assert_eq!(topology.problems, []);
    }
}

#[test]
fn counts_and_order() {
    let topology = published();
    let json = topology.to_json();
    let count = |key: &str| json[key].as_array().map(Vec::len);
    assert_eq!(count("sites"), Some(3));
    assert_eq!(count("pools"), Some(13));
    assert_eq!(count("services"), Some(34));
    assert_eq!(count("sqlInstances"), Some(4));
    assert_eq!(count("fileStores"), Some(2));
    assert_eq!(count("trunks"), Some(4));
    let machines: usize = topology.pools.iter().map(|p| p.machines.len()).sum();
    assert_eq!(machines, 16);
    assert_eq!(
        topology.sip_domains,
        ["kestrel.example", "kestrel-marine.example"]
    );
    assert_eq!(
        topology.default_sip_domain.as_deref(),
        Some("kestrel.example")
    );
    let sql: Vec<(&str, &str)> = topology
        .sql_instances
        .iter()
        .map(|s| (s.fqdn.as_str(), s.name.as_str()))
        .collect();
    assert_eq!(
        sql,
        [
            ("sgsql01.kestrel.lan", "ARC01"),
            ("sgsql01.kestrel.lan", "MON01"),
            ("sgsql01.kestrel.lan", "RTC"),
            ("mnlse01.kestrel.lan", "rtc"),
        ]
    );
}

#[test]
fn json_has_the_contract_shape() {
    let json = builder().to_json();
    assert_eq!(
        json["sites"][2],
        serde_json::json!({
            "id": "3", "name": "Cebu", "kind": "branch", "parent": "2",
            "city": "Cebu", "state": "", "country": "PH",
        })
    );
    let pool = &json["pools"][0];
    assert_eq!(pool["fqdn"], "sgpool01.kestrel.lan");
    assert_eq!(pool["site"], "1");
    assert_eq!(pool["roles"][0], "UserServices");
    assert_eq!(pool["kinds"][0], "Front End pool");
    assert_eq!(pool["machines"][2]["fqdn"], "sgfe03.kestrel.lan");
    let sql = &json["pools"][4];
    assert_eq!(
        sql["roles"],
        serde_json::json!([
            "UserStore",
            "ApplicationStore",
            "CentralMgmtStore",
            "ArchivingStore",
            "MonitoringStore"
        ])
    );
    let services = json["services"].as_array().unwrap();
    let store = services.iter().find(|s| s["id"] == "1-MonitoringStore-1");
    let store = store.unwrap();
    assert_eq!(store["role"], "MonitoringStore");
    assert_eq!(store["pool"], "sgsql01.kestrel.lan");
    assert_eq!(store["sqlInstance"], "MON01");
    assert_eq!(store["site"], "1");
    assert_eq!(
        json["fileStores"][0]["unc"],
        "\\\\sgfs01.kestrel.lan\\SfbFileShare"
    );
    assert_eq!(json["sipDomains"][1], "kestrel-marine.example");
    assert_eq!(
        json["simpleUrls"][3]["activeUrl"],
        "https://sfbadmin.kestrel.lan"
    );
}

#[test]
fn services_in_full() {
    let topology = builder();
    let registrar = topology.service("1-Registrar-1").unwrap();
    assert_eq!(
        registrar.depends_on,
        [
            "1-UserServices-1",
            "1-WebServices-1",
            "1-ArchivingStore-1",
            "1-MonitoringStore-1",
            "1-EdgeServer-1"
        ]
    );
    assert_eq!(registrar.version, Some(7));
    assert_eq!(registrar.product(), Some("Skype for Business Server 2015"));
    assert_eq!(
        registrar.identity().unwrap(),
        "Registrar:sgpool01.kestrel.lan"
    );
    assert!(!registrar.is_director);
    let director = topology.service("1-Registrar-2").unwrap();
    assert!(director.is_director);
    assert_eq!(director.identity().unwrap(), "Director:sgdir01.kestrel.lan");
    let edge = topology.service("1-EdgeServer-1").unwrap();
    let media = edge.ports.iter().find(|p| p.range.is_some()).unwrap();
    assert_eq!((media.port, media.range), (Some(50_000), Some(10_000)));
    assert_eq!(media.configured_fqdn.as_deref(), Some("av.kestrel.example"));
    let trunk = &topology.trunks[1];
    assert_eq!(trunk.service, "1-PstnGateway-2");
    assert_eq!(trunk.gateway.as_deref(), Some("sggw01.kestrel.lan"));
    assert_eq!(trunk.mediation_pool.as_deref(), Some("mnlse01.kestrel.lan"));
    assert_eq!(trunk.ports[0].port, Some(5060));
    let edge_machine = &topology.pool("SGEDGE.kestrel.lan").unwrap().machines[0];
    let outer = &edge_machine.interfaces[1];
    assert_eq!(outer.side, "External");
    assert_eq!(outer.address, "203.0.113.11");
    assert_eq!(outer.configured_address.as_deref(), Some("198.51.100.11"));
}

#[test]
fn order_of_the_document_does_not_matter() {
    // The same document with its services and clusters turned round.
    let turned = |text: &str, list: &str, item: &str| {
        let (open, close) = (format!("<{list}>"), format!("</{list}>"));
        let (head, rest) = text.split_once(&open).unwrap();
        let (body, tail) = rest.split_once(&close).unwrap();
        let end = format!("</{item}>");
        let mut items: Vec<&str> = body.split_inclusive(&end).collect();
        let space = items.pop().unwrap();
        items.reverse();
        format!("{head}{open}{}{space}{close}{tail}", items.concat())
    };
    let text = turned(PUBLISHED, "Services", "Service");
    let text = turned(&text, "Clusters", "Cluster");
    let text = turned(&text, "SqlInstances", "SqlInstance");
    assert_ne!(text, PUBLISHED);
    assert_eq!(read(text.as_bytes()).unwrap(), published());
}

#[test]
fn encodings_give_the_same_model() {
    let text = PUBLISHED.replace("Singapore", "Singapour – été");
    let declared = format!("<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n{text}");
    let units: Vec<u16> = declared.encode_utf16().collect();
    let le: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
    let be: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
    let expected = read(text.as_bytes()).unwrap();
    assert_eq!(expected.sites[0].name, "Singapour – été");
    let with_mark = |mark: &[u8], bytes: &[u8]| read(&[mark, bytes].concat()).unwrap();
    assert_eq!(with_mark(&[0xef, 0xbb, 0xbf], text.as_bytes()), expected);
    assert_eq!(with_mark(&[0xff, 0xfe], &le), expected);
    assert_eq!(with_mark(&[0xfe, 0xff], &be), expected);
    assert_eq!(with_mark(&[], &le), expected);
    assert_eq!(with_mark(&[], &be), expected);
    // A redirection may leave blank lines before the declaration.
    let late = format!("\r\n\r\n<?xml version=\"1.0\"?>\r\n{text}");
    assert_eq!(with_mark(&[], late.as_bytes()), expected);
}

#[test]
fn unknown_elements_and_contradictions_are_kept() {
    let text = PUBLISHED
        .replacen(
            "</Sites>",
            "</Sites>\n  <Novelty Colour=\"blue\"><Deep/></Novelty>",
            1,
        )
        .replacen("<Name>Cebu</Name>", "<Name>Cebu</Name><Shape/>", 1)
        .replacen("ServiceVersion=\"7\"", "ServiceVersion=\"seven\"", 1)
        .replacen("CentralSiteId=\"2\"", "CentralSiteId=\"9\"", 1);
    let topology = read(text.as_bytes()).unwrap();
    let unknown: Vec<(&str, u32)> = topology
        .unknown
        .iter()
        .map(|u| (u.element.as_str(), u.line))
        .collect();
    assert_eq!(unknown, [("Shape", 17), ("Novelty", 21)]);
    let problems: Vec<&str> = topology.problems.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(
        problems,
        [
            "site 3 is a branch of an unknown site",
            "ServiceVersion=\"seven\" is no number"
        ]
    );
    // The branch without a known parent still has its place in the tree.
    assert!(topology.to_tree_text().contains("\nCebu [branch site 3]\n"));
}

#[test]
fn dangling_references_lose_nothing() {
    let text = PUBLISHED.replacen(
        "<ClusterId SiteId=\"1\" Number=\"5\" />",
        "<ClusterId SiteId=\"8\" Number=\"1\" />",
        1,
    );
    let topology = read(text.as_bytes()).unwrap();
    assert_eq!(topology.services.len(), 34);
    assert_eq!(topology.sql_instances.len(), 1);
    let store = topology.service("1-UserStore-1").unwrap();
    assert_eq!(store.pool, None);
    let tree = topology.to_tree_text();
    assert!(tree.contains("pools in no known site\n└─ sgsql01.kestrel.lan [nothing installed]"));
    assert!(tree.contains("services installed on no known pool\n├─ user database  1-UserStore-1"));
}

#[test]
fn an_unlisted_instance_is_shown() {
    let from = PUBLISHED.find("<SqlInstances>").unwrap();
    let to = PUBLISHED.find("</SqlInstances>").unwrap();
    let text = format!("{}<SqlInstances>{}", &PUBLISHED[..from], &PUBLISHED[to..]);
    let topology = read(text.as_bytes()).unwrap();
    assert_eq!(topology.sql_instances, []);
    let store = topology.service("1-UserStore-1").unwrap();
    assert_eq!(store.pool.as_deref(), Some("sgsql01.kestrel.lan"));
    assert_eq!(store.sql_instance.as_deref(), Some("RTC"));
    assert!(topology.to_tree_text().contains("SQL instance RTC"));
}
