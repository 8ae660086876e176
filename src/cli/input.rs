//! Text from a file or from standard input.

use std::io::Read;
use std::path::Path;

use super::{Failure, note};
use crate::text;

/// Larger texts are refused: nobody has read them.
const LARGEST: u64 = 1024 * 1024;

/// What a file is called in messages.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// The text of a file; `-` is standard input.
pub fn read(path: &Path) -> Result<String, Failure> {
    let name = name(path);
    let text = text::decode(&bytes(path)?).map_err(|e| Failure::usage(format!("{name}: {e}")))?;
    if text.contains('\0') {
        note("the text holds NUL characters");
    }
    Ok(text)
}

/// The bytes of a file; `-` is standard input.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = name(path);
    if path == Path::new("-") {
        return read_from(&name, std::io::stdin().lock());
    }
    let file = std::fs::File::open(path).map_err(|e| Failure::failed(format!("{name}: {e}")))?;
    read_from(&name, file)
}

fn read_from(name: &str, from: impl Read) -> Result<Vec<u8>, Failure> {
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
    Ok(bytes)
}
