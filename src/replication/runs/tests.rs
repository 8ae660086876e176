use std::collections::BTreeMap;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Markdown, Parser, Tag};

use super::*;
use crate::replication::{Came, Change, Excluded, RowVerdict, Subject, Verdict};
use crate::text::visible_line;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn run(minute: i8, took: &[(&str, i64)]) -> Run {
    let ended = at("2026-11-24T14:00:00Z") + SignedDuration::from_mins(minute.into());
    Run {
        started: ended - SignedDuration::from_secs(90),
        ended,
        target: "fe01".into(),
        since: None,
        verdict: "converged".into(),
        reason: "9 of 9 up to date".into(),
        polls: 12,
        took: took
            .iter()
            .map(|(fqdn, s)| ((*fqdn).to_owned(), *s))
            .collect(),
        last: took.last().map(|(fqdn, _)| (*fqdn).to_owned()),
    }
}

fn came(fqdn: &str, took: Option<i64>) -> Came {
    Came {
        fqdn: fqdn.into(),
        verdict: if took.is_some() {
            RowVerdict::UpToDate
        } else {
            RowVerdict::Stuck
        },
        at: took.map(|_| at("2026-11-24T14:01:00Z")),
        took: took.map(SignedDuration::from_secs),
    }
}

fn summary() -> Summary {
    Summary {
        verdict: Verdict::Stuck,
        reason: "1 of 2 up to date; stuck: sgedge02.kestrel.lan".into(),
        since: Some(at("2026-11-24T13:59:00Z")),
        started: Some(at("2026-11-24T14:00:00Z")),
        ended: Some(at("2026-11-24T14:12:05Z")),
        polls: 145,
        blind: 3,
        replicas: vec![
            came("SGFE01.kestrel.lan", Some(22)),
            came("sgedge02.kestrel.lan", None),
        ],
        excluded: vec![Excluded {
            fqdn: "cebsba01.kestrel.lan".into(),
            reason: "switched off since May | see #12".into(),
        }],
        scope: None,
    }
}

#[test]
fn a_run_is_made_of_a_summary() {
    let run = Run::of(&summary(), "fe01").expect("a run");
    assert_eq!(
        run.took,
        BTreeMap::from([("sgfe01.kestrel.lan".to_owned(), 22)])
    );
    assert_eq!(run.last.as_deref(), Some("sgfe01.kestrel.lan"));
    assert_eq!((run.verdict.as_str(), run.polls), ("stuck", 145));
    assert_eq!(run.lasted(), SignedDuration::from_secs(725));
    // Delays that no replication takes, and below zero (clocks that differ), are not kept.
    let mut odd = summary();
    odd.replicas = vec![
        came("a.b", Some(-4)),
        came("c.d", Some(500_000)),
        came("e.f", Some(0)),
    ];
    let odd = Run::of(&odd, "fe01").expect("a run");
    assert_eq!(odd.took.keys().collect::<Vec<_>>(), ["e.f"]);
    let never = Summary {
        started: None,
        ..summary()
    };
    assert_eq!(Run::of(&never, "fe01"), None);
}

#[test]
fn what_is_usual_is_the_median_of_the_last_runs() {
    let usual_of = |delays: &[i64]| {
        let runs: Vec<Run> = delays.iter().map(|s| run(0, &[("a.b", *s)])).collect();
        usual(&runs).get("a.b").map(|u| (u.took.as_secs(), u.runs))
    };
    assert_eq!(usual_of(&[30]), Some((30, 1)));
    assert_eq!(usual_of(&[10, 40]), Some((25, 2)));
    assert_eq!(usual_of(&[10, 400, 20]), Some((20, 3)));
    let mut many = vec![500; 30];
    many.extend([7; 20]);
    assert_eq!(usual_of(&many), Some((7, 20)));
    assert!(usual(&[]).is_empty());
    // A replica that a run did not see keeps its older delays.
    let runs = [run(0, &[("a.b", 5), ("c.d", 9)]), run(1, &[("a.b", 7)])];
    assert_eq!(usual_delays(&runs)["c.d"], SignedDuration::from_secs(9));
}

