//! The command line: completion, history, and what is said while it is typed.

use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message};

/// The lab with a command line that holds this.
fn typed(text: &str) -> Deck {
    let mut deck = Deck::lab();
    deck.keys("4 n");
    deck.type_in(text);
    deck
}

#[track_caller]
fn line(deck: &Deck) -> String {
    match &deck.model.dialog {
        Some(Dialog::Command(line)) => line.input.text().to_owned(),
        other => panic!("no command line: {other:?}"),
    }
}

#[test]
fn one_completion_is_taken_and_several_are_a_list() {
    let mut deck = typed("get-cstrustedapplicationp");
    deck.keys("tab");
    assert_eq!(line(&deck), "Get-CsTrustedApplicationPool");
    // The common part first, then one after the other, round at the ends.
    let mut deck = typed("Get-CsPoo -Verbose");
    for _ in 0.."-Verbose ".len() {
        deck.keys("left");
    }
    deck.keys("tab");
    assert!(line(&deck).starts_with("Get-CsPool") && line(&deck).ends_with(" -Verbose"));
    let mut deck = typed("Install-CsDatabase -SqlI");
    deck.keys("tab");
    assert_eq!(line(&deck), "Install-CsDatabase -SqlInstanceName");
    let mut deck = typed("Get-CsVoice");
    deck.keys("tab");
    let first = line(&deck);
    assert_eq!(first, "Get-CsVoiceConfiguration");
    snapshot("command-complete-80x24", deck.screen());
    deck.keys("tab");
    assert!(line(&deck).starts_with("Get-CsVoice") && line(&deck) != first);
    deck.keys("shift-tab");
    assert_eq!(line(&deck), first);
    // The first Enter takes it, the next one asks.
    assert!(deck.keys("enter").is_empty());
    assert_eq!(line(&deck), first);
    deck.keys("enter");
    shows(&deck.screen(), "Run this?");
    // Esc takes it back.
    let mut deck = typed("Get-CsVoice");
    deck.keys("tab tab esc");
    assert_eq!(line(&deck), "Get-CsVoice");
    deck.keys("esc");
    assert!(deck.model.dialog.is_none());
}

#[test]
fn values_come_from_the_topology_as_literals() {
    let mut deck = typed("Get-CsPool -Identity ");
    deck.keys("tab tab");
    assert_eq!(line(&deck), "Get-CsPool -Identity 'sgpool01.kestrel.lan'");
    let screen = deck.screen_at(120, 40);
    snapshot("command-values-120x40", &screen);
    shows(&screen, "Front End pool");
    // What is typed on narrows the list.
    let mut deck = typed("Get-CsPool -Identity ");
    deck.keys("tab");
    deck.type_in("sgmed");
    shows(&deck.screen(), "sgmed01");
    hides(&deck.screen(), "'sgpool01");
    deck.keys("tab");
    assert_eq!(line(&deck), "Get-CsPool -Identity 'sgmed01.kestrel.lan'");
    // Nothing to say is said.
    let mut deck = typed("Nobody-Knows -");
    deck.keys("tab");
    shows(&deck.screen(), "nothing is known");
}

#[test]
fn the_line_is_checked_as_it_is_typed() {
    let mut deck = typed("Remove-CsVoiceRoute -Identity 'a");
    shows(&deck.screen(), "not finished: a string is open");
    deck.type_in("'");
    shows(&deck.screen(), "destructive");
    deck.type_in(" -Nonsense x");
    let screen = deck.screen();
    snapshot("command-checked", &screen);
    shows(&screen, "no parameter -Nonsense");
    let theme = deck.model.look().theme.clone();
    assert_eq!(
        deck.cell_of("Remove-CsVoiceRoute has no").fg,
        theme.error.fg.unwrap()
    );
}

#[test]
fn earlier_commands_are_walked_and_searched() {
    let mut deck = Deck::lab();
    for text in ["Get-CsPool", "Get-CsUser -Identity a", "Get-CsSite"] {
        deck.keys("4 n");
        deck.type_in(text);
        let effects = deck.keys("enter");
        assert!(
            matches!(&effects[..], [Effect::KeepCommand(kept)] if kept == text),
            "{effects:?}"
        );
        deck.keys("esc");
    }
    deck.keys("n");
    deck.type_in("Get-");
    deck.keys("up up");
    assert_eq!(line(&deck), "Get-CsUser -Identity a");
    deck.keys("up up up");
    assert_eq!(line(&deck), "Get-CsPool");
    deck.keys("down down down");
    assert_eq!(line(&deck), "Get-");
    deck.keys("ctrl-r");
    deck.type_in("get cs");
    snapshot("command-history", deck.screen());
    deck.keys("ctrl-r enter");
    assert_eq!(line(&deck), "Get-CsUser -Identity a");
    deck.keys("ctrl-r");
    deck.type_in("nothing");
    shows(&deck.screen(), "No command has all");
    deck.keys("esc");
    assert_eq!(line(&deck), "Get-CsUser -Identity a");
    // What may hold a secret is forgotten.
    deck.keys("ctrl-u");
    deck.type_in("Set-CsClientPin -Identity a -Pin 1234");
    assert!(deck.keys("enter").is_empty());
    deck.keys("esc n up");
    assert_eq!(line(&deck), "Get-CsSite");
}

#[test]
fn a_small_window_and_a_long_line_do_not_matter() {
    let mut deck = typed("Get-CsUser -");
    deck.keys("tab tab");
    for (columns, rows) in [(60, 15), (20, 5), (1, 1), (80, 24)] {
        deck.screen_at(columns, rows);
        deck.keys("tab ctrl-r x esc up down");
    }
    let mut deck = typed("");
    deck.send(Message::Paste("x".repeat(100_000)));
    shows(&deck.screen(), "checked when you press Enter");
    deck.keys("tab");
}
