//! The places where commands run: the list, the form, tests, imports, and what protected ones look like.

use super::{Deck, hides, shows, snapshot};
use crate::execute::import::{Found, Left, Plan};
use crate::execute::{JobEnd, JobState, Protection, Target, TransportError, TransportKind};
use crate::store::targets;
use crate::tui::dialog::{Dialog, Source};
use crate::tui::effects::targets as work;
use crate::tui::message::{Effect, Message, Retry, TargetChange};

fn ssh(name: &str, jump: Option<&str>) -> Target {
    Target {
        name: name.into(),
        transport: TransportKind::Ssh,
        address: format!("{name}.kestrel.lan"),
        jump: jump.map(str::to_owned),
        ..Target::lab()
    }
}

/// The one change that these effects ask for.
#[track_caller]
fn change(effects: Vec<Effect>) -> TargetChange {
    match effects.into_iter().next() {
        Some(Effect::ChangeTargets(change)) => change,
        other => panic!("{other:?}"),
    }
}

/// Carries the change out on the deck's own file, as the effect does.
fn carry_out(deck: &mut Deck, effects: Vec<Effect>) {
    let change = change(effects);
    let result = work::change(&deck.app, &change);
    deck.send(Message::Targets(change, result));
}

#[test]
fn targets_are_found_by_words() {
    let mut deck = Deck::two_targets();
    deck.keys("t /");
    deck.type_in("PROTECTED 2222");
    let screen = deck.screen();
    shows(&screen, "Targets 1 of 2");
    shows(&screen, "sql01.kestrel.lan:2222");
    hides(&screen, "fe01.kestrel.lan");
    deck.keys("enter");
    assert_eq!(deck.model.current_target().unwrap().name, "cms");
    // Esc drops the filter first, then closes.
    deck.keys("t /");
    deck.type_in("nowhere");
    shows(&deck.screen(), "No target has all of these words.");
    assert!(deck.keys("enter").is_empty() && deck.model.dialog.is_some());
    deck.keys("esc");
    shows(&deck.screen(), "fe01.kestrel.lan");
    deck.keys("esc");
    assert!(deck.model.dialog.is_none());
}

#[test]
fn a_target_is_added_changed_and_removed() {
    let mut deck = Deck::two_targets();
    deck.keys("t a");
    deck.type_in("edge01");
    deck.keys("tab ctrl-n ctrl-p tab");
    deck.type_in("edge01.kestrel.lan");
    deck.keys("tab");
    deck.type_in("kestrel\\ops");
    snapshot("target-form", deck.screen());
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    let screen = deck.screen();
    shows(&screen, "edge01 is added; x tests it");
    shows(&screen, "ssh edge01.kestrel.lan");
    assert_eq!(deck.model.targets.len(), 3);
    assert_eq!(
        deck.model.current_target().unwrap().name,
        "fe01",
        "the choice stays"
    );

    // Its row is highlighted: e edits it. The current target keeps being current under a new name.
    deck.keys("home e ctrl-u");
    deck.type_in("fe09");
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    assert_eq!(deck.model.current_target().unwrap().name, "fe09");
    let path = deck.app.paths.targets_file();
    let names: Vec<String> = targets::load(&path)
        .unwrap()
        .into_iter()
        .map(|t| t.name)
        .collect();
    assert_eq!(names, ["fe09", "cms", "edge01"]);

    deck.keys("end d");
    shows(&deck.screen(), "Remove edge01?");
    deck.keys("esc");
    assert_eq!(deck.model.targets.len(), 3);
    let effects = deck.keys("end d enter");
    carry_out(&mut deck, effects);
    assert_eq!(deck.model.targets.len(), 2);
    shows(&deck.screen(), "edge01 is removed");
}

#[test]
fn what_cannot_be_is_told_in_the_form() {
    let mut deck = Deck::two_targets();
    assert!(deck.keys("t a f2").is_empty());
    shows(&deck.screen(), "the name of a target must not be empty");
    deck.type_in("x");
    hides(&deck.screen(), "must not be empty");
    for _ in 0..9 {
        deck.keys("tab");
    }
    deck.type_in("soon");
    assert!(deck.keys("f2").is_empty());
    shows(&deck.screen(), "not a span of time");
    deck.keys("ctrl-u");
    // Only the whole file can tell: the form comes back as it was filled in.
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    let screen = deck.screen();
    shows(&screen, "names no host");
    shows(&screen, "New target");
    // The cursor is in the line that it is about.
    deck.type_in("x.kestrel.lan");
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    shows(&deck.screen(), "x is added");
}

#[test]
fn a_file_that_changed_meanwhile_is_not_written_over() {
    let mut deck = Deck::two_targets();
    let path = deck.app.paths.targets_file();
    let text = std::fs::read_to_string(&path).unwrap();
    deck.keys("t e");
    std::fs::write(&path, text.replace("fe01.kestrel.lan", "fe77.kestrel.lan")).unwrap();
    deck.keys("tab tab tab");
    deck.type_in("ann");
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    shows(&deck.screen(), "was changed meanwhile");
    assert!(std::fs::read_to_string(&path).unwrap().contains("fe77"));
    // Nothing was filled in: nothing is written.
    deck.keys("esc esc t e");
    assert!(deck.keys("f2").is_empty());
    shows(&deck.screen(), "nothing was changed");
}

