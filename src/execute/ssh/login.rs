//! Logging in: agent, private key, password, keyboard-interactive, in the order the target names.
//!
//! There is one secret per target; it is a key's passphrase or the account's password. A secret
//! that belongs to the key the target names is never sent to the server.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ssh2::Session;

use super::connect::{Connection, code, is_broken, is_time_out, milliseconds, number};
use super::plan::{Keys, Plan};
use crate::execute::ask::{Asks, Prompt, Question, Unanswered};
use crate::execute::target::LoginMethod;
use crate::execute::transport::TransportError;
use crate::store::secret::Secret;

/// How the user got in.
pub(super) struct Entry {
    /// What let the user in, in words.
    pub method: String,
    /// How long it took, without the user's own time.
    pub took: Duration,
}

/// Logs in on a session whose host key was checked.
pub(super) fn log_in(
    plan: &Plan,
    connection: &Connection,
    unwanted: &dyn Fn() -> bool,
) -> Result<Entry, TransportError> {
    let mut login = Login {
        plan,
        connection,
        session: &connection.session,
        unwanted,
        began: Instant::now(),
        thinking: Duration::ZERO,
        tried: Vec::new(),
        offered: String::new(),
        locked: None,
        way: String::new(),
    };
    login.run()?;
    Ok(Entry {
        took: login.spent(),
        method: login.way,
    })
}

/// What came of one attempt.
pub(super) enum Attempt {
    In,
    Refused,
    /// Never got as far as the server's answer; libssh2's words.
    Failed(String),
}

pub(super) struct Login<'a> {
    pub plan: &'a Plan,
    pub connection: &'a Connection,
    pub session: &'a Session,
    pub unwanted: &'a dyn Fn() -> bool,
    began: Instant,
    /// The time the user took to answer.
    pub thinking: Duration,
    pub tried: Vec<String>,
    offered: String,
    /// A key of the usual names that needs a passphrase nobody gave, or with `true` one that was
    /// given and does not open it.
    pub locked: Option<(PathBuf, bool)>,
    /// What let the user in.
    pub way: String,
}

/// The name of a method on the wire (RFC 4252, 4256).
fn wire(method: LoginMethod) -> &'static str {
    match method {
        LoginMethod::Agent | LoginMethod::Key => "publickey",
        LoginMethod::Password => "password",
        LoginMethod::KeyboardInteractive => "keyboard-interactive",
    }
}

