use proptest::prelude::*;

use super::*;

const SPNEGO: &str = "application/HTTP-SPNEGO-session-encrypted";
const KIND: &str = "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"";

/// Bytes that are hard to tell from the frame around them.
fn nasty() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        proptest::collection::vec(
            prop_oneof![
                Just(b"--Encrypted Boundary\r\n".to_vec()),
                Just(b"--Encrypted Boundary--\r\n".to_vec()),
                Just(b"-- Encrypted Boundary\r\n".to_vec()),
                Just(b"\tContent-Type: application/octet-stream\r\n".to_vec()),
                Just(b"\r\n".to_vec()),
                Just(b"-".to_vec()),
                Just(vec![0]),
            ],
            0..8
        )
        .prop_map(|parts| parts.concat()),
    ]
}

fn sealed() -> impl Strategy<Value = (Sealed, usize)> {
    // A record of TLS is longer than what it holds by more than its header (CredSSP).
    (
        proptest::collection::vec(any::<u8>(), 0..64),
        nasty(),
        0..16_usize,
        0..40_usize,
    )
        .prop_map(|(header, body, padding, more)| {
            let length = body.len().saturating_sub(padding).saturating_sub(more);
            let padding = padding.min(body.len() - length);
            (
                Sealed {
                    header,
                    body,
                    padding,
                },
                length,
            )
        })
}

proptest! {
    /// One piece holds anything: with NTLM and Kerberos it is as long as what was sealed and padded.
    #[test]
    fn any_bytes_come_back(header in proptest::collection::vec(any::<u8>(), 0..64), body in nasty()) {
        let length = body.len();
        let pieces = [(Sealed { header, body, padding: 0 }, length)];
        let written = write(SPNEGO, &pieces);
        let read = parse(&content_type(SPNEGO, 1), SPNEGO, &written).unwrap();
        prop_assert_eq!(read.len(), 1);
        prop_assert_eq!(&written[read[0].header.clone()], &pieces[0].0.header[..]);
        prop_assert_eq!(&written[read[0].body.clone()], &pieces[0].0.body[..]);
        prop_assert!(read[0].fits(length));
    }

    /// Several pieces, longer than what they hold. A boundary by chance in the little that is more is
    /// left out of the test: it would be in a ciphertext once in 2^150.
    #[test]
    fn several_pieces_come_back(pieces in proptest::collection::vec(sealed(), 1..6)) {
        prop_assume!(pieces.iter().all(|(s, length)| {
            let tail = &s.body[(length + s.padding).min(s.body.len())..];
            !tail.windows(2).any(|w| w == b"--")
                && !tail.ends_with(b"-")
        }));
        let written = write(SPNEGO, &pieces);
        let read = parse(&content_type(SPNEGO, pieces.len()), SPNEGO, &written).unwrap();
        prop_assert_eq!(read.len(), pieces.len());
        for (piece, (sealed, length)) in read.iter().zip(&pieces) {
            prop_assert_eq!(&written[piece.header.clone()], &sealed.header[..]);
            prop_assert_eq!(&written[piece.body.clone()], &sealed.body[..]);
            prop_assert_eq!(piece.length, length + sealed.padding);
        }
    }

    /// Whatever comes, it is judged: no panic, and ranges inside the body.
    #[test]
    fn nonsense_is_judged(body in nasty(), cut in any::<proptest::sample::Index>(), flip in any::<proptest::sample::Index>(), with: u8) {
        let pieces = [(Sealed { header: vec![1; 16], body, padding: 0 }, 7)];
        let mut written = write(SPNEGO, &pieces);
        let at = flip.index(written.len());
        written[at] ^= with;
        written.truncate(cut.index(written.len() + 1));
        if let Ok(pieces) = parse(KIND, SPNEGO, &written) {
            for piece in pieces {
                prop_assert!(piece.header.end <= piece.body.start && piece.body.end <= written.len());
                prop_assert!(piece.body.start <= piece.body.end);
            }
        }
    }

    #[test]
    fn any_bytes_are_judged(kind in "\\PC{0,60}", body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&kind, SPNEGO, &body);
        let _ = parse(KIND, SPNEGO, &body);
    }
}

fn body(boundary: &str, headers: [&str; 3], line: &str) -> Vec<u8> {
    let [kind, original, octet] = headers;
    let mut out = format!("{boundary}\r\n{kind}\r\n{original}\r\n{boundary}\r\n{octet}\r\n{line}")
        .into_bytes();
    out.extend_from_slice(&[2, 0, 0, 0, b'S', b'G', b'x', b'y', b'z']);
    out.extend_from_slice(format!("{boundary}--\r\n").as_bytes());
    out
}

