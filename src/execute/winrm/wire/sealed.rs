//! Sealed bodies: `multipart/encrypted` of MS-WSMV 2.2.9.1.
//!
//! Every sealed piece is two parts: one that says what was sealed and how long it was, and one with the
//! sealed bytes, the length of the signature before them. Between the headers of the second part and
//! its bytes stands no empty line, and before the boundary that ends them no line break.

use std::ops::Range;

use thiserror::Error;

use crate::execute::winrm::auth::Sealed;

const BOUNDARY: &str = "--Encrypted Boundary";
/// No mechanism's signature is longer: CredSSP's and Kerberos's stay below 100 bytes.
const LONGEST_HEADER: usize = 1024;
/// What padding may add to a piece (Kerberos with old ciphers: a block).
const LONGEST_PADDING: usize = 64;
/// Lines of headers in one part.
const MOST_HEADERS: usize = 16;

/// The value of `Content-Type` for this many pieces.
pub(super) fn content_type(protocol: &str, pieces: usize) -> String {
    let kind = match pieces {
        0 | 1 => "multipart/encrypted",
        _ => "multipart/x-multi-encrypted",
    };
    format!("{kind};protocol=\"{protocol}\";boundary=\"Encrypted Boundary\"")
}

/// The body for sealed pieces, each with the length of what was sealed.
pub(super) fn write(protocol: &str, pieces: &[(Sealed, usize)]) -> Vec<u8> {
    let size: usize = pieces
        .iter()
        .map(|(sealed, _)| sealed.header.len() + sealed.body.len() + 256)
        .sum();
    let mut out = Vec::with_capacity(size + BOUNDARY.len() + 4);
    for (sealed, length) in pieces {
        let head = format!(
            "{BOUNDARY}\r\n\tContent-Type: {protocol}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={}\r\n{BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n",
            length + sealed.padding
        );
        out.extend_from_slice(head.as_bytes());
        let header = u32::try_from(sealed.header.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&header.to_le_bytes());
        out.extend_from_slice(&sealed.header);
        out.extend_from_slice(&sealed.body);
    }
    out.extend_from_slice(BOUNDARY.as_bytes());
    out.extend_from_slice(b"--\r\n");
    out
}

/// One sealed piece in a body: where its signature stands and where its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The signature.
    pub header: Range<usize>,
    /// The sealed bytes.
    pub body: Range<usize>,
    /// The length of what was sealed, padding included.
    pub length: usize,
}

impl Piece {
    /// True when `opened` bytes are what the piece said it holds.
    pub fn fits(&self, opened: usize) -> bool {
        opened <= self.length && self.length - opened <= LONGEST_PADDING
    }
}

/// Why a body is not a sealed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// `Content-Type` says something else.
    #[error("it is not multipart/encrypted")]
    NotSealed,
    /// It was sealed in another way than this connection's.
    #[error("it is sealed for another protocol than the log-in's")]
    Protocol,
    /// No boundary where one has to be.
    #[error("a boundary is missing")]
    Boundary,
    /// Headers that make no sense.
    #[error("the headers of a part cannot be read")]
    Headers,
    /// No usable `OriginalContent`.
    #[error("a part does not say how long it was")]
    Length,
    /// The bytes end too early.
    #[error("it is cut off")]
    CutOff,
}

/// Finds the sealed pieces of a body. `protocol` is what the log-in seals with.
///
/// Tolerant of what servers are known to write differently (a blank in the boundary, the case of
/// headers, an empty line); strict about the rest. The sealed bytes may hold anything, a boundary too.
pub fn parse(content_type: &str, protocol: &str, body: &[u8]) -> Result<Vec<Piece>, Malformed> {
    let mut fields = content_type.split(';').map(str::trim);
    let kind = fields.next().unwrap_or_default();
    if !["multipart/encrypted", "multipart/x-multi-encrypted"]
        .iter()
        .any(|k| kind.eq_ignore_ascii_case(k))
    {
        return Err(Malformed::NotSealed);
    }
    let mut boundary = "Encrypted Boundary";
    for field in fields {
        let Some((name, value)) = field.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("protocol") && !value.eq_ignore_ascii_case(protocol) {
            return Err(Malformed::Protocol);
        }
        if name.trim().eq_ignore_ascii_case("boundary") && !value.trim().is_empty() {
            boundary = value.trim();
        }
    }
    Reader {
        body,
        at: 0,
        boundary: boundary.as_bytes(),
    }
    .pieces(protocol)
}

/// What follows a boundary.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Part,
    End,
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
    boundary: &'a [u8],
}

