//! Kerberos with a password (MS-KILE, RFC 4120, RFC 4121), by its own name or inside `Negotiate`
//! (SPNEGO, RFC 4178).
//!
//! sspi makes the messages; the way to the KDC is ours (see [`super::kdc`]), and so is the opening of
//! what the server seals (see [`super::wrap`]).

use sspi::{EncryptionFlags, SecurityBufferRef, SecurityStatus, Sspi};
use zeroize::Zeroizing;

use super::exchange::{Asked, Context, begin, plain, step};
use super::kdc::{self, Kdc, Krb5Conf};
use super::principal::Principal;
use super::words::{KerberosError, Names};
use super::{AuthError, Mechanism, SPNEGO_SEALED, Sealed, bound, wrap};
use crate::execute::transport::BoxFuture;
use crate::store::secret::Secret;

/// The protocol of bodies sealed by Kerberos by its own name (MS-WSMV 2.2.9.1).
pub const KERBEROS_SEALED: &str = "application/HTTP-Kerberos-session-encrypted";

/// The word in front of the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Bare Kerberos tokens.
    Kerberos,
    /// Kerberos tokens in SPNEGO, with nothing else offered.
    Negotiate,
}

impl Scheme {
    /// As it stands in `Authorization`.
    pub fn word(self) -> &'static str {
        match self {
            Scheme::Kerberos => "Kerberos",
            Scheme::Negotiate => "Negotiate",
        }
    }

    /// The protocol of sealed bodies.
    pub fn sealing(self) -> &'static str {
        match self {
            Scheme::Kerberos => KERBEROS_SEALED,
            Scheme::Negotiate => SPNEGO_SEALED,
        }
    }
}

/// Kerberos with a password: asks the KDC for a ticket to `HTTP/host`, shows it to the server, and has
/// the server prove that it could read it.
pub struct KerberosLogin {
    scheme: Scheme,
    who: Principal,
    secret: Option<Secret>,
    host: String,
    /// `SEC_CHANNEL_BINDINGS`, when there is TLS.
    binding: Option<Vec<u8>>,
    /// The KDCs, when they are given and not looked for.
    kdcs: Option<Vec<Kdc>>,
    context: Option<Context>,
    /// Names for error messages; complete once the realm is known.
    names: Names,
    opening: Option<Opening>,
}

/// What is needed to open the server's bodies.
struct Opening {
    key: Zeroizing<Vec<u8>>,
    sequence: wrap::Sequence,
}

impl KerberosLogin {
    /// A log-in as `user@domain`, `DOMAIN\user` or `user` (of the default realm) to the server `host`,
    /// whose name in the domain it is. `binding` is the application data of RFC 5929 when there is TLS.
    ///
    /// # Errors
    /// When `user` is no user's name.
    pub fn new(
        scheme: Scheme,
        user: &str,
        secret: &Secret,
        host: &str,
        binding: Option<&[u8]>,
    ) -> Result<KerberosLogin, AuthError> {
        let who = Principal::parse(user)?;
        // Kerberos carries these names as IA5 text (RFC 4120 5.2.1); a domain controller reads UTF-8
        // there, sspi does not write it.
        if !user.is_ascii() {
            return Err(AuthError::Mechanism(format!(
                "the user {user:?} has letters that csdeck cannot send with Kerberos: use another name of the account, or auth = \"ntlm\""
            )));
        }
        let names = Names {
            user: user.to_owned(),
            realm: String::new(),
            host: host.to_owned(),
            spn: spn(host),
        };
        Ok(KerberosLogin {
            scheme,
            who,
            secret: Some(secret.clone()),
            host: host.to_owned(),
            binding: binding.map(channel_bindings),
            kdcs: None,
            context: None,
            names,
            opening: None,
        })
    }

    /// Asks these KDCs, and looks for none.
    #[must_use]
    pub fn with_kdcs(mut self, kdcs: Vec<Kdc>) -> Self {
        self.kdcs = Some(kdcs);
        self
    }

