//! The session's key and the secure strings under it (MS-PSRP 2.2.2.3, 2.2.2.4, 2.2.5.1.24).
//!
//! The client makes an RSA pair of 2048 bits and sends its public half; the server makes 256 bits for
//! AES and sends them sealed with it (PKCS #1 v1.5). A secure string is its UTF-16LE, padded as PKCS #7
//! says, in CBC with an initial block of zeros: the protocol has no place for another.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::PsrpError;
use crate::store::secret::Secret;

/// Bytes of the modulus of an RSA key of 2048 bits.
const MODULUS: usize = 256;
/// Head of a PUBLICKEYBLOB: version 2, CALG_RSA_KEYX, `RSA1`, 2048 bits.
const PUBLIC_HEAD: [u8; 16] = [
    0x06, 0x02, 0, 0, 0, 0xA4, 0, 0, b'R', b'S', b'A', b'1', 0, 0x08, 0, 0,
];
/// Head of a SIMPLEBLOB: version 2, CALG_AES_256, sealed with CALG_RSA_KEYX.
const SEALED_HEAD: [u8; 12] = [0x01, 0x02, 0, 0, 0x10, 0x66, 0, 0, 0, 0xA4, 0, 0];
/// How the DER of the key ends: the modulus' head before its bytes, the exponent 65537 after them.
const DER_MODULUS: [u8; 5] = [0x02, 0x82, 0x01, 0x01, 0x00];
const DER_EXPONENT: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

/// Our RSA pair for one exchange: of use until the server's key is there.
pub struct KeyPair {
    private: Pkcs1PrivateDecryptingKey,
    public: String,
}

impl KeyPair {
    /// Makes a pair. Some hundredths of a second of work, so it is not for a thread on which others wait.
    ///
    /// # Errors
    /// [`PsrpError::KeyExchange`] when the system has no random numbers.
    pub fn make() -> Result<KeyPair, PsrpError> {
        let failed = |_| PsrpError::KeyExchange("no key pair could be made");
        let pair = PrivateDecryptingKey::generate(KeySize::Rsa2048).map_err(failed)?;
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(failed)?;
        let public =
            public_blob(der.as_ref()).ok_or(PsrpError::KeyExchange("no key pair could be made"))?;
        let private = Pkcs1PrivateDecryptingKey::new(pair).map_err(failed)?;
        Ok(KeyPair { private, public })
    }

    /// The public half as PUBLIC_KEY has it: a PUBLICKEYBLOB in Base64.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The server's key, from ENCRYPTED_SESSION_KEY: a SIMPLEBLOB in Base64.
    pub fn finish(self, sealed: &str) -> Result<SessionKey, PsrpError> {
        let blob = BASE64
            .decode(sealed.trim())
            .map_err(|_| PsrpError::KeyExchange("the server's key is not Base64"))?;
        let key = blob
            .strip_prefix(&SEALED_HEAD)
            .filter(|key| key.len() == MODULUS)
            .ok_or(PsrpError::KeyExchange(
                "the server's key is not an AES-256 key sealed with RSA-2048",
            ))?;
        let big_endian: Vec<u8> = key.iter().rev().copied().collect();
        let mut plain = Zeroizing::new([0; MODULUS]);
        let plain = self
            .private
            .decrypt(&big_endian, plain.as_mut_slice())
            .map_err(|_| PsrpError::KeyExchange("the server's key cannot be opened with ours"))?;
        let key = <[u8; 32]>::try_from(&*plain)
            .map_err(|_| PsrpError::KeyExchange("the server's key is not 256 bits long"))?;
        Ok(SessionKey(Zeroizing::new(key)))
    }
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyPair(***)")
    }
}

/// The modulus is the last but one element of a SubjectPublicKeyInfo, and its size is known: what does
/// not look so is refused instead of guessed at.
fn public_blob(der: &[u8]) -> Option<String> {
    let rest = der.strip_suffix(&DER_EXPONENT)?;
    let (head, modulus) = rest.split_at_checked(rest.len().checked_sub(MODULUS)?)?;
    if !head.ends_with(&DER_MODULUS) {
        return None;
    }
    let mut blob = PUBLIC_HEAD.to_vec();
    blob.extend_from_slice(&65537u32.to_le_bytes());
    blob.extend(modulus.iter().rev());
    Some(BASE64.encode(blob))
}

/// The key of a session, wiped when dropped.
pub struct SessionKey(Zeroizing<[u8; 32]>);

