//! Text from a file or from standard input.

use std::io::Read;
use std::path::Path;

use super::{Failure, note};
use crate::text;

/// Larger texts are refused: nobody has read them.
const LARGEST: u64 = 1024 * 1024;

/// The text of a file; `-` is standard input.
pub fn read(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        return read_from("standard input", std::io::stdin().lock());
    }
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|e| Failure::failed(format!("{name}: {e}")))?;
    read_from(&name, file)
}

fn read_from(name: &str, from: impl Read) -> Result<String, Failure> {
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
