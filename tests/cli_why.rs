//! `csdeck watch --why` on the lab: the cause of each scenario is found, with its evidence and what
//! to run next.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::Csdeck;
use serde_json::{Value, json};

fn why(csdeck: &Csdeck, scenario: &str, code: i32) -> Value {
    csdeck.run(["lab", "reset", scenario]).code(0);
    let ran = csdeck.run(["watch", "--lab", "--why", "--format", "json"]);
    ran.code(code).json()["why"].clone()
}

fn finding<'a>(why: &'a Value, replica: Option<&str>, check: &str) -> &'a Value {
    let all = why["findings"].as_array().unwrap();
    let wanted = |f: &&Value| f["check"] == check && f["replica"].as_str() == replica;
    all.iter()
        .find(wanted)
        .unwrap_or_else(|| panic!("no {check} of {replica:?}: {why:#}"))
}

fn texts(value: &Value) -> String {
    value.to_string()
}

#[test]
fn a_closed_port_to_the_edges() {
    let csdeck = Csdeck::new();
    let why = why(&csdeck, "stuck-edge", 3);
    for (edge, address) in [
        ("sgedge01.kestrel.lan", "10.20.30.11"),
        ("sgedge02.kestrel.lan", "10.20.30.12"),
    ] {
        let port = finding(&why, Some(edge), "tcp-4443");
        assert_eq!(port["verdict"], "bad");
        assert!(
            texts(&port["evidence"]).contains("sgfe01.kestrel.lan: TCP "),
            "{port:#}"
        );
        assert!(texts(&port["evidence"]).contains(address));
        // The other front ends are no targets: what to run there is said.
        assert_eq!(port["notRun"].as_array().unwrap().len(), 2);
        assert!(texts(&port["notRun"]).contains("sgfe02.kestrel.lan"));
        assert_eq!(finding(&why, Some(edge), "dns")["verdict"], "good");
        assert_eq!(
            finding(&why, Some(edge), "transfer-events")["verdict"],
            "bad"
        );
        assert_eq!(
            finding(&why, Some(edge), "certificate")["verdict"],
            "unknown"
        );
        let conclusions = why["conclusions"].as_array().unwrap();
        let ours = conclusions.iter().find(|c| c["replica"] == edge).unwrap();
        assert!(texts(&ours["text"]).contains(&format!("TCP 4443 of {address} is closed")));
        assert_eq!(
            ours["next"]["text"],
            format!("Invoke-CsManagementStoreReplication -ReplicaFqdn '{edge}'")
        );
        assert!(texts(&ours["next"]["command"]).contains("--snippet replication/invoke"));
    }
    assert_eq!(finding(&why, None, "store")["verdict"], "good");
    // Once it is open, the same checks find nothing any more.
    csdeck.run(["lab", "free", "sgedge01"]).code(0);
    csdeck.run(["lab", "free", "sgedge02"]).code(0);
    let again = csdeck
        .run(["watch", "--lab", "--why", "--format", "json"])
        .json();
    assert!(!texts(&again["why"]).contains("is closed"), "{again:#}");
}

#[test]
fn a_server_that_was_never_set_up() {
    let csdeck = Csdeck::new();
    let why = why(&csdeck, "never-reported", 3);
    let sba = Some("cebsba01.kestrel.lan");
    for good in ["dns", "tcp-445", "clock", "transfer-events"] {
        assert_eq!(finding(&why, sba, good)["verdict"], "good", "{good}");
    }
    let services = finding(&why, sba, "services");
    assert!(
        texts(&services["cause"]).contains("never set up"),
        "{services:#}"
    );
    assert_eq!(finding(&why, sba, "share")["verdict"], "bad");
    let conclusion = &why["conclusions"][0];
    assert!(texts(&conclusion["text"]).contains("no service REPLICA"));
    assert_eq!(conclusion["next"]["snippet"], "replication/enable-replica");
    assert_eq!(conclusion["next"]["on"], "cebsba01.kestrel.lan");
}

