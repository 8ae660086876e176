//! What `Write-Host -NoNewline` writes in pieces, as the lines it is seen as.

use tokio::time::{Duration, Instant};

/// How long a line that goes on is held: what says "working ..." has to be seen while it works.
const HELD: Duration = Duration::from_secs(2);

/// The longest line that is held, in bytes.
const LONGEST: usize = 64 * 1024;

/// A line that has begun.
#[derive(Debug, Default)]
pub struct HostLine {
    begun: String,
    due: Option<Instant>,
}

impl HostLine {
    /// Takes a piece of text, which may hold several lines; the last one `goes_on`, or not. Gives the
    /// lines that are whole. A carriage return begins a line anew: what was rewritten stays readable.
    pub fn push(&mut self, text: &str, goes_on: bool) -> Vec<String> {
        let mut whole = Vec::new();
        let text = text.replace("\r\n", "\n");
        for (n, piece) in text.split(['\n', '\r']).enumerate() {
            let rewritten = n == 1 && text.starts_with('\r') && self.begun.is_empty();
            if n > 0 && !rewritten {
                whole.push(std::mem::take(&mut self.begun));
            }
            self.begun.push_str(piece);
        }
        if !goes_on {
            whole.push(std::mem::take(&mut self.begun));
        } else if self.begun.len() > LONGEST {
            whole.extend(self.take());
        }
        self.due = (!self.begun.is_empty()).then(|| Instant::now() + HELD);
        whole
    }

    /// The line as far as it came, when it has begun.
    pub fn take(&mut self) -> Option<String> {
        self.due = None;
        let begun = std::mem::take(&mut self.begun);
        (!begun.is_empty()).then_some(begun)
    }

    /// When the line is to be shown though it goes on.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(pieces: &[(&str, bool)]) -> Vec<String> {
        let mut line = HostLine::default();
        let mut all: Vec<String> = Vec::new();
        for (text, goes_on) in pieces {
            all.extend(line.push(text, *goes_on));
        }
        all.extend(line.take());
        all
    }

    #[test]
    fn pieces_are_one_line() {
        assert_eq!(
            said(&[
                ("Replica ", true),
                ("fe01", true),
                (": ok", false),
                ("next", false)
            ]),
            ["Replica fe01: ok", "next"]
        );
        assert_eq!(said(&[("a\nb", true), ("c", true)]), ["a", "bc"]);
        assert_eq!(said(&[("", false), ("a", true), ("", false)]), ["", "a"]);
    }

    #[test]
    fn a_line_that_is_rewritten_stays_readable() {
        assert_eq!(
            said(&[("\r10%", true), ("\r20%", true), ("", false)]),
            ["10%", "20%"]
        );
        assert_eq!(said(&[("a\r\n", true), ("b", false)]), ["a", "b"]);
    }

    #[test]
    fn a_line_without_end_is_not_held_for_ever() {
        let mut line = HostLine::default();
        assert!(line.due().is_none());
        assert!(line.push(".", true).is_empty() && line.due().is_some());
        let long = "x".repeat(LONGEST);
        assert_eq!(line.push(&long, true).len(), 1);
        assert!(line.due().is_none() && line.take().is_none());
    }

    proptest! {
        #[test]
        fn nothing_is_lost(pieces in prop::collection::vec(("[a-z\n]{0,5}", any::<bool>()), 0..20)) {
            let pieces: Vec<(&str, bool)> = pieces.iter().map(|(t, g)| (t.as_str(), *g)).collect();
            let mut text = String::new();
            for (piece, goes_on) in &pieces {
                text.push_str(piece);
                text.push_str(if *goes_on { "" } else { "\n" });
            }
            let wanted: Vec<&str> = text.lines().collect();
            prop_assert_eq!(said(&pieces), wanted);
        }
    }
}
