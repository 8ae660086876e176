//! How the Snippets pane answers actions and typing.

use std::path::PathBuf;

use crate::cmdlet::{ParameterSet, catalogue, explain};
use crate::powershell::Kind;
use crate::snippet::{Meaning, Plan, RenderError};
use crate::suggest::{Known, source_command};
use crate::tui::action::Action;
use crate::tui::dialog::Picker;
use crate::tui::key::Key;
use crate::tui::widget::input::LineInput;
use crate::tui::widget::list::moved;

use super::{Form, Opened, Row, State, Table};

/// What the pane asks of the console.
#[derive(Debug)]
pub enum Out {
    /// Show target and text, ask, and run.
    Run(String),
    /// Copy the text.
    Copy(String),
    /// Tell the user.
    Problem(String),
    /// Let the user choose a parameter set of this cmdlet.
    ChooseSet(&'static str),
    /// Let the user choose the value of the field with the cursor.
    Pick(Box<Picker>),
    /// Let the user edit the elements of this field, one per line.
    EditLines(String, String),
    /// Let the user edit the variables of the engagement.
    Engagement,
    /// Open the file of this snippet in the editor.
    EditSource(String),
    /// Read the library again.
    Reload,
    /// Let the user choose the form that this command is copied in.
    CopyAs(String),
    /// Let the user name a table.
    Table,
    /// Read this table, again.
    ReadTable(PathBuf),
    /// Let the user paste or type a command line.
    PasteCommand,
    /// Let the user name the snippet that this text becomes.
    Save(String),
    /// Show a text: heading and content.
    Show(String, String),
}

/// Carries out an action; returns what it asks of the console.
pub fn update(state: &mut State, action: Action, known: Known<'_>) -> Option<Out> {
    if action == Action::Reset && state.table.is_none() {
        return opened(state.reset(known));
    }
    let Some(form) = &mut state.form else {
        match action {
            Action::Open => return opened(state.open(known)),
            Action::Engagement => return Some(Out::Engagement),
            Action::Reload => return Some(Out::Reload),
            Action::EditSource => {
                return Some(match state.row(state.selected)? {
                    Row::Snippet(snippet) => Out::EditSource(snippet.id.clone()),
                    Row::Cmdlet(_) => Out::Problem(
                        "a cmdlet has no file: open its form and keep it with F2".into(),
                    ),
                });
            }
            Action::PasteCommand => return Some(Out::PasteCommand),
            Action::Explain => return explain_row(state),
            other => {
                if let Some(selected) = moved(state.selected, state.len(), other) {
                    state.selected = selected;
                }
            }
        }
        return None;
    };
    if let Some(table) = &mut state.table {
        return in_table(table, action).or_else(|| {
            if action == Action::Back {
                state.table = None;
            }
            None
        });
    }
    match action {
        Action::NextField | Action::PreviousField => {
            form.step(if action == Action::NextField { 1 } else { -1 });
            form.offer(known);
        }
        Action::ChooseValue => return Some(pick(form, known)),
        Action::EditLines => return Some(edit_lines(form)),
        Action::NextChoice => form.cycle(1),
        Action::PreviousChoice => form.cycle(-1),
        Action::ClearField => form.set_current(""),
        Action::Back => state.close(),
        Action::Fold => form.fold(),
        Action::ChooseSet => return Some(choose_set(form)),
        Action::Explain => return Some(explain_field(form)),
        Action::Save if form.plan.is_none() => {
            return Some(Out::Problem(
                "this is a snippet already; only a form made from a cmdlet is kept as a new one"
                    .into(),
            ));
        }
        Action::Save => {
            return Some(match form.source() {
                Ok(source) => Out::Save(source),
                Err(error) => Out::Problem(error.to_string()),
            });
        }
        Action::RunText => return Some(with_text(form, Out::Run)),
        Action::Copy => return Some(with_text(form, Out::Copy)),
        Action::CopyAs => return Some(with_text(form, Out::CopyAs)),
        Action::FillRows => return Some(Out::Table),
        _ => {}
    }
    None
}

/// An action while a table is open; `None` for what it does not answer.
fn in_table(table: &mut Table, action: Action) -> Option<Out> {
    let all = |out: fn(String) -> Out| match &table.all {
        Ok(rendered) => out(rendered.text.clone()),
        Err(why) => Out::Problem(why.clone()),
    };
    Some(match action {
        Action::Open => match table.current().map(|row| &row.result) {
            Some(Ok(rendered)) => Out::Run(rendered.text.clone()),
            Some(Err(_)) => {
                Out::Problem("this row cannot be used; what is wrong stands below".into())
            }
            None => return None,
        },
        Action::RunText => all(Out::Run),
        Action::Copy => all(Out::Copy),
        Action::CopyAs => all(Out::CopyAs),
        Action::FillRows => Out::ReadTable(table.path.clone()),
        other => {
            if let Some(selected) = moved(table.selected, table.rows.len(), other) {
                table.selected = selected;
            }
            return None;
        }
    })
}

/// The choices of the field with the cursor, or why there are none.
fn pick(form: &mut Form, known: Known<'_>) -> Out {
    form.offer(known);
    let n = form.focus;
    let Some(field) = form.snippet.fields.get(n) else {
        return Out::Problem("this form has no fields".into());
    };
    if field.kind == Kind::Switch || field.kind == Kind::Bool {
        return Out::Problem("Ctrl-N turns it over: there is nothing else to choose".into());
    }
    let meaning = form.snippet.meaning_of(field);
    if meaning == Meaning::Secret {
        return Out::Problem("a secret is offered nowhere and kept nowhere".into());
    }
    let ask = source_command(meaning, form.meanings.get(n).copied().flatten());
    if form.offered.is_empty() && ask.is_none() {
        return Out::Problem(format!(
            "nothing is known for {}: no topology, no earlier value, no command that lists it",
            field.name
        ));
    }
    let closed = !field.choices.is_empty();
    Out::Pick(Box::new(Picker::new(
        &field.name,
        form.takes_several(n),
        closed,
        form.elements(n),
        form.offered.clone(),
        ask,
    )))
}

fn edit_lines(form: &Form) -> Out {
    let n = form.focus;
    match form.snippet.fields.get(n) {
        Some(field) if form.takes_several(n) => {
            Out::EditLines(field.name.clone(), form.elements(n).join("\n"))
        }
        Some(field) => Out::Problem(format!(
            "{} takes one value; the editor of lines is for lists",
            field.name
        )),
        None => Out::Problem("this form has no fields".into()),
    }
}

fn opened(opened: Opened) -> Option<Out> {
    match opened {
        Opened::Done => None,
        Opened::Choose(cmdlet) => Some(Out::ChooseSet(cmdlet)),
        Opened::Failed(why) => Some(Out::Problem(why)),
    }
}

/// The place of a plan's parameter set among those of its cmdlet.
pub fn set_of(plan: &Plan) -> usize {
    let same = |s: &ParameterSet| s.name == plan.set.name;
    plan.cmdlet.sets.iter().position(same).unwrap_or(0)
}

fn choose_set(form: &Form) -> Out {
    match form.plan.as_ref().map(|p| p.cmdlet) {
        Some(cmdlet) if cmdlet.sets.len() > 1 => Out::ChooseSet(cmdlet.name),
        Some(_) => Out::Problem("this cmdlet has one parameter set".into()),
        None => Out::Problem("this snippet was written for its own parameters".into()),
    }
}

/// What the reference says of the selected row: the cmdlet, or the first of a snippet's commands
/// that it knows.
fn explain_row(state: &State) -> Option<Out> {
    let cmdlet = match state.row(state.selected)? {
        Row::Cmdlet(cmdlet) => Some(cmdlet),
        Row::Snippet(snippet) => snippet.commands.iter().find_map(|c| catalogue().get(c)),
    };
    Some(match cmdlet {
        Some(cmdlet) => Out::Show(cmdlet.name.to_owned(), explain::cmdlet(cmdlet)),
        None => Out::Problem("none of its commands is in the cmdlet reference".into()),
    })
}

/// What the reference says of the field with the cursor, behind the field's own help.
fn explain_field(form: &Form) -> Out {
    let Some(field) = form.snippet.fields.get(form.focus) else {
        return match form
            .snippet
            .commands
            .iter()
            .find_map(|c| catalogue().get(c))
        {
            Some(cmdlet) => Out::Show(cmdlet.name.to_owned(), explain::cmdlet(cmdlet)),
            None => Out::Problem("this command is not in the cmdlet reference".into()),
        };
    };
    let reference = match form.meanings.get(form.focus).copied().flatten() {
        Some((cmdlet, parameter)) => explain::parameter(cmdlet, parameter),
        None => "It is passed to nothing that the cmdlet reference knows.".to_owned(),
    };
    // A form made from the reference has no help but the reference's.
    let own = match &form.plan {
        Some(_) => String::new(),
        None => format!("{}\n\n", field.help),
    };
    Out::Show(field.name.clone(), format!("{own}{reference}"))
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
    if matches!(field.kind, Kind::Switch) && key.text() == Some(' ') {
        form.cycle(1);
        return true;
    }
    // What nobody typed gives way to what is typed, as if it were selected; an arrow keeps it.
    if std::mem::take(&mut form.fresh) && key.text().is_some() && form.is_untouched(form.focus) {
        form.inputs[form.focus] = LineInput::default();
    }
    let taken = form.inputs[form.focus].key(key);
    if taken {
        form.refresh();
    }
    taken
}
