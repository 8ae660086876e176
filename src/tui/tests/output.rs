//! The output of a job: looking back, searching, objects, saving.

use std::time::Duration;

use serde_json::json;

use super::{Deck, hides, shows, snapshot};
use crate::execute::output::{Line, Stream};
use crate::execute::{Event, JobEnd, JobState};
use crate::tui::message::{Effect, Message, SaveAs};

/// The lab with a job that said these lines.
fn said(lines: impl IntoIterator<Item = Event>) -> Deck {
    let mut deck = Deck::lab();
    run(&mut deck, "Get-CsPool");
    for event in lines {
        deck.send(Message::Job(1, event));
    }
    deck
}

fn run(deck: &mut Deck, text: &str) {
    deck.keys("4 n");
    deck.type_in(text);
    let mut effects = deck.keys("enter enter");
    assert!(matches!(effects.pop(), Some(Effect::Run(..))));
}

fn ended(deck: &mut Deck, id: u64, state: JobState) {
    let end = JobEnd {
        state,
        host_exit: Some(0),
        error: None,
    };
    deck.send(Message::JobEnded(id, end, None));
}

fn numbered(count: u64) -> impl Iterator<Item = Event> {
    (0..count).map(|n| Event::Output(format!("line {n:04} of the answer")))
}

fn pools() -> Vec<Event> {
    [
        json!({"Identity": "pool10.kestrel.lan", "Users": 9, "Site": "Singapore"}),
        json!({"Identity": "pool02.kestrel.lan", "Users": 120, "Site": "Bergen"}),
        json!({"Identity": "edge\u{1b}[2J.kestrel.lan", "Users": 30, "Site": "Singapore"}),
    ]
    .into_iter()
    .map(Event::object)
    .collect()
}

#[test]
fn the_focus_goes_to_the_output_and_back() {
    let mut deck = said(numbered(100));
    shows(&deck.screen(), "line 0099");
    deck.keys("tab up up");
    shows(&deck.screen(), "not following");
    hides(&deck.screen(), "line 0099");
    deck.keys("home");
    shows(&deck.screen(), "line 0000");
    shows(&deck.screen(), "line 1 of 100");
    deck.keys("pgdn");
    hides(&deck.screen(), "line 0000");
    deck.keys("end");
    shows(&deck.screen(), "line 0099");
    hides(&deck.screen(), "not following");
    // Down to the end follows again.
    deck.keys("up down");
    hides(&deck.screen(), "not following");
    // Two ways back: the keys belong to the jobs again.
    for back in ["esc", "enter", "tab"] {
        deck.keys(back);
        deck.keys("down home");
        shows(&deck.screen(), "line 0099");
        deck.keys("enter");
    }
    for (columns, rows) in [(80, 24), (120, 40)] {
        deck.keys("pgup");
        let screen = deck.screen_at(columns, rows);
        snapshot(&format!("output-back-{columns}x{rows}"), screen);
    }
    for (columns, rows) in [(60, 15), (20, 5), (1, 1), (0, 0)] {
        deck.screen_at(columns, rows);
        deck.keys("up pgup home end right left / x enter n N esc");
    }
}

#[test]
fn without_jobs_tab_goes_to_the_next_pane() {
    let mut deck = Deck::lab();
    deck.keys("4 tab");
    shows(&deck.screen(), "sgfe01");
}

#[test]
fn words_are_found_marked_and_gone_round() {
    let mut deck = said(numbered(90));
    deck.keys("/");
    deck.type_in("line 00");
    shows(&deck.screen(), "/line 00_: 90 found");
    deck.type_in("1");
    shows(&deck.screen(), "10 found");
    deck.keys("enter");
    shows(&deck.screen(), "10 of 10");
    shows(&deck.screen(), "line 0019");
    let hit = deck.cell_of("line 0019");
    let theme = deck.model.look().theme.clone();
    assert_eq!(hit.bg, theme.selected_text.bg.unwrap());
    deck.keys("n");
    shows(&deck.screen(), "1 of 10");
    shows(&deck.screen(), "line 0010");
    snapshot("output-search", deck.screen());
    deck.keys("N");
    shows(&deck.screen(), "10 of 10");
    // Lines that come are looked through too.
    deck.send(Message::Job(1, Event::Error("line 001X".into())));
    deck.keys("n");
    shows(&deck.screen(), "11 of 11");
    // A capital makes the case count.
    deck.keys("/");
    deck.type_in("LINE 001");
    shows(&deck.screen(), "not found");
    deck.keys("esc esc");
    hides(&deck.screen(), "LINE");
    // Without a search n is a new command again.
    deck.keys("n");
    shows(&deck.screen(), "Command to run");
}

