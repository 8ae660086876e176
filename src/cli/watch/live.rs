//! `csdeck watch --target`: one harmless question, asked again and again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Watch;
use super::end::{Past, Teller};
use super::print::Printer;
use crate::app::App;
use crate::cli::ask::TerminalAsker;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::target::{self, explain};
use crate::cli::{Context, Exit, Failure, note, secret};
use crate::execute::{OpenEntry, Target, TransportError};
use crate::replication::{Options, Verdict, Watcher};
use crate::watch::{self, Answer, Pace, Poll, Poller, Told};

/// Time between polls when nothing else is said.
const INTERVAL: Duration = Duration::from_secs(5);

/// How often the line that counts down is drawn.
const TICK: Duration = Duration::from_secs(1);

/// What a watch has sent so far.
#[derive(Default)]
pub(super) struct Sent {
    /// The entries of the journal that its texts have opened.
    entries: Vec<OpenEntry>,
    /// The last text that asked for the rows.
    pub(super) question: Option<String>,
}

/// What a watch has sent so far, written by its poller.
pub(super) type Open = Arc<Mutex<Sent>>;

pub(super) async fn run(cx: &mut Context, command: &Watch) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = Arc::new(cx.app()?);
    app.answer_with(Arc::new(TerminalAsker::default()));
    let target = match &command.target {
        Some(name) => target::find(&app, name)?.clone(),
        None => app
            .watched_target()
            .cloned()
            .ok_or_else(|| Failure::usage("there is no target to watch: give --target"))?,
    };
    if command.password_stdin {
        app.secrets.set(&target.name, secret::first_line()?);
    }
    let options = command.options(&app.config.replication, app.topology()?.as_ref())?;
    let teller = Teller::new(&app, command);
    let past = Past::of(&app, &target);
    let options = Options {
        usual: past.usual(),
        ..options
    };
    command.end.check()?;
    let open = Open::default();
    let poller = poller(&app, &target, open.clone());
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
    close(&app, &open, &watcher, exit);
    teller.end().await;
    past.add(&watcher);
    let question = open
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .question
        .take();
    command.end.write(&app, &watcher, &target.name, question)?;
    result
}

/// A poller of the target that tells each text before it is sent and puts it into the journal: one
/// entry for the whole watch, since a poll every few seconds would bury what people ran.
pub(super) fn poller(app: &Arc<App>, target: &Target, open: Open) -> Poller {
    let ways: watch::Ways = {
        let (app, target) = (app.clone(), target.clone());
        Box::new(move || {
            let (app, target) = (app.clone(), target.clone());
            Box::pin(async move {
                tokio::task::spawn_blocking(move || app.transport(&target))
                    .await
                    .unwrap_or_else(|e| Err(TransportError::Setup(e.to_string())))
            })
        })
    };
    let (app, name, place) = (app.clone(), target.name.clone(), target.place());
    let listener: watch::Listener = Box::new(move |told| match told {
        Told::Remark(text) => {
            note(text);
            Ok(())
        }
        Told::Asks(approved, why) => {
            if let Some(why) = why {
                note(&format!("{name} does not take that text: {why}"));
            }
            note(&format!(
                "watching {name} ({place}) with: {}",
                approved.text()
            ));
            let (text, risk) = (approved.text(), approved.risk().word());
            let begun =
                tokio::task::block_in_place(|| app.journal.begin(&name, text, risk, "running"));
            let opened = begun.map_err(|e| e.to_string())?;
            let mut sent = open.lock().unwrap_or_else(PoisonError::into_inner);
            sent.entries.push(opened);
            sent.question = Some(text.to_owned());
            Ok(())
        }
    });
    Poller::new(target.clone(), ways, listener)
}

/// Ends the watch in the journal.
pub(super) fn close(app: &App, open: &Open, watcher: &Watcher, exit: Exit) {
    let state = match exit {
        Exit::Done => "succeeded",
        Exit::Interrupted => "cancelled",
        _ => "failed",
    };
    let latest = watcher.latest();
    let message = format!(
        "watched, {} polls: {}: {}",
        watcher.summary().polls,
        latest.verdict,
        latest.reason
    );
    let mut sent = open.lock().unwrap_or_else(PoisonError::into_inner);
    for open in std::mem::take(&mut sent.entries) {
        let ended = tokio::task::block_in_place(|| {
            app.journal
                .end(&open, state, exit.code().into(), Some(message.clone()))
        });
        if let Err(e) = ended {
            note(&format!("the end of this watch is not in the journal: {e}"));
        }
    }
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
