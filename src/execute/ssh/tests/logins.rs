use super::*;
use crate::execute::ssh::tests::sshd::{PasswordUser, SshAgent, SshdOptions};
use crate::execute::target::LoginMethod;

fn taking_passwords() -> Sshd {
    Sshd::with(SshdOptions {
        password: true,
        ..SshdOptions::default()
    })
}

#[tokio::test]
async fn keys_of_every_type() {
    let sshd = Sshd::start();
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let key = sshd.client_key(kind, "");
        sshd.authorize(&key);
        works(&Way::to(&sshd).key(key)).await;
    }
}

#[tokio::test]
async fn a_locked_key_needs_its_passphrase() {
    let sshd = Sshd::start();
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let key = sshd.client_key(kind, "correct horse");
        sshd.authorize(&key);
        let way = Way::to(&sshd).key(key.clone());
        let needs = TransportError::NeedsPassphrase {
            target: "fe01".into(),
            path: key.clone(),
            wrong: false,
        };
        assert_eq!(refusal(&way).await, needs);
        works(&way.secret("correct horse")).await;

        let wrong = Way::to(&sshd).key(key.clone()).secret("battery staple");
        let needs = TransportError::NeedsPassphrase {
            target: "fe01".into(),
            path: key.clone(),
            wrong: true,
        };
        let refused = refusal(&wrong).await;
        assert_eq!(refused, needs, "a wrong passphrase is asked for again");
        let said = format!("the passphrase for the key {} is wrong", key.display());
        assert!(refused.to_string().starts_with(&said), "{refused}");
        assert!(wrong.secrets.get("fe01").is_none(), "and not kept");
    }
}

#[tokio::test]
async fn a_passphrase_never_goes_to_the_server() {
    let sshd = taking_passwords();
    let stranger = sshd.client_key("rsa", "correct horse");
    let way = Way::to(&sshd).key(stranger.clone()).secret("correct horse");
    assert!(matches!(
        refusal(&way).await,
        TransportError::AuthRefused { .. }
    ));
    let wrong = Way::to(&sshd).key(stranger).secret("battery staple");
    assert!(matches!(
        refusal(&wrong).await,
        TransportError::NeedsPassphrase { .. }
    ));
    assert_eq!(sshd.refused_passwords(), 0, "{}", sshd.log());
}

#[tokio::test]
async fn the_agent_comes_first() {
    let sshd = Sshd::start();
    let agent = SshAgent::with(&[&sshd.client_key("ed25519", "")]);
    let mut way = Way::to(&sshd).agent(agent.socket());
    way.target.identity_file = None;
    works(&way).await;
    // A key that cannot even be read is not looked at once the agent got in.
    works(
        &Way::to(&sshd)
            .agent(agent.socket())
            .key("/nowhere/id".into()),
    )
    .await;
}

#[tokio::test]
async fn without_the_agent_the_key_is_used() {
    let sshd = Sshd::start();
    works(&Way::to(&sshd).agent(std::path::Path::new("/nowhere/socket"))).await;
    let stranger = SshAgent::with(&[&sshd.client_key("rsa", "")]);
    works(&Way::to(&sshd).agent(stranger.socket())).await;
}

#[tokio::test]
async fn an_agent_full_of_strangers_leaves_room_for_the_right_key() {
    let sshd = Sshd::start();
    let strangers: Vec<PathBuf> = (0..7)
        .map(|count| sshd.make_key(&format!("stranger{count}"), "ed25519", ""))
        .collect();
    let right = sshd.client_key("ed25519", "");
    let mut keys: Vec<&std::path::Path> = strangers.iter().map(PathBuf::as_path).collect();
    // The server hangs up after six keys: the file must come before that.
    let agent = SshAgent::with(&keys);
    works(&Way::to(&sshd).agent(agent.socket())).await;
    // The key the target names is asked of the agent first, wherever it stands.
    keys.push(&right);
    let agent = SshAgent::with(&keys);
    works(&Way::to(&sshd).agent(agent.socket())).await;
    let log = sshd.log();
    assert_eq!(log.matches("Accepted publickey").count(), 2);
    // Four strangers were offered the first time, none the second.
    assert_eq!(log.matches("Failed publickey").count(), 4);
}

