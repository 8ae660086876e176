//! `csdeck journal list|show|verify|export`.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::since::{Since, since};
use super::{Context, Exit, Failure, Format, note};
use crate::execute::journal::report::{Form, counted, report};
use crate::execute::journal::{Entry, Reading};
use crate::execute::{Journal as File, JournalError};
use crate::store::atomic;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// All jobs, the oldest first
    List(Filter),
    /// One job with its whole text
    Show {
        /// The job's number in the list
        seq: u64,
    },
    /// Check that no line was changed, removed or moved; exit code 3 if one was
    Verify,
    /// A report of the jobs with their texts, for those whose servers they ran on
    Export {
        #[command(flatten)]
        filter: Filter,
        /// The form of the report
        #[arg(
            long = "as",
            value_enum,
            value_name = "FORM",
            default_value = "markdown"
        )]
        form: ReportForm,
        /// Write it to this file instead of standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Replace a file that is there
        #[arg(long, requires = "output")]
        force: bool,
    },
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportForm {
    /// Markdown (CommonMark)
    Markdown,
    /// One HTML page
    Html,
}

const STATES: [&str; 9] = [
    "queued",
    "connecting",
    "running",
    "cancelling",
    "succeeded",
    "failed",
    "cancelled",
    "lost",
    "copied",
];

/// Which jobs.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only the last N of them
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Only jobs on this target
    #[arg(long, value_name = "T")]
    target: Option<String>,
    /// Only jobs in this state
    #[arg(long, value_name = "S", value_parser = PossibleValuesParser::new(STATES))]
    state: Option<String>,
    /// Only jobs since then: 2025-10-14T14:00:00+08:00, a local 2025-10-14T14:00, or 2h (ago)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
}

impl Filter {
    /// The jobs that are asked for, as of now.
    fn of(&self, entries: Vec<Entry>, now: Timestamp) -> Result<Vec<Entry>, Failure> {
        let from = match self.since {
            None => Timestamp::MIN,
            Some(Since::At(at)) => at,
            Some(Since::Ago(ago)) => now
                .checked_sub(ago)
                .map_err(|e| Failure::usage(format!("--since: {e}")))?,
        };
        let wanted = |e: &Entry| {
            let on = |t: &String| e.target.eq_ignore_ascii_case(t);
            e.time >= from
                && self.target.as_ref().is_none_or(on)
                && self.state.as_ref().is_none_or(|s| e.state == *s)
        };
        let mut found: Vec<Entry> = entries.into_iter().filter(wanted).collect();
        if let Some(last) = self.last {
            found.drain(..found.len().saturating_sub(last));
        }
        Ok(found)
    }
}

pub(super) fn run(cx: &mut Context, command: Journal) -> Result<Exit, Failure> {
    let journal = File::at(cx.paths()?.journal());
    match command {
        Journal::List(filter) => list(cx, &journal, &filter),
        Journal::Show { seq } => {
            let format = cx.format()?;
            let reading = read(&journal)?;
            let Some(entry) = reading.entries.iter().find(|e| e.seq == seq) else {
                tell_break(&reading);
                return Err(Failure::usage(format!(
                    "there is no job {seq} in the journal. See: csdeck journal list"
                )));
            };
            show(cx, format, entry)?;
            Ok(ended(&reading, Exit::Failed))
        }
        Journal::Verify => verify(cx, &journal),
        Journal::Export {
            filter,
            form,
            output,
            force,
        } => {
            if cx.global.format.is_some() {
                return Err(Failure::usage(
                    "a report is Markdown or HTML: --as markdown or --as html. As JSON: csdeck journal list --format json",
                ));
            }
            let output = output.map(|path| (path, force));
            export(cx, &journal, &filter, form, output)
        }
    }
}

/// Reads it, and writes down what became of jobs whose process died.
fn read(journal: &File) -> Result<Reading, Failure> {
    let reading = journal.read()?;
    if !reading.unsettled.is_empty()
        && let Err(error) = journal.settle()
    {
        note(&format!(
            "that {} of these jobs were abandoned is not written down: {error}",
            reading.unsettled.len()
        ));
    }
    Ok(reading)
}

/// A broken chain hides nothing that can still be read, and is told with everything.
fn tell_break(reading: &Reading) {
    if let Some(broken) = &reading.chain.broken {
        note(&format!("the journal {broken}"));
    }
}

fn ended(reading: &Reading, broken: Exit) -> Exit {
    tell_break(reading);
    match reading.chain.broken {
        Some(_) => broken,
        None => Exit::Done,
    }
}

