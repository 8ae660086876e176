//! A host that stays, as a process of this machine.

use std::collections::VecDeque;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{apart, kill_tree, not_started, started};
use crate::execute::event::{Event, JobState};
use crate::execute::host::question::{Answer, Open};
use crate::execute::host::{Host, LOADER, Outcome, Said, words};
use crate::execute::lines::LineSplitter;
use crate::execute::shell;
use crate::execute::stderr::StderrDecoder;
use crate::execute::target::ShellProfile;
use crate::execute::transport::{EVENT_BUFFER, EventSender, TransportError};

/// How long the last words of a process that was ended may take to be read by somebody.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Bytes read at a time.
const READ_SIZE: usize = 32 << 10;

/// What starting a host came to.
pub(super) enum Start {
    Ready(Box<Warm>),
    /// It is no host that stays; why.
    Silent(String),
}

/// A process and the conversation with it.
#[derive(Debug)]
pub(super) struct Warm {
    program: String,
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// What it writes to standard error, read by a task of its own.
    errors: mpsc::Receiver<Event>,
    host: Host,
}

/// What woke a run up.
enum Woken {
    Cancel,
    Late,
    Room,
    Read(std::io::Result<usize>),
    Error(Event),
    Answer(Answer),
}

impl Warm {
    /// Starts a process and waits until it says that it is there.
    pub async fn start(
        program: &str,
        profile: ShellProfile,
        limit: Duration,
        cancel: &CancellationToken,
    ) -> Result<Start, TransportError> {
        let mut command = apart(program);
        command
            .args(shell::arguments_for(LOADER))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = started(&mut command)
            .await
            .map_err(|e| not_started(program, &e))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(TransportError::Setup(format!("{program} has no pipes")));
        };
        let mut warm = Warm {
            program: program.to_owned(),
            child,
            stdin,
            stdout,
            errors: read_errors(stderr),
            host: Host::new(profile),
        };
        let greeted = timeout_at(Instant::now() + limit, warm.greet());
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(TransportError::Cancelled),
            greeted = greeted => Ok(match greeted {
                Ok(true) => Start::Ready(Box::new(warm)),
                Ok(false) => Start::Silent(format!("{program} keeps no session{}", warm.words())),
                Err(_) => Start::Silent(format!(
                    "{program} said nothing within {} s",
                    limit.as_secs()
                )),
            }),
        }
    }

    /// True when it is there; false when it ended.
    async fn greet(&mut self) -> bool {
        let opening = self.host.opening();
        let written = self.stdin.write_all(&opening).await;
        if written.is_err() || self.stdin.flush().await.is_err() {
            return false;
        }
        let mut buffer = vec![0; READ_SIZE];
        loop {
            match self.stdout.read(&mut buffer).await {
                Ok(0) | Err(_) => return false,
                Ok(read) => self.host.push(&buffer[..read], |_| {}),
            }
            if !self.host.is_starting() {
                return true;
            }
        }
    }

    /// The first words it said instead.
    fn words(&mut self) -> String {
        let mut words = self.host.take_idle();
        if let Ok(Event::Error(record)) = self.errors.try_recv() {
            words.push(record.text);
        }
        let words = words.first().map(|line| format!(" ({line})"));
        words.unwrap_or_default()
    }

    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub fn is_idle(&self) -> bool {
        self.host.is_idle()
    }

    /// Runs a text on the idle host. Reads no further than the events are taken. A command that is
    /// cancelled has `patience` to stop. `ask` puts to the user what the command asks, given the
    /// prompt and whether the answer is a secret.
    pub async fn run(
        &mut self,
        text: &str,
        events: &EventSender,
        cancel: &CancellationToken,
        patience: Duration,
        ask: &(dyn Fn(&str, bool) -> Open + Sync),
    ) -> Result<i32, TransportError> {
        let mut pending: VecDeque<Event> = VecDeque::new();
        self.take_in_leftovers().await;
        pending.extend(self.host.idle_events());
        let request = self.host.run(text);
        if let Err(e) = self.send(&request).await {
            return Err(self.lost(&format!("it takes no command ({e})")).await);
        }
        let mut buffer = vec![0; READ_SIZE];
        let mut outcome: Option<Outcome> = None;
        let mut late: Option<Instant> = None;
        let mut open: Option<Open> = None;
        loop {
            if let Some(ended) = outcome.filter(|_| pending.is_empty()) {
                return self.end(ended, late.is_some(), events).await;
            }
            let woken = tokio::select! {
                biased;
                () = cancel.cancelled(), if late.is_none() => Woken::Cancel,
                () = at(late) => Woken::Late,
                answer = answered(&mut open) => Woken::Answer(answer),
                permit = events.reserve(), if !pending.is_empty() => {
                    match permit {
                        Ok(permit) => {
                            if let Some(event) = pending.pop_front() {
                                permit.send(event);
                            }
                        }
                        // Nobody listens: the run goes on unheard.
                        Err(_) => pending.clear(),
                    }
                    Woken::Room
                }
                Some(event) = self.errors.recv(), if pending.is_empty() => Woken::Error(event),
                read = self.stdout.read(&mut buffer), if pending.is_empty() && outcome.is_none() => Woken::Read(read),
            };
            match woken {
                Woken::Room => {}
                Woken::Error(event) => pending.push_back(event),
                Woken::Answer(answer) => {
                    let asked = open.take();
                    if let (Some(asked), Err(why)) = (asked, &answer) {
                        pending.push_back(asked.unanswered(*why));
                    }
                    let line = self.host.answer(answer.as_ref().ok());
                    // A host that takes no answer has ended, which reading finds out.
                    let _ = self.send(&line).await;
                }
                Woken::Cancel => {
                    open = None;
                    late = Some(Instant::now() + patience);
                    pending.push_back(Event::State(JobState::Cancelling));
                    let stop = self.host.stop();
                    // A pipe that takes nothing more is noticed when the time is over.
                    let _ = timeout_at(Instant::now() + LAST_WORDS, self.send(&stop)).await;
                }
                Woken::Late => {
                    kill_tree(&mut self.child).await;
                    pending.push_back(Event::Warning(format!(
                        "PowerShell did not stop the command within {} s: its process was ended",
                        patience.as_secs()
                    )));
                    let _ = tokio::time::timeout(LAST_WORDS, drain(pending, events)).await;
                    return Err(TransportError::Cancelled);
                }
                Woken::Read(Ok(read)) if read > 0 => {
                    let mut asked = Vec::new();
                    self.host.push(&buffer[..read], |said| match said {
                        Said::Event(event) => pending.push_back(event),
                        Said::Asks { prompt, secret } => asked.push((prompt, secret)),
                        Said::Ended(ended) => outcome = Some(ended),
                        Said::Ready => {}
                    });
                    for (prompt, secret) in asked {
                        // A command that waits for an answer asks nothing else.
                        if open.is_none() && late.is_none() && outcome.is_none() {
                            open = Some(ask(&prompt, secret));
                        } else {
                            let refusal = self.host.answer(None);
                            let _ = self.send(&refusal).await;
                        }
                    }
                    if outcome.is_some() {
                        open = None;
                    }
                }
                Woken::Read(_) => {
                    self.host.finish(|said| {
                        if let Said::Event(event) = said {
                            pending.push_back(event);
                        }
                    });
                    drain(pending, events).await;
                    return Err(self.lost("it ended before the command did").await);
                }
            }
        }
    }

    /// What was written since the last command ended belongs to no command.
    async fn take_in_leftovers(&mut self) {
        let mut buffer = vec![0; READ_SIZE];
        for _ in 0..64 {
            match timeout_at(Instant::now(), self.stdout.read(&mut buffer)).await {
                Ok(Ok(read)) if read > 0 => self.host.push(&buffer[..read], |_| {}),
                _ => break,
            }
        }
        for _ in 0..EVENT_BUFFER {
            match self.errors.try_recv() {
                Ok(Event::Error(record)) => self.host.idle_line(record.text),
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }

    /// The command ended.
    async fn end(
        &mut self,
        outcome: Outcome,
        cancelled: bool,
        events: &EventSender,
    ) -> Result<i32, TransportError> {
        if cancelled && outcome.stopped {
            let said = words::STOPPED.to_owned();
            let _ = events.send(Event::Warning(said)).await;
            return Err(TransportError::Cancelled);
        }
        Ok(outcome.exit)
    }

    async fn send(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.stdin.write_all(line).await?;
        self.stdin.flush().await
    }

    /// Says how the process ended.
    async fn lost(&mut self, reason: &str) -> TransportError {
        let limit = Instant::now() + LAST_WORDS;
        let how = match timeout_at(limit, self.child.wait()).await {
            Ok(Ok(status)) => format!("{reason} ({status})"),
            _ => reason.to_owned(),
        };
        TransportError::Lost {
            address: self.program.clone(),
            reason: how,
        }
    }
}

/// Waits for a point in time; for ever without one.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Waits for the answer to what is asked; for ever when nothing is.
async fn answered(open: &mut Option<Open>) -> Answer {
    match open {
        Some(open) => open.answered().await,
        None => std::future::pending().await,
    }
}

async fn drain(pending: VecDeque<Event>, events: &EventSender) {
    for event in pending {
        let _ = events.send(event).await;
    }
}

/// Reads standard error for as long as the process lives. What nobody takes in time waits, and
/// then the process waits.
fn read_errors(mut stderr: ChildStderr) -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel(EVENT_BUFFER);
    tokio::spawn(async move {
        let (mut lines, mut decoder) = (LineSplitter::default(), StderrDecoder::default());
        let mut buffer = vec![0; READ_SIZE];
        loop {
            let read = stderr.read(&mut buffer).await.unwrap_or(0);
            let mut ready = Vec::new();
            lines.push(&buffer[..read], |line| ready.extend(decoder.push(line)));
            if read == 0 {
                ready.extend(
                    lines
                        .finish()
                        .map(|line| decoder.push(line))
                        .into_iter()
                        .flatten(),
                );
                ready.extend(decoder.finish());
            }
            for event in ready {
                if sender.send(event).await.is_err() {
                    return;
                }
            }
            if read == 0 {
                return;
            }
        }
    });
    receiver
}
