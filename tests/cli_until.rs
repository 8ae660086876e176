//! `csdeck watch --snippet ID --until EXPR` from end to end, in the lab.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use csdeck::Csdeck;
use serde_json::Value;

const FE: &str = "sgfe02.kestrel.lan";
const POOL: &str = "sgpool01.kestrel.lan";

fn lab() -> Csdeck {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "--speed", "50"]).code(0);
    csdeck
}

fn services(csdeck: &Csdeck, verb: &str) {
    let text = format!("{verb}-CsWindowsService -ComputerName {FE}");
    csdeck
        .run([
            "run",
            "--lab",
            "--target",
            "lab",
            "--yes",
            "--yes-i-typed",
            "lab",
            "--",
            &text,
        ])
        .code(0);
}

fn start(csdeck: &Csdeck, args: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut child = csdeck.command(args).stderr(Stdio::null()).spawn().unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    (child, reader)
}

/// The next poll that fits; what comes before goes through `each`.
fn next(
    reader: &mut BufReader<ChildStdout>,
    fits: impl Fn(&Value) -> bool,
    each: impl Fn(&Value),
) -> Value {
    for line in std::io::Read::by_ref(reader).lines().take(100_000) {
        let poll: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if fits(&poll) {
            return poll;
        }
        each(&poll);
    }
    panic!("the watch ended too early");
}

