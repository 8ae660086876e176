//! How the Run pane answers actions.

use std::ops::Range;

use crate::cmdlet::explain;
use crate::execute::objects::{self, Shape};
use crate::execute::output::Pattern;
use crate::text::visible;
use crate::tui::action::Action;
use crate::tui::message::JobId;
use crate::tui::widget::list::moved;

use super::scroll::Room;
use super::state::Focus;
use super::{State, scroll};

/// What the pane asks of the console.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    /// Let the user type a command.
    Ask,
    /// Show target and text, ask, and run: the target's name and the text.
    Run(String, String),
    /// Cancel this job.
    Cancel(JobId),
    /// Copy the text.
    Copy(String),
    /// Copy the output of this job, of which only the newest lines are here.
    CopyOutput(JobId),
    /// Ask for a file's name to save the output of this job in; true when it has objects.
    Save(JobId, bool),
    /// Look for this in the older lines of a job, with the number of the search.
    Search(JobId, u64, Pattern, Range<u64>),
    /// Show a text: heading and content.
    Show(String, String),
    /// Make a form of this text.
    Form(String),
    /// The pane on the right.
    NextPane,
    /// Tell the user.
    Tell(String),
    /// Tell the user what does not go.
    Problem(String),
}

/// Rows that the output scrolls by while the list has the keys.
const STEP: isize = 5;

/// Columns that it scrolls by.
const COLUMNS: usize = 8;

/// Carries out an action; returns what it asks of the console. `room` is that of the output.
pub fn update(state: &mut State, action: Action, room: Room) -> Option<Out> {
    let in_output = state.focus == Focus::Output;
    let page = room.height.saturating_sub(1).max(1) as isize;
    match action {
        Action::NewCommand => return Some(Out::Ask),
        Action::NextHit | Action::PreviousHit => {
            return hit(state, action == Action::NextHit, room);
        }
        Action::RunText => {
            return state
                .current()
                .map(|j| Out::Run(j.target.clone(), j.text.clone()));
        }
        Action::FormOfJob => return state.current().map(|j| Out::Form(j.text.clone())),
        Action::CancelJob => {
            return state
                .current()
                .filter(|j| !j.state.is_final())
                .map(|j| Out::Cancel(j.id));
        }
        Action::RemoveJob if state.current().is_some() => {
            if !state.remove() {
                let text = "it has not ended yet: c cancels it, d then takes it off the list";
                return Some(Out::Problem(text.into()));
            }
        }
        Action::Copy => return copy(state),
        Action::CopyScreen => return copy_screen(state, room),
        Action::Save => {
            let job = state.current()?;
            return Some(Out::Save(job.id, job.answer.is_there()));
        }
        Action::Explain => {
            let Some(job) = state.current() else {
                return Some(Out::Problem("nothing ran yet; ? shows all keys".into()));
            };
            return Some(match explain::first_cmdlet(&job.text) {
                Some(cmdlet) => Out::Show(cmdlet.name.to_owned(), explain::cmdlet(cmdlet)),
                None => Out::Problem("the cmdlet reference knows no command of this job".into()),
            });
        }
        Action::SwitchFocus if state.jobs.is_empty() => return Some(Out::NextPane),
        Action::SwitchFocus => {
            state.focus = match state.focus {
                Focus::Jobs => Focus::Output,
                Focus::Output => Focus::Jobs,
            }
        }
        Action::Back => back(state),
        Action::FullScreen if state.current().is_some() => {
            state.full = !state.full;
            state.focus = Focus::Output;
            if state.full {
                let text = "o or Esc gives the frames back; select with the mouse as usual";
                return Some(Out::Tell(text.into()));
            }
        }
        Action::ToggleWrap => {
            state.unwrapped = !state.unwrapped;
            state.look.column = 0;
            return Some(Out::Tell(match state.unwrapped {
                true => "long lines are cut; Left and Right move in them (Tab first)".into(),
                false => "long lines go on in the next row".into(),
            }));
        }
        Action::ViewAs | Action::SortColumn | Action::ReverseSort => return view(state, action),
        Action::Earlier => state.scroll(-STEP, room),
        Action::Later => state.scroll(STEP, room),
        Action::ScrollLeft => state.look.column = state.look.column.saturating_sub(COLUMNS),
        Action::ScrollRight => right(state, room),
        Action::Up if in_output => state.scroll(-1, room),
        Action::Down if in_output => state.scroll(1, room),
        Action::PageUp if in_output => state.scroll(-page, room),
        Action::PageDown if in_output => state.scroll(page, room),
        Action::Top if in_output => state.jump(true, room),
        Action::Bottom if in_output => state.jump(false, room),
        other => {
            if let Some(selected) = moved(state.selected, state.jobs.len(), other)
                && selected != state.selected
            {
                state.select(selected);
            }
        }
    }
    None
}

