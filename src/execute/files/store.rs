//! What the two ends of a copy have in common.

use std::time::SystemTime;

use tokio_util::sync::CancellationToken;

use super::FileError;

/// What stands at a path; links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Bytes; `None` when the other side does not say.
    pub size: Option<u64>,
    /// When its content changed last.
    pub modified: Option<SystemTime>,
}

/// What can stand at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Anything else, in words: a pipe, a device.
    Other(&'static str),
}

/// A place where files are, as a copy needs it. Every call blocks, for a bounded time, and may end
/// with [`FileError::Cancelled`] or [`FileError::Lost`].
pub trait Store {
    /// The path as messages show it.
    fn shown(&self, path: &str) -> String;

    /// What ends the path of a folder here, for messages.
    fn separator(&self) -> char {
        '/'
    }

    /// What stands there; `None` when nothing does.
    fn look(&mut self, path: &str) -> Result<Option<Found>, FileError>;

    /// Opens a file to read it from its beginning.
    fn open(&mut self, path: &str) -> Result<Box<dyn Source>, FileError>;

    /// Makes a file that must not be there ([`FileError::Part`]). Folders are not made.
    fn create(&mut self, path: &str) -> Result<Box<dyn Sink>, FileError>;

    /// Gives a file its name. Without `over` a file of that name is never replaced
    /// ([`FileError::Exists`]).
    fn rename(&mut self, from: &str, to: &str, over: bool) -> Result<(), FileError>;

    /// Takes a file away; that it is not there is no error.
    fn remove(&mut self, path: &str) -> Result<(), FileError>;

    /// The SHA-256 of what a file holds now, in hexadecimal, worked out where the file is; `None` when
    /// that cannot be done there, and the file has to be read from here.
    fn sha256(&mut self, path: &str) -> Result<Option<String>, FileError> {
        let _ = path;
        Ok(None)
    }
}

/// A file that is read.
pub trait Source {
    /// The next bytes; 0 at the end.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FileError>;
}

/// A file that is written.
pub trait Sink {
    /// Takes all the bytes; they need not be on the disk yet.
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError>;

    /// Writes out everything, to the disk where the system can say so, sets the time of the last
    /// change, and closes the file.
    fn finish(&mut self, modified: Option<SystemTime>) -> Result<(), FileError>;

    /// Closes a file that is not wanted any more, so that it can be removed.
    fn abandon(&mut self) {}
}

/// A way to the files of one target.
pub trait Files: Send + Sync {
    /// Connects. Blocks; a cancel ends it between its phases and calls.
    fn connect(&self, cancel: &CancellationToken) -> Result<Box<dyn Store>, FileError>;
}
