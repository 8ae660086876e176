//! Which processes write to the journal, and whether they still live.
//!
//! A process holds the operating system's lock on `sessions/ID.lock` from its first job to its
//! end, however it ends: kill -9 and a power cut let go of it too. Its lines carry the id. A lock
//! that can be taken belongs to nobody any more.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use jiff::Timestamp;

use super::append::Held;
use super::{Journal, JournalError};

/// This process's place among those that write.
#[derive(Debug)]
pub(super) struct Session {
    id: String,
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
    /// Jobs that were begun and not ended.
    pub open: i64,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Jobs that are still open are closed by whoever finds the file.
        if self.open == 0 {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Which sessions live, each asked once.
pub(super) struct Liveness {
    folder: PathBuf,
    known: HashMap<String, bool>,
}

impl Liveness {
    /// True when the process lives, or when that cannot be told.
    pub fn of(&mut self, session: Option<&str>) -> bool {
        let Some(id) = session.filter(|id| is_id(id)) else {
            return false;
        };
        if let Some(known) = self.known.get(id) {
            return *known;
        }
        let alive = is_held(&self.folder.join(format!("{id}.lock")));
        self.known.insert(id.to_owned(), alive);
        alive
    }
}

/// Ids come from a file: they must not lead elsewhere.
fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=64).contains(&id.len()) && id.bytes().all(plain)
}

fn is_held(path: &Path) -> bool {
    match File::open(path) {
        // Shared: others may be asking at the same moment.
        Ok(file) => !matches!(file.try_lock_shared(), Ok(())),
        Err(e) => e.kind() != io::ErrorKind::NotFound,
    }
}

impl Journal {
    fn sessions(&self) -> PathBuf {
        self.path.with_file_name("sessions")
    }

    pub(super) fn liveness(&self) -> Liveness {
        let slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let own = slot.as_ref().map(|session| (session.id.clone(), true));
        Liveness {
            folder: self.sessions(),
            known: own.into_iter().collect(),
        }
    }

    /// The id of this process's session; the first call makes it, and closes what dead ones left
    /// behind. Nobody sees a session's file between its making and its locking, since whoever
    /// looks holds the journal.
    pub(super) fn join(&self, held: &Held) -> Result<String, JournalError> {
        let mut slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = slot.as_ref() {
            return Ok(session.id.clone());
        }
        let session = self.make().map_err(|e| self.io(e))?;
        let id = session.id.clone();
        *slot = Some(session);
        drop(slot);
        // A past that cannot be read (a broken chain) must not stop the present; verify tells.
        if self.dead().next().is_some() {
            let _ = self.settle_held(held);
        }
        Ok(id)
    }

    fn make(&self) -> io::Result<Session> {
        let folder = self.sessions();
        std::fs::create_dir_all(&folder)?;
        // The time for people, the number against two that start at the same moment.
        let id = format!(
            "{}-{}-{:08x}",
            Timestamp::now().strftime("%Y%m%dT%H%M%S"),
            std::process::id(),
            RandomState::new().build_hasher().finish() as u32
        );
        let path = folder.join(format!("{id}.lock"));
        let lock = OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&path)?;
        lock.try_lock().map_err(|e| match e {
            TryLockError::Error(e) => e,
            TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
        })?;
        Ok(Session {
            id,
            path,
            _lock: lock,
            open: 0,
        })
    }

    /// The lock files of sessions that are no more.
    pub(super) fn dead(&self) -> impl Iterator<Item = PathBuf> + use<> {
        std::fs::read_dir(self.sessions())
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "lock") && !is_held(path))
    }
}
