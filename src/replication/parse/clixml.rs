//! CLIXML of `Export-Clixml`, and of a PowerShell whose output went through `-OutputFormat XML`.

use super::error::ParseError;
use super::json;
use super::lines::Line;
use super::{Form, RawFrame};
use crate::powershell::clixml::{Value, document, to_json};

/// What a host writes in front of its documents.
const HEADER: &str = "#< CLIXML";

/// True when a line begins CLIXML.
pub(super) fn begins(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    text == HEADER || text.starts_with("<Objs") || text.starts_with("<?xml")
}

/// One document is one answer.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Vec<RawFrame>, ParseError> {
    Ok(vec![json::rows(&values(lines)?, Form::Clixml)?])
}

/// The values of a document, or the elements of the lists in it.
pub(super) fn values(lines: &[Line<'_>]) -> Result<Vec<serde_json::Value>, ParseError> {
    let text: Vec<&str> = lines
        .iter()
        .map(|line| line.text)
        .filter(|text| text.trim() != HEADER)
        .collect();
    let items = document(&text.join("\n")).map_err(|e| ParseError::Clixml {
        message: e.to_string(),
    })?;
    let mut rows = Vec::new();
    for item in items {
        let is_output = item
            .stream
            .is_none_or(|stream| stream.eq_ignore_ascii_case("output"));
        match (&item.value, item.value.as_list()) {
            _ if !is_output => {}
            (Value::Null, _) => {}
            (_, Some(list)) => rows.extend(list.iter().map(to_json)),
            (value, None) => rows.push(to_json(value)),
        }
    }
    Ok(rows)
}
