//! The text of `Format-List`: `Name : value`, a line each.

use std::collections::HashSet;

use super::error::{ParseError, Place, unrecognised};
use super::lines::Line;
use super::{Form, REPLICA, RawFrame, TextRow, key, property};

/// True for a line that opens a list of status rows.
pub(super) fn begins(line: &Line<'_>) -> bool {
    // Over remoting or with chosen properties another one may come first.
    pair(line.text).is_some_and(|(name, _)| {
        property(name).is_some() || matches!(name, "PSComputerName" | "RunspaceId")
    })
}

/// `Name<blanks>: value`; the formatter writes the name from the first column on.
pub(super) fn pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let bare = name.trim_end();
    let fits = bare.len() < name.len()
        && !bare.is_empty()
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| (bare, value.trim()))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Vec<RawFrame>, ParseError> {
    let mut reader = Reader::default();
    for line in lines {
        if line.text.trim().is_empty() {
            reader.close()?;
        } else if line.text.starts_with(' ') {
            // A value too long for the console continues below itself, indented.
            reader.go_on(line)?;
        } else {
            let (name, value) = pair(line.text).ok_or_else(|| unrecognised(line))?;
            reader.set(line, name, value)?;
        }
    }
    reader.close()?;
    Ok(reader.frames)
}

#[derive(Default)]
struct Reader {
    frames: Vec<RawFrame>,
    names: HashSet<String>,
    /// The row being read and the line it began on.
    row: Option<(TextRow, usize)>,
    /// The property of the last line, when it is one of the five.
    last: Option<usize>,
    /// Remoting's `PSComputerName` of the row being read.
    computer: Option<String>,
}

impl Reader {
    fn set(&mut self, line: &Line<'_>, name: &str, value: &str) -> Result<(), ParseError> {
        let index = property(name);
        let taken = |row: &TextRow, index: usize| row.values[index].is_some();
        if let (Some((row, _)), Some(index)) = (&self.row, index)
            && taken(row, index)
        {
            self.close()?;
        }
        let (row, _) = self
            .row
            .get_or_insert_with(|| (TextRow::default(), line.number));
        if let Some(index) = index {
            row.values[index] = Some(value.to_owned());
        } else if name == "PSComputerName" {
            self.computer = Some(value.to_owned());
        }
        self.last = index;
        Ok(())
    }

    fn go_on(&mut self, line: &Line<'_>) -> Result<(), ParseError> {
        match (&mut self.row, self.last) {
            // Only names are long enough to be broken; they hold no blanks.
            (Some((row, _)), Some(REPLICA)) => {
                if let Some(value) = &mut row.values[REPLICA] {
                    value.push_str(line.text.trim());
                }
                Ok(())
            }
            // Values of other properties do not matter.
            (Some(_), None) => Ok(()),
            _ => Err(unrecognised(line)),
        }
    }

    fn close(&mut self) -> Result<(), ParseError> {
        self.last = None;
        let computer = self.computer.take();
        let Some((row, began)) = self.row.take() else {
            return Ok(());
        };
        let row = row.finish(Place::Line(began))?;
        let fresh = self.names.insert(key(&row.replica));
        match self.frames.last_mut() {
            Some(frame) if fresh => {
                if frame.source != computer {
                    frame.source = None;
                }
                frame.rows.push(row);
            }
            _ => {
                self.names = HashSet::from([key(&row.replica)]);
                self.frames.push(RawFrame {
                    form: Form::List,
                    rows: vec![row],
                    server_time: None,
                    source: computer,
                    store: None,
                    notes: Vec::new(),
                });
            }
        }
        Ok(())
    }
}
