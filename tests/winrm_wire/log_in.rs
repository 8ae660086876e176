//! Every way to log in, and what is sent on the way.

use std::sync::Arc;

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::wire::{Client, ClientCertificate, Settings, WireError};
use csdeck::store::secret::Secret;

use crate::PROOF;
use crate::tap::{self, Tap};
use crate::winrm::{Lab, PASSWORD, USER};
use crate::wire::{IDENTIFY, LIMIT, client, identified, identify, plain, settings};

/// Log-ins, each on a connection of its own.
async fn handshakes(lab: &Lab, make: impl Fn() -> Settings, chosen: &str, count: usize) {
    for _ in 0..count {
        let mut client = client(make());
        identified(&mut client, lab).await;
        assert_eq!(client.facts().unwrap().mechanism, chosen);
    }
}

#[tokio::test]
async fn three_hundred_log_ins_over_http_each_and_every_body_sealed() {
    let lab = Lab::start(&[]);
    for auth in [Auth::Negotiate, Auth::Ntlm] {
        handshakes(&lab, || settings(&lab, auth), "NTLM", 300).await;
    }
    let log = lab.log();
    assert_eq!(log.len(), 600);
    assert!(
        log.iter()
            .all(|entry| entry["sealed"] == true && entry["user"] == USER)
    );
}

#[tokio::test]
async fn three_hundred_log_ins_over_https_each_bound_to_its_certificate() {
    let lab = Lab::start(&[
        "--https",
        "--cbt",
        "strict",
        "--auth",
        "negotiate,ntlm,basic,certificate",
    ]);
    for (auth, chosen) in [
        (Auth::Negotiate, "NTLM"),
        (Auth::Ntlm, "NTLM"),
        (Auth::Basic, "Basic"),
        (Auth::Certificate, "certificate"),
    ] {
        let (certificate_file, key_file) = lab.client_certificate();
        let make = || {
            let mut settings = settings(&lab, auth);
            settings.client_certificate = Some(ClientCertificate {
                certificate_file: certificate_file.clone(),
                key_file: key_file.clone(),
            });
            settings
        };
        handshakes(&lab, make, chosen, 300).await;
        let log = lab.log();
        assert_eq!(log.len(), 300);
        assert!(log.iter().all(|entry| entry["tls"] == true));
        if chosen == "NTLM" {
            assert!(log.iter().all(|entry| entry["cbt"] == true), "{auth}");
        }
    }
}

#[tokio::test]
async fn nothing_that_can_be_read_is_sent_over_http() {
    let lab = Lab::start(&[]);
    let tap = Tap::before(lab.port());
    let mut client = client(plain(tap.port(), Auth::Negotiate));
    for _ in 0..3 {
        identified(&mut client, &lab).await;
    }
    let requests = tap.requests();
    // Two legs of the log-in with nothing in them, then the bodies: no round trip too many.
    assert_eq!(requests.len(), 5);
    for leg in &requests[..2] {
        assert!(leg.ends_with(b"\r\n\r\n"), "a leg of the log-in has a body");
    }
    for readable in ["Envelope", "Identify", PASSWORD] {
        assert_eq!(tap::count(&requests, readable), 0, "{readable}");
    }
    assert_eq!(tap::count(&requests, "accept-encoding: identity"), 5);
    assert_eq!(
        tap::count(&requests, "application/HTTP-SPNEGO-session-encrypted"),
        2 * 3
    );
    let facts = client.facts().unwrap();
    assert_eq!(
        (facts.scheme, facts.sealed, facts.requests),
        ("Negotiate", true, 5)
    );
}

#[tokio::test]
async fn over_https_the_first_body_travels_with_the_log_in() {
    let lab = Lab::start(&["--https", "--cbt", "strict"]);
    for (auth, requests) in [(Auth::Negotiate, 2), (Auth::Basic, 1)] {
        let mut client = client(settings(&lab, auth));
        identified(&mut client, &lab).await;
        let facts = client.facts().unwrap();
        assert_eq!(facts.requests, requests, "{auth}");
        assert_eq!(facts.tls_version.as_deref(), Some("TLS 1.3"));
        assert_eq!(
            facts.certificate.unwrap().sha256.to_string(),
            format!("sha256:{}", lab.cert_sha256())
        );
        assert!(!facts.sealed);
    }
}

