use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

use super::{at, fixture, singapore};
use crate::replication::{Note, ParseError, Parsed, StoreStatus, parse, parse_store};

fn store(text: &str) -> StoreStatus {
    parse_store(text, &singapore()).unwrap()
}

fn healthy() -> StoreStatus {
    StoreStatus {
        active_master: Some("sgfe01.kestrel.lan".into()),
        file_transfer_agents: vec!["sgfe01.kestrel.lan".into()],
        active_replicas: vec!["a.kestrel.lan".into(), "b.kestrel.lan".into()],
        deleted_replicas: vec![],
        master_heartbeat: Some(at("2025-10-14T06:03:29Z")),
        agent_heartbeat: Some(at("2025-10-14T06:03:31Z")),
        partial: false,
    }
}

#[test]
fn every_form_of_the_store_says_the_same() {
    let ps51 = r#"[{"ActiveMasterFqdn":"sgfe01.kestrel.lan","ActiveMasterLastHeartbeat":"\/Date(1760421809000)\/","ActiveFileTransferAgents":["sgfe01.kestrel.lan"],"ActiveFileTransferAgentLastHeartbeat":"\/Date(1760421811000)\/","ActiveReplicas":["a.kestrel.lan","b.kestrel.lan"],"DeletedReplicas":[]}]"#;
    // Other names of the heartbeats, a time for each agent, agents as objects, one replica alone.
    let other = r#"{"activeMasterFqdn":"sgfe01.kestrel.lan","MasterHeartbeat":"2025-10-14T14:03:29+08:00","ActiveFileTransferAgents":{"value":[{"Fqdn":"sgfe01.kestrel.lan"}],"Count":1},"FtaTransferHeartbeats":["2025-10-14T14:03:01+08:00","2025-10-14T14:03:31+08:00"],"ActiveReplicas":"a.kestrel.lan b.kestrel.lan","DeletedReplicas":null}"#;
    let clixml = "<Objs><Obj RefId=\"0\"><Props><S N=\"ActiveMasterFqdn\">sgfe01.kestrel.lan</S>\
        <DT N=\"ActiveMasterLastHeartbeat\">2025-10-14T14:03:29+08:00</DT>\
        <Obj N=\"ActiveFileTransferAgents\" RefId=\"1\"><LST><S>sgfe01.kestrel.lan</S></LST></Obj>\
        <DT N=\"ActiveFileTransferAgentLastHeartbeat\">2025-10-14T14:03:31+08:00</DT>\
        <Obj N=\"ActiveReplicas\" RefId=\"2\"><LST><S>a.kestrel.lan</S><S>b.kestrel.lan</S></LST></Obj>\
        <Obj N=\"DeletedReplicas\" RefId=\"3\"><LST /></Obj></Props></Obj></Objs>";
    let list = "\r\nActiveMasterFqdn                   : sgfe01.kestrel.lan\r\n\
        ActiveMasterLastHeartbeat          : 10/14/2025 2:03:29 PM\r\n\
        ActiveFileTransferAgents           : {sgfe01.kestrel.lan}\r\n\
        ActiveFileTransferAgentLastHeartbeat : 10/14/2025 2:03:31 PM\r\n\
        ActiveReplicas                     : {a.kestrel.lan, \r\n\
        \x20                                    b.kestrel.lan}\r\n\
        DeletedReplicas                    : {}\r\n\r\n";
    for text in [ps51, other, clixml, list] {
        assert_eq!(store(text), healthy(), "{text}");
    }
    assert_eq!(healthy().is_down(), None);
}

#[test]
fn a_list_that_the_console_cut_off_is_partial() {
    let text = fixture("store.format-list.txt");
    let read = store(&text);
    assert!(read.partial);
    assert_eq!(
        read.active_replicas,
        [
            "cebsba01.kestrel.lan",
            "mnlse01.kestrel.lan",
            "sgdir01.kestrel.lan"
        ]
    );
    assert_eq!(read.master_heartbeat, healthy().master_heartbeat);
    let down = store(&fixture("store.cms-down.format-list.txt"));
    assert_eq!(
        (down.active_master.as_ref(), down.file_transfer_agents.len()),
        (None, 0)
    );
    assert_eq!((down.master_heartbeat, down.agent_heartbeat), (None, None));
    assert!(down.is_down().is_some_and(|why| why.contains("master")));
    let without = StoreStatus {
        file_transfer_agents: vec![],
        ..healthy()
    };
    assert!(
        without
            .is_down()
            .is_some_and(|why| why.contains("file transfer agent"))
    );
}

