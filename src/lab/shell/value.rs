//! What flows through a pipeline: typed values and objects with ordered properties.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::Offset;

/// The simulated servers' time zone: Singapore.
const SERVER_OFFSET: Offset = Offset::constant(8);

/// How many elements of a collection are shown ($FormatEnumerationLimit).
const ENUMERATION_LIMIT: usize = 4;

/// A value of the lab's shell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `$null`.
    Null,
    /// System.Boolean.
    Bool(bool),
    /// An integer of any size.
    Int(i64),
    /// System.String; may hold line feeds.
    Text(String),
    /// System.DateTime.
    Date(Timestamp),
    /// A collection.
    List(Vec<Value>),
    /// Anything with properties.
    Object(Object),
    /// Lines that a formatting cmdlet laid out.
    Laid(Vec<String>),
}

/// An object: its properties in order, and how it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Names and values, in the order they are shown.
    pub properties: Vec<(String, Value)>,
    /// How it is shown when no formatting cmdlet follows.
    pub view: View,
}

/// How an object is shown when no formatting cmdlet follows.
#[derive(Debug, Clone, PartialEq)]
pub enum View {
    /// Up to four properties as a table, more as a list (PowerShell's own rule).
    Auto,
    /// Always as a list.
    List,
    /// As a table with these columns: property name and width in characters; 0 for the rest.
    Table(&'static [(&'static str, usize)]),
    /// As this text, which is also what ToString() returns.
    Text(String),
}

impl Object {
    /// An object without properties, shown by PowerShell's own rule.
    pub fn new() -> Self {
        Object {
            properties: Vec::new(),
            view: View::Auto,
        }
    }

    /// Adds a property.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.properties.push((name.to_owned(), value.into()));
        self
    }

    /// Sets how it is shown.
    pub fn shown(mut self, view: View) -> Self {
        self.view = view;
        self
    }

    /// The property with this name, in any case.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.properties
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Value::Object(object)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Value::Date(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Value::List(values.into_iter().map(Into::into).collect())
    }
}

impl Value {
    /// What a sequence becomes when it is used as one value: nothing, the one, or a collection.
    pub fn collapse(mut values: Vec<Value>) -> Value {
        match values.len() {
            0 => Value::Null,
            1 => values.pop().unwrap_or(Value::Null),
            _ => Value::List(values),
        }
    }

    /// What a value becomes in a pipeline: collections are taken apart, `$null` is nothing here.
    pub fn unroll(self) -> Vec<Value> {
        match self {
            Value::Null => Vec::new(),
            Value::List(values) => values,
            other => vec![other],
        }
    }

    /// The value as a string, as `"$value"` gives it (dates in the invariant culture).
    pub fn text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Int(n) => n.to_string(),
            Value::Text(text) => text.clone(),
            Value::Date(at) => {
                let d = SERVER_OFFSET.to_datetime(*at);
                format!(
                    "{:02}/{:02}/{} {:02}:{:02}:{:02}",
                    d.month(),
                    d.day(),
                    d.year(),
                    d.hour(),
                    d.minute(),
                    d.second()
                )
            }
            Value::List(values) => values.iter().map(Value::text).collect::<Vec<_>>().join(" "),
            Value::Object(Object {
                view: View::Text(text),
                ..
            }) => text.clone(),
            Value::Object(object) => {
                let mut out = String::from("@{");
                for (i, (name, value)) in object.properties.iter().enumerate() {
                    let _ = write!(
                        out,
                        "{}{name}={}",
                        if i == 0 { "" } else { "; " },
                        value.text()
                    );
                }
                out + "}"
            }
            Value::Laid(lines) => lines.join("\n"),
        }
    }

    /// The value in a cell of a list or table, as the en-US console shows it.
    pub fn cell(&self) -> String {
        match self {
            Value::Date(at) => us_date(*at),
            Value::List(values) => {
                let shown: Vec<String> = values
                    .iter()
                    .take(ENUMERATION_LIMIT)
                    .map(Value::cell)
                    .collect();
                let more = if values.len() > ENUMERATION_LIMIT {
                    "..."
                } else {
                    ""
                };
                format!("{{{}{more}}}", shown.join(", "))
            }
            other => other.text(),
        }
    }

    /// True for what an `if` takes as true.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Text(text) => !text.is_empty(),
            Value::List(values) => match values.as_slice() {
                [] => false,
                [one] => one.is_true(),
                _ => true,
            },
            Value::Date(_) | Value::Object(_) | Value::Laid(_) => true,
        }
    }

    /// The value of a property; a collection gives the property of each element.
    pub fn property(&self, name: &str) -> Value {
        match self {
            Value::Object(object) => object.get(name).cloned().unwrap_or(Value::Null),
            Value::List(values)
                if name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length") =>
            {
                Value::Int(values.len() as i64)
            }
            Value::List(values) => {
                Value::collapse(values.iter().map(|v| v.property(name)).collect())
            }
            Value::Text(text) if name.eq_ignore_ascii_case("Length") => {
                Value::Int(text.chars().count() as i64)
            }
            Value::Null if name.eq_ignore_ascii_case("Count") => Value::Int(0),
            _ if name.eq_ignore_ascii_case("Count") => Value::Int(1),
            _ => Value::Null,
        }
    }
}

