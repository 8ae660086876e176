//! What a command is at, on a terminal, in the console, and for programs.

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
use screen::Screen;

/// Two activities, one inside the other, then a long wait, and an error.
const TEXT: &str = "'begun'; Write-Progress 'Moving pools' 'pool 1 of 2' -PercentComplete 50; Write-Progress 'Moving users' 'user 4 of 10' -Id 2 -ParentId 0 -PercentComplete 40 -SecondsRemaining 72; ";

fn text(rest: &str) -> String {
    format!("{TEXT}{rest}")
}

#[test]
fn a_terminal_shows_one_line_and_takes_it_away() {
    let csdeck = Csdeck::new();
    let text = text("Start-Sleep 2; Get-CsNothing");
    let args = ["--lab", "run", "--target", "lab", "--", &text];
    let mut screen = Screen::run(&csdeck, 100, 30, &[], &args);
    screen.wait_for("Moving pools 50% > Moving users: user 4 of 10 40%, 1:12 left");
    assert_eq!(screen.end(), 1, "{}", screen.text());
    let left = screen.text();
    assert!(!left.contains("Moving pools 50%"), "{left}");
    assert!(
        left.contains("begun") && left.contains("Get-CsNothing"),
        "{left}"
    );
}

#[test]
fn the_console_shows_a_row_for_each_and_takes_them_away() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("4n");
    screen.wait_for("Command to run");
    screen.keys(&text("Start-Sleep 600"));
    screen.keys("\r");
    screen.wait_for("Enter runs exactly this text");
    screen.keys("\r");
    screen.wait_for("  Moving users: user 4 of 10");
    screen.wait_for("40%  1:12 left");
    screen.wait_for("at 50%");
    screen.keys("c");
    screen.wait_for("cancelled");
    process::eventually("the rows are gone", || {
        (!screen.text().contains("Moving users: user")).then_some(())
    });
    screen.keys("q");
    screen.end();
}

#[test]
fn programs_get_records_and_a_file_gets_no_progress() {
    let csdeck = Csdeck::new();
    let text = text("Get-CsNothing");
    let run = |format: &str| {
        let args = [
            "--lab", "run", "--target", "lab", "--format", format, "--", &text,
        ];
        csdeck.run(args).code(1)
    };
    let plain = run("table");
    assert_eq!(plain.stdout, "begun\n");
    assert!(
        !plain.stderr.contains("Moving pools 50%"),
        "{}",
        plain.stderr
    );
    let lines: Vec<serde_json::Value> = run("jsonl")
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &str| {
        lines
            .iter()
            .filter(|l| l["event"] == kind)
            .collect::<Vec<_>>()
    };
    let progress = of("progress");
    assert_eq!(progress.len(), 2);
    assert_eq!(progress[1]["activity"], "Moving users");
    assert_eq!(
        (&progress[1]["percent"], &progress[1]["parent"]),
        (&40.into(), &0.into())
    );
    assert_eq!(progress[1]["secondsLeft"], 72);
    let errors = of("error");
    assert_eq!(errors.len(), 1);
    let error = errors[0];
    assert_eq!(error["target"], "lab");
    assert_eq!(error["category"], "ObjectNotFound");
    assert_eq!(error["id"], "CommandNotFoundException");
    assert_eq!(error["targetObject"], "Get-CsNothing");
    assert!(
        error["position"]
            .as_str()
            .unwrap()
            .starts_with("At line:1 char:")
    );
    assert!(
        error["text"]
            .as_str()
            .unwrap()
            .contains("FullyQualifiedErrorId")
    );
}
