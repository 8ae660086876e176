use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::timeline::{REPLICAS, ReplicaStatus, after, rows};
use super::*;

/// 2025-10-14 14:02:00 in Singapore, when the sample run publishes.
fn base() -> Timestamp {
    "2025-10-14T06:02:00Z".parse().expect("a date")
}

fn at(seconds: f64) -> Timestamp {
    after(base(), seconds, 1.0)
}

fn fresh(scenario: Scenario, speed: f64) -> State {
    State::fresh(scenario, speed, base()).expect("a valid speed")
}

fn published(scenario: Scenario, speed: f64) -> State {
    let mut state = fresh(scenario, speed);
    state.publish("test", base());
    state
}

fn up(state: &State, now: Timestamp) -> Vec<&'static str> {
    rows(state, now)
        .iter()
        .filter(|r| r.up_to_date)
        .map(|r| r.replica_fqdn)
        .collect()
}

fn of(state: &State, host: &str, now: Timestamp) -> ReplicaStatus {
    rows(state, now)
        .into_iter()
        .find(|r| r.replica_fqdn.starts_with(host))
        .expect("a replica")
}

#[test]
fn the_sample_run_is_reproduced() {
    // The samples have both a silent Edge server and an appliance that was never deployed.
    let mut state = published(Scenario::Default, 1.0);
    state.undeployed.push("cebsba01.kestrel.lan".into());
    let frames = [
        ("00-before-publish", -5.0),
        ("01-just-published", 5.0),
        // The sample's sgfe03 reports at 27.4 s and is shown only in the next frame.
        ("02-plus-30s", 27.0),
        ("03-plus-45s", 45.0),
        ("04-plus-60s", 60.0),
        ("05-plus-95s", 95.0),
        ("06-plus-10min-still-stuck", 600.0),
        ("07-after-4443-opened", 1540.0),
        ("08-all-up-to-date", 2710.0),
    ];
    let dir = tempfile::tempdir().expect("a folder");
    let lab = Lab::open(dir.path()).expect("opens");
    for (name, seconds) in frames {
        if seconds > 1500.0 {
            state.freed = vec![state::Freed {
                at: at(1520.7),
                replica: "sgedge02.kestrel.lan".into(),
            }];
        }
        if seconds > 2000.0 {
            state.freed.push(state::Freed {
                at: at(2678.5),
                replica: "cebsba01.kestrel.lan".into(),
            });
        }
        lab.write(&state).expect("written");
        let path = format!(
            "{}/tests/fixtures/replication/{name}.ps51.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let expected = fs::read_to_string(path).expect("a sample");
        let text = "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus)";
        let answer = shell::answer(&lab, text, at(seconds));
        assert_eq!(
            answer.lines,
            vec![crate::execute::Event::Output(expected.trim_end().into())],
            "{name}"
        );
    }
}

#[test]
fn a_fresh_lab_is_true_but_for_the_silent_edge() {
    let state = fresh(Scenario::Default, 1.0);
    let silent = of(&state, "sgedge02", base());
    assert_eq!(up(&state, base()).len(), REPLICAS.len() - 1);
    assert!(!silent.up_to_date);
    let days = base()
        .duration_since(silent.last_status_report.expect("once"))
        .as_hours()
        / 24;
    assert_eq!(days, 3);
    assert!(
        rows(&state, base())
            .iter()
            .all(|r| r.last_update_creation < base())
    );
}

#[test]
fn rows_stay_true_until_the_master_notices() {
    let state = published(Scenario::Default, 1.0);
    assert_eq!(up(&state, at(2.0)).len(), 8, "the stale True");
    assert!(up(&state, at(3.0)).is_empty());
    let late = published(Scenario::StaleTrue, 1.0);
    assert_eq!(up(&late, at(44.0)).len(), 9);
    assert!(
        rows(&late, at(44.0))
            .iter()
            .all(|r| r.last_update_creation < base())
    );
    assert!(up(&late, at(46.0)).is_empty());
    assert_eq!(up(&late, at(150.0)).len(), 9);
}

#[test]
fn replicas_follow_in_order_and_faster_at_speed() {
    let order = [
        "sgfe01", "sgfe02", "sgfe03", "sgmed01", "mnlse01", "cebsba01", "sgdir01", "sgedge01",
    ];
    for speed in [1.0, 20.0] {
        let state = published(Scenario::Default, speed);
        let mut seen: Vec<&str> = Vec::new();
        for tick in 25..1200 {
            let now = after(base(), f64::from(tick) / 10.0, speed);
            for name in up(&state, now) {
                if !seen.contains(&name) {
                    seen.push(name);
                }
            }
        }
        let hosts: Vec<&str> = seen.iter().filter_map(|n| n.split('.').next()).collect();
        assert_eq!(hosts, order, "at speed {speed}");
    }
}

#[test]
fn a_stuck_edge_reports_when_freed_and_then_like_the_others() {
    let mut state = published(Scenario::StuckEdge, 2.0);
    assert!(
        !of(&state, "sgedge01", at(5000.0)).up_to_date
            && !of(&state, "sgedge02", at(5000.0)).up_to_date
    );
    state.freed.push(state::Freed {
        at: at(5000.0),
        replica: "sgedge01.kestrel.lan".into(),
    });
    assert!(!of(&state, "sgedge01", at(5004.0)).up_to_date);
    assert!(of(&state, "sgedge01", at(5005.0)).up_to_date);
    assert_eq!(
        of(&state, "sgedge01", at(9000.0)).last_status_report,
        Some(at(5005.0))
    );
    assert!(!of(&state, "sgedge02", at(9000.0)).up_to_date);
    state.publish("test", at(6000.0));
    assert!(!of(&state, "sgedge01", at(6040.0)).up_to_date);
    assert!(of(&state, "sgedge01", at(6047.0)).up_to_date);
}

#[test]
fn an_edge_that_is_freed_without_a_publish_catches_up() {
    let mut state = fresh(Scenario::Default, 1.0);
    state.freed.push(state::Freed {
        at: at(1.0),
        replica: "sgedge02.kestrel.lan".into(),
    });
    assert_eq!(up(&state, at(10.0)).len(), 8);
    assert_eq!(up(&state, at(11.0)).len(), 9);
}

#[test]
fn what_was_never_deployed_has_neither_time_nor_version() {
    let mut state = published(Scenario::NeverReported, 1.0);
    let row = of(&state, "cebsba01", at(600.0));
    assert_eq!(
        (row.up_to_date, row.last_status_report, row.product_version),
        (false, None, None)
    );
    assert_eq!(up(&state, at(600.0)).len(), 8);
    state.freed.push(state::Freed {
        at: at(600.0),
        replica: "cebsba01.kestrel.lan".into(),
    });
    let row = of(&state, "cebsba01", at(611.0));
    assert_eq!(
        (row.up_to_date, row.product_version),
        (true, Some("6.0.9319.0"))
    );
}

#[test]
fn without_a_master_rows_do_not_move_until_it_starts() {
    let mut state = published(Scenario::CmsDown, 1.0);
    assert_eq!(
        rows(&state, at(3600.0)),
        rows(&fresh(Scenario::CmsDown, 1.0), base())
    );
    assert!(!timeline::master_is_active(&state, at(1.0)));
    state.set_service("sgfe01.kestrel.lan", "MASTER", true, at(4000.0));
    assert_eq!(
        of(&state, "sgfe01", at(4001.0)).last_update_creation,
        at(4000.0)
    );
    assert!(
        !of(&state, "sgfe01", at(4100.0)).up_to_date,
        "the file transfer agent is down still"
    );
    state.set_service("sgfe01.kestrel.lan", "FTA", true, at(4200.0));
    assert_eq!(up(&state, at(4201.0)).len(), 9);
}

#[test]
fn a_stopped_replica_service_holds_its_row_back() {
    let mut state = published(Scenario::StaleTrue, 1.0);
    state.set_service("sgfe02.kestrel.lan", "REPLICA", false, at(1.0));
    assert!(!of(&state, "sgfe02", at(900.0)).up_to_date);
    assert!(of(&state, "sgfe01", at(900.0)).up_to_date);
    state.set_service("sgfe02.kestrel.lan", "REPLICA", true, at(1000.0));
    assert_eq!(
        of(&state, "sgfe02", at(1000.0)).last_status_report,
        Some(at(1000.0))
    );
}

#[test]
fn flapping_alternates_and_keeps_its_times_in_order() {
    let state = fresh(Scenario::Flapping, 1.0);
    for (seconds, expected) in [
        (1.0, true),
        (21.0, false),
        (41.0, true),
        (61.0, false),
        (81.0, true),
    ] {
        let row = of(&state, "sgmed01", at(seconds));
        let reported = row.last_status_report.expect("reports");
        assert_eq!(row.up_to_date, expected, "at {seconds}");
        assert_eq!(
            reported >= row.last_update_creation,
            expected,
            "at {seconds}"
        );
        assert!(reported <= at(seconds) && row.last_update_creation <= at(seconds));
        assert_eq!(up(&state, at(seconds)).len(), if expected { 9 } else { 8 });
    }
}

#[test]
fn a_forced_replication_makes_even_healthy_rows_false() {
    let mut state = fresh(Scenario::StaleTrue, 1.0);
    state.force(Some("sgfe01.kestrel.lan".into()), base());
    assert_eq!(up(&state, at(1.0)).len(), 8);
    state.force(None, at(1.0));
    assert!(up(&state, at(2.0)).is_empty());
    assert!(up(&state, at(100.0)).is_empty());
    assert_eq!(up(&state, at(200.0)).len(), 9);
}

#[test]
fn a_handle_sees_what_another_changed() {
    let dir = tempfile::tempdir().expect("a folder");
    let (one, two) = (
        Lab::open(dir.path()).expect("opens"),
        Lab::open(dir.path()).expect("opens"),
    );
    one.reset(Scenario::StuckEdge, 5.0, base()).expect("resets");
    two.publish(base()).expect("publishes");
    assert_eq!(one.state().expect("reads").publishes.len(), 1);
    assert_eq!(
        one.free("SGEDGE01", base()).expect("known"),
        FreeOutcome::Freed("sgedge01.kestrel.lan")
    );
    assert_eq!(
        two.free("sgedge01.kestrel.lan", base()).expect("known"),
        FreeOutcome::NotStuck("sgedge01.kestrel.lan")
    );
    assert_eq!(
        two.free("sgfe01", base()).expect("known").to_string(),
        "sgfe01.kestrel.lan is not stuck: nothing was changed"
    );
    let error = one.free("sgfe09", base()).expect_err("unknown").to_string();
    assert!(
        error.contains("sgfe09") && error.contains("cebsba01.kestrel.lan"),
        "{error}"
    );
    let description = two.describe(at(1.0)).expect("describes");
    assert_eq!(description.held, ["sgedge02.kestrel.lan"]);
    assert!(
        description
            .to_string()
            .starts_with("LAB, scenario stuck-edge at speed 5")
    );
}

#[test]
fn concurrent_writers_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = Arc::new(dir.path().to_owned());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let path = Arc::clone(&path);
            std::thread::spawn(move || {
                let lab = Lab::open(path.as_path()).expect("opens");
                for _ in 0..10 {
                    lab.publish(base()).expect("publishes");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("ends");
    }
    assert_eq!(
        Lab::open(dir.path())
            .expect("opens")
            .state()
            .expect("reads")
            .publishes
            .len(),
        80
    );
}

#[test]
fn a_damaged_state_says_what_mends_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let lab = Lab::open(dir.path()).expect("opens");
    let good = fs::read_to_string(dir.path().join(STATE_FILE)).expect("reads");
    for bad in [
        "",
        "{",
        "[]",
        "\u{0}",
        &good.replace("\"format\": 1", "\"format\": 7"),
        &good.replace("1.0", "-1.0"),
    ] {
        fs::write(dir.path().join(STATE_FILE), bad).expect("written");
        let error = Lab::open(dir.path())
            .expect("opens all the same")
            .state()
            .expect_err("damaged");
        assert!(matches!(error, LabError::Damaged { .. }));
        assert!(error.to_string().contains("csdeck lab reset"), "{error}");
        let answer = shell::answer(&lab, "Get-CsPool", base());
        assert_eq!(answer.exit, 1);
    }
    lab.reset(Scenario::Default, 1.0, base()).expect("mends");
    assert!(lab.state().is_ok());
}

#[test]
fn a_speed_has_to_be_above_zero() {
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            State::fresh(Scenario::Default, speed, base()),
            Err(LabError::Speed { .. })
        ));
    }
}

