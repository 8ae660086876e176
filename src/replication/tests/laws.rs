//! What holds for every course of a watch.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::clock;
use crate::replication::{
    Excluded, Expected, Observation, Options, ReplicaStatus, Report, RowVerdict, StoreStatus,
    Verdict, Watcher, same_fqdn,
};

const NAMES: [&str; 5] = ["fe01", "fe02", "edge01", "sba01", "old01"];

fn fqdn(name: &str) -> String {
    format!("{name}.kestrel.lan")
}

fn second(of: i64) -> Timestamp {
    clock("14:00:00")
        .checked_add(SignedDuration::from_secs(of))
        .unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    Answer(Box<Observation>),
    Blind,
    Failed,
}

/// A poll's moment, by csdeck's clock.
fn moment(step: usize, gap: i64) -> i64 {
    i64::try_from(step).unwrap() * gap
}

/// A row, if there is one: mostly as a healthy replica has it.
fn row() -> impl Strategy<Value = Option<(bool, Option<i64>, Option<i64>)>> {
    let healthy =
        (0..200_i64, 0..60_i64).prop_map(|(made, took)| (true, Some(made + took), Some(made)));
    let any = (
        prop::bool::weighted(0.8),
        prop::option::weighted(0.9, 0..300_i64),
        prop::option::weighted(0.95, -60..200_i64),
    );
    prop_oneof![6 => healthy.prop_map(Some), 2 => any.prop_map(Some), 1 => Just(None)]
}

fn course() -> impl Strategy<Value = Vec<Step>> {
    let answer = (
        prop::collection::vec(row(), NAMES.len()),
        prop::option::weighted(0.3, -700..700_i64),
        prop::option::weighted(0.2, any::<bool>()),
    );
    let step = prop_oneof![8 => answer.prop_map(Some), 1 => Just(None)];
    (
        prop::collection::vec((step, any::<bool>()), 1..14),
        1..90_i64,
    )
        .prop_map(|(steps, gap)| {
            let steps = steps.into_iter().enumerate();
            steps
                .map(|(n, (step, failed))| {
                    let now = moment(n, gap);
                    let Some((rows, ahead, store)) = step else {
                        return if failed { Step::Failed } else { Step::Blind };
                    };
                    let shift = ahead.unwrap_or(0);
                    let rows = NAMES.iter().zip(rows).filter_map(|(name, row)| {
                        let (up_to_date, report, package) = row?;
                        Some(ReplicaStatus {
                            replica_fqdn: fqdn(name),
                            up_to_date,
                            last_status_report: report.map(|s| second(s + shift)),
                            last_update_creation: package.map(|s| second(s + shift)),
                            product_version: None,
                        })
                    });
                    Step::Answer(Box::new(Observation {
                        rows: rows.collect(),
                        sampled_at: Some(second(now)),
                        server_time: ahead.map(|ahead| second(now + ahead)),
                        source: "fe01".into(),
                        store: store.map(|up| StoreStatus {
                            active_master: up.then(|| "fe01".to_owned()),
                            file_transfer_agents: vec!["fe01".to_owned()],
                            master_heartbeat: Some(second(now)),
                            ..StoreStatus::default()
                        }),
                    }))
                })
                .collect()
        })
}

fn options() -> impl Strategy<Value = Options> {
    (
        1..4_u32,
        0..40_i64,
        prop::option::of(0..100_i64),
        prop::option::of(1..5_usize),
        any::<bool>(),
        prop::bool::ANY,
    )
        .prop_map(|(polls, apart, since, expected, excluded, usual)| Options {
            polls,
            apart: SignedDuration::from_secs(apart),
            since: since.map(second),
            expected: expected.map(|n| {
                let names = NAMES.iter().take(n);
                names
                    .map(|name| Expected {
                        fqdn: fqdn(name).to_uppercase(),
                        is_edge: name.starts_with("edge"),
                        ..Expected::default()
                    })
                    .collect()
            }),
            excluded: if excluded {
                vec![Excluded {
                    fqdn: "fe02".into(),
                    reason: "dead".into(),
                }]
            } else {
                Vec::new()
            },
            usual: if usual {
                NAMES
                    .iter()
                    .map(|n| (fqdn(n), SignedDuration::from_secs(40)))
                    .collect()
            } else {
                Default::default()
            },
            ..Options::default()
        })
}

fn take<'w>(watch: &'w mut Watcher, step: &Step, n: usize) -> &'w Report {
    match step {
        Step::Answer(observation) => watch.observe(Observation::clone(observation)),
        Step::Blind => watch.blind("no way", second(moment(n, 60))),
        Step::Failed => watch.failed("not understood", None),
    }
}

