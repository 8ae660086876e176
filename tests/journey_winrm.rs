//! The main journeys over WinRM, against the tests' server with the simulated deployment behind it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/process.rs"]
mod process;
#[path = "support/winrm.rs"]
mod winrm;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use csdeck::{Csdeck, Ended, end};
use serde_json::Value;
use winrm::{Lab, PASSWORD, USER};

/// The most memory that csdeck may take for 50 MB of output, in KiB.
const MEMORY: u64 = 96 * 1024;

fn lync(csdeck: &Csdeck, args: &[&str]) -> Lab {
    Lab::lync(env!("CARGO_BIN_EXE_csdeck"), &csdeck.data(), args)
}

fn add(csdeck: &Csdeck, name: &str, address: &str, more: &[&str]) {
    let args = [
        "target",
        "add",
        name,
        "--transport",
        "winrm",
        "--address",
        address,
        "--user",
        USER,
    ];
    csdeck.run(args.iter().chain(more)).code(0);
}

/// Runs with the password on standard input, and `behind` it.
fn feed(csdeck: &Csdeck, args: &[&str], behind: &str) -> Ended {
    let at = args.iter().position(|a| *a == "--").unwrap_or(args.len());
    let (before, after) = args.split_at(at);
    let args = before.iter().chain(&["--password-stdin"]).chain(after);
    csdeck.feed(args, format!("{PASSWORD}\n{behind}"))
}

/// No body that was readable on the way, and no session left behind.
fn sealed_and_closed(lab: &Lab) {
    let log = lab.log();
    assert!(!log.is_empty());
    let readable = |entry: &&Value| !(entry["sealed"] == true || entry["tls"] == true);
    assert_eq!(log.iter().find(readable), None);
    assert_eq!(lab.shells(), Vec::<Value>::new());
}

#[test]
fn from_a_new_target_to_converged() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset", "--speed", "60"]).code(0);
    let lab = lync(&csdeck, &["--auth", "negotiate,ntlm"]);
    let address = format!("127.0.0.1:{}", lab.port());
    add(&csdeck, "fe01", &address, &["--tls", "false"]);

    // Without a password, and with a wrong one, which is tried once.
    let get = ["run", "--target", "fe01", "--", "hostname"];
    csdeck.run(get).code(5).says("needs a password");
    let with = [
        "run",
        "--target",
        "fe01",
        "--password-stdin",
        "--",
        "hostname",
    ];
    let wrong = csdeck.feed(with, "not the password\n").code(5).silent();
    assert!(!wrong.stderr.contains("not the password"));
    assert!(
        wrong.stderr.contains("refused the log-in"),
        "{}",
        wrong.stderr
    );
    assert_eq!(feed(&csdeck, &get, "").code(0).stdout, "SGFE01\n");

    // A change needs a yes; without it nothing connects.
    lab.log();
    let enable = ["run", "--target", "fe01", "--", "Enable-CsTopology"];
    feed(&csdeck, &enable, "").code(4).silent();
    assert_eq!(lab.log(), Vec::<Value>::new());
    let yes = [
        "run",
        "--target",
        "fe01",
        "--yes",
        "--",
        "Enable-CsTopology",
    ];
    feed(&csdeck, &yes, "").code(0);
    let watch = [
        "watch",
        "--target",
        "fe01",
        "--interval",
        "300ms",
        "--timeout",
    ];
    let short: Vec<&str> = watch.into_iter().chain(["4s"]).collect();
    feed(&csdeck, &short, "")
        .code(3)
        .prints("sgedge02.kestrel.lan");
    csdeck.run(["lab", "free", "sgedge02.kestrel.lan"]).code(0);
    let long: Vec<&str> = watch
        .into_iter()
        .chain(["60s", "--format", "json"])
        .collect();
    let last = feed(&csdeck, &long, "").code(0).json();
    assert_eq!(last["verdict"], "converged");
    assert_eq!(last["replicas"].as_array().unwrap().len(), 9);
    let journal = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    assert!(!journal.stdout.contains(PASSWORD));
    let texts = journal.json();
    let mut texts = texts.as_array().unwrap().iter().map(|e| &e["text"]);
    assert!(texts.any(|text| text == "Enable-CsTopology"));
    csdeck.run(["journal", "verify"]).code(0);
    sealed_and_closed(&lab);
}

