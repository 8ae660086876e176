//! Who the user is: the mechanisms of HTTP authentication that WinRM takes, and the sealing of bodies
//! that comes with them (MS-WSMV 2.2.9.1, RFC 4559, MS-NLMP, MS-KILE, MS-CSSP).

use crate::execute::transport::BoxFuture;

/// A security context in the making, then made. Belongs to one HTTP connection.
pub trait Mechanism: Send {
    /// The word in `Authorization` and `WWW-Authenticate`: `Negotiate`, `Kerberos`, `CredSSP`, ...
    fn scheme(&self) -> &'static str;

    /// The next token for the server, made from the server's last one (`None` at first). `None` when
    /// there is nothing more to say. May talk to a KDC.
    fn step<'a>(
        &'a mut self,
        token: Option<&'a [u8]>,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, AuthError>>;

    /// True when the context is made: both sides know each other as far as the mechanism goes.
    fn is_done(&self) -> bool;

    /// What was agreed on, in words: `NTLM`, `Kerberos`, ...
    fn chosen(&self) -> &'static str;

    /// The protocol of sealed bodies (`application/HTTP-SPNEGO-session-encrypted`, ...); `None` when
    /// the mechanism cannot seal.
    fn sealing(&self) -> Option<&'static str>;

    /// Seals one body.
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError>;

    /// Opens one sealed body: the signature's part and the rest.
    fn unseal(&mut self, header: &[u8], body: &[u8]) -> Result<Vec<u8>, AuthError>;
}

/// A sealed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The signature or wrap header that goes in front, with its length before it.
    pub header: Vec<u8>,
    /// The sealed bytes, padding included.
    pub body: Vec<u8>,
    /// Bytes of padding, which count in the stated length.
    pub padding: usize,
}

/// Why a log-in or a sealed body failed. Grows with the mechanisms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// In the mechanism's words.
    #[error("{0}")]
    Mechanism(String),
}
