//! What can be wrong with status text, and what had to be assumed.

use std::fmt;

use thiserror::Error;

use super::lines::Line;

/// Where in the text something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A line of the text, counted from 1.
    Line(usize),
    /// A row of a JSON document, counted from 1; 0 is the document itself.
    Row(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Row(0) => f.write_str("the document"),
            Place::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// Why status text was refused. Shown text is cut to a few words and made safe to print.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// A table that was wider than its console: names in it are incomplete.
    #[error(
        "{place}: the table was cut off by the console's width (\"{shown}\"), so names in it are \
         incomplete; make it again with: Get-CsManagementStoreReplicationStatus | ConvertTo-Json \
         (or Format-List)"
    )]
    Truncated {
        /// Where the first cut was seen.
        place: Place,
        /// The cut-off text.
        shown: String,
    },
    /// A line that belongs to no known form.
    #[error(
        "line {line}: not replication status: \"{shown}\"; wanted the output of \
         Get-CsManagementStoreReplicationStatus as JSON, CLIXML, CSV, Format-List or Format-Table"
    )]
    Unrecognised {
        /// The line, from 1.
        line: usize,
        /// The beginning of the line.
        shown: String,
    },
    /// Text that begins as JSON and is not.
    #[error("line {line}, column {column}: broken JSON: {message}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
        /// What the JSON reader says.
        message: String,
    },
    /// Text that begins as CLIXML and cannot be read.
    #[error("broken CLIXML: {message}")]
    Clixml {
        /// What is wrong with it.
        message: String,
    },
    /// JSON that is not status rows.
    #[error("{place}: not a status row: {message}")]
    Shape {
        /// Where.
        place: Place,
        /// What was found.
        message: String,
    },
    /// A row without one of the properties that verdicts rest on.
    #[error("{place}: {property} is missing; the whole row is needed, without Select-Object")]
    MissingProperty {
        /// Where.
        place: Place,
        /// The property's name.
        property: &'static str,
    },
    /// A property with a value of the wrong kind.
    #[error("{place}: {property} is \"{shown}\", wanted {wanted}")]
    Value {
        /// Where.
        place: Place,
        /// The property's name.
        property: &'static str,
        /// The value as found.
        shown: String,
        /// What would have been right.
        wanted: &'static str,
    },
    /// The same replica twice in one answer.
    #[error("{place}: {replica} appears twice in one answer")]
    Duplicate {
        /// Where the second one stands.
        place: Place,
        /// The replica.
        replica: String,
    },
    /// Dates that only fit if day and month changed places halfway.
    #[error("{place}: dates of this text disagree about the order of day and month")]
    MixedDateOrder {
        /// The first date that does not fit.
        place: Place,
    },
    /// Some times have an AM/PM mark and this one has not, or the reverse: it was cut off.
    #[error("{place}: times of this text mix a 12-hour and a 24-hour clock; a line may be cut off")]
    MixedClock {
        /// The first time that does not fit.
        place: Place,
    },
    /// A date that is in no calendar, such as 31 April.
    #[error("{place}: a date that does not exist")]
    NoSuchTime {
        /// Where.
        place: Place,
    },
    /// One answer was wanted and the text holds several.
    #[error("the text holds {count} answers, one was wanted")]
    SeveralFrames {
        /// How many.
        count: usize,
    },
}

pub(super) fn unrecognised(line: &Line<'_>) -> ParseError {
    ParseError::Unrecognised {
        line: line.number,
        shown: shown(line.text.trim()),
    }
}

/// The beginning of foreign text, safe to show in one line.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let safe = crate::text::visible_line(text);
    if safe.chars().count() <= LONGEST {
        return safe.into_owned();
    }
    safe.chars().take(LONGEST).chain(['\u{2026}']).collect()
}

/// The order of day and month in dates such as 10/11/2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 10 November.
    DayFirst,
    /// October 11.
    MonthFirst,
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateOrder::DayFirst => "day first",
            DateOrder::MonthFirst => "month first",
        })
    }
}

/// What the reader assumed or skipped. Whoever shows the rows shows these too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Times had no zone and were taken as local times of this one.
    LocalTimes {
        /// The zone's name or offset.
        zone: String,
    },
    /// Nothing in the text tells day from month.
    AmbiguousDateOrder {
        /// What was assumed.
        assumed: DateOrder,
    },
    /// A local time that exists twice or never (the clocks changed then); the earlier reading
    /// of a doubled hour was taken.
    ClockChange {
        /// The local time.
        local: String,
    },
    /// A row whose `UpToDate` was null; it counts as False.
    NoUpToDate {
        /// The replica.
        replica: String,
    },
    /// The store's status was asked with the rows, and did not come.
    NoStore {
        /// Why, safe to print.
        why: String,
    },
    /// A warning of the cmdlet in the midst of the text.
    Warning {
        /// The line, from 1.
        line: usize,
        /// The warning's text.
        text: String,
    },
    /// Lines of the console around the answer (banner, prompt, transcript heading) were skipped.
    SkippedLines {
        /// How many.
        count: usize,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::LocalTimes { zone } => {
                write!(f, "times carry no zone; taken as local times of {zone}")
            }
            Note::AmbiguousDateOrder { assumed } => {
                write!(
                    f,
                    "the dates fit both orders of day and month; assumed {assumed}"
                )
            }
            Note::ClockChange { local } => {
                write!(
                    f,
                    "the clocks changed at {local}; that time may be off by an hour"
                )
            }
            Note::NoUpToDate { replica } => {
                write!(f, "{replica}: UpToDate is null, counted as False")
            }
            Note::NoStore { why } => f.write_str(why),
            Note::Warning { line, text } => write!(f, "line {line}: warning: {text}"),
            Note::SkippedLines { count } => write!(f, "{count} console lines skipped"),
        }
    }
}
