//! `auth = "negotiate"`: Kerberos where it is possible, else NTLM, as Windows does.

use std::time::Duration;

use tokio::time::timeout;

use super::words::KerberosError;
use super::{AuthError, Mechanism, Sealed};
use crate::execute::transport::BoxFuture;

/// As long may Kerberos take to get its ticket before NTLM is used: DNS and the firewall may be silent.
/// Longer than a KDC has to answer: one that was given the proof of the password decides.
const PATIENCE: Duration = Duration::from_secs(12);

/// Kerberos first. Which one it is, is settled before anything goes to the server.
pub struct Either {
    kerberos: Box<dyn Mechanism>,
    ntlm: Option<Box<dyn Mechanism>>,
    has_fallen_back: bool,
}

impl Either {
    /// Both are made for the same user and server. Without a password there is no NTLM: then it is
    /// the user's ticket, or a password is needed.
    pub fn new(kerberos: Box<dyn Mechanism>, ntlm: Option<Box<dyn Mechanism>>) -> Self {
        Either {
            kerberos,
            ntlm,
            has_fallen_back: false,
        }
    }

    fn used(&self) -> &dyn Mechanism {
        match &self.ntlm {
            Some(ntlm) if self.has_fallen_back => &**ntlm,
            _ => &*self.kerberos,
        }
    }

    fn used_mut(&mut self) -> &mut dyn Mechanism {
        match &mut self.ntlm {
            Some(ntlm) if self.has_fallen_back => &mut **ntlm,
            _ => &mut *self.kerberos,
        }
    }

    async fn next(&mut self, token: Option<&[u8]>) -> Result<Option<Vec<u8>>, AuthError> {
        if token.is_none() && !self.has_fallen_back {
            let made = timeout(PATIENCE, self.kerberos.step(None)).await;
            match (made, &self.ntlm) {
                (Ok(Err(AuthError::Kerberos(error))), Some(_)) if leaves_ntlm(&error) => {}
                (Err(_), Some(_)) => {}
                (Ok(Err(AuthError::Kerberos(error))), None) if !is_the_tickets(&error) => {
                    return Err(AuthError::NeedsPassword);
                }
                (Err(_), None) => return Err(AuthError::NeedsPassword),
                (Ok(made), _) => return made,
            }
            self.has_fallen_back = true;
        }
        self.used_mut().step(token).await
    }
}

/// True when Kerberos is not possible between this computer and that server. False when the domain said
/// something about the account or the password: asking once more by NTLM would count as a second try.
fn leaves_ntlm(error: &KerberosError) -> bool {
    matches!(
        error,
        KerberosError::NoRealm { .. }
            | KerberosError::NoKdc { .. }
            | KerberosError::KdcUnreachable { .. }
            | KerberosError::WrongRealm { .. }
            | KerberosError::UserUnknown { .. }
            | KerberosError::ServerUnknown { .. }
            | KerberosError::AddressNotName { .. }
            | KerberosError::ServerNotUnique { .. }
            | KerberosError::EncryptionType { .. }
            | KerberosError::Proxy(_)
    )
}

/// True when the user has a ticket, and it is what is wrong: told as such, a password is not asked for.
fn is_the_tickets(error: &KerberosError) -> bool {
    matches!(
        error,
        KerberosError::TicketExpired | KerberosError::ClockSkew { .. }
    )
}

impl Mechanism for Either {
    fn scheme(&self) -> &'static str {
        self.used().scheme()
    }

    fn step<'a>(
        &'a mut self,
        token: Option<&'a [u8]>,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, AuthError>> {
        Box::pin(self.next(token))
    }

    fn is_done(&self) -> bool {
        self.used().is_done()
    }

    fn chosen(&self) -> &'static str {
        self.used().chosen()
    }

    fn may_be_last(&self) -> bool {
        self.used().may_be_last()
    }

    fn proved(&self) -> bool {
        self.used().proved()
    }

    fn refused(&self) -> Option<AuthError> {
        self.used().refused()
    }

    fn longest_piece(&self) -> usize {
        self.used().longest_piece()
    }

    fn sealing(&self) -> Option<&'static str> {
        self.used().sealing()
    }

    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        self.used_mut().seal(plain)
    }

    fn unseal(&mut self, header: &[u8], body: &[u8]) -> Result<Vec<u8>, AuthError> {
        self.used_mut().unseal(header, body)
    }
}
