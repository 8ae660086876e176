//! What a server asks in the middle of a log-in.

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use super::replication::polled;
use super::{Deck, hides, shows, snapshot};
use crate::execute::TransportError;
use crate::execute::ask::{Asks, Prompt, Question};
use crate::store::secret::Secret;
use crate::tui::dialog::{Asking, Dialog, Reply};
use crate::tui::message::{Effect, Message};
use crate::tui::pane::Pane;
use crate::tui::pane::replication::Watch;

pub(super) fn question(instructions: &str, prompts: &[(&str, bool)]) -> Question {
    Question {
        asks: Asks::Server,
        target: "fe01".into(),
        user: "ann".into(),
        address: "fe01.kestrel.lan:22 (through jump01)".into(),
        instructions: instructions.into(),
        prompts: prompts
            .iter()
            .map(|(text, echo)| Prompt::new(*text, *echo))
            .collect(),
    }
}

fn ask(deck: &mut Deck, id: u64, question: Question) -> Receiver<Vec<Secret>> {
    let (reply, replied) = sync_channel(1);
    let asking = Asking::new(id, question, Reply(reply));
    deck.send(Message::Asked(Box::new(asking)));
    replied
}

/// Performs the one effect that answers.
fn answers(effects: Vec<Effect>, replied: &Receiver<Vec<Secret>>) -> Vec<String> {
    let [Effect::Answer(reply, secrets)] = &effects[..] else {
        panic!("{effects:?}");
    };
    reply.0.send(secrets.clone()).unwrap();
    let all = replied.try_recv().unwrap();
    all.iter().map(|s| s.expose().to_owned()).collect()
}

#[test]
fn a_password_and_a_code_are_typed_and_sent_together() {
    let mut deck = Deck::two_targets();
    let instructions = "Kestrel gateway\nYour token shows a new code every 30 s.";
    let prompts = [("Password: ", false), ("Verification code: ", true)];
    let replied = ask(&mut deck, 1, question(instructions, &prompts));
    deck.type_in("Tr0ub4dor");
    assert!(deck.keys("enter").is_empty());
    deck.type_in("123 456");
    let screen = deck.screen();
    snapshot("asking", &screen);
    hides(&screen, "Tr0ub");
    shows(&screen, "123 456");
    // Back to the first, which can be mended.
    deck.keys("up backspace");
    deck.send(Message::Paste("R\nsecond line".into()));
    assert!(deck.keys("enter").is_empty());
    let effects = deck.keys("enter");
    assert!(!format!("{effects:?}").contains("123 456"));
    assert_eq!(answers(effects, &replied), ["Tr0ub4doR", "123 456"]);
    assert!(deck.model.dialog.is_none());
}

#[test]
fn an_enter_too_many_sends_nothing_and_a_second_one_does() {
    let mut deck = Deck::two_targets();
    let replied = ask(&mut deck, 1, question("", &[("Press Enter: ", false)]));
    assert!(deck.keys("enter").is_empty());
    shows(&deck.screen(), "Nothing was typed");
    assert_eq!(answers(deck.keys("enter"), &replied), [""]);
}

#[test]
fn esc_refuses_and_so_does_leaving() {
    let mut deck = Deck::two_targets();
    let first = ask(&mut deck, 1, question("", &[("Password: ", false)]));
    // The second waits for its turn.
    let second = ask(&mut deck, 2, question("", &[("Code: ", false)]));
    deck.type_in("pw");
    assert!(deck.keys("esc").is_empty());
    assert_eq!(first.try_recv().unwrap_err(), TryRecvError::Disconnected);
    assert_eq!(second.try_recv().unwrap_err(), TryRecvError::Empty);
    shows(&deck.screen(), "Code:");
    drop(deck);
    assert_eq!(second.try_recv().unwrap_err(), TryRecvError::Disconnected);
}

#[test]
fn a_question_is_withdrawn_wherever_it_stands() {
    let mut deck = Deck::two_targets();
    let _open = ask(&mut deck, 1, question("", &[("Password: ", false)]));
    let waiting = ask(&mut deck, 2, question("", &[("Code: ", false)]));
    deck.send(Message::Withdrawn(2));
    assert!(matches!(&deck.model.dialog, Some(Dialog::Asking(a)) if a.id == 1));
    assert_eq!(waiting.try_recv().unwrap_err(), TryRecvError::Disconnected);
    deck.type_in("hun");
    deck.send(Message::Withdrawn(1));
    shows(&deck.screen(), "Nobody waits for the answer any more");
    // Whoever is typing a password finds none of it in the pane behind.
    deck.type_in("q4n?");
    assert_eq!((deck.model.pane, deck.model.ended), (Pane::Topology, None));
    shows(&deck.screen(), "Nobody waits for the answer any more");
    assert!(deck.keys("enter").is_empty());
    assert!(deck.model.dialog.is_none());
    deck.send(Message::Withdrawn(7));
}

