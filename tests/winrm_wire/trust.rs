//! Which server is believed, and how it is told when none is.

use std::io::{Read, Write};

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::wire::{
    ClientCertificate, Scheme, Settings, TlsFault, TlsWhy, Trust, Unreached, WireError,
};

use crate::winrm::Lab;
use crate::wire::{client, identified, identify, plain, settings};

async fn tls_fault(settings: Settings) -> TlsFault {
    match identify(&mut client(settings)).await {
        Err(WireError::Tls(fault)) => *fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pinned_certificate_is_believed_and_no_other() {
    // 127.0.0.2 is not in the certificate: with a pin its name does not count.
    let lab = Lab::start(&["--https", "--host", "127.0.0.2"]);
    let pin = format!("sha256:{}", lab.cert_sha256());
    let mut right = settings(&lab, Auth::Negotiate);
    right.host = "127.0.0.2".into();
    right.trust = Trust::Fingerprint(pin.parse().unwrap());
    identified(&mut client(right), &lab).await;

    let mut wrong = settings(&lab, Auth::Negotiate);
    wrong.host = "127.0.0.2".into();
    let other = format!("sha256:{}", "00".repeat(32));
    wrong.trust = Trust::Fingerprint(other.parse().unwrap());
    let fault = tls_fault(wrong).await;
    let text = fault.to_string();
    assert!(text.contains(&pin) && text.contains(&other), "{text}");
    assert_eq!(fault.certificate.unwrap().sha256.to_string(), pin);

    // Judged by its CA, the name is what is wrong, and it is told which names there are.
    let mut named = settings(&lab, Auth::Negotiate);
    named.host = "127.0.0.2".into();
    match tls_fault(named).await.why {
        TlsWhy::WrongName { asked, has, found } => {
            assert_eq!(asked, "127.0.0.2");
            assert!(has.contains(&"localhost".to_owned()), "{has:?}");
            assert_eq!(found.to_string(), pin);
        }
        other => panic!("{other}"),
    }
    assert_eq!(lab.log().len(), 1);
}

#[tokio::test]
async fn an_unknown_authority_is_named() {
    let lab = Lab::start(&["--https"]);
    let pin = format!("sha256:{}", lab.cert_sha256());
    let mut settings = settings(&lab, Auth::Basic);
    settings.trust = Trust::System;
    let fault = tls_fault(settings).await;
    let text = fault.to_string();
    for part in [
        "winrm_lab CA",
        "ca_file",
        &format!("fingerprint = \"{pin}\""),
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(fault.certificate.unwrap().issuer, "CN=winrm_lab CA");
    // Not a byte of a log-in went to it.
    assert!(lab.log().is_empty());
}

#[tokio::test]
async fn another_ca_file_does_not_help() {
    let lab = Lab::start(&["--https"]);
    let mut settings = settings(&lab, Auth::Basic);
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/winrm/sha256.pem"
    );
    settings.trust = Trust::CaFile(file.into());
    let text = tls_fault(settings).await.to_string();
    assert!(text.contains("sha256.pem does not know"), "{text}");
}

#[tokio::test]
async fn files_that_are_missing_or_wrong_are_told() {
    let lab = Lab::start(&["--https", "--auth", "certificate"]);
    let (certificate_file, key_file) = lab.client_certificate();
    let told = async |change: &dyn Fn(&mut Settings), part: &str| {
        let mut settings = settings(&lab, Auth::Certificate);
        settings.client_certificate = Some(ClientCertificate {
            certificate_file: certificate_file.clone(),
            key_file: key_file.clone(),
        });
        change(&mut settings);
        match identify(&mut client(settings)).await {
            Err(WireError::Setup(text)) => assert!(text.contains(part), "{text}"),
            other => panic!("{other:?}"),
        }
    };
    let files = |certificate: &std::path::Path, key: &std::path::Path| {
        Some(ClientCertificate {
            certificate_file: certificate.into(),
            key_file: key.into(),
        })
    };
    told(
        &|s| s.trust = Trust::CaFile("/nowhere/ca.pem".into()),
        "no certificate in /nowhere/ca.pem",
    )
    .await;
    told(
        &|s| s.trust = Trust::CaFile(key_file.clone()),
        "it has none",
    )
    .await;
    told(
        &|s| s.client_certificate = None,
        "needs certificate_file and key_file",
    )
    .await;
    told(
        &|s| s.client_certificate = files(&certificate_file, &certificate_file),
        "no private key in",
    )
    .await;
    let other = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/winrm/sha256.pem"
    );
    told(
        &|s| s.client_certificate = files(other.as_ref(), &key_file),
        "do not go together",
    )
    .await;
    told(&|s| s.scheme = Scheme::Http, "over TLS only").await;
}

#[tokio::test]
async fn a_client_certificate_that_is_not_known_is_told() {
    let lab = Lab::start(&["--https", "--auth", "certificate"]);
    let other = Lab::start(&["--https", "--auth", "certificate"]);
    let (certificate_file, key_file) = other.client_certificate();
    let mut settings = settings(&lab, Auth::Certificate);
    settings.client_certificate = Some(ClientCertificate {
        certificate_file,
        key_file,
    });
    let fault = tls_fault(settings).await;
    assert!(matches!(fault.why, TlsWhy::ClientCertificate(_)), "{fault}");
}

#[tokio::test]
async fn the_wrong_port_is_guessed_at() {
    let http = Lab::start(&[]);
    let https = Lab::start(&["--https"]);
    let mut settings = settings(&https, Auth::Negotiate);
    settings.port = http.port();
    assert_eq!(tls_fault(settings).await.why, TlsWhy::NotTls);
    let mut plain = client(plain(https.port(), Auth::Negotiate));
    match identify(&mut plain).await {
        Err(error @ WireError::SpeaksTls { .. }) => {
            assert!(error.to_string().contains("https://"), "{error}");
            assert!(!error.may_pass());
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_port_that_speaks_neither_is_not_said_to_speak_tls() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::AsyncWriteExt;
            let _ = stream.write_all(b"220 mail.kestrel.lan ESMTP\r\n").await;
        }
    });
    match identify(&mut client(plain(port, Auth::Negotiate))).await {
        Err(WireError::NotHttp { .. } | WireError::Closed { .. }) => {}
        other => panic!("{other:?}"),
    }
    server.abort();
}

