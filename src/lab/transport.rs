//! The lab as a way to a server: what any other transport does, without a server.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::Lab;
use super::shell;
use crate::execute::transport::BoxFuture;
use crate::execute::{Event, EventSender, JobState, Transport, TransportError};
use crate::gate::Approved;

/// Runs approved text on the lab in one folder.
#[derive(Debug, Clone)]
pub struct LabTransport {
    dir: PathBuf,
}

impl LabTransport {
    /// The lab in `dir` (`lab` in csdeck's data folder); it is made at the first run.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        LabTransport { dir: dir.into() }
    }
}

impl Transport for LabTransport {
    fn run<'a>(
        &'a self,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(async move {
            // A closed receiver is no error here and below: the run goes on unheard.
            let _ = events.send(Event::State(JobState::Connecting)).await;
            if cancel.is_cancelled() {
                return Err(TransportError::Cancelled);
            }
            let dir = self.dir.clone();
            let opened = tokio::task::spawn_blocking(move || Lab::open(dir)).await;
            let lab = match opened {
                Ok(Ok(lab)) => lab,
                Ok(Err(error)) => return Err(TransportError::Setup(error.to_string())),
                Err(error) => return Err(TransportError::Setup(error.to_string())),
            };
            let _ = events.send(Event::State(JobState::Running)).await;
            let (text, sender, stop) = (invocation.text().to_owned(), events.clone(), cancel.clone());
            let mut work = tokio::task::spawn_blocking(move || {
                let mut sink = |event| {
                    let _ = sender.blocking_send(event);
                };
                shell::run(&lab, &text, &mut sink, &|| stop.is_cancelled())
            });
            let ended = tokio::select! {
                ended = &mut work => ended,
                () = cancel.cancelled() => {
                    let _ = events.send(Event::State(JobState::Cancelling)).await;
                    work.await
                }
            };
            match ended {
                Ok(outcome) if outcome.cancelled => Err(TransportError::Cancelled),
                Ok(outcome) => Ok(outcome.exit),
                Err(error) => Err(TransportError::Setup(format!("the lab broke down: {error}"))),
            }
        })
    }
}
