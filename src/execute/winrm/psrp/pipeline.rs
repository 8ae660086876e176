//! One pipeline, and what it says.

use std::fmt;

use super::guid::Guid;
use super::records::{ErrorRecord, Progress};
use super::twins::Twins;
use crate::powershell::clixml::Value;

/// The name of a pipeline; also its command's id in WS-Management.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipelineId(Guid);

impl PipelineId {
    /// The pipeline with this GUID.
    pub fn new(guid: Guid) -> PipelineId {
        PipelineId(guid)
    }

    /// Its GUID.
    pub fn guid(self) -> Guid {
        self.0
    }
}

impl fmt::Display for PipelineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a pipeline is doing (MS-PSRP 2.2.3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipelineState {
    /// Not begun.
    NotStarted,
    /// It runs.
    Running,
    /// It was told to stop and has not yet.
    Stopping,
    /// It stopped because it was told to.
    Stopped,
    /// It ran to its end. Errors that do not terminate may have been written.
    Completed,
    /// It ended with an error.
    Failed,
    /// The server keeps it for a client that is away.
    Disconnected,
}

impl PipelineState {
    /// The state with a number.
    pub(super) fn from_number(number: i64) -> Option<PipelineState> {
        Some(match number {
            0 => PipelineState::NotStarted,
            1 => PipelineState::Running,
            2 => PipelineState::Stopping,
            3 => PipelineState::Stopped,
            4 => PipelineState::Completed,
            5 => PipelineState::Failed,
            6 => PipelineState::Disconnected,
            _ => return None,
        })
    }

    /// True when nothing comes after it.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            PipelineState::Stopped | PipelineState::Completed | PipelineState::Failed
        )
    }
}

/// Something that a pipeline said.
#[derive(Debug, Clone, PartialEq)]
pub enum PipelineEvent {
    /// An object of its output.
    Output(Value),
    /// An error that did not end it.
    Error(Box<ErrorRecord>),
    /// A warning.
    Warning(String),
    /// `Write-Verbose`
    Verbose(String),
    /// `Write-Debug`
    Debug(String),
    /// `Write-Information`, `Write-Host`, and what was written to the host directly.
    Information {
        /// What it says. Whole lines without their end, unless `no_newline`.
        text: String,
        /// The script or command that wrote it; empty when not known.
        source: String,
        /// Its tags. `PSHOST` is what `Write-Host` puts there, and what came through the host.
        tags: Vec<String>,
        /// True when the line goes on (`Write-Host -NoNewline`).
        no_newline: bool,
    },
    /// How far something is.
    Progress(Progress),
    /// The script called `exit` with this code; it ends by itself after it.
    Exit(i32),
    /// Its state changed. With the error that ended it, if one did. After a final state nothing comes.
    State(PipelineState, Option<Box<ErrorRecord>>),
}

/// What the pool knows of a pipeline that has not ended.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    /// True while objects may be sent into it.
    pub input: bool,
    /// What came both as a record and through the host.
    pub twins: Twins,
}
