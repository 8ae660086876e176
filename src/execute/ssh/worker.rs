//! The thread that drives one connection and all runs on it.

use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use ssh2::Channel;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::connect::{Connection, Heard, POLL, code, number};
use super::plan::Plan;
use super::run::{Left, Run, Step};
use crate::execute::event::Event;
use crate::execute::host::Host;
use crate::execute::sending::BeforeSending;
use crate::execute::transport::TransportError;

/// How long a finished channel's last packet may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// PowerShells that are kept when no command runs on them: each takes one of the server's sessions.
const KEPT: usize = 2;

/// A run to be done.
pub(super) struct Request {
    /// What the PowerShell host reads from its standard input.
    pub text: Vec<u8>,
    /// It must not run on a PowerShell that stays: read once, not by the thread that other runs share.
    pub own_process: bool,
    /// To be done before any of it is sent.
    pub before: BeforeSending,
    /// Takes the events; let go of when the run is over.
    pub out: mpsc::Sender<Vec<Event>>,
    /// Takes the result, before `out` is let go of.
    pub done: oneshot::Sender<Result<i32, TransportError>>,
    pub cancel: CancellationToken,
    /// Set when the text was sent.
    pub running: Arc<AtomicBool>,
    /// Set when it was sent to a PowerShell that stays, which can be asked to stop.
    pub kept: Arc<AtomicBool>,
}

impl Request {
    /// Cancelled, or nobody waits for it any more.
    pub fn is_unwanted(&self) -> bool {
        self.cancel.is_cancelled() || self.done.is_closed()
    }

    pub fn fail(self, why: TransportError) {
        let _ = self.done.send(Err(why));
    }
}

enum Command {
    Run(Request),
    /// Look again: events were taken, or a run was cancelled.
    Wake,
}

/// A connection's thread. It ends, and its connection with it, when all handles are gone.
#[derive(Clone)]
pub(super) struct Worker {
    commands: Sender<Command>,
    /// The thread holds the other end as long as it runs; tells threads apart, too.
    pulse: Weak<()>,
}

impl Worker {
    pub fn spawn(plan: Arc<Plan>) -> std::io::Result<Worker> {
        let (commands, inbox) = channel();
        let alive = Arc::new(());
        let pulse = Arc::downgrade(&alive);
        std::thread::Builder::new()
            .name(format!("ssh {}", plan.address))
            .spawn(move || {
                let _alive = alive;
                Loop::new(plan, inbox).run();
            })?;
        Ok(Worker { commands, pulse })
    }

    /// Queues a run; false when the thread has ended.
    pub fn submit(&self, request: Request) -> bool {
        self.commands.send(Command::Run(request)).is_ok()
    }

    pub fn is_alive(&self) -> bool {
        self.pulse.strong_count() > 0
    }

    pub fn wake(&self) {
        let _ = self.commands.send(Command::Wake);
    }

    pub fn is(&self, other: &Worker) -> bool {
        self.pulse.ptr_eq(&other.pulse)
    }
}

pub(super) struct Loop {
    pub(super) plan: Arc<Plan>,
    inbox: Receiver<Command>,
    pub(super) connection: Option<Connection>,
    pub(super) runs: Vec<Run>,
    /// PowerShells that wait for a command.
    pub(super) kept: Vec<(Channel, Box<Host>)>,
    /// The PowerShell there keeps no session: every command gets a process of its own.
    pub(super) single: bool,
    /// Channels of cancelled runs that the server has not closed yet.
    pub(super) closing: Vec<Channel>,
    pub(super) closing_since: Instant,
    /// When the server last said something while a run was on.
    pub(super) heard: Instant,
    pub(super) kept_alive: Instant,
}

impl Loop {
    fn new(plan: Arc<Plan>, inbox: Receiver<Command>) -> Loop {
        let (now, single) = (Instant::now(), !plan.keeps);
        Loop {
            plan,
            inbox,
            connection: None,
            runs: Vec::new(),
            kept: Vec::new(),
            single,
            closing: Vec::new(),
            closing_since: now,
            heard: now,
            kept_alive: now,
        }
    }

    fn run(mut self) {
        while let Some(requests) = self.take_commands() {
            for request in requests {
                self.start(request);
            }
            self.close_cancelled();
            self.step_all();
        }
        self.disconnect();
    }

