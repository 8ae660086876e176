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
    /// The same on several targets.
    RunOn(Vec<String>, String),
    /// Cancel this job.
    Cancel(JobId),
    /// Cancel all jobs of this group.
    CancelAll(u64),
    /// Copy the text.
    Copy(String),
    /// Copy the text as a report, which says whose deployment it is about.
    Report(String),
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
    if in_output && let Some(lines) = lines_of(action, page) {
        // With a mark the keys that move take its end along.
        if state.move_mark(lines, room) {
            return None;
        }
    }
    match action {
        Action::MarkLines if state.row().is_some() => {
            state.focus = Focus::Output;
            state.mark(room);
        }
        Action::NewCommand => return Some(Out::Ask),
        Action::NextHit | Action::PreviousHit => {
            return hit(state, action == Action::NextHit, room);
        }
        Action::RunText => {
            if let Some(group) = state.current_group() {
                let targets = state.members(group.id).map(|j| j.target.clone());
                return Some(Out::RunOn(targets.collect(), group.text.clone()));
            }
            return state
                .current()
                .map(|j| Out::Run(j.target.clone(), j.text.clone()));
        }
        Action::FormOfJob => return state.ran().map(|text| Out::Form(text.to_owned())),
        Action::CancelJob => {
            if let Some(group) = state.current_group() {
                let running = state.is_running(group.id);
                return running.then_some(Out::CancelAll(group.id));
            }
            return state
                .current()
                .filter(|j| !j.state.is_final())
                .map(|j| Out::Cancel(j.id));
        }
        Action::Unfold => {
            if !state.fold() {
                let text = "only a run on several targets unfolds";
                return Some(Out::Problem(text.into()));
            }
        }
        Action::RemoveJob if state.row().is_some() => {
            if !state.remove() {
                let text = "it has not ended yet: c cancels it, d then takes it off the list";
                return Some(Out::Problem(text.into()));
            }
        }
        Action::Copy => match state.marked() {
            Some(Ok(text)) => {
                state.look.mark = None;
                return Some(Out::Copy(text));
            }
            Some(Err(why)) => return Some(Out::Problem(why.into())),
            None => return copy(state),
        },
        Action::CopyScreen => return copy_screen(state, room),
        Action::Save if state.current_group().is_some() => {
            let text = "y copies this; Space unfolds: s in the row of a job saves its output";
            return Some(Out::Problem(text.into()));
        }
        Action::Save => {
            let job = state.current()?;
            return Some(Out::Save(job.id, job.answer.is_there()));
        }
        Action::Explain => {
            let Some(text) = state.ran() else {
                return Some(Out::Problem("nothing ran yet; ? shows all keys".into()));
            };
            return Some(match explain::first_cmdlet(text) {
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
        Action::FullScreen if state.row().is_some() => {
            state.full = !state.full;
            state.focus = Focus::Output;
            if state.full {
                let text = "o or Esc gives the frames back; select with the mouse as usual";
                return Some(Out::Tell(text.into()));
            }
        }
        Action::Errors => {
            if state.unfold_errors(room) {
                state.focus = Focus::Output;
            } else {
                let text = match state.current_group() {
                    Some(_) => "Space unfolds: e in the row of a job shows its errors",
                    None => "this job told no error",
                };
                return Some(Out::Problem(text.into()));
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
            if let Some(selected) = moved(state.selected, state.rows().len(), other)
                && selected != state.selected
            {
                state.select(selected);
            }
        }
    }
    None
}

/// How far an action moves the end of a mark, in lines; the extremes are the ends of the output.
fn lines_of(action: Action, page: isize) -> Option<isize> {
    Some(match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return None,
    })
}

/// One step out: the mark, the whole screen, the words, the errors in full, the focus.
fn back(state: &mut State) {
    if state.look.mark.take().is_some() {
        return;
    }
    if state.full {
        state.full = false;
    } else if state.look.filter.clear() {
        state.refind();
    } else if state.look.errors.take().is_some() {
        state.look.top = None;
        state.refind_view();
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
    let job = state.current().filter(|_| state.look.errors.is_none())?;
    let (id, older) = (job.id, 0..job.output.newest());
    if older.is_empty() {
        return None;
    }
    state.look.find.searching = true;
    let find = &state.look.find;
    Some(Out::Search(id, find.number, find.pattern.clone(), older))
}

fn hit(state: &mut State, down: bool, room: Room) -> Option<Out> {
    if state.look.find.pattern.is_empty() || state.shows_objects() {
        // `n` is the key for both.
        return match down {
            true => Some(Out::Ask),
            false => Some(Out::Problem(
                "/ looks for words first; objects are filtered by them".into(),
            )),
        };
    }
    match state.look.find.step(down) {
        Some(line) => state.show_line(line, room),
        None => return Some(Out::Problem("not found in this output".into())),
    }
    None
}

fn view(state: &mut State, action: Action) -> Option<Out> {
    if state.current_group().is_some() {
        let text = "the answers side by side have one view; Space unfolds the jobs";
        return Some(Out::Problem(text.into()));
    }
    state.look.errors = None;
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
    if let Some(group) = state.current_group() {
        let text = state.text().unwrap_or_default();
        let summary = state.summary(group.id);
        return Some(Out::Report(format!("{summary}\n\n{text}")));
    }
    let job = state.current()?;
    let whole = job.answer.is_shown() || state.look.errors.is_some();
    match whole || job.output.is_whole() {
        true => state.text().map(Out::Copy),
        false => Some(Out::CopyOutput(job.id)),
    }
}

/// What is on the screen; of a table its rows as CSV.
fn copy_screen(state: &State, room: Room) -> Option<Out> {
    let shown = state.current().filter(|_| state.shows_objects());
    let shape = shown.and_then(|j| j.answer.shape());
    if shape != Some(Shape::Table) {
        return state.screen(room).map(Out::Copy);
    }
    let (objects, places) = state.objects()?;
    Some(match objects::csv(objects, places) {
        Ok(text) => Out::Copy(visible(&text.replace("\r\n", "\n")).into_owned()),
        Err(why) => Out::Problem(format!("no CSV: {why}")),
    })
}
