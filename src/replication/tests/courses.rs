//! Whole courses of a watch: what rows do from poll to poll, what is remembered of it, and when
//! the last one will come.

use jiff::SignedDuration;

use super::{clock, row, seen, verdict_of, watcher, words};
use crate::replication::{
    Expected, Options, ReplicaStatus, RowVerdict, Subject, Verdict, Watcher, fqdn_key,
};

fn since(text: &str, polls: u32) -> Watcher {
    Watcher::new(Options {
        polls,
        since: Some(clock(text)),
        ..Options::default()
    })
}

#[test]
fn true_once_and_then_false_begins_anew() {
    let mut watch = since("14:00:00", 2);
    let good = [row("fe01", true, "14:00:30", "14:00:10")];
    let lost = [row("fe01", false, "14:00:30", "14:00:10")];
    for (time, rows, verdict, run) in [
        ("14:00:35", &good, Verdict::Converging, 1),
        ("14:00:40", &lost, Verdict::Converging, 0),
        ("14:00:45", &good, Verdict::Converging, 1),
        ("14:00:50", &good, Verdict::Converged, 2),
    ] {
        let report = watch.observe(seen(time, rows));
        assert_eq!(
            (report.verdict, report.consecutive_true),
            (verdict, run),
            "{time}"
        );
    }
}

#[test]
fn a_row_that_vanishes_in_the_middle_of_a_publish_is_missed() {
    // The packages of one publish are seconds apart: a newer one explains nothing.
    let before = [
        row("fe01", true, "13:00:30", "13:00:00"),
        row("fe02", true, "13:00:30", "13:00:00"),
        row("fe03", true, "13:00:30", "13:00:00"),
    ];
    let under_way = [
        row("fe01", true, "14:00:20", "14:00:10"),
        row("fe02", false, "13:00:30", "14:00:12"),
        row("fe03", true, "13:00:30", "13:00:00"),
    ];
    let without = [
        under_way[0].clone(),
        row("fe03", true, "14:00:24", "14:00:14"),
    ];
    let mut watch = watcher(1);
    watch.observe(seen("14:00:05", &before));
    watch.observe(seen("14:00:20", &under_way));
    let report = watch.observe(seen("14:00:25", &without));
    assert_eq!(report.verdict, Verdict::Converging);
    assert_eq!(verdict_of(report, "fe02"), RowVerdict::Missing);
    let report = watch.observe(seen("14:05:26", &without));
    assert_eq!(
        (report.verdict, verdict_of(report, "fe02")),
        (Verdict::Stuck, RowVerdict::Missing)
    );
    // A later publish, with new packages for all the others, does.
    let later = [
        row("fe01", true, "14:10:20", "14:10:10"),
        row("fe03", true, "14:10:24", "14:10:14"),
    ];
    assert_eq!(
        watch.observe(seen("14:10:30", &later)).verdict,
        Verdict::Converged
    );
    let gone = watch.changes().find(|c| &*c.to == "removed").unwrap();
    assert_eq!(gone.subject, Subject::Replica("fe02.kestrel.lan".into()));
}

#[test]
fn an_older_packages_report_that_comes_in_late_is_not_the_changes() {
    let mut watch = since("14:00:00", 1);
    // The package of ten seconds before, reported after the change.
    let late = [row("fe01", true, "14:00:20", "13:59:50")];
    let report = watch.observe(seen("14:00:25", &late));
    assert_eq!(
        (report.verdict, words(report)),
        (Verdict::Converging, vec!["waiting"])
    );
    // The change's own package; the report in the row is still of the older one.
    let new = [row("fe01", true, "14:00:20", "14:00:40")];
    assert_eq!(
        watch.observe(seen("14:00:45", &new)).verdict,
        Verdict::Converging
    );
    let report = watch.observe(seen("14:03:30", &late));
    assert_eq!(report.verdict, Verdict::NoChange, "{}", report.reason);
}

#[test]
fn a_forced_replication_is_a_change_in_progress() {
    let before = [
        row("fe01", true, "10:00:30", "10:00:00"),
        row("fe02", true, "10:00:30", "10:00:00"),
    ];
    let cleared = [
        row("fe01", false, "", "10:00:00"),
        row("fe02", false, "", "10:00:00"),
    ];
    let done = [
        row("fe01", true, "14:02:30", "14:00:20"),
        row("fe02", true, "14:03:30", "14:00:20"),
    ];
    let mut watch = since("14:00:00", 1);
    for (time, rows, verdict) in [
        ("14:00:02", &before, Verdict::Converging),
        ("14:00:12", &cleared, Verdict::Converging),
        ("14:03:20", &cleared, Verdict::Converging),
        ("14:03:40", &done, Verdict::Converged),
    ] {
        assert_eq!(watch.observe(seen(time, rows)).verdict, verdict, "{time}");
    }
    // Forced, done, and no package of its own: by the rule that is no change.
    let mut watch = since("14:00:00", 1);
    let old = before.clone().map(|row| ReplicaStatus {
        last_status_report: Some(clock("14:02:00")),
        ..row
    });
    watch.observe(seen("14:00:02", &before));
    watch.observe(seen("14:00:12", &cleared));
    let report = watch.observe(seen("14:03:20", &old));
    assert_eq!(report.verdict, Verdict::NoChange);
    assert!(report.advice[0].contains("forced"), "{:?}", report.advice);
}

