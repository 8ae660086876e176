//! What a connection needs to know beforehand.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::task::spawn_blocking;

use super::error::WireError;
use super::trust;
use crate::execute::target::Auth;
use crate::execute::target::auth::fingerprint;
use crate::execute::winrm::auth::kdc::Kdc;
use crate::store::secret::Secret;

/// Plain HTTP with sealed bodies, or HTTP in TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Bodies are sealed by the log-in's own keys.
    Http,
    /// Bodies are protected by TLS, to which the log-in is bound.
    Https,
}

/// What makes a server's certificate believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// The roots of the system.
    #[default]
    System,
    /// The certificates in one PEM file, and no others.
    CaFile(PathBuf),
    /// This one certificate. Its name and its dates are not looked at.
    Fingerprint(Fingerprint),
}

/// SHA-256 of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a fingerprint is 64 hexadecimal digits, with or without colons between and sha256: in front"
)]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// Takes 64 digits, colons between or not, `sha256:` in any case in front or not.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        fingerprint(text)
            .map(Fingerprint)
            .map_err(|_| NoFingerprint)
    }
}

/// The user's certificate and its key, both PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those between it and its root.
    pub certificate_file: PathBuf,
    /// The private key, not encrypted: PKCS#8, PKCS#1 or SEC1.
    pub key_file: PathBuf,
}

/// Where to, who, and what to believe. Shared by the connections to one target, which so know of each
/// other that a password was refused.
#[derive(Debug)]
pub struct Settings {
    /// With TLS or without.
    pub scheme: Scheme,
    /// A name or an address, an IPv6 address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// What stands behind the port, with `/` in front and with the query.
    pub path: String,
    /// What makes the server's certificate believed; of no use without TLS.
    pub trust: Trust,
    /// How to log in.
    pub auth: Auth,
    /// Who logs in: `DOMAIN\user`, `user@domain` or `user`.
    pub user: String,
    /// The user's password.
    pub secret: Option<Secret>,
    /// The KDCs of the user's realm when they are known; else they are looked for
    /// (`auth::kdc::find`).
    pub kdcs: Option<Vec<Kdc>>,
    /// For [`Auth::Certificate`].
    pub client_certificate: Option<ClientCertificate>,
    /// For TCP and TLS together.
    pub connect_timeout: Duration,
    /// For the log-in.
    pub login_timeout: Duration,
    /// The header `User-Agent`.
    pub user_agent: String,
    refused: AtomicBool,
    heard: AtomicBool,
    tls: OnceLock<Arc<rustls::ClientConfig>>,
}

impl Settings {
    /// Settings with the path `/wsman`, the system's roots, Negotiate, and 15 s for each time-out.
    pub fn new(scheme: Scheme, host: &str, port: u16, user: &str, secret: Option<Secret>) -> Self {
        Settings {
            scheme,
            host: host.to_owned(),
            port,
            path: "/wsman".to_owned(),
            trust: Trust::default(),
            auth: Auth::default(),
            user: user.to_owned(),
            secret,
            kdcs: None,
            client_certificate: None,
            connect_timeout: Duration::from_secs(15),
            login_timeout: Duration::from_secs(15),
            user_agent: concat!("csdeck/", env!("CARGO_PKG_VERSION")).to_owned(),
            refused: AtomicBool::new(false),
            heard: AtomicBool::new(false),
            tls: OnceLock::new(),
        }
    }

    /// True with TLS.
    pub fn is_tls(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// host:port, an IPv6 address in brackets.
    pub fn address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// True once the server refused the password: it is not sent again (account lock-out).
    pub fn was_refused(&self) -> bool {
        self.refused.load(Ordering::SeqCst)
    }

    /// The server refused the password.
    pub(super) fn set_refused(&self) {
        self.refused.store(true, Ordering::SeqCst);
    }

    /// True once a log-in with these settings came to its end: what speaks there is known.
    pub(super) fn was_heard(&self) -> bool {
        self.heard.load(Ordering::SeqCst)
    }

    /// A log-in came to its end.
    pub(super) fn set_heard(&self) {
        self.heard.store(true, Ordering::SeqCst);
    }

    /// The TLS set-up, made once and where it holds nobody up: the system's roots are hundreds, and files
    /// may be far away.
    pub(super) async fn tls_config(&self) -> Result<Arc<rustls::ClientConfig>, WireError> {
        if let Some(made) = self.tls.get() {
            return Ok(Arc::clone(made));
        }
        let (trust, files, auth) = (
            self.trust.clone(),
            self.client_certificate.clone(),
            self.auth,
        );
        // One that failed is tried again: a file may be there by then.
        let made = spawn_blocking(move || trust::config(&trust, files.as_ref(), auth))
            .await
            .unwrap_or_else(|e| Err(WireError::Setup(format!("TLS cannot be set up: {e}"))))?;
        Ok(Arc::clone(self.tls.get_or_init(|| made)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_fingerprint_is_read_as_it_is_written(bytes: [u8; 32], head: bool, colons: bool, upper: bool) {
            let separator = if colons { ":" } else { "" };
            let digits: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
            let head = if head { "sha256:" } else { "" };
            let mut text = format!("{head}{}", digits.join(separator));
            if upper {
                text = text.to_uppercase();
            }
            prop_assert_eq!(text.parse::<Fingerprint>(), Ok(Fingerprint(bytes)));
            prop_assert_eq!(Fingerprint(bytes).to_string().parse(), Ok(Fingerprint(bytes)));
        }

        #[test]
        fn other_text_is_refused(text in "\\PC{0,80}") {
            prop_assume!(text.chars().filter(char::is_ascii_hexdigit).count() < 64);
            prop_assert_eq!(text.parse::<Fingerprint>(), Err(NoFingerprint));
        }
    }

    #[test]
    fn an_ipv6_address_gets_its_brackets() {
        let address = |host| Settings::new(Scheme::Http, host, 5985, "ops", None).address();
        assert_eq!(address("fe01.kestrel.lan"), "fe01.kestrel.lan:5985");
        assert_eq!(address("2001:db8::7"), "[2001:db8::7]:5985");
    }
}
