//! The Replication pane at work: its keys, its log, whom it tells.

use std::time::Duration;

use jiff::SignedDuration;

use super::replication::{after, answer, frames, poll, unreachable};
use super::{Deck, hides, shows, snapshot};
use crate::replication::Verdict;
use crate::tui::message::{Effect, Message, Says};
use crate::watch::Control;

/// A status of one row, as somebody mails it.
const MAILED: &str = "UpToDate           : True\nReplicaFqdn        : edge07.contoso.com\nLastStatusReport   : 2025-10-14 14:02:30\nLastUpdateCreation : 2025-10-14 14:02:02\nProductVersion     : 6.0.9319.0\n";

#[test]
fn the_pace_is_the_users() {
    let mut deck = after(1);
    shows(&deck.screen(), "next poll in 5 s, every 1 s");
    assert!(deck.model.shows_time());
    let effects = deck.keys("- + + =");
    let paces: Vec<&Control> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Pace(control) => control,
            other => panic!("{other:?}"),
        })
        .collect();
    let every = |ms| Control::Every(Duration::from_millis(ms));
    // The last one is at the end of the steps.
    assert_eq!(paces, [&every(2000), &every(1000), &every(500)]);
    shows(&deck.screen(), "it stays at 500 ms");
    let effects = deck.keys("space");
    assert!(matches!(effects[..], [Effect::Pace(Control::Pause)]));
    // Nothing goes by on the screen, and nothing is drawn for it.
    assert!(!deck.model.shows_time());
    snapshot("replication-paused", deck.screen());
    let effects = deck.keys("r p");
    assert!(
        matches!(
            effects[..],
            [Effect::Pace(Control::Now), Effect::Pace(Control::Resume)]
        ),
        "{effects:?}"
    );
    shows(&deck.screen(), "asking now, every 500 ms");
    assert!(!deck.model.shows_time());
    let effects = deck.keys("w +");
    assert!(matches!(effects[..], [Effect::StopWatch]), "{effects:?}");
    shows(&deck.screen(), "nothing is watched: w starts");
    shows(&deck.screen(), "not watching any more");
}

#[test]
fn the_interval_of_the_configuration_counts_and_time_goes_by_only_where_it_is_seen() {
    let mut deck = Deck::open("[replication]\ninterval = \"7s\"", "", true, false);
    let effects = deck.keys("3 w");
    assert!(matches!(effects[..], [Effect::Watch(_, _, every)] if every == Duration::from_secs(7)));
    let (_, at, text) = frames().remove(0);
    poll(&mut deck, at, Ok(text));
    deck.model.set_now(Duration::from_millis(3_500));
    shows(&deck.screen(), "next poll in 2 s, every 7 s");
    assert!(deck.model.shows_time());
    deck.keys("1");
    assert!(!deck.model.shows_time());
}

#[test]
fn the_laggards_come_first_and_the_selection_stays_on_its_replica() {
    let mut deck = after(7);
    let screen = deck.screen();
    let row = |screen: &str, name: &str| {
        screen
            .lines()
            .position(|l| l.starts_with(&format!("│{name}")))
            .unwrap_or_else(|| panic!("{name}:\n{screen}"))
    };
    assert!(row(&screen, "sgedge02") < row(&screen, "cebsba01"));
    assert!(row(&screen, "cebsba01") < row(&screen, "sgfe01"));
    deck.keys("down");
    let selected = deck.model.replication.selected.clone();
    assert_eq!(selected.as_deref(), Some("cebsba01.kestrel.lan"));
    let (_, at, text) = frames().remove(7);
    poll(&mut deck, at, Ok(text));
    assert_eq!(deck.model.replication.selected, selected);
    deck.keys("o");
    let screen = deck.screen();
    shows(&screen, "as answered");
    assert!(row(&screen, "sgfe01") < row(&screen, "sgedge02"));
    deck.keys("enter");
    shows(&deck.screen(), "UpToDate: False");
    shows(&deck.screen(), "last report: never");
}

