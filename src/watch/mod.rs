//! Watching a target: one harmless question, asked again and again, at a pace that can be changed
//! while it runs. Used by the commands and the console alike.
//!
//! [`Asks`] asks once; [`run`] asks again and again. [`ObjectPoller`] asks with the text of a snippet
//! and reads objects.

mod asks;
mod live;
mod objects;

#[cfg(test)]
mod tests;

pub use asks::{Answer, Asks, Listener, Poll, Told, Ways};
pub use live::{Control, Pace, run};
pub use objects::{NotARead, ObjectPoller};
