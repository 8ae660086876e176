//! From rows to filled-in forms.

use crate::near::{did_you_mean, near};
use crate::powershell::chars::is_dash;
use crate::powershell::{Kind, list};
use crate::snippet::Meaning;
use crate::snippet::model::{Field, Snippet};
use crate::snippet::render::{RenderError, render};
use crate::snippet::values::Values;

use super::{ColumnError, ColumnFault, Row, RowError, RowErrors, Rows};

/// What happens to a column that names no field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It is an error.
    Refused,
    /// Nothing is read from it; [`Columns::ignored`] tells.
    Ignored,
}

/// Which field each column fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// By column; `None` for one without a heading or one that is ignored.
    fields: Vec<Option<String>>,
    /// The headings that are ignored, in the order of the file.
    pub ignored: Vec<String>,
}

impl Columns {
    /// The field of each column; `None` for one without a heading or one that is ignored.
    pub fn fields(&self) -> &[Option<String>] {
        &self.fields
    }

    /// True when a column fills in this field.
    pub fn has(&self, field: &str) -> bool {
        self.fields
            .iter()
            .flatten()
            .any(|f| f.eq_ignore_ascii_case(field))
    }

    /// The heading of the column that fills in this field.
    pub fn heading<'a>(&self, rows: &'a Rows, field: &str) -> Option<&'a str> {
        let same = |f: &Option<String>| {
            f.as_ref()
                .is_some_and(|name| name.eq_ignore_ascii_case(field))
        };
        let column = self.fields.iter().position(same)?;
        rows.header.get(column).map(String::as_str)
    }
}

/// Finds the field of every heading and reports each that has none. Case, blanks, `-` and `_` do
/// not matter, nor `$` in front of the name.
pub fn columns(
    snippet: &Snippet,
    rows: &Rows,
    unknown: Unknown,
) -> Result<Columns, Vec<ColumnError>> {
    let mut columns = Columns {
        fields: Vec::with_capacity(rows.header.len()),
        ignored: Vec::new(),
    };
    let mut errors = Vec::new();
    for heading in &rows.header {
        let mut wrong = |fault| {
            errors.push(ColumnError {
                line: rows.header_line,
                column: heading.clone(),
                fault,
            });
        };
        let field = field_of(snippet, heading);
        let mut taken = None;
        match field {
            _ if heading.is_empty() => {}
            None if unknown == Unknown::Ignored => columns.ignored.push(heading.clone()),
            None => wrong(ColumnFault::Unknown {
                id: snippet.id.clone(),
                near: suggestion(snippet, heading),
            }),
            Some(field) if snippet.meaning_of(field) == Meaning::Secret => {
                wrong(ColumnFault::Secret {
                    field: field.name.clone(),
                })
            }
            Some(field) => {
                let same = |f: &Option<String>| f.as_ref() == Some(&field.name);
                match columns.fields.iter().position(same) {
                    Some(first) => wrong(ColumnFault::Twice {
                        field: field.name.clone(),
                        first: rows.header.get(first).cloned().unwrap_or_default(),
                    }),
                    None => taken = Some(field.name.clone()),
                }
            }
        }
        columns.fields.push(taken);
    }
    if errors.is_empty() {
        Ok(columns)
    } else {
        Err(errors)
    }
}

fn field_of<'a>(snippet: &'a Snippet, heading: &str) -> Option<&'a Field> {
    snippet.field(heading).or_else(|| {
        let wanted = folded(heading);
        snippet.fields.iter().find(|f| folded(&f.name) == wanted)
    })
}

/// A name without what people write differently.
fn folded(name: &str) -> String {
    name.trim_start_matches('$')
        .chars()
        .filter(|c| !c.is_whitespace() && !is_dash(*c) && *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

fn suggestion(snippet: &Snippet, heading: &str) -> String {
    let names: Vec<&str> = snippet
        .fields
        .iter()
        .filter(|f| snippet.meaning_of(f) != Meaning::Secret)
        .map(|f| f.name.as_str())
        .collect();
    let wanted = folded(heading);
    if near(&wanted, names.iter().copied()).is_empty() {
        format!(" It has {}.", names.join(", "))
    } else {
        did_you_mean(&wanted, names)
    }
}

/// Fills in and renders the form once for each row. What the row leaves empty comes from `base`,
/// and else from the field's default.
pub fn fill(snippet: &Snippet, base: &Values, rows: &Rows, columns: &Columns) -> Vec<Row> {
    rows.records
        .iter()
        .enumerate()
        .map(|(n, record)| {
            let number = n + 1;
            let mut values = base.clone();
            let mut errors = Vec::new();
            for (column, cell) in record.cells.iter().enumerate() {
                if cell.is_empty() {
                    continue;
                }
                let heading = rows.header.get(column).map_or("", String::as_str);
                match columns.fields.get(column).and_then(Option::as_deref) {
                    Some(name) => set(snippet, &mut values, name, cell),
                    None if heading.is_empty() => errors.push(RowError::NoHeading {
                        column: column + 1,
                        cell: short(cell),
                    }),
                    None => {}
                }
            }
            let result = match render(snippet, &values) {
                Ok(rendered) if errors.is_empty() => Ok(rendered),
                Ok(_) => Err(()),
                Err(error) => {
                    errors.extend(by_column(error, rows, columns));
                    Err(())
                }
            };
            Row {
                number,
                line: record.line,
                values,
                result: result.map_err(|()| RowErrors {
                    row: number,
                    line: record.line,
                    errors,
                }),
            }
        })
        .collect()
}

/// A row's value takes the place of the base's, also that of a list.
fn set(snippet: &Snippet, values: &mut Values, name: &str, cell: &str) {
    let Some(field) = snippet.field(name) else {
        return;
    };
    values.clear(name);
    if field.list {
        for element in list::split(cell) {
            values.add(name, element);
        }
        return;
    }
    values.add(
        name,
        match snippet.kind_of(field) {
            // These are written as PowerShell writes them; quotes belong to them.
            Kind::Object | Kind::ListChange => cell.to_owned(),
            _ => unquoted(cell),
        },
    );
}

/// The value of a cell: what stands in single quotes without them, a doubled one single, as an
/// element of a list. So the empty text is `''`, and blanks at the ends can be kept.
pub(super) fn unquoted(cell: &str) -> String {
    match cell
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        Some(inner) if !inner.replace("''", "").contains('\'') => inner.replace("''", "'"),
        _ => cell.to_owned(),
    }
}

/// What the form says, with the file's own headings.
fn by_column(error: RenderError, rows: &Rows, columns: &Columns) -> Vec<RowError> {
    let heading = |field: String| columns.heading(rows, &field).map_or(field, str::to_owned);
    match error {
        RenderError::Fields(errors) => errors
            .into_iter()
            .map(|e| RowError::Value {
                column: heading(e.field),
                message: e.message,
            })
            .collect(),
        other => vec![RowError::Text(other)],
    }
}

fn short(cell: &str) -> String {
    const MOST: usize = 40;
    match cell.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}
