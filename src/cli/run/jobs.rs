//! The jobs of a run: several targets at the same time, up to a limit.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cli::target::explain;
use crate::execute::{
    EVENT_BUFFER, Event, JobEnd, JobState, Journal, Target, Transport, TransportError, run_job,
};
use crate::gate::Approved;

/// A job that has not begun.
pub(super) struct Job {
    pub target: Target,
    approved: Approved,
    /// The way there; an error when the target is set up wrongly.
    transport: Result<Arc<dyn Transport>, TransportError>,
}

/// What the jobs say, with the number of the job.
pub(super) enum Said {
    /// It said something; never a final state.
    Event(usize, Event),
    /// It ended; the last word of this job.
    End(usize, End),
}

/// How a job ended.
pub(super) struct End {
    pub end: JobEnd,
    /// Why it did not come to an exit code, with what to do about it.
    pub why: Option<String>,
}

/// Pairs targets with what they may run. Asks the keyring; connects to nothing.
pub(super) fn prepare(app: &App, targets: Vec<Target>, approved: Vec<Approved>) -> Vec<Job> {
    let way = |target: &Target| tokio::task::block_in_place(|| app.transport(target));
    targets
        .into_iter()
        .zip(approved)
        .map(|(target, approved)| Job {
            transport: way(&target),
            target,
            approved,
        })
        .collect()
}

/// Starts the jobs, at most `limit` at the same time. The receiver ends with the last of them.
pub(super) fn start(
    jobs: Vec<Job>,
    limit: usize,
    journal: Journal,
    cancel: CancellationToken,
) -> mpsc::Receiver<Said> {
    let (sender, receiver) = mpsc::channel(EVENT_BUFFER);
    let turns = Arc::new(Semaphore::new(limit));
    for (number, job) in jobs.into_iter().enumerate() {
        let (sender, turns, journal, cancel) = (
            sender.clone(),
            turns.clone(),
            journal.clone(),
            cancel.clone(),
        );
        tokio::spawn(async move {
            let turn = tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                turn = turns.acquire_owned() => turn.ok(),
            };
            let target = job.target.clone();
            let end = match turn {
                Some(_turn) => run(number, job, journal, &sender, cancel).await,
                // Not even in the journal: nothing of it was sent.
                None => JobEnd {
                    state: JobState::Cancelled,
                    host_exit: None,
                    error: Some(TransportError::Cancelled),
                },
            };
            let why = end.error.as_ref().map(|error| explain(&target, error));
            let _ = sender.send(Said::End(number, End { end, why })).await;
        });
    }
    receiver
}

async fn run(
    number: usize,
    job: Job,
    journal: Journal,
    said: &mpsc::Sender<Said>,
    cancel: CancellationToken,
) -> JobEnd {
    let transport = match job.transport {
        Ok(transport) => transport,
        Err(error) => {
            return JobEnd {
                state: JobState::Failed,
                host_exit: None,
                error: Some(error),
            };
        }
    };
    let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
    let forward = async {
        while let Some(event) = receiver.recv().await {
            // The final state is told with the exit code, at the end.
            if !matches!(event, Event::State(state) if state.is_final()) {
                let _ = said.send(Said::Event(number, event)).await;
            }
        }
    };
    let (end, ()) = tokio::join!(
        run_job(
            transport,
            job.approved,
            job.target.command_timeout,
            journal,
            sender,
            cancel
        ),
        forward
    );
    end
}
