//! How the state answers what happens: no I/O, no waiting, only new state and effects.

mod answer;
mod choose;
mod command;
mod dialogs;
mod paste;
mod runs;
mod several;
mod snippets_pane;
mod targets;

use super::action::{Action, Place, action_for};
use super::dialog::{Dialog, Palette};
use super::key::Key;
use super::message::{Effect, Message};
use super::model::Model;
use super::pane::{Pane, replication, run, snippets, topology};
use super::view;
use super::widget::input::LineInput;

pub use runs::watch;

/// Takes a message in; returns the work to be done.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = take(model, message);
    let let_go = std::mem::take(&mut model.run.let_go);
    effects.extend(let_go.into_iter().map(Effect::ForgetOutput));
    if model.pane == Pane::Run && view::fits(model.size) {
        let room = model.output_room();
        let wanted = model.run.wanted(room);
        effects.extend(wanted.map(|(job, lines)| Effect::ReadOutput(job, lines)));
    }
    // A question never takes the place of an open dialog: what is being typed there must not
    // land in it.
    // Nor does one for a secret come up under the fingers of somebody who is typing.
    if model.dialog.is_none()
        && let Some(first) = model.questions.front()
    {
        let secret = matches!(
            first,
            Dialog::Password { .. } | Dialog::Asking(_) | Dialog::Choosing(_)
        );
        if !(secret && model.takes_text()) {
            model.dialog = model.questions.pop_front();
        } else if model.notice.is_none() {
            model.complain("a question waits: Esc, and it is asked");
        }
    }
    effects
}

fn take(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        // What cannot be seen is not answered.
        Message::Key(key) if !view::fits(model.size) => {
            if key == Key::parse("ctrl-c").unwrap_or(key) {
                return quit(model);
            }
            Vec::new()
        }
        Message::Paste(_) | Message::Scroll(_) | Message::Click(..) if !view::fits(model.size) => {
            Vec::new()
        }
        Message::Key(key) => on_key(model, key),
        Message::Paste(text) => {
            // Terminals send carriage returns; a line end that vanished would join two commands.
            paste(model, &text.replace("\r\n", "\n").replace('\r', "\n"));
            Vec::new()
        }
        Message::Scroll(rows) => {
            let action = if rows < 0 { Action::Up } else { Action::Down };
            (0..rows.unsigned_abs())
                .flat_map(|_| match model.dialog {
                    Some(_) => dialogs::act(model, action),
                    None => act(model, action),
                })
                .collect()
        }
        Message::Click(column, row) => {
            if let Some(pane) = view::tab_at(model, column, row).filter(|_| model.dialog.is_none())
            {
                if let Some(filter) = model.filter() {
                    filter.typing = false;
                }
                model.pane = pane;
            }
            Vec::new()
        }
        Message::Resize(columns, rows) => {
            model.size = (columns, rows);
            Vec::new()
        }
        Message::End(code) => {
            model.ended = Some(code);
            Vec::new()
        }
        other => answer::answer(model, other),
    }
}

fn on_key(model: &mut Model, key: Key) -> Vec<Effect> {
    model.notice = None;
    let places = model.places();
    // Where characters are text, only the bindings that are no characters count.
    let action = if model.takes_text() && key.text().is_some() {
        None
    } else {
        action_for(key, places)
    };
    if action != Some(Action::Quit) {
        model.quit_asked = false;
    }
    match action {
        Some(action) if model.dialog.is_some() => dialogs::act(model, action),
        Some(action) => act(model, action),
        None => {
            if model.dialog.is_some() {
                dialogs::key(model, key);
            } else if let Some(form) = model
                .snippets
                .form
                .as_mut()
                .filter(|_| model.pane == Pane::Snippets && model.snippets.table.is_none())
            {
                snippets::form_key(form, key);
            } else if model.filter().is_some_and(|f| f.typing && f.input.key(key)) {
                refilter(model);
            } else if key == Key::parse("ctrl-c").unwrap_or(key) {
                return act(model, Action::Quit);
            }
            Vec::new()
        }
    }
}

