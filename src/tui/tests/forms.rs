//! The Snippets pane: find, fill in, see the command.

use super::{Deck, hides, shows, snapshot};
use crate::tui::message::Effect;
use crate::tui::pane::Pane;
use crate::tui::pane::snippets::Row;

#[test]
fn a_filter_finds_snippets_as_it_is_typed() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("database");
    snapshot("snippets-filter", deck.screen());
    shows(&deck.screen(), "/database_");
    hides(&deck.screen(), "exchange/new-um-certificate");
    // Characters are words now, not commands: q does not leave and 4 goes nowhere.
    deck.type_in(" q4");
    assert_eq!((deck.model.pane, deck.model.ended), (Pane::Snippets, None));
    shows(&deck.screen(), "No snippet and no cmdlet has all of these");
    deck.keys("esc");
    shows(&deck.screen(), "Snippets 132");
}

#[test]
fn the_snippet_stays_selected_when_the_filter_goes() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("uninstall");
    deck.keys("enter down");
    let chosen = |deck: &Deck| {
        let state = &deck.model.snippets;
        match state.row(state.selected) {
            Some(Row::Snippet(snippet)) => Some(snippet.id.clone()),
            _ => None,
        }
    };
    assert_eq!(
        chosen(&deck).as_deref(),
        Some("database/uninstall-cms-database")
    );
    deck.keys("esc");
    assert_eq!(
        chosen(&deck).as_deref(),
        Some("database/uninstall-cms-database")
    );
}

#[test]
fn a_form_marks_what_is_required_and_what_is_wrong_beside_the_field() {
    let mut deck = Deck::form("install-cms-database");
    snapshot("form-open", deck.screen());
    assert_eq!(
        deck.cell_of("! SqlServerFqdn").fg,
        deck.model.look().theme.error.fg.unwrap()
    );
    // F5 does not run it: it goes to the first field that is wrong.
    deck.keys("tab tab");
    assert!(deck.keys("f5").is_empty());
    assert!(deck.model.dialog.is_none());
    shows(&deck.screen(), " SqlServerFqdn: ");
    deck.type_in("not a name");
    snapshot("form-wrong", deck.screen());
}

#[test]
fn a_complete_form_shows_the_exact_command() {
    let mut deck = Deck::form("install-cms-database");
    deck.type_in("sgsql01.kestrel.lan");
    let screen = deck.screen();
    snapshot("form-complete", &screen);
    shows(&screen, "* SqlServerFqdn");
    shows(
        &screen,
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sgsql01",
    );
    let theme = deck.model.look().theme.clone();
    assert_eq!(
        deck.cell_of("Command: change").fg,
        theme.warning.fg.unwrap()
    );
    // What is copied is what is shown.
    let effects = deck.keys("f3");
    assert!(
        matches!(&effects[..], [Effect::Copy(text), Effect::KeepValues(_), Effect::CountUse(..)] if text.starts_with("Install-CsDatabase -CentralManagementDatabase")),
        "{effects:?}"
    );
    // And it is still there after a look at the list.
    deck.keys("esc");
    shows(&deck.screen(), "About");
    deck.keys("enter");
    shows(&deck.screen(), "Command: change");
}

#[test]
fn a_form_hints_only_keys_that_work_in_it() {
    let mut deck = Deck::form("install-cms-database");
    let screen = deck.screen_at(140, 24);
    let hints = screen.lines().last().unwrap();
    for (hint, there) in [
        ("Tab next", true),
        ("F1 explain", true),
        ("Ctrl-C quit", false),
        (": actions", false),
        ("q quit", false),
    ] {
        assert_eq!(hints.contains(hint), there, "{hint} in {hints}");
    }
}

#[test]
fn keys_of_commands_are_text_in_a_form() {
    let mut deck = Deck::form("install-cms-database");
    deck.type_in("q:?1");
    assert!(deck.model.dialog.is_none() && deck.model.ended.is_none());
    shows(&deck.screen(), "q:?1");
    // Ctrl-C leaves the form first: what was typed is not lost to one key.
    deck.keys("ctrl-c");
    assert!(deck.model.ended.is_none() && deck.model.snippets.form.is_none());
    deck.keys("ctrl-c");
    assert_eq!(deck.model.ended, Some(0));
}

#[test]
fn removing_the_cms_is_refused_and_its_copy_is_journaled() {
    let mut deck = Deck::form("uninstall-cms-database");
    deck.type_in("sgsql01.kestrel.lan");
    deck.keys("tab");
    deck.type_in("rtc");
    shows(&deck.screen(), "Command: destructive");
    let effects = deck.keys("f5");
    assert!(effects.is_empty(), "{effects:?}");
    let screen = deck.screen();
    snapshot("uninstall-cms-refused", &screen);
    shows(&screen, "gate closed");
    assert!(deck.keys("enter").is_empty());
    assert!(deck.model.run.jobs.is_empty());
    let effects = deck.keys("f3");
    assert!(
        matches!(&effects[..], [Effect::CopyJournaled { copy, command }, Effect::KeepValues(_), Effect::CountUse(..)] if matches!(&**copy, Effect::Copy(text) if text == command)),
        "{effects:?}"
    );
    shows(&deck.screen(), "csdeck would not run it");
}
