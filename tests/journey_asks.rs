//! What commands ask (`Read-Host`), answered on the terminal, from standard input, or by nobody.

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

const TEXT: &str =
    "$name = Read-Host 'Name'; $pin = Read-Host -AsSecureString 'PIN'; \"$name $pin\"";

fn on_terminal(csdeck: &Csdeck, args: &[&str]) -> Screen {
    let home = csdeck.path("");
    Screen::run(csdeck, 100, 30, &[("HOME", home.to_str().unwrap())], args)
}

/// A local target whose PowerShell is this script.
fn local(csdeck: &Csdeck, script: &str, more: &str) {
    let program = csdeck.write("powershell", script);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let table = format!(
        "[[target]]\nname = \"here\"\ntransport = \"local\"\nshell = \"plain\"\npowershell = \"{}\"\n{more}",
        program.display()
    );
    csdeck.write("config/targets.toml", table);
}

#[test]
fn the_user_answers_the_lab() {
    let csdeck = Csdeck::new();
    let mut screen = on_terminal(&csdeck, &["--lab", "run", "--target", "lab", "--", TEXT]);
    screen.wait_for("the command on lab (sgfe01.kestrel.lan) asks kestrel\\fieldeng:");
    screen.wait_for("Name:");
    screen.keys("Ann\r");
    screen.wait_for("PIN:");
    screen.keys("271828\r");
    screen.wait_for("Ann System.Security.SecureString");
    assert_eq!(screen.end(), 0);
    assert!(!String::from_utf8_lossy(&screen.printed()).contains("271828"));
}

#[test]
fn ctrl_c_ends_the_question_and_the_command() {
    for target in ["lab", "here"] {
        let csdeck = Csdeck::new();
        let mut args = vec![
            "run",
            "--target",
            target,
            "--",
            "Get-Ask; Read-Host -AsSecureString 'PIN'",
        ];
        if target == "lab" {
            args = vec![
                "--lab",
                "run",
                "--target",
                "lab",
                "--",
                "Read-Host -AsSecureString 'PIN'",
            ];
        } else {
            local(&csdeck, include_str!("support/kept.sh"), "");
        }
        let mut screen = on_terminal(&csdeck, &args);
        screen.wait_for("PIN:");
        screen.keys("2718");
        screen.keys("\x03");
        assert_eq!(screen.end(), 130, "{}", screen.text());
        assert!(!String::from_utf8_lossy(&screen.printed()).contains("2718"));
    }
}

#[test]
fn a_question_of_a_command_that_is_gone_does_not_hold_csdeck_up() {
    let csdeck = Csdeck::new();
    local(&csdeck, include_str!("support/kept.sh"), "");
    let mut screen = on_terminal(&csdeck, &["run", "--target", "here", "--", "Get-AskAndDie"]);
    screen.wait_for("PIN:");
    screen.keys("2718");
    assert_eq!(screen.end(), 5, "{}", screen.text());
    screen.wait_for("ended before the command did");
}

#[test]
fn without_a_terminal_the_prompt_is_quoted_and_lines_of_standard_input_answer() {
    let csdeck = Csdeck::new();
    let run = ["--lab", "run", "--target", "lab", "--", TEXT];
    csdeck
        .feed(run, "Ann\n271828\n")
        .code(1)
        .says("asks \"Name\", and there is nobody to answer");
    let lines = [
        "--lab",
        "run",
        "--target",
        "lab",
        "--answers-stdin",
        "--",
        TEXT,
    ];
    let ended = csdeck.feed(lines, "Ann\n271828\n").code(0);
    assert_eq!(ended.stdout, "Ann System.Security.SecureString\n");
    assert!(!ended.stderr.contains("271828"));
    csdeck.feed(lines, "Ann\n").code(1).says("asks \"PIN\"");
    csdeck
        .feed(
            [
                "--lab",
                "run",
                "--target",
                "lab",
                "--answers-stdin",
                "--file",
                "-",
            ],
            TEXT,
        )
        .code(2)
        .says("both read standard input");
    let journal = csdeck
        .run(["--lab", "journal", "list", "--format", "json"])
        .code(0);
    assert!(!journal.stdout.contains("271828"));
}

#[test]
fn a_process_of_its_own_says_that_it_cannot_ask() {
    let csdeck = Csdeck::new();
    let script = format!(
        "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
        csdeck.path("remote").display(),
        env!("CARGO_BIN_EXE_csdeck")
    );
    local(&csdeck, &script, "session = \"single\"\n");
    let several = "[[target]]\nname = \"there\"\ntransport = \"local\"\n";
    let file = csdeck.config().join("targets.toml");
    let both = std::fs::read_to_string(&file).unwrap() + several;
    std::fs::write(&file, both).unwrap();
    csdeck
        .run(["run", "--target", "here", "--", TEXT])
        .code(1)
        .says("cannot ask")
        .says("session = \"warm\"")
        .says("NonInteractive mode");
    csdeck
        .run([
            "run",
            "--target",
            "here",
            "there",
            "--answers-stdin",
            "--",
            TEXT,
        ])
        .code(2)
        .says("for one target");
}
