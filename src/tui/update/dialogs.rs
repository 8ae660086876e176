//! How dialogs answer keys.

use crate::cmdlet::{catalogue, explain};
use crate::snippet::Plan;
use crate::snippet::library::snippet_id;
use crate::tui::action::Action;
use crate::tui::dialog::Dialog;
use crate::tui::key::Key;
use crate::tui::message::{Effect, JobId, Retry, SaveAs, TargetChange};
use crate::tui::model::Model;
use crate::tui::pane::{Pane, snippets};
use crate::tui::view;
use crate::tui::widget::input::LineInput;
use crate::tui::widget::list::moved;

use super::{choose, command, paste as pasted, runs, several, targets};

/// An action inside the open dialog.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(dialog) = model.dialog.take() else {
        return Vec::new();
    };
    match (action, dialog) {
        (action, Dialog::Targets(list)) => targets::in_list(model, list, action),
        (action, Dialog::TargetForm(form)) => targets::in_form(model, form, action),
        (action, Dialog::ImportFrom(selected)) => targets::in_sources(model, selected, action),
        (action, Dialog::Import(import)) => targets::in_import(model, import, action),
        (Action::Back, Dialog::RemoveTarget(_)) => {
            targets::open(model, None);
            Vec::new()
        }
        (Action::Explain, dialog) => {
            explain(model, dialog);
            Vec::new()
        }
        (action, Dialog::Command(line)) => command::act(model, line, action),
        (
            Action::Back,
            Dialog::Password {
                retry: Retry::Run(approved),
                ..
            }
            | Dialog::HostKey {
                retry: Retry::Run(approved),
                ..
            },
        ) => {
            several::unanswered(model, &approved);
            Vec::new()
        }
        (Action::Back, _) => Vec::new(),
        (action, Dialog::Lines(lines)) => {
            let (dialog, effects) = choose::in_lines(model, lines, action);
            model.dialog = dialog;
            effects
        }
        (action @ (Action::Open | Action::Mark | Action::RunText), Dialog::Pick(picker)) => {
            let (dialog, effects) = choose::in_picker(model, picker, action);
            model.dialog = dialog;
            effects
        }
        (Action::WriteTable, Dialog::Table(path)) => choose::write_table(model, path),
        (Action::Open, dialog) => accept(model, dialog),
        (Action::Preview, Dialog::Confirm(confirm)) => runs::preview(model, confirm),
        (Action::Preview, Dialog::Several(open)) => several::preview(model, open),
        (Action::NextOrder, Dialog::Several(mut open)) => {
            open.order = open.order.next();
            model.dialog = Some(Dialog::Several(open));
            Vec::new()
        }
        (
            Action::TakeMeant,
            Dialog::Notice {
                offer: Some(offer), ..
            },
        ) => {
            pasted::take(model, offer);
            Vec::new()
        }
        // What was pasted is mended and its form is open: one key less to the copied command.
        (Action::Copy, Dialog::Notice { .. }) => match model.snippets.form {
            Some(_) if model.pane == Pane::Snippets => super::act(model, Action::Copy),
            _ => Vec::new(),
        },
        (other, dialog) => {
            model.dialog = Some(scrolled(model, dialog, other));
            Vec::new()
        }
    }
}

/// Shows what the reference says of the cmdlet in a dialog; the dialog comes back behind it.
fn explain(model: &mut Model, dialog: Dialog) {
    let cmdlet = match &dialog {
        Dialog::Command(line) => explain::first_cmdlet(line.input.text()),
        Dialog::PasteCommand(input) => explain::first_cmdlet(input.text()),
        Dialog::Confirm(confirm) => explain::first_cmdlet(confirm.assessment.text()),
        Dialog::Several(open) => explain::first_cmdlet(open.text()),
        Dialog::Sets { cmdlet, .. } => catalogue().get(cmdlet),
        _ => None,
    };
    match cmdlet {
        Some(cmdlet) => {
            model.questions.push_front(dialog);
            model.dialog = Some(Dialog::notice(cmdlet.name, explain::cmdlet(cmdlet)));
        }
        None => {
            model.complain("there is no cmdlet of the reference here");
            model.dialog = Some(dialog);
        }
    }
}

fn scrolled(model: &Model, mut dialog: Dialog, action: Action) -> Dialog {
    let (last, page) = view::scroll_limit(model, &dialog);
    let scroll = |at: usize| match action {
        Action::PageUp => at.min(last).saturating_sub(page),
        Action::PageDown => (at + page).min(last),
        _ => moved(at, last + 1, action).unwrap_or(at),
    };
    match &mut dialog {
        Dialog::Sets { cmdlet, selected } => {
            let sets = catalogue().get(cmdlet).map_or(0, |c| c.sets.len());
            *selected = moved(*selected, sets, action).unwrap_or(*selected);
        }
        Dialog::CopyAs(open) => {
            open.selected = moved(open.selected, open.rows(), action).unwrap_or(open.selected);
        }
        Dialog::Pick(picker) => {
            let found = picker.found().len();
            picker.selected = moved(picker.selected, found, action).unwrap_or(picker.selected);
        }
        Dialog::Palette(palette) => {
            palette.selected =
                moved(palette.selected, palette.found().len(), action).unwrap_or(palette.selected)
        }
        Dialog::Help(rows) | Dialog::Notice { scroll: rows, .. } => *rows = scroll(*rows),
        Dialog::Confirm(confirm) => confirm.scroll = scroll(confirm.scroll),
        Dialog::Several(open) => open.scroll = scroll(open.scroll),
        Dialog::Asking(asking) => asking.go(action),
        Dialog::Choosing(choosing) if action == Action::Help => choosing.help = !choosing.help,
        Dialog::Choosing(choosing) => choosing.go(action),
        _ => {}
    }
    dialog
}

