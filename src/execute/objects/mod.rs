//! Objects that a job answered with, as rows and columns for people and programs: properties in
//! their order, cells as PowerShell would print them, sorting by what the values are.

mod compare;
mod nested;
mod write;

use std::borrow::Cow;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::text::visible_line;

pub use compare::compare;
pub use write::{csv, json, lines, list, table};

/// Objects are shown as a table when they have at most so many properties in common.
pub const MOST_COLUMNS: usize = 8;

/// Nested values are written down to this depth.
const DEPTH: usize = 4;

/// Elements of a list, or entries of a table, that a cell names; more become `...`.
const ELEMENTS: usize = 16;

/// The longest cell, in bytes.
const LONGEST: usize = 4 << 10;

/// How objects are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A row for each object.
    Table,
    /// A line for each property, as Format-List prints them.
    List,
    /// JSON.
    Json,
}

impl Shape {
    /// The next one of the three.
    #[must_use]
    pub fn next(self) -> Shape {
        match self {
            Shape::Table => Shape::List,
            Shape::List => Shape::Json,
            Shape::Json => Shape::Table,
        }
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Shape::Table => "table",
            Shape::List => "list",
            Shape::Json => "JSON",
        }
    }

    /// The shape to begin with: a table for several objects of few properties, or for values that
    /// are no objects; else a list.
    pub fn of(objects: &[Value]) -> Shape {
        let columns = columns(objects);
        let few = columns.len() <= MOST_COLUMNS;
        let alike = objects.iter().all(|o| {
            o.as_object().is_none_or(|map| {
                columns.iter().filter(|c| map.contains_key(**c)).count() * 2 >= columns.len()
            })
        });
        match few && alike && (objects.len() > 1 || objects.iter().all(|o| !o.is_object())) {
            true => Shape::Table,
            false => Shape::List,
        }
    }
}

/// About how many bytes of memory a value takes.
pub fn weight(value: &Value) -> usize {
    let inner: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| name.len() + 32 + weight(value))
            .sum(),
        _ => 0,
    };
    inner + size_of::<Value>()
}

/// The name of the one column of values that are no objects.
pub const VALUE: &str = "Value";

/// The properties of the objects, each once, in the order in which they first stand there. Values
/// that are no objects have one that is called `Value`.
pub fn columns(objects: &[Value]) -> Vec<&str> {
    let mut seen = std::collections::HashSet::new();
    let mut columns = Vec::new();
    for object in objects {
        match object.as_object() {
            Some(map) => {
                for name in map.keys() {
                    if seen.insert(name.as_str()) {
                        columns.push(name.as_str());
                    }
                }
            }
            None => {
                if seen.insert(VALUE) {
                    columns.push(VALUE);
                }
            }
        }
    }
    columns
}

/// The value of a property; of what is no object the value itself.
pub fn property<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    match object.as_object() {
        Some(map) => map.get(name),
        None => (name == VALUE).then_some(object),
    }
}

/// A value as a cell: `True`, `{a, b}`, `@{Name=x; Size=1}`. Nothing for `null`. Raw text: the
/// caller makes it safe.
pub fn cell(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) if text.len() <= LONGEST => Cow::Borrowed(text),
        Some(value) => {
            let mut out = String::new();
            write_cell(&mut out, value, 0);
            if out.len() > LONGEST {
                out.truncate(out.floor_char_boundary(LONGEST));
                out.push_str("...");
            }
            Cow::Owned(out)
        }
    }
}

fn write_cell(out: &mut String, value: &Value, depth: usize) {
    // What stands behind the end of the longest cell is not even made.
    if out.len() > LONGEST {
        return;
    }
    match value {
        Value::Null => {}
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => out.push_str(&text[..text.floor_char_boundary(LONGEST + 1)]),
        Value::Array(_) | Value::Object(_) if depth >= DEPTH => out.push_str("..."),
        Value::Array(items) => {
            out.push('{');
            for (n, item) in items.iter().take(ELEMENTS).enumerate() {
                out.push_str(if n > 0 { ", " } else { "" });
                write_cell(out, item, depth + 1);
            }
            out.push_str(if items.len() > ELEMENTS {
                ", ...}"
            } else {
                "}"
            });
        }
        Value::Object(map) => {
            out.push_str("@{");
            for (n, (name, item)) in map.iter().take(ELEMENTS).enumerate() {
                out.push_str(if n > 0 { "; " } else { "" });
                out.push_str(name);
                out.push('=');
                write_cell(out, item, depth + 1);
            }
            out.push_str(if map.len() > ELEMENTS { "; ...}" } else { "}" });
        }
    }
}

/// The objects that hold every word in some property's name or value, by their place, in the order
/// of a column: the objects as they came without one. `descending` turns it round.
pub fn arranged(
    objects: &[Value],
    words: &[String],
    sort: Option<&str>,
    descending: bool,
) -> Vec<usize> {
    let mut places: Vec<usize> = (0..objects.len())
        .filter(|n| words.is_empty() || holds(&objects[*n], words))
        .collect();
    if let Some(name) = sort {
        places.sort_by(|a, b| {
            let of = |n: &usize| property(&objects[*n], name);
            compare(of(a), of(b), descending)
        });
    }
    places
}

fn holds(object: &Value, words: &[String]) -> bool {
    let text = match object.as_object() {
        Some(map) => map
            .iter()
            .map(|(name, value)| format!("{name} {}", cell(Some(value))))
            .collect::<Vec<_>>()
            .join("\n"),
        None => cell(Some(object)).into_owned(),
    };
    let text = text.to_lowercase();
    words.iter().all(|w| text.contains(w.as_str()))
}

/// Rows of safe cells under their headings, and how wide each column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The names of the columns.
    pub heading: Vec<String>,
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// Columns of the terminal that the widest cell of a column takes.
    pub widths: Vec<usize>,
    /// True for a column of numbers, which stand to the right.
    pub numeric: Vec<bool>,
}

impl Grid {
    /// The grid of these objects, by their places; control characters are made visible.
    pub fn of(objects: &[Value], places: &[usize]) -> Grid {
        let names = columns(objects);
        let shown: Vec<&Value> = places.iter().filter_map(|n| objects.get(*n)).collect();
        let rows: Vec<Vec<String>> = shown
            .iter()
            .map(|object| {
                let cells = names
                    .iter()
                    .map(|name| nested::short(property(object, name)));
                cells.map(|c| c.into_owned()).collect()
            })
            .collect();
        let heading: Vec<String> = names.iter().map(|n| visible_line(n).into_owned()).collect();
        let widths = (0..heading.len())
            .map(|n| {
                let cells = rows.iter().map(|row| row[n].width());
                cells.max().unwrap_or(0).max(heading[n].width())
            })
            .collect();
        let numeric = names
            .iter()
            .map(|name| {
                let mut values = shown.iter().filter_map(|o| property(o, name)).peekable();
                values.peek().is_some() && values.all(|v| v.is_number() || v.is_null())
            })
            .collect();
        Grid {
            heading,
            rows,
            widths,
            numeric,
        }
    }

    /// A row as one line, two blanks between the columns.
    pub fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for (n, text) in row.iter().enumerate() {
            if n > 0 {
                line.push_str("  ");
            }
            let width = self.widths.get(n).copied().unwrap_or(0);
            let pad = " ".repeat(width.saturating_sub(text.width()));
            match self.numeric.get(n) {
                Some(true) => line.extend([pad.as_str(), text]),
                _ => line.extend([text, pad.as_str()]),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests;
