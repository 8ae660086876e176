//! The question before every run.

use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message};
use crate::tui::pane::Pane;

/// Asks to run a text from the Run pane.
fn ask(deck: &mut Deck, text: &str) -> Vec<Effect> {
    deck.keys("4 n");
    deck.type_in(text);
    let mut effects = deck.keys("enter");
    // The command is kept for the next time, whatever comes of it.
    effects.retain(|e| !matches!(e, Effect::KeepCommand(_)));
    effects
}

#[test]
fn reading_is_shown_and_runs_on_enter() {
    let mut deck = Deck::lab();
    assert!(ask(&mut deck, "Get-CsPool").is_empty());
    let screen = deck.screen();
    snapshot("confirm-read", &screen);
    let theme = deck.model.look().theme.clone();
    let buffer = deck.buffer();
    let risk = screen.lines().position(|l| l.contains("Risk    read"));
    let row = u16::try_from(risk.unwrap()).unwrap();
    assert_eq!(buffer[(11, row)].symbol(), "r");
    assert_eq!(buffer[(11, row)].fg, theme.good.fg.unwrap());
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::Run(1, target, approved)]
            if target.name == "lab" && approved.text() == "Get-CsPool"),
        "{effects:?}"
    );
    assert_eq!(deck.model.pane, Pane::Run);
    shows(&deck.screen(), "queued");
}

#[test]
fn a_change_and_a_destruction_want_the_name_typed() {
    for (text, word, name) in [
        ("Enable-CsTopology", "change", "confirm-change"),
        ("Remove-CsUser ann", "destructive", "confirm-destructive"),
    ] {
        let mut deck = Deck::lab();
        ask(&mut deck, text);
        let screen = deck.screen();
        snapshot(name, &screen);
        shows(&screen, word);
        shows(&screen, text);
        // Enter alone, a wrong name and the right one in the wrong case keep it open.
        for typed in ["", "labb", "LAB", "fe01"] {
            deck.type_in(typed);
            assert!(deck.keys("enter").is_empty(), "{typed:?}");
            assert!(matches!(deck.model.dialog, Some(Dialog::Confirm(_))));
            shows(&deck.screen(), "that is not the target's name");
        }
        if word == "change" {
            snapshot("confirm-wrong-name", deck.screen());
        }
        deck.type_in("lab");
        let effects = deck.keys("enter");
        assert!(
            matches!(&effects[..], [Effect::Run(_, _, a)] if a.text() == text),
            "{effects:?}"
        );
    }
}

#[test]
fn the_frame_tells_the_risk() {
    let mut deck = Deck::lab();
    let theme = deck.model.look().theme.clone();
    for (text, style) in [
        ("Get-CsPool", theme.border_focused),
        ("Enable-CsTopology", theme.warning),
        ("Remove-CsUser ann", theme.bad),
    ] {
        ask(&mut deck, text);
        let buffer = deck.buffer();
        let corner = (0..buffer.area.height)
            .map(|y| &buffer[(2, y)])
            .find(|c| c.symbol() == "┌")
            .unwrap();
        assert_eq!(corner.fg, style.fg.unwrap(), "{text}");
        deck.keys("esc");
    }
}

#[test]
fn the_name_is_typed_not_pasted() {
    let mut deck = Deck::lab();
    ask(&mut deck, "Enable-CsTopology");
    deck.send(Message::Paste("lab\n".into()));
    assert!(deck.keys("enter").is_empty());
    assert!(matches!(deck.model.dialog, Some(Dialog::Confirm(_))));
}

#[test]
fn leaving_runs_nothing() {
    let mut deck = Deck::lab();
    for key in ["esc", "ctrl-c"] {
        ask(&mut deck, "Get-CsPool");
        assert!(deck.keys(key).is_empty());
        assert!(deck.model.dialog.is_none() && deck.model.ended.is_none());
    }
    assert!(deck.model.run.jobs.is_empty());
}

