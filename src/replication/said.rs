//! What a target said in answer to the question for the status, put together for [`parse()`].

use serde_json::Value;

/// What csdeck asks a server for. `-InputObject @(…)` keeps one row an array and no rows `[]`
/// (through the pipeline one row would be a bare object and none would print nothing);
/// `-Depth 3` keeps a `System.Version` an object instead of its type's name.
const AS_TEXT: &str =
    "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus)";

/// The same of a way that brings objects as they are, also where there is no language.
const AS_OBJECTS: &str = "Get-CsManagementStoreReplicationStatus";

/// Longest answer that is kept, in bytes; 20,000 replicas need about 4 MB.
const LIMIT: usize = 16 << 20;

/// The question for a target: `objects` where its way brings whole objects.
pub fn status_command(objects: bool) -> &'static str {
    if objects { AS_OBJECTS } else { AS_TEXT }
}

/// An answer while it comes in.
#[derive(Debug, Default)]
pub struct Said {
    lines: String,
    rows: Vec<Value>,
    size: usize,
}

impl Said {
    /// Takes a line of text.
    pub fn line(&mut self, line: &str) {
        self.size += line.len() + 1;
        if self.size <= LIMIT {
            self.lines.push_str(line);
            self.lines.push('\n');
        }
    }

    /// Takes an object: one row.
    pub fn row(&mut self, row: Value) {
        // About what it is as text.
        self.size += row.as_object().map_or(8, |row| 32 * row.len());
        if self.size <= LIMIT {
            self.rows.push(row);
        }
    }

    /// The rows, or the text, as a form that [`parse()`] reads. The error says that there was more
    /// than csdeck keeps.
    pub fn text(self, objects: bool) -> Result<String, String> {
        if self.size > LIMIT {
            return Err(format!(
                "the answer is longer than {} MB, which no status is",
                LIMIT >> 20
            ));
        }
        // Where objects come, no text and no object is a status without rows.
        if self.rows.is_empty() && !(objects && self.lines.trim().is_empty()) {
            return Ok(self.lines);
        }
        Ok(Value::Array(self.rows).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::{ParseError, Parsed, parse};
    use super::*;
    use jiff::tz::TimeZone;
    use serde_json::json;

    fn read(said: Said, objects: bool) -> Result<Parsed, ParseError> {
        parse(&said.text(objects).expect("short"), &TimeZone::UTC)
    }

    #[test]
    fn objects_are_rows() {
        let mut said = Said::default();
        said.row(json!({
            "UpToDate": true, "ReplicaFqdn": "fe01.kestrel.lan",
            "LastStatusReport": "2026-11-24T14:04:46.2187840Z",
            "LastUpdateCreation": "2026-11-24T14:04:11.7457840Z", "ProductVersion": "6.0.9319.0",
        }));
        let rows = read(said, true).expect("reads").rows;
        assert_eq!((rows.len(), rows[0].up_to_date), (1, true));
        assert!(read(Said::default(), true).expect("reads").rows.is_empty());
    }

    #[test]
    fn text_stays_text() {
        let mut said = Said::default();
        said.line("[]");
        assert_eq!(said.text(false).as_deref(), Ok("[]\n"));
        let mut said = Said::default();
        said.line("nonsense");
        assert!(read(said, true).is_err());
    }

    #[test]
    fn what_has_no_end_is_refused() {
        let mut said = Said::default();
        let line = "x".repeat(1 << 20);
        for _ in 0..17 {
            said.line(&line);
        }
        assert!(said.text(false).is_err());
    }
}
