//! Asking, approving and starting runs on several targets.

use jiff::Timestamp;

use crate::execute::Target;
use crate::execute::fanout::Policy;
use crate::gate::{Approved, Confirmation, Denied};
use crate::tui::dialog::{Aim, Dialog, Order, Several};
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::pane::Pane;
use crate::tui::pane::run::Again;
use crate::tui::preview::WaitingForAll;
use crate::tui::widget::input::LineInput;

use super::answer;

/// Targets of one run: each is a job whose output is held.
pub const MOST: usize = 100;

/// Judges a text for all of these targets and opens the question for all of them; when one of them
/// refuses, that is told and nothing is asked.
pub fn ask(model: &mut Model, targets: Vec<Target>, text: &str) {
    let mut refused: Vec<String> = Vec::new();
    let mut aims = Vec::new();
    let mut about = None;
    let count = targets.len();
    for target in targets {
        match target.assess(text) {
            Ok(assessment) => {
                let (_, preview) =
                    about.get_or_insert_with(|| (assessment.findings(), assessment.preview()));
                let evidence = preview
                    .as_ref()
                    .ok()
                    .and_then(|text| model.previews.find(&target.name, text, Timestamp::now()));
                aims.push(Aim {
                    target,
                    assessment,
                    evidence,
                });
            }
            Err(denied) => {
                // What is no PowerShell is that everywhere: said once.
                let why = denied.to_string();
                if !refused.contains(&why) {
                    refused.push(why);
                }
            }
        }
    }
    model.dialog = match (about, refused.is_empty()) {
        (Some((findings, preview)), true) => Some(Dialog::Several(Box::new(Several {
            aims,
            findings,
            preview,
            order: Order::default(),
            named: 0,
            typed: LineInput::default(),
            problem: None,
            scroll: 0,
        }))),
        _ => Some(Dialog::notice(
            format!("Not run on any of the {count} targets"),
            format!("{}.\n\n{text}", refused.join(".\n\n")),
        )),
    };
}

/// The same for targets by their names; all of them have to be there still.
pub fn ask_named(model: &mut Model, names: &[String], text: &str) {
    model.snippets.when_run.clear();
    let found = |name: &String| {
        let target = model.targets.iter().find(|t| t.name == *name).cloned();
        target.ok_or_else(|| name.clone())
    };
    match names.iter().map(found).collect::<Result<Vec<Target>, _>>() {
        Ok(targets) => ask(model, targets, text),
        Err(name) => model.complain(format!("there is no target {name} any more")),
    }
}

/// Takes the user's word. What is wrong keeps the question open.
pub fn confirmed(model: &mut Model, mut several: Box<Several>) -> Vec<Effect> {
    let other = |aim: &&Aim| !model.targets.contains(&aim.target);
    if let Some(aim) = several.aims.iter().find(other) {
        let name = aim.target.name.clone();
        model.complain(format!(
            "{name} was changed meanwhile: choose the targets again"
        ));
        return Vec::new();
    }
    if several.wants_preview() {
        several.problem = Some("F6 first: the preview has to succeed on all of them".into());
    } else if several.say() {
        match several.approve() {
            Ok(approved) => {
                let policy = several.order.policy(approved.len());
                let targets = several.aims.into_iter().map(|a| a.target).collect();
                let mut effects = start(model, targets, approved, policy);
                effects.append(&mut model.snippets.when_run);
                return effects;
            }
            Err(denied) => {
                model.complain(denied.to_string());
                return Vec::new();
            }
        }
    }
    model.dialog = Some(Dialog::Several(several));
    Vec::new()
}

/// Runs the `-WhatIf` form on all targets; the question comes back when the last one ended.
pub fn preview(model: &mut Model, several: Box<Several>) -> Vec<Effect> {
    let approved: Result<Vec<Approved>, String> = match &several.preview {
        Ok(text) => several
            .aims
            .iter()
            .map(|aim| {
                // It only reads, and F6 is the word.
                aim.target
                    .assess(text)
                    .and_then(|a| a.approve(&Confirmation::Shown))
            })
            .collect::<Result<_, Denied>>()
            .map_err(|denied| denied.to_string()),
        Err(why) => Err(why.to_string()),
    };
    let approved = match approved {
        Ok(approved) => approved,
        Err(why) => {
            model.complain(format!("no preview: {why}"));
            model.dialog = Some(Dialog::Several(several));
            return Vec::new();
        }
    };
    let targets: Vec<Target> = several.aims.iter().map(|a| a.target.clone()).collect();
    let policy = Order::Together.policy(targets.len());
    let waiting = WaitingForAll {
        text: several.preview.clone().unwrap_or_default(),
        left: targets.iter().map(|t| t.name.clone()).collect(),
        several,
        when_run: std::mem::take(&mut model.snippets.when_run),
    };
    let effects = start(model, targets, approved, policy);
    model.tell("this only previews (-WhatIf); the question comes back when all of them ended");
    model.previews.wait_for_all(waiting);
    effects
}

/// Asks again, with the outcomes of the previews.
pub fn previewed(model: &mut Model, waiting: WaitingForAll) {
    let mut several = waiting.several;
    several.anew();
    model.snippets.when_run = waiting.when_run;
    model.notice = None;
    let question = Dialog::Several(several);
    match model.dialog {
        None => model.dialog = Some(question),
        Some(_) => model.questions.push_back(question),
    }
}

fn start(
    model: &mut Model,
    targets: Vec<Target>,
    approved: Vec<Approved>,
    policy: Policy,
) -> Vec<Effect> {
    let text = approved.first().map_or("", Approved::text).to_owned();
    let runs: Vec<(Target, Approved)> = targets.into_iter().zip(approved).collect();
    let (group, ids) = model.run.start_group(&text, runs.clone(), policy);
    model.pane = Pane::Run;
    let jobs = ids.into_iter().zip(runs);
    vec![Effect::RunAll {
        group,
        jobs: jobs.map(|(id, (target, a))| (id, target, a)).collect(),
        policy,
    }]
}

/// Begins again what a question of one target had stopped; `None` when no group waits for it.
pub fn resume(model: &mut Model, approved: &Approved) -> Option<Vec<Effect>> {
    let again = model.run.resume(approved)?;
    model.pane = Pane::Run;
    Some(vec![begin(again)])
}

/// The question in the way of a job was left: it stays ended, also for who waits for its preview.
pub fn unanswered(model: &mut Model, approved: &Approved) {
    for id in model.run.unanswered(approved) {
        answer::preview_ended(model, id);
    }
}

/// Begins what begins again.
pub fn begin(again: Again) -> Effect {
    Effect::RunAll {
        group: again.group,
        jobs: again.jobs,
        policy: again.policy,
    }
}
