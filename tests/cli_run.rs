//! `csdeck run`, `target`, `credential` and `journal`: gates, exit codes, what is printed where.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::Csdeck;
use serde_json::{Value, json};

const REMOVE_CMS: &str = "Uninstall-CsDatabase -CentralManagementDatabase";

fn journal(csdeck: &Csdeck) -> Vec<Value> {
    csdeck
        .run(["journal", "list", "--format", "json"])
        .code(0)
        .json()
        .as_array()
        .unwrap()
        .clone()
}

/// A program in place of PowerShell: it prints what it was given to run.
#[cfg(unix)]
fn program(csdeck: &Csdeck, name: &str, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = csdeck.write(name, format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[cfg(unix)]
fn two_targets(csdeck: &Csdeck) {
    let echo = program(csdeck, "echo", "cat");
    let fails = program(csdeck, "fails", "cat >/dev/null; echo oops >&2");
    for (name, powershell) in [("fe01", &echo), ("fe02", &fails)] {
        csdeck
            .run([
                "target",
                "add",
                name,
                "--transport",
                "local",
                "--session",
                "single",
                "--powershell",
                powershell,
                "--group",
                "front ends",
            ])
            .code(0)
            .silent();
    }
}

#[test]
fn reading_runs_and_is_in_the_journal() {
    let csdeck = Csdeck::new();
    let ended = csdeck
        .run([
            "run",
            "--target",
            "lab",
            "--",
            "Get-CsPool",
            "sgpool01.kestrel.lan",
        ])
        .code(0);
    assert!(
        ended.stdout.contains("sgpool01.kestrel.lan"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stderr.contains("lab")
            && ended.stderr.contains("read")
            && ended.stderr.contains("Get-CsPool sgpool01.kestrel.lan")
    );
    let jobs = journal(&csdeck);
    assert_eq!(jobs.len(), 1);
    for (key, value) in [
        ("target", json!("lab")),
        ("text", json!("Get-CsPool sgpool01.kestrel.lan")),
        ("risk", json!("read")),
        ("state", json!("succeeded")),
        ("exit", json!(0)),
        ("seq", json!(1)),
    ] {
        assert_eq!(jobs[0][key], value, "{key}");
    }
    assert!(jobs[0]["time"].is_string());
    assert!(
        csdeck
            .run(["journal", "show", "1"])
            .code(0)
            .stdout
            .contains("Get-CsPool")
    );
    csdeck.run(["journal", "show", "99"]).code(2).silent();
}

#[test]
fn gates_stand_before_everything() {
    let csdeck = Csdeck::new();
    let run = |more: &[&str], text: &str| {
        let mut args = vec!["run", "--target", "lab"];
        args.extend(more);
        args.extend(["--", text]);
        csdeck.run(args)
    };
    run(&[], "Enable-CsTopology").code(4).silent().says("--yes");
    run(&["--yes"], "Remove-CsUser x")
        .code(4)
        .silent()
        .says("--yes-i-typed lab");
    run(&["--yes-i-typed", "LAB"], "Remove-CsUser x")
        .code(4)
        .silent();
    run(&["--yes-i-typed", "fe01"], "Get-CsPool")
        .code(4)
        .silent();
    run(&["--yes-i-typed", "lab"], REMOVE_CMS)
        .code(4)
        .silent()
        .says("gate closed");
    run(&["--yes"], REMOVE_CMS).code(4).silent();
    run(&["--yes"], "").code(2).silent();
    run(&["--yes"], "Get-X (")
        .code(2)
        .silent()
        .says("line 1, column 7");
    run(&["--yes", "--yes-i-typed", "fe01"], "Remove-CsUser x")
        .code(4)
        .silent();
    assert_eq!(
        journal(&csdeck),
        Vec::<Value>::new(),
        "nothing of it came as far as the journal"
    );
    run(&["--yes"], "Enable-CsTopology").code(0);
}

#[test]
fn one_source_of_text_and_known_targets() {
    let csdeck = Csdeck::new();
    let file = csdeck.write("x.ps1", "Get-CsPool");
    let file = file.to_str().unwrap();
    csdeck.run(["run", "--target", "lab"]).code(2).silent();
    csdeck
        .run(["run", "--target", "lab", "--file", file, "--", "Get-CsPool"])
        .code(2)
        .silent();
    csdeck
        .run([
            "run",
            "--target",
            "lab",
            "--file",
            file,
            "--snippet",
            "replication/get-status",
        ])
        .code(2)
        .silent();
    csdeck
        .run(["run", "--target", "lab", "--set", "A=b", "--", "Get-CsPool"])
        .code(2)
        .silent();
    csdeck.run(["run", "--", "Get-CsPool"]).code(2).silent();
    csdeck
        .run(["run", "--target", "lbb", "--", "Get-CsPool"])
        .code(2)
        .silent()
        .says("Did you mean lab?");
    csdeck
        .run(["run", "--target", "lab", "--file", "/no/such/file"])
        .code(1)
        .silent();
    csdeck
        .run(["run", "--target", "lab", "--file", file])
        .code(0);
    csdeck
        .feed(
            ["run", "--target", "lab", "--file", "-"],
            "Get-CsPool sgpool01.kestrel.lan\n",
        )
        .code(0);
    csdeck
        .run([
            "run",
            "--target",
            "LAB",
            "--snippet",
            "replication/get-status",
        ])
        .code(0);
    csdeck
        .run([
            "run",
            "--target",
            "lab",
            "--snippet",
            "database/install-cms-database",
        ])
        .code(2)
        .silent()
        .says("SqlServerFqdn: ");
}

#[test]
fn jsonl_ends_with_the_final_state_and_the_exit_code() {
    let csdeck = Csdeck::new();
    let run = |text: &str, code: i32| {
        csdeck
            .run(["run", "--target", "lab", "--format", "jsonl", "--", text])
            .code(code)
            .lines()
    };
    let good = run("Get-Date", 0);
    assert!(
        good.iter()
            .any(|e| e["event"] == "output" && e["text"].is_string())
    );
    assert!(good.iter().all(|e| e["target"] == "lab"));
    assert_eq!(
        good.last().unwrap(),
        &json!({ "target": "lab", "event": "state", "state": "succeeded", "exit": 0 })
    );
    let bad = run("Get-CsPool no.such.pool", 1);
    assert!(bad.iter().any(|e| e["event"] == "error"));
    assert_eq!(
        bad.last().unwrap(),
        &json!({ "target": "lab", "event": "state", "state": "failed", "exit": 1 })
    );
    let one = csdeck
        .run([
            "run", "--target", "lab", "--format", "json", "--", "Get-Date",
        ])
        .code(0)
        .json();
    assert_eq!(one.as_array().unwrap().last().unwrap()["exit"], 0);
}

#[cfg(unix)]
#[test]
fn several_targets_are_told_apart_and_the_worst_counts() {
    let csdeck = Csdeck::new();
    two_targets(&csdeck);
    let ended = csdeck
        .run(["run", "--target", "fe01", "fe02", "--", "Get-Date"])
        .code(1);
    assert_eq!(ended.stdout, "fe01: Get-Date\n");
    assert!(ended.stderr.contains("fe02: oops"), "{}", ended.stderr);
    csdeck
        .run([
            "run",
            "--target",
            "FRONT ENDS",
            "--limit",
            "1",
            "--",
            "Get-Date",
        ])
        .code(1);
    let lines = csdeck
        .run([
            "run", "--target", "fe01", "--target", "fe02", "--format", "jsonl", "--", "Get-Date",
        ])
        .code(1)
        .lines();
    for (name, state) in [("fe01", "succeeded"), ("fe02", "failed")] {
        let last = lines.iter().rfind(|e| e["target"] == name).unwrap();
        assert_eq!(
            (&last["state"], last["exit"].is_u64()),
            (&json!(state), true)
        );
    }
    // One target unconfirmed: none of them runs.
    let before = journal(&csdeck).len();
    csdeck
        .run([
            "run",
            "--target",
            "fe01",
            "fe02",
            "--yes-i-typed",
            "fe01",
            "--",
            "Remove-CsUser x",
        ])
        .code(4)
        .silent()
        .says("fe02");
    assert_eq!(journal(&csdeck).len(), before);
    csdeck
        .run([
            "run",
            "--target",
            "fe01",
            "--yes-i-typed",
            "fe01",
            "--",
            "Remove-CsUser x",
        ])
        .code(0);
    let unreachable = [
        "target",
        "add",
        "fe03",
        "--transport",
        "ssh",
        "--address",
        "127.0.0.1:1",
        "--user",
        "me",
        "--known-hosts",
        "/no/such",
    ];
    csdeck.run(unreachable).code(0);
    csdeck
        .run(["run", "--target", "fe02", "fe03", "--", "Get-Date"])
        .code(5)
        .says("cannot reach 127.0.0.1:1");
}

#[cfg(unix)]
#[test]
fn output_cannot_act_on_the_terminal() {
    let csdeck = Csdeck::new();
    let evil = program(
        &csdeck,
        "evil",
        "cat >/dev/null; printf 'a\\033[31mb\\302\\2332J\\n'",
    );
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "local",
            "--session",
            "single",
            "--powershell",
            &evil,
        ])
        .code(0);
    assert_eq!(
        csdeck
            .run(["run", "--target", "fe01", "--", "Get-Date"])
            .code(0)
            .stdout,
        "a\u{241b}[31mb\u{fffd}2J\n"
    );
    let lines = csdeck
        .run([
            "run", "--target", "fe01", "--format", "jsonl", "--", "Get-Date",
        ])
        .code(0);
    assert!(!lines.stdout.contains(['\u{1b}', '\u{9b}']));
    let output = lines
        .lines()
        .into_iter()
        .find(|e| e["event"] == "output")
        .unwrap();
    assert_eq!(output["text"], "a\u{1b}[31mb\u{9b}2J");
}

#[cfg(unix)]
#[test]
fn the_first_line_is_the_password_and_the_rest_is_the_text() {
    let csdeck = Csdeck::new();
    two_targets(&csdeck);
    let ended = csdeck
        .feed(
            ["run", "--target", "fe01", "--password-stdin", "--file", "-"],
            "hunter2\r\nGet-Date\n",
        )
        .code(0);
    assert_eq!(ended.stdout, "Get-Date\n");
    assert!(!ended.stderr.contains("hunter2"));
    csdeck
        .feed(
            [
                "run",
                "--target",
                "fe01",
                "--password-stdin",
                "--",
                "Get-Date",
            ],
            "",
        )
        .code(2)
        .silent();
}

#[cfg(unix)]
#[test]
fn an_interrupt_cancels_the_job_and_ends_with_130() {
    let csdeck = Csdeck::new();
    let slow = program(
        &csdeck,
        "slow",
        "cat >/dev/null; echo started; exec sleep 600",
    );
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "local",
            "--session",
            "single",
            "--powershell",
            &slow,
        ])
        .code(0);
    let mut child = csdeck
        .command([
            "run", "--target", "fe01", "--format", "jsonl", "--", "Get-Date",
        ])
        .spawn()
        .unwrap();
    let mut lines = String::new();
    let stdout = child.stdout.take().unwrap();
    let mut reader = std::io::BufReader::new(stdout);
    while !lines.contains("started") {
        assert!(
            std::io::BufRead::read_line(&mut reader, &mut lines).unwrap() > 0,
            "{lines}"
        );
    }
    std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    std::io::Read::read_to_string(&mut reader, &mut lines).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["state"], &last["exit"]),
        (&json!("cancelled"), &json!(130))
    );
    assert_eq!(journal(&csdeck)[0]["state"], "cancelled");
}

