//! Replication of the Central Management store: status text → observations → verdicts.
//!
//! The way of the data: [`parse()`] reads what `Get-CsManagementStoreReplicationStatus` printed in
//! whatever form somebody has it, [`Observation`] adds when and from where, [`Watcher`] judges one
//! observation after the other and remembers the past polls, [`Report`] is one judgement with its
//! reasons. [`input`] reads recorded frames from files, [`runs`] keeps what past watches came to.
//! Nothing here reads a clock, a network or a terminal: every `now` comes with the data.

mod advice;
mod clocks;
mod crowd;
mod forecast;
mod goal;
mod history;
pub mod input;
mod judge;
mod log;
mod memory;
mod notes;
mod options;
mod parse;
mod report;
mod rows;
pub mod runs;
mod said;
mod status;
mod store_status;
mod summary;
mod telling;
mod verdict;
mod watcher;
pub mod why;
pub mod words;

#[cfg(test)]
mod tests;

pub use crowd::ScopeError;
pub use log::{Change, Subject};
pub use options::{Excluded, Expected, Options, Scope};
pub use parse::{
    DateOrder, Form, Note, ParseError, Parsed, Place, parse, parse_frames, parse_store,
};
pub use report::{Forecast, Report, RowReport};
pub use said::{Question, Said, refused};
pub use status::{Observation, ReplicaStatus, key as fqdn_key, looks_like_edge, same_fqdn};
pub use store_status::StoreStatus;
pub use summary::{Came, Summary};
pub use verdict::{RowVerdict, Verdict};
pub use watcher::Watcher;
