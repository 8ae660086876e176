//! What the Snippets pane asks of the console.

use crate::suggest::Subject;
use crate::tui::dialog::{Dialog, Lines, Purpose};
use crate::tui::message::{Effect, Why};
use crate::tui::model::Model;
use crate::tui::pane::{Pane, snippets};
use crate::tui::widget::input::LineInput;

use super::{choose, runs};

/// Shows the snippets that apply to the selected row of the topology.
pub fn show_for(model: &mut Model) {
    let topology = model.sources.topology.as_ref();
    let row = model.topology.current();
    let subject = topology.zip(row).and_then(|(t, row)| Subject::of(t, row));
    match subject {
        Some(subject) => {
            model.snippets.show_for(Some(subject));
            model.pane = Pane::Snippets;
        }
        None => model.complain("no snippet is about this row"),
    }
}

/// Does what the Snippets pane asks of the console.
pub fn answer(model: &mut Model, out: snippets::Out) -> Vec<Effect> {
    match out {
        snippets::Out::Run(text) => {
            let effects = runs::ask(model, None, &text);
            // What is refused, or not confirmed, was not used.
            model.snippets.when_run = keep_values(model);
            return effects;
        }
        snippets::Out::Copy(text) => {
            let mut effects = runs::copy_command(model, text);
            effects.extend(keep_values(model));
            return effects;
        }
        snippets::Out::Pick(picker) => model.dialog = Some(Dialog::Pick(picker)),
        snippets::Out::EditLines(field, text) => {
            let lines = Lines::new(Purpose::List(field), &text);
            model.dialog = Some(Dialog::Lines(Box::new(lines)));
        }
        snippets::Out::CopyAs(command) => {
            let form = model.snippets.form.as_ref();
            let title = form.map_or_else(String::new, |f| f.snippet.title.clone());
            let id = form.map_or("", |f| f.snippet.id.as_str());
            let origin = match &model.snippets.table {
                Some(table) => format!(
                    "{id} and {} rows of {}",
                    table.rows.len(),
                    table.path.display()
                ),
                None => id.to_owned(),
            };
            // A batch is read several times for this: not here.
            return vec![Effect::CopyForms {
                command,
                title,
                origin,
            }];
        }
        snippets::Out::Table => {
            let last = model.snippets.last_table.clone();
            model.dialog = Some(Dialog::Table(LineInput::new(&last)));
        }
        snippets::Out::ReadTable(path) => return choose::read_table(model, path),
        snippets::Out::Engagement => return vec![Effect::ReadEngagement],
        snippets::Out::Reload => return vec![Effect::Reload(Why::Asked)],
        snippets::Out::EditSource(id) => return edit_source(model, &id),
        snippets::Out::Problem(text) => model.complain(text),
        snippets::Out::Show(title, text) => model.dialog = Some(Dialog::notice(title, text)),
        snippets::Out::PasteCommand => {
            model.dialog = Some(Dialog::PasteCommand(LineInput::default()));
        }
        snippets::Out::ChooseSet(cmdlet) => {
            let current = model.snippets.form.as_ref().and_then(|f| f.plan.as_ref());
            let selected = current.map_or(0, snippets::set_of);
            model.dialog = Some(Dialog::Sets { cmdlet, selected });
        }
        snippets::Out::Save(source) => {
            let form = model.snippets.form.as_ref();
            let id = form.map_or_else(String::new, |f| f.snippet.id.clone());
            model.dialog = Some(Dialog::SaveSnippet {
                id: LineInput::new(&id),
                source,
                edit: false,
            });
        }
    }
    Vec::new()
}

/// The history takes the values of a form when its command is used, and the use is counted.
pub fn keep_values(model: &Model) -> Vec<Effect> {
    let Some(form) = &model.snippets.form else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    let filled = form.to_remember();
    // The values of a table's rows are in the table.
    if !filled.is_empty() && model.snippets.table.is_none() {
        effects.push(Effect::KeepValues(filled));
    }
    if form.plan.is_none() {
        let (id, library) = (form.snippet.id.clone(), model.snippets.library.clone());
        effects.push(Effect::CountUse(id, library));
    }
    effects
}

/// Opens the file of a snippet in the editor. What is part of the program is first kept under the
/// same id in the own folder, where it takes the built-in one's place.
fn edit_source(model: &mut Model, id: &str) -> Vec<Effect> {
    let library = &model.snippets.library;
    let Some(snippet) = library.get(id) else {
        return Vec::new();
    };
    let broken = library.broken(id).and_then(|p| p.layer.path(id));
    match broken.or_else(|| snippet.path()) {
        Some(path) => return vec![Effect::Edit(path, None)],
        None => {
            model.dialog = Some(Dialog::SaveSnippet {
                id: LineInput::new(id),
                source: snippet.source.clone(),
                edit: true,
            });
        }
    }
    Vec::new()
}
