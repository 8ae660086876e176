//! Clocks that differ, and answers that take long.

use jiff::{SignedDuration, Timestamp};

use super::{clock, row, seen};
use crate::replication::{Observation, Options, ReplicaStatus, Verdict, Watcher};

/// The same poll, answered by a server whose clock is so many seconds ahead.
fn by_a_clock(ahead: i64, time: &str, rows: &[ReplicaStatus]) -> Observation {
    let ahead = SignedDuration::from_secs(ahead);
    let shift = |at: Timestamp| at.checked_add(ahead).unwrap();
    let mut poll = seen(time, rows);
    for row in &mut poll.rows {
        row.last_status_report = row.last_status_report.map(shift);
        row.last_update_creation = row.last_update_creation.map(shift);
    }
    poll.server_time = poll.sampled_at.map(shift);
    poll
}

#[test]
fn a_clock_ten_minutes_off_changes_no_verdict() {
    let stale = [
        row("fe01", true, "13:50:30", "13:50:00"),
        row("edge01", true, "13:59:59", "13:59:50"),
    ];
    let half = [
        row("fe01", true, "14:00:50", "14:00:20"),
        row("edge01", false, "13:59:59", "14:00:20"),
    ];
    let done = [half[0].clone(), row("edge01", true, "14:01:30", "14:00:20")];
    let script = [
        ("14:00:05", &stale),
        ("14:01:00", &half),
        ("14:06:00", &half),
        ("14:10:20", &half),
        ("14:10:40", &done),
        ("14:10:45", &done),
    ];
    let run = |ahead: i64, script: &[(&str, &[ReplicaStatus; 2])]| {
        let mut watch = Watcher::new(Options {
            since: Some(clock("14:00:00")),
            ..Options::default()
        });
        let mut reports = Vec::new();
        for (time, rows) in script {
            let mut report = watch.observe(by_a_clock(ahead, time, *rows)).clone();
            assert_eq!(
                report.skew.is_some(),
                ahead.abs() > 30,
                "{ahead} {:?}",
                report.skew
            );
            let words = ["ahead of", "behind"][usize::from(ahead < 0)];
            let told = |lines: &[String]| lines.iter().any(|l| l.contains(words));
            assert_eq!(
                told(&report.advice),
                ahead.abs() > 300,
                "{:?}",
                report.advice
            );
            assert_eq!(told(&report.notes), (31..=300).contains(&ahead.abs()));
            report
                .advice
                .retain(|l| !l.starts_with("The server's clock"));
            report.rows.clear();
            reports.push((report.verdict, report.reason, report.advice));
        }
        reports
    };
    let expected = run(0, &script);
    let verdicts: Vec<Verdict> = expected.iter().map(|r| r.0).collect();
    assert_eq!(
        verdicts,
        [
            Verdict::Converging,
            Verdict::Converging,
            Verdict::Converging,
            Verdict::Stuck,
            Verdict::Converging,
            Verdict::Converged,
        ]
    );
    for ahead in [600, -600, 60, -60] {
        assert_eq!(run(ahead, &script), expected, "{ahead}");
    }
    // And a change that never came stays none.
    let none = [("14:00:05", &stale), ("14:03:05", &stale)];
    let expected = run(0, &none);
    assert_eq!(expected[1].0, Verdict::NoChange);
    for ahead in [600, -600, 60, -60] {
        assert_eq!(run(ahead, &none), expected, "{ahead}");
    }
}

#[test]
fn a_slow_answer_does_not_move_the_change() {
    // Made by the server ten seconds before it arrived; without the time of the question that
    // could be a clock behind.
    let rows = [row("fe01", true, "13:59:58", "13:59:55")];
    for asked in [None, Some(clock("13:59:59"))] {
        let mut watch = Watcher::new(Options {
            polls: 1,
            since: Some(clock("14:00:00")),
            ..Options::default()
        });
        let mut poll = seen("14:00:15", &rows);
        poll.server_time = Some(clock("14:00:05"));
        assert_ne!(watch.observe_asked(poll, asked).verdict, Verdict::Converged);
    }
}
