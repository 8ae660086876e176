//! CredSSP (MS-CSSP): the user's password goes to the server, sealed, so that the server can log in
//! elsewhere as the user (the second hop).
//!
//! TLS inside the tokens, in it a log-in by Kerberos or NTLM, then both sides show the hash of the
//! server's public key sealed with the keys of that log-in, then the password. Bodies are sealed by the
//! TLS session. The messages are sspi's; its client of the whole protocol is not used, since it takes
//! servers below version 5 and asks Kerberos for user-to-user tickets, which WinRM does not.

use aws_lc_rs::{constant_time, digest, rand};
use sspi::credssp::{CredSspMode, TsRequest, write_ts_credentials};
use sspi::{AuthIdentityBuffers, CredentialsBuffers};
use thiserror::Error;
use zeroize::Zeroizing;

use super::principal::Principal;
use super::tunnel::Tunnel;
use super::{AuthError, Mechanism, Sealed, der};
use crate::execute::transport::BoxFuture;
use crate::store::secret::Secret;

/// The protocol of bodies sealed by CredSSP (MS-WSMV 2.2.9.1).
pub const CREDSSP_SEALED: &str = "application/HTTP-CredSSP-session-encrypted";

/// The version we speak, and the oldest that binds the password to the server's key (CVE-2018-0886).
const VERSION: u32 = 6;
const OLDEST: u32 = 5;
/// As much is sealed in one piece: one TLS record (MS-WSMV 2.2.9.1.3).
const PIECE: usize = 16 * 1024;
/// The length of NTLM's signature and of Kerberos' wrap header, which a sealed hash begins with.
const SIGNATURES: [(&str, usize); 2] = [("NTLM", 16), ("Kerberos", 60)];

/// Why a log-in with CredSSP failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CredSspError {
    /// The TLS inside the tokens.
    #[error(
        "the TLS session inside CredSSP failed ({0}): the server may allow only ciphers that csdeck does not (it takes TLS 1.2 and 1.3 with ECDHE and AES-GCM, which Windows Server 2012 R2 and older do not have for CredSSP's certificate: use auth = \"kerberos\" there, or OcsPowershell where a second hop is needed)"
    )]
    Tls(String),
    /// An unpatched server.
    #[error(
        "the server speaks CredSSP version {0}, which gives passwords away (CVE-2018-0886): no password was sent. Install the updates of May 2018 or later on it"
    )]
    TooOld(u32),
    /// The server's public key is not the one that it logged in for.
    #[error(
        "the server did not prove that the session is its own (pubKeyAuth): somebody may sit in between. No password was sent"
    )]
    NotBound,
    /// The server gives an NTSTATUS.
    #[error("{0}")]
    Refused(String, u32),
    /// A message that makes no sense at this point.
    #[error("the server's CredSSP message cannot be read ({0})")]
    Malformed(&'static str),
}

impl CredSspError {
    /// True when the password was refused (STATUS_WRONG_PASSWORD, STATUS_LOGON_FAILURE).
    pub fn is_refused_password(&self) -> bool {
        matches!(
            self,
            CredSspError::Refused(_, 0xC000_006A | 0xC000_006D | 0x8009_030C)
        )
    }
}

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Tls,
    LogIn,
    Key,
    Done,
}

/// A log-in by CredSSP.
pub struct CredSspLogin {
    tunnel: Tunnel,
    /// The log-in inside.
    inner: Box<dyn Mechanism>,
    who: Principal,
    secret: Option<Secret>,
    nonce: [u8; 32],
    stage: Stage,
    version: Option<u32>,
}

impl CredSspLogin {
    /// A log-in as `user` to `host`. `inner` is the log-in inside, by the same user and password:
    /// Kerberos, or NTLM.
    ///
    /// # Errors
    /// When `user` is no user's name, or `host` no server's.
    pub fn new(
        user: &str,
        secret: &Secret,
        host: &str,
        inner: Box<dyn Mechanism>,
    ) -> Result<CredSspLogin, AuthError> {
        let mut nonce = [0; 32];
        rand::fill(&mut nonce)
            .map_err(|_| AuthError::Mechanism("no random numbers on this computer".to_owned()))?;
        Ok(CredSspLogin {
            tunnel: Tunnel::new(host)?,
            inner,
            who: Principal::parse(user)?,
            secret: Some(secret.clone()),
            nonce,
            stage: Stage::Tls,
            version: None,
        })
    }

