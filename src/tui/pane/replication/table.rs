//! The rows of the pane, in as many columns as the window has room for.

use jiff::SignedDuration;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use crate::replication::{Report, RowReport, RowVerdict};
use crate::text::visible_line;
use crate::tui::widget::{Look, list, wrap};

use super::state::State;

/// The fewest polls that make a picture.
const FEWEST: usize = 6;

/// The most that are shown.
const MOST: usize = 60;

/// The narrowest a name is cut to.
const NAME: usize = 12;

/// What a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Replica,
    Edge,
    Role,
    Site,
    Verdict,
    Changed,
    Report,
    Took,
    Version,
    Polls,
}

impl Column {
    /// In the order of the screen.
    const ALL: [Column; 10] = [
        Column::Replica,
        Column::Edge,
        Column::Role,
        Column::Site,
        Column::Verdict,
        Column::Changed,
        Column::Report,
        Column::Took,
        Column::Version,
        Column::Polls,
    ];

    /// What is given up last comes first.
    const WORTH: [Column; 8] = [
        Column::Report,
        Column::Edge,
        Column::Polls,
        Column::Changed,
        Column::Took,
        Column::Version,
        Column::Role,
        Column::Site,
    ];

    fn heading(self) -> &'static str {
        match self {
            Column::Replica => "replica",
            Column::Edge => "",
            Column::Role => "role",
            Column::Site => "site",
            Column::Verdict => "verdict",
            Column::Changed => "since",
            Column::Report => "last report",
            Column::Took => "took",
            Column::Version => "version",
            Column::Polls => "polls",
        }
    }

    fn width(self) -> usize {
        match self {
            Column::Replica => NAME,
            Column::Edge => 4,
            Column::Role | Column::Verdict => 14,
            Column::Site => 10,
            Column::Changed | Column::Took => 6,
            Column::Report | Column::Version => 11,
            Column::Polls => FEWEST,
        }
    }
}

/// The columns that fit, with their widths.
fn columns(report: &Report, width: usize) -> Vec<(Column, usize)> {
    let longest = report.rows.iter().map(|row| row.fqdn.width()).max();
    let longest = longest.unwrap_or(0).clamp(NAME, 60);
    let has = |column: Column| match column {
        Column::Edge => report.rows.iter().any(|row| row.is_edge),
        Column::Role => report.rows.iter().any(|row| row.role.is_some()),
        Column::Site => report.rows.iter().any(|row| row.site.is_some()),
        _ => true,
    };
    let mut shown = vec![Column::Replica, Column::Verdict];
    let mut used = longest.min(24) + 1 + Column::Verdict.width();
    for column in Column::WORTH.into_iter().filter(|column| has(*column)) {
        if used + 1 + column.width() <= width {
            used += 1 + column.width();
            shown.push(column);
        }
    }
    let mut free = width.saturating_sub(used);
    let name = (longest.min(24) + free).min(longest).min(width);
    free -= (name.saturating_sub(longest.min(24))).min(free);
    let columns = Column::ALL.into_iter().filter(|c| shown.contains(c));
    columns
        .map(|column| match column {
            Column::Replica => (column, name),
            Column::Polls => (column, (FEWEST + free).min(MOST)),
            other => (other, other.width()),
        })
        .collect()
}

/// The style of a row's verdict.
pub fn row_style(look: Look<'_>, verdict: RowVerdict) -> Style {
    match verdict {
        RowVerdict::UpToDate => look.theme.good,
        RowVerdict::Waiting => look.theme.info,
        RowVerdict::Lagging | RowVerdict::Orphan => look.theme.warning,
        RowVerdict::Excluded => look.theme.dim,
        RowVerdict::Stuck
        | RowVerdict::NeverReported
        | RowVerdict::Missing
        | RowVerdict::Unreachable => look.theme.bad,
    }
}

