//! The thread that drives one connection and all runs on it.

use std::io::Read;
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
use crate::execute::host::{Host, needs_own_process};
use crate::execute::sending::BeforeSending;
use crate::execute::transport::TransportError;

/// How long opening a channel or starting the program may take.
const OPEN_LIMIT: Duration = Duration::from_secs(15);

/// How long a finished channel's last packet may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// PowerShells that are kept when no command runs on them: each takes one of the server's sessions.
const KEPT: usize = 2;

/// A run to be done.
pub(super) struct Request {
    /// What the PowerShell host reads from its standard input.
    pub text: Vec<u8>,
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

    fn text_needs_own_process(&self) -> bool {
        needs_own_process(&String::from_utf8_lossy(&self.text))
    }

    fn fail(self, why: TransportError) {
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

struct Loop {
    plan: Arc<Plan>,
    inbox: Receiver<Command>,
    connection: Option<Connection>,
    runs: Vec<Run>,
    /// PowerShells that wait for a command.
    kept: Vec<(Channel, Box<Host>)>,
    /// The PowerShell there keeps no session: every command gets a process of its own.
    single: bool,
    /// Channels of cancelled runs that the server has not closed yet.
    closing: Vec<Channel>,
    closing_since: Instant,
    /// When the server last said something while a run was on.
    heard: Instant,
    kept_alive: Instant,
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

    /// Starts a run on the warm connection, or on a new one. A warm connection that turns out to
    /// be dead is replaced once: nothing was sent on it yet.
    fn start(&mut self, request: Request) {
        let mut warm = self.connection.as_ref().is_some_and(|c| !c.is_closed());
        if !warm {
            self.lose_all("the server closed it");
        } else if !self.answers(&request) {
            warm = false;
            self.lose_all("it does not answer any more");
        }
        let keeps = !self.single && !request.text_needs_own_process();
        let mut died = false;
        if keeps {
            while let Some((mut channel, mut host)) = self.kept.pop() {
                if still_there(&mut channel, &mut host) {
                    self.heard = Instant::now();
                    let run = Run::kept(request, channel, host, &self.plan);
                    return self.runs.push(run);
                }
                died = true;
                self.close(channel);
            }
        }
        let channel = match self.open_channel(&request) {
            Err(TransportError::Lost { reason, .. }) if warm && self.runs.is_empty() => {
                self.lose_all(&reason);
                self.open_channel(&request)
            }
            // The others' own silence decides about them; of this one nothing was sent.
            Err(TransportError::Lost { reason, .. }) => Err(self.plan.unreachable(reason)),
            other => other,
        };
        let plan = Arc::clone(&self.plan);
        let command = if keeps {
            &plan.kept_command
        } else {
            &plan.command
        };
        let channel = channel.and_then(|channel| self.execute(channel, command, &request));
        let mut run = match channel {
            Ok(channel) if keeps => {
                let host = Box::new(Host::new(plan.shell));
                Run::kept(request, channel, host, &plan)
            }
            // Given up meanwhile, and told so.
            Ok(channel) if request.is_unwanted() => {
                self.close(channel);
                return request.fail(TransportError::Cancelled);
            }
            // The server's program runs and waits for the text.
            Ok(channel) => match request.before.pass_blocking() {
                Ok(()) => Run::single(request, channel),
                Err(why) => {
                    self.close(channel);
                    return request.fail(why);
                }
            },
            Err(why) => return request.fail(why),
        };
        if died {
            run.say("the PowerShell that was kept there has ended; a new one is started");
        }
        self.runs.push(run);
    }

    /// False when an idle connection that was silent for longer than a keepalive does not answer one.
    /// Asked before a text is sent on it: behind a laptop's sleep or a firewall's patience the
    /// connection is dead and nobody told.
    fn answers(&mut self, request: &Request) -> bool {
        let Some(connection) = &self.connection else {
            return false;
        };
        if !self.runs.is_empty() || self.heard.elapsed() < self.plan.limits.keepalive {
            return true;
        }
        if !connection.keep_alive(true) {
            return false;
        }
        let until = Instant::now() + OPEN_LIMIT.min(self.plan.limits.silence());
        while Instant::now() < until && !request.is_unwanted() {
            match connection.wait() {
                Heard::Something => {
                    self.heard = Instant::now();
                    return true;
                }
                Heard::Nothing => {}
                Heard::End => return false,
            }
        }
        false
    }

    /// Gives a text, which was not sent, a process of its own, and every later one too.
    fn start_single(&mut self, run: Run, why: &str) {
        let (request, channel) = run.give_up();
        self.close(channel);
        self.single = true;
        let before = self.runs.len();
        self.start(request);
        if let Some(run) = self.runs.get_mut(before) {
            run.say(&format!("{why}: each command gets a process of its own"));
        }
    }

    /// Connects if need be. [`TransportError::Lost`] when the connection does not work.
    fn open_channel(&mut self, request: &Request) -> Result<Channel, TransportError> {
        let unwanted = || request.is_unwanted();
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(&self.plan, &unwanted)?,
        };
        let connection = self.connection.insert(connection);
        if unwanted() {
            return Err(TransportError::Cancelled);
        }
        (self.heard, self.kept_alive) = (Instant::now(), Instant::now());
        // A connection that fell silent while nothing ran is found out here.
        let limit = OPEN_LIMIT.min(self.plan.limits.silence());
        let opened = connection.blocking(limit, || connection.session.channel_session());
        opened.map_err(|e| match number(&e) {
            // OpenSSH allows ten at a time (MaxSessions); with others running it must be that.
            code::CHANNEL_FAILURE if !self.runs.is_empty() => TransportError::Setup(format!(
                "{} takes no more than the {} commands that run there now; wait for one to end",
                self.plan.address,
                self.runs.len()
            )),
            _ => self.plan.lost(e.message().to_owned()),
        })
    }

    fn execute(
        &mut self,
        mut channel: Channel,
        command: &str,
        request: &Request,
    ) -> Result<Channel, TransportError> {
        let Some(connection) = &self.connection else {
            return Err(self.plan.lost("it is gone"));
        };
        if request.is_unwanted() {
            self.close(channel);
            return Err(TransportError::Cancelled);
        }
        let plan = &self.plan;
        match connection.blocking(OPEN_LIMIT, || channel.exec(command)) {
            Ok(()) => Ok(channel),
            Err(e) if number(&e) == code::CHANNEL_REQUEST_DENIED => {
                Err(TransportError::Setup(format!(
                    "{} does not let {} run commands (a forced command, or a server without a shell)",
                    plan.address, plan.user
                )))
            }
            Err(e) => Err(plan.lost(e.message().to_owned())),
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
    fn close(&mut self, mut channel: Channel) {
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
    fn lose_all(&mut self, reason: &str) {
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

/// True when a kept PowerShell has not ended. Takes in what it wrote meanwhile.
fn still_there(channel: &mut Channel, host: &mut Host) -> bool {
    let mut buffer = [0; 4096];
    let mut stderr = channel.stderr();
    let mut errors = Vec::new();
    for _ in 0..64 {
        match stderr.read(&mut buffer) {
            Ok(read) if read > 0 => errors.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    for line in String::from_utf8_lossy(&errors).lines() {
        host.idle_line(line.to_owned());
    }
    for _ in 0..64 {
        match channel.read(&mut buffer) {
            Ok(read) if read > 0 => host.push(&buffer[..read], |_| {}),
            Err(e) if e.kind() != std::io::ErrorKind::WouldBlock => return false,
            _ => break,
        }
    }
    host.is_idle() && !channel.eof()
}