#[tokio::test]
async fn the_usual_keys_are_found_in_the_home_folder() {
    let sshd = Sshd::start();
    let mut way = Way::to(&sshd);
    way.target.identity_file = None;
    way.target.known_hosts = None;
    let ssh = sshd.folder().join("home/.ssh");
    std::fs::create_dir_all(&ssh).unwrap();
    std::fs::copy(sshd.known_hosts(), ssh.join("known_hosts")).unwrap();
    assert!(matches!(
        refusal(&way).await,
        TransportError::AuthRefused { .. }
    ));

    let locked = sshd.client_key("ecdsa", "correct horse");
    std::fs::copy(locked, ssh.join("id_ecdsa")).unwrap();
    let needs = TransportError::NeedsPassphrase {
        target: "fe01".into(),
        path: ssh.join("id_ecdsa"),
        wrong: false,
    };
    assert_eq!(refusal(&way).await, needs);
    let wrong = TransportError::NeedsPassphrase {
        target: "fe01".into(),
        path: ssh.join("id_ecdsa"),
        wrong: true,
    };
    let mut way = way.secret("battery staple");
    assert_eq!(refusal(&way).await, wrong);
    assert!(way.secrets.get("fe01").is_none(), "and not kept");
    way = way.secret("correct horse");

    std::fs::copy(sshd.client_key("ed25519", ""), ssh.join("id_ed25519")).unwrap();
    works(&way).await;
}

#[tokio::test]
async fn a_refused_key_is_said() {
    let sshd = Sshd::start();
    let stranger = sshd.client_key("rsa", "");
    let refused = refusal(&Way::to(&sshd).key(stranger.clone())).await;
    let TransportError::AuthRefused {
        user,
        address,
        tried,
        offered,
    } = refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!((user, address), (this_user(), sshd.address()));
    assert_eq!(tried, format!("key {}", stranger.display()));
    assert_eq!(offered, "publickey");
}

