use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{fixture, singapore};
use crate::replication::{Options, ReplicaStatus, Watcher, input, parse_frames};

const SAMPLES: [&str; 11] = [
    "00-before-publish.ps51.json",
    "05-plus-95s.ps7.json",
    "05.remoting.ps51.json",
    "05.version-object.ps51.json",
    "05.single-replica.ps51.json",
    "our-own-wire-format.json",
    "05.format-list.txt",
    "05.format-list.de-DE.txt",
    "05.format-table-autosize.txt",
    "05.null-first.format-table-autosize.txt",
    "08.format-list.txt",
];

/// Text goes the whole way; nothing in it may panic.
fn whole_way(text: &str) {
    for zone in [
        singapore(),
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(),
    ] {
        let Ok(frames) = input::Frames::new(zone).text("sample", text) else {
            continue;
        };
        let mut watcher = Watcher::new(Options {
            since: frames[0].sampled_at,
            ..Options::default()
        });
        for frame in &frames {
            watcher.observe(frame.observation());
            let report = watcher.latest();
            assert_eq!(
                report
                    .to_lines()
                    .iter()
                    .filter(|line| line.contains('\n'))
                    .count(),
                0
            );
            assert_eq!(report.to_json()["verdict"], report.verdict.word());
        }
    }
}

/// What verdicts rest on.
fn core(row: &ReplicaStatus) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        row.replica_fqdn.clone(),
        row.up_to_date,
        row.last_status_report,
        row.last_update_creation,
    )
}

#[test]
fn text_cut_anywhere_is_refused_or_a_true_beginning() {
    for name in SAMPLES {
        let text = fixture(name);
        let rows = |text: &str| -> Option<Vec<ReplicaStatus>> {
            let mut frames = parse_frames(text, &singapore()).ok()?;
            assert_eq!(frames.len(), 1, "{name}");
            Some(frames.remove(0).rows)
        };
        let whole = rows(&text).unwrap();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            // A lone first time may lose its PM unnoticed: nothing else is there to compare.
            let lone = name.contains("null-first") && text[..end].matches("2025").count() == 1;
            let Some(rows) = rows(&text[..end]).filter(|_| !lone) else {
                continue;
            };
            for (row, model) in rows.iter().zip(&whole) {
                assert_eq!(core(row), core(model), "{name} cut at {end}");
            }
        }
    }
}

fn mutated() -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        0..4_usize,
        "[ -~]{0,3}|\r?\n|\u{2026}|\\.\\.\\.|[0-9/:.]{1,4}",
    );
    (0..SAMPLES.len(), prop::collection::vec(edit, 1..6)).prop_map(|(sample, edits)| {
        let mut text: Vec<char> = fixture(SAMPLES[sample]).chars().collect();
        for (at, cut, put) in edits {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, put.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}") {
        whole_way(&text);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        whole_way(&crate::text::decode_lossy(&bytes));
    }

    #[test]
    fn status_like_text_is_survived(
        lines in prop::collection::vec(
            "(UpToDate|ReplicaFqdn|LastStatusReport|LastUpdateCreation|-----)( +: +|  +)[a-zA-Z0-9 ./:-]{0,24}", 0..12)
    ) {
        whole_way(&lines.join("\n"));
    }

    #[test]
    fn date_like_text_is_survived(date in "[0-9]{1,5}[/. -]{1,2}[0-9]{1,3}[/. -]{1,2}[0-9]{1,5} [0-9]{1,3}[:.][0-9]{1,3}[:.][0-9]{1,3} ?[AaPp]?[Mm]?") {
        whole_way(&format!(
            "UpToDate : True\nReplicaFqdn : a.b\nLastStatusReport : {date}\nLastUpdateCreation : {date}\n"
        ));
    }

    #[test]
    fn damaged_samples_are_survived(text in mutated()) {
        whole_way(&text);
    }
}
