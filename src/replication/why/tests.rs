use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::time;
use super::check::{is_host, same_host};
use super::*;
use crate::cmdlet::{Risk, judge};
use crate::replication::{Expected, Observation, Options, ReplicaStatus, RowReport, Watcher};
use crate::snippet::{Library, Values, render};
use crate::topology::{self, Topology};

const EDGE: &str = "sgedge02.kestrel.lan";
const SBA: &str = "cebsba01.kestrel.lan";
const FE: [&str; 3] = [
    "sgfe01.kestrel.lan",
    "sgfe02.kestrel.lan",
    "sgfe03.kestrel.lan",
];

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2025-10-14T08:00:00Z")
}

fn kestrel() -> Topology {
    topology::read(include_bytes!(
        "../../../tests/fixtures/topology/topology.xml"
    ))
    .expect("reads")
}

/// Rows of a poll: all up to date but those of these names, whose last report is given.
fn rows(late: &[(&str, Option<&str>)]) -> Vec<RowReport> {
    let topology = kestrel();
    let expected = topology.expected_replicas();
    let made = at("2025-10-14T06:00:00Z");
    let status = |fqdn: &str| {
        let late = late.iter().find(|(name, _)| *name == fqdn);
        ReplicaStatus {
            replica_fqdn: fqdn.to_owned(),
            up_to_date: late.is_none(),
            last_status_report: match late {
                Some((_, report)) => report.map(at),
                None => Some(at("2025-10-14T06:00:30Z")),
            },
            last_update_creation: Some(made),
            product_version: None,
        }
    };
    let options = Options {
        expected: Some(
            expected
                .iter()
                .map(|r| Expected {
                    fqdn: r.fqdn.clone(),
                    is_edge: r.is_edge,
                })
                .collect(),
        ),
        ..Options::default()
    };
    let mut watcher = Watcher::new(options);
    let report = watcher.observe(Observation {
        rows: expected
            .iter()
            .filter(|r| !late.contains(&(r.fqdn.as_str(), Some("missing"))))
            .map(|r| status(&r.fqdn))
            .collect(),
        sampled_at: Some(now()),
        server_time: None,
        source: "fe01".into(),
    });
    report.rows.clone()
}

fn healthy() -> Store {
    Store::Known {
        master: Some(FE[0].into()),
        agents: vec![FE[0].into()],
    }
}

fn planned(late: &[(&str, Option<&str>)], store: &Store) -> Plan {
    let (rows, topology) = (rows(late), kestrel());
    plan(&Situation {
        rows: &rows,
        topology: Some(&topology),
        store,
        only: &[],
    })
}

fn silent(name: &str) -> Plan {
    planned(&[(name, Some("2025-10-11T06:00:00Z"))], &healthy())
}

fn check<'p>(plan: &'p Plan, id: &str) -> &'p Check {
    let found = plan.checks.iter().find(|c| c.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {:?}", ids(plan)))
}

fn ids(plan: &Plan) -> Vec<&'static str> {
    plan.checks.iter().map(|c| c.id).collect()
}

fn reply(text: &str) -> Reply {
    Reply {
        lines: text.lines().map(str::to_owned).collect(),
        objects: Vec::new(),
        faults: Vec::new(),
        asked_at: now(),
        answered_at: now(),
    }
}

fn fault(text: &str, id: &str) -> Reply {
    Reply {
        faults: vec![Fault {
            text: text.into(),
            id: Some(id.into()),
        }],
        ..reply("")
    }
}

/// The answer of the machine that the ask's way leads to.
fn said(check: &Check, nth: usize, way: usize, reply: Reply) -> Answer {
    let machine = check.asks[nth].ways[way].machine.words().to_owned();
    Answer {
        way: Some(way),
        machine,
        goes_onward: true,
        outcome: Outcome::Said(reply),
    }
}

fn nobody() -> Answer {
    Answer {
        way: None,
        machine: "-".into(),
        goes_onward: false,
        outcome: Outcome::Nothing("no target is this machine".into()),
    }
}

