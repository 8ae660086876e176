//! PowerShell on a server behind OpenSSH.
//!
//! One connection per target is kept warm; each run is a channel of its own on it. libssh2
//! blocks, so a thread of its own drives the connection (`worker`), and the asynchronous side
//! only passes events on. The server proves who it is before anything is said to it
//! (`known_hosts`), then the user logs in (`login`), then the text goes to the standard input of
//! a PowerShell host (`run`). A server behind another one is reached through it (`jump`, `tunnel`).

mod connect;
mod identity;
mod jump;
mod keys;
pub mod known_hosts;
mod login;
mod pair;
mod plan;
mod questions;
mod reach;
mod run;
#[cfg(all(test, unix))]
mod tests;
mod tunnel;
mod worker;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use self::plan::Plan;
use self::worker::{Request, Worker};
use super::ask::Asker;
use super::event::{Event, JobState};
use super::target::Target;
use super::transport::{Arrival, BoxFuture, EventSender, Transport, TransportError};
use crate::gate::Approved;
use crate::store::secret::SessionSecrets;

pub use jump::jumps;

/// Batches of events that may wait between the connection's thread and the asynchronous side.
const BATCHES: usize = 4;

/// How long a cancelled run that reached the server may take to close its channel.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// How long a cancelled run that did not reach the server is waited for.
const ABANDON_WAIT: Duration = Duration::from_millis(200);

/// The way to one target over SSH. Connects at the first run and keeps the connection for the
/// next ones until it is dropped.
pub struct SshTransport {
    plan: Arc<Plan>,
    worker: Mutex<Option<Worker>>,
}

impl fmt::Debug for SshTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SshTransport")
            .field("address", &self.plan.address)
            .finish_non_exhaustive()
    }
}

impl SshTransport {
    /// Prepares the way to a target; nothing connects yet. The target's jumps are looked for among
    /// `targets`. Passwords and passphrases are taken from `secrets` under the name of the target, or
    /// of the jump, when they are needed; what servers ask goes to `asker`. Fails with
    /// [`TransportError::Setup`] when the address, the user, the home folder or a jump is missing.
    pub fn new(
        target: &Target,
        targets: &[Target],
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
    ) -> Result<SshTransport, TransportError> {
        Plan::new(target, &jumps(target, targets)?, secrets, asker).map(Self::with_plan)
    }

    fn with_plan(plan: Plan) -> SshTransport {
        SshTransport {
            plan: Arc::new(plan),
            worker: Mutex::new(None),
        }
    }

    async fn run_text(
        &self,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        if cancel.is_cancelled() {
            return Err(TransportError::Cancelled);
        }
        forward(&events, Event::State(JobState::Connecting)).await;
        let (out, mut batches) = mpsc::channel::<Vec<Event>>(BATCHES);
        let (done, mut result) = oneshot::channel();
        let request = Request {
            text: text.as_bytes().to_vec(),
            out,
            done,
            cancel: cancel.clone(),
        };
        let worker = self.submit(request)?;
        let mut running = false;
        loop {
            let batch = tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                batch = batches.recv() => batch,
            };
            // The thread lets go of its end when the run is over, after the last batch.
            let Some(batch) = batch else {
                return result.await.unwrap_or_else(|_| Err(self.lost()));
            };
            worker.wake();
            for event in batch {
                running |= event == Event::State(JobState::Running);
                let sent = tokio::select! {
                    biased;
                    () = cancel.cancelled() => false,
                    () = forward(&events, event) => true,
                };
                if !sent {
                    break;
                }
            }
        }
        self.cancelled(running, &worker, &mut batches, &mut result, &events)
            .await
    }

    /// Says that the run is being cancelled and waits, not for long, until the thread closed it.
    async fn cancelled(
        &self,
        running: bool,
        worker: &Worker,
        batches: &mut mpsc::Receiver<Vec<Event>>,
        result: &mut oneshot::Receiver<Result<i32, TransportError>>,
        events: &EventSender,
    ) -> Result<i32, TransportError> {
        worker.wake();
        let said = async {
            forward(events, Event::State(JobState::Cancelling)).await;
            if running {
                forward(events, Event::Warning(self.may_go_on())).await;
            }
        };
        // A reader that does not read must not hold the cancel up.
        let _ = tokio::time::timeout(CLOSE_WAIT, said).await;
        batches.close();
        let wait = if running { CLOSE_WAIT } else { ABANDON_WAIT };
        if tokio::time::timeout(wait, result).await.is_err() {
            // The thread is stuck in a blocking call: the next run gets a new one.
            self.abandon(worker);
        }
        Err(TransportError::Cancelled)
    }

    /// Closing a channel ends the program at its other end when it next reads or writes. OpenSSH,
    /// here and on Windows, sends no signal without a terminal, and libssh2's signals are not to
    /// be had through the ssh2 crate.
    fn may_go_on(&self) -> String {
        format!(
            "cancelled: csdeck closed the command's channel; what {} is doing at this moment may go on there. Look before you run it again",
            self.plan.address
        )
    }

    /// Hands a run to the connection's thread, starting one if there is none.
    fn submit(&self, request: Request) -> Result<Worker, TransportError> {
        let mut slot = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = match slot.as_ref().filter(|worker| worker.is_alive()) {
            Some(worker) => worker.clone(),
            None => Worker::spawn(Arc::clone(&self.plan)).map_err(|e| {
                TransportError::Setup(format!(
                    "cannot start a thread for {}: {e}",
                    self.plan.address
                ))
            })?,
        };
        *slot = Some(worker.clone());
        if worker.submit(request) {
            Ok(worker)
        } else {
            Err(self.lost())
        }
    }

    fn abandon(&self, worker: &Worker) {
        let mut slot = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.as_ref().is_some_and(|current| current.is(worker)) {
            *slot = None;
        }
    }

    fn lost(&self) -> TransportError {
        self.plan.lost("csdeck's connection thread ended")
    }
}

/// A closed receiver is no error: the run goes on and its output is dropped.
async fn forward(events: &EventSender, event: Event) {
    let _ = events.send(event).await;
}

impl Transport for SshTransport {
    fn run<'a>(
        &'a self,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(self.run_text(invocation.text(), events, cancel))
    }

    fn arrivals(&self) -> Vec<Arrival> {
        self.plan.arrivals()
    }
}
