//! How the Replication pane looks.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::replication::Report;
use crate::text::visible_line;
use crate::tui::widget::{Look, block, wrap};

use super::state::narrowed;
use super::{State, Watch, head, log, table};

/// Draws verdict, rows and advice. `question` is what `target` would be asked.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    state: &State,
    (target, question): (&str, &str),
    look: Look<'_>,
) {
    let mut frame_block = block(look, title(state), true);
    if state.back > 0 {
        frame_block = frame_block.border_style(look.theme.warning);
    }
    let inner = frame_block.inner(area);
    frame.render_widget(frame_block, area);
    let Some(report) = state.report() else {
        let text = match &state.watch {
            Watch::Polling(target) => format!(
                "Waiting for the first answer of {target}. It is asked:\n\n  {}",
                state.question.as_deref().unwrap_or(question)
            ),
            Watch::Stopped => format!(
                "Press w to watch {target}, or s when a change is published now: only what is newer counts then. A status from elsewhere can be pasted. csdeck asks every few seconds:\n\n  {question}"
            ),
        };
        let lines: Vec<Line<'_>> = wrap::soft(&visible(&text), usize::from(inner.width))
            .into_iter()
            .map(Line::raw)
            .collect();
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    };
    let report = &*report;
    let width = usize::from(inner.width);
    let height = usize::from(inner.height);
    // A heading and some rows must have room too.
    let head = head::lines(state, report, (width, height.saturating_sub(5)), look);
    let room = height.saturating_sub(head.len());
    if let Some(selected) = state.log {
        let [top, bottom] =
            Layout::vertical([Constraint::Length(length(head.len())), Constraint::Min(0)])
                .areas(inner);
        frame.render_widget(Paragraph::new(head), top);
        log::draw(frame, bottom, state, selected, look);
        return;
    }
    let rows = state.rows(report);
    let advice = advice_lines(report, width, look);
    // The advice gets what the rows leave: where they all fit, that may be its last word only; of
    // many rows it gets a part.
    let few = rows.len() + 1 + LEAST <= room;
    let least = advice.len().min(if few { LEAST } else { height / 5 });
    let shown = (rows.len() + 1).min(room.saturating_sub(least));
    let [top, body, bottom] = Layout::vertical([
        Constraint::Length(length(head.len())),
        Constraint::Length(length(shown)),
        Constraint::Min(0),
    ])
    .areas(inner);
    frame.render_widget(Paragraph::new(head), top);
    table::draw(frame, body, state, report, &rows, look);
    let advice = fitting(advice, usize::from(bottom.height), look);
    frame.render_widget(Paragraph::new(advice), bottom);
}

/// Lines stay lines; all else that acts on a terminal is made visible.
fn visible(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(visible_line).collect();
    lines.join("\n")
}

fn length(rows: usize) -> u16 {
    u16::try_from(rows).unwrap_or(u16::MAX)
}

fn title(state: &State) -> String {
    let place = match &state.watch {
        Watch::Polling(target) => format!("watching {target}"),
        Watch::Stopped if !state.pasted.is_empty() => "a pasted status".into(),
        Watch::Stopped => "not watching".into(),
    };
    let log = if state.shows_log() {
        ", what changed"
    } else {
        ""
    };
    let only = narrowed(&state.scope).map_or_else(String::new, |only| format!(", only {only}"));
    let order = if state.as_answered {
        ", as answered"
    } else {
        ""
    };
    format!(
        "Replication: {}{log}{order}{}",
        visible_line(&format!("{place}{only}")),
        state.filter.shown()
    )
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

/// Lines of the advice that are kept beside rows that all fit: the blank one, and how many more.
const LEAST: usize = 2;

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
