//! How the state takes in the results of work.

use crate::execute::output::Stream;
use crate::execute::{JobEnd, JobState, TransportError};
use crate::snippet::Library;
use crate::tui::action::Action;
use crate::tui::dialog::Dialog;
use crate::tui::message::{Effect, JobId, Message, Retry, Saved, Why};
use crate::tui::model::Model;
use crate::tui::pane::Pane;
use crate::tui::pane::snippets::Asked;
use crate::tui::preview::Waits;
use crate::tui::widget::input::{LineInput, SecretInput};

use super::choose;
use super::dialogs::again;
use super::{replication, runs, several, targets};

/// Takes a result in.
pub fn answer(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::Job(id, event) => model.run.event(id, event),
        Message::JobEnded(id, end, retry) => return ended(model, id, end, retry),
        Message::Answered(id, answer, unsent) => model.run.answered(id, answer, unsent),
        Message::Compared(group, number, report) => model.run.compared(group, number, *report),
        Message::Page {
            job,
            range,
            lines,
            gap,
        } => {
            let read = lines.unwrap_or_else(|why| {
                model.complain(why);
                Vec::new()
            });
            if let Some(job) = model.run.jobs.iter_mut().find(|j| j.id == job) {
                job.output.take_page(range, read, gap);
            }
        }
        Message::Found { job, search, hits } => {
            let current = model.run.current().is_some_and(|j| j.id == job);
            if current && model.run.look.find.number == search {
                let (hits, more) = hits.unwrap_or_else(|why| {
                    model.complain(why);
                    Default::default()
                });
                let room = model.output_room();
                model.run.found_older(hits, more, room);
            }
        }
        Message::NotKept(job, why) => {
            if let Some(job) = model.run.jobs.iter_mut().find(|j| j.id == job) {
                job.problem = Some(why);
            }
        }
        Message::Polled(id, poll) => return replication::polled(model, id, *poll),
        Message::Watching(id, says) => replication::says(model, id, says),
        Message::Usual(id, usual) if id == model.replication.id => {
            model.replication.usual.clone_from(&usual);
            model.replication.watcher.usually(usual);
        }
        Message::Checking(what) => model.tell(what),
        Message::Explained(title, text, next) => {
            replication::explained(model, title, text, next);
        }
        Message::HookFailed(why) => model.complain(why),
        Message::Remembered(target, retry, Ok(())) => return again(model, &target, retry),
        Message::Remembered(_, _, Err(why)) => {
            model.complain(format!("the host key was not written: {why}"))
        }
        Message::Asked(asking) => model.questions.push_back(Dialog::Asking(asking)),
        Message::Chooses(choosing) => model.questions.push_back(Dialog::Choosing(choosing)),
        Message::Withdrawn(id) => withdraw(model, id),
        Message::Saved(Ok(Saved {
            id,
            library,
            read,
            ranks,
            edit,
        })) => {
            if is_newest(model, read) {
                model.snippets.take_library(library, ranks);
            }
            model.tell(format!("saved as {id}"));
            let saved = model.snippets.library.get(&id).filter(|_| edit);
            if let Some((path, snippet)) = saved.and_then(|s| Some((s.path()?, s))) {
                return vec![Effect::Edit(path, Some(snippet.source.clone()))];
            }
        }
        Message::Library {
            library,
            read,
            ranks,
            why,
        } => {
            model.snippets.reading = false;
            if is_newest(model, read) {
                reloaded(model, library, ranks, why);
            }
        }
        Message::Ranks(Ok((library, ranks))) => model.snippets.take_ranks(&library, ranks),
        Message::Ranks(Err(why)) => model.complain(why),
        Message::Table(Ok(table)) => {
            let form = model.snippets.form.as_ref();
            match form.is_some_and(|f| f.snippet.id == table.snippet) {
                true => model.snippets.table = Some(*table),
                false => model.complain("a table came for a form that is not open any more"),
            }
        }
        Message::Table(Err(why)) => {
            let notice = Dialog::notice("The table cannot be used", why);
            model.questions.push_back(notice);
        }
        // Of a form that is left the forms of a copy would be a surprise.
        Message::CopyForms(open) if model.dialog.is_none() && model.snippets.form.is_some() => {
            model.dialog = Some(Dialog::CopyAs(open));
        }
        Message::Written(Ok(path)) => model.tell(format!("written: {}", path.display())),
        Message::Written(Err(why)) => model.complain(why),
        Message::History(Ok(history)) => model.sources.history = *history,
        Message::Commands(Ok(commands)) => model.sources.commands = *commands,
        Message::Commands(Err(why)) => model.complain(why),
        Message::History(Err(why)) => model.complain(why),
        Message::EngagementText(Ok(text)) if model.dialog.is_none() => {
            choose::edit_engagement(model, &text);
        }
        Message::EngagementText(Err(why)) => model.complain(why),
        Message::EngagementChanged(Ok(engagement)) => model.sources.engagement = *engagement,
        Message::EngagementChanged(Err(why)) => model.complain(why),
        Message::Engagement(Ok(engagement)) => {
            let count = engagement.iter().count();
            model.sources.engagement = *engagement;
            model.tell(format!(
                "{count} variables: new forms are filled in from them"
            ));
        }
        Message::Engagement(Err((text, why))) => choose::engagement_refused(model, &text, why),
        Message::TargetsChanged(result) => return targets::reread(model, result),
        Message::Targets(change, result) => return targets::changed(model, change, result),
        Message::ImportPlan(source, plan) => targets::planned(model, source, plan.map(|p| *p)),
        Message::Tested(name, end, said) => targets::tested(model, &name, &end, &said),
        Message::Edited(problem) => {
            if let Some(problem) = problem {
                model.complain(problem);
            }
            return vec![Effect::Reload(Why::Edited)];
        }
        Message::Saved(Err(why)) => model.complain(why),
        Message::Copied(Ok(place)) => model.tell(place),
        Message::Copied(Err(why)) => model.complain(why),
        _ => {}
    }
    Vec::new()
}

