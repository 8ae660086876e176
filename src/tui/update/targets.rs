//! The places where commands run: choosing, adding, changing, testing, importing.

use crate::execute::{JobEnd, Target, TransportKind};
use crate::tui::action::Action;
use crate::tui::dialog::{Dialog, Import, Source, TargetForm, TargetList};
use crate::tui::message::{Effect, Retry, TargetChange};
use crate::tui::model::Model;
use crate::tui::pane::replication;
use crate::tui::widget::input::LineInput;
use crate::tui::widget::list::moved;

use super::{answer, runs, several};

/// Opens the list, with this target highlighted.
fn open_at(model: &mut Model, name: &str) {
    let at = model.targets.iter().position(|t| t.is_called(name));
    let list = TargetList::at(at.unwrap_or(model.target), None);
    model.dialog = Some(Dialog::Targets(Box::new(list)));
}

/// Opens the list, with the target that commands run on highlighted.
pub fn open(model: &mut Model, text: Option<String>) {
    let list = TargetList::at(model.target, text);
    model.dialog = Some(Dialog::Targets(Box::new(list)));
}

/// An action in the list.
pub fn in_list(model: &mut Model, mut list: Box<TargetList>, action: Action) -> Vec<Effect> {
    let found = list.found(&model.targets);
    if let Some(selected) = moved(list.selected, found.len(), action) {
        list.selected = selected;
        model.dialog = Some(Dialog::Targets(list));
        return Vec::new();
    }
    match action {
        Action::Filter => {
            list.filter = LineInput::default();
            (list.typing, list.selected) = (true, 0);
        }
        Action::ClearFilter if list.typing => {
            list.filter = LineInput::default();
            (list.typing, list.selected) = (false, 0);
        }
        Action::Back if !list.filter.text().is_empty() => {
            (list.filter, list.selected) = (LineInput::default(), 0);
        }
        Action::Back => return Vec::new(),
        Action::Mark if list.text.is_some() => list.mark(&model.targets),
        Action::MarkAll if list.text.is_some() => list.mark_all(&model.targets),
        Action::Open if list.text.is_some() && !list.marked.is_empty() => {
            let chosen = list.chosen(&model.targets);
            match (chosen.as_slice(), &list.text) {
                ([one], Some(text)) => runs::ask_on(model, one, text),
                (_, Some(text)) if chosen.len() <= several::MOST => {
                    several::ask(model, chosen, text);
                }
                _ => {
                    model.complain(format!(
                        "the console runs on up to {} targets at once; csdeck run takes more",
                        several::MOST
                    ));
                    model.dialog = Some(Dialog::Targets(list));
                }
            }
            return Vec::new();
        }
        // Who types words and presses Enter means the row that they found.
        Action::Open => {
            let Some((place, target)) = list.current(&model.targets) else {
                model.dialog = Some(Dialog::Targets(list));
                return Vec::new();
            };
            let target = target.clone();
            model.target = place;
            match list.text {
                Some(text) => runs::ask_on(model, &target, &text),
                None => model.tell(format!("commands now run on {}", target.name)),
            }
            return Vec::new();
        }
        _ if list.text.is_some() => {
            model.complain(
                "a command waits for its targets: Space marks, Enter goes on, Esc leaves",
            );
        }
        other => return manage(model, list, other),
    }
    model.dialog = Some(Dialog::Targets(list));
    Vec::new()
}

fn manage(model: &mut Model, list: Box<TargetList>, action: Action) -> Vec<Effect> {
    let current = list.current(&model.targets).map(|(_, t)| t.clone());
    let changes = [
        Action::AddTarget,
        Action::ImportTargets,
        Action::EditTarget,
        Action::RemoveTarget,
    ];
    if model.lab_alone && changes.contains(&action) {
        model.complain(
            "with --lab there is the lab alone: start csdeck without it to change targets",
        );
        model.dialog = Some(Dialog::Targets(list));
        return Vec::new();
    }
    match (action, current) {
        (Action::AddTarget, _) => {
            let new = Target {
                name: String::new(),
                transport: TransportKind::Ssh,
                ..Target::lab()
            };
            model.dialog = Some(Dialog::TargetForm(Box::new(TargetForm::new(None, &new))));
        }
        (Action::ImportTargets, _) => model.dialog = Some(Dialog::ImportFrom(0)),
        (Action::TestTarget, Some(target)) => {
            model.tell(format!("testing {} ...", target.name));
            model.dialog = Some(Dialog::Targets(list));
            return vec![Effect::TestTarget(Box::new(target))];
        }
        (Action::EditTarget | Action::RemoveTarget, Some(target))
            if target == Target::lab() && model.lab =>
        {
            model.complain("the lab is always there");
            model.dialog = Some(Dialog::Targets(list));
        }
        (Action::EditTarget, Some(target)) => {
            let form = TargetForm::new(Some(target.clone()), &target);
            model.dialog = Some(Dialog::TargetForm(Box::new(form)));
        }
        (Action::RemoveTarget, Some(target)) => {
            model.dialog = Some(Dialog::RemoveTarget(Box::new(target)));
        }
        _ => model.dialog = Some(Dialog::Targets(list)),
    }
    Vec::new()
}

