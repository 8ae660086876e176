//! The text of `Format-Table`: a heading, a line of dashes, a line per row.
//!
//! Cells are found first (dates with their inner blanks, everything else as words) and then given
//! to the column whose dashes they touch: the formatter aligns every cell with one end of its
//! heading, so a cell always touches its own column's dashes and never another's. Counting cells
//! would not do: an empty LastStatusReport leaves nothing to count.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::error::{ParseError, Place, shown, unrecognised};
use super::lines::Line;
use super::{Form, PROPERTIES, RawFrame, TextRow, VERSION, date, is_cut, property};

/// True for a line that heads a table of status rows, cut off or not.
pub(super) fn begins(line: &Line<'_>) -> bool {
    let mut known = 0;
    for word in line.text.split_whitespace() {
        let stem = word.trim_end_matches("...").trim_end_matches('\u{2026}');
        if property(word).is_some()
            || is_cut(word) && PROPERTIES.iter().any(|p| p.starts_with(stem))
        {
            known += 1;
        }
    }
    known >= 2
}

struct Column {
    /// Which of the five, or none for a property that does not matter.
    property: Option<usize>,
    /// Remoting's `PSComputerName`.
    is_computer: bool,
    /// The columns of the screen that its dashes take.
    dashes: Range<usize>,
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Vec<RawFrame>, ParseError> {
    let mut frames: Vec<RawFrame> = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut lines = lines.iter().filter(|line| !line.text.trim().is_empty());
    while let Some(line) = lines.next() {
        if begins(line) {
            columns = heading(line, lines.next())?;
            frames.push(RawFrame {
                form: Form::Table,
                rows: Vec::new(),
                server_time: None,
                source: None,
                store: None,
                notes: Vec::new(),
            });
            continue;
        }
        let Some(frame) = frames.last_mut() else {
            return Err(unrecognised(line));
        };
        let (row, computer) = row(line, &columns)?;
        // Answers of several machines in one table have no single source.
        if frame.rows.is_empty() {
            frame.source = computer;
        } else if frame.source != computer {
            frame.source = None;
        }
        frame.rows.push(row.finish(Place::Line(line.number))?);
    }
    Ok(frames)
}

fn heading(names: &Line<'_>, dashes: Option<&Line<'_>>) -> Result<Vec<Column>, ParseError> {
    let place = Place::Line(names.number);
    if let Some(cut) = names.text.split_whitespace().find(|word| is_cut(word)) {
        return Err(ParseError::Truncated {
            place,
            shown: shown(cut),
        });
    }
    let dashes = dashes.ok_or_else(|| unrecognised(names))?;
    let is_dashes = |cell: &Cell<'_>| cell.text.bytes().all(|b| b == b'-');
    let (names, runs) = (words(names.text), words(dashes.text));
    if names.len() != runs.len() || !runs.iter().all(is_dashes) {
        return Err(unrecognised(dashes));
    }
    let columns: Vec<Column> = names
        .iter()
        .zip(runs)
        .map(|(name, run)| Column {
            property: property(name.text),
            is_computer: name.text.eq_ignore_ascii_case("PSComputerName"),
            dashes: run.at,
        })
        .collect();
    for (index, name) in PROPERTIES.iter().enumerate().take(VERSION) {
        // A column that does not fit the console at all is dropped without a trace.
        if !columns.iter().any(|column| column.property == Some(index)) {
            return Err(ParseError::MissingProperty {
                place,
                property: name,
            });
        }
    }
    Ok(columns)
}

struct Cell<'a> {
    text: &'a str,
    /// The columns of the screen it takes.
    at: Range<usize>,
    /// The bytes of the line it takes.
    bytes: Range<usize>,
}

/// The words of a line, cut at blanks and tabs.
fn words(line: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut start = None;
    let mut width = 0;
    for (at, piece) in line.split_inclusive([' ', '\t']).scan(0, |at, piece| {
        let here = *at;
        *at += piece.len();
        Some((here, piece))
    }) {
        let word = piece.trim_end_matches([' ', '\t']);
        if !word.is_empty() {
            start = Some(width);
        }
        let end = width + word.width();
        if let Some(start) = start.take() {
            cells.push(Cell {
                text: word,
                at: start..end,
                bytes: at..at + word.len(),
            });
        }
        width = end + (piece.len() - word.len());
    }
    cells
}

/// The cells of a row: words, with the words of a date put together again.
fn cells(line: &str) -> Vec<Cell<'_>> {
    const LONGEST_DATE: usize = 7;
    let words = words(line);
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(words.len());
    let mut index = 0;
    while let Some(first) = words.get(index) {
        let longest = words.len().min(index + LONGEST_DATE);
        let whole = (index + 1..=longest).rev().find_map(|end| {
            let last = words.get(end - 1)?;
            let text = line.get(first.bytes.start..last.bytes.end)?;
            let is_date =
                !text.contains("  ") && !text.contains('\t') && date::read(text).is_some();
            is_date
                .then_some(Cell {
                    text,
                    at: first.at.start..last.at.end,
                    bytes: first.bytes.start..last.bytes.end,
                })
                .map(|cell| (end, cell))
        });
        match whole {
            Some((end, cell)) => {
                cells.push(cell);
                index = end;
            }
            None => {
                cells.push(Cell {
                    text: first.text,
                    at: first.at.clone(),
                    bytes: first.bytes.clone(),
                });
                index += 1;
            }
        }
    }
    cells
}

/// A row, and the machine that it came from.
fn row(line: &Line<'_>, columns: &[Column]) -> Result<(TextRow, Option<String>), ParseError> {
    let place = Place::Line(line.number);
    let mut row = TextRow {
        values: std::array::from_fn(|_| Some(String::new())),
    };
    let mut used = vec![false; columns.len()];
    let mut computer = None;
    for cell in cells(line.text) {
        if is_cut(cell.text) {
            return Err(ParseError::Truncated {
                place,
                shown: shown(cell.text),
            });
        }
        let mut touched = columns.iter().enumerate().filter(|(_, column)| {
            column.dashes.start < cell.at.end && cell.at.start < column.dashes.end
        });
        let (Some((index, column)), None) = (touched.next(), touched.next()) else {
            return Err(unrecognised(line));
        };
        let first_use = !std::mem::replace(&mut used[index], true);
        match column.property {
            Some(property) if first_use => row.values[property] = Some(cell.text.to_owned()),
            // A second cell in one column means that the columns were not understood.
            Some(_) => return Err(unrecognised(line)),
            None if column.is_computer => computer = Some(cell.text.to_owned()),
            None => {}
        }
    }
    Ok((row, computer))
}