/// Takes a question back that nobody waits for.
fn withdraw(model: &mut Model, id: u64) {
    let is_it = |dialog: &Dialog| match dialog {
        Dialog::Asking(asking) => asking.id == id,
        Dialog::Choosing(choosing) => choosing.id == id,
        _ => false,
    };
    model.questions.retain(|dialog| !is_it(dialog));
    match model.dialog.as_mut().filter(|d| is_it(d)) {
        Some(Dialog::Asking(asking)) => asking.withdraw(),
        Some(Dialog::Choosing(choosing)) => choosing.withdraw(),
        _ => {}
    }
}

fn ended(model: &mut Model, id: JobId, end: JobEnd, retry: Option<Retry>) -> Vec<Effect> {
    let target = model
        .run
        .jobs
        .iter()
        .find(|j| j.id == id)
        .map(|j| j.target.clone())
        .unwrap_or_default();
    let again = retry.is_some();
    if let (Some(error), Some(retry)) = (end.error.clone(), retry) {
        question(model, &target, &error, retry);
        model.run.asks(id);
    }
    model.run.ended(id, end);
    if let Some(job) = model.run.jobs.iter().find(|j| j.id == id) {
        model.sources.answered(job);
        let asked = model.snippets.asked.take_if(|asked| asked.job == id);
        // A question (a password, a host key) comes first; what was asked is asked again then.
        if let Some(asked) = asked.filter(|_| !again) {
            let failed = (job.state != JobState::Succeeded).then(|| {
                let mut lines = job.output.iter().map(|(_, line)| line);
                let error = lines.find(|line| line.stream == Stream::Error);
                error.map_or_else(|| job.state.word().to_owned(), |e| e.text.trim().to_owned())
            });
            choices_came(model, &asked, failed);
        }
    }
    // One that has to be begun again after a question is still waited for.
    if !again {
        preview_ended(model, id);
    }
    if let Some(again) = model.run.go_on(id) {
        return vec![several::begin(again)];
    }
    let compare = model.run.compare(id);
    let compare = compare.map(|(group, number, all)| Effect::Compare(group, number, all));
    compare.into_iter().collect()
}

