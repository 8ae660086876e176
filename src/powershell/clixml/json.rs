//! Values in JSON: the shape that objects have whatever way they came (docs/host.md, Objects).

use serde_json::{Map, Number, Value as Json};

use super::value::{Body, Object, Value};
use super::{text, time};

/// The types of objects that are one word, although they have properties.
const WORDS: [&str; 3] = [
    "System.Net.IPAddress",
    "System.Net.IPEndPoint",
    "System.Net.Mail.MailAddress",
];

/// The type below every enumeration.
const ENUM: &str = "System.Enum";

/// A value in JSON. Objects keep the order of their properties; of two with the same name the first
/// stays. Numbers and truth values stay what they are, but for what JSON cannot say (NaN, and decimals
/// that a double would change), which is text. Dates are ISO 8601 in UTC, with seven digits of a
/// second; a date without a zone stays without `Z`, for nobody knows the clock it was read from.
/// Bytes are Base64; everything else that is no plain value is the text PowerShell has for it.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Byte(n) => Json::from(*n),
        Value::SByte(n) => Json::from(*n),
        Value::U16(n) => Json::from(*n),
        Value::I16(n) => Json::from(*n),
        Value::U32(n) => Json::from(*n),
        Value::I32(n) => Json::from(*n),
        Value::U64(n) => Json::from(*n),
        Value::I64(n) => Json::from(*n),
        // By its digits: 0.1 is no 0.10000000149011612.
        Value::Single(n) => n
            .to_string()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or_else(|| Json::String(value.text()), Json::Number),
        Value::Double(n) => {
            Number::from_f64(*n).map_or_else(|| Json::String(value.text()), Json::Number)
        }
        Value::Decimal(digits) => decimal(digits),
        Value::DateTime(text) => Json::String(time::iso(text)),
        Value::Bytes(bytes) => Json::String(base64(bytes)),
        Value::Object(object) => object_json(object),
        value => Json::String(value.text()),
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn object_json(object: &Object) -> Json {
    match &object.body {
        Body::Primitive(_) if object.is_of(ENUM) => Json::String(object.text()),
        Body::Primitive(value) => to_json(value),
        Body::List(_, items) => Json::Array(items.iter().map(to_json).collect()),
        Body::Dictionary(entries) => map(entries.iter().map(|(key, value)| (key.text(), value))),
        Body::None if WORDS.iter().any(|name| object.is_of(name)) => Json::String(object.text()),
        Body::None => {
            let properties = map(object
                .properties()
                .map(|(name, value)| (name.to_owned(), value)));
            match properties {
                Json::Object(map) if map.is_empty() && !is_empty_custom(object) => {
                    Json::String(object.text())
                }
                properties => properties,
            }
        }
    }
}

/// A custom object without properties is an object all the same.
fn is_empty_custom(object: &Object) -> bool {
    object.to_string.is_none() && object.is_of(text::CUSTOM)
}

fn map<'v>(entries: impl Iterator<Item = (String, &'v Value)>) -> Json {
    let mut map = Map::new();
    for (name, value) in entries {
        map.entry(name).or_insert_with(|| to_json(value));
    }
    Json::Object(map)
}

/// A decimal as a number when a double has all of its digits; else as the text.
fn decimal(digits: &str) -> Json {
    if let Ok(n) = digits.parse::<i64>() {
        return Json::from(n);
    }
    let significant = digits
        .trim_start_matches('-')
        .bytes()
        .filter(u8::is_ascii_digit)
        .skip_while(|digit| *digit == b'0')
        .count();
    let plain = digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
    match digits.parse().ok().and_then(Number::from_f64) {
        Some(n) if plain && significant <= 15 => Json::Number(n),
        _ => Json::String(digits.to_owned()),
    }
}
