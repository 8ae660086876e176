//! CredSSP against the lab's server: the password arrives, and only there where it should.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/winrm.rs"]
mod winrm;
#[path = "support/wire.rs"]
mod wire;

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::auth::AuthError;
use csdeck::execute::winrm::auth::credssp::CredSspError;
use csdeck::execute::winrm::auth::kdc::Krb5Conf;
use csdeck::execute::winrm::wire::{Settings, WireError};
use csdeck::store::secret::Secret;
use sha2::{Digest, Sha256};
use winrm::{Lab, PASSWORD, USER};
use wire::{IDENTIFY, LIMIT, client, identified, identify, settings};

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Checks each request of the log: sealed or in TLS, and with the user's credentials delegated.
fn delegated(lab: &Lab, count: usize, domain: &str, user: &str) {
    let log = lab.log();
    assert_eq!(log.len(), count);
    for entry in log {
        assert!(entry["sealed"] == true || entry["tls"] == true);
        assert_eq!(entry["scheme"], "CredSSP");
        let arrived = &entry["delegated"];
        assert_eq!(
            (&arrived["domain"], &arrived["user"]),
            (&domain.into(), &user.into())
        );
        assert_eq!(arrived["password_sha256"], hash(PASSWORD));
    }
}

async fn many(lab: &Lab, make: impl Fn() -> Settings, chosen: &str) {
    for _ in 0..30 {
        let mut client = client(make());
        identified(&mut client, lab).await;
        assert_eq!(client.facts().unwrap().mechanism, chosen);
    }
}

#[tokio::test]
async fn the_password_arrives_over_http_and_https() {
    for args in [
        &["--auth", "credssp"][..],
        &["--auth", "credssp", "--credssp", "tls1.2"],
        &["--auth", "credssp", "--https", "--cbt", "strict"],
    ] {
        let lab = Lab::start(args);
        many(&lab, || settings(&lab, Auth::CredSsp), "CredSSP (NTLM)").await;
        delegated(&lab, 30, "", USER);
    }
}

#[tokio::test]
async fn bodies_are_sealed_in_pieces_of_any_number() {
    for args in [
        &["--auth", "credssp"][..],
        &["--auth", "credssp", "--credssp", "tls1.2"],
    ] {
        let lab = Lab::start(args);
        let mut client = client(settings(&lab, Auth::CredSsp));
        for size in [0, 16 * 1024, 100_000, 400_000] {
            let body = IDENTIFY.replace(
                "<s:Header/>",
                &format!("<s:Header/><!--{}-->", "x".repeat(size)),
            );
            let reply = client.post(body.into(), LIMIT).await.unwrap();
            assert_eq!(reply.status, 200);
        }
        let log = lab.log();
        assert_eq!(log.len(), 4);
        assert!(log.iter().all(|entry| entry["sealed"] == true));
        assert!(log[3]["bytes_in"].as_u64().unwrap() > 400_000);
    }
}

#[tokio::test]
async fn kerberos_is_used_inside_where_it_is_possible() {
    let lab = Lab::start(&["--kerberos", "--auth", "credssp"]);
    let make = || {
        let mut conf = Krb5Conf::default();
        conf.add(&std::fs::read_to_string(lab.realm().krb5_config).unwrap());
        let mut settings = settings(&lab, Auth::CredSsp);
        settings.host = "localhost".into();
        settings.user = "LAB.TEST\\ops".into();
        settings.kdcs = Some(conf.kdcs_of("LAB.TEST").unwrap());
        settings
    };
    many(&lab, make, "CredSSP (Kerberos)").await;
    delegated(&lab, 30, "LAB.TEST", "ops");
}

#[tokio::test]
async fn no_other_way_to_log_in_delegates() {
    let lab = Lab::start(&[]);
    identified(&mut client(settings(&lab, Auth::Negotiate)), &lab).await;
    assert!(lab.log()[0]["delegated"].is_null());
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let lab = Lab::start(&["--auth", "credssp"]);
    let mut settings = settings(&lab, Auth::CredSsp);
    settings.secret = Some(Secret::new("not it".into()));
    let mut client = client(settings);
    let first = identify(&mut client).await.unwrap_err().to_string();
    assert!(
        first.contains("refused the user or the password"),
        "{first}"
    );
    let second = identify(&mut client).await.unwrap_err().to_string();
    assert_ne!(first, second, "it was tried again");
    assert!(lab.log().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_patched_or_not_bound_gets_no_password() {
    for (knob, want) in [
        ("old", CredSspError::TooOld(4)),
        ("unbound", CredSspError::NotBound),
    ] {
        let lab = Lab::start(&["--auth", "credssp", "--credssp", knob]);
        let error = identify(&mut client(settings(&lab, Auth::CredSsp)))
            .await
            .unwrap_err();
        match error {
            WireError::Auth {
                source: AuthError::CredSsp(error),
                ..
            } => assert_eq!(error, want),
            other => panic!("{other}"),
        }
        assert!(lab.log().is_empty());
    }
}

#[tokio::test]
async fn a_damaged_answer_and_one_sent_again_end_the_session() {
    for knob in ["corrupt_seal", "replay_seal"] {
        let lab = Lab::start(&["--auth", "credssp"]);
        let mut client = client(settings(&lab, Auth::CredSsp));
        identified(&mut client, &lab).await;
        lab.fault(knob, 1);
        let error = identify(&mut client).await.unwrap_err();
        assert!(
            matches!(error, WireError::Unsealed { .. }),
            "{knob}: {error}"
        );
    }
}

#[tokio::test]
async fn without_a_password_there_is_nothing_to_delegate() {
    let lab = Lab::start(&["--auth", "credssp"]);
    let mut settings = settings(&lab, Auth::CredSsp);
    settings.secret = None;
    let error = identify(&mut client(settings)).await.unwrap_err();
    assert!(matches!(error, WireError::NeedsPassword { .. }), "{error}");
}
