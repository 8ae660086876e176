//! Objects as text: a table or a list to look at, CSV and JSON for programs.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::nested::indented;
use super::{Grid, Shape, cell, columns, property};
use crate::text::visible_line;

/// The objects in the shape they begin with, a table or a list. Safe to show.
pub fn lines(objects: &[Value]) -> Vec<String> {
    let places: Vec<usize> = (0..objects.len()).collect();
    match Shape::of(objects) {
        Shape::Table => table(objects, &places),
        Shape::List | Shape::Json => list(objects, &places),
    }
}

/// A table: heading, a rule, a line for each object. Safe to show. No objects, no heading.
pub fn table(objects: &[Value], places: &[usize]) -> Vec<String> {
    let grid = Grid::of(objects, places);
    if grid.rows.is_empty() {
        return Vec::new();
    }
    let rules = grid
        .heading
        .iter()
        .map(|h| "-".repeat(h.width()))
        .collect::<Vec<_>>();
    let mut lines = vec![grid.line(&grid.heading), grid.line(&rules)];
    lines.extend(grid.rows.iter().map(|row| grid.line(row)));
    lines
}

/// `Name : value` lines, as Format-List writes them, an empty line between two objects. A list or an
/// object that does not fit behind its name stands indented under it. Safe to show.
pub fn list(objects: &[Value], places: &[usize]) -> Vec<String> {
    let mut lines = Vec::new();
    for object in places.iter().filter_map(|n| objects.get(*n)) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let one = std::slice::from_ref(object);
        let names: Vec<String> = columns(one)
            .iter()
            .map(|n| visible_line(n).into_owned())
            .collect();
        let width = names.iter().map(|n| n.width()).max().unwrap_or(0);
        for (shown, name) in names.iter().zip(columns(one)) {
            let pad = " ".repeat(width.saturating_sub(shown.width()));
            let value = property(object, name);
            let below = value.map(indented).unwrap_or_default();
            let text = match below.is_empty() {
                true => cell(value),
                false => "".into(),
            };
            let line = format!("{shown}{pad} : {}", visible_line(&text));
            lines.push(line.trim_end().to_owned());
            lines.extend(below);
        }
    }
    lines
}

/// JSON, indented: one object as it is, several as a list. The strings are as the server sent
/// them, control characters escaped as JSON has it; still to be made safe before a terminal sees it.
pub fn json(objects: &[Value], places: &[usize]) -> String {
    let chosen: Vec<&Value> = places.iter().filter_map(|n| objects.get(*n)).collect();
    let text = match chosen.as_slice() {
        [one] => serde_json::to_string_pretty(one),
        several => serde_json::to_string_pretty(several),
    };
    // A value is always JSON.
    text.unwrap_or_default()
}

/// CSV by RFC 4180 with a heading; nested values as in a cell. The texts are as the server sent
/// them: a program reads this, not a terminal.
pub fn csv(objects: &[Value], places: &[usize]) -> Result<String, csv::Error> {
    let names = columns(objects);
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(&names)?;
    for object in places.iter().filter_map(|n| objects.get(*n)) {
        let cells = names.iter().map(|name| cell(property(object, name)));
        writer.write_record(cells.map(|c| c.into_owned()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| csv::Error::from(e.into_error()))?;
    // What went in was text.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
