//! Bytes of a document to text.

use super::ReadError;
use std::borrow::Cow;

/// Decodes UTF-8 (with or without byte order mark) and UTF-16 of either byte order (with a mark,
/// or told by the zero byte beside the first `<`). The mark is not part of the text.
///
/// Blank lines before an XML declaration, as a PowerShell redirection may leave them, are legal
/// nowhere in XML; there the declaration is blanked out so that positions stay true.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(ReadError::Encoding {
                reason: "it is UTF-32".to_owned(),
            });
        }
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [b'<', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        [0, b'<', ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, 3)?,
        _ => utf8(bytes, 0)?,
    };
    Ok(without_late_declaration(text))
}

fn utf8(bytes: &[u8], skipped: usize) -> Result<Cow<'_, str>, ReadError> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|e| ReadError::Encoding {
            reason: format!("invalid UTF-8 at byte {}", skipped + e.valid_up_to()),
        })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ReadError::Encoding {
            reason: "UTF-16 text of an odd number of bytes (cut off?)".to_owned(),
        });
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|e| ReadError::Encoding {
            reason: format!("unpaired UTF-16 surrogate {:#06x}", e.unpaired_surrogate()),
        })
}

fn without_late_declaration(text: Cow<'_, str>) -> Cow<'_, str> {
    let start = text.len() - text.trim_start().len();
    if start == 0 || !text[start..].starts_with("<?xml ") {
        return text;
    }
    let Some(length) = text[start..].find("?>").map(|at| at + 2) else {
        return text;
    };
    let blanked: String = text[start..start + length]
        .chars()
        .map(|c| if c == '\n' || c == '\r' { c } else { ' ' })
        .collect();
    Cow::Owned([&text[..start], &blanked, &text[start + length..]].concat())
}
