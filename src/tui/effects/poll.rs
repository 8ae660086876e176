//! The watch: the engine of [`crate::watch`], its polls as messages and the user's wishes as controls.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::transport;
use crate::app::App;
use crate::execute::{OpenEntry, Target, TransportKind};
use crate::replication::runs::usual_delays;
use crate::tui::message::{Message, Says, WatchId};
use crate::watch::{self, Answer, Control, Pace, Poller, Told, hook};

/// Wishes that may wait for the end of a poll.
const WISHES: usize = 256;

/// Verdicts that a slow hook may lag behind.
const BEHIND: usize = 16;

/// How long the end of a watch is waited for when the console ends.
const GRACE: Duration = Duration::from_secs(2);

/// A watch that goes on.
pub struct Watching {
    stop: CancellationToken,
    control: mpsc::Sender<Control>,
    task: JoinHandle<()>,
}

impl Watching {
    /// Begins to poll.
    pub fn start(
        app: Arc<App>,
        target: Target,
        id: WatchId,
        every: Duration,
        messages: mpsc::Sender<Message>,
    ) -> Watching {
        let (control, wishes) = mpsc::channel(WISHES);
        let stop = CancellationToken::new();
        let task = watch(app, target, id, every, wishes, messages, stop.clone());
        Watching {
            stop,
            control,
            task: tokio::spawn(task),
        }
    }

    /// Passes a wish on; false when too many wait.
    pub fn control(&self, wish: Control) -> bool {
        !matches!(
            self.control.try_send(wish),
            Err(mpsc::error::TrySendError::Full(_))
        )
    }

    /// Stops it; it ends by itself.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Stops it and waits a moment for its end: its entry in the journal is closed then.
    pub async fn end(self) {
        self.stop.cancel();
        // What takes longer stays open in the journal, as what it is: not known how it ended.
        let _ = tokio::time::timeout(GRACE, self.task).await;
    }
}

async fn watch(
    app: Arc<App>,
    target: Target,
    id: WatchId,
    every: Duration,
    wishes: mpsc::Receiver<Control>,
    messages: mpsc::Sender<Message>,
    stop: CancellationToken,
) {
    let open = Arc::<Mutex<Vec<OpenEntry>>>::default();
    let past = {
        let (app, target) = (app.clone(), target.clone());
        tokio::task::spawn_blocking(move || app.run_log(&target).read())
    };
    let past = match past.await {
        Ok(Ok(runs)) => Some(Message::Usual(id, usual_delays(&runs))),
        Ok(Err(error)) => Some(Message::HookFailed(error.to_string())),
        Err(_) => None,
    };
    if let Some(past) = past {
        let _ = messages.send(past).await;
    }
    let poller = poller(&app, &target, id, &messages, open.clone());
    let (sender, mut polls) = mpsc::channel(1);
    let engine = watch::run(poller, Pace::every(every), wishes, sender, stop);
    let mut taken = 0_u64;
    let mut good = false;
    let pass = async {
        while let Some(poll) = polls.recv().await {
            taken += 1;
            good = matches!(poll.answer, Answer::Rows(_));
            let poll = Message::Polled(id, Box::new(poll));
            if messages.send(poll).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(engine, pass);
    close(&app, &open, taken, good);
}

/// A poller that tells what is sent, and puts it into the journal: one entry for the whole watch.
/// The lab is no server and needs none.
fn poller(
    app: &Arc<App>,
    target: &Target,
    id: WatchId,
    messages: &mpsc::Sender<Message>,
    open: Arc<Mutex<Vec<OpenEntry>>>,
) -> Poller {
    let ways: watch::Ways = {
        let (app, target) = (app.clone(), target.clone());
        Box::new(move || {
            let (app, target) = (app.clone(), target.clone());
            Box::pin(async move { transport(app, &target).await })
        })
    };
    let journaled = target.transport != TransportKind::Lab;
    let (app, name, messages) = (app.clone(), target.name.clone(), messages.clone());
    let listener: watch::Listener = Box::new(move |told| {
        let says = match told {
            Told::Remark(text) => Says::Remark(text.to_owned()),
            Told::Asks(approved, why) => {
                if journaled {
                    let (text, risk) = (approved.text(), approved.risk().word());
                    let begin = || app.journal.begin(&name, text, risk, "running");
                    let opened = tokio::task::block_in_place(begin).map_err(|e| e.to_string())?;
                    lock(&open).push(opened);
                }
                Says::Asks(approved.text().to_owned(), why.map(str::to_owned))
            }
        };
        // The console is busy: it does without.
        let _ = messages.try_send(Message::Watching(id, says));
        Ok(())
    });
    Poller::new(target.clone(), ways, listener)
}

/// Ends the watch in the journal.
fn close(app: &App, open: &Mutex<Vec<OpenEntry>>, polls: u64, good: bool) {
    let opened = std::mem::take(&mut *lock(open));
    if opened.is_empty() {
        return;
    }
    let (state, exit) = match good {
        true => ("succeeded", 0),
        false => ("failed", 1),
    };
    tokio::task::block_in_place(|| {
        for open in &opened {
            // An end that cannot be noted leaves the entry open, which the journal shows.
            let _ = app
                .journal
                .end(open, state, exit, Some(format!("watched, {polls} polls")));
        }
    });
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program and what it is told.
type Call = (Vec<String>, String);

/// The user's programs, told of one verdict after the other.
#[derive(Default)]
pub struct Hooks(Option<mpsc::Sender<Call>>);

impl Hooks {
    /// Has a program told, behind what is told it already; its failure is a message.
    pub fn call(
        &mut self,
        command: Vec<String>,
        document: String,
        messages: &mpsc::Sender<Message>,
    ) {
        let sender = self.0.get_or_insert_with(|| {
            let (sender, mut calls) = mpsc::channel::<Call>(BEHIND);
            let messages = messages.clone();
            tokio::spawn(async move {
                while let Some((command, document)) = calls.recv().await {
                    if let Err(error) = hook::call(&command, &document).await {
                        let _ = messages.send(Message::HookFailed(error.to_string())).await;
                    }
                }
            });
            sender
        });
        if sender.try_send((command, document)).is_err() {
            let why = "the hook is too slow: it is not told of this verdict".to_owned();
            let _ = messages.try_send(Message::HookFailed(why));
        }
    }
}
