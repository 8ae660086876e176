//! One value held against one written value.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::goal::{Kind, Literal};

/// Why two values cannot be held against each other: what would be needed, behind `which is no`.
pub(super) type No = &'static str;

/// A number; whole ones exactly, whatever their size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Broken(f64),
}

impl Number {
    /// The number that a text is, and nothing else.
    pub(super) fn of(text: &str) -> Option<Number> {
        let text = text.trim();
        // `inf`, `nan` and the like are words.
        if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
            return None;
        }
        match text.parse() {
            Ok(whole) => Some(Number::Whole(whole)),
            Err(_) => text
                .parse()
                .ok()
                .filter(|number: &f64| {
                    number.is_finite() && text.contains(|c: char| c.is_ascii_digit())
                })
                .map(Number::Broken),
        }
    }

    fn cmp(self, other: Number) -> Ordering {
        let broken = |number| match number {
            Number::Whole(whole) => whole as f64,
            Number::Broken(broken) => broken,
        };
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => a.cmp(&b),
            (a, b) => broken(a).total_cmp(&broken(b)),
        }
    }
}

/// A span of time as people write it (`5m`, `1h 30m`), as ISO 8601 (`PT5M`), or as .NET prints it
/// ([-][d.]hh:mm:ss[.fffffff], "Standard TimeSpan format strings").
pub(super) fn span(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let first = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !first.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'P' | 'p')) {
        return None;
    }
    if let Some(span) = dotnet(text) {
        return Some(span);
    }
    // `5` is a number, and `1:30` is read by nobody in the same way.
    let has_unit = text.contains(|c: char| c.is_ascii_alphabetic());
    text.parse()
        .ok()
        .filter(|_| has_unit && !text.contains(':'))
}

fn dotnet(text: &str) -> Option<SignedDuration> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut parts = text.split(':');
    let (first, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (days, hours) = first.split_once('.').unwrap_or(("0", first));
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let number = |text: &str, most: i64| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|n: &i64| digits && *n <= most)
    };
    let nanos = number(fraction, 999_999_999).filter(|_| fraction.len() <= 9)?
        * 10_i64.pow(9 - u32::try_from(fraction.len()).ok()?);
    if parts.next().is_some() {
        return None;
    }
    let seconds = number(days, 10_675_199)? * 86_400
        + number(hours, 23)? * 3_600
        + number(minutes, 59)? * 60
        + number(seconds, 59)?;
    SignedDuration::from_secs(sign * seconds).checked_add(SignedDuration::from_nanos(sign * nanos))
}

/// A version as .NET prints it: two to four numbers.
fn version(text: &str) -> Option<Vec<u64>> {
    let parts: Option<Vec<u64>> = text
        .trim()
        .split('.')
        .map(|part| {
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse().ok())?
        })
        .collect();
    parts.filter(|parts| (2..=4).contains(&parts.len()))
}

/// True when the value is what was written.
pub(super) fn equal(value: &Value, literal: &Literal) -> Result<bool, No> {
    let text = match value {
        Value::Null => return Ok(literal.kind == Kind::Null),
        Value::Bool(truth) => {
            return Ok(match literal.kind {
                Kind::Truth(wanted) => *truth == wanted,
                _ => literal
                    .text
                    .eq_ignore_ascii_case(if *truth { "true" } else { "false" }),
            });
        }
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => return Err("single value"),
    };
    if literal.kind == Kind::Null {
        return Ok(false);
    }
    if same_text(&text, &literal.text) {
        return Ok(true);
    }
    Ok(match literal.kind {
        Kind::Truth(wanted) => text.eq_ignore_ascii_case(if wanted { "true" } else { "false" }),
        Kind::Number => match (Number::of(&text), Number::of(&literal.text)) {
            (Some(a), Some(b)) => a.cmp(b).is_eq(),
            _ => false,
        },
        Kind::Span(wanted) => span(&text) == Some(wanted),
        Kind::Null | Kind::Text => match (instant(&text), instant(&literal.text)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
    })
}

/// Whether the value is less, equal or more than what was written.
pub(super) fn order(value: &Value, literal: &Literal) -> Result<Ordering, No> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Null => return Err("value"),
        Value::Bool(_) => return Err("number, date or text"),
        Value::Array(_) | Value::Object(_) => return Err("single value"),
    };
    match literal.kind {
        Kind::Number => match (Number::of(&text), Number::of(&literal.text)) {
            (Some(a), Some(b)) => Ok(a.cmp(b)),
            _ => match (version(&text), version(&literal.text)) {
                (Some(a), Some(b)) => Ok(by_part(&a, &b)),
                _ => Err("number"),
            },
        },
        Kind::Span(wanted) => span(&text)
            .map(|span| span.cmp(&wanted))
            .ok_or("span of time"),
        Kind::Null | Kind::Truth(_) => Err("number, date or text"),
        Kind::Text => {
            if let Some(wanted) = instant(&literal.text) {
                return instant(&text)
                    .map(|at| at.cmp(&wanted))
                    .ok_or("point in time with its offset");
            }
            if let Some(wanted) = version(&literal.text) {
                return version(&text)
                    .map(|v| by_part(&v, &wanted))
                    .ok_or("version");
            }
            match value {
                Value::String(_) => Ok(text.to_lowercase().cmp(&literal.text.to_lowercase())),
                _ => Err("text"),
            }
        }
    }
}

/// Parts that are not there count as 0: `6.0` is `6.0.0.0` to everybody but System.Version.
fn by_part(a: &[u64], b: &[u64]) -> Ordering {
    let part = |v: &[u64], n: usize| v.get(n).copied().unwrap_or(0);
    (0..4)
        .map(|n| part(a, n).cmp(&part(b, n)))
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// True for a date and time that leaves open where: its order with others depends on the reader.
pub(super) fn is_floating(text: &str) -> bool {
    let text = text.trim();
    text.contains('-')
        && text.parse::<Timestamp>().is_err()
        && (text.parse::<jiff::civil::DateTime>().is_ok()
            || text.parse::<jiff::civil::Date>().is_ok())
}

fn same_text(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// A value as people read it. Raw: whoever shows it makes it safe.
pub(super) fn shown(value: &Value) -> String {
    const MOST: usize = 120;
    let text = match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
    };
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