/// Nothing that depends on the order of the rows.
fn sorted(report: &Report) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut rows: Vec<_> = report
        .rows
        .iter()
        .map(|r| {
            (
                r.fqdn.clone(),
                r.verdict.word(),
                r.waited,
                r.overdue,
                r.changed,
                r.took,
            )
        })
        .collect();
    rows.sort();
    (
        report.verdict,
        report.consecutive_true,
        rows,
        report.forecast.clone(),
        report.hopeless.clone(),
        report.skew,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn converged_means_every_replica_that_counts_confirmed_the_change(
        steps in course(), options in options()
    ) {
        let mut watch = Watcher::new(options.clone());
        for (n, step) in steps.iter().enumerate() {
            let report = take(&mut watch, step, n);
            if report.verdict != Verdict::Converged {
                continue;
            }
            let Step::Answer(observation) = step else {
                panic!("converged without an answer");
            };
            let out = |name: &str| !options.excluded.is_empty() && name.starts_with("fe02");
            let names: Vec<String> = match &options.expected {
                Some(expected) => expected.iter().map(|e| e.fqdn.clone()).collect(),
                None => observation.rows.iter().map(|r| r.replica_fqdn.clone()).collect(),
            };
            let names: Vec<String> = names.into_iter().filter(|n| !out(&n.to_lowercase())).collect();
            prop_assert!(!names.is_empty());
            for name in names {
                let row = observation.rows.iter().find(|r| same_fqdn(&r.replica_fqdn, &name));
                prop_assert!(row.is_some(), "{name} is not in the answer");
                let row = row.unwrap();
                prop_assert!(row.up_to_date && row.has_reported_newest(), "{row:?}");
                // By the server's clock where it is known; never more lenient than that.
                let ahead = observation.server_time.map_or(0, |server| {
                    server.duration_since(observation.sampled_at.unwrap()).as_secs()
                });
                if let Some(since) = options.since && ahead.abs() > 30 {
                    let since = since.checked_add(SignedDuration::from_secs(ahead)).unwrap();
                    prop_assert!(row.last_update_creation.unwrap() >= since, "{row:?} {since}");
                }
                if let Some(since) = options.since && observation.server_time.is_none()
                    && !steps.iter().any(|s| matches!(s, Step::Answer(o) if o.server_time.is_some()))
                {
                    prop_assert!(row.last_update_creation.unwrap() >= since, "{row:?} {since}");
                }
            }
        }
    }

    #[test]
    fn a_poll_without_data_improves_nothing(steps in course(), options in options()) {
        let mut watch = Watcher::new(options.clone());
        for (n, step) in steps.iter().enumerate() {
            take(&mut watch, step, n);
            let mut after = watch.clone();
            let report = after.blind("no way", second(moment(n, 60))).clone();
            prop_assert_eq!(report.verdict, Verdict::Blind);
            prop_assert!(report.rows.iter().all(|r| r.verdict != RowVerdict::UpToDate && !r.is_fresh()));
            prop_assert_eq!((report.consecutive_true, report.true_since), (0, None));
            prop_assert_eq!(report.count().0, 0);
            // The count begins anew: no sooner converged than without it.
            if let Some(next) = steps.get(n + 1) {
                let with = take(&mut after, next, n + 1).consecutive_true;
                let mut without = watch.clone();
                let without = take(&mut without, next, n + 1).consecutive_true;
                prop_assert!(with <= without.max(1), "{with} {without}");
                prop_assert!(with <= 1);
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_means_nothing(
        steps in course(), options in options(), turn in 0..5_usize, reverse in any::<bool>()
    ) {
        let (mut one, mut other) = (Watcher::new(options.clone()), Watcher::new(options));
        for (n, step) in steps.iter().enumerate() {
            let turned = match step {
                Step::Answer(observation) => {
                    let mut turned = observation.clone();
                    let len = turned.rows.len().max(1);
                    turned.rows.rotate_left(turn % len);
                    if reverse {
                        turned.rows.reverse();
                    }
                    Step::Answer(turned)
                }
                step => step.clone(),
            };
            let expected = sorted(take(&mut one, step, n));
            prop_assert_eq!(sorted(take(&mut other, &turned, n)), expected);
        }
        for name in NAMES {
            prop_assert_eq!(one.trail(&fqdn(name), 9), other.trail(&fqdn(name), 9));
        }
    }

    #[test]
    fn looking_back_shows_exactly_what_was_given(
        steps in course(), options in options(), history in 1..9_usize
    ) {
        let mut watch = Watcher::new(Options { history, ..options });
        let mut given: Vec<Report> = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            given.push(take(&mut watch, step, n).clone());
            prop_assert_eq!(watch.len(), given.len().min(history));
            for (back, report) in given.iter().rev().enumerate().take(history) {
                prop_assert_eq!(&*watch.rewind(back).unwrap(), report);
            }
            prop_assert!(watch.rewind(history).is_none());
        }
        for change in watch.changes() {
            if let Some(back) = watch.back_to(change) {
                prop_assert_eq!(watch.rewind(back).unwrap().sampled_at, change.at);
            }
        }
        for name in NAMES {
            let trail: Vec<Option<bool>> = given
                .iter()
                .skip(given.len().saturating_sub(history))
                .map(|report| {
                    let row = report.rows.iter().find(|r| r.is_fresh() && same_fqdn(&r.fqdn, &fqdn(name)));
                    row.and_then(|r| r.status.as_ref()).map(|s| s.up_to_date)
                })
                .collect();
            prop_assert_eq!(watch.trail(&fqdn(name), 99), trail);
        }
    }
}
