//! One line of a job's output.

use std::borrow::Cow;

use serde_json::Value;

use crate::execute::event::Event;

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The output stream, as text.
    Output,
    /// The output stream, as an object: the line's text is its JSON.
    Object,
    /// The error stream.
    Error,
    /// The warning stream.
    Warning,
    /// The verbose stream, and csdeck's own remarks.
    Verbose,
    /// The debug stream.
    Debug,
    /// The information stream, which is shown like output.
    Information,
    /// A remark on how far it is, or on what is not shown.
    Progress,
}

impl Stream {
    /// What stands in front of the text where streams are shown together, as PowerShell's own
    /// console writes it.
    pub fn prefix(self) -> &'static str {
        match self {
            Stream::Warning => "WARNING: ",
            Stream::Verbose => "VERBOSE: ",
            Stream::Debug => "DEBUG: ",
            Stream::Output
            | Stream::Object
            | Stream::Error
            | Stream::Information
            | Stream::Progress => "",
        }
    }

    /// One byte for a file.
    pub(super) fn tag(self) -> u8 {
        match self {
            Stream::Output => b'o',
            Stream::Object => b'j',
            Stream::Error => b'e',
            Stream::Warning => b'w',
            Stream::Verbose => b'v',
            Stream::Debug => b'd',
            Stream::Information => b'i',
            Stream::Progress => b'p',
        }
    }

    pub(super) fn of_tag(tag: u8) -> Option<Stream> {
        [
            Stream::Output,
            Stream::Object,
            Stream::Error,
            Stream::Warning,
            Stream::Verbose,
            Stream::Debug,
            Stream::Information,
            Stream::Progress,
        ]
        .into_iter()
        .find(|s| s.tag() == tag)
    }
}

/// A line as the server sent it: not made safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it comes from.
    pub stream: Stream,
    /// The text without its line ending; of an object the JSON, properties in order.
    pub text: String,
    /// Bytes that were cut off at the end of the text.
    pub cut: usize,
}

impl Line {
    /// A whole line.
    pub fn new(stream: Stream, text: impl Into<String>) -> Line {
        Line {
            stream,
            text: text.into(),
            cut: 0,
        }
    }

    /// The lines that an event is: one, of an error record all that it has, none of a state or of
    /// progress.
    pub fn of(event: Event) -> impl Iterator<Item = Line> {
        let mut several = Vec::new();
        let one = match event {
            Event::Output(text) => Some((Stream::Output, text)),
            Event::Object(object) => Some((Stream::Object, object.value.to_string())),
            Event::Error(record) if record.text.contains('\n') => {
                let lines = record.text.lines();
                several.extend(lines.map(|text| Line::new(Stream::Error, text)));
                None
            }
            Event::Error(record) => Some((Stream::Error, record.text)),
            Event::Warning(text) => Some((Stream::Warning, text)),
            Event::Verbose(text) => Some((Stream::Verbose, text)),
            Event::Debug(text) => Some((Stream::Debug, text)),
            Event::Information(text) => Some((Stream::Information, text)),
            Event::Progress(_) | Event::State(_) => None,
        };
        let one = one.map(|(stream, text)| Line::new(stream, text));
        one.into_iter().chain(several)
    }

    /// The object that an uncut line of [`Stream::Object`] holds.
    pub fn object(&self) -> Option<Value> {
        (self.stream == Stream::Object && self.cut == 0)
            .then(|| serde_json::from_str(&self.text).ok())
            .flatten()
    }

    /// The text with its stream's prefix.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.stream.prefix() {
            "" => Cow::Borrowed(&self.text),
            prefix => Cow::Owned(format!("{prefix}{}", self.text)),
        }
    }

    /// The line with at most so many bytes of text, cut between characters.
    #[must_use]
    pub fn clipped(mut self, most: usize) -> Line {
        if self.text.len() > most {
            let at = self.text.floor_char_boundary(most);
            self.cut += self.text.len() - at;
            self.text.truncate(at);
            self.text.shrink_to_fit();
        }
        self
    }

    /// Bytes that it takes in memory, about.
    pub(super) fn weight(&self) -> usize {
        self.text.len() + size_of::<Line>()
    }
}
