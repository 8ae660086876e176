//! How the command line answers keys.

use crate::tui::action::Action;
use crate::tui::dialog::{CommandLine, Dialog, Search};
use crate::tui::key::Key;
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::widget::list::moved;

use super::runs;

/// An action in the command line.
pub fn act(model: &mut Model, mut line: Box<CommandLine>, action: Action) -> Vec<Effect> {
    let known = model.sources.known();
    let commands = &model.sources.commands;
    if let Some(search) = &mut line.search {
        let found = search.found(commands).len();
        match action {
            Action::Back => line.search = None,
            Action::Open | Action::Complete => line.take_found(commands),
            // The list is the newest first: older is down.
            Action::SearchHistory => {
                search.selected = (search.selected + 1).min(found.saturating_sub(1))
            }
            other => {
                search.selected = moved(search.selected, found, other).unwrap_or(search.selected)
            }
        }
        model.dialog = Some(Dialog::Command(line));
        return Vec::new();
    }
    let chosen = line.popup.as_ref().is_some_and(|p| p.chosen.is_some());
    match action {
        Action::Back if line.popup.is_some() => line.close_popup(false),
        Action::Back => return Vec::new(),
        Action::Open if chosen => line.close_popup(true),
        Action::Open => return ask(model, line),
        Action::Complete | Action::CompleteBack => {
            let found = line.complete(known, action == Action::CompleteBack);
            model.dialog = Some(Dialog::Command(line));
            if !found {
                model.tell("nothing is known to go on with here");
            }
            return Vec::new();
        }
        Action::SearchHistory => line.search = Some(Search::default()),
        Action::Up | Action::Down if line.popup.is_some() => line.step(action == Action::Up),
        Action::Up | Action::Down => line.walk(commands, action == Action::Up),
        _ => {}
    }
    model.dialog = Some(Dialog::Command(line));
    Vec::new()
}

/// Shows target and text, and asks; the command is kept for the next time.
fn ask(model: &mut Model, line: Box<CommandLine>) -> Vec<Effect> {
    let text = line.input.text().to_owned();
    if text.trim().is_empty() {
        model.dialog = Some(Dialog::Command(line));
        return Vec::new();
    }
    let mut effects = runs::ask(model, None, &text);
    if model.sources.commands.add(&text) {
        effects.push(Effect::KeepCommand(text));
    }
    effects
}

/// A key that is no action.
pub fn key(model: &mut Model, key: Key) {
    let Some(Dialog::Command(line)) = &mut model.dialog else {
        return;
    };
    if let Some(search) = &mut line.search {
        search.words.key(key);
        search.selected = 0;
    } else {
        line.input.key(key);
        line.typed(model.sources.known());
    }
}

/// Pasted text.
pub fn paste(model: &mut Model, text: &str) {
    let Some(Dialog::Command(line)) = &mut model.dialog else {
        return;
    };
    match &mut line.search {
        Some(search) => search.words.paste(text),
        None => {
            line.input.paste(text);
            line.typed(model.sources.known());
        }
    }
}
