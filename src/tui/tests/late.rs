//! What comes late, or for something else: answers of work that the user has left behind.

use super::choosing::text_of;
use super::{Deck, hides, shows};
use crate::execute::{Event, JobEnd, JobState};
use crate::snippet::{Layer, Library};
use crate::tui::message::{Effect, Message, Why};
use crate::tui::pane::snippets::Table;

/// A library in which one snippet has another text.
fn changed(id: &str, from: &str, to: &str) -> (Library, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("folder");
    let built_in = Library::built_in();
    let source = built_in.get(id).expect(id).source.replace(from, to);
    let path = folder.path().join(format!("{id}.ps1"));
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    std::fs::write(path, source).expect("writes");
    (Library::load(&[], Some(folder.path())), folder)
}

#[test]
fn a_form_that_was_left_follows_its_file() {
    let mut deck = Deck::form("install-cms-database");
    deck.type_in("sql01.kestrel.lan");
    deck.keys("esc");
    let (library, _folder) = changed(
        "database/install-cms-database",
        "Install-CsDatabase -CentralManagementDatabase",
        "Install-CsDatabase -CentralManagementDatabase -Force",
    );
    deck.send(Message::Library {
        library,
        read: 1,
        ranks: Vec::new(),
        why: Why::Changed,
    });
    deck.keys("enter");
    // The new text, with what was filled in.
    shows(&deck.screen(), "-CentralManagementDatabase -Force");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "sql01.kestrel.lan");
    let form = deck.model.snippets.form.as_ref().expect("a form");
    assert!(matches!(form.snippet.layer, Layer::Own(_)));
}

#[test]
fn of_two_reads_the_later_one_counts() {
    let mut deck = Deck::lab();
    let (library, _folder) = changed("users/get", "Get-CsUser", "Get-CsAdUser");
    let send = |deck: &mut Deck, library: Library, read| {
        deck.send(Message::Library {
            library,
            read,
            ranks: Vec::new(),
            why: Why::Changed,
        })
    };
    send(&mut deck, library, 2);
    send(&mut deck, Library::built_in(), 1);
    let layer = deck
        .model
        .snippets
        .library
        .get("users/get")
        .map(|s| &s.layer);
    assert!(matches!(layer, Some(Layer::Own(_))), "{layer:?}");
}

#[test]
fn ranks_of_another_library_are_dropped() {
    let mut deck = Deck::lab();
    let other = Library::built_in();
    let ranks = vec![9; other.len()];
    deck.send(Message::Ranks(Ok((other, ranks))));
    assert!(deck.model.snippets.ranks.is_empty());
    let own = deck.model.snippets.library.clone();
    let mut ranks = vec![0; own.len()];
    ranks[3] = 9;
    deck.send(Message::Ranks(Ok((own, ranks.clone()))));
    assert_eq!(deck.model.snippets.ranks, ranks);
}

#[test]
fn a_table_belongs_to_the_form_it_was_read_for() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("ctrl-b");
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/rows/databases-excel.csv"
    );
    deck.type_in(file);
    let effects = deck.keys("enter");
    let [Effect::ReadTable(path, snippet, values)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let table = Table::read(path, snippet, values).map(Box::new);
    deck.keys("esc / esc /");
    deck.type_in("users/move");
    deck.keys("enter enter");
    deck.send(Message::Table(table));
    assert!(deck.model.snippets.table.is_none());
    shows(&deck.screen(), "a table came for a form that is not open");
}

#[test]
fn choices_that_come_late_do_not_take_the_keys() {
    let mut deck = Deck::form("users/move");
    deck.keys("tab f7 f5 enter");
    let id = deck.model.run.jobs[0].id;
    // The user went on typing.
    deck.type_in("sg");
    deck.send(Message::Job(
        id,
        Event::Output("Identity : live01.kestrel.lan".into()),
    ));
    let end = JobEnd {
        state: JobState::Succeeded,
        host_exit: Some(0),
        error: None,
    };
    deck.send(Message::JobEnded(id, end, None));
    assert!(deck.model.dialog.is_none(), "{}", deck.screen());
    shows(&deck.screen(), "the choices are there");
    deck.type_in("pool");
    assert_eq!(text_of(&deck, "Target"), "sgpool");
}

#[test]
fn what_is_not_confirmed_is_no_use_and_no_history() {
    let mut deck = Deck::form("users/get");
    deck.type_in("ada");
    assert!(deck.keys("f5").is_empty());
    assert!(deck.keys("esc").is_empty());
    deck.keys("f5");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::Run(..), Effect::KeepValues(_), Effect::CountUse(id, _)] if id == "users/get"),
        "{effects:?}"
    );
}

#[test]
fn a_paste_takes_the_place_of_a_default() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("tab");
    deck.send(Message::Paste("lync".into()));
    assert_eq!(text_of(&deck, "SqlInstanceName"), "lync");
}

#[test]
fn a_click_ends_typing_and_no_form_is_a_trap() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("users");
    deck.send(Message::Click(60, 0));
    deck.send(Message::Click(18, 0));
    deck.send(Message::Paste("Get-CsUser -Identity 'ada'".into()));
    deck.keys("esc");
    assert!(deck.model.snippets.form.is_none(), "{}", deck.screen());
    hides(&deck.screen(), "Command:");
}

#[test]
fn a_pin_is_in_no_file() {
    let mut deck = Deck::lab();
    deck.keys("2");
    deck.send(Message::Paste(
        "Set-CsClientPin -Identity 'ada' -Pin '471100'".into(),
    ));
    let effects = deck.keys("f3");
    let kept: Vec<String> = effects
        .iter()
        .map(|e| format!("{e:?}"))
        .filter(|e| e.starts_with("KeepValues"))
        .collect();
    assert!(kept.iter().all(|e| !e.contains("471100")), "{kept:?}");
    deck.keys("f2");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::SaveSnippet { source, .. }] if !source.contains("471100") && source.contains("ada")),
        "{effects:?}"
    );
}
