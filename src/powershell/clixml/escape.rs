//! `_xHHHH_`: a UTF-16 code unit in a string (MS-PSRP 2.2.5.3.2).
//!
//! PowerShell escapes the control characters, surrogates, and the `_` in front of an `x` that could
//! be taken for an escape. It reads with .NET's `XmlConvert.DecodeName`, which takes `_X` for `_x`.

use std::borrow::Cow;

use memchr::memchr_iter;

/// Undoes the escapes. Borrows when there are none. A surrogate without its partner becomes U+FFFD.
pub(super) fn decode(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(first) = memchr_iter(b'_', text.as_bytes()).find(|at| escape(&text, *at).is_some())
    else {
        return text;
    };
    Cow::Owned(decode_from(&text, first))
}

fn decode_from(text: &str, first: usize) -> String {
    let mut out = String::with_capacity(text.len());
    // A high surrogate that waits for the low one right behind it.
    let mut high: Option<u16> = None;
    let mut done = 0;
    let mut at = first;
    loop {
        if at > done && high.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        out.push_str(&text[done..at]);
        let Some(unit) = escape(text, at) else { break };
        push(&mut out, &mut high, unit);
        done = at + ESCAPE;
        at = memchr_iter(b'_', &text.as_bytes()[done..])
            .map(|n| done + n)
            .find(|at| escape(text, *at).is_some())
            .unwrap_or(text.len());
    }
    if high.is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    out
}

fn push(out: &mut String, high: &mut Option<u16>, unit: u16) {
    let lead = high.take();
    match unit {
        0xd800..0xdc00 => {
            if lead.is_some() {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            *high = Some(unit);
        }
        0xdc00..0xe000 => {
            let pair = lead.map(|lead| {
                0x10000 + ((u32::from(lead) - 0xd800) << 10) + (u32::from(unit) - 0xdc00)
            });
            out.push(
                pair.and_then(char::from_u32)
                    .unwrap_or(char::REPLACEMENT_CHARACTER),
            );
        }
        _ => {
            if lead.is_some() {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

/// Bytes of an escape.
const ESCAPE: usize = 7;

/// The code unit of an escape that begins at a byte.
fn escape(text: &str, at: usize) -> Option<u16> {
    let bytes = text.as_bytes().get(at..at + ESCAPE)?;
    let [b'_', b'x' | b'X', digits @ .., b'_'] = bytes else {
        return None;
    };
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

/// What has to be done at a byte of UTF-8 when a string is written.
const PLAIN: u8 = 0;
/// A character of XML: `<`, `>`, `&`, `"`.
const MARKUP: u8 = 1;
/// A control character.
const CONTROL: u8 = 2;
/// `_`: escaped in front of `x`.
const LINE: u8 = 3;
/// 0xc2: leads in the control characters U+0080 to U+009F.
const C1: u8 = 4;
/// 0xef: leads in U+FFFE and U+FFFF, which XML does not have.
const LAST: u8 = 5;
/// 0xf0 and above: leads in what UTF-16 writes as two surrogates.
const PAIR: u8 = 6;

const CLASSES: [u8; 256] = {
    let mut classes = [PLAIN; 256];
    let mut n = 0;
    while n < 0x20 {
        classes[n] = CONTROL;
        n += 1;
    }
    classes[0x7f] = CONTROL;
    classes[b'<' as usize] = MARKUP;
    classes[b'>' as usize] = MARKUP;
    classes[b'&' as usize] = MARKUP;
    classes[b'"' as usize] = MARKUP;
    classes[b'_' as usize] = LINE;
    classes[0xc2] = C1;
    classes[0xef] = LAST;
    n = 0xf0;
    while n < 256 {
        classes[n] = PAIR;
        n += 1;
    }
    classes
};

/// Writes a string as the text of an element or the value of an attribute in `"`.
pub(super) fn encode(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = bytes[at..]
        .iter()
        .position(|byte| CLASSES[usize::from(*byte)] != PLAIN)
    {
        at += found;
        // Every class but plain is of a byte that begins a character.
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        let next = at + c.len_utf8();
        if is_escaped(c, bytes.get(next).copied()) {
            out.push_str(&text[done..at]);
            done = next;
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '"' => out.push_str("&quot;"),
                _ => push_units(out, c),
            }
        }
        at = next;
    }
    out.push_str(&text[done..]);
}

/// True when a character cannot stand as it is, given the byte behind it.
fn is_escaped(c: char, next: Option<u8>) -> bool {
    match c {
        '_' => matches!(next, Some(b'x' | b'X')),
        '<' | '>' | '&' | '"' => true,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control() || c > '\u{ffff}',
    }
}

fn push_units(out: &mut String, c: char) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str("_x");
        for shift in [12, 8, 4, 0] {
            out.push(DIGITS[usize::from(*unit >> shift & 15)]);
        }
        out.push('_');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(text: &str) -> String {
        decode(Cow::Borrowed(text)).into_owned()
    }

    fn encoded(text: &str) -> String {
        let mut out = String::new();
        encode(text, &mut out);
        out
    }

    #[test]
    fn the_escapes_of_the_specification() {
        assert_eq!(decoded("a_x000D__x000A_b"), "a\r\nb");
        assert_eq!(decoded("_xD83D__xDE00_"), "😀");
        assert_eq!(decoded("_xd83d__Xde00_"), "😀");
        assert_eq!(decoded("_x005F_x000A_"), "_x000A_");
        assert_eq!(
            decoded("_x12_ _xZZZZ_ _x _x000é"),
            "_x12_ _xZZZZ_ _x _x000é"
        );
        assert_eq!(decoded("__x0041__x0042_x0043_"), "_ABx0043_");
    }

    #[test]
    fn a_surrogate_alone_becomes_the_replacement_character() {
        assert_eq!(decoded("_xD83D_"), "\u{fffd}");
        assert_eq!(decoded("_xDE00_a"), "\u{fffd}a");
        assert_eq!(decoded("_xD83D_a_xDE00_"), "\u{fffd}a\u{fffd}");
        assert_eq!(decoded("_xD83D__xD83D__xDE00_"), "\u{fffd}😀");
        assert_eq!(decoded("_xD83D__x0041_"), "\u{fffd}A");
    }

    #[test]
    fn what_is_written() {
        assert_eq!(
            encoded("a < b & \"c\" > d"),
            "a &lt; b &amp; &quot;c&quot; &gt; d"
        );
        assert_eq!(
            encoded("\r\n\t\u{7f}\u{85}é"),
            "_x000D__x000A__x0009__x007F__x0085_é"
        );
        assert_eq!(encoded("_x _X __ _"), "_x005F_x _x005F_X __ _");
        assert_eq!(
            encoded("😀\u{ffff}\u{fffd}"),
            "_xD83D__xDE00__xFFFF_\u{fffd}"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(text in "([_xX0-9A-F]{0,8}|\\PC|[\\x00-\\x20<>&\"\u{85}\u{ffff}😀]){0,40}") {
            let written = encoded(&text);
            let plain = written.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            prop_assert_eq!(decoded(&plain), text);
        }

        #[test]
        fn any_text_is_decoded(text in "(_x|_|[0-9A-F]{4}|D83D|DE00|é|😀){0,20}") {
            decoded(&text);
        }
    }
}
