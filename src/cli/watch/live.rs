//! `csdeck watch --target`: one harmless question, asked again and again.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Watch;
use super::print::Printer;
use crate::cli::ask::TerminalAsker;
use crate::cli::interrupt::cancel_on_interrupt;
use crate::cli::target::{self, explain};
use crate::cli::{Context, Exit, Failure, note, secret};
use crate::execute::backoff::Backoff;
use crate::execute::{EVENT_BUFFER, Event, Target, Transport, TransportError};
use crate::gate::{Approved, Confirmation};
use crate::replication::{Observation, Parsed, Said, Verdict, Watcher, parse, status_command};

/// Time between polls when nothing else is said.
const INTERVAL: Duration = Duration::from_secs(5);

pub(super) async fn run(cx: &mut Context, command: &Watch) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
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
    let options = command.options(app.topology()?.as_ref())?;
    let question = status_command(target.brings_objects());
    let approved = target.assess(question)?.approve(&Confirmation::Shown)?;
    let transport = tokio::task::block_in_place(|| app.transport(&target))
        .map_err(|e| Failure::new(Exit::Unreachable, format!("{}: {e}", target.name)))?;
    note(&format!(
        "watching {} ({}) with: {question}",
        target.name,
        target.place()
    ));
    // One entry for the whole watch: a poll every few seconds would bury what people ran.
    let open = {
        let (text, risk) = (approved.text(), approved.risk().word());
        tokio::task::block_in_place(|| app.journal.begin(&target.name, text, risk, "running"))?
    };
    let mut watcher = Watcher::new(options);
    let mut printer = Printer::new(&mut cx.out, format, false, &target.name);
    let mut poller = Poller {
        transport,
        approved,
        target,
        cancel: cancel_on_interrupt(),
        told: String::new(),
        warned: Vec::new(),
        refused: false,
    };
    let result = poller.watch(command, &mut watcher, &mut printer).await;
    let result = result.and_then(|exit| printer.end(watcher.latest()).map(|()| exit));
    let exit = result.as_ref().map_or_else(|f| f.exit, |exit| *exit);
    let state = match exit {
        Exit::Done => "succeeded",
        Exit::Interrupted => "cancelled",
        _ => "failed",
    };
    let latest = watcher.latest();
    let message = format!(
        "watched, {} polls: {}: {}",
        watcher.len(),
        latest.verdict,
        latest.reason
    );
    let ended = tokio::task::block_in_place(|| {
        app.journal
            .end(&open, state, exit.code().into(), Some(message))
    });
    if let Err(e) = ended {
        note(&format!("the end of this watch is not in the journal: {e}"));
    }
    result
}

/// How long a poll that is cut short at the end of the time may take to end cleanly.
const GRACE: Duration = Duration::from_secs(5);

/// Warnings of a poll that are remembered.
const WARNINGS: usize = 32;

/// What one poll brought.
enum Answer {
    /// Rows, or none.
    Rows(Parsed),
    /// It ran and failed.
    Failed(String),
    /// The answer is not understood: asking again brings the same.
    NotUnderstood(String),
    /// It did not come to an answer.
    NoWay(TransportError),
}

struct Poller {
    transport: Arc<dyn Transport>,
    approved: Approved,
    target: Target,
    cancel: CancellationToken,
    told: String,
    /// The warnings of the poll before.
    warned: Vec<String>,
    /// The user did not answer what the server asked.
    refused: bool,
}

