//! The rules of a verdict beside the rows: whom to expect, how far apart polls count, and what the
//! store says of itself.

use jiff::SignedDuration;

use super::{clock, row, seen, verdict_of, words};
use crate::replication::{
    Excluded, Expected, Observation, Options, ReplicaStatus, RowVerdict, Scope, ScopeError,
    StoreStatus, Verdict, Watcher,
};
use crate::topology::Topology;

fn topology() -> Topology {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/topology/topology.xml"
    );
    crate::topology::read(&std::fs::read(path).unwrap()).unwrap()
}

fn all() -> Options {
    Options {
        polls: 1,
        expected: Some(Expected::all(&topology())),
        ..Options::default()
    }
}

/// Rows of every machine of the topology, all up to date.
fn good() -> Vec<ReplicaStatus> {
    let expected = Expected::all(&topology());
    let names = expected
        .iter()
        .map(|e| e.fqdn.trim_end_matches(".kestrel.lan"));
    names
        .map(|name| row(name, true, "14:00:30", "14:00:00"))
        .collect()
}

fn left_out(fqdn: &str, reason: &str) -> Excluded {
    Excluded {
        fqdn: fqdn.into(),
        reason: reason.into(),
    }
}

#[test]
fn the_topology_says_who_is_who() {
    let expected = Expected::all(&topology());
    assert_eq!(expected.len(), good().len());
    let edge = expected.iter().find(|e| e.fqdn.starts_with("sgedge02"));
    let edge = edge.unwrap();
    assert!(edge.is_edge);
    assert_eq!(edge.role.as_deref(), Some("Edge pool"));
    assert!(edge.site.is_some() && edge.pool.is_some(), "{edge:?}");
    let report = Watcher::new(all())
        .observe(seen("14:01:00", &good()))
        .clone();
    assert_eq!(report.verdict, Verdict::Converged);
    let row = report.rows.iter().find(|r| r.fqdn == edge.fqdn).unwrap();
    assert_eq!(
        (&row.role, &row.site, &row.pool),
        (&edge.role, &edge.site, &edge.pool)
    );
    assert_eq!(report.notes, [""; 0]);
    assert_eq!(
        report.to_json()["replicas"][0]["site"].as_str(),
        expected[0].site.as_deref()
    );
    // Without one the report says what that means.
    let report = super::watcher(1).observe(seen("14:01:00", &good())).clone();
    assert!(
        report.notes[0].starts_with("no topology"),
        "{:?}",
        report.notes
    );
}

#[test]
fn a_scope_narrows_and_its_names_must_exist() {
    let narrowed = |replicas: &[&str], sites: &[&str], pools: &[&str]| {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Options {
            scope: Scope {
                replicas: list(replicas),
                sites: list(sites),
                pools: list(pools),
            },
            ..all()
        }
    };
    let edge = Expected::all(&topology())
        .into_iter()
        .find(|e| e.fqdn.starts_with("sgedge02"))
        .unwrap();
    let (site, pool) = (edge.site.unwrap(), edge.pool.unwrap());
    // Everybody else may be as bad as can be.
    let mut rows = good();
    for row in &mut rows {
        row.up_to_date = row.replica_fqdn.starts_with("sgedge");
    }
    for options in [
        narrowed(&["SGEDGE02"], &[], &[]),
        narrowed(
            &["sgedge02.Kestrel.lan.", "sgedge01"],
            &[&site.to_lowercase()],
            &[],
        ),
        narrowed(&[], &[], &[&pool]),
        narrowed(&[], &[&site], &[pool.split('.').next().unwrap()]),
    ] {
        options.check().unwrap();
        let report = Watcher::new(options)
            .observe(seen("14:01:00", &rows))
            .clone();
        assert_eq!(report.verdict, Verdict::Converged, "{}", report.reason);
        assert!(report.rows.iter().all(|r| r.fqdn.starts_with("sgedge")));
        assert!(
            report.notes[0].starts_with("narrowed to "),
            "{:?}",
            report.notes
        );
    }
    let site = narrowed(&[], &[&site], &[]);
    assert_ne!(
        Watcher::new(site).observe(seen("14:01:00", &rows)).verdict,
        Verdict::Converged
    );
    let wrong = narrowed(&["sgegde02"], &[], &[]);
    let text = wrong.check().unwrap_err().to_string();
    assert!(
        text.contains("no replica \"sgegde02\"") && text.contains("Did you mean sgedge02"),
        "{text}"
    );
    // Refused or not: it never converges.
    assert_ne!(
        Watcher::new(wrong)
            .observe(seen("14:01:00", &good()))
            .verdict,
        Verdict::Converged
    );
    let text = narrowed(&[], &["Nowhere"], &[])
        .check()
        .unwrap_err()
        .to_string();
    assert!(text.starts_with("no site \"Nowhere\""), "{text}");
    assert_eq!(
        narrowed(&["sgfe01"], &[], &[&pool]).check(),
        Err(ScopeError::Nothing)
    );
    let blank = |options: Options| Options {
        expected: None,
        ..options
    };
    assert!(matches!(
        blank(narrowed(&[], &[], &["x"])).check(),
        Err(ScopeError::NoTopology { kind: "pool", .. })
    ));
    // Without a topology the names themselves are expected, by host name too.
    let options = blank(narrowed(&["sgedge02", "sgedge07"], &[], &[]));
    options.check().unwrap();
    let mut watch = Watcher::new(options);
    let report = watch.observe(seen("14:01:00", &rows));
    assert_eq!(words(report), ["up to date", "missing"]);
    assert_eq!(report.rows[0].fqdn, "sgedge02.kestrel.lan");
    assert_eq!(watch.trail("sgedge02.kestrel.lan", 1), [Some(true)]);
}

