//! PowerShell on a server behind OpenSSH.
//!
//! One connection per target is kept warm, and on it PowerShells that run one command after the
//! other (`kept`); runs at the same time are channels of their own. libssh2
//! blocks, so a thread of its own drives the connection (`worker`), and the asynchronous side
//! only passes events on. The server proves who it is before anything is said to it
//! (`known_hosts`), then the user logs in (`login`), then the text goes to the standard input of
//! a PowerShell host (`run`). A server behind another one is reached through it (`jump`, `tunnel`).

mod connect;
mod identity;
mod jump;
mod kept;
mod keys;
pub mod known_hosts;
mod login;
mod pair;
mod plan;
mod questions;
mod reach;
mod run;
mod sftp;
mod start;
#[cfg(all(test, unix))]
mod tests;
mod tunnel;
mod worker;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use self::plan::Plan;
pub use self::sftp::SftpFiles;
use self::worker::{Request, Worker};
use super::ask::Asker;
use super::event::{Event, JobState};
use super::host::needs_own_process;
use super::sending::BeforeSending;
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

    #[cfg(all(test, unix))]
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
        if cancel.is_cancelled() {
            return Err(TransportError::Cancelled);
        }
        forward(&events, Event::State(JobState::Connecting)).await;
        let (out, mut batches) = mpsc::channel::<Vec<Event>>(BATCHES);
        let (done, mut result) = oneshot::channel();
        let sent = Sent::default();
        let request = Request {
            text: text.as_bytes().to_vec(),
            own_process: self.plan.keeps && needs_own_process(text).is_some(),
            before,
            out,
            done,
            cancel: cancel.clone(),
            running: Arc::clone(&sent.running),
            kept: Arc::clone(&sent.kept),
        };
        let worker = self.submit(request)?;
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
        self.cancelled(&sent, &worker, &mut batches, &mut result, &events)
            .await
    }

    /// Says that the run is being cancelled and waits, not for long, until the thread closed it.
    async fn cancelled(
        &self,
        sent: &Sent,
        worker: &Worker,
        batches: &mut mpsc::Receiver<Vec<Event>>,
        result: &mut oneshot::Receiver<Result<i32, TransportError>>,
        events: &EventSender,
    ) -> Result<i32, TransportError> {
        worker.wake();
        let wait = match (sent.running(), sent.kept()) {
            (true, true) => self.plan.limits.stop * 2 + CLOSE_WAIT,
            (true, false) => CLOSE_WAIT,
            _ => ABANDON_WAIT,
        };
        let end = Instant::now() + wait;
        // A reader that does not read must not hold the cancel up.
        let mut listens = heard(events, Event::State(JobState::Cancelling)).await;
        loop {
            match timeout_at(end, batches.recv()).await {
                Ok(Some(batch)) => {
                    worker.wake();
                    for event in batch {
                        listens = listens && heard(events, event).await;
                    }
                }
                Ok(None) => return result.await.unwrap_or_else(|_| Err(self.lost())),
                // The thread is stuck in a blocking call: the next run gets a new one.
                Err(_) => break,
            }
        }
        self.abandon(worker);
        if sent.running() && listens {
            heard(events, Event::Warning(run::may_go_on(&self.plan.address))).await;
        }
        Err(TransportError::Cancelled)
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

/// False when nobody took the event in time.
async fn heard(events: &EventSender, event: Event) -> bool {
    timeout_at(Instant::now() + CLOSE_WAIT, forward(events, event))
        .await
        .is_ok()
}

/// How far the connection's thread is with a run.
#[derive(Default)]
struct Sent {
    running: Arc<AtomicBool>,
    kept: Arc<AtomicBool>,
}

impl Sent {
    /// The text was sent.
    fn running(&self) -> bool {
        self.running.load(Ordering::Relaxed)
    }

    /// It was sent to a PowerShell that can be asked to stop.
    fn kept(&self) -> bool {
        self.kept.load(Ordering::Relaxed)
    }
}

/// A closed receiver is no error: the run goes on and its output is dropped.
async fn forward(events: &EventSender, event: Event) {
    let _ = events.send(event).await;
}

impl Transport for SshTransport {
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(self.send_text(before, invocation.text(), events, cancel))
    }

    fn arrivals(&self) -> Vec<Arrival> {
        self.plan.arrivals()
    }
}
