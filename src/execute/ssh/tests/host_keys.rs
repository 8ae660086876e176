use super::*;
use crate::execute::ssh::known_hosts::remember;
use crate::execute::ssh::tests::sshd::SshdOptions;

fn of_kinds(kinds: &[&'static str]) -> Sshd {
    Sshd::with(SshdOptions {
        host_keys: kinds.to_vec(),
        ..SshdOptions::default()
    })
}

#[tokio::test]
async fn an_unknown_key_is_refused_then_remembered_then_known() {
    let sshd = Sshd::start();
    let mut way = Way::to(&sshd);
    let file = sshd.folder().join("new/.ssh/known_hosts");
    way.target.known_hosts = Some(file.clone());
    let TransportError::HostKeyUnknown(key) = refusal(&way).await else {
        panic!("must be unknown")
    };
    assert_eq!(key.fingerprint, sshd.fingerprint("ed25519"));
    assert_eq!(key.key_type, "ssh-ed25519");
    assert_eq!(key.address, sshd.address());
    assert_eq!(sshd.logins(), 0, "the key is checked before the log-in");

    assert_eq!(remember(&key), Ok(()));
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        format!("{} {}\n", sshd.pattern(), sshd.host_key("ed25519"))
    );
    works(&way).await;
}

#[tokio::test]
async fn a_changed_key_is_refused_before_the_log_in_and_not_remembered() {
    let mut sshd = Sshd::start();
    let way = Way::to(&sshd);
    works(&way).await;
    sshd.rotate_host_keys();
    let logins = sshd.logins();
    let TransportError::HostKeyChanged(key) = refusal(&way).await else {
        panic!("must be changed")
    };
    assert_eq!(key.fingerprint, sshd.fingerprint("ed25519"));
    assert_eq!(sshd.logins(), logins);
    assert!(
        remember(&key).is_err(),
        "a changed key is not added beside the old one"
    );
}

#[tokio::test]
async fn a_revoked_key_is_refused_though_it_is_known() {
    let sshd = Sshd::start();
    let way = Way::to(&sshd);
    let key = sshd.host_key("ed25519");
    sshd.known_hosts_with(&format!("{} {key}\n@revoked * {key}\n", sshd.pattern()));
    assert!(matches!(
        refusal(&way).await,
        TransportError::HostKeyRevoked(_)
    ));
    assert_eq!(sshd.logins(), 0);
}

#[tokio::test]
async fn a_hashed_entry_is_found() {
    let sshd = Sshd::start();
    let way = Way::to(&sshd);
    let file = sshd.known_hosts();
    let hashed = std::process::Command::new("ssh-keygen")
        .arg("-H")
        .arg("-f")
        .arg(&file)
        .output()
        .unwrap();
    assert!(hashed.status.success());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("|1|"));
    works(&way).await;

    let mut elsewhere = Way::to(&sshd);
    elsewhere.target.known_hosts = Some(file);
    elsewhere.target.address = sshd.address().replace("127.0.0.1", "localhost");
    let refused = refusal(&elsewhere).await;
    assert!(
        matches!(refused, TransportError::HostKeyUnknown(_)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn every_key_type_is_known_by_its_line() {
    for kind in ["ed25519", "ecdsa", "rsa"] {
        works(&Way::to(&of_kinds(&[kind]))).await;
    }
}

#[tokio::test]
async fn a_server_with_several_keys_is_asked_for_the_known_one() {
    let sshd = of_kinds(&["ed25519", "ecdsa", "rsa"]);
    let way = Way::to(&sshd);
    for kind in ["rsa", "ecdsa", "ed25519"] {
        sshd.known_hosts_with(&format!("{} {}\n", sshd.pattern(), sshd.host_key(kind)));
        works(&way).await;
    }
}

#[tokio::test]
async fn a_certificate_authority_vouches_for_no_plain_key() {
    let sshd = Sshd::start();
    let way = Way::to(&sshd);
    sshd.known_hosts_with(&format!("@cert-authority * {}\n", sshd.host_key("ed25519")));
    assert!(matches!(
        refusal(&way).await,
        TransportError::HostKeyUnknown(_)
    ));
}

#[tokio::test]
async fn a_known_hosts_file_that_cannot_be_read_is_named() {
    let sshd = Sshd::start();
    let mut way = Way::to(&sshd);
    way.target.known_hosts = Some(sshd.folder().to_owned());
    let refused = refusal(&way).await;
    assert!(
        matches!(&refused, TransportError::Setup(why) if why.contains("cannot read")),
        "{refused:?}"
    );
}
