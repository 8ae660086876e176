//! The ready goals, and a watch from answer to answer.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::replication::Verdict;

#[test]
fn the_ready_ones_are_read_and_are_met_by_good_answers_only() {
    for ready in READY {
        goal(ready.until);
        assert_eq!(
            super::super::ready(&ready.name.to_uppercase()).map(|r| r.name),
            Some(ready.name)
        );
    }
    let of = |name: &str| super::super::ready(name).unwrap().until;
    let mirror = |status: &str, primary: &str, mirror: &str| {
        json!([{"DatabaseName": "rtcxds", "StateOnPrimary": primary, "StateOnMirror": mirror,
                "MirroringStatusOnPrimary": status, "MirroringStatusOnMirror": status}])
    };
    for (state, expected) in [
        (mirror("synchronized", "Principal", "Mirror"), Some(true)),
        (mirror("synchronized", "Mirror", "Principal"), Some(true)),
        (
            mirror("synchronized", "Principal", "Principal"),
            Some(false),
        ),
        (mirror("synchronizing", "Principal", "Mirror"), Some(false)),
        (
            mirror(
                "",
                "DatabaseInaccessibleOrMirroringNotEnabled",
                "DatabaseInaccessibleOrMirroringNotEnabled",
            ),
            Some(false),
        ),
    ] {
        assert_eq!(holds(of("mirror"), state), expected);
    }
    let module = |identity: &str, export: &str, import: &str| json!([{"Identity": identity, "ExportStatus": export, "ImportStatus": import}]);
    for (state, expected) in [
        (
            module("UserServices.PresenceFocus", "FinalState", "NormalState"),
            Some(true),
        ),
        (
            module("ConfServices.DataConf", "SteadyState", "NormalState"),
            Some(true),
        ),
        (
            module("CentralMgmt.CMSMaster", "NotInitialized", "NormalState"),
            Some(true),
        ),
        (
            module("ConfServices.DataConf", "NotInitialized", "NormalState"),
            Some(false),
        ),
        (
            module("ConfServices.DataConf", "NonSteadyState", "NormalState"),
            Some(false),
        ),
        (
            module("ConfServices.DataConf", "SteadyState", "ErrorState"),
            Some(false),
        ),
    ] {
        assert_eq!(holds(of("backup"), state), expected);
    }
    assert_eq!(
        holds(of("upgrade"), json!([{"PoolUpgradeState": "Busy"}])),
        Some(false)
    );
    assert_eq!(holds(of("services"), services()), Some(false));
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn state(status: &str) -> Vec<Value> {
    vec![json!({"Name": "RTCSRV", "Status": status})]
}

#[test]
fn a_goal_has_to_be_met_in_enough_polls_far_enough_apart() {
    let options = Options {
        polls: 3,
        apart: SignedDuration::from_secs(10),
    };
    let mut watcher = Watcher::new(goal("all Status -eq Running"), options);
    assert_eq!(watcher.latest().verdict, Verdict::Blind);
    let mut seen = Vec::new();
    for (second, status) in [
        (0, "Running"),
        (5, "Running"),
        (12, "Running"),
        (14, "Stopped"),
        (20, "Running"),
        (30, "Running"),
        (39, "Running"),
        (40, "Running"),
    ] {
        let report = watcher.observe(state(status), at(second));
        seen.push((report.met, report.verdict));
    }
    let (go, done) = (Verdict::Converging, Verdict::Converged);
    assert_eq!(
        seen,
        [
            (1, go),
            (1, go),
            (2, go),
            (0, go),
            (1, go),
            (2, go),
            (2, go),
            (3, done)
        ]
    );
}

#[test]
fn every_verdict_has_its_reason() {
    let mut watcher = Watcher::new(goal("all Status -eq Running"), Options::default());
    let met = watcher.observe(state("Running"), at(0)).clone();
    assert_eq!((met.verdict, met.met), (Verdict::Converging, 1));
    assert!(met.reason.contains("met in 1 of 2 polls"), "{}", met.reason);
    assert_eq!(watcher.observe(Vec::new(), at(1)).verdict, Verdict::Blind);
    assert_eq!(watcher.blind("no way", at(2)).verdict, Verdict::Blind);
    assert_eq!(
        watcher.failed("Access is denied.", at(3)).verdict,
        Verdict::Failed
    );
    let wrong = watcher.observe(vec![json!({"Stat": 1})], at(4));
    assert_eq!(wrong.verdict, Verdict::Failed);
    assert!(wrong.reason.contains("no property") || wrong.reason.contains("has a property Status"));
    // Polls in a row: what was met before counts no more.
    assert_eq!(watcher.observe(state("Running"), at(5)).met, 1);
    let done = watcher.observe(state("Running"), at(6)).clone();
    assert_eq!((done.verdict, done.count()), (Verdict::Converged, (1, 1)));
    let document = done.to_json();
    assert_eq!(document["verdict"], "converged");
    assert_eq!(document["until"], "all Status -eq Running");
    assert_eq!(
        document["objects"][0],
        json!({"Name": "RTCSRV", "Status": "Running", "verdict": "satisfied"})
    );
    assert_eq!(done.to_lines()[1], "  satisfied  RTCSRV  Status is Running");
    let failed = watcher
        .failed("\nAccess is denied.\r\n    + Category", at(6))
        .clone();
    assert_eq!(failed.to_lines(), ["  failed: Access is denied."]);
    let late = watcher.observe(state("Stopped"), at(7));
    assert_eq!(
        late.to_json()["objects"][0]["reason"],
        "Status is Stopped, wanted Running"
    );
    assert!(
        late.to_lines()[1].contains("not yet    RTCSRV  Status is Stopped"),
        "{:?}",
        late.to_lines()
    );
}
