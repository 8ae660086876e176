//! Servers behind servers.

use super::*;
use crate::execute::Transport;
use crate::execute::ssh::tests::running::Started;
use crate::execute::ssh::tests::sshd::{SshdOptions, eventually, kill};

/// The way to `inner` through `outer`, each with its own key and known_hosts.
fn through(outer: &Sshd, inner: &Sshd) -> Way {
    let jump = Target {
        name: "jump01".into(),
        ..Way::to(outer).target
    };
    let mut way = Way::to(inner);
    way.target.jump = Some("JUMP01".into());
    way.others = vec![jump];
    way
}

#[tokio::test]
async fn a_server_behind_another_is_reached() {
    let (outer, inner) = (Sshd::start(), Sshd::start());
    let way = through(&outer, &inner);
    let transport = way.transport();
    let said = run(&transport, "echo $SSH_CONNECTION; cat /dev/null").await;
    assert_eq!(said.result, Ok(0), "{:?}", said.events);
    let port = inner.port().to_string();
    assert!(
        said.output()[0].ends_with(&format!(" {port}")),
        "{:?}",
        said.output()
    );
    assert_eq!((outer.logins(), inner.logins()), (1, 1));
    assert_eq!(run(&transport, "echo again").await.output(), ["again"]);
    assert_eq!((outer.logins(), inner.logins()), (1, 1));

    let how = transport.arrivals();
    assert_eq!(how.len(), 2);
    assert!(
        how[0]
            .address
            .contains("the jump jump01 on the way to fe01"),
        "{how:?}"
    );
    assert_eq!(how[0].fingerprint, outer.fingerprint("ed25519"));
    assert_eq!(how[1].fingerprint, inner.fingerprint("ed25519"));
    // The jump is left when the target is.
    drop(transport);
    eventually("the jump's connection ends", || {
        outer.log().contains("Disconnected from user").then_some(())
    });
}

#[tokio::test]
async fn three_jumps_in_a_row_carry_much_both_ways() {
    let rekeying = || {
        Sshd::with(SshdOptions {
            extra: "RekeyLimit 2M".into(),
            ..SshdOptions::default()
        })
    };
    let (a, b, c, d) = (rekeying(), rekeying(), rekeying(), rekeying());
    let named = |sshd: &Sshd, name: &str, jump: Option<&str>| Target {
        name: name.into(),
        jump: jump.map(str::to_owned),
        ..Way::to(sshd).target
    };
    let mut way = Way::to(&d);
    way.target.jump = Some("c".into());
    way.others = vec![
        named(&c, "c", Some("b")),
        named(&a, "a", None),
        named(&b, "b", Some("a")),
    ];
    let transport = way.transport();
    let text = "seq -f 'out %09.0f padding padding padding' 200000";
    let said = run(&transport, text).await;
    assert_eq!(said.result, Ok(0), "{:?}", said.events.last());
    assert_eq!(said.output().len(), 200_000);
    assert_eq!(
        said.output().last(),
        Some(&"out 000200000 padding padding padding")
    );
    // And 6 MB in the other direction.
    let text = format!("wc -c <<'END'\n{}\nEND\n", "0123456789".repeat(600_000));
    let said = run(&transport, &text).await;
    assert_eq!(said.output(), ["6000001"]);
    assert_eq!(transport.arrivals().len(), 4);
}

