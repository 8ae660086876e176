//! The server's certificate: what it says, and what binds a log-in to it.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::settings::Fingerprint;

/// What a certificate says. Fields are empty when it could not be read; the fingerprint is always
/// there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is: `CN=fe01.kestrel.lan`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses it is for.
    pub names: Vec<String>,
    /// Its first moment.
    pub not_before: Option<Timestamp>,
    /// Its last moment.
    pub not_after: Option<Timestamp>,
    /// SHA-256 of all of it.
    pub sha256: Fingerprint,
}

impl Certificate {
    /// Reads a certificate in DER.
    pub fn read(der: &[u8]) -> Certificate {
        let sha256 = Fingerprint(Sha256::digest(der).into());
        let Ok(read) = x509_cert::Certificate::from_der(der) else {
            return Certificate {
                subject: String::new(),
                issuer: String::new(),
                names: Vec::new(),
                not_before: None,
                not_after: None,
                sha256,
            };
        };
        let facts = read.tbs_certificate();
        let moment = |since: Duration| {
            i64::try_from(since.as_secs())
                .ok()
                .and_then(|seconds| Timestamp::from_second(seconds).ok())
        };
        let validity = facts.validity();
        Certificate {
            subject: facts.subject().to_string(),
            issuer: facts.issuer().to_string(),
            names: names(&read),
            not_before: moment(validity.not_before.to_unix_duration()),
            not_after: moment(validity.not_after.to_unix_duration()),
            sha256,
        }
    }
}

/// The subject's alternative names, each once and at most 64.
fn names(certificate: &x509_cert::Certificate) -> Vec<String> {
    let Ok(Some((_, names))) = certificate
        .tbs_certificate()
        .get_extension::<SubjectAltName>()
    else {
        return Vec::new();
    };
    once(names.0.iter().filter_map(|name| match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => address(bytes.as_bytes()),
        _ => None,
    }))
}

/// Each name once, in the order they came, at most 64.
fn once(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names.take(64) {
        if !found.iter().any(|f| f.eq_ignore_ascii_case(&name)) {
            found.push(name);
        }
    }
    found
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(sixteen).to_string())
}

const SHA384_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_WITH_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
/// SHA-384 and SHA-512 as the hash inside the parameters of RSASSA-PSS: tag, length and identifier.
const SHA384_IN_DER: [u8; 11] = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
const SHA512_IN_DER: [u8; 11] = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];

/// The channel binding `tls-server-end-point` (RFC 5929 section 4.1) of a certificate in DER, with its
/// prefix: the hash is that of the certificate's signature, SHA-256 where that is MD5 or SHA-1 or not
/// known.
pub fn end_point(der: &[u8]) -> Vec<u8> {
    let algorithm = x509_cert::Certificate::from_der(der)
        .ok()
        .map(|read| read.signature_algorithm().clone());
    let hash = match &algorithm {
        Some(a) if a.oid == SHA384_WITH_RSA || a.oid == ECDSA_WITH_SHA384 => Hash::Sha384,
        Some(a) if a.oid == SHA512_WITH_RSA || a.oid == ECDSA_WITH_SHA512 => Hash::Sha512,
        Some(a) if a.oid == RSA_PSS => {
            let parameters = a.parameters.as_ref().map_or(&[][..], |p| p.value());
            let names = |oid: &[u8]| parameters.windows(oid.len()).any(|w| w == oid);
            match (names(&SHA384_IN_DER), names(&SHA512_IN_DER)) {
                (true, _) => Hash::Sha384,
                (_, true) => Hash::Sha512,
                _ => Hash::Sha256,
            }
        }
        _ => Hash::Sha256,
    };
    let mut binding = b"tls-server-end-point:".to_vec();
    match hash {
        Hash::Sha256 => binding.extend_from_slice(&Sha256::digest(der)),
        Hash::Sha384 => binding.extend_from_slice(&Sha384::digest(der)),
        Hash::Sha512 => binding.extend_from_slice(&Sha512::digest(der)),
    }
    binding
}

enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;

    fn der(name: &str) -> CertificateDer<'static> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/winrm");
        CertificateDer::from_pem_file(format!("{folder}/{name}.pem")).unwrap()
    }

    /// What `openssl dgst` makes of each certificate with the hash that RFC 5929 wants.
    #[test]
    fn the_end_point_has_the_hash_of_the_certificates_signature() {
        let expected = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/winrm/end_points.txt"
        ));
        let mut seen = 0;
        for line in expected.lines() {
            let (name, hash) = line.split_once(' ').unwrap();
            let binding = end_point(&der(name));
            let digits: String = binding[21..].iter().map(|b| format!("{b:02x}")).collect();
            assert!(binding.starts_with(b"tls-server-end-point:"));
            assert_eq!(digits, hash, "{name}");
            seen += 1;
        }
        assert_eq!(seen, 8);
    }

    #[test]
    fn what_a_certificate_says() {
        let certificate = Certificate::read(&der("sha384"));
        assert_eq!(certificate.subject, "CN=sha384.kestrel.lan,O=Kestrel");
        assert_eq!(certificate.issuer, certificate.subject);
        assert_eq!(
            certificate.names,
            ["sha384.kestrel.lan", "192.0.2.7", "2001:db8::7"]
        );
        assert_eq!(
            certificate.not_after.unwrap().to_string(),
            "2126-10-31T15:23:32Z"
        );
        assert_eq!(
            certificate.sha256,
            "SHA256:72:C1:B5:4E:C5:8C:E6:2B:39:B8:61:13:88:D5:FC:B9:CF:FB:4A:3E:68:88:C8:D0:61:C8:68:D1:70:76:FD:AB"
                .parse()
                .unwrap()
        );
    }

    #[test]
    fn a_name_that_stands_there_twice_is_told_once() {
        let names = ["localhost", "fe01", "LOCALHOST", "localhost", "FE01"];
        let told = once(names.into_iter().map(str::to_owned));
        assert_eq!(told, ["localhost", "fe01"]);
    }

    #[test]
    fn what_is_no_certificate_has_a_fingerprint_only() {
        let certificate = Certificate::read(b"no certificate");
        assert_eq!(certificate.subject, "");
        assert_eq!(certificate.not_after, None);
        assert_eq!(end_point(b"no certificate").len(), 21 + 32);
    }
}
