//! Values written as PowerShell literals that nothing in them can break out of.

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
}

/// A single-quoted literal: the text between U+0027, every member of PowerShell's single-quote
/// class doubled (about_Quoting_Rules). Nothing expands in it.
pub fn single_quoted(value: &str) -> Result<String, LiteralError> {
    if let Some((index, c)) = value.chars().enumerate().find(|(_, c)| is_refused(*c)) {
        return Err(LiteralError::Control {
            position: index + 1,
            name: name_of(c),
        });
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