fn paste(model: &mut Model, text: &str) {
    if model.dialog.is_some() {
        dialogs::paste(model, text);
    } else if let Some(form) = model
        .snippets
        .form
        .as_mut()
        .filter(|_| model.pane == Pane::Snippets && model.snippets.table.is_none())
    {
        // What nobody typed gives way, as when typing.
        if std::mem::take(&mut form.fresh) && form.is_untouched(form.focus) {
            form.set_elements(form.focus, &[]);
        }
        // Lines in a list are its elements.
        if form.takes_several(form.focus) && text.trim().contains('\n') {
            let mut elements = form.elements(form.focus);
            elements.extend(
                text.lines()
                    .map(|l| l.trim().to_owned())
                    .filter(|l| !l.is_empty()),
            );
            form.set_elements(form.focus, &elements);
        } else if let Some(input) = form.inputs.get_mut(form.focus) {
            let (text, said) = choose::mended(&form.snippet, form.focus, text);
            let text = text.as_str();
            if let Some(said) = said {
                model.notice = Some(super::model::Notice {
                    problem: false,
                    text: said,
                });
            }
            input.paste(text);
            form.refresh();
        }
    } else if let Some(filter) = model.filter().filter(|f| f.typing) {
        filter.input.paste(text);
        refilter(model);
    } else if model.pane == Pane::Snippets || paste::is_command(text) {
        model.pane = Pane::Snippets;
        paste::command(model, text);
    } else {
        model.complain("nothing here takes a paste; a command line becomes a form in Snippets (2)");
    }
}

fn refilter(model: &mut Model) {
    match model.pane {
        Pane::Topology => model.topology.refresh(),
        Pane::Snippets => model.snippets.refresh(),
        Pane::Run => model.run.refind(),
        Pane::Replication => {}
    }
}

/// Carries out an action in the pane that is shown, or for the whole console.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::PaneTopology => model.pane = Pane::Topology,
        Action::PaneSnippets => model.pane = Pane::Snippets,
        Action::PaneReplication => model.pane = Pane::Replication,
        Action::PaneRun => model.pane = Pane::Run,
        Action::NextPane => model.pane = Pane::ALL[(model.pane.index() + 1) % Pane::ALL.len()],
        Action::PreviousPane => {
            model.pane = Pane::ALL[(model.pane.index() + Pane::ALL.len() - 1) % Pane::ALL.len()]
        }
        Action::Help => model.dialog = Some(Dialog::Help(0)),
        Action::Palette => {
            let places = model.places().to_vec();
            model.dialog = Some(Dialog::Palette(Palette {
                places,
                ..Palette::default()
            }));
        }
        Action::ChooseTarget => targets::open(model, None),
        Action::Profiles => {
            let which = match &model.customer {
                Some(customer) => format!("This is the profile of {customer}."),
                None => "This is no customer's profile.".to_owned(),
            };
            model.dialog = Some(Dialog::notice(
                "Profiles",
                format!(
                    "{which}\n\nEach profile has targets, passwords, host keys, variables and a journal of its own. A profile is chosen when csdeck starts:\n\ncsdeck profile list\ncsdeck --profile NAME\ncsdeck profile add NAME --customer \"CUSTOMER\""
                ),
            ));
        }
        Action::NextTheme => {
            model.theme = (model.theme + 1) % model.themes.len().max(1);
            let name = model.look().theme.name.clone();
            model.tell(format!(
                "theme {name}; keep it with theme = \"{name}\" in config.toml"
            ));
        }
        Action::ToggleMouse => {
            model.mouse = !model.mouse;
            model.tell(if model.mouse {
                "csdeck takes the mouse; F8 gives it back"
            } else {
                "the terminal has the mouse: select text as usual"
            });
            return vec![Effect::Mouse(model.mouse)];
        }
        Action::Quit => return quit(model),
        Action::Filter => match model.filter() {
            // A new search, as everywhere; the words before it are gone.
            Some(filter) => {
                filter.input = LineInput::default();
                filter.typing = true;
                model.run.searches(model.pane == Pane::Run);
                refilter(model);
            }
            None => model.complain("there is nothing to filter here"),
        },
        Action::ClearFilter => {
            if model.filter().is_some_and(super::pane::Filter::clear) {
                refilter(model);
            } else if model.pane == Pane::Snippets && model.snippets.subject().is_some() {
                model.snippets.show_for(None);
            }
        }
        Action::Open if model.places() == [Place::Input] => {
            if let Some(filter) = model.filter() {
                filter.typing = false;
            }
            if model.pane == Pane::Run {
                let room = model.output_room();
                let out = run::found(&mut model.run, room);
                return out.map_or_else(Vec::new, |out| run_out(model, out));
            }
        }
        other => return in_pane(model, other),
    }
    Vec::new()
}

