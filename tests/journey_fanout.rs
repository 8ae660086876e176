//! One text on several targets in the console itself: what differs, what is down and why.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other journeys use the rest")]
mod screen;
#[path = "support/sshd.rs"]
mod sshd;
/// Where the screen looks for it.
mod process {
    pub use crate::sshd::eventually;
}

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use csdeck::Csdeck;
use screen::Screen;
use sshd::Sshd;

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const CTRL_A: &str = "\x01";
const CTRL_C: &str = "\x03";
const F4: &str = "\x1bOS";

/// Local targets with programs in place of PowerShell, and one behind a port that nobody listens on.
fn targets(csdeck: &Csdeck, programs: &[(&str, &str)]) {
    let mut text = String::new();
    for (name, script) in programs {
        let path = csdeck.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        text.push_str(&format!(
            "[[target]]\nname = \"{name}\"\ntransport = \"local\"\nsession = \"single\"\npowershell = \"{}\"\ngroups = [\"frontends\"]\n",
            path.display()
        ));
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    text.push_str(&format!(
        "[[target]]\nname = \"fe04\"\ntransport = \"ssh\"\naddress = \"127.0.0.1:{port}\"\nuser = \"ann\"\ngroups = [\"frontends\"]\n[[target]]\nname = \"other\"\ntransport = \"local\"\n"
    ));
    csdeck.write("config/targets.toml", text);
}

/// The question for the front ends, all marked by their group.
fn asked(screen: &mut Screen) {
    screen.wait_for("1 Topology");
    screen.keys("4n");
    screen.wait_for("Enter");
    screen.keys("Get-CsWindowsService");
    screen.wait_for("Get-CsWindowsService");
    screen.keys(ENTER);
    screen.wait_for("Run on which targets?");
    screen.keys("/frontends");
    screen.wait_for("/frontends");
    screen.keys(CTRL_A);
    screen.wait_for("4 marked");
    screen.keys(ENTER);
    screen.wait_for("Run this? read on 4 targets");
}

fn journaled(csdeck: &Csdeck) -> usize {
    let list = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    list.json().as_array().unwrap().len()
}

#[test]
fn the_screen_says_which_differs_which_is_down_and_why() {
    let csdeck = Csdeck::new();
    targets(
        &csdeck,
        &[
            (
                "fe01",
                "cat >/dev/null; echo I am fe01; echo RTCSRV Running",
            ),
            (
                "fe02",
                "cat >/dev/null; echo I am fe02; echo RTCSRV Running",
            ),
            (
                "fe03",
                "cat >/dev/null; echo I am fe03; echo RTCSRV Stopped",
            ),
        ],
    );
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    asked(&mut screen);
    assert_eq!(journaled(&csdeck), 0, "nothing ran yet");
    screen.keys(ENTER);
    screen.wait_for("4 targets: 2 succeeded, 1 differs, 1 unreachable");
    screen.wait_for("2 answered alike (succeeded): fe01, fe02");
    screen.wait_for("I am <target>");
    screen.wait_for("1 answered otherwise (succeeded): fe03");
    screen.wait_for("-RTCSRV Running");
    screen.wait_for("+RTCSRV Stopped");
    screen.wait_for("fe04: cannot reach 127.0.0.1:");
    assert_eq!(journaled(&csdeck), 4);
    // Each job has its own output.
    screen.keys(" ");
    screen.wait_for("unreachable  fe04");
    for _ in 0..3 {
        screen.keys(DOWN);
    }
    screen.wait_for("succeeded on fe03");
    screen.wait_for("I am fe03");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn one_after_the_other_ends_at_the_first_failure() {
    let csdeck = Csdeck::new();
    targets(
        &csdeck,
        &[
            ("fe01", "cat >/dev/null; echo fine"),
            ("fe02", "cat >/dev/null; echo no >&2; exit 7"),
            ("fe03", "cat >/dev/null; echo fine"),
        ],
    );
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    asked(&mut screen);
    screen.keys(F4);
    screen.wait_for("one after the other");
    screen.keys(ENTER);
    screen.wait_for("4 targets: 1 succeeded, 1 failed, 2 held back");
    screen.wait_for("fe03: not begun, nothing was sent: fe02 did not succeed");
    assert_eq!(journaled(&csdeck), 2);
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn cancelling_the_row_ends_what_runs_and_what_waits() {
    let csdeck = Csdeck::new();
    let slow = "cat >/dev/null; echo on; exec sleep 600";
    targets(
        &csdeck,
        &[("fe01", slow), ("fe02", slow), ("fe03", "cat >/dev/null")],
    );
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    asked(&mut screen);
    screen.keys(F4);
    screen.wait_for("one after the other");
    screen.keys(ENTER);
    screen.wait_for("4 targets: 3 queued, 1 running");
    screen.keys("c");
    screen.wait_for("4 targets: 4 cancelled");
    screen.wait_for("fe03: cancelled before anything was sent");
    assert_eq!(journaled(&csdeck), 1);
    screen.keys(CTRL_C);
    assert_eq!(screen.end(), 0);
}

#[test]
fn one_job_of_several_is_cancelled_alone() {
    let csdeck = Csdeck::new();
    targets(
        &csdeck,
        &[
            ("fe01", "cat >/dev/null; exec sleep 600"),
            ("fe02", "cat >/dev/null; echo fine"),
            ("fe03", "cat >/dev/null; echo fine"),
        ],
    );
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    asked(&mut screen);
    screen.keys(ENTER);
    screen.wait_for("4 targets: 1 running, 2 succeeded, 1 unreachable");
    screen.keys(" ");
    screen.wait_for("running      fe01");
    screen.keys(DOWN);
    screen.wait_for("running on fe01");
    screen.keys("c");
    screen.wait_for("4 targets: 2 succeeded, 1 unreachable, 1 cancelled");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_host_key_in_the_middle_lets_its_target_and_what_it_held_back_go_on() {
    let csdeck = Csdeck::new();
    let sshd = Sshd::start();
    let key = sshd.client_key("ed25519", "");
    let known_hosts = csdeck.write("known_hosts", "");
    let program = csdeck.write("bin/powershell", "#!/bin/sh\ncat >/dev/null; echo fine\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ssh = format!(
        "transport = \"ssh\"\naddress = \"{}\"\nuser = \"{}\"\nidentity_file = \"{}\"\nknown_hosts = \"{}\"\n",
        sshd.address(),
        sshd::this_user(),
        key.display(),
        known_hosts.display()
    );
    let common = format!(
        "session = \"single\"\npowershell = \"{}\"\ngroups = [\"frontends\"]\n",
        program.display()
    );
    let mut text = format!("[[target]]\nname = \"fe00\"\n{ssh}{common}");
    for name in ["fe01", "fe02", "fe03"] {
        text.push_str(&format!(
            "[[target]]\nname = \"{name}\"\ntransport = \"local\"\n{common}"
        ));
    }
    csdeck.write("config/targets.toml", text);
    let mut screen = Screen::start(&csdeck, 100, 30, &[]);
    asked(&mut screen);
    screen.keys(F4);
    screen.wait_for("one after the other");
    screen.keys(ENTER);
    screen.wait_for("Unknown host key");
    screen.keys("yes");
    screen.keys(ENTER);
    screen.wait_for("4 targets: 4 succeeded");
    screen.wait_for("4 answered (succeeded): fe00, fe01, fe02, fe03");
    screen.keys("q");
    assert_eq!(screen.end(), 0);
}
