//! Text from outside (servers, files, the clipboard) made safe to show.
//!
//! One sanitiser for the whole program: whatever was not written by csdeck goes through
//! [`visible`] before it reaches the screen, standard output or the clipboard, so that no escape
//! sequence, bidirectional override or control character of a stranger acts on the terminal.

use std::borrow::Cow;

/// True for characters that may act on a terminal or disguise text: C0 and C1 controls, DEL,
/// bidirectional controls (UAX #9), line and paragraph separators, zero-width characters and the
/// byte order mark. Tab and line feed are not in the class; the caller decides about them.
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{061c}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with every unsafe character (see [`is_unsafe`]) replaced by something visible:
/// C0 controls by their picture (U+2400 block, ESC becomes `␛`), DEL by `␡`, all others by
/// `�`. Tab and line feed are kept. Safe text is returned unchanged, without a copy.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(picture).collect())
}

/// Like [`visible`], for one line: tabs become single blanks, line feeds their picture.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unsafe(c) || c == '\n' || c == '\t') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\t' => ' ',
                '\n' => '\u{240a}',
                other => picture(other),
            })
            .collect(),
    )
}

fn picture(c: char) -> char {
    match c {
        _ if !is_unsafe(c) => c,
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// Bytes that are not text in any encoding csdeck reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are neither UTF-8 nor UTF-16 with a byte order mark")]
pub struct NotText;

/// Bytes of a file as text: UTF-8 with or without a byte order mark, or UTF-16 with one, as
/// Windows PowerShell's `>` and `Out-File` write it.
pub fn decode(bytes: &[u8]) -> Result<String, NotText> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|p| unit([p[0], p[1]])).collect();
        if rest.len().is_multiple_of(2) {
            String::from_utf16(&units).map_err(|_| NotText)
        } else {
            Err(NotText)
        }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| NotText),
        _ => String::from_utf8(bytes.to_vec()).map_err(|_| NotText),
    }
}

/// Like [`decode`], for output that somebody saved or piped: what is not text becomes U+FFFD, and
/// UTF-16 without a byte order mark is known by the zero behind its first character.
pub fn decode_lossy(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_become_pictures() {
        assert_eq!(visible("a\u{1b}[31mb\n\tc"), "a\u{241b}[31mb\n\tc");
        assert_eq!(visible("x\u{9b}2J\u{202e}y"), "x\u{fffd}2J\u{fffd}y");
        assert!(matches!(visible("plain – text ’"), Cow::Borrowed(_)));
    }

    #[test]
    fn files_of_windows_powershell_decode() {
        assert_eq!(
            decode(&[0xff, 0xfe, b'a', 0, 0x19, 0x20]).as_deref(),
            Ok("a\u{2019}")
        );
        assert_eq!(decode(b"\xef\xbb\xbfa").as_deref(), Ok("a"));
        assert_eq!(decode(&[0xff, 0xfe, 1]), Err(NotText));
        assert_eq!(decode(&[0x93, 0x80]), Err(NotText));
    }

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(visible_line("a\nb\tc\r"), "a\u{240a}b c\u{240d}");
    }
}
