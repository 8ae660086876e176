//! csdeck killed at any moment: what it had sent is accounted for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![cfg(unix)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use csdeck::Csdeck;
use process::eventually;
use serde_json::Value;

const TARGETS: usize = 8;

/// Jobs that are to be in the journal in the end, and runs on all targets at most: a kill often comes
/// before a run has begun all of its jobs.
const JOBS: usize = 200;
const RUNS: u64 = 400;

/// Targets of a stand-in that writes down what it was sent before it does anything, and then goes
/// on for a moment.
fn targets(csdeck: &Csdeck, script: &str) {
    for n in 1..=TARGETS {
        let name = format!("fe0{n}");
        let program = csdeck.write(
            &name,
            format!(
                "#!/bin/sh\nname={name}\nlog='{}'\n{script}\n",
                csdeck.path("log").display()
            ),
        );
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        csdeck
            .run([
                "target",
                "add",
                &name,
                "--transport",
                "local",
                "--shell",
                "plain",
                "--session",
                "single",
                "--powershell",
                program.to_str().unwrap(),
                "--group",
                "all",
            ])
            .code(0);
    }
}

fn jobs(csdeck: &Csdeck) -> Vec<Value> {
    let list = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    list.json().as_array().unwrap().clone()
}

fn run(csdeck: &Csdeck, number: u64) -> std::process::Command {
    let text = format!("Get-CsPool run{number}.kestrel.lan");
    csdeck.command(["run", "--target", "all", "--limit", "3", "--", &text])
}

fn log(csdeck: &Csdeck) -> Vec<(String, String)> {
    std::fs::read_to_string(csdeck.path("log"))
        .unwrap_or_default()
        .lines()
        .map(|line| {
            let (target, text) = line.split_once(' ').unwrap();
            (target.to_owned(), text.to_owned())
        })
        .collect()
}

#[test]
fn killed_at_any_point_every_job_that_was_sent_is_accounted_for() {
    let csdeck = Csdeck::new();
    // A text that did not come was not sent.
    targets(
        &csdeck,
        "text=$(cat)\n[ -n \"$text\" ] || exit 3\nprintf '%s %s\\n' $name \"$text\" >> \"$log\"\nsleep 0.02\necho done",
    );
    // How long it takes when nobody kills it: the points to kill at are spread over that.
    let begun = Instant::now();
    csdeck::end(run(&csdeck, 0).spawn().unwrap());
    let whole = begun.elapsed();
    // A fixed seed (splitmix64): the same points, as far as a machine can be the same.
    let mut seed: u64 = 20_251_014;
    let mut random = move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for number in 1..RUNS {
        let mut child = run(&csdeck, number).spawn().unwrap();
        let part = (random() % 1100) as f64 / 1000.0;
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * part));
        let _ = child.kill();
        child.wait().unwrap();
        // Whoever looks in between sees no open job: nobody lives.
        if number % 8 == 0 {
            let jobs = jobs(&csdeck);
            assert!(jobs.iter().all(|job| !job["exit"].is_null()), "{jobs:?}");
            if jobs.len() >= JOBS {
                break;
            }
        }
    }
    csdeck.run(["journal", "verify"]).code(0);
    let jobs = jobs(&csdeck);
    assert!(jobs.len() >= JOBS, "{} jobs began", jobs.len());
    println!("{} jobs", jobs.len());
    let verified = csdeck
        .run(["journal", "verify", "--format", "json"])
        .code(0)
        .json();
    let mut states: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for job in &jobs {
        let key = |name: &str| job[name].as_str().unwrap().to_owned();
        states
            .entry((key("target"), key("text")))
            .or_default()
            .push(key("state"));
    }
    // Stand-ins that were left alone may still write; no new ones begin.
    let log = eventually("the stand-ins are done", || {
        let before = log(&csdeck);
        std::thread::sleep(Duration::from_millis(300));
        (log(&csdeck) == before).then_some(before)
    });
    assert!(log.len() >= TARGETS, "the first run reached all of them");
    for sent in &log {
        let states = states
            .get(sent)
            .unwrap_or_else(|| panic!("{sent:?} is not in the journal"));
        assert!(
            states.len() == 1 && ["succeeded", "lost"].contains(&states[0].as_str()),
            "{sent:?}: {states:?}"
        );
    }
    for ((target, text), states) in &states {
        let sent = log.iter().filter(|(t, x)| (t, x) == (target, text)).count();
        assert!(sent <= 1, "{target} {text}");
        for state in states {
            assert!(
                ["succeeded", "lost", "failed"].contains(&state.as_str()),
                "{state}"
            );
            // Never good without having been there.
            assert!(state != "succeeded" || sent == 1, "{target} {text}");
        }
    }
    // Looking once more adds nothing.
    csdeck.run(["journal", "list"]).code(0);
    let again = csdeck
        .run(["journal", "verify", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(verified["lastHash"], again["lastHash"]);
}

#[test]
fn a_job_is_running_while_its_process_lives_and_lost_when_it_does_not() {
    let csdeck = Csdeck::new();
    targets(
        &csdeck,
        "text=$(cat)\nprintf '%s %s\\n' $name \"$text\" >> \"$log\"\nexec sleep 30",
    );
    let mut child = run(&csdeck, 1).spawn().unwrap();
    eventually("three jobs at once", || {
        (log(&csdeck).len() == 3).then_some(())
    });
    let states = |csdeck: &Csdeck| {
        let mut states: Vec<String> = jobs(csdeck)
            .iter()
            .map(|job| job["state"].as_str().unwrap().to_owned())
            .collect();
        states.sort();
        states
    };
    assert_eq!(states(&csdeck), ["running"; 3]);
    let lines = |csdeck: &Csdeck| {
        csdeck
            .run(["journal", "verify", "--format", "json"])
            .code(0)
            .json()["lines"]
            .clone()
    };
    assert_eq!(lines(&csdeck), 6);
    let children = process::descendants(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(states(&csdeck), ["lost"; 3]);
    assert_eq!(states(&csdeck), ["lost"; 3]);
    assert_eq!(lines(&csdeck), 9, "written down once");
    let shown = csdeck.run(["journal", "show", "1"]).code(0);
    shown
        .prints("lost")
        .prints("look before you run it again")
        .prints("run1.kestrel.lan");
    for pid in children {
        process::kill(pid);
    }
}
