//! `csdeck run` on many targets: waves, what differs, and two hundred of them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/sshd.rs"]
mod sshd;

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use csdeck::{Csdeck, Ended, end};
use serde_json::{Value, json};
use sshd::{PasswordUser, Sshd};

/// Local targets, each with a program in place of PowerShell.
fn targets(csdeck: &Csdeck, programs: &[(&str, &str)]) {
    let mut text = String::new();
    for (name, script) in programs {
        let path = csdeck.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        text.push_str(&format!(
            "[[target]]\nname = \"{name}\"\ntransport = \"local\"\nsession = \"single\"\npowershell = \"{}\"\ngroups = [\"all\"]\n",
            path.display()
        ));
    }
    csdeck.write("config/targets.toml", text);
}

fn run(csdeck: &Csdeck, more: &[&str]) -> Ended {
    let mut args = vec!["run", "--target", "all"];
    args.extend(more);
    args.extend(["--", "Get-CsPool"]);
    csdeck.run(args)
}

fn journaled(csdeck: &Csdeck) -> usize {
    let list = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    list.json().as_array().unwrap().len()
}

#[test]
fn what_differs_is_told_behind_everything_else() {
    let csdeck = Csdeck::new();
    targets(
        &csdeck,
        &[
            ("fe01", "cat >/dev/null; echo I am fe01; echo Running"),
            ("fe02", "cat >/dev/null; echo I am fe02; echo 'Running '"),
            ("fe03", "cat >/dev/null; echo I am fe03; echo Stopped"),
            ("fe04", "cat >/dev/null; echo oops >&2"),
            ("fe05", "exit 1"),
        ],
    );
    std::fs::remove_file(csdeck.path("bin/fe05")).unwrap();
    let ended = run(&csdeck, &[]).code(1);
    let summary = &ended.stderr[ended.stderr.find("5 targets, 4 different").unwrap()..];
    let lines: Vec<&str> = summary.lines().map(str::trim).collect();
    assert!(
        lines[1] == "2 succeeded: fe01, fe02" || lines[1] == "2 succeeded: fe02, fe01",
        "{summary}"
    );
    let has = |text: &str| assert!(lines.contains(&text), "{text:?} in {summary}");
    has("1 succeeded: fe03");
    has("-Running");
    has("+Stopped");
    has("1 failed: fe04");
    has("1 failed: fe05");
    assert!(summary.contains("cannot start"), "{summary}");
    assert!(summary.contains("counts as <target>"), "{summary}");
    // Nothing of it for programs.
    let json = run(&csdeck, &["--format", "jsonl"]).code(1);
    assert!(!json.stderr.contains("different outcomes"));
    assert!(json.lines().iter().all(|line| line["target"].is_string()));
}

#[test]
fn a_wave_that_fails_is_the_last() {
    let csdeck = Csdeck::new();
    let good = "cat >/dev/null; echo fine";
    targets(
        &csdeck,
        &[
            ("fe01", good),
            ("fe02", "cat >/dev/null; exit 7"),
            ("fe03", good),
            ("fe04", good),
        ],
    );
    let lines = run(&csdeck, &["--wave", "2", "--format", "jsonl"])
        .code(1)
        .lines();
    let last: HashMap<&str, &Value> = lines
        .iter()
        .map(|line| (line["target"].as_str().unwrap(), line))
        .collect();
    for (name, state, exit) in [
        ("fe01", "succeeded", 0),
        ("fe02", "failed", 1),
        ("fe03", "cancelled", 1),
        ("fe04", "cancelled", 1),
    ] {
        assert_eq!(last[name]["state"], state);
        assert_eq!(last[name]["exit"], exit);
    }
    let text = last["fe03"]["text"].as_str().unwrap();
    assert!(
        text.contains("nothing was sent") && text.contains("fe02"),
        "{text}"
    );
    assert_eq!(
        journaled(&csdeck),
        2,
        "what was held back is not in the journal"
    );
    run(&csdeck, &["--limit", "1", "--stop-on-failure"])
        .code(1)
        .says("2 cancelled: fe03, fe04");
    run(&csdeck, &["--limit", "1"])
        .code(1)
        .says("3 succeeded: fe01, fe03, fe04");
    run(&csdeck, &["--wave", "0"]).code(2).silent();
}

/// Runs to its end, at most two minutes, and gives the most memory it ever had, in KiB.
fn measured(csdeck: &Csdeck, args: &[&str]) -> (Ended, u64) {
    let child = csdeck.command(args).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    // What it prints has to be taken from it while it runs.
    let ended = std::thread::spawn(move || end(child));
    let begun = Instant::now();
    let mut most = 0;
    while !ended.is_finished() {
        assert!(begun.elapsed() < Duration::from_secs(240), "it hangs");
        let now = std::fs::read_to_string(&status).unwrap_or_default();
        let now = now
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
            .and_then(|number| number.trim().parse().ok());
        most = most.max(now.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(20));
    }
    (ended.join().unwrap(), most)
}

