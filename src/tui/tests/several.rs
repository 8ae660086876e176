//! One text on several targets: marked, asked for once, run together, set side by side.

use super::{Deck, hides, shows, snapshot};
use crate::execute::fanout::{Answer, Collector, End, Policy, Unsent};
use crate::execute::{Event, JobEnd, JobState, TransportError};
use crate::gate::Approved;
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, JobId, Message, Retry};
use crate::tui::pane::Pane;
use crate::tui::pane::run::Report;

const FARM: &str = r#"
[[target]]
name = "fe01"
transport = "ssh"
address = "fe01.kestrel.lan"
groups = ["frontends"]

[[target]]
name = "fe02"
transport = "ssh"
address = "fe02.kestrel.lan"
groups = ["frontends"]

[[target]]
name = "fe03"
transport = "ssh"
address = "fe03.kestrel.lan"
groups = ["frontends"]

[[target]]
name = "cms"
transport = "ssh"
address = "sql01.kestrel.lan:2222"
protection = "protected"

[[target]]
name = "watch01"
transport = "ssh"
address = "watch01.kestrel.lan"
protection = "read-only"
"#;

fn farm() -> Deck {
    Deck::open("", FARM, false, false)
}

/// A text that waits for its targets.
fn typed(deck: &mut Deck, text: &str) {
    deck.keys("4 n");
    deck.type_in(text);
    deck.keys("enter");
    shows(&deck.screen(), "Run on which targets?");
}

/// The question for the three front ends.
fn asked(text: &str) -> Deck {
    let mut deck = farm();
    typed(&mut deck, text);
    deck.keys("/");
    deck.type_in("frontends");
    assert!(deck.keys("ctrl-a enter").is_empty());
    deck
}

type Jobs = Vec<(JobId, String, Approved)>;

/// The one run that was started: its jobs with their targets, and its policy.
#[track_caller]
fn started(effects: Vec<Effect>) -> (Jobs, Policy) {
    match effects.into_iter().next() {
        Some(Effect::RunAll { jobs, policy, .. }) => {
            let jobs = jobs.into_iter();
            (jobs.map(|(id, t, a)| (id, t.name, a)).collect(), policy)
        }
        other => panic!("{other:?}"),
    }
}

/// Ends a job as the work behind the state does; the comparison is made when it is asked for.
/// What else is asked for comes back.
fn end(deck: &mut Deck, job: &(JobId, String, Approved), said: &str, end: End) -> Vec<Effect> {
    let target = deck.model.targets.iter().find(|t| t.name == job.1).unwrap();
    let mut collector = Collector::new(target);
    for line in said.lines() {
        let event = Event::Output(line.into());
        collector.push(&event);
        deck.send(Message::Job(job.0, event));
    }
    let answer: Answer = collector.finish(&end);
    let answered = Message::Answered(job.0, Box::new(answer), end.unsent.clone());
    deck.send(answered);
    let retry = Retry::of(&end.end, &job.2);
    let effects = deck.send(Message::JobEnded(job.0, end.end, retry));
    let mut others = Vec::new();
    for effect in effects {
        match effect {
            Effect::Compare(group, number, answers) => {
                let report = Box::new(Report::of(answers));
                deck.send(Message::Compared(group, number, report));
            }
            Effect::ForgetOutput(_) => {}
            other => others.push(other),
        }
    }
    others
}

fn well() -> End {
    ended(JobState::Succeeded, None)
}

fn ended(state: JobState, error: Option<TransportError>) -> End {
    let end = JobEnd {
        state,
        host_exit: error.is_none().then_some(0),
        error,
    };
    End { end, unsent: None }
}

fn down(name: &str) -> End {
    let error = TransportError::Unreachable {
        address: format!("{name}.kestrel.lan:22"),
        reason: "connection refused".into(),
    };
    ended(JobState::Failed, Some(error))
}

