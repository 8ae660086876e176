//! `csdeck get` and `csdeck put`, over a real sshd and on this machine.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/sshd.rs"]
mod sshd;

use std::io::{BufRead, BufReader};
use std::process::Command;

use csdeck::{Csdeck, end};
use serde_json::{Value, json};
use sshd::{Sshd, SshdOptions};

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn server() -> Sshd {
    Sshd::with(SshdOptions {
        extra: "Subsystem sftp internal-sftp".into(),
        ..SshdOptions::default()
    })
}

fn target(csdeck: &Csdeck, sshd: &Sshd, name: &str, protection: &str) {
    let key = sshd.client_key("ed25519", "");
    let known_hosts = sshd.known_hosts();
    csdeck
        .run([
            "target",
            "add",
            name,
            "--transport",
            "ssh",
            "--address",
            &sshd.address(),
            "--user",
            &sshd::this_user(),
            "--identity-file",
            key.to_str().unwrap(),
            "--known-hosts",
            known_hosts.to_str().unwrap(),
            "--protection",
            protection,
        ])
        .code(0);
}

fn journal(csdeck: &Csdeck) -> Vec<Value> {
    let list = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    list.json().as_array().unwrap().clone()
}

#[test]
fn a_file_goes_there_and_back() {
    let csdeck = Csdeck::new();
    let sshd = server();
    target(&csdeck, &sshd, "fe01", "normal");
    let here = csdeck.write("here.txt", "abc");
    let here = here.to_str().unwrap();
    let folder = format!("fe01:{}/", sshd.folder().display());
    let there = format!("{folder}here.txt");

    // A put is a change.
    csdeck
        .run(["put", here, &folder])
        .code(4)
        .silent()
        .says("--yes");
    assert!(journal(&csdeck).is_empty());
    let put = csdeck.run(["put", here, &folder, "--yes"]).code(0);
    assert_eq!(put.stdout, format!("{ABC}  {there}\n"));
    assert!(
        put.stderr.contains(&format!("put {here} -> {there}")),
        "{}",
        put.stderr
    );
    assert!(
        !put.stderr.contains('\r'),
        "no progress where nobody watches"
    );
    csdeck
        .run(["put", here, &there, "--yes"])
        .code(1)
        .silent()
        .says("--force");
    csdeck
        .run(["put", here, &there, "--yes", "--force"])
        .code(0);

    // A get reads, into the folder that it was started in.
    let work = csdeck.path("work");
    std::fs::create_dir(&work).unwrap();
    let got = csdeck
        .command(["get", &there, "--format", "jsonl"])
        .current_dir(&work)
        .spawn()
        .unwrap();
    let lines = end(got).code(0).lines();
    assert_eq!(
        std::fs::read_to_string(work.join("here.txt")).unwrap(),
        "abc"
    );
    for line in &lines {
        assert_eq!(line["target"], "fe01");
    }
    let progress: Vec<&Value> = lines.iter().filter(|l| l["event"] == "progress").collect();
    assert!(!progress.is_empty());
    assert_eq!(
        progress[progress.len() - 1]["bytes"],
        progress[progress.len() - 1]["total"]
    );
    let last = lines.last().unwrap();
    for (key, value) in [
        ("event", json!("state")),
        ("state", json!("succeeded")),
        ("exit", json!(0)),
        ("sha256", json!(ABC)),
        ("bytes", json!(3)),
    ] {
        assert_eq!(last[key], value, "{key}");
    }

    let jobs = journal(&csdeck);
    let seen: Vec<(&Value, &Value)> = jobs.iter().map(|j| (&j["risk"], &j["exit"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("change"), &json!(0)),
            (&json!("change"), &json!(1)),
            (&json!("change"), &json!(0)),
            (&json!("read"), &json!(0))
        ]
    );
    assert_eq!(jobs[3]["text"], format!("get {there} -> here.txt"));
    let shown = csdeck
        .run(["journal", "show", &jobs[3]["seq"].to_string()])
        .code(0);
    assert!(shown.stdout.contains(ABC), "{}", shown.stdout);
}

