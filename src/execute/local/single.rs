//! A process for one command: the text goes in on standard input, lines come out.

use std::process::Stdio;
use std::sync::atomic::Ordering;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use super::{LocalTransport, apart, kill_tree, not_started, started};
use crate::execute::event::{Event, JobState};
use crate::execute::host::question::cannot_answer;
use crate::execute::lines::{Line, LineSplitter};
use crate::execute::sending::BeforeSending;
use crate::execute::shell;
use crate::execute::stderr::StderrDecoder;
use crate::execute::transport::{EventSender, TransportError};

impl LocalTransport {
    pub(super) async fn run_single(
        &self,
        before: BeforeSending,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        let mut command = apart(&self.program);
        command
            .args(shell::arguments(self.shell))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = started(&mut command)
            .await
            .map_err(|e| not_started(&self.program, &e))?;
        if let Some(why) = cannot_answer(text, self.single.load(Ordering::Relaxed)) {
            let _ = events.send(Event::Warning(why)).await;
        }
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
                kill_tree(&mut child).await;
                return Err(TransportError::Cancelled);
            }
        }
        tokio::select! {
            status = child.wait() => match status {
                Ok(status) => status.code().ok_or_else(|| self.lost("it was ended by a signal")),
                Err(e) => Err(self.lost(&e.to_string())),
            },
            () = cancel.cancelled() => {
                kill_tree(&mut child).await;
                Err(TransportError::Cancelled)
            }
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
