//! What a job is at, its errors in full, the types of its objects.

use serde_json::json;

use super::{Deck, hides, shows, snapshot};
use crate::execute::event::{ErrorRecord, Object, Progress};
use crate::execute::{Event, JobEnd, JobState};
use crate::tui::message::{Effect, JobId, Message};

fn running(deck: &mut Deck, text: &str) {
    deck.keys("4 n");
    deck.type_in(text);
    let mut effects = deck.keys("enter enter");
    assert!(matches!(effects.pop(), Some(Effect::Run(..))));
    said(deck, Event::State(JobState::Running));
}

fn said(deck: &mut Deck, event: Event) {
    deck.send(Message::Job(1, event));
}

fn ended(deck: &mut Deck, id: JobId, state: JobState) {
    let end = JobEnd {
        state,
        host_exit: Some(1),
        error: None,
    };
    deck.send(Message::JobEnded(id, end, None));
}

fn activity(id: i32, parent: Option<i32>, percent: u8) -> Event {
    Event::Progress(Box::new(Progress {
        id,
        parent,
        status: format!("{percent} of 100"),
        percent: Some(percent),
        seconds_left: Some(72),
        ..Progress::text(format!("Activity\u{1b} {id}"))
    }))
}

fn done(id: i32) -> Event {
    Event::Progress(Box::new(Progress {
        id,
        done: true,
        ..Progress::text("x")
    }))
}

#[test]
fn progress_is_rewritten_in_its_place_and_goes_with_its_end() {
    let mut deck = Deck::lab();
    running(&mut deck, "Get-CsPool");
    (1..=30).for_each(|n| said(&mut deck, Event::Output(format!("line {n:02}"))));
    for percent in 0..40 {
        said(&mut deck, activity(0, None, percent));
    }
    said(&mut deck, activity(1, Some(0), 7));
    said(&mut deck, activity(2, Some(1), 100));
    said(&mut deck, activity(3, Some(1), 5));
    said(&mut deck, activity(4, None, 5));
    let screen = deck.screen();
    snapshot("run-progress", &screen);
    shows(&screen, "39 of 100");
    hides(&screen, "38 of 100");
    shows(&screen, "+2 more");
    shows(&screen, "at 39%");
    // The newest line is still to be seen, above it.
    shows(&screen, "line 30");
    // The same again changes nothing on the screen.
    said(&mut deck, activity(0, None, 39));
    assert_eq!(deck.screen(), screen);
    for (columns, rows) in [(40, 10), (60, 15), (120, 40), (200, 60)] {
        let screen = deck.screen_at(columns, rows);
        let acts = |c: char| c != '\n' && crate::text::is_unsafe(c);
        assert!(!screen.chars().any(acts), "{screen}");
    }
    deck.resize(80, 24);
    // What ends takes along what is inside it.
    said(&mut deck, done(0));
    hides(&deck.screen(), "Activity\u{241b} 1");
    shows(&deck.screen(), "Activity\u{241b} 4");
    ended(&mut deck, 1, JobState::Succeeded);
    hides(&deck.screen(), "Activity");
    // What comes late is not shown for ever.
    said(&mut deck, activity(0, None, 5));
    hides(&deck.screen(), "Activity");
    // No line of the output came of it.
    shows(&deck.screen(), "line 30");
    assert_eq!(deck.model.run.jobs[0].output.end(), 30);
}

#[test]
fn without_colour_and_in_ascii_the_bar_reads_the_same() {
    let mut deck = Deck::open("ascii = true\n", "", true, true);
    running(&mut deck, "Get-CsPool");
    said(&mut deck, activity(0, None, 50));
    let screen = deck.screen();
    shows(&screen, "[######-------]");
    shows(&screen, "50%  1:12 left");
}

fn record(name: &str, target: &str) -> Event {
    Event::Error(Box::new(ErrorRecord {
        text: format!("{name} : no \"{target}\"\u{1b}[2J\nAt line:1 char:1\n+ {name} {target}"),
        message: Some(format!("no \"{target}\"\u{1b}[2J")),
        category: Some("ObjectNotFound".into()),
        id: Some(format!("NotFound,{name}")),
        target: Some(target.into()),
        position: Some(format!("At line:1 char:1\n+ {name} {target}")),
    }))
}

#[test]
fn errors_are_counted_unfold_and_are_copied() {
    let mut deck = Deck::lab();
    running(&mut deck, "Get-CsPool");
    deck.keys("e");
    shows(&deck.screen(), "told no error");
    said(&mut deck, Event::Output("before".into()));
    said(&mut deck, record("Get-CsUser", "nobody"));
    said(&mut deck, Event::Output("between".into()));
    said(&mut deck, record("Get-CsPool", "nowhere"));
    ended(&mut deck, 1, JobState::Failed);
    let screen = deck.screen();
    shows(&screen, "failed on lab, 2 errors");
    shows(&screen, "Get-CsUser : no \"nobody\"");
    hides(&screen, "ObjectNotFound");
    deck.keys("e");
    let screen = deck.screen();
    snapshot("run-errors", &screen);
    shows(&screen, "category  ObjectNotFound");
    shows(&screen, "target    nobody");
    hides(&screen, "between");
    let effects = deck.keys("y");
    let [Effect::Copy(text)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(text.starts_with("Error 1\n  message   no \"nobody\""));
    assert!(text.contains("id        NotFound,Get-CsPool"));
    assert!(!text.contains('\u{1b}'));
    // A new one comes in below.
    said(&mut deck, record("Get-CsSite", "none"));
    deck.keys("end");
    shows(&deck.screen(), "Error 3");
    deck.keys("esc");
    shows(&deck.screen(), "between");
    // From a marked line it begins at that error.
    deck.keys("/");
    deck.type_in("nowhere");
    deck.keys("enter m e");
    let top = deck.model.run.look.top.unwrap().line;
    let errors = deck.model.run.look.errors.as_ref().unwrap();
    let line = errors.iter().nth(top as usize).unwrap().1.text.clone();
    assert_eq!(line, "Error 2");
    deck.keys("e");
    shows(&deck.screen(), "before");
}

#[test]
fn errors_unfold_over_a_table_and_give_it_back() {
    let mut deck = Deck::lab();
    running(&mut deck, "Get-CsPool");
    for n in 0..3 {
        let object = Object {
            value: json!({"Identity": format!("pool{n}"), "Users": n, "Services":
                (0..5).map(|s| json!({"Name": format!("Registrar:pool{n}"), "Port": 5060 + s})).collect::<Vec<_>>()}),
            type_name: Some("Deserialized.Microsoft.Rtc.Management.Xds.DisplayPool".into()),
        };
        said(&mut deck, Event::Object(Box::new(object)));
    }
    said(&mut deck, record("Get-CsPool", "nowhere"));
    let table = deck.screen();
    snapshot("run-nested-table", &table);
    shows(&table, "1 error, 3 DisplayPool as table");
    deck.keys("e");
    shows(&deck.screen(), "target    nowhere");
    hides(&deck.screen(), "Identity");
    deck.keys("e");
    shows(&deck.screen(), "Identity");
    deck.keys("v");
    let list = deck.screen();
    snapshot("run-nested-list", &list);
    shows(
        &list,
        "TypeName: Deserialized.Microsoft.Rtc.Management.Xds.DisplayPool",
    );
    shows(&list, "    - Name : Registrar:pool0");
}
