//! Whether a server's messages follow one another without a hole.
//!
//! A message has a number, and a server counts them (MS-PSRP 2.2.4, ObjectId). A request for output
//! whose answer was lost is sent again; a server that kept the answer gives it once more, and one that
//! did not goes on behind it. The numbers tell the one from the other.

use super::error::SessionError;
use super::wsman::Answer;

/// Bytes of a fragment's header: two numbers, the flags, the length of what follows.
const HEADER: usize = 21;

/// The flag of a message's first fragment.
const START: u8 = 1;

/// The numbers of the messages so far.
#[derive(Debug)]
pub struct Order {
    last: Option<u64>,
    /// False once numbers were left out though nothing was lost: a server may count the messages of
    /// several sessions together.
    counts: bool,
}

impl Default for Order {
    fn default() -> Order {
        Order {
            last: None,
            counts: true,
        }
    }
}

impl Order {
    /// Takes an answer's numbers in. When an answer before this one was lost, a hole is an error, and
    /// one that cannot be told from the server's way to count is `Ok(false)`.
    pub fn follow(&mut self, answer: &Answer, lost: bool) -> Result<bool, SessionError> {
        let mut sure = true;
        for stream in &answer.streams {
            let mut rest = stream.data.as_slice();
            while let Some((number, start, behind)) = fragment(rest) {
                rest = behind;
                let Some(last) = self.last else {
                    self.last = Some(number);
                    continue;
                };
                if start && number > last.saturating_add(1) {
                    if !lost {
                        self.counts = false;
                    } else if self.counts {
                        return Err(SessionError::Hole {
                            from: last.saturating_add(1),
                            to: number - 1,
                        });
                    } else {
                        sure = false;
                    }
                }
                self.last = Some(last.max(number));
            }
        }
        Ok(sure)
    }
}

/// The number of the first fragment's message, whether it begins there, and what is behind it.
fn fragment(bytes: &[u8]) -> Option<(u64, bool, &[u8])> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let number = u64::from_be_bytes(*header.first_chunk()?);
    let start = header[16] & START != 0;
    let length = u32::from_be_bytes(*header.last_chunk()?);
    let behind = rest.get(usize::try_from(length).ok()?..)?;
    Some((number, start, behind))
}

#[cfg(test)]
mod tests {
    use super::super::wsman::{Answer, Stream};
    use super::*;

    fn answer(numbers: &[u64]) -> Answer {
        let mut data = Vec::new();
        for number in numbers {
            data.extend(number.to_be_bytes());
            data.extend([0; 8]);
            data.push(START | 2);
            data.extend(3_u32.to_be_bytes());
            data.extend(b"abc");
        }
        Answer {
            streams: vec![Stream {
                command: None,
                data,
            }],
            ..Answer::default()
        }
    }

    #[test]
    fn a_hole_behind_a_lost_answer_is_found() {
        let mut order = Order::default();
        assert_eq!(order.follow(&answer(&[3, 4]), false), Ok(true));
        assert_eq!(order.follow(&answer(&[5]), true), Ok(true));
        let hole = SessionError::Hole { from: 6, to: 7 };
        assert_eq!(order.follow(&answer(&[8, 9]), true), Err(hole));
    }

    #[test]
    fn a_server_that_leaves_numbers_out_proves_nothing() {
        let mut order = Order::default();
        assert_eq!(order.follow(&answer(&[3, 9, 8]), false), Ok(true));
        assert_eq!(order.follow(&answer(&[10]), true), Ok(true));
        assert_eq!(order.follow(&answer(&[15]), true), Ok(false));
    }

    #[test]
    fn what_is_no_fragment_is_left_to_the_pool() {
        let mut cut = answer(&[3, 4]);
        cut.streams[0].data.truncate(30);
        assert_eq!(Order::default().follow(&cut, true), Ok(true));
        cut.streams[0].data[17] = 255;
        assert_eq!(Order::default().follow(&cut, true), Ok(true));
    }
}
