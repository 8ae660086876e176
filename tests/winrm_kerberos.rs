//! Kerberos against the lab's server and MIT's KDC.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/winrm.rs"]
mod winrm;
#[path = "support/wire.rs"]
mod wire;

use csdeck::execute::target::Auth;
use csdeck::execute::winrm::auth::kdc::{Kdc, Krb5Conf};
use csdeck::execute::winrm::auth::kerberos::{KerberosLogin, Scheme};
use csdeck::execute::winrm::auth::words::KerberosError;
use csdeck::execute::winrm::auth::{AuthError, Mechanism};
use csdeck::execute::winrm::wire::{Settings, WireError};
use csdeck::store::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use winrm::{Lab, PASSWORD};
use wire::{IDENTIFY, LIMIT, client, identified, identify};

const REALM: &str = "LAB.TEST";

fn kdcs(lab: &Lab) -> Vec<Kdc> {
    let mut conf = Krb5Conf::default();
    conf.add(&std::fs::read_to_string(lab.realm().krb5_config).unwrap());
    conf.kdcs_of(REALM).unwrap()
}

/// How to log in to the lab by its name in the realm.
fn settings(lab: &Lab, auth: Auth) -> Settings {
    let mut settings = wire::settings(lab, auth);
    settings.host = "localhost".into();
    settings.user = format!("ops@{REALM}");
    settings.kdcs = Some(kdcs(lab));
    settings
}