fn tcp(open: bool) -> Reply {
    reply(&json!({"TcpTestSucceeded": open, "NameResolutionSucceeded": true}).to_string())
}

/// What a check finds when its first ask is answered by its first way, and no other.
fn found(check: &Check, reply: Reply) -> Finding {
    let mut answers = vec![said(check, 0, 0, reply)];
    answers.resize(check.asks.len(), nobody());
    check.read(&answers)
}

#[test]
fn the_likeliest_cause_comes_first() {
    assert_eq!(
        ids(&silent(EDGE)),
        [
            "store",
            "tcp-4443",
            "dns",
            "services",
            "transfer-events",
            "certificate",
            "clock",
            "trusted-roots",
            "store-services"
        ]
    );
    assert_eq!(
        ids(&planned(&[(SBA, None)], &healthy())),
        [
            "store",
            "dns",
            "tcp-445",
            "services",
            "share",
            "transfer-events",
            "clock",
            "store-services"
        ]
    );
    // It answered after the package was made: the way there works.
    assert_eq!(
        ids(&planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &healthy())),
        [
            "store",
            "services",
            "replica-events",
            "clock",
            "store-services"
        ]
    );
    assert_eq!(
        ids(&planned(&[(SBA, Some("missing"))], &healthy())),
        ["store", "known", "store-services"]
    );
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    assert_eq!(
        ids(&planned(&[(SBA, None)], &down))[..2],
        ["store", "store-services"]
    );
    assert_eq!(ids(&planned(&[], &down)), ["store", "store-services"]);
    assert_eq!(ids(&planned(&[], &healthy())), ["store"]);
}

#[test]
fn when_nobody_comes_the_store_is_looked_at_first() {
    let all = kestrel().expected_replicas();
    let late: Vec<(&str, Option<&str>)> = all
        .iter()
        .map(|r| (r.fqdn.as_str(), Some("2025-10-11T06:00:00Z")))
        .collect();
    let plan = planned(&late, &healthy());
    assert_eq!(ids(&plan)[..2], ["store", "store-services"]);
    assert!(plan.replicas.len() <= MOST);
}

#[test]
fn ports_are_tried_from_every_front_end_of_the_store_and_to_the_edges_own_address() {
    let plan = silent(EDGE);
    let asks = &check(&plan, "tcp-4443").asks;
    let machines: Vec<&str> = asks.iter().map(|ask| ask.ways[0].machine.words()).collect();
    assert_eq!(machines, FE);
    assert!(
        asks[0].ways[0]
            .text
            .contains("-ComputerName '10.20.30.12' -Port 4443 ")
    );
    // A front end of the pool is not asked about itself.
    let plan = silent(FE[1]);
    let asks = &check(&plan, "tcp-445").asks;
    assert_eq!(asks.len(), 2);
    assert!(asks.iter().all(|ask| ask.about != FE[1]));
    // Nothing tries from a replica: nothing on it dials in.
    let tries = plan
        .checks
        .iter()
        .filter(|c| c.id.starts_with("tcp") || c.id == "dns");
    for way in tries.flat_map(|c| &c.asks).flat_map(|a| &a.ways) {
        assert!(FE.contains(&way.machine.words()));
    }
}

#[test]
fn every_text_only_reads() {
    for plan in [
        silent(EDGE),
        planned(&[(SBA, None)], &Store::Unknown),
        planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &healthy()),
        planned(&[(SBA, Some("missing"))], &healthy()),
    ] {
        for way in plan
            .checks
            .iter()
            .flat_map(|c| &c.asks)
            .flat_map(|a| &a.ways)
        {
            let judged = judge(&way.text).expect(&way.text);
            assert_eq!(
                judged.risk,
                Risk::Read,
                "{}: {:?}",
                way.text,
                judged.reasons
            );
        }
    }
}

