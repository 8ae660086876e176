//! Targets in the console itself: added, tested over a real file, chosen, in a customer's profile.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/process.rs"]
mod process;
#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other journeys use the rest")]
mod screen;

use std::os::unix::fs::PermissionsExt;

use csdeck::Csdeck;
use screen::Screen;

const ENTER: &str = "\r";
const TAB: &str = "\t";
const F2: &str = "\x1bOQ";
const CTRL_N: &str = "\x0e";

#[test]
fn a_target_is_added_tested_and_imported_in_a_profile() {
    let csdeck = Csdeck::new();
    csdeck
        .run(["profile", "add", "kestrel", "--customer", "Kestrel Ltd"])
        .code(0);
    csdeck.write(".ssh/config", "Host fe01 fe02\n  ProxyJump gw\n");
    // In place of PowerShell: the lab.
    let lab = format!(
        "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
        csdeck.path("lab").display(),
        env!("CARGO_BIN_EXE_csdeck")
    );
    let program = csdeck.write("pwsh", lab);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let home = csdeck.path(".").to_str().unwrap().to_owned();
    let mut screen = Screen::run(
        &csdeck,
        100,
        30,
        &[("HOME", &home)],
        &["--profile", "kestrel"],
    );
    screen.wait_for("Kestrel Ltd");
    screen.keys("t");
    screen.wait_for("a adds");
    screen.keys("a");
    screen.wait_for("New target");
    screen.keys("here");
    screen.keys(TAB);
    screen.keys(CTRL_N);
    for _ in 0..2 {
        screen.keys(TAB);
    }
    screen.wait_for("the PowerShell program");
    screen.keys(program.to_str().unwrap());
    screen.keys(F2);
    screen.wait_for("here is added; x tests it");
    screen.keys("x");
    screen.wait_for("here is reachable and answers");
    screen.keys("i");
    screen.wait_for("Import targets from");
    screen.keys(ENTER);
    screen.wait_for("3 of 3");
    screen.keys(ENTER);
    screen.wait_for("3 targets are added");
    // Not Esc: with the q behind it that would be Alt-q.
    screen.keys("\x03");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
    let names = |args: &[&str]| -> Vec<String> {
        let mut all = args.to_vec();
        all.extend(["target", "list", "--format", "json"]);
        let listed = csdeck.run(all).code(0).json();
        let rows = listed.as_array().unwrap().iter();
        rows.map(|t| t["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&["--profile", "kestrel"]),
        ["here", "gw", "fe01", "fe02"]
    );
    assert_eq!(names(&[]), ["lab"]);
}