#[test]
fn a_store_whose_services_are_stopped() {
    let csdeck = Csdeck::new();
    // Every row still says True: nothing moves any more, and a poll alone does not show it.
    let why = why(&csdeck, "cms-down", 3);
    assert_eq!(finding(&why, None, "store")["verdict"], "bad");
    let services = finding(&why, None, "store-services");
    assert!(texts(&services["cause"]).contains("MASTER on sgfe01.kestrel.lan is Stopped"));
    let next = &why["conclusions"][0]["next"];
    assert_eq!(
        next["text"],
        "Start-CsWindowsService -Name 'MASTER' -ComputerName 'sgfe01.kestrel.lan'"
    );
    // What it says to do mends it: MASTER, then FTA.
    for service in ["MASTER", "FTA"] {
        let set = format!("Name={service}");
        csdeck
            .run([
                "run",
                "--lab",
                "--target",
                "lab",
                "--yes",
                "--snippet",
                "services/start-one",
                "--set",
                &set,
                "--set",
                "ComputerName=sgfe01.kestrel.lan",
            ])
            .code(0);
    }
    let well = csdeck
        .run(["watch", "--lab", "--why", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(well["why"]["findings"][0]["verdict"], "good");
}

/// A change half an hour ago that one server's stopped agent does not apply.
#[test]
fn one_service_of_a_replica_is_stopped() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "stale-true"]).code(0);
    let file = csdeck.data().join("lab/state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let ago =
        |minutes| (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes)).to_string();
    state["resetAt"] = json!(ago(120));
    state["publishes"] = json!([{"at": ago(30), "by": "Enable-CsTopology"}]);
    state["services"] = json!([
        {"at": ago(60), "computer": "sgmed01.kestrel.lan", "service": "REPLICA", "running": false}
    ]);
    std::fs::write(&file, state.to_string()).unwrap();
    let ran = csdeck
        .run(["watch", "--lab", "--why", "--format", "json"])
        .code(3)
        .json();
    let why = &ran["why"];
    let med = Some("sgmed01.kestrel.lan");
    for good in ["dns", "tcp-445", "share", "clock"] {
        assert_eq!(finding(why, med, good)["verdict"], "good", "{good}");
    }
    let conclusion = &why["conclusions"][0];
    assert_eq!(
        conclusion["text"],
        "sgmed01.kestrel.lan: service REPLICA on sgmed01.kestrel.lan is Stopped"
    );
    assert_eq!(
        conclusion["next"]["text"],
        "Start-CsWindowsService -Name 'REPLICA' -ComputerName 'sgmed01.kestrel.lan'"
    );
    // Everybody else applied it: nothing is checked of them.
    assert_eq!(why["conclusions"].as_array().unwrap().len(), 1);
}

#[test]
fn for_people_and_line_by_line() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "stuck-edge"]).code(0);
    let ran = csdeck.run(["watch", "--lab", "--why"]).code(3);
    for said in [
        "sgedge01.kestrel.lan (Edge): stuck",
        "=> sgedge02.kestrel.lan: TCP 4443 of 10.20.30.12 is closed from sgfe01.kestrel.lan",
        "next: csdeck run --target lab --snippet replication/invoke --set ReplicaFqdn=sgedge02.kestrel.lan",
        "not run on sgedge01.kestrel.lan: no target is this machine. Run there:",
    ] {
        assert!(ran.stdout.contains(said), "{said}\n{}", ran.stdout);
    }
    // Every text is shown before it runs.
    assert!(
        ran.stderr
            .contains("asking sgfe01.kestrel.lan (lab): Test-NetConnection")
    );
    let lines = csdeck
        .run(["watch", "--lab", "--why", "--format", "jsonl"])
        .code(3)
        .lines();
    let (last, findings) = lines.split_last().unwrap();
    assert_eq!(last["event"], "conclusion");
    assert!(findings.len() > 10 && findings.iter().all(|f| f["event"] == "finding"));
    assert_eq!(
        last["why"]["findings"].as_array().unwrap().len(),
        findings.len()
    );
}

#[test]
fn it_needs_a_target_and_one_poll() {
    let csdeck = Csdeck::new();
    for wrong in [["--input", "x"], ["--interval", "1s"], ["--timeout", "1s"]] {
        let mut args = vec!["watch", "--why"];
        args.extend(wrong);
        csdeck.run(args).code(2).silent();
    }
    csdeck
        .run(["watch", "--why", "--target", "nobody"])
        .code(2)
        .silent();
}
