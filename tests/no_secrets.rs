//! No secret is anywhere but where it belongs: not in a file, not in what csdeck prints, not in a
//! command line or an environment, on either side.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/leaks.rs"]
mod leaks;
#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other journeys use the rest")]
mod screen;
#[path = "support/sshd.rs"]
mod sshd;
/// Where the others look for it.
mod process {
    pub use crate::sshd::{STEP, descendants, eventually};
}

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use csdeck::{Csdeck, Ended, end};
use leaks::{Search, Watch};
use screen::Screen;
use sshd::{PasswordUser, Sshd, SshdOptions, eventually};

/// How every secret of the journey begins.
const MARKER: &str = "Zq7-marker-";

/// Speaks as a PowerShell that stays; asks when it is told to.
const KEPT: &str = include_str!("support/kept.sh");

/// csdeck with every folder it may write to below one, and all that it printed.
struct Journey {
    csdeck: Csdeck,
    search: Search,
    printed: Vec<(String, Vec<u8>)>,
}

impl Journey {
    fn new() -> Journey {
        let csdeck = Csdeck::new();
        for folder in ["config", "data", "home", "tmp", "run"] {
            std::fs::create_dir_all(csdeck.path(folder)).unwrap();
        }
        Journey {
            csdeck,
            search: Search::new(MARKER),
            printed: Vec::new(),
        }
    }

    fn folders(&self) -> [(&'static str, String); 4] {
        let at = |name: &str| self.csdeck.path(name).to_str().unwrap().to_owned();
        [
            ("HOME", at("home")),
            ("TMPDIR", at("tmp")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("SSH_AUTH_SOCK", String::new()),
        ]
    }

    /// Runs with this on standard input.
    fn feed(&mut self, args: &[&str], input: &str) -> Ended {
        use std::io::Write;
        let mut command = self.csdeck.command(args);
        let mut child = command
            .envs(self.folders())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let ended = end(child);
        self.saw(
            args,
            format!("{}\n{}", ended.stdout, ended.stderr).as_bytes(),
        );
        ended
    }

    /// On a terminal; [`Journey::saw`] what it printed is for later.
    fn screen(&self, args: &[&str]) -> Screen {
        let folders = self.folders();
        let mut env: Vec<(&str, &str)> = folders.iter().map(|(n, v)| (*n, v.as_str())).collect();
        env.push(("CSDECK_TEST_PANIC", "1"));
        Screen::run(&self.csdeck, 100, 30, &env, args)
    }

    fn saw(&mut self, args: &[&str], bytes: &[u8]) {
        self.printed.push((args.join(" "), bytes.to_vec()));
    }

    /// Where the secrets are in what was printed and written.
    fn leaks(&self) -> Vec<String> {
        let printed = self.printed.iter().flat_map(|(what, bytes)| {
            let found = self.search.in_bytes(bytes);
            found
                .into_iter()
                .map(move |form| format!("printed by {what}: {form}"))
        });
        let files = self.search.in_folder(self.csdeck.path("").as_path());
        printed.chain(files).collect()
    }
}

/// The lab as a PowerShell, for accounts that may write here.
fn stand_in(csdeck: &Csdeck) -> String {
    let data = csdeck.path("remote");
    let program = csdeck.write(
        "powershell",
        format!(
            "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
            data.display(),
            env!("CARGO_BIN_EXE_csdeck")
        ),
    );
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program.to_str().unwrap().to_owned()
}

/// A table of targets.toml.
fn table(name: &str, sshd: &Sshd, more: &str) -> String {
    format!(
        "[[target]]\nname = \"{name}\"\ntransport = \"ssh\"\nshell = \"plain\"\naddress = \"{}\"\n\
         known_hosts = \"{}\"\n{more}\n",
        sshd.address(),
        sshd.known_hosts().display()
    )
}

fn asks_on_terminal(journey: &mut Journey, target: &str, answer: &str) {
    let text = "$pin = Read-Host -AsSecureString 'PIN'; Write-Output \"$pin\"; $pin.Length";
    let args = ["run", "--target", target, "--", text];
    let mut screen = journey.screen(&args);
    screen.wait_for(&format!("the command on {target} ("));
    screen.wait_for("PIN:");
    // Nothing that crashes in here leaves its memory behind.
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", screen.pid())).unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size"));
    let soft = core.unwrap().split_whitespace().nth(4);
    assert_eq!(soft, Some("0"), "{limits}");
    screen.keys(&format!("{answer}\r"));
    screen.wait_for("System.Security.SecureString");
    assert_eq!(screen.end(), 0, "{}", screen.text());
    screen.wait_for(&answer.len().to_string());
    journey.saw(&args, &screen.printed());
}

