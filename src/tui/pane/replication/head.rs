//! What stands above the rows: the verdict, so that nobody mistakes it, and what it rests on.

use jiff::SignedDuration;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::replication::{Report, RowReport, StoreStatus, Verdict, words};
use crate::text::visible_line;
use crate::tui::widget::{Look, wrap};

use super::state::State;

/// The style of a verdict; the word is always written.
pub fn verdict_style(look: Look<'_>, verdict: Verdict) -> Style {
    match verdict {
        Verdict::Converged => look.theme.good,
        Verdict::Converging => look.theme.info,
        Verdict::NoChange => look.theme.warning,
        Verdict::Stuck | Verdict::Blind | Verdict::Failed => look.theme.bad,
    }
}

/// Filled with the style's colour.
pub fn filled(style: Style) -> Style {
    style.add_modifier(Modifier::REVERSED | Modifier::BOLD)
}

/// The lines, at most `most`: the likeliest to matter stay.
pub fn lines(
    state: &State,
    report: &Report,
    (width, most): (usize, usize),
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let mut lines = banner(state, report, (width, most), look);
    lines.push(polled(state, report, width, look));
    let mut prose = |text: &str, style: Style| {
        let rows = wrap::soft(&visible_line(text), width);
        lines.extend(rows.into_iter().map(|row| Line::styled(row, style)));
    };
    if let Some(why) = &report.hopeless {
        prose(&format!("It can no longer succeed: {why}"), look.theme.bad);
    }
    prose(&report.reason, Style::new());
    if let Some(forecast) = &report.forecast {
        let from = match forecast.from_past_runs {
            true => ", as in past runs",
            false => "",
        };
        prose(
            &format!("Forecast: {}{from}", forecast.words()),
            look.theme.info,
        );
    }
    if let Some(store) = &report.store {
        let style = match store.is_down() {
            Some(_) => look.theme.bad,
            None => look.theme.dim,
        };
        prose(&store_words(store, report), style);
    }
    if let Some(skew) = report.skew.filter(|_| !told_of_clocks(report)) {
        let side = match skew.is_negative() {
            true => "behind",
            false => "ahead of",
        };
        let by = words::span(skew.abs());
        prose(
            &format!("The server's clock is {by} {side} this one"),
            look.theme.warning,
        );
    }
    let no_topology =
        state.expected.is_none() && !report.notes.iter().any(|n| n.contains("topology"));
    if no_topology {
        prose(
            "No topology: whoever answers is expected, who never answered is not missed",
            look.theme.dim,
        );
    }
    for note in report.notes.iter().chain(&state.remark) {
        prose(note, look.theme.dim);
    }
    lines.truncate(most.max(1));
    lines
}

fn told_of_clocks(report: &Report) -> bool {
    let mut told = report.notes.iter().chain(&report.advice);
    told.any(|text| text.contains("clock"))
}

/// The verdict. At an end it fills the width, and three rows where there is room; while the pane
/// looks back it does not: what was is not what is.
fn banner(
    state: &State,
    report: &Report,
    (width, most): (usize, usize),
    look: Look<'_>,
) -> Vec<Line<'static>> {
    let style = verdict_style(look, report.verdict);
    let word = report.verdict.word().replace('-', " ").to_uppercase();
    let rest = beside(state, report);
    let fill = |text: String, style: Style| {
        let text = wrap::clip(&text, width, look.ascii);
        let pad = " ".repeat(width.saturating_sub(text.width()));
        Line::styled(format!("{text}{pad}"), filled(style))
    };
    if state.back > 0 {
        let at = report.sampled_at.map_or_else(String::new, |at| {
            format!(", as it was at {}", state.clock(at))
        });
        let text = format!(" EARLIER POLL, {} back{at}   End: back to now", state.back);
        return vec![
            fill(text, look.theme.warning),
            Line::from(vec![
                Span::styled(word, style),
                Span::raw(wrap::clip(&format!("  {rest}"), width, look.ascii)),
            ]),
        ];
    }
    match report.verdict {
        Verdict::Converged | Verdict::Blind | Verdict::Failed => {
            let text = fill(format!(" {word}  {rest}"), style);
            if most < 16 {
                return vec![text];
            }
            vec![fill(String::new(), style), text, fill(String::new(), style)]
        }
        Verdict::Stuck | Verdict::NoChange => vec![Line::from(vec![
            Span::styled(format!(" {word} "), filled(style)),
            Span::styled(wrap::clip(&format!(" {rest}"), width, look.ascii), style),
        ])],
        Verdict::Converging => vec![Line::from(vec![
            Span::styled(word, style.add_modifier(Modifier::BOLD)),
            Span::raw(wrap::clip(&format!("  {rest}"), width, look.ascii)),
        ])],
    }
}

