//! `csdeck journal list|show|verify`.

use clap::Subcommand;
use serde_json::json;

use super::{Context, Exit, Failure, Format, note};
use crate::execute::journal::Entry;
use crate::execute::{Journal as File, JournalError};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// All jobs, the oldest first
    List,
    /// One job with its whole text
    Show {
        /// The job's number in the list
        seq: u64,
    },
    /// Check that no line was changed, removed or moved; exit code 3 if one was
    Verify,
}

pub(super) fn run(cx: &mut Context, command: Journal) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let journal = File::at(cx.paths()?.journal());
    match command {
        Journal::List => {
            let heading = ["seq", "time", "target", "risk", "state", "exit", "text"];
            cx.out.list(format, &journal.entries()?, &heading, |e| {
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
        }
        Journal::Show { seq } => {
            let entries = journal.entries()?;
            let Some(entry) = entries.iter().find(|e| e.seq == seq) else {
                return Err(Failure::usage(format!(
                    "there is no job {seq} in the journal. See: csdeck journal list"
                )));
            };
            show(cx, format, entry)?;
        }
        Journal::Verify => return verify(cx, format, &journal),
    }
    Ok(Exit::Done)
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
    for (name, value) in [
        ("job", entry.seq.to_string()),
        ("time", entry.time.to_string()),
        ("target", entry.target.clone()),
        ("risk", entry.risk.clone()),
        ("state", entry.state.clone()),
        ("exit", exit(entry)),
    ] {
        cx.out.line(&format!("{name:<8}{value}"))?;
    }
    if let Some(message) = &entry.message {
        cx.out.line(&format!("{:<8}{message}", "message"))?;
    }
    cx.out.text("text")?;
    for line in entry.text.lines() {
        cx.out.line(&format!("  {line}"))?;
    }
    Ok(())
}

fn verify(cx: &mut Context, format: Format, journal: &File) -> Result<Exit, Failure> {
    let (exit, document, words) = match journal.verify() {
        Ok(lines) => {
            let words = format!(
                "{}: {lines} lines, none changed, removed or moved",
                journal.path().display()
            );
            (Exit::Done, json!({ "ok": true, "lines": lines }), words)
        }
        Err(e @ JournalError::Io { .. }) => return Err(e.into()),
        Err(e @ JournalError::Broken { .. }) => {
            let words = e.to_string();
            let JournalError::Broken { line, why, .. } = e else {
                return Err(e.into());
            };
            (
                Exit::Found,
                json!({ "ok": false, "line": line, "why": why }),
                words,
            )
        }
    };
    match format {
        Format::Json => cx.out.json(&document)?,
        Format::Jsonl => cx.out.jsonl(&document)?,
        Format::Table | Format::Tree if exit == Exit::Done => cx.out.line(&words)?,
        Format::Table | Format::Tree => note(&words),
    }
    Ok(exit)
}
