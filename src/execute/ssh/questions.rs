//! Keyboard-interactive (RFC 4256): the server asks, round after round; the user answers.

use std::time::{Duration, Instant};

use super::connect::{code, number};
use super::login::{Attempt, Login};
use crate::execute::ask::{Prompt, Question, Unanswered};
use crate::execute::transport::TransportError;
use crate::store::secret::Secret;

/// Rounds of questions in one log-in, and prompts in one round: a server that asks more than that
/// does not want to be answered.
const ROUNDS: usize = 20;
const PROMPTS: usize = 16;

/// Characters of a server's text that are kept.
const LONGEST: usize = 1000;

impl Login<'_> {
    /// Lets the server ask. The target's secret answers the first question when that is a single
    /// hidden one; everything else goes to the user.
    pub fn try_questions(&mut self) -> Result<bool, TransportError> {
        let user = &self.plan.user;
        self.way = "keyboard-interactive".into();
        self.tried.push(self.way.clone());
        let mut answers = Answers::new(self);
        // Not blocking: libssh2's own time-out counts the user's time, too.
        self.session.set_blocking(false);
        let result = loop {
            let result = self
                .session
                .userauth_keyboard_interactive(user, &mut answers);
            match result {
                Err(e) if number(&e) == code::EAGAIN && answers.stop.is_none() => {}
                result => break result,
            }
            let spent = self.spent().saturating_sub(answers.thinking);
            if (self.unwanted)() {
                answers.stop = Some(TransportError::Cancelled);
            } else if spent > self.plan.limits.login {
                answers.stop = Some(self.timed_out());
            }
            if answers.stop.is_some() {
                break Ok(());
            }
            self.connection.wait();
        };
        self.session.set_blocking(true);
        let Answers {
            stop,
            thinking,
            used_secret,
            typed,
            ..
        } = answers;
        self.thinking += thinking;
        if let Some(why) = stop {
            // Whatever the server makes of a half-finished log-in: it is over.
            self.connection.cut();
            return Err(why);
        }
        match self.judge(result)? {
            Attempt::In => {
                if let Some(password) = typed {
                    self.plan.secrets.set(&self.plan.name, password);
                }
                Ok(true)
            }
            // libssh2 takes a server that hung up for one that refused.
            Attempt::Refused if !used_secret && self.connection.is_closed() => {
                Err(self.plan.unreachable(
                    "it hung up while it waited for the answer; its own time for a log-in (LoginGraceTime) may be over",
                ))
            }
            Attempt::Refused | Attempt::Failed(_) => {
                if used_secret {
                    self.forget();
                    return Err(self.refused());
                }
                Ok(false)
            }
        }
    }
}

/// Stands between libssh2, which calls it in the middle of its work, and the user.
struct Answers<'a, 'b> {
    login: &'a Login<'b>,
    secret: Option<Secret>,
    used_secret: bool,
    rounds: usize,
    thinking: Duration,
    /// A password that the user typed, to be kept when it was right: the next connection must not
    /// ask again. A one-time code is never kept.
    typed: Option<Secret>,
    /// Why the log-in does not go on.
    stop: Option<TransportError>,
}

impl<'a, 'b> Answers<'a, 'b> {
    fn new(login: &'a Login<'b>) -> Self {
        Answers {
            secret: login.secret(),
            login,
            used_secret: false,
            rounds: 0,
            thinking: Duration::ZERO,
            typed: None,
            stop: None,
        }
    }

    fn answer(
        &mut self,
        instructions: &str,
        prompts: Vec<Prompt>,
    ) -> Result<Vec<Secret>, TransportError> {
        self.rounds += 1;
        if self.rounds > ROUNDS || prompts.len() > PROMPTS {
            return Err(TransportError::Setup(format!(
                "{} asks without end; csdeck answers {ROUNDS} rounds of {PROMPTS} questions at most",
                self.login.plan.address
            )));
        }
        if prompts.is_empty() {
            return Ok(Vec::new());
        }
        let only_hidden = matches!(prompts.as_slice(), [only] if !only.echo);
        if only_hidden
            && self.rounds == 1
            && let Some(secret) = self.secret.take()
        {
            self.used_secret = true;
            return Ok(vec![secret]);
        }
        let question = self.login.question(instructions, prompts);
        let answers = self.ask(&question)?;
        let called_password = |p: &Prompt| p.text.to_lowercase().contains("password");
        if only_hidden && self.rounds == 1 && question.prompts.iter().all(called_password) {
            self.typed = answers.first().cloned();
        }
        Ok(answers)
    }

    fn ask(&mut self, question: &Question) -> Result<Vec<Secret>, TransportError> {
        let plan = self.login.plan;
        let began = Instant::now();
        let wanted = || !(self.login.unwanted)() && !self.login.connection.is_closed();
        let answered = plan.asker.ask(question, &wanted);
        self.thinking += began.elapsed();
        match answered {
            Ok(answers) if answers.len() == question.prompts.len() => Ok(answers),
            Ok(_) | Err(Unanswered::Refused) => {
                if !(self.login.unwanted)() && self.login.connection.is_closed() {
                    return Err(plan.unreachable(
                        "it hung up while it waited for the answer; its own time for a log-in (LoginGraceTime) may be over",
                    ));
                }
                Err(TransportError::Cancelled)
            }
            Err(Unanswered::Nobody) => match question.prompts.as_slice() {
                [only] if !only.echo && self.rounds == 1 => Err(self.login.needs_password()),
                prompts => Err(TransportError::Unanswered {
                    address: plan.address.clone(),
                    question: prompts
                        .iter()
                        .map(|p| p.text.trim())
                        .collect::<Vec<_>>()
                        .join(" / "),
                }),
            },
        }
    }
}

impl ssh2::KeyboardInteractivePrompt for Answers<'_, '_> {
    fn prompt(
        &mut self,
        _user: &str,
        instructions: &str,
        prompts: &[ssh2::Prompt<'_>],
    ) -> Vec<String> {
        let clipped = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let asked = prompts.iter().map(|p| Prompt {
            text: clipped(&p.text),
            echo: p.echo,
        });
        match self.answer(&clipped(instructions), asked.collect()) {
            Ok(answers) => answers.iter().map(|a| a.expose().to_owned()).collect(),
            Err(why) => {
                // An empty answer would count as a failure of the account: nothing is sent.
                self.login.connection.cut();
                self.stop = Some(why);
                Vec::new()
            }
        }
    }
}
