//! What a machine answered to a check, and its reading as rows.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// An error that the answer held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// The server's words.
    pub text: String,
    /// `FullyQualifiedErrorId`, where the way brings it. Unlike the words it is in no language.
    pub id: Option<String>,
}

impl Fault {
    /// True when the error is this one; over a way that brings only text its id stands there.
    pub(super) fn is(&self, id: &str) -> bool {
        let holds = |text: &str| text.split([',', ' ', '\n', '\r']).any(|word| word == id);
        self.id.as_deref().is_some_and(holds) || holds(&self.text)
    }
}

/// What a machine said to one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The lines of the output.
    pub lines: Vec<String>,
    /// The objects of the output, where the way brings them.
    pub objects: Vec<Value>,
    /// The errors.
    pub faults: Vec<Fault>,
    /// When it was sent, by csdeck's own clock.
    pub asked_at: Timestamp,
    /// When the answer was complete, by the same clock.
    pub answered_at: Timestamp,
}

/// What became of one ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The machine answered.
    Said(Reply),
    /// It was not asked, or the answer did not come back; why, in words.
    Nothing(String),
}

/// The answer to one [`Ask`](super::Ask).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which of the ask's ways was taken; none when nothing was run.
    pub way: Option<usize>,
    /// The machine that ran the text, as it is shown.
    pub machine: String,
    /// True when the account is known to go on from that machine to the next one. Without, what is
    /// not seen there proves nothing.
    pub goes_onward: bool,
    /// What became of it.
    pub outcome: Outcome,
}

impl Reply {
    /// The rows of an answer in JSON, or the objects. None when it is neither: then nothing was
    /// answered, whatever else the shell printed.
    pub(super) fn rows(&self) -> Option<Vec<Value>> {
        if !self.objects.is_empty() {
            return Some(self.objects.clone());
        }
        let text = self.lines.join("\n");
        // In front of it may stand a warning that a console wrote as text.
        let start = text.find(['[', '{'])?;
        let mut documents =
            serde_json::Deserializer::from_str(text.get(start..)?).into_iter::<Value>();
        match documents.next()?.ok()? {
            Value::Array(rows) => Some(rows),
            row @ Value::Object(_) => Some(vec![row]),
            _ => None,
        }
    }

    /// The rows, when each of them has this property, null or not: a row without it is the answer to
    /// another question, and proves nothing.
    pub(super) fn rows_of(&self, property: &str) -> Option<Vec<Value>> {
        let has = |row: &Value| {
            let mut keys = row.as_object().into_iter().flat_map(|object| object.keys());
            keys.any(|key| key.eq_ignore_ascii_case(property))
        };
        self.rows()
            .filter(|rows| self.faults.is_empty() && rows.iter().all(has))
    }

    /// The first line that says something.
    pub(super) fn line(&self) -> Option<&str> {
        let mut lines = self.lines.iter().map(|line| line.trim());
        lines.find(|line| !line.is_empty())
    }

    /// The errors as one line; none when there are none.
    pub(super) fn fault(&self) -> Option<String> {
        let first = self.faults.first()?;
        let mut lines = first.text.lines().map(str::trim);
        let line = lines
            .find(|line| !line.is_empty())
            .unwrap_or("an error without words");
        Some(short(line))
    }

    /// True when one of the errors is this one.
    pub(super) fn failed_with(&self, id: &str) -> bool {
        self.faults.iter().any(|fault| fault.is(id))
    }

    /// The middle of the time in which it was answered, and how far off that may be.
    pub(super) fn moment(&self) -> (Timestamp, SignedDuration) {
        let half = self.answered_at.duration_since(self.asked_at) / 2;
        let half = half.max(SignedDuration::ZERO);
        (
            self.asked_at.saturating_add(half).unwrap_or(self.asked_at),
            half,
        )
    }
}

/// The longest piece of a server's words in one line of evidence, in characters.
const SHORT: usize = 300;

/// The words in one line of bearable length.
pub(super) fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHORT) {
        None => text,
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

/// A property of a row, in any case.
pub(super) fn get<'v>(row: &'v Value, name: &str) -> Option<&'v Value> {
    let found = row
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

/// A property as text: an enumeration's or a number's too.
pub(super) fn word(row: &Value, name: &str) -> Option<String> {
    match get(row, name)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        // What PowerShell hangs on a value: {"value":1,"Value":"Running"}.
        value @ Value::Object(_) => word(value, "Value"),
        _ => None,
    }
}

/// A truth value, which some ways bring as a word.
pub(super) fn truth(row: &Value, name: &str) -> Option<bool> {
    match word(row, name)?.as_str() {
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A list of texts: one alone comes without its list, and an empty one as null.
pub(super) fn words(row: &Value, name: &str) -> Vec<String> {
    match get(row, name) {
        Some(Value::Array(values)) => values
            .iter()
            .filter_map(|value| value.as_str().map(|text| text.trim().to_owned()))
            .filter(|text| !text.is_empty())
            .collect(),
        _ => word(row, name)
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect(),
    }
}

/// A time: ISO 8601, or `/Date(ms)/` as Windows PowerShell writes it in JSON. A date that
/// `Get-Date` gave has it in `value`.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_matches('"');
    if let Some(inner) = text
        .strip_prefix("/Date(")
        .and_then(|t| t.strip_suffix(")/"))
    {
        let end = inner
            .get(1..)?
            .find(['+', '-'])
            .map_or(inner.len(), |at| at + 1);
        let milliseconds = inner.get(..end)?.parse().ok()?;
        return Timestamp::from_millisecond(milliseconds).ok();
    }
    text.parse().ok()
}

/// The time in a property.
pub(super) fn time_of(row: &Value, name: &str) -> Option<Timestamp> {
    time(&word(row, name)?)
}
