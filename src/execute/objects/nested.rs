//! Values with values inside: short in a table's cell, indented in a list.

use std::borrow::Cow;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::cell;
use crate::text::visible_line;

/// Columns that a list or an object takes in a table, and in one line of a list.
const SHORT: usize = 60;

/// Values are indented down to this depth; what is deeper stands in one line.
const DEPTH: usize = 5;

/// Lines of one property that are shown; JSON has all of it.
const LINES: usize = 200;

/// A cell of a table, safe to show: a list or an object is cut, text and numbers are not.
pub(super) fn short(value: Option<&Value>) -> Cow<'_, str> {
    let text = cell(value);
    if !value.is_some_and(is_nested) {
        return match visible_line(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(safe) => Cow::Owned(safe),
        };
    }
    let text = visible_line(&text);
    if text.width() <= SHORT {
        return Cow::Owned(text.into_owned());
    }
    let mut cut = String::new();
    let mut used = 3;
    for c in text.chars() {
        let mut letter = [0; 4];
        used += c.encode_utf8(&mut letter).width();
        if used > SHORT {
            break;
        }
        cut.push(c);
    }
    cut.push_str("...");
    Cow::Owned(cut)
}

/// The lines of a property's value under its name, each safe to show: none when it fits behind the
/// name.
pub(super) fn indented(value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if is_nested(value) && visible_line(&cell(Some(value))).width() > SHORT {
        write(value, "    ", "    ", 0, &mut lines);
    }
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(format!("    and {more} more lines: JSON has them"));
    }
    lines
}

fn is_nested(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

/// Writes a value; `first` stands in front of its first line, `rest` in front of the others.
fn write(value: &Value, first: &str, rest: &str, depth: usize, lines: &mut Vec<String>) {
    // What is not shown is counted, up to an end.
    if lines.len() > 100 * LINES {
        return;
    }
    let mut first = first;
    match value {
        Value::Array(items) if depth < DEPTH && !items.is_empty() => {
            for item in items {
                let (before, below) = (format!("{first}- "), format!("{rest}  "));
                write(item, &before, &below, depth + 1, lines);
                first = rest;
            }
        }
        Value::Object(map) if depth < DEPTH && !map.is_empty() => {
            let names: Vec<Cow<'_, str>> = map.keys().map(|n| visible_line(n)).collect();
            let width = names.iter().map(|n| n.width()).max().unwrap_or(0);
            for (name, item) in names.iter().zip(map.values()) {
                let pad = " ".repeat(width.saturating_sub(name.width()));
                let inline = cell(Some(item));
                let long = is_nested(item) && visible_line(&inline).width() > SHORT;
                if long && depth + 1 < DEPTH {
                    lines.push(format!("{first}{name}{pad} :"));
                    let below = format!("{rest}    ");
                    write(item, &below, &below, depth + 1, lines);
                } else {
                    let line = format!("{first}{name}{pad} : {}", visible_line(&inline));
                    lines.push(line.trim_end().to_owned());
                }
                first = rest;
            }
        }
        value => lines.push(format!("{first}{}", visible_line(&cell(Some(value))))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_is_nested_is_short_in_a_cell_and_indented_in_a_list() {
        let value = json!([
            {"Name": "Registrar:pool01.kestrel.lan", "Port": 5061, "Sub": {"a": [1, 2]}},
            {"Name": "UserServer:pool01.kestrel.lan", "Port": null, "Sub": {}},
            "plain",
        ]);
        let cell = short(Some(&value));
        assert!(cell.ends_with("...") && cell.width() == SHORT, "{cell}");
        assert_eq!(
            indented(&value),
            [
                "    - Name : Registrar:pool01.kestrel.lan",
                "      Port : 5061",
                "      Sub  : @{a={1, 2}}",
                "    - Name : UserServer:pool01.kestrel.lan",
                "      Port :",
                "      Sub  : @{}",
                "    - plain",
            ]
        );
        // What fits stands behind its name, as ever.
        assert!(indented(&json!(["a", "b"])).is_empty());
        assert_eq!(short(Some(&json!(["a", "b"]))), "{a, b}");
        assert_eq!(short(Some(&json!("x".repeat(99)))).len(), 99);
    }

    #[test]
    fn a_long_list_has_an_end() {
        let many: Value = (0..100_000).map(|n| json!({ "Name": n })).collect();
        let lines = indented(&many);
        assert_eq!(lines.len(), LINES + 1);
        assert!(lines[LINES].contains("more lines"));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "(?s).{0,30}".prop_map(Value::from),
        ];
        leaf.prop_recursive(8, 60, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec(("(?s).{0,8}", inner), 0..5)
                    .prop_map(|all| Value::Object(all.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_line_is_one_and_safe(value in value()) {
            for line in indented(&value).iter().map(String::as_str).chain([&*short(Some(&value))]) {
                prop_assert!(!line.chars().any(|c| c == '\n' || crate::text::is_unsafe(c)), "{:?}", line);
            }
        }
    }
}