#[test]
fn targets_are_guarded() {
    let csdeck = Csdeck::new();
    let sshd = server();
    target(&csdeck, &sshd, "fe01", "read-only");
    target(&csdeck, &sshd, "fe02", "protected");
    let here = csdeck.write("x", "abc");
    let here = here.to_str().unwrap();
    let at = |name: &str| format!("{name}:{}/x", sshd.folder().display());
    csdeck
        .run(["put", here, &at("fe01"), "--yes-i-typed", "fe01"])
        .code(4)
        .silent()
        .says("read-only");
    csdeck
        .run(["put", here, &at("fe02"), "--yes"])
        .code(4)
        .silent()
        .says("--yes-i-typed fe02");
    csdeck
        .run(["put", here, &at("fe02"), "--yes-i-typed", "fe01"])
        .code(4)
        .silent();
    assert_eq!(sshd.logins(), 0, "nothing was connected to");
    csdeck
        .run(["put", here, &at("FE02"), "--yes-i-typed", "fe02"])
        .code(0);
    let back = csdeck.path("back");
    csdeck
        .run(["get", &at("fe01"), back.to_str().unwrap()])
        .code(0);
    assert_eq!(std::fs::read_to_string(back).unwrap(), "abc");
}

#[test]
fn a_wrong_command_line_is_said() {
    let csdeck = Csdeck::new();
    csdeck
        .run(["get", "x"])
        .code(2)
        .silent()
        .says("TARGET:PATH");
    csdeck
        .run(["get", "nowhere:x"])
        .code(2)
        .silent()
        .says("there is no target");
    csdeck.run(["get", "lab:x"]).code(2).silent().says("lab");
    csdeck
        .run(["target", "add", "here", "--transport", "local"])
        .code(0);
    csdeck.run(["get", "here:"]).code(2).silent();
    csdeck.run(["get", "here:folder/"]).code(2).silent();
    csdeck
        .run(["get", "here:a\nb", "c"])
        .code(2)
        .silent()
        .says("control");
    csdeck.run(["put", "x"]).code(2).silent();
    let ended = csdeck
        .run(["get", "here:/no/such/file", "--format", "json"])
        .code(1);
    assert_eq!(ended.json()["state"], "failed");
    assert!(
        ended.stderr.contains("/no/such/file is not there"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_server_that_is_not_there_is_exit_5() {
    let csdeck = Csdeck::new();
    let mut sshd = server();
    target(&csdeck, &sshd, "fe01", "normal");
    sshd.stop();
    csdeck
        .run(["get", "fe01:/x"])
        .code(5)
        .silent()
        .says("cannot reach");
    // An unknown host key is explained as everywhere.
    sshd.start_again();
    sshd.known_hosts_with("");
    csdeck
        .run(["get", "fe01:/x"])
        .code(5)
        .silent()
        .says("--accept-host-key");
}

#[test]
fn this_machine_is_a_target_too() {
    let csdeck = Csdeck::new();
    csdeck
        .run(["target", "add", "here", "--transport", "local"])
        .code(0);
    let from = csdeck.write("a/x.txt", "abc");
    csdeck.write("b/keep", "");
    let folder = csdeck.path("b");
    let got = csdeck
        .run([
            "get",
            &format!("here:{}", from.display()),
            folder.to_str().unwrap(),
        ])
        .code(0);
    assert_eq!(got.stdout, format!("{ABC}  {}/x.txt\n", folder.display()));
}

#[test]
fn an_interrupt_takes_the_part_away() {
    let csdeck = Csdeck::new();
    let sshd = server();
    target(&csdeck, &sshd, "fe01", "normal");
    // Too large to be done before the signal comes; it takes no room on the disk.
    let large = csdeck.write("large", "");
    let file = std::fs::File::options().write(true).open(&large).unwrap();
    file.set_len(20_000_000_000).unwrap();
    let there = format!("fe01:{}/large", sshd.folder().display());
    let mut child = csdeck
        .command([
            "put",
            large.to_str().unwrap(),
            &there,
            "--yes",
            "--format",
            "jsonl",
        ])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let going = lines
        .by_ref()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap())
        .find(|line| line["event"] == "progress" && line["bytes"] != 0);
    assert!(going.is_some());
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let last = lines.last().unwrap().unwrap();
    end(child).code(130);
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!(
        (&last["state"], &last["exit"]),
        (&json!("cancelled"), &json!(130))
    );
    let left = std::fs::read_dir(sshd.folder())
        .unwrap()
        .filter(|e| {
            e.as_ref()
                .unwrap()
                .file_name()
                .to_str()
                .unwrap()
                .contains("large")
        })
        .count();
    assert_eq!(left, 0);
    assert_eq!(journal(&csdeck)[0]["state"], "cancelled");
}