/// Every target has one final state, its last event.
fn all_ended(lines: &[Value], count: usize) -> HashMap<String, String> {
    let mut ended = HashMap::new();
    for line in lines {
        let name = line["target"].as_str().unwrap().to_owned();
        assert!(
            !ended.contains_key(&name),
            "{name} says something after its end"
        );
        if let Some(exit) = line.get("exit") {
            assert!(exit.is_i64());
            ended.insert(name, line["state"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(ended.len(), count);
    ended
}

#[test]
fn two_hundred_local_targets_end_in_a_state_each() {
    let csdeck = Csdeck::new();
    let names: Vec<String> = (0..200).map(|n| format!("fe{n:03}")).collect();
    let scripts = [
        "cat >/dev/null; echo fine",
        "cat >/dev/null; echo odd; exit 3",
        // A good deal more than is kept of it.
        "cat >/dev/null; yes 'a line of no consequence' | head -n 20000",
    ];
    let programs: Vec<(&str, &str)> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let script = match n {
                17 | 42 => scripts[1],
                _ if n % 20 == 5 => scripts[2],
                _ => scripts[0],
            };
            (name.as_str(), script)
        })
        .collect();
    targets(&csdeck, &programs);
    std::fs::remove_file(csdeck.path("bin/fe099")).unwrap();
    let args = [
        "run",
        "--target",
        "all",
        "--limit",
        "16",
        "--",
        "Get-CsPool",
    ];
    let (ended, most) = measured(&csdeck, &args);
    let ended = ended.code(1);
    assert!(
        ended.stderr.contains("200 targets, 4 different outcomes"),
        "{}",
        &ended.stderr[ended.stderr.len().saturating_sub(3000)..]
    );
    assert!(
        ended.stderr.contains("2 failed: fe017, fe042")
            || ended.stderr.contains("2 failed: fe042, fe017")
    );
    eprintln!("200 local targets: VmHWM {most} KiB");
    assert!(most < 200_000, "{most} KiB");
}

#[test]
fn two_hundred_targets_over_ssh_end_in_a_state_each() {
    let csdeck = Csdeck::new();
    let sshd = Sshd::start();
    // A user of its own: what the start-up files of this one do is no matter of this test.
    let user = PasswordUser::create();
    let key = sshd.client_key("ed25519", "");
    let known_hosts = sshd.known_hosts();
    let mut text = String::new();
    for n in 0..200 {
        // One that is not there, one that is not known.
        let address = match n {
            50 => "127.0.0.1:1".to_owned(),
            _ => sshd.address(),
        };
        let known_hosts = match n {
            51 => "/no/such/file",
            _ => known_hosts.to_str().unwrap(),
        };
        text.push_str(&format!(
            "[[target]]\nname = \"fe{n:03}\"\ntransport = \"ssh\"\naddress = \"{address}\"\nuser = \"{}\"\n\
             identity_file = \"{}\"\nknown_hosts = \"{known_hosts}\"\nshell = \"plain\"\nsession = \"single\"\ngroups = [\"all\"]\n",
            user.name,
            key.display(),
        ));
    }
    csdeck.write("config/targets.toml", text);
    let mut all = vec![
        "run", "--target", "all", "--limit", "16", "--format", "jsonl",
    ];
    // `echo` is no cmdlet that is known to read only: every name is typed.
    let names: Vec<String> = (0..200).map(|n| format!("fe{n:03}")).collect();
    for name in &names {
        all.extend(["--yes-i-typed", name]);
    }
    all.extend(["--", "echo fine"]);
    let (ended, most) = measured(&csdeck, &all);
    let ended = ended.code(5);
    let states = all_ended(&ended.lines(), 200);
    for (name, state) in &states {
        let expected = if matches!(name.as_str(), "fe050" | "fe051") {
            "failed"
        } else {
            "succeeded"
        };
        let said: Vec<Value> = ended
            .lines()
            .into_iter()
            .filter(|l| l["target"] == json!(name))
            .collect();
        assert_eq!(state, expected, "{name}: {said:?}");
    }
    assert_eq!(sshd.logins(), 198);
    let fine = ended
        .lines()
        .iter()
        .filter(|l| l["text"] == json!("fine"))
        .count();
    assert_eq!(fine, 198);
    eprintln!("200 targets over SSH: VmHWM {most} KiB");
    assert!(most < 200_000, "{most} KiB");
}