fn password(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// What comes of asking the KDC for a ticket.
async fn ticket(kdcs: Vec<Kdc>, user: &str, secret: &str, host: &str) -> Result<(), KerberosError> {
    let mut login = KerberosLogin::new(Scheme::Kerberos, user, &password(secret), host, None)
        .unwrap()
        .with_kdcs(kdcs);
    match login.step(None).await {
        Ok(token) => {
            assert!(token.is_some() && !login.is_done());
            Ok(())
        }
        Err(AuthError::Kerberos(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn three_hundred_log_ins_over_http_each_and_every_body_sealed() {
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos,negotiate"]);
    for (auth, scheme) in [(Auth::Kerberos, "Kerberos"), (Auth::Negotiate, "Negotiate")] {
        for _ in 0..300 {
            let mut client = client(settings(&lab, auth));
            identified(&mut client, &lab).await;
            let facts = client.facts().unwrap();
            assert_eq!((facts.scheme, facts.mechanism), (scheme, "Kerberos"));
        }
        let log = lab.log();
        assert_eq!(log.len(), 300);
        for entry in log {
            assert_eq!(entry["sealed"], true);
            assert_eq!(entry["protocol"], "kerberos");
            assert_eq!(entry["user"], "ops@LAB.TEST");
            assert!(entry["delegated"].is_null());
        }
    }
}

#[tokio::test]
async fn three_hundred_log_ins_over_https_each_bound_to_its_certificate() {
    let lab = Lab::start(&[
        "--kerberos",
        "--https",
        "--cbt",
        "strict",
        "--auth",
        "kerberos,negotiate",
    ]);
    for auth in [Auth::Kerberos, Auth::Negotiate] {
        for _ in 0..300 {
            let mut client = client(settings(&lab, auth));
            identified(&mut client, &lab).await;
            // The ticket and the first body go together.
            assert_eq!(client.facts().unwrap().requests, 1);
        }
        let log = lab.log();
        assert_eq!(log.len(), 300);
        assert!(
            log.iter()
                .all(|entry| entry["tls"] == true && entry["cbt"] == true)
        );
    }
}

#[tokio::test]
async fn one_connection_takes_many_requests_of_any_size() {
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
    let mut client = client(settings(&lab, Auth::Kerberos));
    for size in [0, 1, 15, 16, 17, 4096, 100_000] {
        let body = IDENTIFY.replace(
            "<s:Header/>",
            &format!("<s:Header/><!--{}-->", "x".repeat(size)),
        );
        let reply = client.post(body.into(), LIMIT).await.unwrap();
        assert_eq!(reply.status, 200);
    }
    let log = lab.log();
    assert_eq!(log.len(), 7);
    assert!(
        log.iter()
            .all(|entry| entry["connection"] == log[0]["connection"])
    );
}

#[tokio::test]
async fn each_way_to_write_the_user_is_understood() {
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
    for user in [
        "ops@LAB.TEST",
        "ops@lab.test",
        "LAB.TEST\\ops",
        "lab.test\\ops",
    ] {
        let mut settings = settings(&lab, Auth::Kerberos);
        settings.user = user.into();
        identified(&mut client(settings), &lab).await;
    }
}

#[tokio::test]
async fn what_the_kdc_refuses_is_told() {
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
    let kdcs = kdcs(&lab);
    let ask = |user: &str, secret: &str, host: &str| {
        let (user, secret, host) = (user.to_owned(), secret.to_owned(), host.to_owned());
        let kdcs = kdcs.clone();
        async move { ticket(kdcs, &user, &secret, &host).await }
    };
    ask("ops@LAB.TEST", PASSWORD, "localhost").await.unwrap();
    let user = |name: &str| format!("{name}@LAB.TEST");
    let cases = [
        (
            ask("ops@LAB.TEST", "not it", "localhost").await,
            KerberosError::PasswordWrong { user: user("ops") },
        ),
        (
            ask("nobody@LAB.TEST", PASSWORD, "localhost").await,
            KerberosError::UserUnknown {
                user: user("nobody"),
            },
        ),
        (
            ask("LAB.TEST\\locked", PASSWORD, "localhost").await,
            KerberosError::AccountRevoked {
                user: user("locked"),
            },
        ),
        (
            ask("LAB.TEST\\expired", PASSWORD, "localhost").await,
            KerberosError::PasswordExpired {
                user: user("expired"),
            },
        ),
        (
            ask("ops@LAB.TEST", PASSWORD, "fe01.lab.test").await,
            KerberosError::ServerUnknown {
                spn: "HTTP/fe01.lab.test".into(),
                realm: REALM.into(),
            },
        ),
        (
            ask("ops@LAB.TEST", PASSWORD, "127.0.0.1").await,
            KerberosError::AddressNotName {
                host: "127.0.0.1".into(),
            },
        ),
    ];
    for (got, want) in cases {
        assert_eq!(got, Err(want));
    }
}

#[tokio::test]
async fn a_wrong_password_is_sent_to_the_kdc_once_and_nowhere_else() {
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos,negotiate,ntlm"]);
    for auth in [Auth::Kerberos, Auth::Negotiate] {
        let mut settings = settings(&lab, auth);
        settings.secret = Some(password("not it"));
        let mut client = client(settings);
        let first = identify(&mut client).await.unwrap_err().to_string();
        assert!(first.contains("tried once"), "{first}");
        assert!(!first.contains("not it"));
        // The password is known to be wrong now: not even the KDC is asked.
        let second = identify(&mut client).await.unwrap_err();
        assert!(
            !matches!(
                second,
                WireError::Auth {
                    source: AuthError::Kerberos(_),
                    ..
                }
            ),
            "{second}"
        );
        assert!(lab.log().is_empty());
    }
}

#[tokio::test]
async fn negotiate_takes_ntlm_when_no_kdc_is_reached_and_kerberos_alone_does_not() {
    let lab = Lab::start(&[
        "--kerberos",
        "--auth",
        "kerberos,negotiate,ntlm",
        "--user",
        "LAB.TEST\\ops",
        "--password",
        PASSWORD,
    ]);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = Kdc {
        host: "127.0.0.1".into(),
        port: closed.local_addr().unwrap().port(),
    };
    drop(closed);
    let with = |auth| {
        let mut settings = settings(&lab, auth);
        settings.user = "LAB.TEST\\ops".into();
        settings.kdcs = Some(vec![nobody.clone()]);
        client(settings)
    };
    let mut either = with(Auth::Negotiate);
    identified(&mut either, &lab).await;
    assert_eq!(either.facts().unwrap().mechanism, "NTLM");
    let error = identify(&mut with(Auth::Kerberos)).await.unwrap_err();
    assert!(
        error.to_string().contains(&nobody.to_string())
            && error
                .to_string()
                .contains("no KDC of the realm LAB.TEST answers"),
        "{error}"
    );
    assert_eq!(lab.log().len(), 1);
}

#[tokio::test]
async fn a_damaged_answer_and_one_sent_again_are_not_believed() {
    for knob in ["corrupt_seal", "replay_seal"] {
        let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
        let mut client = client(settings(&lab, Auth::Kerberos));
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
async fn a_kdc_with_another_clock_is_followed_and_the_servers_refusal_told() {
    // The KDC is an hour ahead of this computer and of the server.
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos", "--kdc-clock", "+1h"]);
    ticket(kdcs(&lab), "ops@LAB.TEST", PASSWORD, "localhost")
        .await
        .unwrap();
    let error = identify(&mut client(settings(&lab, Auth::Kerberos)))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("the clocks differ too much"), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_kerberos_inside_negotiate_only_gets_it_so() {
    for args in [
        &["--kerberos", "--auth", "negotiate"][..],
        &["--kerberos", "--auth", "negotiate", "--https"],
    ] {
        let lab = Lab::start(args);
        let mut client = client(settings(&lab, Auth::Kerberos));
        identified(&mut client, &lab).await;
        let facts = client.facts().unwrap();
        assert_eq!((facts.scheme, facts.mechanism), ("Negotiate", "Kerberos"));
    }
}

#[tokio::test]
async fn a_bare_refusal_of_a_ticket_does_not_blame_the_password() {
    let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
    lab.fault("always_401", true);
    let mut client = client(settings(&lab, Auth::Kerberos));
    for _ in 0..2 {
        let error = identify(&mut client).await.unwrap_err().to_string();
        assert!(error.contains("The password itself was right"), "{error}");
    }
}

/// A KDC that says the same to everything: a KRB-ERROR with this code and this time.
async fn stubborn_kdc(code: u8, time: &str) -> Kdc {
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }
    let name = der(
        0x30,
        &[
            der(0xa0, &der(2, &[2])),
            der(0xa1, &der(0x30, &der(0x1b, b"krbtgt"))),
        ]
        .concat(),
    );
    let fields = [
        der(0xa0, &der(2, &[5])),
        der(0xa1, &der(2, &[30])),
        der(0xa4, &der(0x18, time.as_bytes())),
        der(0xa5, &der(2, &[0])),
        der(0xa6, &der(2, &[code])),
        der(0xa9, &der(0x1b, b"LAB.TEST")),
        der(0xaa, &name),
    ]
    .concat();
    let error = der(0x7e, &der(0x30, &fields));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let length = stream.read_u32().await.unwrap();
            let mut question = vec![0; length as usize];
            stream.read_exact(&mut question).await.unwrap();
            stream
                .write_u32(u32::try_from(error.len()).unwrap())
                .await
                .unwrap();
            stream.write_all(&error).await.unwrap();
        }
    });
    Kdc {
        host: "127.0.0.1".into(),
        port,
    }
}

#[tokio::test]
async fn a_clock_that_is_off_old_ciphers_and_another_realm_are_told() {
    let kdc = stubborn_kdc(37, "20010101000000Z").await;
    let error = ticket(vec![kdc], "ops@LAB.TEST", PASSWORD, "localhost")
        .await
        .unwrap_err();
    match &error {
        KerberosError::ClockSkew { away } => {
            assert!(away.contains("days ahead"), "{away}");
        }
        other => panic!("{other}"),
    }
    let kdc = stubborn_kdc(14, "20010101000000Z").await;
    let error = ticket(vec![kdc], "ops@LAB.TEST", PASSWORD, "localhost")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("AES-128 or AES-256"), "{error}");
    let kdc = stubborn_kdc(68, "20010101000000Z").await;
    let error = ticket(vec![kdc], "OTHER.LAN\\ops", PASSWORD, "localhost").await;
    let realm = "OTHER.LAN".into();
    assert_eq!(error, Err(KerberosError::WrongRealm { realm }));
}

#[tokio::test]
async fn a_kdc_that_talks_nonsense_ends_in_words() {
    for nonsense in [
        &b"\0\0\0\x04\x30\x80\xff\xff"[..],
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                stream.write_all(nonsense).await.unwrap();
            }
        });
        let kdc = Kdc {
            host: "127.0.0.1".into(),
            port,
        };
        let error = ticket(vec![kdc], "LAB.TEST\\ops", PASSWORD, "localhost")
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                KerberosError::NotKerberos(_) | KerberosError::KdcUnreachable { .. }
            ),
            "{error}"
        );
    }
}

