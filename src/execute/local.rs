//! PowerShell on this machine.

use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::event::{Event, JobState};
use super::lines::{Line, LineSplitter};
use super::sending::BeforeSending;
use super::shell;
use super::stderr::StderrDecoder;
use super::target::{ShellProfile, Target};
use super::transport::{BoxFuture, EventSender, Transport, TransportError};
use crate::gate::Approved;

/// Starts a PowerShell process for each run.
#[derive(Debug, Clone)]
pub struct LocalTransport {
    program: String,
    shell: ShellProfile,
}

impl LocalTransport {
    /// The target's own program, else Windows PowerShell on Windows (the Lync modules load
    /// nowhere else) and `pwsh` elsewhere.
    pub fn new(target: &Target) -> LocalTransport {
        let default = if cfg!(windows) {
            "powershell.exe"
        } else {
            "pwsh"
        };
        LocalTransport {
            program: target
                .powershell
                .clone()
                .unwrap_or_else(|| default.to_owned()),
            shell: target.shell,
        }
    }

    async fn run_text(
        &self,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        self.send_text(BeforeSending::default(), text, events, cancel)
            .await
    }

    async fn send_text(
        &self,
        before: BeforeSending,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        let _ = events.send(Event::State(JobState::Connecting)).await;
        let mut child = Command::new(&self.program)
            .args(shell::arguments(self.shell))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| {
                TransportError::Setup(format!("cannot start {}: {e}. Set powershell = \"path\" for the target in targets.toml", self.program))
            })?;
        before.pass().await?;
        let _ = events.send(Event::State(JobState::Running)).await;
        let input = child.stdin.take();
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let feed = async {
            if let Some(mut input) = input {
                // A host that ends early closes the pipe; its exit code tells the story.
                let _ = input.write_all(text.as_bytes()).await;
                let _ = input.shutdown().await;
            }
        };
        let read_output = pump(output, &events, |line| vec![Event::Output(line.text)]);
        let mut decoder = StderrDecoder::default();
        let read_errors = async {
            pump(errors, &events, |line| decoder.push(line)).await;
            for event in decoder.finish() {
                let _ = events.send(event).await;
            }
        };
        let work = async { tokio::join!(feed, read_output, read_errors) };
        tokio::select! {
            _ = work => {}
            () = cancel.cancelled() => {
                let _ = events.send(Event::State(JobState::Cancelling)).await;
                let _ = child.kill().await;
                return Err(TransportError::Cancelled);
            }
        }
        tokio::select! {
            status = child.wait() => match status {
                Ok(status) => status.code().ok_or_else(|| self.lost("it was ended by a signal")),
                Err(e) => Err(self.lost(&e.to_string())),
            },
            () = cancel.cancelled() => {
                let _ = child.kill().await;
                Err(TransportError::Cancelled)
            }
        }
    }

    fn lost(&self, reason: &str) -> TransportError {
        TransportError::Lost {
            address: self.program.clone(),
            reason: reason.to_owned(),
        }
    }
}

async fn pump(
    stream: Option<impl AsyncRead + Unpin>,
    events: &EventSender,
    mut each: impl FnMut(Line) -> Vec<Event>,
) {
    let Some(mut stream) = stream else { return };
    let mut lines = LineSplitter::default();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        let mut ready = Vec::new();
        if read == 0 {
            ready.extend(lines.finish().map(&mut each).into_iter().flatten());
        } else {
            lines.push(&buffer[..read], |line| ready.extend(each(line)));
        }
        for event in ready {
            let _ = events.send(event).await;
        }
        if read == 0 {
            return;
        }
    }
}

impl Transport for LocalTransport {
    fn run<'a>(
        &'a self,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(self.run_text(invocation.text(), events, cancel))
    }

    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(self.send_text(before, invocation.text(), events, cancel))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::execute::job::run_job;
    use crate::execute::journal::Journal;
    use crate::execute::transport::EVENT_BUFFER;
    use crate::gate::{Confirmation, Guard, assess};
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Arc;
    use tokio::sync::mpsc;

    /// A stand-in program whose answer depends on what arrives on standard input.
    const PROGRAM: &str = "#!/bin/sh\ntext=$(cat)\ncase \"$text\" in\n*Slow*) echo started; exec sleep 600;;\n*Bad*) echo oops >&2;;\n*Exit*) exit 7;;\n*) printf '%s\\n' \"$text\";;\nesac\n";

    fn transport(folder: &std::path::Path) -> Arc<LocalTransport> {
        let program = folder.join("powershell");
        std::fs::write(&program, PROGRAM).expect("writes");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("mode");
        Arc::new(LocalTransport {
            program: program.to_string_lossy().into_owned(),
            shell: ShellProfile::Lync,
        })
    }

    async fn run(text: &str, cancel_on: Option<&str>) -> (Vec<Event>, i32, String) {
        let folder = tempfile::tempdir().expect("folder");
        let journal = Journal::at(folder.path().join("journal.jsonl"));
        let approved = assess(text, "here", Guard::Normal)
            .and_then(|a| a.approve(&Confirmation::Yes))
            .expect("approved");
        let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
        let cancel = CancellationToken::new();
        let job = tokio::spawn(run_job(
            transport(folder.path()),
            approved,
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
    async fn a_missing_program_is_told() {
        let transport = LocalTransport {
            program: "/nowhere/powershell".into(),
            shell: ShellProfile::Plain,
        };
        let (sender, _receiver) = mpsc::channel(EVENT_BUFFER);
        let result = transport
            .run_text("Get-X", sender, CancellationToken::new())
            .await;
        assert!(
            matches!(result, Err(TransportError::Setup(text)) if text.contains("/nowhere/powershell"))
        );
    }
}
