//! How the Replication pane looks.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::replication::{Report, RowVerdict, Verdict};
use crate::text::visible_line;
use crate::tui::widget::{Look, block, list, wrap};

use super::{State, Watch};

/// The style of a verdict; the word is always written.
pub fn verdict_style(look: Look<'_>, verdict: Verdict) -> Style {
    match verdict {
        Verdict::Converged => look.theme.good,
        Verdict::Converging => look.theme.info,
        Verdict::NoChange => look.theme.warning,
        Verdict::Stuck | Verdict::Blind | Verdict::Failed => look.theme.bad,
    }
}

/// Draws verdict, rows and advice. `question` is what `target` would be asked.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    state: &State,
    (target, question): (&str, &str),
    look: Look<'_>,
) {
    let place = match &state.watch {
        Watch::Polling(target) => format!("watching {target}"),
        Watch::Stopped => "not watching".into(),
    };
    let title = format!(
        "Replication: {}{}",
        visible_line(&place),
        state.filter.shown()
    );
    let frame_block = block(look, title, true);
    let inner = frame_block.inner(area);
    frame.render_widget(frame_block, area);
    let Some(report) = state.report() else {
        let text = match &state.watch {
            Watch::Polling(target) => format!("Waiting for the first answer of {target}."),
            Watch::Stopped => format!(
                "Press w to watch {target}. csdeck then asks it every few seconds:\n\n  {question}\n\nPress s instead when a change is published now: only what is newer counts."
            ),
        };
        let lines: Vec<Line<'_>> = wrap::soft(&text, usize::from(inner.width))
            .into_iter()
            .map(Line::raw)
            .collect();
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    };
    let report = &*report;
    let head = head_lines(state, report, usize::from(inner.width), look);
    let advice = advice_lines(report, usize::from(inner.width), look);
    let rows = state.rows();
    let head_height = u16::try_from(head.len()).unwrap_or(u16::MAX);
    let row_height = u16::try_from(rows.len() + 1)
        .unwrap_or(u16::MAX)
        .min(inner.height.saturating_sub(head_height));
    let [top, table, bottom] = Layout::vertical([
        Constraint::Length(head_height),
        Constraint::Length(row_height),
        Constraint::Min(0),
    ])
    .areas(inner);
    frame.render_widget(Paragraph::new(head), top);
    draw_rows(frame, table, state, report, &rows, look);
    let advice = fitting(advice, usize::from(bottom.height), look);
    frame.render_widget(Paragraph::new(advice), bottom);
}

fn head_lines(state: &State, report: &Report, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    let count = match report.count() {
        (_, 0) => String::new(),
        (done, of) => format!("  {done} of {of} up to date"),
    };
    let sampled = report.sampled_at.map_or_else(
        || "at an unknown time".to_owned(),
        |t| {
            format!(
                "polled {}",
                t.to_zoned(state.zone.clone()).strftime("%H:%M:%S")
            )
        },
    );
    let earlier = match state.back {
        0 => String::new(),
        n => format!("  EARLIER POLL, {n} back"),
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(
            report.verdict.word().to_uppercase(),
            verdict_style(look, report.verdict),
        ),
        Span::raw(format!("{count}  ")),
        Span::styled(sampled, look.theme.dim),
        Span::styled(earlier, look.theme.warning),
    ])];
    lines.extend(
        wrap::soft(&visible_line(&report.reason), width)
            .into_iter()
            .map(Line::raw),
    );
    lines
}

fn advice_lines(report: &Report, width: usize, look: Look<'_>) -> Vec<Line<'static>> {
    if report.advice.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        Line::default(),
        Line::styled("What to check", look.theme.title),
    ];
    for advice in &report.advice {
        for (n, part) in wrap::soft(&visible_line(advice), width.saturating_sub(2))
            .into_iter()
            .enumerate()
        {
            lines.push(Line::raw(format!(
                "{}{part}",
                if n == 0 { "- " } else { "  " }
            )));
        }
    }
    lines
}

/// As many lines as fit; the last one says how many do not.
fn fitting(mut lines: Vec<Line<'static>>, height: usize, look: Look<'_>) -> Vec<Line<'static>> {
    if lines.len() > height && height > 0 {
        let more = lines.len() - height + 1;
        lines.truncate(height - 1);
        lines.push(Line::styled(
            format!("... {more} more lines; a taller window shows them"),
            look.theme.dim,
        ));
    }
    lines
}

fn row_style(look: Look<'_>, verdict: RowVerdict) -> Style {
    match verdict {
        RowVerdict::UpToDate => look.theme.good,
        RowVerdict::Waiting => look.theme.info,
        RowVerdict::Lagging | RowVerdict::Orphan | RowVerdict::Excluded => look.theme.warning,
        RowVerdict::Stuck
        | RowVerdict::NeverReported
        | RowVerdict::Missing
        | RowVerdict::Unreachable => look.theme.bad,
    }
}

fn draw_rows(
    frame: &mut Frame<'_>,
    area: Rect,
    state: &State,
    report: &Report,
    rows: &[usize],
    look: Look<'_>,
) {
    if area.height == 0 {
        return;
    }
    let width = usize::from(area.width);
    let longest = report
        .rows
        .iter()
        .map(|r| r.fqdn.chars().count())
        .max()
        .unwrap_or(0);
    let names = longest.clamp(7, width.saturating_sub(42).max(12));
    let history = width.saturating_sub(names + 2 + 15 + 15 + 13).min(40);
    let header = format!(
        "{:<names$}  {:<14} {:<14} {:<12} {}",
        "replica",
        "verdict",
        "last report",
        "version",
        if history > 6 { "polls" } else { "" }
    );
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    frame.render_widget(
        Paragraph::new(Line::styled(
            wrap::clip(&header, width, look.ascii),
            look.theme.dim,
        )),
        top,
    );
    list::draw(frame, body, look, rows.len(), state.selected, false, |n| {
        let row = &report.rows[rows[n]];
        let version = row
            .status
            .as_ref()
            .and_then(|s| s.product_version.as_deref())
            .unwrap_or("-");
        let trail: String = state
            .watcher
            .trail(&row.fqdn, history + state.back)
            .into_iter()
            .rev()
            .skip(state.back)
            .take(history)
            .map(|poll| match (poll, look.ascii) {
                (Some(true), false) => '█',
                (Some(false), false) => '░',
                (Some(true), true) => '#',
                (Some(false), true) => '.',
                (None, _) => ' ',
            })
            .collect::<Vec<char>>()
            .into_iter()
            .rev()
            .collect();
        Line::from(vec![
            Span::raw(format!(
                "{:<names$}  ",
                wrap::clip(&visible_line(&row.fqdn), names, look.ascii)
            )),
            Span::styled(
                format!("{:<14} ", row.verdict.word()),
                row_style(look, row.verdict),
            ),
            Span::raw(format!(
                "{:<14} ",
                wrap::clip(&row.age_words(), 14, look.ascii)
            )),
            Span::raw(format!(
                "{:<12} ",
                wrap::clip(&visible_line(version), 12, look.ascii)
            )),
            Span::styled(trail, look.theme.dim),
        ])
    });
}
