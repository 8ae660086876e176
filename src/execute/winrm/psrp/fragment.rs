//! Messages cut into fragments, and fragments put together again (MS-PSRP 2.2.4).
//!
//! A fragment is 21 bytes of header and a blob: the object's id (8 bytes, big-endian), the fragment's
//! number in it (8 bytes, from 0), a byte with the flags start (1) and end (2), the blob's length (4
//! bytes). A fragment is never cut: it stands whole in one answer of the server.

use std::collections::HashMap;

use thiserror::Error;

/// Bytes of a fragment's header.
pub const HEADER: usize = 21;

const START: u8 = 1;
const END: u8 = 2;

/// Most bytes of one message, and of all messages that are not whole yet.
pub const MESSAGE_LIMIT: usize = 200 * 1024 * 1024;

/// Most messages that may be on the way at the same time. A server sends one after the other for a
/// pool and for each pipeline.
pub const OPEN_LIMIT: usize = 256;

/// Writes one fragment behind `out`. `blob` is at most 4 GiB.
pub fn write(out: &mut Vec<u8>, object: u64, number: u64, end: bool, blob: &[u8]) {
    let flags = if number == 0 { START } else { 0 } | if end { END } else { 0 };
    out.reserve(HEADER + blob.len());
    out.extend_from_slice(&object.to_be_bytes());
    out.extend_from_slice(&number.to_be_bytes());
    out.push(flags);
    out.extend_from_slice(&u32::try_from(blob.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(blob);
}

/// Puts messages together from their fragments. Fragments of several messages may be mixed, those of
/// one message come in order.
#[derive(Debug, Default)]
pub struct Assembler {
    open: HashMap<u64, Open>,
    held: usize,
    joined: bool,
}

/// Discarded messages whose later fragments may still come: a pipeline has one on the way at most.
const DISCARDED_LIMIT: usize = 256;

#[derive(Debug)]
struct Open {
    next: u64,
    /// `None` for a message that nobody wants any more.
    bytes: Option<Vec<u8>>,
}

impl Assembler {
    /// Takes one or more whole fragments, and puts the messages that are whole now behind `out`, in
    /// the order in which they ended. After an error what was whole before it stands in `out`; the
    /// assembler is of no more use.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<Vec<u8>>) -> Result<(), FragmentError> {
        while !bytes.is_empty() {
            let (fragment, rest) = Fragment::read(bytes)?;
            bytes = rest;
            if let Some(message) = self.take(&fragment)? {
                out.push(message);
            }
        }
        Ok(())
    }

    /// Begins anew in the middle of what a server sends: messages whose beginning another client got
    /// are passed over.
    pub fn join(&mut self) {
        *self = Assembler {
            joined: true,
            ..Assembler::default()
        };
    }

    /// Bytes of messages that are not whole yet.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Gives up the messages that are not whole yet and of whose beginning `unwanted` says so. Their
    /// later fragments are taken and forgotten.
    pub fn discard(&mut self, unwanted: impl Fn(&[u8]) -> bool) {
        for open in self.open.values_mut() {
            if open.bytes.as_deref().is_some_and(&unwanted) {
                self.held -= open.bytes.take().map_or(0, |bytes| bytes.len());
            }
        }
        let mut given_up: Vec<u64> = self
            .open
            .iter()
            .filter(|(_, open)| open.bytes.is_none())
            .map(|(&object, _)| object)
            .collect();
        // The oldest have the lowest numbers.
        given_up.sort_unstable();
        let surplus = given_up.len().saturating_sub(DISCARDED_LIMIT);
        for object in &given_up[..surplus] {
            self.open.remove(object);
        }
    }

    fn take(&mut self, fragment: &Fragment<'_>) -> Result<Option<Vec<u8>>, FragmentError> {
        let object = fragment.object;
        if self.held + fragment.blob.len() > MESSAGE_LIMIT {
            return Err(FragmentError::TooBig { object });
        }
        if fragment.start {
            if fragment.number != 0 {
                return Err(FragmentError::StartNotFirst { object });
            }
            if self.open.contains_key(&object) {
                return Err(FragmentError::Repeated { object, number: 0 });
            }
            if fragment.end {
                return Ok(Some(fragment.blob.to_vec()));
            }
            let wanted = self.open.values().filter(|open| open.bytes.is_some());
            if self.open.len() >= OPEN_LIMIT && wanted.count() >= OPEN_LIMIT {
                return Err(FragmentError::TooManyOpen);
            }
            self.held += fragment.blob.len();
            let bytes = Some(fragment.blob.to_vec());
            self.open.insert(object, Open { next: 1, bytes });
            return Ok(None);
        }
        let number = fragment.number;
        if self.joined && !self.open.contains_key(&object) {
            let next = number;
            self.open.insert(object, Open { next, bytes: None });
            self.discard(|_| false);
        }
        let Some(open) = self.open.get_mut(&object) else {
            return Err(FragmentError::NoStart { object, number });
        };
        if number < open.next {
            return Err(FragmentError::Repeated { object, number });
        }
        if number > open.next {
            let missing = open.next;
            return Err(FragmentError::Gap { object, missing });
        }
        open.next = open.next.saturating_add(1);
        if let Some(bytes) = &mut open.bytes {
            bytes.extend_from_slice(fragment.blob);
            self.held += fragment.blob.len();
        }
        if !fragment.end {
            return Ok(None);
        }
        let bytes = self.open.remove(&object).and_then(|open| open.bytes);
        self.held -= bytes.as_ref().map_or(0, Vec::len);
        Ok(bytes)
    }
}

struct Fragment<'a> {
    object: u64,
    number: u64,
    start: bool,
    end: bool,
    blob: &'a [u8],
}

