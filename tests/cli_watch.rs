//! `csdeck watch` and `csdeck lab`: recordings, the lab from publish to converged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Stdio};

use csdeck::{Csdeck, fixture};
use serde_json::Value;

fn frame(name: &str) -> String {
    fixture(&format!("replication/{name}"))
}

fn verdict_of<'a>(document: &'a Value, replica: &str) -> &'a str {
    let rows = document["replicas"].as_array().unwrap();
    rows.iter().find(|r| r["replicaFqdn"] == replica).unwrap()["verdict"]
        .as_str()
        .unwrap()
}

#[test]
fn a_folder_is_one_poll_per_frame_and_its_last_decides() {
    let csdeck = Csdeck::new();
    let folder = fixture("replication");
    let polls = csdeck
        .run(["watch", "--input", &folder, "--format", "jsonl"])
        .code(0)
        .lines();
    assert_eq!(polls.len(), 9);
    assert_eq!(polls.last().unwrap()["verdict"], "converged");
    assert!(polls[..8].iter().all(|p| p["verdict"] != "converged"));
    let one = csdeck
        .run(["watch", "--input", &folder, "--format", "json"])
        .code(0)
        .json();
    assert_eq!(&one, polls.last().unwrap());
    for key in [
        "replicaFqdn",
        "upToDate",
        "lastStatusReport",
        "lastUpdateCreation",
        "productVersion",
        "verdict",
    ] {
        assert!(!one["replicas"][0][key].is_null(), "{key}");
    }
    let table = csdeck.run(["watch", "--input", &folder]).code(0).stdout;
    assert_eq!(table.matches("  poll ").count(), 9);
    // Two polls in a row are not there: not converged.
    csdeck
        .run(["watch", "--input", &folder, "--polls", "2"])
        .code(3);
}

#[test]
fn single_frames_end_with_their_verdict() {
    let csdeck = Csdeck::new();
    let watch = |name: &str, code: i32| {
        csdeck
            .run(["watch", "--input", &frame(name), "--format", "json"])
            .code(code)
            .json()
    };
    assert_eq!(
        watch("08-all-up-to-date.ps51.json", 0)["verdict"],
        "converged"
    );
    let stuck = watch("06-plus-10min-still-stuck.ps51.json", 3);
    assert_eq!(stuck["verdict"], "stuck");
    assert_eq!(verdict_of(&stuck, "sgedge02.kestrel.lan"), "stuck");
    assert_eq!(
        watch("01-just-published.ps7.json", 3)["verdict"],
        "converging"
    );
    assert_eq!(watch("empty-pipeline.ps51.json", 3)["verdict"], "blind");
    assert_eq!(
        watch("05.format-table-autosize.txt", 3)["replicas"]
            .as_array()
            .unwrap()
            .len(),
        9
    );
}

#[test]
fn what_is_no_status_fails_and_is_never_good() {
    let csdeck = Csdeck::new();
    let file = csdeck.write("x.txt", "Hello\n");
    let failed = csdeck
        .run([
            "watch",
            "--input",
            file.to_str().unwrap(),
            "--format",
            "json",
        ])
        .code(1);
    assert_eq!(failed.json()["verdict"], "failed");
    assert!(failed.stderr.contains("x.txt"));
    csdeck
        .run(["watch", "--input", "/no/such/file"])
        .code(1)
        .says("/no/such/file");
    csdeck
        .run(["watch", "--input", csdeck.config().to_str().unwrap()])
        .code(1);
    let blind = csdeck
        .feed(["watch", "--input", "-", "--format", "json"], "")
        .code(3)
        .json();
    assert_eq!(blind["verdict"], "blind");
}

#[test]
fn standard_input_is_read_and_since_is_kept() {
    let csdeck = Csdeck::new();
    let text = std::fs::read(frame("08-all-up-to-date.ps51.json")).unwrap();
    let watch = |since: &[&str], code: i32| {
        let mut args = vec!["watch", "--input", "-", "--format", "json"];
        args.extend(since);
        csdeck.feed(args, &text).code(code)
    };
    assert_eq!(watch(&[], 0).json()["verdict"], "converged");
    assert_eq!(
        watch(&["--since", "2025-10-14T06:02:00Z"], 0).json()["verdict"],
        "converged"
    );
    // The rows know of no package after this time.
    let later = watch(&["--since", "2025-10-14T06:30:00Z"], 3).json();
    assert_ne!(later["verdict"], "converged");
    watch(&["--since", "now"], 2).silent();
    watch(&["--since", "2m"], 2).silent();
    watch(&["--since", "yesterday"], 2).silent();
    watch(&["--polls", "0"], 2).silent();
}

