//! A watch as Markdown, for the change ticket.
//!
//! Names and reasons come from servers and files: what Markdown would take for markup in them is
//! escaped, and control characters are made visible, so that a ticket shows what was there and
//! nothing else.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use crate::replication::log::{Change, Subject};
use crate::replication::options::Excluded;
use crate::replication::report::Report;
use crate::replication::status::key;
use crate::replication::summary::Summary;
use crate::replication::verdict::{RowVerdict, Verdict};
use crate::replication::words::span;
use crate::text::visible_line;

/// The most rows of a table; who reads a ticket reads no more, and the rest is counted.
const MOST_ROWS: usize = 2_000;

/// What was asked, and by whom: what the watch itself does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The target's name, or the file's.
    pub target: String,
    /// The customer of the profile.
    pub customer: Option<String>,
    /// The text that was sent; none of a recording.
    pub question: Option<String>,
    /// How many polls with every replica True were wanted in a row.
    pub polls: u32,
    /// csdeck's version.
    pub version: String,
}

/// One replica in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its FQDN.
    pub fqdn: String,
    /// What its pool is for.
    pub role: Option<String>,
    /// The name of its site.
    pub site: Option<String>,
    /// Where it stands at the end.
    pub verdict: RowVerdict,
    /// From package to report.
    pub took: Option<SignedDuration>,
    /// Its last report, by the server's clock.
    pub last_report: Option<Timestamp>,
    /// The base build it reported.
    pub version: Option<String>,
}

/// A watch as it is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What was asked.
    pub asked: Asked,
    /// Who answered.
    pub source: String,
    /// The change that was waited for.
    pub since: Option<Timestamp>,
    /// When the first poll was taken.
    pub started: Option<Timestamp>,
    /// When the last one was.
    pub ended: Option<Timestamp>,
    /// How many polls there were.
    pub polls: u64,
    /// How many of them brought no data.
    pub blind: u64,
    /// The verdict it ended with.
    pub verdict: Verdict,
    /// Its reason.
    pub reason: String,
    /// What the watch was narrowed to, in words.
    pub scope: Option<String>,
    /// The replicas that counted, in the order of the summary.
    pub replicas: Vec<RecordRow>,
    /// Those that were left out, and why.
    pub excluded: Vec<Excluded>,
    /// What to check, if something is wrong.
    pub advice: Vec<String>,
    /// What changed, the oldest first.
    pub changes: Vec<Change>,
}

