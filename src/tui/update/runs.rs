//! Asking, approving and starting runs and watches.

use jiff::Timestamp;

use crate::execute::Target;
use crate::gate::{Approved, Asks, Confirmation, Denied, assess};
use crate::tui::dialog::{Confirm, Dialog};
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::pane::Pane;
use crate::tui::pane::snippets::Asked;
use crate::tui::preview::Waiting;
use crate::tui::widget::input::LineInput;

/// Judges a text for a target (the current one without a name) and opens the question; what is
/// refused is told instead.
pub fn ask(model: &mut Model, target: Option<&str>, text: &str) -> Vec<Effect> {
    model.snippets.when_run.clear();
    let target = match target {
        Some(name) => model.targets.iter().find(|t| t.name == name),
        // With several targets the user always sees and chooses which one.
        None if model.targets.len() > 1 => {
            super::targets::open(model, Some(text.to_owned()));
            return Vec::new();
        }
        None => model.current_target(),
    };
    match target.cloned() {
        Some(target) => ask_on(model, &target, text),
        None => model.complain("there is no such target any more"),
    }
    Vec::new()
}

/// Opens the question for a text on a target.
pub fn ask_on(model: &mut Model, target: &Target, text: &str) {
    model.dialog = Some(match target.assess(text) {
        Ok(assessment) => {
            let preview = assessment.preview();
            let evidence = preview
                .as_ref()
                .ok()
                .and_then(|text| model.previews.find(&target.name, text, Timestamp::now()));
            Dialog::Confirm(Box::new(Confirm {
                findings: assessment.findings(),
                assessment,
                target: target.clone(),
                prelude: target.prelude(),
                typed: LineInput::default(),
                problem: None,
                scroll: 0,
                for_choices: false,
                preview,
                evidence,
            }))
        }
        Err(denied @ Denied::Elsewhere(_)) => Dialog::notice(
            "Not run: not over this way",
            format!("{denied}.\n\nF3 in the form of a command copies it.\n\n{text}"),
        ),
        Err(denied) => Dialog::notice("Not run", format!("{denied}.\n\n{text}")),
    });
}

/// Opens the question for a command whose answer becomes the choices of the field with the cursor.
pub fn ask_for_choices(model: &mut Model, command: &str) {
    match model.current_target().cloned() {
        Some(target) => ask_on(model, &target, command),
        None => model.complain("there is no target to ask: t chooses one"),
    }
    if let Some(Dialog::Confirm(confirm)) = &mut model.dialog {
        confirm.for_choices = true;
    }
}

/// Runs the `-WhatIf` form of a text as a job of its own; the question comes back when it ended.
pub fn preview(model: &mut Model, confirm: Box<Confirm>) -> Vec<Effect> {
    let approved = match &confirm.preview {
        Ok(text) => confirm
            .target
            .assess(text)
            // It only reads, and F6 is the word.
            .and_then(|assessment| assessment.approve(&Confirmation::Shown))
            .map_err(|denied| denied.to_string()),
        Err(why) => Err(why.to_string()),
    };
    match approved {
        Ok(approved) => {
            let text = approved.text().to_owned();
            let effects = start(model, &confirm.target, approved);
            model.tell("this only previews (-WhatIf); the question comes back when it ended");
            let when_run = std::mem::take(&mut model.snippets.when_run);
            model.previews.wait(Waiting {
                text,
                confirm,
                when_run,
            });
            effects
        }
        Err(why) => {
            model.complain(format!("no preview: {why}"));
            model.dialog = Some(Dialog::Confirm(confirm));
            Vec::new()
        }
    }
}

/// Asks again, with the outcome of the preview.
pub fn previewed(model: &mut Model, waiting: Waiting) {
    let Waiting {
        mut confirm,
        when_run,
        ..
    } = waiting;
    // Keys that were meant for something else must not find a finished answer.
    confirm.typed = LineInput::default();
    confirm.problem = None;
    confirm.scroll = 0;
    model.snippets.when_run = when_run;
    model.notice = None;
    let question = Dialog::Confirm(confirm);
    match model.dialog {
        None => model.dialog = Some(question),
        Some(_) => model.questions.push_back(question),
    }
}

