//! How a pool is made, what state it is in, and what it tells (MS-PSRP 2.2.3.4, 2.2.2.1).

use std::fmt;

use super::guid::Guid;
use super::host::HostCall;
use super::host_info::HostInfo;
use super::pipeline::{PipelineEvent, PipelineId};
use super::records::ErrorRecord;
use crate::powershell::clixml::Value;

/// How a pool is made.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// Fewest runspaces that the server keeps.
    pub min: i32,
    /// Most runspaces: how many pipelines run at the same time.
    pub max: i32,
    /// Our host.
    pub host: HostInfo,
    /// The pool's name; of a pool that is there already, its own.
    pub id: Guid,
}

impl PoolOptions {
    /// One runspace, under a new name.
    pub fn new(host: HostInfo) -> PoolOptions {
        PoolOptions {
            min: 1,
            max: 1,
            host,
            id: Guid::random(),
        }
    }
}

/// What a pool is doing (2.2.3.4, as far as a client sees it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolState {
    /// Nothing was sent yet.
    New,
    /// It was asked for.
    Opening,
    /// A pool that is there already was asked for.
    Connecting,
    /// It takes pipelines.
    Open,
    /// The server is closing it.
    Closing,
    /// The server closed it.
    Closed,
    /// It ended with an error, or the server said something that cannot be.
    Broken,
}

impl fmt::Display for PoolState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PoolState::New => "not open yet",
            PoolState::Opening => "still opening",
            PoolState::Connecting => "still connecting",
            PoolState::Open => "open",
            PoolState::Closing => "closing",
            PoolState::Closed => "closed",
            PoolState::Broken => "broken",
        })
    }
}

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 2 in all that there are.
    pub major: u32,
    /// 1 with PowerShell 2, 2 with 3 and 4, 3 since 5.
    pub minor: u32,
}

impl Version {
    /// The first one.
    pub(super) const FIRST: Version = Version { major: 2, minor: 0 };
    /// Several statements in a pipeline, streams that can be merged.
    pub(super) const WITH_STATEMENTS: Version = Version { major: 2, minor: 2 };
    /// The stream of information; what we speak.
    pub(super) const WITH_INFORMATION: Version = Version { major: 2, minor: 3 };

    pub(super) fn read(text: &str) -> Option<Version> {
        let mut parts = text.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Version { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Something that happened to a pool.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolEvent {
    /// What the server is.
    Capability {
        /// Of remoting.
        protocol: Version,
        /// Of PowerShell, as the server words it: `2.0` for all that speak this protocol.
        ps_version: String,
        /// Of CLIXML.
        serialization: String,
    },
    /// It takes pipelines from now on.
    Opened,
    /// It ended with an error. Pipelines that ran have failed, each with an event of its own.
    Broken(Option<Box<ErrorRecord>>),
    /// The server closed it. Pipelines that ran have failed.
    Closed,
    /// Secrets can be sealed from now on.
    KeyReady,
    /// The server asked for a key: [`Pool::exchange_key_with`](super::Pool::exchange_key_with) answers.
    KeyWanted,
    /// What the server tells of itself: among it `PSVersionTable`.
    PrivateData(Value),
    /// The server asks; see [`Pool::answer`](super::Pool::answer).
    HostCall(HostCall),
    /// The server wrote to our host, for no pipeline.
    Host(PipelineEvent),
    /// A pipeline said something.
    Pipeline(PipelineId, PipelineEvent),
}
