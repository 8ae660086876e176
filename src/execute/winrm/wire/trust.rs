//! Which certificate is believed, and the set-up of TLS.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};

use super::binding::Certificate;
use super::error::WireError;
use super::settings::{ClientCertificate, Fingerprint, Trust};
use super::tls_fault::TlsWhy;
use crate::execute::target::Auth;

/// TLS as a target wants it. Reads the roots or the files, so it blocks for some milliseconds.
pub(super) fn config(
    trust: &Trust,
    client: Option<&ClientCertificate>,
    auth: Auth,
) -> Result<Arc<ClientConfig>, WireError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let judge = Judge::new(trust, provider.clone())?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| WireError::Setup(format!("TLS cannot be set up: {e}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge));
    let mut config = match (client, auth) {
        (Some(files), Auth::Certificate) => {
            let (chain, key) = client_certificate(files)?;
            builder.with_client_auth_cert(chain, key).map_err(|e| {
                WireError::Setup(format!(
                    "{} and {} do not go together: {e}",
                    files.certificate_file.display(),
                    files.key_file.display()
                ))
            })?
        }
        (None, Auth::Certificate) => {
            return Err(WireError::Setup(
                "auth = \"certificate\" needs certificate_file and key_file in the target"
                    .to_owned(),
            ));
        }
        _ => builder.with_no_client_auth(),
    };
    // Each connection is judged anew: a resumed session would not show its certificate again.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

/// TLS that believes nobody: it learns whether there is TLS, and ends.
pub(super) fn nobody() -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The chain and the key for a certificate log-in.
fn client_certificate(
    files: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), WireError> {
    let chain = certificates(&files.certificate_file)?;
    let key = PrivateKeyDer::from_pem_file(&files.key_file).map_err(|e| {
        WireError::Setup(format!(
            "no private key in {}: {e}. It has to be a PEM file that is not encrypted (openssl pkey -in old.key -out new.key)",
            files.key_file.display()
        ))
    })?;
    Ok((chain, key))
}

/// The certificates of a PEM file; at least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, WireError> {
    let wrong = |reason: String| {
        WireError::Setup(format!(
            "no certificate in {}: {reason}. It has to be a PEM file (certutil -encode old.cer new.pem)",
            file.display()
        ))
    };
    let found = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(e.to_string()))?;
    match found.is_empty() {
        true => Err(wrong("it has none".to_owned())),
        false => Ok(found),
    }
}

/// Judges a server's certificate and says what is wrong with it in a [`Refusal`].
#[derive(Debug)]
struct Judge {
    by: By,
    ca_file: Option<PathBuf>,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
enum By {
    Roots(Arc<dyn ServerCertVerifier>),
    Pin(Fingerprint),
}

impl Judge {
    fn new(trust: &Trust, provider: Arc<CryptoProvider>) -> Result<Judge, WireError> {
        let mut ca_file = None;
        let by = match trust {
            Trust::Fingerprint(pin) => By::Pin(*pin),
            Trust::System => By::Roots(Arc::new(
                rustls_platform_verifier::Verifier::new(provider.clone()).map_err(|e| {
                    WireError::Setup(format!(
                        "the system's root certificates cannot be read: {e}. Install them (ca-certificates), or set ca_file in the target"
                    ))
                })?,
            )),
            Trust::CaFile(file) => {
                let mut roots = RootCertStore::empty();
                let (taken, _) = roots.add_parsable_certificates(certificates(file)?);
                if taken == 0 {
                    return Err(WireError::Setup(format!(
                        "no certificate in {} can be used as a root",
                        file.display()
                    )));
                }
                ca_file = Some(file.clone());
                By::Roots(
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                        .build()
                        .map_err(|e| WireError::Setup(format!("{}: {e}", file.display())))?,
                )
            }
        };
        Ok(Judge {
            by,
            ca_file,
            provider,
        })
    }

    /// The reason in our own words.
    fn why(&self, error: &CertificateError, certificate: &Certificate, asked: &str) -> TlsWhy {
        let found = certificate.sha256;
        let moment = |moment: Option<jiff::Timestamp>| {
            moment.map_or_else(
                || "a date that cannot be read".to_owned(),
                |m| m.to_string(),
            )
        };
        match error {
            CertificateError::UnknownIssuer => TlsWhy::UnknownIssuer {
                issuer: certificate.issuer.clone(),
                ca_file: self.ca_file.clone(),
                found,
            },
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsWhy::Expired {
                    not_after: moment(certificate.not_after),
                    found,
                }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsWhy::NotYetValid {
                    not_before: moment(certificate.not_before),
                }
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsWhy::WrongName {
                    asked: asked.to_owned(),
                    has: match certificate.names.is_empty() {
                        // The common name alone counts for nobody any more (RFC 9525).
                        true => vec![format!(
                            "{} (without a subject alternative name)",
                            certificate.subject
                        )],
                        false => certificate.names.clone(),
                    },
                    found,
                }
            }
            CertificateError::Revoked => TlsWhy::BadCertificate("it is revoked".to_owned()),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                TlsWhy::BadCertificate(
                    "it is not meant for servers (Server Authentication is missing)".to_owned(),
                )
            }
            other => TlsWhy::BadCertificate(other.to_string()),
        }
    }
}

/// What travels through rustls as its error.
#[derive(Debug)]
pub(super) struct Refusal {
    pub certificate: Certificate,
    pub why: TlsWhy,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = || Certificate::read(end_entity);
        let refusal = match &self.by {
            By::Pin(expected) => {
                let certificate = certificate();
                if certificate.sha256 == *expected {
                    return Ok(ServerCertVerified::assertion());
                }
                let why = TlsWhy::WrongFingerprint {
                    expected: *expected,
                    found: certificate.sha256,
                };
                Refusal { certificate, why }
            }
            By::Roots(roots) => {
                match roots.verify_server_cert(
                    end_entity,
                    intermediates,
                    server_name,
                    ocsp_response,
                    now,
                ) {
                    Ok(verified) => return Ok(verified),
                    Err(error) => {
                        let certificate = certificate();
                        let why = match &error {
                            rustls::Error::InvalidCertificate(error) => {
                                self.why(error, &certificate, &server_name.to_str())
                            }
                            other => TlsWhy::BadCertificate(other.to_string()),
                        };
                        Refusal { certificate, why }
                    }
                }
            }
        };
        Err(rustls::Error::InvalidCertificate(CertificateError::Other(
            OtherError(Arc::new(refusal)),
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match &self.by {
            By::Roots(roots) => roots.verify_tls12_signature(message, certificate, signed),
            By::Pin(_) => rustls::crypto::verify_tls12_signature(
                message,
                certificate,
                signed,
                &self.provider.signature_verification_algorithms,
            ),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match &self.by {
            By::Roots(roots) => roots.verify_tls13_signature(message, certificate, signed),
            By::Pin(_) => rustls::crypto::verify_tls13_signature(
                message,
                certificate,
                signed,
                &self.provider.signature_verification_algorithms,
            ),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match &self.by {
            By::Roots(roots) => roots.supported_verify_schemes(),
            By::Pin(_) => self
                .provider
                .signature_verification_algorithms
                .supported_schemes(),
        }
    }
}
