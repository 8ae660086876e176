//! The mark that says "this log-in is bound to a TLS session", put right.
//!
//! A client that sends channel bindings says so in the authenticator: authorization data of type 143
//! (AD-AUTH-DATA-AP-OPTIONS) with the number KERB_AP_OPTIONS_CBT in four bytes, inside AD-IF-RELEVANT
//! (MS-KILE 2.2.2 and 3.2.5.8). sspi 0.23 writes it in two bytes and outside, and servers that look at
//! it refuse the ticket (MIT's library: "invalid message type"). So the authenticator is opened, the
//! field replaced, and the message sealed again, before it goes to the server.

use picky_krb::crypto::CipherSuite;

use super::der::{element, inside, write};

/// The key usage of the authenticator in an AP-REQ (RFC 4120 7.5.1).
const AUTHENTICATOR: i32 = 11;
/// AD-IF-RELEVANT, and AD-AUTH-DATA-AP-OPTIONS (RFC 4120 5.2.6.1, MS-KILE 2.2.2).
const IF_RELEVANT: &[u8] = &[1];
const AP_OPTIONS: &[u8] = &[0, 143];
/// The number, least byte first.
const KERB_AP_OPTIONS_CBT: [u8; 4] = 0x4000_u32.to_le_bytes();

/// Rewrites a first token, bare or in SPNEGO. `key` is the session key of the service's ticket. `None`
/// when the token is not as it is made here.
pub fn put_right(token: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let whole = inside(token, 0x60)?;
    let (tag, mechanism, after) = element(whole)?;
    if tag != 0x06 {
        return None;
    }
    let start = whole.get(..whole.len() - after.len())?;
    let rest = if mechanism == [0x2b, 6, 1, 5, 5, 2] {
        spnego(after, key)?
    } else {
        let (kind, request) = after.split_at_checked(2)?;
        [kind, &ap_request(request, key)?].concat()
    };
    Some(write(0x60, &[start, &rest].concat()))
}

/// The NegTokenInit with its mechToken rewritten (RFC 4178 4.2.1).
fn spnego(token: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let fields = inside(inside(token, 0xa0)?, 0x30)?;
    let fields = replace(fields, 0xa2, |content| {
        Some(write(0x04, &put_right(inside(content, 0x04)?, key)?))
    })?;
    Some(write(0xa0, &write(0x30, &fields)))
}

fn ap_request(request: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let suite = match key.len() {
        32 => CipherSuite::Aes256CtsHmacSha196,
        16 => CipherSuite::Aes128CtsHmacSha196,
        _ => return None,
    };
    let cipher = suite.cipher();
    let fields = inside(inside(request, 0x6e)?, 0x30)?;
    let fields = replace(fields, 0xa4, |encrypted| {
        let parts = replace(inside(encrypted, 0x30)?, 0xa2, |sealed| {
            let plain = cipher
                .decrypt(key, AUTHENTICATOR, inside(sealed, 0x04)?)
                .ok()?;
            let marked = authenticator(&plain)?;
            Some(write(
                0x04,
                &cipher.encrypt(key, AUTHENTICATOR, &marked).ok()?,
            ))
        })?;
        Some(write(0x30, &parts))
    })?;
    Some(write(0x6e, &write(0x30, &fields)))
}

fn authenticator(plain: &[u8]) -> Option<Vec<u8>> {
    let mut fields = inside(inside(plain, 0x62)?, 0x30)?;
    let mut out = Vec::new();
    while let Some((tag, content, rest)) = element(fields) {
        if tag != 0xa8 {
            out.extend(write(tag, content));
        }
        fields = rest;
    }
    // Field 8 is the last one.
    out.extend(mark());
    Some(write(0x62, &write(0x30, &out)))
}

