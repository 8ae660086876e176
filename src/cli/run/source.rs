//! The text that `csdeck run` runs.

use std::io::Read;
use std::path::Path;

use super::Run;
use crate::app::App;
use crate::cli::{Failure, note, snippet};
use crate::text;

/// Larger texts are refused: nobody read them before they ran.
const LARGEST: u64 = 1024 * 1024;

/// Makes the text; connects to nothing.
pub(super) fn text(app: &App, command: &Run) -> Result<String, Failure> {
    let from = &command.text;
    if let Some(id) = &from.snippet {
        let rendered = snippet::render(&app.library(), id, &command.values)?;
        return Ok(rendered.text);
    }
    match &from.file {
        Some(path) if path == Path::new("-") => {
            // The password, if any, was read without a buffer: the rest is still there.
            read("standard input", std::io::stdin().lock())
        }
        Some(path) => {
            let file = std::fs::File::open(path)
                .map_err(|e| Failure::failed(format!("{}: {e}", path.display())))?;
            read(&path.display().to_string(), file)
        }
        None => Ok(from.words.join(" ")),
    }
}

fn read(name: &str, from: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::failed(format!("{name}: {e}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::usage(format!(
            "{name}: more than {} KiB of text",
            LARGEST / 1024
        )));
    }
    let text = text::decode(&bytes).map_err(|e| Failure::usage(format!("{name}: {e}")))?;
    if text.contains('\0') {
        note("the text holds NUL characters");
    }
    Ok(text)
}
