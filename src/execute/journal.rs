//! The journal: what ran where, when, and how it ended.
//!
//! JSON lines, append-only, fsync'ed, each line carrying the SHA-256 of the line before it, so
//! that a changed or missing line shows. A job's first line is on disk before the job is sent.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    seq: u64,
    /// The `seq` of the job's first line.
    job: u64,
    time: Timestamp,
    target: String,
    text: String,
    risk: String,
    state: String,
    exit: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// SHA-256 of the line before, in hexadecimal; empty on the first.
    prev: String,
}

/// A job as the journal knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The number of the job's first line.
    pub seq: u64,
    /// When it was accepted.
    pub time: Timestamp,
    /// The target's name.
    pub target: String,
    /// The text, byte for byte.
    pub text: String,
    /// read, change or destructive.
    pub risk: String,
    /// The last state known; `queued` for a job whose end was never written.
    pub state: String,
    /// The exit code of csdeck for this job; `None` while it has not ended.
    pub exit: Option<i32>,
    /// Why it did not come to an end of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
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
    #[error("the journal {} is broken at line {line}: {why}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// The journal of one data folder, shared by all csdeck processes that use it.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

/// A job that is in the journal and not yet ended.
#[derive(Debug, Clone)]
pub struct OpenEntry {
    line: Line,
}

impl Journal {
    /// The journal in this file. Nothing is opened or created yet.
    pub fn at(path: impl Into<PathBuf>) -> Journal {
        Journal { path: path.into() }
    }

