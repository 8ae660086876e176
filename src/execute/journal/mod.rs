//! The journal: what ran where, when, and how it ended.
//!
//! JSON lines, append-only, fsync'ed, each line carrying the SHA-256 of the line before it, so
//! that a changed or missing line shows (`chain`). A job's first line is on disk before the job
//! is begun, a second one before its text is sent, the last one says how it ended. Secrets are
//! taken out first (`redact`). What a process that died left open is closed by the next one
//! (`lost`). A file that grew long is put aside under a name of its own (`append`).
//!
//! The files, all beside each other: `journal.jsonl`; `journal-N.jsonl`, the earlier ones, N being
//! the number of their first line; `journal.lock`; `journal.torn`, lines that were never finished;
//! `sessions/ID.lock`, held by each process that writes.

mod append;
mod chain;
mod line;
mod lost;
mod redact;
pub mod report;
mod session;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use self::append::Held;
use self::line::Line;
use self::session::Session;
use crate::store::secret::{Secret, SessionSecrets};

pub use chain::{Break, Chain};

/// The length in bytes that a file does not pass: then it is put aside and a new one begun.
pub const LIMIT: u64 = 8 << 20;

/// A job as the journal knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The number of the job's first line.
    pub seq: u64,
    /// When it was accepted.
    pub time: Timestamp,
    /// The target's name.
    pub target: String,
    /// The text: byte for byte, unless it is redacted.
    pub text: String,
    /// read, change or destructive.
    pub risk: String,
    /// The last state known. `queued` and `running` only while the process that runs it lives.
    pub state: String,
    /// The exit code of csdeck for this job; `None` while it has not ended.
    pub exit: Option<i32>,
    /// Why it did not come to an end of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When its text was about to be sent; `None` when it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Timestamp>,
    /// When it ended, or was found to have been abandoned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Whose deployment it ran on: the engagement's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// True when secrets were taken out of it; what ran had them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
}

/// All that a journal holds, and whether it holds together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The jobs, oldest first: all that can be read, also behind a break of the chain.
    pub entries: Vec<Entry>,
    /// The chain of the lines.
    pub chain: Chain,
    /// The jobs, by number, that were abandoned and whose end is not written down yet.
    pub unsettled: Vec<u64>,
}

/// Why the journal cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("the journal {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A line is damaged, or does not follow from the one before.
    #[error("the journal {}", .0)]
    Broken(Break),
}

/// The journal of one data folder, shared by all csdeck processes that use it. Clones are the same
/// session.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
    profile: Option<Arc<str>>,
    secrets: Option<Arc<SessionSecrets>>,
    limit: u64,
    session: Arc<Mutex<Option<Session>>>,
}

/// A job that is in the journal and not yet ended.
#[derive(Debug, Clone)]
pub struct OpenEntry {
    /// Its first line, without the text.
    line: Line,
}

impl Journal {
    /// The journal in this file. Nothing is opened or created yet.
    pub fn at(path: impl Into<PathBuf>) -> Journal {
        Journal {
            path: path.into(),
            profile: None,
            secrets: None,
            limit: LIMIT,
            session: Arc::default(),
        }
    }

    /// The same journal, writing whose deployment this is into every line: the engagement's name.
    pub fn with_profile(self, name: Option<&str>) -> Journal {
        Journal {
            profile: name.map(Arc::from),
            ..self
        }
    }

    /// The same journal, keeping the secrets of this session, also those still to come, out of
    /// every line.
    pub fn with_secrets(self, secrets: Arc<SessionSecrets>) -> Journal {
        Journal {
            secrets: Some(secrets),
            ..self
        }
    }

    /// The same journal with another [`LIMIT`], in bytes.
    pub fn with_limit(self, limit: u64) -> Journal {
        Journal { limit, ..self }
    }

