//! One pipeline on a session, from its first request to its end: what it says, what it asks, and
//! how it is stopped.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::error::SessionError;
use super::exchange::{Notices, Repeat, exchange, receive};
use super::host::Who;
use super::host_line::HostLine;
use super::limits::Limits;
use super::psrp::{Command, PipelineEvent, PipelineId, PipelineOptions, PipelineState, PoolEvent};
use super::say;
use super::session::{Session, ended, offer_key, read, send};
use super::trouble::{Notice, Trouble};
use super::wire::{Client, Settings};
use super::wsman::fault::Meaning;
use super::wsman::{CommandState, Operation, Shell, Signal};
use crate::execute::event::{Event, JobState};
use crate::execute::host::words;
use crate::execute::sending::BeforeSending;
use crate::execute::transport::{BoxFuture, EventSender, TransportError};

/// How a pipeline ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It ran to its end.
    Completed,
    /// An error ended it.
    Failed,
    /// It was stopped.
    Stopped,
}

/// What a pipeline came to.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub end: End,
    /// What it gave to `exit`.
    pub exit: Option<i32>,
    /// True when the session can run another one.
    pub usable: bool,
}

/// Why there is no end.
pub enum NoEnd {
    /// Before anything was sent.
    NotSent(TransportError),
    /// The session failed; `true` when the pipeline may have begun.
    Session(SessionError, bool),
    /// It was asked to stop, and nothing more was heard of it.
    GaveUp,
}

/// How far a pipeline was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rung {
    Not,
    /// As Ctrl-C does.
    Stop,
    /// The server was told to end the command.
    Terminate,
    /// The server was told to end the session.
    Delete,
}

/// A pipeline that runs.
pub struct Run<'a> {
    pub(super) session: &'a mut Session,
    pub(super) who: &'a Who,
    pub(super) events: &'a EventSender,
    pub(super) cancel: &'a CancellationToken,
    notices: (Notices, mpsc::UnboundedReceiver<Notice>),
    trouble: Trouble,
    /// What `Write-Host` began and did not end.
    line: HostLine,
    pub(super) id: PipelineId,
    rung: Rung,
    deadline: Instant,
    telling: Option<Telling>,
    end: Option<End>,
    pub(super) exit: Option<i32>,
    /// True from an answer that was lost to the next output.
    lost: bool,
    /// True once it was told that output may be missing.
    unsure: bool,
    /// True once nobody took what is said in time, and the run was cancelled.
    unread: bool,
}

impl<'a> Run<'a> {
    /// Begins a pipeline and follows it to its end. Its events go to `events` as they come, never a
    /// final state.
    pub async fn through(
        session: &'a mut Session,
        commands: &[Command],
        before: &BeforeSending,
        who: &'a Who,
        events: &'a EventSender,
        cancel: &'a CancellationToken,
    ) -> Result<Ended, NoEnd> {
        let id = session
            .pool
            .begin(commands, PipelineOptions::default())
            .map_err(|e| NoEnd::Session(e.into(), false))?;
        let limits = session.limits;
        let mut run = Run {
            session,
            who,
            events,
            cancel,
            notices: mpsc::unbounded_channel(),
            trouble: Trouble::new(limits.again),
            line: HostLine::default(),
            id,
            rung: Rung::Not,
            deadline: Instant::now(),
            telling: None,
            end: None,
            exit: None,
            lost: false,
            unsure: false,
            unread: false,
        };
        before.pass().await.map_err(NoEnd::NotSent)?;
        run.begin().await?;
        run.follow().await
    }

    /// Sends the pipeline's description.
    async fn begin(&mut self) -> Result<(), NoEnd> {
        let name = self.id.to_string();
        let Some(first) = self.session.pool.outgoing() else {
            return Ok(());
        };
        let command = self.session.shell.command(&name, &first.bytes);
        let limits = self.session.limits;
        let (cancel, session) = (self.cancel, &mut *self.session);
        let (main, shell) = (&mut session.main, &session.shell);
        let sent = exchange(main, shell, &command, Repeat::Never, &limits, None);
        if let Err(e) = unless_cancelled(cancel, limits.stop, sent).await? {
            let begun = !e.not_taken();
            return Err(NoEnd::Session(e, begun));
        }
        let _ = self.events.send(Event::State(JobState::Running)).await;
        let rest = self.session.flush();
        unless_cancelled(cancel, limits.stop, rest)
            .await?
            .map_err(|e| NoEnd::Session(e, true))
    }

