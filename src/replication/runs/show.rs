//! Past runs as lines and as JSON.

use jiff::Timestamp;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::{Run, usual};
use crate::replication::words::span;
use crate::text::visible_line;

/// The runs (the oldest first) for people: a line each, the newest first, and below them how long
/// each replica usually takes, the slowest first. Safe to print; no line endings.
pub fn to_lines(runs: &[Run]) -> Vec<String> {
    if runs.is_empty() {
        return vec!["no watch has ended yet".to_owned()];
    }
    let heading = [
        "ended",
        "target",
        "verdict",
        "lasted",
        "polls",
        "last to confirm",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    rows.extend(runs.iter().rev().map(|run| {
        let last = run.last.as_ref().map_or_else(
            || "-".to_owned(),
            |fqdn| match run.took.get(fqdn) {
                Some(seconds) => format!(
                    "{fqdn} ({})",
                    span(jiff::SignedDuration::from_secs(*seconds))
                ),
                None => fqdn.clone(),
            },
        );
        [
            minute(run.ended),
            run.target.clone(),
            run.verdict.clone(),
            span(run.lasted()),
            run.polls.to_string(),
            last,
        ]
    }));
    let mut lines = table(&rows);
    let mut usual: Vec<_> = usual(runs).into_iter().collect();
    if usual.is_empty() {
        return lines;
    }
    usual.sort_by(|a, b| b.1.took.cmp(&a.1.took).then_with(|| a.0.cmp(&b.0)));
    let mut rows = vec![["replica", "usually takes", "runs"].map(str::to_owned)];
    rows.extend(
        usual
            .into_iter()
            .map(|(fqdn, usual)| [fqdn, span(usual.took), usual.runs.to_string()]),
    );
    lines.push(String::new());
    lines.extend(table(&rows));
    lines
}

/// The document of the history: `runs`, the newest first (`started`, `ended`, `target`, `since`,
/// `verdict`, `reason`, `polls`, `last`, `replicas` with `replicaFqdn` and `tookSeconds`), and
/// `usual` (`replicaFqdn`, `tookSeconds`, `runs`). Times are ISO 8601 in UTC.
pub fn to_json(runs: &[Run]) -> Value {
    let time = |at: Timestamp| at.to_string();
    let documents = runs.iter().rev().map(|run| {
        let replicas = run.took.iter();
        let replicas = replicas.map(|(fqdn, s)| json!({"replicaFqdn": fqdn, "tookSeconds": s}));
        json!({
            "started": time(run.started),
            "ended": time(run.ended),
            "target": run.target,
            "since": run.since.map(time),
            "verdict": run.verdict,
            "reason": run.reason,
            "polls": run.polls,
            "last": run.last,
            "replicas": replicas.collect::<Vec<_>>(),
        })
    });
    let usual = usual(runs).into_iter().map(|(fqdn, usual)| {
        json!({"replicaFqdn": fqdn, "tookSeconds": usual.took.as_secs(), "runs": usual.runs})
    });
    json!({"runs": documents.collect::<Vec<_>>(), "usual": usual.collect::<Vec<_>>()})
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%MZ").to_string()
}

fn table<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| visible_line(cell).into_owned()))
        .collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