#[test]
fn services_that_start_from_converging_to_converged() {
    let csdeck = lab();
    services(&csdeck, "Stop");
    let computer = format!("ComputerName={FE}");
    let (mut child, mut polls) = start(
        &csdeck,
        &[
            "watch",
            "--lab",
            "--snippet",
            "services/list",
            "--set",
            &computer,
            "--until",
            "all Status -eq Running",
            "--interval",
            "100ms",
            "--polls",
            "3",
            "--format",
            "jsonl",
        ],
    );
    let waiting = next(&mut polls, |_| true, |_| {});
    assert_eq!(waiting["verdict"], "converging");
    let objects = waiting["objects"].as_array().unwrap();
    assert!(objects.len() > 5, "{waiting}");
    assert!(objects.iter().all(|o| o["verdict"] == "not-yet"
        && o["reason"] == "Status is Stopped, wanted Running"
        && o["Name"].is_string()));
    services(&csdeck, "Start");
    let done = next(
        &mut polls,
        |p| p["verdict"] == "converged",
        |p| assert_eq!(p["verdict"], "converging", "{p}"),
    );
    assert_eq!(
        (&done["consecutiveTrue"], &done["pollsNeeded"]),
        (&Value::from(3), &Value::from(3))
    );
    assert!(
        done["objects"]
            .as_array()
            .unwrap()
            .iter()
            .all(|o| o["verdict"] == "satisfied")
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // One entry for the whole watch, behind those of the services.
    let jobs = csdeck
        .run(["journal", "list", "--format", "json"])
        .code(0)
        .json();
    let jobs = jobs.as_array().unwrap();
    let watched: Vec<&Value> = jobs
        .iter()
        .filter(|j| {
            j["text"]
                .as_str()
                .unwrap()
                .starts_with("Get-CsWindowsService")
        })
        .collect();
    assert_eq!(watched.len(), 1, "{jobs:?}");
    assert_eq!(
        (&watched[0]["state"], &watched[0]["risk"]),
        (&Value::from("succeeded"), &Value::from("read"))
    );
}

#[test]
fn the_ready_ones_in_the_lab() {
    let csdeck = lab();
    let pool = format!("PoolFqdn={POOL}");
    let watch = |name: &str, set: Option<&str>, code: i32| {
        let mut args = vec![
            "watch",
            "--lab",
            "--ready",
            name,
            "--interval",
            "50ms",
            "--timeout",
            "60s",
            "--format",
            "json",
        ];
        if code != 0 {
            args[7] = "300ms";
        }
        args.extend(set.iter().flat_map(|set| ["--set", set]));
        csdeck.run(args).code(code).json()
    };
    assert_eq!(watch("services", None, 0)["verdict"], "converged");
    assert_eq!(
        watch("upgrade", None, 0)["objects"][0]["PoolUpgradeState"],
        "Ready"
    );
    let backup = watch("backup", Some(&pool), 0);
    assert_eq!(backup["objects"].as_array().unwrap().len(), 3);
    // The lab has no SQL mirror, and says so.
    let mirror = watch("mirror", Some(&pool), 3);
    assert_eq!(mirror["verdict"], "converging");
    assert!(
        mirror["reason"]
            .as_str()
            .unwrap()
            .contains("DatabaseInaccessibleOrMirroringNotEnabled"),
        "{mirror}"
    );
    // A front end that starts builds its replicas first.
    services(&csdeck, "Stop");
    let waiting = watch("upgrade", None, 3);
    assert_eq!(
        waiting["objects"][0]["reason"],
        "PoolUpgradeState is Busy, wanted Ready"
    );
    services(&csdeck, "Start");
    assert_eq!(watch("upgrade", None, 0)["verdict"], "converged");
}

#[test]
fn an_answer_that_is_text_is_watched_line_by_line() {
    let csdeck = lab();
    let pool = format!("PoolFqdn={POOL}");
    let watch = |until: &str| {
        csdeck.run([
            "watch",
            "--lab",
            "--snippet",
            "services/get-fabric-state",
            "--set",
            &pool,
            "--until",
            until,
            "--polls",
            "1",
            "--interval",
            "50ms",
            "--timeout",
            "300ms",
        ])
    };
    let good = "any Value -match '^Routing group' -and none Value -match 'missing|quorum loss'";
    watch(good).code(0).prints("converged: ");
    services(&csdeck, "Stop");
    watch(good)
        .code(3)
        .prints("missing replica on sgfe02.kestrel.lan");
    let typed = watch("all Status -eq Ready").code(1);
    typed.says("the answer is text");
}

#[test]
fn what_cannot_be_told_is_never_good() {
    let csdeck = lab();
    let watch = |args: &[&str], code: i32| {
        let mut all = vec![
            "watch",
            "--lab",
            "--interval",
            "50ms",
            "--timeout",
            "300ms",
            "--format",
            "json",
        ];
        all.extend(args);
        csdeck.run(all).code(code)
    };
    let typed = watch(
        &[
            "--snippet",
            "services/list",
            "--until",
            "none Stauts -eq Stopped",
        ],
        1,
    )
    .says("no object has a property Stauts. Did you mean Status?");
    assert_eq!(typed.json()["verdict"], "failed");
    // No objects: the lab has no unassigned number.
    csdeck.write("config/snippets/mine/nothing.ps1", NOTHING);
    let nothing =
        |until: &str, code| watch(&["--snippet", "mine/nothing", "--until", until], code).json();
    for until in ["all A -eq 1", "none A -eq 1", "count -lt 5"] {
        let blind = nothing(until, 5);
        assert_eq!(
            (&blind["verdict"], &blind["objects"]),
            (&Value::from("blind"), &Value::from(Vec::<Value>::new()))
        );
    }
    assert_eq!(nothing("count -eq 0", 0)["verdict"], "converged");
    // The command fails.
    let failed = watch(&["--ready", "backup", "--set", "PoolFqdn=no.such.pool"], 1);
    assert_eq!(failed.json()["verdict"], "failed");
    let table = csdeck
        .run([
            "watch",
            "--lab",
            "--ready",
            "services",
            "--set",
            "ComputerName=sgfe02.kestrel.lan",
            "--interval",
            "50ms",
        ])
        .code(0)
        .prints("converged: ")
        .prints("satisfied  RTCSRV         Status is Running");
    assert!(
        table.stderr.contains("Get-CsWindowsService")
            && table.stderr.contains("all Status -eq Running"),
        "{}",
        table.stderr
    );
}

const NOTHING: &str = "<#
.SYNOPSIS
Show services that are not there
.DESCRIPTION
Shows nothing.
.NOTES
RunsOn: admin-box
Gates: none
Verify: none
Rollback: not needed
#>
[CmdletBinding()]
param()

Get-CsWindowsService | Where-Object { $_.Name -eq 'none' }
";

#[test]
fn what_changes_something_is_not_watched() {
    let csdeck = lab();
    csdeck
        .run([
            "watch",
            "--lab",
            "--snippet",
            "services/start-all",
            "--set",
            "ComputerName=sgfe02.kestrel.lan",
            "--until",
            "count -ge 1",
        ])
        .code(4)
        .silent()
        .says("only what reads is watched");
    assert_eq!(
        csdeck
            .run(["journal", "list", "--format", "json"])
            .code(0)
            .json(),
        serde_json::json!([])
    );
}

#[test]
fn mistakes_of_the_command_line() {
    let csdeck = lab();
    let wrong = |args: &[&str], says: &str| {
        let mut all = vec!["watch", "--lab"];
        all.extend(args);
        csdeck.run(all).code(2).silent().says(says);
    };
    wrong(&["--snippet", "services/list"], "--until");
    wrong(&["--until", "all A -eq 1"], "needs --snippet or --ready");
    wrong(&["--set", "A=1"], "needs --snippet or --ready");
    wrong(&["--ready", "nonsense"], "mirror");
    wrong(&["--ready", "servces"], "Did you mean services?");
    wrong(&["--ready", "mirror"], "PoolFqdn");
    wrong(
        &[
            "--ready",
            "services",
            "--snippet",
            "services/list",
            "--until",
            "count -eq 1",
        ],
        "cannot be used with",
    );
    wrong(
        &["--snippet", "services/lst", "--until", "count -eq 1"],
        "services/list",
    );
    wrong(
        &[
            "--snippet",
            "services/list",
            "--until",
            "all Status -eqq Running",
        ],
        "column 12: -eqq is no operator. Did you mean -eq?\n  all Status -eqq Running\n             ^",
    );
    wrong(
        &["--ready", "services", "--since", "now"],
        "cannot be used with",
    );
    wrong(
        &["--ready", "services", "--target", "nope"],
        "There are: lab",
    );
}
