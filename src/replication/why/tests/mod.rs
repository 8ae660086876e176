//! A plan of the simulated deployment, and answers to it.

mod conclusions;
mod planning;
mod properties;
mod reading;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answer::time;
use super::check::{is_host, same_host};
use super::*;
use crate::cmdlet::{Risk, judge};
use crate::replication::{Expected, Observation, Options, ReplicaStatus, RowReport, Watcher};
use crate::snippet::{Library, Values, render};
use crate::topology::{self, Topology};

pub(super) const EDGE: &str = "sgedge02.kestrel.lan";
pub(super) const SBA: &str = "cebsba01.kestrel.lan";
pub(super) const FE: [&str; 3] = [
    "sgfe01.kestrel.lan",
    "sgfe02.kestrel.lan",
    "sgfe03.kestrel.lan",
];

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(super) fn now() -> Timestamp {
    at("2025-10-14T08:00:00Z")
}

pub(super) fn kestrel() -> Topology {
    topology::read(include_bytes!(
        "../../../../tests/fixtures/topology/topology.xml"
    ))
    .expect("reads")
}

/// Rows of a poll: all up to date but those of these names, whose last report is given.
pub(super) fn rows(late: &[(&str, Option<&str>)]) -> Vec<RowReport> {
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
        expected: Some(Expected::all(&topology)),
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
        store: None,
    });
    report.rows.clone()
}

pub(super) fn healthy() -> Store {
    Store::Known {
        master: Some(FE[0].into()),
        agents: vec![FE[0].into()],
    }
}

pub(super) fn planned(late: &[(&str, Option<&str>)], store: &Store) -> Plan {
    let (rows, topology) = (rows(late), kestrel());
    plan(&Situation {
        rows: &rows,
        topology: Some(&topology),
        store,
        only: &[],
    })
}

pub(super) fn silent(name: &str) -> Plan {
    planned(&[(name, Some("2025-10-11T06:00:00Z"))], &healthy())
}

pub(super) fn check<'p>(plan: &'p Plan, id: &str) -> &'p Check {
    let found = plan.checks.iter().find(|c| c.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {:?}", ids(plan)))
}

pub(super) fn ids(plan: &Plan) -> Vec<&'static str> {
    plan.checks.iter().map(|c| c.id).collect()
}

pub(super) fn reply(text: &str) -> Reply {
    Reply {
        lines: text.lines().map(str::to_owned).collect(),
        objects: Vec::new(),
        faults: Vec::new(),
        asked_at: now(),
        answered_at: now(),
    }
}

pub(super) fn fault(text: &str, id: &str) -> Reply {
    Reply {
        faults: vec![Fault {
            text: text.into(),
            id: Some(id.into()),
        }],
        ..reply("")
    }
}

/// The answer of the machine that the ask's way leads to.
pub(super) fn said(check: &Check, nth: usize, way: usize, reply: Reply) -> Answer {
    let machine = check.asks[nth].ways[way].machine.words().to_owned();
    Answer {
        way: Some(way),
        machine,
        goes_onward: true,
        outcome: Outcome::Said(reply),
    }
}

pub(super) fn nobody() -> Answer {
    Answer {
        way: None,
        machine: "-".into(),
        goes_onward: false,
        outcome: Outcome::Nothing("no target is this machine".into()),
    }
}

pub(super) fn tcp(open: bool) -> Reply {
    reply(&json!({"TcpTestSucceeded": open, "NameResolutionSucceeded": true}).to_string())
}

/// What a check finds when its first ask is answered by its first way, and no other.
pub(super) fn found(check: &Check, reply: Reply) -> Finding {
    let mut answers = vec![said(check, 0, 0, reply)];
    answers.resize(check.asks.len(), nobody());
    check.read(&answers)
}

pub(super) fn services(list: &[(&str, Value)]) -> Reply {
    let rows: Vec<Value> = list
        .iter()
        .map(|(n, s)| json!({"Name": n, "Status": s}))
        .collect();
    reply(&Value::Array(rows).to_string())
}
