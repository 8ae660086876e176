use serde_json::json;

use super::{frame, row, seen, verdict_of, watcher};
use crate::replication::input::Frames;
use crate::replication::{RowVerdict, Verdict};

/// The recorded publish: frame name, verdict, what the reason must and must not name.
const PUBLISH: [(&str, Verdict, &[&str]); 9] = [
    (
        "00-before-publish",
        Verdict::Stuck,
        &["7 of 9", "stuck: sgedge02", "never reported: cebsba01"],
    ),
    ("01-just-published", Verdict::Converging, &["0 of 9"]),
    ("02-plus-30s", Verdict::Converging, &["2 of 9"]),
    ("03-plus-45s", Verdict::Converging, &["5 of 9"]),
    ("04-plus-60s", Verdict::Converging, &["6 of 9"]),
    (
        "05-plus-95s",
        Verdict::Converging,
        &["7 of 9", "sgedge02", "never reported: cebsba01"],
    ),
    (
        "06-plus-10min-still-stuck",
        Verdict::Stuck,
        &["stuck: sgedge02", "never reported: cebsba01"],
    ),
    (
        "07-after-4443-opened",
        Verdict::Stuck,
        &["8 of 9", "never reported: cebsba01"],
    ),
    ("08-all-up-to-date", Verdict::Converged, &["9 of 9"]),
];

#[test]
fn the_recorded_publish_frame_by_frame() {
    for form in ["ps51", "ps7"] {
        let mut watch = watcher(1);
        for (name, verdict, named) in PUBLISH {
            // In a row and alone, a frame gets the same verdict.
            for report in [
                watch.observe(frame(name, form)),
                watcher(1).observe(frame(name, form)),
            ] {
                assert_eq!(report.verdict, verdict, "{name} {form}: {}", report.reason);
                for name in named {
                    assert!(report.reason.contains(name), "{name}: {}", report.reason);
                }
            }
        }
        assert_eq!(watch.len(), 9);
        assert_eq!(watch.rewind(8).unwrap().verdict, Verdict::Stuck);
        assert!(watch.rewind(9).is_none());
        let edge = watch.trail("SGEDGE02.kestrel.lan.", 4);
        assert_eq!(edge, [Some(false), Some(false), Some(true), Some(true)]);
        assert_eq!(watch.trail("sgfe01.kestrel.lan", 99).len(), 9);
        assert_eq!(watch.trail("nobody", 2), [None, None]);
    }
}

#[test]
fn the_last_few_are_explained_before_they_are_stuck() {
    let mut watch = watcher(1);
    let report = watch.observe(frame("05-plus-95s", "ps51"));
    assert!(
        report
            .advice
            .iter()
            .any(|a| a.starts_with("sgedge02.kestrel.lan: TCP 4443")),
        "{:?}",
        report.advice
    );
    assert!(
        report
            .advice
            .iter()
            .any(|a| a.starts_with("cebsba01.kestrel.lan: TCP 445"))
    );
    assert!(
        report
            .advice
            .iter()
            .any(|a| a.contains("cebsba01.kestrel.lan: never reported"))
    );
    let healthy = watcher(1)
        .observe(frame("08-all-up-to-date", "ps51"))
        .clone();
    assert_eq!(healthy.advice, [""; 0]);
    // While most are under way, nobody is blamed who was not stuck before.
    assert_eq!(
        watcher(1).observe(frame("02-plus-30s", "ps51")).advice,
        [""; 0]
    );
    let mut warned = watcher(1);
    warned.observe(frame("00-before-publish", "ps51"));
    let report = warned.observe(frame("02-plus-30s", "ps51"));
    assert!(
        report.advice[0].starts_with("sgedge02.kestrel.lan: TCP 4443"),
        "{:?}",
        report.advice
    );
    assert_eq!(verdict_of(report, "sgedge02"), RowVerdict::Lagging);
    assert_eq!(verdict_of(report, "sgedge01"), RowVerdict::Waiting);
}

