//! One run: a channel with a PowerShell at its other end.

use std::io::{self, Read, Write};
use std::sync::atomic::Ordering;
use std::time::Duration;

use ssh2::Channel;
use tokio::sync::mpsc::error::TrySendError;
use zeroize::Zeroizing;

use super::connect::{Connection, code, number};
use super::kept::{Cancel, Kept};
use super::plan::Plan;
use super::worker::Request;
use crate::execute::event::{Event, JobState};
use crate::execute::host::Host;
use crate::execute::host::question::cannot_answer;
use crate::execute::lines::LineSplitter;
use crate::execute::stderr::StderrDecoder;
use crate::execute::transport::TransportError;

/// How long sending one packet may take before the connection counts as lost.
const SEND_LIMIT: Duration = Duration::from_secs(15);

/// Bytes sent at a time.
const SEND_SIZE: usize = 32 << 10;

/// Bytes read at a time, and how often in one step: then the other runs have their turn.
const READ_SIZE: usize = 32 << 10;
const READS: usize = 8;

/// What one step of a run came to.
pub(super) enum Step {
    /// Something happened; there may be more.
    Moved,
    /// Nothing to do until the server says something.
    Waiting,
    /// The reader of the events is behind: nothing is read from the server until it caught up,
    /// which in the end makes the server's program wait.
    Stalled,
    /// Done, cancelled, or nobody waits for the result any more.
    Over,
    /// The PowerShell there keeps no session, and why: the text, which was not sent, needs a process
    /// of its own.
    Silent(String),
}

/// What is left of a run that is over.
pub(super) enum Left {
    /// Nothing: the connection is gone.
    Nothing,
    /// A channel to be closed.
    Channel(Channel),
    /// A PowerShell that waits for the next command.
    Kept(Channel, Box<Host>),
}

/// A run whose program was started.
pub(super) struct Run {
    pub(super) request: Request,
    pub(super) channel: Channel,
    /// What is still to be written, and how much of it is.
    outgoing: Zeroizing<Vec<u8>>,
    sent: usize,
    /// Input ends behind it, or ended.
    last: bool,
    ended_input: bool,
    pub(super) talk: Talk,
    stderr: LineSplitter,
    decoder: StderrDecoder,
    /// Events on their way to the asynchronous side.
    pub(super) pending: Vec<Event>,
    said_output: bool,
    said_not_found: bool,
    pub(super) outcome: Option<Result<i32, TransportError>>,
}

/// How the program answers.
pub(super) enum Talk {
    /// It reads the text to its end and answers with lines.
    Single(LineSplitter),
    /// It stays.
    Kept(Kept),
}

impl Run {
    /// A program that runs one text; `single` when the target keeps none that could.
    pub fn single(mut request: Request, channel: Channel, single: bool) -> Run {
        let text = std::mem::take(&mut request.text);
        request.running.store(true, Ordering::Relaxed);
        let mut run = Run::new(request, channel, Talk::Single(LineSplitter::default()));
        run.write(&text);
        run.last = true;
        let why = cannot_answer(&String::from_utf8_lossy(&text), single);
        run.pending.extend(why.map(Event::Warning));
        run.pending.push(Event::State(JobState::Running));
        run
    }

    /// A program that stays, just started or idle.
    pub fn kept(request: Request, channel: Channel, host: Box<Host>, plan: &Plan) -> Run {
        let mut run = Run::new(request, channel, Talk::Single(LineSplitter::default()));
        run.keep(host, plan);
        run
    }

    fn new(request: Request, channel: Channel, talk: Talk) -> Run {
        Run {
            request,
            channel,
            outgoing: Zeroizing::default(),
            sent: 0,
            last: false,
            ended_input: false,
            talk,
            stderr: LineSplitter::default(),
            decoder: StderrDecoder::default(),
            pending: Vec::new(),
            said_output: false,
            said_not_found: false,
            outcome: None,
        }
    }

    /// Tells the user something about the run.
    pub fn say(&mut self, words: &str) {
        self.pending.push(Event::Verbose(words.to_owned()));
    }

    /// Takes the run apart: nothing of its text was sent.
    pub fn give_up(self) -> (Request, Channel) {
        (self.request, self.channel)
    }