fn password(name: &str) -> End {
    let error = TransportError::NeedsPassword {
        target: name.into(),
        user: "ann".into(),
        address: format!("{name}.kestrel.lan:22"),
    };
    ended(JobState::Failed, Some(error))
}

fn held(by: &str) -> End {
    End {
        unsent: Some(Unsent::Stopped { by: by.into() }),
        ..ended(JobState::Cancelled, Some(TransportError::Cancelled))
    }
}

#[test]
fn targets_are_marked_one_by_one_all_at_once_and_by_group() {
    let mut deck = farm();
    typed(&mut deck, "Get-CsPool");
    deck.keys("space down tab");
    for (columns, rows) in [(80, 24), (120, 40)] {
        let name = format!("targets-marked-{columns}x{rows}");
        snapshot(&name, deck.screen_at(columns, rows));
    }
    deck.resize(80, 24);
    shows(&deck.screen(), "2 marked");
    // All that are shown, and again none; marks that are not shown stay.
    deck.keys("/");
    deck.type_in("frontends");
    shows(&deck.screen(), "3 of 5");
    deck.keys("ctrl-a");
    shows(&deck.screen(), "3 marked");
    deck.keys("ctrl-a esc");
    hides(&deck.screen(), "marked.");
    deck.keys("a");
    shows(&deck.screen(), "5 marked");
    deck.keys("enter");
    shows(&deck.screen(), "Run this? read on 5 targets, 1 PROTECTED");
    // Without a mark it is the highlighted one, as for one mark.
    for keys in ["down enter", "home down space enter"] {
        deck.keys("esc");
        typed(&mut deck, "Get-CsPool");
        deck.keys(keys);
        shows(&deck.screen(), "Run this? read on fe02");
    }
}

#[test]
fn reading_runs_on_enter_in_the_order_that_was_chosen() {
    let mut deck = asked("Get-CsPool");
    for (columns, rows) in [(80, 24), (120, 40)] {
        let name = format!("several-read-{columns}x{rows}");
        snapshot(&name, deck.screen_at(columns, rows));
    }
    shows(&deck.screen(), "all at the same time");
    deck.keys("f4");
    shows(&deck.screen(), "one after the other");
    deck.keys("f4");
    shows(&deck.screen(), "waves of 2");
    let (jobs, policy) = started(deck.keys("enter"));
    let names: Vec<&str> = jobs.iter().map(|j| j.1.as_str()).collect();
    assert_eq!(names, ["fe01", "fe02", "fe03"]);
    assert!(
        jobs.iter()
            .all(|j| j.1 == j.2.target() && j.2.text() == "Get-CsPool")
    );
    assert_eq!((policy.limit, policy.wave), (2, Some(2)));
    assert_eq!(deck.model.pane, Pane::Run);
    shows(&deck.screen(), "3 targets: 3 queued");
}

#[test]
fn a_change_wants_the_number_and_a_protected_target_every_name() {
    let mut deck = asked("Enable-CsTopology");
    shows(&deck.screen(), "Type \"3 targets\" and press Enter");
    for wrong in ["", "3", "fe01", "2 targets"] {
        deck.type_in(wrong);
        assert!(deck.keys("enter").is_empty(), "{wrong}");
        shows(&deck.screen(), "that is not it");
    }
    deck.send(Message::Paste("3 targets".into()));
    assert!(deck.keys("enter").is_empty(), "typed, not pasted");
    deck.type_in("3 targets");
    assert_eq!(started(deck.keys("enter")).0.len(), 3);

    typed(&mut deck, "Enable-CsTopology");
    deck.keys("space down down space enter");
    shows(&deck.screen(), "Run this? change on 2 targets, 1 PROTECTED");
    let typed_in = |deck: &mut Deck, name: &str| {
        deck.type_in(name);
        deck.keys("enter")
    };
    assert!(typed_in(&mut deck, "2 targets").is_empty());
    shows(&deck.screen(), "that is not it; type \"fe01\"");
    assert!(typed_in(&mut deck, "fe01").is_empty());
    let screen = deck.screen();
    snapshot("several-names", &screen);
    shows(&screen, "Type \"cms\" and press Enter (2 of 2)");
    assert!(typed_in(&mut deck, "fe01").is_empty());
    assert_eq!(started(typed_in(&mut deck, "cms")).0.len(), 2);
}

