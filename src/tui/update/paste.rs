//! A pasted command line becomes a form, and what was mended is shown.

use std::fmt::Write as _;

use crate::cmdlet::explain;
use crate::cmdlet::repair::{self, DiffKind, FillError, Filled, Meant, Repaired};
use crate::snippet::{Mode, Plan};
use crate::tui::dialog::{Dialog, Offer};
use crate::tui::model::Model;
use crate::tui::pane::snippets::Form;
use crate::tui::widget::input::LineInput;

/// Repairs a pasted text and opens the form of its first cmdlet. Forms of further ones are kept
/// filled in, under their names in the list.
pub fn command(model: &mut Model, text: &str) {
    let repaired = repair::repair(text.trim_end());
    let filled = match repair::fill(&repaired.text) {
        Ok(filled) => filled,
        Err(error) => return refused(model, text, &repaired, &error),
    };
    // A form that is open is left as if by Esc: nothing of it is lost.
    model.snippets.close();
    let mut said = changes(text, &repaired);
    let mut opened: Vec<String> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for filled in &filled {
        match form(filled) {
            Ok((form, notes)) => {
                for note in filled.notes.iter().chain(&notes) {
                    let _ = writeln!(said, "• {note}");
                }
                for parameter in &filled.lost {
                    let name = filled.cmdlet.parameters[*parameter].name;
                    let _ = writeln!(
                        said,
                        "• -{name} of {} lost its value: fill it in",
                        filled.cmdlet.name
                    );
                }
                let id = form.snippet.id.clone();
                if opened.is_empty() {
                    model.snippets.form = Some(form);
                } else if opened.contains(&id) {
                    let _ = writeln!(
                        said,
                        "• a further {} of the text is not opened: paste it by itself",
                        filled.cmdlet.name
                    );
                    continue;
                } else {
                    model.snippets.keep(form);
                }
                opened.push(id);
                names.push(filled.cmdlet.name);
            }
            Err(why) => {
                let _ = writeln!(said, "• {}: {why}", filled.cmdlet.name);
            }
        }
    }
    if let Some((first, others)) = names.split_first()
        && !others.is_empty()
    {
        let _ = writeln!(
            said,
            "• {first} is open; filled in as well, under their names in the list: {}",
            others.join(", ")
        );
    }
    let meant = repair::meant(&repaired.text);
    for (written, name) in meant.iter().flat_map(|m| &m.names) {
        // What is no field is not among the notes.
        if !said.contains(&format!("no parameter {written};")) {
            let _ = writeln!(said, "• {written} does not exist. Did you mean {name}?");
        }
    }
    if said.is_empty() {
        model.tell("pasted as it is: nothing had to be mended");
    } else {
        model.dialog = Some(notice("Pasted", said, meant, true));
    }
}

/// A text to read, and what was probably meant by the one that it is about.
fn notice(title: &str, said: String, meant: Option<Meant>, opened: bool) -> Dialog {
    let mut dialog = Dialog::notice(title, said);
    if let Dialog::Notice { offer, .. } = &mut dialog {
        *offer = meant.map(|meant| Offer { meant, opened });
    }
    dialog
}

/// Takes what was probably meant instead of what was pasted.
pub fn take(model: &mut Model, offer: Offer) {
    if offer.opened {
        // Its command is wrong; nobody had the time to fill anything in.
        model.snippets.form = None;
    }
    // The question to mend it by hand is answered.
    if matches!(model.questions.back(), Some(Dialog::PasteCommand(_))) {
        model.questions.pop_back();
    }
    command(model, &offer.meant.text);
    if model.dialog.is_none() {
        let names = offer.meant.names.iter();
        let names: Vec<String> = names.map(|(was, is)| format!("{was} is {is}")).collect();
        model.tell(format!("taken as it was meant: {}", names.join(", ")));
    }
}

/// True for a text with a cmdlet of the reference in it, or with a slip in the name of one.
pub fn is_command(text: &str) -> bool {
    explain::first_cmdlet(text).is_some() || repair::meant(&repair::repair(text).text).is_some()
}

fn refused(model: &mut Model, text: &str, repaired: &Repaired, error: &FillError) {
    let error = error.to_string();
    let end = if error.ends_with(['.', '?']) { "" } else { "." };
    let said = format!("{error}{end}\n\n{}", changes(text, repaired));
    let said = match repaired.changes.is_empty() {
        true => format!("{said}{text}"),
        false => said,
    };
    let meant = repair::meant(&repaired.text);
    model.dialog = Some(notice("No form for this text", said, meant, false));
    // To be mended where it can be; a text of several lines has no place there.
    if !text.trim().contains('\n') {
        model
            .questions
            .push_back(Dialog::PasteCommand(LineInput::new(text.trim())));
    }
}

/// Before and after, and every change with its reason; empty when nothing was changed.
fn changes(text: &str, repaired: &Repaired) -> String {
    if repaired.changes.is_empty() {
        return String::new();
    }
    let mut said = String::new();
    for line in repair::diff(text.trim_end(), &repaired.text) {
        let sign = match line.kind {
            DiffKind::Same => ' ',
            DiffKind::Removed => '-',
            DiffKind::Added => '+',
        };
        let _ = writeln!(said, "{sign} {}", line.text);
    }
    said.push('\n');
    for line in repair::told(&repaired.changes) {
        let _ = writeln!(said, "• {line}");
    }
    said
}

/// The filled-in form of a command, and what could not be filled in.
fn form(filled: &Filled) -> Result<(Form, Vec<String>), String> {
    let (plan, values, notes) = Plan::of_filled(filled)?;
    let mut form = Form::of_plan(plan).map_err(|e| e.to_string())?;
    // A form that renders as a script would hide the command in it.
    if let Mode::Script { reason } = form.snippet.mode() {
        return Err(format!("this cannot be made a form: {reason}"));
    }
    for (name, text) in &values {
        form.put(name, text);
    }
    form.focus_first_empty();
    form.refresh();
    Ok((form, notes))
}