#[test]
fn what_a_read_says_in_front_is_short_and_names_may_be_a_list() {
    let csdeck = Csdeck::new();
    csdeck.run(["lab", "reset"]).code(0);
    let lab = lync(&csdeck, &["--auth", "negotiate,ntlm"]);
    let address = format!("127.0.0.1:{}", lab.port());
    add(&csdeck, "fe01", &address, &["--tls", "false"]);
    // As it is copied from somewhere: digits alone.
    let pin = lab.port().to_string().repeat(64);
    let pin = pin.get(..64).unwrap();
    add(
        &csdeck,
        "fe02",
        "https://127.0.0.1:1/wsman",
        &["--fingerprint", pin],
    );
    let get = ["run", "--target", "fe01,fe02", "--", "Get-CsPool"];
    let ended = feed(&csdeck, &get, "").code(5);
    let said = &ended.stderr;
    let note = "fe01, fe02: Get-CsPool: ANONYMOUS LOGON, if";
    assert_eq!(said.matches(note).count(), 1, "{said}");
    assert!(said.contains("csdeck loads the module"), "{said}");
    assert!(!said.contains("Import-Module"), "{said}");
    assert!(said.contains("1 unreachable or refused: fe02"), "{said}");
    assert!(said.contains("nothing listens on that port"), "{said}");
    csdeck
        .run(["run", "--target", "fe01,fe03", "--", "Get-CsPool"])
        .code(2)
        .says("there is no target \"fe03\"");
    // A change shows what runs in front of it to the letter; the stronger yes wins.
    let enable = [
        "run",
        "--target",
        "fe01",
        "--yes",
        "--yes-i-typed",
        "fe01",
        "--",
        "Enable-CsTopology",
    ];
    let ended = feed(&csdeck, &enable, "").code(0);
    assert!(ended.stderr.contains("Import-Module"), "{}", ended.stderr);
    // Pieces of a line are one line.
    let write = ["run", "--target", "fe01", "--yes", "--", "lab-host-write"];
    let ended = feed(&csdeck, &write, "");
    assert!(
        ended.stdout.contains("no line end plain\ncoloured\n"),
        "{}",
        ended.stdout
    );
}

#[test]
fn rows_are_objects_with_types_and_errors_whole_records() {
    let csdeck = Csdeck::new();
    let lab = lync(&csdeck, &["--https", "--cbt", "strict"]);
    let ca = lab.ca_pem();
    let address = format!("https://127.0.0.1:{}/wsman", lab.port());
    add(
        &csdeck,
        "fe01",
        &address,
        &["--ca-file", ca.to_str().unwrap()],
    );
    let text = "Get-CsManagementStoreReplicationStatus sgfe01.kestrel.lan; Get-CsPool nowhere";
    let run = ["run", "--target", "fe01", "--format", "jsonl", "--", text];
    let lines = feed(&csdeck, &run, "").code(1).lines();
    let of = |kind: &str| lines.iter().find(|l| l["event"] == kind).unwrap();
    let row = &of("output")["object"];
    assert_eq!(row["UpToDate"], true);
    assert!(
        row["LastStatusReport"].as_str().unwrap().ends_with('Z'),
        "{row}"
    );
    assert!(
        of("error")["id"]
            .as_str()
            .unwrap()
            .starts_with("IdentityNotFound")
    );
    sealed_and_closed(&lab);
}

#[test]
fn a_session_without_a_language_takes_commands_and_refuses_the_rest_at_home() {
    let csdeck = Csdeck::new();
    let lab = lync(&csdeck, &["--https", "--restricted-path", "/OcsPowershell"]);
    let ca = lab.ca_pem();
    let address = format!("https://127.0.0.1:{}/OcsPowershell", lab.port());
    add(
        &csdeck,
        "ocs",
        &address,
        &["--ca-file", ca.to_str().unwrap()],
    );
    let text = "Get-CsManagementStoreReplicationStatus -ReplicaFqdn sgfe01.kestrel.lan";
    let run = ["run", "--target", "ocs", "--format", "jsonl", "--", text];
    let lines = feed(&csdeck, &run, "").code(0).lines();
    assert!(
        lines.iter().any(|l| l["object"]["UpToDate"] == true),
        "{lines:?}"
    );
    let watch = [
        "watch",
        "--target",
        "ocs",
        "--interval",
        "300ms",
        "--timeout",
        "2s",
    ];
    feed(&csdeck, &watch, "")
        .code(3)
        .prints("sgedge02.kestrel.lan");
    lab.log();
    let text = "Get-CsPool | Where-Object { $_.Fqdn }";
    feed(&csdeck, &["run", "--target", "ocs", "--", text], "")
        .silent()
        .says("script block");
    let file = csdeck.write("a.txt", "abc");
    let put = ["put", file.to_str().unwrap(), r"ocs:C:\a.txt", "--yes"];
    feed(&csdeck, &put, "").says("takes no scripts");
    assert_eq!(lab.log(), Vec::<Value>::new());
}

