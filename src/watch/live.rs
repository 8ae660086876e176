//! Poll after poll, at a pace that can be changed.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::asks::{Answer, Asks, Poll};
use crate::execute::TransportError;
use crate::execute::backoff::Backoff;

/// How long a poll that is cut short may take to end cleanly.
const GRACE: Duration = Duration::from_secs(5);

/// What is asked of a watch while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// No polls until [`Control::Resume`] or [`Control::Now`].
    Pause,
    /// Go on, with a poll at once.
    Resume,
    /// Another time between two polls.
    Every(Duration),
    /// A poll at once; also one of a paused watch, which stays paused.
    Now,
}

/// How a watch begins, and the clock it goes by.
pub struct Pace {
    /// From the beginning of one poll to that of the next.
    pub every: Duration,
    /// The time of day, for the polls.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Pace {
    /// Polls so far apart, by the machine's clock.
    pub fn every(every: Duration) -> Pace {
        Pace {
            every,
            now: Box::new(Timestamp::now),
        }
    }
}

/// Polls until it is stopped or nobody takes the polls. One at a time: a slow server is not asked
/// twice. A server that is not reached is left alone for longer and longer.
///
/// Stopped within a poll, that poll is cancelled and has a moment to end cleanly.
pub async fn run<A: Asks>(
    mut poller: A,
    mut pace: Pace,
    mut control: mpsc::Receiver<Control>,
    polls: mpsc::Sender<Poll<A::Rows>>,
    stop: CancellationToken,
) {
    let mut backoff = Backoff::default();
    let mut paused = false;
    let mut due = Instant::now();
    loop {
        let begun = Instant::now();
        let Some(answer) = within(&mut poller, &stop).await else {
            return;
        };
        let wait = match &answer {
            Answer::NoWay(error) if error.may_pass() => Some(backoff.next(pace.every)),
            _ => {
                backoff.reset();
                None
            }
        };
        // Counted from when this poll was due, so that polls do not drift; from now on after a
        // failure, since trying may take longer than the wait.
        due = match wait {
            Some(wait) => Instant::now() + wait,
            None => (due + pace.every).max(Instant::now()),
        };
        let poll = Poll {
            at: (pace.now)(),
            took: begun.elapsed(),
            answer,
            wait: due.saturating_duration_since(Instant::now()),
        };
        tokio::select! {
            () = stop.cancelled() => return,
            sent = polls.send(poll) => if sent.is_err() {
                return;
            },
        }
        loop {
            let time_is_up = async {
                match paused {
                    true => std::future::pending().await,
                    false => sleep_until(due).await,
                }
            };
            let wish = tokio::select! {
                () = stop.cancelled() => return,
                () = polls.closed() => return,
                () = time_is_up => break,
                wish = next(&mut control) => wish,
            };
            // All that were made meanwhile at once: a key that is held asks for one poll.
            let mut now = false;
            let mut next = Some(wish);
            while let Some(wish) = next {
                match wish {
                    Control::Pause => paused = true,
                    Control::Resume => paused = false,
                    Control::Every(every) => {
                        due = begun + every;
                        pace.every = every;
                    }
                    Control::Now => {}
                }
                now |= matches!(wish, Control::Resume | Control::Now);
                next = control.try_recv().ok();
            }
            if now {
                due = Instant::now();
                break;
            }
        }
    }
}

/// The next wish; none ever comes once nobody can have one.
async fn next(control: &mut mpsc::Receiver<Control>) -> Control {
    match control.recv().await {
        Some(wish) => wish,
        None => std::future::pending().await,
    }
}

/// One poll; none when it was stopped.
async fn within<A: Asks>(poller: &mut A, stop: &CancellationToken) -> Option<Answer<A::Rows>> {
    let cancel = stop.child_token();
    let stopped = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let answer = tokio::select! {
        answer = poller.ask(&cancel) => answer,
        () = stopped => return None,
    };
    match answer {
        Answer::NoWay(TransportError::Cancelled) if stop.is_cancelled() => None,
        answer => Some(answer),
    }
}
