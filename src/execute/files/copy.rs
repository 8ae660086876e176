//! One file from one store to another, proved on both ends.

use sha2::{Digest, Sha256};

use super::store::{Found, Kind, Store};
use super::{FileError, TransferError};

/// What the name of a file ends in until it is whole and proved.
pub const PART: &str = ".csdeck-part";

/// Bytes that are read and written at a time; libssh2 asks for four times as much ahead, so that a
/// distance of 50 ms still gives 40 MB/s.
const CHUNK: usize = 512 * 1024;

/// What is copied.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// The path at the end it comes from.
    pub from: &'a str,
    /// The path at the end it goes to.
    pub to: &'a str,
    /// Replace what is there.
    pub force: bool,
    /// Give the copy the time of the last change of the original.
    pub times: bool,
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub phase: Phase,
    /// Bytes done in this phase.
    pub bytes: u64,
    /// Bytes to do in this phase.
    pub total: u64,
}

/// The two parts of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Bytes go across.
    Copy,
    /// Both ends are read again.
    Check,
}

impl Phase {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Copy => "copy",
            Phase::Check => "check",
        }
    }
}

/// A copy that is whole and proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal, the same on both ends.
    pub sha256: String,
}

/// The two ends while a copy goes on.
struct Run<'a> {
    from: &'a mut dyn Store,
    to: &'a mut dyn Store,
    progress: &'a mut dyn FnMut(Progress),
    unwanted: &'a dyn Fn() -> bool,
    buffer: Vec<u8>,
}

/// Copies a file: into `to` with [`PART`] behind the name, hashing on the way; then reads both ends
/// again, and gives the copy its name only when all three hashes are the same. Anything else leaves
/// the destination as it was, and takes the part away as far as that can be done. Blocks; `unwanted`
/// is asked between the chunks.
pub fn copy(
    job: Copy<'_>,
    from: &mut dyn Store,
    to: &mut dyn Store,
    progress: &mut dyn FnMut(Progress),
    unwanted: &dyn Fn() -> bool,
) -> Result<Done, TransferError> {
    let mut run = Run {
        from,
        to,
        progress,
        unwanted,
        buffer: vec![0; CHUNK],
    };
    let found = run.judge(job)?;
    let part = format!("{}{PART}", job.to);
    if job.force {
        run.to.remove(&part)?;
    }
    // From here on the part is ours to take away.
    run.fill(job, found, &part)
        .and_then(|done| {
            run.to.rename(&part, job.to, job.force)?;
            Ok(done)
        })
        .map_err(|why| run.clear(why, &part))
}