#[test]
fn who_is_left_out_is_shown_with_the_reason_and_not_waited_for() {
    let mut rows = good();
    let last = rows.len() - 1;
    rows[last].up_to_date = false;
    let dead = rows[last].replica_fqdn.clone();
    let excluded = vec![left_out(&dead, "no power since May")];
    let options = Options {
        excluded: excluded.clone(),
        ..all()
    };
    options.check().unwrap();
    let open = Options {
        expected: None,
        ..options.clone()
    };
    for options in [options.clone(), open] {
        let mut watch = Watcher::new(options);
        // There or not, it is shown.
        for rows in [&rows[..], &rows[..last], &rows[..]] {
            let report = watch.observe(seen("14:30:00", rows));
            assert_eq!(report.verdict, Verdict::Converged, "{}", report.reason);
            assert_eq!(verdict_of(report, &dead), RowVerdict::Excluded);
            assert_eq!(
                (report.rows.len(), report.count()),
                (last + 1, (last, last))
            );
            assert!(
                report
                    .reason
                    .contains(&format!("left out: {dead} (no power since May)")),
                "{}",
                report.reason
            );
            let json = report.to_json();
            let row = json["replicas"].as_array().unwrap().last().unwrap();
            assert_eq!(row["excluded"], "no power since May");
            assert_eq!(row["verdict"], "excluded");
        }
        let blind = watch.blind("gone", clock("14:31:00")).to_json();
        assert!(blind["replicas"][last]["upToDate"].is_null());
        assert_eq!(watch.summary().excluded, excluded);
        assert_eq!(watch.summary().replicas.len(), last);
    }
    let check = |excluded| {
        Options {
            excluded: vec![excluded],
            ..all()
        }
        .check()
        .unwrap_err()
        .to_string()
    };
    assert!(check(left_out(&dead, " ")).contains("say why"));
    assert!(check(left_out("sgfe99", "gone")).contains("Did you mean"));
    // Nobody left is not all of them.
    let excluded = rows
        .iter()
        .map(|r| left_out(&r.replica_fqdn, "x"))
        .collect();
    let nobody = Options { excluded, ..all() };
    assert_eq!(nobody.check(), Err(ScopeError::Nothing));
    let report = Watcher::new(nobody)
        .observe(seen("14:30:00", &good()))
        .clone();
    assert_eq!(report.verdict, Verdict::Converging);
    assert!(report.reason.starts_with("no replica is left to wait for"));
}

#[test]
fn polls_that_are_too_near_neither_count_nor_reset() {
    let mut watch = Watcher::new(Options {
        polls: 2,
        apart: SignedDuration::from_mins(1),
        ..Options::default()
    });
    let good = [row("fe01", true, "14:00:30", "14:00:00")];
    let bad = [row("fe01", false, "14:00:30", "14:02:00")];
    let again = [row("fe01", true, "14:02:30", "14:02:00")];
    for (time, rows, run, verdict) in [
        ("14:01:00", &good, 1, Verdict::Converging),
        ("14:01:05", &good, 1, Verdict::Converging),
        ("14:01:59", &good, 1, Verdict::Converging),
        ("14:02:05", &bad, 0, Verdict::Converging),
        ("14:02:40", &again, 1, Verdict::Converging),
        ("14:03:39", &again, 1, Verdict::Converging),
        ("14:03:40", &again, 2, Verdict::Converged),
        ("14:03:41", &again, 2, Verdict::Converged),
        ("14:04:40", &again, 3, Verdict::Converged),
    ] {
        let report = watch.observe(seen(time, rows));
        assert_eq!(
            (report.consecutive_true, report.verdict),
            (run, verdict),
            "{time}: {}",
            report.reason
        );
    }
    assert_eq!(watch.latest().true_since, Some(clock("14:02:40")));
    watch.blind("gone", clock("14:05:00"));
    let report = watch.observe(seen("14:05:05", &again));
    assert_eq!(report.consecutive_true, 1);
    assert_eq!(
        report.reason,
        "1 of 1 up to date; poll 1 of 2, at least 1 min apart"
    );
}

