//! Tests of the whole way from text to verdict; the recordings lie in `tests/fixtures`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod courses;
mod csv;
mod dates;
mod deciding;
mod laws;
mod parsing;
mod properties;
mod publish;
mod reading;
mod skew;
mod store;
mod watching;

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use super::{Observation, Options, ReplicaStatus, Report, RowVerdict, Watcher, parse};

/// The folder of the recorded frames.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replication")
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// The recordings' zone.
fn singapore() -> TimeZone {
    TimeZone::fixed(offset(8))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A row with times of 14 October 2025, Singapore: `HH:MM:SS`, empty for none.
fn row(name: &str, up_to_date: bool, report: &str, package: &str) -> ReplicaStatus {
    let time = |text: &str| (!text.is_empty()).then(|| clock(text));
    ReplicaStatus {
        replica_fqdn: format!("{name}.kestrel.lan"),
        up_to_date,
        last_status_report: time(report),
        last_update_creation: time(package),
        product_version: Some("6.0.9319.0".into()),
    }
}

fn clock(text: &str) -> Timestamp {
    at(&format!("2025-10-14T{text}+08:00"))
}

fn watcher(polls: u32) -> Watcher {
    Watcher::new(Options {
        polls,
        ..Options::default()
    })
}

fn seen(time: &str, rows: &[ReplicaStatus]) -> Observation {
    Observation {
        rows: rows.to_vec(),
        sampled_at: Some(clock(time)),
        server_time: None,
        source: "fe01".into(),
        store: None,
    }
}

fn verdict_of(report: &Report, name: &str) -> RowVerdict {
    report
        .rows
        .iter()
        .find(|row| row.fqdn.starts_with(name))
        .unwrap()
        .verdict
}

fn words(report: &Report) -> Vec<&'static str> {
    report.rows.iter().map(|row| row.verdict.word()).collect()
}

fn frame(name: &str, form: &str) -> Observation {
    let index: serde_json::Value = serde_json::from_str(&fixture("index.json")).unwrap();
    let entry = index
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["frame"] == name)
        .unwrap();
    let parsed = parse(&fixture(&format!("{name}.{form}.json")), &singapore()).unwrap();
    Observation {
        rows: parsed.rows,
        sampled_at: Some(entry["sampledAt"].as_str().unwrap().parse().unwrap()),
        server_time: None,
        source: name.into(),
        store: None,
    }
}
