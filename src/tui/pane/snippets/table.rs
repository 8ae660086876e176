//! A table that fills the form in once for each row.

use std::path::{Path, PathBuf};

use crate::snippet::rows::{self, Row, Rows, Unknown};
use crate::snippet::{Rendered, Snippet, Values};

/// The rows of a table, filled in.
#[derive(Debug)]
pub struct Table {
    /// The snippet that it fills in, by id.
    pub snippet: String,
    /// The file.
    pub path: PathBuf,
    /// Its columns: heading and field.
    pub columns: Vec<(String, String)>,
    /// The rows, each with its command or what is wrong.
    pub rows: Vec<Row>,
    /// The commands of all rows as one text, or why there is none.
    pub all: Result<Rendered, String>,
    /// Index of the selected row.
    pub selected: usize,
}

impl Table {
    /// Reads a table and fills the snippet in; `values` are for what a row leaves empty. The error
    /// names line and column. Reads a file and renders every row: not for the state's task.
    pub fn read(path: &Path, snippet: &Snippet, values: &Values) -> Result<Table, String> {
        let name = path.display();
        let found = std::fs::metadata(path).map_err(|e| format!("{name}: {e}"))?;
        if !found.is_file() {
            return Err(format!("{name}: this is no file"));
        }
        let length = found.len();
        if length > rows::MAX_BYTES as u64 {
            return Err(format!(
                "{name}: {} KiB, and the limit is {} KiB: split the table",
                length / 1024,
                rows::MAX_BYTES / 1024
            ));
        }
        let bytes = std::fs::read(path).map_err(|e| format!("{name}: {e}"))?;
        let read = Rows::decode(&bytes).map_err(|e| {
            let column = e.column.map(|c| format!("{c}: ")).unwrap_or_default();
            format!("{name}:{}: {column}{}", e.line, e.fault)
        })?;
        // A misspelt heading must not leave a field empty in silence.
        let columns = rows::columns(snippet, &read, Unknown::Refused).map_err(|errors| {
            let lines = errors.iter().map(|e| format!("{name}:{}: {e}", e.line));
            lines.collect::<Vec<_>>().join("\n")
        })?;
        let headings = read.header().iter().cloned();
        let filled = rows::fill(snippet, values, &read, &columns);
        Ok(Table {
            snippet: snippet.id.clone(),
            path: path.to_owned(),
            columns: headings
                .zip(columns.fields())
                .filter_map(|(heading, field)| Some((heading, field.clone()?)))
                .collect(),
            all: rows::all(&filled).map_err(|e| e.to_string()),
            rows: filled,
            selected: 0,
        })
    }

    /// The selected row.
    pub fn current(&self) -> Option<&Row> {
        self.rows.get(self.selected)
    }

    /// How many rows cannot be used.
    pub fn bad(&self) -> usize {
        self.rows.iter().filter(|r| r.result.is_err()).count()
    }
}