impl Login<'_> {
    fn run(&mut self) -> Result<(), TransportError> {
        if self.ask_methods()? {
            self.way = "nothing was asked".into();
            return Ok(());
        }
        let methods = self.plan.login.clone();
        for (at, method) in methods.iter().enumerate() {
            if !self.offers(wire(*method)) {
                continue;
            }
            if self.try_method(*method, &methods[at + 1..])? {
                return Ok(());
            }
            // A server that wants two things names the second when it has the first (RFC 4252, 5.1).
            let rest = &methods[at + 1..];
            if !rest.is_empty() && !rest.iter().any(|m| self.offers(wire(*m))) {
                self.ask_again()?;
            }
        }
        match self.locked.take() {
            Some((path, false)) => Err(self.needs_passphrase(&path, false)),
            // Nothing else took the secret: it can only have been meant for the key.
            Some((path, true)) if self.only_keys_were_tried() => {
                self.forget();
                Err(self.needs_passphrase(&path, true))
            }
            _ => Err(self.refused()),
        }
    }

    fn try_method(
        &mut self,
        method: LoginMethod,
        rest: &[LoginMethod],
    ) -> Result<bool, TransportError> {
        let plan = self.plan;
        match method {
            LoginMethod::Agent => self.try_agent(),
            LoginMethod::Key => match &plan.keys {
                Keys::Named(path) => self.try_named_key(path),
                Keys::Usual(paths) => {
                    for path in paths {
                        if self.try_usual_key(path)? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
            },
            LoginMethod::Password => self.try_password(rest),
            LoginMethod::KeyboardInteractive => self.try_questions(),
        }
    }

    /// Asks anew what the server takes; when it does not say, what it said stays.
    pub fn ask_again(&mut self) -> Result<(), TransportError> {
        let before = self.offered.clone();
        match self.ask_methods() {
            Err(TransportError::Cancelled) => return Err(TransportError::Cancelled),
            Ok(_) if !self.offered.is_empty() => {}
            _ => self.offered = before,
        }
        Ok(())
    }

    /// Asks what the server takes; true when it lets the user in without anything.
    fn ask_methods(&mut self) -> Result<bool, TransportError> {
        let session = self.session;
        let mut offered = String::new();
        let asked = self.attempt(|| {
            session
                .auth_methods(&self.plan.user)
                .map(|methods| offered = methods.to_owned())
        })?;
        self.offered = offered;
        match asked {
            Attempt::Failed(words) if !session.authenticated() => Err(self
                .plan
                .unreachable(format!("the log-in could not begin ({words})"))),
            _ => Ok(session.authenticated()),
        }
    }

    pub fn offers(&self, method: &str) -> bool {
        self.offered.split(',').any(|m| m == method)
    }

    /// The password, once.
    fn try_password(&mut self, rest: &[LoginMethod]) -> Result<bool, TransportError> {
        let (session, user) = (self.session, &self.plan.user);
        let secret = match self.secret() {
            Some(secret) => secret,
            None => self
                .ask_for_secret("Password: ")?
                .ok_or_else(|| self.needs_password())?,
        };
        self.way = "password".into();
        self.tried.push(self.way.clone());
        match self.attempt(|| session.userauth_password(user, secret.expose()))? {
            Attempt::In => Ok(true),
            Attempt::Refused | Attempt::Failed(_) => {
                // It may be that the password was right and something else is wanted, too.
                if rest.contains(&LoginMethod::KeyboardInteractive) {
                    self.ask_again()?;
                    if !self.offers("password") && self.offers("keyboard-interactive") {
                        return Ok(false);
                    }
                }
                self.forget();
                Err(self.refused())
            }
        }
    }

    fn only_keys_were_tried(&self) -> bool {
        let typed = [LoginMethod::Password, LoginMethod::KeyboardInteractive].map(wire);
        !self.tried.iter().any(|t| typed.contains(&t.as_str()))
    }

    pub fn secret(&self) -> Option<Secret> {
        self.plan.secrets.get(&self.plan.name)
    }

    /// A refused secret is not tried twice.
    pub fn forget(&self) {
        self.plan.secrets.forget(&self.plan.name);
    }

    /// Asks for the target's secret here and now, where that can be done, and keeps it.
    pub fn ask_for_secret(&mut self, prompt: &str) -> Result<Option<Secret>, TransportError> {
        let question = self.question("", vec![Prompt::new(prompt, false)]);
        let began = Instant::now();
        let answer = self.plan.asker.secret(&question);
        self.thinking += began.elapsed();
        match answer {
            Ok(secret) => {
                self.plan.secrets.set(&self.plan.name, secret.clone());
                Ok(Some(secret))
            }
            Err(Unanswered::Nobody) => Ok(None),
            Err(Unanswered::Refused) => Err(TransportError::Cancelled),
        }
    }

    pub fn question(&self, instructions: &str, prompts: Vec<Prompt>) -> Question {
        Question {
            asks: Asks::Server,
            target: self.plan.name.clone(),
            user: self.plan.user.clone(),
            address: self.plan.address.clone(),
            instructions: instructions.to_owned(),
            prompts,
        }
    }

    /// The time that counts: what the user took to answer does not.
    pub fn spent(&self) -> Duration {
        self.began.elapsed().saturating_sub(self.thinking)
    }

    pub fn timed_out(&self) -> TransportError {
        self.plan.timed_out("log-in", self.plan.limits.login)
    }

    /// One call that talks to the server, within what is left of the phase's time.
    pub fn attempt(
        &self,
        call: impl FnOnce() -> Result<(), ssh2::Error>,
    ) -> Result<Attempt, TransportError> {
        if (self.unwanted)() {
            return Err(TransportError::Cancelled);
        }
        let left = self.plan.limits.login.saturating_sub(self.spent());
        if left.is_zero() {
            return Err(self.timed_out());
        }
        self.session.set_timeout(milliseconds(left));
        self.judge(call())
    }

    /// What an answer of libssh2's means.
    pub fn judge(&self, result: Result<(), ssh2::Error>) -> Result<Attempt, TransportError> {
        let Err(error) = result else {
            return Ok(if self.session.authenticated() {
                Attempt::In
            } else {
                Attempt::Refused
            });
        };
        match number(&error) {
            code::AUTHENTICATION_FAILED | code::PUBLICKEY_UNVERIFIED => Ok(Attempt::Refused),
            n if is_time_out(n) => Err(self.timed_out()),
            // Servers hang up on too many failures.
            n if is_broken(n) && !self.tried.is_empty() => Err(self.refused()),
            n if is_broken(n) => Err(self.plan.unreachable(format!(
                "it hung up during the log-in ({})",
                error.message()
            ))),
            _ => Ok(Attempt::Failed(error.message().to_owned())),
        }
    }

    pub fn needs_password(&self) -> TransportError {
        TransportError::NeedsPassword {
            target: self.plan.name.clone(),
            user: self.plan.user.clone(),
            address: self.plan.address.clone(),
        }
    }

    pub fn refused(&self) -> TransportError {
        let words = |text: &str| {
            if text.is_empty() {
                "nothing".to_owned()
            } else {
                text.to_owned()
            }
        };
        TransportError::AuthRefused {
            user: self.plan.user.clone(),
            address: self.plan.address.clone(),
            tried: match self.tried.is_empty() && self.plan.login != LoginMethod::ALL {
                true => "nothing, the target's login key allows no more".into(),
                false => words(&self.tried.join(", ")),
            },
            offered: words(&self.offered.replace(',', ", ")),
        }
    }
}