#[test]
fn read_only_and_protected_targets() {
    let csdeck = Csdeck::new();
    for (name, protection) in [("ro", "read-only"), ("pr", "protected")] {
        csdeck
            .run([
                "target",
                "add",
                name,
                "--transport",
                "lab",
                "--protection",
                protection,
            ])
            .code(0)
            .silent();
    }
    let run = |target: &str, more: &[&str]| {
        let mut args = vec!["run", "--target", target];
        args.extend(more);
        args.extend(["--", "Enable-CsTopology"]);
        csdeck.run(args)
    };
    run("ro", &["--yes-i-typed", "ro"])
        .code(4)
        .silent()
        .says("read-only");
    run("pr", &["--yes"]).code(4).silent();
    run("pr", &["--yes-i-typed", "pr"]).code(0);
    csdeck
        .run(["run", "--target", "ro", "--", "Get-CsPool"])
        .code(0);
}

#[test]
fn targets_are_added_listed_tested_and_removed() {
    let csdeck = Csdeck::new();
    let listed = |csdeck: &Csdeck| {
        csdeck
            .run(["target", "list", "--format", "json"])
            .code(0)
            .json()
    };
    let lab = listed(&csdeck);
    assert_eq!(
        (&lab[0]["name"], &lab[0]["transport"]),
        (&json!("lab"), &json!("lab"))
    );
    csdeck.run(["target", "test", "lab"]).code(0);
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
            "kestrel\\ops",
            "--known-hosts",
            "/no/such",
            "--shell",
            "plain",
            "--protection",
            "read-only",
        ])
        .code(0);
    let fe01 = &listed(&csdeck)[0];
    for (key, value) in [
        ("name", "fe01"),
        ("transport", "ssh"),
        ("address", "127.0.0.1:1"),
        ("protection", "read-only"),
    ] {
        assert_eq!(fe01[key], value);
    }
    csdeck
        .run(["target", "test", "fe01"])
        .code(5)
        .silent()
        .says("cannot reach");
    csdeck
        .run(["target", "test", "fe02"])
        .code(2)
        .silent()
        .says("fe01");
    csdeck
        .run(["target", "add", "fe01", "--transport", "local"])
        .code(1)
        .silent();
    csdeck
        .run(["target", "add", "x", "--transport", "ssh"])
        .code(2)
        .silent();
    csdeck
        .run(["target", "add", "x\u{1b}", "--transport", "local"])
        .code(2)
        .silent();
    csdeck
        .run(["target", "add", "x", "--transport", "pigeon"])
        .code(2)
        .silent();
    // With --lab the lab is there whatever is configured.
    assert_eq!(
        csdeck
            .run(["--lab", "target", "list", "--format", "json"])
            .code(0)
            .json()[0]["name"],
        "lab"
    );
    csdeck.run(["target", "remove", "fe02"]).code(2).silent();
    csdeck.run(["target", "remove", "fe01"]).code(0).silent();
    assert_eq!(listed(&csdeck)[0]["name"], "lab");
}

