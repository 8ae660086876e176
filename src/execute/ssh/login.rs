//! Logging in: agent, private key, password, keyboard-interactive, in the order the target names.
//!
//! There is one secret per target; it is a key's passphrase or the account's password. A secret
//! that belongs to the key the target names is never sent to the server.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ssh2::Session;

use super::connect::{Connection, code, is_broken, is_time_out, milliseconds, number};
use super::identity::{self, KeyFile};
use super::known_hosts;
use super::plan::{Agent, Keys, Plan};
use crate::execute::ask::{Prompt, Question, Unanswered};
use crate::execute::target::LoginMethod;
use crate::execute::transport::TransportError;
use crate::store::secret::Secret;

/// Keys of the agent that are offered at most: OpenSSH's servers hang up after six attempts
/// (MaxAuthTries), and a key file and a password still have to have their turn.
const AGENT_KEYS: usize = 4;

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
    /// A key of the usual names that needs a passphrase nobody gave.
    locked: Option<PathBuf>,
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
            Some(path) => Err(self.needs_passphrase(&path)),
            None => Err(self.refused()),
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
    fn ask_again(&mut self) -> Result<(), TransportError> {
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

    fn offers(&self, method: &str) -> bool {
        self.offered.split(',').any(|m| m == method)
    }

    fn try_agent(&mut self) -> Result<bool, TransportError> {
        let Some(place) = &self.plan.agent else {
            return Ok(false);
        };
        // An agent that is not there, or not well, is no reason to stop.
        let Ok(mut agent) = self.session.agent() else {
            return Ok(false);
        };
        if let Agent::Socket(path) = place
            && agent.set_identity_path(path).is_err()
        {
            return Ok(false);
        }
        let ready = agent.connect().and_then(|()| agent.list_identities());
        let Ok(mut keys) = ready.and_then(|()| agent.identities()) else {
            return Ok(false);
        };
        // The key the target names is the likeliest one to be let in.
        if let Keys::Named(path) = &self.plan.keys
            && let Some(named) = identity::public_blob(path)
        {
            keys.sort_by_key(|key| key.blob() != named);
        }
        let held = keys.len();
        for (count, key) in keys.iter().take(AGENT_KEYS).enumerate() {
            let note = format!("{} of the agent's {held} keys", count + 1);
            if count > 0 {
                self.tried.pop();
            }
            self.tried.push(note);
            if let Attempt::In = self.attempt(|| agent.userauth(&self.plan.user, key))? {
                self.way = format!(
                    "agent key {} ({})",
                    known_hosts::fingerprint(key.blob()),
                    key.comment()
                );
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn try_named_key(&mut self, path: &Path) -> Result<bool, TransportError> {
        let shown = path.display();
        let cannot = |why: &str| {
            TransportError::Setup(format!(
                "target {}: identity_file {shown} {why}",
                self.plan.name
            ))
        };
        let kind = identity::inspect(path).map_err(|e| cannot(&format!("cannot be read: {e}")))?;
        let passphrase = match kind {
            KeyFile::Open => None,
            KeyFile::Encrypted => Some(self.passphrase(path)?),
            KeyFile::Putty => {
                return Err(cannot(
                    "is in PuTTY's format. Convert it: puttygen KEY -O private-openssh -o NEWKEY",
                ));
            }
            KeyFile::Other => return Err(cannot("is no private key")),
        };
        match self.offer_key(path, passphrase.as_ref())? {
            Attempt::In => Ok(true),
            Attempt::Refused if passphrase.is_some() => {
                // The secret opened the key, so it is no password.
                Err(self.refused())
            }
            Attempt::Refused => Ok(false),
            Attempt::Failed(_) if passphrase.is_some() => {
                self.plan.secrets.forget(&self.plan.name);
                Err(self.needs_passphrase(path))
            }
            Attempt::Failed(words) => Err(cannot(&format!("cannot be used: {words}"))),
        }
    }

    /// A key that nobody named: when it cannot be used, the next way is tried.
    fn try_usual_key(&mut self, path: &Path) -> Result<bool, TransportError> {
        let passphrase = match identity::inspect(path) {
            Ok(KeyFile::Open) => None,
            Ok(KeyFile::Encrypted) => match self.secret() {
                Some(secret) => Some(secret),
                None => {
                    self.locked.get_or_insert_with(|| path.to_owned());
                    return Ok(false);
                }
            },
            _ => return Ok(false),
        };
        match self.offer_key(path, passphrase.as_ref())? {
            Attempt::In => Ok(true),
            // The secret opened the key, so it is no password.
            Attempt::Refused if passphrase.is_some() => Err(self.refused()),
            Attempt::Refused | Attempt::Failed(_) => Ok(false),
        }
    }

    fn offer_key(
        &mut self,
        path: &Path,
        passphrase: Option<&Secret>,
    ) -> Result<Attempt, TransportError> {
        self.way = format!("key {}", path.display());
        self.tried.push(self.way.clone());
        let (session, user) = (self.session, &self.plan.user);
        self.attempt(|| {
            session.userauth_pubkey_file(user, None, path, passphrase.map(Secret::expose))
        })
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

    pub fn secret(&self) -> Option<Secret> {
        self.plan.secrets.get(&self.plan.name)
    }

    /// A refused secret is not tried twice.
    pub fn forget(&self) {
        self.plan.secrets.forget(&self.plan.name);
    }

    /// Asks for the target's secret here and now, where that can be done, and keeps it.
    fn ask_for_secret(&mut self, prompt: &str) -> Result<Option<Secret>, TransportError> {
        let prompt = Prompt {
            text: prompt.to_owned(),
            echo: false,
        };
        let question = self.question("", vec![prompt]);
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

    fn passphrase(&mut self, path: &Path) -> Result<Secret, TransportError> {
        if let Some(secret) = self.secret() {
            return Ok(secret);
        }
        let prompt = format!("Passphrase of the key {}: ", path.display());
        self.ask_for_secret(&prompt)?
            .ok_or_else(|| self.needs_passphrase(path))
    }

    pub fn question(&self, instructions: &str, prompts: Vec<Prompt>) -> Question {
        Question {
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

    fn needs_passphrase(&self, path: &Path) -> TransportError {
        TransportError::NeedsPassphrase {
            target: self.plan.name.clone(),
            path: path.to_owned(),
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
