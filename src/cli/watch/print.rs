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
    asked: String,
    shown: Option<(Verdict, Vec<(String, RowVerdict)>)>,
    advice: Vec<String>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut Out, format: Format, every: bool, asked: &str) -> Self {
        Printer {
            out,
            format,
            every,
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

    /// Who answered; before the first answer, who was asked.
    fn source<'r>(&'r self, report: &'r Report) -> &'r str {
        if report.source.is_empty() {
            &self.asked
        } else {
            &report.source
        }
    }

    fn people(&mut self, report: &Report) -> Result<(), Failure> {
        let rows = report
            .rows
            .iter()
            .map(|row| (row.fqdn.clone(), row.verdict))
            .collect();
        let now = Some((report.verdict, rows));
        if !self.every && self.shown == now {
            return Ok(());
        }
        if self.shown.is_some() {
            self.out.line("")?;
        }
        self.shown = now;
        let at = report.sampled_at.map_or_else(
            || "time not known".to_owned(),
            |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        );
        self.out.line(&format!(
            "{at}  poll {}  {}",
            self.polls,
            self.source(report)
        ))?;
        for line in report.to_lines() {
            self.out.line(&line)?;
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
