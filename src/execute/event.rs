//! What a job says while it runs, and how it ends.

mod record;

use serde::Serialize;
use serde_json::Value;

pub use record::{ErrorRecord, Object, Progress};

/// One thing a running job said. Text is as the server sent it, without its line ending;
/// whoever shows it passes it through [`crate::text::visible`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A line of the output stream.
    Output(String),
    /// One object of the output stream, its properties in order, or a list. A number, a truth value
    /// or a date is [`Event::Output`]. Dates are ISO 8601 in UTC.
    Object(Box<Object>),
    /// A record of the error stream, or a line of it: its presence makes the job
    /// [`JobState::Failed`].
    Error(Box<ErrorRecord>),
    /// A line of the warning stream.
    Warning(String),
    /// A line of the verbose stream, and csdeck's own remarks on what it does.
    Verbose(String),
    /// A line of the debug stream.
    Debug(String),
    /// A line of the information stream (`Write-Host`, `Write-Information`): shown like output.
    Information(String),
    /// A progress record.
    Progress(Box<Progress>),
    /// The job entered a new state.
    State(JobState),
}

impl Event {
    /// The event's name in `run --format jsonl`.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Output(_) | Event::Object(_) => "output",
            Event::Error(_) => "error",
            Event::Warning(_) => "warning",
            Event::Verbose(_) => "verbose",
            Event::Debug(_) => "debug",
            Event::Information(_) => "information",
            Event::Progress(_) => "progress",
            Event::State(_) => "state",
        }
    }

    /// An error of which only the text is known.
    pub fn error(text: impl Into<String>) -> Event {
        Event::Error(Box::new(ErrorRecord::text(text)))
    }

    /// An object whose type is not known.
    pub fn object(value: Value) -> Event {
        Event::Object(Box::new(Object::from(value)))
    }
}

/// The states of a job: the first four in order, then exactly one of the last four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Accepted, in the journal, not begun.
    Queued,
    /// Reaching the target.
    Connecting,
    /// The text was sent.
    Running,
    /// A cancel was asked for and is on its way.
    Cancelling,
    /// Ended with exit code 0 and no error record.
    Succeeded,
    /// Ended with an error record, a non-zero exit code, or never began.
    Failed,
    /// Ended because the user asked.
    Cancelled,
    /// The connection broke while it ran: what happened on the server is unknown.
    Lost,
}

impl JobState {
    /// True for the four states that end a job.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            JobState::Succeeded | JobState::Failed | JobState::Cancelled | JobState::Lost
        )
    }

    /// The state in lower case, as in the journal and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            JobState::Queued => "queued",
            JobState::Connecting => "connecting",
            JobState::Running => "running",
            JobState::Cancelling => "cancelling",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
            JobState::Lost => "lost",
        }
    }
}