#[test]
fn what_is_not_powershell_and_what_a_gate_holds_is_told_instead() {
    let mut deck = Deck::lab();
    for (text, why) in [
        ("Get-CsPool (", "not run"),
        (
            "Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn a",
            "gate closed",
        ),
    ] {
        assert!(ask(&mut deck, text).is_empty());
        shows(&deck.screen(), why);
        assert!(deck.keys("enter").is_empty(), "{text}");
        assert!(deck.model.dialog.is_none());
    }
}

#[test]
fn a_text_that_does_not_fit_scrolls_to_its_end() {
    let mut deck = Deck::lab();
    let text = (0..120)
        .map(|n| format!("Get-CsPool -Identity pool{n:03}.kestrel.lan; "))
        .collect::<String>();
    deck.keys("4 n");
    deck.send(Message::Paste(text));
    deck.keys("enter");
    let first = deck.screen();
    shows(&first, "pool000.kestrel.lan");
    shows(&first, "PgDn");
    hides(&first, "pool119.kestrel.lan");
    for _ in 0..20 {
        deck.keys("pgdn");
    }
    let end = deck.screen();
    shows(&end, "Identity pool118.kestrel.lan");
    shows(&end, "rows 56 to 72 of 72");
    // What scrolls away stays said: where, and how risky.
    shows(&end, "Run this? read on lab");
    // One row back is one row, however far was scrolled.
    let last = deck.screen();
    deck.keys("up");
    assert_ne!(deck.screen(), last);
}

#[test]
fn a_very_long_text_is_no_trouble() {
    let mut deck = Deck::lab();
    deck.keys("4 n");
    deck.send(Message::Paste(format!(
        "Get-CsPool # {}",
        "x".repeat(60_000)
    )));
    deck.keys("enter");
    shows(&deck.screen(), "Run this?");
}

#[test]
fn nothing_is_answered_in_a_window_too_small_to_read_it() {
    let mut deck = Deck::lab();
    ask(&mut deck, "Get-CsPool");
    deck.resize(59, 24);
    assert!(deck.keys("enter").is_empty());
    deck.resize(80, 24);
    shows(&deck.screen(), "Run this?");
    assert_eq!(deck.keys("enter").len(), 1);
}

#[test]
fn with_several_targets_one_is_chosen_and_seen_first() {
    let mut deck = Deck::two_targets();
    ask(&mut deck, "Get-CsPool");
    snapshot("targets-to-run-on", deck.screen());
    deck.keys("down enter");
    let screen = deck.screen();
    // What runs in front of the text is seen too, below it.
    snapshot("confirm-protected", &screen);
    let at = |part: &str| {
        screen
            .find(part)
            .unwrap_or_else(|| panic!("{part}: {screen}"))
    };
    assert!(
        at("Get-CsPool  ") < at("In front csdeck runs $Prog"),
        "{screen}"
    );
    let theme = deck.model.look().theme.clone();
    assert_eq!(
        deck.cell_of("PROTECTED cms").bg,
        theme.protected.bg.unwrap()
    );
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::Run(_, target, a)] if target.name == "cms" && a.target() == "cms"),
        "{effects:?}"
    );
}

#[test]
fn a_target_that_only_reads_takes_no_change() {
    let mut deck = Deck::open(
        "",
        "[[target]]\nname = \"ro\"\ntransport = \"ssh\"\naddress = \"ro\"\nprotection = \"read-only\"\n",
        false,
        false,
    );
    ask(&mut deck, "Enable-CsTopology");
    shows(&deck.screen(), "ro is read-only");
    assert!(deck.keys("enter").is_empty());
    ask(&mut deck, "Get-CsPool");
    assert_eq!(deck.keys("enter").len(), 1);
}

#[test]
fn the_smallest_window_shows_the_text_not_what_runs_in_front() {
    let mut deck = Deck::two_targets();
    deck.resize(60, 15);
    ask(&mut deck, "Get-CsPool");
    deck.keys("down enter");
    let screen = deck.screen();
    shows(&screen, "Get-CsPool");
    shows(&screen, "Run this?");
}