#[test]
fn a_whole_journey_leaves_no_secret_anywhere() {
    let mut journey = Journey::new();
    let secret = |what: &str| format!("{MARKER}{what}");
    let user = PasswordUser::with(|_| secret("password"));
    let kept = |password: bool| SshdOptions {
        password,
        keyboard_interactive: !password,
        powershell: Some(KEPT.into()),
        ..SshdOptions::default()
    };
    let (passwords, questions, keys) = (
        Sshd::with(kept(true)),
        Sshd::with(kept(false)),
        Sshd::start(),
    );
    let program = stand_in(&journey.csdeck);
    let locked = keys.make_key("locked", "ed25519", &secret("passphrase"));
    keys.authorize(&locked);
    let by_name = format!("user = \"{}\"\n", user.name);
    let by_key = |file: &std::path::Path| {
        format!(
            "user = \"{}\"\nidentity_file = \"{}\"\nlogin = [\"key\"]\npowershell = \"{program}\"\n",
            sshd::this_user(),
            file.display()
        )
    };
    let tables = [
        table("asks", &questions, &by_name),
        table("takes", &passwords, &by_name),
        table("locked", &keys, &by_key(&locked)),
        table("fe01", &keys, &by_key(&keys.client_key("ed25519", ""))),
        format!(
            "[[target]]\nname = \"here\"\ntransport = \"local\"\nshell = \"plain\"\npowershell = \"{program}\"\n"
        ),
    ];
    journey.csdeck.write("config/targets.toml", tables.concat());

    // Everything above was the test's own doing.
    let watch = Watch::start(&journey.search);

    // A password and a passphrase on standard input; one that is refused.
    let with = |target| {
        [
            "run",
            "--target",
            target,
            "--password-stdin",
            "--",
            "Get-Date",
        ]
    };
    journey
        .feed(&with("takes"), &format!("{}\n", user.password))
        .code(0);
    journey
        .feed(&with("takes"), &format!("{}\n", secret("refused")))
        .code(5)
        .says("refused the log-in");
    assert_eq!(passwords.refused_passwords(), 1);
    journey
        .feed(&with("locked"), &format!("{}\n", secret("passphrase")))
        .code(0);
    journey
        .feed(&with("locked"), &format!("{}\n", secret("refused")))
        .code(5)
        .says("the passphrase for the key");

    // What the server asks, on the terminal.
    let args = ["run", "--target", "asks", "--", "Get-Date"];
    let mut screen = journey.screen(&args);
    screen.wait_for("Password:");
    screen.keys(&format!("{}\r", user.password));
    assert_eq!(screen.end(), 0, "{}", screen.text());
    journey.saw(&args, &screen.printed());

    // What a command asks: behind SSH, on this machine, in the lab; and with nobody there.
    asks_on_terminal(&mut journey, "fe01", &secret("pin-there"));
    asks_on_terminal(&mut journey, "here", &secret("pin-here"));
    let args = [
        "run",
        "--target",
        "fe01",
        "--",
        "Read-Host -AsSecureString 'PIN'",
    ];
    journey
        .feed(&args, &secret("not asked for"))
        .code(1)
        .says("\"PIN\"")
        .says("nobody to answer");

    // Lines of standard input: the passphrase, then what the command asks.
    let text = "$pin = Read-Host -AsSecureString 'PIN'; \"$pin\"; $pin.Length";
    let args = [
        "run",
        "--target",
        "locked",
        "--password-stdin",
        "--answers-stdin",
        "--",
        text,
    ];
    let lines = format!("{}\n{}\n", secret("passphrase"), secret("pin-line"));
    journey
        .feed(&args, &lines)
        .code(0)
        .prints("System.Security.SecureString")
        .prints(&secret("pin-line").len().to_string());
    let lines = format!("{}\n", secret("passphrase"));
    journey.feed(&args, &lines).code(1).says("nobody to answer");

    // A PIN that is part of the command is shown with the command, and written down nowhere.
    let pin = format!("Set-CsClientPin -Identity 'ann' -Pin '{}'", secret("plain"));
    let args = ["run", "--target", "fe01", "--yes", "--file", "-"];
    journey.feed(&args, &pin);
    let shown = format!("-Pin '{}'", secret("plain"));
    let (_, printed) = journey.printed.last_mut().unwrap();
    let text = String::from_utf8(printed.clone()).unwrap();
    assert!(text.contains(&shown), "{text}");
    *printed = text.replace(&shown, "").into_bytes();
    for format in ["table", "json", "jsonl"] {
        journey
            .feed(&["journal", "list", "--format", format], "")
            .code(0);
    }
    let listed = journey.feed(&["journal", "list", "--format", "json"], "");
    assert!(listed.stdout.contains("redacted"), "{}", listed.stdout);

    // The console: a log-in, a question, and a panic with both in memory.
    let mut screen = journey.screen(&[]);
    screen.wait_for("asks");
    screen.keys("4n");
    screen.wait_for("Command to run");
    screen.keys("Get-Ask\r");
    screen.wait_for("Run on which target");
    screen.keys("\r");
    screen.wait_for("Get-Ask");
    screen.keys("\r");
    screen.wait_for("Password:");
    screen.keys(&user.password);
    screen.wait_for("*****");
    screen.keys("\r");
    screen.wait_for("The command asks");
    screen.keys(&secret("pin-console"));
    screen.wait_for("*****");
    screen.keys("\r");
    screen.wait_for("succeeded");
    screen.keys("\x07");
    assert_ne!(screen.end(), 0);
    assert!(screen.text().contains("a panic that a test asked for"));
    journey.saw(&["the console"], &screen.printed());

    let seen = watch.end();
    for program in ["csdeck run --target", "csdeck lab powershell", "sshd"] {
        assert!(
            seen.programs.iter().any(|p| p.contains(program)),
            "{program} was not looked at: {:?}",
            seen.programs
        );
    }
    assert_eq!(
        seen.leaks.into_iter().collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert_eq!(journey.leaks(), Vec::<String>::new());
    for sshd in [&passwords, &questions, &keys] {
        assert_eq!(
            journey.search.in_bytes(sshd.log().as_bytes()),
            Vec::<&str>::new()
        );
    }
}

/// The look of the test above finds what it looks for, in every form and at every place.
#[test]
fn what_is_looked_for_is_found() {
    use base64::Engine;
    let secret = "Zq7-proof-of-it";
    let mut journey = Journey::new();
    journey.search = Search::new("Zq7-proof-");
    assert_eq!(journey.leaks(), Vec::<String>::new());
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let mut forms = vec![
        (secret.as_bytes().to_vec(), "as it is"),
        (wide(secret), "in UTF-16"),
        (hex(secret.as_bytes()).into_bytes(), "in hex"),
        (
            hex(&wide(secret)).to_uppercase().into_bytes(),
            "in capital hex of UTF-16",
        ),
    ];
    for before in ["", "a", "ab", "abc", "\u{ff}\u{ff}"] {
        let text = format!("{before}{secret} and more");
        forms.push((base64(text.as_bytes()).into_bytes(), "in Base64"));
        forms.push((base64(&wide(&text)).into_bytes(), "in Base64 of UTF-16"));
    }
    for (bytes, form) in &forms {
        let around = [b"\xff\x00before".as_slice(), bytes, b"behind"].concat();
        assert!(journey.search.in_bytes(&around).contains(form), "{form}");
        journey.printed = vec![("it".into(), around.clone())];
        assert_eq!(journey.leaks().len(), 1, "{form}");
        journey.printed.clear();
        let file = journey.csdeck.write("data/deep/down", around);
        assert_eq!(journey.leaks().len(), 1, "{form}");
        std::fs::remove_file(file).unwrap();
    }
    journey.csdeck.write(&format!("tmp/{secret}"), "");
    assert_eq!(journey.leaks().len(), 1);

    let watch = Watch::start(&journey.search);
    let mut child = Command::new("/bin/sh")
        .args(["-c", "read -r line; exit 0", "sh", secret])
        .env("PROOF", secret)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    for what in ["cmdline", "environ"] {
        eventually(&format!("the secret is seen in {what}"), || {
            watch.saw(what).then_some(())
        });
    }
    drop(child.stdin.take());
    child.wait().unwrap();
    watch.end();
}
