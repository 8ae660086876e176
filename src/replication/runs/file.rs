//! The file of past runs.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{LONGEST, MOST_BYTES, MOST_RUNS, Run};
use crate::store::atomic;

/// A larger file is not one of ours.
const LARGEST: u64 = 2 * MOST_BYTES as u64;

/// Why past runs cannot be read or kept.
#[derive(Debug, Error)]
pub enum RunLogError {
    /// The file cannot be read or written.
    #[error("the history of watches in {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The file is far too large to be one of csdeck's.
    #[error(
        "the history of watches in {} is larger than {} MiB, which csdeck never writes: move it away, and a new one begins",
        path.display(), LARGEST >> 20
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// The past runs in one file, a JSON document per line, the oldest first. All csdeck processes of a
/// user share it.
#[derive(Debug, Clone)]
pub struct RunLog {
    path: PathBuf,
}

impl RunLog {
    /// The runs in this file, which need not be there.
    pub fn at(path: impl Into<PathBuf>) -> RunLog {
        RunLog { path: path.into() }
    }

    /// The runs, the oldest first. A line that is no run, such as one that was torn by a power
    /// cut, is passed over.
    ///
    /// # Errors
    /// See [`RunLogError`]; a file that is missing is empty.
    pub fn read(&self) -> Result<Vec<Run>, RunLogError> {
        let bytes = match bytes(&self.path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(self.io(source)),
        };
        if bytes.len() as u64 > LARGEST {
            return Err(RunLogError::TooLarge {
                path: self.path.clone(),
            });
        }
        let runs = bytes.split(|b| *b == b'\n').filter_map(|line| {
            let mut run: Run = serde_json::from_slice(line).ok()?;
            run.took
                .retain(|_, seconds| (0..=LONGEST).contains(seconds));
            Some(run)
        });
        let mut runs: Vec<Run> = runs.collect();
        runs.drain(..runs.len().saturating_sub(MOST_RUNS));
        Ok(runs)
    }

    /// Adds a run and lets go of the oldest. Blocks, for milliseconds: the file is locked, read
    /// again and replaced as a whole, so that no run of another csdeck is lost and none is torn.
    ///
    /// # Errors
    /// See [`RunLogError`].
    pub fn add(&self, run: &Run) -> Result<(), RunLogError> {
        let _held = atomic::lock(&self.path).map_err(|e| self.io(e))?;
        let mut lines = Vec::new();
        let mut size = 0;
        let earlier = self.read()?;
        // The newest first, until there are enough.
        for run in std::iter::once(run)
            .chain(earlier.iter().rev())
            .take(MOST_RUNS)
        {
            let line = serde_json::to_string(run).map_err(|e| self.io(io::Error::other(e)))?;
            size += line.len() + 1;
            if size > MOST_BYTES && !lines.is_empty() {
                break;
            }
            lines.push(line);
        }
        let mut text = String::with_capacity(size);
        for line in lines.iter().rev() {
            text.push_str(line);
            text.push('\n');
        }
        atomic::write(&self.path, text.as_bytes()).map_err(|e| self.io(e))
    }

    fn io(&self, source: io::Error) -> RunLogError {
        RunLogError::Io {
            path: self.path.clone(),
            source,
        }
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::other("a folder stands in its place"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
