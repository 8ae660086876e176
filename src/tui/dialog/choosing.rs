//! A question with named answers that a command asks.

use std::sync::mpsc::SyncSender;

use crate::execute::ask::{Choice, Question};
use crate::tui::action::Action;
use crate::tui::key::Key;
use crate::tui::widget::list::moved;

/// The way back to whoever asks. Dropped without an answer, it refuses.
#[derive(Clone)]
pub struct Picked(pub SyncSender<usize>);

impl std::fmt::Debug for Picked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Picked")
    }
}

/// The answers, and the one that is highlighted.
#[derive(Debug)]
pub struct Choosing {
    /// The number of the question in this session.
    pub id: u64,
    /// Who asks.
    pub question: Question,
    /// What is asked.
    pub choice: Choice,
    /// The highlighted answer; `None` while there is no default and nothing was highlighted.
    pub selected: Option<usize>,
    /// What the answers do is shown.
    pub help: bool,
    /// True when nobody waits for the answer any more. It stays until it is closed: a key must not
    /// land in the pane behind.
    pub gone: bool,
    reply: Picked,
}

impl Choosing {
    /// The question, with the default highlighted.
    pub fn new(id: u64, question: Question, choice: Choice, reply: Picked) -> Choosing {
        Choosing {
            id,
            question,
            selected: choice.default.filter(|n| *n < choice.options.len()),
            choice,
            help: false,
            gone: false,
            reply,
        }
    }

    /// Nobody waits any more.
    pub fn withdraw(&mut self) {
        self.gone = true;
    }

    /// A key that is no action: that of an answer highlights it.
    pub fn key(&mut self, key: Key) {
        if let Some(n) = key.text().and_then(|c| self.choice.by_key(c)) {
            self.selected = Some(n);
        }
    }

    /// Highlights another answer.
    pub fn go(&mut self, action: Action) {
        let len = self.choice.options.len();
        let to = match self.selected {
            Some(at) => moved(at, len, action),
            // The first key shows where it is.
            None => moved(0, len, action).map(|_| 0).filter(|_| len > 0),
        };
        self.selected = to.or(self.selected);
    }

    /// Enter: the highlighted answer and the way it goes; `None` while none is.
    pub fn accept(&self) -> Option<(Picked, usize)> {
        Some((self.reply.clone(), self.selected?))
    }
}