#[test]
fn a_question_for_a_secret_does_not_come_up_under_the_fingers() {
    let mut deck = Deck::two_targets();
    deck.keys("2 /");
    deck.type_in("pool");
    let waiting = ask(&mut deck, 1, question("", &[("Password: ", false)]));
    assert!(deck.model.dialog.is_none());
    shows(&deck.screen(), "a question waits");
    deck.keys("enter");
    assert!(matches!(&deck.model.dialog, Some(Dialog::Asking(a)) if a.id == 1));
    assert_eq!(waiting.try_recv().unwrap_err(), TryRecvError::Empty);
}

#[test]
fn the_servers_text_acts_on_nothing_and_many_prompts_are_reached() {
    let mut deck = Deck::two_targets();
    let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}line\r\n".repeat(60);
    let prompt = format!("{} \u{1b}[31mprompt\u{9b}1m", "word ".repeat(100));
    let texts: Vec<String> = (0..16).map(|n| format!("{n} {prompt}")).collect();
    let prompts: Vec<(&str, bool)> = texts.iter().map(|t| (t.as_str(), true)).collect();
    let replied = ask(&mut deck, 1, question(&hostile, &prompts));
    for (columns, rows) in [(80, 24), (60, 15), (200, 60), (40, 10)] {
        let screen = deck.screen_at(columns, rows);
        let acts = |c: char| c != '\n' && crate::text::is_unsafe(c);
        assert!(!screen.chars().any(acts), "{screen}");
    }
    deck.resize(80, 24);
    for n in 0..16 {
        let answer = format!("answer{n}");
        deck.type_in(&answer);
        shows(&deck.screen(), &answer);
        if n < 15 {
            deck.keys("enter");
        }
    }
    assert_eq!(answers(deck.keys("enter"), &replied).len(), 16);
}

#[test]
fn a_watch_whose_log_in_was_not_answered_stops() {
    let mut deck = Deck::two_targets();
    deck.keys("3 w");
    let id = deck.model.replication.id;
    let at = "2025-10-14T06:02:05Z".parse().unwrap();
    let effects = deck.send(Message::Polled(
        id,
        polled(at, Err(TransportError::Cancelled)),
    ));
    assert!(matches!(effects[..], [Effect::StopWatch]), "{effects:?}");
    assert_eq!(deck.model.replication.watch, Watch::Stopped);
    shows(&deck.screen(), "the watch is stopped");
}

#[test]
fn a_jumps_password_is_kept_for_the_jump() {
    let mut deck = Deck::two_targets();
    deck.keys("3 w");
    let id = deck.model.replication.id;
    let at = "2025-10-14T06:02:05Z".parse().unwrap();
    let needs = TransportError::NeedsPassword {
        target: "jump01".into(),
        user: "ann".into(),
        address: "jump01.kestrel.lan:22 (the jump jump01 on the way to fe01)".into(),
    };
    deck.send(Message::Polled(id, polled(at, Err(needs))));
    deck.type_in("pw");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::KeepSecret(owner, _), Effect::Watch(_, target, _)]
            if owner == "jump01" && target.name == "fe01"),
        "{effects:?}"
    );
}

#[test]
fn a_commands_question_does_not_look_like_a_log_in() {
    let mut deck = Deck::two_targets();
    let asked = Question {
        asks: Asks::Command,
        ..question("", &[("PIN:", false)])
    };
    let replied = ask(&mut deck, 1, asked);
    shows(&deck.screen(), "The command asks");
    shows(&deck.screen(), "the command on fe01 (fe01.kestrel.lan:22");
    hides(&deck.screen(), "Log in");
    hides(&deck.screen(), "does not log in");
    deck.type_in("hush5");
    hides(&deck.screen(), "hush5");
    let effects = deck.keys("enter");
    assert_eq!(answers(effects, &replied), ["hush5"]);
}
