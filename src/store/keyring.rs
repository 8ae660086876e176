//! The platform's credential store: Windows Credential Manager, Secret Service on Linux.

use thiserror::Error;

use super::secret::Secret;

/// The name under which all credentials of csdeck are filed.
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

/// The secret of this name. Blocks: not for the UI task.
pub fn get(name: &str) -> Result<Secret, KeyringError> {
    entry(name)?
        .get_password()
        .map(Secret::new)
        .map_err(|e| failed(name, &e))
}

/// Stores a secret under this name. Blocks: not for the UI task.
pub fn set(name: &str, secret: &Secret) -> Result<(), KeyringError> {
    entry(name)?
        .set_password(secret.expose())
        .map_err(|e| failed(name, &e))
}

/// Removes the secret of this name. Blocks: not for the UI task.
pub fn delete(name: &str) -> Result<(), KeyringError> {
    entry(name)?
        .delete_credential()
        .map_err(|e| failed(name, &e))
}

fn entry(name: &str) -> Result<keyring::Entry, KeyringError> {
    if let Err(e) = keyring::Entry::store_status() {
        return Err(KeyringError::Unavailable(e.to_string()));
    }
    keyring::Entry::new(SERVICE, name).map_err(|e| failed(name, &e))
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
