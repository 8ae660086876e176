//! The Replication pane over the recorded frames.

use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::style::Modifier;

use super::{Deck, hides, shows, snapshot};
use crate::execute::TransportError;
use crate::replication::{Verdict, parse};
use crate::tui::message::{Effect, Message};
use crate::watch::{Answer, Poll};

/// The frames: name, when it was taken, the answer.
pub(super) fn frames() -> Vec<(String, Timestamp, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replication");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let index: serde_json::Value = serde_json::from_str(&read("index.json")).unwrap();
    index
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let name = entry["frame"].as_str().unwrap().to_owned();
            let at = entry["sampledAt"].as_str().unwrap().parse().unwrap();
            let text = read(&format!("{name}.ps51.json"));
            (name, at, text)
        })
        .collect()
}

/// An answer with these rows.
pub(super) fn answer(rows: &[(String, bool)], at: Timestamp) -> String {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|(fqdn, done)| {
            let report = at - SignedDuration::from_secs(if *done { 10 } else { 3_000 });
            serde_json::json!({
                "ReplicaFqdn": fqdn,
                "UpToDate": done,
                "LastStatusReport": report.to_string(),
                "LastUpdateCreation": (at - SignedDuration::from_secs(40)).to_string(),
                "ProductVersion": "6.0.9319.0",
            })
        })
        .collect();
    serde_json::Value::Array(rows).to_string()
}

/// The lab, watched from the Replication pane.
fn watching() -> Deck {
    let mut deck = Deck::lab();
    let effects = deck.keys("3 w");
    assert!(matches!(effects[..], [Effect::Watch(..)]));
    deck
}

/// A poll that took no time, as the engine hands it over; the next one is due in 5 s.
pub(super) fn polled(at: Timestamp, answer: Result<String, TransportError>) -> Box<Poll> {
    let answer = match answer.map(|text| parse(&text, &TimeZone::UTC)) {
        Ok(Ok(parsed)) => Answer::Rows(Box::new(parsed)),
        Ok(Err(why)) => Answer::NotUnderstood(why.to_string()),
        Err(error) => Answer::NoWay(error),
    };
    Box::new(Poll {
        at,
        took: Duration::ZERO,
        answer,
        wait: Duration::from_secs(5),
    })
}

pub(super) fn poll(
    deck: &mut Deck,
    at: Timestamp,
    answer: Result<String, TransportError>,
) -> Vec<Effect> {
    let id = deck.model.replication.id;
    deck.send(Message::Polled(id, polled(at, answer)))
}

pub(super) fn unreachable() -> TransportError {
    TransportError::Unreachable {
        address: "fe01.kestrel.lan:22".into(),
        reason: "connection refused".into(),
    }
}

fn verdict(deck: &Deck) -> Verdict {
    deck.model.replication.watcher.latest().verdict
}

/// A deck that saw the first `count` frames.
pub(super) fn after(count: usize) -> Deck {
    let mut deck = watching();
    for (_, at, text) in frames().into_iter().take(count) {
        poll(&mut deck, at, Ok(text));
    }
    deck
}

#[test]
fn the_nine_frames_from_a_publish_to_convergence() {
    let mut deck = watching();
    shows(&deck.screen(), "Waiting for the first answer of lab.");
    for (n, (_, at, text)) in frames().into_iter().enumerate() {
        poll(&mut deck, at, Ok(text));
        match n {
            1 => snapshot("replication-published", deck.screen()),
            5 => snapshot("replication-plus-95s", deck.screen()),
            6 => {
                let screen = deck.screen();
                snapshot("replication-stuck", &screen);
                for name in ["sgedge02", "cebsba01"] {
                    assert!(
                        screen.lines().any(|l| l.contains(name)
                            && (l.contains("stuck") || l.contains("never reported"))),
                        "{name}:\n{screen}"
                    );
                }
                snapshot("replication-stuck-120x40", deck.screen_at(120, 40));
                deck.resize(80, 24);
            }
            8 => {
                assert_eq!(verdict(&deck), Verdict::Converging);
                poll(
                    &mut deck,
                    at + SignedDuration::from_secs(5),
                    Ok(frames()[8].2.clone()),
                );
                assert_eq!(verdict(&deck), Verdict::Converged);
                snapshot("replication-converged", deck.screen());
            }
            _ => assert_ne!(verdict(&deck), Verdict::Converged),
        }
    }
    // Filled, over the whole width.
    let good = deck.model.look().theme.good;
    let buffer = deck.buffer();
    let banner = deck.cell_of(" CONVERGED");
    assert_eq!(banner.fg, good.fg.unwrap());
    assert!(banner.modifier.contains(Modifier::REVERSED));
    let row = (0..24)
        .find(|y| buffer[(2, *y)].modifier.contains(Modifier::REVERSED) && *y > 1)
        .unwrap();
    assert!((1..79).all(|x| buffer[(x, row)].modifier.contains(Modifier::REVERSED)));
}

