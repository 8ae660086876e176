//! What a watch of objects prints: for people one line that changes on a terminal, plain lines
//! otherwise; JSON for programs.

use std::time::Duration;

use crate::cli::{Failure, Format, Out, status};
use crate::replication::Verdict;
use crate::until::Report;

/// Prints the polls in the form asked for.
pub(super) struct Printer<'a> {
    out: &'a mut Out,
    format: Format,
    polls: usize,
    asked: String,
    shown: Option<(Verdict, String)>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut Out, format: Format, asked: &str) -> Self {
        Printer {
            out,
            format,
            polls: 0,
            asked: asked.to_owned(),
            shown: None,
        }
    }

    /// One poll was judged. For people a line when something changed; on a terminal, where the line
    /// that changes tells the rest, when the verdict did.
    pub(super) fn poll(&mut self, report: &Report) -> Result<(), Failure> {
        self.polls += 1;
        match self.format {
            Format::Jsonl => self.out.jsonl(&report.to_json())?,
            Format::Json => {}
            Format::Table | Format::Tree => {
                let verdict_is_new = self.shown.as_ref().map(|(v, _)| *v) != Some(report.verdict);
                let now = Some((report.verdict, report.reason.clone()));
                if self.shown != now && (verdict_is_new || !self.out.is_terminal()) {
                    status::wipe();
                    self.out.line(&format!(
                        "{}  {}: {}",
                        when(report),
                        report.verdict,
                        report.in_one_line()
                    ))?;
                }
                self.shown = now;
            }
        }
        self.out.flush()
    }

    /// The watch is over; this is where it stands.
    pub(super) fn end(&mut self, report: &Report) -> Result<(), Failure> {
        status::draw("");
        match self.format {
            Format::Json => self.out.json(&report.to_json())?,
            Format::Table | Format::Tree if self.polls > 0 => {
                self.out.line("")?;
                self.out.line(&format!(
                    "{}  poll {}  {}",
                    when(report),
                    self.polls,
                    self.asked
                ))?;
                for line in report.to_lines() {
                    self.out.line(&line)?;
                }
            }
            _ => {}
        }
        self.out.flush()
    }

    /// True when nobody reads any more.
    pub(super) fn is_closed(&self) -> bool {
        self.out.is_closed()
    }

    /// Draws the line that changes, where a terminal shows it; `wait` is until the next poll.
    pub(super) fn count_down(&self, report: &Report, wait: Option<Duration>) {
        let next = match wait {
            None => format!("asking {}", self.asked),
            Some(wait) if wait.is_zero() => "asking".to_owned(),
            // Up: `next in 0 s` would say that it is now.
            Some(wait) => format!("next in {} s", wait.as_millis().div_ceil(1000)),
        };
        if self.polls == 0 {
            return status::draw(&next);
        }
        let (done, of) = report.count();
        status::draw(&format!(
            "{}  {done} of {of}  poll {}, {next}  {}",
            report.verdict.word().to_uppercase(),
            self.polls,
            report.in_one_line()
        ));
    }
}

/// When the poll was taken.
fn when(report: &Report) -> String {
    report.sampled_at.map_or_else(
        || "time not known".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
    )
}
