//! The main journey over OpenSSH's own sshd: add it as a target, run a snippet, watch until
//! converged, and be refused where a session must not begin.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/sshd.rs"]
mod sshd;

use std::os::unix::fs::PermissionsExt;

use csdeck::Csdeck;
use sshd::{PasswordUser, Sshd, SshdOptions};

/// The lab as the `powershell` that the sshd finds on its path. Its state is the test's own.
fn stand_in(csdeck: &Csdeck) -> String {
    let program = csdeck.path("powershell");
    let script = format!(
        "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
        csdeck.data().display(),
        env!("CARGO_BIN_EXE_csdeck")
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program.to_str().unwrap().to_owned()
}

#[test]
fn from_a_new_target_to_converged_and_refused_on_a_changed_host_key() {
    let csdeck = Csdeck::new();
    let mut sshd = Sshd::start();
    let program = stand_in(&csdeck);
    let key = sshd.client_key("ed25519", "");
    let known_hosts = sshd.known_hosts();
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "ssh",
            "--address",
            &sshd.address(),
            "--user",
            &sshd::this_user(),
            "--identity-file",
            key.to_str().unwrap(),
            "--known-hosts",
            known_hosts.to_str().unwrap(),
            "--powershell",
            &program,
        ])
        .code(0);
    csdeck.run(["lab", "reset", "--speed", "60"]).code(0);

    // A change needs a yes; without it nothing connects.
    let before = sshd.logins();
    let install = [
        "run",
        "--target",
        "fe01",
        "--snippet",
        "database/install-cms-database",
        "--set",
        "SqlServerFqdn=sgsql01.kestrel.lan",
        "--set",
        r"DatabasePaths=G:\CSDB",
    ];
    csdeck.run(install).code(4).silent();
    assert_eq!(sshd.logins(), before);
    csdeck.run(install.into_iter().chain(["--yes"])).code(0);

    // A publish; the Edge is named until it is freed, then everything converges.
    csdeck
        .run([
            "run",
            "--target",
            "fe01",
            "--yes",
            "--",
            "Enable-CsTopology",
        ])
        .code(0);
    let watch = ["watch", "--target", "fe01", "--interval", "300ms"];
    csdeck
        .run(watch.into_iter().chain(["--timeout", "4s"]))
        .code(3)
        .prints("sgedge02.kestrel.lan");
    csdeck.run(["lab", "free", "sgedge02.kestrel.lan"]).code(0);
    let last = csdeck
        .run(
            watch
                .into_iter()
                .chain(["--timeout", "60s", "--format", "json"]),
        )
        .code(0)
        .json();
    assert_eq!(last["verdict"], "converged");
    assert_eq!(last["replicas"].as_array().unwrap().len(), 9);

    // Everything is in the journal, byte for byte.
    let journal = csdeck.run(["journal", "list", "--format", "json"]).code(0);
    let texts: Vec<String> = journal
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["text"].as_str().unwrap().to_owned())
        .collect();
    assert!(texts.contains(&"Enable-CsTopology".to_owned()), "{texts:?}");
    let enabled = texts.iter().position(|t| t == "Enable-CsTopology").unwrap();
    assert!(
        journal.json()[enabled]["sent"].is_string(),
        "the journal knows when it left"
    );
    csdeck.run(["journal", "verify"]).code(0);

    // The server shows another key: nobody logs in, the message says how to mend it.
    sshd.rotate_host_keys();
    for command in [
        vec!["run", "--target", "fe01", "--", "Get-CsPool"],
        vec!["watch", "--target", "fe01", "--timeout", "20s"],
        vec!["target", "test", "fe01"],
    ] {
        csdeck
            .run(command)
            .code(5)
            .says("HOST KEY CHANGED")
            .says("ssh-keygen -R");
    }
}

#[test]
fn a_wrong_password_is_refused_once_and_the_right_one_gets_in() {
    let csdeck = Csdeck::new();
    let sshd = Sshd::with(SshdOptions {
        password: true,
        ..SshdOptions::default()
    });
    let user = PasswordUser::create();
    let remote = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o777))
        .tempdir()
        .unwrap();
    // Another account runs the stand-in: it needs a folder that this account may write.
    let program = remote.path().join("powershell");
    std::fs::write(
        &program,
        "#!/bin/sh\ncat >/dev/null\necho Get-Date was asked\n",
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "ssh",
            "--address",
            &sshd.address(),
            "--user",
            &user.name,
            "--known-hosts",
            sshd.known_hosts().to_str().unwrap(),
            "--powershell",
            program.to_str().unwrap(),
        ])
        .code(0);
    let run = ["run", "--target", "fe01", "--", "Get-Date"];
    let with_password = [
        "run",
        "--target",
        "fe01",
        "--password-stdin",
        "--",
        "Get-Date",
    ];
    csdeck.run(run).code(5).says("needs a password");
    let wrong = csdeck
        .feed(with_password, "not the password\n")
        .code(5)
        .silent()
        .says("refused the log-in");
    assert!(!wrong.stderr.contains("not the password"));
    assert_eq!(sshd.refused_passwords(), 1);
    csdeck
        .feed(with_password, format!("{}\n", user.password))
        .code(0)
        .prints("Get-Date was asked");
}
