use super::*;
use proptest::prelude::*;

const SMALL: Limits = Limits {
    lines: 10,
    bytes: 1 << 20,
    file: 1 << 20,
};

fn fill(output: &mut Output, lines: impl IntoIterator<Item = Line>) {
    for line in lines {
        if output.push(line) {
            output.spill();
        }
    }
}

fn numbered(n: u64) -> Line {
    Line::new(Stream::Output, format!("line {n}"))
}

#[test]
fn what_memory_does_not_hold_is_read_from_the_file() {
    let folder = tempfile::tempdir().expect("folder");
    let mut output = Output::new(folder.path().join("output"), SMALL);
    fill(&mut output, (0..8).map(numbered));
    assert!(!folder.path().join("output").exists());
    fill(&mut output, (8..1000).map(numbered));
    assert_eq!(output.len(), 1000);
    assert!(output.tail.len() <= 10);
    for from in [0, 63, 64, 65, 500, 985, 994, 999] {
        let page = output.page(from, 20, 100).expect("reads");
        let wanted: Vec<_> = (from..(from + 20).min(1000))
            .map(|n| (n, numbered(n)))
            .collect();
        assert_eq!(page, wanted, "{from}");
    }
    assert_eq!(output.page(1000, 5, 100).expect("reads"), []);
    let (found, came_to) = output
        .search(&Pattern::new("line 99"), 0..1000, 100)
        .expect("reads");
    assert_eq!((found.first(), found.len()), (Some(&99), 11));
    assert_eq!(came_to, 1000);
    let (found, came_to) = output
        .search(&Pattern::new("LINE 99"), 0..1000, 100)
        .expect("reads");
    assert_eq!((found.len(), came_to), (0, 1000));
    let (found, came_to) = output
        .search(&Pattern::new("line"), 0..1000, 5)
        .expect("reads");
    assert_eq!((found.len(), came_to), (5, 5));
    // No name in the folder, and so nothing to remove.
    let left = std::fs::read_dir(folder.path().join("output")).expect("reads");
    assert_eq!(left.count(), 0);
}

#[test]
fn a_line_of_many_megabytes_does_not_stay_in_memory() {
    let folder = tempfile::tempdir().expect("folder");
    let mut output = Output::new(
        folder.path(),
        Limits {
            file: 64 << 20,
            ..SMALL
        },
    );
    let long = "é".repeat(4 << 20);
    fill(
        &mut output,
        [numbered(0), Line::new(Stream::Output, &*long)],
    );
    assert!(output.bytes < 1 << 20, "{}", output.bytes);
    fill(&mut output, [numbered(2)]);
    let page = output.page(1, 2, 1000).expect("reads");
    assert_eq!(page[0].1.text.chars().count(), 500);
    assert_eq!(page[0].1.cut, long.len() - 1000);
    assert_eq!(page[1].1, numbered(2));
    let mut saved = Vec::new();
    output.save(&mut saved).expect("saves");
    assert_eq!(saved, format!("line 0\n{long}\nline 2\n").into_bytes());
}

#[test]
fn a_full_disk_keeps_the_newest_lines_and_says_so() {
    let folder = tempfile::tempdir().expect("folder");
    // A file where the folder should be: nothing can be written.
    let blocked = folder.path().join("output");
    std::fs::write(&blocked, "").expect("writes");
    let mut output = Output::new(&blocked, SMALL);
    fill(&mut output, (0..50).map(numbered));
    assert!(output.problem().is_some_and(|p| p.contains("output")));
    assert_eq!(output.gap().start, 0);
    let kept = output.page(0, 100, 100).expect("reads");
    assert_eq!(kept.first().map(|(n, _)| *n), Some(output.gap().end));
    assert_eq!(kept.last(), Some(&(49, numbered(49))));
    let mut saved = Vec::new();
    output.save(&mut saved).expect("saves");
    let saved = String::from_utf8(saved).expect("text");
    assert!(saved.starts_with("[csdeck: ") && saved.ends_with("line 49\n"));
}

#[test]
fn a_file_that_is_too_large_keeps_the_oldest_and_the_newest() {
    let folder = tempfile::tempdir().expect("folder");
    let mut output = Output::new(
        folder.path(),
        Limits {
            file: 1000,
            ..SMALL
        },
    );
    fill(&mut output, (0..500).map(numbered));
    let gap = output.gap();
    assert!(
        gap.start > 0 && gap.end > gap.start && gap.end < 500,
        "{gap:?}"
    );
    assert_eq!(output.len(), 500);
    let kept = output.page(gap.start - 1, 3, 100).expect("reads");
    assert_eq!(
        kept.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
        [gap.start - 1, gap.end, gap.end + 1]
    );
}

#[test]
fn an_object_stays_an_object() {
    let object = serde_json::json!({"Zeta": 1, "Alpha": {"b": [true, null], "a": "x\ny"}});
    let line = Line::of(crate::execute::Event::object(object.clone()))
        .next()
        .expect("a line");
    assert_eq!(line.object(), Some(object.clone()));
    let folder = tempfile::tempdir().expect("folder");
    let mut output = Output::new(folder.path(), Limits { lines: 0, ..SMALL });
    fill(&mut output, [line]);
    let page = output.page(0, 1, usize::MAX).expect("reads");
    let back = page[0].1.object().expect("an object");
    assert_eq!(back.to_string(), object.to_string());
    assert_eq!(page[0].1.clone().clipped(5).object(), None);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    let spill = Spill::new(folder.path()).expect("file");
    let mode = spill.file().metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

proptest! {
    #[test]
    fn whatever_comes_is_read_back(
        lines in prop::collection::vec(("(?s).{0,30}", 0usize..6), 0..60), limit in 0usize..12, from in 0u64..70
    ) {
        let streams = [
            Stream::Output, Stream::Object, Stream::Error,
            Stream::Warning, Stream::Verbose, Stream::Progress,
        ];
        let lines: Vec<Line> = lines.into_iter().map(|(t, s)| Line::new(streams[s], t)).collect();
        let folder = tempfile::tempdir().expect("folder");
        let mut output = Output::new(folder.path(), Limits { lines: limit, bytes: 600, file: 1 << 20 });
        fill(&mut output, lines.clone());
        let read = output.page(from, 1000, usize::MAX).expect("reads");
        let wanted: Vec<(u64, Line)> =
            (0u64..).zip(lines).filter(|(n, _)| *n >= from).collect();
        prop_assert_eq!(read, wanted);
    }
}
