//! What asks once, and what it brings.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::execute::transport::BoxFuture;
use crate::execute::{Transport, TransportError};
use crate::gate::Approved;
use crate::replication::Parsed;

/// Gives the way to the target: made by the first poll, and again by each that follows.
pub type Ways =
    Box<dyn Fn() -> BoxFuture<'static, Result<Arc<dyn Transport>, TransportError>> + Send + Sync>;

/// What a poller tells before it does something, and on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<'a> {
    /// From now on this text is sent; with the reason where a text before it was not taken. An
    /// error of the listener keeps it from being sent.
    Asks(&'a Approved, Option<&'a str>),
    /// A warning of the server, or what a reader had to assume.
    Remark(&'a str),
}

/// Who is told. Called before a text is sent for the first time.
pub type Listener = Box<dyn FnMut(Told<'_>) -> Result<(), String> + Send>;

/// What one poll brought; of replication, its rows.
#[derive(Debug)]
pub enum Answer<T = Box<Parsed>> {
    /// Rows or objects, or none.
    Rows(T),
    /// It ran and failed.
    Failed(String),
    /// The answer is not understood: asking again brings the same.
    NotUnderstood(String),
    /// It did not come to an answer.
    NoWay(TransportError),
}

/// A poll, and when it was taken by this machine's clock.
#[derive(Debug)]
pub struct Poll<T = Box<Parsed>> {
    /// When the answer was there.
    pub at: Timestamp,
    /// From question to answer.
    pub took: Duration,
    /// What it brought.
    pub answer: Answer<T>,
    /// Until the next one, unless the pace is changed.
    pub wait: Duration,
}

/// Asks one target.
pub trait Asks: Send {
    /// What an answer is read as.
    type Rows: Send + 'static;

    /// Asks once. Cancelled, it is [`TransportError::Cancelled`].
    fn ask(
        &mut self,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Answer<Self::Rows>> + Send;
}
