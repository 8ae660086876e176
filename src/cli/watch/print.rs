//! What a watch prints.

use crate::cli::{Failure, Format, Out};
use crate::replication::{Report, RowVerdict, Verdict};

/// Prints the polls in the form asked for.
pub(super) struct Printer<'a> {
    out: &'a mut Out,
    format: Format,
    /// Every poll, not only those that differ from the one before.
    every: bool,
    polls: usize,
    shown: Option<(Verdict, Vec<(String, RowVerdict)>)>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut Out, format: Format, every: bool) -> Self {
        Printer { out, format, every, polls: 0, shown: None }
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
    pub(super) fn end(&mut self, report: &Report) -> Result<(), Failure> {
        if self.format == Format::Json {
            self.out.json(&report.to_json())?;
        }
        self.out.flush()
    }

    /// True when nobody reads any more.
    pub(super) fn is_closed(&self) -> bool {
        self.out.is_closed()
    }

    fn people(&mut self, report: &Report) -> Result<(), Failure> {
        let rows = report.rows.iter().map(|row| (row.fqdn.clone(), row.verdict)).collect();
        let now = Some((report.verdict, rows));
        if !self.every && self.shown == now {
            return Ok(());
        }
        if self.shown.is_some() {
            self.out.line("")?;
        }
        self.shown = now;
        let at = report.sampled_at.map_or_else(|| "time not known".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
        self.out.line(&format!("{at}  poll {}  {}", self.polls, report.source))?;
        for line in report.to_lines() {
            self.out.line(&line)?;
        }
        for advice in &report.advice {
            self.out.line(&format!("  - {advice}"))?;
        }
        Ok(())
    }
}