#[test]
fn the_log_leads_to_the_poll_of_a_change() {
    let mut deck = after(8);
    deck.keys("l");
    let screen = deck.screen();
    snapshot("replication-log", &screen);
    shows(&screen, "what changed");
    deck.keys("end");
    deck.keys("enter");
    let screen = deck.screen();
    shows(&screen, "EARLIER POLL");
    hides(&screen, "what changed");
    deck.keys("end");
    hides(&deck.screen(), "EARLIER POLL");
    // Words keep changes as they keep rows.
    deck.keys("l /");
    deck.type_in("edge02");
    deck.keys("enter");
    hides(&deck.screen(), "sgfe01");
    shows(&deck.screen(), "sgedge02");
    deck.keys("l");
    hides(&deck.screen(), "what changed");
}

#[test]
fn what_it_looked_like_at_a_time() {
    let mut deck = after(9);
    let at = frames()[2].1;
    deck.keys("@");
    shows(&deck.screen(), "Look at which time?");
    deck.type_in("soon");
    deck.keys("enter");
    shows(&deck.screen(), "\"soon\" is not a time");
    deck.keys("ctrl-u");
    deck.type_in(&at.to_string());
    deck.keys("enter");
    assert_eq!(deck.model.replication.back, 6);
    let screen = deck.screen();
    shows(&screen, "EARLIER POLL, 6 back");
    assert_eq!(
        deck.cell_of("EARLIER POLL").fg,
        deck.model.look().theme.warning.fg.unwrap()
    );
    deck.keys("@");
    deck.type_in("2001-01-01T00:00");
    deck.keys("enter");
    shows(&deck.screen(), "the oldest poll is of");
    deck.keys("esc");
}

#[test]
fn a_dead_replica_is_left_out_for_a_reason() {
    let mut deck = after(7);
    deck.keys("x");
    shows(&deck.screen(), "Leave sgedge02.kestrel.lan out: why?");
    deck.keys("enter");
    shows(&deck.screen(), "out: why?");
    deck.type_in("being rebuilt");
    let effects = deck.keys("enter");
    assert!(
        matches!(effects[..], [Effect::Pace(Control::Now)]),
        "{effects:?}"
    );
    let frame = frames().remove(7);
    let at = frame.1 + SignedDuration::from_secs(5);
    poll(&mut deck, at, Ok(frame.2.clone()));
    let screen = deck.screen();
    snapshot("replication-left-out", &screen);
    shows(&screen, "excluded       being rebuilt");
    // A new watch leaves it out too, until it is taken back.
    deck.keys("w w");
    poll(&mut deck, at, Ok(frame.2));
    shows(&deck.screen(), "being rebuilt");
    deck.keys("end x");
    hides(&deck.screen(), "being rebuilt\n");
    assert!(deck.model.replication.excluded.is_empty());
}

#[test]
fn a_watch_is_narrowed_to_the_site_or_the_pool_of_a_row() {
    let mut deck = after(8);
    let effects = deck.keys("n");
    assert!(
        matches!(effects[..], [Effect::Pace(Control::Now)]),
        "{effects:?}"
    );
    shows(&deck.screen(), "only site");
    deck.keys("n");
    shows(&deck.screen(), "only pool");
    deck.keys("n");
    shows(&deck.screen(), "all replicas");
    hides(&deck.screen(), "only pool");
}

#[test]
fn a_change_made_before_is_watched() {
    let mut deck = after(1);
    deck.keys("S");
    deck.type_in("5m");
    let effects = deck.keys("enter");
    assert!(matches!(effects[..], [Effect::Watch(..)]), "{effects:?}");
    let since = deck.model.replication.watcher.options().since;
    assert!(since.is_some());
    let (_, at, text) = frames().remove(0);
    poll(&mut deck, at, Ok(text));
    shows(&deck.screen(), "change made");
}

