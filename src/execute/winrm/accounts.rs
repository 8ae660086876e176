//! An account's password is tried by one log-in at a time until it is known to be good: a run on thirty
//! servers with a wrong one must not lock the account (MS-SAMR, lockoutThreshold).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use crate::store::secret::Secret;

/// As long a refused password is not tried again: longer than it takes a run to reach its other
/// servers, shorter than a person needs to unlock an account.
const HELD: Duration = Duration::from_secs(30);

/// What is known of a password.
#[derive(Debug, Default)]
pub enum Known {
    /// It was not tried yet.
    #[default]
    Nothing,
    /// A server let it in.
    Good,
    /// It was refused.
    Refused(Instant),
}

/// What is known of one account's password, locked while it is being found out.
pub type Account = Arc<AsyncMutex<Known>>;

static ACCOUNTS: LazyLock<Mutex<HashMap<[u8; 32], Account>>> = LazyLock::new(Mutex::default);

/// What is known of this password of this user. A user without a domain is another one on each host.
pub fn of(user: &str, host: &str, secret: &Secret) -> Account {
    let host = if user.contains(['\\', '@']) { "" } else { host };
    let mut name = Sha256::new();
    for part in [&user.to_lowercase(), host, secret.expose()] {
        name.update((part.len() as u64).to_le_bytes());
        name.update(part.as_bytes());
    }
    let mut accounts = ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(accounts.entry(name.finalize().into()).or_default())
}

impl Known {
    /// True while the password is not to be tried.
    pub fn is_refused(&self) -> bool {
        matches!(self, Known::Refused(when) if when.elapsed() < HELD)
    }

    /// True when nothing has to be found out.
    pub fn is_good(&self) -> bool {
        matches!(self, Known::Good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_of_a_domain_is_one_everywhere() {
        let (good, other) = (Secret::new("a".into()), Secret::new("b".into()));
        let same = |a: &Account, b: &Account| Arc::ptr_eq(a, b);
        let domain = of("Kestrel\\Ops", "fe01", &good);
        assert!(same(&domain, &of("kestrel\\ops", "fe02", &good)));
        assert!(!same(&domain, &of("kestrel\\ops", "fe01", &other)));
        assert!(!same(&of("ops", "fe01", &good), &of("ops", "fe02", &good)));
        assert!(!Known::Nothing.is_refused() && !Known::Good.is_refused());
        assert!(Known::Refused(Instant::now()).is_refused());
    }
}
