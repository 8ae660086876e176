//! What a PowerShell host writes to standard error, turned into events.
//!
//! powershell.exe serialises its other streams as CLIXML when standard error is redirected and
//! the command came as `-EncodedCommand`: a line `#< CLIXML`, then `<Objs>` documents (MS-PSRP
//! 2.2.5). Some hosts write plain lines; both may mix. Nothing that is not understood is
//! swallowed: a document that does not parse comes out as the lines it had.

use super::event::Event;
use super::lines::Line;
use crate::powershell::clixml::{self, Value};

const HEADER: &str = "#< CLIXML";
const DOCUMENT_END: &str = "</Objs>";

/// Most that is kept of one document before it is given up and passed on as lines, in bytes.
const DOCUMENT_LIMIT: usize = 16 << 20;

/// Turns the lines of standard error into events as they arrive.
#[derive(Debug, Default)]
pub struct StderrDecoder {
    /// A header was seen: `<Objs` opens a document.
    clixml: bool,
    /// The document read so far; empty outside of one.
    document: String,
}

impl StderrDecoder {
    /// Takes the next line; returns the events that are complete now.
    pub fn push(&mut self, line: Line) -> Vec<Event> {
        let mut events = Vec::new();
        let Line { text, cut } = line;
        if self.document.is_empty() {
            self.outside(text, cut, &mut events);
        } else {
            self.inside(&text, cut, &mut events);
        }
        events
    }

    /// Ends the stream: an unfinished document is passed on as the lines it had.
    pub fn finish(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.give_up(&mut events);
        events
    }

    fn outside(&mut self, text: String, cut: bool, events: &mut Vec<Event>) {
        if text.trim_start_matches('\u{feff}').trim_end() == HEADER {
            self.clixml = true;
        } else if self.clixml && text.trim_start().starts_with("<Objs") {
            self.inside(&text, cut, events);
        } else {
            events.push(Event::error(text));
        }
    }

    fn inside(&mut self, text: &str, cut: bool, events: &mut Vec<Event>) {
        let from = self.document.len().saturating_sub(DOCUMENT_END.len());
        self.document.push_str(text);
        if !cut {
            self.document.push('\n');
        }
        // The end may straddle two pieces of a cut line, so look a little further back.
        let from = (0..=from)
            .rev()
            .find(|&i| self.document.is_char_boundary(i))
            .unwrap_or(0);
        if let Some(at) = self.document[from..].find(DOCUMENT_END) {
            let rest = self.document.split_off(from + at + DOCUMENT_END.len());
            let document = std::mem::take(&mut self.document);
            match read_document(document.trim_start()) {
                Some(mut read) => events.append(&mut read),
                None => events.extend(document.lines().map(Event::error)),
            }
            let rest = rest.strip_suffix('\n').unwrap_or(&rest);
            if !rest.is_empty() {
                self.outside(rest.to_owned(), cut, events);
            }
        } else if self.document.len() > DOCUMENT_LIMIT {
            self.give_up(events);
        }
    }

    fn give_up(&mut self, events: &mut Vec<Event>) {
        let document = std::mem::take(&mut self.document);
        events.extend(document.lines().map(Event::error));
    }
}

/// Turns the whole of a standard error stream into events; see [`StderrDecoder`] for a stream
/// that is still being written.
pub fn decode_stderr(text: &str) -> Vec<Event> {
    let mut decoder = StderrDecoder::default();
    let mut events = Vec::new();
    for line in text.lines() {
        events.append(&mut decoder.push(Line {
            text: line.to_owned(),
            cut: false,
        }));
    }
    events.append(&mut decoder.finish());
    events
}

/// The streams that matter; progress and information records are dropped: they are no results,
/// and an error event would fail the job.
#[derive(Clone, Copy, PartialEq)]
enum Stream {
    Output,
    Error,
    Warning,
    Verbose,
}

impl Stream {
    fn of(name: &str) -> Option<Stream> {
        match name.to_ascii_lowercase().as_str() {
            "output" => Some(Stream::Output),
            "error" => Some(Stream::Error),
            "warning" => Some(Stream::Warning),
            "verbose" | "debug" => Some(Stream::Verbose),
            _ => None,
        }
    }

    fn event(self, line: String) -> Event {
        match self {
            Stream::Output => Event::Output(line),
            Stream::Error => Event::error(line),
            Stream::Warning => Event::Warning(line),
            Stream::Verbose => Event::Verbose(line),
        }
    }
}

