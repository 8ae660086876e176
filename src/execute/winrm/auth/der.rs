//! As much of DER (X.690) as is needed to look into a KRB-ERROR: definite lengths, one level at a time,
//! nothing copied. By hand, since `picky-krb` takes the field `cusec` for a time and so fails on errors
//! that have it.

use x509_cert::der::Decode;

use super::words::KrbError;

/// The tag of a KRB-ERROR: application 30, constructed (RFC 4120 5.10).
const KRB_ERROR: u8 = 0x7e;

/// The first element of `data`: its tag, its content, and what follows. `None` when it is not whole,
/// or has a tag or a length of more than four bytes.
pub fn element(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = data.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let bytes = rest.get(..count)?;
        let length = bytes
            .iter()
            .fold(0usize, |sum, byte| (sum << 8) | usize::from(*byte));
        (length, rest.get(count..)?)
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

/// The content of the first element, when it has this tag.
pub fn inside(data: &[u8], tag: u8) -> Option<&[u8]> {
    element(data)
        .filter(|found| found.0 == tag)
        .map(|found| found.1)
}

/// An element with this tag and content.
pub fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let skip = length.iter().take_while(|byte| **byte == 0).count();
    let length = length.get(skip..).unwrap_or_default();
    let mut out = vec![tag];
    match length {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or_default());
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

/// Reads a KRB-ERROR. `None` when the bytes are none.
pub fn krb_error(data: &[u8]) -> Option<KrbError> {
    let mut fields = inside(inside(data, KRB_ERROR)?, 0x30)?;
    let (mut code, mut server_time, mut text) = (None, None, String::new());
    while let Some((tag, content, rest)) = element(fields) {
        match tag {
            0xa4 => server_time = inside(content, 0x18).and_then(generalized_time),
            0xa6 => code = inside(content, 0x02).and_then(integer),
            0xab => {
                text = element(content)
                    .map(|(_, bytes, _)| String::from_utf8_lossy(bytes).into_owned())
                    .unwrap_or_default();
            }
            _ => {}
        }
        fields = rest;
    }
    Some(KrbError {
        code: code?,
        server_time,
        text,
    })
}

/// Looks for a KRB-ERROR in a GSS or SPNEGO token: where one starts is looked for, since the wrapping
/// differs. A chance hit cannot do harm, it is only put into words.
pub fn krb_error_within(token: &[u8]) -> Option<KrbError> {
    token
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == KRB_ERROR)
        .take(64)
        .find_map(|(at, _)| krb_error(token.get(at..)?))
}

/// The bits of the public key in a certificate (`subjectPublicKey`, RFC 5280 4.1), which CredSSP binds to
/// (MS-CSSP 3.1.5, `pubKeyAuth`).
pub fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    certificate
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key
        .as_bytes()
        .map(<[u8]>::to_vec)
}

fn integer(bytes: &[u8]) -> Option<u32> {
    (bytes.len() <= 5 && bytes.first().is_some_and(|first| *first < 0x80))
        .then(|| {
            bytes
                .iter()
                .fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte))
        })
        .and_then(|number| u32::try_from(number).ok())
}

/// `YYYYMMDDHHMMSSZ` (KerberosTime, RFC 4120 5.2.3) as seconds since 1970.
fn generalized_time(bytes: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(bytes).ok()?;
    jiff::civil::DateTime::strptime("%Y%m%d%H%M%SZ", text)
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|time| time.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn an_error(code: u8) -> Vec<u8> {
        let fields = [
            write(0xa0, &write(2, &[5])),
            write(0xa1, &write(2, &[30])),
            write(0xa4, &write(0x18, b"20251103101500Z")),
            write(0xa5, &write(2, &[0])),
            write(0xa6, &write(2, &[code])),
            write(0xa9, &write(0x1b, b"KESTREL.LAN")),
            write(0xab, &write(0x1b, b"NEEDED_PREAUTH")),
        ]
        .concat();
        write(KRB_ERROR, &write(0x30, &fields))
    }

    #[test]
    fn an_error_is_read() {
        let error = krb_error(&an_error(25)).unwrap();
        assert_eq!(
            (error.code, error.server_time, error.text.as_str()),
            (25, Some(1_762_164_900), "NEEDED_PREAUTH")
        );
        let mut wrapped = b"\x60\x40\x7e\x01\x02garbage".to_vec();
        wrapped.extend(an_error(37));
        assert_eq!(krb_error_within(&wrapped).unwrap().code, 37);
        assert_eq!(krb_error_within(b"\x7e\x7e\x7e"), None);
    }

    #[test]
    fn times_are_seconds_since_1970() {
        assert_eq!(generalized_time(b"19700101000000Z"), Some(0));
        assert_eq!(generalized_time(b"20000229235959Z"), Some(951_868_799));
        assert_eq!(generalized_time(b"20001329235959Z"), None);
        assert_eq!(generalized_time(b"2000"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(tag in 0u8..0x1f, content in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let mut bytes = write(tag, &content);
            bytes.push(9);
            prop_assert_eq!(element(&bytes), Some((tag, &content[..], &[9u8][..])));
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (element(&bytes), krb_error(&bytes), krb_error_within(&bytes), public_key(&bytes));
            let _ = generalized_time(&bytes);
        }

        #[test]
        fn a_cut_error_is_none(cut in 0usize..100) {
            let whole = an_error(24);
            let part = &whole[..cut.min(whole.len() - 1)];
            prop_assert_eq!(krb_error(part), None);
        }
    }
}
