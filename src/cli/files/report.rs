//! What a copy prints while it goes on.

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use crate::cli::target::explain;
use crate::cli::{Exit, Failure, Format, Out, note};
use crate::execute::Target;
use crate::execute::files::{FileError, FileEvent, Phase, Progress, TransferEnd};
use crate::gate::{Direction, Transfer};

/// Prints the events of one copy in the form asked for.
pub(super) struct Report<'a> {
    out: &'a mut Out,
    format: Format,
    target: &'a Target,
    transfer: &'a Transfer,
    /// Somebody watches standard error.
    watched: bool,
    /// Columns that the last line of progress took.
    drawn: usize,
    /// When the phase began.
    began: Option<(Phase, Instant)>,
    /// Why output could not be written; the copy goes on all the same.
    unwritten: Option<Failure>,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        out: &'a mut Out,
        format: Format,
        target: &'a Target,
        transfer: &'a Transfer,
    ) -> Self {
        Report {
            out,
            format,
            target,
            transfer,
            watched: io::stderr().is_terminal(),
            drawn: 0,
            began: None,
            unwritten: None,
        }
    }

    /// Prints until the copy ended.
    pub(super) async fn follow(mut self, mut events: Receiver<FileEvent>) -> Self {
        while let Some(event) = events.recv().await {
            let written = match event {
                FileEvent::Warning(text) => {
                    self.wipe();
                    note(&format!("warning: {text}"));
                    Ok(())
                }
                // The final state is told with the exit code, at the end.
                FileEvent::State(state) if state.is_final() => Ok(()),
                FileEvent::State(state) => self.line(json!({ "state": state }), "state"),
                FileEvent::Progress(progress) => self.progress(progress),
            };
            if let Err(failure) = written {
                self.unwritten.get_or_insert(failure);
            }
        }
        self.wipe();
        self
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Failure> {
        let Progress {
            phase,
            bytes,
            total,
        } = progress;
        if self.format == Format::Jsonl {
            let more = json!({ "phase": phase.word(), "bytes": bytes, "total": total });
            return self.line(more, "progress");
        }
        if !self.watched {
            return Ok(());
        }
        let since = match self.began {
            Some((known, since)) if known == phase => since,
            _ => {
                let now = Instant::now();
                self.began = Some((phase, now));
                now
            }
        };
        let seconds = since.elapsed().as_secs_f64();
        let rate = if seconds > 0.2 {
            format!(", {}/s", amount((bytes as f64 / seconds) as u64))
        } else {
            String::new()
        };
        let percent = (bytes.saturating_mul(100))
            .checked_div(total)
            .unwrap_or(100);
        self.draw(&format!(
            "{}: {} of {}, {percent} %{rate}",
            phase.word(),
            amount(bytes),
            amount(total)
        ));
        Ok(())
    }

    /// One line in place of the one before. That nobody reads it is no error.
    fn draw(&mut self, text: &str) {
        let blanks = " ".repeat(self.drawn.saturating_sub(text.len()));
        let _ = write!(io::stderr().lock(), "\r{text}{blanks}");
        self.drawn = text.len();
    }

    fn wipe(&mut self) {
        if self.drawn > 0 {
            self.draw("");
            let _ = write!(io::stderr().lock(), "\r");
        }
    }

    /// A line of --format jsonl.
    fn line(&mut self, more: Value, event: &str) -> Result<(), Failure> {
        if self.format != Format::Jsonl {
            return Ok(());
        }
        let mut object = json!({ "target": self.target.name, "event": event });
        if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
            object.extend(more);
        }
        self.out.jsonl(&object)?;
        self.out.flush()
    }

    /// The last word.
    pub(super) fn end(self, end: &TransferEnd) -> Result<Exit, Failure> {
        let exit = Exit::of(end.exit());
        let mut last = json!({
            "target": self.target.name, "event": "state", "state": end.state, "exit": exit.code(),
            "local": self.transfer.local, "remote": self.transfer.remote,
        });
        match &end.result {
            Ok(done) => {
                last["bytes"] = done.bytes.into();
                last["sha256"] = done.sha256.as_str().into();
                if self.format == Format::Table {
                    // As sha256sum prints it; the name is where the copy is now.
                    let copy = match self.transfer.direction {
                        Direction::Get => self.transfer.local.clone(),
                        Direction::Put => format!("{}:{}", self.target.name, self.transfer.remote),
                    };
                    self.out.line(&format!("{}  {copy}", done.sha256))?;
                }
            }
            Err(error) => {
                let mut text = match &error.why {
                    FileError::Transport(e) => explain(self.target, e),
                    why => why.to_string(),
                };
                if let Some(left) = &error.left {
                    text.push('\n');
                    text.push_str(left);
                }
                note(&text);
                last["text"] = text.into();
            }
        }
        match self.format {
            Format::Json => self.out.json(&last)?,
            Format::Jsonl => self.out.jsonl(&last)?,
            Format::Table | Format::Tree => {}
        }
        match self.unwritten {
            Some(failure) => Err(failure),
            None => Ok(exit),
        }
    }
}

/// Bytes for people, in powers of 1000 as on the label of a disk.
fn amount(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.95 {
            let digits = usize::from(unit != "B");
            return format!("{value:.digits$} {unit}");
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (12_345_678, "12.3 MB"),
            (5_000_000_000, "5.0 GB"),
            (u64::MAX, "18446744.1 TB"),
        ] {
            assert_eq!(amount(bytes), text);
        }
    }
}
