//! A PowerShell that stays behind a channel.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::connect::Connection;
use super::plan::Plan;
use super::run::{Run, Talk};
use crate::execute::event::{Event, JobState};
use crate::execute::host::question::Open;
use crate::execute::host::{Host, Outcome, Said, words};
use crate::execute::transport::TransportError;

/// How long starting the program that ends another one may take.
const KILL_LIMIT: Duration = Duration::from_secs(3);

/// A host, and how far its run is.
pub(super) struct Kept {
    pub host: Box<Host>,
    /// When it must have said that it is there.
    greet_by: Instant,
    /// The text was sent.
    begun: bool,
    stage: Stage,
    /// Prompts that came, and whether their answers are secrets.
    asked: Vec<(String, bool)>,
    /// What the user is being asked.
    open: Option<Open>,
}

/// How far a cancel is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Wanted,
    /// It was asked to stop, and has until then.
    Stopping(Instant),
    /// Its process was ended by a program of the server, and is gone by then.
    Killing(Instant),
}

/// The next thing to do for a cancel.
pub(super) enum Cancel {
    Wait,
    /// Write this.
    Stop(Vec<u8>),
    /// Tell this.
    Say(String),
    /// Nothing else helps: close the channel.
    Close,
}

impl Run {
    /// Makes the run one of a host that stays.
    pub(super) fn keep(&mut self, mut host: Box<Host>, plan: &Plan) {
        let starting = host.is_starting();
        if starting {
            let opening = host.opening();
            self.write(&opening);
        } else {
            self.pending.extend(host.idle_events());
        }
        self.talk = Talk::Kept(Kept {
            host,
            greet_by: Instant::now() + plan.limits.hello,
            begun: false,
            stage: Stage::Wanted,
            asked: Vec::new(),
            open: None,
        });
        if !starting {
            self.begin();
        }
    }

    /// Sends the text to the host, which is idle.
    fn begin(&mut self) {
        let Talk::Kept(kept) = &mut self.talk else {
            return;
        };
        if self.request.is_unwanted() {
            self.outcome = Some(Err(TransportError::Cancelled));
            return;
        }
        if let Err(why) = self.request.before.pass_blocking() {
            self.outcome = Some(Err(why));
            return;
        }
        kept.begun = true;
        let text = std::mem::take(&mut self.request.text);
        let line = kept.host.run(&String::from_utf8_lossy(&text));
        self.write(&line);
        self.request.kept.store(true, Ordering::Relaxed);
        self.request.running.store(true, Ordering::Relaxed);
        self.pending.push(Event::State(JobState::Running));
    }

    /// Takes bytes of the host's standard output.
    pub(super) fn heard(&mut self, bytes: &[u8]) {
        let Talk::Kept(kept) = &mut self.talk else {
            return;
        };
        let (mut ready, mut ended) = (false, None);
        let pending = &mut self.pending;
        let Kept { host, asked, .. } = kept;
        host.push(bytes, |said| match said {
            Said::Ready => ready = true,
            Said::Event(event) => pending.push(event),
            Said::Asks { prompt, secret } => asked.push((prompt, secret)),
            Said::Ended(outcome) => ended = Some(outcome),
        });
        if ready {
            self.begin();
        }
        if let Some(outcome) = ended {
            self.ended(outcome);
        }
    }

    /// Puts to the user what the command asks, and hands on what they answered. Never waits: other
    /// runs share the thread.
    pub(super) fn ask(&mut self, plan: &Plan) {
        let Talk::Kept(kept) = &mut self.talk else {
            return;
        };
        let mut lines = Vec::new();
        for (prompt, secret) in std::mem::take(&mut kept.asked) {
            // A command that waits for an answer asks nothing else.
            if kept.open.is_none() && kept.stage == Stage::Wanted {
                let whose = (
                    plan.name.as_str(),
                    plan.user.as_str(),
                    plan.address.as_str(),
                );
                kept.open = Some(Open::put(&plan.asker, whose, &prompt, secret));
            } else {
                lines.push(kept.host.answer(None));
            }
        }
        if kept.stage != Stage::Wanted || kept.host.is_idle() {
            kept.open = None;
        }
        if let Some(answer) = kept.open.as_mut().and_then(Open::look) {
            if let (Some(open), Err(why)) = (kept.open.take(), &answer) {
                self.pending.push(open.unanswered(*why));
            }
            lines.push(kept.host.answer(answer.as_ref().ok()));
        }
        for line in lines {
            self.write(&line);
        }
    }

