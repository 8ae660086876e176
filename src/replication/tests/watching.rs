use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{clock, row, seen, watcher, words};
use crate::replication::{Expected, Observation, Options, Verdict, Watcher};

fn since(text: &str) -> Watcher {
    Watcher::new(Options {
        polls: 1,
        since: Some(clock(text)),
        ..Options::default()
    })
}

#[test]
fn converged_needs_its_polls_in_a_row() {
    let good = [
        row("fe01", true, "14:00:30", "14:00:00"),
        row("fe02", true, "14:00:31", "14:00:00"),
    ];
    let bad = [good[0].clone(), row("fe02", false, "13:00:00", "14:00:40")];
    let mut watch = watcher(3);
    let mut verdicts = Vec::new();
    for (time, rows) in [
        ("14:01:00", &good),
        ("14:01:05", &good),
        ("14:01:10", &bad),
        ("14:01:15", &good),
    ] {
        verdicts.push(watch.observe(seen(time, rows)).verdict);
    }
    assert_eq!(verdicts, [Verdict::Converging; 4]);
    assert_eq!(watch.latest().consecutive_true, 1);
    assert_eq!(watch.latest().reason, "2 of 2 up to date; poll 1 of 3");
    watch.observe(seen("14:01:20", &good));
    // Blindness breaks the row: what happened meanwhile is unknown.
    watch.blind("timed out", clock("14:01:25"));
    for (time, verdict) in [
        ("14:01:30", Verdict::Converging),
        ("14:01:35", Verdict::Converging),
        ("14:01:40", Verdict::Converged),
        ("14:01:45", Verdict::Converged),
    ] {
        assert_eq!(watch.observe(seen(time, &good)).verdict, verdict, "{time}");
    }
    assert_eq!(watch.latest().true_since, Some(clock("14:01:30")));
    assert_eq!(watch.latest().consecutive_true, 4);
}

#[test]
fn a_stale_true_never_converges() {
    // True, but the report is older than the package.
    let stale = [row("fe01", true, "13:00:30", "14:00:00")];
    let report = watcher(1).observe(seen("14:00:10", &stale)).clone();
    assert_eq!(
        (report.verdict, words(&report)),
        (Verdict::Converging, vec!["waiting"])
    );
    // All True, but for the package before the change.
    let old = [row("fe01", true, "13:00:30", "13:00:00")];
    assert_eq!(
        watcher(1).observe(seen("14:00:10", &old)).verdict,
        Verdict::Converged
    );
    let mut watch = since("14:00:00");
    let report = watch.observe(seen("14:00:10", &old));
    assert_eq!(
        (report.verdict, words(report)),
        (Verdict::Converging, vec!["waiting"])
    );
    assert!(
        report
            .reason
            .starts_with("no package made since 2025-10-14T06:00:00Z yet"),
        "{}",
        report.reason
    );
    // One row alone has the new package.
    let half = [
        row("fe01", true, "14:00:40", "14:00:20"),
        row("fe02", true, "13:00:30", "13:00:00"),
    ];
    let report = watch.observe(seen("14:00:50", &half));
    assert_eq!(
        (report.verdict, words(report)),
        (Verdict::Converging, vec!["up to date", "waiting"])
    );
    let both = [half[0].clone(), row("fe02", true, "14:00:50", "14:00:20")];
    assert_eq!(
        watch.observe(seen("14:01:00", &both)).verdict,
        Verdict::Converged
    );
}

#[test]
fn a_change_without_a_package_is_no_change() {
    let old = [row("fe01", true, "13:00:30", "13:00:00")];
    let mut watch = since("14:00:00");
    assert_eq!(
        watch.observe(seen("14:02:59", &old)).verdict,
        Verdict::Converging
    );
    let report = watch.observe(seen("14:03:00", &old));
    assert_eq!(report.verdict, Verdict::NoChange);
    assert!(
        report.reason.starts_with("no change seen"),
        "{}",
        report.reason
    );
    assert!(report.advice[0].contains("publish"), "{:?}", report.advice);
    // A late master is still welcome.
    let new = [row("fe01", true, "14:03:30", "14:03:10")];
    assert_eq!(
        watch.observe(seen("14:03:40", &new)).verdict,
        Verdict::Converged
    );
}

#[test]
fn times_ahead_of_the_clock_prove_nothing() {
    // Read with a wrong zone, old times look newer than the change.
    let ahead = [row("fe01", true, "22:00:30", "22:00:00")];
    let report = since("14:00:00").observe(seen("14:01:00", &ahead)).clone();
    assert_eq!(report.verdict, Verdict::Converging);
    assert!(
        report.advice.iter().any(|a| a.contains("in the future")),
        "{:?}",
        report.advice
    );
    // A server clock two minutes ahead moves the change, and ages are measured by it.
    let mut watch = since("14:00:00");
    let before = [row("fe01", true, "14:01:30", "14:01:00")];
    let mut poll = seen("14:00:10", &before);
    poll.server_time = Some(clock("14:02:10"));
    assert_eq!(watch.observe(poll).verdict, Verdict::Converging);
    let after = [row("fe01", true, "14:02:30", "14:02:05")];
    let mut poll = seen("14:00:40", &after);
    poll.server_time = Some(clock("14:02:40"));
    let report = watch.observe(poll);
    assert_eq!(report.verdict, Verdict::Converged);
    assert_eq!(
        report.rows[0].report_age,
        Some(SignedDuration::from_secs(10))
    );
    assert_eq!(report.sampled_at, Some(clock("14:00:40")));
}

