//! Whom a watch tells when it gets somewhere, and what is left of it when it is over.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Watch;
use crate::app::App;
use crate::cli::{Context, Exit, Failure, Format, note, target};
use crate::execute::Target;
use crate::replication::runs::{self, Asked, Record, Run, RunLog, usual_delays};
use crate::replication::{Report, Verdict, Watcher};
use crate::store::config::Notify;
use crate::watch::{hook, notice};

/// Whom to tell.
#[derive(Debug, Args)]
pub(super) struct Tell {
    /// Start this program when the watch gets somewhere (converged, stuck, blind, ...); it gets the
    /// JSON document on standard input
    #[arg(long, value_name = "PROGRAM", conflicts_with = "input")]
    pub(super) hook: Option<PathBuf>,
    /// Write the run as Markdown into a new file, for the change ticket
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Watch nothing: list the watches that are over, and how long each replica usually takes
    #[arg(long, conflicts_with_all = ["input", "since", "timeout", "why", "report"])]
    pub(super) history: bool,
}

impl Tell {
    /// Refuses a report that would take another file's place, before anything is asked.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match &self.report {
            Some(path) if path.exists() => Err(Failure::usage(format!(
                "--report: {} is there already; name a new file",
                path.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Writes the report of a watch that is over. `question` is the text that was sent last.
    pub(super) fn write(
        &self,
        app: &App,
        watcher: &Watcher,
        target: &str,
        question: Option<String>,
    ) -> Result<(), Failure> {
        let Some(path) = &self.report else {
            return Ok(());
        };
        let asked = Asked {
            target: target.to_owned(),
            customer: app.paths.customer().map(str::to_owned),
            question,
            polls: watcher.options().polls,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let record = Record::of(
            asked,
            &watcher.summary(),
            watcher.latest(),
            watcher.changes(),
        );
        let failed = |e| Failure::failed(format!("{}: not written: {e}", path.display()));
        let mut file = std::fs::File::create_new(path).map_err(failed)?;
        file.write_all(record.to_markdown().as_bytes())
            .map_err(failed)?;
        note(&format!("the report is in {}", path.display()));
        Ok(())
    }
}

/// The watches of this place that are over.
pub(super) struct Past {
    log: RunLog,
    target: String,
}

impl Past {
    /// Those that a watch of this target belongs to; the lab has its own.
    pub(super) fn of(app: &App, target: &Target) -> Past {
        Past {
            log: app.run_log(target),
            target: target.name.clone(),
        }
    }

    /// How long replicas usually take. That it is not known is said and no reason not to watch.
    pub(super) fn usual(&self) -> BTreeMap<String, SignedDuration> {
        match self.log.read() {
            Ok(runs) => usual_delays(&runs),
            Err(e) => {
                note(&e.to_string());
                BTreeMap::new()
            }
        }
    }

    /// Keeps a watch that is over.
    pub(super) fn add(&self, watcher: &Watcher) {
        if let Some(run) = Run::of(&watcher.summary(), &self.target)
            && let Err(e) = self.log.add(&run)
        {
            note(&e.to_string());
        }
    }
}

/// `csdeck watch --history`: the watches that are over.
pub(super) fn history(cx: &mut Context, command: &Watch) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
    let target = match &command.target {
        Some(name) => Some(target::find(&app, name)?.clone()),
        None => app.watched_target().cloned(),
    };
    let Some(target) = target else {
        return Err(Failure::usage("there is no target: give --target"));
    };
    let runs = app
        .run_log(&target)
        .read()
        .map_err(|e| Failure::failed(e.to_string()))?;
    match format {
        Format::Table | Format::Tree => {
            for line in runs::to_lines(&runs) {
                cx.out.line(&line)?;
            }
        }
        Format::Json => cx.out.json(&runs::to_json(&runs))?,
        Format::Jsonl => cx.out.jsonl(&runs::to_json(&runs))?,
    }
    Ok(Exit::Done)
}

/// How much a slow program may lag behind: verdicts that it has not been told of.
const BEHIND: usize = 16;

/// Tells the user's program and the terminal.
pub(super) struct Teller {
    notify: Notify,
    /// The documents for the program, which hears of one after the other, and the task that tells.
    hook: Option<(mpsc::Sender<String>, JoinHandle<()>)>,
}

impl Teller {
    /// As the options say, else `config.toml`.
    pub(super) fn new(app: &App, command: &Watch) -> Teller {
        let config = &app.config.replication;
        let hook = match &command.end.hook {
            Some(program) => vec![program.to_string_lossy().into_owned()],
            None => config.hook.clone(),
        };
        Teller {
            notify: config.notify,
            hook: (!hook.is_empty()).then(|| {
                let (sender, mut documents) = mpsc::channel::<String>(BEHIND);
                let task = tokio::spawn(async move {
                    while let Some(document) = documents.recv().await {
                        if let Err(e) = hook::call(&hook, &document).await {
                            note(&e.to_string());
                        }
                    }
                });
                (sender, task)
            }),
        }
    }

    /// A poll was judged; before it the watch stood at `before`.
    pub(super) fn poll(&self, before: Verdict, report: &Report) {
        if !hook::is_news(before, report.verdict) {
            return;
        }
        let mut terminal = std::io::stderr();
        if terminal.is_terminal() {
            let text = format!("{}: {}", report.verdict, report.reason);
            let sequence = notice::sequence(self.notify, "csdeck", &text);
            // A terminal that cannot be written to is told nothing.
            let _ = terminal
                .write_all(sequence.as_bytes())
                .and_then(|()| terminal.flush());
        }
        if let Some((documents, _)) = &self.hook
            && documents.try_send(report.to_json().to_string()).is_err()
        {
            note("the hook is too slow: it is not told of this verdict");
        }
    }

    /// Waits until the program was told everything.
    pub(super) async fn end(self) {
        if let Some((documents, task)) = self.hook {
            drop(documents);
            // A task that broke off has told what it could.
            let _ = task.await;
        }
    }
}
