//! One remote shell with its runspace pool: opened, and closed.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::error::SessionError;
use super::exchange::{Repeat, exchange, receive};
use super::limits::Limits;
use super::order::Order;
use super::psrp::{
    HostInfo, KeyPair, Piece, PipelineId, Pool, PoolEvent, PoolOptions, PoolState, PsrpError,
};
use super::watch::Watch;
use super::wire::{Client, Settings};
use super::wsman::{Answer, Operation, Shell, Signal};

/// The most of one piece inside of a request, in bytes: with Base64 and the envelope around it stays
/// below the 150 KB that every WinRM takes (MaxEnvelopeSizekb before Windows Server 2012).
const PIECE: usize = 110_000;

/// A pool that is open on a server.
pub struct Session {
    pub(super) settings: Arc<Settings>,
    pub(super) shell: Shell,
    pub(super) pool: Pool,
    /// Carries everything about pipelines, one request after the other.
    pub(super) main: Client,
    /// Carries what cannot wait while `main` waits for output; made when it is needed.
    pub(super) side: Option<Client>,
    pub(super) watch: Watch,
    pub(super) limits: Limits,
    /// Pipelines that have ended and that the server still knows.
    ended: VecDeque<PipelineId>,
    /// What the pool said while nobody asked.
    pub(super) events: Vec<PoolEvent>,
    pub(super) order: Order,
    /// True once the server may have the shell.
    made: bool,
}

impl Session {
    /// Logs in, makes a shell of the configuration `resource` behind the URI `to`, and opens its pool.
    pub async fn open(
        settings: Arc<Settings>,
        to: &str,
        resource: &str,
        limits: Limits,
    ) -> Result<Session, SessionError> {
        let mut pool = Pool::new(PoolOptions::new(HostInfo::default()));
        pool.set_limit(PIECE);
        let mut shell = Shell::new(to, resource, &pool.id(), limits.hold);
        let create = shell.create(&pool.creation(), limits.idle);
        // From here on it is ended on the server when this is given up half-way: the server makes the
        // shell under the number that was proposed, heard or not.
        let mut session = Session {
            watch: Watch::none(),
            main: Client::new(Arc::clone(&settings)),
            settings,
            shell: shell.clone(),
            pool,
            side: None,
            limits,
            ended: VecDeque::new(),
            events: Vec::new(),
            order: Order::default(),
            made: true,
        };
        let main = &mut session.main;
        let made = exchange(main, &shell, &create, Repeat::Never, &limits, None).await;
        if let Err(e) = &made {
            session.made = !e.not_taken();
        }
        let made = made?;
        shell.set_keeps(made.keeps);
        session.shell.set_keeps(made.keeps);
        if let Some(id) = made.shell {
            shell.set_id(&id);
            session.shell.set_id(&id);
        }
        session.opened().await?;
        session.watch = Watch::start(Arc::clone(&session.settings), shell, limits);
        Ok(session)
    }

    /// Waits until the pool is open.
    async fn opened(&mut self) -> Result<(), SessionError> {
        let limits = self.limits;
        let limit = limits.hold + limits.grace;
        let end = Instant::now() + limit;
        while self.pool.state() != PoolState::Open {
            if Instant::now() > end {
                return Err(SessionError::NotOpened(limit));
            }
            let heard = receive(&mut self.main, &self.shell, None, &limits, None).await?;
            if let Some(answer) = heard {
                self.order.follow(&answer, false)?;
                read(&mut self.pool, &answer, &mut self.events)?;
            }
            if let Some(why) = ended(&mut self.events) {
                return Err(why);
            }
        }
        Ok(())
    }

    /// False when the server ended the session while it was idle.
    pub fn is_up(&self) -> bool {
        self.watch.is_up() && self.pool.state() == PoolState::Open
    }

    /// Sends what the pool has to say that belongs to no command being begun.
    pub(super) async fn flush(&mut self) -> Result<(), SessionError> {
        while let Some(piece) = self.pool.outgoing() {
            let send = send(&self.shell, &piece);
            let (main, shell) = (&mut self.main, &self.shell);
            exchange(main, shell, &send, Repeat::Never, &self.limits, None).await?;
        }
        Ok(())
    }