/// An action in the form.
pub fn in_form(model: &mut Model, mut form: Box<TargetForm>, action: Action) -> Vec<Effect> {
    match action {
        Action::Back => {
            match &form.before {
                Some(before) => open_at(model, &before.name.clone()),
                None => open(model, None),
            }
            return Vec::new();
        }
        Action::NextField => form.step(true),
        Action::PreviousField => form.step(false),
        Action::NextChoice => form.choose(true),
        Action::PreviousChoice => form.choose(false),
        Action::Save => {
            if let Some(after) = form.target() {
                return match form.before {
                    Some(before) if before == after => {
                        open_at(model, &before.name);
                        model.tell("nothing was changed");
                        Vec::new()
                    }
                    Some(before) => {
                        vec![Effect::ChangeTargets(TargetChange::Edit(Box::new((
                            before, after,
                        ))))]
                    }
                    None => vec![Effect::ChangeTargets(TargetChange::Add(vec![after]))],
                };
            }
        }
        _ => {}
    }
    model.dialog = Some(Dialog::TargetForm(form));
    Vec::new()
}

/// An action while the source of an import is chosen.
pub fn in_sources(model: &mut Model, selected: usize, action: Action) -> Vec<Effect> {
    match action {
        Action::Back => open(model, None),
        Action::Open => match Source::ALL.get(selected) {
            Some(Source::Topology) => match &model.sources.topology {
                Some(topology) => {
                    let topology = Some(Box::new(topology.clone()));
                    return vec![Effect::PlanImport(topology)];
                }
                None => {
                    model.complain("no topology is loaded: set topology = \"FILE\" in config.toml");
                    model.dialog = Some(Dialog::ImportFrom(selected));
                }
            },
            _ => return vec![Effect::PlanImport(None)],
        },
        other => {
            let selected = moved(selected, Source::ALL.len(), other).unwrap_or(selected);
            model.dialog = Some(Dialog::ImportFrom(selected));
        }
    }
    Vec::new()
}

/// An action in the preview of an import.
pub fn in_import(model: &mut Model, mut import: Box<Import>, action: Action) -> Vec<Effect> {
    match action {
        Action::Back => {
            open(model, None);
            return Vec::new();
        }
        Action::Mark => import.mark(),
        Action::MarkAll => import.mark_all(),
        Action::Open => {
            let chosen = import.chosen();
            if !chosen.is_empty() {
                return vec![Effect::ChangeTargets(TargetChange::Add(chosen))];
            }
            model.complain("no row is marked: Space marks one");
        }
        other => {
            import.selected =
                moved(import.selected, import.rows.len(), other).unwrap_or(import.selected);
        }
    }
    model.dialog = Some(Dialog::Import(import));
    Vec::new()
}

/// What was asked, approved or shown for a target as it was does not hold for what it is now.
fn outdated(model: &mut Model, before: &str, after: &str) -> Option<Effect> {
    for name in [before, after] {
        model.previews.forget(name);
        if !model.edited.iter().any(|e| e == name) {
            model.edited.push(name.to_owned());
        }
    }
    let watched = match &model.replication.watch {
        replication::Watch::Polling(name) => name == before,
        _ => false,
    };
    if watched {
        // Its next polls would go to where the target was.
        model.replication.watch = replication::Watch::Stopped;
        model.replication.id += 1;
        model.questions.push_back(Dialog::notice(
            "The watch has stopped",
            format!("{before} was changed, so csdeck stopped watching it. w in Replication starts again."),
        ));
    }
    watched.then_some(Effect::StopWatch)
}

/// The file was written, or not: what the targets are now, or why not.
pub fn changed(
    model: &mut Model,
    change: TargetChange,
    result: Result<Vec<Target>, String>,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    match result {
        Ok(targets) => {
            let said = match &change {
                TargetChange::Add(new) if new.len() == 1 => {
                    let name = new.first().map_or("", |t| t.name.as_str());
                    format!("{name} is added; x tests it")
                }
                TargetChange::Add(new) => format!("{} targets are added", new.len()),
                TargetChange::Edit(edit) => format!("{} is changed", edit.1.name),
                TargetChange::Remove(name) => format!("{name} is removed"),
            };
            let renamed = match &change {
                TargetChange::Edit(edit) => Some((edit.0.name.clone(), edit.1.name.clone())),
                _ => None,
            };
            let shown = match &change {
                TargetChange::Add(new) => new.first().map(|t| t.name.clone()),
                TargetChange::Edit(edit) => Some(edit.1.name.clone()),
                TargetChange::Remove(_) => None,
            };
            match &change {
                TargetChange::Add(_) => {}
                TargetChange::Edit(edit) => {
                    effects.extend(outdated(model, &edit.0.name, &edit.1.name));
                }
                TargetChange::Remove(name) => effects.extend(outdated(model, name, name)),
            }
            take_targets(model, targets, renamed);
            if model.dialog.is_none() {
                let at = |name: String| model.targets.iter().position(|t| t.is_called(&name));
                let selected = shown.and_then(at).unwrap_or(model.target);
                let list = TargetList::at(selected, None);
                model.dialog = Some(Dialog::Targets(Box::new(list)));
            }
            model.tell(said);
        }
        Err(why) => refused(model, change, why),
    }
    effects
}