#[test]
fn the_lab_stays() {
    let mut deck = Deck::lab();
    deck.keys("t a");
    shows(&deck.screen(), "with --lab there is the lab alone");
    deck.keys("esc");
    // Where nothing is configured the lab is there as well, and targets are added to it.
    let mut deck = Deck::open("", "", false, false);
    deck.keys("t d");
    shows(&deck.screen(), "the lab is always there");
    deck.keys("e");
    assert!(matches!(deck.model.dialog, Some(Dialog::Targets(_))));
    deck.keys("a");
    deck.type_in("fe01");
    deck.keys("tab tab");
    deck.type_in("fe01.kestrel.lan");
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    let names: Vec<&str> = deck.model.targets.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["lab", "fe01"]);
    assert!(deck.model.on_lab());
    // What the other panes show is the lab's, whatever commands run on.
    deck.keys("t down enter");
    assert!(!deck.model.on_lab());
    shows(deck.screen().lines().next().unwrap(), "LAB");
}

#[test]
fn a_test_tells_what_came_of_it() {
    let mut deck = Deck::two_targets();
    let effects = deck.keys("t x");
    assert!(matches!(&effects[..], [Effect::TestTarget(t)] if t.name == "fe01"));
    shows(&deck.screen(), "testing fe01");
    let end = |error| JobEnd {
        state: if error_is_none(&error) {
            JobState::Succeeded
        } else {
            JobState::Failed
        },
        host_exit: Some(0),
        error,
    };
    fn error_is_none(error: &Option<TransportError>) -> bool {
        error.is_none()
    }
    deck.send(Message::Tested("fe01".into(), end(None), String::new()));
    shows(&deck.screen(), "fe01 is reachable and answers");
    // A question stands over the list.
    let asks = TransportError::NeedsPassword {
        target: "fe01".into(),
        user: "ann".into(),
        address: "fe01.kestrel.lan:22".into(),
    };
    deck.send(Message::Tested(
        "fe01".into(),
        end(Some(asks)),
        String::new(),
    ));
    assert!(
        matches!(&deck.model.dialog, Some(Dialog::Password { target, retry: Retry::Test, .. }) if target == "fe01")
    );
    deck.type_in("secret");
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::KeepSecret(..), Effect::TestTarget(t)] if t.name == "fe01")
    );
    assert!(matches!(deck.model.dialog, Some(Dialog::Targets(_))));
    let away = TransportError::Unreachable {
        address: "fe01.kestrel.lan:22".into(),
        reason: "no route".into(),
    };
    deck.send(Message::Tested(
        "fe01".into(),
        end(Some(away)),
        String::new(),
    ));
    shows(&deck.screen(), "cannot reach fe01.kestrel.lan:22");
}

#[test]
fn an_import_is_seen_before_it_is_made() {
    let mut deck = Deck::two_targets();
    deck.keys("t i");
    shows(&deck.screen(), "the loaded topology");
    deck.keys("down enter");
    shows(&deck.screen(), "no topology is loaded");
    let effects = deck.keys("up enter");
    assert!(matches!(&effects[..], [Effect::PlanImport(None)]));
    let found = |target, notes: &[&str]| Found {
        target,
        notes: notes.iter().map(|n| (*n).to_owned()).collect(),
    };
    let plan = Plan {
        found: vec![
            found(ssh("gw", None), &["localforward 1 h:1 is left out"]),
            found(ssh("fe02", Some("gw")), &[]),
            found(ssh("fe03", None), &[]),
        ],
        left: vec![Left {
            name: "old".into(),
            why: "it needs ProxyCommand".into(),
            taken: false,
        }],
    };
    deck.send(Message::ImportPlan(Source::SshConfig, Ok(Box::new(plan))));
    snapshot("target-import", deck.screen());
    // Without the mark, and back through the one that needs it.
    deck.keys("space end space");
    shows(&deck.screen(), "1 of 3");
    let effects = deck.keys("enter");
    let TargetChange::Add(new) = change(effects) else {
        panic!("adds")
    };
    let names: Vec<&str> = new.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["gw", "fe02"]);
}