#[test]
fn older_lines_are_asked_for_when_the_screen_needs_them() {
    let mut deck = said(numbered(15_000));
    let effects = deck.keys("tab home");
    let [Effect::ReadOutput(1, range)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(range.start, 0);
    shows(&deck.screen(), "[...]");
    assert!(deck.keys("down").is_empty(), "asked for once");
    let line = |n| (n, Line::new(Stream::Output, format!("old {n}")));
    deck.send(Message::Page {
        job: 1,
        range: range.clone(),
        lines: Ok((range.start..200).map(line).collect()),
        gap: 200..1_000,
    });
    shows(&deck.screen(), "old 1");
    // What is not kept is one row that says so.
    for _ in 0..12 {
        deck.keys("pgdn");
    }
    shows(&deck.screen(), "[800 lines are not kept]");
    deck.send(Message::NotKept(
        1,
        "older lines cannot be kept: disk full".into(),
    ));
    deck.keys("end");
    shows(&deck.screen(), "disk full");
    // The search goes on in what is not here.
    deck.keys("/");
    deck.type_in("old 7");
    let effects = deck.keys("enter");
    let Some(Effect::SearchOutput(1, number, pattern, lines)) = effects.first() else {
        panic!("{effects:?}");
    };
    assert!(pattern.is_in("OLD 7") && lines.start == 0);
    shows(&deck.screen(), "looking further");
    deck.send(Message::Found {
        job: 1,
        search: *number,
        hits: Ok((vec![7, 70], false)),
    });
    shows(&deck.screen(), "2 of 2");
    shows(&deck.screen(), "old 70");
    // What is not all here is copied by who has it.
    assert!(matches!(deck.keys("y")[..], [Effect::CopyOutput(1)]));
}

#[test]
fn lines_are_marked_and_copied() {
    let mut deck = said(numbered(100));
    deck.keys("tab home down down m down down");
    let screen = deck.screen();
    shows(&screen, "3 marked");
    snapshot("output-mark", &screen);
    let theme = deck.model.look().theme.clone();
    assert_eq!(deck.cell_of("line 0003").bg, theme.selected.bg.unwrap());
    let effects = deck.keys("y");
    assert!(
        matches!(&effects[..], [Effect::Copy(text)] if text.lines().count() == 3 && text.starts_with("line 0002") && text.ends_with('r')),
        "{effects:?}"
    );
    hides(&deck.screen(), "marked");
    // Backwards, to the ends, and dropped.
    deck.keys("end m up home");
    shows(&deck.screen(), "100 marked");
    shows(&deck.screen(), "line 0000");
    deck.keys("end pgup esc");
    hides(&deck.screen(), "marked");
    // From a match on.
    deck.keys("/");
    deck.type_in("0050");
    deck.keys("enter m down");
    let effects = deck.keys("y");
    assert!(
        matches!(&effects[..], [Effect::Copy(text)] if text.starts_with("line 0050") && text.contains("line 0051")),
        "{effects:?}"
    );
    // What is not here is not copied.
    let mut deck = said(numbered(15_000));
    deck.keys("tab m home y");
    shows(&deck.screen(), "s saves all");
}

#[test]
fn long_lines_wrap_or_are_cut() {
    let long: String = (0..40).map(|n| format!("{n:04}-")).collect();
    let mut deck = said([Event::Output(long), Event::Output("short".into())]);
    shows(&deck.screen(), "0039-");
    deck.keys("tab z");
    hides(&deck.screen(), "0039-");
    for _ in 0..30 {
        deck.keys("right");
    }
    shows(&deck.screen(), "0039-");
    hides(&deck.screen(), "0000-");
    deck.keys("w");
    shows(&deck.screen(), "0000-");
    // A row of a wrapped line at a time.
    let mut deck = said([Event::Output("x".repeat(78 * 40 - 10) + "end")]);
    shows(&deck.screen(), "xend");
    deck.keys("tab up");
    hides(&deck.screen(), "xend");
    deck.keys("down");
    shows(&deck.screen(), "xend");
}

#[test]
fn the_full_screen_has_nothing_but_the_output() {
    let mut deck = said(numbered(50));
    deck.keys("o");
    shows(&deck.screen(), "gives the frames back");
    deck.keys("up");
    let screen = deck.screen();
    snapshot("output-full", &screen);
    assert_eq!(screen.lines().count(), 24);
    assert!(screen.lines().all(|l| l.starts_with("line 00")), "{screen}");
    deck.keys("/");
    deck.type_in("0001");
    shows(&deck.screen(), "/0001_: 1 found");
    deck.keys("enter");
    shows(&deck.screen(), "line 0001");
    deck.keys("esc");
    shows(&deck.screen(), "Jobs 1");
}

#[test]
fn an_output_is_saved_under_a_name_that_was_asked_for() {
    let mut deck = said(numbered(3));
    deck.keys("s");
    snapshot("output-save", deck.screen());
    deck.keys("ctrl-u");
    assert!(deck.keys("enter").is_empty());
    deck.type_in("/tmp/a b.txt");
    let effects = deck.keys("enter");
    let [Effect::SaveOutput(1, path, SaveAs::Raw)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(path.to_str(), Some("/tmp/a b.txt"));
    // Objects by the name's ending.
    let mut deck = said(pools());
    for (name, wanted) in [("o.json", SaveAs::Json), ("o.CSV", SaveAs::Csv)] {
        deck.keys("s ctrl-u");
        deck.type_in(name);
        let effects = deck.keys("enter");
        assert!(
            matches!(&effects[..], [Effect::SaveOutput(1, _, save)] if *save == wanted),
            "{effects:?}"
        );
    }
    deck.keys("s ctrl-u");
    deck.type_in("o.txt");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::SaveOutput(1, _, SaveAs::Seen(text))] if text.starts_with("Identity")),
        "{effects:?}"
    );
}