#[test]
fn one_that_refuses_stops_all_of_them_before_anything_runs() {
    let mut deck = farm();
    typed(&mut deck, "Enable-CsTopology");
    assert!(deck.keys("a enter").is_empty());
    let screen = deck.screen();
    shows(&screen, "Not run on any of the 5 targets");
    shows(&screen, "watch01 is read-only");
    assert!(deck.keys("enter").is_empty() && deck.model.run.jobs.is_empty());
    typed(&mut deck, "Get-CsPool (");
    deck.keys("a enter");
    assert_eq!(deck.screen().matches("not run:").count(), 1);
}

#[test]
fn what_destroys_is_previewed_on_all_of_them_first() {
    let mut deck = asked("Disable-CsUser ann");
    snapshot("several-preview-first", deck.screen());
    deck.type_in("fe01");
    assert!(deck.keys("enter").is_empty());
    shows(&deck.screen(), "F6 first");
    let (jobs, policy) = started(deck.keys("f6"));
    assert!(
        jobs.iter()
            .all(|j| j.2.text() == "Disable-CsUser ann -WhatIf")
    );
    assert!(!policy.stop_on_failure);
    end(&mut deck, &jobs[0], "What if: ...", well());
    end(&mut deck, &jobs[1], "", down("fe02"));
    assert!(deck.model.dialog.is_none(), "one has not ended");
    end(&mut deck, &jobs[2], "What if: ...", well());
    shows(&deck.screen(), "-WhatIf failed");
    shows(
        &deck.screen(),
        "F6 runs it with -WhatIf on all of them first",
    );
    let (jobs, _) = started(deck.keys("f6"));
    for job in &jobs {
        end(&mut deck, job, "What if: ...", well());
    }
    shows(&deck.screen(), "-WhatIf succeeded, 0 s ago");
    for name in ["fe01", "fe02"] {
        deck.type_in(name);
        assert!(deck.keys("enter").is_empty());
    }
    deck.type_in("fe03");
    let (jobs, _) = started(deck.keys("enter"));
    assert!(jobs.iter().all(|j| j.2.text() == "Disable-CsUser ann"));
}

