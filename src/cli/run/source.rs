//! The text that `csdeck run` runs.

use super::Run;
use crate::app::App;
use crate::cli::{Failure, input, note, snippet};

/// Makes the text; connects to nothing.
pub(super) fn text(app: &App, command: &Run) -> Result<String, Failure> {
    let from = &command.text;
    if let Some(id) = &from.snippet {
        let library = app.library();
        return match command.rows.table() {
            Some(table) => {
                snippet::text_of_rows(&library, id, &command.values, &command.rows, table)
            }
            None => {
                let rendered = snippet::render(&library, id, &command.values)?;
                for doubt in &rendered.doubts {
                    note(&format!("{id}: {doubt}"));
                }
                Ok(rendered.text)
            }
        };
    }
    match &from.file {
        // The password, if any, was read without a buffer: the rest is still there.
        Some(path) => input::read(path),
        None => Ok(from.words.join(" ")),
    }
}
