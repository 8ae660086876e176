//! Help, palette, targets, and the questions that connections ask.

use std::path::PathBuf;

use super::{Deck, hides, shows, snapshot};
use crate::execute::{HostKey, JobEnd, JobState, TransportError};
use crate::tui::action::{BINDINGS, keys_shown};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message, Retry};
use crate::tui::pane::Pane;

fn host_key() -> TransportError {
    TransportError::HostKeyUnknown(Box::new(HostKey {
        address: "fe01.kestrel.lan:22".into(),
        pattern: "fe01.kestrel.lan".into(),
        key_type: "ssh-ed25519".into(),
        fingerprint: "SHA256:q0bXhGmYwMHlkzLqCUiU0jQeVdcQFrz4lYI3bFQ8yFs".into(),
        key_base64: "AAAAC3NzaC1lZDI1NTE5AAAAIA".into(),
        known_hosts: PathBuf::from("/home/ann/.ssh/known_hosts"),
    }))
}

fn needs_password() -> TransportError {
    TransportError::NeedsPassword {
        target: "fe01".into(),
        user: "ann".into(),
        address: "fe01.kestrel.lan:22".into(),
    }
}

/// The first poll of the chosen target fails like this.
fn watch_fails(deck: &mut Deck, error: TransportError) -> Vec<Effect> {
    if deck.model.replication.watch == crate::tui::pane::replication::Watch::Stopped {
        deck.keys("3 w");
    }
    let id = deck.model.replication.id;
    let at = "2025-10-14T06:02:05Z".parse().unwrap();
    deck.send(Message::Polled(
        id,
        super::replication::polled(at, Err(error)),
    ))
}

#[test]
fn help_lists_every_binding() {
    let mut deck = Deck::lab();
    deck.keys("?");
    snapshot("help", deck.screen());
    let all = deck.screen_at(140, 300);
    for binding in BINDINGS {
        let keys = keys_shown(binding);
        assert!(
            all.lines()
                .any(|l| l.contains(&keys) && l.contains(binding.help)),
            "{keys} {} is not in\n{all}",
            binding.help
        );
    }
    // In a small window all of it is reached, and the way back is not longer than the way there.
    deck.resize(60, 15);
    let mut seen = deck.screen();
    for _ in 0..80 {
        deck.keys("pgdn");
        seen.push_str(&deck.screen());
    }
    for binding in BINDINGS {
        let word = binding.help.split(' ').next_back().unwrap();
        shows(&seen, word);
    }
    let last = deck.screen();
    deck.keys("up");
    assert_ne!(deck.screen(), last);
    deck.keys("q");
    assert!(deck.model.dialog.is_none() && deck.model.ended.is_none());
}

#[test]
fn the_palette_finds_by_words_and_does_it() {
    let mut deck = Deck::lab();
    deck.keys(":");
    snapshot("palette", deck.screen());
    deck.type_in("replication pane");
    shows(&deck.screen(), "Show the Replication pane");
    hides(&deck.screen(), "Show the Topology pane");
    deck.keys("enter");
    assert_eq!(deck.model.pane, Pane::Replication);
    // It offers what the pane can do, not what another one could.
    deck.keys(":");
    deck.type_in("watch");
    let effects = deck.keys("enter");
    assert!(matches!(effects[..], [Effect::Watch(..)]), "{effects:?}");
    deck.keys("1 :");
    deck.type_in("watch");
    shows(&deck.screen(), "No action has all of these words");
    assert!(deck.keys("enter").is_empty());
}

#[test]
fn the_palettes_first_row_is_chosen_after_typing_and_after_a_paste() {
    let mut deck = Deck::lab();
    deck.keys(": down down down down");
    deck.send(Message::Paste("next theme".into()));
    deck.keys("enter");
    shows(&deck.screen(), "theme ");
}

#[test]
fn a_target_is_chosen_from_two() {
    let mut deck = Deck::two_targets();
    shows(deck.screen().lines().next().unwrap(), " fe01");
    deck.keys("t");
    snapshot("targets", deck.screen());
    deck.keys("down down down enter");
    shows(deck.screen().lines().next().unwrap(), "PROTECTED cms");
    shows(&deck.screen(), "commands now run on cms");
}

