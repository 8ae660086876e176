//! How long things may take.

use std::time::Duration;

/// The times of one target.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the server holds a request for output before it answers that there is none: long
    /// enough to be no load, short enough to notice a dead connection within a minute.
    pub hold: Duration,
    /// What an answer may take beyond that.
    pub grace: Duration,
    /// How long the server keeps the shell without a word from here. Windows allows 12 hours.
    pub idle: Duration,
    /// How long a session is left alone before the server is asked for a sign of life.
    pub keepalive: Duration,
    /// A pipeline that says nothing for so long may be waiting for something that the pool asked for.
    pub quiet: Duration,
    /// How long a lost connection is tried again while a pipeline runs: as long as PowerShell does
    /// (about_Remote_Disconnected_Sessions: four minutes).
    pub again: Duration,
    /// The time between two tries.
    pub between: Duration,
    /// How long a pipeline that was asked to stop may take, on each rung of the ladder.
    pub stop: Duration,
    /// Pipelines that have ended and that the server was not told to forget: telling it is a request of
    /// its own, and ending the session does it for all. A server counts 1,500 of an account
    /// (MaxConcurrentOperationsPerUser).
    pub ended: usize,
    /// How long closing a session may take: nobody waits for more.
    pub close: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            hold: Duration::from_secs(30),
            grace: Duration::from_secs(15),
            idle: Duration::from_secs(2 * 3600),
            keepalive: Duration::from_secs(60),
            quiet: Duration::from_secs(1),
            again: Duration::from_secs(240),
            between: Duration::from_secs(2),
            stop: Duration::from_secs(5),
            ended: 100,
            close: Duration::from_secs(3),
        }
    }
}
