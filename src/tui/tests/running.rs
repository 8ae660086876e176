//! The Run pane while jobs speak.

use super::{Deck, hides, shows, snapshot};
use crate::execute::{Event, JobEnd, JobState, TransportError};
use crate::tui::message::{Effect, Message};

/// The lab with a job of this text, number 1.
fn running(text: &str) -> Deck {
    let mut deck = Deck::lab();
    run(&mut deck, text);
    deck
}

fn run(deck: &mut Deck, text: &str) {
    deck.keys("4 n");
    deck.type_in(text);
    let mut effects = deck.keys("enter enter");
    assert!(matches!(effects.pop(), Some(Effect::Run(..))));
}

fn said(deck: &mut Deck, event: Event) {
    deck.send(Message::Job(1, event));
}

fn ended(deck: &mut Deck, state: JobState, error: Option<TransportError>) {
    let end = JobEnd {
        state,
        host_exit: Some(0),
        error,
    };
    deck.send(Message::JobEnded(1, end, None));
}

#[test]
fn output_streams_and_the_end_is_told() {
    let mut deck = running("Get-CsPool");
    said(&mut deck, Event::State(JobState::Connecting));
    shows(&deck.screen(), "connecting on lab");
    said(&mut deck, Event::State(JobState::Running));
    for n in 1..=30 {
        said(
            &mut deck,
            Event::Output(format!("Identity : pool{n:02}.kestrel.lan")),
        );
    }
    said(&mut deck, Event::Warning("a certificate ends soon".into()));
    said(&mut deck, Event::Verbose("one of two done".into()));
    let screen = deck.screen();
    snapshot("run-streaming", &screen);
    shows(&screen, "pool30.kestrel.lan");
    hides(&screen, "pool01.kestrel.lan");
    let theme = deck.model.look().theme.clone();
    assert_eq!(deck.cell_of("WARNING:").fg, theme.warning.fg.unwrap());
    // Whoever scrolled back keeps looking at the same lines.
    deck.keys("left left left");
    let before = deck.screen();
    shows(&before, "line 1 of 32, not following");
    said(&mut deck, Event::Output("later".into()));
    hides(&deck.screen(), "later");
    shows(&deck.screen(), "line 1 of 33");
    deck.keys("right right right right");
    shows(&deck.screen(), "later");
    ended(&mut deck, JobState::Succeeded, None);
    shows(&deck.screen(), "succeeded on lab");
}

#[test]
fn an_error_and_a_lost_connection_are_told_in_words() {
    let mut deck = running("Get-CsPool -Identity nobody");
    said(
        &mut deck,
        Event::Error("Get-CsPool : Cannot find \"nobody\".".into()),
    );
    ended(
        &mut deck,
        JobState::Lost,
        Some(TransportError::Lost {
            address: "fe01:22".into(),
            reason: "broken pipe".into(),
        }),
    );
    let screen = deck.screen();
    snapshot("run-lost", &screen);
    shows(&screen, "look before you run it again");
    let theme = deck.model.look().theme.clone();
    assert_eq!(
        deck.cell_of("Get-CsPool : Cannot").fg,
        theme.error.fg.unwrap()
    );
    assert_eq!(deck.cell_of("lost on lab").symbol(), "l");
}

#[test]
fn a_strangers_control_characters_are_shown_and_do_nothing() {
    let mut deck = running("Get-CsPool");
    for line in [
        "\u{1b}[2J\u{1b}]0;owned\u{7}red",
        "user\u{202e}nimda",
        "c1 \u{9b}31m and \u{200b}zero",
        "two\rone",
    ] {
        said(&mut deck, Event::Output(line.into()));
    }
    ended(
        &mut deck,
        JobState::Failed,
        Some(TransportError::Setup("\u{1b}[31mbad".into())),
    );
    let screen = deck.screen();
    snapshot("run-hostile", &screen);
    shows(&screen, "␛[2J");
    assert!(
        !screen
            .chars()
            .any(|c| c != '\n' && crate::text::is_unsafe(c)),
        "{screen:?}"
    );
    // The clipboard gets the pictures too.
    deck.keys("esc");
    let effects = deck.keys("y");
    assert!(
        matches!(&effects[..], [Effect::Copy(text)] if text.contains('␛') && !text.contains('\u{1b}')),
        "{effects:?}"
    );
}

#[test]
fn a_job_is_cancelled_once_and_run_again_only_after_the_question() {
    let mut deck = running("Get-CsPool");
    assert!(matches!(deck.keys("c")[..], [Effect::Cancel(1)]));
    ended(
        &mut deck,
        JobState::Cancelled,
        Some(TransportError::Cancelled),
    );
    assert!(deck.keys("c").is_empty());
    assert!(deck.keys("r").is_empty());
    shows(&deck.screen(), "Run this?");
    assert!(matches!(deck.keys("enter")[..], [Effect::Run(2, ..)]));
}

#[test]
fn leaving_while_a_job_runs_is_asked_twice() {
    let mut deck = running("Get-CsPool");
    deck.keys("q");
    assert_eq!(deck.model.ended, None);
    deck.resize(60, 15);
    shows(
        &deck.screen(),
        "1 job still runs: quit again ends it halfway",
    );
    // Another key takes it back.
    deck.keys("down q");
    assert_eq!(deck.model.ended, None);
    deck.keys("q");
    assert_eq!(deck.model.ended, Some(0));
}

#[test]
fn there_is_no_filter_where_there_is_nothing_to_filter() {
    let mut deck = running("Get-CsPool");
    hides(deck.screen().lines().last().unwrap(), "filter");
    deck.keys("1");
    shows(deck.screen().lines().last().unwrap(), "/ filter");
    deck.keys("4 :");
    deck.type_in("filter");
    shows(&deck.screen(), "No action has all of these words");
}
