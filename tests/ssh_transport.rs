//! What the SSH transport shows to the rest of csdeck, against OpenSSH's own programs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/sshd.rs"]
mod sshd;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use csdeck::execute::Asker;
use csdeck::execute::ask::Nobody;
use csdeck::execute::ssh::SshTransport;
use csdeck::execute::ssh::known_hosts::{RememberError, remember};
use csdeck::execute::{HostKey, ShellProfile, Target, TransportError, TransportKind};
use csdeck::store::secret::{Secret, SessionSecrets};
use sshd::Sshd;

fn offered(sshd: &Sshd, file: &Path) -> HostKey {
    let line = sshd.host_key("ed25519");
    let (key_type, key) = line.split_once(' ').unwrap();
    HostKey {
        address: sshd.address(),
        pattern: sshd.pattern(),
        key_type: key_type.into(),
        fingerprint: sshd.fingerprint("ed25519"),
        key_base64: key.into(),
        known_hosts: file.into(),
    }
}

/// OpenSSH's client, as strict as it can be.
fn ssh(sshd: &Sshd, file: &Path) -> Output {
    Command::new("ssh")
        .args([
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "GlobalKnownHostsFile=none",
        ])
        .arg("-o")
        .arg(format!("UserKnownHostsFile={}", file.display()))
        .arg("-i")
        .arg(sshd.client_key("ed25519", ""))
        .args(["-p", &sshd.port().to_string(), "127.0.0.1", "echo let in"])
        .output()
        .expect("ssh (package openssh-client)")
}

#[test]
fn a_remembered_key_is_known_to_openssh_too() {
    let sshd = Sshd::start();
    let file = sshd.folder().join("known_hosts");
    std::fs::write(&file, "# kept\n").unwrap();
    assert!(!ssh(&sshd, &file).status.success());
    remember(&offered(&sshd, &file)).unwrap();
    remember(&offered(&sshd, &file)).unwrap();
    let out = ssh(&sshd, &file);
    assert_eq!(
        String::from_utf8_lossy(&out.stdout),
        "let in\n",
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        format!("# kept\n{} {}\n", sshd.pattern(), sshd.host_key("ed25519"))
    );
}

#[test]
fn a_rotated_key_is_not_remembered_beside_the_old_one() {
    let mut sshd = Sshd::start();
    let file = sshd.known_hosts();
    sshd.rotate_host_keys();
    let refused = remember(&offered(&sshd, &file));
    assert!(
        matches!(refused, Err(RememberError::Conflict { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_transport_says_what_it_adds_and_shows_no_secret() {
    let target = Target {
        name: "fe01".into(),
        transport: TransportKind::Ssh,
        address: "fe01.kestrel.lan".into(),
        user: Some("kestrel\\ops".into()),
        known_hosts: Some("/tmp/known_hosts".into()),
        shell: ShellProfile::Lync,
        ..Target::lab()
    };
    let secrets = Arc::new(SessionSecrets::default());
    secrets.set("fe01", Secret::new("Tr0ub4dor".into()));
    let asker: Arc<dyn Asker> = Arc::new(Nobody);
    let transport = SshTransport::new(&target, &[], &secrets, &asker).unwrap();
    assert_eq!(
        format!("{transport:?}"),
        "SshTransport { address: \"fe01.kestrel.lan:22\", .. }"
    );

    let odd = SshTransport::new(
        &Target {
            address: "fe01:none".into(),
            ..target
        },
        &[],
        &secrets,
        &asker,
    );
    assert!(matches!(odd, Err(TransportError::Setup(why)) if why.contains("port")));
}
