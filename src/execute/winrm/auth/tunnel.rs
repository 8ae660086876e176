//! The TLS inside CredSSP's tokens (MS-CSSP 3.1.5): a TLS client whose records go into tokens and bodies
//! instead of a connection.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, DigitallySignedStruct, ProtocolVersion,
    SignatureScheme,
};

use super::credssp::CredSspError;

/// More than any answer's piece: a server seals 16 KB at a time, a token is shorter still. A lab may
/// seal an answer of half a megabyte at once.
const MOST: usize = 8 * 1024 * 1024;

/// A TLS session in memory.
pub struct Tunnel(ClientConnection);

impl Tunnel {
    /// A session to be. `host` is told to the server and otherwise of no meaning.
    pub fn new(host: &str) -> Result<Tunnel, CredSspError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth();
        // Each context proves anew who is there.
        config.resumption = rustls::client::Resumption::disabled();
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| CredSspError::Tls(format!("{host} is no server's name")))?;
        Ok(Tunnel(
            ClientConnection::new(Arc::new(config), name).map_err(failed)?,
        ))
    }

    /// True until both sides have the keys.
    pub fn is_handshaking(&self) -> bool {
        self.0.is_handshaking()
    }

    /// Records that wait to be sent.
    pub fn output(&mut self) -> Result<Vec<u8>, CredSspError> {
        let mut out = Vec::new();
        while self.0.wants_write() {
            self.0.write_tls(&mut out).map_err(broken)?;
        }
        Ok(out)
    }

    /// Takes records in; what they held.
    pub fn input(&mut self, records: &[u8]) -> Result<Vec<u8>, CredSspError> {
        let mut plain = Vec::new();
        if records.len() > MOST {
            return Err(CredSspError::Tls("too much at once".to_owned()));
        }
        let mut records = Cursor::new(records);
        let whole = records.get_ref().len() as u64;
        while records.position() < whole {
            // Some at a time, since the session keeps little unread.
            if self.0.read_tls(&mut records).map_err(broken)? == 0 {
                return Err(CredSspError::Tls("the session has ended".to_owned()));
            }
            let state = self.0.process_new_packets().map_err(failed)?;
            let mut some = vec![0; state.plaintext_bytes_to_read()];
            self.0.reader().read_exact(&mut some).map_err(broken)?;
            plain.append(&mut some);
            if state.peer_has_closed() {
                return Err(CredSspError::Tls("the server ended the session".to_owned()));
            }
        }
        Ok(plain)
    }

    /// The records for these bytes.
    pub fn seal(&mut self, plain: &[u8]) -> Result<Vec<u8>, CredSspError> {
        let mut left = plain;
        let mut out = Vec::with_capacity(plain.len() + 64);
        while !left.is_empty() {
            let taken = self.0.writer().write(left).map_err(broken)?;
            if taken == 0 {
                return Err(CredSspError::Tls("nothing can be sent".to_owned()));
            }
            left = left.get(taken..).unwrap_or_default();
            out.append(&mut self.output()?);
        }
        Ok(out)
    }

    /// The bytes of a record that count as its signature: what Windows calls the trailer, the part by
    /// which a record grows behind its header (`SecPkgContext_StreamSizes`). 16 with GCM and ChaCha20
    /// in TLS 1.2, one more in TLS 1.3 for the kind of the record.
    pub fn trailer(&self) -> Option<usize> {
        match (
            self.0.protocol_version()?,
            self.0.negotiated_cipher_suite()?.suite(),
        ) {
            (ProtocolVersion::TLSv1_3, _) => Some(17),
            (
                _,
                CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            ) => Some(16),
            _ => None,
        }
    }

    /// The server's certificate.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.0
            .peer_certificates()
            .and_then(|chain| chain.first())
            .map(AsRef::as_ref)
    }
}

fn failed(error: rustls::Error) -> CredSspError {
    CredSspError::Tls(error.to_string())
}

fn broken(error: std::io::Error) -> CredSspError {
    CredSspError::Tls(error.to_string())
}

/// Takes each certificate, whoever signed it.
///
/// Right here and only here: WinRM's CredSSP has a self-signed certificate by design, made by the
/// server, unknown to all. Who the server is, is proved another way: inside this session the user and
/// the server log in by Kerberos or NTLM, and then each sends the hash of the server's public key and
/// our nonce, sealed with the keys of that log-in (`pubKeyAuth`). Somebody in between has another
/// public key, cannot seal, and so never sees the password, which is sent last. That is sure from
/// version 5 of CredSSP on (CVE-2018-0886), and older servers are refused. The handshake's signature
/// is verified, so that the server has the key it shows.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
