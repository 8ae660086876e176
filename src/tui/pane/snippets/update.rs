//! How the Snippets pane answers actions and typing.

use crate::snippet::RenderError;
use crate::tui::action::Action;
use crate::tui::key::Key;
use crate::tui::widget::list::moved;

use super::{Form, State};

/// What the pane asks of the console.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    /// Show target and text, ask, and run.
    Run(String),
    /// Copy the text.
    Copy(String),
    /// Tell the user.
    Problem(String),
}

/// Carries out an action; returns what it asks of the console.
pub fn update(state: &mut State, action: Action) -> Option<Out> {
    let Some(form) = &mut state.form else {
        match action {
            Action::Open => state.open(),
            other => {
                if let Some(selected) = moved(state.selected, state.len(), other) {
                    state.selected = selected;
                }
            }
        }
        return None;
    };
    match action {
        Action::NextField => form.step(1),
        Action::PreviousField => form.step(-1),
        Action::NextChoice => form.cycle(1),
        Action::PreviousChoice => form.cycle(-1),
        Action::ClearField => form.set_current(""),
        Action::Back => state.close(),
        Action::RunText => return Some(with_text(form, Out::Run)),
        Action::Copy => return Some(with_text(form, Out::Copy)),
        _ => {}
    }
    None
}

/// The text of the form; or what is wrong, with the cursor put on the first wrong field.
fn with_text(form: &mut Form, out: fn(String) -> Out) -> Out {
    match &form.result {
        Ok(rendered) => out(rendered.text.clone()),
        Err(RenderError::Fields(errors)) => {
            let first = errors.first();
            let text = first.map_or_else(
                || "the form is not filled in".to_owned(),
                ToString::to_string,
            );
            if let Some(at) =
                first.and_then(|e| form.snippet.fields.iter().position(|f| f.name == e.field))
            {
                form.focus = at;
            }
            Out::Problem(text)
        }
        Err(other) => Out::Problem(other.to_string()),
    }
}

/// A key for the field with the cursor; true when it was taken.
pub fn form_key(form: &mut Form, key: Key) -> bool {
    let Some(field) = form.snippet.fields.get(form.focus) else {
        return false;
    };
    // A switch is turned over, not spelled.
    if matches!(field.kind, crate::powershell::Kind::Switch) && key.text() == Some(' ') {
        form.cycle(1);
        return true;
    }
    let taken = form.inputs[form.focus].key(key);
    if taken {
        form.refresh();
    }
    taken
}
