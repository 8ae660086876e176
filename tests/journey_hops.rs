//! The built program behind jumps, before servers that ask, and before servers that go away.

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

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Child;

use csdeck::{Csdeck, end};
use screen::Screen;
use serde_json::Value;
use sshd::{Pam, PasswordUser, Sshd, SshdOptions, eventually, is_running};

const ANSWERS: &str = "#!/bin/sh\ncat >/dev/null\necho Get-Date was asked\n";

fn saying(script: &str) -> SshdOptions {
    SshdOptions {
        powershell: Some(script.into()),
        ..SshdOptions::default()
    }
}

/// A table of targets.toml for the server.
fn table(name: &str, sshd: &Sshd, more: &str) -> String {
    format!(
        "[[target]]\nname = \"{name}\"\ntransport = \"ssh\"\nshell = \"plain\"\nsession = \"single\"\naddress = \"{}\"\n\
         known_hosts = \"{}\"\n{more}\n",
        sshd.address(),
        sshd.known_hosts().display()
    )
}

/// The keys of a target that logs in with the server's usual key.
fn with_key(sshd: &Sshd) -> String {
    format!(
        "user = \"{}\"\nidentity_file = \"{}\"\n",
        sshd::this_user(),
        sshd.client_key("ed25519", "").display()
    )
}

fn targets(csdeck: &Csdeck, tables: &[String]) {
    csdeck.write("config/targets.toml", tables.concat());
}