#[test]
fn a_closed_port_is_the_cause() {
    let plan = silent(EDGE);
    let port = check(&plan, "tcp-4443");
    let finding = found(port, tcp(false));
    assert_eq!(finding.proof, Proof::Bad);
    assert_eq!(
        finding.cause.as_deref(),
        Some("TCP 4443 of 10.20.30.12 is closed from sgfe01.kestrel.lan")
    );
    assert!(
        finding.evidence[0].starts_with("sgfe01.kestrel.lan: "),
        "{finding:?}"
    );
    assert_eq!(
        finding.next.as_ref().map(|n| n.snippet),
        Some("replication/invoke")
    );
    // The others are told where their part has to run, and what.
    assert_eq!(finding.not_run.len(), 2);
    assert_eq!(finding.not_run[0].machine, FE[1]);
    assert!(finding.not_run[0].text.contains("Test-NetConnection"));
}

#[test]
fn the_server_that_delivers_decides_about_the_way() {
    let plan = silent(EDGE);
    let port = check(&plan, "tcp-4443");
    let answers = |open: [bool; 3]| -> Vec<Answer> {
        open.iter()
            .enumerate()
            .map(|(n, o)| said(port, n, 0, tcp(*o)))
            .collect()
    };
    assert_eq!(port.read(&answers([true, true, true])).proof, Proof::Good);
    // sgfe01 delivers and sees it open: what sgfe03 sees is not the cause now.
    let latent = port.read(&answers([true, true, false]));
    assert_eq!(latent.proof, Proof::Good);
    assert!(
        latent
            .evidence
            .iter()
            .any(|line| line.contains("once the file transfer agent moves"))
    );
    let closed = port.read(&answers([false, true, true]));
    assert_eq!(closed.proof, Proof::Bad);
    // Nobody knows who delivers: then all of them have to see it.
    let unknown = planned(&[(EDGE, Some("2025-10-11T06:00:00Z"))], &Store::Unknown);
    let port = check(&unknown, "tcp-4443");
    assert_eq!(found(port, tcp(true)).proof, Proof::Unknown);
    assert_eq!(found(port, tcp(false)).proof, Proof::Bad);
}

#[test]
fn what_is_not_answered_is_unknown() {
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    let nonsense = [
        reply(""),
        reply("Welcome to sgfe01"),
        reply("{"),
        reply("[1,2]"),
        reply("{\"Other\":1}"),
        fault("Access is denied", "AccessDenied"),
        fault(
            "The term 'X' is not recognized as the name of a cmdlet",
            "CommandNotFoundException",
        ),
    ];
    for plan in [
        silent(EDGE),
        planned(&[(SBA, None)], &down),
        planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &Store::Unknown),
        planned(&[(SBA, Some("missing"))], &Store::Unknown),
    ] {
        for check in plan.checks.iter().filter(|c| c.id != "store") {
            let none = check.read(&[]);
            assert_eq!(none.proof, Proof::Unknown, "{}", check.id);
            assert_eq!(none.not_run.len(), check.asks.len());
            for reply in &nonsense {
                let answers: Vec<Answer> = (0..check.asks.len())
                    .map(|n| said(check, n, 0, reply.clone()))
                    .collect();
                let finding = check.read(&answers);
                assert_ne!(
                    finding.proof,
                    Proof::Bad,
                    "{}: {reply:?}: {finding:?}",
                    check.id
                );
                if reply.faults.is_empty() && reply.lines.len() < 2 && reply.rows().is_none() {
                    assert_eq!(finding.proof, Proof::Unknown, "{}: {reply:?}", check.id);
                }
                assert!(!finding.evidence.is_empty(), "{}: {reply:?}", check.id);
            }
        }
    }
}