    async fn next(&mut self, token: Option<&[u8]>) -> Result<Option<Vec<u8>>, AuthError> {
        let plain = self.tunnel.input(token.unwrap_or_default())?;
        match self.stage {
            Stage::Tls => {
                let out = self.tunnel.output()?;
                if !out.is_empty() {
                    return Ok(Some(out));
                }
                if self.tunnel.is_handshaking() {
                    return Err(CredSspError::Tls("it does not go on".to_owned()).into());
                }
                self.stage = Stage::LogIn;
                let nego = self.inner.step(None).await?;
                self.send(TsRequest {
                    version: VERSION,
                    nego_tokens: nego,
                    ..TsRequest::default()
                })
            }
            Stage::LogIn => {
                let request = self.receive(&plain)?;
                let token = request
                    .nego_tokens
                    .ok_or(CredSspError::Malformed("no token of the log-in"))?;
                let nego = self.inner.step(Some(&token)).await?;
                let (pub_key_auth, client_nonce) = if self.inner.is_done() {
                    self.stage = Stage::Key;
                    let hash = self.binding("Client-To-Server")?;
                    (Some(self.wrap(&hash)?), Some(self.nonce))
                } else {
                    (None, None)
                };
                self.send(TsRequest {
                    version: VERSION,
                    nego_tokens: nego,
                    pub_key_auth,
                    client_nonce,
                    ..TsRequest::default()
                })
            }
            Stage::Key => {
                let request = self.receive(&plain)?;
                let sealed = request.pub_key_auth.ok_or(CredSspError::NotBound)?;
                let theirs = self.unwrap(&sealed)?;
                let expected = self.binding("Server-To-Client")?;
                constant_time::verify_slices_are_equal(&theirs, &expected)
                    .map_err(|_| CredSspError::NotBound)?;
                let auth_info = Some(self.password()?);
                self.stage = Stage::Done;
                self.send(TsRequest {
                    version: VERSION,
                    auth_info,
                    ..TsRequest::default()
                })
            }
            Stage::Done => Ok(None),
        }
    }

    /// The message in the tunnel's records.
    fn send(&mut self, request: TsRequest) -> Result<Option<Vec<u8>>, AuthError> {
        let mut plain = Zeroizing::new(Vec::new());
        request
            .encode_ts_request(&mut *plain)
            .map_err(|_| CredSspError::Malformed("our own is too long"))?;
        Ok(Some(self.tunnel.seal(&plain)?))
    }

    /// Reads a message; refuses old versions, errors, and a version that changes.
    fn receive(&mut self, plain: &[u8]) -> Result<TsRequest, CredSspError> {
        let request =
            TsRequest::from_buffer(plain).map_err(|_| CredSspError::Malformed("no TSRequest"))?;
        if request.version < OLDEST {
            return Err(CredSspError::TooOld(request.version));
        }
        if *self.version.get_or_insert(request.version) != request.version {
            return Err(CredSspError::Malformed("another version than before"));
        }
        match request.error_code {
            Some(code) if code.0 != 0 => {
                Err(CredSspError::Refused(status_in_words(code.0), code.0))
            }
            _ => Ok(request),
        }
    }

    /// The hash that one side shows (MS-CSSP 3.1.5, from version 5 on).
    fn binding(&self, direction: &str) -> Result<Vec<u8>, CredSspError> {
        let key = self
            .tunnel
            .certificate()
            .and_then(der::public_key)
            .ok_or(CredSspError::Malformed("its certificate"))?;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(format!("CredSSP {direction} Binding Hash\0").as_bytes());
        hash.update(&self.nonce);
        hash.update(&key);
        Ok(hash.finish().as_ref().to_vec())
    }

