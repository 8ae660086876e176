//! A table to fill in.

use crate::powershell::{Kind, list};
use crate::snippet::Meaning;
use crate::snippet::example::given;
use crate::snippet::model::{Field, Snippet};

use super::fill::unquoted;

/// The header of a table for this snippet, and with `example` one row of what the snippet's first
/// example and its defaults say. Required fields come first; secret ones are not in it. Commas
/// between the cells, every line with a line feed behind it.
pub fn blank(snippet: &Snippet, example: bool) -> String {
    let mut fields: Vec<&Field> = snippet
        .fields
        .iter()
        .filter(|f| snippet.meaning_of(f) != Meaning::Secret)
        .collect();
    fields.sort_by_key(|f| !f.required);
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and the text is UTF-8 because its parts are.
    let _ = writer.write_record(fields.iter().map(|f| f.name.as_str()));
    if example {
        // One that gives nothing shows nothing.
        let mut all = snippet.examples.iter().filter_map(|e| given(snippet, e));
        let shown = all.find(|given| !given.is_empty()).unwrap_or_default();
        let cells = fields.iter().map(|field| {
            let given = shown
                .iter()
                .find(|(n, _)| n.eq_ignore_ascii_case(&field.name));
            match (given, &field.default) {
                (Some((_, texts)), _) => cell(snippet, field, texts),
                // The default of one of several parameter sets would choose it.
                (None, Some(default)) if field.sets.is_empty() => cell(snippet, field, default),
                _ => String::new(),
            }
        });
        let _ = writer.write_record(cells);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// A cell that is read back as these texts.
fn cell(snippet: &Snippet, field: &Field, texts: &[String]) -> String {
    if field.list {
        return match texts {
            [] => String::new(),
            [one] if one.is_empty() => "''".to_owned(),
            _ => list::join(texts),
        };
    }
    let text = texts.first().map_or("", String::as_str);
    match snippet.kind_of(field) {
        Kind::Object | Kind::ListChange => text.to_owned(),
        _ if text.is_empty() || text.trim() != text || unquoted(text) != text => {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => text.to_owned(),
    }
}
