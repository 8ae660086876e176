use super::report::{Form, report};
use super::*;

pub(super) fn journal() -> (tempfile::TempDir, Journal) {
    let folder = tempfile::tempdir().expect("folder");
    let journal = Journal::at(folder.path().join("sub/journal.jsonl"));
    (folder, journal)
}

fn begin(journal: &Journal, target: &str, text: &str) -> OpenEntry {
    journal
        .begin(target, text, "read", "queued")
        .expect("writes")
}

fn seen(journal: &Journal) -> Vec<(u64, String, Option<i32>)> {
    let entries = journal.entries().expect("reads");
    entries
        .into_iter()
        .map(|e| (e.seq, e.state, e.exit))
        .collect()
}

/// What a process leaves behind that was killed: the lines and an unlocked file.
fn kill(journal: Journal) -> Journal {
    let again = Journal::at(journal.path());
    drop(journal);
    // A child that another test starts at this moment holds a copy of the lock until its exec.
    let sessions = again.path().with_file_name("sessions");
    let is_held =
        |path| std::fs::File::open(path).is_ok_and(|file| file.try_lock_shared().is_err());
    for _ in 0..500 {
        let files = std::fs::read_dir(&sessions).expect("lists").flatten();
        if !files.map(|f| f.path()).any(is_held) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    again
}

fn broken(journal: &Journal) -> Break {
    match journal.verify() {
        Err(JournalError::Broken(broken)) => broken,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_is_one_entry_with_its_last_state() {
    let (_folder, journal) = journal();
    assert_eq!(journal.entries().expect("reads"), []);
    let a = begin(&journal, "lab", "Get-A\n‘x’");
    let b = begin(&journal, "fe01", "Get-B");
    journal.sending(&a, "running").expect("writes");
    journal.end(&a, "succeeded", 0, None).expect("writes");
    journal.sending(&b, "running").expect("writes");
    let entries = journal.entries().expect("reads");
    let seen: Vec<_> = entries
        .iter()
        .map(|e| (e.seq, e.text.as_str(), e.state.as_str(), e.exit))
        .collect();
    assert_eq!(
        seen,
        [
            (1, "Get-A\n‘x’", "succeeded", Some(0)),
            (2, "Get-B", "running", None)
        ]
    );
    assert!(entries[0].sent.is_some() && entries[0].ended.is_some());
    assert!(entries[1].sent.is_some() && entries[1].ended.is_none());
    let chain = journal.verify().expect("verifies");
    assert_eq!((chain.lines, chain.files), (5, 1));
    assert_eq!(chain.notes, Vec::<String>::new());
}

#[test]
fn a_changed_and_a_removed_line_show_and_hide_nothing_else() {
    for (from, to) in [
        ("Get-A", "Get-X"),
        ("\"seq\":1", "\"seq\":7"),
        ("\"risk\"", "\"rsk\""),
    ] {
        let (_folder, journal) = journal();
        let open = begin(&journal, "lab", "Get-A");
        journal.end(&open, "succeeded", 0, None).expect("writes");
        begin(&journal, "lab", "Get-B");
        let text = std::fs::read_to_string(journal.path()).expect("reads");
        std::fs::write(journal.path(), text.replacen(from, to, 1)).expect("writes");
        broken(&journal);
        assert!(journal.entries().is_err());
        let reading = journal.read().expect("reads");
        assert!(reading.entries.iter().any(|e| e.text == "Get-B"), "{from}");
    }
    let (_folder, journal) = journal();
    for _ in 0..3 {
        begin(&journal, "lab", "Get-A");
    }
    let text = std::fs::read_to_string(journal.path()).expect("reads");
    let kept: Vec<&str> = text
        .split_inclusive('\n')
        .enumerate()
        .filter(|(n, _)| *n != 1)
        .map(|(_, l)| l)
        .collect();
    std::fs::write(journal.path(), kept.concat()).expect("writes");
    assert_eq!(broken(&journal).line, 2);
}

#[test]
fn a_line_torn_anywhere_is_set_aside_and_nothing_else_is_touched() {
    let (_folder, journal) = journal();
    let a = begin(&journal, "lab", "Get-A");
    journal.end(&a, "succeeded", 0, None).expect("writes");
    let before = std::fs::read(journal.path()).expect("reads");
    begin(&journal, "lab", "Get-B");
    let after = std::fs::read(journal.path()).expect("reads");
    let line = &after[before.len()..];
    let mut tails: Vec<Vec<u8>> = (1..line.len()).map(|n| line[..n].to_vec()).collect();
    // Blocks that never reached the disk read as zeros.
    let mut zeros = line.to_vec();
    zeros[..line.len() / 2].fill(0);
    tails.push(zeros);
    tails.push(vec![0; 5000]);
    for tail in tails {
        let (_folder, journal) = self::journal();
        std::fs::create_dir_all(journal.path().parent().expect("folder")).expect("makes");
        std::fs::write(journal.path(), [before.as_slice(), &tail].concat()).expect("writes");
        let chain = journal.verify().expect("verifies");
        assert_eq!((chain.lines, chain.notes.len()), (2, 1));
        assert_eq!(seen(&journal).len(), 1);
        begin(&journal, "lab", "Get-C");
        let chain = journal.verify().expect("verifies");
        assert_eq!((chain.lines, chain.notes.len()), (3, 1));
        let entries = journal.entries().expect("reads");
        assert_eq!(
            (entries.len(), entries[1].seq, entries[1].text.as_str()),
            (2, 3, "Get-C")
        );
        let now = std::fs::read(journal.path()).expect("reads");
        assert!(now.starts_with(&before));
        let aside = std::fs::read(journal.path().with_extension("torn")).expect("reads");
        assert_eq!(aside[..tail.len()], tail);
    }
}

#[test]
fn a_journal_whose_last_line_was_changed_takes_no_further_job() {
    let (_folder, journal) = journal();
    begin(&journal, "lab", "Get-A");
    std::fs::write(journal.path(), "{}\n").expect("writes");
    let error = journal.begin("lab", "Get-B", "read", "queued");
    let words = error.expect_err("refuses").to_string();
    assert!(
        words.contains("line 1") && words.contains("move it away"),
        "{words}"
    );
}

#[test]
fn writers_in_parallel_keep_the_chain_also_across_files() {
    let (_folder, journal) = journal();
    let journal = journal.with_limit(100_000);
    std::thread::scope(|scope| {
        for n in 0..8 {
            // Every second one a session of its own.
            let journal = if n % 2 == 0 {
                journal.clone()
            } else {
                Journal::at(journal.path()).with_limit(100_000)
            };
            scope.spawn(move || {
                for _ in 0..5 {
                    let open = begin(&journal, "lab", &"x".repeat(n * 9000));
                    journal.sending(&open, "running").expect("writes");
                    journal.end(&open, "succeeded", 0, None).expect("writes");
                }
            });
        }
    });
    let chain = journal.verify().expect("verifies");
    assert_eq!(chain.lines, 120);
    assert!(chain.files > 5, "{}", chain.files);
    let states = seen(&journal);
    assert_eq!(states.len(), 40);
    assert!(states.iter().all(|(_, state, _)| state == "succeeded"));
}

#[test]
fn a_job_that_is_open_when_the_file_is_put_aside_stays_one() {
    let (folder, journal) = journal();
    let journal = journal.with_limit(1000);
    let open = begin(&journal, "lab", "Get-Long");
    for _ in 0..5 {
        let other = begin(&journal, "lab", &"y".repeat(300));
        journal.end(&other, "succeeded", 0, None).expect("writes");
    }
    journal.end(&open, "cancelled", 130, None).expect("writes");
    let chain = journal.verify().expect("verifies");
    assert_eq!(chain.lines, 12);
    assert!(chain.files > 2);
    let entries = journal.entries().expect("reads");
    assert_eq!(
        (entries[0].text.as_str(), entries[0].state.as_str()),
        ("Get-Long", "cancelled")
    );
    // What goes missing shows.
    let first = folder.path().join("sub/journal-1.jsonl");
    let mut names: Vec<_> = journal.earlier().expect("lists");
    assert_eq!(names.remove(0), first);
    std::fs::rename(&names[0], folder.path().join("elsewhere")).expect("moves");
    let broken = broken(&journal);
    assert!(
        broken.line == 1 && broken.why.contains("missing"),
        "{broken}"
    );
}

#[test]
fn the_chain_goes_on_when_csdeck_ends_between_two_files() {
    let (folder, journal) = journal();
    begin(&journal, "lab", "Get-A");
    std::fs::rename(journal.path(), folder.path().join("sub/journal-1.jsonl")).expect("moves");
    assert_eq!(journal.verify().expect("verifies").lines, 1);
    begin(&journal, "lab", "Get-B");
    let chain = journal.verify().expect("verifies");
    assert_eq!((chain.lines, chain.files), (2, 2));
}

#[test]
fn what_a_dead_process_left_open_is_closed_once() {
    let (folder, journal) = journal();
    let sent = begin(&journal, "lab", "Get-A");
    begin(&journal, "lab", "Get-B");
    let done = begin(&journal, "lab", "Get-C");
    journal.sending(&sent, "running").expect("writes");
    journal.end(&done, "succeeded", 0, None).expect("writes");
    // Another process sees them run.
    let other = Journal::at(journal.path());
    assert_eq!(other.settle().expect("writes"), 0);
    assert_eq!(
        seen(&other),
        [
            (1, "running".into(), None),
            (2, "queued".into(), None),
            (3, "succeeded".into(), Some(0))
        ]
    );
    let other = kill(journal);
    let ended = [
        (1, "lost".into(), Some(5)),
        (2, "failed".into(), Some(1)),
        (3, "succeeded".into(), Some(0)),
    ];
    assert_eq!(seen(&other), ended);
    assert_eq!(other.verify().expect("verifies").lines, 5);
    // The next job writes it down, once.
    let own = begin(&other, "lab", "Get-D");
    assert_eq!(other.verify().expect("verifies").lines, 8);
    assert_eq!(other.settle().expect("writes"), 0);
    assert_eq!(seen(&other)[..3], ended);
    other.end(&own, "succeeded", 0, None).expect("writes");
    assert_eq!(other.read().expect("reads").unsettled, Vec::<u64>::new());
    drop(other);
    let left = std::fs::read_dir(folder.path().join("sub/sessions")).expect("lists");
    assert_eq!(left.count(), 0);
}

#[test]
fn a_session_named_by_a_stranger_leads_nowhere() {
    let (folder, journal) = journal();
    let open = begin(&journal, "lab", "Get-A");
    let mut line = open.line.clone();
    let secret = folder.path().join("held.lock");
    let held = std::fs::File::create(&secret).expect("makes");
    held.lock().expect("locks");
    for id in ["../../held", "", "held\0"] {
        line.session = Some(id.to_owned());
        assert!(!journal.liveness().of(line.session.as_deref()), "{id:?}");
    }
    assert!(!journal.liveness().of(None));
    assert!(journal.liveness().of(open.line.session.as_deref()));
}

#[test]
fn every_field_is_kept_free_of_secrets() {
    let (_folder, journal) = journal();
    let secrets = Arc::new(SessionSecrets::default());
    let journal = journal
        .with_profile(Some("for Hunter22 Ltd"))
        .with_secrets(secrets.clone());
    secrets.set("x", Secret::new("Hunter22".into()));
    let open = begin(&journal, "fe-Hunter22", "Get-A 'Hunter22'");
    let message = Some("refused Hunter22".to_owned());
    journal.end(&open, "failed", 1, message).expect("writes");
    let text = std::fs::read_to_string(journal.path()).expect("reads");
    assert!(!text.contains("Hunter22"), "{text}");
    let entry = journal.entries().expect("reads").remove(0);
    assert!(entry.redacted);
    assert_eq!(entry.text, "Get-A <|redacted|>");
    assert_eq!(entry.message.as_deref(), Some("refused <|redacted|>"));
}

#[test]
fn a_report_shows_texts_and_is_moved_by_none() {
    let (_folder, journal) = journal();
    let journal = journal.with_profile(Some("Kestrel <b>&amp;"));
    let text = "Get-A `\r\n````\n<script>x</script>\u{1b}[31m";
    let open = begin(&journal, "fe`0`1", text);
    let message = Some("a\n# b | *c*".to_owned());
    journal.end(&open, "failed", 1, message).expect("writes");
    let reading = journal.read().expect("reads");
    let entries: Vec<&Entry> = reading.entries.iter().collect();
    let now = Timestamp::UNIX_EPOCH;
    let markdown = report(&entries, &reading.chain, now, Form::Markdown);
    for part in [
        "# What csdeck ran for Kestrel \\<b\\>\\&amp\\;\n",
        "- made: `1970-01-01 00:00:00 UTC`",
        "verified: 2 lines in 1 file,",
        &reading.chain.hash,
        "- target: ``fe`0`1``",
        "- state: `failed, exit code 1`",
        "- message: `a\u{240a}# b | *c*`",
        "\n`````powershell\nGet-A `\n````\n<script>x</script>\u{241b}[31m\n`````\n",
    ] {
        assert!(markdown.contains(part), "{part}\n{markdown}");
    }
    let html = report(&entries, &reading.chain, now, Form::Html);
    for part in [
        "<h1>What csdeck ran for Kestrel &lt;b&gt;&amp;amp;</h1>",
        "<td>fe`0`1</td>",
        "<pre>Get-A `\n````\n&lt;script&gt;x&lt;/script&gt;\u{241b}[31m</pre>",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    assert!(!html.contains("<script"));
}
