//! The records of a job's streams, with what their source knows of them.

use serde_json::Value;

/// An error record. A source that knows only text (standard error, a native program) gives each
/// line as one; WinRM and the kept PowerShell give the whole record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorRecord {
    /// What PowerShell shows of it; may have several lines.
    pub text: String,
    /// What went wrong, without the position and the category.
    pub message: Option<String>,
    /// The category: `ObjectNotFound` (System.Management.Automation.ErrorCategory), or
    /// PowerShell's line of it, `ObjectNotFound: (nobody:String) [Get-CsUser], ...`.
    pub category: Option<String>,
    /// `FullyQualifiedErrorId`.
    pub id: Option<String>,
    /// What the error is about, as text.
    pub target: Option<String>,
    /// Where in the text: `At line:1 char:1` and the line with its mark.
    pub position: Option<String>,
}

impl ErrorRecord {
    /// One of which only the text is known.
    pub fn text(text: impl Into<String>) -> ErrorRecord {
        ErrorRecord {
            text: text.into(),
            ..ErrorRecord::default()
        }
    }

    /// True when more is known than the text.
    pub fn is_full(&self) -> bool {
        self.parts().next().is_some()
    }

    /// What is known besides the text, by name, in the order in which it is shown.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let parts = [
            ("message", &self.message),
            ("category", &self.category),
            ("id", &self.id),
            ("target", &self.target),
            ("position", &self.position),
        ];
        let known = |text: &'_ &String| !text.trim().is_empty();
        parts
            .into_iter()
            .filter_map(move |(name, text)| Some((name, text.as_ref().filter(known)?.as_str())))
    }
}

impl From<&str> for Box<ErrorRecord> {
    fn from(text: &str) -> Self {
        Box::new(ErrorRecord::text(text))
    }
}

impl From<String> for Box<ErrorRecord> {
    fn from(text: String) -> Self {
        Box::new(ErrorRecord::text(text))
    }
}

/// An object of the output stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its properties in order, or a list.
    pub value: Value,
    /// The name of its type, where the source tells it: `Deserialized.Microsoft.Rtc...`.
    pub type_name: Option<String>,
}

impl From<Value> for Object {
    fn from(value: Value) -> Object {
        Object {
            value,
            type_name: None,
        }
    }
}

impl From<Value> for Box<Object> {
    fn from(value: Value) -> Self {
        Box::new(Object::from(value))
    }
}

/// A progress record (MS-PSRP 2.2.5.1.25). Records with the same `id` are one activity: a later one
/// takes the place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The activity's number within the job.
    pub id: i32,
    /// The activity that this one is a part of.
    pub parent: Option<i32>,
    /// What is being done.
    pub activity: String,
    /// How it stands, in words.
    pub status: String,
    /// The step it is at; often empty.
    pub operation: String,
    /// 0 to 100; `None` when it is not known.
    pub percent: Option<u8>,
    /// Seconds to go, by the command's own reckoning.
    pub seconds_left: Option<u32>,
    /// The activity has ended.
    pub done: bool,
}

impl Progress {
    /// One of which only words are known.
    pub fn text(activity: impl Into<String>) -> Progress {
        Progress {
            activity: activity.into(),
            ..Progress::default()
        }
    }

    /// PowerShell's number as a percentage: a negative one is not known, 100 is the most.
    pub fn percent_of(number: i64) -> Option<u8> {
        u8::try_from(number.min(100)).ok()
    }

    /// PowerShell's number as seconds to go: a negative one is not known.
    pub fn seconds_of(number: i64) -> Option<u32> {
        (number >= 0).then(|| u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// PowerShell's number as the activity that this one is a part of: a negative one is none.
    pub fn parent_of(number: i64) -> Option<i32> {
        i32::try_from(number).ok().filter(|id| *id >= 0)
    }

    /// The record in words: `Moving users: user 4 of 10 40%`.
    pub fn words(&self) -> String {
        let mut words = self.activity.clone();
        if !self.status.trim().is_empty() {
            words.push_str(if words.is_empty() { "" } else { ": " });
            words.push_str(&self.status);
        }
        if let Some(percent) = self.percent {
            words.push_str(&format!(" {percent}%"));
        }
        words
    }
}

impl From<&str> for Box<Progress> {
    fn from(activity: &str) -> Self {
        Box::new(Progress::text(activity))
    }
}

impl From<String> for Box<Progress> {
    fn from(activity: String) -> Self {
        Box::new(Progress::text(activity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_an_error_is_told_in_order() {
        let record = ErrorRecord {
            id: Some("x".into()),
            message: Some("m".into()),
            target: Some(" ".into()),
            ..ErrorRecord::text("t")
        };
        assert!(record.is_full() && !ErrorRecord::text("t").is_full());
        assert_eq!(
            record.parts().collect::<Vec<_>>(),
            [("message", "m"), ("id", "x")]
        );
    }

    #[test]
    fn numbers_of_powershell_have_their_meaning() {
        assert_eq!(
            [-1, 0, 40, 100, 2_000].map(Progress::percent_of),
            [None, Some(0), Some(40), Some(100), Some(100)]
        );
        assert_eq!(
            [-1, 0, i64::MAX].map(Progress::seconds_of),
            [None, Some(0), Some(u32::MAX)]
        );
        assert_eq!(
            [-1, 0, i64::MAX].map(Progress::parent_of),
            [None, Some(0), None]
        );
    }

    #[test]
    fn a_record_in_words() {
        let record = Progress {
            status: "user 4 of 10".into(),
            percent: Some(40),
            ..Progress::text("Moving users")
        };
        assert_eq!(record.words(), "Moving users: user 4 of 10 40%");
        assert_eq!(Progress::text("half").words(), "half");
        // A queue of events holds many.
        assert!(size_of::<crate::execute::Event>() <= 32);
    }
}