fn in_pane(model: &mut Model, action: Action) -> Vec<Effect> {
    match model.pane {
        Pane::Topology if action == Action::SnippetsFor => {
            snippets_pane::show_for(model);
            Vec::new()
        }
        Pane::Topology => topology::update(&mut model.topology, action),
        Pane::Snippets => {
            let known = model.sources.known();
            let out = snippets::update(&mut model.snippets, action, known);
            out.map_or_else(Vec::new, |out| snippets_pane::answer(model, out))
        }
        Pane::Replication => match replication::update(&mut model.replication, action) {
            Some(replication::Out::Start) => runs::watch(model),
            Some(replication::Out::Stop) => {
                model.replication.watch = replication::Watch::Stopped;
                model.replication.id += 1;
                vec![Effect::StopWatch]
            }
            Some(replication::Out::Copy(text)) => vec![Effect::Copy(model.headed(text))],
            None => Vec::new(),
        },
        Pane::Run => {
            let room = model.output_room();
            let out = run::update(&mut model.run, action, room);
            out.map_or_else(Vec::new, |out| run_out(model, out))
        }
    }
}

/// What the Run pane asks of the console.
fn run_out(model: &mut Model, out: run::Out) -> Vec<Effect> {
    match out {
        run::Out::Ask => model.dialog = Some(Dialog::Command(Box::default())),
        run::Out::Run(target, text) => return runs::ask(model, Some(&target), &text),
        run::Out::RunOn(targets, text) => several::ask_named(model, &targets, &text),
        run::Out::Cancel(id) => return vec![Effect::Cancel(id)],
        run::Out::CancelAll(group) => return vec![Effect::CancelAll(group)],
        run::Out::Copy(text) => return vec![Effect::Copy(text)],
        run::Out::Report(text) => return vec![Effect::Copy(model.headed(text))],
        run::Out::CopyOutput(id) => return vec![Effect::CopyOutput(id)],
        run::Out::Search(id, number, pattern, lines) => {
            return vec![Effect::SearchOutput(id, number, pattern, lines)];
        }
        run::Out::Save(job, objects) => {
            let name = if objects { "json" } else { "txt" };
            model.dialog = Some(Dialog::SaveOutput {
                path: LineInput::new(&format!("output-{job}.{name}")),
                job,
                objects,
            });
        }
        run::Out::Show(title, text) => model.dialog = Some(Dialog::notice(title, text)),
        run::Out::Form(text) => {
            model.pane = Pane::Snippets;
            paste::command(model, &text);
        }
        run::Out::NextPane => return act(model, Action::NextPane),
        run::Out::Tell(text) => model.tell(text),
        run::Out::Problem(text) => model.complain(text),
    }
    Vec::new()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let running = model.run.running();
    if running == 0 || model.quit_asked {
        model.ended = Some(0);
    } else {
        model.quit_asked = true;
        // The worst first: a narrow screen cuts the rest.
        model.complain(match running {
            1 => "1 job still runs: quit again ends it halfway, with its connection".to_owned(),
            n => {
                format!("{n} jobs still run: quit again ends them halfway, with their connections")
            }
        });
    }
    Vec::new()
}
