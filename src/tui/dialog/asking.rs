//! What a server asks while csdeck logs in to it.

use std::sync::mpsc::SyncSender;

use crate::execute::ask::{Prompt, Question};
use crate::store::secret::Secret;
use crate::tui::action::Action;
use crate::tui::key::Key;
use crate::tui::widget::input::{LineInput, SecretInput};
use crate::tui::widget::list::moved;

/// The way back to the connection that asks. Dropped without an answer, it refuses.
#[derive(Clone)]
pub struct Reply(pub SyncSender<Vec<Secret>>);

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply")
    }
}

/// One answer being typed.
#[derive(Debug)]
pub enum Answer {
    /// Drawn as it is.
    Shown(Box<LineInput>),
    /// Drawn as stars.
    Hidden(SecretInput),
}

/// The questions of a server and the answers so far.
#[derive(Debug)]
pub struct Asking {
    /// The number of the question in this session.
    pub id: u64,
    /// What is asked.
    pub question: Question,
    /// An answer for each prompt.
    pub answers: Vec<Answer>,
    /// The prompt with the cursor.
    pub focus: usize,
    /// True after an Enter on an empty answer: the next one sends it.
    pub warned: bool,
    /// True when nobody waits for the answer any more. It stays until it is closed: whoever is typing a
    /// secret must not find the rest of it in the pane behind.
    pub gone: bool,
    reply: Reply,
}

impl Asking {
    /// The question, with nothing answered.
    pub fn new(id: u64, question: Question, reply: Reply) -> Asking {
        let answer = |prompt: &Prompt| match prompt.echo {
            true => Answer::Shown(Box::new(LineInput::new(&prompt.initial))),
            false => Answer::Hidden(SecretInput::default()),
        };
        // What is filled in already is not asked first.
        let filled = |p: &Prompt| p.echo && !p.initial.is_empty();
        let focus = question.prompts.iter().position(|p| !filled(p));
        Asking {
            id,
            answers: question.prompts.iter().map(answer).collect(),
            question,
            focus: focus.unwrap_or(0),
            warned: false,
            gone: false,
            reply,
        }
    }

    /// Nobody waits any more: what was typed is wiped, and nothing more is taken.
    pub fn withdraw(&mut self) {
        self.gone = true;
        self.answers.clear();
    }

    /// A key that is no action.
    pub fn key(&mut self, key: Key) {
        self.warned = false;
        match self.answers.get_mut(self.focus) {
            Some(Answer::Shown(input)) => {
                input.key(key);
            }
            Some(Answer::Hidden(input)) => input.key(key),
            None => {}
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.warned = false;
        match self.answers.get_mut(self.focus) {
            Some(Answer::Shown(input)) => input.paste(text),
            Some(Answer::Hidden(input)) => input.paste(text),
            None => {}
        }
    }

    /// Goes to another prompt.
    pub fn go(&mut self, action: Action) {
        self.warned = false;
        self.focus = moved(self.focus, self.answers.len(), action).unwrap_or(self.focus);
    }

    /// Enter: the next prompt, and after the last one the answers, with the way they go. An empty
    /// answer needs a second Enter: one too many must not be sent as a password.
    pub fn accept(&mut self) -> Option<(Reply, Vec<Secret>)> {
        let empty = match self.answers.get(self.focus) {
            Some(Answer::Shown(input)) => input.text().is_empty(),
            Some(Answer::Hidden(input)) => input.is_empty(),
            None => false,
        };
        if empty && !self.warned {
            self.warned = true;
            return None;
        }
        self.warned = false;
        if self.focus + 1 < self.answers.len() {
            self.focus += 1;
            return None;
        }
        let take = |answer: &mut Answer| match answer {
            Answer::Shown(input) => Secret::new(input.text().to_owned()),
            Answer::Hidden(input) => input.take(),
        };
        let answers = self.answers.iter_mut().map(take).collect();
        Some((self.reply.clone(), answers))
    }
}
