//! Work outside the state: every effect becomes a task that sends messages back.

mod library;
mod many;
mod outputs;
mod poll;
pub mod targets;
pub mod why;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::outputs::Outputs;
use super::dialog::CopyAs;
use super::message::{Effect, JobId, Message, Retry, Saved};
use super::pane::run::Report;
use super::pane::snippets::Table;
use super::{clipboard, terminal};
use crate::app::App;
use crate::execute::{EVENT_BUFFER, JobEnd, JobState, Target, TransportError, run_job};
use crate::gate::Approved;
use crate::store::atomic;
use crate::suggest::{Commands, History};

/// What the tasks share.
pub struct Effects {
    app: Arc<App>,
    messages: mpsc::Sender<Message>,
    jobs: Arc<Mutex<HashMap<JobId, CancellationToken>>>,
    groups: Arc<Mutex<many::Groups>>,
    outputs: Outputs,
    watch: Option<poll::Watching>,
    hooks: poll::Hooks,
    /// Ends the checks of a stuck replica.
    why: CancellationToken,
    /// Ends what has no number of its own.
    stop: CancellationToken,
    clipboard: Arc<Mutex<Option<arboard::Clipboard>>>,
    /// Numbers the reads of the library: of two answers the later read counts.
    reads: Arc<AtomicU64>,
}

impl Effects {
    /// Effects that answer into `messages`.
    pub fn new(app: Arc<App>, messages: mpsc::Sender<Message>) -> Effects {
        Effects {
            app,
            messages,
            jobs: Arc::default(),
            groups: Arc::default(),
            outputs: Outputs::default(),
            watch: None,
            hooks: poll::Hooks::default(),
            why: CancellationToken::new(),
            stop: CancellationToken::new(),
            clipboard: Arc::default(),
            reads: Arc::default(),
        }
    }

