//! The platform's credential store: Windows Credential Manager, Secret Service on Linux.

use thiserror::Error;

use super::secret::Secret;

/// The name under which all credentials of csdeck are filed; behind it stands the profile's.
const SERVICE: &str = "csdeck";

/// Why the store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyringError {
    /// There is no credential of this name.
    #[error(
        "there is no credential called {0:?} in the keyring. Store it with: csdeck credential set {0}"
    )]
    Missing(String),
    /// The store is not there or refuses.
    #[error("the keyring cannot be used: {0}. csdeck then asks for the password in each session")]
    Unavailable(String),
}

/// The credentials of one profile, or of none. Equal names in two profiles are two credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring {
    service: String,
}

impl Keyring {
    /// The credentials of the profile of this name, or those of no profile.
    pub fn of(profile: Option<&str>) -> Keyring {
        Keyring {
            service: match profile {
                Some(name) => format!("{SERVICE}/{name}"),
                None => SERVICE.to_owned(),
            },
        }
    }

    /// The secret of this name. Blocks: not for the UI task.
    pub fn get(&self, name: &str) -> Result<Secret, KeyringError> {
        self.entry(name)?
            .get_password()
            .map(Secret::new)
            .map_err(|e| failed(name, &e))
    }

    /// Stores a secret under this name. Blocks: not for the UI task.
    pub fn set(&self, name: &str, secret: &Secret) -> Result<(), KeyringError> {
        self.entry(name)?
            .set_password(secret.expose())
            .map_err(|e| failed(name, &e))
    }

    /// Removes the secret of this name. Blocks: not for the UI task.
    pub fn delete(&self, name: &str) -> Result<(), KeyringError> {
        self.entry(name)?
            .delete_credential()
            .map_err(|e| failed(name, &e))
    }

    fn entry(&self, name: &str) -> Result<keyring_core::Entry, KeyringError> {
        // Asking for the status sets the platform's store up, once.
        if let Err(e) = keyring::Entry::store_status()
            && keyring_core::get_default_store().is_none()
        {
            return Err(KeyringError::Unavailable(e.to_string()));
        }
        keyring_core::Entry::new(&self.service, name).map_err(|e| failed(name, &e))
    }
}

fn failed(name: &str, error: &keyring::Error) -> KeyringError {
    match error {
        keyring::Error::NoEntry => KeyringError::Missing(name.to_owned()),
        // The error's own text can hold the stored bytes (BadEncoding): never print those.
        keyring::Error::BadEncoding(_) => {
            KeyringError::Unavailable("the stored secret is not text".into())
        }
        other => KeyringError::Unavailable(other.to_string()),
    }
}

/// Tests keep their secrets in memory: the platform's store is nobody's to fill.
#[cfg(test)]
pub(crate) fn mock() {
    static STORE: std::sync::Once = std::sync::Once::new();
    STORE.call_once(|| {
        let _ = keyring::Entry::store_status();
        if let Ok(store) = keyring_core::mock::Store::new() {
            keyring_core::set_default_store(store);
        }
    });
}