    /// The file.
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
        let line = self.append(|seq| Line {
            seq,
            job: seq,
            time: Timestamp::now(),
            target: target.to_owned(),
            text: text.to_owned(),
            risk: risk.to_owned(),
            state: state.to_owned(),
            exit: None,
            message: None,
            prev: String::new(),
        })?;
        Ok(OpenEntry { line })
    }

    /// Writes how a job ended.
    pub fn end(
        &self,
        open: &OpenEntry,
        state: &str,
        exit: i32,
        message: Option<String>,
    ) -> Result<(), JournalError> {
        self.append(|seq| Line {
            seq,
            time: Timestamp::now(),
            state: state.to_owned(),
            exit: Some(exit),
            message,
            ..open.line.clone()
        })
        .map(|_| ())
    }

    fn io(&self, source: io::Error) -> JournalError {
        JournalError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn append(&self, line: impl FnOnce(u64) -> Line) -> Result<Line, JournalError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| self.io(e))?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&self.path)
            .map_err(|e| self.io(e))?;
        // Held until the file is closed: numbers and hashes follow each other across processes.
        file.lock().map_err(|e| self.io(e))?;
        let last = last_line(&mut file).map_err(|e| self.io(e))?;
        let broken = |why: String| JournalError::Broken {
            path: self.path.clone(),
            line: 0,
            why,
        };
        let (seq, prev) = match &last {
            None => (1, String::new()),
            Some(text) => {
                let before: Line = serde_json::from_str(text)
                    .map_err(|e| broken(format!("the last line cannot be read: {e}")))?;
                (before.seq + 1, hash(text))
            }
        };
        let line = Line { prev, ..line(seq) };
        let mut text = serde_json::to_string(&line).map_err(|e| broken(e.to_string()))?;
        text.push('\n');
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|e| self.io(e))?;
        Ok(line)
    }

    /// All jobs, oldest first. An absent journal is empty. Checks the chain on the way.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let mut jobs: BTreeMap<u64, Entry> = BTreeMap::new();
        self.walk(|line| {
            let entry = jobs.entry(line.job).or_insert_with(|| Entry {
                seq: line.job,
                time: line.time,
                target: line.target.clone(),
                text: line.text.clone(),
                risk: line.risk.clone(),
                state: line.state.clone(),
                exit: None,
                message: None,
            });
            entry.state = line.state;
            entry.exit = line.exit;
            entry.message = line.message;
        })?;
        Ok(jobs.into_values().collect())
    }

    /// Checks every line's place in the chain; returns the number of lines. An absent journal
    /// verifies.
    pub fn verify(&self) -> Result<usize, JournalError> {
        let mut count = 0;
        self.walk(|_| count += 1)?;
        Ok(count)
    }

    fn walk(&self, mut each: impl FnMut(Line)) -> Result<(), JournalError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(self.io(e)),
        };
        let mut before = String::new();
        for (n, text) in BufReader::new(file).lines().enumerate() {
            let text = text.map_err(|e| self.io(e))?;
            let broken = |why: String| JournalError::Broken {
                path: self.path.clone(),
                line: n + 1,
                why,
            };
            let line: Line = serde_json::from_str(&text).map_err(|e| broken(e.to_string()))?;
            if line.seq != n as u64 + 1 {
                return Err(broken(format!("it is numbered {}", line.seq)));
            }
            if line.prev != before {
                return Err(broken(
                    "it does not follow from the line before: a line was changed or removed".into(),
                ));
            }
            before = hash(&text);
            each(line);
        }
        Ok(())
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// The last line of a file, without reading the rest.
fn last_line(file: &mut File) -> io::Result<Option<String>> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut tail = Vec::new();
    let mut step = 64 * 1024;
    loop {
        let from = length.saturating_sub(step);
        file.seek(SeekFrom::Start(from))?;
        tail.clear();
        Read::by_ref(file)
            .take(length - from)
            .read_to_end(&mut tail)?;
        let body = tail.strip_suffix(b"\n").unwrap_or(&tail);
        if let Some(start) = body.iter().rposition(|b| *b == b'\n') {
            return Ok(Some(
                String::from_utf8_lossy(&body[start + 1..]).into_owned(),
            ));
        }
        if from == 0 {
            return Ok((!body.is_empty()).then(|| String::from_utf8_lossy(body).into_owned()));
        }
        step *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> (tempfile::TempDir, Journal) {
        let folder = tempfile::tempdir().expect("folder");
        let journal = Journal::at(folder.path().join("sub/journal.jsonl"));
        (folder, journal)
    }

    #[test]
    fn a_job_is_one_entry_with_its_last_state() {
        let (_folder, journal) = journal();
        assert_eq!(journal.entries().expect("reads"), []);
        let a = journal
            .begin("lab", "Get-A\n‘x’", "read", "queued")
            .expect("writes");
        let b = journal
            .begin("fe01", "Get-B", "read", "queued")
            .expect("writes");
        journal.end(&a, "succeeded", 0, None).expect("writes");
        let entries = journal.entries().expect("reads");
        let seen: Vec<_> = entries
            .iter()
            .map(|e| (e.seq, e.text.as_str(), e.state.as_str(), e.exit))
            .collect();
        assert_eq!(
            seen,
            [
                (1, "Get-A\n‘x’", "succeeded", Some(0)),
                (2, "Get-B", "queued", None)
            ]
        );
        assert_eq!(journal.verify().expect("verifies"), 3);
        drop(b);
    }

    #[test]
    fn a_changed_a_removed_and_a_torn_line_show() {
        for (from, to) in [
            ("Get-A", "Get-X"),
            ("\"seq\":1", "\"seq\":7"),
            ("\"risk\"", "\"rsk\""),
        ] {
            let (_folder, journal) = journal();
            let open = journal
                .begin("lab", "Get-A", "read", "queued")
                .expect("writes");
            journal.end(&open, "succeeded", 0, None).expect("writes");
            let text = std::fs::read_to_string(journal.path()).expect("reads");
            std::fs::write(journal.path(), text.replacen(from, to, 1)).expect("writes");
            assert!(
                matches!(journal.verify(), Err(JournalError::Broken { .. })),
                "{from}"
            );
        }
        let (_folder, journal) = journal();
        for _ in 0..3 {
            journal
                .begin("lab", "Get-A", "read", "queued")
                .expect("writes");
        }
        let text = std::fs::read_to_string(journal.path()).expect("reads");
        let kept: Vec<&str> = text
            .lines()
            .enumerate()
            .filter(|(n, _)| *n != 1)
            .map(|(_, l)| l)
            .collect();
        std::fs::write(journal.path(), kept.join("\n")).expect("writes");
        assert!(matches!(
            journal.verify(),
            Err(JournalError::Broken { line: 2, .. })
        ));
    }

    #[test]
    fn writers_in_parallel_keep_the_chain() {
        let (_folder, journal) = journal();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let journal = &journal;
                scope.spawn(move || {
                    for _ in 0..10 {
                        let open = journal
                            .begin("lab", &"x".repeat(n * 9000), "read", "queued")
                            .expect("writes");
                        journal.end(&open, "succeeded", 0, None).expect("writes");
                    }
                });
            }
        });
        assert_eq!(journal.verify().expect("verifies"), 160);
        assert_eq!(journal.entries().expect("reads").len(), 80);
    }
}
