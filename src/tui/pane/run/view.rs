//! How the Run pane looks.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::execute::{Event, JobState};
use crate::text::{visible, visible_line};
use crate::tui::widget::{Look, block, list, wrap};

use super::{Job, State};

/// Draws the jobs and the output of the selected one.
pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    if state.jobs.is_empty() {
        let frame_block = block(look, "Run", true);
        let inner = frame_block.inner(area);
        frame.render_widget(frame_block, area);
        let text = "Nothing ran yet in this session. Press n to type a command, or fill in a snippet (2) and run it with F5.\nEverything that ran before is in the journal: csdeck journal list";
        let lines: Vec<Line<'_>> = wrap::soft(text, usize::from(inner.width))
            .into_iter()
            .map(Line::raw)
            .collect();
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    }
    let height = (state.jobs.len() as u16 + 2).min((area.height / 3).max(3));
    let [jobs, output] =
        Layout::vertical([Constraint::Length(height), Constraint::Min(3)]).areas(area);
    let frame_block = block(look, format!("Jobs {}", state.jobs.len()), true);
    let inner = frame_block.inner(jobs);
    frame.render_widget(frame_block, jobs);
    list::draw(
        frame,
        inner,
        look,
        state.jobs.len(),
        state.selected,
        true,
        |n| {
            let job = &state.jobs[n];
            let room = usize::from(inner.width).saturating_sub(28);
            Line::from(vec![
                Span::styled(
                    format!("{:<10} ", job.state.word()),
                    state_style(look, job.state),
                ),
                Span::raw(format!(
                    "{:<15} ",
                    wrap::clip(&visible_line(&job.target), 15, look.ascii)
                )),
                Span::raw(wrap::clip(&visible_line(&job.text), room, look.ascii)),
            ])
        },
    );
    if let Some(job) = state.current() {
        draw_output(frame, output, job, state.back, look);
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

fn draw_output(frame: &mut Frame<'_>, area: Rect, job: &Job, back: usize, look: Look<'_>) {
    let mut title = format!("{} on {}", job.state.word(), visible_line(&job.target));
    if job.dropped > 0 {
        title.push_str(&format!(", the first {} lines are not kept", job.dropped));
    }
    if back > 0 {
        title.push_str(&format!(", {back} lines back"));
    }
    let frame_block = block(look, title, false);
    let inner = frame_block.inner(area);
    frame.render_widget(frame_block, area);
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let mut tail: Vec<Line<'static>> = Vec::new();
    if back == 0
        && let Some(error) = job.end.as_ref().and_then(|e| e.error.as_ref())
    {
        tail.extend(
            wrap::soft(&visible(&error.to_string()), width)
                .into_iter()
                .map(|l| Line::styled(l, look.theme.error)),
        );
    }
    // Only what fits is wrapped, from the end backwards.
    let mut rows: Vec<Line<'static>> = Vec::new();
    for event in job.lines.iter().rev().skip(back) {
        if rows.len() + tail.len() >= height {
            break;
        }
        let (text, style) = match event {
            Event::Output(text) => (text.clone(), look.theme.text),
            Event::Object(object) => (object.to_string(), look.theme.text),
            Event::Error(text) => (text.clone(), look.theme.error),
            Event::Warning(text) => (format!("WARNING: {text}"), look.theme.warning),
            Event::Verbose(text) => (format!("VERBOSE: {text}"), look.theme.dim),
            Event::Progress(text) => (text.clone(), look.theme.dim),
            Event::State(_) => continue,
        };
        let cut: String = text.chars().take(width.max(1) * height.max(1)).collect();
        rows.extend(
            wrap::hard(&visible_line(&cut), width)
                .into_iter()
                .rev()
                .map(|l| Line::styled(l, style)),
        );
    }
    rows.reverse();
    if rows.is_empty() && tail.is_empty() && job.state.is_final() {
        rows.push(Line::styled("(it said nothing)", look.theme.dim));
    }
    rows.extend(tail);
    let skip = rows.len().saturating_sub(height);
    let shown: Vec<Line<'static>> = rows.into_iter().skip(skip).collect();
    frame.render_widget(Paragraph::new(shown).style(look.theme.text), inner);
}
