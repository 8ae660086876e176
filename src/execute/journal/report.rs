//! The journal as a report for those whose servers they are: Markdown or HTML.
//!
//! Everything in it that came from elsewhere is hostile: control characters are made visible, a
//! text stands in a fence that is longer than any within it, HTML is escaped.

use std::fmt::Write;

use jiff::Timestamp;

use super::{Chain, Entry};
use crate::text::{visible, visible_line};

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CommonMark.
    Markdown,
    /// One HTML page without scripts, styles within.
    Html,
}

/// Makes the report of these jobs, as of `now`; `chain` is that of the whole journal. Times are in
/// UTC.
pub fn report(entries: &[&Entry], chain: &Chain, now: Timestamp, form: Form) -> String {
    let head = Head::of(entries, chain, now);
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = match form {
        Form::Markdown => markdown(&mut out, &head, entries),
        Form::Html => html(&mut out, &head, entries),
    };
    out
}

/// What stands on top.
struct Head {
    title: String,
    facts: Vec<(&'static str, String)>,
    notes: Vec<String>,
}

impl Head {
    fn of(entries: &[&Entry], chain: &Chain, now: Timestamp) -> Head {
        let mut profiles: Vec<&str> = Vec::new();
        for profile in entries.iter().filter_map(|e| e.profile.as_deref()) {
            if !profiles.contains(&profile) {
                profiles.push(profile);
            }
        }
        let title = match profiles.as_slice() {
            [] => "What csdeck ran".to_owned(),
            names => format!("What csdeck ran for {}", names.join(", ")),
        };
        let span = match (entries.first(), entries.last()) {
            (Some(first), Some(last)) => {
                format!(
                    "{}, from {} to {}",
                    entries.len(),
                    time(first.time),
                    time(last.time)
                )
            }
            _ => "none".to_owned(),
        };
        let place = format!(
            "{} in {}",
            counted(chain.lines, "line"),
            counted(chain.files as u64, "file")
        );
        let verified = match &chain.broken {
            None => format!("verified: {place}, none changed, removed or moved"),
            Some(broken) => format!("BROKEN: {place}; {broken}"),
        };
        let mut facts = vec![("made", time(now)), ("jobs", span), ("journal", verified)];
        if !chain.hash.is_empty() {
            facts.push(("SHA-256 of its last line", chain.hash.clone()));
        }
        Head {
            title,
            facts,
            notes: chain.notes.clone(),
        }
    }
}

/// So many of them, in words: `1 line`, `2 lines`.
pub fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// What is told of a job beside its text.
fn facts(entry: &Entry) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("target", entry.target.clone()),
        ("risk", entry.risk.clone()),
        (
            "state",
            match entry.exit {
                Some(exit) => format!("{}, exit code {exit}", entry.state),
                None => entry.state.clone(),
            },
        ),
        ("accepted", time(entry.time)),
    ];
    let times = [("sent", entry.sent), ("ended", entry.ended)];
    facts.extend(times.into_iter().filter_map(|(n, at)| Some((n, time(at?)))));
    facts.extend(entry.profile.clone().map(|profile| ("for", profile)));
    facts.extend(entry.message.clone().map(|message| ("message", message)));
    if entry.redacted {
        facts.push((
            "redacted",
            "secrets were taken out; what ran had them".into(),
        ));
    }
    facts
}

/// A text of several lines as it can be shown. The line ends of Windows are line ends.
fn shown(text: &str) -> String {
    visible(&text.replace("\r\n", "\n")).into_owned()
}

fn markdown(out: &mut String, head: &Head, entries: &[&Entry]) -> std::fmt::Result {
    writeln!(out, "# {}\n", prose(&head.title))?;
    for (name, value) in &head.facts {
        writeln!(out, "- {name}: {}", code(value))?;
    }
    for note in &head.notes {
        writeln!(out, "- note: {}", code(note))?;
    }
    for entry in entries {
        writeln!(out, "\n## {}\n", entry.seq)?;
        for (name, value) in facts(entry) {
            writeln!(out, "- {name}: {}", code(&value))?;
        }
        let text = shown(&entry.text);
        let fence = "`".repeat((longest_run(&text) + 1).max(3));
        writeln!(
            out,
            "\n{fence}powershell\n{}\n{fence}",
            text.trim_end_matches('\n')
        )?;
    }
    Ok(())
}

/// One line as a code span: nothing in it is Markdown or HTML (CommonMark 6.1).
fn code(text: &str) -> String {
    let line = visible_line(text);
    let fence = "`".repeat(longest_run(&line) + 1);
    let edge = |c: Option<char>| c.is_none_or(|c| c == '`' || c == ' ');
    let pad = if edge(line.chars().next()) || edge(line.chars().next_back()) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// One line as running text: what Markdown could take for its own is escaped (CommonMark 2.4).
fn prose(text: &str) -> String {
    let mut out = String::new();
    for c in visible_line(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '-' | '.' | ',' | '\'' | '(' | ')') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The length of the longest run of back-ticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

const STYLE: &str = "body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em}\
pre{background:#f4f4f4;padding:.8em;white-space:pre-wrap;overflow-wrap:anywhere}\
th{text-align:left;vertical-align:top;padding-right:1.5em;font-weight:normal;color:#555}\
td{overflow-wrap:anywhere}";

fn html(out: &mut String, head: &Head, entries: &[&Entry]) -> std::fmt::Result {
    let title = escaped(&visible_line(&head.title));
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    )?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(
        out,
        "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    )?;
    writeln!(out, "<h1>{title}</h1>")?;
    table(out, &head.facts)?;
    for note in &head.notes {
        writeln!(out, "<p>Note: {}</p>", escaped(&visible_line(note)))?;
    }
    for entry in entries {
        writeln!(out, "<h2 id=\"job-{0}\">{0}</h2>", entry.seq)?;
        table(out, &facts(entry))?;
        writeln!(out, "<pre>{}</pre>", escaped(&shown(&entry.text)))?;
    }
    writeln!(out, "</body>\n</html>")
}

fn table(out: &mut String, rows: &[(&'static str, String)]) -> std::fmt::Result {
    writeln!(out, "<table>")?;
    for (name, value) in rows {
        let value = escaped(&visible_line(value));
        writeln!(out, "<tr><th>{name}</th><td>{value}</td></tr>")?;
    }
    writeln!(out, "</table>")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
