//! Roles, replicas, search and the tree.

use super::{builder, published};
use crate::topology::tree::{self, NodeKind};
use crate::topology::{PoolRole, read};
use std::collections::HashSet;

#[test]
fn pools_have_the_words_of_the_field() {
    let topology = published();
    let words = |name: &str| {
        let roles = topology.pool_roles(&format!("{name}.KESTREL.lan"));
        let words: Vec<&str> = roles.iter().map(|r| r.words()).collect();
        words.join(", ")
    };
    assert_eq!(words("sgpool01"), "Front End pool, CMS (active)");
    assert_eq!(words("sgedge"), "Edge pool");
    assert_eq!(words("sgdir01"), "Director");
    assert_eq!(words("sgmed01"), "Mediation");
    assert_eq!(words("sgsql01"), "SQL");
    assert_eq!(words("sgfs01"), "file store");
    assert_eq!(words("sgwac01"), "Office Web Apps");
    assert_eq!(words("sggw01"), "gateway");
    assert_eq!(words("sgex01"), "trusted application");
    assert_eq!(
        words("mnlse01"),
        "Standard Edition, Mediation, file store, SQL"
    );
    assert_eq!(words("cebsba01"), "SBA, Mediation");
    assert_eq!(topology.pool_roles("nobody.kestrel.lan"), []);
}

#[test]
fn one_machine_with_sql_elsewhere_is_enterprise() {
    let mut topology = published();
    topology
        .sql_instances
        .retain(|s| s.fqdn != "mnlse01.kestrel.lan");
    for service in &mut topology.services {
        if service.sql_instance.is_some() && service.site == "2" {
            service.pool = Some("sgsql01.kestrel.lan".to_owned());
        }
    }
    let roles = topology.pool_roles("mnlse01.kestrel.lan");
    assert_eq!(roles.first(), Some(&PoolRole::FrontEndPool));
}

#[test]
fn replicas_are_the_machines_with_replication() {
    let topology = builder();
    let replicas = topology.expected_replicas();
    let names: Vec<&str> = replicas.iter().map(|r| r.fqdn.as_str()).collect();
    let expected = [
        "sgfe01", "sgfe02", "sgfe03", "sgedge01", "sgedge02", "sgdir01", "sgmed01", "mnlse01",
        "cebsba01",
    ];
    assert_eq!(names, expected.map(|n| format!("{n}.kestrel.lan")));
    let edges: Vec<&str> = replicas
        .iter()
        .filter(|r| r.is_edge)
        .map(|r| r.fqdn.as_str())
        .collect();
    assert_eq!(edges, ["sgedge01.kestrel.lan", "sgedge02.kestrel.lan"]);
    assert_eq!(replicas[0].pool, "sgpool01.kestrel.lan");
    assert_eq!(replicas[8].site, "3");
}

#[test]
fn a_machine_named_in_two_cases_is_one_replica() {
    let mut topology = published();
    topology.pools[0].machines[1].fqdn = "SGFE01.kestrel.lan".to_owned();
    assert_eq!(topology.expected_replicas().len(), 8);
}

#[test]
fn central_management_is_found() {
    let mut topology = published();
    assert_eq!(topology.cms_pool().unwrap().fqdn, "sgpool01.kestrel.lan");
    let store = topology.cms_store().unwrap();
    assert_eq!(store.pool.as_deref(), Some("sgsql01.kestrel.lan"));
    assert_eq!(store.sql_instance.as_deref(), Some("RTC"));
    for service in &mut topology.services {
        service.cms_active = service.cms_active.map(|_| false);
    }
    assert_eq!(topology.cms_pool(), None);
    let roles = topology.pool_roles("sgpool01.kestrel.lan");
    assert!(roles.contains(&PoolRole::CmsStandby));
}

#[test]
fn sql_servers_with_instances() {
    let servers = published().sql_servers();
    assert_eq!(servers.len(), 2);
    assert_eq!(servers[0].fqdn, "sgsql01.kestrel.lan");
    assert_eq!(servers[0].instances, ["ARC01", "MON01", "RTC"]);
    assert_eq!(servers[1].instances, ["rtc"]);
}

#[test]
fn find_needs_every_word() {
    let topology = published();
    let found = |query: &str| {
        let rows = topology.find(query);
        let subjects: Vec<(NodeKind, String)> =
            rows.into_iter().map(|r| (r.kind, r.subject)).collect();
        subjects
    };
    assert_eq!(
        found("EDGE pool singapore public"),
        ["sgedge01.kestrel.lan", "sgedge02.kestrel.lan"]
            .map(|fqdn| (NodeKind::Machine, fqdn.to_owned()))
    );
    assert_eq!(
        found("198.51.100.12 external"),
        [(NodeKind::Machine, "sgedge02.kestrel.lan".to_owned())]
    );
    // Under three machines of the pool, found once.
    let conferencing = found("conferencing sgpool01");
    assert_eq!(
        conferencing,
        [(NodeKind::Service, "1-ConfServices-1".to_owned())]
    );
    assert_eq!(found("mon01 edge"), []);
    let everything = found("");
    let kinds = |kind| everything.iter().filter(|(k, _)| *k == kind).count();
    assert_eq!(kinds(NodeKind::Site), 3);
    assert_eq!(kinds(NodeKind::Pool), 13);
    assert_eq!(kinds(NodeKind::Machine), 16);
    assert_eq!(kinds(NodeKind::SqlInstance), 4);
    assert_eq!(kinds(NodeKind::Service), 34);
}

