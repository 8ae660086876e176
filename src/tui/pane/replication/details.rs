//! All that is known of one replica, and the report for the change ticket.

use crate::replication::runs::{Asked, Record};
use crate::replication::{Report, RowReport, words};

use super::state::{State, Watch};

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
    let mut lines = vec![format!("verdict: {}", row.verdict.word())];
    if let Some(why) = &row.excluded {
        lines.push(format!("left out: {why}"));
    }
    let edge = if row.is_edge { " (an Edge)" } else { "" };
    lines.extend([
        format!("role: {}{edge}", known(&row.role)),
        format!("site: {}", known(&row.site)),
        format!("pool: {}", known(&row.pool)),
        format!(
            "UpToDate: {}",
            status.map_or("no row", |s| if s.up_to_date { "True" } else { "False" })
        ),
        format!(
            "package: {}",
            time(status.and_then(|s| s.last_update_creation))
        ),
        format!(
            "last report: {} ({} old)",
            time(status.and_then(|s| s.last_status_report)),
            row.age_words()
        ),
        format!("waited: {}", span(row.waited)),
        format!("took: {}", span(row.took)),
        format!(
            "changed: {}",
            row.changed
                .map_or_else(|| "not in this watch".to_owned(), |at| state.clock(at))
        ),
        format!(
            "version: {}",
            status
                .and_then(|s| s.product_version.as_deref())
                .unwrap_or("-")
        ),
    ]);
    if let Some(at) = report.sampled_at {
        lines.push(format!("polled: {}", state.clock(at)));
    }
    lines.join("\n")
}

/// The run as Markdown.
pub fn markdown(state: &State, customer: Option<String>) -> String {
    let report = state.watcher.latest();
    let target = match &state.watch {
        Watch::Polling(target) => target.clone(),
        Watch::Stopped => report.source.clone(),
    };
    let asked = Asked {
        target,
        customer,
        question: state.question.clone().filter(|_| state.pasted.is_empty()),
        polls: state.watcher.options().polls,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let summary = state.watcher.summary();
    Record::of(asked, &summary, report, state.watcher.changes()).to_markdown()
}
