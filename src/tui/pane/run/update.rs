//! How the Run pane answers actions.

use std::borrow::Cow;

use crate::cmdlet::explain;
use crate::execute::Event;
use crate::text::visible;
use crate::tui::action::Action;
use crate::tui::message::JobId;
use crate::tui::widget::list::moved;

use super::State;

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
    /// Show a text: heading and content.
    Show(String, String),
    /// Make a form of this text.
    Form(String),
    /// Tell the user.
    Problem(String),
}

/// Carries out an action; returns what it asks of the console.
pub fn update(state: &mut State, action: Action) -> Option<Out> {
    match action {
        Action::NewCommand => return Some(Out::Ask),
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
        Action::Copy => {
            return state.current().map(|job| {
                let lines = job.lines.iter().filter_map(|e| match e {
                    Event::Output(t) | Event::Error(t) | Event::Warning(t) | Event::Verbose(t) => {
                        // Pasted into a terminal, a stranger's escape sequences would act there.
                        Some(visible(t))
                    }
                    Event::Object(object) => {
                        Some(Cow::Owned(visible(&object.to_string()).into_owned()))
                    }
                    Event::Progress(_) | Event::State(_) => None,
                });
                Out::Copy(lines.collect::<Vec<_>>().join("\n"))
            });
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
        Action::Earlier => {
            let most = state
                .current()
                .map_or(0, |j| j.lines.len().saturating_sub(1));
            state.back = (state.back + 5).min(most);
        }
        Action::Later => state.back = state.back.saturating_sub(5),
        other => {
            if let Some(selected) = moved(state.selected, state.jobs.len(), other) {
                state.selected = selected;
                state.back = 0;
            }
        }
    }
    None
}
