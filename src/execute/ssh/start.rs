//! How a run begins: on a PowerShell that is kept, on a new one, or in a process of its own.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ssh2::Channel;

use super::connect::{Connection, Heard, code, number};
use super::run::Run;
use super::worker::{Loop, Request};
use crate::execute::host::{Host, words};
use crate::execute::transport::TransportError;

/// How long opening a channel or starting the program may take.
const OPEN_LIMIT: Duration = Duration::from_secs(15);

impl Loop {
    /// Starts a run on the warm connection, or on a new one. A warm connection that turns out to
    /// be dead is replaced once: nothing was sent on it yet.
    pub(super) fn start(&mut self, request: Request) {
        let mut warm = self.connection.as_ref().is_some_and(|c| !c.is_closed());
        if !warm {
            self.lose_all("the server closed it");
        } else if !self.answers(&request) {
            warm = false;
            self.lose_all("it does not answer any more");
        }
        let keeps = !self.single && !request.own_process;
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
                Ok(()) => Run::single(request, channel, self.single),
                Err(why) => {
                    self.close(channel);
                    return request.fail(why);
                }
            },
            Err(why) => return request.fail(why),
        };
        if died {
            run.say(words::REPLACED);
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
    pub(super) fn start_single(&mut self, run: Run, why: &str) {
        let (request, channel) = run.give_up();
        self.close(channel);
        self.single = true;
        let before = self.runs.len();
        self.start(request);
        if let Some(run) = self.runs.get_mut(before) {
            run.say(&words::single(why));
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
