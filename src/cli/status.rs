//! The line on standard error that tells what is going on: rewritten in its place, and gone before
//! anything else is printed. Only where somebody watches.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text::visible_line;

/// Columns of a terminal that does not tell its own.
const COLUMNS: usize = 80;

/// The line as it stands; questions hold it back.
struct Status {
    shown: String,
    held: usize,
    prompt: Prompt,
}

static STATUS: Mutex<Status> = Mutex::new(Status {
    shown: String::new(),
    held: 0,
    prompt: Prompt::new(),
});

/// What stands in front of the answer that is being typed. What is printed meanwhile, by other
/// targets, has lines of its own; then the prompt stands there again.
struct Prompt {
    text: String,
    broken: bool,
}

impl Prompt {
    const fn new() -> Prompt {
        Prompt {
            text: String::new(),
            broken: false,
        }
    }

    /// What has to be written before something else is printed.
    fn leave(&mut self) -> &'static str {
        let stands = !self.text.is_empty() && !self.broken;
        self.broken |= stands;
        if stands { "\n" } else { "" }
    }

    /// What has to be written once nothing else is printed.
    fn come_back(&mut self) -> &str {
        match std::mem::take(&mut self.broken) {
            true => &self.text,
            false => "",
        }
    }
}

/// Shows a prompt; the cursor stays behind it.
pub(super) fn prompt(text: &str) {
    with(|status| {
        write(text);
        status.prompt = Prompt {
            text: text.to_owned(),
            broken: false,
        };
    });
}

/// The answer was given, or will not be.
pub(super) fn answered() {
    with(|status| status.prompt = Prompt::new());
}

fn write(text: &str) {
    if !text.is_empty() {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes());
        let _ = stderr.flush();
    }
}

fn with<T>(work: impl FnOnce(&mut Status) -> T) -> T {
    work(&mut STATUS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Draws the line; an empty text takes it away. While a question is open its prompt is shown again
/// instead, when something was printed over it. Nothing is written when it stands there already, and
/// where nobody watches. That it cannot be written is no error.
pub(super) fn draw(text: &str) {
    if !io::stderr().is_terminal() {
        return;
    }
    with(|status| {
        let text = match status.held {
            0 => clip(&visible_line(text), columns().saturating_sub(1)),
            _ => return write(status.prompt.come_back()),
        };
        if status.shown != text {
            write(&over(&status.shown, &text));
            status.shown = text;
        }
    });
}

/// Takes the line away before something else is printed.
pub(super) fn wipe() {
    with(wipe_shown);
}

fn wipe_shown(status: &mut Status) {
    write(status.prompt.leave());
    if !status.shown.is_empty() {
        write(&over(&status.shown, ""));
        status.shown.clear();
    }
}

/// While it lives, no line is drawn: somebody is being asked.
pub(super) struct Held;

/// Takes the line away and keeps it away.
pub(super) fn hold() -> Held {
    with(|status| {
        wipe_shown(status);
        status.held += 1;
    });
    Held
}

impl Drop for Held {
    fn drop(&mut self) {
        with(|status| status.held = status.held.saturating_sub(1));
    }
}

/// What puts a text in the place of another one on the same line. No escape sequences: a terminal
/// that knows none is served as well.
fn over(before: &str, after: &str) -> String {
    let blanks = " ".repeat(before.width().saturating_sub(after.width()));
    let mut line = format!("\r{after}{blanks}");
    if after.is_empty() {
        line.push('\r');
    }
    line
}

/// The beginning of a text that fits into so many columns.
fn clip(text: &str, columns: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used > columns {
            break;
        }
        out.push_str(grapheme);
    }
    out
}

#[cfg(unix)]
fn columns() -> usize {
    match rustix::termios::tcgetwinsize(io::stderr()) {
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => COLUMNS,
    }
}

#[cfg(not(unix))]
fn columns() -> usize {
    COLUMNS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_takes_the_place_of_the_one_before() {
        assert_eq!(over("", "abc"), "\rabc");
        assert_eq!(over("日本x", "ab"), "\rab   ");
        assert_eq!(over("ab", ""), "\r  \r");
    }

    #[test]
    fn a_prompt_gets_out_of_the_way_and_comes_back() {
        let mut prompt = Prompt::new();
        assert_eq!((prompt.leave(), prompt.come_back()), ("", ""));
        prompt.text = "Password of ops on fe02: ".into();
        assert_eq!(prompt.come_back(), "", "it stands there");
        assert_eq!(
            (prompt.leave(), prompt.leave()),
            ("\n", ""),
            "once for many lines"
        );
        assert_eq!(prompt.come_back(), "Password of ops on fe02: ");
        assert_eq!(prompt.come_back(), "");
        assert_eq!(prompt.leave(), "\n");
    }

    #[test]
    fn a_line_fits() {
        assert_eq!(clip("日本語", 5), "日本");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abc", 0), "");
    }
}
