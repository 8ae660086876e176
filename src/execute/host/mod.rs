//! A PowerShell host that stays: one process that runs one command after the other.
//!
//! Starting PowerShell and importing the Lync module costs seconds; a second command on a warm host
//! is one round trip. The process is started with a one-line script ([`script::LOADER`]) that reads
//! the host's own script, and then requests, from standard input; it answers with frames on standard
//! output ([`frame`]). Both are lines of ASCII with Base64 in them, so neither code pages nor
//! consoles touch them. What the command itself writes to the console stands between the frames.
//!
//! Nothing here reads or writes: [`Host`] is the conversation alone, for whatever carries it.

pub mod frame;
mod own;
pub mod question;
mod record;
pub mod script;
mod talk;
#[cfg(test)]
mod tests;
pub mod words;

use std::time::Duration;

pub use own::{OwnProcess, needs_own_process};
pub use record::{error_json, progress_json};
pub use script::{LOADER, nonce_of};
pub use talk::{Host, Outcome, Said};

/// How long a host may take to say that it is there; behind that every command gets a process of
/// its own.
pub const HELLO_LIMIT: Duration = Duration::from_secs(20);

/// How long a command that was asked to stop may take to do so.
pub const STOP_LIMIT: Duration = Duration::from_secs(5);