#[test]
fn the_answers_are_set_side_by_side_in_one_row_that_unfolds() {
    let mut deck = farm();
    typed(&mut deck, "Get-CsPool");
    deck.keys("/");
    deck.type_in("kestrel");
    deck.keys("ctrl-a enter");
    let (jobs, _) = started(deck.keys("enter"));
    for job in &jobs {
        deck.send(Message::Job(job.0, Event::State(JobState::Running)));
    }
    let same = "Identity : pool01.kestrel.lan\nRTCSRV Running";
    end(&mut deck, &jobs[0], same, well());
    shows(&deck.screen(), "5 targets: 4 running, 1 succeeded");
    shows(&deck.screen(), "fe01: succeeded");
    end(
        &mut deck,
        &jobs[1],
        "Identity : pool01.kestrel.lan\nRTCSRV Stopped",
        well(),
    );
    end(&mut deck, &jobs[2], "", down("fe03"));
    end(&mut deck, &jobs[3], same, well());
    end(&mut deck, &jobs[4], same, well());
    let summary = "5 targets: 3 succeeded, 1 differs, 1 unreachable";
    for (columns, rows) in [(80, 24), (120, 40)] {
        let name = format!("run-several-{columns}x{rows}");
        snapshot(&name, deck.screen_at(columns, rows));
    }
    let screen = deck.screen();
    shows(&screen, summary);
    shows(&screen, "3 answered alike (succeeded): fe01, cms, watch01");
    shows(&screen, "+RTCSRV Stopped");
    shows(
        &screen,
        "fe03: cannot reach fe03.kestrel.lan:22: connection refused",
    );
    // The summary is copied, with how they stand.
    let effects = deck.keys("y");
    assert!(
        matches!(&effects[..], [Effect::Copy(text)] if text.starts_with(summary) && text.contains("+RTCSRV Stopped")),
        "{effects:?}"
    );
    // Words are found in it as in every output.
    deck.keys("/");
    deck.type_in("Stopped");
    deck.keys("enter");
    shows(&deck.screen(), "1 of 1");
    deck.keys("esc esc");
    // Unfolded each job has its row and its own output.
    deck.keys("space down down");
    for (columns, rows) in [(80, 24), (120, 40)] {
        let name = format!("run-unfolded-{columns}x{rows}");
        snapshot(&name, deck.screen_at(columns, rows));
    }
    shows(&deck.screen(), "succeeded on fe02");
    deck.keys("space");
    shows(&deck.screen(), "side by side");
    // Again: all of them, after the question.
    assert!(deck.keys("r").is_empty());
    shows(&deck.screen(), "Run this? read on 5 targets");
    deck.keys("esc d");
    assert!(deck.model.run.jobs.is_empty() && deck.model.run.groups.is_empty());
}

#[test]
fn cancelling_the_row_cancels_all_and_a_job_s_row_that_job() {
    let mut deck = asked("Get-CsPool");
    let (jobs, _) = started(deck.keys("enter"));
    assert!(matches!(deck.keys("c")[..], [Effect::CancelAll(1)]));
    deck.keys("space down");
    assert!(matches!(deck.keys("c")[..], [Effect::Cancel(id)] if id == jobs[0].0));
    deck.keys("up d");
    shows(&deck.screen(), "it has not ended yet");
    for job in &jobs {
        let cancelled = ended(JobState::Cancelled, Some(TransportError::Cancelled));
        end(&mut deck, job, "", cancelled);
    }
    shows(&deck.screen(), "3 targets: 3 cancelled");
    assert!(deck.keys("c").is_empty());
}

#[test]
fn a_password_belongs_to_its_target_and_the_others_go_on() {
    let mut deck = asked("Get-CsPool");
    let (jobs, _) = started(deck.keys("enter"));
    end(&mut deck, &jobs[0], "x", well());
    end(&mut deck, &jobs[1], "", password("fe02"));
    shows(&deck.screen(), "Password of ann on fe02");
    end(&mut deck, &jobs[2], "x", well());
    deck.type_in("pw");
    let mut effects = deck.keys("enter");
    assert!(matches!(effects.remove(0), Effect::KeepSecret(name, _) if name == "fe02"));
    let (again, _) = started(effects);
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].1, "fe02");
    shows(&deck.screen(), "3 targets: 1 queued, 2 succeeded");
    end(&mut deck, &again[0], "x", well());
    shows(&deck.screen(), "3 targets: 3 succeeded");
    shows(&deck.screen(), "3 answered (succeeded): fe01, fe02, fe03");
    assert_eq!(deck.model.run.jobs.len(), 3);
}

#[test]
fn what_a_question_held_back_goes_on_with_its_answer() {
    let mut deck = asked("Get-CsPool");
    deck.keys("f4");
    let (jobs, before) = started(deck.keys("enter"));
    end(&mut deck, &jobs[0], "", password("fe01"));
    for job in &jobs[1..] {
        end(&mut deck, job, "", held("fe01"));
    }
    deck.type_in("pw");
    let mut effects = deck.keys("enter");
    effects.remove(0);
    let (again, _) = started(effects);
    assert_eq!((again.len(), again[0].1.as_str()), (1, "fe01"));
    shows(&deck.screen(), "3 targets: 1 queued, 2 held back");
    // When it succeeded the others begin, in the same order.
    let effects = end(&mut deck, &again[0], "x", well());
    let (rest, policy) = started(effects);
    let names: Vec<&str> = rest.iter().map(|j| j.1.as_str()).collect();
    assert_eq!((names, policy), (vec!["fe02", "fe03"], before));
    end(&mut deck, &rest[0], "x", well());
    end(&mut deck, &rest[1], "x", well());
    shows(&deck.screen(), "3 answered (succeeded)");
}