    fn ended(&mut self, outcome: Outcome) {
        let cancelled = matches!(&self.talk, Talk::Kept(kept) if kept.stage != Stage::Wanted);
        self.outcome = Some(if cancelled && outcome.stopped {
            self.pending.push(Event::Warning(words::STOPPED.into()));
            Err(TransportError::Cancelled)
        } else {
            Ok(outcome.exit)
        });
    }

    /// Why the host counts as one that keeps no session, once it had its time.
    pub(super) fn is_silent(&self, plan: &Plan) -> Option<String> {
        match &self.talk {
            Talk::Kept(kept) if !kept.begun && Instant::now() > kept.greet_by => Some(format!(
                "PowerShell on {} said nothing within {} s",
                plan.address,
                plan.limits.hello.as_secs()
            )),
            _ => None,
        }
    }
}

impl Kept {
    /// What to do now for a command that is no longer wanted: it is asked to stop, then its process
    /// is ended, then the channel is closed.
    pub(super) fn cancel(&mut self, connection: Option<&Connection>, plan: &Plan) -> Cancel {
        let now = Instant::now();
        match self.stage {
            _ if !self.begun => Cancel::Close,
            Stage::Wanted => {
                self.stage = Stage::Stopping(now + plan.limits.stop);
                Cancel::Stop(self.host.stop())
            }
            Stage::Stopping(until) if now > until => {
                let Some(command) = self.kill_command() else {
                    return Cancel::Close;
                };
                if !connection.is_some_and(|c| started(c, &command)) {
                    return Cancel::Close;
                }
                self.stage = Stage::Killing(now + plan.limits.stop);
                Cancel::Say(format!(
                    "PowerShell did not stop the command within {} s: csdeck ends its process ({command})",
                    plan.limits.stop.as_secs()
                ))
            }
            Stage::Killing(until) if now > until => Cancel::Close,
            Stage::Stopping(_) | Stage::Killing(_) => Cancel::Wait,
        }
    }

    /// What ends its process on its machine: a number of its own saying, nothing of the text.
    fn kill_command(&self) -> Option<String> {
        let pid = self.host.pid()?;
        Some(if self.host.on_windows() {
            format!("taskkill /F /T /PID {pid}")
        } else {
            format!("kill -KILL {pid}")
        })
    }

    /// What the end of its program means: the run's result, or why it keeps no session.
    pub(super) fn ended(
        &self,
        exit: Result<i32, TransportError>,
        plan: &Plan,
    ) -> Result<Result<i32, TransportError>, String> {
        match (self.stage, exit) {
            (_, Err(error @ TransportError::Setup(_))) => Ok(Err(error)),
            (Stage::Killing(_), _) => Ok(Err(TransportError::Cancelled)),
            (_, Err(error)) if self.begun => Ok(Err(error)),
            (_, Ok(code)) if self.begun => Ok(Err(plan.lost(format!(
                "PowerShell ended there with exit code {code} before the command did"
            )))),
            (_, exit) => Err(format!(
                "PowerShell on {} keeps no session ({})",
                plan.address,
                exit.map_or_else(|e| e.to_string(), |code| format!("it ended with {code}"))
            )),
        }
    }

    /// What was not whole yet.
    pub(super) fn rest(&mut self, pending: &mut Vec<Event>) {
        self.host.finish(|said| {
            if let Said::Event(event) = said {
                pending.push(event);
            }
        });
    }
}

/// Starts a program beside the one that runs.
fn started(connection: &Connection, command: &str) -> bool {
    let session = &connection.session;
    let began = connection.blocking(KILL_LIMIT, || {
        let mut channel = session.channel_session()?;
        channel.exec(command)?;
        // Its end is not waited for: what counts is the end of the other one.
        channel.send_eof()?;
        channel.wait_eof()?;
        channel.close()
    });
    began.is_ok()
}
