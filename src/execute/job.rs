//! One approved text on one target, from the journal to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::event::{Event, JobState};
use super::journal::Journal;
use super::sending::BeforeSending;
use super::transport::{EVENT_BUFFER, EventSender, Transport, TransportError};
use crate::gate::Approved;

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEnd {
    /// One of the final states.
    pub state: JobState,
    /// The exit code of the PowerShell host, when it came to one.
    pub host_exit: Option<i32>,
    /// Why it did not.
    pub error: Option<TransportError>,
}

impl JobEnd {
    /// csdeck's exit code for this job: 0 done, 1 failed, 5 unreachable or refused, 130
    /// interrupted.
    pub fn exit(&self) -> i32 {
        match (&self.state, &self.error) {
            (JobState::Succeeded, _) => 0,
            (JobState::Cancelled, _) => 130,
            (_, None | Some(TransportError::Setup(_) | TransportError::TooLong { .. })) => 1,
            (_, Some(_)) => 5,
        }
    }
}

/// Runs a job, no longer than `limit` from the time it was sent: writes it to the journal, then that it is sent, sends it, streams its events (the last one is its
/// final state), and writes how it ended. A job that cannot be journaled is not sent.
pub async fn run_job(
    transport: Arc<dyn Transport>,
    approved: Approved,
    limit: Option<Duration>,
    journal: Journal,
    events: EventSender,
    cancel: CancellationToken,
) -> JobEnd {
    let open = {
        let (journal, approved) = (journal.clone(), approved.clone());
        let begun = blocking(move || {
            journal
                .begin(
                    approved.target(),
                    approved.text(),
                    approved.risk().word(),
                    JobState::Queued.word(),
                )
                .map_err(|e| e.to_string())
        })
        .await;
        match begun {
            Ok(open) => open,
            Err(why) => {
                let error = TransportError::Setup(format!("not sent: {why}"));
                return finish(
                    &events,
                    JobEnd {
                        state: JobState::Failed,
                        host_exit: None,
                        error: Some(error),
                    },
                )
                .await;
            }
        }
    };
    let _ = events.send(Event::State(JobState::Queued)).await;
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let running = Notify::new();
    let forward = {
        let (events, running) = (events.clone(), &running);
        async move {
            let mut failed = false;
            while let Some(event) = receiver.recv().await {
                failed |= matches!(event, Event::Error(_));
                if event == Event::State(JobState::Running) {
                    running.notify_one();
                }
                // A reader that went away must not stop the job.
                let _ = events.send(event).await;
            }
            failed
        }
    };
    let before = {
        let (journal, open) = (journal.clone(), open.clone());
        BeforeSending::new(move || {
            journal
                .sending(&open, JobState::Running.word())
                .map_err(|e| e.to_string())
        })
    };
    let (stop, late) = (cancel.child_token(), AtomicBool::new(false));
    let work = async {
        tokio::join!(
            transport.run_after(before, &approved, sender, stop.clone()),
            forward
        )
    };
    let watch = async {
        if let Some(limit) = limit {
            running.notified().await;
            tokio::time::sleep(limit).await;
            late.store(true, Ordering::Relaxed);
            stop.cancel();
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    let (result, failed) = tokio::select! {
        done = work => done,
        never = watch => match never {},
    };
    let result = match (result, limit) {
        (Err(TransportError::Cancelled), Some(after))
            if late.load(Ordering::Relaxed) && !cancel.is_cancelled() =>
        {
            Err(TransportError::TooLong { after })
        }
        (result, _) => result,
    };
    let end = match result {
        Ok(code) => JobEnd {
            state: if code == 0 && !failed {
                JobState::Succeeded
            } else {
                JobState::Failed
            },
            host_exit: Some(code),
            error: None,
        },
        Err(TransportError::Cancelled) => JobEnd {
            state: JobState::Cancelled,
            host_exit: None,
            error: Some(TransportError::Cancelled),
        },
        Err(error @ TransportError::Lost { .. }) => JobEnd {
            state: JobState::Lost,
            host_exit: None,
            error: Some(error),
        },
        Err(error) => JobEnd {
            state: JobState::Failed,
            host_exit: None,
            error: Some(error),
        },
    };
    let (state, exit, message) = (
        end.state.word(),
        end.exit(),
        end.error.as_ref().map(ToString::to_string),
    );
    if let Err(why) = blocking(move || {
        journal
            .end(&open, state, exit, message)
            .map_err(|e| e.to_string())
    })
    .await
    {
        let _ = events
            .send(Event::Warning(format!(
                "the end of this job is not in the journal: {why}"
            )))
            .await;
    }
    finish(&events, end).await
}

async fn finish(events: &EventSender, end: JobEnd) -> JobEnd {
    let _ = events.send(Event::State(end.state)).await;
    end
}

/// Runs blocking work away from the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|e| Err(e.to_string()))
}
