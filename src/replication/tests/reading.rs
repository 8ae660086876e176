use std::fs;

use jiff::tz::TimeZone;

use super::{at, clock, fixture, folder};
use crate::replication::input::{Frames, InputError};
use crate::replication::{Form, Options, Verdict, Watcher};
use crate::text::decode_lossy;

fn frames() -> Frames {
    Frames::new(TimeZone::UTC)
}

#[test]
fn a_folder_is_its_numbered_frames_in_order_one_form_each() {
    let frames = frames().read(&folder()).unwrap();
    let names: Vec<&str> = frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "00-before-publish.ps51.json",
            "01-just-published.ps51.json",
            "02-plus-30s.ps51.json",
            "03-plus-45s.ps51.json",
            "04-plus-60s.ps51.json",
            "05-plus-95s.ps51.json",
            "06-plus-10min-still-stuck.ps51.json",
            "07-after-4443-opened.ps51.json",
            "08-all-up-to-date.ps51.json",
        ]
    );
    assert_eq!(frames[0].sampled_at, Some(clock("14:01:55")));
    assert_eq!(frames[8].sampled_at, Some(clock("14:47:10")));
    let mut watcher = Watcher::new(Options {
        polls: 1,
        ..Options::default()
    });
    for frame in &frames {
        watcher.observe(frame.observation());
    }
    assert_eq!(watcher.latest().verdict, Verdict::Converged);
    assert_eq!(watcher.latest().source, "08-all-up-to-date.ps51.json");
}

#[test]
fn a_single_file_finds_its_time_in_the_index_or_in_its_data() {
    let one = |name: &str| frames().read(&folder().join(name)).unwrap().remove(0);
    assert_eq!(
        one("06-plus-10min-still-stuck.ps7.json").sampled_at,
        Some(clock("14:12:00"))
    );
    // Another form of a frame, known by its number; its local times are those of the index.
    let text = one("05.format-list.txt");
    assert_eq!(text.sampled_at, Some(clock("14:03:35")));
    assert_eq!(
        text.parsed.rows[0].last_status_report,
        Some(clock("14:02:24"))
    );
    assert_eq!(
        one("our-own-wire-format.json").sampled_at,
        Some(at("2025-10-14T06:03:35Z"))
    );
    assert_eq!(one("empty-pipeline.ps51.json").sampled_at, None);

    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("06-alone.json");
    fs::write(&path, fixture("06-plus-10min-still-stuck.ps51.json")).unwrap();
    let alone = frames().read(&path).unwrap().remove(0);
    assert_eq!(alone.sampled_at, Some(at("2025-10-14T06:03:32.6Z")));
}

#[test]
fn numbers_order_frames_and_the_better_form_wins() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put("10-late.json", "[]");
    put("09-early.txt", &fixture("05.format-list.txt"));
    put("09-early.ps7.json", &fixture("05-plus-95s.ps7.json"));
    put("100-last.ps7.json", "[]");
    put("notes.txt", "not a frame");
    put("1-too-short.json", "not a frame");
    put("index.json", "{\"of\":\"something else\"}");
    let read = frames().read(folder.path()).unwrap();
    let names: Vec<&str> = read.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(
        names,
        ["09-early.ps7.json", "10-late.json", "100-last.ps7.json"]
    );
    put(
        "index.json",
        "[{\"frame\":\"10-late\",\"sampledAt\":\"yesterday\"}]",
    );
    assert!(matches!(
        frames().read(folder.path()),
        Err(InputError::Index { .. })
    ));
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_name() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(
        frames().read(empty.path()),
        Err(InputError::NoFrames { .. })
    ));
    assert!(matches!(
        frames().read(&empty.path().join("no")),
        Err(InputError::Io { .. })
    ));
    let error = frames()
        .read(&folder().join("05.format-table-80col.txt"))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("05.format-table-80col.txt: line 2: "),
        "{error}"
    );
    assert!(
        frames()
            .text("-", "hello")
            .unwrap_err()
            .to_string()
            .starts_with("-: line 1: ")
    );
}

#[test]
fn what_windows_powershell_redirects_is_decoded() {
    let text = fixture("05.format-list.txt");
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(decode_lossy(&[&[0xff, 0xfe], le.as_slice()].concat()), text);
    assert_eq!(decode_lossy(&[&[0xfe, 0xff], be.as_slice()].concat()), text);
    assert_eq!(decode_lossy(format!("\u{feff}{text}").as_bytes()), text);
    let json: Vec<u8> = "[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(decode_lossy(&json), "[]");
    assert_eq!(decode_lossy(b"caf\xe9"), "caf\u{fffd}");
    assert_eq!(
        frames().text("-", &text).unwrap()[0].parsed.form,
        Form::List
    );
}