fn list(cx: &mut Context, journal: &File, filter: &Filter) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let mut reading = read(journal)?;
    let entries = filter.of(std::mem::take(&mut reading.entries), Timestamp::now())?;
    let heading = ["seq", "time", "target", "risk", "state", "exit", "text"];
    cx.out.list(format, &entries, &heading, |e| {
        let text = e.text.trim();
        let first = text.lines().next().unwrap_or_default();
        let more = if first.len() < text.len() { " …" } else { "" };
        vec![
            e.seq.to_string(),
            e.time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            e.target.clone(),
            e.risk.clone(),
            e.state.clone(),
            exit(e),
            format!("{first}{more}"),
        ]
    })?;
    Ok(ended(&reading, Exit::Failed))
}

fn exit(entry: &Entry) -> String {
    entry.exit.map_or_else(|| "-".to_owned(), |e| e.to_string())
}

fn show(cx: &mut Context, format: Format, entry: &Entry) -> Result<(), Failure> {
    match format {
        Format::Json => return cx.out.json(entry),
        Format::Jsonl => return cx.out.jsonl(entry),
        Format::Table | Format::Tree => {}
    }
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    for (name, value) in [
        ("job", Some(entry.seq.to_string())),
        ("time", Some(entry.time.to_string())),
        ("sent", time(entry.sent)),
        ("ended", time(entry.ended)),
        ("profile", entry.profile.clone()),
        ("target", Some(entry.target.clone())),
        ("risk", Some(entry.risk.clone())),
        ("state", Some(entry.state.clone())),
        ("exit", Some(exit(entry))),
        ("message", entry.message.clone()),
    ] {
        if let Some(value) = value {
            cx.out.line(&format!("{name:<8}{value}"))?;
        }
    }
    let redacted = if entry.redacted {
        " (secrets were taken out; what ran had them)"
    } else {
        ""
    };
    cx.out.text(&format!("text{redacted}"))?;
    for line in entry.text.lines() {
        cx.out.line(&format!("  {line}"))?;
    }
    Ok(())
}

fn verify(cx: &mut Context, journal: &File) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let (exit, document, words): (Exit, Value, String) = match journal.verify() {
        Ok(chain) => {
            let words = format!(
                "{}: {}{}, none changed, removed or moved{}",
                journal.path().display(),
                counted(chain.lines, "line"),
                match chain.files {
                    0 | 1 => String::new(),
                    files => format!(" in {files} files"),
                },
                match chain.hash.as_str() {
                    "" => String::new(),
                    hash => format!("\nSHA-256 of the last line: {hash}"),
                }
            );
            for remark in &chain.notes {
                note(&format!("note: {remark}"));
            }
            let document = json!({
                "ok": true, "lines": chain.lines, "files": chain.files,
                "lastHash": chain.hash, "notes": chain.notes,
            });
            (Exit::Done, document, words)
        }
        Err(JournalError::Broken(broken)) => {
            let words = format!("the journal {broken}");
            let document = json!({
                "ok": false, "file": broken.path.display().to_string(),
                "line": broken.line, "why": broken.why,
            });
            (Exit::Found, document, words)
        }
        Err(e) => return Err(e.into()),
    };
    match format {
        Format::Json => cx.out.json(&document)?,
        Format::Jsonl => cx.out.jsonl(&document)?,
        Format::Table | Format::Tree if exit == Exit::Done => cx.out.text(&words)?,
        Format::Table | Format::Tree => note(&words),
    }
    Ok(exit)
}

fn export(
    cx: &mut Context,
    journal: &File,
    filter: &Filter,
    form: ReportForm,
    output: Option<(PathBuf, bool)>,
) -> Result<Exit, Failure> {
    let mut reading = read(journal)?;
    let now = Timestamp::now();
    let entries = filter.of(std::mem::take(&mut reading.entries), now)?;
    let entries: Vec<&Entry> = entries.iter().collect();
    let form = match form {
        ReportForm::Markdown => Form::Markdown,
        ReportForm::Html => Form::Html,
    };
    let text = report(&entries, &reading.chain, now, form);
    match output {
        Some((path, force)) => {
            let written = match force {
                true => atomic::write(&path, text.as_bytes()),
                false => atomic::write_new(&path, text.as_bytes()),
            };
            written.map_err(|e| {
                let path = path.display();
                Failure::failed(match e.kind() {
                    ErrorKind::AlreadyExists if !force => {
                        format!(
                            "{path} is there already: name another file, or replace it with --force"
                        )
                    }
                    _ => format!("{path}: not written: {e}"),
                })
            })?;
            note(&format!("written to {}", path.display()));
        }
        None => cx.out.raw(text.trim_end_matches('\n'))?,
    }
    Ok(ended(&reading, Exit::Found))
}
