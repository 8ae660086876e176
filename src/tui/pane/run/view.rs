//! How the Run pane looks.

mod output;
mod progress;
mod rows;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::execute::objects::Shape;
use crate::tui::widget::{Look, block, list, wrap};

use super::State;
use super::scroll::Room;
use super::state::Focus;

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
    let [jobs, below] = areas(area, state);
    let in_jobs = state.focus == Focus::Jobs;
    let title = match state.running() {
        0 => format!("Jobs {}", state.jobs.len()),
        n => format!("Jobs {}, {n} running", state.jobs.len()),
    };
    let frame_block = block(look, title, in_jobs);
    let inner = frame_block.inner(jobs);
    frame.render_widget(frame_block, jobs);
    let width = usize::from(inner.width);
    let shown = state.rows();
    list::draw(
        frame,
        inner,
        look,
        shown.len(),
        state.selected,
        in_jobs,
        |n| rows::line(shown.get(n).copied(), state, width, look),
    );
    if state.row().is_some() {
        let frame_block = block(look, output::title(state), !in_jobs);
        let inner = frame_block.inner(below);
        frame.render_widget(frame_block, below);
        output::draw(frame, inner, state, look);
    }
}

/// Draws the output alone, without frames, for the terminal's own selection.
pub fn draw_full(frame: &mut Frame<'_>, area: Rect, state: &State, look: Look<'_>) {
    if state.row().is_some() {
        output::draw(frame, area, state, look);
    }
}

/// What is looked for and how that stands: `/words_: 3 found`.
pub fn search_line(state: &State) -> String {
    let words = state.look.filter.shown();
    let find = &state.look.find;
    match state.shows_objects() || find.pattern.is_empty() {
        true => words,
        false => format!("{words}: {}", find.count()),
    }
}

/// The jobs, and the output of one.
fn areas(area: Rect, state: &State) -> [Rect; 2] {
    let rows = u16::try_from(state.rows().len()).unwrap_or(u16::MAX);
    let height = rows.saturating_add(2).min((area.height / 3).max(3));
    Layout::vertical([Constraint::Length(height), Constraint::Min(3)]).areas(area)
}

/// The room that the output has on a screen of so many columns and rows.
pub fn room((columns, rows): (u16, u16), state: &State) -> Room {
    let area = Rect::new(0, 0, columns, rows);
    let inner = match state.full {
        true => area,
        false => {
            let body = Rect::new(0, 1, columns, rows.saturating_sub(2));
            let [_, output] = areas(body, state);
            Rect::new(
                output.x,
                output.y,
                output.width.saturating_sub(2),
                output.height.saturating_sub(2),
            )
        }
    };
    of(inner, state)
}

/// Rows at the bottom of the output's area that tell what the job is at.
fn progress_rows(area: Rect, state: &State) -> usize {
    state.current().map_or(0, |job| {
        progress::height(&job.activities, usize::from(area.height))
    })
}

/// The room for lines within the output's area.
fn of(area: Rect, state: &State) -> Room {
    let shown = state.current().filter(|_| state.shows_objects());
    let answer = shown.map(|j| &j.answer);
    let table = answer.is_some_and(|a| a.shape() == Some(Shape::Table));
    let heading = answer.map_or(0, |a| a.heading().len());
    let progress = progress_rows(area, state);
    Room {
        width: usize::from(area.width),
        height: usize::from(area.height).saturating_sub(heading + progress),
        // A row of a table is a row of the screen.
        wrap: !state.unwrapped && !table,
    }
}