impl<'a> Fragment<'a> {
    fn read(bytes: &'a [u8]) -> Result<(Fragment<'a>, &'a [u8]), FragmentError> {
        let cut = || FragmentError::Cut { bytes: bytes.len() };
        let (object, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
        let (number, rest) = rest.split_first_chunk().ok_or_else(cut)?;
        let ([flags], rest) = rest.split_first_chunk().ok_or_else(cut)?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut())?;
        let (blob, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        let fragment = Fragment {
            object: u64::from_be_bytes(*object),
            number: u64::from_be_bytes(*number),
            start: flags & START != 0,
            end: flags & END != 0,
            blob,
        };
        Ok((fragment, rest))
    }
}

/// What can be wrong with fragments. Objects are the server's numbers for its messages.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FragmentError {
    /// Fewer bytes than a header says, or than a header has.
    #[error("a fragment was cut off: {bytes} bytes are not the whole of it")]
    Cut {
        /// What is there of it.
        bytes: usize,
    },
    /// A first fragment with a number that is not 0.
    #[error("message {object} begins with a fragment that is not its first")]
    StartNotFirst {
        /// The message.
        object: u64,
    },
    /// A later fragment of a message that never began.
    #[error("fragment {number} of message {object} came, and the message never began")]
    NoStart {
        /// The message.
        object: u64,
        /// The fragment's number.
        number: u64,
    },
    /// A fragment came twice.
    #[error("fragment {number} of message {object} came twice")]
    Repeated {
        /// The message.
        object: u64,
        /// The fragment's number.
        number: u64,
    },
    /// A fragment is missing.
    #[error("fragment {missing} of message {object} is missing")]
    Gap {
        /// The message.
        object: u64,
        /// The first number that is missing.
        missing: u64,
    },
    /// More bytes than [`MESSAGE_LIMIT`].
    #[error("message {object} is larger than {} MB", MESSAGE_LIMIT / 1024 / 1024)]
    TooBig {
        /// The message.
        object: u64,
    },
    /// More messages than [`OPEN_LIMIT`] on the way at the same time.
    #[error("the server began more than {OPEN_LIMIT} messages and ended none of them")]
    TooManyOpen,
}

#[cfg(test)]
mod tests;
