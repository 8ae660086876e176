//! Where the values of a form come from: the topology, lists, servers, variables.

use super::{Deck, hides, shows, snapshot};
use crate::execute::{Event, JobEnd, JobState};
use crate::suggest::{Engagement, History};
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Message};
use crate::tui::pane::{Pane, snippets};

/// The lab with the form of a pasted command line.
fn pasted(line: &str) -> Deck {
    let mut deck = Deck::lab();
    deck.keys("2");
    deck.send(Message::Paste(line.into()));
    if deck.model.dialog.is_some() {
        deck.keys("esc");
    }
    assert!(deck.model.snippets.form.is_some(), "{}", deck.screen());
    deck
}

/// Goes to a field of the open form.
pub fn go_to(deck: &mut Deck, field: &str) {
    for _ in 0..100 {
        let form = deck.model.snippets.form.as_ref().expect("a form");
        if form.snippet.fields[form.focus].name == field {
            return;
        }
        deck.keys("tab");
    }
    panic!("{field} is not in the form:\n{}", deck.screen());
}

/// The text of a field of the open form.
pub fn text_of(deck: &Deck, field: &str) -> String {
    let form = deck.model.snippets.form.as_ref().expect("a form");
    let at = form
        .snippet
        .fields
        .iter()
        .position(|f| f.name == field)
        .expect(field);
    form.inputs[at].text().to_owned()
}

#[test]
fn a_server_is_chosen_from_the_topology_and_its_instance_follows() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("f7");
    snapshot("pick-sql-server", deck.screen());
    deck.type_in("sgsql");
    deck.keys("enter");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "sgsql01.kestrel.lan");
    // The cursor went on; what is offered belongs to that server.
    deck.keys("f7");
    shows(&deck.screen(), "instance on sgsql01.kestrel.lan");
    hides(&deck.screen(), "instance on mn");
    // Esc changes nothing.
    deck.keys("esc");
    assert_eq!(text_of(&deck, "SqlInstanceName"), "rtc");
}

#[test]
fn what_is_typed_is_taken_when_nothing_known_has_it() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("f7");
    deck.type_in("new01.kestrel.lan");
    shows(&deck.screen(), "Enter takes what you typed");
    deck.keys("enter");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "new01.kestrel.lan");
}

#[test]
fn several_are_marked_for_a_list() {
    let mut deck = Deck::form("logging start");
    go_to(&mut deck, "Pools");
    deck.keys("f7 tab tab");
    snapshot("pick-several", deck.screen());
    shows(&deck.screen(), "2 marked");
    deck.keys("enter");
    let text = text_of(&deck, "Pools");
    assert_eq!(text.split(',').count(), 2, "{text}");
    // The marks are there when the choices open again, and go one by one.
    deck.keys("shift-tab f7 tab enter");
    assert_eq!(text_of(&deck, "Pools").split(',').count(), 1);
}