#[test]
fn a_row_that_alternates_is_told_and_in_the_end_stuck() {
    let mut watch = watcher(1);
    let steady = row("fe01", true, "13:00:30", "13:00:00");
    let mut verdicts = Vec::new();
    for minute in 0..24 {
        let rows = [
            steady.clone(),
            row("fe02", true, "13:00:31", "13:00:00"),
            row("fe03", true, "13:00:31", "13:00:00"),
            row("fe04", minute % 2 == 0, "13:00:30", "13:00:00"),
        ];
        let report = watch.observe(seen(&format!("14:{minute:02}:00"), &rows));
        verdicts.push(report.verdict);
        let told = report.notes.iter().any(|n| n.contains("fe04.kestrel.lan"));
        assert_eq!(told, minute >= 3, "{minute}: {:?}", report.notes);
    }
    assert_eq!(verdicts[5], Verdict::Converging);
    assert_eq!(verdicts[23], Verdict::Stuck);
}

fn fe(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("fe{n:02}")).collect()
}

/// Rows of one publish at 14:00:00: each reports after so many seconds, if that is before `now`.
fn publish(delays: &[(&str, i64)], now: i64) -> Vec<ReplicaStatus> {
    let rows = delays.iter().map(|(name, delay)| {
        let mut made = row(name, true, "14:00:00", "14:00:00");
        if *delay <= now {
            let at = clock("14:00:00").checked_add(SignedDuration::from_secs(*delay));
            made.last_status_report = at.ok();
        } else {
            made.up_to_date = false;
            made.last_status_report = Some(clock("13:00:00"));
        }
        made
    });
    rows.collect()
}

#[test]
fn changes_times_and_the_summary() {
    let delays = [("fe01", 12), ("fe02", 31), ("edge01", 75)];
    let mut watch = since("14:00:00", 2);
    for now in [5, 20, 40, 80, 85] {
        let time = format!("14:{:02}:{:02}", now / 60, now % 60);
        watch.observe(seen(&time, &publish(&delays, now)));
    }
    watch.blind("gone", clock("14:01:30"));
    let changes: Vec<String> = watch
        .changes()
        .map(|c| {
            let who = match &c.subject {
                Subject::Overall => "overall",
                Subject::Replica(name) => name,
                Subject::Store => "store",
            };
            format!("{} {who}: {} -> {}", c.poll, c.from, c.to)
        })
        .collect();
    assert_eq!(
        changes,
        [
            "2 fe01.kestrel.lan: waiting -> up to date",
            "3 fe02.kestrel.lan: waiting -> up to date",
            "4 edge01.kestrel.lan: waiting -> up to date",
            "5 overall: converging -> converged",
            "6 overall: converged -> blind",
        ]
    );
    let back: Vec<Option<usize>> = watch.changes().map(|c| watch.back_to(c)).collect();
    assert_eq!(back, [Some(4), Some(3), Some(2), Some(1), Some(0)]);
    assert_eq!(watch.at(clock("14:00:04")), None);
    assert_eq!(watch.at(clock("14:00:05")), Some(5));
    assert_eq!(watch.at(clock("14:00:39")), Some(4));
    assert_eq!(watch.at(clock("15:00:00")), Some(0));
    let then = watch.rewind(3).unwrap();
    assert_eq!(then.rows[1].changed, Some(clock("14:00:40")));
    assert_eq!(then.rows[1].took, Some(SignedDuration::from_secs(31)));
    assert_eq!((then.rows[2].changed, then.rows[2].took), (None, None));
    let summary = watch.summary();
    assert_eq!((summary.polls, summary.blind), (6, 1));
    assert_eq!(summary.started, Some(clock("14:00:05")));
    assert_eq!(summary.ended, Some(clock("14:01:30")));
    let last: Vec<(&str, Option<i64>)> = summary
        .last(2)
        .iter()
        .map(|came| (&*came.fqdn, came.took.map(|t| t.as_secs())))
        .collect();
    assert_eq!(
        last,
        [
            ("edge01.kestrel.lan", Some(75)),
            ("fe02.kestrel.lan", Some(31))
        ]
    );
}