/// Draws a heading and the page of rows that holds the selection; only those rows are made.
pub fn draw(
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
    let columns = columns(report, width);
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let heading: Vec<String> = columns
        .iter()
        .map(|(column, width)| cell(column.heading(), *width, look))
        .collect();
    let heading = wrap::clip(heading.join(" ").trim_end(), width, look.ascii);
    frame.render_widget(Paragraph::new(Line::styled(heading, look.theme.dim)), top);
    let selected = state.place(report, rows);
    list::draw(frame, body, look, rows.len(), selected, false, |n| {
        line(state, report, &report.rows[rows[n]], &columns, width, look)
    });
}

fn cell(text: &str, width: usize, look: Look<'_>) -> String {
    let text = wrap::clip(&visible_line(text), width, look.ascii);
    let pad = " ".repeat(width.saturating_sub(text.width()));
    format!("{text}{pad}")
}

fn line(
    state: &State,
    report: &Report,
    row: &RowReport,
    columns: &[(Column, usize)],
    width: usize,
    look: Look<'_>,
) -> Line<'static> {
    let mut spans = Vec::new();
    let mut used = 0;
    for (column, wide) in columns {
        let (text, style) = match column {
            Column::Replica => (row.fqdn.clone(), Style::new()),
            Column::Edge => {
                let edge = if row.is_edge { "Edge" } else { "" };
                (edge.to_owned(), look.theme.accent)
            }
            Column::Role => (row.role.clone().unwrap_or_default(), Style::new()),
            Column::Site => (row.site.clone().unwrap_or_default(), Style::new()),
            Column::Verdict => (row.verdict.word().to_owned(), row_style(look, row.verdict)),
            Column::Changed => (since(report, row), Style::new()),
            Column::Report => (row.age_words(), Style::new()),
            Column::Took => (row.took.map_or_else(|| "-".to_owned(), short), Style::new()),
            Column::Version => {
                let status = row.status.as_ref();
                let version = status.and_then(|s| s.product_version.as_deref());
                (version.unwrap_or("-").to_owned(), Style::new())
            }
            Column::Polls => (trail(state, row, *wide, look.ascii), look.theme.dim),
        };
        spans.push(Span::styled(cell(&text, *wide, look), style));
        used += wide + 1;
        // Why it is left out is worth more than what would come behind.
        if *column == Column::Verdict
            && let Some(why) = &row.excluded
        {
            let room = width.saturating_sub(used);
            let why = wrap::clip(&visible_line(why), room, look.ascii);
            spans.push(Span::raw(" "));
            spans.push(Span::styled(why, look.theme.dim));
            return Line::from(spans);
        }
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// Since when its verdict is what it is.
fn since(report: &Report, row: &RowReport) -> String {
    match (report.sampled_at, row.changed) {
        (Some(now), Some(then)) => short(now.duration_since(then)),
        _ => "-".to_owned(),
    }
}

/// The replica's last polls, up to the one that is looked at, the newest on the right.
fn trail(state: &State, row: &RowReport, width: usize, ascii: bool) -> String {
    let mut polls = state.watcher.trail(&row.fqdn, width + state.back);
    polls.truncate(polls.len().saturating_sub(state.back));
    let skip = polls.len().saturating_sub(width);
    let picture = |poll: Option<bool>| match (poll, ascii) {
        (Some(true), false) => '█',
        (Some(false), false) => '░',
        (Some(true), true) => '#',
        (Some(false), true) => '.',
        (None, _) => ' ',
    };
    polls.into_iter().skip(skip).map(picture).collect()
}

/// A span in six columns at most: `42s`, `9m57s`, `2h05m`, `12d3h`, `266d`.
pub fn short(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
        86_400..8_640_000 => format!("{}d{}h", seconds / 86_400, seconds % 86_400 / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_fit_their_column() {
        for (seconds, text) in [
            (-3, "0s"),
            (42, "42s"),
            (597, "9m57s"),
            (7_500, "2h05m"),
            (266_500, "3d2h"),
            (8_639_999, "99d23h"),
            (23_000_000, "266d"),
        ] {
            let said = short(SignedDuration::from_secs(seconds));
            assert_eq!(said, text);
            assert!(said.len() <= Column::Took.width(), "{said}");
        }
    }
}
