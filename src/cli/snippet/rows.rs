//! Many rows: one form filled in from a table, and the table to fill in.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::form::write_new;
use super::{SetValues, To, find};
use crate::cli::{Context, Exit, Failure, Format, input, note};
use crate::snippet::rows::{self, ColumnFault, Columns, Row, RowError, Rows, Unknown, blank};
use crate::snippet::{Library, Rendered};

/// The most problems that are told one by one: whoever has more mends the table and not the rows.
const MOST_TOLD: usize = 100;

/// `--rows FILE`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RowsFrom {
    /// Fill the snippet in once for each row of this table (CSV, its header names the fields); -
    /// reads standard input. --set fills in what a row leaves empty
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
    /// Leave out columns of the table that name no field
    #[arg(long, requires = "rows")]
    ignore_columns: bool,
}

impl RowsFrom {
    /// The table, if there is one.
    pub(in crate::cli) fn table(&self) -> Option<&Path> {
        self.rows.as_deref()
    }
}

/// The rows of a table, filled in.
struct Filled {
    /// The file's name for messages.
    name: String,
    /// The file.
    table: Rows,
    columns: Columns,
    rows: Vec<Row>,
}

/// Reads the table and fills the snippet in. A table that is none, and a heading that names no
/// field, are a wrong command line; what is wrong with rows is in them.
fn fill(
    library: &Library,
    id: &str,
    values: &SetValues,
    from: &RowsFrom,
    table: &Path,
) -> Result<Filled, Failure> {
    let snippet = find(library, id)?;
    let name = input::name(table);
    let read = Rows::decode(&input::bytes(table)?).map_err(|e| {
        let column = e.column.map(|c| format!("{c}: ")).unwrap_or_default();
        Failure::usage(format!("{name}:{}: {column}{}", e.line, e.fault))
    })?;
    let unknown = match from.ignore_columns {
        true => Unknown::Ignored,
        false => Unknown::Refused,
    };
    let columns = rows::columns(snippet, &read, unknown).map_err(|errors| {
        let mut lines: Vec<String> = errors
            .iter()
            .map(|e| format!("{name}:{}: {e}", e.line))
            .collect();
        if errors
            .iter()
            .all(|e| matches!(e.fault, ColumnFault::Unknown { .. }))
        {
            lines.push("--ignore-columns leaves such columns out".to_owned());
        }
        Failure::usage(lines.join("\n"))
    })?;
    if !columns.ignored.is_empty() {
        note(&format!(
            "{name}: columns that name no field are left out: {}",
            columns.ignored.join(", ")
        ));
    }
    Ok(Filled {
        rows: rows::fill(snippet, &values.values(snippet), &read, &columns),
        table: read,
        columns,
        name,
    })
}

impl Filled {
    /// One text of all rows; a failure that names every problem when one of them is not good.
    fn all(&self) -> Result<Rendered, Failure> {
        let mut problems = self.problems();
        let more = problems.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            problems.truncate(MOST_TOLD);
            problems.push(format!(
                "{}: {more} more problems; --format json has all of them",
                self.name
            ));
        }
        if !problems.is_empty() {
            return Err(Failure::usage(problems.join("\n")));
        }
        rows::all(&self.rows).map_err(|e| Failure::usage(format!("{}: {e}", self.name)))
    }

    /// What is wrong, a line for each; what is wrong with every row for want of a column is said
    /// once.
    fn problems(&self) -> Vec<String> {
        let bad = || self.rows.iter().filter_map(|row| row.result.as_ref().err());
        let of_every_row = |error: &RowError| {
            let in_file = error
                .column()
                .is_some_and(|column| self.table.header().contains(&column));
            !in_file
                && self.rows.len() > 1
                && bad().count() == self.rows.len()
                && bad().all(|row| row.errors.contains(error))
        };
        let common: Vec<&RowError> = bad()
            .next()
            .into_iter()
            .flat_map(|row| &row.errors)
            .filter(|error| of_every_row(error))
            .collect();
        let mut lines: Vec<String> = common
            .iter()
            .map(|error| format!("{}: every row, {error}", self.name))
            .collect();
        for row in bad() {
            for error in row.errors.iter().filter(|e| !common.contains(e)) {
                lines.push(format!(
                    "{}:{}: row {}, {error}",
                    self.name, row.line, row.row
                ));
            }
        }
        lines
    }

    /// Values that do not look like what their field means: worth a look, and no error.
    fn tell_doubts(&self) {
        let mut told = 0;
        for row in &self.rows {
            for doubt in row.result.iter().flat_map(|rendered| &rendered.doubts) {
                told += 1;
                if told > MOST_TOLD {
                    continue;
                }
                let heading = self.columns.heading(&self.table, &doubt.field);
                note(&format!(
                    "{}:{}: row {}, {}: {}",
                    self.name,
                    row.line,
                    row.number,
                    heading.unwrap_or(&doubt.field),
                    doubt.message
                ));
            }
        }
        if told > MOST_TOLD {
            note(&format!("{}: {} more doubts", self.name, told - MOST_TOLD));
        }
    }
}