    /// The file that is written to; earlier ones stand beside it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a job's first line to disk. Blocks until it is there.
    pub fn begin(
        &self,
        target: &str,
        text: &str,
        risk: &str,
        state: &str,
    ) -> Result<OpenEntry, JournalError> {
        let secrets = self.secrets();
        let text = redact::command(text, &secrets);
        let target = redact::words(target, &secrets);
        let profile = self.profile.as_deref().map(|p| redact::words(p, &secrets));
        let held = self.hold()?;
        let session = self.join(&held)?;
        let mut line = self.append(&held, |seq| Line {
            seq,
            job: seq,
            time: Timestamp::now(),
            redacted: text.redacted || target.redacted,
            target: target.text,
            text: Some(text.text),
            risk: risk.to_owned(),
            state: state.to_owned(),
            exit: None,
            message: None,
            session: Some(session),
            profile: profile.map(|p| p.text),
            torn: None,
            prev: String::new(),
        })?;
        self.count(1);
        line.text = None;
        Ok(OpenEntry { line })
    }

    /// Writes that a job's text is about to be sent. Blocks until it is on disk: only then may the
    /// text leave.
    pub fn sending(&self, open: &OpenEntry, state: &str) -> Result<(), JournalError> {
        let held = self.hold()?;
        self.append(&held, |seq| Line {
            seq,
            time: Timestamp::now(),
            state: state.to_owned(),
            ..open.line.clone()
        })
        .map(|_| ())
    }

    /// Writes how a job ended.
    pub fn end(
        &self,
        open: &OpenEntry,
        state: &str,
        exit: i32,
        message: Option<String>,
    ) -> Result<(), JournalError> {
        let secrets = self.secrets();
        let message = message.map(|m| redact::words(&m, &secrets));
        let held = self.hold()?;
        self.append(&held, |seq| Line {
            seq,
            time: Timestamp::now(),
            state: state.to_owned(),
            exit: Some(exit),
            redacted: open.line.redacted || message.as_ref().is_some_and(|m| m.redacted),
            message: message.map(|m| m.text),
            ..open.line.clone()
        })?;
        self.count(-1);
        Ok(())
    }

    /// All jobs, oldest first. An absent journal is empty. A broken chain is an error.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let reading = self.read()?;
        match reading.chain.broken {
            Some(broken) => Err(JournalError::Broken(broken)),
            None => Ok(reading.entries),
        }
    }

    /// Checks every line's place in the chain, in all files. An absent journal verifies.
    pub fn verify(&self) -> Result<Chain, JournalError> {
        let held = self.share()?;
        let chain = self.walk(&held, |_| {})?;
        match chain.broken {
            Some(broken) => Err(JournalError::Broken(broken)),
            None => Ok(chain),
        }
    }

    /// Everything that can be read. A job whose process is gone is shown as what it is, lost or
    /// never sent; [`Journal::settle`] writes that down.
    pub fn read(&self) -> Result<Reading, JournalError> {
        let held = self.share()?;
        self.read_held(&held)
    }

    fn read_held(&self, held: &Held) -> Result<Reading, JournalError> {
        let mut jobs: BTreeMap<u64, (Entry, Option<String>)> = BTreeMap::new();
        let chain = self.walk(held, |line| {
            let (entry, session) = jobs.entry(line.job).or_insert_with(|| {
                let text = line.text.clone().unwrap_or_default();
                (line.entry(text), line.session.clone())
            });
            entry.follow(&line);
            if line.session.is_some() {
                *session = line.session;
            }
        })?;
        let mut unsettled = Vec::new();
        let mut alive = self.liveness();
        let mut entries = Vec::with_capacity(jobs.len());
        for (mut entry, session) in jobs.into_values() {
            if entry.exit.is_none() && !alive.of(session.as_deref()) {
                lost::abandoned(&mut entry);
                unsettled.push(entry.seq);
            }
            entries.push(entry);
        }
        Ok(Reading {
            entries,
            chain,
            unsettled,
        })
    }

    fn secrets(&self) -> Vec<Secret> {
        self.secrets.as_ref().map_or_else(Vec::new, |s| s.all())
    }

    fn io(&self, source: io::Error) -> JournalError {
        JournalError::Io {
            path: self.path.clone(),
            source,
        }
    }

    /// Counts the jobs of this session that are open.
    fn count(&self, more: i64) {
        let mut slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = slot.as_mut() {
            session.open += more;
        }
    }
}
