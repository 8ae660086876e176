//! One approved copy on one target, from the journal to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::copy::{Copy, Done, Progress, copy};
use super::local::LocalStore;
use super::store::Files;
use super::{FileError, TransferError};
use crate::execute::event::JobState;
use crate::execute::journal::Journal;
use crate::execute::transport::TransportError;
use crate::gate::{ApprovedTransfer, Direction};

/// How often progress is told at most.
const TELL: Duration = Duration::from_millis(100);

/// How long a cancelled copy may take to put things in order; a call that hangs is not waited for
/// any longer.
const CANCEL_WAIT: Duration = Duration::from_secs(8);

/// The same for one that has not begun: connecting leaves nothing behind.
const ABANDON_WAIT: Duration = Duration::from_millis(200);

/// What a copy says while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEvent {
    /// It entered a new state; the last event is a final one.
    State(JobState),
    /// It got this far. Told when somebody has time to hear it.
    Progress(Progress),
    /// Something that does not stop it.
    Warning(String),
}

/// How a copy ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferEnd {
    /// One of the final states.
    pub state: JobState,
    /// What was copied, or why not.
    pub result: Result<Done, TransferError>,
}

impl TransferEnd {
    /// csdeck's exit code: 0 done, 1 failed, 5 unreachable, refused or lost, 130 interrupted.
    pub fn exit(&self) -> i32 {
        match self.result.as_ref().map_err(|e| &e.why) {
            Ok(_) => 0,
            Err(FileError::Cancelled | FileError::Transport(TransportError::Cancelled)) => 130,
            Err(FileError::Transport(TransportError::Setup(_))) => 1,
            Err(FileError::Lost { .. } | FileError::Transport(_)) => 5,
            Err(_) => 1,
        }
    }
}

impl From<Result<Done, TransferError>> for TransferEnd {
    fn from(result: Result<Done, TransferError>) -> Self {
        let state = match result.as_ref().map_err(|e| &e.why) {
            Ok(_) => JobState::Succeeded,
            Err(FileError::Cancelled | FileError::Transport(TransportError::Cancelled)) => {
                JobState::Cancelled
            }
            Err(FileError::Lost { .. } | FileError::Transport(TransportError::Lost { .. })) => {
                JobState::Lost
            }
            Err(_) => JobState::Failed,
        };
        TransferEnd { state, result }
    }
}

/// Copies a file: writes it to the journal, connects, writes that it begins, copies and proves, and writes how it ended,
/// with the SHA-256. A copy that cannot be journaled is not begun. `times` gives the copy the
/// original's time of the last change.
pub async fn run_transfer(
    files: Arc<dyn Files>,
    approved: ApprovedTransfer,
    times: bool,
    journal: Journal,
    events: mpsc::Sender<FileEvent>,
    cancel: CancellationToken,
) -> TransferEnd {
    let open = {
        let (journal, approved) = (journal.clone(), approved.clone());
        tokio::task::spawn_blocking(move || {
            journal.begin(
                approved.target(),
                approved.text(),
                approved.risk().word(),
                JobState::Queued.word(),
            )
        })
        .await
    };
    let open = match open {
        Ok(Ok(open)) => open,
        Ok(Err(e)) => return not_begun(&events, e.to_string()).await,
        Err(e) => return not_begun(&events, e.to_string()).await,
    };
    tell(&events, FileEvent::State(JobState::Queued)).await;
    tell(&events, FileEvent::State(JobState::Connecting)).await;
    let begun = Arc::new(AtomicBool::new(false));
    let mut work = {
        let (events, cancel) = (events.clone(), cancel.clone());
        let (journal, open) = (journal.clone(), open.clone());
        let begun = Arc::clone(&begun);
        let before = move || {
            begun.store(true, Ordering::Relaxed);
            journal
                .sending(&open, JobState::Running.word())
                .map_err(|e| FileError::Setup(format!("not copied: {e}")))
        };
        tokio::task::spawn_blocking(move || {
            work(&*files, &approved, times, before, &events, &cancel)
        })
    };
    let result = tokio::select! {
        result = &mut work => result,
        () = cancel.cancelled() => {
            tell(&events, FileEvent::State(JobState::Cancelling)).await;
            let begun = begun.load(Ordering::Relaxed);
            let wait = if begun { CANCEL_WAIT } else { ABANDON_WAIT };
            tokio::time::timeout(wait, work).await.unwrap_or_else(|_| Ok(Err(TransferError {
                why: FileError::Cancelled,
                left: begun.then(|| format!(
                    "the server does not answer: a file that ends in {} may still be there, half written. Remove it, or give --force the next time",
                    super::PART
                )),
            })))
        }
    };
    let result = result.unwrap_or_else(|e| Err(FileError::Setup(e.to_string()).into()));
    let end = TransferEnd::from(result);
    let message = match &end.result {
        Ok(done) => format!("{} bytes, SHA-256 {}", done.bytes, done.sha256),
        Err(e) => e.to_string(),
    };
    let (state, exit) = (end.state.word(), end.exit());
    let written =
        tokio::task::spawn_blocking(move || journal.end(&open, state, exit, Some(message))).await;
    let unwritten = match written {
        Ok(Ok(())) => None,
        Ok(Err(e)) => Some(e.to_string()),
        Err(e) => Some(e.to_string()),
    };
    if let Some(why) = unwritten {
        let warning = format!("the end of this copy is not in the journal: {why}");
        tell(&events, FileEvent::Warning(warning)).await;
    }
    tell(&events, FileEvent::State(end.state)).await;
    end
}

/// A reader that went away must not stop the copy.
async fn tell(events: &mpsc::Sender<FileEvent>, event: FileEvent) {
    let _ = events.send(event).await;
}

async fn not_begun(events: &mpsc::Sender<FileEvent>, why: String) -> TransferEnd {
    let end = TransferEnd::from(Err(FileError::Setup(format!("not copied: {why}")).into()));
    tell(events, FileEvent::State(end.state)).await;
    end
}

/// The blocking part.
fn work(
    files: &dyn Files,
    approved: &ApprovedTransfer,
    times: bool,
    before: impl FnOnce() -> Result<(), FileError>,
    events: &mpsc::Sender<FileEvent>,
    cancel: &CancellationToken,
) -> Result<Done, TransferError> {
    let mut there = files.connect(cancel)?;
    before()?;
    let _ = events.blocking_send(FileEvent::State(JobState::Running));
    let mut told: Option<Instant> = None;
    let mut progress = |progress: Progress| {
        let due = told.is_none_or(|at| at.elapsed() >= TELL);
        if due || progress.bytes == progress.total {
            told = Some(Instant::now());
            // Nobody has to hear all of it.
            let _ = events.try_send(FileEvent::Progress(progress));
        }
    };
    let transfer = approved.transfer();
    let mut here = LocalStore;
    let unwanted = || cancel.is_cancelled();
    let job = |from, to| Copy {
        from,
        to,
        force: transfer.force,
        times,
    };
    match transfer.direction {
        Direction::Get => copy(
            job(&transfer.remote, &transfer.local),
            &mut *there,
            &mut here,
            &mut progress,
            &unwanted,
        ),
        Direction::Put => copy(
            job(&transfer.local, &transfer.remote),
            &mut here,
            &mut *there,
            &mut progress,
            &unwanted,
        ),
    }
}