impl SessionKey {
    /// Seals a secret for `<SS>`.
    pub fn seal(&self, secret: &Secret) -> Result<Vec<u8>, PsrpError> {
        let failed = |_| PsrpError::Seal;
        let text = secret.expose();
        // Room for the padding from the start: growing would leave a copy behind. A secret of n bytes
        // of UTF-8 has at most n units of UTF-16.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 2 + 16));
        for unit in text.encode_utf16() {
            bytes.extend_from_slice(&unit.to_le_bytes());
        }
        let key = UnboundCipherKey::new(&AES_256, self.0.as_slice()).map_err(failed)?;
        PaddedBlockEncryptingKey::cbc_pkcs7(key)
            .and_then(|key| {
                let context = EncryptionContext::Iv128(FixedLength::from([0; 16]));
                key.less_safe_encrypt(&mut *bytes, context)
            })
            .map_err(failed)?;
        Ok(std::mem::take(&mut *bytes))
    }

    /// Opens what `<SS>` held. Surrogates that stand alone become U+FFFD.
    pub fn open(&self, sealed: &[u8]) -> Result<Secret, PsrpError> {
        let failed = |_| PsrpError::Unseal;
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let key = UnboundCipherKey::new(&AES_256, self.0.as_slice()).map_err(failed)?;
        let plain = PaddedBlockDecryptingKey::cbc_pkcs7(key)
            .map_err(failed)?
            .decrypt(
                &mut bytes,
                DecryptionContext::Iv128(FixedLength::from([0; 16])),
            )
            .map_err(failed)?;
        if plain.len() % 2 != 0 {
            return Err(PsrpError::Unseal);
        }
        let units = plain
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        // Three bytes of UTF-8 for a unit at most: the string never grows, so no copy is left behind.
        let mut text = Zeroizing::new(String::with_capacity(plain.len() / 2 * 3));
        text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(Secret::from(text))
    }

    #[cfg(test)]
    pub(super) fn of(bytes: [u8; 32]) -> SessionKey {
        SessionKey(Zeroizing::new(bytes))
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_that_the_server_made_comes_back() {
        let exchange = KeyPair::make().unwrap();
        let blob = BASE64.decode(exchange.public()).unwrap();
        assert_eq!(blob.len(), 16 + 4 + 256);
        assert_eq!(blob[..16], PUBLIC_HEAD);
        assert_eq!(blob[16..20], [1, 0, 1, 0]);

        let der: PublicKeyX509Der<'_> = exchange_der(&blob);
        let public = PublicEncryptingKey::from_der(der.as_ref()).unwrap();
        let public = Pkcs1PublicEncryptingKey::new(public).unwrap();
        let mut sealed = vec![0; 256];
        public.encrypt(&[7; 32], &mut sealed).unwrap();
        sealed.reverse();
        let mut answer = SEALED_HEAD.to_vec();
        answer.extend(sealed);
        let key = exchange.finish(&BASE64.encode(answer)).unwrap();
        assert_eq!(*key.0, [7; 32]);
    }

    /// The blob's key as a SubjectPublicKeyInfo, for a server of our own.
    fn exchange_der(blob: &[u8]) -> PublicKeyX509Der<'static> {
        let mut der = vec![
            0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
            0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A,
        ];
        der.extend(DER_MODULUS);
        der.extend(blob[20..].iter().rev());
        der.extend(DER_EXPONENT);
        PublicEncryptingKey::from_der(&der)
            .unwrap()
            .as_der()
            .unwrap()
    }

    #[test]
    fn a_bad_key_from_the_server_is_an_error() {
        for bad in [String::new(), "!".to_owned(), BASE64.encode([1; 268]), {
            let mut blob = SEALED_HEAD.to_vec();
            blob.extend([9; 256]);
            BASE64.encode(blob)
        }] {
            let exchange = KeyPair::make().unwrap();
            assert!(matches!(
                exchange.finish(&bad),
                Err(PsrpError::KeyExchange(_))
            ));
        }
    }

    #[test]
    fn what_was_not_sealed_with_the_key_is_refused() {
        let key = SessionKey::of([1; 32]);
        for bad in [&[][..], &[1; 15], &[1; 16], &[1; 32]] {
            assert_eq!(key.open(bad).unwrap_err(), PsrpError::Unseal);
        }
        // Padding is there, and one byte of text.
        let mut odd = vec![b'x'];
        PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &[1; 32]).unwrap())
            .unwrap()
            .less_safe_encrypt(
                &mut odd,
                EncryptionContext::Iv128(FixedLength::from([0; 16])),
            )
            .unwrap();
        assert_eq!(key.open(&odd).unwrap_err(), PsrpError::Unseal);
    }

    proptest! {
        #[test]
        fn sealed_and_opened(text in any::<String>(), key in any::<[u8; 32]>()) {
            let key = SessionKey::of(key);
            let sealed = key.seal(&Secret::new(text.clone())).unwrap();
            prop_assert_eq!(sealed.len() % 16, 0);
            let opened = key.open(&sealed).unwrap();
            prop_assert_eq!(opened.expose(), text);
        }
    }
}