    /// Queues bytes for the program's standard input.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let rest = &self.outgoing[self.sent..];
        // Room for all of it: what grows leaves copies behind, and it may be an answer.
        let mut outgoing = Zeroizing::new(Vec::with_capacity(rest.len() + bytes.len()));
        outgoing.extend_from_slice(rest);
        outgoing.extend_from_slice(bytes);
        self.outgoing = outgoing;
        self.sent = 0;
    }

    /// Does what can be done without waiting for the server. A run without a connection was lost
    /// and only delivers what it still has.
    pub fn step(&mut self, connection: Option<&Connection>, plan: &Plan) -> Step {
        if self.request.done.is_closed() {
            return Step::Over;
        }
        if self.outcome.is_none() && self.request.cancel.is_cancelled() {
            self.cancel(connection, plan);
        }
        if self.outcome.is_none() {
            self.ask(plan);
        }
        if !self.flush() {
            return Step::Stalled;
        }
        if self.outcome.is_some() {
            return Step::Over;
        }
        if let Some(why) = self.is_silent(plan) {
            return Step::Silent(why);
        }
        let moved = match connection {
            Some(connection) => self.feed(connection).and_then(|fed| Ok(self.read()? | fed)),
            None => Err("the connection is gone".to_owned()),
        };
        match moved {
            Ok(true) => Step::Moved,
            Ok(false) => self.look_for_the_end(plan),
            Err(reason) => {
                self.lose(plan.lost(reason));
                Step::Moved
            }
        }
    }

    /// Takes the next step of ending a command that is no longer wanted.
    fn cancel(&mut self, connection: Option<&Connection>, plan: &Plan) {
        let next = match &mut self.talk {
            Talk::Single(_) => Cancel::Close,
            Talk::Kept(kept) => kept.cancel(connection, plan),
        };
        match next {
            Cancel::Wait => {}
            Cancel::Stop(line) => self.write(&line),
            Cancel::Say(words) => self.pending.push(Event::Warning(words)),
            Cancel::Close => {
                if self.request.running.load(Ordering::Relaxed) {
                    self.pending.push(Event::Warning(may_go_on(&plan.address)));
                }
                self.outcome = Some(Err(TransportError::Cancelled));
            }
        }
    }

    /// Ends the run with what was read so far.
    pub fn lose(&mut self, why: TransportError) {
        if self.outcome.is_none() {
            self.gather_rest();
            self.outcome = Some(Err(why));
        }
    }

    /// Hands the result over; call at [`Step::Over`].
    pub fn end(self) -> Left {
        let Request { done, out, .. } = self.request;
        let outcome = self.outcome.unwrap_or(Err(TransportError::Cancelled));
        let lost = matches!(outcome, Err(TransportError::Lost { .. }));
        let _ = done.send(outcome);
        // The asynchronous side takes the result when the events are at their end.
        drop(out);
        match self.talk {
            _ if lost => Left::Nothing,
            Talk::Kept(kept) if kept.host.is_idle() => Left::Kept(self.channel, kept.host),
            _ => Left::Channel(self.channel),
        }
    }

    /// False when the events have to wait.
    fn flush(&mut self) -> bool {
        if self.pending.is_empty() {
            return true;
        }
        match self.request.out.try_send(std::mem::take(&mut self.pending)) {
            Ok(()) | Err(TrySendError::Closed(_)) => true,
            Err(TrySendError::Full(pending)) => {
                self.pending = pending;
                false
            }
        }
    }

    /// Sends a piece of what is to be written, and the end of input behind the last.
    fn feed(&mut self, connection: &Connection) -> Result<bool, String> {
        if self.ended_input {
            return Ok(false);
        }
        let rest = &self.outgoing[self.sent..];
        if !rest.is_empty() {
            // No more than the server takes now: a program that does not read its input must not
            // stop us from reading its output.
            let window = self.channel.write_window().remaining as usize;
            let piece = &rest[..rest.len().min(SEND_SIZE).min(window)];
            if piece.is_empty() {
                return Ok(false);
            }
            let channel = &mut self.channel;
            match connection.blocking(SEND_LIMIT, || channel.write(piece)) {
                Ok(count) => {
                    self.sent += count;
                    return Ok(true);
                }
                Err(_) if program_ended(connection) => self.last = true,
                Err(e) => return Err(e.to_string()),
            }
        } else if self.last {
            let channel = &mut self.channel;
            match connection.blocking(SEND_LIMIT, || channel.send_eof()) {
                Ok(()) => {}
                Err(_) if program_ended(connection) => {}
                Err(e) => return Err(e.message().to_owned()),
            }
        } else {
            return Ok(false);
        }
        self.ended_input = true;
        self.outgoing = Zeroizing::default();
        self.sent = 0;
        Ok(true)
    }

    /// Reads what has arrived on both streams.
    fn read(&mut self) -> Result<bool, String> {
        let mut buffer = vec![0; READ_SIZE];
        let mut moved = false;
        let mut stderr = self.channel.stderr();
        for _ in 0..READS {
            let output = arrived(self.channel.read(&mut buffer))?;
            let pending = &mut self.pending;
            if let Talk::Single(lines) = &mut self.talk {
                lines.push(&buffer[..output], |line| {
                    pending.push(Event::Output(line.text))
                });
            } else {
                self.heard(&buffer[..output]);
            }
            self.said_output |= output > 0;

            let errors = arrived(stderr.read(&mut buffer))?;
            let Run {
                stderr: splitter,
                decoder,
                pending,
                said_not_found,
                ..
            } = self;
            splitter.push(&buffer[..errors], |line| {
                *said_not_found |= says_not_found(&line.text);
                pending.extend(decoder.push(line));
            });
            if output + errors == 0 {
                break;
            }
            moved = true;
        }
        Ok(moved)
    }

    fn look_for_the_end(&mut self, plan: &Plan) -> Step {
        if !self.channel.eof() {
            return Step::Waiting;
        }
        // The end of output is not the end: the exit code may still be under way.
        match self.channel.wait_close() {
            Ok(()) => {}
            Err(e) if number(&e) == code::EAGAIN => return Step::Waiting,
            Err(e) => {
                self.lose(plan.lost(e.message().to_owned()));
                return Step::Moved;
            }
        }
        self.gather_rest();
        let exit = self.exit(plan);
        match &self.talk {
            Talk::Single(_) => self.outcome = Some(exit),
            Talk::Kept(kept) => match kept.ended(exit, plan) {
                Ok(outcome) => self.outcome = Some(outcome),
                Err(why) => return Step::Silent(why),
            },
        }
        Step::Moved
    }

    fn exit(&self, plan: &Plan) -> Result<i32, TransportError> {
        let broken = |e: ssh2::Error| plan.lost(e.message().to_owned());
        if let Some(signal) = self.channel.exit_signal().map_err(broken)?.exit_signal {
            return Err(plan.lost(format!("PowerShell was ended there by signal {signal}")));
        }
        let exit = self.channel.exit_status().map_err(broken)?;
        // 127 is how POSIX shells say it; a script may exit with 127 too.
        if exit == 127 && !self.said_output && self.said_not_found {
            let program = plan.command.split(" -NoLogo").next().unwrap_or_default();
            return Err(TransportError::Setup(format!(
                "PowerShell was not found on {} ({program}); set powershell = \"path\" for the target",
                plan.address
            )));
        }
        Ok(exit)
    }

    fn gather_rest(&mut self) {
        match &mut self.talk {
            Talk::Single(lines) => {
                let rest = lines.finish().map(|line| Event::Output(line.text));
                self.pending.extend(rest);
            }
            Talk::Kept(kept) => kept.rest(&mut self.pending),
        }
        if let Some(line) = self.stderr.finish() {
            self.said_not_found |= says_not_found(&line.text);
            self.pending.extend(self.decoder.push(line));
        }
        self.pending.extend(self.decoder.finish());
    }
}

/// Closing a channel ends the program at its other end when it next reads or writes. OpenSSH, here
/// and on Windows, sends no signal without a terminal, and libssh2's signals are not to be had
/// through the ssh2 crate.
pub(super) fn may_go_on(address: &str) -> String {
    format!(
        "cancelled: csdeck closed the command's channel; what {address} is doing at this moment may go on there. Look before you run it again"
    )
}

fn says_not_found(line: &str) -> bool {
    line.contains("not found") || line.contains("No such file")
}

/// How much was read; 0 when nothing is there yet or the stream is at its end.
fn arrived(read: io::Result<usize>) -> Result<usize, String> {
    match read {
        Ok(count) => Ok(count),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(0),
        Err(e) => Err(e.to_string()),
    }
}

/// True when the last error was that the other end takes no more input: the program ended
/// without reading all of it, and its exit code is still to come.
fn program_ended(connection: &Connection) -> bool {
    ssh2::Error::last_session_error(&connection.session)
        .is_some_and(|e| matches!(number(&e), code::CHANNEL_CLOSED | code::CHANNEL_EOF_SENT))
}
