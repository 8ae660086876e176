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
    let known_hosts = csdeck.path("known_hosts");
    let user = sshd::this_user();
    let paths = [&key, &known_hosts, &program].map(|p| p.to_str().unwrap().to_owned());
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
            &user,
            "--identity-file",
            &paths[0],
            "--known-hosts",
            &paths[1],
            "--powershell",
            &paths[2],
        ])
        .code(0);
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