#[test]
fn objects_are_a_table_a_list_json_and_lines() {
    let mut deck = said(pools());
    deck.send(Message::Job(
        1,
        Event::Warning("one pool did not answer".into()),
    ));
    ended(&mut deck, 1, JobState::Succeeded);
    let screen = deck.screen();
    snapshot("output-table-80x24", &screen);
    shows(&screen, "3 as table");
    shows(&screen, "WARNING: one pool did not answer");
    hides(&screen, "\u{1b}");
    snapshot("output-table-120x40", deck.screen_at(120, 40));
    deck.resize(80, 24);
    deck.keys("S S R");
    let screen = deck.screen();
    shows(&screen, "by Users, descending");
    let at = |text: &str| screen.find(text).unwrap();
    assert!(at("pool02") < at("edge") && at("edge") < at("pool10"));
    deck.keys("/");
    deck.type_in("singapore");
    deck.keys("enter");
    shows(&deck.screen(), "2 of 3 as table");
    hides(&deck.screen(), "pool02");
    // What is copied is what is seen; of a table the rows as CSV as well.
    assert!(
        matches!(&deck.keys("y")[..], [Effect::Copy(text)] if text.starts_with("Identity") && !text.contains("pool02"))
    );
    let effects = deck.keys("Y");
    assert!(
        matches!(&effects[..], [Effect::Copy(text)] if text.starts_with("Identity,Users,Site\nedge\u{241b}[2J.kestrel.lan,30,")),
        "{effects:?}"
    );
    deck.keys("esc v");
    snapshot("output-list", deck.screen());
    deck.keys("v");
    shows(&deck.screen(), "as JSON");
    shows(&deck.screen(), "\"Users\": 120");
    deck.keys("v");
    shows(
        &deck.screen(),
        "{\"Identity\":\"pool02.kestrel.lan\",\"Users\":120",
    );
    deck.keys("v");
    shows(&deck.screen(), "as table");
    // Text has one view.
    let mut deck = said(numbered(1));
    deck.keys("v");
    shows(&deck.screen(), "answered with text");
}

#[test]
fn one_object_is_a_list_and_many_begin_at_their_top() {
    let mut deck = said(pools().into_iter().take(1));
    shows(&deck.screen(), "Users    : 9");
    let many = (0..300).map(|n| Event::object(json!({"N": n, "Name": format!("user{n:03}")})));
    deck = said(many);
    ended(&mut deck, 1, JobState::Succeeded);
    shows(&deck.screen(), "user000");
    deck.keys("tab end");
    shows(&deck.screen(), "user299");
    shows(&deck.screen(), "  N  Name");
    deck.keys("home");
    shows(&deck.screen(), "user000");
}

#[test]
fn jobs_show_their_time_and_exit_code_and_can_be_removed() {
    let mut deck = said(numbered(1));
    deck.model.run.now = Duration::from_secs(75);
    shows(&deck.screen(), "1:15");
    assert!(deck.model.shows_time());
    ended(&mut deck, 1, JobState::Failed);
    deck.model.run.now = Duration::from_secs(9_000);
    run(&mut deck, "Get-CsUser");
    deck.model.run.now = Duration::from_secs(13_000);
    let screen = deck.screen();
    snapshot("run-jobs", &screen);
    shows(&screen, "exit 1");
    shows(&screen, "1:06:40");
    // What runs stays.
    assert!(deck.keys("d").is_empty());
    shows(&deck.screen(), "has not ended yet");
    let effects = deck.keys("down d");
    assert!(
        matches!(effects[..], [Effect::ForgetOutput(1)]),
        "{effects:?}"
    );
    hides(&deck.screen(), "Get-CsPool");
    ended(&mut deck, 2, JobState::Succeeded);
    assert!(!deck.model.shows_time());
    deck.keys("d");
    shows(&deck.screen(), "Nothing ran yet");
    assert!(deck.keys("d tab").is_empty());
}
