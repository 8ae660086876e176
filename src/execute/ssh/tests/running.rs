use super::*;
use crate::execute::event::JobState;
use crate::execute::ssh::tests::sshd::{SshdOptions, eventually, is_running, kill};

/// Starts a run whose events the test reads itself.
pub(super) struct Started {
    job: tokio::task::JoinHandle<Result<i32, TransportError>>,
    pub events: mpsc::Receiver<Event>,
    pub cancel: CancellationToken,
}

impl Started {
    pub fn new(transport: &Arc<SshTransport>, text: &str) -> Started {
        let (sender, events) = mpsc::channel(EVENT_BUFFER);
        let cancel = CancellationToken::new();
        let (transport, text, token) = (Arc::clone(transport), text.to_owned(), cancel.clone());
        let job = tokio::spawn(async move { transport.run_text(&text, sender, token).await });
        Started {
            job,
            events,
            cancel,
        }
    }

    /// The next line of output.
    pub async fn line(&mut self) -> String {
        loop {
            let event = tokio::time::timeout(PATIENCE, self.events.recv())
                .await
                .expect("an event in time");
            match event.expect("the run goes on") {
                Event::Output(line) => return line,
                Event::State(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn result(self) -> Result<i32, TransportError> {
        tokio::time::timeout(PATIENCE, self.job)
            .await
            .expect("the run ends")
            .unwrap()
    }
}

fn warm(sshd: &Sshd) -> Arc<SshTransport> {
    Arc::new(Way::to(sshd).transport())
}

#[tokio::test]
async fn a_run_says_what_it_says_and_ends_as_it_ends() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    let said = run(
        &transport,
        "echo one; echo two >&2; printf 'three\\r\\nfour'; exit 3",
    )
    .await;
    assert_eq!(said.result, Ok(3));
    assert_eq!(said.states, ["connecting", "running"]);
    assert_eq!(said.output(), ["one", "three", "four"]);
    assert_eq!(said.errors(), ["two"]);
}

#[tokio::test]
async fn the_text_arrives_byte_for_byte() {
    let script = "#!/bin/sh\nprintf '%s\\n' \"$*\" >&2\nsha256sum\n";
    let sshd = Sshd::with(SshdOptions {
        powershell: Some(script.into()),
        ..SshdOptions::default()
    });
    // More than a channel's first window, with everything that a shell could bend.
    let odd = "Get-CsUser 'Zoë “x” €😀' \\ % $HOME `t \"%PATH%\" \r\n\n".repeat(60_000);
    let text = format!("{odd}no end of line");
    let said = run(&warm(&sshd), &text).await;
    use sha2::Digest;
    let digest: String = sha2::Sha256::digest(&text)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(said.output(), [format!("{digest}  -")]);
    assert!(
        said.errors()[0].starts_with("-NoLogo -NoProfile -NonInteractive "),
        "{:?}",
        said.errors()
    );
    assert!(
        !said.errors()[0].contains("Get-CsUser"),
        "nothing of the text is in the arguments"
    );
}

#[tokio::test]
async fn lines_come_while_the_command_runs() {
    let sshd = Sshd::start();
    let gate = sshd.folder().join("gate");
    let text = format!(
        "echo before; until [ -e {0} ]; do sleep 0.05; done; echo after",
        gate.display()
    );
    let mut started = Started::new(&warm(&sshd), &text);
    assert_eq!(started.line().await, "before");
    std::fs::write(gate, "").unwrap();
    assert_eq!(started.line().await, "after");
    assert_eq!(started.result().await, Ok(0));
}

#[tokio::test]
async fn much_output_on_both_streams_comes_whole() {
    let sshd = Sshd::with(SshdOptions {
        extra: "RekeyLimit 4M".into(),
        ..SshdOptions::default()
    });
    // 20 MB each, both at once, over several changes of the session's keys.
    let text = "seq -f 'err %09.0f padding padding padding' 500000 >&2 & seq -f 'out %09.0f padding padding padding' 500000; wait";
    let said = run(&warm(&sshd), text).await;
    assert_eq!(said.result, Ok(0));
    let check = |lines: Vec<&str>, word: &str| {
        assert_eq!(lines.len(), 500_000);
        for (count, line) in lines.iter().enumerate() {
            assert_eq!(
                *line,
                format!("{word} {:09} padding padding padding", count + 1)
            );
        }
    };
    check(said.output(), "out");
    check(said.errors(), "err");
}

#[tokio::test]
async fn a_character_that_comes_in_two_packets_survives() {
    let sshd = Sshd::start();
    let gate = sshd.folder().join("gate");
    let text = format!(
        "printf 'a\\nZ\\303'; until [ -e {} ]; do sleep 0.05; done; printf '\\274rich\\n'",
        gate.display()
    );
    let mut started = Started::new(&warm(&sshd), &text);
    assert_eq!(started.line().await, "a");
    std::fs::write(gate, "").unwrap();
    assert_eq!(started.line().await, "Zürich");
    assert_eq!(started.result().await, Ok(0));
}

#[tokio::test]
async fn clixml_on_stderr_is_read() {
    let sshd = Sshd::start();
    let sample = sshd.folder().join("stderr");
    std::fs::write(
        &sample,
        include_str!("../../../../tests/fixtures/shell/stderr.clixml.txt"),
    )
    .unwrap();
    let said = run(
        &warm(&sshd),
        &format!("cat {} >&2; exit 1", sample.display()),
    )
    .await;
    assert_eq!(said.result, Ok(1));
    assert_eq!(said.errors().len(), 5);
    assert_eq!(
        said.errors()[1],
        "Login failed for user 'KESTREL\\fieldeng'."
    );
}

#[tokio::test]
async fn the_connection_is_kept_for_the_next_run() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    for _ in 0..3 {
        assert_eq!(run(&transport, "echo again").await.output(), ["again"]);
    }
    assert_eq!(sshd.logins(), 1, "{}", sshd.log());
}

#[tokio::test]
async fn runs_share_the_connection_at_the_same_time() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    let gate = sshd.folder().join("gate");
    let text = format!(
        "echo ready; until [ -e {} ]; do sleep 0.05; done; echo done",
        gate.display()
    );
    let mut first = Started::new(&transport, &text);
    assert_eq!(first.line().await, "ready");
    let mut second = Started::new(&transport, &text);
    assert_eq!(second.line().await, "ready");
    assert_eq!(run(&transport, "echo third").await.output(), ["third"]);
    second.cancel.cancel();
    assert_eq!(second.result().await, Err(TransportError::Cancelled));
    std::fs::write(gate, "").unwrap();
    assert_eq!(first.line().await, "done");
    assert_eq!(first.result().await, Ok(0));
    assert_eq!(sshd.logins(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_behind_holds_up_neither_the_others_nor_the_cancel() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    let slow = Started::new(&transport, "yes");
    eventually("the event buffer is full", || {
        (slow.events.len() == EVENT_BUFFER).then_some(())
    });
    assert_eq!(run(&transport, "echo other").await.output(), ["other"]);
    slow.cancel.cancel();
    assert_eq!(slow.result().await, Err(TransportError::Cancelled));
}

#[tokio::test]
async fn a_run_whose_reader_left_goes_on() {
    let sshd = Sshd::start();
    let mark = sshd.folder().join("mark");
    let mut started = Started::new(
        &warm(&sshd),
        &format!("echo a; seq 100000; touch {}; exit 4", mark.display()),
    );
    assert_eq!(started.line().await, "a");
    started.events.close();
    assert_eq!(started.result().await, Ok(4));
    assert!(mark.exists());
}

#[tokio::test]
async fn a_dead_connection_is_replaced_before_anything_is_sent() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    assert_eq!(run(&transport, "echo one").await.result, Ok(0));
    sshd.kill_connections();
    let said = run(&transport, "echo two").await;
    assert_eq!(said.result, Ok(0));
    assert_eq!(said.output(), ["two"]);
    assert_eq!(sshd.logins(), 2);
}

#[tokio::test]
async fn a_connection_that_breaks_while_a_command_runs_loses_it() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    let mut started = Started::new(&transport, "echo $$; exec sleep 300");
    let pid: u32 = started.line().await.parse().unwrap();
    sshd.kill_connections();
    let result = started.result().await;
    assert!(
        matches!(&result, Err(TransportError::Lost { address, .. }) if *address == sshd.address()),
        "{result:?}"
    );
    assert_eq!(run(&transport, "echo back").await.output(), ["back"]);
    kill(pid);
}

#[tokio::test]
async fn a_silent_server_is_lost_and_a_silent_command_is_not() {
    let sshd = Sshd::start();
    let mut way = Way::to(&sshd);
    way.target.keepalive = Some(Duration::from_secs(1));
    let transport = Arc::new(way.transport());
    // Longer than a server may be silent, but it answers the keepalives.
    let said = run(&transport, "sleep 6; echo still here").await;
    assert_eq!(said.output(), ["still here"]);

    let mut started = Started::new(&transport, "echo $$; exec sleep 300");
    let pid: u32 = started.line().await.parse().unwrap();
    sshd.signal_connections("-STOP");
    let result = started.result().await;
    assert!(
        matches!(&result, Err(TransportError::Lost { reason, .. }) if reason.contains("said nothing")),
        "{result:?}"
    );
    kill(pid);
}

#[tokio::test]
async fn a_connection_that_fell_silent_while_nothing_ran_is_replaced() {
    let sshd = Sshd::start();
    let mut way = Way::to(&sshd);
    way.target.keepalive = Some(Duration::from_secs(1));
    let transport = way.transport();
    assert_eq!(run(&transport, "echo one").await.result, Ok(0));
    sshd.signal_connections("-STOP");
    let said = run(&transport, "echo two").await;
    assert_eq!(said.result, Ok(0), "{:?}", said.events);
    assert_eq!(said.output(), ["two"]);
    assert_eq!(sshd.logins(), 2);
}

#[tokio::test]
async fn more_runs_than_the_server_takes_at_once_are_told_so() {
    let sshd = Sshd::with(SshdOptions {
        extra: "MaxSessions 2".into(),
        ..SshdOptions::default()
    });
    let transport = warm(&sshd);
    let gate = sshd.folder().join("gate");
    let text = format!(
        "echo ready; until [ -e {} ]; do sleep 0.05; done",
        gate.display()
    );
    let mut both = [
        Started::new(&transport, &text),
        Started::new(&transport, &text),
    ];
    for started in &mut both {
        assert_eq!(started.line().await, "ready");
    }
    let result = run(&transport, "echo third").await.result;
    assert!(
        matches!(&result, Err(TransportError::Setup(why)) if why.contains("no more than the 2 commands")),
        "{result:?}"
    );
    std::fs::write(gate, "").unwrap();
    for started in both {
        assert_eq!(started.result().await, Ok(0));
    }
    assert_eq!(run(&transport, "echo fourth").await.output(), ["fourth"]);
    assert_eq!(sshd.logins(), 1);
}

#[tokio::test]
async fn a_program_ended_by_a_signal_has_no_exit_code() {
    let sshd = Sshd::start();
    let said = run(&warm(&sshd), "echo x; kill -TERM $$").await;
    // /bin/sh runs the stand-in as its child or becomes it; only the latter shows the signal.
    assert!(
        matches!(&said.result, Err(TransportError::Lost { reason, .. }) if reason.contains("TERM"))
            || said.result == Ok(143),
        "{:?}",
        said.result
    );
}

#[tokio::test]
async fn a_missing_powershell_is_a_matter_of_set_up() {
    let sshd = Sshd::with(SshdOptions {
        powershell: None,
        ..SshdOptions::default()
    });
    let mut way = Way::to(&sshd);
    way.target.powershell = Some("no-such-pwsh".into());
    let said = run(&way.transport(), &"long ".repeat(1_000_000)).await;
    assert!(
        matches!(&said.result, Err(TransportError::Setup(why)) if why.contains("(no-such-pwsh)") && why.contains("powershell =")),
        "{:?}",
        said.result
    );
    // A script's own 127 is an exit code.
    let sshd = Sshd::start();
    assert_eq!(
        run(&warm(&sshd), "echo did it; exit 127").await.result,
        Ok(127)
    );
}

#[tokio::test]
async fn a_cancel_closes_the_channel_and_tells_the_states() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    let mut started = Started::new(
        &transport,
        "echo $$; while :; do echo tick; sleep 0.05; done",
    );
    let pid: u32 = started.line().await.parse().unwrap();
    started.cancel.cancel();
    let mut states = Vec::new();
    while let Some(event) = tokio::time::timeout(PATIENCE, started.events.recv())
        .await
        .expect("the run ends")
    {
        if let Event::State(state) = event {
            states.push(state);
        }
    }
    assert_eq!(states, [JobState::Cancelling]);
    assert_eq!(started.result().await, Err(TransportError::Cancelled));
    eventually("a program that writes ends with its channel", || {
        (!is_running(pid)).then_some(())
    });
    assert_eq!(run(&transport, "echo next").await.output(), ["next"]);
}

#[tokio::test]
async fn a_silent_command_may_go_on_after_a_cancel_and_that_is_said() {
    let sshd = Sshd::start();
    let transport = warm(&sshd);
    let mut started = Started::new(&transport, "echo $$; exec sleep 300");
    let pid: u32 = started.line().await.parse().unwrap();
    started.cancel.cancel();
    let mut remarks = Vec::new();
    while let Some(event) = tokio::time::timeout(PATIENCE, started.events.recv())
        .await
        .expect("the run ends")
    {
        if let Event::Warning(remark) = event {
            remarks.push(remark);
        }
    }
    assert_eq!(started.result().await, Err(TransportError::Cancelled));
    assert!(
        remarks.iter().any(|r| r.contains("may go on")),
        "{remarks:?}"
    );
    assert_eq!(run(&transport, "echo next").await.output(), ["next"]);
    kill(pid);
}

#[tokio::test]
async fn a_cancel_before_the_run_connects_to_nothing() {
    let sshd = Sshd::start();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    assert_eq!(
        warm(&sshd).run_text("echo x", sender, cancel).await,
        Err(TransportError::Cancelled)
    );
    assert_eq!(events.recv().await, None);
}