    /// Lets the server forget a pipeline that has ended; when the session is young, together with all
    /// others at its end. False when the session is of no more use.
    pub(super) async fn release(&mut self, id: PipelineId, at_once: bool) -> bool {
        self.pool.drop_pipeline(id);
        self.ended.push_back(id);
        let allowed = if at_once { 0 } else { self.limits.ended };
        while self.ended.len() > allowed {
            let Some(oldest) = self.ended.pop_front() else {
                break;
            };
            let signal = self.shell.signal(&oldest.to_string(), Signal::Terminate);
            let (main, shell) = (&mut self.main, &self.shell);
            let release = exchange(main, shell, &signal, Repeat::Never, &self.limits, None);
            // The run is over: nobody waits long for this.
            match timeout(self.limits.stop, release).await {
                // A no: it is forgotten already.
                Ok(Ok(_) | Err(SessionError::Fault(_))) => {}
                Ok(Err(_)) | Err(_) => return false,
            }
        }
        true
    }

    /// Has the keys that secrets are sealed with made, unless they are there.
    pub(super) async fn agree_on_keys(&mut self) -> Result<(), SessionError> {
        if self.pool.has_key() {
            return Ok(());
        }
        offer_key(&mut self.pool).await?;
        self.flush().await?;
        self.watch.go();
        let limit = self.limits.hold + self.limits.grace;
        let end = Instant::now() + limit;
        while !self.pool.has_key() {
            let answer = match timeout_at(end, self.watch.next()).await {
                Ok(Some(answer)) => answer?,
                Ok(None) => return Err(SessionError::Unheard),
                Err(_) => return Err(SessionError::NoKey(limit)),
            };
            read(&mut self.pool, &answer, &mut self.events)?;
            if let Some(why) = ended(&mut self.events) {
                return Err(why);
            }
        }
        Ok(())
    }
}

/// Sessions that are being ended.
static ENDING: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Waits until the sessions that were let go are ended on their servers, for a bounded time. To be
/// called before csdeck ends: what a server is not told it keeps for hours, and counts.
pub async fn settle() {
    ENDING.close();
    let _ = timeout(Limits::default().close, ENDING.wait()).await;
    ENDING.reopen();
}

/// A session that is let go is ended on its server, in the background. What is not heard in time is
/// left: the server ends a shell that nobody asks for by itself.
impl Drop for Session {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if !self.made {
            return;
        }
        let unused = Client::new(Arc::clone(&self.settings));
        let mut main = std::mem::replace(&mut self.main, unused);
        let (shell, limits) = (self.shell.clone(), self.limits);
        let end = async move {
            let delete = shell.delete();
            let work = exchange(&mut main, &shell, &delete, Repeat::Never, &limits, None);
            let _ = timeout(limits.close, work).await;
        };
        ENDING.spawn_on(end, &runtime);
    }
}

/// Asks the server for a key, unless there is one or it was asked: it waits to be sent then. The pair is
/// made on a thread on which nobody waits.
pub(super) async fn offer_key(pool: &mut Pool) -> Result<(), SessionError> {
    if !pool.has_asked_for_key() {
        let made = spawn_blocking(KeyPair::make).await;
        let pair = made.unwrap_or(Err(PsrpError::KeyExchange("no key pair could be made")))?;
        pool.exchange_key_with(pair);
    }
    Ok(())
}

/// The request that carries a piece.
pub(super) fn send(shell: &Shell, piece: &Piece) -> Operation {
    let of = piece.pipeline.map(|p| p.to_string());
    shell.send(of.as_deref(), piece.priority, &piece.bytes)
}

/// Gives the pool what an answer brought.
pub(super) fn read(
    pool: &mut Pool,
    answer: &Answer,
    events: &mut Vec<PoolEvent>,
) -> Result<(), SessionError> {
    for stream in &answer.streams {
        pool.receive(&stream.data, events)?;
    }
    Ok(())
}

/// The pool's end, when it is among the events.
pub(super) fn ended(events: &mut Vec<PoolEvent>) -> Option<SessionError> {
    let at = events
        .iter()
        .position(|e| matches!(e, PoolEvent::Broken(_) | PoolEvent::Closed))?;
    match events.swap_remove(at) {
        PoolEvent::Broken(why) => Some(SessionError::Broken(why)),
        _ => Some(SessionError::Broken(None)),
    }
}
