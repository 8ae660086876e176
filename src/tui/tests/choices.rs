//! What a command lets the user choose.

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use super::asking::question;
use super::{Deck, hides, shows, snapshot};
use crate::execute::ask::{Asks, Choice, Chosen, Prompt, Question};
use crate::tui::dialog::{Asking, Choosing, Picked, Reply};
use crate::tui::message::{Effect, Message};

fn by_command(prompts: Vec<Prompt>) -> Question {
    Question {
        asks: Asks::Command,
        prompts,
        ..question("", &[])
    }
}

pub(super) fn confirm(default: Option<usize>) -> Choice {
    Choice {
        caption: "Confirm".into(),
        message: "Are you sure you want to perform this action?\nPerforming the operation \"Disable-CsUser\" on target \"ann\u{1b}[2J\".".into(),
        options: vec![
            Chosen::new("&Yes", "Continue with only the next step of the operation."),
            Chosen::new("Yes to &All", "Continue with all the steps of the operation."),
            Chosen::new("&No", "Skip this operation and proceed with the next operation."),
            Chosen::new("No to A&ll", "Skip this operation and all subsequent operations."),
        ],
        default,
    }
}

fn ask(deck: &mut Deck, id: u64, choice: Choice) -> Receiver<usize> {
    let (reply, replied) = sync_channel(1);
    let choosing = Choosing::new(id, by_command(Vec::new()), choice, Picked(reply));
    deck.send(Message::Chooses(Box::new(choosing)));
    replied
}

#[track_caller]
fn chosen(effects: Vec<Effect>, replied: &Receiver<usize>) -> usize {
    let [Effect::Choose(reply, chosen)] = &effects[..] else {
        panic!("{effects:?}");
    };
    reply.0.send(*chosen).unwrap();
    replied.try_recv().unwrap()
}

#[test]
fn letters_and_arrows_choose_and_enter_answers() {
    let mut deck = Deck::two_targets();
    let replied = ask(&mut deck, 1, confirm(Some(0)));
    let screen = deck.screen();
    snapshot("choosing", &screen);
    shows(&screen, "[A] Yes to All");
    shows(&screen, "[Y] Yes  (default)");
    hides(&screen, "Continue with");
    deck.keys("?");
    shows(&deck.screen(), "Continue with only the next step");
    // A letter highlights: one key under the fingers answers nothing.
    assert!(deck.keys("n").is_empty());
    shows(&deck.screen(), "Skip this operation and proceed");
    deck.keys("? up");
    hides(&deck.screen(), "Continue with");
    assert_eq!(chosen(deck.keys("enter"), &replied), 1);
    assert!(deck.model.dialog.is_none());
    // The default is what a bare Enter takes.
    let replied = ask(&mut deck, 2, confirm(Some(2)));
    assert_eq!(chosen(deck.keys("enter"), &replied), 2);
}

#[test]
fn without_a_default_enter_answers_nothing() {
    let mut deck = Deck::two_targets();
    let replied = ask(&mut deck, 1, confirm(None));
    assert!(deck.keys("enter enter x").is_empty());
    shows(&deck.screen(), "Choose with the arrows");
    assert_eq!(replied.try_recv().unwrap_err(), TryRecvError::Empty);
    deck.keys("down down");
    assert_eq!(chosen(deck.keys("enter"), &replied), 1);
}

#[test]
fn esc_and_a_question_that_is_gone_choose_nothing() {
    let mut deck = Deck::two_targets();
    let replied = ask(&mut deck, 1, confirm(Some(0)));
    assert!(deck.keys("esc").is_empty());
    assert_eq!(replied.try_recv().unwrap_err(), TryRecvError::Disconnected);
    let _open = ask(&mut deck, 2, confirm(Some(0)));
    let waiting = ask(&mut deck, 3, confirm(Some(0)));
    deck.send(Message::Withdrawn(3));
    assert_eq!(waiting.try_recv().unwrap_err(), TryRecvError::Disconnected);
    deck.send(Message::Withdrawn(2));
    shows(&deck.screen(), "Nobody waits for the answer any more");
    assert!(deck.keys("enter").is_empty());
    assert!(deck.model.dialog.is_none());
}

#[test]
fn a_choice_does_not_come_up_under_the_fingers() {
    let mut deck = Deck::two_targets();
    deck.keys("2 /");
    deck.type_in("pool");
    let _waiting = ask(&mut deck, 1, confirm(Some(0)));
    assert!(deck.model.dialog.is_none());
    deck.keys("enter");
    shows(&deck.screen(), "[Y] Yes");
}

#[test]
fn the_servers_text_acts_on_nothing_and_many_answers_are_reached() {
    let mut deck = Deck::two_targets();
    let nasty = "\u{1b}[2J\u{202e}text \u{9b}1m".repeat(60);
    let options = (0..40).map(|n| Chosen::new(&format!("{n} {nasty}"), &nasty));
    let choice = Choice {
        caption: nasty.clone(),
        message: nasty.clone(),
        options: options.collect(),
        default: Some(3),
    };
    let replied = ask(&mut deck, 1, choice);
    deck.keys("?");
    for (columns, rows) in [(80, 24), (60, 15), (200, 60), (40, 10)] {
        let screen = deck.screen_at(columns, rows);
        let acts = |c: char| c != '\n' && crate::text::is_unsafe(c);
        assert!(!screen.chars().any(acts), "{screen}");
    }
    deck.resize(80, 24);
    deck.keys("end");
    shows(&deck.screen(), " 39 ");
    assert_eq!(chosen(deck.keys("enter"), &replied), 39);
}

#[test]
fn a_credential_shows_its_user_and_asks_for_the_password() {
    let mut deck = Deck::two_targets();
    let mut asked = by_command(Prompt::credential("KESTREL\\ann"));
    asked.instructions = "Windows PowerShell credential request\nEnter your credentials.".into();
    let (reply, replied) = sync_channel(1);
    let asking = Asking::new(1, asked, Reply(reply));
    deck.send(Message::Asked(Box::new(asking)));
    // The cursor stands in the password; the user can be changed.
    deck.type_in("hush5");
    let screen = deck.screen();
    snapshot("asking-credential", &screen);
    shows(&screen, "KESTREL\\ann");
    hides(&screen, "hush5");
    deck.keys("up backspace backspace backspace");
    deck.type_in("bob");
    assert!(deck.keys("enter").is_empty());
    let effects = deck.keys("enter");
    let [Effect::Answer(reply, secrets)] = &effects[..] else {
        panic!("{effects:?}");
    };
    reply.0.send(secrets.clone()).unwrap();
    let answers: Vec<String> = replied
        .try_recv()
        .unwrap()
        .iter()
        .map(|s| s.expose().to_owned())
        .collect();
    assert_eq!(answers, ["KESTREL\\bob", "hush5"]);
}