/// `None` when it is not a CLIXML document that can be read.
fn read_document(document: &str) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    // The host cuts an error record into strings at the console's width, each with its line end;
    // strings of one stream that follow each other belong together.
    let mut open: Option<(Stream, String)> = None;
    for item in clixml::document(document).ok()? {
        // A value without a stream is a pipeline object: output.
        let stream = Stream::of(item.stream.as_deref().unwrap_or("output"));
        let Some(stream) = stream else { continue };
        let text = match item.value {
            Value::String(text) => text,
            // The words of a serialised record or object.
            Value::Object(object) => match object.to_string {
                Some(words) => words + "\n",
                None => continue,
            },
            Value::Null => continue,
            value => value.text() + "\n",
        };
        match &mut open {
            Some((current, gathered)) if *current == stream => gathered.push_str(&text),
            _ => {
                flush(open.take(), &mut events);
                open = Some((stream, text));
            }
        }
    }
    flush(open, &mut events);
    Some(events)
}

fn flush(open: Option<(Stream, String)>, events: &mut Vec<Event>) {
    if let Some((stream, text)) = open {
        events.extend(text.lines().map(|line| stream.event(line.to_owned())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = include_str!("../../tests/fixtures/shell/stderr.clixml.txt");

    fn error(text: &str) -> Event {
        Event::error(text)
    }

    #[test]
    fn the_sample_becomes_its_error_lines_and_progress_is_dropped() {
        let events = decode_stderr(SAMPLE);
        assert_eq!(events.len(), 5, "{events:?}");
        assert_eq!(
            events[0],
            error(
                "Get-CsManagementStoreReplicationStatus : Cannot open database \"xds\" requested by the login. The login failed."
            )
        );
        assert_eq!(
            events[1],
            error("Login failed for user 'KESTREL\\fieldeng'.")
        );
        assert!(events.iter().all(|e| matches!(e, Event::Error(_))));
    }

    #[test]
    fn progress_alone_says_nothing() {
        let text = "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj S=\"progress\" RefId=\"0\"/></Objs>\r\n";
        assert_eq!(decode_stderr(text), vec![]);
    }

    #[test]
    fn plain_lines_pass_before_between_and_after() {
        let text = "sh: odd\n#< CLIXML\n<Objs xmlns=\"x\"><S S=\"warning\">careful_x000A_</S><S S=\"verbose\">more</S></Objs>tail\nlast\n";
        assert_eq!(
            decode_stderr(text),
            vec![
                error("sh: odd"),
                Event::Warning("careful".into()),
                Event::Verbose("more".into()),
                error("tail"),
                error("last"),
            ]
        );
    }

    #[test]
    fn a_record_is_read_by_its_words() {
        let text = "#< CLIXML\n<Objs xmlns=\"x\"><Obj S=\"Error\" RefId=\"0\"><ToString>it broke</ToString></Obj></Objs>\n";
        assert_eq!(decode_stderr(text), vec![error("it broke")]);
    }

    #[test]
    fn two_documents_on_one_line() {
        let text = "#< CLIXML\n<Objs><S S=\"Error\">a</S></Objs><Objs><S S=\"Error\">b</S></Objs>";
        assert_eq!(decode_stderr(text), vec![error("a"), error("b")]);
    }

    #[test]
    fn what_does_not_parse_is_passed_on() {
        let broken = "<Objs><S S=\"Error\">a</Objs>";
        assert_eq!(
            decode_stderr(&format!("#< CLIXML\n{broken}\n")),
            vec![error(broken)]
        );
        let unfinished = "<Objs><S S=\"Error\">a";
        assert_eq!(
            decode_stderr(&format!("#< CLIXML\n{unfinished}\n")),
            vec![error(unfinished)]
        );
        assert_eq!(
            decode_stderr("<Objs></Objs>\n"),
            vec![error("<Objs></Objs>")]
        );
    }

    #[test]
    fn a_cut_line_is_joined_again() {
        let mut decoder = StderrDecoder::default();
        let mut feed = |text: &str, cut| {
            decoder.push(Line {
                text: text.into(),
                cut,
            })
        };
        assert_eq!(feed("#< CLIXML", false), vec![]);
        assert_eq!(feed("<Objs><S S=\"Err", true), vec![]);
        assert_eq!(feed("or\">é one</S></Ob", true), vec![]);
        assert_eq!(feed("js>", false), vec![error("é one")]);
    }

    #[test]
    fn a_value_that_is_no_text_is_output_in_words() {
        let text = "#< CLIXML\n<Objs><I32>42</I32><Nil /><S>a_x000A_</S><B>true</B></Objs>\n";
        let output = |text: &str| Event::Output(text.into());
        assert_eq!(
            decode_stderr(text),
            vec![output("42"), output("a"), output("True")]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_decoded_without_loss_of_plain_lines(text in "[^\r\n]{0,40}") {
            let events = decode_stderr(&format!("{text}\n"));
            if text.trim_start_matches('\u{feff}').trim_end() != HEADER {
                prop_assert_eq!(events, vec![Event::error(text)]);
            }
        }

        #[test]
        fn any_broken_document_never_panics(text in "(<Objs>|</Objs>|<S S=\"Error\">|</S>|_x00|é|\n|#< CLIXML\n){0,20}") {
            decode_stderr(&format!("#< CLIXML\n{text}"));
        }
    }
}
