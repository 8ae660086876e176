//! The Replication pane in a pseudo-terminal, over the lab's scenarios: the verdict and its reason
//! are on the screen, and nothing that is not over looks as if it were.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/process.rs"]
mod process;
#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other journeys use the rest")]
mod screen;

use csdeck::Csdeck;
use process::eventually;
use screen::Screen;

const ENTER: &str = "\r";
const END: &str = "\x1b[F";

/// The console on the Replication pane, over a scenario at this speed.
fn watching(scenario: &str, speed: &str, config: &str) -> (Csdeck, Screen) {
    let csdeck = Csdeck::new();
    csdeck.write("config/config.toml", config);
    csdeck
        .run(["lab", "reset", scenario, "--speed", speed])
        .code(0);
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("3");
    screen.wait_for("Replication: watching lab");
    (csdeck, screen)
}

/// Ends the console.
#[track_caller]
fn leave(mut screen: Screen) {
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn stuck_edge() {
    let (csdeck, mut screen) = watching("stuck-edge", "40", "");
    screen.wait_for("STUCK");
    screen.wait_for("7 of 9 up to date");
    screen.wait_for("sgedge01.kestrel.lan");
    screen.wait_for("4443");
    // The laggards are on top.
    let text = screen.text();
    let line = |name: &str| {
        text.lines()
            .position(|l| l.starts_with(&format!("│{name}")))
    };
    assert!(line("sgedge01") < line("sgfe01"), "{text}");
    // Their Edges are freed, the change comes through, and that is not to be missed.
    for edge in ["sgedge01.kestrel.lan", "sgedge02.kestrel.lan"] {
        csdeck.run(["lab", "free", edge]).code(0);
    }
    screen.wait_for("CONVERGED  9 of 9 up to date");
    assert!(screen.printed().contains(&0x07), "no bell");
    // What it looked like before, and back.
    screen.keys("l");
    screen.wait_for("the whole");
    screen.keys(ENTER);
    screen.wait_for("CONVERGED  9 of 9");
    screen.keys("[[");
    screen.wait_for("EARLIER POLL, ");
    screen.keys(END);
    screen.wait_for("CONVERGED  9 of 9");
    leave(screen);
}

#[test]
fn never_reported() {
    let (_csdeck, mut screen) = watching("never-reported", "40", "");
    screen.wait_for("STUCK");
    screen.wait_for("cebsba01.kestrel.lan");
    screen.wait_for("never reported");
    // Known to be dead, it is left out; the rest is what counts.
    screen.keys("x");
    screen.wait_for("Leave cebsba01.kestrel.lan out: why?");
    screen.keys("not deployed yet");
    screen.keys(ENTER);
    screen.wait_for("CONVERGED  8 of 8 up to date");
    screen.wait_for("excluded       not deployed yet");
    leave(screen);
}

#[test]
fn cms_down() {
    let (csdeck, screen) = watching("cms-down", "40", "");
    csdeck.run(["lab", "publish"]).code(0);
    screen.wait_for("It can no longer succeed");
    screen.wait_for("no active master");
    assert!(!screen.text().contains("CONVERGED"), "{}", screen.text());
    leave(screen);
}

#[test]
fn stale_true() {
    // The master notices the publish late: until then every row is True, and nothing is over.
    let (csdeck, mut screen) = watching("stale-true", "15", "");
    screen.keys("s");
    screen.wait_for("change made");
    csdeck.run(["lab", "publish"]).code(0);
    screen.wait_for("CONVERGING");
    screen.wait_for("no package made since");
    assert!(!screen.text().contains("CONVERGED"), "{}", screen.text());
    screen.wait_for("CONVERGED  9 of 9 up to date");
    leave(screen);
}

#[test]
fn flapping() {
    let config = "[replication]\ninterval = \"500ms\"\npolls = 20\n";
    let (_csdeck, mut screen) = watching("flapping", "5", config);
    screen.wait_for("CONVERGING");
    screen.wait_for("turned from True to False in this watch: sgmed01.kestrel.lan");
    screen.keys("l");
    eventually("changes of sgmed01", || {
        let text = screen.text();
        let changes = text.lines().filter(|l| l.contains("sgmed01")).count();
        (changes >= 2).then_some(())
    });
    assert!(!screen.text().contains("CONVERGED"), "{}", screen.text());
    leave(screen);
}

#[test]
fn a_pace_of_ones_own() {
    let (_csdeck, mut screen) = watching("default", "1", "");
    screen.wait_for("next poll in 1 s, every 1 s");
    screen.keys(" ");
    screen.wait_for("paused, every 1 s when it goes on");
    screen.keys("---");
    screen.wait_for("paused, every 10 s when it goes on");
    screen.keys(" ");
    screen.wait_for("next poll in 9 s, every 10 s");
    leave(screen);
}
