//! Values written as PowerShell literals that nothing in them can break out of.

use std::sync::LazyLock;

use regex::Regex;
use thiserror::Error;

use super::chars::{is_double_quote, is_single_quote};

/// Why a value cannot be written as a literal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LiteralError {
    /// Control characters, line ends and NUL never belong in a field.
    #[error(
        "character {position} is {name}: line ends and control characters are not allowed in a value"
    )]
    Control {
        /// 1-based position, in characters.
        position: usize,
        /// How the character is called.
        name: String,
    },
    /// It is not a value of the wanted kind.
    #[error("{typed:?} is not {what}")]
    Not {
        /// What was typed.
        typed: String,
        /// What is wanted, in words.
        what: &'static str,
    },
    /// A number outside of what the parameter's type holds.
    #[error("{number} is not between {low} and {high}")]
    Range {
        /// The number.
        number: i128,
        /// The smallest one.
        low: i128,
        /// The largest one.
        high: i128,
    },
    /// A key that a hashtable of this kind does not have.
    #[error("{key:?} is no key of this hashtable: {wanted}")]
    Key {
        /// The key.
        key: String,
        /// The keys there are.
        wanted: &'static str,
    },
    /// A key that stands in a hashtable twice.
    #[error("{key:?} stands there twice")]
    Twice {
        /// The key.
        key: String,
    },
    /// A password or credential, which is never written down.
    #[error("secrets are not given as values; csdeck asks when it runs")]
    Secret,
}

/// A single-quoted literal: the text between U+0027, every member of PowerShell's single-quote
/// class doubled (about_Quoting_Rules). Nothing expands in it.
pub fn single_quoted(value: &str) -> Result<String, LiteralError> {
    if let Some(c) = value.chars().find(|c| is_refused(*c)) {
        return Err(control(value, c));
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars() {
        out.push(c);
        if is_single_quote(c) {
            out.push(c);
        }
    }
    out.push('\'');
    Ok(out)
}

/// `'a','b'`: each element single-quoted. No element is the empty array, `@()`.
pub fn array(elements: &[String]) -> Result<String, LiteralError> {
    if elements.is_empty() {
        return Ok("@()".to_owned());
    }
    let literals: Result<Vec<String>, _> = elements.iter().map(|e| single_quoted(e)).collect();
    literals.map(|l| l.join(","))
}

/// `@{key='a','b';other='c'}`; a key that is not a plain word is quoted. PowerShell refuses a key
/// that stands there twice, in whatever case, and so does this.
pub fn hashtable(entries: &[(String, Vec<String>)]) -> Result<String, LiteralError> {
    let mut parts = Vec::with_capacity(entries.len());
    for (n, (key, values)) in entries.iter().enumerate() {
        let before = |(k, _): &(String, Vec<String>)| k.to_lowercase() == key.to_lowercase();
        if entries[..n].iter().any(before) {
            return Err(LiteralError::Twice { key: key.clone() });
        }
        let plain = key
            .chars()
            .enumerate()
            .all(|(n, c)| c == '_' || c.is_ascii_alphabetic() || n > 0 && c.is_ascii_digit());
        let key = if plain && !key.is_empty() {
            key.clone()
        } else {
            single_quoted(key)?
        };
        parts.push(format!("{key}={}", array(values)?));
    }
    Ok(format!("@{{{}}}", parts.join(";")))
}

/// Yes or no in the words people use; `None` for anything else.
pub fn boolean(typed: &str) -> Option<bool> {
    match typed.trim().to_ascii_lowercase().as_str() {
        "true" | "$true" | "1" | "yes" | "on" => Some(true),
        "false" | "$false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// A date with a time as ISO 8601, which PowerShell reads the same in every culture. `None` when
/// it is not one. A time zone is kept; without one the time is the server's own.
pub fn date_time(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if let Ok(instant) = typed.parse::<jiff::Timestamp>() {
        return Some(instant.to_string());
    }
    let civil: jiff::civil::DateTime = typed.replacen(' ', "T", 1).parse().ok()?;
    Some(civil.to_string())
}

/// A time span as .NET reads it (TimeSpan.Parse, format "c"): `[-][d.]hh:mm[:ss[.fffffff]]`, or a
/// number of days.
pub fn is_time_span(typed: &str) -> bool {
    static SPAN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^-?([0-9]+\.)?([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9](\.[0-9]{1,7})?)?$|^[0-9]+$",
        )
        .ok()
    });
    SPAN.as_ref().is_some_and(|r| r.is_match(typed))
}

