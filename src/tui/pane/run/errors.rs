//! The errors of a job with everything that is known of them.

use std::ops::Range;

use crate::execute::ErrorRecord;
use crate::execute::output::{Line, Stream};

use super::scroll::{Anchor, Room};
use super::state::State;
use super::window::Window;

/// Errors that are held; of more the rest is counted, and their text is in the output.
const MOST: usize = 500;

/// Bytes of them that are held.
const BYTES: usize = 1 << 20;

/// What ends a record that came as lines of text.
const LAST: &str = "+ FullyQualifiedErrorId";

/// The errors of one job.
#[derive(Debug, Default)]
pub struct Errors {
    held: Vec<Held>,
    bytes: usize,
    /// How many came.
    pub count: usize,
}

#[derive(Debug)]
struct Held {
    /// Its lines in the output, by number.
    lines: Range<u64>,
    record: ErrorRecord,
}

impl Errors {
    /// Takes in an error that is these lines of the output. Lines of text that follow each other
    /// are one error, up to the line that ends it. True when what is held changed.
    pub fn came(&mut self, lines: Range<u64>, record: &ErrorRecord) -> bool {
        let goes_on = !record.is_full()
            && self.held.len() == self.count
            && self
                .held
                .last()
                .is_some_and(|last| last.goes_on(&lines, &record.text));
        let bytes = weight(record);
        let fits = self.bytes + bytes <= BYTES;
        if goes_on {
            if let Some(last) = self.held.last_mut() {
                last.lines.end = lines.end;
                if fits {
                    self.bytes += bytes;
                    last.record.text.push('\n');
                    last.record.text.push_str(&record.text);
                }
            }
            return fits;
        }
        if !record.is_full() && record.text.trim().is_empty() {
            return false;
        }
        self.count += 1;
        let fits = fits && self.held.len() < MOST;
        if fits {
            self.bytes += bytes;
            let record = record.clone();
            self.held.push(Held { lines, record });
        }
        // The first one that is not held is told.
        fits || self.count == self.held.len() + 1
    }

    /// The errors in full, as lines.
    pub fn unfolded(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for (n, held) in self.held.iter().enumerate() {
            held.unfold(n + 1, &mut lines);
        }
        if self.count > self.held.len() {
            let text = "and more, which the title counts: their text is in the output";
            lines.push(Line::new(Stream::Progress, text));
        }
        lines
    }

    /// Where among the unfolded lines the error begins that is at this line of the output, or the
    /// first one below it, or the last one.
    pub fn place_of(&self, line: u64) -> u64 {
        let below = self.held.iter().position(|h| h.lines.end > line);
        let number = below.unwrap_or(self.held.len().saturating_sub(1));
        let mut before = Vec::new();
        for held in self.held.iter().take(number) {
            held.unfold(1, &mut before);
        }
        match before.len() as u64 {
            0 => 0,
            // An empty line stands between two.
            lines => lines + 1,
        }
    }
}

impl Held {
    fn goes_on(&self, lines: &Range<u64>, text: &str) -> bool {
        let mut said = self.record.text.lines();
        let ended = said.any(|l| l.trim_start().starts_with(LAST));
        !self.record.is_full()
            && self.lines.end == lines.start
            && (!ended || text.is_empty() || text.starts_with(' '))
    }

    fn unfold(&self, number: usize, lines: &mut Vec<Line>) {
        if !lines.is_empty() {
            lines.push(Line::new(Stream::Output, ""));
        }
        let heading = format!("Error {number}");
        lines.push(Line::new(Stream::Output, heading));
        let record = &self.record;
        // What PowerShell shows is made of the parts; where they are not known it is all there is.
        if record.message.is_none() {
            let text = record.text.trim_end().lines();
            lines.extend(text.map(|l| Line::new(Stream::Error, l)));
        }
        for (name, text) in record.parts() {
            let stream = match name {
                "message" => Stream::Error,
                _ => Stream::Output,
            };
            let mut name = name;
            for line in text.trim_end().lines() {
                lines.push(Line::new(stream, format!("  {name:<8}  {line}")));
                name = "";
            }
        }
    }
}

