//! NTLM (MS-NLMP), inside `Negotiate` or by its own name.
//!
//! What is sent in `Negotiate` is the bare NTLM message, not one wrapped in SPNEGO: servers take both,
//! and with one mechanism there is no choice that the wrapping could protect.

use sspi::{
    AuthIdentityBuffers, BufferType, ClientRequestFlags, DataRepresentation, EncryptionFlags, Ntlm,
    SecurityBuffer, SecurityBufferRef, SecurityStatus, Sspi, SspiImpl, Username, UsernameParts,
};

use super::{AuthError, Mechanism, SPNEGO_SEALED, Sealed};
use crate::execute::transport::BoxFuture;
use crate::store::secret::Secret;

/// The length of NTLM's signature (MS-NLMP 2.2.2.9.1).
const SIGNATURE: usize = 16;

/// What the server has to agree to before a body is sealed (MS-NLMP 2.2.2.5): signing, sealing,
/// extended session security, 128 bits, a session key of its own.
const NEEDED: u32 = 0x0000_0010 | 0x0000_0020 | 0x0008_0000 | 0x2000_0000 | 0x4000_0000;

/// NTLM, version 2 only, with a message integrity code and sealing.
///
/// sspi wipes the password and the signing keys when they are dropped; the keys of RC4 and the session
/// key, which are good for this one connection, it does not.
pub struct NtlmLogin {
    scheme: &'static str,
    ntlm: Ntlm,
    /// Until the proof is made.
    identity: Option<AuthIdentityBuffers>,
    has_begun: bool,
    is_done: bool,
}

impl NtlmLogin {
    /// A log-in as `DOMAIN\user`, `user@domain` or `user`, bound to `binding` (the application data of
    /// RFC 5929) when there is TLS. `scheme` is `Negotiate` or `NTLM`.
    pub fn new(
        scheme: &'static str,
        user: &str,
        secret: &Secret,
        binding: Option<&[u8]>,
    ) -> Result<NtlmLogin, AuthError> {
        let name = Username::parse(user)
            .ok()
            .filter(|name| !name.account_name().is_empty())
            .ok_or_else(|| {
                AuthError::Mechanism(format!(
                    "{user:?} is no user name: it is DOMAIN\\user, user@domain or user"
                ))
            })?;
        // A name with @ goes as it is and without a domain: the domain controller finds the account.
        let (account, domain) = match name.parts() {
            UsernameParts::UserPrincipalName(parts) => (parts.upn(), ""),
            UsernameParts::DownLevelLogonName(parts) => {
                (parts.account_name(), parts.netbios_domain().unwrap_or(""))
            }
        };
        let mut ntlm = Ntlm::new();
        if let Some(binding) = binding {
            ntlm.set_channel_bindings(binding);
        }
        Ok(NtlmLogin {
            scheme,
            ntlm,
            identity: Some(AuthIdentityBuffers::from_utf8(
                account,
                domain,
                secret.expose(),
            )),
            has_begun: false,
            is_done: false,
        })
    }

    fn next(&mut self, token: Option<&[u8]>) -> Result<Option<Vec<u8>>, AuthError> {
        if self.is_done {
            return Ok(None);
        }
        match (token, self.has_begun) {
            (None, false) => {}
            (Some(token), true) => check_challenge(token)?,
            _ => {
                return Err(AuthError::Mechanism(
                    "the server answered out of turn".to_owned(),
                ));
            }
        }
        let mut input = [SecurityBuffer::new(
            token.unwrap_or_default().to_vec(),
            BufferType::Token,
        )];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut identity = self.identity.take();
        let mut builder = self
            .ntlm
            .initialize_security_context()
            .with_credentials_handle(&mut identity)
            .with_context_requirements(
                ClientRequestFlags::CONFIDENTIALITY | ClientRequestFlags::INTEGRITY,
            )
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        let stepped = self
            .ntlm
            .initialize_security_context_impl(&mut builder)
            .and_then(|mut step| step.resolve_to_result())
            .map_err(words)?;
        self.has_begun = true;
        self.is_done = stepped.status == SecurityStatus::Ok;
        if !self.is_done {
            self.identity = identity;
        }
        let [out] = output;
        Ok(Some(out.buffer))
    }
}

/// Refuses a challenge that would leave bodies unsealed, or that is none.
fn check_challenge(token: &[u8]) -> Result<(), AuthError> {
    let flags = token
        .strip_prefix(b"NTLMSSP\0\x02\0\0\0")
        .and_then(|rest| rest.get(8..12))
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .ok_or_else(|| AuthError::Mechanism("the server's NTLM message is none".to_owned()))?;
    match flags & NEEDED == NEEDED {
        true => Ok(()),
        false => Err(AuthError::Mechanism(format!(
            "the server does not agree to sealing with 128 bits (NTLM flags {flags:#010x}), so nothing more was sent. If it did before, somebody may sit in between"
        ))),
    }
}

fn words(error: sspi::Error) -> AuthError {
    AuthError::Mechanism(format!("NTLM: {}", error.description))
}

impl Mechanism for NtlmLogin {
    fn scheme(&self) -> &'static str {
        self.scheme
    }

    fn step<'a>(
        &'a mut self,
        token: Option<&'a [u8]>,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, AuthError>> {
        // Nothing to wait for: NTLM asks nobody but the server.
        Box::pin(std::future::ready(self.next(token)))
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn chosen(&self) -> &'static str {
        "NTLM"
    }

    fn sealing(&self) -> Option<&'static str> {
        Some(SPNEGO_SEALED)
    }

    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        let mut header = vec![0; SIGNATURE];
        let mut body = plain.to_vec();
        let mut buffers = [
            SecurityBufferRef::token_buf(&mut header),
            SecurityBufferRef::data_buf(&mut body),
        ];
        self.ntlm
            .encrypt_message(EncryptionFlags::empty(), &mut buffers)
            .map_err(words)?;
        Ok(Sealed {
            header,
            body,
            padding: 0,
        })
    }

    fn unseal(&mut self, header: &[u8], body: &[u8]) -> Result<Vec<u8>, AuthError> {
        if header.len() != SIGNATURE {
            return Err(AuthError::Mechanism(format!(
                "NTLM: a signature of {} bytes",
                header.len()
            )));
        }
        let mut header = header.to_vec();
        let mut body = body.to_vec();
        let mut buffers = [
            SecurityBufferRef::token_buf(&mut header),
            SecurityBufferRef::data_buf(&mut body),
        ];
        self.ntlm.decrypt_message(&mut buffers).map_err(words)?;
        Ok(body)
    }
}

#[cfg(test)]
#[path = "negotiate_tests.rs"]
mod tests;
