//! Running approved text on targets: what a job is, what it says, and the ways to a server.

pub mod ask;
pub mod backoff;
pub mod event;
pub mod fanout;
pub mod files;
pub mod host;
pub mod import;
pub mod job;
pub mod journal;
pub mod lines;
pub mod local;
pub mod objects;
pub mod output;
pub mod progress;
pub mod sending;
pub mod shell;
pub mod ssh;
pub mod stderr;
pub mod target;
pub mod transport;
mod user;
pub mod why;
pub mod winrm;

pub use ask::Asker;
pub use event::{ErrorRecord, Event, JobState, Progress};
pub use job::{JobEnd, run_job};
pub use journal::{Journal, JournalError, OpenEntry};
pub use output::Output;
pub use sending::BeforeSending;
pub use target::{Auth, LoginMethod, Protection, Session, ShellProfile, Target, TransportKind};
pub use transport::{Arrival, EVENT_BUFFER, EventSender, HostKey, Transport, TransportError};
