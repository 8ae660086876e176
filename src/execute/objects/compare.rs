//! The order of values in a column.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

/// What a value counts as. What cannot be compared by its own kind is compared as text.
enum Key {
    Truth(bool),
    Number(f64),
    Date(Timestamp),
    Text(String),
}

impl Key {
    fn of(value: &Value) -> Key {
        match value {
            Value::Bool(truth) => Key::Truth(*truth),
            Value::Number(number) => number
                .as_f64()
                .map_or_else(|| Key::Text(number.to_string()), Key::Number),
            Value::String(text) => Key::of_text(text),
            other => Key::Text(super::cell(Some(other)).to_lowercase()),
        }
    }

    /// A text that is nothing but a number or an instant counts as one.
    fn of_text(text: &str) -> Key {
        let trimmed = text.trim();
        let first = trimmed.bytes().next().unwrap_or(b'a');
        if first.is_ascii_digit() || matches!(first, b'-' | b'+') {
            if let Ok(number) = trimmed.parse::<f64>() {
                return Key::Number(number);
            }
            if let Ok(instant) = trimmed.parse::<Timestamp>() {
                return Key::Date(instant);
            }
        }
        Key::Text(text.to_lowercase())
    }

    fn rank(&self) -> u8 {
        match self {
            Key::Truth(_) => 0,
            Key::Number(_) => 1,
            Key::Date(_) => 2,
            Key::Text(_) => 3,
        }
    }
}

/// The order of two values: truth values, numbers, dates and texts each among themselves and in this
/// order, texts without regard to case. Nothing at all comes last in both directions.
pub fn compare(a: Option<&Value>, b: Option<&Value>, descending: bool) -> Ordering {
    let some = |v: Option<&Value>| {
        v.filter(|v| !v.is_null() && v.as_str() != Some(""))
            .map(Key::of)
    };
    let order = match (some(a), some(b)) {
        (None, None) => return Ordering::Equal,
        (None, Some(_)) => return Ordering::Greater,
        (Some(_), None) => return Ordering::Less,
        (Some(Key::Truth(a)), Some(Key::Truth(b))) => a.cmp(&b),
        (Some(Key::Number(a)), Some(Key::Number(b))) => a.total_cmp(&b),
        (Some(Key::Date(a)), Some(Key::Date(b))) => a.cmp(&b),
        (Some(Key::Text(a)), Some(Key::Text(b))) => a.cmp(&b),
        (Some(a), Some(b)) => a.rank().cmp(&b.rank()),
    };
    match descending {
        true => order.reverse(),
        false => order,
    }
}
