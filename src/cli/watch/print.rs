//! What a watch prints: for people one line that changes on a terminal, plain lines otherwise; JSON
//! for programs.

use std::time::Duration;

use jiff::SignedDuration;

use crate::cli::{Failure, Format, Out, status};
use crate::replication::{Report, RowReport, RowVerdict, Summary, Verdict, Watcher, words};

/// How many of the replicas that came last the end names.
const LAST: usize = 3;

/// How much is printed of each poll for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Every poll with its table: a recording.
    Every,
    /// A table when something changed: a recording that grows.
    Changes,
    /// A line when something changed; the table at the end.
    Lines,
}

/// Prints the polls in the form asked for.
pub(super) struct Printer<'a> {
    out: &'a mut Out,
    format: Format,
    style: Style,
    polls: usize,
    asked: String,
    shown: Option<(Verdict, Vec<(String, RowVerdict)>)>,
    advice: Vec<String>,
}

impl<'a> Printer<'a> {
    /// For a recording: a table for each poll, or with `every` false for each that differs from the
    /// one before. `asked` names the source until an answer does.
    pub(super) fn recorded(out: &'a mut Out, format: Format, every: bool, asked: &str) -> Self {
        let style = if every { Style::Every } else { Style::Changes };
        Printer::new(out, format, style, asked)
    }

    /// For a watch that goes on.
    pub(super) fn live(out: &'a mut Out, format: Format, asked: &str) -> Self {
        Printer::new(out, format, Style::Lines, asked)
    }

    fn new(out: &'a mut Out, format: Format, style: Style, asked: &str) -> Self {
        Printer {
            out,
            format,
            style,
            polls: 0,
            asked: asked.to_owned(),
            shown: None,
            advice: Vec::new(),
        }
    }

    /// One poll was judged.
    pub(super) fn poll(&mut self, report: &Report) -> Result<(), Failure> {
        self.polls += 1;
        match self.format {
            Format::Jsonl => self.out.jsonl(&report.to_json())?,
            Format::Json => {}
            Format::Table | Format::Tree => self.people(report)?,
        }
        self.out.flush()
    }

    /// The watch is over; this is where it stands.
    pub(super) fn end(&mut self, watcher: &Watcher) -> Result<(), Failure> {
        status::draw("");
        let report = watcher.latest();
        match self.format {
            Format::Json => self.out.json(&report.to_json())?,
            Format::Table | Format::Tree if self.style == Style::Lines => {
                if self.polls > 0 {
                    self.out.line("")?;
                    self.block(report)?;
                }
                for line in summary(&watcher.summary()) {
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
            Some(wait) => format!("next in {}", words::span(rounded(wait))),
        };
        if self.polls == 0 {
            return status::draw(&next);
        }
        let (done, of) = report.count();
        let forecast = report.forecast.as_ref();
        let left = forecast.map_or_else(String::new, |f| format!("  {}", f.words()));
        let laggard = laggard(report).map_or_else(String::new, |row| {
            let waited = row
                .waited
                .map_or_else(String::new, |waited| format!(" {}", words::span(waited)));
            format!("  {} {}{waited}", row.fqdn, row.verdict)
        });
        status::draw(&format!(
            "{}  {done} of {of}{laggard}{left}  poll {}, {next}",
            report.verdict.word().to_uppercase(),
            self.polls
        ));
    }

    fn people(&mut self, report: &Report) -> Result<(), Failure> {
        let rows = report
            .rows
            .iter()
            .map(|row| (row.fqdn.clone(), row.verdict))
            .collect();
        let now = Some((report.verdict, rows));
        if self.style != Style::Every && self.shown == now {
            return Ok(());
        }
        let verdict_is_new =
            self.shown.as_ref().map(|(verdict, _)| *verdict) != Some(report.verdict);
        let first = self.shown.is_none();
        self.shown = now;
        if self.style == Style::Lines {
            // On a terminal the line that changes tells of the rows.
            if self.out.is_terminal() && !verdict_is_new {
                return Ok(());
            }
            status::wipe();
            return self.out.line(&format!(
                "{}  {}: {}",
                when(report),
                report.verdict,
                report.reason
            ));
        }
        if !first {
            self.out.line("")?;
        }
        self.block(report)
    }

    /// The poll as a whole: when and who, the rows, what to check.
    fn block(&mut self, report: &Report) -> Result<(), Failure> {
        let source = match report.source.as_str() {
            "" => &self.asked,
            source => source,
        };
        self.out
            .line(&format!("{}  poll {}  {source}", when(report), self.polls))?;
        for line in report.to_lines() {
            self.out.line(&line)?;
        }
        for note in &report.notes {
            self.out.line(&format!("  {note}"))?;
        }
        // Advice that was just given is not given again.
        if self.advice != report.advice {
            for advice in &report.advice {
                self.out.line(&format!("  - {advice}"))?;
            }
            self.advice.clone_from(&report.advice);
        }
        Ok(())
    }
}

/// When the poll was taken.
fn when(report: &Report) -> String {
    report.sampled_at.map_or_else(
        || "time not known".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
    )
}

/// Whom the watch waits for longest.
fn laggard(report: &Report) -> Option<&RowReport> {
    let open = report.rows.iter().filter(|row| row.waited.is_some());
    open.max_by_key(|row| row.waited)
}

/// How the whole watch went: how long, and who came last.
fn summary(summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((started, ended)) = summary.started.zip(summary.ended) {
        let blind = match summary.blind {
            0 => String::new(),
            n => format!(", {n} of them without data"),
        };
        lines.push(format!(
            "watched for {} in {} polls{blind}",
            words::span(ended.duration_since(started)),
            summary.polls
        ));
    }
    let last: Vec<String> = summary
        .last(LAST)
        .into_iter()
        .filter_map(|came| Some(format!("{} {}", came.fqdn, words::span(came.took?))))
        .collect();
    if !last.is_empty() {
        lines.push(format!("last from package to report: {}", last.join(", ")));
    }
    for left_out in &summary.excluded {
        lines.push(format!("left out: {} ({})", left_out.fqdn, left_out.reason));
    }
    lines
}

/// To whole seconds, up: `next in 0 s` would say that it is now.
fn rounded(wait: Duration) -> SignedDuration {
    SignedDuration::from_secs(wait.as_millis().div_ceil(1000) as i64)
}