impl Record {
    /// A record from what a watcher gives: its summary, its last report, its changes.
    pub fn of<'a>(
        asked: Asked,
        summary: &Summary,
        report: &Report,
        changes: impl IntoIterator<Item = &'a Change>,
    ) -> Record {
        let rows: std::collections::HashMap<String, _> = report
            .rows
            .iter()
            .map(|row| (key(&row.fqdn), row))
            .collect();
        let replicas = summary.replicas.iter().map(|came| {
            let row = rows.get(&key(&came.fqdn));
            let status = row.and_then(|row| row.status.as_ref());
            RecordRow {
                fqdn: came.fqdn.clone(),
                role: row.and_then(|row| row.role.clone()),
                site: row.and_then(|row| row.site.clone()),
                verdict: came.verdict,
                took: came.took,
                last_report: status.and_then(|status| status.last_status_report),
                version: status.and_then(|status| status.product_version.clone()),
            }
        });
        Record {
            asked,
            source: report.source.clone(),
            since: summary.since,
            started: summary.started,
            ended: summary.ended,
            polls: summary.polls,
            blind: summary.blind,
            verdict: summary.verdict,
            reason: summary.reason.clone(),
            scope: summary.scope.clone(),
            replicas: replicas.collect(),
            excluded: summary.excluded.clone(),
            advice: report.advice.clone(),
            changes: changes.into_iter().cloned().collect(),
        }
    }

    /// The report in Markdown (CommonMark with tables). All times are UTC.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("# Replication: {}\n\n", self.verdict);
        let mut fact = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let _ = writeln!(out, "- **{name}:** {value}");
            }
        };
        fact(
            "Verdict",
            Some(format!("{}: {}", self.verdict, safe(&self.reason))),
        );
        fact("Customer", self.asked.customer.as_deref().map(safe));
        fact("Target", Some(safe(&self.asked.target)));
        fact("Answered by", Some(safe(&self.source)));
        fact("Change made", self.since.map(time));
        fact("Watched from", self.started.map(time));
        fact("Watched to", self.ended.map(|at| self.until(at)));
        fact("Polls", Some(self.polls_words()));
        fact("Only", self.scope.as_deref().map(safe));
        fact("csdeck", Some(safe(&self.asked.version)));
        self.write_replicas(&mut out);
        self.write_excluded(&mut out);
        if !self.advice.is_empty() {
            out.push_str("\n## To check\n\n");
            for advice in &self.advice {
                // Behind a word of ours: at the beginning of an item its first character counts.
                let _ = writeln!(out, "- Check: {}", safe(advice));
            }
        }
        self.write_changes(&mut out);
        if let Some(question) = &self.asked.question {
            let question = visible_line(question);
            let fence = fence(&question);
            let _ = write!(
                out,
                "\n## Asked\n\n{fence}powershell\n{question}\n{fence}\n"
            );
        }
        out
    }

    fn until(&self, ended: Timestamp) -> String {
        let lasted = self.started.map(|started| ended.duration_since(started));
        lasted.map_or_else(
            || time(ended),
            |lasted| format!("{} ({})", time(ended), span(lasted)),
        )
    }

    fn polls_words(&self) -> String {
        let mut words = self.polls.to_string();
        if self.blind > 0 {
            let _ = write!(words, ", {} of them without data", self.blind);
        }
        if self.asked.polls > 0 {
            let _ = write!(
                words,
                "; wanted in a row with every replica up to date: {}",
                self.asked.polls
            );
        }
        words
    }

    fn write_replicas(&self, out: &mut String) {
        if self.replicas.is_empty() {
            return;
        }
        out.push_str("\n## Replicas\n\n| Replica | Role | Site | Verdict | Took | Last report | Version |\n|---|---|---|---|---|---|---|\n");
        for row in self.replicas.iter().take(MOST_ROWS) {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                safe(&row.fqdn),
                cell(row.role.as_deref()),
                cell(row.site.as_deref()),
                row.verdict,
                row.took.map_or_else(|| "-".to_owned(), span),
                row.last_report.map_or_else(|| "-".to_owned(), time),
                cell(row.version.as_deref()),
            );
        }
        more(out, self.replicas.len());
    }

    fn write_excluded(&self, out: &mut String) {
        if self.excluded.is_empty() {
            return;
        }
        out.push_str("\n## Left out\n\n| Replica | Reason |\n|---|---|\n");
        for excluded in self.excluded.iter().take(MOST_ROWS) {
            let _ = writeln!(
                out,
                "| {} | {} |",
                safe(&excluded.fqdn),
                cell(Some(&excluded.reason))
            );
        }
        more(out, self.excluded.len());
    }

    fn write_changes(&self, out: &mut String) {
        if self.changes.is_empty() {
            return;
        }
        out.push_str(
            "\n## What changed\n\n| When | Poll | What | From | To |\n|---|---|---|---|---|\n",
        );
        for change in self.changes.iter().take(MOST_ROWS) {
            let what = match &change.subject {
                Subject::Overall => "the whole".to_owned(),
                Subject::Store => "the store".to_owned(),
                Subject::Replica(fqdn) => safe(fqdn),
            };
            let _ = writeln!(
                out,
                "| {} | {} | {what} | {} | {} |",
                change.at.map_or_else(|| "-".to_owned(), time),
                change.poll,
                cell(Some(&change.from)),
                cell(Some(&change.to)),
            );
        }
        more(out, self.changes.len());
    }
}

fn more(out: &mut String, count: usize) {
    if count > MOST_ROWS {
        let _ = writeln!(out, "\nand {} more", count - MOST_ROWS);
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A cell of a table; `-` for nothing.
fn cell(text: Option<&str>) -> String {
    match text.map(str::trim) {
        None | Some("") => "-".to_owned(),
        Some(text) => safe(text),
    }
}

/// Text from outside in the midst of a line of Markdown: nothing in it is markup, a link, a mention
/// or an entity. Names of servers stay as they are.
fn safe(text: &str) -> String {
    let text = visible_line(text);
    let mut out = String::with_capacity(text.len() + 8);
    let lower = text.to_ascii_lowercase();
    for (at, c) in text.trim().char_indices() {
        let at = at + (text.len() - text.trim_start().len());
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '@' | '#' => {
                true
            }
            // http:// and www. become links by themselves on many sites.
            ':' => text.get(at..).is_some_and(|rest| rest.starts_with("://")),
            '.' => lower
                .get(..at)
                .is_some_and(|before| before.ends_with("www")),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A fence that is longer than any row of back-ticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}