/// What stands beside the verdict's word.
fn beside(state: &State, report: &Report) -> String {
    let (done, of) = report.count();
    let count = format!("{done} of {of} up to date");
    match report.verdict {
        Verdict::Blind | Verdict::Failed => match state.known_at(report) {
            Some(at) => format!("nothing is known since {}", state.clock(at)),
            None => "nothing is known yet".to_owned(),
        },
        Verdict::Converged => match last(report) {
            Some((name, Some(took))) => {
                format!("{count}; {name} last, after {}", words::span(took))
            }
            Some((name, None)) => format!("{count}; {name} last"),
            None => count,
        },
        _ if of == 0 => String::new(),
        _ => count,
    }
}

/// Who reported last, and how long that took.
fn last(report: &Report) -> Option<(String, Option<SignedDuration>)> {
    let reported = |row: &&RowReport| row.status.as_ref().and_then(|s| s.last_status_report);
    let counts = report
        .rows
        .iter()
        .filter(|row| row.verdict == crate::replication::RowVerdict::UpToDate);
    let row = counts.max_by_key(reported)?;
    Some((visible_line(&row.fqdn).into_owned(), row.took))
}

/// When was asked, and when is asked again.
fn polled(state: &State, report: &Report, width: usize, look: Look<'_>) -> Line<'static> {
    let at = report.sampled_at.map_or_else(
        || "at an unknown time".to_owned(),
        |at| format!("polled {}", state.clock(at)),
    );
    let mut spans = vec![Span::styled(at, look.theme.dim)];
    if !state.pasted.is_empty() {
        spans.push(Span::styled(
            "  pasted: judged by its own time",
            look.theme.warning,
        ));
    } else if !state.is_polling() {
        spans.push(Span::styled("  not watching any more", look.theme.warning));
    } else {
        let style = match state.pace.paused {
            true => filled(look.theme.warning),
            false => look.theme.dim,
        };
        spans.push(Span::raw("  "));
        spans.push(Span::styled(state.pace.words(state.now), style));
    }
    if let Some(since) = state.watcher.options().since {
        let text = format!("  change made {}", state.clock(since));
        let used: usize = spans.iter().map(|s| s.content.width()).sum();
        if used + text.width() <= width {
            spans.push(Span::styled(text, look.theme.dim));
        }
    }
    Line::from(spans)
}

/// `Store: master sgfe01.kestrel.lan, agent sgfe02.kestrel.lan, last sign of life 12 s ago`.
fn store_words(store: &StoreStatus, report: &Report) -> String {
    let master = store.active_master.as_deref().unwrap_or("none active");
    let agents = match &store.file_transfer_agents[..] {
        [] => "none active".to_owned(),
        [one] => one.clone(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    };
    let mut text = format!("Store: master {master}, file transfer agent {agents}");
    let beat = store.master_heartbeat.min(store.agent_heartbeat);
    // By the server's clock, which is csdeck's clock and the difference.
    let now = report.sampled_at.and_then(|at| {
        at.checked_add(report.skew.unwrap_or(SignedDuration::ZERO))
            .ok()
    });
    if let Some((beat, now)) = beat.or(store.master_heartbeat).zip(now) {
        let ago = now.duration_since(beat).max(SignedDuration::ZERO);
        text.push_str(&format!(", last sign of life {} ago", words::span(ago)));
    }
    text
}