    async fn follow(mut self) -> Result<Ended, NoEnd> {
        loop {
            let said = std::mem::take(&mut self.session.events);
            for event in said {
                self.take(event).await.map_err(|e| self.stopped_or(e))?;
            }
            if self.end.is_some() {
                break;
            }
            // What the pool answers by itself has to be sent too.
            let stepped = match self.step().await {
                Ok(()) => self.session.flush().await,
                failed => failed,
            };
            if let Err(e) = stepped {
                // What came before it is kept.
                for event in std::mem::take(&mut self.session.events) {
                    if let PoolEvent::Pipeline(id, event) = event
                        && id == self.id
                    {
                        self.pipeline(event).await;
                    }
                }
                self.flush_line().await;
                if self.rung >= Rung::Terminate && is_gone(&e) {
                    self.end = Some(End::Stopped);
                    break;
                }
                return Err(self.stopped_or(e));
            }
        }
        self.flush_line().await;
        if let Some(text) = self.trouble.sum() {
            self.warn(&text).await;
        }
        let end = self.end.unwrap_or(End::Failed);
        // One that was stopped is forgotten at once: what hangs on it should go.
        let stopped = self.rung != Rung::Not;
        let usable = self.rung <= Rung::Stop && self.session.release(self.id, stopped).await;
        match self.rung {
            Rung::Not => {}
            Rung::Stop => self.warn(words::STOPPED).await,
            Rung::Terminate => {
                self.warn(
                    "the command did not stop on request: the server was told to end it, and did",
                )
                .await;
            }
            Rung::Delete => {
                self.warn("the command did not stop on request: its session was ended with it")
                    .await;
            }
        }
        Ok(Ended {
            end,
            exit: self.exit,
            usable,
        })
    }

    /// What an error means once a stop was asked for: nothing more is known.
    fn stopped_or(&self, e: SessionError) -> NoEnd {
        match self.rung {
            Rung::Not | Rung::Stop => NoEnd::Session(e, true),
            _ => NoEnd::GaveUp,
        }
    }

    async fn warn(&mut self, text: &str) {
        let told = self.events.send(Event::Warning(text.to_owned()));
        let _ = timeout(self.session.limits.stop, told).await;
    }

    /// One event of the pool.
    async fn take(&mut self, event: PoolEvent) -> Result<(), SessionError> {
        match event {
            PoolEvent::Pipeline(id, event) if id == self.id => self.pipeline(event).await,
            PoolEvent::HostCall(call) => {
                self.flush_line().await;
                return self.host_call(call).await;
            }
            PoolEvent::Broken(why) => return Err(SessionError::Broken(why)),
            PoolEvent::Closed => return Err(SessionError::Broken(None)),
            PoolEvent::KeyWanted => {
                offer_key(&mut self.session.pool).await?;
                return self.session.flush().await;
            }
            _ => {}
        }
        Ok(())
    }

    async fn pipeline(&mut self, event: PipelineEvent) {
        if let PipelineEvent::State(state, record) = event {
            // That it was stopped is told once, at the end.
            let wanted = self.rung != Rung::Not && state == PipelineState::Stopped;
            if let Some(record) = record.filter(|_| !wanted) {
                self.send(say::error(*record)).await;
            }
            match state {
                PipelineState::Completed => self.end = Some(End::Completed),
                PipelineState::Failed => self.end = Some(End::Failed),
                PipelineState::Stopped => self.end = Some(End::Stopped),
                _ => {}
            }
            return;
        }
        if let PipelineEvent::Exit(code) = event {
            self.exit = Some(code);
        }
        if let PipelineEvent::Information {
            text,
            no_newline,
            tags,
            ..
        } = &event
            && (*no_newline || (self.line.due().is_some() && is_host(tags)))
        {
            for line in self.line.push(text, *no_newline) {
                self.send(Event::Information(line)).await;
            }
            return;
        }
        // Progress is no line.
        if !matches!(event, PipelineEvent::Progress(_)) {
            self.flush_line().await;
        }
        for event in say::said(event) {
            self.send(event).await;
        }
    }

