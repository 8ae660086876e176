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
}

static STATUS: Mutex<Status> = Mutex::new(Status {
    shown: String::new(),
    held: 0,
});

fn with<T>(work: impl FnOnce(&mut Status) -> T) -> T {
    work(&mut STATUS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Draws the line; an empty text takes it away. Nothing is written when it says that already, while
/// a question is open, and where nobody watches. That it cannot be written is no error.
pub(super) fn draw(text: &str) {
    if !io::stderr().is_terminal() {
        return;
    }
    with(|status| {
        let text = match status.held {
            0 => clip(&visible_line(text), columns().saturating_sub(1)),
            _ => return,
        };
        if status.shown != text {
            let line = over(&status.shown, &text);
            let mut stderr = io::stderr().lock();
            let _ = stderr.write_all(line.as_bytes());
            let _ = stderr.flush();
            status.shown = text;
        }
    });
}

/// Takes the line away before something else is printed.
pub(super) fn wipe() {
    with(wipe_shown);
}

fn wipe_shown(status: &mut Status) {
    if !status.shown.is_empty() {
        let line = over(&status.shown, "");
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(line.as_bytes());
        let _ = stderr.flush();
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
    fn a_line_fits() {
        assert_eq!(clip("日本語", 5), "日本");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abc", 0), "");
    }
}
