//! Frames in a stream of bytes, and what stands between them.
//!
//! A frame is a line `@csdeck NONCE ID N KIND LENGTH BASE64`: the request it belongs to, its number
//! within the request's answer, one letter for the kind with `+` when the next frame of the kind
//! goes on and `.` when not, and the payload with its length. Whatever else comes (a native program,
//! a script that writes to the console, a torn frame) is noise, and comes out as such: nothing is
//! swallowed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

/// The longest payload of a frame, in characters of Base64.
pub const PART: usize = 65_536;

/// The longest frame: its payload and what stands in front of it.
const FRAME_LIMIT: usize = PART + 256;

/// A frame that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The request that it answers; `0` before the first.
    pub id: String,
    /// Its number within the answer, from 1.
    pub number: u64,
    /// What it is: h hello, o text, j an object in JSON, r an error record in JSON, e error,
    /// w warning, v verbose, d debug, p progress in JSON, q a question, s a question for a secret, x the end.
    pub kind: char,
    /// The next frame goes on with the same text.
    pub more: bool,
    /// The payload.
    pub payload: Vec<u8>,
}

impl Frame {
    /// The line of a frame, without its end.
    pub fn line(&self, nonce: &str) -> String {
        let payload = STANDARD.encode(&self.payload);
        let more = if self.more { '+' } else { '.' };
        format!(
            "@csdeck {nonce} {} {} {}{more} {} {payload}",
            self.id,
            self.number,
            self.kind,
            payload.len()
        )
    }

    /// Reads a line behind the mark.
    fn read(line: &[u8]) -> Option<Frame> {
        let line = std::str::from_utf8(line).ok()?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut words = line.splitn(5, ' ');
        let (id, number, kind) = (words.next()?, words.next()?, words.next()?);
        let (length, payload) = (words.next()?, words.next()?);
        let mut letters = kind.chars();
        let (kind, more) = (letters.next()?, letters.next()?);
        if letters.next().is_some()
            || !matches!(more, '+' | '.')
            || length.parse() != Ok(payload.len())
        {
            return None;
        }
        Some(Frame {
            id: id.to_owned(),
            number: number.parse().ok()?,
            kind,
            more: more == '+',
            payload: STANDARD.decode(payload).ok()?,
        })
    }
}

/// What a stream holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A frame.
    Frame(Frame),
    /// Bytes that are no frame, as they came.
    Noise(Vec<u8>),
    /// Bytes that began like a frame and are none; they follow as noise.
    Damaged,
}

/// Finds frames in a stream, however it is cut. Holds one frame at the most.
#[derive(Debug)]
pub struct FrameReader {
    mark: Vec<u8>,
    rest: Vec<u8>,
}

impl FrameReader {
    /// For the frames with this nonce.
    pub fn new(nonce: &str) -> FrameReader {
        FrameReader {
            mark: format!("@csdeck {nonce} ").into_bytes(),
            rest: Vec::new(),
        }
    }

    /// Takes more bytes; calls `each` for what is complete.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Piece)) {
        self.rest.extend_from_slice(bytes);
        let rest = std::mem::take(&mut self.rest);
        let mut at = 0;
        while let Some(found) = memmem::find(&rest[at..], &self.mark) {
            if found > 0 {
                each(Piece::Noise(rest[at..at + found].to_vec()));
            }
            at += found;
            let body = at + self.mark.len();
            // A second mark inside is where the next frame begins: this one is torn.
            let line = memchr::memchr(b'\n', &rest[body..]).map(|end| body + end);
            let next = memmem::find(&rest[body..], &self.mark).map(|next| body + next);
            let torn = next.filter(|next| line.is_none_or(|line| *next < line));
            match (line, torn) {
                (_, Some(next)) => {
                    each(Piece::Damaged);
                    each(Piece::Noise(rest[at..next].to_vec()));
                    at = next;
                }
                (Some(line), None) => {
                    match Frame::read(&rest[body..line]) {
                        Some(frame) => each(Piece::Frame(frame)),
                        None => {
                            each(Piece::Damaged);
                            each(Piece::Noise(rest[at..=line].to_vec()));
                        }
                    }
                    at = line + 1;
                }
                (None, None) if rest.len() - at > FRAME_LIMIT => {
                    each(Piece::Damaged);
                    each(Piece::Noise(rest[at..body].to_vec()));
                    at = body;
                }
                (None, None) => {
                    self.rest = rest[at..].to_vec();
                    return;
                }
            }
        }
        // The end may be the beginning of a mark.
        let kept = (0..self.mark.len().min(rest.len() - at + 1))
            .rev()
            .find(|&n| self.mark.starts_with(&rest[rest.len() - n..]))
            .unwrap_or(0);
        let end = rest.len() - kept;
        if end > at {
            each(Piece::Noise(rest[at..end].to_vec()));
        }
        self.rest = rest[end..].to_vec();
    }

    /// Ends the stream: what is left is noise.
    pub fn finish(&mut self, mut each: impl FnMut(Piece)) {
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            if rest.starts_with(&self.mark) {
                each(Piece::Damaged);
            }
            each(Piece::Noise(rest));
        }
    }
}
