//! The wire to a WinRM server and the log-in on it, against the lab's server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/tap.rs"]
mod tap;
#[path = "support/winrm.rs"]
mod winrm;
#[path = "support/wire.rs"]
mod wire;

use std::time::Duration;

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::wire::{ClientCertificate, Phase, Settings, WireError};
use csdeck::store::secret::Secret;
use tap::Tap;
use winrm::{Lab, PASSWORD, USER};
use wire::{IDENTIFY, LIMIT, client, identified, identify, plain, settings};

/// The beginning of NTLM's third message in base64: the proof of the password.
const PROOF: &str = "TlRMTVNTUAADAAAA";

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
            let reply = client.post(big.clone().into(), LIMIT, false).await.unwrap();
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
    let settings = std::sync::Arc::new(settings);
    let mut first = csdeck::execute::winrm::wire::Client::new(settings.clone());
    let refused = identify(&mut first).await.unwrap_err();
    let WireError::AuthRefused { tried, offered, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(
        (tried.as_str(), offered.join(" ")),
        ("NTLM", "Negotiate NTLM Basic".into())
    );
    // Neither this client again nor another with the same settings.
    for mut client in [first, csdeck::execute::winrm::wire::Client::new(settings)] {
        let refused = client.post(IDENTIFY.into(), LIMIT, true).await.unwrap_err();
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

#[tokio::test]
async fn a_connection_that_broke_is_made_anew_when_that_is_safe() {
    let lab = Lab::start(&[]);
    let tap = Tap::before(lab.port());
    let mut client = client(plain(tap.port(), Auth::Negotiate));
    identified(&mut client, &lab).await;

    // The server closed it while nobody asked for anything.
    tap.cut();
    tokio::time::sleep(Duration::from_millis(50)).await;
    identified(&mut client, &lab).await;

    // The server does not know the connection any more: 401 in the middle.
    tap.drop_server();
    identified(&mut client, &lab).await;
    assert_eq!(lab.log().len(), 3);

    // Cut while the answer is waited for: repeated only when that was allowed.
    lab.fault("drop_request", 1);
    let broken = identify(&mut client).await.unwrap_err();
    assert!(
        matches!(broken, WireError::Closed { sent: true, .. }),
        "{broken:?}"
    );
    assert!(client.facts().is_none());
    identified(&mut client, &lab).await;
    lab.fault("drop_request", 1);
    let reply = client.post(IDENTIFY.into(), LIMIT, true).await.unwrap();
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_server_that_refuses_everything_comes_to_an_end() {
    let lab = Lab::start(&[]);
    let tap = Tap::before(lab.port());
    let mut client = client(plain(tap.port(), Auth::Negotiate));
    lab.fault("always_401", true);
    let refused = identify(&mut client).await.unwrap_err();
    assert!(
        matches!(refused, WireError::AuthRefused { .. }),
        "{refused}"
    );
    assert_eq!(tap::count(&tap.requests(), PROOF), 0);

    lab.fault("always_401", false);
    identified(&mut client, &lab).await;
    lab.fault("always_401", true);
    let refused = identify(&mut client).await.unwrap_err();
    assert!(
        matches!(refused, WireError::AuthRefused { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_broken_seal_is_refused() {
    let lab = Lab::start(&[]);
    let mut client = client(settings(&lab, Auth::Negotiate));
    identified(&mut client, &lab).await;
    lab.fault("corrupt_seal", 1);
    let refused = identify(&mut client).await.unwrap_err();
    assert!(matches!(refused, WireError::Unsealed { .. }), "{refused}");
    // The context is spoilt, so it is made anew.
    assert!(client.facts().is_none());
    identified(&mut client, &lab).await;
}

#[tokio::test]
async fn an_answer_that_is_not_sealed_is_refused() {
    let lab = Lab::start(&[]);
    let tap = Tap::before(lab.port());
    let mut client = client(plain(tap.port(), Auth::Negotiate));
    for (answer, unsealed) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: 4\r\n\r\n<a/>",
            true,
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: multipart/encrypted\r\nContent-Length: 4\r\n\r\n<a/>",
            true,
        ),
        (
            "HTTP/1.1 500 Oh\r\nContent-Type: application/soap+xml\r\nContent-Length: 4\r\n\r\n<a/>",
            false,
        ),
    ] {
        identified(&mut client, &lab).await;
        tap.inject(answer.as_bytes());
        match identify(&mut client).await {
            Err(WireError::Unsealed { .. }) => assert!(unsealed, "{answer}"),
            Err(WireError::Http { status: 500, .. }) => assert!(!unsealed, "{answer}"),
            other => panic!("{answer}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn time_outs_name_what_was_waited_for() {
    let lab = Lab::start(&[]);
    let mut asked = client(settings(&lab, Auth::Negotiate));
    identified(&mut asked, &lab).await;
    lab.fault("hang_request", 1);
    let limit = Duration::from_millis(300);
    match asked.post(IDENTIFY.into(), limit, true).await {
        Err(WireError::TimedOut { phase, after, .. }) => {
            assert_eq!((phase, after), (Phase::Answer, limit));
        }
        other => panic!("{other:?}"),
    }
    identified(&mut asked, &lab).await;

    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut settings = plain(silent.local_addr().unwrap().port(), Auth::Negotiate);
    settings.login_timeout = limit;
    match identify(&mut client(settings)).await {
        Err(WireError::TimedOut { phase, .. }) => assert_eq!(phase, Phase::Login),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_dropped_request_leaves_a_client_that_works() {
    let lab = Lab::start(&[]);
    let mut client = client(settings(&lab, Auth::Negotiate));
    identified(&mut client, &lab).await;
    lab.fault("hang_request", 1);
    let asked = identify(&mut client);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), asked)
            .await
            .is_err()
    );
    identified(&mut client, &lab).await;
}

#[tokio::test]
async fn answers_that_are_numbers() {
    let lab = Lab::start(&[]);
    let mut asked = client(settings(&lab, Auth::Negotiate));
    lab.fault("http_503", 1);
    let busy = identify(&mut asked).await.unwrap_err();
    assert!(
        matches!(busy, WireError::Http { status: 503, .. }) && busy.may_pass(),
        "{busy}"
    );
    identified(&mut asked, &lab).await;
    let mut settings = settings(&lab, Auth::Negotiate);
    settings.path = "/nowhere".into();
    let lost = identify(&mut client(settings)).await.unwrap_err();
    assert!(
        lost.to_string().contains("/nowhere answered HTTP 404"),
        "{lost}"
    );
}

#[tokio::test]
async fn servers_that_are_none() {
    for (answer, text) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.kestrel.lan/\r\nContent-Length: 0\r\n\r\n",
            "does not follow",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "lets in everybody",
        ),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", "does not speak HTTP"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
            "is longer than",
        ),
        (
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate AAAA\r\nContent-Length: 0\r\n\r\n",
            "NTLM message is none",
        ),
        (
            "HTTP/1.1 200 OK\r\nWWW-Authenticate: Negotiate AAAA\r\nContent-Length: 0\r\n\r\n",
            "NTLM message is none",
        ),
    ] {
        let tap = Tap::answering(&[answer]);
        let mut client = client(plain(tap.port(), Auth::Negotiate));
        let error = identify(&mut client).await.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        assert_eq!(tap::count(&tap.requests(), "Envelope"), 0);
    }
}
