//! One remote shell with its runspace pool: opened, and closed.

use std::sync::{Arc, LazyLock};

use tokio::runtime::Handle;
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;

use super::error::SessionError;
use super::exchange::{Notices, Repeat, exchange, receive};
use super::limits::Limits;
use super::psrp::{HostInfo, PipelineId, Pool, PoolEvent, PoolOptions, PoolState};
use super::watch::Watch;
use super::wire::{Client, Settings};
use super::wsman::{Answer, Shell};

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
    /// What the pool said while nobody asked.
    pub(super) events: Vec<PoolEvent>,
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
        let mut main = Client::new(Arc::clone(&settings));
        let create = shell.create(&pool.creation(), limits.idle);
        let made = exchange(&mut main, &shell, &create, Repeat::Never, &limits, None).await?;
        if let Some(id) = &made.shell {
            shell.set_id(id);
        }
        let mut events = Vec::new();
        let end = Instant::now() + limits.hold + limits.grace;
        while pool.state() != PoolState::Open {
            if Instant::now() > end {
                return Err(SessionError::Silent);
            }
            if let Some(answer) = receive(&mut main, &shell, None, &limits, None).await? {
                read(&mut pool, &answer, &mut events)?;
            }
            if let Some(why) = ended(&mut events) {
                return Err(why);
            }
        }
        Ok(Session {
            watch: Watch::start(Arc::clone(&settings), shell.clone(), limits),
            settings,
            shell,
            pool,
            main,
            side: None,
            limits,
            events,
        })
    }

    /// False when the server ended the session while it was idle.
    pub fn is_up(&self) -> bool {
        self.watch.is_up() && self.pool.state() == PoolState::Open
    }

    /// Sends what the pool has to say that belongs to no command being begun. `aside` when the main
    /// connection waits for output.
    pub(super) async fn flush(
        &mut self,
        aside: bool,
        notices: Option<&Notices>,
    ) -> Result<(), SessionError> {
        while let Some(piece) = self.pool.outgoing() {
            let id = piece.pipeline.map(|p: PipelineId| p.to_string());
            let send = self.shell.send(id.as_deref(), piece.priority, &piece.bytes);
            let client = if aside {
                aside_of(&mut self.side, &self.settings)
            } else {
                &mut self.main
            };
            exchange(
                client,
                &self.shell,
                &send,
                Repeat::Never,
                &self.limits,
                notices,
            )
            .await?;
        }
        Ok(())
    }

    /// Has the keys that secrets are sealed with made, unless they are there.
    pub(super) async fn agree_on_keys(&mut self) -> Result<(), SessionError> {
        if self.pool.has_key() {
            return Ok(());
        }
        self.pool.exchange_key()?;
        self.flush(false, None).await?;
        self.watch.go();
        while !self.pool.has_key() {
            let heard = timeout(self.limits.hold + self.limits.grace, self.watch.next()).await;
            let Ok(Some(answer)) = heard else {
                return Err(SessionError::Silent);
            };
            let answer = answer?;
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

/// The connection for what cannot wait.
pub(super) fn aside_of<'a>(
    side: &'a mut Option<Client>,
    settings: &Arc<Settings>,
) -> &'a mut Client {
    side.get_or_insert_with(|| Client::new(Arc::clone(settings)))
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
