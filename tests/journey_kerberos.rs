//! Kerberos through the program, against the tests' server, MIT's KDC and the simulated deployment: with
//! the password, and, in builds with the feature `ticket`, with the ticket of the signed-in user.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/winrm.rs"]
mod winrm;

use std::fs;
use std::process::Command;

use csdeck::{Csdeck, Ended, end};
use winrm::{Lab, PASSWORD};

/// csdeck on a machine of the lab's realm.
struct Member {
    csdeck: Csdeck,
    lab: Lab,
}

impl Member {
    fn new(args: &[&str]) -> Member {
        let csdeck = Csdeck::new();
        let kerberos = ["--kerberos", "--auth", "kerberos,negotiate"];
        let args: Vec<&str> = kerberos.iter().chain(args).copied().collect();
        let lab = Lab::lync(env!("CARGO_BIN_EXE_csdeck"), &csdeck.data(), &args);
        csdeck.run(["lab", "reset", "--speed", "60"]).code(0);
        csdeck.run(["lab", "free", "sgedge02.kestrel.lan"]).code(0);
        Member { csdeck, lab }
    }

    /// A target that is the lab's server by its name in the realm.
    fn target(&self, name: &str, user: Option<&str>) {
        let address = format!("localhost:{}", self.lab.port());
        let mut args = vec!["target", "add", name, "--transport", "winrm"];
        args.extend(["--auth", "kerberos", "--tls", "false"]);
        args.extend(["--address", &address]);
        args.extend(user.iter().flat_map(|user| ["--user", user]));
        self.csdeck.run(args).code(0);
    }

    /// The program with the realm's krb5.conf, and with tickets in `ccache`.
    fn command(&self, args: &[&str], ccache: &str) -> Command {
        let mut command = self.csdeck.command(args);
        command
            .env("KRB5_CONFIG", self.lab.realm().krb5_config)
            .env("KRB5CCNAME", ccache);
        command
    }

    /// Runs with a password on standard input, and without any ticket.
    fn with_password(&self, args: &[&str], password: &str) -> Ended {
        let at = args.iter().position(|a| *a == "--").unwrap_or(args.len());
        let (before, after) = args.split_at(at);
        let args: Vec<&str> = [before, &["--password-stdin"], after].concat();
        let input = self.csdeck.write("password", format!("{password}\n"));
        let mut command = self.command(&args, &self.no_ticket());
        command.stdin(fs::File::open(input).unwrap());
        end(command.spawn().unwrap())
    }

    fn no_ticket(&self) -> String {
        format!("FILE:{}", self.csdeck.path("no-ticket").display())
    }

    /// Every body was sealed, each log-in was this user's by Kerberos, and no session is left.
    fn sealed_for(&self, user: &str) {
        let log = self.lab.log();
        assert!(!log.is_empty());
        for entry in log {
            assert_eq!(entry["sealed"], true, "{entry}");
            assert_eq!(entry["protocol"], "kerberos", "{entry}");
            assert_eq!(entry["user"], user, "{entry}");
        }
        assert!(self.lab.shells().is_empty());
    }
}

const HOSTNAME: [&str; 5] = ["run", "--target", "fe01", "--", "hostname"];

const WATCH: [&str; 9] = [
    "watch",
    "--target",
    "fe01",
    "--interval",
    "300ms",
    "--timeout",
    "60s",
    "--format",
    "json",
];

fn is_converged(watched: &Ended) {
    let document = watched.json();
    assert_eq!(document["verdict"], "converged");
    assert_eq!(document["replicas"].as_array().unwrap().len(), 9);
}

