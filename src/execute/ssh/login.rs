//! Logging in: agent, private key, password, keyboard-interactive, in this order.
//!
//! There is one secret per target; it is a key's passphrase or the account's password. A secret
//! that belongs to the key the target names is never sent to the server.

use std::path::Path;
use std::time::Instant;

use ssh2::Session;

use super::connect::{code, is_broken, is_time_out, milliseconds, number};
use super::identity::{self, KeyFile};
use super::plan::{Agent, Keys, Plan};
use crate::execute::transport::TransportError;
use crate::store::secret::Secret;

/// Keys of the agent that are offered at most: OpenSSH's servers hang up after six attempts
/// (MaxAuthTries), and a key file and a password still have to have their turn.
const AGENT_KEYS: usize = 4;

/// Logs in on a session whose host key was checked.
pub(super) fn log_in(
    plan: &Plan,
    session: &Session,
    unwanted: &dyn Fn() -> bool,
) -> Result<(), TransportError> {
    let mut login = Login {
        plan,
        session,
        unwanted,
        began: Instant::now(),
        tried: Vec::new(),
        offered: String::new(),
    };
    login.run()
}

/// What came of one attempt.
enum Attempt {
    In,
    Refused,
    /// Never got as far as the server's answer; libssh2's words.
    Failed(String),
}

struct Login<'a> {
    plan: &'a Plan,
    session: &'a Session,
    unwanted: &'a dyn Fn() -> bool,
    began: Instant,
    tried: Vec<String>,
    offered: String,
}

impl Login<'_> {
    fn run(&mut self) -> Result<(), TransportError> {
        if self.ask_methods()? {
            return Ok(());
        }
        let mut locked = None;
        if self.offers("publickey") {
            if self.try_agent()? {
                return Ok(());
            }
            match &self.plan.keys {
                Keys::Named(path) => {
                    if self.try_named_key(path)? {
                        return Ok(());
                    }
                }
                Keys::Usual(paths) => {
                    for path in paths {
                        if self.try_usual_key(path, &mut locked)? {
                            return Ok(());
                        }
                    }
                }
            }
        }
        if self.offers("password") || self.offers("keyboard-interactive") {
            return self.try_password();
        }
        match locked {
            Some(path) => Err(TransportError::NeedsPassphrase { path }),
            None => Err(self.refused()),
        }
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
            KeyFile::Encrypted => Some(self.secret().ok_or_else(|| self.needs_passphrase(path))?),
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
    fn try_usual_key(
        &mut self,
        path: &Path,
        locked: &mut Option<std::path::PathBuf>,
    ) -> Result<bool, TransportError> {
        let passphrase = match identity::inspect(path) {
            Ok(KeyFile::Open) => None,
            Ok(KeyFile::Encrypted) => match self.secret() {
                Some(secret) => Some(secret),
                None => {
                    locked.get_or_insert_with(|| path.to_owned());
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
        self.tried.push(format!("key {}", path.display()));
        let (session, user) = (self.session, &self.plan.user);
        self.attempt(|| {
            session.userauth_pubkey_file(user, None, path, passphrase.map(Secret::expose))
        })
    }

    /// The password, once: as such or, where the server only asks questions, as the answer.
    fn try_password(&mut self) -> Result<(), TransportError> {
        let (session, user) = (self.session, &self.plan.user);
        let Some(secret) = self.secret() else {
            return Err(TransportError::NeedsPassword {
                user: user.clone(),
                address: self.plan.address.clone(),
            });
        };
        let attempt = if self.offers("password") {
            self.tried.push("password".into());
            self.attempt(|| session.userauth_password(user, secret.expose()))?
        } else {
            self.tried.push("keyboard-interactive".into());
            let mut answers = Answers {
                secret,
                given: false,
            };
            self.attempt(|| session.userauth_keyboard_interactive(user, &mut answers))?
        };
        match attempt {
            Attempt::In => Ok(()),
            Attempt::Refused | Attempt::Failed(_) => {
                self.plan.secrets.forget(&self.plan.name);
                Err(self.refused())
            }
        }
    }

    fn secret(&self) -> Option<Secret> {
        self.plan.secrets.get(&self.plan.name)
    }

    /// One call that talks to the server, within what is left of the phase's time.
    fn attempt(
        &self,
        call: impl FnOnce() -> Result<(), ssh2::Error>,
    ) -> Result<Attempt, TransportError> {
        if (self.unwanted)() {
            return Err(TransportError::Cancelled);
        }
        let limit = self.plan.limits.authentication;
        let left = limit.saturating_sub(self.began.elapsed());
        if left.is_zero() {
            return Err(self.plan.timed_out("authentication", limit));
        }
        self.session.set_timeout(milliseconds(left));
        let Err(error) = call() else {
            return Ok(if self.session.authenticated() {
                Attempt::In
            } else {
                Attempt::Refused
            });
        };
        match number(&error) {
            code::AUTHENTICATION_FAILED | code::PUBLICKEY_UNVERIFIED => Ok(Attempt::Refused),
            n if is_time_out(n) => Err(self.plan.timed_out("authentication", limit)),
            // Servers hang up on too many failures.
            n if is_broken(n) && !self.tried.is_empty() => Err(self.refused()),
            n if is_broken(n) => Err(self.plan.unreachable(format!(
                "it hung up during the log-in ({})",
                error.message()
            ))),
            _ => Ok(Attempt::Failed(error.message().to_owned())),
        }
    }

    fn needs_passphrase(&self, path: &Path) -> TransportError {
        TransportError::NeedsPassphrase {
            path: path.to_owned(),
        }
    }

    fn refused(&self) -> TransportError {
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
            tried: words(&self.tried.join(", ")),
            offered: words(&self.offered.replace(',', ", ")),
        }
    }
}

/// Answers the one question for the password. Everything else (one-time codes, a second round,
/// questions whose answer would be shown) gets an empty answer, which the server refuses.
struct Answers {
    secret: Secret,
    given: bool,
}

impl ssh2::KeyboardInteractivePrompt for Answers {
    fn prompt(
        &mut self,
        _user: &str,
        _instructions: &str,
        prompts: &[ssh2::Prompt<'_>],
    ) -> Vec<String> {
        match prompts {
            [only] if !only.echo && !self.given => {
                self.given = true;
                vec![self.secret.expose().to_owned()]
            }
            _ => vec![String::new(); prompts.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssh2::{KeyboardInteractivePrompt, Prompt};

    #[test]
    fn only_one_hidden_question_is_answered_and_only_once() {
        let ask = |answers: &mut Answers, echoes: &[bool]| {
            let prompts: Vec<Prompt<'_>> = echoes
                .iter()
                .map(|&echo| Prompt {
                    text: "Password:".into(),
                    echo,
                })
                .collect();
            answers.prompt("ops", "", &prompts)
        };
        let mut answers = Answers {
            secret: Secret::new("Tr0ub4dor".into()),
            given: false,
        };
        assert_eq!(ask(&mut answers, &[true]), [""]);
        assert_eq!(ask(&mut answers, &[false, false]), ["", ""]);
        assert_eq!(ask(&mut answers, &[]), Vec::<String>::new());
        assert_eq!(ask(&mut answers, &[false]), ["Tr0ub4dor"]);
        assert_eq!(ask(&mut answers, &[false]), [""]);
    }
}
