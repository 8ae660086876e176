//! What servers ask while csdeck logs in, and what commands ask, answered on the terminal.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

use crate::execute::ask::{Asker, Asks, Choice, Prompt, Question, Unanswered};
use crate::store::secret::Secret;
use crate::text::visible_line;

use super::{note, secret, status, typed};

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

    fn reads_lines(&self, question: &Question) -> bool {
        self.lines && question.asks == Asks::Command
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
        if self.reads_lines(question) {
            let answer = |p: &Prompt| next().map(|line| filled(p, line));
            return question.prompts.iter().map(answer).collect();
        }
        let _held = begin(question, wanted)?;
        if !question.instructions.trim().is_empty() {
            note(question.instructions.trim());
        }
        question.prompts.iter().map(|p| read(p, wanted)).collect()
    }

    fn choose(
        &self,
        question: &Question,
        choice: &Choice,
        wanted: &dyn Fn() -> bool,
    ) -> Result<usize, Unanswered> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.reads_lines(question) {
            return choice.by_word(next()?.expose()).ok_or(Unanswered::Refused);
        }
        let _held = begin(question, wanted)?;
        for text in [&choice.caption, &choice.message] {
            if !text.trim().is_empty() {
                note(text.trim());
            }
        }
        let read = |prompt: &str| typed::line(prompt, true, wanted);
        chosen(choice, read, note).ok_or(Unanswered::Refused)
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

/// Says who asks; while what it returns lives, nobody else has the terminal.
fn begin(question: &Question, wanted: &dyn Fn() -> bool) -> Result<status::Held, Unanswered> {
    if !TerminalAsker::is_there() {
        return Err(Unanswered::Nobody);
    }
    if !wanted() {
        return Err(Unanswered::Refused);
    }
    let held = status::hold();
    note(&question.head());
    Ok(held)
}

/// Asks until an answer is given, as PowerShell does; `?` tells what the answers do. `None` when there
/// is nothing more to read.
fn chosen(
    choice: &Choice,
    read: impl Fn(&str) -> Option<Secret>,
    say: impl Fn(&str),
) -> Option<usize> {
    loop {
        let line = read(&format!("{} ", choice.line()))?;
        if let Some(chosen) = choice.by_word(line.expose()) {
            return Some(chosen);
        }
        if line.expose().trim() == "?" {
            choice.help().iter().for_each(|line| say(line));
        }
    }
}

/// The next line of standard input.
fn next() -> Result<Secret, Unanswered> {
    secret::next_line().ok().flatten().ok_or(Unanswered::Nobody)
}

/// What a line answers: an empty one what the prompt begins with.
fn filled(prompt: &Prompt, line: Secret) -> Secret {
    match line.expose().is_empty() && !prompt.initial.is_empty() {
        true => Secret::new(prompt.initial.clone()),
        false => line,
    }
}

/// What stands in front of an answer: `User [ann]: `.
fn asked(prompt: &Prompt) -> String {
    let text = visible_line(prompt.text.trim_end());
    match prompt.initial.as_str() {
        "" => format!("{text} "),
        initial => format!(
            "{} [{}]: ",
            text.trim_end_matches(':'),
            visible_line(initial)
        ),
    }
}

/// Reads one answer; Ctrl-C, the end of input and a question that is withdrawn refuse.
fn read(prompt: &Prompt, wanted: &dyn Fn() -> bool) -> Result<Secret, Unanswered> {
    let line = typed::line(&asked(prompt), prompt.echo, wanted);
    line.map(|line| filled(prompt, line))
        .ok_or(Unanswered::Refused)
}

/// Gives the terminal its echo back when csdeck ends in the middle of a hidden question: the thread
/// that asks may not come to it.
pub(super) fn give_terminal_back() {
    typed::give_back();
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::execute::ask::Chosen;

    #[test]
    fn a_choice_is_asked_until_it_is_answered() {
        let choice = Choice {
            options: vec![Chosen::new("&Yes", "Go on."), Chosen::new("&No", "Stop.")],
            default: Some(1),
            ..Choice::default()
        };
        let ask = |typed: &[&str]| {
            let left = RefCell::new(typed.iter());
            let said = RefCell::new(Vec::new());
            let read = |prompt: &str| {
                assert_eq!(prompt, "[Y] Yes  [N] No  [?] Help (default is \"N\"): ");
                left.borrow_mut().next().map(|t| Secret::new((*t).into()))
            };
            let say = |line: &str| said.borrow_mut().push(line.to_owned());
            let answer = chosen(&choice, read, say);
            (answer, said.into_inner())
        };
        assert_eq!(
            ask(&["maybe", "?", "yes"]),
            (Some(0), vec!["Y - Go on.".into(), "N - Stop.".into()])
        );
        assert_eq!(ask(&[""]), (Some(1), Vec::new()));
        // The end of input is no answer, whatever the default.
        assert_eq!(ask(&["maybe"]), (None, Vec::new()));
    }

    #[test]
    fn a_known_user_is_shown_and_taken_by_an_empty_line() {
        let prompts = Prompt::credential("KESTREL\\ann");
        let [user, password] = prompts.as_slice() else {
            panic!("{prompts:?}");
        };
        assert_eq!(asked(user), "User [KESTREL\\ann]: ");
        assert_eq!(asked(password), "Password: ");
        let answer = |prompt: &Prompt, line: &str| {
            let answer = filled(prompt, Secret::new(line.into()));
            answer.expose().to_owned()
        };
        assert_eq!(answer(user, ""), "KESTREL\\ann");
        assert_eq!(answer(user, "bob"), "bob");
        assert_eq!(answer(password, ""), "");
    }
}