#[test]
fn a_host_key_is_trusted_only_with_a_typed_yes() {
    let mut deck = Deck::two_targets();
    let effects = watch_fails(&mut deck, host_key());
    assert!(matches!(effects[..], [Effect::StopWatch]));
    let screen = deck.screen();
    snapshot("host-key", &screen);
    shows(
        &screen,
        "SHA256:q0bXhGmYwMHlkzLqCUiU0jQeVdcQFrz4lYI3bFQ8yFs",
    );
    assert!(deck.keys("enter").is_empty());
    deck.send(Message::Paste("yes".into()));
    assert!(deck.keys("enter").is_empty());
    deck.type_in("y");
    assert!(deck.keys("enter").is_empty());
    deck.type_in("es");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::Remember(name, _, Retry::Watch)] if name == "fe01"),
        "{effects:?}"
    );
    // Meanwhile another target was chosen; the watch goes on where it was.
    deck.keys("t down enter");
    let effects = deck.send(Message::Remembered("fe01".into(), Retry::Watch, Ok(())));
    assert!(
        matches!(&effects[..], [Effect::Watch(_, target, _)] if target.name == "fe01"),
        "{effects:?}"
    );
}

#[test]
fn a_host_key_that_was_not_written_is_told() {
    let mut deck = Deck::two_targets();
    deck.send(Message::Remembered(
        "fe01".into(),
        Retry::Watch,
        Err("permission denied".into()),
    ));
    shows(
        &deck.screen(),
        "the host key was not written: permission denied",
    );
}

#[test]
fn a_password_is_never_on_the_screen() {
    let mut deck = Deck::two_targets();
    watch_fails(&mut deck, needs_password());
    // An Enter too many sends nothing.
    assert!(deck.keys("enter").is_empty());
    for (n, c) in "s3crt-P@5w".chars().enumerate() {
        deck.type_in(&c.to_string());
        shows(&deck.screen(), &format!("│{}", "*".repeat(n + 1)));
    }
    deck.send(Message::Paste("-Ztail".into()));
    let screen = deck.screen();
    snapshot("password", &screen);
    for part in ["s3c", "P@5", "Ztail"] {
        hides(&screen, part);
    }
    let effects = deck.keys("enter");
    let [Effect::KeepSecret(name, _), Effect::Watch(_, target, _)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!((name.as_str(), target.name.as_str()), ("fe01", "fe01"));
    assert!(!format!("{effects:?}").contains("s3crt"));
    hides(&deck.screen(), "s3crt");
}

#[test]
fn a_run_that_was_not_sent_goes_on_after_the_password() {
    let mut deck = Deck::two_targets();
    deck.keys("4 n");
    deck.type_in("Get-CsPool");
    let effects = deck.keys("enter enter enter");
    let [Effect::KeepCommand(_), Effect::Run(id, _, approved)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let end = JobEnd {
        state: JobState::Failed,
        host_exit: None,
        error: Some(needs_password()),
    };
    deck.send(Message::JobEnded(
        *id,
        end,
        Some(Retry::Run(approved.clone())),
    ));
    deck.type_in("pw");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::KeepSecret(..), Effect::Run(2, _, again)] if again == approved),
        "{effects:?}"
    );
}

#[test]
fn a_wrong_passphrase_is_told_and_asked_for_again() {
    for wrong in [false, true] {
        let mut deck = Deck::two_targets();
        let error = TransportError::NeedsPassphrase {
            target: "fe01".into(),
            path: "/home/ann/.ssh/id_ops".into(),
            wrong,
        };
        watch_fails(&mut deck, error);
        let screen = deck.screen();
        shows(&screen, "Passphrase of the key /home/ann/.ssh/id_ops");
        assert_eq!(
            screen.contains("That passphrase is wrong."),
            wrong,
            "{screen}"
        );
    }
}

#[test]
fn a_question_waits_until_the_open_dialog_is_closed() {
    let mut deck = Deck::two_targets();
    deck.keys("3 w 4 n");
    deck.type_in("Get-Cs");
    watch_fails(&mut deck, needs_password());
    deck.type_in("Pool");
    shows(&deck.screen(), "Get-CsPool");
    deck.keys("esc");
    assert!(matches!(deck.model.dialog, Some(Dialog::Password { .. })));
    shows(
        &deck.screen(),
        "Password of ann on fe01 at fe01.kestrel.lan:22",
    );
}

#[test]
fn the_wheel_turns_the_open_dialog_not_the_pane_below() {
    let mut deck = Deck::lab();
    deck.keys("?");
    let before = deck.screen();
    deck.send(Message::Scroll(3));
    assert_ne!(deck.screen(), before);
    assert_eq!(deck.model.topology.selected, 0);
    deck.keys("esc");
    deck.send(Message::Scroll(3));
    assert_eq!(deck.model.topology.selected, 3);
}

#[test]
fn a_click_on_a_tab_shows_its_pane() {
    let mut deck = Deck::lab();
    let header = deck.screen().lines().next().unwrap().to_owned();
    for pane in Pane::ALL {
        let column = header.find(pane.title()).unwrap() as u16;
        deck.send(Message::Click(column, 0));
        assert_eq!(deck.model.pane, pane);
    }
}
