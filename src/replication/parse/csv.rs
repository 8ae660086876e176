//! CSV of `ConvertTo-Csv` and `Export-Csv`: a heading with the properties' names, a line per row.
//!
//! The separator is the one of the list separator that the shell's culture has (`-UseCulture`), or
//! of `-Delimiter`; Windows PowerShell puts every cell in quotes and a `#TYPE` line in front,
//! PowerShell 7 need not. A row is one line with as many cells as the heading, and a quote that is
//! opened is closed: the `csv` crate mends what is torn, and here a torn line must be refused.

use std::collections::HashSet;

use super::error::{ParseError, Place, unrecognised};
use super::lines::Line;
use super::{Form, PROPERTIES, RawFrame, TextRow, VERSION, key, property};

/// What may stand between cells.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// What Windows PowerShell writes in front of the heading.
const TYPE: &str = "#TYPE ";

/// True when these lines begin CSV of status rows: its heading, after a `#TYPE` line or not.
pub(super) fn begins(lines: &[Line<'_>]) -> bool {
    let mut filled = lines.iter().filter(|line| !line.text.trim().is_empty());
    let Some(first) = filled.next() else {
        return false;
    };
    let second = filled.next();
    if is_type(first) {
        return second.is_none_or(|line| separator(line).is_some());
    }
    // A table whose blanks became tabs has its dashes below the heading.
    let is_dashes = |line: &&Line<'_>| {
        let text = line.text.trim();
        text.starts_with('-') && text.chars().all(|c| c == '-' || c.is_whitespace())
    };
    separator(first).is_some() && !second.as_ref().is_some_and(is_dashes)
}

fn is_type(line: &Line<'_>) -> bool {
    line.text.starts_with(TYPE)
}

/// The separator of a heading: with it, two of the cells or more are names of the cmdlet's.
fn separator(line: &Line<'_>) -> Option<char> {
    SEPARATORS.into_iter().find(|separator| {
        let cells = cells(line.text, *separator).unwrap_or_default();
        cells.iter().filter(|cell| property(cell).is_some()).count() >= 2
    })
}

/// The cells of a line: bare, or in quotes that are doubled inside. None when a quote stands where
/// none may or is not closed.
fn cells(text: &str, separator: char) -> Option<Vec<String>> {
    let mut cells = Vec::new();
    let mut rest = text.trim_end_matches([' ', '\r']);
    loop {
        let (cell, tail) = match rest.strip_prefix('"') {
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                let (cell, tail) = rest.split_at(end);
                if cell.contains('"') {
                    return None;
                }
                (cell.trim().to_owned(), tail)
            }
            Some(quoted) => {
                let mut cell = String::new();
                let mut inner = quoted;
                loop {
                    let end = inner.find('"')?;
                    cell.push_str(inner.get(..end)?);
                    inner = inner.get(end + 1..)?;
                    match inner.strip_prefix('"') {
                        Some(after) => {
                            cell.push('"');
                            inner = after;
                        }
                        None => break,
                    }
                }
                (cell, inner)
            }
        };
        cells.push(cell);
        match tail.strip_prefix(separator) {
            Some(after) => rest = after,
            None if tail.is_empty() => return Some(cells),
            None => return None,
        }
    }
}

/// What a heading says of the cells below it.
struct Heading {
    separator: char,
    /// Which of the five each column is.
    columns: Vec<Option<usize>>,
    /// The column of remoting's `PSComputerName`.
    computer: Option<usize>,
}

impl Heading {
    fn read(line: &Line<'_>) -> Result<Heading, ParseError> {
        let separator = separator(line).ok_or_else(|| unrecognised(line))?;
        let names = cells(line.text, separator).ok_or_else(|| unrecognised(line))?;
        let columns: Vec<Option<usize>> = names.iter().map(|name| property(name)).collect();
        for (index, name) in PROPERTIES.iter().enumerate().take(VERSION) {
            let count = columns.iter().filter(|c| **c == Some(index)).count();
            match count {
                0 => {
                    return Err(ParseError::MissingProperty {
                        place: Place::Line(line.number),
                        property: name,
                    });
                }
                1 => {}
                // Which of two is meant nobody knows.
                _ => return Err(unrecognised(line)),
            }
        }
        Ok(Heading {
            separator,
            columns,
            computer: names
                .iter()
                .position(|name| name.eq_ignore_ascii_case("PSComputerName")),
        })
    }

    /// A row, and the machine that it came from.
    fn row(&self, line: &Line<'_>) -> Result<(TextRow, Option<String>), ParseError> {
        let cells = cells(line.text, self.separator).ok_or_else(|| unrecognised(line))?;
        if cells.len() != self.columns.len() {
            return Err(unrecognised(line));
        }
        let computer = self.computer.and_then(|at| cells.get(at).cloned());
        let mut row = TextRow {
            values: std::array::from_fn(|_| Some(String::new())),
        };
        for (cell, column) in cells.into_iter().zip(&self.columns) {
            if let Some(index) = *column {
                row.values[index] = Some(cell);
            }
        }
        Ok((row, computer.filter(|name| !name.trim().is_empty())))
    }
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Vec<RawFrame>, ParseError> {
    let mut frames: Vec<RawFrame> = Vec::new();
    let mut heading: Option<Heading> = None;
    let mut seen: HashSet<String> = HashSet::new();
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        if is_type(line) {
            heading = None;
            continue;
        }
        let Some(known) = heading.as_ref().filter(|_| separator(line).is_none()) else {
            heading = Some(Heading::read(line)?);
            seen.clear();
            frames.push(empty());
            continue;
        };
        let (row, computer) = known.row(line)?;
        let row = row.finish(Place::Line(line.number))?;
        // A file that -Append made longer has one heading: a replica's second row begins the
        // next answer, as in a list.
        let name = key(&row.replica);
        if seen.contains(&name) {
            seen.clear();
            frames.push(empty());
        }
        seen.insert(name);
        let Some(frame) = frames.last_mut() else {
            return Err(unrecognised(line));
        };
        if frame.rows.is_empty() {
            frame.source = computer;
        } else if frame.source != computer {
            frame.source = None;
        }
        frame.rows.push(row);
    }
    if frames.is_empty() {
        frames.push(empty());
    }
    Ok(frames)
}

fn empty() -> RawFrame {
    RawFrame {
        form: Form::Csv,
        rows: Vec::new(),
        server_time: None,
        source: None,
        store: None,
        notes: Vec::new(),
    }
}
