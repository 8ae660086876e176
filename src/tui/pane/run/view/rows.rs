//! The rows of the list: jobs, and runs on several targets.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::execute::JobState;
use crate::execute::progress::clock;
use crate::text::visible_line;
use crate::tui::pane::run::{Job, Row, State};
use crate::tui::widget::{Look, wrap};

/// A row on one line.
pub fn line(row: Option<Row>, state: &State, width: usize, look: Look<'_>) -> Line<'static> {
    match row {
        Some(Row::Job(n)) => state
            .jobs
            .get(n)
            .map_or_else(Line::default, |job| job_line(job, state, width, look)),
        Some(Row::Group(id)) => group_line(id, state, width, look),
        None => Line::default(),
    }
}

fn elapsed(time: Duration) -> String {
    clock(time.as_secs())
}

fn job_line(job: &Job, state: &State, width: usize, look: Look<'_>) -> Line<'static> {
    let elapsed = elapsed(job.elapsed(state.now));
    let exit = job
        .exit()
        .map_or_else(String::new, |exit| format!("exit {exit}"));
    let target = wrap::clip(&visible_line(&job.target), 15, look.ascii);
    // A job of a group stands under its row.
    let word = match (job.state, job.activities.percent()) {
        (JobState::Running, Some(percent)) => format!("at {percent}%"),
        _ => job.word().to_owned(),
    };
    let state_cell = match job.group() {
        Some(_) => format!("  {word:<12}"),
        None => format!("{word:<11}"),
    };
    let room = width.saturating_sub(35 + state_cell.len());
    Line::from(vec![
        Span::styled(state_cell, state_style(look, job.state)),
        Span::raw(format!("{target:<15} ")),
        Span::raw(format!("{elapsed:>8} {exit:<8} ")),
        Span::raw(wrap::clip(&visible_line(&job.text), room, look.ascii)),
    ])
}

fn group_line(id: u64, state: &State, width: usize, look: Look<'_>) -> Line<'static> {
    let Some(group) = state.group(id) else {
        return Line::default();
    };
    let sign = match (group.unfolded, look.ascii) {
        (true, false) => "▾",
        (false, false) => "▸",
        (true, true) => "-",
        (false, true) => "+",
    };
    // How it stands comes first; the text has what is left.
    let summary = wrap::clip(&state.summary(id), width.saturating_sub(12), look.ascii);
    let elapsed = elapsed(state.group_elapsed(id));
    let used = 2 + summary.width().max(33) + 1 + elapsed.len() + 1;
    Line::from(vec![
        Span::styled(
            format!("{sign} {summary:<33} "),
            group_style(id, state, look),
        ),
        Span::raw(format!("{elapsed} ")),
        Span::raw(wrap::clip(
            &visible_line(&group.text),
            width.saturating_sub(used),
            look.ascii,
        )),
    ])
}

fn group_style(id: u64, state: &State, look: Look<'_>) -> Style {
    let odd = state
        .group(id)
        .and_then(|g| g.report.as_ref())
        .is_some_and(|r| !r.odd.is_empty());
    let any = |wanted: fn(JobState) -> bool| state.members(id).any(|j| wanted(j.state));
    if any(|s| matches!(s, JobState::Failed | JobState::Lost)) {
        state_style(look, JobState::Failed)
    } else if odd || any(|s| s == JobState::Cancelled) {
        state_style(look, JobState::Cancelled)
    } else if state.is_running(id) {
        state_style(look, JobState::Running)
    } else {
        state_style(look, JobState::Succeeded)
    }
}

fn state_style(look: Look<'_>, state: JobState) -> Style {
    match state {
        JobState::Succeeded => look.theme.good,
        JobState::Failed | JobState::Lost => look.theme.bad,
        JobState::Cancelled | JobState::Cancelling => look.theme.warning,
        JobState::Queued | JobState::Connecting | JobState::Running => look.theme.info,
    }
}