#[test]
fn past_runs_say_who_comes_last_and_when() {
    let names = ["fe01", "fe02", "fe03", "fe04", "edge01"];
    let usual = [10, 20, 30, 40, 90];
    let options = Options {
        usual: names
            .iter()
            .zip(usual)
            .map(|(name, s)| {
                let key = fqdn_key(&format!("{name}.KESTREL.lan"));
                (key, SignedDuration::from_secs(s))
            })
            .collect(),
        ..Options::default()
    };
    let forecast = |delays: [i64; 5], now: i64| {
        let delays: Vec<(&str, i64)> = names.into_iter().zip(delays).collect();
        let time = format!("14:{:02}:{:02}", now / 60, now % 60);
        let mut watch = Watcher::new(options.clone());
        let report = watch.observe(seen(&time, &publish(&delays, now)));
        report.forecast.clone()
    };
    let early = forecast([10, 20, 30, 40, 90], 50).unwrap();
    assert_eq!(early.words(), "about 40 s more, edge01.kestrel.lan last");
    assert_eq!(early.at, clock("14:01:30"));
    assert!(early.from_past_runs);
    // Twice as slow as ever: the rest will be, too.
    let slow = forecast([20, 40, 60, 80, 180], 85).unwrap();
    assert_eq!(
        slow.words(),
        "about 1 min 40 s more, edge01.kestrel.lan last"
    );
    // A little late: any moment. Much too late: nobody knows.
    assert_eq!(
        forecast([10, 20, 30, 40, 999], 100).unwrap().words(),
        "any moment, edge01.kestrel.lan last"
    );
    assert_eq!(forecast([10, 20, 30, 40, 999], 200), None);
    // Nothing to come, nothing to tell.
    assert_eq!(forecast([10, 20, 30, 40, 45], 50), None);
}

#[test]
fn this_run_alone_tells_how_fast_they_come() {
    let names = fe(12);
    let delays: Vec<(&str, i64)> = names
        .iter()
        .zip((1..).map(|n| n * 4))
        .map(|(name, delay)| (name.as_str(), delay))
        .collect();
    let mut watch = watcher(2);
    let mut told = |now: i64| {
        let rows = publish(&delays, now);
        let time = format!("14:00:{now:02}");
        let forecast = watch.observe(seen(&time, &rows)).forecast.clone();
        forecast.map(|f| (f.left.as_secs(), f.from_past_runs))
    };
    // Too few to tell.
    assert_eq!(told(5), None);
    assert_eq!(told(9), None);
    // Half of them within 24 seconds.
    let (left, past) = told(25).unwrap();
    assert!((18..=26).contains(&left) && !past, "{left}");
    let (left, _) = told(41).unwrap();
    assert!((5..=9).contains(&left), "{left}");
    assert_eq!(told(49), None);
    // An Edge without any data is not guessed at.
    let mut rows = publish(&delays, 25);
    rows.push(row("edge01", false, "13:00:00", "14:00:00"));
    assert_eq!(watcher(2).observe(seen("14:00:25", &rows)).forecast, None);
    // Nor is a crowd of which few have come, or anything while it is blind.
    watch.blind("gone", clock("14:01:00"));
    assert_eq!(watch.latest().forecast, None);
}

#[test]
fn the_history_of_a_thousand_replicas_is_small() {
    let names: Vec<String> = (0..1000).map(|n| format!("fe{n:04}")).collect();
    let expected = names.iter().map(|name| Expected {
        fqdn: format!("{name}.kestrel.lan"),
        ..Expected::default()
    });
    let mut watch = Watcher::new(Options {
        expected: Some(expected.collect()),
        ..Options::default()
    });
    let delays: Vec<(&str, i64)> = names
        .iter()
        .enumerate()
        .map(|(n, name)| (name.as_str(), 10 + n as i64 / 20))
        .collect();
    let poll = |watch: &mut Watcher, now: i64| {
        let time = format!("14:{:02}:{:02}", now / 60, now % 60);
        watch.observe(seen(&time, &publish(&delays, now))).verdict
    };
    for now in 1..=120 {
        poll(&mut watch, now);
    }
    let before = watch.history_bytes();
    assert!(before < 4 << 20, "{before}");
    for now in 121..=600 {
        assert_eq!(poll(&mut watch, now), Verdict::Converged);
    }
    assert_eq!(watch.len(), 600);
    let each = (watch.history_bytes() - before) / 480;
    assert!(each < 400, "an unchanged poll takes {each} bytes");
    assert_eq!(watch.rewind(599).unwrap().count(), (0, 1000));
    assert_eq!(watch.rewind(0).unwrap().count(), (1000, 1000));
}
