//! One form, many rows: a table of values (CSV), each row of it a filled-in form.
//!
//! The table is what people have: saved by Excel in whatever language, by `Export-Csv`, or by
//! hand. Its header names fields. A row that is not good is told with its line and its column,
//! and as long as there is one, there is no text that could be run ([`all`]).

mod batch;
mod blank;
mod fill;
mod read;

use thiserror::Error;

use super::render::{RenderError, Rendered};
use super::values::Values;

pub use batch::{BatchError, all};
pub use blank::blank;
pub use fill::{Columns, Unknown, columns, fill};

/// The longest table, in bytes of UTF-8. The text made of it has the same limit, which is that of
/// the parser.
pub const MAX_BYTES: usize = 1 << 20;

/// The most rows of a table: more than anybody reads before a run.
pub const MAX_ROWS: usize = 5_000;

/// A table that was read: a header and the rows below it. Nothing in it is empty for the reader's
/// sake: lines without any value and empty columns at the end are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The line of the header in the file, from 1.
    header_line: usize,
    /// The headings, without blanks around them.
    header: Vec<String>,
    records: Vec<Record>,
    separator: char,
}

impl Rows {
    /// Reads a table. The separator is the one that stands in the header most often, or the one
    /// of Excel's `sep=` line; a `#TYPE` line of Export-Csv is skipped.
    pub fn read(text: &str) -> Result<Rows, RowsError> {
        read::read(text)
    }

    /// Reads the bytes of a file: UTF-8, or UTF-16 with a byte order mark.
    pub fn decode(bytes: &[u8]) -> Result<Rows, RowsError> {
        let text = crate::text::decode(bytes).map_err(|_| RowsError {
            line: 1,
            column: None,
            fault: RowsFault::NotText,
        })?;
        read::read(&text)
    }

    /// The headings as they stand in the file; a column without one is empty.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How many rows there are; at least one.
    pub fn count(&self) -> usize {
        self.records.len()
    }

    /// What stands between the cells.
    pub fn separator(&self) -> char {
        self.separator
    }
}

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    /// The line it begins in, from 1.
    line: usize,
    /// Its cells, without blanks around them and without the empty ones at the end.
    cells: Vec<String>,
}

/// A file that is no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}{}: {fault}", .column.as_ref().map(|c| format!(", {c}")).unwrap_or_default())]
pub struct RowsError {
    /// The line in the file, from 1.
    pub line: usize,
    /// The heading of the column, where it is about one.
    pub column: Option<String>,
    /// What is wrong.
    pub fault: RowsFault,
}

/// What is wrong with a file that is no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowsFault {
    /// Bytes in some code page.
    #[error(
        "the file is neither UTF-8 nor UTF-16 with a byte order mark: in Excel, save it as \"CSV UTF-8\""
    )]
    NotText,
    /// Longer than [`MAX_BYTES`].
    #[error("the file has more than {} KiB: split it", MAX_BYTES / 1024)]
    TooLong,
    /// More than [`MAX_ROWS`].
    #[error("more than {MAX_ROWS} rows: split the file")]
    TooMany,
    /// No line with names in it.
    #[error("there is no header: the first line names the fields")]
    NoHeader,
    /// Nothing below the header.
    #[error("there is no row below the header")]
    NoRows,
    /// Two separators that are as likely as each other.
    #[error(
        "{} and {} stand in the header equally often: put a line sep={} in front of it, with the one that is meant",
        name(*.first), name(*.second), .second
    )]
    Separator {
        /// One of them.
        first: char,
        /// The other.
        second: char,
    },
    /// A `sep=` line with something that separates nothing.
    #[error("{found:?} cannot separate cells: use a comma, a semicolon or a tab")]
    NoSeparator {
        /// What stands behind `sep=`.
        found: String,
    },
    /// A quote without its end.
    #[error("a double quote opens here and is never closed; one within a value is doubled")]
    OpenQuote,
    /// Something between a closing quote and the next separator.
    #[error(
        "something stands behind the closing double quote; one within a value is doubled, and the whole value stands in quotes"
    )]
    BehindQuote,
    /// A quote that quotes nothing, as it does not begin its cell.
    #[error("a blank stands in front of the opening double quote: take it out")]
    BlankBeforeQuote,
    /// What the reader of the format says.
    #[error("{0}")]
    Unreadable(String),
}

/// A separator's name in a message.
fn name(separator: char) -> String {
    match separator {
        ',' => "commas".into(),
        ';' => "semicolons".into(),
        '\t' => "tabs".into(),
        other => format!("{other:?}"),
    }
}

/// A heading that names no field to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{column}: {fault}")]
pub struct ColumnError {
    /// The line of the header, from 1.
    pub line: usize,
    /// The heading as it stands in the file.
    pub column: String,
    /// What is wrong.
    pub fault: ColumnFault,
}

/// What is wrong with a heading.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColumnFault {
    /// No field has this name.
    #[error("{id} has no such field.{near}")]
    Unknown {
        /// The snippet.
        id: String,
        /// ` Did you mean ...?`, or what fields there are.
        near: String,
    },
    /// Two columns for one field.
    #[error("the field {field} has a column already: {first}")]
    Twice {
        /// The field.
        field: String,
        /// The heading of the first of them.
        first: String,
    },
    /// A password or a credential.
    #[error(
        "{field} is secret: secrets never stand in a file. Take the column out; the command asks when it runs"
    )]
    Secret {
        /// The field.
        field: String,
    },
}

/// A row, filled in and rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1; lines without any value do not count.
    pub number: usize,
    /// The line it begins in, from 1.
    pub line: usize,
    /// Everything that was given for it, base values included.
    pub values: Values,
    /// The command, or what is wrong.
    pub result: Result<Rendered, RowErrors>,
}

/// Everything that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .errors.iter().map(|e| format!("row {}, {e}", .row)).collect::<Vec<_>>().join("\n"))]
pub struct RowErrors {
    /// The number of the row, from 1.
    pub row: usize,
    /// The line it begins in, from 1.
    pub line: usize,
    /// What is wrong; never empty.
    pub errors: Vec<RowError>,
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// A value that does not fit, or is missing.
    #[error("{column}: {message}")]
    Value {
        /// The heading of the column; the field's name when it has none.
        column: String,
        /// What is wrong and what is wanted.
        message: String,
    },
    /// A value in a column that has no heading.
    #[error("column {column}: {}", under_no_heading(.cell))]
    NoHeading {
        /// The column's number, from 1.
        column: usize,
        /// The value, cut when it is long.
        cell: String,
    },
    /// The form did not become a text.
    #[error("command: {0}")]
    Text(RenderError),
}

impl RowError {
    /// The heading of the column it is about, or the field's name; `None` when it is about the
    /// whole row.
    pub fn column(&self) -> Option<String> {
        match self {
            RowError::Value { column, .. } => Some(column.clone()),
            RowError::NoHeading { column, .. } => Some(format!("column {column}")),
            RowError::Text(_) => None,
        }
    }

    /// What is wrong, without the column.
    pub fn message(&self) -> String {
        match self {
            RowError::Value { message, .. } => message.clone(),
            RowError::NoHeading { cell, .. } => under_no_heading(cell),
            RowError::Text(error) => error.to_string(),
        }
    }
}

fn under_no_heading(cell: &str) -> String {
    format!(
        "{cell:?} stands under no heading; a value with the separator in it stands in double quotes"
    )
}

#[cfg(test)]
mod tests;
