//! The console. Terminal events and the results of work become messages; `update` turns a
//! message and the state into new state and effects; effects are tasks that send messages back;
//! `view` draws the state. The only part of csdeck that knows the terminal.

mod action;
mod asker;
mod clipboard;
mod dialog;
mod editor;
mod effects;
mod key;
mod message;
mod model;
mod pane;
mod preview;
mod sources;
mod terminal;
#[cfg(test)]
mod tests;
mod theme;
mod update;
mod view;
mod widget;

use std::sync::Arc;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, WrapErr};
use crossterm::event::EventStream;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::app::App;
use effects::Effects;
use message::{Effect, Message};
use model::Model;
use terminal::Screen;

/// Messages that may wait for the state; more make the senders wait.
const MESSAGE_BUFFER: usize = 1024;

/// How often the time on the screen is drawn anew, while there is any.
const TICK: Duration = Duration::from_secs(1);

/// How long an interrupt that comes after an editor is still taken for the editor's.
const EDITORS_INTERRUPT: Duration = Duration::from_secs(2);

/// True for an interrupt of the editor that ended so long ago. A terminal sends Ctrl-C to everybody in
/// it: to the editor, whose end may be seen first, and to csdeck. While csdeck itself has the terminal
/// Ctrl-C is a key and no signal, so that nothing is lost but a `kill -INT` within that time.
fn is_the_editors(message: &Message, ago: Option<Duration>) -> bool {
    matches!(message, Message::End(terminal::INTERRUPTED))
        && ago.is_some_and(|ago| ago < EDITORS_INTERRUPT)
}

/// Runs the console until the user leaves or a signal ends it; returns the exit code. The
/// terminal is given back in every case, also before a panic is reported.
pub async fn run(app: App, no_color: bool) -> Result<i32> {
    let mut model = Model::new(&app, no_color);
    model.snippets.reading = true;
    let mut start = vec![Effect::WatchLibrary];
    // The lab is watched from the start; a server is asked nothing before the user says so.
    if model.on_lab() {
        start.extend(update::watch(&mut model));
    }
    if model.mouse {
        start.push(Effect::Mouse(true));
    }
    let (sender, mut messages) = mpsc::channel(MESSAGE_BUFFER);
    app.answer_with(Arc::new(asker::ConsoleAsker::new(sender.clone())));
    let mut effects = Effects::new(Arc::new(app), sender.clone());
    terminal::give_back_on_panic();
    let mut screen = Screen::take().wrap_err(
        "the terminal cannot be used; csdeck needs a real one (the commands do not: csdeck --help)",
    )?;
    if let Ok(size) = screen.terminal.size() {
        model.size = (size.width, size.height);
    }
    for effect in start {
        effects.perform(effect);
    }
    tokio::spawn(signals(sender));
    let mut events = EventStream::new();
    let mut batch: Vec<Message> = Vec::new();
    let mut edits: Vec<(std::path::PathBuf, Option<String>)> = Vec::new();
    let begun = Instant::now();
    let mut edited: Option<Instant> = None;
    let code = loop {
        model.run.now = begun.elapsed();
        screen
            .terminal
            .draw(|frame| view::draw(&model, frame))
            .wrap_err("the screen cannot be drawn")?;
        if let Some(code) = model.ended {
            break code;
        }
        // Sleeps until something happens; then takes in all that is there before drawing again.
        tokio::select! {
            () = std::future::ready(()), if !batch.is_empty() => {}
            event = events.next() => match event {
                Some(Ok(event)) => batch.extend(terminal::message(event)),
                // The terminal is gone: nothing can be shown or asked any more.
                Some(Err(_)) | None => break 1,
            },
            Some(message) = messages.recv() => batch.push(message),
            // The time of a job that runs goes by on the screen.
            () = tokio::time::sleep(TICK), if model.shows_time() => {}
        }
        model.run.now = begun.elapsed();
        while batch.len() < MESSAGE_BUFFER
            && let Ok(message) = messages.try_recv()
        {
            batch.push(message);
        }
        for message in batch.drain(..) {
            if is_the_editors(&message, edited.map(|at| at.elapsed())) {
                continue;
            }
            panic_when_asked(&message);
            for effect in update::update(&mut model, message) {
                match effect {
                    Effect::Edit(path, copy) => edits.push((path, copy)),
                    effect => effects.perform(effect),
                }
            }
        }
        for (path, copy) in std::mem::take(&mut edits) {
            // The editor reads the keys: nobody else may.
            drop(events);
            screen.lend();
            let work = move || editor::edit(&path, copy.as_deref());
            let mut editing = tokio::task::spawn_blocking(work);
            // Jobs go on, and what they say is taken in; nothing is drawn meanwhile.
            let said = loop {
                tokio::select! {
                    said = &mut editing => break said.unwrap_or_else(|e| Some(e.to_string())),
                    Some(message) = messages.recv() => {
                        // Ctrl-C is the editor's while it has the terminal.
                        if is_the_editors(&message, Some(Duration::ZERO)) {
                            continue;
                        }
                        for effect in update::update(&mut model, message) {
                            match effect {
                                Effect::Edit(path, copy) => edits.push((path, copy)),
                                effect => effects.perform(effect),
                            }
                        }
                        if model.ended.is_some() {
                            break None;
                        }
                    }
                }
            };
            screen.take_back(model.mouse);
            edited = Some(Instant::now());
            events = EventStream::new();
            batch.push(Message::Edited(said));
            if let Ok(size) = screen.terminal.size() {
                batch.push(Message::Resize(size.width, size.height));
            }
        }
    };
    effects.cancel_all();
    drop(screen);
    Ok(code)
}

