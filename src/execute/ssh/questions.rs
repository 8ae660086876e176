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
            rounds: Rounds {
                used_secret, typed, ..
            },
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

/// What to do with a round of questions.
#[derive(Debug)]
enum Round {
    /// Nothing is asked: servers end like that.
    Nothing,
    /// The target's secret is the answer.
    Secret(Secret),
    /// The user is to answer.
    Ask,
    /// The server asks without end.
    TooMuch,
}

/// True for what is called a password and not one that is good for once (`One-time password (OATH)`).
fn asks_for_password(prompt: &str) -> bool {
    let prompt = prompt.to_lowercase();
    let once = ["one-time", "one time", "otp", "token", "code"];
    prompt.contains("password") && !once.iter().any(|word| prompt.contains(word))
}

/// The rounds of one log-in so far.
#[derive(Debug, Default)]
struct Rounds {
    count: usize,
    /// The target's secret, until it was used.
    secret: Option<Secret>,
    used_secret: bool,
    /// A password that the user typed, to be kept when it was right: the next connection must not
    /// ask again. A one-time code is never kept.
    typed: Option<Secret>,
}

impl Rounds {
    fn next(&mut self, prompts: &[Prompt]) -> Round {
        self.count += 1;
        match prompts {
            _ if self.count > ROUNDS || prompts.len() > PROMPTS => Round::TooMuch,
            [] => Round::Nothing,
            [only] if !only.echo && self.count == 1 => match self.secret.take() {
                Some(secret) => {
                    self.used_secret = true;
                    Round::Secret(secret)
                }
                None => Round::Ask,
            },
            _ => Round::Ask,
        }
    }

    /// Takes note of what the user answered.
    fn answered(&mut self, prompts: &[Prompt], answers: &[Secret]) {
        if let ([only], [answer], 1) = (prompts, answers, self.count)
            && !only.echo
            && asks_for_password(&only.text)
        {
            self.typed = Some(answer.clone());
        }
    }
}

/// Stands between libssh2, which calls it in the middle of its work, and the user.
struct Answers<'a, 'b> {
    login: &'a Login<'b>,
    rounds: Rounds,
    thinking: Duration,
    /// Why the log-in does not go on.
    stop: Option<TransportError>,
}

impl<'a, 'b> Answers<'a, 'b> {
    fn new(login: &'a Login<'b>) -> Self {
        Answers {
            rounds: Rounds {
                secret: login.secret(),
                ..Rounds::default()
            },
            login,
            thinking: Duration::ZERO,
            stop: None,
        }
    }

    fn answer(
        &mut self,
        instructions: &str,
        prompts: Vec<Prompt>,
    ) -> Result<Vec<Secret>, TransportError> {
        match self.rounds.next(&prompts) {
            Round::Nothing => Ok(Vec::new()),
            Round::Secret(secret) => Ok(vec![secret]),
            Round::TooMuch => Err(TransportError::Setup(format!(
                "{} asks without end; csdeck answers {ROUNDS} rounds of {PROMPTS} questions at most",
                self.login.plan.address
            ))),
            Round::Ask => {
                let question = self.login.question(instructions, prompts);
                let answers = self.ask(&question)?;
                self.rounds.answered(&question.prompts, &answers);
                Ok(answers)
            }
        }
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
                [only] if !only.echo && self.rounds.count == 1 => Err(self.login.needs_password()),
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
        let asked = prompts
            .iter()
            .map(|p| Prompt::new(clipped(&p.text), p.echo));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn prompts(all: &[(&str, bool)]) -> Vec<Prompt> {
        all.iter()
            .map(|(text, echo)| Prompt::new(*text, *echo))
            .collect()
    }

    fn rounds(secret: Option<&str>) -> Rounds {
        Rounds {
            secret: secret.map(|s| Secret::new(s.into())),
            ..Rounds::default()
        }
    }

    #[test]
    fn the_secret_answers_one_hidden_question_at_the_beginning_and_only_once() {
        let hidden = prompts(&[("Password:", false)]);
        let mut given = rounds(Some("Tr0ub4dor"));
        assert!(matches!(given.next(&hidden), Round::Secret(s) if s.expose() == "Tr0ub4dor"));
        assert!(given.used_secret);
        assert!(matches!(given.next(&hidden), Round::Ask));
        assert!(matches!(given.next(&[]), Round::Nothing));
        for others in [
            prompts(&[("Password:", true)]),
            prompts(&[("Password:", false), ("Code:", false)]),
            prompts(&[("Password:", false), ("Code:", true)]),
        ] {
            let mut given = rounds(Some("Tr0ub4dor"));
            assert!(matches!(given.next(&others), Round::Ask));
            // Nor later: what the server means by then is not known.
            assert!(matches!(given.next(&hidden), Round::Ask));
            assert!(!given.used_secret);
        }
    }

    #[test]
    fn only_a_password_that_was_asked_for_first_is_kept() {
        let answer = [Secret::new("x".into())];
        let keeps = |before: usize, all: &[(&str, bool)]| {
            let mut rounds = rounds(None);
            (0..before).for_each(|_| drop(rounds.next(&[])));
            let prompts = prompts(all);
            assert!(matches!(rounds.next(&prompts), Round::Ask));
            rounds.answered(&prompts, &answer);
            rounds.typed.is_some()
        };
        assert!(keeps(0, &[("ann's Password: ", false)]));
        assert!(!keeps(0, &[("Verification code: ", false)]));
        assert!(!keeps(0, &[("Password: ", true)]));
        assert!(!keeps(
            0,
            &[("One-time password (OATH) for `ann': ", false)]
        ));
        assert!(!keeps(1, &[("Password: ", false)]));
        assert!(!keeps(0, &[("Password: ", false), ("Code: ", false)]));
    }

    #[test]
    fn a_server_that_asks_without_end_is_left() {
        let mut many = rounds(None);
        let none = (0..=ROUNDS).filter(|_| matches!(many.next(&[]), Round::TooMuch));
        assert_eq!(none.count(), 1);
        let wide = vec![("Code:", true); PROMPTS + 1];
        assert!(matches!(
            rounds(Some("x")).next(&prompts(&wide)),
            Round::TooMuch
        ));
    }
}