#[test]
fn options_that_exclude_each_other() {
    let csdeck = Csdeck::new();
    let file = frame("08-all-up-to-date.ps51.json");
    csdeck
        .run(["watch", "--input", &file, "--target", "lab"])
        .code(2)
        .silent();
    csdeck.run(["watch", "--follow"]).code(2).silent();
    csdeck
        .run(["watch", "--lab", "--interval", "0s"])
        .code(2)
        .silent();
    csdeck
        .run(["watch", "--lab", "--timeout", "soon"])
        .code(2)
        .silent();
    csdeck
        .run(["watch", "--target", "nope"])
        .code(2)
        .silent()
        .says("There are: lab");
}

#[test]
fn the_configured_topology_says_who_is_missing() {
    let csdeck = Csdeck::new();
    let file = frame("05.single-replica.ps51.json");
    csdeck.write(
        "config/config.toml",
        format!("topology = {:?}\n", fixture("topology/topology.xml")),
    );
    let watched = csdeck
        .run(["watch", "--input", &file, "--format", "json"])
        .code(3)
        .json();
    assert_eq!(verdict_of(&watched, "sgfe01.kestrel.lan"), "missing");
    // Of another deployment: the topology says nothing about it.
    let other = std::fs::read_to_string(frame("08-all-up-to-date.ps51.json"))
        .unwrap()
        .replace("kestrel.lan", "other.lan");
    let ended = csdeck
        .feed(["watch", "--input", "-", "--format", "json"], other)
        .code(0)
        .says("another deployment");
    assert_eq!(ended.json()["verdict"], "converged");
}

/// Reads polls of a running watch until one fits.
fn until(reader: &mut BufReader<ChildStdout>, fits: impl Fn(&Value) -> bool) -> Value {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(
            reader.read_line(&mut line).unwrap() > 0,
            "the watch ended too early"
        );
        let poll: Value = serde_json::from_str(&line).unwrap();
        if fits(&poll) {
            return poll;
        }
    }
}

fn start(csdeck: &Csdeck, args: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut child = csdeck
        .command(args)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    (child, reader)
}

