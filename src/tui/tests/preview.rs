//! `-WhatIf` before something dangerous.

use super::{Deck, hides, shows, snapshot};
use crate::execute::{Event, JobEnd, JobState, TransportError};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message, Retry};
use crate::tui::pane::Pane;

const TEXT: &str = "Disable-CsUser ann";

fn ask(deck: &mut Deck, text: &str) {
    deck.keys("4 n");
    deck.type_in(text);
    let effects = deck.keys("enter");
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Run(..))),
        "{effects:?}"
    );
}

/// The number and text of the one job that was started.
#[track_caller]
fn started(effects: Vec<Effect>) -> (u64, String) {
    match &effects[..] {
        [Effect::Run(id, _, approved)] => (*id, approved.text().to_owned()),
        other => panic!("{other:?}"),
    }
}

fn ended(deck: &mut Deck, id: u64, state: JobState) {
    let end = JobEnd {
        state,
        host_exit: Some(0),
        error: None,
    };
    deck.send(Message::JobEnded(id, end, None));
}

/// Runs the preview of the open question to its end.
fn previewed(deck: &mut Deck, state: JobState) {
    let (id, text) = started(deck.keys("f6"));
    assert!(text.ends_with(" -WhatIf"), "{text}");
    ended(deck, id, state);
}

#[test]
fn what_destroys_is_previewed_before_its_name_is_asked_for() {
    let mut deck = Deck::lab();
    ask(&mut deck, TEXT);
    let screen = deck.screen();
    snapshot("confirm-preview-first", &screen);
    shows(&screen, "F6 runs it with -WhatIf first");
    hides(&screen, "Type lab");
    // Neither Enter nor the name opens it.
    deck.type_in("lab");
    assert!(deck.keys("enter").is_empty());
    shows(&deck.screen(), "F6 first");

    let (id, text) = started(deck.keys("f6"));
    assert_eq!(text, "Disable-CsUser ann -WhatIf");
    assert_eq!(
        (deck.model.pane, deck.model.dialog.is_none()),
        (Pane::Run, true)
    );
    for n in 1..=6 {
        let line = format!("What if: Performing the operation {n}\u{1b}[2J");
        deck.send(Message::Job(id, Event::Output(line)));
    }
    ended(&mut deck, id, JobState::Succeeded);
    let screen = deck.screen();
    snapshot("confirm-previewed", &screen);
    shows(&screen, "-WhatIf succeeded here, 0 s before this question");
    shows(&screen, "What if: Performing the operation 4");
    shows(&screen, "and 2 more lines in the Run pane");
    // Now as always: the name, and exactly the text.
    assert!(deck.keys("enter").is_empty());
    deck.type_in("lab");
    let (_, text) = started(deck.keys("enter"));
    assert_eq!(text, TEXT);
}

#[test]
fn a_preview_counts_for_its_text_and_target_in_this_session() {
    let mut deck = Deck::lab();
    ask(&mut deck, TEXT);
    previewed(&mut deck, JobState::Succeeded);
    deck.keys("esc");
    // The same text again: it counts, with its age.
    ask(&mut deck, TEXT);
    shows(&deck.screen(), "-WhatIf succeeded here");
    shows(&deck.screen(), "Type \"lab\" and press Enter");
    deck.keys("esc");
    // Another text, if only by a blank.
    for other in ["Disable-CsUser  ann", "Disable-CsUser bob"] {
        ask(&mut deck, other);
        shows(&deck.screen(), "not run yet (F6)");
        deck.keys("esc");
    }
    // Another target.
    let found = |target: &str| {
        let text = format!("{TEXT} -WhatIf");
        let later = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(3);
        deck.model.previews.find(target, &text, later)
    };
    assert!(found("fe01").is_none());
    assert!(found("lab").is_some_and(|e| (180..240).contains(&e.age)));
}

#[test]
fn a_preview_that_failed_or_was_cancelled_does_not_count() {
    for state in [JobState::Failed, JobState::Cancelled, JobState::Lost] {
        let mut deck = Deck::lab();
        ask(&mut deck, TEXT);
        previewed(&mut deck, state);
        shows(&deck.screen(), &format!("-WhatIf {}", state.word()));
        shows(&deck.screen(), "F6 runs it with -WhatIf first");
        deck.type_in("lab");
        assert!(deck.keys("enter").is_empty());
        // Once more, and this time it works.
        previewed(&mut deck, JobState::Succeeded);
        shows(&deck.screen(), "Type \"lab\" and press Enter");
    }
}

#[test]
fn a_password_in_between_is_asked_for_and_the_question_comes_back() {
    let mut deck = Deck::two_targets();
    deck.keys("4 n");
    deck.type_in(TEXT);
    deck.keys("enter enter");
    let effects = deck.keys("f6");
    let [Effect::Run(id, target, approved)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let end = JobEnd {
        state: JobState::Failed,
        host_exit: None,
        error: Some(TransportError::NeedsPassword {
            target: target.name.clone(),
            user: "ann".into(),
            address: "fe01:22".into(),
        }),
    };
    let name = target.name.clone();
    deck.send(Message::JobEnded(
        *id,
        end,
        Some(Retry::Run(approved.clone())),
    ));
    shows(&deck.screen(), "Password of ann");
    deck.type_in("pw");
    let effects = deck.keys("enter");
    let Some(Effect::Run(again, ..)) = effects.last() else {
        panic!("{effects:?}");
    };
    ended(&mut deck, *again, JobState::Succeeded);
    shows(&deck.screen(), &format!("Type \"{name}\" and press Enter"));
}

#[test]
fn the_question_waits_for_a_dialog_that_is_open_and_forgets_what_was_typed() {
    let mut deck = Deck::lab();
    // A change is previewed when somebody wants it.
    ask(&mut deck, "Enable-CsTopology");
    hides(&deck.screen(), "Preview");
    deck.type_in("lab");
    let (id, _) = started(deck.keys("f6"));
    deck.keys("?");
    ended(&mut deck, id, JobState::Succeeded);
    assert!(matches!(deck.model.dialog, Some(Dialog::Help(_))));
    deck.keys("esc");
    shows(&deck.screen(), "-WhatIf succeeded here");
    assert!(deck.keys("enter").is_empty(), "the name is typed anew");
    shows(&deck.screen(), "that is not the target's name");
}

#[test]
fn where_there_is_no_preview_the_reason_is_told_and_nothing_else_changes() {
    let mut deck = Deck::lab();
    ask(&mut deck, "Import-CsConfiguration -FileName a.zip");
    shows(
        &deck.screen(),
        "Import-CsConfiguration changes something, and the reference",
    );
    assert!(deck.keys("f6").is_empty());
    shows(&deck.screen(), "no preview");
    deck.type_in("lab");
    started(deck.keys("enter"));
}
