//! One text on many targets: so many at a time, in waves, and what they answered set side by side.

mod answer;
mod group;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

pub use answer::{Answer, Collector, KEPT, Text};
pub use group::{Group, Groups, difference};

use super::event::{Event, JobState};
use super::job::{JobEnd, run_job};
use super::journal::Journal;
use super::target::Target;
use super::transport::{EVENT_BUFFER, Transport, TransportError};
use crate::gate::Approved;

/// A job that has not begun.
pub struct Job {
    /// Where.
    pub target: Target,
    /// What, approved for this target.
    pub approved: Approved,
    /// The way there, let go of when the job is over; an error when the target is set up wrongly.
    pub way: Result<Arc<dyn Transport>, TransportError>,
}

/// How the jobs follow each other. They begin in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many at the same time; 0 counts as 1.
    pub limit: usize,
    /// Waves of so many: the next one begins when the last one is over and all of it succeeded.
    pub wave: Option<usize>,
    /// Nothing more begins once a job did not succeed. Waves are always like that.
    pub stop_on_failure: bool,
}

/// What the jobs say, with the number of the job.
#[derive(Debug)]
pub enum Said {
    /// It said something; never a final state.
    Event(usize, Event),
    /// It ended; the last word of this job. Every job has one.
    End(usize, End),
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Its state and why.
    pub end: JobEnd,
    /// Set when nothing of it was sent: it is not in the journal either.
    pub unsent: Option<Unsent>,
}

/// Why a job was not begun. Its state is [`JobState::Cancelled`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsent {
    /// The user asked for an end.
    Interrupted,
    /// Another target did not succeed.
    Stopped {
        /// That target's name.
        by: String,
    },
}

impl End {
    /// csdeck's exit code for this job: that of [`JobEnd::exit`]; 1 for one that was held back
    /// because another target did not succeed, since nobody interrupted anything.
    pub fn exit(&self) -> i32 {
        match self.unsent {
            Some(Unsent::Stopped { .. }) => 1,
            _ => self.end.exit(),
        }
    }

    /// Why it did not come to an exit code, in words.
    pub fn why(&self) -> Option<String> {
        match &self.unsent {
            Some(Unsent::Interrupted) => Some("cancelled before anything was sent".into()),
            Some(Unsent::Stopped { by }) => {
                Some(format!("not begun, nothing was sent: {by} did not succeed"))
            }
            None => self.end.error.as_ref().map(ToString::to_string),
        }
    }
}

/// Starts the jobs. The receiver ends with the last of them. A receiver that is dropped stops
/// nothing; `cancel` does.
pub fn start(
    jobs: Vec<Job>,
    policy: Policy,
    journal: Journal,
    cancel: CancellationToken,
) -> mpsc::Receiver<Said> {
    let (said, receiver) = mpsc::channel(EVENT_BUFFER);
    tokio::spawn(drive(jobs, policy, journal, cancel, said));
    receiver
}

async fn drive(
    jobs: Vec<Job>,
    policy: Policy,
    journal: Journal,
    cancel: CancellationToken,
    said: mpsc::Sender<Said>,
) {
    let limit = policy.limit.max(1);
    let wave = policy.wave.map_or(usize::MAX, |n| n.max(1));
    let stops = policy.stop_on_failure || policy.wave.is_some();
    let names: Vec<String> = jobs.iter().map(|job| job.target.name.clone()).collect();
    let mut waiting = jobs.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut numbers: HashMap<Id, usize> = HashMap::new();
    // Of the present wave.
    let mut begun = 0;
    let mut held: Option<Unsent> = None;
    loop {
        if cancel.is_cancelled() {
            held = Some(Unsent::Interrupted);
        }
        if let Some(why) = &held {
            for (number, _) in waiting.by_ref() {
                let _ = said.send(Said::End(number, unsent(why))).await;
            }
        }
        while running.len() < limit && begun < wave {
            let Some((number, job)) = waiting.next() else {
                break;
            };
            let task = running.spawn(run(
                number,
                job,
                journal.clone(),
                said.clone(),
                cancel.clone(),
            ));
            numbers.insert(task.id(), number);
            begun += 1;
        }
        let joined = tokio::select! {
            biased;
            joined = running.join_next_with_id() => joined,
            () = cancel.cancelled(), if held.is_none() => continue,
        };
        let (id, end) = match joined {
            Some(Ok((id, end))) => (id, end),
            Some(Err(e)) => (e.id(), failed(format!("csdeck's own task broke down: {e}"))),
            None if waiting.len() == 0 => return,
            None => {
                begun = 0;
                continue;
            }
        };
        let Some(number) = numbers.remove(&id) else {
            continue;
        };
        if stops && held.is_none() && end.state != JobState::Succeeded {
            held = Some(Unsent::Stopped {
                by: names.get(number).cloned().unwrap_or_default(),
            });
        }
        let _ = said
            .send(Said::End(number, End { end, unsent: None }))
            .await;
    }
}

fn unsent(why: &Unsent) -> End {
    End {
        end: JobEnd {
            state: JobState::Cancelled,
            host_exit: None,
            error: Some(TransportError::Cancelled),
        },
        unsent: Some(why.clone()),
    }
}

fn failed(why: String) -> JobEnd {
    JobEnd {
        state: JobState::Failed,
        host_exit: None,
        error: Some(TransportError::Setup(why)),
    }
}

async fn run(
    number: usize,
    job: Job,
    journal: Journal,
    said: mpsc::Sender<Said>,
    cancel: CancellationToken,
) -> JobEnd {
    let way = match job.way {
        Ok(way) => way,
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
            way,
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