impl Run<'_> {
    fn wanted(&self) -> Result<(), FileError> {
        if (self.unwanted)() {
            Err(FileError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Looks at both ends before anything is written.
    fn judge(&mut self, job: Copy<'_>) -> Result<Found, FileError> {
        self.wanted()?;
        let path = self.from.shown(job.from);
        let found = match self.from.look(job.from)? {
            None => {
                return Err(FileError::NotThere {
                    path,
                    hint: String::new(),
                });
            }
            Some(found) => found,
        };
        match found.kind {
            Kind::File => {}
            Kind::Folder => return Err(FileError::Folder { path }),
            Kind::Other(kind) => return Err(FileError::Special { path, kind }),
        }
        if job.to.is_empty() {
            return Err(FileError::Setup("the destination has no name".into()));
        }
        let path = self.to.shown(job.to);
        match self.to.look(job.to)?.map(|found| found.kind) {
            None => {}
            Some(Kind::File) if job.force => {}
            Some(Kind::File) => return Err(FileError::Exists { path }),
            Some(Kind::Folder) => {
                return Err(FileError::IntoFolder {
                    path,
                    separator: self.to.separator(),
                });
            }
            Some(Kind::Other(kind)) => return Err(FileError::Special { path, kind }),
        }
        Ok(found)
    }

    /// Writes the part and proves it.
    fn fill(&mut self, job: Copy<'_>, found: Found, part: &str) -> Result<Done, FileError> {
        let Some(total) = found.size else {
            return Err(FileError::Setup(format!(
                "{} has no size that the server would tell: csdeck copies files only",
                self.from.shown(job.from)
            )));
        };
        let sent = self.send(job, found, total, part)?;
        let original = self.read_again(false, job.from, 0, total)?;
        if original != sent {
            return Err(FileError::Changed {
                path: self.from.shown(job.from),
                why: "read again its SHA-256 is another one".into(),
            });
        }
        let arrived = self.read_again(true, part, total, total)?;
        if arrived != sent {
            return Err(FileError::Differs {
                path: self.to.shown(part),
                sent,
                found: arrived,
            });
        }
        Ok(Done {
            bytes: total,
            sha256: sent,
        })
    }

    /// The bytes across; gives the hash of what was read.
    fn send(
        &mut self,
        job: Copy<'_>,
        found: Found,
        total: u64,
        part: &str,
    ) -> Result<String, FileError> {
        let mut source = self.from.open(job.from)?;
        let mut sink = self.to.create(part)?;
        let mut hash = Sha256::new();
        let mut bytes = 0u64;
        self.tell(Phase::Copy, 0, total);
        let sent = loop {
            if let Err(e) = self.wanted() {
                break Err(e);
            }
            let read = match source.read(&mut self.buffer) {
                Ok(0) => break Ok(()),
                Ok(read) => read,
                Err(e) => break Err(e),
            };
            let chunk = self.buffer.get(..read).unwrap_or_default();
            bytes += read as u64;
            if bytes > total {
                // Whatever it says its size is: it must not go on for ever.
                break Err(self.changed(job, format!("it is longer than its {total} bytes")));
            }
            hash.update(chunk);
            if let Err(e) = sink.write(chunk) {
                break Err(e);
            }
            self.tell(Phase::Copy, bytes, total);
        };
        let sent = sent.and_then(|()| {
            if bytes < total {
                return Err(self.changed(job, format!("it ended after {bytes} of {total} bytes")));
            }
            sink.finish(found.modified.filter(|_| job.times))
        });
        if let Err(e) = sent {
            sink.abandon();
            return Err(e);
        }
        Ok(hex(hash))
    }

    fn changed(&self, job: Copy<'_>, why: String) -> FileError {
        FileError::Changed {
            path: self.from.shown(job.from),
            why,
        }
    }

    /// The hash of what an end holds now.
    fn read_again(
        &mut self,
        arrived: bool,
        path: &str,
        before: u64,
        size: u64,
    ) -> Result<String, FileError> {
        let store = if arrived {
            &mut *self.to
        } else {
            &mut *self.from
        };
        if let Some(hash) = store.sha256(path)? {
            self.tell(Phase::Check, before + size, size.saturating_mul(2));
            return Ok(hash);
        }
        let mut source = store.open(path)?;
        let mut hash = Sha256::new();
        let mut bytes = 0u64;
        // One byte more than there should be is enough to know.
        while bytes <= size {
            self.wanted()?;
            let read = source.read(&mut self.buffer)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hash.update(self.buffer.get(..read).unwrap_or_default());
            self.tell(
                Phase::Check,
                before + bytes.min(size),
                size.saturating_mul(2),
            );
        }
        Ok(hex(hash))
    }

    fn tell(&mut self, phase: Phase, bytes: u64, total: u64) {
        (self.progress)(Progress {
            phase,
            bytes,
            total,
        });
    }

    /// Takes the part away, unless it is somebody else's.
    fn clear(&mut self, why: FileError, part: &str) -> TransferError {
        if matches!(why, FileError::Part { .. }) {
            return why.into();
        }
        let left = self.to.remove(part).err().map(|e| {
            let because = match e {
                FileError::Refused { reason, .. } => reason,
                FileError::Lost { .. } | FileError::Cancelled => {
                    "there is no connection any more to remove it over".into()
                }
                other => other.to_string(),
            };
            format!(
                "{} may still be there, half written ({because}): remove it, or give --force the next time",
                self.to.shown(part)
            )
        });
        TransferError { why, left }
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests;
