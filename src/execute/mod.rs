//! Running approved text on targets: what a job is, what it says, and the ways to a server.

pub mod event;
pub mod fanout;
pub mod files;
pub mod job;
pub mod journal;
pub mod lines;
pub mod local;
pub mod shell;
pub mod ssh;
pub mod stderr;
pub mod target;
pub mod transport;

pub use event::{Event, JobState};
pub use job::{JobEnd, run_job};
pub use journal::{Journal, JournalError};
pub use target::{LoginMethod, Protection, ShellProfile, Target, TransportKind};
pub use transport::{EVENT_BUFFER, EventSender, HostKey, Transport, TransportError};