#[test]
fn a_protected_target_is_seen_on_every_screen() {
    let mut deck = Deck::two_targets();
    let plain = deck.cell_of("┌").fg;
    deck.keys("t down enter");
    let bad = deck.model.look().theme.bad.fg.unwrap();
    for pane in ["1", "2", "3", "4"] {
        deck.keys(pane);
        let screen = deck.screen();
        shows(&screen, "PROTECTED cms");
        assert_eq!(deck.cell_of("┌").fg, bad, "{screen}");
    }
    assert_ne!(plain, bad);
    let mut read_only = Deck::open(
        "",
        "[[target]]\nname = \"fe01\"\ntransport = \"local\"\nprotection = \"read-only\"\n",
        false,
        false,
    );
    shows(&read_only.screen(), "READ-ONLY fe01");
    assert_eq!(read_only.cell_of("┌").fg, plain);
    read_only.keys("t");
    shows(&read_only.screen(), "READ-ONLY");
    assert_eq!(
        read_only.model.current_target().unwrap().protection,
        Protection::ReadOnly
    );
}

#[test]
fn the_customer_is_seen_and_is_in_what_is_copied() {
    let mut deck = Deck::two_targets();
    assert_eq!(deck.model.headed("report".into()), "report");
    deck.model.customer = Some("Kestrel Ltd\u{1b}[31m".into());
    for pane in ["1", "2", "3", "4"] {
        deck.keys(pane);
        for (columns, rows) in [(80, 24), (120, 40), (200, 50)] {
            let screen = deck.screen_at(columns, rows);
            let first = screen.lines().next().unwrap().to_owned();
            assert!(
                first.contains("Kestrel") && first.contains("fe01"),
                "{first}"
            );
        }
    }
    deck.resize(80, 24);
    deck.keys("t down enter");
    shows(&deck.screen(), "PROTECTED cms");
    shows(&deck.screen(), "Kestrel");
    let headed = deck.model.headed("report".into());
    assert!(
        headed.starts_with("Kestrel Ltd")
            && headed.ends_with("\n\nreport")
            && !headed.contains('\u{1b}')
    );
    deck.keys(":");
    deck.type_in("profile");
    deck.keys("enter");
    shows(&deck.screen(), "csdeck --profile NAME");
}

#[test]
fn what_was_asked_for_a_target_does_not_hold_when_it_was_changed() {
    use crate::tui::message::TargetChange;
    let mut deck = Deck::two_targets();
    deck.keys("4 n");
    deck.type_in("Enable-CsTopology");
    deck.keys("enter enter");
    shows(&deck.screen(), "Run this?");
    let before = deck.model.targets.clone();
    let mut after = before.clone();
    after[0].address = "elsewhere.kestrel.lan".into();
    let edit = Box::new((before[0].clone(), after[0].clone()));
    deck.send(Message::Targets(TargetChange::Edit(edit), Ok(after)));
    let name = before[0].name.clone();
    deck.type_in(&name);
    let effects = deck.keys("enter");
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Run(..))),
        "{effects:?}"
    );
    shows(&deck.screen(), "was changed meanwhile");
    shows(&deck.screen(), "Run this?");
    deck.type_in(&name);
    let effects = deck.keys("enter");
    assert!(
        matches!(&effects[..], [Effect::Run(_, target, _)] if target.address == "elsewhere.kestrel.lan"),
        "{effects:?}"
    );
}

#[test]
fn the_name_that_was_typed_stands_first_and_the_row_that_was_left_stays() {
    let mut deck = Deck::two_targets();
    let mut targets = deck.model.targets.clone();
    targets[0].groups = vec!["front ends".into()];
    targets.push(Target {
        name: "ro".into(),
        ..targets[0].clone()
    });
    deck.send(Message::TargetsChanged(Ok(targets)));
    shows(&deck.screen(), "targets.toml was changed");
    deck.keys("t /");
    deck.type_in("ro");
    deck.keys("enter");
    assert_eq!(
        deck.model.current_target().map(|t| t.name.as_str()),
        Some("ro")
    );
    deck.keys("t home down e esc");
    let second = deck.model.targets[1].name.clone();
    deck.keys("d");
    assert!(
        matches!(&deck.model.dialog, Some(Dialog::RemoveTarget(t)) if t.name == second),
        "{:?}",
        deck.model.dialog
    );
}

#[test]
fn a_winrm_target_is_filled_in_with_what_winrm_has() {
    let mut deck = Deck::two_targets();
    deck.keys("t a");
    deck.type_in("pool01");
    deck.keys("tab");
    deck.type_in("w");
    snapshot("target-form-winrm", deck.screen());
    deck.keys("tab");
    deck.type_in("https://pool01.kestrel.lan/OcsPowershell");
    for _ in 0..7 {
        deck.keys("tab");
    }
    deck.type_in("c");
    deck.type_in("c");
    let effects = deck.keys("f2");
    carry_out(&mut deck, effects);
    // Told whole, with the cursor in the line, and the rows that do not fit are counted.
    let screen = deck.screen();
    snapshot("target-form-problem", &screen);
    shows(&screen, "takes it apart");
    shows(&screen, "< certificate >");
    shows(&screen, " of 20");
    // Another log-in has no certificate's lines, and is written without them.
    let effects = deck.keys("backspace f2");
    hides(&deck.screen(), "key_file");
    carry_out(&mut deck, effects);
    shows(&deck.screen(), "pool01 is added");
}
