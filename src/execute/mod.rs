//! Running approved text on targets: what a job is, what it says, and the ways to a server.

pub mod event;
pub mod lines;
pub mod shell;
pub mod ssh;
pub mod stderr;
pub mod target;
pub mod transport;

pub use event::{Event, JobState};
pub use target::{Protection, ShellProfile, Target, TransportKind};
pub use transport::{EVENT_BUFFER, EventSender, HostKey, Transport, TransportError};