#[tokio::test]
async fn each_hop_is_named_when_it_fails() {
    let (outer, mut inner) = (Sshd::start(), Sshd::start());
    let way = through(&outer, &inner);
    // The jump's host key is judged by the jump's own file.
    let unknown = outer.folder().join("empty");
    let mut stranger = through(&outer, &inner);
    stranger.others[0].known_hosts = Some(unknown.clone());
    let TransportError::HostKeyUnknown(key) = refusal(&stranger).await else {
        panic!("must be unknown")
    };
    assert!(key.address.contains("the jump jump01"), "{key:?}");
    assert_eq!(
        (key.pattern.clone(), key.known_hosts.clone()),
        (outer.pattern(), unknown)
    );
    assert_eq!(outer.logins(), 0);

    // The target's is looked up under the target's own name, not under the jump's.
    let mut changed = through(&outer, &inner);
    let file = inner.known_hosts_with(&format!(
        "{} {}\n",
        inner.pattern(),
        outer.host_key("ed25519")
    ));
    changed.target.known_hosts = Some(file);
    let refused = refusal(&changed).await;
    assert!(
        matches!(&refused, TransportError::HostKeyChanged(key) if key.address.contains("through jump01")),
        "{refused:?}"
    );
    inner.known_hosts();

    let mut locked_out = through(&outer, &inner);
    locked_out.others[0].identity_file = Some(outer.client_key("rsa", ""));
    let refused = refusal(&locked_out).await;
    assert!(
        matches!(&refused, TransportError::AuthRefused { address, .. } if address.contains("the jump jump01")),
        "{refused:?}"
    );

    inner.stop();
    let refused = refusal(&way).await.to_string();
    assert!(
        refused.contains(&format!("{} (through jump01)", inner.address()))
            && refused.contains("jump01 cannot connect to it"),
        "{refused}"
    );
    inner.start_again();
    works(&way).await;
}

#[tokio::test]
async fn a_jump_that_forwards_nothing_is_told() {
    let outer = Sshd::with(SshdOptions {
        extra: "AllowTcpForwarding no".into(),
        ..SshdOptions::default()
    });
    let inner = Sshd::start();
    let refused = refusal(&through(&outer, &inner)).await.to_string();
    assert!(refused.contains("AllowTcpForwarding"), "{refused}");
}

#[tokio::test]
async fn a_jump_that_is_killed_loses_the_run_and_is_named() {
    let (outer, inner) = (Sshd::start(), Sshd::start());
    let transport = Arc::new(through(&outer, &inner).transport());
    let mut started = Started::new(&transport, "echo $$; exec sleep 300");
    let pid: u32 = started.line().await.parse().unwrap();
    outer.kill_connections();
    let result = started.result().await;
    assert!(
        matches!(&result, Err(TransportError::Lost { address, reason })
            if address.contains("through jump01") && reason.contains("the jump jump01")),
        "{result:?}"
    );
    kill(pid);
    assert_eq!(run(&transport, "echo back").await.output(), ["back"]);
    assert_eq!((outer.logins(), inner.logins()), (2, 2));
}

#[tokio::test]
async fn a_jump_that_falls_silent_and_a_server_behind_it_that_dies_lose_the_run() {
    let (outer, inner) = (Sshd::start(), Sshd::start());
    let mut way = through(&outer, &inner);
    way.target.keepalive = Some(Duration::from_millis(500));
    let transport = Arc::new(way.transport());
    for kill_inner in [true, false] {
        let mut started = Started::new(&transport, "echo $$; exec sleep 300");
        let pid: u32 = started.line().await.parse().unwrap();
        if kill_inner {
            inner.kill_connections();
        } else {
            outer.signal_connections("-STOP");
        }
        let result = started.result().await;
        assert!(
            matches!(&result, Err(TransportError::Lost { reason, .. })
                if kill_inner || reason.contains("said nothing for 2.0 s")),
            "{result:?}"
        );
        kill(pid);
    }
    outer.signal_connections("-CONT");
}

#[tokio::test]
async fn a_run_through_a_jump_is_cancelled() {
    let (outer, inner) = (Sshd::start(), Sshd::start());
    let transport = Arc::new(through(&outer, &inner).transport());
    let mut started = Started::new(&transport, "while :; do echo tick; sleep 0.05; done");
    assert_eq!(started.line().await, "tick");
    started.cancel.cancel();
    assert_eq!(started.result().await, Err(TransportError::Cancelled));
    assert_eq!(run(&transport, "echo next").await.output(), ["next"]);
}

#[tokio::test]
async fn a_server_behind_a_jump_that_says_nothing_times_out() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (outer, inner) = (Sshd::start(), Sshd::start());
    let mut way = through(&outer, &inner);
    way.target.address = silent.local_addr().unwrap().to_string();
    way.target.connect_timeout = Some(Duration::from_secs(1));
    let refused = refusal(&way).await;
    assert!(
        matches!(&refused, TransportError::TimedOut { address, phase: "handshake", .. }
            if address.contains("through jump01")),
        "{refused:?}"
    );
    // The jump is left then, too.
    eventually("the jump's connection ends", || {
        outer.log().contains("Disconnected from user").then_some(())
    });
}