fn accept(model: &mut Model, dialog: Dialog) -> Vec<Effect> {
    match dialog {
        Dialog::Confirm(confirm) => runs::confirmed(model, confirm),
        Dialog::Several(open) => several::confirmed(model, open),
        Dialog::RemoveTarget(target) => {
            vec![Effect::ChangeTargets(TargetChange::Remove(target.name))]
        }
        Dialog::PasteCommand(input) => {
            if !input.text().trim().is_empty() {
                pasted::command(model, input.text());
            }
            Vec::new()
        }
        Dialog::Sets { cmdlet, selected } => {
            choose_set(model, cmdlet, selected);
            Vec::new()
        }
        Dialog::CopyAs(open) => choose::copy_as(model, open),
        Dialog::Table(path) if path.text().trim().is_empty() => {
            model.dialog = Some(Dialog::Table(path));
            Vec::new()
        }
        Dialog::Table(path) => {
            model.snippets.last_table = path.text().to_owned();
            choose::read_table(model, choose::typed_path(path.text()))
        }
        Dialog::SaveSnippet { id, source, edit } => save(model, id, source, edit),
        Dialog::SaveOutput { path, job, objects } => save_output(model, path, job, objects),
        Dialog::Palette(palette) => match palette.found().get(palette.selected) {
            Some(binding) => super::act(model, binding.action),
            None => Vec::new(),
        },
        Dialog::HostKey {
            target,
            key,
            retry,
            typed,
        } => {
            // A single key press must not be enough to trust a server.
            if typed.text().trim().eq_ignore_ascii_case("yes") {
                return vec![Effect::Remember(target, key, retry)];
            }
            model.dialog = Some(Dialog::HostKey {
                target,
                key,
                retry,
                typed,
            });
            Vec::new()
        }
        // An Enter too many must not be sent as a password.
        Dialog::Password { ref input, .. } if input.is_empty() => {
            model.dialog = Some(dialog);
            Vec::new()
        }
        Dialog::Password {
            owner,
            target,
            mut input,
            retry,
            ..
        } => {
            let mut effects = vec![Effect::KeepSecret(owner, input.take())];
            effects.extend(again(model, &target, retry));
            effects
        }
        Dialog::Choosing(choosing) if choosing.gone => Vec::new(),
        Dialog::Choosing(choosing) => match choosing.accept() {
            Some((reply, chosen)) => vec![Effect::Choose(reply, chosen)],
            None => {
                model.dialog = Some(Dialog::Choosing(choosing));
                Vec::new()
            }
        },
        Dialog::Asking(asking) if asking.gone => Vec::new(),
        Dialog::Asking(mut asking) => match asking.accept() {
            Some((reply, answers)) => vec![Effect::Answer(reply, answers)],
            None => {
                model.dialog = Some(Dialog::Asking(asking));
                Vec::new()
            }
        },
        Dialog::Help(_) | Dialog::Notice { .. } => Vec::new(),
        // Answered before: they keep themselves open.
        Dialog::Pick(_)
        | Dialog::Lines(_)
        | Dialog::Command(_)
        | Dialog::Targets(_)
        | Dialog::TargetForm(_)
        | Dialog::ImportFrom(_)
        | Dialog::Import(_) => Vec::new(),
    }
}

/// Opens the form of the chosen set, or takes the open form there.
fn choose_set(model: &mut Model, cmdlet: &str, selected: usize) {
    let Some(cmdlet) = catalogue().get(cmdlet) else {
        return;
    };
    let Some(set) = cmdlet.sets.get(selected) else {
        return;
    };
    let opened = match &model.snippets.form {
        Some(_) => model.snippets.change_set(set.name),
        None => {
            let known = model.sources.known();
            model.snippets.open_plan(Plan::new(cmdlet, set), known)
        }
    };
    if let snippets::Opened::Failed(why) = opened {
        model.complain(why);
    }
}

/// Asks for the snippet to be written; an id that is none keeps the question open.
fn save(model: &mut Model, id: LineInput, source: String, edit: bool) -> Vec<Effect> {
    match snippet_id(id.text()) {
        Ok(id) => vec![Effect::SaveSnippet { id, source, edit }],
        Err(why) => {
            model.complain(why);
            model.dialog = Some(Dialog::SaveSnippet { id, source, edit });
            Vec::new()
        }
    }
}