/// A GUID in the form with hyphens, with or without braces.
pub fn is_guid(typed: &str) -> bool {
    let inner = typed
        .strip_prefix('{')
        .and_then(|t| t.strip_suffix('}'))
        .unwrap_or(typed);
    let mut parts = inner.split('-');
    [8, 4, 4, 4, 12].iter().all(|length| {
        parts
            .next()
            .is_some_and(|p| p.len() == *length && p.bytes().all(|b| b.is_ascii_hexdigit()))
    }) && parts.next().is_none()
}

/// The error for the first place of a refused character.
pub(super) fn control(value: &str, c: char) -> LiteralError {
    LiteralError::Control {
        position: value.chars().take_while(|other| *other != c).count() + 1,
        name: name_of(c),
    }
}

/// The value of a quoted literal as it stands in a script: single-quoted, or double-quoted
/// without anything that expands. `None` for everything else.
pub fn value_of(literal: &str) -> Option<String> {
    let mut chars = literal.chars();
    let (open, close) = (chars.next()?, chars.next_back()?);
    let single = is_single_quote(open);
    if single != is_single_quote(close)
        || !(single || is_double_quote(open) && is_double_quote(close))
    {
        return None;
    }
    let same = if single {
        is_single_quote
    } else {
        is_double_quote
    };
    let mut out = String::new();
    while let Some(c) = chars.next() {
        if same(c) {
            // The tokenizer keeps the second of a pair.
            out.push(chars.next().filter(|next| same(*next))?);
        } else if !single && (c == '$' || c == '`') {
            return None;
        } else {
            out.push(c);
        }
    }
    Some(out)
}

/// Characters that a value must not hold: all controls (Unicode Cc) and the line and paragraph
/// separators.
pub fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn name_of(c: char) -> String {
    match c {
        '\n' => "a line feed".into(),
        '\r' => "a carriage return".into(),
        '\t' => "a tab".into(),
        '\0' => "NUL".into(),
        other => format!("the control character U+{:04X}", other as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_single_quote_is_doubled() {
        assert_eq!(
            single_quoted("a'b\u{2019}c").as_deref(),
            Ok("'a''b\u{2019}\u{2019}c'")
        );
        assert_eq!(single_quoted("").as_deref(), Ok("''"));
        assert_eq!(
            single_quoted("$(x) `n \"q\"").as_deref(),
            Ok("'$(x) `n \"q\"'")
        );
    }

    #[test]
    fn controls_are_refused_by_name() {
        let error = single_quoted("ab\nc").map_err(|e| e.to_string());
        assert!(error.is_err_and(|e| e.contains("character 3 is a line feed")));
    }

    #[test]
    fn time_spans_have_ascii_digits() {
        for span in ["1.12:00:00", "-00:30", "3", "0:05:00.1234567"] {
            assert!(is_time_span(span), "{span}");
        }
        // .NET reads no other digits.
        for span in ["\u{663}:00:00", "\u{663}", "24:00", "1:60", ""] {
            assert!(!is_time_span(span), "{span}");
        }
    }

    #[test]
    fn expanding_strings_have_no_value() {
        assert_eq!(value_of("\"a$x\""), None);
        assert_eq!(value_of("\"a\"\"b\"").as_deref(), Some("a\"b"));
        assert_eq!(value_of("'a"), None);
        assert_eq!(value_of("'a'b'"), None);
    }

    proptest! {
        #[test]
        fn a_literal_reads_back_as_its_value(value in "[^\\p{Cc}\u{2028}\u{2029}]{0,40}") {
            let literal = single_quoted(&value).expect("no controls");
            prop_assert_eq!(value_of(&literal), Some(value));
        }
    }
}
