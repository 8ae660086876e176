//! Who the user is: the mechanisms of HTTP authentication that WinRM takes, and the sealing of bodies
//! that comes with them (MS-WSMV 2.2.9.1, RFC 4559, MS-NLMP, MS-KILE, MS-CSSP).

mod bound;
pub mod credssp;
pub mod der;
mod either;
mod exchange;
pub mod kdc;
pub mod kerberos;
pub mod negotiate;
pub mod principal;
pub mod ticket;
pub mod tunnel;
pub mod words;
pub mod wrap;

use kerberos::Scheme;

use super::wire::Settings;
use crate::execute::target::Auth;
use crate::execute::transport::BoxFuture;

/// The protocol of bodies sealed by what `Negotiate` agreed on, NTLM among it (MS-WSMV 2.2.9.1).
pub const SPNEGO_SEALED: &str = "application/HTTP-SPNEGO-session-encrypted";

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

    /// True when the token made last may be the last that the server needs, so that over TLS a body
    /// can travel with it.
    fn may_be_last(&self) -> bool {
        self.is_done()
    }

    /// True when a token was made that proves the password: when the server refuses now, the password
    /// is refused, and is not tried again.
    fn proved(&self) -> bool {
        self.is_done()
    }

    /// What it means that the server refuses now, where that says nothing about a password.
    fn refused(&self) -> Option<AuthError> {
        None
    }

    /// The most bytes that are sealed in one piece.
    fn longest_piece(&self) -> usize {
        usize::MAX
    }

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
    /// Kerberos, each kind of failure by itself.
    #[error(transparent)]
    Kerberos(#[from] words::KerberosError),
    /// CredSSP, likewise.
    #[error(transparent)]
    CredSsp(#[from] credssp::CredSspError),
    /// There is no password, and the mechanism needs one.
    #[error("a password is needed")]
    NeedsPassword,
}

impl AuthError {
    /// True when the password was refused: it must not be sent again (account lock-out).
    pub fn is_refused_password(&self) -> bool {
        match self {
            AuthError::Kerberos(error) => {
                matches!(error, words::KerberosError::PasswordWrong { .. })
            }
            AuthError::CredSsp(error) => error.is_refused_password(),
            _ => false,
        }
    }
}

/// The mechanism for a choice, bound to the server's certificate when there is TLS (`binding`: the
/// application data of RFC 5929, with its prefix).
pub fn mechanism(
    choice: Auth,
    settings: &Settings,
    binding: Option<&[u8]>,
) -> Result<Box<dyn Mechanism>, AuthError> {
    match choice {
        Auth::Negotiate => negotiate(settings, binding),
        Auth::Ntlm => ntlm("Negotiate", settings, binding),
        Auth::Kerberos => kerberos(Scheme::Kerberos, settings, binding),
        Auth::CredSsp => {
            let secret = settings.secret.as_ref().ok_or(AuthError::NeedsPassword)?;
            // No channel binding inside: the log-in is bound to the inner session's key by CredSSP.
            let inner = negotiate(settings, None)?;
            let login = credssp::CredSspLogin::new(&settings.user, secret, &settings.host, inner)?;
            Ok(Box::new(login))
        }
        Auth::Certificate | Auth::Basic => Err(AuthError::Mechanism(format!(
            "{choice} is no mechanism with tokens"
        ))),
    }
}

/// Kerberos by the bare scheme or inside `Negotiate`: with the password when there is one, else with the
/// signed-in user's ticket.
///
/// # Errors
/// When the user's name cannot be read, or this build cannot use tickets.
pub fn kerberos(
    scheme: Scheme,
    settings: &Settings,
    binding: Option<&[u8]>,
) -> Result<Box<dyn Mechanism>, AuthError> {
    match &settings.secret {
        Some(secret) => {
            let (user, host) = (&settings.user, &settings.host);
            let login = kerberos::KerberosLogin::new(scheme, user, secret, host, binding)?;
            Ok(Box::new(match &settings.kdcs {
                Some(kdcs) => login.with_kdcs(kdcs.clone()),
                None => login,
            }))
        }
        None => ticket::login(scheme, &settings.host, binding),
    }
}

/// Kerberos where it is possible, else NTLM. A user without a domain, and a server by its number, are
/// not Kerberos' to know.
fn negotiate(settings: &Settings, binding: Option<&[u8]>) -> Result<Box<dyn Mechanism>, AuthError> {
    if settings.secret.is_none() {
        return match ticket::is_built_in() {
            true => {
                let ticket = kerberos(Scheme::Negotiate, settings, binding)?;
                Ok(Box::new(either::Either::new(ticket, None)))
            }
            false => Err(AuthError::NeedsPassword),
        };
    }
    let second = ntlm("Negotiate", settings, binding)?;
    let by_number = settings.host.parse::<std::net::IpAddr>().is_ok();
    let has_domain =
        principal::Principal::parse(&settings.user).is_ok_and(|who| who.names_a_domain());
    if by_number || !has_domain || !settings.user.is_ascii() {
        return Ok(second);
    }
    let first = kerberos(Scheme::Negotiate, settings, binding)?;
    Ok(Box::new(either::Either::new(first, Some(second))))
}

/// NTLM by its own name, for a server that does not take it inside `Negotiate`.
pub fn bare_ntlm(
    settings: &Settings,
    binding: Option<&[u8]>,
) -> Result<Box<dyn Mechanism>, AuthError> {
    ntlm("NTLM", settings, binding)
}

fn ntlm(
    scheme: &'static str,
    settings: &Settings,
    binding: Option<&[u8]>,
) -> Result<Box<dyn Mechanism>, AuthError> {
    let secret = settings.secret.as_ref().ok_or(AuthError::NeedsPassword)?;
    let login = negotiate::NtlmLogin::new(scheme, &settings.user, secret, binding)?;
    Ok(Box::new(login))
}