/// A date as .NET writes a local one, in the servers' time: `2025-10-14T14:02:24.2000000+08:00`.
pub fn iso_local(at: Timestamp) -> String {
    net_date(at, "o", false)
}

/// A date as the en-US console prints it, in the servers' time: `10/14/2025 2:02:24 PM`.
pub fn us_date(at: Timestamp) -> String {
    let d = SERVER_OFFSET.to_datetime(at);
    let hour = if d.hour() % 12 == 0 {
        12
    } else {
        d.hour() % 12
    };
    let half = if d.hour() < 12 { "AM" } else { "PM" };
    format!(
        "{}/{}/{} {hour}:{:02}:{:02} {half}",
        d.month(),
        d.day(),
        d.year(),
        d.minute(),
        d.second()
    )
}

/// A date as `Get-Date` prints it: `Tuesday, October 14, 2025 2:02:24 PM`.
pub fn long_date(at: Timestamp) -> String {
    let d = SERVER_OFFSET.to_datetime(at);
    let clock = us_date(at);
    let clock = clock.split_once(' ').map_or("", |(_, clock)| clock);
    format!(
        "{}, {} {}, {} {clock}",
        d.strftime("%A"),
        d.strftime("%B"),
        d.day(),
        d.year()
    )
}

/// A date by a .NET format string: `o`, `s`, `u` or a pattern of `yyyy MM dd HH mm ss fff K` and
/// the like. What is not known stays as it is.
pub fn net_date(at: Timestamp, format: &str, utc: bool) -> String {
    let offset = if utc { Offset::UTC } else { SERVER_OFFSET };
    let d = offset.to_datetime(at);
    let zone = if utc {
        "Z".to_owned()
    } else {
        "+08:00".to_owned()
    };
    let pattern = match format {
        "o" | "O" => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        other => other,
    };
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let run = rest.chars().take_while(|c| *c == first).count();
        let number = |value: i64| format!("{value:0run$}");
        match first {
            'y' if run <= 2 => {
                let _ = write!(out, "{:02}", d.year() % 100);
            }
            'y' => out.push_str(&number(i64::from(d.year()))),
            'M' if run == 4 => out.push_str(&d.strftime("%B").to_string()),
            'M' if run == 3 => out.push_str(&d.strftime("%b").to_string()),
            'M' => out.push_str(&number(i64::from(d.month()))),
            'd' if run == 4 => out.push_str(&d.strftime("%A").to_string()),
            'd' if run == 3 => out.push_str(&d.strftime("%a").to_string()),
            'd' => out.push_str(&number(i64::from(d.day()))),
            'H' => out.push_str(&number(i64::from(d.hour()))),
            'h' => out.push_str(&number(i64::from((d.hour() + 11) % 12 + 1))),
            'm' => out.push_str(&number(i64::from(d.minute()))),
            's' => out.push_str(&number(i64::from(d.second()))),
            'f' => {
                let digits = format!("{:09}", d.subsec_nanosecond());
                out.push_str(digits.get(..run.min(7)).unwrap_or(""));
            }
            't' => out.push_str(if d.hour() < 12 { "AM" } else { "PM" }),
            'K' | 'z' => out.push_str(&zone),
            other => out.extend(std::iter::repeat_n(other, run)),
        }
        rest = &rest[run * first.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_their_forms() {
        let at: Timestamp = "2025-10-14T06:02:24.2Z".parse().expect("a date");
        assert_eq!(us_date(at), "10/14/2025 2:02:24 PM");
        assert_eq!(long_date(at), "Tuesday, October 14, 2025 2:02:24 PM");
        assert_eq!(net_date(at, "o", true), "2025-10-14T06:02:24.2000000Z");
        assert_eq!(net_date(at, "yyyy-MM-dd HH:mm", false), "2025-10-14 14:02");
        assert_eq!(net_date(at, "%\u{e9}\u{e9}", false), "%\u{e9}\u{e9}");
        let midnight: Timestamp = "2025-10-13T16:00:00Z".parse().expect("a date");
        assert_eq!(us_date(midnight), "10/14/2025 12:00:00 AM");
    }

    #[test]
    fn collections_are_cut_after_four() {
        let list = Value::from(vec!["a", "b", "c", "d", "e"]);
        assert_eq!(list.cell(), "{a, b, c, d...}");
        assert_eq!(Value::from(Vec::<&str>::new()).cell(), "{}");
        assert_eq!(list.property("Count"), Value::Int(5));
    }
}