#[test]
fn runs_are_kept_and_the_oldest_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = RunLog::at(folder.path().join("data/runs.jsonl"));
    assert_eq!(log.read().expect("reads"), []);
    let runs: Vec<Run> = (0..3).map(|n| run(n, &[("a.b", n.into())])).collect();
    for run in &runs {
        log.add(run).expect("adds");
    }
    assert_eq!(log.read().expect("reads"), runs);

    // A line that was torn, one that is something else, and one without its end.
    let path = folder.path().join("data/runs.jsonl");
    let text = fs::read_to_string(&path).expect("reads");
    let whole: Vec<&str> = text.lines().collect();
    let torn = &whole[2][..whole[2].len() / 2];
    fs::write(
        &path,
        format!("{}\n{{\"a\":1}}\n\0\0\n{}\n{torn}", whole[0], whole[1]),
    )
    .expect("writes");
    assert_eq!(log.read().expect("reads"), runs[..2]);
    log.add(&runs[2]).expect("adds");
    assert_eq!(log.read().expect("reads"), runs);
    let text = fs::read_to_string(&path).expect("reads");
    assert_eq!(text.lines().count(), 3, "what is no run is gone: {text}");
}

#[test]
fn the_file_stays_small() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    let line = serde_json::to_string(&run(0, &[("a.b", 1)])).expect("JSON");
    fs::write(&path, format!("{line}\n").repeat(MOST_RUNS + 50)).expect("writes");
    let log = RunLog::at(&path);
    assert_eq!(log.read().expect("reads").len(), MOST_RUNS);
    log.add(&run(9, &[])).expect("adds");
    let runs = log.read().expect("reads");
    assert_eq!((runs.len(), runs.last()), (MOST_RUNS, Some(&run(9, &[]))));

    // Large deployments keep fewer.
    let names: Vec<String> = (0..20_000)
        .map(|n| format!("fe{n:05}.{}.example", "x".repeat(40)))
        .collect();
    let took: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 20)).collect();
    for _ in 0..5 {
        log.add(&run(10, &took)).expect("adds");
    }
    let size = fs::metadata(&path).expect("is there").len();
    assert!(size <= MOST_BYTES as u64, "{size}");
    assert!(!log.read().expect("reads").is_empty());

    fs::write(&path, vec![b'x'; 2 * MOST_BYTES + 1]).expect("writes");
    assert!(matches!(log.read(), Err(RunLogError::TooLarge { .. })));
    assert!(matches!(
        log.add(&run(0, &[])),
        Err(RunLogError::TooLarge { .. })
    ));
    let folder = RunLog::at(folder.path());
    assert!(matches!(folder.read(), Err(RunLogError::Io { .. })));
}

#[test]
fn runs_of_several_processes_are_all_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = RunLog::at(folder.path().join("runs.jsonl"));
    std::thread::scope(|scope| {
        for n in 0..8 {
            let log = &log;
            scope.spawn(move || log.add(&run(n, &[])).expect("adds"));
        }
    });
    let mut minutes: Vec<Timestamp> = log.read().expect("reads").iter().map(|r| r.ended).collect();
    minutes.sort();
    let all: Vec<Timestamp> = (0..8).map(|n| run(n, &[]).ended).collect();
    assert_eq!(minutes, all);
}

#[test]
fn the_history_as_lines_and_as_json() {
    assert_eq!(to_lines(&[]), ["no watch has ended yet"]);
    let mut second = run(
        30,
        &[("sgfe01.kestrel.lan", 20), ("sgedge02.kestrel.lan", 93)],
    );
    second.target = "fe\u{1b}[31m01".into();
    let runs = [run(0, &[("sgfe01.kestrel.lan", 24)]), second];
    assert_eq!(
        to_lines(&runs),
        [
            "ended              target     verdict    lasted      polls  last to confirm",
            "2026-11-24 14:30Z  fe\u{241b}[31m01  converged  1 min 30 s  12     sgedge02.kestrel.lan (1 min 33 s)",
            "2026-11-24 14:00Z  fe01       converged  1 min 30 s  12     sgfe01.kestrel.lan (24 s)",
            "",
            "replica               usually takes  runs",
            "sgedge02.kestrel.lan  1 min 33 s     1",
            "sgfe01.kestrel.lan    22 s           2",
        ]
    );
    let json = to_json(&runs);
    assert_eq!(json["runs"][0]["last"], "sgedge02.kestrel.lan");
    assert_eq!(json["runs"][1]["replicas"][0]["tookSeconds"], 24);
    assert_eq!(json["usual"][1]["replicaFqdn"], "sgfe01.kestrel.lan");
    assert_eq!(json["usual"][1]["tookSeconds"], 22);
}

