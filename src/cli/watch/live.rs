//! `csdeck watch --target`: one harmless question, asked again and again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Watch;
use super::end::{Past, Teller};
use super::print::Printer;
use super::sent::{self, Sent};
use crate::app::App;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::target::explain;
use crate::cli::{Context, Exit, Failure, note};
use crate::execute::{Target, TransportError};
use crate::replication::{Options, Verdict, Watcher};
use crate::watch::{self, Answer, Pace, Poll, Poller};

/// Time between polls when nothing else is said.
const INTERVAL: Duration = Duration::from_secs(5);

/// How often the line that counts down is drawn.
const TICK: Duration = Duration::from_secs(1);

pub(super) async fn run(cx: &mut Context, command: &Watch) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let (app, target) = sent::open(cx, command.target.as_deref(), command.password_stdin)?;
    let options = command.options(&app.config.replication, app.topology()?.as_ref())?;
    let teller = Teller::new(&app, command);
    let past = Past::of(&app, &target);
    let options = Options {
        usual: past.usual(),
        ..options
    };
    command.end.check()?;
    let sent = Sent::default();
    let poller = poller(&app, &target, &sent);
    let mut watcher = Watcher::new(options);
    let mut printer = Printer::live(&mut cx.out, format, &target.name);
    let watching = Watching {
        command,
        target: &target,
        cancel: cancel_on_interrupt(),
        deadline: command.goal.timeout.map(|t| Instant::now() + t),
        told: String::new(),
        first: true,
    };
    let interval = command
        .interval
        .or(app.config.replication.interval)
        .unwrap_or(INTERVAL);
    let result = watching
        .run(poller, interval, &mut watcher, &mut printer, &teller)
        .await;
    let result = result.and_then(|exit| {
        printer.end(&watcher)?;
        Ok(exit)
    });
    let exit = result.as_ref().map_or_else(|f| f.exit, |exit| *exit);
    close(&app, &sent, &watcher, exit);
    teller.end().await;
    past.add(&watcher);
    command
        .end
        .write(&app, &watcher, &target.name, sent.last())?;
    result
}

/// A poller of the target.
pub(super) fn poller(app: &Arc<App>, target: &Target, sent: &Sent) -> Poller {
    let listener = sent.listener(app, target);
    Poller::new(target.clone(), sent::ways(app, target), listener)
}

/// Ends the watch in the journal.
pub(super) fn close(app: &App, sent: &Sent, watcher: &Watcher, exit: Exit) {
    let latest = watcher.latest();
    let message = format!(
        "watched, {} polls: {}: {}",
        watcher.summary().polls,
        latest.verdict,
        latest.reason
    );
    sent.close(app, exit, &message);
}

/// A watch that goes on.
struct Watching<'a> {
    command: &'a Watch,
    target: &'a Target,
    cancel: CancellationToken,
    deadline: Option<Instant>,
    /// What went wrong last, said once while every poll goes wrong in the same way.
    told: String,
    first: bool,
}

impl Watching<'_> {
    /// Polls until converged, interrupted, timed out, or something that more polls cannot mend.
    async fn run(
        mut self,
        poller: Poller,
        interval: Duration,
        watcher: &mut Watcher,
        printer: &mut Printer<'_>,
        teller: &Teller,
    ) -> Result<Exit, Failure> {
        // The pace of a command does not change: nobody holds the other end.
        let (_, wishes) = mpsc::channel(1);
        let (sender, mut polls) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let pace = Pace::every(interval);
        let engine = tokio::spawn(watch::run(poller, pace, wishes, sender, stop.clone()));
        let exit = self.listen(&mut polls, watcher, printer, teller).await;
        stop.cancel();
        polls.close();
        // It cancels what runs and ends soon: no question is left behind on the server.
        if let Err(e) = engine.await {
            return Err(Failure::failed(format!("the watch broke off: {e}")));
        }
        exit
    }

    async fn listen(
        &mut self,
        polls: &mut mpsc::Receiver<Poll>,
        watcher: &mut Watcher,
        printer: &mut Printer<'_>,
        teller: &Teller,
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
            let over = self.over(&poll.answer);
            let before = watcher.latest().verdict;
            let report = poll.feed(watcher, &self.target.name);
            let (verdict, hopeless) = (report.verdict, report.hopeless.clone());
            printer.poll(report)?;
            teller.poll(before, report);
            self.first = false;
            if let Some(exit) = over {
                return Ok(exit);
            }
            if verdict == Verdict::Converged || printer.is_closed() {
                return Ok(by_verdict(watcher));
            }
            if let Some(why) = hopeless.filter(|_| !self.command.goal.keep_going) {
                note(&format!(
                    "it can no longer succeed: {why}. --keep-going watches on"
                ));
                return Ok(by_verdict(watcher));
            }
        }
    }

    /// Says what went wrong, and whether that is the end.
    fn over(&mut self, answer: &Answer) -> Option<Exit> {
        match answer {
            Answer::Rows(_) => {
                self.told.clear();
                None
            }
            Answer::Failed(why) => {
                self.tell(why);
                self.first.then_some(Exit::Failed)
            }
            Answer::NotUnderstood(why) => {
                note(why);
                Some(Exit::Failed)
            }
            // The user did not answer what the server asked.
            Answer::NoWay(TransportError::Cancelled) => Some(Exit::Interrupted),
            Answer::NoWay(error) => {
                let why = explain(self.target, error);
                self.tell(&format!("{}: {why}", self.target.name));
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
