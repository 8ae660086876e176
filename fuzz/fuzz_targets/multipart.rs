//! A sealed body: the first line is its Content-Type, the rest the body.

#![no_main]

use csdeck::execute::winrm::wire::sealed;
use libfuzzer_sys::fuzz_target;

const PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";

fuzz_target!(|input: &[u8]| {
    let line = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (head, rest) = input.split_at(line);
    let body = rest.get(1..).unwrap_or_default();
    let content_type = String::from_utf8_lossy(head);
    if let Ok(pieces) = sealed::parse(&content_type, PROTOCOL, body) {
        for piece in pieces {
            assert!(body.get(piece.header.clone()).is_some());
            assert!(body.get(piece.body.clone()).is_some());
            piece.fits(piece.body.len());
        }
    }
});