#[test]
fn a_list_is_edited_one_value_per_line() {
    let mut deck = Deck::form("install-cms-database");
    deck.keys("tab tab f12");
    deck.type_in("D:\\CsData");
    deck.keys("enter");
    deck.type_in("E:\\Cs, Logs");
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("lines-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
    deck.send(Message::Paste("\nF:\\More\n\n".into()));
    deck.keys("f2");
    assert_eq!(
        text_of(&deck, "DatabasePaths"),
        "D:\\CsData,'E:\\Cs, Logs',F:\\More"
    );
    // One value has no lines.
    go_to(&mut deck, "SqlServerFqdn");
    deck.keys("f12");
    assert!(deck.model.dialog.is_none());
    shows(&deck.screen(), "the editor of lines is for lists");
}

#[test]
fn from_a_sql_server_in_the_topology_to_its_filled_form() {
    let mut deck = Deck::lab();
    deck.keys("/");
    deck.type_in("sgsql01");
    deck.keys("enter");
    // From here on: two keys.
    deck.keys("s");
    assert_eq!(deck.model.pane, Pane::Snippets);
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("snippets-for-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
    deck.resize(80, 24);
    deck.keys("enter");
    snapshot("form-from-topology", deck.screen());
    shows(&deck.screen(), "Install-CsDatabase");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "sgsql01.kestrel.lan");
    // Back to the list for this server, then to all.
    deck.keys("esc");
    shows(&deck.screen(), "for sgsql01.kestrel.lan");
    deck.keys("esc");
    hides(&deck.screen(), "for sgsql01.kestrel.lan");
    shows(&deck.screen(), "Snippets 132");
    assert_eq!(deck.model.snippets.snippets(), 132);
}

#[test]
fn a_filter_stays_within_the_subject() {
    let mut deck = Deck::lab();
    deck.keys("/");
    deck.type_in("sgsql01");
    deck.keys("enter s /");
    deck.type_in("replicate everything");
    shows(
        &deck.screen(),
        "No snippet about sgsql01.kestrel.lan has all of these",
    );
    // The words go first, then the subject.
    deck.keys("esc");
    shows(&deck.screen(), "for sgsql01.kestrel.lan");
}

#[test]
fn a_server_is_asked_for_choices_and_the_form_stays() {
    let mut deck = Deck::form("users/move");
    deck.keys("tab f7");
    assert!(
        matches!(deck.model.dialog, Some(Dialog::Pick(_))),
        "{}",
        deck.screen()
    );
    shows(
        &deck.screen(),
        "F5 asks lab: Get-CsPool | Format-List -Property Identity",
    );
    deck.keys("f5");
    // What would run is shown like every other command.
    shows(&deck.screen(), "Run this? read on lab");
    let effects = deck.keys("enter");
    assert!(matches!(&effects[..], [Effect::Run(..)]), "{effects:?}");
    assert_eq!(deck.model.pane, Pane::Snippets);
    let id = deck.model.run.jobs[0].id;
    for line in [
        "",
        "Identity : live01.kestrel.lan",
        "",
        "Identity : live02.kestrel.lan",
    ] {
        deck.send(Message::Job(id, Event::Output(line.into())));
    }
    let end = JobEnd {
        state: JobState::Succeeded,
        host_exit: Some(0),
        error: None,
    };
    deck.send(Message::JobEnded(id, end, None));
    shows(&deck.screen(), "live02.kestrel.lan");
    shows(&deck.screen(), "answer of lab: Get-CsPool");
    deck.type_in("live02");
    deck.keys("enter");
    assert_eq!(text_of(&deck, "Target"), "live02.kestrel.lan");
}

#[test]
fn a_failed_answer_opens_nothing() {
    let mut deck = Deck::form("users/move");
    deck.keys("tab f7 f5 enter");
    let id = deck.model.run.jobs[0].id;
    let end = JobEnd {
        state: JobState::Failed,
        host_exit: Some(1),
        error: None,
    };
    deck.send(Message::JobEnded(id, end, None));
    assert!(deck.model.dialog.is_none());
    shows(
        &deck.screen(),
        "no choices: failed (the job is in the Run pane)",
    );
}

#[test]
fn secrets_have_no_choices() {
    let mut deck = pasted(
        "Test-CsIM -TargetFqdn 'sgpool01.kestrel.lan' -SenderSipAddress 'sip:a@kestrel.lan' -SenderCredential $c",
    );
    deck.keys("f6");
    go_to(&mut deck, "SenderCredential");
    deck.keys("f7");
    assert!(deck.model.dialog.is_none());
}

#[test]
fn variables_are_edited_and_new_forms_are_filled_in() {
    let mut deck = Deck::lab();
    assert!(matches!(&deck.keys("2 v")[..], [Effect::ReadEngagement]));
    deck.send(Message::EngagementText(Ok(String::new())));
    snapshot("engagement", deck.screen());
    deck.type_in("sql-server = sql9.kestrel.lan");
    let effects = deck.keys("f2");
    let [Effect::WriteEngagement { text, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    // What is wrong comes back with the text.
    let why = Engagement::read(text).expect_err("no quotes").to_string();
    deck.send(Message::Engagement(Err((text.clone(), why))));
    shows(&deck.screen(), "sql-server = sql9.kestrel.lan");
    deck.keys("esc");
    let engagement = Engagement::read("sql-server = 'sql9.kestrel.lan'").expect("reads");
    deck.send(Message::Engagement(Ok(Box::new(engagement))));
    deck.keys("/");
    deck.type_in("install-cms-database");
    deck.keys("enter enter");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "sql9.kestrel.lan");
    shows(&deck.screen(), "engagement: sql-server");
    // What the user types is the user's, also when the form is opened again.
    go_to(&mut deck, "SqlServerFqdn");
    deck.type_in("mine.kestrel.lan");
    deck.keys("esc enter");
    assert_eq!(text_of(&deck, "SqlServerFqdn"), "mine.kestrel.lan");
}

#[test]
fn earlier_values_are_offered() {
    let mut deck = Deck::lab();
    let folder = tempfile::tempdir().expect("folder");
    let kept = History::record(
        &folder.path().join("h"),
        &[("SqlServerFqdn".into(), "old.kestrel.lan".into())],
    );
    deck.send(Message::History(Ok(Box::new(kept.expect("kept")))));
    deck.keys("2 /");
    deck.type_in("install-cms-database");
    deck.keys("enter enter f7");
    shows(&deck.screen(), "old.kestrel.lan");
    shows(&deck.screen(), "filled in before");
}

#[test]
fn what_does_not_look_right_is_doubted_beside_the_field() {
    let mut deck = Deck::form("users/move");
    deck.keys("tab");
    deck.type_in("sgpool01");
    shows(&deck.screen(), "no dot: a fully qualified name is wanted");
    // This snippet's pattern refuses it; the cmdlet's own form, without one, only doubts.
    assert!(deck.keys("f3").is_empty());
    let mut deck = pasted("Move-CsUser -Identity 'ada' -Target 'sgpool01'");
    go_to(&mut deck, "Target");
    snapshot("form-doubt", deck.screen());
    shows(&deck.screen(), "? no dot: a");
    // A doubt refuses nothing.
    assert!(matches!(&deck.keys("f3")[..], [Effect::Copy(_), ..]));
}

#[test]
fn the_form_of_a_job() {
    let mut deck = Deck::lab();
    deck.keys("4 n");
    deck.type_in("Get-CsUser -Identity 'ada'");
    deck.keys("enter enter f");
    assert_eq!(deck.model.pane, Pane::Snippets);
    assert_eq!(text_of(&deck, "Identity"), "ada");
}

#[test]
fn an_empty_library_says_what_to_do() {
    let mut deck = Deck::lab();
    deck.model.snippets = snippets::State::new(crate::snippet::Library::default(), Vec::new());
    deck.keys("2");
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("library-empty-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
    deck.keys("/");
    deck.type_in("zzzz nothing");
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("no-match-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
}

#[test]
fn a_long_form_scrolls_with_the_cursor_and_tells_errors_beside_the_field() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("set-cstrunkconfiguration");
    deck.keys("enter");
    // The cmdlet itself, behind the snippets that use it.
    deck.keys("end enter");
    if matches!(deck.model.dialog, Some(Dialog::Sets { .. })) {
        deck.keys("enter");
    }
    for (columns, rows, tabs) in [(80, 24, 25), (120, 40, 5)] {
        for _ in 0..tabs {
            deck.keys("tab");
        }
        snapshot(
            &format!("form-long-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
    go_to(&mut deck, "ForwardPAI");
    deck.type_in("neither");
    shows(&deck.screen(), "! ForwardPAI");
    for (columns, rows) in [(80, 24), (120, 40)] {
        snapshot(
            &format!("form-error-{columns}x{rows}"),
            deck.screen_at(columns, rows),
        );
    }
}

#[test]
fn a_built_in_snippet_is_copied_before_it_is_edited() {
    let mut deck = Deck::lab();
    deck.keys("2 /");
    deck.type_in("install-cms-database");
    deck.keys("enter e");
    shows(&deck.screen(), "takes the place of the built-in one");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::SaveSnippet { id, edit: true, .. }] if id == "database/install-cms-database"),
        "{effects:?}"
    );
}

#[test]
fn what_destroys_stands_last_for_a_row_of_the_topology() {
    let mut deck = Deck::lab();
    deck.keys("/");
    deck.type_in("sql instance rtc");
    deck.keys("enter s");
    shows(&deck.screen(), " for sgsql01.kestrel.lan\\");
    let state = &deck.model.snippets;
    let risks: Vec<bool> = (0..state.len())
        .filter_map(|n| match state.row(n) {
            Some(snippets::Row::Snippet(s)) => Some(s.risk == crate::cmdlet::Risk::Destructive),
            _ => None,
        })
        .collect();
    assert!(risks.contains(&true) && risks.is_sorted(), "{risks:?}");
}
