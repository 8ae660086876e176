//! The commands over a real sshd, behind which the lab answers.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;
#[path = "support/sshd.rs"]
mod sshd;

use std::os::unix::fs::PermissionsExt;

use csdeck::Csdeck;
use sshd::Sshd;

/// A target behind the sshd; its PowerShell is the lab's stand-in, its known_hosts file is not
/// there yet.
fn target(csdeck: &Csdeck, sshd: &Sshd) {
    let known_hosts = csdeck.path("known_hosts");
    let known_hosts = known_hosts.to_str().unwrap();
    add(csdeck, sshd, &["--known-hosts", known_hosts]);
}

/// The same with these words behind `target add`.
fn add(csdeck: &Csdeck, sshd: &Sshd, more: &[&str]) {
    let program = csdeck.path("powershell");
    let data = csdeck.path("remote");
    let script = format!(
        "#!/bin/sh\nCSDECK_DATA_DIR='{}' exec '{}' lab powershell \"$@\"\n",
        data.display(),
        env!("CARGO_BIN_EXE_csdeck")
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let key = sshd.client_key("ed25519", "");
    let user = sshd::this_user();
    let paths = [&key, &program].map(|p| p.to_str().unwrap().to_owned());
    let address = sshd.address();
    let args = [
        "target",
        "add",
        "fe01",
        "--transport",
        "ssh",
        "--address",
        &address,
        "--user",
        &user,
        "--identity-file",
        &paths[0],
        "--powershell",
        &paths[1],
    ];
    csdeck.run(args.iter().chain(more)).code(0);
}

#[test]
fn an_unknown_host_key_is_refused_until_exactly_it_is_accepted() {
    let csdeck = Csdeck::new();
    let sshd = Sshd::start();
    target(&csdeck, &sshd);
    let refused = csdeck
        .run(["run", "--target", "fe01", "--", "Get-CsPool"])
        .code(5)
        .silent();
    let command = refused
        .stderr
        .lines()
        .find_map(|l| l.strip_prefix("To accept it: csdeck "))
        .expect("the command")
        .to_owned();
    csdeck
        .run(["watch", "--target", "fe01", "--timeout", "60s"])
        .code(5)
        .says("--accept-host-key");
    csdeck
        .run([
            "target",
            "test",
            "fe01",
            "--accept-host-key",
            "SHA256:wrong",
        ])
        .code(5)
        .silent()
        .says("not accepted");
    csdeck.run(["target", "test", "fe01"]).code(5).silent();
    csdeck.run(command.split(' ')).code(0);
    let pools = csdeck
        .run(["run", "--target", "fe01", "--", "Get-CsPool"])
        .code(0);
    assert!(
        pools.stdout.contains("sgpool01.kestrel.lan"),
        "{}",
        pools.stdout
    );
    csdeck
        .run(["run", "--target", "fe01", "--", "Get-CsPool no.such.pool"])
        .code(1)
        .silent();
    let watched = csdeck
        .run([
            "watch",
            "--target",
            "fe01",
            "--interval",
            "100ms",
            "--timeout",
            "2s",
            "--format",
            "json",
        ])
        .code(3)
        .json();
    assert_eq!(watched["replicas"].as_array().unwrap().len(), 9);
}

#[test]
fn a_host_key_that_one_profile_accepts_no_other_knows() {
    let csdeck = Csdeck::new();
    let sshd = Sshd::start();
    for profile in ["kestrel", "contoso"] {
        csdeck.run(["profile", "add", profile]).code(0);
        add(&csdeck, &sshd, &["--profile", profile]);
    }
    let refused = csdeck
        .run(["--profile", "kestrel", "target", "test", "fe01"])
        .code(5)
        .silent();
    let command = refused
        .stderr
        .lines()
        .find_map(|l| l.strip_prefix("To accept it: csdeck "))
        .expect("the command")
        .to_owned();
    assert!(command.starts_with("--profile kestrel "), "{command}");
    csdeck.run(command.split(' ')).code(0);
    csdeck
        .run(["--profile", "kestrel", "target", "test", "fe01"])
        .code(0);
    csdeck
        .run(["--profile", "contoso", "target", "test", "fe01"])
        .code(5)
        .says("contoso");
    let known = csdeck.config().join("profiles/kestrel/known_hosts");
    assert!(known.is_file());
    assert!(
        !csdeck
            .config()
            .join("profiles/contoso/known_hosts")
            .exists()
    );
    assert!(!csdeck.path(".ssh/known_hosts").exists());
}