#[cfg(not(any(feature = "ticket", windows)))]
#[tokio::test]
async fn a_build_without_tickets_says_so() {
    let mut settings = wire::plain(9, Auth::Kerberos);
    settings.secret = None;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    settings.port = listener.local_addr().unwrap().port();
    let error = identify(&mut client(settings))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("feature ticket"), "{error}");
}

/// The library of the system reads its environment, which a test must not change: each part runs in
/// this test program once more, with an environment of its own.
#[cfg(all(feature = "ticket", unix))]
mod with_ticket {
    use super::*;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    const PART: &str = "CSDECK_TEST_TICKET_PORT";

    /// Runs the test `name` again, where it finds the lab's port in [`PART`].
    fn again(lab: &Lab, name: &str, ccache: &str) {
        let out = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("with_ticket::{name}"), "--nocapture"])
            .env(PART, format!("{} {}", lab.port(), lab.url()))
            .env("LAB_CA", lab.info()["ca_pem"].as_str().unwrap_or_default())
            .env("KRB5_CONFIG", lab.realm().krb5_config)
            .env("KRB5CCNAME", ccache)
            .output()
            .unwrap();
        assert!(
            out.status.success() && String::from_utf8_lossy(&out.stdout).contains("1 passed"),
            "{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }

    /// The settings in the part; none in the test itself.
    fn part(auth: Auth) -> Option<Settings> {
        let told = std::env::var(PART).ok()?;
        let (port, url) = told.split_once(' ').unwrap();
        let mut settings = wire::plain(port.parse().unwrap(), auth);
        settings.host = "localhost".into();
        settings.user = String::new();
        settings.secret = None;
        if url.starts_with("https") {
            settings.scheme = csdeck::execute::winrm::wire::Scheme::Https;
            settings.trust = csdeck::execute::winrm::wire::Trust::CaFile(
                std::env::var_os("LAB_CA").unwrap().into(),
            );
        }
        Some(settings)
    }

    async fn many_log_ins(count: usize) {
        for auth in [Auth::Kerberos, Auth::Negotiate] {
            for _ in 0..count {
                let mut client = client(part(auth).unwrap());
                for size in [0, 5000] {
                    let body = IDENTIFY.replace(
                        "<s:Header/>",
                        &format!("<s:Header/><!--{}-->", "x".repeat(size)),
                    );
                    let reply = client.post(body.into(), LIMIT).await.unwrap();
                    assert_eq!(reply.status, 200);
                }
                assert_eq!(client.facts().unwrap().mechanism, "Kerberos");
            }
        }
    }

    #[tokio::test]
    async fn the_signed_in_users_ticket_logs_in_over_http() {
        if std::env::var_os(PART).is_some() {
            return many_log_ins(300).await;
        }
        let lab = Lab::start(&["--kerberos", "--auth", "kerberos,negotiate"]);
        again(
            &lab,
            "the_signed_in_users_ticket_logs_in_over_http",
            &lab.realm().ccache,
        );
        let log = lab.log();
        assert_eq!(log.len(), 1200);
        for entry in log {
            assert_eq!(entry["sealed"], true);
            assert_eq!(entry["user"], "ops@LAB.TEST");
        }
    }

    #[tokio::test]
    async fn the_signed_in_users_ticket_logs_in_over_https() {
        if std::env::var_os(PART).is_some() {
            return many_log_ins(20).await;
        }
        let lab = Lab::start(&[
            "--kerberos",
            "--https",
            "--cbt",
            "strict",
            "--auth",
            "kerberos,negotiate",
        ]);
        again(
            &lab,
            "the_signed_in_users_ticket_logs_in_over_https",
            &lab.realm().ccache,
        );
        assert!(lab.log().iter().all(|entry| entry["cbt"] == true));
    }

    async fn told() -> String {
        identify(&mut client(part(Auth::Kerberos).unwrap()))
            .await
            .unwrap_err()
            .to_string()
    }

    #[tokio::test]
    async fn no_ticket_is_told() {
        if std::env::var_os(PART).is_some() {
            let error = told().await;
            return assert!(error.contains("has no Kerberos ticket"), "{error}");
        }
        let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
        let none = format!("FILE:{}", lab.folder().join("none").display());
        again(&lab, "no_ticket_is_told", &none);
        assert!(lab.log().is_empty());
    }

    #[tokio::test]
    async fn an_expired_ticket_is_told() {
        if std::env::var_os(PART).is_some() {
            let error = told().await;
            return assert!(error.contains("ticket has expired"), "{error}");
        }
        let lab = Lab::start(&["--kerberos", "--auth", "kerberos"]);
        let realm = lab.realm();
        let ccache = lab.info()["kerberos"]["expired_ccache"].as_str().unwrap();
        // Its life is a second; klist -s fails once it is over.
        let mut is_over = false;
        for _ in 0..200 {
            is_over = !Command::new("klist")
                .arg("-s")
                .env("KRB5_CONFIG", &realm.krb5_config)
                .env("KRB5CCNAME", ccache)
                .stderr(Stdio::null())
                .status()
                .unwrap()
                .success();
            if is_over {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(is_over, "the ticket's life does not end");
        again(&lab, "an_expired_ticket_is_told", ccache);
    }
}
