//! Connections that break, servers that hang, answers that are not to be believed.

use std::time::Duration;

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::wire::{Phase, WireError};

use crate::PROOF;
use crate::tap::{self, Tap};
use crate::winrm::Lab;
use crate::wire::{IDENTIFY, client, identified, identify, plain, settings};

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
    // Whoever says so may have passed the body on: it is not sent again.
    tap.drop_server();
    let broken = identify(&mut client).await.unwrap_err();
    assert!(
        matches!(broken, WireError::Closed { sent: true, .. }),
        "{broken:?}"
    );
    identified(&mut client, &lab).await;
    assert_eq!(lab.log().len(), 3);

    // Cut while the answer is waited for: the server may have taken it.
    lab.fault("drop_request", 1);
    let broken = identify(&mut client).await.unwrap_err();
    assert!(
        matches!(broken, WireError::Closed { sent: true, .. }),
        "{broken:?}"
    );
    assert!(client.facts().is_none());
    identified(&mut client, &lab).await;
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
        matches!(refused, WireError::Closed { sent: true, .. }),
        "{refused}"
    );
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
    match asked.post(IDENTIFY.into(), limit).await {
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