/// Field 8 of the authenticator.
fn mark() -> Vec<u8> {
    let list = |kind: &[u8], data: &[u8]| {
        let kind = write(0xa0, &write(0x02, kind));
        let data = write(0xa1, &write(0x04, data));
        write(0x30, &write(0x30, &[kind, data].concat()))
    };
    write(
        0xa8,
        &list(IF_RELEVANT, &list(AP_OPTIONS, &KERB_AP_OPTIONS_CBT)),
    )
}

/// The elements with the content of the one that has this tag changed. `None` when there is none.
fn replace(
    mut fields: &[u8],
    wanted: u8,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let (mut out, mut found) = (Vec::new(), false);
    while let Some((tag, content, rest)) = element(fields) {
        if tag == wanted {
            found = true;
            out.extend(write(tag, &change(content)?));
        } else {
            out.extend(write(tag, content));
        }
        fields = rest;
    }
    (found && fields.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_mark_is_as_specified() {
        let number = b"\x04\x04\x00\x40\x00\x00";
        let options = [
            b"\x30\x10\x30\x0e\xa0\x04\x02\x02\x00\x8f\xa1\x06",
            &number[..],
        ]
        .concat();
        let relevant = b"\xa8\x1f\x30\x1d\x30\x1b\xa0\x03\x02\x01\x01\xa1\x14\x04\x12";
        assert_eq!(mark(), [&relevant[..], &options].concat());
    }

    #[test]
    fn an_authenticator_gets_it_in_place_of_another() {
        let key = [5; 32];
        let cipher = CipherSuite::Aes256CtsHmacSha196.cipher();
        let field = |tag: u8, content: &[u8]| write(tag, &write(0x04, content));
        let old = write(
            0x62,
            &write(
                0x30,
                &[field(0xa0, b"a"), field(0xa7, b"b"), field(0xa8, b"old")].concat(),
            ),
        );
        let sealed = cipher.encrypt(&key, AUTHENTICATOR, &old).unwrap();
        let encrypted = write(0x30, &[field(0xa0, b"e"), field(0xa2, &sealed)].concat());
        let request = write(
            0x6e,
            &write(
                0x30,
                &[field(0xa3, &[7; 300]), write(0xa4, &encrypted)].concat(),
            ),
        );
        let oid = write(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2]);
        let bare = write(0x60, &[oid, vec![1, 0], request].concat());
        let check = |token: &[u8]| {
            let request = &element(inside(token, 0x60).unwrap()).unwrap().2[2..];
            let fields = inside(inside(request, 0x6e).unwrap(), 0x30).unwrap();
            let ticket = element(fields).unwrap();
            assert_eq!(ticket.1, write(0x04, &[7; 300]));
            let encrypted = inside(inside(ticket.2, 0xa4).unwrap(), 0x30).unwrap();
            let sealed = inside(inside(element(encrypted).unwrap().2, 0xa2).unwrap(), 4).unwrap();
            let plain = cipher.decrypt(&key, AUTHENTICATOR, sealed).unwrap();
            let want = [field(0xa0, b"a"), field(0xa7, b"b"), mark()].concat();
            assert_eq!(plain, write(0x62, &write(0x30, &want)));
        };
        check(&put_right(&bare, &key).unwrap());
        let oid = write(0x06, &[0x2b, 6, 1, 5, 5, 2]);
        let fields = [field(0xa0, b"mechs"), write(0xa2, &write(4, &bare))].concat();
        let wrapped = write(0x60, &[oid, write(0xa0, &write(0x30, &fields))].concat());
        let out = put_right(&wrapped, &key).unwrap();
        let init = element(inside(&out, 0x60).unwrap()).unwrap().2;
        let fields = inside(inside(init, 0xa0).unwrap(), 0x30).unwrap();
        let token = inside(element(fields).unwrap().2, 0xa2).unwrap();
        check(inside(token, 4).unwrap());
        assert_eq!(put_right(&bare, &[6; 32]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = put_right(&bytes, &[1; 32]);
            let _ = put_right(&write(0x60, &bytes), &[1; 32]);
        }
    }
}