    /// Passes on what a line of `Write-Host` came to so far.
    async fn flush_line(&mut self) {
        if let Some(line) = self.line.take() {
            self.send(Event::Information(line)).await;
        }
    }

    /// Passes an event on. A reader that does not read must not hold a cancel up.
    pub(super) async fn send(&mut self, event: Event) {
        if self.unread {
            return;
        }
        let (cancel, limit) = (self.cancel, self.session.limits.stop);
        let patience = async {
            cancel.cancelled().await;
            sleep(limit).await;
        };
        tokio::select! {
            biased;
            _ = self.events.send(event) => {}
            // Nothing more is said: what was read has no holes.
            () = patience => self.unread = true,
        }
    }

    /// Asks once for output, and sees to everything else that happens meanwhile.
    async fn step(&mut self) -> Result<(), SessionError> {
        let name = self.id.to_string();
        let session = &mut *self.session;
        let limits = session.limits;
        let asking = receive(
            &mut session.main,
            &session.shell,
            Some(&name),
            &limits,
            Some(&self.notices.0),
        );
        tokio::pin!(asking);
        let quiet = sleep(limits.quiet);
        tokio::pin!(quiet);
        let (mut listens, mut asked) = (true, false);
        loop {
            tokio::select! {
                biased;
                answer = &mut asking => {
                    while let Ok(notice) = self.notices.1.try_recv() {
                        self.lost |= notice != Notice::Back;
                        if let Some(text) = self.trouble.hear(notice) {
                            let _ = self.events.try_send(Event::Warning(text));
                        }
                    }
                    if let Some(answer) = answer? {
                        if !session.order.follow(&answer, self.lost)? && !self.unsure {
                            self.unsure = true;
                            let told = Event::Warning(UNSURE.to_owned());
                            let _ = self.events.try_send(told);
                        }
                        self.lost &= answer.streams.is_empty();
                        read(&mut session.pool, &answer, &mut session.events)?;
                        // Nothing more comes: a pipeline that did not say how it ended failed.
                        if answer.state == Some(CommandState::Done)
                            && !session.events.iter().any(is_end)
                        {
                            self.end.get_or_insert(match self.rung {
                                Rung::Not => End::Failed,
                                _ => End::Stopped,
                            });
                        }
                    }
                    return Ok(());
                }
                heard = session.watch.next(), if listens => match heard {
                    Some(Ok(answer)) => {
                        read(&mut session.pool, &answer, &mut session.events)?;
                        if let Some(why) = ended(&mut session.events) {
                            return Err(why);
                        }
                        // The command may wait for it.
                        if session.events.contains(&PoolEvent::KeyWanted) {
                            offer_key(&mut session.pool).await?;
                        }
                        while let Some(piece) = session.pool.outgoing() {
                            let send = send(&session.shell, &piece);
                            let side = (session.side)
                                .get_or_insert_with(|| Client::new(Arc::clone(&session.settings)));
                            exchange(side, &session.shell, &send, Repeat::Never, &limits, None)
                                .await?;
                        }
                    }
                    // The main connection finds out for itself whether the session is gone.
                    Some(Err(_)) | None => listens = false,
                },
                Some(notice) = self.notices.1.recv() => {
                    self.lost |= notice != Notice::Back;
                    if let Some(text) = self.trouble.hear(notice) {
                        let _ = self.events.send(Event::Warning(text)).await;
                    }
                }
                () = due(self.line.due()) => {
                    // A reader that does not read sees it with the next line.
                    if let (Ok(place), Some(line)) = (self.events.try_reserve(), self.line.take()) {
                        place.send(Event::Information(line));
                    }
                }
                () = self.cancel.cancelled(), if self.rung == Rung::Not => {
                    self.rung = Rung::Stop;
                    let told = self.events.send(Event::State(JobState::Cancelling));
                    let _ = timeout(limits.close, told).await;
                    let signal = session.shell.signal(&name, Signal::Stop);
                    self.telling = Some(tell(&mut session.side, &session.settings, &session.shell, signal, limits));
                }
                (side, heard) = told(&mut self.telling), if self.telling.is_some() => {
                    self.telling = None;
                    session.side = side;
                    // What did not get there is not waited for.
                    let wait = if heard { limits.stop } else { Duration::ZERO };
                    self.deadline = Instant::now() + wait;
                }
                () = sleep_until(self.deadline), if self.rung != Rung::Not && self.telling.is_none() => {
                    let next = match self.rung {
                        Rung::Not | Rung::Stop => {
                            self.rung = Rung::Terminate;
                            session.shell.signal(&name, Signal::Terminate)
                        }
                        Rung::Terminate => {
                            self.rung = Rung::Delete;
                            session.shell.delete()
                        }
                        Rung::Delete => return Err(SessionError::NotEnded),
                    };
                    self.telling = Some(tell(&mut session.side, &session.settings, &session.shell, next, limits));
                }
                () = &mut quiet, if !asked => {
                    asked = true;
                    session.watch.go();
                }
            }
        }
    }
}

