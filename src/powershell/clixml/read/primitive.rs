//! Primitives (MS-PSRP 2.2.5.1).

use std::borrow::Cow;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::error::{ClixmlError, quoted};
use super::super::escape::decode;
use super::super::value::Value;
use super::cursor::Cursor;

/// True for the name of a primitive's element.
pub(super) fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "S" | "I32"
            | "Nil"
            | "B"
            | "DT"
            | "G"
            | "I64"
            | "Db"
            | "TS"
            | "Version"
            | "C"
            | "By"
            | "SB"
            | "U16"
            | "I16"
            | "U32"
            | "U64"
            | "Sg"
            | "D"
            | "BA"
            | "URI"
            | "XD"
            | "SBK"
            | "SS"
    )
}

/// The primitive of an element whose start was read, to its end; `None` when it is none.
pub(super) fn read(cursor: &mut Cursor<'_>, name: &str) -> Result<Option<Value>, ClixmlError> {
    if !is_primitive(name) {
        return Ok(None);
    }
    let text = cursor.text()?;
    let at = cursor.at();
    Ok(Some(match name {
        "S" => Value::String(decode(text).into_owned()),
        "Nil" => Value::Null,
        "B" => Value::Bool(truth(&text).ok_or_else(|| bad(at, "B", &text))?),
        "C" => Value::Char(number(at, "C", &text)?),
        "By" => Value::Byte(number(at, "By", &text)?),
        "SB" => Value::SByte(number(at, "SB", &text)?),
        "U16" => Value::U16(number(at, "U16", &text)?),
        "I16" => Value::I16(number(at, "I16", &text)?),
        "U32" => Value::U32(number(at, "U32", &text)?),
        "I32" => Value::I32(number(at, "I32", &text)?),
        "U64" => Value::U64(number(at, "U64", &text)?),
        "I64" => Value::I64(number(at, "I64", &text)?),
        "Sg" => Value::Single(number(at, "Sg", &text)?),
        "Db" => Value::Double(number(at, "Db", &text)?),
        "D" => Value::Decimal(trimmed(text)),
        "DT" => Value::DateTime(trimmed(text)),
        "TS" => Value::Duration(trimmed(text)),
        "G" => Value::Guid(trimmed(text).to_ascii_lowercase()),
        "Version" => Value::Version(trimmed(text)),
        "URI" => Value::Uri(decode(text).into_owned()),
        "XD" => Value::Xml(decode(text).into_owned()),
        "SBK" => Value::ScriptBlock(decode(text).into_owned()),
        "BA" => Value::Bytes(bytes(&text).ok_or_else(|| bad(at, "BA", &text))?),
        // Export-Clixml writes what DPAPI sealed, in hexadecimal: nobody here can open it, and it is
        // no reason to lose the rest.
        "SS" => Value::SecureString(bytes(&text).unwrap_or_else(|| text.trim().into())),
        _ => return Ok(None),
    }))
}

/// A text that may not be of its element's type is an error.
fn bad(at: u64, element: &'static str, text: &str) -> ClixmlError {
    ClixmlError::Value {
        at,
        element,
        text: quoted(text),
    }
}

/// xs:boolean.
fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The numbers of XML Schema are also Rust's, `INF` and `NaN` too.
pub(super) fn number<T: FromStr>(
    at: u64,
    element: &'static str,
    text: &str,
) -> Result<T, ClixmlError> {
    text.trim().parse().map_err(|_| bad(at, element, text))
}

/// A text that has a form of its own. Nothing in such a form is escaped; what is there all the same is
/// read as the writer wrote it.
fn trimmed(text: Cow<'_, str>) -> String {
    let text = decode(text);
    match text.trim() {
        all if all.len() == text.len() => text.into_owned(),
        part => part.to_owned(),
    }
}

/// Base64, in lines or in one.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let joined: String = text.split_ascii_whitespace().collect();
        return STANDARD.decode(joined).ok();
    }
    STANDARD.decode(text).ok()
}