#[test]
fn words_and_exit_codes_of_the_contract() {
    let all = [
        (Verdict::Converged, "converged", 0, 0),
        (Verdict::Converging, "converging", 3, 3),
        (Verdict::Stuck, "stuck", 3, 3),
        (Verdict::NoChange, "no-change", 3, 3),
        (Verdict::Blind, "blind", 3, 5),
        (Verdict::Failed, "failed", 1, 1),
    ];
    for (verdict, word, input, target) in all {
        assert_eq!(verdict.word(), word);
        assert_eq!(
            (verdict.exit_code(true), verdict.exit_code(false)),
            (input, target),
            "{word}"
        );
    }
}

#[test]
fn the_json_document_keeps_the_contract() {
    let report = watcher(1)
        .observe(frame("06-plus-10min-still-stuck", "ps51"))
        .to_json();
    assert_eq!(report["verdict"], "stuck");
    assert_eq!(report["sampledAt"], "2025-10-14T06:12:00Z");
    assert_eq!(report["source"], "06-plus-10min-still-stuck");
    let rows = report["replicas"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    for (index, key, value) in [
        (0, "replicaFqdn", json!("sgfe01.kestrel.lan")),
        (0, "upToDate", json!(true)),
        (0, "lastStatusReport", json!("2025-10-14T06:02:24.2Z")),
        (0, "lastUpdateCreation", json!("2025-10-14T06:02:02.3Z")),
        (0, "productVersion", json!("6.0.9319.0")),
        (0, "verdict", json!("up-to-date")),
        (7, "verdict", json!("stuck")),
        (7, "upToDate", json!(false)),
        (8, "verdict", json!("never-reported")),
        (8, "lastStatusReport", json!(null)),
        (8, "productVersion", json!(null)),
    ] {
        assert_eq!(rows[index][key], value, "{index} {key}");
    }
}

#[test]
fn the_lines_are_a_table_that_is_safe_to_print() {
    let mut lines = watcher(1)
        .observe(frame("06-plus-10min-still-stuck", "ps7"))
        .to_lines();
    assert_eq!(lines.len(), 11);
    lines.drain(2..8);
    assert_eq!(
        lines,
        [
            "stuck: 7 of 9 up to date; stuck: sgedge02.kestrel.lan (last report 3 d 2 h ago); \
             never reported: cebsba01.kestrel.lan",
            "  replica               verdict         last report  version",
            "  sgedge01.kestrel.lan  up to date      8 min 27 s   6.0.9319.0",
            "  sgedge02.kestrel.lan  stuck           3 d 2 h      6.0.9319.0",
            "  cebsba01.kestrel.lan  never reported  never        -",
        ]
    );
    let mut hostile = row("fe01", true, "14:00:30", "14:00:00");
    hostile.product_version = Some("\u{1b}[2J\n".into());
    let lines = watcher(1).observe(seen("14:01:00", &[hostile])).to_lines();
    assert!(
        lines.iter().all(|line| !line.contains(['\u{1b}', '\n'])),
        "{lines:?}"
    );
}

#[test]
fn every_recorded_form_of_a_frame_gets_its_verdict() {
    for (name, verdict) in [
        ("05.format-list.txt", Verdict::Converging),
        ("05.format-list.de-DE.txt", Verdict::Converging),
        ("05.format-table-autosize.txt", Verdict::Converging),
        (
            "05.null-first.format-table-autosize.txt",
            Verdict::Converging,
        ),
        ("05.remoting.ps51.json", Verdict::Converging),
        ("05.version-object.ps51.json", Verdict::Converging),
        ("our-own-wire-format.json", Verdict::Converging),
        ("08.format-list.txt", Verdict::Converged),
        ("empty-pipeline.ps51.json", Verdict::Blind),
    ] {
        let frames = Frames::new(jiff::tz::TimeZone::UTC)
            .read(&super::folder().join(name))
            .unwrap();
        let report = watcher(1).observe(frames[0].observation()).clone();
        assert_eq!(report.verdict, verdict, "{name}: {}", report.reason);
    }
}