#[test]
fn what_is_not_told_is_no_store_that_is_down() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"ActiveMasterFqdn":null}"#,
        r#"{"ActiveFileTransferAgents":[]}"#,
        r#"[{},{}]"#,
        "ActiveMasterFqdn : x\n",
        "Access is denied.",
        "[{",
    ] {
        assert!(parse_store(text, &TimeZone::UTC).is_err(), "{text}");
    }
    let known = r#"{"ActiveMasterFqdn":null,"ActiveFileTransferAgents":null}"#;
    assert!(store(known).is_down().is_some());
    let error = parse_store(r#"{"ActiveMasterFqdn":"a"}"#, &TimeZone::UTC).unwrap_err();
    assert!(
        matches!(
            error,
            ParseError::MissingProperty {
                property: "ActiveFileTransferAgents",
                ..
            }
        ),
        "{error:?}"
    );
}

fn shape(store: serde_json::Value) -> Parsed {
    let row = json!({
        "replica": "fe01.kestrel.lan", "upToDate": true, "version": {"Major": 6, "Minor": 0, "Build": 9319, "Revision": 0},
        "lastStatusUtc": {}, "lastUpdateUtc": "2025-10-14T06:02:02.3000000Z",
    });
    let text = json!({
        "rows": {"value": [row], "Count": 1}, "sampledUtc": "2025-10-14T06:03:35.0000000Z",
        "source": "SGFE01", "store": store,
    });
    parse(&text.to_string(), &TimeZone::UTC).unwrap()
}

#[test]
fn our_shape_keeps_its_rows_whatever_comes_of_the_store() {
    let of = |object: &str| serde_json::from_str::<serde_json::Value>(object).unwrap();
    let good = of(
        r#"{"ActiveMasterFqdn":"sgfe01.kestrel.lan","ActiveMasterLastHeartbeat":"\/Date(1760421809000)\/","ActiveFileTransferAgents":["sgfe01.kestrel.lan"],"ActiveReplicas":[],"DeletedReplicas":[]}"#,
    );
    let parsed = shape(good);
    let told = parsed.store.unwrap();
    assert_eq!(told.master_heartbeat, healthy().master_heartbeat);
    assert_eq!(told.is_down(), None);
    // What 5.1 makes of an `if` without a result is null.
    assert_eq!(parsed.rows[0].last_status_report, None);
    assert_eq!(
        parsed.rows[0].product_version.as_deref(),
        Some("6.0.9319.0")
    );
    for (store, noted) in [
        (json!(null), false),
        (json!({}), false),
        (json!("Cannot open \u{1b}database \"xds\"."), true),
        (json!({"a": 1}), true),
        (json!([1, 2]), true),
        (json!(7), true),
    ] {
        let parsed = shape(store.clone());
        assert_eq!((parsed.rows.len(), &parsed.store), (1, &None), "{store}");
        let notes: Vec<String> = parsed.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes.len(), usize::from(noted), "{store}: {notes:?}");
        assert!(
            notes.iter().all(|note| !note.contains('\u{1b}')),
            "{notes:?}"
        );
        let kinds = parsed.notes.iter();
        assert!(
            kinds
                .into_iter()
                .all(|note| matches!(note, Note::NoStore { .. }))
        );
    }
}

proptest! {
    /// No answer breaks the reader, and none that lacks the master reads as a store that is down.
    #[test]
    fn any_object_is_read_or_refused(
        master in proptest::option::of("\\PC{0,20}"),
        agents in proptest::collection::vec("\\PC{0,20}", 0..4),
        beat in "\\PC{0,24}",
        replicas in "\\PC{0,40}",
    ) {
        let mut object = json!({
            "ActiveFileTransferAgents": agents, "MasterHeartbeat": beat, "ActiveReplicas": replicas,
        });
        prop_assert!(parse_store(&object.to_string(), &TimeZone::UTC).is_err());
        object["ActiveMasterFqdn"] = json!(master);
        // A heartbeat that is no date is not told.
        if let Ok(read) = parse_store(&object.to_string(), &TimeZone::UTC) {
            prop_assert!(read.active_master.is_none_or(|name| !name.is_empty()));
        }
    }
}