#[tokio::test]
async fn big_bodies_and_odd_answers() {
    let lab = Lab::start(&["--max-envelope", "2000000"]);
    let mut client = client(settings(&lab, Auth::Negotiate));
    let big = IDENTIFY.replace(
        "<s:Header/>",
        &format!("<!--{}--><s:Header/>", "x".repeat(500_000)),
    );
    for knob in ["spaced_boundary", "chunked", "trickle"] {
        lab.fault(knob, 1);
        for _ in 0..2 {
            let reply = client.post(big.clone().into(), LIMIT).await.unwrap();
            assert!(String::from_utf8_lossy(&reply.body).contains("IdentifyResponse"));
        }
        lab.fault(knob, 0);
    }
    assert!(lab.log().iter().all(|entry| entry["sealed"] == true));
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let lab = Lab::start(&[]);
    let tap = Tap::before(lab.port());
    let mut settings = plain(tap.port(), Auth::Negotiate);
    settings.secret = Some(Secret::new("wrong".into()));
    let settings = Arc::new(settings);
    let mut first = Client::new(settings.clone());
    let refused = identify(&mut first).await.unwrap_err();
    let WireError::AuthRefused { tried, offered, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(
        (tried.as_str(), offered.join(" ")),
        ("NTLM", "Negotiate NTLM Basic".into())
    );
    // Neither this client again nor another with the same settings.
    for mut client in [first, Client::new(settings)] {
        let refused = client.post(IDENTIFY.into(), LIMIT).await.unwrap_err();
        assert!(
            matches!(refused, WireError::AuthRefused { .. }),
            "{refused}"
        );
    }
    assert_eq!(tap::count(&tap.requests(), PROOF), 1);
    assert!(lab.log().is_empty());
}

#[tokio::test]
async fn a_wrong_password_in_basic_is_tried_once() {
    let lab = Lab::start(&["--https"]);
    let mut settings = settings(&lab, Auth::Basic);
    settings.secret = Some(Secret::new("wrong".into()));
    let mut client = client(settings);
    for tried in ["Basic", "nothing"] {
        match identify(&mut client).await {
            Err(WireError::AuthRefused { tried: was, .. }) => assert!(was.starts_with(tried)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn users_and_passwords_of_every_spelling() {
    let accounts = [
        ("KESTREL\\Jörg Öst", "pä$$ wörd €"),
        ("ops@kestrel.lan", "a:b\"c'd"),
        ("ops", "日本語"),
    ];
    let mut args = Vec::new();
    for (user, password) in accounts {
        args.extend(["--user", user, "--password", password]);
    }
    let lab = Lab::start(&args);
    args.push("--https");
    let secure = Lab::start(&args);
    for (user, password) in accounts {
        for (lab, auth) in [
            (&lab, Auth::Negotiate),
            (&secure, Auth::Negotiate),
            (&secure, Auth::Basic),
        ] {
            let mut settings = settings(lab, auth);
            settings.user = user.into();
            settings.secret = Some(Secret::new(password.into()));
            let mut client = client(settings);
            match identify(&mut client).await {
                Ok(reply) => assert_eq!(reply.status, 200),
                Err(e) => panic!("{user} {auth}: {e}"),
            }
        }
    }
}

#[tokio::test]
async fn without_a_password_nothing_is_sent() {
    let lab = Lab::start(&[]);
    let tap = Tap::before(lab.port());
    for auth in [Auth::Negotiate, Auth::Ntlm] {
        let mut settings = plain(tap.port(), auth);
        settings.secret = None;
        match identify(&mut client(settings)).await {
            Err(WireError::NeedsPassword { user, .. }) => assert_eq!(user, USER),
            other => panic!("{other:?}"),
        }
    }
    assert!(tap.requests().is_empty());
}

#[tokio::test]
async fn a_server_with_basic_only_gets_no_body_and_no_password() {
    let lab = Lab::start(&["--auth", "basic"]);
    let tap = Tap::before(lab.port());
    let mut asked = client(plain(tap.port(), Auth::Negotiate));
    match identify(&mut asked).await {
        Err(e @ WireError::Downgrade { .. }) => {
            assert!(e.to_string().contains("nothing was sent"), "{e}");
        }
        other => panic!("{other:?}"),
    }
    // Not even when the target asks for it.
    match identify(&mut client(plain(tap.port(), Auth::Basic))).await {
        Err(WireError::Setup(text)) => assert!(text.contains("over TLS only"), "{text}"),
        other => panic!("{other:?}"),
    }
    let requests = tap.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].ends_with(b"\r\n\r\n"));
    for secret in ["Envelope", PASSWORD, "Basic", PROOF] {
        assert_eq!(tap::count(&requests, secret), 0, "{secret}");
    }
}

#[tokio::test]
async fn a_server_that_knows_ntlm_by_its_own_name_only() {
    let lab = Lab::start(&["--auth", "ntlm"]);
    for auth in [Auth::Negotiate, Auth::Ntlm] {
        let mut client = client(settings(&lab, auth));
        identified(&mut client, &lab).await;
        assert_eq!(client.facts().unwrap().scheme, "NTLM");
    }
}