#[test]
fn names() {
    let plan = silent(EDGE);
    let dns = check(&plan, "dns");
    let rows = |address: &str| {
        reply(
            &json!([{"Name": EDGE, "IPAddress": address}, {"Name": EDGE, "IPAddress": null}])
                .to_string(),
        )
    };
    assert_eq!(found(dns, rows("10.20.30.12")).proof, Proof::Good);
    let other = found(dns, rows("10.20.30.99"));
    assert!(
        other
            .cause
            .is_some_and(|c| c.contains("10.20.30.99") && c.contains("10.20.30.12"))
    );
    assert_eq!(found(dns, reply("[]")).proof, Proof::Bad);
    let gone = fault(
        "sgedge02.kestrel.lan : DNS name does not exist",
        "DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName",
    );
    assert_eq!(found(dns, gone).proof, Proof::Bad);
    // Over a way that brings only text the id stands in it.
    let mut text = fault(
        "x\n    + FullyQualifiedErrorId : DNS_ERROR_RCODE_NAME_ERROR,Microsoft.X",
        "",
    );
    text.faults[0].id = None;
    assert_eq!(found(dns, text).proof, Proof::Bad);
    let slow = fault(
        "This operation returned because the timeout period expired",
        "ERROR_TIMEOUT",
    );
    assert_eq!(found(dns, slow).proof, Proof::Unknown);
    // A port that could not be tried because of the name is not a closed one.
    let plan = planned(&[(SBA, None)], &healthy());
    let nameless =
        reply(&json!({"TcpTestSucceeded": false, "NameResolutionSucceeded": false}).to_string());
    assert_eq!(
        found(check(&plan, "tcp-445"), nameless).proof,
        Proof::Unknown
    );
}

fn services(list: &[(&str, Value)]) -> Reply {
    let rows: Vec<Value> = list
        .iter()
        .map(|(n, s)| json!({"Name": n, "Status": s}))
        .collect();
    reply(&Value::Array(rows).to_string())
}

#[test]
fn services_of_a_replica() {
    let plan = planned(&[(SBA, None)], &healthy());
    let check = check(&plan, "services");
    let sql = "MSSQL$RTCLOCAL";
    // The word, the number that JSON makes of it, and what hangs on an enumeration.
    for running in [
        json!("Running"),
        json!(4),
        json!({"value": 4, "Value": "Running"}),
    ] {
        let all = services(&[("REPLICA", running.clone()), (sql, running)]);
        assert_eq!(found(check, all).proof, Proof::Good);
    }
    let stopped = found(check, services(&[("REPLICA", json!(1)), (sql, json!(4))]));
    assert_eq!(
        stopped.cause.as_deref(),
        Some("service REPLICA on cebsba01.kestrel.lan is Stopped")
    );
    assert_eq!(
        stopped.next.as_ref().map(Next::options).as_deref(),
        Some(
            "--snippet services/start-one --set Name=REPLICA --set ComputerName=cebsba01.kestrel.lan"
        )
    );
    // `[]` is an answer: there is no such service.
    let bare = found(check, reply("[]"));
    assert!(
        bare.cause
            .as_deref()
            .is_some_and(|c| c.contains("never set up")),
        "{bare:?}"
    );
    assert_eq!(bare.next.and_then(|n| n.on).as_deref(), Some(SBA));
    let odd = found(check, services(&[("REPLICA", json!(9)), (sql, json!(4))]));
    assert_eq!(odd.proof, Proof::Unknown);
    let plan = silent(EDGE);
    let edge = super::tests::check(&plan, "services");
    // Only the Edge itself can tell; its first package is carried there.
    assert_eq!(edge.asks[0].ways.len(), 1);
    let bare = found(edge, reply("[]"));
    assert_eq!(
        bare.next.map(|n| n.snippet),
        Some("edge/export-configuration")
    );
}