/// A job ended: the question that waited for its preview comes back.
pub fn preview_ended(model: &mut Model, id: JobId) {
    let Some(job) = model.run.jobs.iter().find(|j| j.id == id) else {
        return;
    };
    match model.previews.ended(job, jiff::Timestamp::now()) {
        Some(Waits::One(waiting)) => runs::previewed(model, waiting),
        Some(Waits::All(waiting)) => several::previewed(model, waiting),
        None => {}
    }
}

/// The choices of the field with the cursor, when nothing else came in between.
fn choices_came(model: &mut Model, asked: &Asked, failed: Option<String>) {
    if let Some(why) = failed {
        model.complain(format!("no choices: {why} (the job is in the Run pane)"));
        return;
    }
    // Only where the user still waits for them: keys that are being typed must not choose.
    let form = model.snippets.form.as_ref();
    let waits =
        form.is_some_and(|f| f.snippet.id == asked.form && f.focus == asked.field && f.fresh);
    if model.dialog.is_none() && model.pane == Pane::Snippets && waits {
        super::act(model, Action::ChooseValue);
    } else {
        model.tell("the choices are there: F7 in the form");
    }
}

/// True for the newest read of the library so far: of two that overlap, the later one counts.
fn is_newest(model: &mut Model, read: u64) -> bool {
    let newest = read >= model.snippets.read;
    model.snippets.read = model.snippets.read.max(read);
    newest
}

/// Takes in a library that was read again. Open forms stay as they are: they are what the user is
/// looking at.
fn reloaded(model: &mut Model, library: Library, ranks: Vec<u16>, why: Why) {
    if matches!(why, Why::Start | Why::Edited) {
        model.snippets.take_library(library, ranks);
        return;
    }
    if why == Why::Changed && library.is_same(&model.snippets.library) {
        return;
    }
    let before = (
        model.snippets.library.len(),
        model.snippets.library.problems.len(),
    );
    let after = (library.len(), library.problems.len());
    model.snippets.take_library(library, ranks);
    let text = match (after.1 > before.1, after.0 == before.0) {
        (true, _) => format!(
            "snippets read again: {} files are broken (csdeck snippet lint)",
            after.1
        ),
        (false, true) => format!("snippets read again: {}", after.0),
        (false, false) => format!("snippets read again: {}, before {}", after.0, before.0),
    };
    model.tell(text);
}

/// Asks the question of an error, or tells what only the user can mend; true for both. An open
/// dialog comes first.
pub fn question(model: &mut Model, target: &str, error: &TransportError, retry: Retry) -> bool {
    let dialog = match error {
        TransportError::HostKeyUnknown(key) => Dialog::HostKey {
            target: target.to_owned(),
            key: key.clone(),
            retry,
            typed: LineInput::default(),
        },
        TransportError::NeedsPassword {
            target: owner,
            user,
            address,
        } => Dialog::Password {
            owner: owner.clone(),
            // The target's name first: a run on several asks for one after the other.
            prompt: format!("Password of {user} on {owner} at {address}"),
            target: target.to_owned(),
            input: SecretInput::default(),
            retry,
        },
        TransportError::NeedsPassphrase {
            target: owner,
            path,
            wrong,
        } => Dialog::Password {
            owner: owner.clone(),
            prompt: match wrong {
                false => format!("Passphrase of the key {}", path.display()),
                true => format!(
                    "That passphrase is wrong. Passphrase of the key {}",
                    path.display()
                ),
            },
            target: target.to_owned(),
            input: SecretInput::default(),
            retry,
        },
        TransportError::HostKeyChanged(_)
        | TransportError::HostKeyRevoked(_)
        | TransportError::AuthRefused { .. }
        | TransportError::Unanswered { .. }
        | TransportError::Setup(_) => {
            Dialog::notice(format!("{target}: not connected"), error.to_string())
        }
        _ => return false,
    };
    model.questions.push_back(dialog);
    true
}
