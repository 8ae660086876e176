//! Reading all files in order and checking that every line follows from the one before.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::append::{Held, is_torn};
use super::line::{Line, hash};
use super::{Journal, JournalError};

/// The longest line that is read, in bytes. No text that csdeck runs comes near.
const LONGEST: u64 = 64 << 20;

/// What checking the chain found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The number of lines, in all files.
    pub lines: u64,
    /// The number of files.
    pub files: usize,
    /// SHA-256 of the last line, in hexadecimal: written down elsewhere it proves later that
    /// nothing in front of it was changed. Empty without a line.
    pub hash: String,
    /// What is odd and no break: lines that were never finished.
    pub notes: Vec<String>,
    /// The first place where it does not hold.
    pub broken: Option<Break>,
}

/// A place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The file.
    pub path: PathBuf,
    /// The line in it, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, line) = (self.path.display(), self.line);
        write!(f, "{path} is broken at line {line}: {}", self.why)
    }
}

/// The chain on the way through the files.
struct Walk<F> {
    chain: Chain,
    /// The number that the next line has to have.
    next: u64,
    each: F,
}

impl Journal {
    /// Goes through all lines of all files, also behind a break.
    pub(super) fn walk(&self, _held: &Held, each: impl FnMut(Line)) -> Result<Chain, JournalError> {
        let mut walk = Walk {
            chain: Chain::default(),
            next: 1,
            each,
        };
        let earlier = self.earlier()?;
        for path in &earlier {
            walk.file(path, false).map_err(|source| JournalError::Io {
                path: path.clone(),
                source,
            })?;
        }
        match walk.file(&self.path, true) {
            // Nothing yet, or put aside a moment before csdeck or the machine ended.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(|e| self.io(e))?,
        }
        Ok(walk.chain)
    }
}

impl<F: FnMut(Line)> Walk<F> {
    fn file(&mut self, path: &Path, newest: bool) -> io::Result<()> {
        let mut reader = BufReader::new(File::open(path)?);
        self.chain.files += 1;
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let read = Read::by_ref(&mut reader)
                .take(LONGEST)
                .read_until(b'\n', &mut bytes)?;
            if read == 0 {
                break;
            }
            let whole = bytes.pop_if(|b| *b == b'\n').is_some();
            let last = reader.fill_buf()?.is_empty();
            if newest && last && (!whole || is_torn(&bytes)) {
                self.chain.notes.push(format!(
                    "{}: its last line, of {read} bytes, was never finished: csdeck or the machine ended while it was written, and nothing was run on the strength of it. It is set aside at the next job",
                    path.display()
                ));
                break;
            }
            let broken = if whole {
                self.line(path, &bytes)
            } else {
                Some("it has no end".to_owned())
            };
            if let (Some(why), None) = (broken, &self.chain.broken) {
                self.chain.broken = Some(Break {
                    path: path.to_owned(),
                    line: number,
                    why,
                });
            }
        }
        Ok(())
    }

    /// Takes one line; returns what is wrong with it.
    fn line(&mut self, path: &Path, bytes: &[u8]) -> Option<String> {
        let before = std::mem::replace(&mut self.chain.hash, hash(bytes));
        self.chain.lines += 1;
        let line: Line = match serde_json::from_slice(bytes) {
            Ok(line) => line,
            Err(e) => {
                self.next += 1;
                return Some(e.to_string());
            }
        };
        let expected = std::mem::replace(&mut self.next, line.seq.saturating_add(1));
        let wrong = if line.seq != expected {
            Some(format!(
                "it is numbered {}, where {expected} should follow: lines, or a whole file, are missing or were moved",
                line.seq
            ))
        } else if line.prev != before {
            Some("it does not follow from the line before: a line was changed or removed".into())
        } else {
            None
        };
        if let Some(torn) = line.torn {
            self.chain.notes.push(format!(
                "{}: in front of number {} stood {torn} bytes of a line that was never finished: csdeck or the machine ended while it was written, and nothing was run on the strength of it. They are in {}",
                path.display(),
                line.seq,
                path.with_file_name("journal.torn").display()
            ));
        }
        (self.each)(line);
        wrong
    }
}