#[test]
fn what_a_failure_held_back_stays_held_back() {
    let mut deck = asked("Get-CsPool");
    deck.keys("f4");
    let (jobs, _) = started(deck.keys("enter"));
    end(&mut deck, &jobs[0], "", password("fe01"));
    for job in &jobs[1..] {
        end(&mut deck, job, "", held("fe01"));
    }
    deck.type_in("pw");
    let mut effects = deck.keys("enter");
    effects.remove(0);
    let (again, _) = started(effects);
    assert!(end(&mut deck, &again[0], "", down("fe01")).is_empty());
    shows(&deck.screen(), "3 targets: 1 unreachable, 2 held back");
    shows(
        &deck.screen(),
        "fe02: not begun, nothing was sent: fe01 did not succeed",
    );
    assert!(deck.model.dialog.is_none());
}

#[test]
fn a_preview_whose_password_is_not_given_failed_there() {
    let mut deck = asked("Disable-CsUser ann");
    let (jobs, _) = started(deck.keys("f6"));
    end(&mut deck, &jobs[0], "What if: ...", well());
    end(&mut deck, &jobs[1], "What if: ...", well());
    end(&mut deck, &jobs[2], "", password("fe03"));
    shows(&deck.screen(), "Password of ann on fe03");
    deck.keys("esc");
    // The question is back, and still wants the preview.
    shows(&deck.screen(), "Run this? destructive on 3 targets");
    shows(&deck.screen(), "-WhatIf failed");
    shows(&deck.screen(), "F6 runs it with -WhatIf");
}

#[test]
fn a_question_that_is_left_ends_its_job() {
    let mut deck = asked("Get-CsPool");
    let (jobs, _) = started(deck.keys("enter"));
    end(&mut deck, &jobs[0], "", password("fe01"));
    assert!(matches!(deck.model.dialog, Some(Dialog::Password { .. })));
    deck.keys("esc");
    for job in &jobs[1..] {
        end(&mut deck, job, "x", well());
    }
    shows(&deck.screen(), "3 targets: 2 succeeded, 1 failed");
    shows(&deck.screen(), "fe01: ");
}

#[test]
fn names_and_answers_are_made_safe_and_too_many_targets_refused() {
    let mut deck = asked("Get-CsPool");
    let (jobs, _) = started(deck.keys("enter"));
    for job in &jobs {
        end(&mut deck, job, "\u{1b}[2Jred\u{202e}", well());
    }
    let screen = deck.screen();
    assert!(
        !screen
            .chars()
            .any(|c| c != '\n' && crate::text::is_unsafe(c)),
        "{screen:?}"
    );
    shows(&screen, "␛[2Jred");
    let effects = deck.keys("y");
    assert!(matches!(&effects[..], [Effect::Copy(text)] if !text.contains('\u{1b}')));

    let many: String = (0..101)
        .map(|n| format!("[[target]]\nname = \"fe{n:03}\"\ntransport = \"local\"\n"))
        .collect();
    let mut deck = Deck::open("", &many, false, false);
    typed(&mut deck, "Get-CsPool");
    assert!(deck.keys("a enter").is_empty());
    shows(&deck.screen(), "up to 100 targets at once");
    deck.keys("space enter");
    shows(&deck.screen(), "read on 100 targets");
    assert_eq!(started(deck.keys("enter")).0.len(), 100);
    shows(&deck.screen(), "100 targets: 100 queued");
}