fn store(master: Option<&str>, agents: &[&str]) -> StoreStatus {
    StoreStatus {
        active_master: master.map(str::to_owned),
        file_transfer_agents: agents.iter().map(|a| (*a).to_owned()).collect(),
        ..StoreStatus::default()
    }
}

#[test]
fn a_store_that_is_down_leads_and_is_hopeless_after_three_polls() {
    let rows = [row("fe01", true, "14:00:30", "14:00:00")];
    let mut watch = super::watcher(1);
    let mut poll = |time: &str, store: Option<StoreStatus>| {
        let report = watch.observe(Observation {
            store,
            ..seen(time, &rows)
        });
        (report.verdict, report.hopeless.is_some())
    };
    let down = store(None, &[]);
    let half = store(Some("fe01"), &[]);
    let up = store(Some("fe02"), &["fe02"]);
    let converging = (Verdict::Converging, false);
    assert_eq!(poll("14:01:00", Some(down.clone())), converging);
    assert_eq!(poll("14:01:05", Some(half.clone())), converging);
    // A fail-over clears it.
    assert_eq!(
        poll("14:01:10", Some(up.clone())),
        (Verdict::Converged, false)
    );
    assert_eq!(poll("14:01:15", Some(down.clone())), converging);
    // Not asked: nothing new is known.
    assert_eq!(poll("14:01:20", None), converging);
    assert_eq!(poll("14:01:25", Some(down.clone())), converging);
    assert_eq!(poll("14:01:30", Some(half)), (Verdict::Stuck, true));
    assert_eq!(poll("14:01:35", None), (Verdict::Stuck, true));
    let report = watch.latest();
    assert!(
        report
            .reason
            .starts_with("the Central Management store has no active file transfer agent; 1 of 1"),
        "{}",
        report.reason
    );
    assert!(
        report.advice[0].contains("MASTER and FTA"),
        "{:?}",
        report.advice
    );
    watch.blind("gone", clock("14:01:40"));
    let report = watch.observe(Observation {
        store: Some(down),
        ..seen("14:01:45", &rows)
    });
    assert_eq!(
        (report.verdict, &report.hopeless),
        (Verdict::Converging, &None)
    );
    let report = watch.observe(Observation {
        store: Some(up.clone()),
        ..seen("14:01:50", &rows)
    });
    assert_eq!(report.verdict, Verdict::Converged);
    assert_eq!(report.store, Some(up));
    let changes: Vec<String> = watch.changes().map(|c| c.to.to_string()).collect();
    assert!(
        changes.contains(&"active master fe02".to_owned()),
        "{changes:?}"
    );
}

#[test]
fn heartbeats_and_lists_of_the_store_are_held_against_the_rows() {
    let rows = [
        row("fe01", true, "14:00:30", "14:00:00"),
        row("fe02", true, "14:00:30", "14:00:00"),
    ];
    let quiet = StoreStatus {
        active_replicas: vec!["FE01.kestrel.lan".into(), "fe02.kestrel.lan".into()],
        master_heartbeat: Some(clock("14:09:50")),
        agent_heartbeat: Some(clock("14:05:01")),
        ..store(Some("fe01.kestrel.lan"), &["fe01.kestrel.lan"])
    };
    let told = StoreStatus {
        active_replicas: vec!["fe01.kestrel.lan".into(), "fe03.kestrel.lan".into()],
        deleted_replicas: vec!["fe02.kestrel.lan".into(), "old.kestrel.lan".into()],
        agent_heartbeat: Some(clock("14:04:00")),
        ..quiet.clone()
    };
    let advice = |store: StoreStatus| {
        let poll = Observation {
            store: Some(store),
            ..seen("14:10:00", &rows)
        };
        super::watcher(1).observe(poll).advice.clone()
    };
    assert_eq!(advice(quiet), [""; 0]);
    assert_eq!(
        advice(told.clone()),
        [
            "The file transfer agent last gave a sign of life 6 min ago: look at service FTA on \
             fe01.kestrel.lan.",
            "fe02.kestrel.lan: removed from the store, and still in the answer.",
            "fe03.kestrel.lan: an active replica for the store, and not in the answer.",
        ]
    );
    // A list that was cut off proves nothing.
    let cut = StoreStatus {
        partial: true,
        ..told
    };
    assert_eq!(advice(cut).len(), 1);
}