    /// Starts the work; returns at once.
    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Run(id, target, approved) => self.run(id, *target, approved),
            Effect::RunAll {
                group,
                jobs,
                policy,
            } => self.run_all(group, jobs, policy),
            Effect::CancelAll(group) => self.cancel_group(group),
            Effect::Compare(group, number, answers) => {
                self.work(move |_| Message::Compared(group, number, Box::new(Report::of(answers))))
            }
            Effect::Cancel(id) => {
                if let Some(token) = lock(&self.jobs).get(&id) {
                    token.cancel();
                }
            }
            Effect::ReadOutput(id, lines) => {
                let outputs = self.outputs.clone();
                self.work(move |_| outputs.page(id, lines));
            }
            Effect::SearchOutput(id, number, pattern, lines) => {
                let outputs = self.outputs.clone();
                self.work(move |_| outputs.search(id, number, &pattern, lines));
            }
            Effect::CopyOutput(id) => {
                let (outputs, clipboard) = (self.outputs.clone(), self.clipboard.clone());
                self.work(move |app| match outputs.newest(id) {
                    Ok((text, whole)) => match copied(app, &clipboard, Effect::Copy(text)) {
                        Message::Copied(Ok(told)) if !whole => Message::Copied(Ok(format!(
                            "{told}: the newest part, s saves all of it"
                        ))),
                        other => other,
                    },
                    Err(why) => Message::Copied(Err(why)),
                });
            }
            Effect::SaveOutput(id, path, save) => {
                let outputs = self.outputs.clone();
                self.work(move |_| {
                    let saved = outputs.save(id, &path, save);
                    let whole = std::path::absolute(&path).unwrap_or(path);
                    Message::Written(saved.map(|()| whole))
                });
            }
            Effect::ForgetOutput(id) => self.outputs.forget(id),
            Effect::Watch(id, target, every) => {
                self.stop_watch();
                let (app, messages) = (self.app.clone(), self.messages.clone());
                let watching = poll::Watching::start(app, *target, id, every, messages);
                self.watch = Some(watching);
            }
            Effect::StopWatch => self.stop_watch(),
            Effect::Pace(wish) => {
                if self.watch.as_ref().is_some_and(|w| !w.control(wish)) {
                    let why = "too many wishes wait for the end of this poll".to_owned();
                    let _ = self.messages.try_send(Message::HookFailed(why));
                }
            }
            Effect::KeepRun(target, run) => {
                let (app, messages) = (self.app.clone(), self.messages.clone());
                tokio::task::spawn_blocking(move || {
                    let targets = app.targets_now();
                    let target = targets.iter().find(|t| t.name == target);
                    let kept = target.map_or(Ok(()), |target| app.run_log(target).add(&run));
                    if let Err(error) = kept {
                        let _ = messages.blocking_send(Message::HookFailed(error.to_string()));
                    }
                });
            }
            Effect::Explain(asked) => {
                self.why = self.stop.child_token();
                let (app, messages) = (self.app.clone(), self.messages.clone());
                tokio::spawn(why::explain(app, *asked, messages, self.why.clone()));
            }
            Effect::StopExplaining => self.why.cancel(),
            Effect::Hook(command, document) => {
                self.hooks.call(command, document, &self.messages);
            }
            copy @ (Effect::Copy(_) | Effect::CopyToFile(_)) => {
                let clipboard = self.clipboard.clone();
                self.work(move |app| copied(app, &clipboard, copy));
            }
            Effect::CopyJournaled { copy, command } => {
                let clipboard = self.clipboard.clone();
                // Noted first: what cannot be noted is not copied.
                self.work(move |app| match note_copy(app, &command) {
                    Ok(()) => copied(app, &clipboard, *copy),
                    Err(why) => Message::Copied(Err(why)),
                });
            }
            Effect::CopyForms {
                command,
                title,
                origin,
            } => self.work(move |_| {
                Message::CopyForms(Box::new(CopyAs::new(&command, &title, &origin)))
            }),
            Effect::SaveSnippet { id, source, edit } => {
                let reads = self.reads.clone();
                self.work(move |app| {
                    let saved = app.write_snippet(&id, &source).map_err(|e| e.to_string());
                    Message::Saved(saved.map(|_| {
                        let read = reads.fetch_add(1, Ordering::SeqCst) + 1;
                        let library = app.library();
                        let ranks = app.usage().ranks(&library, Timestamp::now());
                        Saved {
                            id,
                            library,
                            read,
                            ranks,
                            edit,
                        }
                    }))
                });
            }
            Effect::Reload(why) => {
                let reads = self.reads.clone();
                self.work(move |app| library::read(app, &reads, why));
            }
            Effect::WatchLibrary => {
                let (app, reads) = (self.app.clone(), self.reads.clone());
                tokio::spawn(library::watch(app, reads, self.messages.clone()));
            }
            Effect::CountUse(id, library) => self.work(move |app| {
                let (mut usage, now) = (app.usage(), Timestamp::now());
                let counted = usage.record(&id, now).map_err(|e| e.to_string());
                let ranks = usage.ranks(&library, now);
                Message::Ranks(counted.map(|()| (library, ranks)))
            }),
            // The main loop has the terminal, which the editor needs.
            Effect::Edit(..) | Effect::Ring(_) => {}
            Effect::KeepValues(filled) => self.work(move |app| {
                let kept = History::record(&app.paths.history(), &filled);
                Message::History(kept.map(Box::new).map_err(|e| e.to_string()))
            }),
            Effect::KeepCommand(command) => self.work(move |app| {
                let kept = Commands::record(&app.paths.commands(), &command);
                Message::Commands(kept.map(Box::new).map_err(|e| e.to_string()))
            }),
            Effect::ReadTable(path, snippet, values) => self
                .work(move |_| Message::Table(Table::read(&path, &snippet, &values).map(Box::new))),
            Effect::WriteNew(path, content) => self.work(move |_| {
                let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
                if let Some(folder) = folder.filter(|p| !p.is_dir()) {
                    let why = format!("{}: there is no such folder", folder.display());
                    return Message::Written(Err(why));
                }
                let written = atomic::write_new(&path, &content);
                let told = |e: std::io::Error| format!("{}: not written: {e}", path.display());
                Message::Written(written.map_err(told).map(|_| path.clone()))
            }),
            Effect::ReadEngagement => self.work(|app| {
                let text = app.engagement_text();
                Message::EngagementText(text.map_err(|e| e.to_string()))
            }),
            Effect::WriteEngagement { text, before } => self.work(move |app| {
                if app.engagement_text().ok() != Some(before) {
                    let why =
                        "the file was changed meanwhile; Esc, and v again shows it as it is now";
                    return Message::Engagement(Err((text, why.into())));
                }
                let written = app.write_engagement(&text).map(Box::new);
                Message::Engagement(written.map_err(|e| (text, e.to_string())))
            }),
            Effect::Remember(target, key, retry) => {
                let messages = self.messages.clone();
                tokio::task::spawn_blocking(move || {
                    let result =
                        crate::execute::ssh::known_hosts::remember(&key).map_err(|e| e.to_string());
                    let _ = messages.blocking_send(Message::Remembered(target, retry, result));
                });
            }
            Effect::ChangeTargets(change) => self.work(move |app| {
                let result = targets::change(app, &change);
                Message::Targets(change, result)
            }),
            Effect::PlanImport(topology) => {
                self.work(move |app| targets::plan(app, topology.as_deref()));
            }
            Effect::TestTarget(target) => {
                let (app, messages) = (self.app.clone(), self.messages.clone());
                let stop = self.stop.clone();
                tokio::spawn(async move {
                    let tested = targets::test(app, *target, stop).await;
                    let _ = messages.send(tested).await;
                });
            }
            Effect::KeepSecret(target, secret) => self.app.secrets.set(&target, secret),
            // A connection that is gone meanwhile needs none.
            Effect::Answer(reply, answers) => drop(reply.0.try_send(answers)),
            Effect::Choose(reply, chosen) => drop(reply.0.try_send(chosen)),
            Effect::Mouse(on) => {
                // A terminal that knows no mouse stays as it is.
                let _ = terminal::mouse(on);
            }
        }
    }

    /// Does work that blocks, outside the state's task, and sends what comes of it.
    fn work(&self, work: impl FnOnce(&App) -> Message + Send + 'static) {
        let (app, messages) = (self.app.clone(), self.messages.clone());
        tokio::task::spawn_blocking(move || {
            let _ = messages.blocking_send(work(&app));
        });
    }

    fn stop_watch(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.stop();
        }
    }

    /// Cancels everything that still runs, and waits a moment for the watch, which ends at once.
    pub async fn end(mut self) {
        self.cancel_all();
        if let Some(watch) = self.watch.take() {
            watch.end().await;
        }
    }

    fn cancel_all(&self) {
        self.stop.cancel();
        if let Some(watch) = &self.watch {
            watch.stop();
        }
        for token in lock(&self.groups).values() {
            token.cancel();
        }
        for token in lock(&self.jobs).values() {
            token.cancel();
        }
    }

    fn run(&self, id: JobId, target: Target, approved: Approved) {
        let cancel = CancellationToken::new();
        lock(&self.jobs).insert(id, cancel.clone());
        self.outputs.begin(id, self.app.paths.output());
        let outputs = self.outputs.clone();
        let (app, messages, jobs) = (self.app.clone(), self.messages.clone(), self.jobs.clone());
        tokio::spawn(async move {
            let end = run_on(
                app,
                &target,
                id,
                approved.clone(),
                &messages,
                outputs,
                cancel,
            )
            .await;
            lock(&jobs).remove(&id);
            let retry = Retry::of(&end, &approved);
            let _ = messages.send(Message::JobEnded(id, end, retry)).await;
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn run_on(
    app: Arc<App>,
    target: &Target,
    id: JobId,
    approved: Approved,
    messages: &mpsc::Sender<Message>,
    outputs: Outputs,
    cancel: CancellationToken,
) -> JobEnd {
    let transport = match transport(app.clone(), target).await {
        Ok(transport) => transport,
        Err(error) => {
            return JobEnd {
                state: JobState::Failed,
                host_exit: None,
                error: Some(error),
            };
        }
    };
    let (sender, mut events) = mpsc::channel(EVENT_BUFFER);
    let forward = async {
        while let Some(event) = events.recv().await {
            outputs.keep(id, &event, messages).await;
            let _ = messages.send(Message::Job(id, event)).await;
        }
    };
    let (end, ()) = tokio::join!(
        run_job(
            transport,
            approved,
            target.command_timeout,
            app.journal.clone(),
            sender,
            cancel
        ),
        forward
    );
    end
}

/// Puts what is copied where it belongs.
fn copied(app: &App, clipboard: &Mutex<Option<arboard::Clipboard>>, copy: Effect) -> Message {
    match copy {
        Effect::CopyToFile(content) => {
            Message::Written(clipboard::to_file(&app.paths.script_file(), &content))
        }
        Effect::Copy(text) => {
            let file = app.paths.clipboard_file();
            Message::Copied(clipboard::copy(&mut lock(clipboard), &file, &text))
        }
        _ => Message::Copied(Err("this cannot be copied".into())),
    }
}

/// Notes in the journal that text whose gate is closed is copied.
fn note_copy(app: &App, command: &str) -> Result<(), String> {
    let reason = Some("copied while its gate was closed".to_owned());
    app.journal
        .begin("clipboard", command, "destructive", "copied")
        .and_then(|open| app.journal.end(&open, "copied", 0, reason))
        .map_err(|e| format!("not copied, because the journal cannot note it: {e}"))
}

async fn transport(
    app: Arc<App>,
    target: &Target,
) -> Result<Arc<dyn crate::execute::Transport>, TransportError> {
    let target = target.clone();
    tokio::task::spawn_blocking(move || app.transport(&target))
        .await
        .unwrap_or_else(|e| Err(TransportError::Setup(e.to_string())))
}
