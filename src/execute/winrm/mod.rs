//! PowerShell on a server behind WinRM.
//!
//! In layers, each to be read alone: bytes to the server and back (`wire`), who the user is and how
//! bodies are sealed (`auth`), WS-Management envelopes and faults (`wsman`), PowerShell remoting
//! without input and output (`psrp`), the requests of one session (`exchange`, `session`, `watch`), and
//! one pipeline on it (`run`). [`WinrmTransport`] keeps sessions between runs, since a new one costs a
//! log-in and the import of a module.

mod accounts;
pub mod auth;
pub mod commands;
pub mod endpoint;
mod error;
mod exchange;
mod files;
mod host;
mod host_line;
mod limits;
mod order;
mod plan;
pub mod psrp;
mod questions;
mod run;
mod say;
mod session;
mod small;
pub mod steps;
mod text;
mod trouble;
mod watch;
pub mod wire;
pub mod wsman;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use self::error::SessionError;
pub use self::files::WinrmFiles;
use self::host::Unasked;
pub use self::limits::Limits;
use self::plan::Plan;
use self::run::{End, NoEnd, Run};
use self::session::Session;
pub use self::session::settle;
use self::wsman::fault::Meaning;
use super::ask::{Asker, Unanswered};
use super::event::{Event, JobState};
use super::host::needs_own_process;
use super::sending::BeforeSending;
use super::target::{Session as TargetSession, Target};
use super::transport::{BoxFuture, EventSender, Transport, TransportError};
use crate::gate::Approved;
use crate::store::secret::SessionSecrets;

/// Sessions that wait for the next run. More runs at a time than that are rare, and a server allows an
/// account few (MaxShellsPerUser).
const KEPT: usize = 2;

/// The way to one target over WinRM. Connects at the first run.
pub struct WinrmTransport {
    plan: Arc<Plan>,
    idle: Mutex<Vec<Session>>,
}

impl fmt::Debug for WinrmTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WinrmTransport")
            .field("address", &self.plan.address)
            .finish_non_exhaustive()
    }
}

impl WinrmTransport {
    /// Prepares the way to a target; nothing connects yet. The password is taken from `secrets` under
    /// the target's name when it is needed; what commands ask goes to `asker`. Fails with
    /// [`TransportError::Setup`] when the address or a setting is no good.
    pub fn new(
        target: &Target,
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
    ) -> Result<WinrmTransport, TransportError> {
        Ok(WinrmTransport {
            plan: Arc::new(Plan::new(target, secrets, asker)?),
            idle: Mutex::default(),
        })
    }

    /// With other times, for tests.
    pub fn with_limits(mut self, limits: Limits) -> WinrmTransport {
        if let Some(plan) = Arc::get_mut(&mut self.plan) {
            plan.limits = limits;
        }
        self
    }

    async fn send_text(
        &self,
        before: BeforeSending,
        text: &str,
        events: EventSender,
        cancel: CancellationToken,
    ) -> Result<i32, TransportError> {
        if cancel.is_cancelled() {
            return Err(TransportError::Cancelled);
        }
        let mut structured = self.plan.commands(text)?;
        let _ = events.send(Event::State(JobState::Connecting)).await;
        let single = self.plan.target.session == TargetSession::Single;
        let own = single || !self.plan.endpoint.restricted && needs_own_process(text).is_some();
        let who = self.plan.who();
        let mut gone = false;
        // Ends: every round takes a kept session away, and a new one is not tried twice.
        let (session, ended) = loop {
            let (mut session, kept) = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(TransportError::Cancelled),
                session = self.session(own, gone, &events) => session?,
            };
            match who.fill(&mut session, &mut structured, &cancel).await {
                Ok(None) => {}
                Ok(Some(unasked)) => {
                    self.keep(session);
                    return Err(self.unasked(unasked));
                }
                Err(e) if kept && e.is_session_gone() => {
                    gone = true;
                    continue;
                }
                Err(e) => return Err(self.plan.transport_error(e, false)),
            }
            let commands = &structured.commands;
            let ended = Run::through(&mut session, commands, &before, &who, &events, &cancel).await;
            match ended {
                // Not taken, so it is sent to another session; what was asked and sealed is for this one.
                Err(NoEnd::Session(e, false))
                    if kept && e.is_session_gone() && structured.asks.is_empty() =>
                {
                    gone = true;
                }
                ended => break (session, ended),
            }
        };
        let ended = match ended {
            Ok(ended) => ended,
            Err(no_end) => {
                let unheard = matches!(no_end, NoEnd::GaveUp);
                let error = self.failed(no_end);
                if unheard {
                    let told = may_go_on(&self.plan.address);
                    let _ = events.send(Event::Warning(told)).await;
                }
                return Err(error);
            }
        };
        if ended.usable && !own {
            self.keep(session);
        }
        match ended.end {
            End::Stopped if cancel.is_cancelled() => Err(TransportError::Cancelled),
            End::Completed => Ok(ended.exit.unwrap_or(0)),
            End::Failed | End::Stopped => Ok(ended.exit.filter(|code| *code != 0).unwrap_or(1)),
        }
    }

    fn failed(&self, no_end: NoEnd) -> TransportError {
        match no_end {
            NoEnd::NotSent(error) => error,
            NoEnd::GaveUp => TransportError::Cancelled,
            NoEnd::Session(e, begun) => self.plan.transport_error(e, begun),
        }
    }

    fn unasked(&self, unasked: Unasked) -> TransportError {
        match unasked {
            Unasked::Unanswered(question, Unanswered::Nobody) => TransportError::Unanswered {
                address: self.plan.address.clone(),
                question,
            },
            Unasked::Cancelled | Unasked::Unanswered(..) => TransportError::Cancelled,
        }
    }

    /// A session to run on: a kept one unless `own`, which `true` then says, else a new one with the
    /// target's module. `replaced` when it stands in for one that is gone.
    async fn session(
        &self,
        own: bool,
        mut replaced: bool,
        events: &EventSender,
    ) -> Result<(Session, bool), TransportError> {
        if !own {
            while let Some(session) = self.take() {
                if session.is_up() {
                    return Ok((session, true));
                }
                replaced = true;
            }
        }
        if replaced {
            let told = "the session that was kept has ended on the server; a new one is made";
            let _ = events.send(Event::Verbose(told.into())).await;
        }
        let refused = |e: SessionError| self.plan.transport_error(e, false);
        let opened = match self.plan.open().await {
            // Those that wait here count as well.
            Err(SessionError::Fault(f)) if f.meaning() == Meaning::Quota && self.drop_kept() => {
                settle().await;
                self.plan.open().await
            }
            opened => opened,
        };
        let mut session = opened.map_err(refused)?;
        if let Some(module) = self.plan.module() {
            let heard = session.hear(&module).await.map_err(refused)?;
            for record in heard.errors {
                let told = format!("the target's module was not loaded: {}", record.message);
                let _ = events.send(Event::Warning(told)).await;
            }
        }
        Ok((session, false))
    }

    /// Ends the sessions that wait; false when there are none.
    fn drop_kept(&self) -> bool {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        !std::mem::take(&mut *idle).is_empty()
    }

    fn take(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop()
    }

    /// Keeps a session for the next run, or lets it end.
    fn keep(&self, session: Session) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(session);
        }
    }
}

impl Transport for WinrmTransport {
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        Box::pin(self.send_text(before, invocation.text(), events, cancel))
    }
}

fn may_go_on(address: &str) -> String {
    format!(
        "cancelled: {address} was told to end the command and did not say that it did; it may go on there. Look before you run it again"
    )
}