    async fn first(&mut self) -> Result<Vec<u8>, AuthError> {
        let conf = Krb5Conf::load().await;
        let realm = self.who.realm(&self.host, &conf)?;
        let (realm, kdcs) = match self.kdcs.clone() {
            Some(kdcs) => (realm, kdcs),
            None => find(&self.who, realm, &self.host).await?,
        };
        self.names.realm.clone_from(&realm);
        self.names.user = self.who.shown(&realm);
        let secret = self.secret.take().ok_or_else(ended)?;
        // An AD domain knows a user by the name with @ even where that is not account@realm; other
        // KDCs may know the account only. No password is in the first question to the KDC, so asking
        // twice does not count as a wrong one.
        let mut last = None;
        for identity in self.who.identities(&realm, &secret) {
            let mut context = begin(self.scheme, identity, &kdcs)?;
            let mut asked = Asked::new(&kdcs, &self.names);
            match step(
                &mut context,
                &self.names.spn,
                None,
                self.binding.as_deref(),
                &mut asked,
            )
            .await
            {
                Ok((_, token)) => {
                    let token = match &self.binding {
                        Some(_) => marked(&context, &token)?,
                        None => token,
                    };
                    // The KDC has had its proof: the password is not kept for the connection's life.
                    context.credentials = None;
                    self.context = Some(context);
                    return Ok(token);
                }
                Err(error @ KerberosError::UserUnknown { .. }) => last = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        Err(last.map_or_else(ended, AuthError::from))
    }

    async fn next(&mut self, token: &[u8]) -> Result<Option<Vec<u8>>, AuthError> {
        let context = self.context.as_mut().ok_or_else(ended)?;
        let mut asked = Asked::new(&[], &self.names);
        let (status, out) = step(context, &self.names.spn, Some(token), None, &mut asked).await?;
        if status == SecurityStatus::Ok {
            let key = context
                .sspi
                .query_context_session_key()
                .map_err(|_| KerberosError::ServerNotProven)?;
            self.opening = Some(Opening {
                key: Zeroizing::new(key.session_key.as_ref().clone()),
                sequence: wrap::Sequence::default(),
            });
        }
        Ok((!out.is_empty()).then_some(out))
    }
}

/// The token with the mark of its binding put right.
fn marked(context: &Context, token: &[u8]) -> Result<Vec<u8>, AuthError> {
    let key = context
        .sspi
        .query_context_session_key()
        .map_err(|e| plain(&e))?;
    bound::put_right(token, key.session_key.as_ref())
        .ok_or_else(|| AuthError::Mechanism("Kerberos: our own token cannot be read".to_owned()))
}

/// `HTTP/host`: what WinRM's clients ask for; a domain maps it to the computer's `HOST/host`.
pub fn spn(host: &str) -> String {
    format!("HTTP/{host}")
}

/// The server refused a ticket that the KDC gave.
pub(super) fn not_let_in(names: &Names) -> AuthError {
    KerberosError::NotLetIn {
        user: names.user.clone(),
        spn: names.spn.clone(),
    }
    .into()
}

/// `SEC_CHANNEL_BINDINGS` of SSPI: eight numbers, then the application data.
fn channel_bindings(data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(32 + data.len());
    for number in [0, 0, 0, 0, 0, 0, length, 32] {
        out.extend_from_slice(&u32::to_le_bytes(number));
    }
    out.extend_from_slice(data);
    out
}

pub(super) fn ended() -> AuthError {
    AuthError::Mechanism("the log-in has ended already".to_owned())
}

/// The KDCs of the user's realm. For `CONTOSO\user`, which names no realm, the server's own domain is
/// taken when it begins with that name.
async fn find(
    who: &Principal,
    realm: String,
    host: &str,
) -> Result<(String, Vec<Kdc>), KerberosError> {
    match (kdc::find(&realm).await, who.realm_by_host(host)) {
        (Ok(kdcs), _) => Ok((realm, kdcs)),
        (Err(KerberosError::NoKdc { .. }), Some(by_host)) => {
            let kdcs = kdc::find(&by_host).await?;
            Ok((by_host, kdcs))
        }
        (Err(error), _) => Err(error),
    }
}

impl Mechanism for KerberosLogin {
    fn scheme(&self) -> &'static str {
        self.scheme.word()
    }

    fn step<'a>(
        &'a mut self,
        token: Option<&'a [u8]>,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, AuthError>> {
        Box::pin(async move {
            match (token, self.context.is_some(), self.is_done()) {
                (None, false, _) => self.first().await.map(Some),
                (Some(token), true, false) => self.next(token).await,
                (_, _, true) => Ok(None),
                _ => Err(KerberosError::ServerNotProven.into()),
            }
        })
    }

    fn is_done(&self) -> bool {
        self.opening.is_some()
    }

    fn chosen(&self) -> &'static str {
        "Kerberos"
    }

    fn may_be_last(&self) -> bool {
        // The ticket is all the server needs; the proof of the server comes back with its answer.
        self.context.is_some()
    }

    fn proved(&self) -> bool {
        // The password was proved to the KDC. A refusal by the server says nothing about it.
        false
    }

    fn refused(&self) -> Option<AuthError> {
        Some(not_let_in(&self.names))
    }

    fn sealing(&self) -> Option<&'static str> {
        Some(self.scheme.sealing())
    }

    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        if !self.is_done() {
            return Err(KerberosError::ServerNotProven.into());
        }
        let context = self.context.as_mut().ok_or_else(ended)?;
        let size = context
            .sspi
            .query_context_sizes()
            .map_err(|e| super::exchange::plain(&e))?
            .security_trailer;
        let mut header = vec![0; usize::try_from(size).unwrap_or_default()];
        let mut body = plain.to_vec();
        let mut buffers = [
            SecurityBufferRef::token_buf(&mut header),
            SecurityBufferRef::data_buf(&mut body),
        ];
        context
            .sspi
            .encrypt_message(EncryptionFlags::empty(), &mut buffers)
            .map_err(|e| super::exchange::plain(&e))?;
        Ok(Sealed {
            header,
            body,
            padding: 0,
        })
    }

    fn unseal(&mut self, header: &[u8], body: &[u8]) -> Result<Vec<u8>, AuthError> {
        let opening = self
            .opening
            .as_mut()
            .ok_or(KerberosError::ServerNotProven)?;
        Ok(wrap::open(
            &opening.key,
            &mut opening.sequence,
            header,
            body,
        )?)
    }
}
