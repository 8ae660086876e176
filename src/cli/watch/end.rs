//! Whom a watch tells when it gets somewhere, and what is left of it when it is over.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Watch;
use crate::app::App;
use crate::cli::note;
use crate::replication::{Report, Verdict};
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
