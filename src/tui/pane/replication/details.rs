//! All that is known of one replica, and the report for the change ticket.

use crate::replication::{Report, RowReport, Verdict, words};

use super::state::{State, subject};

/// The row as a text to read.
pub fn of(state: &State, report: &Report, row: &RowReport) -> String {
    let status = row.status.as_ref();
    let time = |at: Option<jiff::Timestamp>| {
        at.map_or_else(
            || "never".to_owned(),
            |at| {
                let local = at.to_zoned(state.zone.clone());
                local.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
            },
        )
    };
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "not known".to_owned());
    let span = |of: Option<jiff::SignedDuration>| of.map_or_else(|| "-".to_owned(), words::span);
    let mut lines = vec![format!("verdict      {}", row.verdict.word())];
    if let Some(why) = &row.excluded {
        lines.push(format!("left out     {why}"));
    }
    let edge = if row.is_edge { " (an Edge)" } else { "" };
    lines.extend([
        format!("role         {}{edge}", known(&row.role)),
        format!("site         {}", known(&row.site)),
        format!("pool         {}", known(&row.pool)),
        format!(
            "UpToDate     {}",
            status.map_or("no row", |s| if s.up_to_date { "True" } else { "False" })
        ),
        format!(
            "package      {}",
            time(status.and_then(|s| s.last_update_creation))
        ),
        format!(
            "last report  {} ({} old)",
            time(status.and_then(|s| s.last_status_report)),
            row.age_words()
        ),
        format!("waited       {}", span(row.waited)),
        format!("took         {}", span(row.took)),
        format!(
            "changed      {}",
            row.changed
                .map_or_else(|| "not in this watch".to_owned(), |at| state.clock(at))
        ),
        format!(
            "version      {}",
            status
                .and_then(|s| s.product_version.as_deref())
                .unwrap_or("-")
        ),
    ]);
    if let Some(at) = report.sampled_at {
        lines.push(format!("polled       {}", state.clock(at)));
    }
    lines.join("\n")
}

/// The run as Markdown.
pub fn markdown(state: &State) -> String {
    let report = state.watcher.latest();
    let summary = state.watcher.summary();
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let mut text = format!(
        "# Replication: {}\n\n{}\n\n- asked: {}\n- change made: {}\n- first poll: {}\n- last poll: {}\n- polls: {}\n",
        report.verdict,
        plain(&report.reason),
        plain(&report.source),
        time(summary.since),
        time(summary.started),
        time(summary.ended),
        summary.polls,
    );
    if let Some(only) = &report.scope {
        text.push_str(&format!("- only: {}\n", plain(only)));
    }
    for left_out in &summary.excluded {
        let (fqdn, why) = (plain(&left_out.fqdn), plain(&left_out.reason));
        text.push_str(&format!("- left out: {fqdn}: {why}\n"));
    }
    if report.verdict != Verdict::Converged && !report.advice.is_empty() {
        text.push_str("\n## What to check\n\n");
        for advice in &report.advice {
            text.push_str(&format!("- {}\n", plain(advice)));
        }
    }
    text.push_str("\n## Replicas\n\n```\n");
    text.push_str(&report.to_lines().join("\n"));
    text.push_str("\n```\n");
    if state.watcher.changes().len() > 0 {
        text.push_str("\n## What changed\n\n| when | who | from | to |\n|---|---|---|---|\n");
        for change in state.watcher.changes() {
            let cells = [subject(&change.subject), &change.from, &change.to].map(plain);
            text.push_str(&format!(
                "| {} | {} |\n",
                time(change.at),
                cells.join(" | ")
            ));
        }
    }
    text
}

/// Text that is nothing but text in Markdown: one line, no markup.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in crate::text::visible_line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#'
        ) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}
