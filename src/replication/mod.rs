//! Replication of the Central Management store: status text → observations → verdicts.
//!
//! The way of the data: [`parse()`] reads what `Get-CsManagementStoreReplicationStatus` printed in
//! whatever form somebody has it, [`Observation`] adds when and from where, [`Watcher`] judges one
//! observation after the other and remembers the past polls, [`Report`] is one judgement with its
//! reasons. [`input`] reads recorded frames from files. Nothing here reads a clock, a network or a
//! terminal: every `now` comes with the data.

mod advice;
pub mod input;
mod judge;
mod memory;
mod options;
mod parse;
mod report;
mod said;
mod status;
mod verdict;
mod watcher;
pub mod why;
pub mod words;

#[cfg(test)]
mod tests;

pub use options::{Expected, Options};
pub use parse::{DateOrder, Form, Note, ParseError, Parsed, Place, parse, parse_frames};
pub use report::{Report, RowReport};
pub use said::{Said, status_command};
pub use status::{Observation, ReplicaStatus, looks_like_edge, same_fqdn};
pub use verdict::{RowVerdict, Verdict};
pub use watcher::Watcher;
