//! What servers ask while csdeck logs in, and what commands ask, answered on the terminal.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

use crate::execute::ask::{Asker, Asks, Prompt, Question, Unanswered};
use crate::store::secret::Secret;
use crate::text::visible_line;

use super::{note, secret, typed};

/// Asks on the terminal, one question after the other. Without a terminal nobody is there.
#[derive(Debug, Default)]
pub struct TerminalAsker {
    /// Several targets may ask at the same time: one has the terminal.
    turn: Mutex<()>,
    /// What a command asks is answered by the next line of standard input, not by the user.
    lines: bool,
}

impl TerminalAsker {
    /// One for `--answers-stdin`.
    pub(super) fn with_lines() -> TerminalAsker {
        TerminalAsker {
            lines: true,
            ..TerminalAsker::default()
        }
    }

    fn is_there() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }
}

impl Asker for TerminalAsker {
    fn ask(
        &self,
        question: &Question,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Vec<Secret>, Unanswered> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lines && question.asks == Asks::Command {
            let line = secret::next_line().ok().flatten();
            return line.map(|l| vec![l]).ok_or(Unanswered::Nobody);
        }
        if !TerminalAsker::is_there() {
            return Err(Unanswered::Nobody);
        }
        if !wanted() {
            return Err(Unanswered::Refused);
        }
        note(&question.head());
        if !question.instructions.trim().is_empty() {
            note(question.instructions.trim());
        }
        question.prompts.iter().map(|p| read(p, wanted)).collect()
    }

    fn secret(&self, question: &Question) -> Result<Secret, Unanswered> {
        let answers = self.ask(question, &|| true)?;
        let first = answers.into_iter().next();
        // An Enter too many is not sent as a password.
        first
            .filter(|s| !s.expose().is_empty())
            .ok_or(Unanswered::Refused)
    }
}

/// Reads one answer; Ctrl-C, the end of input and a question that is withdrawn refuse.
fn read(prompt: &Prompt, wanted: &dyn Fn() -> bool) -> Result<Secret, Unanswered> {
    let text = visible_line(prompt.text.trim_end()).into_owned() + " ";
    typed::line(&text, prompt.echo, wanted).ok_or(Unanswered::Refused)
}

/// Gives the terminal its echo back when csdeck ends in the middle of a hidden question: the thread
/// that asks may not come to it.
pub(super) fn give_terminal_back() {
    typed::give_back();
}
