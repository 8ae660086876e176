//! Kerberos' wrap tokens (RFC 4121 4.2.6.2) in the form that WinRM sends them: the token is cut in two,
//! and what would trail the data is turned to stand before it ("rotated", 4.2.5), so that the second
//! part is as long as the plain body (MS-WSMV 2.2.9.1.1.2.2, MS-KILE 3.4.5.4.1).
//!
//! ```text
//! GSS_Wrap:   header 16 | confounder 16 | data | header again 16 | checksum 12     RRC 0
//! WinRM:      header 16 | header again 16 | checksum 12 | confounder 16 | data     RRC 28
//! ```

use picky_krb::crypto::CipherSuite;

use super::words::KerberosError;

/// Bytes of the token's header (RFC 4121 4.2.6.2), in the clear.
pub const HEADER: usize = 16;
/// The block of the cipher: as long are the confounder and the copy of the header.
const BLOCK: usize = 16;
/// The key usage of what the server seals (RFC 4121 2).
const ACCEPTOR_SEAL: i32 = 22;

const SENT_BY_ACCEPTOR: u8 = 1;
const SEALED: u8 = 2;

/// The header's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    flags: u8,
    extra: usize,
    rotation: usize,
    sequence: u64,
}

impl Header {
    fn read(token: &[u8]) -> Option<Header> {
        let bytes: &[u8; HEADER] = token.first_chunk()?;
        let [5, 4, flags, 0xff, e1, e0, r1, r0, sequence @ ..] = *bytes else {
            return None;
        };
        Some(Header {
            flags,
            extra: usize::from(u16::from_be_bytes([e1, e0])),
            rotation: usize::from(u16::from_be_bytes([r1, r0])),
            sequence: u64::from_be_bytes(sequence),
        })
    }
}

/// Keeps the numbers of the server's tokens: each must be higher than the one before, else somebody
/// sends an old answer again. The low 32 bits are compared, since implementations differ in how they
/// count over.
#[derive(Debug, Clone, Default)]
pub struct Sequence(Option<u32>);

impl Sequence {
    /// Takes the number of a token that was found genuine.
    pub fn take(&mut self, number: u64) -> Result<(), KerberosError> {
        #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
        let number = number as u32;
        if let Some(last) = self.0 {
            let step = number.wrapping_sub(last);
            if step == 0 || step > u32::MAX / 2 {
                return Err(KerberosError::Altered("it came before"));
            }
        }
        self.0 = Some(number);
        Ok(())
    }
}

/// Looks whether a token is sealed and the server's; its number. Only worth something together with the
/// library's own check.
///
/// # Errors
/// [`KerberosError::Altered`].
pub fn sealed_by_server(token: &[u8]) -> Result<u64, KerberosError> {
    let found =
        Header::read(token).ok_or(KerberosError::Altered("it is not a sealed Kerberos token"))?;
    if found.flags & SEALED == 0 {
        return Err(KerberosError::Altered("it is signed, not sealed"));
    }
    if found.flags & SENT_BY_ACCEPTOR == 0 {
        return Err(KerberosError::Altered("it is one of our own, sent back"));
    }
    Ok(found.sequence)
}

/// Turns a token of `GSS_Wrap` into WinRM's two parts. `plain` is the length of the data in it. Tokens
/// that are turned already (Windows makes them so) are only cut. `None` when the token is not sealed
/// with a modern cipher or too short for its data.
pub fn to_winrm(mut token: Vec<u8>, plain: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let header = Header::read(&token)?;
    let front = token.len().checked_sub(plain)?;
    // Header, confounder, the copy of the header, at least some checksum.
    if header.flags & SEALED == 0 || header.extra != 0 || front <= HEADER + 2 * BLOCK {
        return None;
    }
    if header.rotation == 0 {
        let turn = front - HEADER - BLOCK;
        let rrc = u16::try_from(turn).ok()?.to_be_bytes();
        token.get_mut(6..8)?.copy_from_slice(&rrc);
        token.get_mut(HEADER..)?.rotate_right(turn);
    }
    let body = token.split_off(front);
    Some((token, body))
}

/// Turns WinRM's two parts into a token as `GSS_Wrap` makes it, with nothing rotated: the inverse of
/// [`to_winrm`]. `None` when it is no such token.
pub fn from_winrm(header: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let mut token = [header, body].concat();
    let found = Header::read(&token)?;
    let rest = token.get_mut(HEADER..)?;
    if rest.is_empty() {
        return None;
    }
    let turn = found.rotation % rest.len();
    rest.rotate_left(turn);
    token.get_mut(6..8)?.fill(0);
    Some(token)
}

