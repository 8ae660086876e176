//! All rows as one text: what is shown, approved, written down and run.

use thiserror::Error;

use crate::cmdlet;
use crate::powershell::SyntaxError;
use crate::snippet::render::Rendered;
use crate::snippet::values::FieldError;

use super::{MAX_BYTES, Row};

/// Why rows do not become one text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BatchError {
    /// Rows that are not good, by number. There is no text of the others: a part of a batch is
    /// not what was asked for.
    #[error("{} of {of} rows cannot be used: {}", .rows.len(), numbers(.rows))]
    Rows {
        /// The numbers of the rows, from 1.
        rows: Vec<usize>,
        /// How many rows there are.
        of: usize,
    },
    /// No rows at all.
    #[error("there are no rows")]
    Empty,
    /// Longer than what is read.
    #[error("the commands of all rows together have {} KiB and the limit is {} KiB: split the table", .bytes / 1024, MAX_BYTES / 1024)]
    TooLong {
        /// Bytes of UTF-8.
        bytes: usize,
    },
    /// The commands do not read as one text.
    #[error("the commands of all rows together are not PowerShell: {0}")]
    Syntax(#[from] SyntaxError),
    /// A command that would go on in the next row's.
    #[error("the command of row {row} does not end where the next one begins")]
    RunsOn {
        /// The number of the row, from 1.
        row: usize,
    },
}

/// The most numbers that a message names.
const NAMED: usize = 20;

fn numbers(rows: &[usize]) -> String {
    let mut named: Vec<String> = rows.iter().take(NAMED).map(usize::to_string).collect();
    if rows.len() > NAMED {
        named.push("...".into());
    }
    named.join(", ")
}

/// One text of all rows, each command on lines of its own, in the order of the file. Risk and
/// reasons are judged from the text itself; findings and doubts name their row, and findings stand at
/// their place in the text. An error as soon as one row is not good.
pub fn all(rows: &[Row]) -> Result<Rendered, BatchError> {
    if rows.is_empty() {
        return Err(BatchError::Empty);
    }
    let mut text = String::new();
    // Where the rows begin: byte and line.
    let mut starts = Vec::with_capacity(rows.len());
    let mut line = 1;
    let mut bad = Vec::new();
    for row in rows {
        match &row.result {
            Ok(rendered) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                starts.push((text.len(), line, row.number));
                text.push_str(&rendered.text);
                line += rendered.text.matches('\n').count() + 1;
            }
            Err(_) => bad.push(row.number),
        }
    }
    if !bad.is_empty() {
        return Err(BatchError::Rows {
            rows: bad,
            of: rows.len(),
        });
    }
    if text.len() > MAX_BYTES {
        return Err(BatchError::TooLong { bytes: text.len() });
    }
    let judgement = cmdlet::judge(&text)?;
    let row_at = |offset: usize| starts.partition_point(|(start, ..)| *start <= offset);
    for statement in &judgement.script.statements {
        let written = text.get(statement.span.clone()).unwrap_or("").trim_end();
        let last = statement.span.start + written.len().saturating_sub(1);
        let row = row_at(statement.span.start);
        if row != row_at(last) {
            let number = starts.get(row.saturating_sub(1)).map_or(0, |(.., n)| *n);
            return Err(BatchError::RunsOn { row: number });
        }
    }
    let mut findings = cmdlet::check_script(&text, &judgement.script, None);
    for finding in &mut findings {
        let row = starts.partition_point(|(_, first, _)| *first <= finding.line);
        if let Some((.., number)) = starts.get(row.saturating_sub(1)) {
            finding.message = format!("row {number}: {}", finding.message);
        }
    }
    let doubts = rows.iter().flat_map(|row| {
        let doubts = row.result.iter().flat_map(|rendered| &rendered.doubts);
        doubts.map(|doubt| FieldError {
            field: doubt.field.clone(),
            message: format!("row {}: {}", row.number, doubt.message),
        })
    });
    Ok(Rendered {
        doubts: doubts.collect(),
        risk: judgement.risk,
        reasons: reasons(judgement.reasons.into_iter().map(|r| r.text)),
        findings,
        text,
    })
}

/// Each reason once: a hundred rows have the same one.
fn reasons(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    all.filter(|reason| seen.insert(reason.clone())).collect()
}