#[tokio::test]
async fn nobody_there() {
    let port = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    match identify(&mut client(plain(port, Auth::Negotiate))).await {
        Err(WireError::Unreachable { kind, .. }) => assert_eq!(kind, Unreached::Refused),
        other => panic!("{other:?}"),
    }
    let mut settings = plain(port, Auth::Negotiate);
    settings.host = "no.such.host.invalid".into();
    match identify(&mut client(settings)).await {
        Err(WireError::Unreachable { kind, .. }) => assert_eq!(kind, Unreached::Name),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_expired_certificate_is_told_with_its_date() {
    let lab = Lab::start(&["--https", "--expired"]);
    let fault = tls_fault(settings(&lab, Auth::Negotiate)).await;
    let not_after = fault.certificate.unwrap().not_after.unwrap().to_string();
    assert!(matches!(fault.why, TlsWhy::Expired { .. }), "{}", fault.why);
    assert!(
        fault.why.to_string().contains(&not_after),
        "{} {not_after}",
        fault.why
    );
}

#[tokio::test]
async fn the_tls_of_older_windows() {
    let lab = Lab::start(&[
        "--https",
        "--tls",
        "1.2",
        "--cbt",
        "strict",
        "--auth",
        "negotiate,basic,certificate",
    ]);
    let (certificate_file, key_file) = lab.client_certificate();
    for auth in [Auth::Negotiate, Auth::Basic, Auth::Certificate] {
        let mut settings = settings(&lab, auth);
        settings.client_certificate = Some(ClientCertificate {
            certificate_file: certificate_file.clone(),
            key_file: key_file.clone(),
        });
        let mut client = client(settings);
        identified(&mut client, &lab).await;
        assert_eq!(
            client.facts().unwrap().tls_version.as_deref(),
            Some("TLS 1.2")
        );
    }
}

/// Windows Server 2012 R2 has no cipher in common for RSA certificates.
#[tokio::test]
async fn nothing_in_common_says_what_to_do() {
    // A fatal alert handshake_failure (40), and the bare end that Windows prefers.
    for (answer, ended) in [(&[21, 3, 3, 0, 2, 2, 40][..], false), (&[][..], true)] {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let mut settings = plain(listener.local_addr().unwrap().port(), Auth::Negotiate);
        settings.scheme = Scheme::Https;
        settings.trust = Trust::Fingerprint(format!("sha256:{}", "00".repeat(32)).parse().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        });
        let fault = tls_fault(settings).await;
        assert_eq!(matches!(fault.why, TlsWhy::Ended(_)), ended, "{fault}");
        assert_eq!(fault.why == TlsWhy::NothingInCommon, !ended, "{fault}");
        assert!(fault.to_string().contains("2012 R2"), "{fault}");
        server.join().unwrap();
    }
}