#[test]
fn limits_of_internal_servers_and_edges() {
    let rows = |package: &str| {
        [
            row("fe01", true, "14:00:00", "13:00:00"),
            row("fe02", false, "12:00:00", package),
            row("edge01", false, "12:00:00", package),
        ]
    };
    let at_14_10 = |package: &str| {
        let report = watcher(1).observe(seen("14:10:00", &rows(package))).clone();
        (report.verdict, words(&report)[1..].to_vec())
    };
    assert_eq!(
        at_14_10("14:09:30"),
        (Verdict::Converging, vec!["waiting", "waiting"])
    );
    assert_eq!(
        at_14_10("14:08:30"),
        (Verdict::Converging, vec!["lagging", "waiting"])
    );
    assert_eq!(
        at_14_10("14:05:10"),
        (Verdict::Converging, vec!["lagging", "lagging"])
    );
    assert_eq!(
        at_14_10("14:04:59"),
        (Verdict::Converging, vec!["stuck", "lagging"])
    );
    assert_eq!(
        at_14_10("14:00:10"),
        (Verdict::Converging, vec!["stuck", "lagging"])
    );
    assert_eq!(
        at_14_10("13:59:59"),
        (Verdict::Stuck, vec!["stuck", "stuck"])
    );
    // The limit is met when it will be over before the next poll.
    assert_eq!(
        at_14_10("14:00:04"),
        (Verdict::Stuck, vec!["stuck", "stuck"])
    );
    // The topology knows better than the name.
    let expected = |fqdn: &str, is_edge| Expected {
        fqdn: format!("{fqdn}.KESTREL.lan"),
        is_edge,
        ..Expected::default()
    };
    let mut watch = Watcher::new(Options {
        polls: 1,
        expected: Some(vec![
            expected("fe01", false),
            expected("fe02", true),
            expected("edge01", false),
        ]),
        ..Options::default()
    });
    let report = watch.observe(seen("14:10:00", &rows("14:03:00")));
    assert_eq!(words(report), ["up to date", "lagging", "stuck"]);
    assert!(
        report.reason.contains("stuck: edge01.kestrel.lan"),
        "{}",
        report.reason
    );
}

#[test]
fn a_report_that_did_not_bring_true() {
    let rows = [
        row("fe01", true, "14:00:30", "14:00:00"),
        row("fe02", false, "14:00:30", "14:00:00"),
    ];
    let mut watch = watcher(1);
    let report = watch.observe(seen("14:01:00", &rows));
    assert_eq!(
        (report.verdict, words(report)[1]),
        (Verdict::Converging, "lagging")
    );
    let report = watch.observe(seen("14:06:00", &rows));
    assert_eq!(
        (report.verdict, words(report)[1]),
        (Verdict::Stuck, "stuck")
    );
    assert!(
        report.advice.iter().any(|a| a.contains("event log")),
        "{:?}",
        report.advice
    );
}

#[test]
fn a_forced_replication_is_no_failure() {
    // Stored status cleared, nothing new to deliver: old packages, no reports.
    let before = [
        row("fe01", true, "10:00:30", "10:00:00"),
        row("fe02", true, "10:00:30", "10:00:00"),
    ];
    let cleared = [
        row("fe01", false, "", "10:00:00"),
        row("fe02", false, "10:00:30", "10:00:00"),
    ];
    let mut watch = watcher(1);
    watch.observe(seen("14:00:00", &before));
    let report = watch.observe(seen("14:00:05", &cleared));
    assert_eq!(
        (report.verdict, words(report)),
        (Verdict::Converging, vec!["never reported", "lagging"])
    );
    assert_eq!(
        watch.observe(seen("14:05:05", &cleared)).verdict,
        Verdict::Stuck
    );
    // Whoever starts the watch with the change has the same patience.
    let mut watch = since("14:00:00");
    assert_eq!(
        watch.observe(seen("14:00:05", &cleared)).verdict,
        Verdict::Converging
    );
}