/// Asks for the output to be saved: as the file's ending says, else as it is looked at.
fn save_output(model: &mut Model, path: LineInput, job: JobId, objects: bool) -> Vec<Effect> {
    let typed = path.text().trim();
    if typed.is_empty() {
        model.dialog = Some(Dialog::SaveOutput { path, job, objects });
        return Vec::new();
    }
    let file = choose::typed_path(typed);
    let ending = file
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let current = model.run.current().is_some_and(|j| j.id == job);
    let save = match ending.as_str() {
        "json" if objects => SaveAs::Json,
        "csv" if objects => SaveAs::Csv,
        _ if current && model.run.shows_objects() => {
            SaveAs::Seen(model.run.text().unwrap_or_default())
        }
        _ => SaveAs::Raw,
    };
    vec![Effect::SaveOutput(job, file, save)]
}

/// Tries again what a question had stopped.
pub fn again(model: &mut Model, target: &str, retry: Retry) -> Vec<Effect> {
    // The target that the question was about, whichever is chosen by now; a text only ever runs on
    // the one that it was approved for.
    let target = match &retry {
        Retry::Run(approved) => approved.target(),
        Retry::Watch | Retry::Test => target,
    };
    let Some(target) = model.targets.iter().find(|t| t.name == target).cloned() else {
        return Vec::new();
    };
    match retry {
        Retry::Run(approved) if model.edited.contains(&target.name) => {
            runs::changed_meanwhile(model, &target.name, approved.text())
        }
        Retry::Watch => runs::watch_on(model, target),
        Retry::Test => vec![Effect::TestTarget(Box::new(target))],
        Retry::Run(approved) => match several::resume(model, &approved) {
            Some(effects) => effects,
            None => runs::start(model, &target, approved),
        },
    }
}

/// The input of the open dialog, if it has one.
fn input(dialog: &mut Dialog) -> Option<&mut LineInput> {
    match dialog {
        Dialog::Confirm(confirm)
            if confirm.asks() == crate::gate::Asks::TypeName && !confirm.wants_preview() =>
        {
            Some(&mut confirm.typed)
        }
        Dialog::Several(open) if open.wanted().is_some() => Some(&mut open.typed),
        Dialog::PasteCommand(input)
        | Dialog::SaveSnippet { id: input, .. }
        | Dialog::HostKey { typed: input, .. } => Some(input),
        Dialog::Palette(palette) => Some(&mut palette.input),
        Dialog::Pick(picker) => Some(&mut picker.input),
        Dialog::Table(input) | Dialog::SaveOutput { path: input, .. } => Some(input),
        Dialog::Targets(list) if list.typing => {
            list.selected = 0;
            Some(&mut list.filter)
        }
        _ => None,
    }
}

/// A key that is no action.
pub fn key(model: &mut Model, key: Key) {
    let Some(dialog) = &mut model.dialog else {
        return;
    };
    // Dialogs that only show something close on q as well.
    if matches!(dialog, Dialog::Help(_) | Dialog::Notice { .. })
        && matches!(key.text(), Some('q' | '?'))
    {
        model.dialog = None;
        return;
    }
    if let Dialog::Command(_) = dialog {
        return command::key(model, key);
    }
    if let Dialog::Password { input, .. } = dialog {
        input.key(key);
    } else if let Dialog::Asking(asking) = dialog {
        asking.key(key);
    } else if let Dialog::Choosing(choosing) = dialog {
        choosing.key(key);
    } else if let Dialog::TargetForm(form) = dialog {
        form.press(key);
    } else if let Dialog::Lines(lines) = dialog {
        lines.key(key);
    } else if let Some(input) = input(dialog) {
        input.key(key);
    }
    match dialog {
        Dialog::Palette(palette) => palette.selected = 0,
        Dialog::Pick(picker) => picker.selected = 0,
        _ => {}
    }
}

/// Pasted text.
pub fn paste(model: &mut Model, text: &str) {
    match &mut model.dialog {
        // The name that confirms a dangerous run is typed, not pasted.
        None | Some(Dialog::Confirm(_) | Dialog::Several(_) | Dialog::HostKey { .. }) => {}
        Some(Dialog::Password { input, .. }) => input.paste(text),
        Some(Dialog::Asking(asking)) => asking.paste(text),
        Some(Dialog::TargetForm(form)) => form.paste(text),
        Some(Dialog::Lines(lines)) => lines.paste(text),
        Some(Dialog::Command(_)) => command::paste(model, text),
        // Several lines are several commands, which one line cannot hold.
        Some(Dialog::PasteCommand(_)) if text.trim_end().contains('\n') => {
            model.dialog = None;
            pasted::command(model, text);
        }
        Some(dialog) => {
            if let Some(input) = input(dialog) {
                input.paste(text);
            }
            match dialog {
                Dialog::Palette(palette) => palette.selected = 0,
                Dialog::Pick(picker) => picker.selected = 0,
                _ => {}
            }
        }
    }
}
