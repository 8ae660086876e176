//! Private key files: what kind a file is, without opening the key.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What a private key file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyFile {
    /// A key that needs no passphrase.
    Open,
    /// A key that needs one.
    Encrypted,
    /// PuTTY's own format, which libssh2 does not read.
    Putty,
    /// Something else, or a public key.
    Other,
}

/// Looks at a file. The passphrase must be asked for before libssh2 is: it reports a missing one
/// like any other trouble with the file.
pub(super) fn inspect(path: &Path) -> io::Result<KeyFile> {
    let bytes = Zeroizing::new(std::fs::read(path)?);
    Ok(std::str::from_utf8(&bytes).map_or(KeyFile::Other, classify))
}

fn classify(text: &str) -> KeyFile {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("PuTTY-User-Key-File-") {
        return KeyFile::Putty;
    }
    let mut lines = text.lines().map(str::trim);
    match lines.next() {
        Some("-----BEGIN OPENSSH PRIVATE KEY-----") => {
            let body: Zeroizing<String> =
                Zeroizing::new(lines.take_while(|l| !l.starts_with('-')).collect());
            cipher(&body).map_or(KeyFile::Other, |encrypted| {
                if encrypted {
                    KeyFile::Encrypted
                } else {
                    KeyFile::Open
                }
            })
        }
        Some("-----BEGIN ENCRYPTED PRIVATE KEY-----") => KeyFile::Encrypted,
        Some(first) if first.starts_with("-----BEGIN ") && first.ends_with(" PRIVATE KEY-----") => {
            let encrypted = lines
                .take_while(|l| l.contains(':'))
                .any(|l| l.starts_with("Proc-Type:") && l.ends_with("ENCRYPTED"));
            if encrypted {
                KeyFile::Encrypted
            } else {
                KeyFile::Open
            }
        }
        Some("-----BEGIN PRIVATE KEY-----") => KeyFile::Open,
        _ => KeyFile::Other,
    }
}

/// Whether an OpenSSH key is encrypted: the cipher's name is the first string after the magic
/// (PROTOCOL.key). `None` when it is no such key.
fn cipher(body: &str) -> Option<bool> {
    let bytes = Zeroizing::new(STANDARD.decode(body).ok()?);
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let name = rest.get(4..4usize.checked_add(length)?)?;
    Some(name != b"none")
}

/// The wire form of the public key in a `.pub` file beside a private key, if there is one.
pub(super) fn public_blob(private: &Path) -> Option<Vec<u8>> {
    let mut name = private.as_os_str().to_owned();
    name.push(".pub");
    let text = std::fs::read_to_string(name).ok()?;
    STANDARD.decode(text.split_ascii_whitespace().nth(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn openssh(cipher: &str) -> String {
        let mut bytes = b"openssh-key-v1\0".to_vec();
        bytes.extend(u32::try_from(cipher.len()).unwrap().to_be_bytes());
        bytes.extend(cipher.as_bytes());
        bytes.extend([0; 64]);
        let body = STANDARD.encode(bytes);
        let (a, b) = body.split_at(40);
        format!(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{a}\r\n{b}\n-----END OPENSSH PRIVATE KEY-----\n"
        )
    }

    #[test]
    fn kinds_of_files() {
        assert_eq!(classify(&openssh("none")), KeyFile::Open);
        assert_eq!(classify(&openssh("aes256-ctr")), KeyFile::Encrypted);
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n";
        assert_eq!(classify(pem), KeyFile::Encrypted);
        assert_eq!(
            classify("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"),
            KeyFile::Open
        );
        assert_eq!(
            classify("-----BEGIN PRIVATE KEY-----\nAAAA\n"),
            KeyFile::Open
        );
        assert_eq!(
            classify("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"),
            KeyFile::Encrypted
        );
        assert_eq!(
            classify("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"),
            KeyFile::Putty
        );
        assert_eq!(classify("ssh-ed25519 AAAAC3Nz ops@fe01\n"), KeyFile::Other);
        assert_eq!(classify(""), KeyFile::Other);
    }

    proptest! {
        #[test]
        fn any_text_has_a_kind(text in ".{0,200}") {
            classify(&text);
            classify(&format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{text}\n"));
        }
    }
}