#[test]
fn services_of_the_store() {
    let ok = || services(&[("MASTER", json!(4)), ("FTA", json!(4))]);
    let half = || services(&[("MASTER", json!(1)), ("FTA", json!(4))]);
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    // Active is who it says: the passive servers are not asked.
    let plan = silent(EDGE);
    let active = check(&plan, "store-services");
    assert_eq!(active.asks.len(), 1);
    assert_eq!(found(active, half()).proof, Proof::Bad);
    assert_eq!(found(active, ok()).proof, Proof::Good);
    let read = |store: &Store, replies: [Reply; 3]| {
        let plan = planned(&[(EDGE, None)], store);
        let check = check(&plan, "store-services");
        let answers: Vec<Answer> = replies
            .into_iter()
            .enumerate()
            .map(|(n, r)| said(check, n, 0, r))
            .collect();
        check.read(&answers)
    };
    // Nobody is active: a stopped one on any of them is why.
    let bad = read(&down, [half(), ok(), ok()]);
    assert_eq!(
        bad.next.map(|n| n.values),
        Some(vec![
            ("Name", "MASTER".into()),
            ("ComputerName", FE[0].into())
        ])
    );
    // Nobody knows who is active: a passive one without proves nothing.
    assert_ne!(
        read(&Store::Unknown, [half(), ok(), ok()]).proof,
        Proof::Bad
    );
    assert_eq!(
        read(&Store::Unknown, [half(), half(), half()]).proof,
        Proof::Bad
    );
}

#[test]
fn a_share_that_a_lost_account_does_not_see_proves_nothing() {
    let plan = planned(&[(SBA, None)], &healthy());
    let share = check(&plan, "share");
    let there = reply(&json!([{"Name": "xds-replica", "Path": "C:\\x"}]).to_string());
    assert_eq!(found(share, there).proof, Proof::Good);
    assert_eq!(found(share, reply("[]")).proof, Proof::Bad);
    let from = |answer: &str, goes_onward: bool| {
        let answer = Answer {
            goes_onward,
            ..said(share, 0, 1, reply(answer))
        };
        share.read(&[answer]).proof
    };
    assert_eq!(from("False", true), Proof::Bad);
    assert_eq!(from("false", false), Proof::Unknown);
    assert_eq!(from("True", false), Proof::Good);
}

#[test]
fn clocks_are_compared_with_each_other_not_with_this_machines() {
    let plan = planned(&[(SBA, None)], &healthy());
    let clock = check(&plan, "clock");
    let hour = SignedDuration::from_hours(1);
    let at = |offset: SignedDuration| (now() + offset).to_string();
    let read = |replica: Reply, store: Reply| {
        clock.read(&[said(clock, 0, 0, replica), said(clock, 1, 0, store)])
    };
    // Both an hour ahead of this machine: it is this machine that is wrong.
    assert_eq!(read(reply(&at(hour)), reply(&at(hour))).proof, Proof::Good);
    let apart = read(reply(&at(SignedDuration::ZERO)), reply(&at(hour)));
    assert!(
        apart
            .cause
            .as_deref()
            .is_some_and(|c| c.ends_with("1 h apart")),
        "{apart:?}"
    );
    assert_eq!(
        clock
            .read(&[nobody(), said(clock, 1, 0, reply(&at(hour)))])
            .proof,
        Proof::Unknown
    );
    // A slow answer is no difference of clocks.
    let slow = Reply {
        answered_at: now() + SignedDuration::from_mins(20),
        ..reply(&at(SignedDuration::from_mins(20)))
    };
    assert_eq!(
        read(slow, reply(&at(SignedDuration::ZERO))).proof,
        Proof::Unknown
    );
    // From the store's side: /Date(...)/ of Windows PowerShell.
    let date = format!(
        "[{{\"LocalDateTime\":\"\\/Date({})\\/\"}}]",
        now().as_millisecond()
    );
    assert_eq!(
        read(reply(&date), reply("2025-10-14T16:00:00.0000000+08:00")).proof,
        Proof::Good
    );
}