/// Opens a body that the server sealed with AES (RFC 3962): checksum, the copy of the header and the
/// number are all checked. sspi opens tokens, too, but compares neither header nor number.
///
/// # Errors
/// [`KerberosError::Altered`].
pub fn open(
    key: &[u8],
    sequence: &mut Sequence,
    header: &[u8],
    body: &[u8],
) -> Result<Vec<u8>, KerberosError> {
    let token = [header, body].concat();
    sealed_by_server(&token)?;
    let found =
        Header::read(&token).ok_or(KerberosError::Altered("it is not a sealed Kerberos token"))?;
    let suite = match key.len() {
        32 => CipherSuite::Aes256CtsHmacSha196,
        16 => CipherSuite::Aes128CtsHmacSha196,
        _ => return Err(KerberosError::Altered("its key is not one of AES")),
    };
    let cipher = suite.cipher();
    let sealed = token.get(HEADER..).unwrap_or_default();
    let turned = |turn: usize| {
        let mut bytes = sealed.to_vec();
        let turn = turn % bytes.len().max(1);
        bytes.rotate_left(turn);
        cipher.decrypt(key, ACCEPTOR_SEAL, &bytes).ok()
    };
    let mut opened = turned(found.rotation);
    if opened.is_none() && found.extra > 0 {
        // Windows turns by the extra bytes as well (MS-KILE 3.4.5.4.1).
        opened = turned(found.rotation + found.extra);
    }
    let mut plain = opened.ok_or(KerberosError::Altered("its checksum is wrong"))?;
    let data = plain
        .len()
        .checked_sub(HEADER + found.extra)
        .ok_or(KerberosError::Altered("it is too short"))?;
    // The copy was made before the rotation was known (RFC 4121 4.2.4).
    let mut expected = token.get(..HEADER).unwrap_or_default().to_vec();
    expected.get_mut(6..8).unwrap_or_default().fill(0);
    if plain.get(data + found.extra..) != Some(expected.as_slice()) {
        return Err(KerberosError::Altered("its header was changed"));
    }
    sequence.take(found.sequence)?;
    plain.truncate(data);
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(flags: u8, sequence: u64) -> Vec<u8> {
        let mut header = vec![5, 4, flags, 0xff, 0, 0, 0, 0];
        header.extend(sequence.to_be_bytes());
        header
    }

    /// A token as a server's `GSS_Wrap` makes it.
    fn wrapped(key: &[u8], sequence: u64, data: &[u8]) -> Vec<u8> {
        let header = header(SENT_BY_ACCEPTOR | SEALED | 4, sequence);
        let suite = match key.len() {
            32 => CipherSuite::Aes256CtsHmacSha196,
            _ => CipherSuite::Aes128CtsHmacSha196,
        };
        let sealed = suite
            .cipher()
            .encrypt(key, ACCEPTOR_SEAL, &[data, &header].concat())
            .unwrap();
        [header, sealed].concat()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_token_is_cut_and_put_together(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let token = wrapped(&[7; 32], 5, &data);
            let (head, body) = to_winrm(token.clone(), data.len()).unwrap();
            prop_assert_eq!((head.len(), body.len()), (60, data.len()));
            prop_assert_eq!(&head[6..8], &[0u8, 28][..]);
            // What stands before the data is what trailed it.
            prop_assert_eq!(&head[16..44], &token[token.len() - 28..]);
            prop_assert_eq!(&head[44..60], &token[16..32]);
            prop_assert_eq!(from_winrm(&head, &body).unwrap(), token);
            // Cut again, nothing turns.
            let whole = [head.clone(), body.clone()].concat();
            prop_assert_eq!(to_winrm(whole, data.len()).unwrap(), (head, body));
        }

        #[test]
        fn a_longer_checksum_is_cut_by_the_same_rule(data in 0usize..100, checksum in 12usize..=24) {
            let mut token = header(SEALED, 1);
            token.extend((0..16 + data + 16 + checksum).map(|i| i as u8));
            let (head, body) = to_winrm(token.clone(), data).unwrap();
            prop_assert_eq!(head.len(), 48 + checksum);
            prop_assert_eq!(body.len(), data);
            prop_assert_eq!(from_winrm(&head, &body).unwrap(), token);
        }

        #[test]
        fn what_the_server_seals_opens(data in proptest::collection::vec(any::<u8>(), 0..300), long: bool) {
            let key = vec![9; if long { 32 } else { 16 }];
            let (head, body) = to_winrm(wrapped(&key, 77, &data), data.len()).unwrap();
            let mut sequence = Sequence::default();
            prop_assert_eq!(open(&key, &mut sequence, &head, &body).unwrap(), data);
            prop_assert_eq!(
                open(&key, &mut sequence, &head, &body),
                Err(KerberosError::Altered("it came before"))
            );
        }

        #[test]
        fn one_changed_byte_is_noticed(at in 0usize..160, bit in 0u8..8) {
            let data = [1u8; 100];
            let (mut head, mut body) = to_winrm(wrapped(&[3; 32], 7, &data), 100).unwrap();
            let byte = if at < 60 { &mut head[at] } else { &mut body[at - 60] };
            *byte ^= 1 << bit;
            prop_assert!(open(&[3; 32], &mut Sequence::default(), &head, &body).is_err());
        }

        #[test]
        fn no_bytes_break_it(
            head in proptest::collection::vec(any::<u8>(), 0..80),
            body in proptest::collection::vec(any::<u8>(), 0..80),
            plain in 0usize..200,
        ) {
            let mut head = head;
            for (to, from) in head.iter_mut().zip([5, 4, 3, 0xff]) {
                *to = from;
            }
            let _ = open(&[3; 32], &mut Sequence::default(), &head, &body);
            let _ = (from_winrm(&head, &body), to_winrm(head, plain));
        }
    }

    #[test]
    fn an_old_number_is_refused_and_a_wrapped_one_taken() {
        let mut sequence = Sequence::default();
        sequence.take(u64::from(u32::MAX)).unwrap();
        sequence.take(0).unwrap();
        sequence.take(9).unwrap();
        sequence.take(0x1_0000_000a).unwrap();
        assert!(sequence.take(9).is_err());
        assert!(sequence.take(10).is_err());
    }

    #[test]
    fn our_own_tokens_sent_back_and_signed_ones_do_not_open() {
        for flags in [SEALED, SENT_BY_ACCEPTOR] {
            let mut head = header(flags, 1);
            head.resize(60, 0);
            assert!(open(&[3; 32], &mut Sequence::default(), &head, &[0; 9]).is_err());
        }
    }
}
