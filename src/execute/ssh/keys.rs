//! Logging in with a key: the agent's, the one the target names, or those of the usual names.

use std::path::Path;

use super::identity::{self, KeyFile};
use super::known_hosts;
use super::login::{Attempt, Login};
use super::plan::{Agent, Keys};
use crate::execute::transport::TransportError;
use crate::store::secret::Secret;

/// Keys of the agent that are offered at most: OpenSSH's servers hang up after six attempts
/// (MaxAuthTries), and a key file and a password still have to have their turn.
const AGENT_KEYS: usize = 4;

impl Login<'_> {
    pub fn try_agent(&mut self) -> Result<bool, TransportError> {
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
        let named = match &self.plan.keys {
            Keys::Named(path) => identity::public_blob(path),
            Keys::Usual(_) => None,
        };
        if let Some(named) = &named {
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
            // A server that wants a key and something else does not say that the key was right: it
            // wants no further key. Asking costs one of the few attempts, so only the likeliest key
            // is worth it.
            if named.as_deref() == Some(key.blob()) || (count + 1 == held && held <= 2) {
                self.ask_again()?;
                if !self.offers("publickey") {
                    return Ok(false);
                }
            }
        }
        Ok(false)
    }

    pub fn try_named_key(&mut self, path: &Path) -> Result<bool, TransportError> {
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
        let mut came = self.offer_key(path, passphrase.as_ref())?;
        // Once more, and not for ever: it may be the key that is damaged.
        if let (Attempt::Failed(_), Some(_)) = (&came, &passphrase) {
            self.forget();
            let prompt = format!(
                "That does not open it. Passphrase of the key {}: ",
                path.display()
            );
            if let Some(other) = self.ask_for_secret(&prompt)? {
                self.tried.pop();
                came = self.offer_key(path, Some(&other))?;
            }
        }
        match came {
            Attempt::In => Ok(true),
            Attempt::Refused if passphrase.is_some() => {
                // The secret opened the key, so it is no password.
                Err(self.refused())
            }
            Attempt::Refused => Ok(false),
            Attempt::Failed(_) if passphrase.is_some() => {
                self.forget();
                Err(self.needs_passphrase(path, true))
            }
            Attempt::Failed(words) => Err(cannot(&format!("cannot be used: {words}"))),
        }
    }

    /// A key that nobody named: when it cannot be used, the next way is tried.
    pub fn try_usual_key(&mut self, path: &Path) -> Result<bool, TransportError> {
        let passphrase = match identity::inspect(path) {
            Ok(KeyFile::Open) => None,
            Ok(KeyFile::Encrypted) => match self.secret() {
                Some(secret) => Some(secret),
                None => {
                    self.locked.get_or_insert_with(|| (path.to_owned(), false));
                    return Ok(false);
                }
            },
            _ => return Ok(false),
        };
        match self.offer_key(path, passphrase.as_ref())? {
            Attempt::In => Ok(true),
            // The secret opened the key, so it is no password.
            Attempt::Refused if passphrase.is_some() => Err(self.refused()),
            Attempt::Failed(_) if passphrase.is_some() => {
                // It may be the account's password, whose turn comes.
                self.locked.get_or_insert_with(|| (path.to_owned(), true));
                Ok(false)
            }
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

    fn passphrase(&mut self, path: &Path) -> Result<Secret, TransportError> {
        if let Some(secret) = self.secret() {
            return Ok(secret);
        }
        let prompt = format!("Passphrase of the key {}: ", path.display());
        self.ask_for_secret(&prompt)?
            .ok_or_else(|| self.needs_passphrase(path, false))
    }

    /// `wrong` says that one was given.
    pub fn needs_passphrase(&self, path: &Path, wrong: bool) -> TransportError {
        TransportError::NeedsPassphrase {
            target: self.plan.name.clone(),
            path: path.to_owned(),
            wrong,
        }
    }
}