#[test]
fn files_go_there_and_back_and_nothing_is_overwritten_unasked() {
    let csdeck = Csdeck::new();
    let lab = Lab::start(&["--auth", "negotiate,ntlm"]);
    let address = format!("127.0.0.1:{}", lab.port());
    add(&csdeck, "fe01", &address, &["--tls", "false"]);
    let content: Vec<u8> = (0..700_000_u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect();
    let here = csdeck.write("here.bin", &content);
    let here = here.to_str().unwrap();
    fs::create_dir_all(lab.files().join("C/Temp")).unwrap();
    let there = r"fe01:C:\Temp\it's.bin";
    feed(&csdeck, &["put", here, there, "--yes"], "").code(0);
    assert_eq!(
        fs::read(lab.files().join("C/Temp/it's.bin")).unwrap(),
        content
    );
    assert_ne!(feed(&csdeck, &["put", here, there, "--yes"], "").code, 0);
    let back = csdeck.path("back.bin");
    feed(&csdeck, &["get", there, back.to_str().unwrap()], "").code(0);
    assert_eq!(fs::read(&back).unwrap(), content);
    let missing = r"fe01:C:\Temp\missing.bin";
    assert_ne!(feed(&csdeck, &["get", missing, "x"], "").code, 0);
    let left = fs::read_dir(lab.files().join("C/Temp")).unwrap().count();
    assert_eq!(left, 1, "no half of a file is left");
    sealed_and_closed(&lab);
}

#[test]
fn what_a_command_asks_is_answered() {
    let csdeck = Csdeck::new();
    let lab = lync(&csdeck, &["--auth", "negotiate,ntlm"]);
    let address = format!("127.0.0.1:{}", lab.port());
    add(&csdeck, "fe01", &address, &["--tls", "false"]);
    let text = "$name = Read-Host 'Name'; $pin = Read-Host -AsSecureString 'PIN'; \"$name $pin\"";
    let run = ["run", "--target", "fe01", "--answers-stdin", "--", text];
    let ended = feed(&csdeck, &run, "Ann\n271828\n").code(0);
    assert_eq!(ended.stdout, "Ann System.Security.SecureString\n");
    assert!(!ended.stderr.contains("271828"));
    let nobody = ["run", "--target", "fe01", "--", text];
    feed(&csdeck, &nobody, "").code(1).says("Name");
    let journal = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    assert!(!journal.stdout.contains("271828"));
}

#[test]
fn ctrl_c_stops_the_command_on_the_server() {
    let csdeck = Csdeck::new();
    let lab = Lab::start(&["--auth", "negotiate,ntlm"]);
    let address = format!("127.0.0.1:{}", lab.port());
    add(&csdeck, "fe01", &address, &["--tls", "false"]);
    let args = [
        "run",
        "--target",
        "fe01",
        "--yes",
        "--password-stdin",
        "--",
        "lab-count 100000 50",
    ];
    let mut child = csdeck.command(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{PASSWORD}").unwrap();
    drop(stdin);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let third = said.by_ref().map(Result::unwrap).find(|line| line == "3");
    assert!(third.is_some());
    assert_eq!(lab.shells()[0]["running"], 1);
    let pid = child.id().to_string();
    process::run(Command::new("kill").args(["-INT", &pid]));
    said.for_each(drop);
    end(child).code(130);
    sealed_and_closed(&lab);
}

fn most_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status"));
    let status = status.ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn fifty_megabytes_come_whole_and_are_not_kept_in_memory() {
    let csdeck = Csdeck::new();
    let lab = Lab::start(&["--https"]);
    let ca = lab.ca_pem();
    let address = format!("https://127.0.0.1:{}/wsman", lab.port());
    add(
        &csdeck,
        "fe01",
        &address,
        &["--ca-file", ca.to_str().unwrap()],
    );
    let out = csdeck.path("out.txt");
    let args = [
        "run",
        "--target",
        "fe01",
        "--yes",
        "--password-stdin",
        "--",
        "lab-big 50",
    ];
    let mut child = csdeck
        .command(args)
        .stdin(Stdio::piped())
        .stdout(fs::File::create(&out).unwrap())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{PASSWORD}").unwrap();
    drop(stdin);
    let mut most = 0;
    for _ in 0..6000 {
        most = most.max(most_memory(child.id()).unwrap_or_default());
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(process::STEP);
    }
    end(child).code(0);
    // Every line is whole: the lab's are 64 characters, its last may be cut.
    let said = fs::read_to_string(&out).unwrap();
    let line = "0123456789abcdef".repeat(4);
    let whole = said.lines().filter(|l| *l == line).count();
    assert!(whole >= 50 * 1024 * 1024 / 66 - 1000, "{whole} lines");
    assert!(said.lines().all(|l| line.starts_with(l)), "nothing else");
    eprintln!("50 MB over WinRM: VmHWM {most} KiB");
    assert!((1..MEMORY).contains(&most), "VmHWM {most} KiB");
    sealed_and_closed(&lab);
}
