//! Watching a target: one harmless question, asked again and again, at a pace that can be changed
//! while it runs. Used by `csdeck watch` and the Replication pane alike.
//!
//! [`Poller`] asks for replication and finds out how plainly a server wants to be asked,
//! [`ObjectPoller`] with the text of a snippet; [`run`] asks again and again; [`Poll::feed`] hands an answer to the [`Watcher`], which judges it; [`hook`] and
//! [`notice`] tell others.

mod asks;
pub mod hook;
mod live;
pub mod notice;
mod objects;
mod poll;

#[cfg(test)]
mod object_tests;
#[cfg(test)]
mod tests;

#[cfg(doc)]
use crate::replication::Watcher;

pub use asks::{Answer, Asks, Listener, Poll, Told, Ways};
pub use live::{Control, Pace, run};
pub use objects::{NotARead, ObjectPoller};
pub use poll::Poller;