impl Poller {
    /// Polls until converged, interrupted, timed out, or something that more polls cannot mend.
    async fn watch(
        &mut self,
        command: &Watch,
        watcher: &mut Watcher,
        printer: &mut Printer<'_>,
    ) -> Result<Exit, Failure> {
        let deadline = command.timeout.map(|t| Instant::now() + t);
        let interval = command.interval.unwrap_or(INTERVAL);
        let mut first = true;
        let mut backoff = Backoff::default();
        loop {
            let begun = Instant::now();
            let Some(answer) = self.poll(deadline).await else {
                return Ok(self.over(watcher));
            };
            let now = Timestamp::now();
            let mut over = None;
            let mut wait = interval;
            if !matches!(answer, Answer::NoWay(_)) {
                backoff.reset();
            }
            let report = match answer {
                Answer::Rows(parsed) => {
                    self.told.clear();
                    for remark in &parsed.notes {
                        note(&remark.to_string());
                    }
                    watcher.observe(Observation {
                        rows: parsed.rows,
                        sampled_at: Some(now),
                        server_time: parsed.server_time,
                        source: self.target.name.clone(),
                    })
                }
                Answer::Failed(why) => {
                    self.tell(&why);
                    over = first.then_some(Exit::Failed);
                    watcher.failed(&why, Some(now))
                }
                Answer::NotUnderstood(why) => {
                    note(&why);
                    over = Some(Exit::Failed);
                    watcher.failed(&why, Some(now))
                }
                Answer::NoWay(error) => {
                    let why = explain(&self.target, &error);
                    self.tell(&format!("{}: {why}", self.target.name));
                    // A server that is not there yet is waited for only as long as somebody said.
                    let hopeless = !error.may_pass() || first && deadline.is_none();
                    over = hopeless.then_some(Exit::Unreachable);
                    wait = backoff.next(interval);
                    watcher.blind(&error.to_string(), now)
                }
            };
            let verdict = report.verdict;
            printer.poll(report)?;
            first = false;
            if let Some(exit) = over {
                return Ok(exit);
            }
            if verdict == Verdict::Converged || printer.is_closed() {
                return Ok(by_verdict(watcher));
            }
            // After a failure the wait counts from its end: trying may take longer than the wait.
            let next = if wait == interval {
                begun + interval
            } else {
                Instant::now() + wait
            };
            let until = deadline.map_or(next, |d| d.min(next));
            tokio::select! {
                () = self.cancel.cancelled() => return Ok(Exit::Interrupted),
                () = sleep_until(until) => {}
            }
            if deadline.is_some_and(|d| Instant::now() >= d) {
                return Ok(by_verdict(watcher));
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

    /// The exit of a watch that ended within a poll.
    fn over(&self, watcher: &Watcher) -> Exit {
        if self.cancel.is_cancelled() || self.refused {
            Exit::Interrupted
        } else {
            by_verdict(watcher)
        }
    }

    /// One poll; `None` when it was interrupted or the time is up.
    async fn poll(&mut self, deadline: Option<Instant>) -> Option<Answer> {
        let stop = self.cancel.child_token();
        let (sender, mut receiver) = mpsc::channel(EVENT_BUFFER);
        let read = async {
            let (mut said, mut errors) = (Said::default(), Vec::new());
            let mut warned = Vec::new();
            while let Some(event) = receiver.recv().await {
                match event {
                    Event::Output(line) => said.line(&line),
                    Event::Object(object) => said.row(object.value),
                    Event::Error(record) => errors.push(record.text),
                    // Once, when every poll brings the same.
                    Event::Warning(line)
                        if self.warned.contains(&line) && warned.len() < WARNINGS =>
                    {
                        warned.push(line);
                    }
                    Event::Warning(line) => {
                        note(&format!("warning: {line}"));
                        if warned.len() < WARNINGS {
                            warned.push(line);
                        }
                    }
                    Event::Verbose(_)
                    | Event::Debug(_)
                    | Event::Information(_)
                    | Event::Progress(_)
                    | Event::State(_) => {}
                }
            }
            (said, errors, warned)
        };
        let time_up = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
            stop.cancel();
            tokio::time::sleep(GRACE).await;
        };
        let run = async {
            tokio::join!(
                self.transport.run(&self.approved, sender, stop.clone()),
                read
            )
        };
        let (result, (said, errors, warned)) = tokio::select! {
            done = run => done,
            () = time_up => return None,
        };
        self.warned = warned;
        Some(match result {
            Err(TransportError::Cancelled) => {
                self.refused = !stop.is_cancelled();
                return None;
            }
            Err(error) => Answer::NoWay(error),
            Ok(code) if code != 0 || !errors.is_empty() => {
                let why = if errors.is_empty() {
                    format!("PowerShell ended with {code}")
                } else {
                    errors.join("\n")
                };
                Answer::Failed(why)
            }
            Ok(_) => match said.text(self.target.brings_objects()) {
                Err(why) => Answer::NotUnderstood(why),
                Ok(text) => match parse(&text, &TimeZone::system()) {
                    Ok(parsed) => Answer::Rows(parsed),
                    Err(e) => Answer::NotUnderstood(format!("the answer is not understood: {e}")),
                },
            },
        })
    }
}

fn by_verdict(watcher: &Watcher) -> Exit {
    Exit::of(watcher.latest().verdict.exit_code(false).into())
}