fn record() -> Record {
    let summary = summary();
    let rows = summary.replicas.iter().map(|came| RecordRow {
        fqdn: came.fqdn.clone(),
        role: Some("Front End".into()),
        site: Some("Singapore".into()),
        verdict: came.verdict,
        took: came.took,
        last_report: Some(at("2026-11-24T13:59:40.25Z")),
        version: None,
    });
    Record {
        asked: Asked {
            target: "fe01".into(),
            customer: Some("Kestrel Ltd".into()),
            question: Some("Get-CsManagementStoreReplicationStatus".into()),
            polls: 2,
            version: "0.1.0".into(),
        },
        source: "SGFE01".into(),
        since: summary.since,
        started: summary.started,
        ended: summary.ended,
        polls: summary.polls,
        blind: summary.blind,
        verdict: summary.verdict,
        reason: summary.reason.clone(),
        scope: None,
        replicas: rows.collect(),
        excluded: summary.excluded,
        advice: vec!["sgedge02.kestrel.lan: TCP 4443 must be open".into()],
        changes: vec![Change {
            at: Some(at("2026-11-24T14:00:30Z")),
            poll: 6,
            subject: Subject::Replica("SGFE01.kestrel.lan".into()),
            from: "waiting".into(),
            to: "up to date".into(),
        }],
    }
}

#[test]
fn a_report_for_the_ticket() {
    insta::assert_snapshot!(record().to_markdown());
}

#[test]
fn a_record_is_made_of_what_a_watcher_gives() {
    use crate::replication::{Observation, Options, ReplicaStatus, Watcher};
    let mut watcher = Watcher::new(Options::default());
    let row = ReplicaStatus {
        replica_fqdn: "fe01.kestrel.lan".into(),
        up_to_date: true,
        last_status_report: Some(at("2026-11-24T14:00:22Z")),
        last_update_creation: Some(at("2026-11-24T14:00:00Z")),
        product_version: Some("6.0.9319.0".into()),
    };
    watcher.observe(Observation {
        rows: vec![row],
        sampled_at: Some(at("2026-11-24T14:01:00Z")),
        server_time: None,
        source: "SGFE01".into(),
        store: None,
    });
    let mut summary = watcher.summary();
    summary.replicas = vec![came("FE01.kestrel.lan", Some(22))];
    let latest = watcher.latest().clone();
    let record = Record::of(Asked::default(), &summary, &latest, []);
    assert_eq!(record.source, "SGFE01");
    assert_eq!(
        record.replicas[0].last_report,
        Some(at("2026-11-24T14:00:22Z"))
    );
    assert_eq!(record.replicas[0].version.as_deref(), Some("6.0.9319.0"));
}

/// The plain text of a report, and everything in it that is markup of a kind we do not write.
fn read(markdown: &str) -> (Vec<String>, Vec<String>) {
    let options = Markdown::ENABLE_TABLES
        | Markdown::ENABLE_STRIKETHROUGH
        | Markdown::ENABLE_MATH
        | Markdown::ENABLE_FOOTNOTES;
    let (mut cells, mut foreign) = (vec![String::new()], Vec::new());
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(text) => cells.last_mut().expect("one").push_str(&text),
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::List(None)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::CodeBlock(_)
                | Tag::Strong,
            )
            | Event::End(_) => cells.push(String::new()),
            other => foreign.push(format!("{other:?}")),
        }
    }
    (cells, foreign)
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,30}",
        "[ \\\\`*_\\[\\]<>|~&$@#:./!(){}+=a-z0-9\\t\\n\\r\\x1b-]{1,30}",
        Just("[a](http://x)".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        Just("| a | b |".to_owned()),
        Just("```".to_owned()),
        Just("&lt; **b** ~~c~~ $d$ [^1] \\|".to_owned()),
    ]
}

proptest! {
    /// Whatever a name or a reason holds, it stands in the ticket as it was and is no markup.
    #[test]
    fn nothing_from_outside_is_markup(name in hostile(), reason in hostile(), question in hostile()) {
        let mut record = record();
        record.replicas[0].fqdn.clone_from(&name);
        record.replicas[0].role = Some(reason.clone());
        record.excluded[0].reason.clone_from(&reason);
        record.asked.target.clone_from(&name);
        record.asked.question = Some(question.clone());
        record.changes[0].subject = Subject::Replica(name.as_str().into());
        record.reason.clone_from(&reason);
        let markdown = record.to_markdown();
        let (cells, foreign) = read(&markdown);
        prop_assert!(foreign.is_empty(), "{foreign:?}\n{markdown}");
        for text in [&name, &reason] {
            let shown = visible_line(text);
            let shown = shown.trim();
            let found = cells.iter().any(|cell| cell.contains(shown));
            prop_assert!(found, "{shown:?} is not in\n{markdown}");
        }
        let asked = visible_line(&question);
        prop_assert!(cells.iter().any(|cell| cell.trim_end_matches('\n') == asked.trim_end_matches('\n')), "{markdown}");
        // Every table keeps its columns.
        prop_assert_eq!(cells.iter().filter(|cell| cell.as_str() == "Last report").count(), 1);
        let escape = char::from(27);
        prop_assert!(!markdown.contains(escape), "an escape character");
    }
}
