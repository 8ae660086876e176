//! One step of Kerberos with sspi, which makes the messages, and with the KDCs, to which they are carried
//! here.

use sspi::credssp::SspiContext;
use sspi::generator::GeneratorState;
use sspi::{
    AuthIdentityBuffers, BufferType, ClientRequestFlags, CredentialsBuffers, DataRepresentation,
    Kerberos, KerberosConfig, Negotiate, NegotiateConfig, NetworkRequest, SecurityBuffer,
    SecurityStatus, Sspi, SspiImpl,
};

use super::kdc::{self, Kdc};
use super::kerberos::{Scheme, ended};
use super::words::{KerberosError, KrbError, Names, PREAUTH_REQUIRED};
use super::{AuthError, der};

/// A context in the making, or made.
pub struct Context {
    /// The protocol.
    pub sspi: SspiContext,
    /// The user, until the tickets are there.
    pub credentials: Option<CredentialsBuffers>,
}

/// A context that has said nothing yet.
pub fn begin(
    scheme: Scheme,
    identity: AuthIdentityBuffers,
    kdcs: &[Kdc],
) -> Result<Context, AuthError> {
    let first = kdcs.first().ok_or_else(ended)?;
    // The name of this computer stays at home: the KDC has no need of it.
    let config = KerberosConfig::new_with_kdc_url(&format!("tcp://{first}"), String::new());
    let sspi = match scheme {
        Scheme::Kerberos => {
            SspiContext::Kerberos(Kerberos::new_client_from_config(config).map_err(|e| plain(&e))?)
        }
        Scheme::Negotiate => {
            let config = NegotiateConfig::new(
                Box::new(config),
                Some("kerberos,!ntlm,!pku2u".to_owned()),
                String::new(),
            );
            SspiContext::Negotiate(Negotiate::new_client(config).map_err(|e| plain(&e))?)
        }
    };
    Ok(Context {
        sspi,
        credentials: Some(CredentialsBuffers::AuthIdentity(identity)),
    })
}

/// In sspi's own words.
pub fn plain(error: &sspi::Error) -> AuthError {
    AuthError::Mechanism(format!("Kerberos: {}", error.description))
}

/// Questions to KDCs during one step, and what they said.
pub struct Asked<'a> {
    kdcs: &'a [Kdc],
    names: &'a Names,
    refusal: Option<KrbError>,
    unreachable: Option<KerberosError>,
}

impl<'a> Asked<'a> {
    /// Nothing asked so far.
    pub fn new(kdcs: &'a [Kdc], names: &'a Names) -> Self {
        Asked {
            kdcs,
            names,
            refusal: None,
            unreachable: None,
        }
    }

    /// Carries one question of sspi to the KDC.
    async fn carry(&mut self, request: &NetworkRequest) -> sspi::Result<Vec<u8>> {
        let url = request.url.as_str();
        let reply = match Kdc::parse(url) {
            Ok(Some(kdc)) if self.kdcs.first() == Some(&kdc) => {
                kdc::ask(self.kdcs, &self.names.realm, &request.data).await
            }
            // The KDC of another realm, to which the first one sent us.
            Ok(Some(kdc)) => kdc::ask(&[kdc], "of the server", &request.data).await,
            Ok(None) => Err(KerberosError::NoKdc {
                realm: self.names.realm.clone(),
            }),
            Err(proxy) => Err(proxy),
        };
        match reply {
            Ok(reply) => {
                let error = der::krb_error(reply.get(4..).unwrap_or_default());
                self.refusal = error.filter(|error| error.code != PREAUTH_REQUIRED);
                Ok(reply)
            }
            Err(error) => {
                let told = error.to_string();
                self.unreachable = Some(error);
                Err(sspi::Error::new(
                    sspi::ErrorKind::NoAuthenticatingAuthority,
                    told,
                ))
            }
        }
    }

    /// What sspi's error means, by what the KDC said last.
    fn explain(&mut self, error: &sspi::Error) -> KerberosError {
        if let Some(error) = self.unreachable.take() {
            return error;
        }
        if let Some(refusal) = &self.refusal {
            return refusal.explain(self.names, now());
        }
        let told = error.description.as_str();
        if told.contains("No KDC server found") {
            // Of the realm in backticks, when it is not the user's own.
            let other = told.split('`').nth(1);
            return KerberosError::NoKdc {
                realm: other.unwrap_or(&self.names.realm).to_owned(),
            };
        }
        if told.contains("lgorithm identifier") {
            return KerberosError::EncryptionType {
                principal: self.names.user.clone(),
            };
        }
        KerberosError::NotKerberos(told.to_owned())
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// One step of sspi's, with the questions to the KDC in between.
pub async fn step(
    context: &mut Context,
    spn: &str,
    token: Option<&[u8]>,
    binding: Option<&[u8]>,
    asked: &mut Asked<'_>,
) -> Result<(SecurityStatus, Vec<u8>), KerberosError> {
    // A server's refusal comes as a KRB-ERROR in the token.
    if let Some(refusal) = token.and_then(der::krb_error_within) {
        return Err(refusal.explain(asked.names, now()));
    }
    let mut input = vec![SecurityBuffer::new(
        token.unwrap_or_default().to_vec(),
        BufferType::Token,
    )];
    if let Some(binding) = binding {
        input.push(SecurityBuffer::new(
            binding.to_vec(),
            BufferType::ChannelBindings,
        ));
    }
    let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
    let Context { sspi, credentials } = context;
    let mut builder = sspi
        .initialize_security_context()
        .with_credentials_handle(credentials)
        .with_context_requirements(
            ClientRequestFlags::MUTUAL_AUTH
                | ClientRequestFlags::CONFIDENTIALITY
                | ClientRequestFlags::INTEGRITY
                | ClientRequestFlags::REPLAY_DETECT
                | ClientRequestFlags::SEQUENCE_DETECT,
        )
        .with_target_data_representation(DataRepresentation::Native)
        .with_target_name(spn)
        .with_input(&mut input)
        .with_output(&mut output);
    let result = {
        let mut generator = SspiImpl::initialize_security_context_impl(sspi, &mut builder)
            .map_err(|error| asked.explain(&error))?;
        let mut state = generator.start();
        loop {
            match state {
                GeneratorState::Suspended(request) => {
                    let reply = asked.carry(&request).await;
                    state = generator.resume(reply);
                }
                GeneratorState::Completed(result) => break result,
            }
        }
    };
    let status = result.map_err(|error| asked.explain(&error))?.status;
    let [out] = output;
    Ok((status, out.buffer))
}
