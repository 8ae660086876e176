//! What servers ask while csdeck logs in, and what commands ask, answered on the terminal.

use std::io::{self, BufRead, IsTerminal};
use std::sync::{Mutex, PoisonError};

use crate::execute::ask::{Asker, Prompt, Question, Unanswered};
use crate::store::secret::Secret;
use crate::text::visible_line;

use super::note;

/// Longest visible answer, in bytes.
const LONGEST: u64 = 4096;

/// Asks on the terminal, one question after the other. Without a terminal nobody is there.
#[derive(Debug, Default)]
pub struct TerminalAsker {
    /// Several targets may ask at the same time: one has the terminal.
    turn: Mutex<()>,
}

impl TerminalAsker {
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
        if !TerminalAsker::is_there() {
            return Err(Unanswered::Nobody);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !wanted() {
            return Err(Unanswered::Refused);
        }
        note(&question.head());
        if !question.instructions.trim().is_empty() {
            note(question.instructions.trim());
        }
        question.prompts.iter().map(read).collect()
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

/// Reads one answer; Ctrl-C and the end of input refuse.
fn read(prompt: &Prompt) -> Result<Secret, Unanswered> {
    let text = visible_line(prompt.text.trim_end()).into_owned() + " ";
    if prompt.echo {
        use std::io::{Read, Write};
        let _ = write!(io::stderr().lock(), "{text}");
        let mut line = String::new();
        return match io::stdin().lock().take(LONGEST).read_line(&mut line) {
            Ok(1..) => Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned())),
            _ => Err(Unanswered::Refused),
        };
    }
    echo::remember();
    let typed = rpassword::prompt_password(text);
    echo::forget();
    typed.map(Secret::new).map_err(|_| Unanswered::Refused)
}

/// Gives the terminal its echo back when csdeck ends in the middle of a hidden question: the thread
/// that asks cannot be made to.
pub(super) fn give_terminal_back() {
    echo::restore();
}

#[cfg(unix)]
mod echo {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    fn set(to: Option<Termios>) -> Option<Termios> {
        let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut before, to)
    }

    pub fn remember() {
        set(tcgetattr(io::stdin()).ok());
    }

    pub fn forget() {
        set(None);
    }

    pub fn restore() {
        if let Some(before) = set(None) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
        }
    }
}

#[cfg(not(unix))]
mod echo {
    // Windows consoles: the shell sets the modes it needs itself.
    pub fn remember() {}
    pub fn forget() {}
    pub fn restore() {}
}