/// The target is not what was shown: the question is asked anew about what it is now.
pub fn changed_meanwhile(model: &mut Model, target: &str, text: &str) -> Vec<Effect> {
    let effects = ask(model, Some(target), text);
    model.complain(format!(
        "{target} was changed meanwhile: this is asked again"
    ));
    effects
}

/// Takes the user's yes. A wrong name keeps the question open.
pub fn confirmed(model: &mut Model, mut confirm: Box<Confirm>) -> Vec<Effect> {
    if !model.targets.contains(&confirm.target) {
        return changed_meanwhile(
            model,
            &confirm.target.name.clone(),
            confirm.assessment.text(),
        );
    }
    if confirm.wants_preview() {
        confirm.problem = Some("F6 first: the preview has to succeed before this can run".into());
        model.dialog = Some(Dialog::Confirm(confirm));
        return Vec::new();
    }
    let said = match confirm.asks() {
        Asks::TypeName => Confirmation::Typed(confirm.typed.text().to_owned()),
        Asks::Yes | Asks::Look => Confirmation::Yes,
    };
    match confirm.assessment.clone().approve(&said) {
        Ok(approved) if confirm.for_choices => {
            let (pane, effects) = (model.pane, start(model, &confirm.target, approved));
            model.pane = pane;
            let (job, form) = (model.run.current(), &mut model.snippets.form);
            model.snippets.asked = job.zip(form.as_mut()).map(|(job, form)| {
                form.fresh = true;
                Asked {
                    job: job.id,
                    form: form.snippet.id.clone(),
                    field: form.focus,
                }
            });
            model.tell(format!(
                "asking {}; the choices open when it answers",
                confirm.target.name
            ));
            effects
        }
        Ok(approved) => {
            let mut effects = start(model, &confirm.target, approved);
            effects.append(&mut model.snippets.when_run);
            effects
        }
        Err(Denied::NotConfirmed(_)) => {
            confirm.problem = Some(format!(
                "that is not the target's name; type \"{}\" to run it",
                confirm.target.name
            ));
            confirm.typed = LineInput::default();
            model.dialog = Some(Dialog::Confirm(confirm));
            Vec::new()
        }
        Err(other) => {
            model.complain(other.to_string());
            Vec::new()
        }
    }
}

/// Starts an approved text as a job and shows the Run pane.
pub fn start(model: &mut Model, target: &Target, approved: Approved) -> Vec<Effect> {
    let id = model.run.start(&target.name, approved.text());
    model.pane = Pane::Run;
    vec![Effect::Run(id, Box::new(target.clone()), approved)]
}

/// Starts polling the current target.
pub fn watch(model: &mut Model) -> Vec<Effect> {
    let Some(target) = model.current_target().cloned() else {
        model.complain("there is no target to watch");
        return Vec::new();
    };
    watch_on(model, target)
}

/// Starts polling a target.
pub fn watch_on(model: &mut Model, target: Target) -> Vec<Effect> {
    let every = model.replication.begin(&target);
    vec![Effect::Watch(model.replication.id, Box::new(target), every)]
}

/// Copies a command as it is.
pub fn copy_command(model: &mut Model, text: String) -> Vec<Effect> {
    let effect = Effect::Copy(text.clone());
    copied(model, &text, effect)
}

/// Copies a command in whatever form. Text whose gate is closed is copied too, with a warning and a
/// line in the journal.
pub fn copied(model: &mut Model, command: &str, effect: Effect) -> Vec<Effect> {
    match assess(command, "", crate::gate::Guard::Normal) {
        Err(Denied::Closed(why)) => {
            model.dialog = Some(Dialog::notice(
                "Copied, but csdeck would not run it",
                format!("{why}.\n\nThe journal notes that this text is copied."),
            ));
            vec![Effect::CopyJournaled {
                copy: Box::new(effect),
                command: command.to_owned(),
            }]
        }
        _ => vec![effect],
    }
}