/// The text of all rows, for `csdeck run`.
pub(in crate::cli) fn text(
    library: &Library,
    id: &str,
    values: &SetValues,
    from: &RowsFrom,
    table: &Path,
) -> Result<String, Failure> {
    let filled = fill(library, id, values, from, table)?;
    let all = filled.all()?;
    filled.tell_doubts();
    Ok(all.text)
}

/// `csdeck snippet render ID --rows FILE`.
pub(super) fn render(
    cx: &mut Context,
    format: Format,
    id: &str,
    values: &SetValues,
    from: &RowsFrom,
    table: &Path,
    to: &To,
) -> Result<(), Failure> {
    let library = cx.app()?.library();
    let filled = fill(&library, id, values, from, table)?;
    let all = filled.all();
    let copied = match &all {
        Ok(rendered) => {
            let origin = format!("{id} and {} rows of {}", filled.rows.len(), filled.name);
            to.copy(find(&library, id)?, &origin, &rendered.text)?
        }
        Err(_) => None,
    };
    match (format, &all) {
        (Format::Table | Format::Tree, Ok(rendered)) => {
            for finding in &rendered.findings {
                note(&format!("{id}:{finding}"));
            }
            filled.tell_doubts();
            to.print(cx, &rendered.text, copied.as_ref())?;
        }
        (Format::Table | Format::Tree, Err(_)) => {}
        (Format::Json, _) => cx
            .out
            .json(&document(&filled, all.as_ref().ok(), copied.as_ref()))?,
        (Format::Jsonl, _) => {
            cx.out
                .jsonl(&document(&filled, all.as_ref().ok(), copied.as_ref()))?;
        }
    }
    all.map(|_| ())
}

/// `text`, `risk` and `findings` are of all rows together, and null as long as a row is not good.
fn document(
    filled: &Filled,
    all: Option<&Rendered>,
    copied: Option<&crate::powershell::Copied>,
) -> Value {
    let rows: Vec<Value> = filled
        .rows
        .iter()
        .map(|row| match &row.result {
            Ok(r) => json!({
                "row": row.number,
                "line": row.line,
                "text": r.text,
                "risk": r.risk,
                "findings": r.findings,
                "doubts": r.doubts,
            }),
            Err(wrong) => {
                let errors: Vec<Value> = wrong
                    .errors
                    .iter()
                    .map(|e| json!({ "column": e.column(), "message": e.message() }))
                    .collect();
                json!({ "row": row.number, "line": row.line, "errors": errors })
            }
        })
        .collect();
    json!({
        "text": copied.map(|c| &c.text).or(all.map(|r| &r.text)),
        "form": copied.map_or("command", |c| c.form.word()),
        "risk": all.map(|r| r.risk),
        "reasons": all.map(|r| &r.reasons),
        "findings": all.map(|r| &r.findings),
        "doubts": all.map(|r| &r.doubts),
        "rows": rows,
    })
}

/// `csdeck snippet rows ID`.
pub(super) fn table(
    cx: &mut Context,
    id: &str,
    output: Option<&Path>,
    example: bool,
) -> Result<Exit, Failure> {
    let library = cx.app()?.library();
    let snippet = find(&library, id)?;
    let text = blank(snippet, example);
    if snippet.fields.iter().all(|f| f.kind.is_secret()) {
        return Err(Failure::usage(format!("{id} has no fields to fill in")));
    }
    let Some(path) = output else {
        cx.out.raw(text.trim_end())?;
        return Ok(Exit::Done);
    };
    // With the mark Excel opens the file as UTF-8 and saves it as that again.
    let content = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    write_new(path, content.as_bytes())?;
    Ok(Exit::Done)
}