    /// The password, sealed for the server (TSCredentials, MS-CSSP 2.2.1.2).
    fn password(&mut self) -> Result<Vec<u8>, AuthError> {
        let secret = self
            .secret
            .take()
            .ok_or(CredSspError::Malformed("once more"))?;
        let (user, domain) = match &self.who {
            Principal::Upn(account, suffix) => (format!("{account}@{suffix}"), String::new()),
            Principal::Domain(domain, account) => (account.clone(), domain.clone()),
            Principal::Bare(account) => (account.clone(), String::new()),
        };
        let identity = AuthIdentityBuffers::from_utf8(&user, &domain, secret.expose());
        let plain = write_ts_credentials(
            &CredentialsBuffers::AuthIdentity(identity),
            CredSspMode::WithCredentials,
        )
        .map(Zeroizing::new)
        .map_err(|_| CredSspError::Malformed("our own password"))?;
        self.wrap(&plain)
    }

    fn wrap(&mut self, plain: &[u8]) -> Result<Vec<u8>, AuthError> {
        let Sealed { header, body, .. } = self.inner.seal(plain)?;
        Ok([header, body].concat())
    }

    fn unwrap(&mut self, sealed: &[u8]) -> Result<Vec<u8>, AuthError> {
        let chosen = self.inner.chosen();
        let cut = SIGNATURES
            .iter()
            .find(|(name, _)| *name == chosen)
            .map_or(0, |(_, length)| *length);
        let (header, body) = sealed.split_at_checked(cut).ok_or(CredSspError::NotBound)?;
        self.inner
            .unseal(header, body)
            .map_err(|_| CredSspError::NotBound.into())
    }
}

/// An NTSTATUS in words (MS-ERREF 2.3.1).
fn status_in_words(code: u32) -> String {
    let words = match code {
        0xC000_006A | 0xC000_006D | 0x8009_030C => {
            "the server refused the user or the password: it was tried once and is not tried again"
        }
        0xC000_0064 => "the server's domain does not know the user",
        0xC000_006E | 0xC000_015B => {
            "the account may not log in to this server (an empty password, or no right to log in over the network)"
        }
        0xC000_006F => "the account may not log in at this hour",
        0xC000_0070 => "the account may not log in from this computer",
        0xC000_0071 | 0xC000_0224 => "the password has expired: change it",
        0xC000_0072 => "the account is disabled",
        0xC000_0193 => "the account has expired",
        0xC000_0234 => "the account is locked",
        0xC000_005E => "the server reaches no domain controller",
        0xC000_018B..=0xC000_018D => "the server's own account in the domain is broken",
        0xC000_0133 => "the clocks of the server and its domain controller differ too much",
        _ => "the server refused the log-in",
    };
    format!("{words} (NTSTATUS {code:#010x})")
}

impl Mechanism for CredSspLogin {
    fn scheme(&self) -> &'static str {
        "CredSSP"
    }

    fn step<'a>(
        &'a mut self,
        token: Option<&'a [u8]>,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, AuthError>> {
        Box::pin(self.next(token))
    }

    fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    fn chosen(&self) -> &'static str {
        match self.inner.chosen() {
            "Kerberos" => "CredSSP (Kerberos)",
            "NTLM" => "CredSSP (NTLM)",
            _ => "CredSSP",
        }
    }

    fn proved(&self) -> bool {
        self.inner.proved()
    }

    fn longest_piece(&self) -> usize {
        PIECE
    }

    fn sealing(&self) -> Option<&'static str> {
        Some(CREDSSP_SEALED)
    }

    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        if self.stage != Stage::Done {
            return Err(CredSspError::NotBound.into());
        }
        let mut header = self.tunnel.seal(plain)?;
        let trailer = self
            .tunnel
            .trailer()
            .filter(|trailer| *trailer <= header.len())
            .ok_or_else(|| CredSspError::Tls("its cipher is not known here".to_owned()))?;
        let body = header.split_off(trailer);
        Ok(Sealed {
            header,
            body,
            padding: 0,
        })
    }

    fn unseal(&mut self, header: &[u8], body: &[u8]) -> Result<Vec<u8>, AuthError> {
        if self.stage != Stage::Done {
            return Err(CredSspError::NotBound.into());
        }
        // A record that does not belong here, or comes twice, breaks the session.
        Ok(self.tunnel.input(&[header, body].concat())?)
    }
}
