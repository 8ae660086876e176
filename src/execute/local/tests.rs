//! Commands on this machine, against programs that stand in for PowerShell.

use super::*;

mod kept;
use crate::execute::ask::Nobody;
use crate::execute::job::run_job;
use crate::execute::journal::Journal;
use crate::execute::transport::EVENT_BUFFER;
use crate::gate::{Confirmation, Guard, assess};
use std::os::unix::fs::PermissionsExt;
use tokio::sync::mpsc;

/// A stand-in program whose answer depends on what arrives on standard input.
const PROGRAM: &str = "#!/bin/sh\ntext=$(cat)\ncase \"$text\" in\n*Slow*) echo started; exec sleep 600;;\n*Bad*) echo oops >&2;;\n*Exit*) exit 7;;\n*) printf '%s\\n' \"$text\";;\nesac\n";

fn transport(folder: &std::path::Path, program: &str, session: Session) -> LocalTransport {
    let path = folder.join("powershell");
    std::fs::write(&path, program).expect("writes");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("mode");
    let target = Target {
        powershell: Some(path.to_string_lossy().into_owned()),
        session,
        ..Target::lab()
    };
    LocalTransport::new(&target, &nobody())
}

fn nobody() -> Arc<dyn Asker> {
    Arc::new(Nobody)
}

async fn run(text: &str, cancel_on: Option<&str>) -> (Vec<Event>, i32, String) {
    run_within(text, cancel_on, None).await
}

async fn run_within(
    text: &str,
    cancel_on: Option<&str>,
    limit: Option<Duration>,
) -> (Vec<Event>, i32, String) {
    let folder = tempfile::tempdir().expect("folder");
    let journal = Journal::at(folder.path().join("journal.jsonl"));
    let approved = assess(text, "here", Guard::Normal)
        .and_then(|a| a.approve(&Confirmation::Yes))
        .expect("approved");
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let cancel = CancellationToken::new();
    let job = tokio::spawn(run_job(
        Arc::new(transport(folder.path(), PROGRAM, Session::Single)),
        approved,
        limit,
        journal.clone(),
        sender,
        cancel.clone(),
    ));
    let mut events = Vec::new();
    while let Some(event) = receiver.recv().await {
        if let (Event::Output(line), Some(word)) = (&event, cancel_on)
            && line == word
        {
            cancel.cancel();
        }
        events.push(event);
    }
    let end = job.await.expect("ends");
    (
        events,
        end.exit(),
        journal.entries().expect("reads")[0].state.clone(),
    )
}

#[tokio::test]
async fn the_text_arrives_byte_for_byte() {
    let text = "Get-CsPool -Identity 'a  ‘’‘’ $x'\nGet-Date";
    let (events, exit, state) = run(text, None).await;
    let lines: Vec<&str> = events
        .iter()
        .filter_map(|e| {
            if let Event::Output(l) = e {
                Some(l.as_str())
            } else {
                None
            }
        })
        .collect();
    assert_eq!(lines.join("\n"), text);
    assert_eq!((exit, state.as_str()), (0, "succeeded"));
    assert_eq!(events.last(), Some(&Event::State(JobState::Succeeded)));
}

#[tokio::test]
async fn an_error_line_or_an_exit_code_fails_the_job() {
    let (events, exit, state) = run("Get-Bad", None).await;
    assert!(events.contains(&Event::Error("oops".into())));
    assert_eq!((exit, state.as_str()), (1, "failed"));
    let (_, exit, _) = run("Get-Exit", None).await;
    assert_eq!(exit, 1);
}

#[tokio::test]
async fn output_streams_and_cancel_ends_the_process() {
    let (events, exit, state) = run("Get-Slow", Some("started")).await;
    assert!(events.contains(&Event::State(JobState::Cancelling)));
    assert_eq!((exit, state.as_str()), (130, "cancelled"));
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_stopped_and_has_failed() {
    let limit = Some(Duration::from_millis(300));
    let (events, exit, state) = run_within("Get-Slow", None, limit).await;
    assert!(events.contains(&Event::Output("started".into())));
    assert_eq!((exit, state.as_str()), (1, "failed"));
    // The limit is for the command, whatever came before it.
    let (_, exit, state) = run_within("Get-X", None, Some(Duration::from_secs(60))).await;
    assert_eq!((exit, state.as_str()), (0, "succeeded"));
}

#[tokio::test]
async fn a_missing_program_is_told() {
    let target = Target {
        powershell: Some("/nowhere/powershell".into()),
        ..Target::lab()
    };
    let transport = LocalTransport::new(&target, &nobody());
    let (sender, _receiver) = mpsc::channel(EVENT_BUFFER);
    let result = transport
        .run_text("Get-X", sender, CancellationToken::new())
        .await;
    assert!(
        matches!(result, Err(TransportError::Setup(text)) if text.contains("/nowhere/powershell"))
    );
}
