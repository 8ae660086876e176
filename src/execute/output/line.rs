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
    /// Progress in words.
    Progress,
}

impl Stream {
    /// What stands in front of the text where streams are shown together, as PowerShell's own
    /// console writes it.
    pub fn prefix(self) -> &'static str {
        match self {
            Stream::Warning => "WARNING: ",
            Stream::Verbose => "VERBOSE: ",
            Stream::Output | Stream::Object | Stream::Error | Stream::Progress => "",
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

    /// The line that an event is; `None` for a state.
    pub fn of(event: Event) -> Option<Line> {
        let (stream, text) = match event {
            Event::Output(text) => (Stream::Output, text),
            Event::Object(object) => (Stream::Object, object.to_string()),
            Event::Error(text) => (Stream::Error, text),
            Event::Warning(text) => (Stream::Warning, text),
            Event::Verbose(text) => (Stream::Verbose, text),
            Event::Progress(text) => (Stream::Progress, text),
            Event::State(_) => return None,
        };
        Some(Line::new(stream, text))
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