/// Turns the signals that end a process into messages, so that it ends in order: 128 + number. They
/// are caught from this call on, and not from when the future is first looked at: one that comes with
/// the first screen must not end the process with the terminal in its hands.
fn signals(messages: mpsc::Sender<Message>) -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let (mut term, mut hup, mut int) = {
        use tokio::signal::unix::{SignalKind, signal};
        let of = |kind| signal(kind).ok();
        (
            of(SignalKind::terminate()),
            of(SignalKind::hangup()),
            of(SignalKind::interrupt()),
        )
    };
    #[cfg(windows)]
    let caught = {
        use tokio::signal::windows;
        (
            windows::ctrl_close(),
            windows::ctrl_break(),
            windows::ctrl_shutdown(),
            windows::ctrl_c(),
        )
    };
    async move {
        #[cfg(windows)]
        let (Ok(mut close), Ok(mut end), Ok(mut down), Ok(mut int)) = caught else {
            return;
        };
        // More than one: an editor that has the terminal gets the interrupts, the next is ours.
        loop {
            #[cfg(unix)]
            let code = tokio::select! {
                Some(()) = wait(&mut term) => 143,
                Some(()) = wait(&mut hup) => 129,
                Some(()) = wait(&mut int) => terminal::INTERRUPTED,
            };
            #[cfg(windows)]
            let code = tokio::select! {
                _ = close.recv() => 143,
                _ = end.recv() => 143,
                _ = down.recv() => 143,
                // A key while csdeck has the console; the signal comes while an editor has it.
                _ = int.recv() => terminal::INTERRUPTED,
            };
            if messages.send(Message::End(code)).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(unix)]
async fn wait(signal: &mut Option<tokio::signal::unix::Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Lets a test see that a panic gives the terminal back. Not part of release builds.
fn panic_when_asked(message: &Message) {
    #[cfg(debug_assertions)]
    if let Message::Key(key) = message
        && *key == key::Key::parse("ctrl-g").unwrap_or(key::Key::plain(key::Code::F(0)))
        && std::env::var_os("CSDECK_TEST_PANIC").is_some()
    {
        #[expect(clippy::panic, reason = "this is what it is for")]
        {
            panic!("a panic that a test asked for");
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = message;
}

#[cfg(test)]
mod interrupt_tests {
    use super::*;

    #[test]
    fn an_interrupt_that_comes_with_the_end_of_an_editor_is_the_editors() {
        let interrupt = Message::End(terminal::INTERRUPTED);
        let ago = |ms| Some(Duration::from_millis(ms));
        assert!(is_the_editors(&interrupt, ago(0)));
        assert!(is_the_editors(&interrupt, ago(1_500)));
        assert!(!is_the_editors(&interrupt, ago(2_000)));
        // Nobody edited anything; and what ends a process ends it at any time.
        assert!(!is_the_editors(&interrupt, None));
        assert!(!is_the_editors(&Message::End(143), ago(0)));
    }
}