#[test]
fn the_edges_certificate() {
    let plan = silent(EDGE);
    let check = check(&plan, "certificate");
    let certificate = |subject: &str, names: Value, until: &str| {
        let row = json!({"Subject": subject, "Issuer": "CN=CA", "Thumbprint": "AB12", "NotBefore": "2024-01-01T00:00:00Z", "NotAfter": until, "AlternativeNames": names});
        reply(&json!([row]).to_string())
    };
    let key = |has: bool| reply(&json!([{"Thumbprint": "ab12", "HasPrivateKey": has}]).to_string());
    let read = |c: Reply, k: Reply| check.read(&[said(check, 0, 0, c), said(check, 1, 0, k)]);
    let pool = "CN=sgedge.kestrel.lan, O=Kestrel";
    let later = "2026-01-01T00:00:00Z";
    assert_eq!(
        read(certificate(pool, json!([]), later), key(true)).proof,
        Proof::Good
    );
    assert_eq!(
        read(
            certificate("CN=x", json!(["SGEDGE.kestrel.lan"]), later),
            key(true)
        )
        .proof,
        Proof::Good
    );
    for (answer, key, word) in [
        (
            certificate("CN=sgedge02.kestrel.lan", json!(null), later),
            key(true),
            "is for sgedge02",
        ),
        (
            certificate(pool, json!([]), "2025-01-01T00:00:00Z"),
            key(true),
            "not in date",
        ),
        (
            certificate(pool, json!([]), later),
            key(false),
            "no private key",
        ),
        (
            certificate(pool, json!([]), later),
            reply("[]"),
            "no private key",
        ),
        (reply("[]"), key(true), "no internal certificate"),
    ] {
        let finding = read(answer, key);
        assert!(
            finding.cause.as_deref().is_some_and(|c| c.contains(word)),
            "{word}: {finding:?}"
        );
    }
    assert_eq!(
        check
            .read(&[
                said(check, 0, 0, certificate(pool, json!([]), later)),
                nobody()
            ])
            .proof,
        Proof::Unknown
    );
    let roots = super::tests::check(&plan, "trusted-roots");
    let odd = reply(&json!([{"Subject": "CN=Sub CA", "Issuer": "CN=Root"}]).to_string());
    assert_eq!(found(roots, odd).proof, Proof::Bad);
}

#[test]
fn events_of_the_file_transfer_agent() {
    let plan = silent(EDGE);
    let events = check(&plan, "transfer-events");
    let event = |id: u64, at: &str, message: &str| {
        let row = json!({"TimeCreated": at, "Id": id, "ProviderName": "LS File Transfer Agent Service", "Message": message});
        reply(&json!([row]).to_string())
    };
    let ours = "File transfer failed for some replica machines. More.\nFailures:\nsgedge02.kestrel.lan: Https destination unavailable.";
    let today = "2025-10-14T07:55:00Z";
    for (id, word) in [
        (1015, "another name"),
        (1017, "does not reach"),
        (1034, "denied access"),
    ] {
        let finding = found(events, event(id, today, ours));
        assert!(
            finding.cause.as_deref().is_some_and(|c| c.contains(word)),
            "{finding:?}"
        );
        assert!(
            finding.evidence[0]
                .ends_with("machines. sgedge02.kestrel.lan: Https destination unavailable."),
            "{finding:?}"
        );
    }
    // About another replica, and about an older package.
    assert_eq!(
        found(events, event(1017, today, "sgedge01.kestrel.lan: x")).proof,
        Proof::Good
    );
    assert_eq!(
        found(events, event(1017, "2025-10-14T05:00:00Z", ours)).proof,
        Proof::Good
    );
    let none = fault(
        "No events were found",
        "NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand",
    );
    assert_eq!(found(events, none).proof, Proof::Good);
    let elsewhere = fault("There is not an event log", "NoMatchingLogsFound,X");
    assert_eq!(found(events, elsewhere).proof, Proof::Unknown);
    let applied = planned(&[(SBA, Some("2025-10-14T07:00:00Z"))], &healthy());
    let own = check(&applied, "replica-events");
    let row = json!([{"TimeCreated": today, "Id": 3000, "ProviderName": "LS Replica Replicator Agent Service", "Message": "Cannot connect to RTCLOCAL."}]);
    let finding = found(own, reply(&row.to_string()));
    assert!(
        finding
            .cause
            .is_some_and(|c| c.contains("Cannot connect to RTCLOCAL"))
    );
}

