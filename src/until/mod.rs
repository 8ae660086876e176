//! Waiting for objects to be as somebody wants them: `all Status -eq Running`, held against what a
//! command answered.
//!
//! [`Goal`] is the expression, read with [`str::parse`]; its words are PowerShell's, since that is
//! what its users write all day. [`judge()`] holds it against the objects of one answer; [`Watcher`]
//! follows answer after answer to a [`Report`], with the same verdicts as the watch of replication.
//! Whatever cannot be told (a property that is not there, an answer without objects) is told as that
//! and never as good. [`READY`] holds goals for commands that are waited for often.

mod compare;
mod goal;
mod judge;
mod lex;
mod object;
mod operand;
mod parse;
mod pattern;
mod ready;
mod report;
mod walk;
mod watcher;

#[cfg(test)]
mod tests;

pub use goal::{Condition, Goal, Kind, Literal, Operand, Operator, Path, Test};
pub use judge::{Judged, ObjectJudged, judge};
pub use parse::ParseError;
pub use pattern::Pattern;
pub use ready::{READY, Ready, ready};
pub use report::{Report, Row, RowVerdict};
pub use watcher::{Options, Watcher};