#[test]
fn a_target_behind_a_jump_says_how_it_was_reached() {
    let csdeck = Csdeck::new();
    let (outer, inner) = (Sshd::start(), Sshd::with(saying(ANSWERS)));
    let behind = with_key(&inner) + "jump = \"jump01\"\nlogin = [\"key\"]\n";
    targets(
        &csdeck,
        &[
            table("fe01", &inner, &behind),
            table("jump01", &outer, &with_key(&outer)),
        ],
    );
    csdeck
        .run(["run", "--target", "fe01", "--", "Get-Date"])
        .code(0)
        .prints("Get-Date was asked");
    csdeck
        .run(["target", "test", "fe01"])
        .code(0)
        .prints("the jump jump01 on the way to fe01): reached in")
        .prints(&format!(
            "host key ssh-ed25519 {}",
            inner.fingerprint("ed25519")
        ))
        .prints("logged in with key ")
        .prints("PowerShell started and answered in");
    let told = csdeck
        .run(["target", "test", "fe01", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(told["reachable"], true);
    assert_eq!(told["hops"].as_array().unwrap().len(), 2);
    assert_eq!(
        told["hops"][0]["fingerprint"],
        Value::String(outer.fingerprint("ed25519"))
    );
    assert!(told["hops"][1]["loginMs"].is_u64() && told["shellMs"].is_u64());

    // The jump's unknown key is accepted through the target behind it.
    let empty = csdeck.path("known_hosts");
    let mut jump = table("jump01", &outer, &with_key(&outer));
    jump = jump.replace(
        outer.known_hosts().to_str().unwrap(),
        empty.to_str().unwrap(),
    );
    targets(&csdeck, &[table("fe01", &inner, &behind), jump]);
    let refused = csdeck.run(["target", "test", "fe01"]).code(5).silent();
    let command = refused
        .stderr
        .lines()
        .find_map(|l| l.strip_prefix("To accept it: csdeck "))
        .expect("the command")
        .to_owned();
    assert!(refused.stderr.contains("the jump jump01"));
    csdeck.run(command.split(' ')).code(0);
}

#[test]
fn jumps_in_a_circle_connect_to_nothing() {
    let csdeck = Csdeck::new();
    let sshd = Sshd::start();
    let jump = |to: &str| with_key(&sshd) + &format!("jump = \"{to}\"\n");
    targets(
        &csdeck,
        &[
            table("fe01", &sshd, &jump("a")),
            table("a", &sshd, &jump("b")),
            table("b", &sshd, &jump("a")),
        ],
    );
    for command in [
        &["target", "test", "fe01"][..],
        &["run", "--target", "fe01", "--", "Get-Date"],
    ] {
        csdeck
            .run(command)
            .code(1)
            .silent()
            .says("in a circle: fe01 -> a -> b -> a");
    }
    assert_eq!(sshd.logins(), 0);
}

/// A server that asks for the password and for a code, and the target for it.
fn asking(csdeck: &Csdeck, user: &PasswordUser) -> Sshd {
    let sshd = Sshd::with(SshdOptions {
        keyboard_interactive: true,
        pam: Some(Pam::with_code("314159")),
        ..saying(ANSWERS)
    });
    let more = format!("user = \"{}\"\n", user.name);
    targets(csdeck, &[table("fe01", &sshd, &more)]);
    sshd
}

fn home(csdeck: &Csdeck) -> String {
    let home = csdeck.path("home");
    std::fs::create_dir_all(&home).unwrap();
    home.to_str().unwrap().to_owned()
}

#[test]
fn what_a_server_asks_is_answered_on_the_terminal() {
    let csdeck = Csdeck::new();
    let user = PasswordUser::create();
    let _sshd = asking(&csdeck, &user);
    let home = home(&csdeck);
    let env = [("HOME", home.as_str()), ("SSH_AUTH_SOCK", "")];
    let run = ["run", "--target", "fe01", "--", "Get-Date"];
    let mut screen = Screen::run(&csdeck, 100, 30, &env, &run);
    screen.wait_for("Password:");
    screen.keys(&format!("{}\r", user.password));
    screen.wait_for("STRESS Password:");
    screen.keys("314159\r");
    screen.wait_for("Get-Date was asked");
    assert!(!screen.text().contains("314159") && !screen.text().contains(&user.password));
    assert_eq!(screen.end(), 0);

    // Ctrl-C does not answer, and nothing was sent.
    let mut screen = Screen::run(&csdeck, 100, 30, &env, &run);
    screen.wait_for("Password:");
    screen.keys("\x03");
    assert_eq!(screen.end(), 130);
}

#[test]
fn without_a_terminal_a_second_question_is_quoted() {
    let csdeck = Csdeck::new();
    let user = PasswordUser::create();
    let _sshd = asking(&csdeck, &user);
    csdeck
        .feed(
            [
                "run",
                "--target",
                "fe01",
                "--password-stdin",
                "--",
                "Get-Date",
            ],
            format!("{}\n", user.password),
        )
        .code(5)
        .silent()
        .says("asks \"STRESS Password:\"")
        .says("no terminal to answer on");
}

#[test]
fn what_a_server_asks_opens_a_dialog_in_the_console() {
    let csdeck = Csdeck::new();
    let user = PasswordUser::create();
    let sshd = asking(&csdeck, &user);
    let home = home(&csdeck);
    let env = [("HOME", home.as_str()), ("SSH_AUTH_SOCK", "")];
    let mut screen = Screen::start(&csdeck, 100, 30, &env);
    screen.wait_for("fe01");
    screen.keys("4n");
    screen.wait_for("Command to run");
    screen.keys("Get-Date\r");
    screen.wait_for("Get-Date");
    screen.keys("\r");
    screen.wait_for(&format!("asks {}", user.name));
    screen.wait_for("Password:");
    screen.keys(&user.password);
    screen.wait_for("*****");
    screen.keys("\r");
    screen.wait_for("STRESS Password:");
    screen.keys("314159\r");
    screen.wait_for("Get-Date was asked");
    assert_eq!(sshd.logins(), 1, "{}", sshd.log());
}

/// The most memory a process had so far, in KiB.
fn high_water(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_hundred_megabytes_come_through_in_little_memory() {
    let csdeck = Csdeck::new();
    let lines = "#!/bin/sh\ncat >/dev/null\nyes 'sgfe01.kestrel.lan is a front end of the pool and says so in one hundred characters and a few more.' | head -n 1000000\n";
    let (outer, inner) = (Sshd::start(), Sshd::with(saying(lines)));
    let keeps = Sshd::with(saying(include_str!("support/kept.sh")));
    let warm = table("warm", &keeps, &with_key(&keeps)).replace("single", "warm");
    let behind = with_key(&inner) + "jump = \"jump01\"\n";
    targets(
        &csdeck,
        &[
            warm,
            table("near", &inner, &with_key(&inner)),
            table("far", &inner, &behind),
            table("jump01", &outer, &with_key(&outer)),
        ],
    );
    for target in ["warm", "near", "far"] {
        let mut child = csdeck
            .command(["run", "--target", target, "--", "Get-Huge"])
            .spawn()
            .unwrap();
        let pid = child.id();
        let mut stdout = child.stdout.take().unwrap();
        let (mut bytes, mut most) = (0, 0);
        let mut buffer = vec![0; 1 << 20];
        for _ in 0..1_000_000 {
            let read = stdout.read(&mut buffer).unwrap();
            if read == 0 {
                break;
            }
            bytes += read;
            most = most.max(high_water(pid).unwrap_or(0));
        }
        end(child).code(0);
        assert_eq!(bytes, 100_000_000);
        println!("{target}: VmHWM {most} KiB");
        assert!((1..64 * 1024).contains(&most), "{target}: VmHWM {most} KiB");
    }
}

/// The lab's stand-in for PowerShell, with a state of its own.
fn lab(csdeck: &Csdeck) -> SshdOptions {
    let data = csdeck.path("remote");
    saying(&format!(
        "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
        data.display(),
        env!("CARGO_BIN_EXE_csdeck")
    ))
}

/// The lines that a child says, from a thread.
fn lines(child: &mut Child) -> std::sync::mpsc::Receiver<Value> {
    let (said, heard) = std::sync::mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            let _ = said.send(serde_json::from_str(&line).unwrap());
        }
    });
    heard
}