#[test]
fn expected_replicas_that_miss_and_strangers_that_show() {
    let expected = |fqdn: &str| Expected {
        fqdn: format!("{fqdn}.kestrel.lan"),
        is_edge: false,
        ..Expected::default()
    };
    let mut watch = Watcher::new(Options {
        polls: 1,
        expected: Some(vec![expected("FE01"), expected("fe02")]),
        ..Options::default()
    });
    let rows = [
        row("fe01", true, "14:00:30", "14:00:00"),
        row("old01", false, "", "09:00:00"),
    ];
    let report = watch.observe(seen("14:01:00", &rows));
    assert_eq!(words(report), ["up to date", "orphan", "missing"]);
    assert_eq!(report.verdict, Verdict::Converging);
    assert_eq!(
        report.reason,
        "1 of 2 up to date; missing from the answer: fe02.kestrel.lan; \
         not in the topology: old01.kestrel.lan"
    );
    assert_eq!(
        watch.observe(seen("14:06:00", &rows)).verdict,
        Verdict::Stuck
    );
    let rows = [
        rows.as_slice(),
        &[row("fe02", true, "14:06:30", "14:00:00")],
    ]
    .concat();
    let report = watch.observe(seen("14:07:00", &rows));
    assert_eq!(
        (report.verdict, report.count()),
        (Verdict::Converged, (2, 2))
    );
    // Only strangers: nobody who is expected has said anything.
    let only = [row("old01", true, "14:00:30", "14:00:00")];
    assert_ne!(
        watch.observe(seen("14:08:00", &only)).verdict,
        Verdict::Converged
    );
}

#[test]
fn who_drops_out_of_the_answers_is_missed_unless_a_publish_explains_it() {
    let both = [
        row("fe01", true, "14:00:30", "14:00:00"),
        row("fe02", false, "", "14:00:00"),
    ];
    let mut watch = watcher(1);
    watch.observe(seen("14:01:00", &both));
    let report = watch.observe(seen("14:01:05", &both[..1]));
    assert_eq!(
        (report.verdict, words(report)),
        (Verdict::Converging, vec!["up to date", "missing"])
    );
    let published = [row("fe01", true, "14:02:30", "14:02:00")];
    assert_eq!(
        watch.observe(seen("14:03:00", &published)).verdict,
        Verdict::Converged
    );
}

#[test]
fn no_data_is_blind_and_never_good() {
    let mut watch = watcher(1);
    assert_eq!((watch.latest().verdict, watch.len()), (Verdict::Blind, 0));
    assert_eq!(watch.observe(seen("14:00:00", &[])).verdict, Verdict::Blind);
    let good = [row("fe01", true, "14:00:30", "14:00:00")];
    assert_eq!(
        watch.observe(seen("14:01:00", &good)).verdict,
        Verdict::Converged
    );
    let report = watch.blind("fe01: connection refused", clock("14:31:00"));
    assert_eq!(
        (report.verdict, words(report)),
        (Verdict::Blind, vec!["unreachable"])
    );
    assert_eq!(report.rows[0].age_words(), "30 min 30 s");
    assert_eq!(report.reason, "fe01: connection refused");
    assert_eq!(report.to_json()["replicas"][0]["upToDate"], json!(null));
    assert_eq!(watch.trail("fe01.kestrel.lan", 9), [None, Some(true), None]);
    assert_eq!(
        watch
            .observe(Observation {
                sampled_at: None,
                ..seen("14:00:00", &[])
            })
            .verdict,
        Verdict::Blind
    );
    assert_eq!(watch.failed("access denied", None).verdict, Verdict::Failed);
}

#[test]
fn all_false_for_long_points_to_the_store() {
    let rows = ["fe01", "fe02", "edge01"].map(|name| row(name, false, "12:00:00", "14:00:00"));
    let report = watcher(1).observe(seen("14:11:00", &rows)).clone();
    assert_eq!(report.verdict, Verdict::Stuck);
    assert!(
        report.advice[0].contains("look at the Central Management store"),
        "{:?}",
        report.advice
    );
    let early = watcher(1).observe(seen("14:06:00", &rows)).clone();
    assert!(
        !early
            .advice
            .iter()
            .any(|a| a.contains("look at the Central Management store"))
    );
    let alone = watcher(1).observe(seen("14:11:00", &rows[..1])).clone();
    assert!(
        !alone
            .advice
            .iter()
            .any(|a| a.contains("look at the Central Management store"))
    );
}

#[test]
fn history_is_bounded() {
    let rows = [row("fe01", true, "14:00:30", "14:00:00")];
    let mut watch = Watcher::new(Options {
        history: 3,
        ..Options::default()
    });
    for second in 0..10_i64 {
        let mut poll = seen("14:01:00", &rows);
        poll.sampled_at =
            Some(Timestamp::from_second(clock("14:01:00").as_second() + second).unwrap());
        watch.observe(poll);
    }
    assert_eq!(watch.len(), 3);
    let seconds: Vec<i64> = (0..3)
        .map(|back| watch.rewind(back).unwrap().sampled_at.unwrap().as_second() % 60)
        .collect();
    assert_eq!(seconds, [9, 8, 7]);
    assert_eq!(watch.latest().consecutive_true, 10);
}
