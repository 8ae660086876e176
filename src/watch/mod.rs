//! Watching a target: one harmless question, asked again and again, at a pace that can be changed
//! while it runs. Used by `csdeck watch` and the Replication pane alike.
//!
//! [`Poller`] asks once and finds out how plainly a server wants to be asked; [`run`] asks again and
//! again; [`Poll::feed`] hands an answer to the [`Watcher`], which judges it; [`hook`] and
//! [`notice`] tell others.

pub mod hook;
mod live;
pub mod notice;
mod poll;

#[cfg(test)]
mod tests;

#[cfg(doc)]
use crate::replication::Watcher;

pub use live::{Control, Pace, run};
pub use poll::{Answer, Listener, Poll, Poller, Told, Ways};
