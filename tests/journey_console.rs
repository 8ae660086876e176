//! The main journey in the console itself, in a pseudo-terminal: what is on the screen is read
//! back from a terminal emulator, and the terminal must be given back whatever happens.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/process.rs"]
mod process;
#[path = "support/screen.rs"]
mod screen;

use csdeck::Csdeck;
use screen::Screen;

const ENTER: &str = "\r";
const TAB: &str = "\t";
const DOWN: &str = "\x1b[B";
const UP: &str = "\x1b[A";
const CTRL_R: &str = "\x12";
const CTRL_U: &str = "\x15";

/// The whole journey at one size.
fn journey(columns: u16, rows: u16) {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "--speed", "40"]).code(0);
    let mut screen = Screen::start(&csdeck, columns, rows, &[]);
    screen.wait_for("Singapore");
    screen.wait_for(" LAB ");

    // Find, fill in, and see the very text that the command renders.
    screen.keys("2");
    screen.wait_for("Snippets 132");
    screen.keys("/database cms install");
    screen.wait_for("/database cms install");
    screen.keys(ENTER);
    screen.keys(ENTER);
    screen.wait_for("SqlServerFqdn: a value is required");
    screen.keys("sgsql01.kestrel.lan");
    screen.keys(TAB);
    screen.keys(TAB);
    screen.keys(r"G:\CSDB");
    let rendered = csdeck
        .run([
            "snippet",
            "render",
            "database/install-cms-database",
            "--set",
            "SqlServerFqdn=sgsql01.kestrel.lan",
            "--set",
            r"DatabasePaths=G:\CSDB",
        ])
        .code(0);
    screen.wait_for_joined(rendered.stdout.trim_end());

    // A change asks for the target's name; a wrong one runs nothing.
    screen.keys(CTRL_R);
    screen.wait_for("Type \"lab\" and press Enter");
    screen.keys("fe01");
    screen.keys(ENTER);
    screen.wait_for("not the target's name");
    screen.keys("lab");
    screen.keys(ENTER);
    screen.wait_for("succeeded on lab");
    let journal = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    assert_eq!(
        journal.json()[0]["text"].as_str(),
        Some(rendered.stdout.trim_end())
    );

    // A publish from a second terminal: the pane follows by itself and names the stuck Edge.
    screen.keys("3");
    screen.wait_for("8 of 9 up to date");
    csdeck.run(["lab", "publish"]).code(0);
    screen.wait_for("CONVERGING");
    screen.wait_for("8 of 9 up to date; lagging: sgedge02.kestrel.lan");
    csdeck.run(["lab", "free", "sgedge02.kestrel.lan"]).code(0);
    screen.wait_for("CONVERGED");
    screen.wait_for("9 of 9 up to date");

    // The topology answers who plays which role.
    screen.keys("1");
    screen.keys("/sgsql01");
    screen.wait_for("/sgsql01_");
    screen.keys(ENTER);
    screen.wait_for("sgsql01.kestrel.lan");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn the_journey_at_80_by_24() {
    journey(80, 24);
}

#[test]
fn the_journey_at_200_by_50() {
    journey(200, 50);
}

#[test]
fn a_command_is_completed_and_its_output_searched_and_saved() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("4");
    screen.wait_for("Nothing ran yet");
    screen.keys("n");
    screen.wait_for("Command to run");
    screen.keys("get-cspool -id");
    screen.wait_for("get-cspool -id");
    screen.keys(TAB);
    screen.wait_for("get-cspool -Identity");
    screen.keys(" sgp");
    screen.keys(TAB);
    screen.wait_for("get-cspool -Identity 'sgpool01.kestrel.lan'");
    screen.keys(" | Format-List");
    screen.keys(ENTER);
    screen.wait_for("Run this?");
    screen.keys(ENTER);
    screen.wait_for("succeeded on lab");
    screen.wait_for("exit 0");

    screen.keys("/SGPOOL01");
    screen.wait_for("not found");
    screen.keys(CTRL_U);
    screen.keys("sgpool01.");
    screen.wait_for("/sgpool01._");
    screen.keys(ENTER);
    screen.wait_for("3 of 3");

    let path = csdeck.write("before.txt", "kept");
    let saved = path.with_file_name("saved.txt");
    for (name, told) in [(&path, "is there already"), (&saved, "written:")] {
        screen.keys("s");
        screen.wait_for("Save the output");
        screen.keys(CTRL_U);
        screen.keys(name.to_str().unwrap());
        screen.keys(ENTER);
        screen.wait_for(told);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
    let text = std::fs::read_to_string(&saved).unwrap();
    assert!(text.contains("sgpool01.kestrel.lan"), "{text}");
    screen.keys("q");
    assert_eq!(screen.end(), 0);

    // The command is there the next time.
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("4");
    screen.wait_for("Nothing ran yet");
    screen.keys("n");
    screen.wait_for("Command to run");
    screen.keys(UP);
    screen.wait_for("get-cspool -Identity 'sgpool01.kestrel.lan'");
    screen.keys("\x03");
    screen.wait_for("Nothing ran yet");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn what_removes_the_central_management_store_is_refused() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("4");
    screen.wait_for("Nothing ran yet");
    screen.keys("n");
    screen.wait_for("Command to run");
    screen.keys("Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn a");
    screen.keys(ENTER);
    screen.wait_for("gate closed");
    screen.keys(ENTER);
    // The hint line of the pane is back only when the dialog is closed.
    screen.wait_for("n new");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(
        csdeck
            .run(["journal", "list", "--format", "json"])
            .json()
            .as_array()
            .map(Vec::len),
        Some(0)
    );
}