#[test]
fn a_broken_configuration_is_named_and_in_nobody_elses_way() {
    let csdeck = Csdeck::new();
    csdeck.write(
        "config/targets.toml",
        "[[target]]\nname = \"a\"\ntransprot = \"ssh\"\n",
    );
    csdeck
        .run(["target", "list"])
        .code(1)
        .silent()
        .says("transprot");
    csdeck.run(["journal", "list"]).code(0).silent();
    csdeck.run(["lab", "publish"]).code(0);
    csdeck.run(["--lab", "target", "list"]).code(0);
}

#[test]
fn the_journal_shows_what_was_changed_behind_its_back() {
    let csdeck = Csdeck::new();
    assert_eq!(journal(&csdeck), Vec::<Value>::new());
    csdeck.run(["journal", "verify"]).code(0);
    csdeck
        .run(["run", "--target", "lab", "--", "Get-Date"])
        .code(0);
    let verified = csdeck
        .run(["journal", "verify", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(
        (&verified["ok"], &verified["lines"]),
        (&json!(true), &json!(3)),
        "begun, sent, ended"
    );
    let path = csdeck.data().join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("Get-Date", "Get-Dote", 1)).unwrap();
    csdeck
        .run(["journal", "verify"])
        .code(3)
        .silent()
        .says("broken at line");
    assert_eq!(
        csdeck
            .run(["journal", "verify", "--format", "json"])
            .code(3)
            .json()["ok"],
        false
    );
}

#[test]
fn credentials_are_never_taken_from_arguments() {
    let csdeck = Csdeck::new();
    csdeck
        .run(["credential", "set", "ops", "secret"])
        .code(2)
        .silent();
    csdeck
        .run(["credential", "set", "ops"])
        .code(2)
        .silent()
        .says("--password-stdin");
    csdeck
        .feed(["credential", "set", "ops", "--password-stdin"], "\n")
        .code(2)
        .silent();
    csdeck.run(["credential", "set", " "]).code(2).silent();
}

#[test]
fn the_journal_is_asked_for_a_part_and_handed_over_as_a_report() {
    let csdeck = Csdeck::new();
    for text in ["Get-CsPool", "Get-Nothing `` '<b>'", "Get-Date"] {
        csdeck.run(["run", "--target", "lab", "--", text]);
    }
    let list = |args: &[&str]| {
        let mut all = vec!["journal", "list", "--format", "json"];
        all.extend(args);
        let jobs = csdeck.run(all).code(0).json();
        let jobs = jobs.as_array().unwrap().iter();
        jobs.map(|j| j["seq"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), [1, 4, 7]);
    assert_eq!(list(&["--last", "2"]), [4, 7]);
    assert_eq!(list(&["--state", "failed"]), [4]);
    assert_eq!(list(&["--target", "LAB", "--since", "1h"]), [1, 4, 7]);
    assert_eq!(list(&["--target", "fe01"]), Vec::<u64>::new());
    assert_eq!(
        list(&["--since", "2999-01-01T00:00:00Z"]),
        Vec::<u64>::new()
    );
    csdeck
        .run(["journal", "list", "--state", "fine"])
        .code(2)
        .silent();
    csdeck
        .run(["journal", "list", "--since", "soon"])
        .code(2)
        .silent();

    let report = csdeck.run(["journal", "export"]).code(0);
    let report = report
        .prints("verified: 9 lines in 1 file,")
        .prints("```powershell\nGet-Nothing `` '<b>'\n```")
        .prints("- state: `failed, exit code 1`")
        .prints("- target: `lab`");
    let hash = csdeck.run(["journal", "verify", "--format", "json"]).json()["lastHash"].clone();
    assert!(report.stdout.contains(hash.as_str().unwrap()));
    let file = csdeck.path("report.html");
    let name = file.to_str().unwrap();
    csdeck
        .run([
            "journal", "export", "--as", "html", "--last", "2", "-o", name,
        ])
        .code(0)
        .silent()
        .says(&format!("written to {name}"));
    let html = std::fs::read_to_string(&file).unwrap();
    assert!(
        html.contains("<pre>Get-Nothing `` &#39;&lt;b&gt;&#39;</pre>"),
        "{html}"
    );
    assert!(!html.contains("Get-CsPool"));
    // A report that is there is not lost by accident.
    csdeck
        .run(["journal", "export", "-o", name])
        .code(1)
        .silent()
        .says("--force");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), html);
    csdeck
        .run(["journal", "export", "-o", name, "--force"])
        .code(0);
    let markdown = std::fs::read_to_string(&file).unwrap();
    assert!(markdown.starts_with("# What csdeck ran\n"), "{markdown}");
    csdeck
        .run(["journal", "export", "--format", "json"])
        .code(2)
        .silent()
        .says("--as");

    // Broken: what can be read is shown all the same, and the exit code tells.
    let path = csdeck.data().join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("Get-CsPool", "Get-CsPooh", 1)).unwrap();
    csdeck
        .run(["journal", "export"])
        .code(3)
        .prints("BROKEN")
        .prints("Get-Date");
    csdeck
        .run(["journal", "list"])
        .code(1)
        .prints("Get-Date")
        .says("broken at line 2");
}

