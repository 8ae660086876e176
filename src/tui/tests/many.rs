//! One form for many rows, and the forms of a copied command.

use std::path::PathBuf;

use super::{Deck, hides, shows, snapshot};
use crate::tui::dialog::{CopyAs, Dialog};
use crate::tui::message::{Effect, Message};
use crate::tui::pane::snippets::Table;

/// Opens the forms of a copy, as the work behind the state makes them.
fn copy_as(deck: &mut Deck) {
    let effects = deck.keys("ctrl-d");
    let [
        Effect::CopyForms {
            command,
            title,
            origin,
        },
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    let open = CopyAs::new(command, title, origin);
    deck.send(Message::CopyForms(Box::new(open)));
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/rows")
        .join(name)
}

/// The form with this table read into it, as the work behind the state does it.
fn with_table(name: &str) -> Deck {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("ctrl-b");
    shows(&deck.screen(), "Fill in from a table");
    deck.type_in(&fixture(name).display().to_string());
    let effects = deck.keys("enter");
    let [Effect::ReadTable(path, snippet, values)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let read = Table::read(path, snippet, values).map(Box::new);
    deck.send(Message::Table(read));
    deck
}

#[test]
fn rows_are_shown_checked_and_run_one_or_all() {
    let mut deck = with_table("databases-excel.csv");
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("table-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
    let rows = deck
        .model
        .snippets
        .table
        .as_ref()
        .expect("a table")
        .rows
        .len();
    assert!(rows > 1);
    // One row.
    deck.keys("down enter");
    shows(&deck.screen(), "Run this? change on lab");
    deck.keys("esc");
    // All of them, as one text.
    let effects = deck.keys("f3");
    let [Effect::Copy(text), ..] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(
        text.lines().count() >= rows && !text.ends_with('\n'),
        "{text}"
    );
    deck.keys("f5");
    shows(&deck.screen(), "Run this? change on lab");
    deck.keys("esc esc");
    // Back in the form.
    assert!(deck.model.snippets.table.is_none() && deck.model.snippets.form.is_some());
}

#[test]
fn what_is_wrong_is_told_by_row_and_column_and_nothing_of_it_runs() {
    let mut deck = with_table("databases-bad.csv");
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("table-wrong-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
    deck.resize(80, 24);
    assert!(deck.keys("f5").is_empty() && deck.model.dialog.is_none());
    shows(&deck.screen(), "rows cannot be used");
    assert!(deck.keys("f3").is_empty());
    deck.keys("down enter");
    assert!(deck.model.dialog.is_none());
    shows(&deck.screen(), "this row cannot be used");
}

#[test]
fn a_table_that_cannot_be_read_is_told() {
    let mut deck = with_table("there-is-none.csv");
    assert!(matches!(deck.model.dialog, Some(Dialog::Notice { .. })));
    shows(&deck.screen(), "The table cannot be used");
    deck.keys("enter");
    // The name is still there, to be mended.
    deck.keys("ctrl-b");
    shows(&deck.screen(), "there-is-none.csv");
}

#[test]
fn an_empty_table_is_written_to_be_filled_in() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("ctrl-b f2");
    shows(&deck.screen(), "name the file first");
    deck.type_in("new.csv");
    let effects = deck.keys("f2");
    assert!(
        matches!(&effects[..], [Effect::WriteNew(path, content)]
            if path.ends_with("new.csv") && content.starts_with(b"SqlServerFqdn")),
        "{effects:?}"
    );
}

#[test]
fn a_command_is_copied_in_the_form_that_is_chosen() {
    let mut deck = Deck::form("install-cms-database");
    deck.type_in("sgsql01.kestrel.lan");
    copy_as(&mut deck);
    snapshot("copy-as", deck.screen());
    deck.keys("down down down");
    shows(&deck.screen(), "powershell.exe -NoProfile -EncodedCommand ");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::Copy(text), ..] if text.starts_with("powershell.exe")),
        "{effects:?}"
    );
    copy_as(&mut deck);
    deck.keys("down down down down");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::CopyToFile(bytes), ..] if bytes.ends_with(b"\r\n")),
        "{effects:?}"
    );
}

#[test]
fn copying_what_is_gated_is_journaled_in_every_form() {
    let mut deck = Deck::form("uninstall-cms-database");
    deck.type_in("sgsql01.kestrel.lan");
    deck.keys("tab");
    deck.type_in("rtc");
    copy_as(&mut deck);
    deck.keys("down down down");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::CopyJournaled { copy, command }, ..] if command.starts_with("Uninstall") && matches!(&**copy, Effect::Copy(text) if text.starts_with("powershell.exe"))),
        "{effects:?}"
    );
    shows(&deck.screen(), "csdeck would not run it");
}

#[test]
fn the_actions_of_a_form_are_found_by_name() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("f10");
    deck.type_in("many rows");
    shows(&deck.screen(), "many rows");
    hides(&deck.screen(), "Show the Topology pane");
    deck.keys("enter");
    shows(&deck.screen(), "Fill in from a table");
}