#[test]
fn verdicts_have_a_word_and_a_colour() {
    let deck = after(7);
    let theme = deck.model.look().theme.clone();
    assert_eq!(deck.cell_of("never reported -").fg, theme.bad.fg.unwrap());
    assert_eq!(
        deck.cell_of("up to date     9m15s").fg,
        theme.good.fg.unwrap()
    );
}

#[test]
fn earlier_polls_can_be_looked_at_and_are_marked() {
    let mut deck = after(9);
    deck.keys("left left");
    let screen = deck.screen();
    snapshot("replication-earlier", &screen);
    shows(&screen, "EARLIER POLL, 2 back");
    // The header tells the newest verdict all the same.
    shows(screen.lines().next().unwrap(), "converging 9/9");
    // A new poll does not move what is looked at.
    let at = frames()[8].1 + SignedDuration::from_secs(5);
    poll(&mut deck, at, Ok(frames()[8].2.clone()));
    let moved = deck.screen();
    shows(&moved, "EARLIER POLL, 3 back");
    assert_eq!(
        screen.lines().nth(3).unwrap(),
        moved.lines().nth(3).unwrap()
    );
    shows(moved.lines().next().unwrap(), "converged 9/9");
    deck.keys("right right right right");
    hides(&deck.screen(), "EARLIER POLL");
    for _ in 0..20 {
        deck.keys("left");
    }
    shows(&deck.screen(), "EARLIER POLL, 9 back");
}

#[test]
fn without_an_answer_nothing_good_is_shown() {
    let mut deck = after(9);
    let at = frames()[8].1 + SignedDuration::from_secs(5);
    poll(&mut deck, at, Ok(frames()[8].2.clone()));
    assert_eq!(verdict(&deck), Verdict::Converged);
    let later = at + SignedDuration::from_secs(5);
    for answer in [
        Err(unreachable()),
        Ok(String::new()),
        Ok("[]".into()),
        Ok("<html>proxy</html>".into()),
    ] {
        poll(&mut deck, later, answer);
        let screen = deck.screen();
        // The one count that is left: none of them.
        hides(&screen.replace("0 of 9 up to date", ""), "up to date");
        hides(&screen, "converged");
        let good = deck.model.look().theme.good.fg.unwrap();
        assert!(
            deck.buffer().content.iter().all(|cell| cell.fg != good),
            "{screen}"
        );
        shows(&screen, "unreachable");
    }
    // Still watching: the next answer may come.
    shows(&deck.screen(), "watching lab");
    poll(&mut deck, later, Err(unreachable()));
    snapshot("replication-blind", deck.screen());
}

#[test]
fn polls_of_an_older_watch_are_dropped() {
    let mut deck = after(1);
    let old = deck.model.replication.id;
    assert!(matches!(deck.keys("w")[..], [Effect::StopWatch]));
    deck.keys("w");
    let (_, at, text) = frames().remove(8);
    deck.send(Message::Polled(old, polled(at, Ok(text))));
    assert!(deck.model.replication.watcher.is_empty());
}

#[test]
fn a_refused_log_in_stops_the_polling_itself() {
    let mut deck = after(1);
    let refused = TransportError::AuthRefused {
        user: "ann".into(),
        address: "fe01:22".into(),
        tried: "password".into(),
        offered: "password".into(),
    };
    let effects = poll(&mut deck, frames()[1].1, Err(refused));
    let stopped = matches!(effects[..], [Effect::StopWatch, Effect::Ring(_)]);
    assert!(stopped, "{effects:?}");
    shows(&deck.screen(), "refused the log-in of ann");
    deck.keys("enter");
    shows(&deck.screen(), "not watching");
    shows(&deck.screen(), "BLIND");
}

#[test]
fn a_filter_keeps_rows_and_the_selection_on_the_page() {
    let mut deck = after(7);
    deck.keys("end /");
    deck.type_in("edge");
    let screen = deck.screen();
    shows(&screen, "sgedge01.kestrel.lan");
    shows(&screen, "sgedge02.kestrel.lan");
    assert!(
        !screen.lines().any(|l| l.starts_with("│sgfe01.kestrel.lan")),
        "{screen}"
    );
    deck.keys("enter esc");
    shows(&deck.screen(), "sgfe01.kestrel.lan");
}

#[test]
fn the_report_is_copied_as_text() {
    let mut deck = after(7);
    let effects = deck.keys("y");
    assert!(
        matches!(&effects[..], [Effect::Copy(text)] if text.contains("sgedge02.kestrel.lan")),
        "{effects:?}"
    );
}
