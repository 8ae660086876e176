//! Lists and tables as PowerShell 5.1 lays them out.

use super::value::{Object, Value, View};

/// How wide lines may be, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Widths {
    /// Lists and self-sizing tables.
    pub list: usize,
    /// Tables whose columns share the line.
    pub table: usize,
}

impl Widths {
    /// What csdeck's own PowerShell session has (`Out-String -Width 4096`), except that the
    /// columns of a table do not spread over 4,096 characters but over a usual console.
    pub const SESSION: Widths = Widths {
        list: 4096,
        table: 120,
    };
    /// A console without anything that widens it.
    pub const CONSOLE: Widths = Widths {
        list: 120,
        table: 120,
    };
}

/// The lines of a pipeline's result when no formatting cmdlet ends it. Neighbours that are shown
/// in the same way share a list or a table.
pub fn default_lines(values: &[Value], widths: Widths) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = values;
    while let Some(first) = rest.first() {
        match first {
            Value::Object(object) if !matches!(object.view, View::Text(_)) => {
                let group: Vec<&Object> = rest
                    .iter()
                    .map_while(|v| match v {
                        Value::Object(o) if o.view == object.view => Some(o),
                        _ => None,
                    })
                    .collect();
                rest = &rest[group.len()..];
                lines.extend(group_lines(&group, widths));
            }
            single => {
                rest = &rest[1..];
                lines.extend(single_lines(single));
            }
        }
    }
    lines
}

fn single_lines(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Laid(lines) => lines.clone(),
        Value::Date(at) => vec![
            String::new(),
            super::value::long_date(*at),
            String::new(),
            String::new(),
        ],
        Value::List(values) => values.iter().flat_map(single_lines).collect(),
        other => split_lines(&other.text()),
    }
}

/// A text's lines, whatever ends them; the empty text is one empty line.
pub fn split_lines(text: &str) -> Vec<String> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned())
        .collect()
}

fn group_lines(group: &[&Object], widths: Widths) -> Vec<String> {
    let Some(first) = group.first() else {
        return Vec::new();
    };
    match &first.view {
        View::Table(columns) => fixed_table(group, columns),
        View::Auto if first.properties.len() <= 4 => {
            table(group, &names(first), Some(widths.table))
        }
        _ => list(group, None, widths.list),
    }
}

/// The names of an object's properties, in order.
pub fn names(object: &Object) -> Vec<String> {
    object
        .properties
        .iter()
        .map(|(name, _)| name.clone())
        .collect()
}

/// Format-List: all properties of each object, or the named ones in that order.
pub fn list(objects: &[&Object], only: Option<&[String]>, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for object in objects {
        let shown = only.map_or_else(|| names(object), <[String]>::to_vec);
        let longest = shown.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        for name in &shown {
            let value = object.get(name).unwrap_or(&Value::Null).cell();
            let room = width.saturating_sub(longest + 3).max(20);
            let mut head = format!("{name:<longest$} : ");
            for piece in split_lines(&value).iter().flat_map(|line| wrap(line, room)) {
                lines.push(format!("{head}{piece}"));
                head = " ".repeat(longest + 3);
            }
        }
        lines.push(String::new());
    }
    lines.push(String::new());
    lines
}

fn wrap(line: &str, room: usize) -> Vec<String> {
    let characters: Vec<char> = line.chars().collect();
    if characters.is_empty() {
        return vec![String::new()];
    }
    characters
        .chunks(room)
        .map(|chunk| chunk.iter().collect())
        .collect()
}

/// Format-Table with these columns. With a width, the columns share it evenly and cut what does
/// not fit; without one (-AutoSize) each is as wide as its longest cell.
pub fn table(objects: &[&Object], columns: &[String], width: Option<usize>) -> Vec<String> {
    let Some(first) = objects.first() else {
        return Vec::new();
    };
    if columns.is_empty() {
        return Vec::new();
    }
    let cell = |o: &Object, name: &String| {
        o.get(name)
            .unwrap_or(&Value::Null)
            .cell()
            .replace(['\r', '\n'], " ")
    };
    let rows: Vec<Vec<String>> = objects
        .iter()
        .map(|o| columns.iter().map(|c| cell(o, c)).collect())
        .collect();
    let sizes: Vec<usize> = match width {
        Some(width) => {
            vec![(width.saturating_sub(columns.len()) / columns.len()).max(4); columns.len()]
        }
        None => columns
            .iter()
            .enumerate()
            .map(|(i, name)| {
                rows.iter()
                    .map(|r| r[i].chars().count())
                    .chain([name.chars().count()])
                    .max()
                    .unwrap_or(0)
            })
            .collect(),
    };
    // Everything but text is aligned to the right, and the first row decides.
    let right: Vec<bool> = columns
        .iter()
        .map(|c| !matches!(first.get(c), None | Some(Value::Null | Value::Text(_))))
        .collect();
    let line = |cells: &[String]| {
        let cells = cells
            .iter()
            .enumerate()
            .map(|(i, text)| pad(&cut(text, sizes[i]), sizes[i], right[i]));
        cells.collect::<Vec<_>>().join(" ").trim_end().to_owned()
    };
    let dashes: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| "-".repeat(c.chars().count().min(sizes[i])))
        .collect();
    let mut lines = vec![String::new(), line(columns), line(&dashes)];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.extend([String::new(), String::new()]);
    lines
}

/// A table with columns of fixed width, as a cmdlet's own view defines it.
fn fixed_table(objects: &[&Object], columns: &[(&str, usize)]) -> Vec<String> {
    let line = |cells: Vec<String>| {
        let cells = cells
            .iter()
            .zip(columns)
            .map(|(text, (_, width))| match width {
                0 => text.clone(),
                _ => pad(&cut(text, *width), *width, false),
            });
        cells.collect::<Vec<_>>().join(" ").trim_end().to_owned()
    };
    let mut lines = vec![String::new()];
    lines.push(line(
        columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
    ));
    lines.push(line(
        columns
            .iter()
            .map(|(name, _)| "-".repeat(name.len()))
            .collect(),
    ));
    for object in objects {
        lines.push(line(
            columns
                .iter()
                .map(|(name, _)| object.get(name).map_or(String::new(), Value::cell))
                .collect(),
        ));
    }
    lines.extend([String::new(), String::new()]);
    lines
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    kept + "..."
}

fn pad(text: &str, width: usize, right: bool) -> String {
    if right {
        format!("{text:>width$}")
    } else {
        format!("{text:<width$}")
    }
}
