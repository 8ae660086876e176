//! What changed from poll to poll.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

/// The most changes that are kept: four per replica of a deployment of a thousand.
const MOST: usize = 4096;

/// Whose state changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The verdict on the whole.
    Overall,
    /// A replica's verdict.
    Replica(Arc<str>),
    /// The Central Management store: its active master or its state.
    Store,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When the poll that showed it was taken, by csdeck's clock; none when nobody knows.
    pub at: Option<Timestamp>,
    /// The number of that poll in the watch, from 1.
    pub poll: u64,
    /// Whose.
    pub subject: Subject,
    /// What it was, in words.
    pub from: Arc<str>,
    /// What it is.
    pub to: Arc<str>,
}

/// The changes of a watch, the oldest first; bounded.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(VecDeque<Change>);

impl Log {
    pub(super) fn push(&mut self, change: Change) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(change);
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Change> + ExactSizeIterator {
        self.0.iter()
    }
}