/// One step out: the whole screen, the words, the focus.
fn back(state: &mut State) {
    if state.full {
        state.full = false;
    } else if state.look.filter.clear() {
        state.refind();
    } else {
        state.focus = Focus::Jobs;
    }
}

/// Keeps the words that were typed: goes to the first place and has older lines looked through.
pub fn found(state: &mut State, room: Room) -> Option<Out> {
    state.focus = Focus::Output;
    if state.shows_objects() || state.look.find.pattern.is_empty() {
        return None;
    }
    let from = match state.look.top {
        Some(at) => at.line,
        // Who looks at the newest lines means the newest place.
        None => state.content().map_or(0, super::window::Window::end),
    };
    if let Some(line) = state.look.find.from(from) {
        state.show_line(line, room);
    }
    let job = state.current()?;
    let (id, older) = (job.id, 0..job.output.newest());
    if older.is_empty() {
        return None;
    }
    state.look.find.searching = true;
    let find = &state.look.find;
    Some(Out::Search(id, find.number, find.pattern.clone(), older))
}

fn hit(state: &mut State, down: bool, room: Room) -> Option<Out> {
    if state.look.find.pattern.is_empty() {
        // `n` is the key for both.
        return match down {
            true => Some(Out::Ask),
            false => Some(Out::Problem("/ looks for words first".into())),
        };
    }
    match state.look.find.step(down) {
        Some(line) => state.show_line(line, room),
        None => return Some(Out::Problem("not found in this output".into())),
    }
    None
}

fn view(state: &mut State, action: Action) -> Option<Out> {
    let job = state.current_mut()?;
    if !job.answer.is_there() {
        let text = "this job answered with text, not with objects: there is one view of it";
        return Some(Out::Problem(text.into()));
    }
    match action {
        Action::ViewAs => job.answer.next_shape(),
        Action::SortColumn => job.answer.next_sort(),
        _ => job.answer.reverse(),
    }
    state.look.top = match action {
        // A table begins at its top.
        Action::ViewAs => None,
        _ => state.look.top,
    };
    state.look.column = 0;
    state.refind_view();
    None
}

fn right(state: &mut State, room: Room) {
    let Some(window) = state.content() else {
        return;
    };
    let mut at = Some(state.top(room).line);
    let mut widest = 0;
    for _ in 0..room.height {
        let Some(line) = at else { break };
        let text = scroll::text_of(&window.line(line));
        widest = widest.max(unicode_width::UnicodeWidthStr::width(text.as_str()));
        at = window.below(line);
    }
    let last = widest.saturating_sub(room.width / 2);
    let column = state.look.column;
    state.look.column = (column + COLUMNS).min(last).max(column.min(last));
}

fn copy(state: &State) -> Option<Out> {
    let job = state.current()?;
    match job.answer.is_shown() || job.output.is_whole() {
        true => state.text().map(Out::Copy),
        false => Some(Out::CopyOutput(job.id)),
    }
}

/// What is on the screen; of a table its rows as CSV.
fn copy_screen(state: &State, room: Room) -> Option<Out> {
    let job = state.current()?;
    if job.answer.shape() != Some(Shape::Table) {
        return state.screen(room).map(Out::Copy);
    }
    let (objects, places) = state.objects()?;
    Some(match objects::csv(objects, places) {
        Ok(text) => Out::Copy(visible(&text.replace("\r\n", "\n")).into_owned()),
        Err(why) => Out::Problem(format!("no CSV: {why}")),
    })
}