#[test]
fn the_store_says_it_is_down() {
    let check = store_check(Store::Unknown);
    let answer = |master: Value, agents: Value| {
        let row = json!([{"ActiveMasterFqdn": master, "ActiveFileTransferAgents": agents}]);
        said(&check, 0, 0, reply(&row.to_string()))
    };
    let fine = answer(json!(FE[0]), json!([FE[0]]));
    assert_eq!(Store::of(&fine), healthy());
    assert_eq!(check.read(&[fine]).proof, Proof::Good);
    // One name alone comes without its list.
    assert_eq!(Store::of(&answer(json!(FE[0]), json!(FE[0]))), healthy());
    for (master, agents) in [
        (json!(null), json!([])),
        (json!(""), json!([FE[0]])),
        (json!(FE[0]), json!(null)),
    ] {
        let answer = answer(master, agents);
        assert!(Store::of(&answer).is_down().is_some());
        assert_eq!(check.read(&[answer]).proof, Proof::Bad);
    }
    // An answer to another question is none.
    let other = said(&check, 0, 0, reply("[{\"UpToDate\":true}]"));
    assert_eq!(Store::of(&other), Store::Unknown);
    assert_eq!(check.read(&[other]).proof, Proof::Unknown);
    // What is known already needs no answer.
    assert_eq!(store_check(healthy()).read(&[]).proof, Proof::Good);
}

#[test]
fn the_conclusion_is_the_first_cause_or_what_is_not_known() {
    let plan = silent(EDGE);
    let findings = |port: Option<bool>| -> Vec<Finding> {
        let read = |check: &Check| match (check.id, port) {
            ("tcp-4443", Some(open)) => found(check, tcp(open)),
            _ => check.read(&[]),
        };
        plan.checks.iter().map(read).collect()
    };
    let bad = conclusion(&findings(Some(false)), Some(EDGE));
    assert_eq!(bad.cause, Some(1));
    assert_eq!(
        bad.text,
        "sgedge02.kestrel.lan: TCP 4443 of 10.20.30.12 is closed from sgfe01.kestrel.lan"
    );
    let open = conclusion(&findings(Some(true)), Some(EDGE));
    assert_eq!(open.cause, None);
    assert!(
        open.text.contains("could not be made in full"),
        "{}",
        open.text
    );
    assert!(
        open.unknown
            .iter()
            .any(|u| u == "services (from sgedge02.kestrel.lan)"),
        "{:?}",
        open.unknown
    );
    assert_eq!(open.next.map(|n| n.snippet), Some("replication/invoke"));
    // Of another replica nothing is known, and that is what is said.
    let other = conclusion(&findings(Some(false))[1..8], Some(SBA));
    assert_eq!(
        (other.cause, other.text.as_str()),
        (None, "cebsba01.kestrel.lan: nothing was checked")
    );
    // The store is down because a service is: that is what is to be started.
    let down = Store::Known {
        master: None,
        agents: Vec::new(),
    };
    let plan = planned(&[], &down);
    let stopped = services(&[("MASTER", json!(1)), ("FTA", json!(1))]);
    let findings: Vec<Finding> = vec![plan.checks[0].read(&[]), found(&plan.checks[1], stopped)];
    let said = conclusion(&findings, None);
    assert_eq!(said.cause, Some(1));
    assert_eq!(said.next.map(|n| n.snippet), Some("services/start-one"));
}

