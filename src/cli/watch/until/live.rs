//! The polls of a watch of objects, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Asked;
use super::print::Printer;
use crate::app::App;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::target::explain;
use crate::cli::watch::sent::{self, Sent};
use crate::cli::{Exit, Failure, note};
use crate::execute::{Target, TransportError};
use crate::gate::Approved;
use crate::replication::Verdict;
use crate::until::Watcher;
use crate::watch::{self, Answer, ObjectPoller, Pace, Poll};

/// Time between polls when nothing else is said.
const INTERVAL: Duration = Duration::from_secs(5);

/// How often the line that counts down is drawn.
const TICK: Duration = Duration::from_secs(1);

/// Watches until the goal is met, the time is up, somebody interrupts, or more polls cannot help.
pub(super) async fn watch(
    app: &Arc<App>,
    target: &Target,
    approved: Approved,
    asked: &Asked<'_>,
    watcher: &mut Watcher,
    printer: &mut Printer<'_>,
) -> Result<Exit, Failure> {
    let sent = Sent::default();
    let listener = sent.listener(app, target);
    let poller = ObjectPoller::new(approved, sent::ways(app, target), listener)
        .map_err(|e| Failure::new(Exit::Denied, e.to_string()))?;
    let mut watching = Watching {
        target,
        cancel: cancel_on_interrupt(),
        deadline: asked.timeout.map(|t| Instant::now() + t),
        told: String::new(),
        first: true,
    };
    // The pace of a command does not change: nobody holds the other end.
    let (_, wishes) = mpsc::channel(1);
    let (sender, mut polls) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let pace = Pace::every(asked.interval.unwrap_or(INTERVAL));
    let engine = tokio::spawn(watch::run(poller, pace, wishes, sender, stop.clone()));
    let result = watching.listen(&mut polls, watcher, printer).await;
    stop.cancel();
    polls.close();
    // It cancels what runs and ends soon: no question is left behind on the server.
    let result = match engine.await {
        Ok(()) => result,
        Err(e) => Err(Failure::failed(format!("the watch broke off: {e}"))),
    };
    let result = result.and_then(|exit| printer.end(watcher.latest()).map(|()| exit));
    close(
        app,
        &sent,
        watcher,
        result.as_ref().map_or_else(|f| f.exit, |exit| *exit),
    );
    result
}

/// Ends the watch in the journal.
fn close(app: &App, sent: &Sent, watcher: &Watcher, exit: Exit) {
    let latest = watcher.latest();
    let message = format!(
        "watched until {}, {} polls: {}: {}",
        latest.until,
        watcher.polls(),
        latest.verdict,
        latest.reason
    );
    sent.close(app, exit, &message);
}

/// A watch that goes on.
struct Watching<'a> {
    target: &'a Target,
    cancel: CancellationToken,
    deadline: Option<Instant>,
    /// What went wrong last, said once while every poll goes wrong in the same way.
    told: String,
    /// No answer fitted the goal yet.
    first: bool,
}

impl Watching<'_> {
    async fn listen(
        &mut self,
        polls: &mut mpsc::Receiver<Poll<Vec<Value>>>,
        watcher: &mut Watcher,
        printer: &mut Printer<'_>,
    ) -> Result<Exit, Failure> {
        let mut next: Option<Instant> = None;
        let mut tick = tokio::time::interval(TICK);
        loop {
            let time_is_up = async {
                match self.deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            let poll = tokio::select! {
                () = self.cancel.cancelled() => return Ok(Exit::Interrupted),
                () = time_is_up => return Ok(by_verdict(watcher)),
                _ = tick.tick() => {
                    let wait = next.map(|at| at.saturating_duration_since(Instant::now()));
                    printer.count_down(watcher.latest(), wait);
                    continue;
                }
                poll = polls.recv() => poll,
            };
            let Some(poll) = poll else {
                return Ok(by_verdict(watcher));
            };
            next = Some(Instant::now() + poll.wait);
            let over = self.feed(poll, watcher);
            printer.poll(watcher.latest())?;
            if let Some(exit) = over {
                return Ok(exit);
            }
            if watcher.latest().verdict == Verdict::Converged || printer.is_closed() {
                return Ok(by_verdict(watcher));
            }
        }
    }

    /// Hands a poll to the watcher and says what went wrong. With an exit where that is the end.
    fn feed(&mut self, poll: Poll<Vec<Value>>, watcher: &mut Watcher) -> Option<Exit> {
        match poll.answer {
            Answer::Rows(objects) => {
                let report = watcher.observe(objects, poll.at);
                // A property that nobody has: a slip of whoever typed it, unless it was there before.
                if report.verdict == Verdict::Failed {
                    let why = report.reason.clone();
                    self.tell(&format!("--until: {why}"));
                    return self.first.then_some(Exit::Failed);
                }
                self.told.clear();
                self.first &= report.rows.is_empty();
                None
            }
            Answer::Failed(why) => {
                watcher.failed(&why, poll.at);
                self.tell(&why);
                std::mem::take(&mut self.first).then_some(Exit::Failed)
            }
            Answer::NotUnderstood(why) => {
                watcher.failed(&why, poll.at);
                note(&why);
                Some(Exit::Failed)
            }
            // The user did not answer what the server asked.
            Answer::NoWay(TransportError::Cancelled) => Some(Exit::Interrupted),
            Answer::NoWay(error) => {
                watcher.blind(&error.to_string(), poll.at);
                self.tell(&format!(
                    "{}: {}",
                    self.target.name,
                    explain(self.target, &error)
                ));
                // A server that is not there yet is waited for only as long as somebody said.
                let hopeless = !error.may_pass() || self.first && self.deadline.is_none();
                hopeless.then_some(Exit::Unreachable)
            }
        }
    }

    /// Says what went wrong; once, when every poll goes wrong in the same way.
    fn tell(&mut self, why: &str) {
        if self.told != why {
            note(why);
            why.clone_into(&mut self.told);
        }
    }
}

fn by_verdict(watcher: &Watcher) -> Exit {
    Exit::of(watcher.latest().verdict.exit_code(false).into())
}
