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
}

#[derive(Debug)]
struct Open {
    next: u64,
    bytes: Vec<u8>,
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

    /// Bytes of messages that are not whole yet.
    pub fn held(&self) -> usize {
        self.held
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
            if self.open.len() >= OPEN_LIMIT {
                return Err(FragmentError::TooManyOpen);
            }
            self.held += fragment.blob.len();
            let bytes = fragment.blob.to_vec();
            self.open.insert(object, Open { next: 1, bytes });
            return Ok(None);
        }
        let number = fragment.number;
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
        open.next += 1;
        open.bytes.extend_from_slice(fragment.blob);
        self.held += fragment.blob.len();
        if !fragment.end {
            return Ok(None);
        }
        let bytes = self.open.remove(&object).map(|open| open.bytes);
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(object: u64, number: u64, end: bool, blob: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, object, number, end, blob);
        out
    }

    fn pushed(assembler: &mut Assembler, bytes: &[u8]) -> Result<Vec<Vec<u8>>, FragmentError> {
        let mut out = Vec::new();
        assembler.push(bytes, &mut out).map(|()| out)
    }

    #[test]
    fn the_header_is_the_specifications() {
        assert_eq!(
            one(1, 0, true, b"ab"),
            [
                0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, b'a', b'b'
            ]
        );
        assert_eq!(one(1, 1, false, b"")[16], 0);
    }

    #[test]
    fn messages_may_be_mixed() {
        let mut assembler = Assembler::default();
        let mut bytes = one(1, 0, false, b"a");
        bytes.extend(one(2, 0, false, b"x"));
        bytes.extend(one(3, 0, true, b"whole"));
        bytes.extend(one(2, 1, true, b"y"));
        bytes.extend(one(1, 1, false, b"b"));
        bytes.extend(one(1, 2, true, b""));
        let messages = pushed(&mut assembler, &bytes).unwrap();
        assert_eq!(
            messages,
            [b"whole".to_vec(), b"xy".to_vec(), b"ab".to_vec()]
        );
        assert_eq!(assembler.held(), 0);
    }

    #[test]
    fn what_is_out_of_order_is_named() {
        let after_first = |bytes: Vec<u8>| {
            let mut assembler = Assembler::default();
            pushed(&mut assembler, &one(7, 0, false, b"a")).unwrap();
            pushed(&mut assembler, &bytes).unwrap_err()
        };
        let object = 7;
        assert_eq!(
            after_first(one(7, 2, false, b"")),
            FragmentError::Gap { object, missing: 1 }
        );
        assert_eq!(
            after_first(one(7, 0, false, b"")),
            FragmentError::Repeated { object, number: 0 }
        );
        assert_eq!(
            after_first(one(8, 1, true, b"")),
            FragmentError::NoStart {
                object: 8,
                number: 1
            }
        );
        let mut late_start = one(9, 1, false, b"");
        late_start[16] = START;
        assert_eq!(
            after_first(late_start),
            FragmentError::StartNotFirst { object: 9 }
        );
        assert_eq!(
            after_first(one(7, 1, true, b"abc")[..23].to_vec()),
            FragmentError::Cut { bytes: 23 }
        );
        assert_eq!(after_first(vec![0; 20]), FragmentError::Cut { bytes: 20 });
    }

    #[test]
    fn memory_is_bounded() {
        let mut assembler = Assembler::default();
        for object in 1..=OPEN_LIMIT as u64 {
            pushed(&mut assembler, &one(object, 0, false, b"")).unwrap();
        }
        assert_eq!(
            pushed(&mut assembler, &one(9999, 0, false, b"")).unwrap_err(),
            FragmentError::TooManyOpen
        );
        // One that needs no memory still comes through.
        assert_eq!(
            pushed(&mut assembler, &one(9999, 0, true, b"x")).unwrap(),
            [b"x".to_vec()]
        );
        assembler.held = MESSAGE_LIMIT;
        assert_eq!(
            pushed(&mut assembler, &one(1, 1, false, b"x")).unwrap_err(),
            FragmentError::TooBig { object: 1 }
        );
    }

    proptest! {
        /// However messages are cut and mixed, they come out as they were.
        #[test]
        fn cut_mixed_and_whole_again(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8),
            size in 1usize..50,
            order in prop::collection::vec(any::<prop::sample::Index>(), 400),
        ) {
            let mut queues: Vec<std::collections::VecDeque<Vec<u8>>> = messages
                .iter()
                .enumerate()
                .map(|(i, message)| {
                    let mut blobs: Vec<&[u8]> = message.chunks(size).collect();
                    if blobs.is_empty() {
                        blobs.push(b"");
                    }
                    let last = blobs.len() - 1;
                    blobs
                        .iter()
                        .enumerate()
                        .map(|(n, blob)| one(i as u64 + 1, n as u64, n == last, blob))
                        .collect()
                })
                .collect();
            let mut assembler = Assembler::default();
            let mut out = Vec::new();
            for index in order.iter().cycle().take(2000) {
                let left: Vec<usize> =
                    (0..queues.len()).filter(|&i| !queues[i].is_empty()).collect();
                if left.is_empty() {
                    break;
                }
                let fragment = queues[left[index.index(left.len())]].pop_front().unwrap();
                assembler.push(&fragment, &mut out).unwrap();
            }
            let mut expected = messages.clone();
            expected.sort();
            out.sort();
            prop_assert_eq!(out, expected);
            prop_assert_eq!(assembler.held(), 0);
        }

        /// No bytes make it panic, and it holds no more than it was given.
        #[test]
        fn any_bytes(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
            let mut assembler = Assembler::default();
            let mut given = 0;
            for chunk in &chunks {
                given += chunk.len();
                let _ = assembler.push(chunk, &mut Vec::new());
                prop_assert!(assembler.held() <= given);
            }
        }
    }
}