#[test]
fn a_followed_file_is_read_as_it_grows() {
    let csdeck = Csdeck::new();
    let read = |name: &str| std::fs::read(frame(name)).unwrap();
    let file = csdeck.write("status.json", read("01-just-published.ps51.json"));
    let (mut child, mut polls) = start(
        &csdeck,
        &[
            "watch",
            "--input",
            file.to_str().unwrap(),
            "--follow",
            "--format",
            "jsonl",
        ],
    );
    until(&mut polls, |p| p["verdict"] == "converging");
    let mut open = std::fs::OpenOptions::new()
        .append(true)
        .open(&file)
        .unwrap();
    open.write_all(b"\n").unwrap();
    open.write_all(&read("04-plus-60s.ps51.json")).unwrap();
    until(&mut polls, |p| {
        verdict_of(p, "sgfe01.kestrel.lan") == "up-to-date"
    });
    std::fs::write(&file, read("08-all-up-to-date.ps51.json")).unwrap();
    until(&mut polls, |p| p["verdict"] == "converged");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_followed_standard_input_ends_with_it() {
    let csdeck = Csdeck::new();
    let (mut child, mut polls) = start(
        &csdeck,
        &["watch", "--input", "-", "--follow", "--format", "jsonl"],
    );
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(&std::fs::read(frame("01-just-published.ps51.json")).unwrap())
        .unwrap();
    until(&mut polls, |p| p["verdict"] == "converging");
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn the_lab_from_publish_to_converged() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "--speed", "50"]).code(0);
    csdeck.run(["lab", "publish"]).code(0);
    let (mut child, mut polls) = start(
        &csdeck,
        &[
            "watch",
            "--lab",
            "--polls",
            "2",
            "--interval",
            "200ms",
            "--format",
            "jsonl",
        ],
    );
    let waiting = until(&mut polls, |p| {
        let others = p["replicas"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| r["replicaFqdn"] != "sgedge02.kestrel.lan");
        others.clone().count() == 8 && others.into_iter().all(|r| r["verdict"] == "up-to-date")
    });
    assert!(
        ["waiting", "lagging", "stuck"].contains(&verdict_of(&waiting, "sgedge02.kestrel.lan"))
    );
    csdeck.run(["lab", "free", "sgedge02.kestrel.lan"]).code(0);
    let done = until(&mut polls, |p| p["verdict"] == "converged");
    assert_eq!(done["consecutiveTrue"], 2);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let jobs = csdeck
        .run(["journal", "list", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(
        (
            jobs.as_array().unwrap().len(),
            &jobs[0]["state"],
            &jobs[0]["exit"]
        ),
        (1, &Value::from("succeeded"), &Value::from(0))
    );
}

#[test]
fn a_stuck_lab_is_not_converged_when_the_time_is_up() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "stuck-edge"]).code(0);
    let ended = csdeck
        .run([
            "watch",
            "--lab",
            "--interval",
            "100ms",
            "--timeout",
            "500ms",
            "--format",
            "json",
        ])
        .code(3);
    assert_ne!(ended.json()["verdict"], "converged");
    let table = csdeck
        .run([
            "watch",
            "--lab",
            "--interval",
            "100ms",
            "--timeout",
            "500ms",
        ])
        .code(3)
        .stdout;
    assert!(
        table.contains("sgedge01.kestrel.lan") && table.contains("4443"),
        "{table}"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_watch_ends_with_130_and_says_where_it_stands() {
    let csdeck = Csdeck::new();
    let (mut child, mut polls) = start(
        &csdeck,
        &[
            "watch",
            "--lab",
            "--polls",
            "100000",
            "--interval",
            "100ms",
            "--format",
            "jsonl",
        ],
    );
    until(&mut polls, |_| true);
    std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    std::io::copy(&mut polls, &mut std::io::sink()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(
        csdeck
            .run(["journal", "list", "--format", "json"])
            .code(0)
            .json()[0]["state"],
        "cancelled"
    );
}

#[test]
fn a_server_that_is_not_there_is_blind_and_never_good() {
    let csdeck = Csdeck::new();
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "ssh",
            "--address",
            "127.0.0.1:1",
            "--user",
            "me",
            "--known-hosts",
            "/no/such",
        ])
        .code(0);
    let once = csdeck
        .run(["watch", "--target", "fe01", "--format", "json"])
        .code(5)
        .says("cannot reach");
    assert_eq!(once.json()["verdict"], "blind");
    let polls = csdeck
        .run([
            "watch",
            "--target",
            "fe01",
            "--interval",
            "100ms",
            "--timeout",
            // The second attempt comes after a second, whatever the interval is.
            "4s",
            "--format",
            "jsonl",
        ])
        .code(5)
        .lines();
    assert!(polls.len() > 1 && polls.iter().all(|p| p["verdict"] == "blind"));
}

#[test]
fn lab_commands_and_their_mistakes() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "cms-move"]).code(0);
    csdeck
        .run(["lab", "reset", "nonsense"])
        .code(2)
        .silent()
        .says("stale-true");
    csdeck
        .run(["lab", "reset", "--speed", "0"])
        .code(2)
        .silent();
    csdeck
        .run(["lab", "reset", "--speed", "fast"])
        .code(2)
        .silent();
    csdeck
        .run(["lab", "free", "nobody"])
        .code(2)
        .silent()
        .says("sgedge02.kestrel.lan");
    csdeck.run(["lab"]).code(2).silent();
    std::fs::write(csdeck.data().join("lab/state.json"), "{").unwrap();
    csdeck
        .run(["lab", "publish"])
        .code(1)
        .silent()
        .says("csdeck lab reset");
    csdeck.run(["lab", "reset"]).code(0);
}

#[test]
fn the_stand_in_takes_the_arguments_of_powershell_verbatim() {
    let csdeck = Csdeck::new();
    let answer = csdeck
        .run([
            "lab",
            "powershell",
            "-NoProfile",
            "-Command",
            "Write-Output '--lab'; Write-Output '-h'",
        ])
        .code(0);
    assert_eq!(answer.stdout.trim_end().replace("\r\n", "\n"), "--lab\n-h");
    csdeck
        .run(["lab", "powershell", "-Command", "Get-CsPool no.such.pool"])
        .code(1);
}
