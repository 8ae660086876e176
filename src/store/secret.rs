//! Secrets that live in memory only.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use zeroize::Zeroizing;

/// A password or passphrase: wiped from memory when dropped, never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the caller's own copy is the caller's to wipe.
    pub fn new(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }

    /// The secret itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The secrets given in this session, by target name. Gone with the process.
#[derive(Debug, Default)]
pub struct SessionSecrets(Mutex<HashMap<String, Secret>>);

impl SessionSecrets {
    /// Keeps a secret for a target, in place of an earlier one.
    pub fn set(&self, target: &str, secret: Secret) {
        self.lock().insert(target.to_owned(), secret);
    }

    /// The secret for a target, if one was given.
    pub fn get(&self, target: &str) -> Option<Secret> {
        self.lock().get(target).cloned()
    }

    /// All secrets that are known now, to be looked for in what is written down. Copies, each wiped
    /// when dropped.
    pub fn all(&self) -> Vec<Secret> {
        self.lock().values().cloned().collect()
    }

    /// Forgets a target's secret: a refused password is not tried twice (account lock-out).
    pub fn forget(&self, target: &str) {
        self.lock().remove(target);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
