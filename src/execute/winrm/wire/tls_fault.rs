//! What can be wrong with TLS and with a certificate, and what to do about it.

use std::path::PathBuf;

use thiserror::Error;

use super::binding::Certificate;
use super::error::listed;
use super::settings::Fingerprint;

/// TLS that did not come about, and the server's certificate as far as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no TLS with {address}: {why}")]
pub struct TlsFault {
    /// host:port as asked for.
    pub address: String,
    /// The server's certificate, when it came.
    pub certificate: Option<Certificate>,
    /// What is wrong.
    pub why: TlsWhy,
}

/// Where that comes from, and the ways out ("TLS Cipher Suites in Windows 8.1" and its neighbours).
const NO_CIPHER: &str = "Windows Server 2012 R2 and older have no such cipher for RSA certificates: use their HTTP listener (5985) with Kerberos or NTLM, which seals every body, or give the listener an ECDSA certificate. Newer ones have TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 unless a policy took it away (SSL Cipher Suite Order, IIS Crypto)";

/// What is wrong with TLS.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TlsWhy {
    /// Nobody who is believed signed it.
    #[error(
        "its certificate is signed by {issuer:?}, which {} does not know. Set ca_file = \"...\" to the PEM file of that CA; or, after you compared it on the server, fingerprint = \"{found}\"",
        ca_file.as_ref().map_or_else(|| "this system".to_owned(), |file| file.display().to_string())
    )]
    UnknownIssuer {
        /// Who signed it.
        issuer: String,
        /// The file that was looked into instead of the system's roots.
        ca_file: Option<PathBuf>,
        /// The certificate's own.
        found: Fingerprint,
    },
    /// Its time is over.
    #[error(
        "its certificate expired on {not_after}. Give the listener a new one, and compare the clocks; to go on with the old one after you compared it: fingerprint = \"{found}\""
    )]
    Expired {
        /// Its last moment, UTC.
        not_after: String,
        /// The certificate's own.
        found: Fingerprint,
    },
    /// Its time has not come.
    #[error("its certificate is good from {not_before} only. Compare the clocks")]
    NotYetValid {
        /// Its first moment, UTC.
        not_before: String,
    },
    /// It is another server's.
    #[error(
        "its certificate is not for {asked} but for {}. Use one of these names in the target; or, after you compared it on the server, fingerprint = \"{found}\"",
        listed(has)
    )]
    WrongName {
        /// The host as asked for.
        asked: String,
        /// The names in the certificate.
        has: Vec<String>,
        /// The certificate's own.
        found: Fingerprint,
    },
    /// It is not the one that was pinned.
    #[error(
        "its certificate has the fingerprint {found}, the target wants {expected}. Somebody may sit in between, or the listener has a new certificate. When you know it has: put the new fingerprint into the target"
    )]
    WrongFingerprint {
        /// The target's.
        expected: Fingerprint,
        /// The certificate's own.
        found: Fingerprint,
    },
    /// Something else is wrong with it.
    #[error("its certificate is not good: {0}")]
    BadCertificate(String),
    /// The server does not take the user's certificate.
    #[error(
        "it does not take the client certificate ({0}). Check on the server that the certificate's root is in its trusted roots and that a mapping exists (winrm enumerate winrm/config/service/certmapping)"
    )]
    ClientCertificate(String),
    /// Nothing that both sides speak.
    #[error(
        "it has no protocol version or cipher in common with csdeck, which takes TLS 1.2 and 1.3 with ECDHE and AES-GCM or ChaCha20. {NO_CIPHER}"
    )]
    NothingInCommon,
    /// What answers is no TLS server.
    #[error(
        "what answers there does not speak TLS. Is it the HTTP listener (5985)? Then use http:// or tls = false: Kerberos and NTLM seal every body"
    )]
    NotTls,
    /// The connection ended in the middle of the handshake.
    #[error(
        "it ended the connection in the handshake ({0}). Windows does so when the listener has no certificate (winrm enumerate winrm/config/listener), and when it has no cipher in common with csdeck, which takes ECDHE with AES-GCM or ChaCha20 only. {NO_CIPHER}"
    )]
    Ended(String),
    /// In rustls's words.
    #[error("{0}")]
    Other(String),
}
