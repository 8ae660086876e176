//! What every watch of a target has in common: who is watched, the way there, and that each text is told
//! and in the journal before it is sent.

use std::sync::{Arc, Mutex, PoisonError};

use crate::app::App;
use crate::cli::ask::TerminalAsker;
use crate::cli::{Context, Exit, Failure, note, secret, target};
use crate::execute::{OpenEntry, Target, TransportError};
use crate::watch::{Listener, Told, Ways};

/// Opens the configuration and finds the target: the one named, else the watched one. `password`: its
/// password is the first line of standard input.
pub(super) fn open(
    cx: &Context,
    named: Option<&str>,
    password: bool,
) -> Result<(Arc<App>, Target), Failure> {
    let app = Arc::new(cx.app()?);
    app.answer_with(Arc::new(TerminalAsker::default()));
    let target = match named {
        Some(name) => target::find(&app, name)?.clone(),
        None => app
            .watched_target()
            .cloned()
            .ok_or_else(|| Failure::usage("there is no target to watch: give --target"))?,
    };
    if password {
        app.secrets.set(&target.name, secret::first_line()?);
    }
    Ok((app, target))
}

/// What a watch has sent so far.
#[derive(Default)]
struct Texts {
    /// The entries of the journal that they have opened: one each for the whole watch, since a poll every
    /// few seconds would bury what people ran.
    entries: Vec<OpenEntry>,
    /// The last one.
    last: Option<String>,
}

/// What a watch has sent so far, written by its listener.
#[derive(Clone, Default)]
pub(super) struct Sent(Arc<Mutex<Texts>>);

impl Sent {
    /// Tells each text before it is sent for the first time, and puts it into the journal.
    pub(super) fn listener(&self, app: &Arc<App>, target: &Target) -> Listener {
        let (app, sent) = (app.clone(), self.clone());
        let (name, place) = (target.name.clone(), target.place());
        Box::new(move |told| match told {
            Told::Remark(text) => {
                note(text);
                Ok(())
            }
            Told::Asks(approved, why) => {
                if let Some(why) = why {
                    note(&format!("{name} does not take that text: {why}"));
                }
                let (text, risk) = (approved.text(), approved.risk().word());
                note(&format!("watching {name} ({place}) with: {text}"));
                let begun =
                    tokio::task::block_in_place(|| app.journal.begin(&name, text, risk, "running"));
                let opened = begun.map_err(|e| e.to_string())?;
                let mut sent = sent.0.lock().unwrap_or_else(PoisonError::into_inner);
                sent.entries.push(opened);
                sent.last = Some(text.to_owned());
                Ok(())
            }
        })
    }

    /// The text that was sent last.
    pub(super) fn last(&self) -> Option<String> {
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.last.clone()
    }

    /// Ends the watch in the journal.
    pub(super) fn close(&self, app: &App, exit: Exit, message: &str) {
        let state = match exit {
            Exit::Done => "succeeded",
            Exit::Interrupted => "cancelled",
            _ => "failed",
        };
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for open in std::mem::take(&mut sent.entries) {
            let ended = tokio::task::block_in_place(|| {
                app.journal
                    .end(&open, state, exit.code().into(), Some(message.to_owned()))
            });
            if let Err(e) = ended {
                note(&format!("the end of this watch is not in the journal: {e}"));
            }
        }
    }
}

/// The way to the target, asked for off the asynchronous threads: the keyring may be slow.
pub(super) fn ways(app: &Arc<App>, target: &Target) -> Ways {
    let (app, target) = (app.clone(), target.clone());
    Box::new(move || {
        let (app, target) = (app.clone(), target.clone());
        Box::pin(async move {
            tokio::task::spawn_blocking(move || app.transport(&target))
                .await
                .unwrap_or_else(|e| Err(TransportError::Setup(e.to_string())))
        })
    })
}
