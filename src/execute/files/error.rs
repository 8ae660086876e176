//! Why a file was not copied.

use thiserror::Error;

use crate::execute::transport::TransportError;

/// Why a file was not copied: what happened, why, and what to do next. Paths are as the messages
/// show them, those on a target with its name in front (`fe01:/C:/backup/x.zip`).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    /// There is no file of that name.
    #[error("{path} is not there. Check the path{hint}")]
    NotThere {
        /// The file.
        path: String,
        /// What else it may be; empty for nothing.
        hint: String,
    },
    /// The destination is taken.
    #[error("{path} is there already: give another name, or --force to replace it")]
    Exists {
        /// The destination.
        path: String,
    },
    /// What was to be copied is a folder.
    #[error(
        "{path} is a folder, and csdeck copies single files: make one of it first (Compress-Archive, zip) and copy that"
    )]
    Folder {
        /// The folder.
        path: String,
    },
    /// The destination is a folder.
    #[error("{path} is a folder: write {path}{separator} to put the file into it")]
    IntoFolder {
        /// The folder.
        path: String,
        /// What ends the path of a folder there.
        separator: char,
    },
    /// Neither a file nor a folder.
    #[error("{path} is {kind}, not a file: csdeck does not copy it")]
    Special {
        /// What it was asked for.
        path: String,
        /// What it is, in words.
        kind: &'static str,
    },
    /// The file that a copy is written to first is there already.
    #[error(
        "{path} is there: another copy is under way, or one was broken off. When none is under way, remove it or give --force"
    )]
    Part {
        /// The file beside the destination.
        path: String,
    },
    /// The system, here or there, refused.
    #[error("{path} cannot be {act}: {reason}")]
    Refused {
        /// The file.
        path: String,
        /// read, written, renamed, ...
        act: &'static str,
        /// The system's words.
        reason: String,
    },
    /// The file that was read is not the same any more.
    #[error(
        "{path} changed while it was copied ({why}): nothing was kept. Copy it again when nobody writes to it"
    )]
    Changed {
        /// The file that was read.
        path: String,
        /// How it shows.
        why: String,
    },
    /// What was written is not what was sent.
    #[error(
        "{path} is not what was sent (SHA-256 {found} instead of {sent}): nothing was kept. Check the disk and the memory there, and copy again"
    )]
    Differs {
        /// The file that was written.
        path: String,
        /// The hash of what was sent.
        sent: String,
        /// The hash of what came to be there.
        found: String,
    },
    /// The connection was up and broke, or fell silent.
    #[error(
        "the connection to {address} broke: {reason}. Copy the file again when the server answers"
    )]
    Lost {
        /// host:port as asked for.
        address: String,
        /// The system's words.
        reason: String,
    },
    /// There was no connection in the first place.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The user cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The target cannot do it.
    #[error("{0}")]
    Setup(String),
}

/// A [`FileError`], and what it left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferError {
    /// Why.
    pub why: FileError,
    /// The half-written file that could not be taken away, and why.
    pub left: Option<String>,
}

impl std::fmt::Display for TransferError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.why)?;
        match &self.left {
            Some(left) => write!(f, "\n{left}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TransferError {}

impl From<FileError> for TransferError {
    fn from(why: FileError) -> Self {
        TransferError { why, left: None }
    }
}