    /// New runs, waiting for them when there is nothing else to do. `None` when all handles are
    /// gone and every run is over.
    fn take_commands(&mut self) -> Option<Vec<Request>> {
        let mut requests = Vec::new();
        if self.runs.is_empty() && self.closing.is_empty() {
            match self.next_command() {
                Ok(Command::Run(request)) => requests.push(request),
                Ok(Command::Wake) => {}
                Err(RecvTimeoutError::Timeout) => self.keep_alive_idle(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        while let Ok(command) = self.inbox.try_recv() {
            if let Command::Run(request) = command {
                requests.push(request);
            }
        }
        Some(requests)
    }

    fn next_command(&mut self) -> Result<Command, RecvTimeoutError> {
        if self.connection.is_some() {
            self.inbox.recv_timeout(self.plan.limits.keepalive)
        } else {
            self.inbox
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected)
        }
    }

    fn step_all(&mut self) {
        let (mut moved, mut stalled) = (false, false);
        let mut at = 0;
        while let Some(run) = self.runs.get_mut(at) {
            match run.step(self.connection.as_ref(), &self.plan) {
                Step::Moved => {
                    moved = true;
                    self.heard = Instant::now();
                }
                Step::Waiting => {}
                Step::Stalled => stalled = true,
                Step::Over => {
                    match self.runs.swap_remove(at).end() {
                        Left::Nothing => {}
                        Left::Kept(channel, host) if self.kept.len() < KEPT => {
                            self.kept.push((channel, host));
                        }
                        Left::Channel(channel) | Left::Kept(channel, _) => self.close(channel),
                    }
                    continue;
                }
                Step::Silent(why) => {
                    let run = self.runs.swap_remove(at);
                    self.start_single(run, &why);
                    moved = true;
                    continue;
                }
            }
            at += 1;
        }
        if self.runs.is_empty() || moved {
            return;
        }
        if stalled {
            self.heard = Instant::now();
            self.pause();
        } else {
            self.listen();
        }
    }

    /// Waits for room for events, which is told by [`Command::Wake`].
    fn pause(&mut self) {
        if let Ok(Command::Run(request)) = self.inbox.recv_timeout(POLL) {
            self.start(request);
        }
    }

    /// Waits for the server.
    fn listen(&mut self) {
        let Some(connection) = &self.connection else {
            return;
        };
        match connection.wait() {
            Heard::Something => self.heard = Instant::now(),
            Heard::Nothing => {
                let silence = self.plan.limits.silence();
                if self.heard.elapsed() > silence {
                    self.lose_all(&format!(
                        "the server said nothing for {:.1} s",
                        silence.as_secs_f64()
                    ));
                } else if self.kept_alive.elapsed() > self.plan.limits.keepalive {
                    self.kept_alive = Instant::now();
                    if !connection.keep_alive(true) {
                        self.lose_all("a keepalive could not be sent");
                    } else if connection.wait() == Heard::Something {
                        // Waited for here, before the runs read: their reading takes the answer
                        // off the socket without a word.
                        self.heard = Instant::now();
                    }
                }
            }
            // What was read before the end is still in libssh2's hands: the next step finds the
            // end itself.
            Heard::End => {}
        }
    }

    /// Keeps the idle connection in the eyes of firewalls; lets go of it when the server did.
    fn keep_alive_idle(&mut self) {
        let Some(connection) = &self.connection else {
            return;
        };
        // No answer wanted: nobody would read it.
        if !connection.keep_alive(false) || connection.is_closed() {
            self.disconnect();
        }
    }

    /// Closes a run's channel without waiting for the server's answer.
    pub(super) fn close(&mut self, mut channel: Channel) {
        let Some(connection) = &self.connection else {
            return;
        };
        match channel.close() {
            Ok(()) => connection.blocking(CLOSE_LIMIT, || drop(channel)),
            Err(e) if number(&e) == code::EAGAIN => {
                self.closing_since = Instant::now();
                self.closing.push(channel);
            }
            Err(_) => {}
        }
    }

    /// Asks again for the channels that the server has not closed. When it does not close them
    /// soon and nothing else runs, the connection is ended: a program that was left alone must
    /// not hold one of the server's few sessions.
    fn close_cancelled(&mut self) {
        let channels = std::mem::take(&mut self.closing);
        let since = self.closing_since;
        for channel in channels {
            self.close(channel);
        }
        self.closing_since = since;
        if self.closing.is_empty() || !self.runs.is_empty() {
            return;
        }
        let ended = match &self.connection {
            Some(connection) => connection.wait() == Heard::End,
            None => true,
        };
        if ended || since.elapsed() > CLOSE_LIMIT {
            self.disconnect();
        }
    }

    /// Ends the connection; what runs on it is lost. The runs stay until their last events and
    /// their results are taken.
    pub(super) fn lose_all(&mut self, reason: &str) {
        for run in &mut self.runs {
            run.lose(self.plan.lost(reason));
        }
        self.disconnect();
    }

    fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.end();
            self.closing.clear();
            self.kept.clear();
        }
    }
}
