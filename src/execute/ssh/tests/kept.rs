//! A PowerShell that stays behind a channel, played by a shell script behind a real sshd.

use super::*;
use crate::execute::ssh::plan::Limits;
use crate::execute::ssh::tests::sshd::{SshdOptions, eventually, is_running};

const KEPT: &str = include_str!("../../../../tests/support/kept.sh");

fn server(program: &str) -> Sshd {
    Sshd::with(SshdOptions {
        powershell: Some(program.into()),
        ..SshdOptions::default()
    })
}

fn transport(sshd: &Sshd, limits: Limits) -> SshTransport {
    let mut way = Way::to(sshd);
    way.target.session = Session::Warm;
    SshTransport::with_plan(Plan {
        limits,
        ..way.plan()
    })
}

fn warm(sshd: &Sshd) -> SshTransport {
    transport(sshd, Limits::default())
}

/// Runs a text and cancels it when it says that it started.
async fn cancelled(transport: &SshTransport, text: &str) -> Said {
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let all = async {
        let (mut events, mut states) = (Vec::new(), Vec::new());
        while let Some(event) = receiver.recv().await {
            match event {
                Event::State(state) => states.push(state.word()),
                event => {
                    if event == Event::Output("started".into()) {
                        cancel.cancel();
                    }
                    events.push(event);
                }
            }
        }
        (events, states)
    };
    let both = async { tokio::join!(transport.run_text(text, sender, token), all) };
    let (result, (events, states)) = tokio::time::timeout(PATIENCE, both)
        .await
        .expect("the run ends");
    Said {
        result,
        events,
        states,
    }
}

fn warns(said: &Said, words: &str) -> bool {
    said.events
        .iter()
        .any(|e| matches!(e, Event::Warning(text) if text.contains(words)))
}

fn tells(said: &Said, words: &str) -> bool {
    said.events
        .iter()
        .any(|e| matches!(e, Event::Verbose(text) if text.contains(words)))
}

#[tokio::test]
async fn a_second_command_runs_in_the_same_process_and_two_at_once_do_not() {
    let sshd = server(KEPT);
    let transport = warm(&sshd);
    let first = run(&transport, "Get-X").await;
    assert_eq!(first.result, Ok(0), "{:?}", first.events);
    assert_eq!(first.states, ["connecting", "running"]);
    assert!(
        first
            .events
            .contains(&Event::object(serde_json::json!({ "a": [1, null] })))
    );
    let second = run(&transport, "Get-Y").await;
    assert_eq!(first.output(), second.output());
    let (one, two) = tokio::join!(run(&transport, "Get-X"), run(&transport, "Get-Y"));
    assert_ne!(one.output(), two.output());
    assert_eq!(sshd.logins(), 1);
}

#[tokio::test]
async fn a_stop_leaves_the_process_and_says_so() {
    let sshd = server(KEPT);
    let transport = warm(&sshd);
    let first = run(&transport, "Get-X").await;
    let said = cancelled(&transport, "Get-Slow").await;
    assert_eq!(said.result, Err(TransportError::Cancelled));
    assert_eq!(said.states, ["connecting", "running", "cancelling"]);
    assert!(warns(&said, "Ctrl-C"), "{:?}", said.events);
    assert_eq!(run(&transport, "Get-X").await.output(), first.output());
}

#[tokio::test]
async fn what_does_not_stop_is_killed_on_the_server_and_that_is_said() {
    let sshd = server(KEPT);
    let transport = transport(
        &sshd,
        Limits {
            stop: Duration::from_millis(500),
            ..Limits::default()
        },
    );
    let pid: u32 = run(&transport, "Get-X").await.output()[0].parse().unwrap();
    let said = cancelled(&transport, "Get-Deaf").await;
    assert_eq!(said.result, Err(TransportError::Cancelled));
    assert!(
        warns(&said, &format!("kill -KILL {pid}")),
        "{:?}",
        said.events
    );
    eventually("the process ends", || (!is_running(pid)).then_some(()));
    assert_eq!(run(&transport, "Get-X").await.result, Ok(0));
}