impl State {
    /// Shows the errors of the selected job in full, or its output again. Begins at the error that is
    /// marked, or at the first one on the screen or below it. False when it has none.
    pub fn unfold_errors(&mut self, room: Room) -> bool {
        if self.look.errors.take().is_some() {
            (self.look.top, self.look.column) = (None, 0);
            self.refind_view();
            return true;
        }
        let of_objects = self.shows_objects();
        let at = match self.look.mark {
            Some((a, b)) if !of_objects => a.min(b),
            // Who follows the newest lines looks at all of them.
            _ if of_objects || self.look.top.is_none() => 0,
            _ => self.top(room).line,
        };
        let Some(job) = self.current().filter(|j| j.errors.count > 0) else {
            return false;
        };
        let (line, window) = (
            job.errors.place_of(at),
            Window::whole(job.errors.unfolded()),
        );
        self.look.top = Some(Anchor { line, row: 0 });
        self.look.column = 0;
        self.look.errors = Some(window);
        self.look.mark = None;
        self.refind();
        true
    }
}

fn weight(record: &ErrorRecord) -> usize {
    let parts = record.parts().map(|(_, text)| text.len());
    size_of::<Held>() + record.text.len() + parts.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(message: &str) -> ErrorRecord {
        ErrorRecord {
            message: Some(message.into()),
            category: Some("ObjectNotFound".into()),
            position: Some("At line:1 char:1\n+ Get-X".into()),
            ..ErrorRecord::text(format!("Get-X : {message}"))
        }
    }

    fn texts(errors: &Errors) -> Vec<String> {
        errors.unfolded().into_iter().map(|l| l.text).collect()
    }

    #[test]
    fn a_record_is_shown_by_its_parts() {
        let mut errors = Errors::default();
        errors.came(3..9, &full("no\nnever"));
        errors.came(9..12, &full("nor that"));
        assert_eq!(
            texts(&errors),
            [
                "Error 1",
                "  message   no",
                "            never",
                "  category  ObjectNotFound",
                "  position  At line:1 char:1",
                "            + Get-X",
                "",
                "Error 2",
                "  message   nor that",
                "  category  ObjectNotFound",
                "  position  At line:1 char:1",
                "            + Get-X",
            ]
        );
        assert_eq!(
            [0, 3, 8, 9, 40].map(|n| errors.place_of(n)),
            [0, 0, 0, 7, 7]
        );
    }

    #[test]
    fn lines_of_text_that_follow_each_other_are_one_error() {
        let mut errors = Errors::default();
        for (n, text) in [
            "Get-X : no",
            "At line:1 char:1",
            "    + CategoryInfo          : ObjectNotFound: (:) [], X",
            "    + FullyQualifiedErrorId : X,Microsoft.Rtc.Manage",
            "   ment.Y",
            " ",
            "Get-Z : no",
        ]
        .iter()
        .enumerate()
        {
            let n = n as u64;
            errors.came(n..n + 1, &ErrorRecord::text(*text));
        }
        // Something else was said in between.
        errors.came(20..21, &ErrorRecord::text("sh: odd"));
        assert_eq!(errors.count, 3);
        assert!(texts(&errors).contains(&"   ment.Y".to_owned()));
    }

    #[test]
    fn what_is_held_has_an_end_and_is_counted() {
        let mut errors = Errors::default();
        for n in 0..MOST as u64 + 7 {
            errors.came(n..n + 1, &full("no"));
        }
        assert_eq!((errors.count, errors.held.len()), (MOST + 7, MOST));
        assert!(
            texts(&errors)
                .last()
                .is_some_and(|l| l.starts_with("and more"))
        );
        let mut errors = Errors::default();
        for n in 0..2_000 {
            errors.came(n..n + 1, &ErrorRecord::text("x".repeat(4_000)));
        }
        assert!(errors.bytes <= BYTES);
        assert_eq!(errors.count, 1);
    }
}