#[cfg(unix)]
#[test]
fn what_runs_has_its_secrets_and_the_journal_has_not() {
    let csdeck = Csdeck::new();
    two_targets(&csdeck);
    let run = csdeck.feed(
        [
            "run",
            "--target",
            "fe01",
            "--yes",
            "--password-stdin",
            "--",
            "Set-CsClientPin -Identity 'ken' -Pin 18723834; Get-CsUser 'Hunter22'",
        ],
        "Hunter22\n",
    );
    run.code(0)
        .prints("Set-CsClientPin -Identity 'ken' -Pin 18723834; Get-CsUser 'Hunter22'");
    let job = &journal(&csdeck)[0];
    assert_eq!(
        job["text"],
        "Set-CsClientPin -Identity 'ken' -Pin <|redacted|>; Get-CsUser <|redacted|>"
    );
    assert_eq!(job["redacted"], true);
    let file = std::fs::read_to_string(csdeck.data().join("journal.jsonl")).unwrap();
    assert!(
        !file.contains("18723834") && !file.contains("Hunter22"),
        "{file}"
    );
    csdeck
        .run(["journal", "show", "1"])
        .code(0)
        .prints("secrets were taken out");
}

#[test]
fn what_if_runs_the_preview_and_asks_for_nothing() {
    let csdeck = Csdeck::new();
    let run = |text: &str| csdeck.run(["run", "--target", "lab", "--whatif", "--", text]);
    run("Enable-CsTopology")
        .code(0)
        .says("--whatif")
        .says("Enable-CsTopology -WhatIf");
    let jobs = journal(&csdeck);
    assert_eq!(jobs[0]["text"], "Enable-CsTopology -WhatIf");
    assert_eq!(jobs[0]["risk"], "read");
    for (text, why) in [
        ("Get-CsPool", "nothing in it changes anything"),
        (
            "Invoke-CsManagementStoreReplication",
            "knows no -WhatIf of it",
        ),
        ("Enable-CsTopology -WhatIf:$false", "has -WhatIf already"),
        ("foreach ($a in 1) { Enable-CsTopology }", "it is a script"),
        ("Enable-CsTopology (", "line 1"),
    ] {
        run(text).code(2).silent().says(why);
    }
    // The gate that is closed stays closed.
    run(REMOVE_CMS).code(4).silent();
    assert_eq!(journal(&csdeck).len(), 1);
    // Written out it is the same.
    csdeck
        .run(["run", "--target", "lab", "--", "Enable-CsTopology -WhatIf"])
        .code(0);
    csdeck
        .run([
            "run",
            "--target",
            "lab",
            "--",
            "Enable-CsTopology -WhatIf:$false",
        ])
        .code(4);
}