#[test]
fn the_topology_and_the_rows_name_the_same_replicas() {
    let dir = tempfile::tempdir().expect("a folder");
    let lab = Lab::open(dir.path()).expect("opens");
    let topology = lab.topology().expect("opens").expect("reads");
    let mut expected: Vec<String> = topology
        .expected_replicas()
        .iter()
        .map(|r| r.fqdn.to_lowercase())
        .collect();
    let mut named: Vec<String> = REPLICAS.iter().map(|r| r.fqdn.to_owned()).collect();
    expected.sort();
    named.sort();
    assert_eq!(expected, named);
    lab.reset(Scenario::CmsMove, 1.0, base()).expect("resets");
    let moved = lab.topology().expect("opens").expect("reads");
    assert_eq!(
        moved.cms_pool().map(|p| p.fqdn.as_str()),
        Some("mnlse01.kestrel.lan")
    );
}

#[test]
fn a_failing_change_is_not_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let lab = Lab::open(dir.path()).expect("opens");
    let result: Result<(), LabError> = lab.update(|state| {
        state.publish("test", base());
        Err(LabError::Speed { value: "x".into() })
    });
    assert!(result.is_err() && lab.state().expect("reads").publishes.is_empty());
}

proptest! {
    #[test]
    fn rows_hold_whatever_the_history(
        speed in prop_oneof![Just(1e-9), Just(1e9), 0.1..50.0],
        scenario in proptest::sample::select(Scenario::ALL.to_vec()),
        times in proptest::collection::vec((-10_000.0..100_000.0, 0..5_usize), 0..20),
        now in -100_000.0..1_000_000.0,
    ) {
        let mut state = fresh(scenario, speed);
        for (seconds, what) in times {
            match what {
                0 => state.publish("test", at(seconds)),
                1 => state.force(None, at(seconds)),
                2 => state.freed.push(state::Freed { at: at(seconds), replica: "sgedge02.kestrel.lan".into() }),
                3 => state.set_service("sgfe01.kestrel.lan", "MASTER", seconds > 0.0, at(seconds)),
                _ => state.set_service("sgfe02.kestrel.lan", "REPLICA", seconds > 50.0, at(seconds)),
            }
        }
        let all = rows(&state, at(now));
        prop_assert_eq!(all.len(), 9);
        for row in all {
            prop_assert_eq!(row.last_status_report.is_some(), row.product_version.is_some());
            prop_assert!(!row.up_to_date || row.last_status_report.is_some());
        }
    }
}