#[test]
fn every_next_command_is_a_snippet_that_renders() {
    let library = Library::built_in();
    let next = |snippet: &'static str, values: &[(&'static str, &str)]| Next {
        snippet,
        values: values.iter().map(|(n, v)| (*n, (*v).to_owned())).collect(),
        on: None,
    };
    for next in [
        next("replication/invoke", &[("ReplicaFqdn", EDGE)]),
        next(
            "services/start-one",
            &[("Name", "MASTER"), ("ComputerName", FE[0])],
        ),
        next("replication/enable-replica", &[]),
        next("replication/get-store-status", &[]),
        next(
            "edge/export-configuration",
            &[("FileName", r"C:\sgedge02.zip")],
        ),
        next("topology/get-published-xml", &[]),
        next("certificates/list", &[]),
    ] {
        let mut values = Values::default();
        next.values
            .iter()
            .for_each(|(name, value)| values.add(name, value.as_str()));
        let snippet = library.get(next.snippet).expect(next.snippet);
        let rendered = render(snippet, &values).expect(next.snippet);
        assert!(
            rendered.findings.is_empty(),
            "{}: {:?}",
            next.snippet,
            rendered.findings
        );
    }
}

#[test]
fn targets_are_machines_by_name_first_label_or_address() {
    let topology = kestrel();
    let place = |target: &str, machine: &str, watched: bool| Place {
        target: target.into(),
        machine: Some(machine.into()).filter(|m: &String| !m.is_empty()),
        watched,
    };
    let places = Places::new(
        vec![
            place("a", "SGFE01", false),
            place("b", "sgfe01.kestrel.lan", true),
            place("edge", "10.20.30.12", false),
            place("odd", "", false),
        ],
        Some(&topology),
    );
    let ask = |machine: &str| Ask {
        about: machine.into(),
        ways: vec![Way {
            machine: Machine::Named(machine.into()),
            text: "Get-Date".into(),
            onward: false,
        }],
    };
    let targets = |machine: &str| -> Vec<String> {
        places
            .of(&ask(machine))
            .into_iter()
            .map(|taken| taken.target)
            .collect()
    };
    assert_eq!(targets("sgfe01.kestrel.lan"), ["b", "a"]);
    assert_eq!(targets(EDGE), ["edge"]);
    assert_eq!(targets("sgfe02.kestrel.lan"), Vec::<String>::new());
    assert!(!same_host("sgfe01.kestrel.lan", "sgfe01.other.lan"));
    assert!(!same_host("", "sgfe01"));
}

#[test]
fn hostile_names_get_no_checks() {
    let mut late = rows(&[(EDGE, None)]);
    for row in &mut late {
        if row.fqdn == EDGE {
            row.fqdn = "x'; Remove-CsUser a; '\u{1b}[2J".into();
        }
    }
    let plan = plan(&Situation {
        rows: &late,
        topology: None,
        store: &healthy(),
        only: &[],
    });
    assert!(plan.replicas.is_empty());
    assert!(plan.left_out[0].contains("no name of a host") && !plan.left_out[0].contains('\u{1b}'));
}

proptest! {
    #[test]
    fn whatever_a_host_is_called_the_texts_only_read(name in "[A-Za-z0-9._:-]{1,40}") {
        prop_assume!(is_host(&name));
        let mut late = rows(&[(EDGE, None)]);
        late.retain(|row| row.fqdn == EDGE);
        late[0].fqdn.clone_from(&name);
        for is_edge in [true, false] {
            late[0].is_edge = is_edge;
            let store = Store::Known { master: Some(name.clone()), agents: vec![FE[0].into()] };
            let plan = plan(&Situation { rows: &late, topology: None, store: &store, only: &[] });
            for way in plan.checks.iter().flat_map(|c| &c.asks).flat_map(|a| &a.ways) {
                let judged = judge(&way.text);
                prop_assert!(judged.as_ref().is_ok_and(|j| j.risk == Risk::Read), "{}", way.text);
            }
        }
    }

    #[test]
    fn no_answer_breaks_the_reading(text in "\\PC{0,80}", n in 0usize..9) {
        let _ = time(&text);
        let plan = silent(EDGE);
        let check = &plan.checks[n % plan.checks.len()];
        let answers: Vec<Answer> = (0..check.asks.len()).map(|i| said(check, i, 0, reply(&text))).collect();
        let finding = check.read(&answers);
        prop_assert_ne!(finding.proof, Proof::Good);
    }
}