#[test]
fn a_command_that_takes_longer_than_it_may_is_stopped_and_has_failed() {
    let csdeck = Csdeck::new();
    let slow = ["run", "--target", "lab", "--timeout", "300ms", "--"];
    csdeck
        .run(slow.into_iter().chain(["Start-Sleep 100"]))
        .code(1)
        .says("it ran longer than 0.3 s and was stopped");
    let listed = csdeck.run(["journal", "list", "--format", "json"]).json();
    assert_eq!(listed[0]["state"], "failed");
    csdeck
        .run([
            "run",
            "--target",
            "lab",
            "--timeout",
            "soon",
            "--",
            "Get-Date",
        ])
        .code(2);
}

#[test]
fn what_a_way_cannot_carry_is_refused_before_anything_connects() {
    let csdeck = Csdeck::new();
    csdeck.write(
        "config/targets.toml",
        "[[target]]\nname = \"pool01\"\ntransport = \"winrm\"\naddress = \"https://pool01.invalid/OcsPowershell\"\n\n[[target]]\nname = \"fe01\"\ntransport = \"ssh\"\naddress = \"fe01.invalid\"\n",
    );
    csdeck
        .run([
            "run",
            "--target",
            "pool01",
            "--",
            "Get-CsUser | Where-Object { $_.Enabled }",
        ])
        .code(4)
        .silent()
        .says("line 1, column 27: a script block");
    csdeck
        .run([
            "run",
            "--target",
            "fe01",
            "--yes-i-typed",
            "fe01",
            "--",
            "Move-CsManagementServer",
        ])
        .code(4)
        .silent()
        .says("own console");
    assert!(journal(&csdeck).is_empty());
    // What may fail on the second hop is said before a yes is asked for, and stops nothing.
    csdeck
        .run(["run", "--target", "fe01", "--", "Enable-CsTopology"])
        .code(4)
        .silent()
        .says("fe01: Enable-CsTopology: goes on from fe01.invalid")
        .says("--yes");
}
