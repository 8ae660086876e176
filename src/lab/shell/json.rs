//! ConvertTo-Json as Windows PowerShell 5.1 does it.
//!
//! Its marks: dates as `"\/Date(ms)\/"`, two blanks after a colon and inner values indented to
//! their column unless compressed, `<`, `>`, `&` and `'` escaped, and what lies deeper than the
//! depth turned into text without a word.

use std::fmt::Write as _;

use super::format::split_lines;
use super::value::{Object, Value, View};
use crate::execute::Event;

/// The value as JSON. `depth` counts the levels of containers under the first one, as `-Depth`
/// does.
pub fn to_json(value: &Value, depth: usize, compress: bool) -> String {
    let mut writer = Writer {
        out: String::new(),
        compress,
    };
    writer.value(value, depth, 0);
    writer.out
}

/// A value as `host.ps1` sends it: text as its lines, everything else as an object.
pub fn events(value: &Value) -> Vec<Event> {
    let text = match value {
        Value::Null => return Vec::new(),
        Value::Text(text) => text.clone(),
        Value::Laid(lines) => return lines.iter().cloned().map(Event::Output).collect(),
        // What is one value in PowerShell, whatever is hung on it: a date from Get-Date.
        Value::Object(
            object @ Object {
                view: View::Text(text),
                ..
            },
        ) => match object.get("value") {
            Some(Value::Date(at)) => format!("{at:.7}"),
            _ => text.clone(),
        },
        Value::List(_) | Value::Object(_) => return vec![Event::object(shaped(value, 4))],
        plain => match shaped(plain, 0) {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    };
    split_lines(&text).into_iter().map(Event::Output).collect()
}

fn shaped(value: &Value, depth: usize) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => (*n).into(),
        Value::Date(at) => format!("{at:.7}").into(),
        Value::List(values) if depth > 0 => values.iter().map(|v| shaped(v, depth - 1)).collect(),
        Value::Object(Object {
            properties,
            view: View::Auto | View::List | View::Table(_),
        }) if depth > 0 => {
            let shown = properties.iter();
            let shown = shown.map(|(name, value)| (name.clone(), shaped(value, depth - 1)));
            serde_json::Value::Object(shown.collect())
        }
        other => other.text().into(),
    }
}

struct Writer {
    out: String,
    compress: bool,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize, column: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(n) => {
                let _ = write!(self.out, "{n}");
            }
            Value::Text(text) => self.string(text),
            Value::Date(at) => {
                let _ = write!(self.out, "\"\\/Date({})\\/\"", at.as_millisecond());
            }
            Value::Laid(lines) => self.string(&lines.join("\r\n")),
            Value::List(values) => self.list(values, depth, column),
            Value::Object(Object {
                properties,
                view: View::Text(text),
            }) if properties.is_empty() => self.string(text),
            Value::Object(object) => self.object(object, depth, column),
        }
    }

    fn list(&mut self, values: &[Value], depth: usize, column: usize) {
        self.out.push('[');
        for (i, value) in values.iter().enumerate() {
            self.separate(i, column);
            self.inner(value, depth, column + 4);
        }
        if values.is_empty() && !self.compress {
            self.out.push_str("\r\n");
        }
        self.close(']', column);
    }

    fn object(&mut self, object: &Object, depth: usize, column: usize) {
        self.out.push('{');
        for (i, (name, value)) in object.properties.iter().enumerate() {
            self.separate(i, column);
            let start = self.out.chars().count();
            self.string(name);
            self.out.push_str(if self.compress { ":" } else { ":  " });
            let width = self.out.chars().count() - start;
            self.inner(value, depth, column + 4 + width);
        }
        self.close('}', column);
    }

    /// A value inside a container: containers below the depth become text.
    fn inner(&mut self, value: &Value, depth: usize, column: usize) {
        match value {
            Value::List(_) | Value::Object(_) if depth == 0 => self.string(&value.text()),
            other => self.value(other, depth.saturating_sub(1), column),
        }
    }

    fn separate(&mut self, index: usize, column: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.line(column + 4);
    }

    fn close(&mut self, bracket: char, column: usize) {
        self.line(column);
        self.out.push(bracket);
    }

    fn line(&mut self, indent: usize) {
        if !self.compress {
            self.out.push_str("\r\n");
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '<'
                | '>'
                | '&'
                | '\''
                | '\u{0}'..='\u{1f}'
                | '\u{85}'
                | '\u{2028}'
                | '\u{2029}' => {
                    let _ = write!(self.out, "\\u{:04x}", c as u32);
                }
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        Object::new()
            .with("Name", "a<b>'c'\\\"")
            .with("Gone", Value::Null)
            .with("List", vec!["x", "y"])
            .into()
    }

    #[test]
    fn compressed() {
        assert_eq!(
            to_json(&sample(), 2, true),
            r#"{"Name":"a\u003cb\u003e\u0027c\u0027\\\"","Gone":null,"List":["x","y"]}"#
        );
        assert_eq!(to_json(&Value::List(vec![]), 2, true), "[]");
    }

    #[test]
    fn laid_out_to_the_column() {
        let expected = "{\r\n    \"Name\":  \"a\\u003cb\\u003e\\u0027c\\u0027\\\\\\\"\",\r\n    \"Gone\":  null,\r\n    \"List\":  [\r\n                 \"x\",\r\n                 \"y\"\r\n             ]\r\n}";
        assert_eq!(to_json(&sample(), 2, false), expected);
    }

    #[test]
    fn too_deep_becomes_text() {
        assert_eq!(
            to_json(&Value::List(vec![sample()]), 1, true)
                .matches("\"x y\"")
                .count(),
            1
        );
        assert_eq!(
            to_json(&Value::List(vec![sample()]), 0, true)
                .matches("@{Name=")
                .count(),
            1
        );
    }

    proptest::proptest! {
        #[test]
        fn every_string_is_json(text in "\\PC*|[\\x00-\\x1f\"'\\\\]*") {
            let json = to_json(&Value::from(text.as_str()), 2, true);
            let back: Result<String, _> = serde_json::from_str(&json);
            proptest::prop_assert_eq!(back.ok(), Some(text));
        }
    }
}