#[test]
fn a_running_job_is_cancelled_and_the_console_stays_awake() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("4");
    screen.keys("n");
    screen.wait_for("Command to run");
    screen.keys("Get-Date; Start-Sleep -Seconds 500; Get-CsPool");
    screen.keys(ENTER);
    screen.wait_for("Enter runs exactly this text");
    screen.keys(ENTER);
    screen.wait_for("running on lab");
    // While it runs, the other panes answer.
    screen.keys("2");
    screen.wait_for("Snippets 132");
    screen.keys("4");
    screen.keys("c");
    screen.wait_for("cancelled on lab");
    screen.keys(DOWN);
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_window_that_is_too_small_says_so_and_grows_back() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 50, 12, &[]);
    screen.wait_for("csdeck needs 60 columns");
    screen.resize(80, 24);
    screen.wait_for("Singapore");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn the_terminal_is_given_back_after_a_panic() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 80, 24, &[("CSDECK_TEST_PANIC", "1")]);
    screen.wait_for("Singapore");
    assert!(screen.is_taken());
    screen.keys("\x07");
    let code = screen.end();
    assert_ne!(code, 0);
    assert!(!screen.is_taken(), "still on the alternate screen");
    assert!(
        screen.text().contains("a panic that a test asked for"),
        "{}",
        screen.text()
    );
}

#[test]
fn the_terminal_is_given_back_after_signals_and_ctrl_c() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let csdeck = Csdeck::new();
        let mut screen = Screen::start(&csdeck, 80, 24, &[]);
        screen.wait_for("Singapore");
        screen.signal(signal);
        assert_eq!(screen.end(), code, "{signal}");
        assert!(!screen.is_taken(), "{signal}");
    }
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 80, 24, &[]);
    screen.wait_for("Singapore");
    screen.keys("\x03");
    assert_eq!(screen.end(), 0);
    assert!(!screen.is_taken());
}

#[test]
fn a_damaged_line_becomes_a_form_a_run_and_a_snippet_of_ones_own() {
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("2");
    screen.wait_for("Snippets 132");
    screen.keys("\x1b[200~Install-CsDatabase –CentralManagementDatabase UseDefaultSQL Paths -SqlServerFQDN –Verbose\x1b[201~");
    screen.wait_for("• -SqlServerFqdn of Install-CsDatabase lost its value");
    screen.wait_for("+ Install-CsDatabase -CentralManagementDatabase -UseDefaultSqlPaths");
    screen.keys(ENTER);
    screen.wait_for("SqlServerFqdn: a value is required");
    screen.keys("sgsql01.kestrel.lan");
    let text = "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sgsql01.kestrel.lan' -UseDefaultSqlPaths -Verbose";
    screen.wait_for_joined(text);
    // What is shown runs, byte for byte.
    screen.keys(CTRL_R);
    screen.wait_for("Type \"lab\" and press Enter");
    screen.keys("lab");
    screen.keys(ENTER);
    screen.wait_for("succeeded on lab");
    let journal = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    assert_eq!(journal.json()[0]["text"].as_str(), Some(text));
    // Kept, it renders the same without the console.
    screen.keys("2");
    screen.wait_for("Command: change");
    screen.keys("\x1bOQ");
    screen.wait_for("Save as a snippet of your own");
    screen.keys(ENTER);
    screen.wait_for("saved as cmdlet/install-csdatabase-bycms");
    let rendered = csdeck
        .run(["snippet", "render", "cmdlet/install-csdatabase-bycms"])
        .code(0);
    assert_eq!(rendered.stdout, format!("{text}\n"));
    screen.keys("\x1b");
    screen.wait_for("Snippets 133");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn what_destroys_is_previewed_first_and_both_are_in_the_journal() {
    const F6: &str = "\x1b[17~";
    let csdeck = Csdeck::new();
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    screen.wait_for("Singapore");
    screen.keys("4");
    screen.wait_for("Nothing ran yet");
    screen.keys("n");
    screen.wait_for("Command to run");
    screen.keys("Enable-CsTopology -Force");
    screen.keys(ENTER);
    screen.wait_for("F6 runs it with -WhatIf first");
    screen.keys(F6);
    screen.wait_for("-WhatIf succeeded here");
    screen.wait_for("What if:");
    screen.wait_for("Type \"lab\" and press Enter");
    screen.keys("lab");
    screen.keys(ENTER);
    screen.wait_for("Jobs 2");
    screen.wait_for("succeeded on lab");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
    let journal = csdeck
        .run(["journal", "list", "--format", "json"])
        .code(0)
        .json();
    let jobs: Vec<_> = journal
        .as_array()
        .unwrap()
        .iter()
        .map(|job| (job["text"].as_str().unwrap(), job["risk"].as_str().unwrap()))
        .collect();
    assert_eq!(
        jobs,
        [
            ("Enable-CsTopology -Force -WhatIf", "read"),
            ("Enable-CsTopology -Force", "destructive")
        ]
    );
}
