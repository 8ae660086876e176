//! Files to and from a target, one at a time, proved by their SHA-256 on both sides.
//!
//! A copy has two ends ([`Store`]): this machine's file system and the target's. One piece of code
//! (`copy`) goes from either to either: it writes beside the destination, reads both ends again, and
//! only when all three hashes are the same does the file get its name. [`run_transfer`] puts the
//! journal, events and a cancel around it.

mod copy;
mod error;
mod local;
mod path;
mod store;
mod transfer;

pub use copy::{Copy, Done, PART, Phase, Progress, copy};
pub use error::{FileError, TransferError};
pub use local::{LocalFiles, LocalStore, destination};
pub use path::{base_name, remote_path};
pub use store::{Files, Found, Kind, Sink, Source, Store};
pub use transfer::{FileEvent, TransferEnd, run_transfer};