#[test]
fn what_servers_write_differently() {
    let windows = [
        "\tContent-Type: application/HTTP-SPNEGO-session-encrypted",
        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=3",
        "\tContent-Type: application/octet-stream",
    ];
    let other = [
        "content-type: application/http-spnego-session-encrypted",
        "ORIGINALCONTENT: type=application/soap+xml; charset=UTF-8; length=3",
        "CONTENT-TYPE:application/octet-stream",
    ];
    let kinds = [
        KIND.to_owned(),
        KIND.replace(';', "; ").replace("multipart", "Multipart"),
        "multipart/encrypted".to_owned(),
    ];
    for kind in &kinds {
        for headers in [windows, other] {
            for boundary in ["--Encrypted Boundary", "-- Encrypted Boundary"] {
                for line in ["", "\r\n"] {
                    let body = body(boundary, headers, line);
                    let pieces = parse(kind, SPNEGO, &body)
                        .unwrap_or_else(|e| panic!("{e}: {kind} {headers:?} {boundary} {line:?}"));
                    assert_eq!(pieces.len(), 1);
                    assert_eq!(&body[pieces[0].header.clone()], b"SG");
                    assert_eq!(&body[pieces[0].body.clone()], b"xyz");
                    assert_eq!(pieces[0].length, 3);
                }
            }
        }
    }
}

#[test]
fn what_is_refused() {
    let good = [
        "\tContent-Type: application/HTTP-SPNEGO-session-encrypted",
        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=3",
        "\tContent-Type: application/octet-stream",
    ];
    let whole = body("--Encrypted Boundary", good, "");
    let refused = |kind: &str, body: &[u8], why: Malformed| {
        assert_eq!(parse(kind, SPNEGO, body), Err(why), "{kind}");
    };
    refused("application/soap+xml", &whole, Malformed::NotSealed);
    refused("", &whole, Malformed::NotSealed);
    let kerberos = KIND.replace("SPNEGO", "Kerberos");
    refused(&kerberos, &whole, Malformed::Protocol);
    refused(KIND, b"", Malformed::Boundary);
    refused(KIND, b"--Encrypted Boundary--\r\n", Malformed::Boundary);
    refused(KIND, &whole[..whole.len() - 30], Malformed::CutOff);
    refused(KIND, &whole[..whole.len() - 24], Malformed::Boundary);
    let with = |at: usize, line: &'static str| {
        let mut lines = good;
        lines[at] = line;
        body("--Encrypted Boundary", lines, "")
    };
    refused(
        KIND,
        &with(1, "\tOriginalContent: type=application/soap+xml"),
        Malformed::Length,
    );
    refused(
        KIND,
        &with(1, "\tOriginalContent: Length=99999999999999999999999"),
        Malformed::Length,
    );
    refused(
        KIND,
        &with(1, "\tOriginalContent: Length=18446744073709551615"),
        Malformed::CutOff,
    );
    refused(KIND, &with(1, "\tX: y"), Malformed::Length);
    refused(
        KIND,
        &with(
            0,
            "\tContent-Type: application/HTTP-Kerberos-session-encrypted",
        ),
        Malformed::Protocol,
    );
    refused(
        KIND,
        &with(2, "\tContent-Type: text/plain"),
        Malformed::Headers,
    );
}

#[test]
fn padding_is_little() {
    let piece = Piece {
        header: 0..0,
        body: 0..0,
        length: 100,
    };
    assert!(piece.fits(100) && piece.fits(92));
    assert!(!piece.fits(101) && !piece.fits(10));
}

/// A server says something before its answer: each envelope is sealed by itself, one behind the other.
#[test]
fn several_sealed_envelopes_come_back() {
    let one = |body: &[u8]| {
        let sealed = Sealed {
            header: vec![7; 16],
            body: body.to_vec(),
            padding: 0,
        };
        write(SPNEGO, &[(sealed, body.len())])
    };
    for between in [&b""[..], b"\r\n"] {
        let all = [&one(b"acknowledged")[..], between, &one(b"the answer")].concat();
        let read = parse(KIND, SPNEGO, &all).unwrap();
        let bodies: Vec<&[u8]> = read.iter().map(|p| &all[p.body.clone()]).collect();
        assert_eq!(bodies, [&b"acknowledged"[..], b"the answer"]);
    }
}

/// A record of TLS is longer than what it holds, and may end in the hyphens that a boundary begins with.
#[test]
fn sealed_bytes_may_end_in_hyphens() {
    for hyphens in 1..4 {
        let mut body = vec![7; 40];
        body.extend(std::iter::repeat_n(b'-', hyphens));
        let sealed = Sealed {
            header: vec![1; 5],
            body: body.clone(),
            padding: 0,
        };
        let written = write(SPNEGO, &[(sealed, 20)]);
        let read = parse(KIND, SPNEGO, &written).unwrap();
        assert_eq!(&written[read[0].body.clone()], &body[..]);
    }
}