#[tokio::test]
async fn what_is_no_key_is_said() {
    let sshd = Sshd::start();
    let file = sshd.folder().join("key.ppk");
    for (text, part) in [
        ("PuTTY-User-Key-File-3: ssh-rsa\n", "puttygen"),
        ("hello", "is no private key"),
    ] {
        std::fs::write(&file, text).unwrap();
        let refused = refusal(&Way::to(&sshd).key(file.clone())).await;
        assert!(
            matches!(&refused, TransportError::Setup(why) if why.contains(part)),
            "{refused:?}"
        );
    }
    let refused = refusal(&Way::to(&sshd).key("/nowhere/id".into())).await;
    assert!(
        matches!(&refused, TransportError::Setup(why) if why.contains("/nowhere/id")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_password_is_needed_then_refused_once_then_right() {
    let user = PasswordUser::create();
    let sshd = taking_passwords();
    let none = Way::with_password(&sshd, &user.name, None);
    assert_eq!(
        refusal(&none).await,
        TransportError::NeedsPassword {
            target: "fe01".into(),
            user: user.name.clone(),
            address: sshd.address()
        }
    );

    let wrong = Way::with_password(&sshd, &user.name, Some("S3cret-wrong"));
    let refused = refusal(&wrong).await;
    let TransportError::AuthRefused { tried, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(tried, "password");
    assert!(!format!("{refused:?} {refused} {:?}", wrong.transport()).contains("S3cret"));
    assert!(
        wrong.secrets.get("fe01").is_none(),
        "a refused password is not kept"
    );
    assert_eq!(
        sshd.refused_passwords(),
        1,
        "a refused password is not tried again"
    );

    works(&Way::with_password(&sshd, &user.name, Some(&user.password))).await;
}

#[tokio::test]
async fn a_server_that_only_asks_questions_gets_the_password_as_answer() {
    let user = PasswordUser::create();
    let sshd = Sshd::with(SshdOptions {
        keyboard_interactive: true,
        ..SshdOptions::default()
    });
    let none = Way::with_password(&sshd, &user.name, None);
    assert!(matches!(
        refusal(&none).await,
        TransportError::NeedsPassword { .. }
    ));
    works(&Way::with_password(&sshd, &user.name, Some(&user.password))).await;

    let wrong = Way::with_password(&sshd, &user.name, Some("wrong"));
    let refused = refusal(&wrong).await;
    let TransportError::AuthRefused { tried, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(tried, "keyboard-interactive");
    assert!(wrong.secrets.get("fe01").is_none());
}

#[tokio::test]
async fn a_domain_user_name_arrives_as_it_was_written() {
    let sshd = taking_passwords();
    let way = Way::with_password(&sshd, "kestrel\\ops", Some("x"));
    assert!(matches!(
        refusal(&way).await,
        TransportError::AuthRefused { .. }
    ));
    // sshd writes a backslash in its log as two.
    sshd::eventually("the user is in the log", || {
        sshd.log()
            .contains("invalid user kestrel\\\\ops")
            .then_some(())
    });
}

#[tokio::test]
async fn a_closed_port_and_a_name_that_is_none() {
    let mut sshd = Sshd::start();
    let way = Way::to(&sshd);
    sshd.stop();
    assert!(matches!(
        refusal(&way).await,
        TransportError::Unreachable { .. }
    ));
    let mut nameless = Way::to(&sshd);
    nameless.target.address = "fe01.invalid".into();
    let refused = refusal(&nameless).await;
    assert!(
        matches!(&refused, TransportError::Unreachable { address, .. } if address == "fe01.invalid:22"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_times_out_and_a_cancel_does_not_wait_for_it() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let sshd = Sshd::start();
    let mut way = Way::to(&sshd);
    way.target.address = silent.local_addr().unwrap().to_string();
    let after = Duration::from_millis(200);
    let usual = way.target.connect_timeout.replace(after);
    let said = run(&way.transport(), "echo no").await;
    way.target.connect_timeout = usual;
    let address = way.target.address.clone();
    assert_eq!(
        said.result,
        Err(TransportError::TimedOut {
            address,
            phase: "handshake",
            after
        })
    );

    // With the usual 15 s to go, the cancelled run returns; the next one does not queue behind it.
    let transport = way.transport();
    for _ in 0..2 {
        let (sender, _receiver) = mpsc::channel(EVENT_BUFFER);
        let cancel = CancellationToken::new();
        let job = transport.run_text("echo no", sender, cancel.clone());
        let (result, ()) = tokio::join!(job, async {
            tokio::task::spawn_blocking({
                let silent = silent.try_clone().unwrap();
                move || silent.accept().map(drop)
            })
            .await
            .unwrap()
            .unwrap();
            cancel.cancel();
        });
        assert_eq!(result, Err(TransportError::Cancelled));
    }
}

#[tokio::test]
async fn only_the_ways_of_the_target_are_tried_and_in_its_order() {
    let user = PasswordUser::create();
    let sshd = taking_passwords();
    let key = sshd.client_key("ed25519", "");
    let agent = SshAgent::with(&[&key]);
    let mut way = Way::with_password(&sshd, &user.name, Some(&user.password))
        .agent(agent.socket())
        .key(key.clone());
    way.target.login = vec![LoginMethod::Password, LoginMethod::Key];
    works(&way).await;
    assert_eq!(sshd.log().matches("Accepted password").count(), 1);
    way.target.login = vec![LoginMethod::Key, LoginMethod::Password];
    let transport = way.transport();
    assert_eq!(run(&transport, "echo yes").await.result, Ok(0));
    let how = crate::execute::Transport::arrivals(&transport);
    assert_eq!(how[0].method, format!("key {}", key.display()));
    assert_eq!(how[0].fingerprint, sshd.fingerprint("ed25519"));
    way.target.login = vec![LoginMethod::KeyboardInteractive];
    let refused = refusal(&way).await.to_string();
    assert!(
        refused.contains("login key allows no more") && refused.contains("publickey, password"),
        "{refused}"
    );
    way.target.login = vec![LoginMethod::Agent];
    works(&way).await;
}

#[tokio::test]
async fn a_log_in_that_takes_too_long_names_its_key() {
    // The server asks a program for the keys, which takes its time.
    let sshd = Sshd::with(SshdOptions {
        extra: format!(
            "AuthorizedKeysCommand /bin/sleep 10\nAuthorizedKeysCommandUser {}",
            this_user()
        ),
        ..SshdOptions::default()
    });
    let mut way = Way::to(&sshd);
    std::fs::write(sshd.folder().join("authorized_keys"), "").unwrap();
    way.target.login_timeout = Some(Duration::from_secs(1));
    let refused = refusal(&way).await;
    assert!(
        matches!(
            refused,
            TransportError::TimedOut {
                phase: "log-in",
                ..
            }
        ),
        "{refused:?}"
    );
    let said = refused.to_string();
    assert!(said.contains("within 1 s (log-in)") && said.contains("login_timeout"));
}