/// The form again with what is wrong; for everything else a text to read.
fn refused(model: &mut Model, change: TargetChange, why: String) {
    let again = match change {
        TargetChange::Edit(edit) => {
            let (before, after) = *edit;
            Some(TargetForm::new(Some(before), &after))
        }
        TargetChange::Add(new) if new.len() == 1 => {
            new.first().map(|after| TargetForm::new(None, after))
        }
        _ => None,
    };
    model.questions.push_front(match again {
        Some(mut form) => {
            form.complain(why);
            Dialog::TargetForm(Box::new(form))
        }
        None => Dialog::notice("The targets stay as they are", why),
    });
}

/// Takes over the targets of the file. The current one stays the current one, also under a new name.
fn take_targets(model: &mut Model, targets: Vec<Target>, renamed: Option<(String, String)>) {
    let current = model.current_target().map(|t| t.name.clone());
    let current = match (current, renamed) {
        (Some(name), Some((before, after))) if name == before => Some(after),
        (name, _) => name,
    };
    model.targets = targets;
    let at = |name: String| model.targets.iter().position(|t| t.name == name);
    model.target = current.and_then(at).unwrap_or(0);
}

/// The file was changed outside of this console, or by it.
pub fn reread(model: &mut Model, result: Result<Vec<Target>, String>) -> Vec<Effect> {
    let targets = match result {
        Ok(targets) if targets == model.targets => return Vec::new(),
        Ok(targets) => targets,
        Err(why) => {
            model.complain(format!("the targets stay as they were: {why}"));
            return Vec::new();
        }
    };
    let before = std::mem::take(&mut model.targets);
    let gone = before.iter().filter(|t| !targets.contains(t));
    let names: Vec<String> = gone.map(|t| t.name.clone()).collect();
    model.targets = before;
    let effects = names
        .iter()
        .filter_map(|name| outdated(model, name, name))
        .collect();
    take_targets(model, targets, None);
    model.tell("targets.toml was changed: the targets are those in it now");
    effects
}

/// What an import would do is known.
pub fn planned(
    model: &mut Model,
    source: Source,
    result: Result<crate::execute::import::Plan, String>,
) {
    if model.dialog.is_some() {
        return;
    }
    model.dialog = Some(match result {
        Ok(plan) => Dialog::Import(Box::new(Import::new(source, plan))),
        Err(why) => Dialog::notice("Nothing to import", why),
    });
}

/// A test of a target came back. What it asks or cannot do stands over the list, which is there again
/// behind it; a filter that is being typed is not disturbed.
pub fn tested(model: &mut Model, name: &str, end: &JobEnd, said: &str) {
    let list = match model.dialog.take() {
        Some(Dialog::Targets(list)) if !list.typing && list.text.is_none() => Some(list),
        other => {
            model.dialog = other;
            None
        }
    };
    let told = match &end.error {
        Some(error) if answer::question(model, name, error, Retry::Test) => {
            if model.dialog.is_some() {
                model.complain(format!("{name}: {error}. Esc leads to what is asked"));
            }
            None
        }
        // What failed stands among the steps.
        Some(_) if !said.trim().is_empty() => Some(said.trim().to_owned()),
        Some(error) => Some(format!("{error}")),
        None if end.exit() == 0 && said.contains('\n') => Some(said.trim().to_owned()),
        None if end.exit() == 0 => {
            model.tell(format!("{name} is reachable and answers"));
            None
        }
        None => Some(format!(
            "It is reachable, but the test failed: {}",
            said.trim()
        )),
    };
    match (told, list) {
        (Some(text), Some(list)) => {
            model.questions.push_front(Dialog::Targets(list));
            model.dialog = Some(Dialog::notice(format!("Test of {name}"), text));
        }
        (Some(text), None) => model.complain(format!("{name}: {text}")),
        // The question is the first of those that wait.
        (None, Some(list)) if model.questions.front().is_some() && end.error.is_some() => {
            model.questions.push_back(Dialog::Targets(list));
        }
        (None, Some(list)) => model.dialog = Some(Dialog::Targets(list)),
        (None, None) => {}
    }
}