#[test]
fn a_watch_goes_on_when_the_server_is_back() {
    let csdeck = Csdeck::new();
    let mut sshd = Sshd::with(lab(&csdeck));
    targets(&csdeck, &[table("fe01", &sshd, &with_key(&sshd))]);
    let watch = [
        "watch",
        "--target",
        "fe01",
        "--interval",
        "100ms",
        "--timeout",
        "10m",
        "--format",
        "jsonl",
    ];
    let mut child = csdeck.command(watch).spawn().unwrap();
    let heard = lines(&mut child);
    let next = |blind: bool| {
        eventually("a poll of this kind", || {
            let polls: Vec<Value> = heard.try_iter().collect();
            polls
                .iter()
                .any(|p| (p["verdict"] == "blind") == blind)
                .then_some(())
        });
    };
    next(false);
    sshd.crash();
    next(true);
    sshd.start_again();
    next(false);
    assert!(sshd.logins() >= 2);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_server_that_freezes_loses_the_run_by_its_keepalive() {
    let csdeck = Csdeck::new();
    let mark = csdeck.path("mark");
    let script = format!(
        "#!/bin/sh\ncat >/dev/null\necho $$ > '{}'\nexec sleep 300\n",
        mark.display()
    );
    let sshd = Sshd::with(saying(&script));
    let more = with_key(&sshd) + "keepalive = \"1s\"\n";
    targets(&csdeck, &[table("fe01", &sshd, &more)]);
    let child = csdeck
        .command(["run", "--target", "fe01", "--", "Get-Date"])
        .spawn()
        .unwrap();
    let pid = eventually("the command runs", || pid_in(&mark));
    sshd.signal_connections("-STOP");
    end(child)
        .code(5)
        .says("the server said nothing for 4.0 s")
        .says("is not known: look before you run it again");
    sshd::kill(pid);
    eventually("the program is gone", || (!is_running(pid)).then_some(()));
}

fn pid_in(file: &Path) -> Option<u32> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}