impl Reader<'_> {
    fn pieces(mut self, protocol: &str) -> Result<Vec<Piece>, Malformed> {
        self.skip_empty_lines();
        let mut pieces = Vec::new();
        let mut after = self.boundary_at(self.at).ok_or(Malformed::Boundary)?;
        loop {
            self.at = after.1;
            if after.0 == After::Part {
                let length = self.description(protocol)?;
                self.octet_stream()?;
                let (piece, next) = self.bytes(length)?;
                pieces.push(piece);
                after = next;
                continue;
            }
            // A server that says something before its answer (an acknowledgement, a sign of life) seals
            // each envelope by itself (MS-WSMV 3.1.4.1.39).
            self.skip_empty_lines();
            match self.boundary_at(self.at) {
                Some((After::Part, at)) => after = (After::Part, at),
                _ => break,
            }
        }
        match pieces.is_empty() {
            true => Err(Malformed::Boundary),
            false => Ok(pieces),
        }
    }

    fn skip_empty_lines(&mut self) {
        while self.body[self.at..].starts_with(b"\r\n") {
            self.at += 2;
        }
    }

    /// A boundary exactly there: what follows it, and where.
    fn boundary_at(&self, at: usize) -> Option<(After, usize)> {
        let mut rest = self.body.get(at..)?.strip_prefix(b"--")?;
        while let Some(more) = rest.strip_prefix(b" ") {
            rest = more;
        }
        rest = rest.strip_prefix(self.boundary)?;
        let (after, rest) = match rest.strip_prefix(b"--") {
            Some(rest) => (After::End, rest),
            None => (After::Part, rest),
        };
        let rest = match (rest.strip_prefix(b"\r\n"), after) {
            (Some(rest), _) => rest,
            (None, After::End) => rest,
            (None, After::Part) => return None,
        };
        Some((after, self.body.len() - rest.len()))
    }

    /// One line of a part's headers, without blanks around it.
    fn line(&mut self) -> Result<&str, Malformed> {
        let rest = self.body.get(self.at..).unwrap_or_default();
        let end = memchr::memmem::find(rest, b"\r\n").ok_or(Malformed::Headers)?;
        self.at += end + 2;
        std::str::from_utf8(&rest[..end])
            .map(str::trim)
            .map_err(|_| Malformed::Headers)
    }

    /// The first part, up to the boundary behind it: how long what was sealed is.
    fn description(&mut self, protocol: &str) -> Result<usize, Malformed> {
        let mut length = None;
        for _ in 0..MOST_HEADERS {
            if let Some((after, at)) = self.boundary_at(self.at) {
                self.at = at;
                return match after {
                    After::Part => length.ok_or(Malformed::Length),
                    After::End => Err(Malformed::Boundary),
                };
            }
            let line = self.line()?;
            if line.is_empty() {
                continue;
            }
            let (name, value) = line.split_once(':').ok_or(Malformed::Headers)?;
            let value = value.trim();
            if name.eq_ignore_ascii_case("Content-Type") {
                if !value.eq_ignore_ascii_case(protocol) {
                    return Err(Malformed::Protocol);
                }
            } else if name.eq_ignore_ascii_case("OriginalContent") {
                length = Some(stated_length(value)?);
            }
        }
        Err(Malformed::Headers)
    }

    /// The second part's headers, up to its bytes.
    fn octet_stream(&mut self) -> Result<(), Malformed> {
        for _ in 0..MOST_HEADERS {
            let line = self.line()?;
            let (name, value) = line.split_once(':').ok_or(Malformed::Headers)?;
            if name.eq_ignore_ascii_case("Content-Type") {
                return match value
                    .trim()
                    .eq_ignore_ascii_case("application/octet-stream")
                {
                    true => Ok(()),
                    false => Err(Malformed::Headers),
                };
            }
        }
        Err(Malformed::Headers)
    }

    /// The second part's bytes, and what follows them.
    fn bytes(&mut self, length: usize) -> Result<(Piece, (After, usize)), Malformed> {
        let header_length = |at: usize| {
            let four = self.body.get(at..at + 4)?;
            usize::try_from(u32::from_le_bytes([four[0], four[1], four[2], four[3]])).ok()
        };
        let mut signature = header_length(self.at).ok_or(Malformed::CutOff)?;
        // An empty line reads as a length that no signature has.
        if signature > LONGEST_HEADER && self.body[self.at..].starts_with(b"\r\n") {
            self.at += 2;
            signature = header_length(self.at).ok_or(Malformed::CutOff)?;
        }
        if signature > LONGEST_HEADER {
            return Err(Malformed::Headers);
        }
        let header = self.at + 4..self.at + 4 + signature;
        // The sealed bytes are at least as long as what was sealed; a boundary before that is chance.
        let from = header.end.checked_add(length).ok_or(Malformed::CutOff)?;
        let rest = self.body.get(from..).ok_or(Malformed::CutOff)?;
        // Each hyphen, not each pair: the sealed bytes may end in one.
        let (end, next) = memchr::memchr_iter(b'-', rest)
            .find_map(|at| Some((from + at, self.boundary_at(from + at)?)))
            .ok_or(Malformed::Boundary)?;
        let body = header.end..end;
        Ok((
            Piece {
                header,
                body,
                length,
            },
            next,
        ))
    }
}

/// The number behind `Length=` of `type=application/soap+xml;charset=UTF-8;Length=1234`.
fn stated_length(value: &str) -> Result<usize, Malformed> {
    value
        .split(';')
        .filter_map(|field| field.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("Length"))
        .and_then(|(_, number)| number.trim().parse().ok())
        .ok_or(Malformed::Length)
}

#[cfg(test)]
#[path = "sealed_tests.rs"]
mod tests;