#[test]
fn who_is_told_of_an_end_is_told_once() {
    let config = "[replication]\nnotify = \"osc9\"\nhook = [\"tell\", \"me\"]\n";
    let mut deck = Deck::open(config, "", true, false);
    deck.keys("3 w");
    let all = frames();
    for (_, at, text) in &all[..8] {
        poll(&mut deck, *at, Ok(text.clone()));
    }
    let (_, at, text) = all[8].clone();
    let mut told = Vec::new();
    for n in 0..4 {
        let at = at + SignedDuration::from_secs(5 * n);
        told.extend(poll(&mut deck, at, Ok(text.clone())));
    }
    let [
        Effect::KeepRun(on, run),
        Effect::Ring(ring),
        Effect::Hook(program, document),
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
    assert!(
        ring.starts_with("\x1b]9;csdeck: lab: converged"),
        "{ring:?}"
    );
    assert_eq!((on.as_str(), run.took.len()), ("lab", 9));
    assert_eq!(program[..], ["tell", "me"]);
    assert!(document.contains("\"verdict\":\"converged\""));
    // Looking back tells nobody.
    assert!(deck.keys("left left end").is_empty());
    let later = at + SignedDuration::from_secs(60);
    assert_eq!(poll(&mut deck, later, Err(unreachable())).len(), 2);
    assert_eq!(poll(&mut deck, later, Err(unreachable())).len(), 0);
    deck.send(Message::HookFailed("the hook tell failed".into()));
    shows(&deck.screen(), "the hook tell failed");
}

#[test]
fn notify_can_be_off() {
    let mut deck = Deck::open("[replication]\nnotify = \"off\"\n", "", true, false);
    deck.keys("3 w");
    let (_, at, text) = frames().remove(8);
    let told: Vec<Effect> = (0..3)
        .flat_map(|_| poll(&mut deck, at, Ok(text.clone())))
        .collect();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn the_limits_of_the_configuration_count() {
    let config = "[replication]\npolls = 3\nstuck_after = \"7m\"\nstuck_after_edge = \"20m\"\n";
    let deck = Deck::open(config, "", true, false);
    let options = deck.model.replication.watcher.options();
    assert_eq!(options.polls, 3);
    assert_eq!(options.stuck_after, SignedDuration::from_mins(7));
    assert_eq!(options.stuck_after_edge, SignedDuration::from_mins(20));
}

#[test]
fn a_pasted_status_is_judged_by_its_own_time() {
    let mut deck = after(1);
    let effects = deck.send(Message::Paste(MAILED.into()));
    assert!(matches!(effects[..], [Effect::StopWatch]), "{effects:?}");
    let screen = deck.screen();
    snapshot("replication-pasted", &screen);
    shows(&screen, "edge07.contoso.com");
    shows(&screen, "a pasted status");
    shows(&screen, "the watch is stopped");
    // The next one goes on from it.
    deck.send(Message::Paste(MAILED.replace("True", "False")));
    assert_eq!(deck.model.replication.watcher.len(), 2);
    // What is no status changes nothing and says why.
    deck.send(Message::Paste("UpToDate : perhaps".into()));
    shows(&deck.screen(), "This is no status of a replication");
    deck.keys("esc");
    assert_eq!(deck.model.replication.watcher.len(), 2);
    deck.send(Message::Paste(
        "Get-CsPool -Identity pool01.contoso.com".into(),
    ));
    assert!(deck.model.snippets.form.is_some(), "{}", deck.screen());
}

#[test]
fn the_run_is_saved_as_markdown() {
    let mut deck = after(8);
    deck.keys("m");
    shows(&deck.screen(), "replication-20251014");
    deck.keys("ctrl-u");
    deck.type_in("/tmp/ticket.md");
    let effects = deck.keys("enter");
    let [Effect::WriteNew(path, text)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(path.to_str(), Some("/tmp/ticket.md"));
    let text = String::from_utf8(text.clone()).unwrap();
    shows(&text, "# ");
    shows(&text, "sgedge02.kestrel.lan");
}

#[test]
fn what_is_sent_and_remarked_is_shown() {
    let mut deck = after(0);
    let id = deck.model.replication.id;
    deck.send(Message::Watching(id, Says::Asks("Get-That".into(), None)));
    shows(&deck.screen(), "Get-That");
    let why = Some("Cannot invoke method.\nmore".to_owned());
    deck.send(Message::Watching(id, Says::Asks("Get-This".into(), why)));
    shows(
        &deck.screen(),
        "asked more plainly from now on: Cannot invoke method.",
    );
    deck.send(Message::Watching(id, Says::Remark("a warning".into())));
    let (_, at, text) = frames().remove(0);
    poll(&mut deck, at, Ok(text));
    shows(&deck.screen(), "a warning");
    deck.send(Message::Watching(id - 1, Says::Remark("an old one".into())));
    hides(&deck.screen(), "an old one");
}

#[test]
fn the_head_fits_small_and_large_windows() {
    let mut deck = after(7);
    snapshot("replication-stuck-60x15", deck.screen_at(60, 15));
    deck.resize(120, 40);
    for (_, at, text) in frames().into_iter().skip(7) {
        poll(&mut deck, at, Ok(text));
    }
    let (_, at, text) = frames().remove(8);
    let at = at + SignedDuration::from_secs(5);
    poll(&mut deck, at, Ok(text));
    snapshot("replication-converged-120x40", deck.screen());
    poll(
        &mut deck,
        at + SignedDuration::from_secs(5),
        Err(unreachable()),
    );
    snapshot("replication-blind-120x40", deck.screen());
    let bad = deck.model.look().theme.bad.fg.unwrap();
    let banner = deck.cell_of(" BLIND");
    assert_eq!(banner.fg, bad);
    assert!(banner.modifier.contains(ratatui::style::Modifier::REVERSED));
}

#[test]
fn why_a_replica_is_stuck_is_found_out_once_at_a_time() {
    let mut deck = after(7);
    let effects = deck.keys("f e");
    shows(&deck.screen(), "checking sgedge02.kestrel.lan");
    let [Effect::Explain(asked)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!((asked.target.as_str(), asked.rows.len()), ("lab", 9));
    assert!(asked.topology.is_some());
    assert!(matches!(deck.keys("e")[..], [Effect::StopExplaining]));
    let next = "Invoke-CsManagementStoreReplication -ReplicaFqdn 'sgedge02.kestrel.lan'";
    deck.send(Message::Checking("asking sgfe01: Test-That".into()));
    shows(&deck.screen(), "asking sgfe01: Test-That");
    deck.send(Message::Explained(
        "Why?".into(),
        "TCP 4443 is closed".into(),
        Some(next.into()),
    ));
    shows(&deck.screen(), "TCP 4443 is closed");
    deck.keys("esc f");
    assert!(deck.model.snippets.form.is_some(), "{}", deck.screen());
    shows(&deck.screen(), "sgedge02.kestrel.lan");
}

#[test]
fn a_thousand_rows_are_scrolled_through() {
    let mut deck = after(0);
    deck.model.replication.expected = None;
    deck.model.replication.restart(None);
    deck.keys("w w");
    let rows: Vec<(String, bool)> = (0..1000)
        .map(|n| (format!("fe{n:04}.contoso.com"), n % 7 != 0))
        .collect();
    let at = frames()[0].1;
    for n in 0..30 {
        poll(
            &mut deck,
            at + SignedDuration::from_secs(n),
            Ok(answer(&rows, at)),
        );
    }
    let begun = std::time::Instant::now();
    for _ in 0..300 {
        deck.keys("down");
        deck.buffer();
    }
    // Not judged: how fast a machine is, is no business of a test. `--nocapture` tells.
    println!("{:?} for a step and its frame", begun.elapsed() / 300);
    assert_eq!(deck.model.replication.watcher.latest().rows.len(), 1000);
    assert_ne!(
        deck.model.replication.watcher.latest().verdict,
        Verdict::Converged
    );
    let selected = deck.model.replication.selected.clone().unwrap();
    shows(&deck.screen(), &selected);
    deck.keys("end");
    shows(&deck.screen(), "fe0999");
}