#[test]
fn a_password_of_the_domain_runs_and_watches() {
    let member = Member::new(&[]);
    member.target("fe01", Some("LAB.TEST\\ops"));
    let ran = member.with_password(&HOSTNAME, PASSWORD).code(0);
    assert_eq!(ran.stdout, "SGFE01\n");
    is_converged(&member.with_password(&WATCH, PASSWORD).code(0));
    member.sealed_for("ops@LAB.TEST");

    let wrong = member.with_password(&HOSTNAME, "not it").code(5).silent();
    let wrong = wrong.says("tried once");
    assert!(!wrong.stderr.contains("not it"), "{}", wrong.stderr);

    // A realm that krb5.conf does not know, and DNS is not to be asked.
    member.target("abroad", Some("ops@OTHER.LAN"));
    let abroad = ["run", "--target", "abroad", "--", "hostname"];
    let told = member.with_password(&abroad, PASSWORD).code(5).silent();
    told.says("no KDC found for the realm OTHER.LAN")
        .says("krb5.conf");

    // A realm that krb5.conf gives to a KDC that is another's.
    let conf = member.lab.realm().krb5_config;
    let text = fs::read_to_string(&conf).unwrap();
    let kdc = text
        .lines()
        .find(|line| line.starts_with("  kdc = "))
        .unwrap();
    let more = format!("[realms]\n OTHER.LAN = {{\n{kdc}\n }}\n");
    fs::write(&conf, text.clone() + &more).unwrap();
    let told = member.with_password(&abroad, PASSWORD).code(5).silent();
    told.says("does not know the user ops@OTHER.LAN");
    fs::write(&conf, text).unwrap();
    // Nothing of these reached the server.
    assert!(member.lab.log().is_empty());
}

#[test]
fn clocks_that_differ_are_told() {
    let member = Member::new(&["--kdc-clock", "+1h"]);
    member.target("fe01", Some("ops@LAB.TEST"));
    let told = member.with_password(&HOSTNAME, PASSWORD).code(5).silent();
    told.says("the clocks differ too much").says("timedatectl");
}

#[cfg(not(feature = "ticket"))]
#[test]
fn a_build_without_tickets_says_what_to_do() {
    let member = Member::new(&[]);
    member.target("fe01", None);
    let ccache = member.lab.realm().ccache;
    let ran = member.command(&HOSTNAME, &ccache).spawn().unwrap();
    end(ran).code(5).silent().says("feature ticket");
}

#[cfg(feature = "ticket")]
#[test]
fn the_signed_in_users_ticket_runs_and_watches() {
    use std::process::Stdio;

    let member = Member::new(&[]);
    // Nobody is named: the ticket says who it is.
    member.target("fe01", None);
    let ccache = member.lab.realm().ccache;
    let with = |args: &[&str], ccache: &str| end(member.command(args, ccache).spawn().unwrap());
    assert_eq!(with(&HOSTNAME, &ccache).code(0).stdout, "SGFE01\n");
    is_converged(&with(&WATCH, &ccache).code(0));
    member.sealed_for("ops@LAB.TEST");

    let none = member.no_ticket();
    let told = with(&HOSTNAME, &none).code(5).silent();
    told.says("no Kerberos ticket").says("kinit");

    let expired = member.lab.info()["kerberos"]["expired_ccache"]
        .as_str()
        .unwrap();
    // Its life is a second; klist -s fails once it is over.
    let is_good = || {
        let mut klist = Command::new("klist");
        klist.arg("-s").env("KRB5CCNAME", expired);
        let klist = klist.env("KRB5_CONFIG", member.lab.realm().krb5_config);
        klist.stderr(Stdio::null()).status().unwrap().success()
    };
    let over = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        !is_good()
    });
    assert!(over, "the ticket's life does not end");
    let told = with(&HOSTNAME, expired).code(5).silent();
    told.says("ticket has expired").says("kinit");

    // The user's realm is not the one that the server is looked for in.
    let conf = member.lab.realm().krb5_config;
    let text = fs::read_to_string(&conf).unwrap();
    let other = text.replace("default_realm = LAB.TEST", "default_realm = OTHER.LAN");
    assert_ne!(other, text);
    fs::write(&conf, other).unwrap();
    let told = with(&HOSTNAME, &ccache).code(5).silent();
    told.says("LAB.TEST has no way to the realm OTHER.LAN")
        .says("default_realm");
    fs::write(&conf, text).unwrap();
    assert!(member.lab.log().is_empty());

    // This computer's clock is off.
    let csdeck = member.command(&HOSTNAME, &ccache);
    let mut off = Command::new("faketime");
    off.args(["-f", "+1h"]).arg(csdeck.get_program());
    off.args(csdeck.get_args());
    off.envs(csdeck.get_envs().filter_map(|(k, v)| Some((k, v?))));
    off.stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let told = end(off.spawn().unwrap()).code(5).silent();
    told.says("the clocks differ too much").says("timedatectl");
}
