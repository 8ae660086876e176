//! The lab's PowerShell: runs a sequence of pipelines against the simulated deployment and says
//! what the real shell would say.
//!
//! It knows the cmdlets that `Get-Command` lists, the usual pipeline cmdlets behind them,
//! variables, simple conditions and members. What it does not know it refuses in plain words,
//! and never pretends to have run.

mod bind;
mod block;
mod call;
mod cmdlets;
mod error;
mod eval;
mod expression;
mod filter;
mod format;
mod json;
mod language;
mod typed;
mod value;
mod values;

use jiff::Timestamp;

use crate::store::secret::Secret;

use super::Lab;
use super::clock::{Clock, ManualClock, SystemClock};
use crate::execute::Event;

pub use eval::Shell;
pub use format::Widths;

/// The computer the lab's session runs on, a front end of sgpool01.
pub const COMPUTER: &str = "sgfe01.kestrel.lan";

/// Puts what `Read-Host` asks to whoever sits there: the prompt, and whether the answer is a secret.
/// `None` when nobody answers.
pub type Ask<'a> = &'a dyn Fn(&str, bool) -> Option<Secret>;

/// How a session treats errors and lays out text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What follows an error that ends its statement.
    pub on_error: OnError,
    /// How wide lines may be.
    pub widths: Widths,
    /// How what no formatting cmdlet laid out goes out.
    pub shape: Shape,
}

impl Options {
    /// As csdeck's own session does it: the first error that ends a statement ends the run, any
    /// error makes the exit code 1.
    pub const SESSION: Options = Options {
        on_error: OnError::Stop,
        widths: Widths::SESSION,
        shape: Shape::Lines,
    };
    /// As csdeck's host that stays does it: the same, with objects.
    pub const WARM: Options = Options {
        shape: Shape::Objects,
        ..Options::SESSION
    };
    /// As a runspace of PowerShell remoting does it: objects with their types, and the next
    /// statement runs.
    pub const REMOTE: Options = Options {
        on_error: OnError::Continue,
        shape: Shape::Typed,
        ..Options::SESSION
    };
    /// As `powershell -Command` does it: the next statement runs, the last one decides.
    pub const CONSOLE: Options = Options {
        on_error: OnError::Continue,
        widths: Widths::CONSOLE,
        shape: Shape::Lines,
    };
}

/// How what no formatting cmdlet laid out goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As the lines of text that PowerShell makes of it.
    Lines,
    /// As JSON, dates as text, what is no object as its text.
    Objects,
    /// As JSON in which everything keeps its type (`typed.rs`).
    Typed,
}

/// What follows an error that ends its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// The run ends.
    Stop,
    /// The next statement runs.
    Continue,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code of the PowerShell host.
    pub exit: i32,
    /// True when it was cancelled before its end.
    pub cancelled: bool,
}

/// Everything a run said, for callers that need no stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The events in order, without states.
    pub lines: Vec<Event>,
    /// The exit code of the PowerShell host.
    pub exit: i32,
}

/// Runs a script on the machine's clock and streams what it says into `sink`. `cancelled` is
/// asked between statements and while waiting.
pub fn run(
    lab: &Lab,
    text: &str,
    sink: &mut dyn FnMut(Event),
    cancelled: &dyn Fn() -> bool,
) -> Outcome {
    Shell::new(lab, &SystemClock, Options::SESSION).run(text, sink, cancelled)
}

/// The answer to a script at a given time; waiting takes no time.
pub fn answer(lab: &Lab, text: &str, now: Timestamp) -> Answer {
    answer_by(lab, text, &ManualClock::at(now))
}

/// The answer to a script by a clock of the caller's.
pub fn answer_by(lab: &Lab, text: &str, clock: &dyn Clock) -> Answer {
    let mut lines = Vec::new();
    let outcome =
        Shell::new(lab, clock, Options::SESSION)
            .run(text, &mut |event| lines.push(event), &|| false);
    Answer {
        lines,
        exit: outcome.exit,
    }
}

#[cfg(test)]
mod question_tests;
#[cfg(test)]
mod tests;