/// A request that ends something, on its way. Gives the connection back unless it was silent, and
/// whether the server heard it.
type Telling = BoxFuture<'static, (Option<Client>, bool)>;

/// Sends it over the side connection, which may have to log in first: output is read meanwhile.
fn tell(
    side: &mut Option<Client>,
    settings: &Arc<Settings>,
    shell: &Shell,
    operation: Operation,
    limits: Limits,
) -> Telling {
    let reach = settings.connect_timeout + settings.login_timeout;
    let mut client = side
        .take()
        .unwrap_or_else(|| Client::new(Arc::clone(settings)));
    let shell = shell.clone();
    Box::pin(async move {
        let sent = exchange(
            &mut client,
            &shell,
            &operation,
            Repeat::Never,
            &limits,
            None,
        );
        match timeout(reach + limits.stop, sent).await {
            // A server that says no has heard it.
            Ok(Ok(_) | Err(SessionError::Fault(_))) => (Some(client), true),
            Ok(Err(_)) => (Some(client), false),
            Err(_) => (None, false),
        }
    })
}

async fn told(telling: &mut Option<Telling>) -> (Option<Client>, bool) {
    match telling {
        Some(telling) => telling.await,
        None => std::future::pending().await,
    }
}

/// When a line of the host is to be shown.
async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// The tag of what `Write-Host` wrote, and what was written to the host.
fn is_host(tags: &[String]) -> bool {
    tags.iter().any(|tag| tag == "PSHOST")
}

fn is_end(event: &PoolEvent) -> bool {
    matches!(
        event,
        PoolEvent::Pipeline(
            _,
            PipelineEvent::State(
                PipelineState::Completed | PipelineState::Failed | PipelineState::Stopped,
                _
            )
        )
    )
}

/// The pipeline, or the shell, is not there any more.
fn is_gone(e: &SessionError) -> bool {
    matches!(e, SessionError::Fault(f) if matches!(f.meaning(), Meaning::Gone | Meaning::Aborted))
}

/// Said when output may be missing, and nothing shows it.
const UNSURE: &str =
    "an answer of the server was lost; whether its output is missing here cannot be told";

/// The end of a request about the pipeline. One that is cancelled meanwhile has `limit` left: after
/// that nothing is known of it.
async fn unless_cancelled<T>(
    cancel: &CancellationToken,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, NoEnd> {
    tokio::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => Ok(done),
        () = cancel.cancelled() => timeout(limit, work).await.map_err(|_| NoEnd::GaveUp),
    }
}
