//! What the Replication pane asks of the console.

use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, Says, WatchId};
use crate::tui::model::Model;
use crate::tui::pane::replication::{self, Out, Question};
use crate::watch::Poll;

use super::answer::question;
use super::{choose, paste as pasted, runs};
use crate::execute::TransportError;
use crate::tui::effects::why::Asked;
use crate::tui::message::Retry;
use crate::tui::pane::replication::Watch;
use crate::watch::Answer;

/// Does what the pane asks for.
pub fn out(model: &mut Model, out: Out) -> Vec<Effect> {
    match out {
        Out::Start => return runs::watch(model),
        Out::Stop => return stop(model),
        Out::Pace(control, told) => {
            model.tell(told);
            return vec![Effect::Pace(control)];
        }
        Out::Copy(text) => return vec![Effect::Copy(model.headed(text))],
        Out::Ask(question) => model.dialog = Some(Dialog::Watch(question)),
        Out::Report(path) => {
            let text = replication::markdown(&model.replication, model.customer.clone());
            return vec![Effect::WriteNew(
                choose::typed_path(&path),
                text.into_bytes(),
            )];
        }
        Out::Show(title, text) => model.dialog = Some(Dialog::notice(title, text)),
        Out::Why(fqdn) => return why(model, fqdn),
        Out::NextStep => next_step(model),
        Out::Tell(text) => model.tell(text),
        Out::Problem(text) => model.complain(text),
    }
    Vec::new()
}

/// A line was typed for the pane.
pub fn answered(model: &mut Model, question: Question) -> Vec<Effect> {
    replication::answered(&mut model.replication, question)
        .map_or_else(Vec::new, |asked| out(model, asked))
}

/// Begins the checks for a replica, or ends those that run.
fn why(model: &mut Model, fqdn: String) -> Vec<Effect> {
    if std::mem::take(&mut model.replication.explaining) {
        model.tell("the checks are ended; what they found so far comes");
        return vec![Effect::StopExplaining];
    }
    let Watch::Polling(target) = model.replication.watch.clone() else {
        model.complain("the checks need a target: w watches one");
        return Vec::new();
    };
    let report = model.replication.watcher.latest();
    let asked = Asked {
        fqdn,
        target,
        rows: report.rows.clone(),
        store: report.store.clone(),
        topology: model.sources.topology.clone(),
    };
    model.tell(format!("checking {}; e again ends the checks", asked.fqdn));
    model.replication.explaining = true;
    vec![Effect::Explain(Box::new(asked))]
}

/// The checks are done.
pub fn explained(model: &mut Model, title: String, text: String, next: Option<String>) {
    model.replication.explaining = false;
    model.replication.next_step = next;
    model.questions.push_back(Dialog::notice(title, text));
}

/// Makes a form of what the checks said to run next: it is asked about as anything that is run.
fn next_step(model: &mut Model) {
    match model.replication.next_step.clone() {
        Some(text) => {
            model.pane = crate::tui::pane::Pane::Snippets;
            pasted::command(model, &text);
        }
        None => model.complain("no checks said what to run next: e runs them"),
    }
}

/// Stops the polling.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    model.replication.stop();
    vec![Effect::StopWatch]
}

/// A poll came back.
pub fn polled(model: &mut Model, id: WatchId, poll: Poll) -> Vec<Effect> {
    let Watch::Polling(source) = model.replication.watch.clone() else {
        return Vec::new();
    };
    if id != model.replication.id {
        return Vec::new();
    }
    let mut over = false;
    if let Answer::NoWay(error) = &poll.answer {
        if question(model, &source, error, Retry::Watch) {
            // Polling stops until the question is answered: a refused password must not be sent
            // again and again.
            over = true;
        } else if *error == TransportError::Cancelled {
            // The user did not answer what the server asked: it is not asked again and again.
            model.complain(format!("not logged in to {source}: the watch is stopped"));
            over = true;
        }
    }
    let news = replication::polled(&mut model.replication, poll);
    let mut effects = if over { stop(model) } else { Vec::new() };
    effects.extend(news.run.map(|run| Effect::KeepRun(source, Box::new(run))));
    effects.extend(news.ring.map(Effect::Ring));
    effects.extend(news.hook.map(|(program, text)| Effect::Hook(program, text)));
    effects
}

/// A watch says something beside its polls.
pub fn says(model: &mut Model, id: WatchId, says: Says) {
    if id == model.replication.id
        && let Some(told) = replication::says(&mut model.replication, says)
    {
        model.tell(told);
    }
}

/// Takes a pasted text in: a status, else a command line, else it is told why not.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let watched = model.replication.is_polling();
    match replication::paste(&mut model.replication, text) {
        Ok(rows) => {
            let stopped = match watched {
                true => "; the watch is stopped, w starts it again",
                false => "",
            };
            let plural = if rows == 1 { "" } else { "s" };
            model.tell(format!("{rows} row{plural} pasted{stopped}"));
            if watched {
                return vec![Effect::StopWatch];
            }
        }
        Err(_) if pasted::is_command(text) => {
            model.pane = crate::tui::pane::Pane::Snippets;
            pasted::command(model, text);
        }
        Err(why) => {
            let title = "This is no status of a replication";
            model.dialog = Some(Dialog::notice(title, why.to_string()));
        }
    }
    Vec::new()
}