#[test]
fn rows_are_a_tree_with_unique_keys() {
    let rows = tree::rows(&published());
    let keys: HashSet<&str> = rows.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(keys.len(), rows.len());
    assert_eq!(rows[0].depth, 0);
    for pair in rows.windows(2) {
        assert!(pair[1].depth <= pair[0].depth + 1, "{:?}", pair[1]);
    }
    let row = |key: &str| rows.iter().find(|r| r.key == key).unwrap();
    let edge = row("machine/sgedge.kestrel.lan/sgedge01.kestrel.lan");
    let value = |name: &str| {
        let mut details = edge.detail.iter();
        details.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    };
    assert_eq!(value("address"), Some("Internal 10.20.30.11"));
    assert_eq!(value("replica expected"), Some("yes"));
    assert_eq!(
        value("product"),
        Some("Skype for Business Server 2015 (service version 7)")
    );
    let registrar = row("service/1-Registrar-1@sgfe02.kestrel.lan");
    let has = |name: &str, value: &str| {
        let wanted = (name.to_owned(), value.to_owned());
        assert!(
            registrar.detail.contains(&wanted),
            "{:#?}",
            registrar.detail
        );
    };
    has("identity", "Registrar:sgpool01.kestrel.lan");
    has("depends on", "1-MonitoringStore-1 on sgsql01.kestrel.lan");
    has("needed by", "1-EdgeServer-1 on sgedge.kestrel.lan");
    has("port", "5061 Mtls, Primary: SipServer of Registrar");
    let pool = row("pool/sgpool01.kestrel.lan");
    let uses: Vec<&str> = pool
        .detail
        .iter()
        .filter(|(n, _)| n == "uses")
        .map(|(_, v)| v.as_str())
        .collect();
    assert_eq!(
        uses,
        [
            "sgsql01.kestrel.lan",
            "sgfs01.kestrel.lan",
            "sgedge.kestrel.lan",
            "sgwac01.kestrel.lan"
        ]
    );
}

const MANILA: &str = r"Manila [site 2]
├─ mnlse01.kestrel.lan [Standard Edition, Mediation, file store, SQL]
│  └─ mnlse01.kestrel.lan
│     ├─ Front End (user services)  2-UserServices-1
│     ├─ Registrar  2-Registrar-1
│     ├─ Mediation  2-MediationServer-1
│     ├─ web  2-WebServices-1
│     ├─ conferencing  2-ConfServices-1
│     ├─ applications (RGS, CPS)  2-ApplicationServer-1
│     ├─ file share \\mnlse01.kestrel.lan\SfbShare  2-FileStore-1
│     └─ SQL instance rtc
│        ├─ user database  2-UserStore-1
│        └─ application database  2-ApplicationStore-1
├─ mnlgw01.kestrel.lan [gateway]
│  └─ mnlgw01.kestrel.lan
│     └─ trunk to mnlse01.kestrel.lan  2-PstnGateway-1
└─ Cebu [branch site 3]
   ├─ cebsba01.kestrel.lan [SBA, Mediation]
   │  └─ cebsba01.kestrel.lan
   │     ├─ Registrar  3-Registrar-1
   │     └─ Mediation  3-MediationServer-1
   └─ cebgw01.kestrel.lan [gateway]
      └─ cebgw01.kestrel.lan
         └─ trunk to cebsba01.kestrel.lan  3-PstnGateway-1
";

#[test]
fn tree_text_of_a_site_with_a_branch() {
    let text = published().to_tree_text();
    let from = text.find("Manila").unwrap();
    assert_eq!(&text[from..], MANILA);
    assert!(text.starts_with("Singapore [site 1]\n├─ sgpool01.kestrel.lan [Front End pool"));
}

#[test]
fn sites_that_are_each_others_parents_end() {
    let text = r#"<Topology><Sites>
        <RemoteSite SiteId="1" CentralSiteId="2"><Name>a</Name></RemoteSite>
        <RemoteSite SiteId="2" CentralSiteId="1"><Name>b</Name></RemoteSite>
        <RemoteSite SiteId="3" CentralSiteId="3"><Name>c</Name></RemoteSite>
    </Sites></Topology>"#;
    let topology = read(text.as_bytes()).unwrap();
    assert_eq!(
        topology.to_tree_text(),
        "a [branch site 1]\nb [branch site 2]\nc [branch site 3]\n"
    );
}