#[tokio::test]
async fn a_process_that_dies_loses_its_command_and_is_replaced_aloud() {
    let sshd = server(KEPT);
    let transport = warm(&sshd);
    let said = run(&transport, "Get-Die").await;
    assert_eq!(said.output(), ["half a line"]);
    assert!(
        matches!(&said.result, Err(TransportError::Lost { reason, .. }) if reason.contains("exit code 9")),
        "{:?}",
        said.result
    );
    let pid: u32 = run(&transport, "Get-X").await.output()[0].parse().unwrap();
    sshd::kill(pid);
    eventually("the process ends", || (!is_running(pid)).then_some(()));
    // The server tells a moment later.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let said = run(&transport, "Get-X").await;
    assert_eq!(said.result, Ok(0), "{:?}", said.events);
    assert!(tells(&said, "a new one"), "{:?}", said.events);
}

#[tokio::test]
async fn noise_does_no_harm_and_a_gap_fails_the_command() {
    let sshd = server(KEPT);
    let transport = warm(&sshd);
    let said = run(&transport, "Get-Noise").await;
    assert_eq!(said.result, Ok(0));
    assert_eq!(said.output(), ["no end\u{1}\u{fffd}", "text"]);
    assert_eq!(said.errors(), ["oops"]);
    let said = run(&transport, "Get-Lie").await;
    assert_eq!(said.result, Ok(1));
    assert!(said.errors().iter().any(|e| e.contains("damaged")));
}

#[tokio::test]
async fn a_server_that_keeps_no_session_runs_each_command_on_its_own() {
    for program in [
        // Ends at once on what it does not know; says nothing.
        "#!/bin/sh\nread -r first\ncase \"$first\" in *' '*) echo \"$first\";; *) echo no >&2; exit 1;; esac\n",
        "#!/bin/sh\ntext=$(cat)\necho \"$text\"\n",
    ] {
        let sshd = server(program);
        let transport = transport(
            &sshd,
            Limits {
                hello: Duration::from_millis(700),
                ..Limits::default()
            },
        );
        let said = run(&transport, "Get-X -A 1").await;
        assert_eq!(said.result, Ok(0), "{:?}", said.events);
        assert_eq!(said.output(), ["Get-X -A 1"]);
        assert!(tells(&said, "a process of its own"), "{:?}", said.events);
        let said = run(&transport, "Get-Y -B 2").await;
        assert_eq!(said.output(), ["Get-Y -B 2"]);
        assert!(said.events.iter().all(|e| !matches!(e, Event::Verbose(_))));
        assert_eq!(sshd.logins(), 1);
    }
}

#[tokio::test]
async fn the_end_of_the_transport_is_the_end_of_what_it_kept() {
    let sshd = server(KEPT);
    let transport = warm(&sshd);
    let pid: u32 = run(&transport, "Get-X").await.output()[0].parse().unwrap();
    assert!(is_running(pid));
    drop(transport);
    eventually("the process ends", || (!is_running(pid)).then_some(()));
}

#[tokio::test]
async fn a_frozen_server_does_not_hold_a_cancel_up() {
    let sshd = server(KEPT);
    let transport = Arc::new(transport(
        &sshd,
        Limits {
            stop: Duration::from_millis(300),
            ..Limits::default()
        },
    ));
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let cancel = CancellationToken::new();
    let (runner, token) = (Arc::clone(&transport), cancel.clone());
    let job = tokio::spawn(async move { runner.run_text("Get-Deaf", sender, token).await });
    let started = async {
        while let Some(event) = events.recv().await {
            if event == Event::Output("started".into()) {
                sshd.signal_connections("STOP");
                cancel.cancel();
            }
        }
    };
    let both = async { tokio::join!(job, started) };
    let (ended, ()) = tokio::time::timeout(PATIENCE, both).await.expect("it ends");
    assert_eq!(ended.unwrap(), Err(TransportError::Cancelled));
    sshd.signal_connections("CONT");
}

#[tokio::test]
async fn an_idle_connection_that_froze_is_replaced_before_anything_is_sent() {
    let sshd = server(KEPT);
    let transport = transport(
        &sshd,
        Limits {
            keepalive: Duration::from_millis(250),
            ..Limits::default()
        },
    );
    let first = run(&transport, "Get-X").await;
    assert_eq!(first.result, Ok(0));
    sshd.signal_connections("STOP");
    tokio::time::sleep(Duration::from_millis(400)).await;
    let second = run(&transport, "Get-X").await;
    assert_eq!(second.result, Ok(0), "{:?}", second.events);
    assert_ne!(first.output(), second.output());
    assert_eq!(sshd.logins(), 2);
    sshd.signal_connections("CONT");
}
