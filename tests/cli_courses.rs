//! Whole courses of replication through the program: recorded ones, frame by frame, and the lab's
//! scenarios, each with its verdict, its reason and its exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use csdeck::{Csdeck, Ended};
use serde_json::{Value, json};

/// A row: host, UpToDate, last report, newest package (times of day, UTC).
type Row<'a> = (&'a str, bool, &'a str, &'a str);

/// A frame: when it was taken by our clock, by the server's, and the rows.
struct Frame<'a> {
    ours: &'a str,
    servers: &'a str,
    rows: Vec<Row<'a>>,
}

fn frame<'a>(ours: &'a str, rows: &[Row<'a>]) -> Frame<'a> {
    Frame {
        ours,
        servers: ours,
        rows: rows.to_vec(),
    }
}

fn utc(time: &str) -> String {
    format!("2026-03-04T{time}Z")
}

/// Writes the frames as a recording.
fn record(folder: &Path, frames: &[Frame<'_>]) {
    let mut index = Vec::new();
    for (n, frame) in frames.iter().enumerate() {
        let rows: Vec<Value> = frame
            .rows
            .iter()
            .map(|(host, done, report, package)| {
                json!({
                    "replica": format!("{host}.kestrel.lan"), "upToDate": done,
                    "lastStatusUtc": utc(report), "lastUpdateUtc": utc(package),
                    "version": "6.0.9319.0",
                })
            })
            .collect();
        let name = format!("{n:02}-poll");
        let text = match rows.is_empty() {
            true => "[]".to_owned(),
            false => json!({
                "sampledUtc": utc(frame.servers), "source": "fe01.kestrel.lan", "rows": rows,
            })
            .to_string(),
        };
        std::fs::write(folder.join(format!("{name}.json")), text).unwrap();
        index.push(json!({ "frame": name, "sampledAt": utc(frame.ours) }));
    }
    std::fs::write(
        folder.join("index.json"),
        serde_json::to_string(&index).unwrap(),
    )
    .unwrap();
}

/// The verdict at each frame, and the exit code.
fn replay(frames: &[Frame<'_>], options: &[&str], code: i32) -> Vec<Value> {
    let csdeck = Csdeck::new();
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), frames);
    let input = folder.path().to_str().unwrap();
    let mut args = vec!["watch", "--input", input, "--format", "jsonl"];
    args.extend(options);
    csdeck.run(args).code(code).lines()
}

fn verdicts(polls: &[Value]) -> Vec<&str> {
    polls
        .iter()
        .map(|poll| poll["verdict"].as_str().unwrap())
        .collect()
}

const SINCE: [&str; 2] = ["--since", "2026-03-04T14:00:00Z"];

#[test]
fn true_everywhere_but_stale() {
    let old = [
        ("fe01", true, "13:00:30", "13:00:00"),
        ("edge01", true, "13:01:30", "13:00:00"),
    ];
    let times = ["14:00:05", "14:01:05", "14:02:55", "14:03:05"];
    let polls = replay(&times.map(|at| frame(at, &old)), &SINCE, 3);
    assert_eq!(
        verdicts(&polls),
        ["converging", "converging", "converging", "no-change"]
    );
    assert!(
        polls[3]["reason"]
            .as_str()
            .unwrap()
            .contains("no change seen")
    );
    // Without a change that is waited for the same rows are what they say.
    let polls = replay(&times.map(|at| frame(at, &old)), &[], 0);
    assert_eq!(verdicts(&polls), ["converged"; 4]);
}

#[test]
fn true_once_and_then_false() {
    let good = [("fe01", true, "14:00:30", "14:00:10")];
    let lost = [("fe01", false, "14:00:30", "14:00:10")];
    let frames = [
        frame("14:00:35", &good),
        frame("14:00:40", &lost),
        frame("14:00:45", &good),
        frame("14:00:50", &good),
    ];
    let mut options = SINCE.to_vec();
    options.extend(["--polls", "2"]);
    let polls = replay(&frames, &options, 0);
    assert_eq!(
        verdicts(&polls),
        ["converging", "converging", "converging", "converged"]
    );
    let runs: Vec<i64> = polls
        .iter()
        .map(|p| p["consecutiveTrue"].as_i64().unwrap())
        .collect();
    assert_eq!(runs, [1, 0, 1, 2]);
}

#[test]
fn a_row_that_vanishes() {
    let before = [
        ("fe01", true, "13:00:30", "13:00:00"),
        ("fe02", true, "13:00:30", "13:00:00"),
        ("fe03", true, "13:00:30", "13:00:00"),
    ];
    let without = [
        ("fe01", true, "14:00:20", "14:00:10"),
        ("fe03", true, "13:00:30", "13:00:00"),
    ];
    let frames = [
        frame("14:00:05", &before),
        frame("14:00:25", &without),
        frame("14:05:26", &without),
    ];
    let polls = replay(&frames, &[], 3);
    assert_eq!(verdicts(&polls), ["converged", "converging", "stuck"]);
    let missing = |poll: &Value| {
        let rows = poll["replicas"].as_array().unwrap();
        rows.iter()
            .any(|r| r["replicaFqdn"] == "fe02.kestrel.lan" && r["verdict"] == "missing")
    };
    assert!(missing(&polls[1]) && missing(&polls[2]));
}

#[test]
fn a_server_clock_that_is_ten_minutes_off() {
    // Ahead: a package of before the change carries a time after it.
    let ahead = [
        Frame {
            ours: "14:00:05",
            servers: "14:10:05",
            rows: vec![("fe01", true, "14:08:20", "14:08:00")],
        },
        Frame {
            ours: "14:00:40",
            servers: "14:10:40",
            rows: vec![("fe01", true, "14:10:30", "14:10:10")],
        },
    ];
    let polls = replay(&ahead, &SINCE, 0);
    assert_eq!(verdicts(&polls), ["converging", "converged"]);
    assert_eq!(polls[1]["skewSeconds"], 600);
    let advice = polls[1]["advice"].to_string();
    assert!(advice.contains("clock"), "{advice}");
    // Behind: the change's own package carries a time before it.
    let behind = [
        Frame {
            ours: "14:00:05",
            servers: "13:50:05",
            rows: vec![("fe01", true, "13:40:20", "13:40:00")],
        },
        Frame {
            ours: "14:00:40",
            servers: "13:50:40",
            rows: vec![("fe01", true, "13:50:30", "13:50:10")],
        },
    ];
    let polls = replay(&behind, &SINCE, 0);
    assert_eq!(verdicts(&polls), ["converging", "converged"]);
    assert_eq!(polls[1]["skewSeconds"], -600);
}

#[test]
fn a_source_that_falls_silent_is_never_good() {
    let good = [("fe01", true, "13:00:30", "13:00:00")];
    let frames = [
        frame("14:00:00", &good),
        frame("14:00:05", &[]),
        frame("14:00:10", &[]),
        frame("14:00:15", &[]),
    ];
    let polls = replay(&frames, &[], 3);
    assert_eq!(verdicts(&polls), ["converged", "blind", "blind", "blind"]);
    // What was last known is shown as such, and its truth is not known.
    assert_eq!(polls[3]["replicas"][0]["verdict"], "unreachable");
    assert!(polls[3]["replicas"][0]["upToDate"].is_null());
}

/// A lab in a scenario.
fn lab(scenario: &str, speed: &str) -> Csdeck {
    let csdeck = Csdeck::new();
    csdeck
        .run(["lab", "reset", scenario, "--speed", speed])
        .code(0);
    csdeck
}

fn watched(csdeck: &Csdeck, options: &[&str]) -> Ended {
    let mut args = vec!["watch", "--lab", "--interval", "200ms", "--format", "json"];
    args.extend(options);
    csdeck.run(args)
}

fn reason(document: &Value) -> String {
    document["reason"].as_str().unwrap().to_owned()
}

#[test]
fn stuck_edge() {
    let csdeck = lab("stuck-edge", "1");
    let ended = watched(&csdeck, &["--timeout", "1s"]).code(3).json();
    assert_eq!(ended["verdict"], "stuck");
    let why = reason(&ended);
    assert!(
        why.contains("7 of 9") && why.contains("stuck: sgedge01") && why.contains("sgedge02"),
        "{why}"
    );
    assert!(ended["advice"].to_string().contains("4443"));
    // Left out with a reason, they are not waited for, and it is said.
    let ended = watched(
        &csdeck,
        &[
            "--timeout",
            "10s",
            "--exclude",
            "sgedge01.kestrel.lan=rebuilt",
            "--exclude",
            "sgedge02=rebuilt too",
        ],
    )
    .code(0)
    .json();
    assert_eq!(ended["verdict"], "converged");
    assert!(ended.to_string().contains("rebuilt too"));
    // So are they outside of what is watched.
    let ended = watched(
        &csdeck,
        &["--timeout", "10s", "--pool", "sgpool01.kestrel.lan"],
    );
    assert_eq!(
        ended.code(0).json()["replicas"].as_array().unwrap().len(),
        3
    );
}

#[test]
fn never_reported() {
    let csdeck = lab("never-reported", "1");
    let ended = watched(&csdeck, &["--timeout", "1s"]).code(3).json();
    assert_eq!(ended["verdict"], "stuck");
    let why = reason(&ended);
    assert!(why.contains("never reported: cebsba01"), "{why}");
}

#[test]
fn cms_down() {
    let csdeck = lab("cms-down", "1");
    // It ends by itself, since it can no longer succeed.
    let ended = watched(&csdeck, &[]);
    let document = ended.code(3).says("no longer succeed").json();
    assert_eq!(document["verdict"], "stuck");
    let why = reason(&document);
    assert!(why.contains("no active master"), "{why}");
    assert!(document["hopeless"].is_string());
    // Unless it is told to go on.
    let ended = watched(&csdeck, &["--keep-going", "--timeout", "2s"]);
    assert_eq!(ended.code(3).json()["verdict"], "stuck");
}

#[test]
fn stale_true() {
    let csdeck = lab("stale-true", "20");
    let mut child = csdeck
        .command([
            "watch",
            "--lab",
            "--since",
            "now",
            "--interval",
            "200ms",
            "--format",
            "jsonl",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let first = next();
    assert_eq!(first["verdict"], "converging");
    let rows = first["replicas"].as_array().unwrap();
    assert!(rows.len() == 9 && rows.iter().all(|r| r["upToDate"] == true));
    csdeck.run(["lab", "publish"]).code(0);
    let mut last = first.clone();
    for _ in 0..1_000 {
        if last["verdict"] == "converged" {
            break;
        }
        last = next();
    }
    let since_change = |row: &Value| row["lastUpdateCreation"] != rows[0]["lastUpdateCreation"];
    assert_eq!(last["verdict"], "converged");
    assert!(
        last["replicas"]
            .as_array()
            .unwrap()
            .iter()
            .all(since_change)
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn flapping() {
    // A phase takes two seconds: no three polls that are two seconds apart find it True.
    let csdeck = lab("flapping", "10");
    let ended = watched(
        &csdeck,
        &["--polls", "3", "--apart", "2s", "--timeout", "9s"],
    )
    .code(3)
    .json();
    assert_ne!(ended["verdict"], "converged");
    let said = format!("{} {}", reason(&ended), ended["notes"]);
    assert!(said.contains("sgmed01"), "{said}");
}
