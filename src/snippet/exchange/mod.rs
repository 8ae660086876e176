//! Snippets of other tools, in and out.
//!
//! What is read becomes an ordinary `.ps1` text that [`super::read`] reads, and everything that a
//! file said and that has no place there is told, with its line. Nothing of a file is run or
//! expanded: a command that would list values stays text.

mod angle;
mod body;
mod brace;
mod constant;
mod entry;
mod export;
mod format;
mod import;
mod json;
mod names;
mod navi;
mod outline;
mod pet;
mod script;
mod terminal;
mod unix;
mod vscode;
mod vscode_body;
mod warp;
mod warp_file;

use serde::Serialize;
use thiserror::Error;

use crate::powershell::Position;

pub use export::{Exported, Loss, export};
pub use format::Format;
pub use import::{Imported, Options, Refused, Taken, import};

/// Largest file that is read, in bytes: some thousand entries.
pub const MAX_BYTES: usize = 1 << 20;

/// Most entries of one file.
pub const MAX_ENTRIES: usize = 2000;

/// Something that a file said and that was not taken over, or not as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Line of the file, from 1.
    pub line: usize,
    /// What it said, and what became of it.
    pub message: String,
}

impl Note {
    fn new(line: usize, message: impl Into<String>) -> Note {
        Note {
            line,
            message: short(&message.into(), 400),
        }
    }
}

/// The beginning of a text that a file may make as long as it likes.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Why nothing of a file can be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// It is not written in the format.
    #[error("{position}: this is not {}: {message}", format.written())]
    Broken {
        /// The format it was read as.
        format: Format,
        /// Where it goes wrong.
        position: Position,
        /// What is wrong.
        message: String,
    },
    /// It is larger than [`MAX_BYTES`].
    #[error("the file is larger than {} KiB; split it", MAX_BYTES / 1024)]
    TooLarge,
    /// It holds more entries than [`MAX_ENTRIES`].
    #[error("the file holds more than {MAX_ENTRIES} entries; split it")]
    TooMany,
}

impl ExchangeError {
    fn broken(format: Format, position: Position, message: impl Into<String>) -> ExchangeError {
        ExchangeError::Broken {
            format,
            position,
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests;
