//! How far the server's clock is from csdeck's.
//!
//! An answer with the server's time was made before it was taken in, and after the question was
//! sent. So `server - taken` is at most the difference of the clocks, and `server - asked` at
//! least. Several polls narrow it: the quickest answer says the most.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// What is told at all.
const TOLD: SignedDuration = SignedDuration::from_secs(30);

/// What a poll explains when nobody knows how long it took: the first one may start a PowerShell
/// and load a module.
const SLOW: SignedDuration = SignedDuration::from_secs(30);

/// Smaller differences are left alone.
const SMALL: SignedDuration = SignedDuration::from_secs(5);

/// How many polls narrow the difference.
const KEPT: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Sample {
    at_least: SignedDuration,
    at_most: Option<SignedDuration>,
}

/// The difference, from poll to poll. Above zero: the server's clock is ahead.
#[derive(Debug, Clone, Default)]
pub(super) struct Clocks(VecDeque<Sample>);

impl Clocks {
    /// Takes note of an answer's times; `asked` is when the question was sent.
    pub fn see(&mut self, server: Timestamp, taken: Timestamp, asked: Option<Timestamp>) {
        let at_least = server.duration_since(taken);
        let at_most = asked.map(|asked| server.duration_since(asked).max(at_least));
        let now = Sample { at_least, at_most };
        // Somebody set a clock: what was before holds no more.
        let stepped = |before: &Sample| {
            let below = before.at_most.unwrap_or(before.at_least + SLOW);
            at_least > below + TOLD || at_most.is_some_and(|most| most + TOLD < before.at_least)
        };
        let fell = self
            .at_least()
            .is_some_and(|before| at_least + TOLD + SLOW < before);
        if self.0.iter().any(stepped) || fell {
            self.0.clear();
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    fn at_least(&self) -> Option<SignedDuration> {
        self.0.iter().map(|s| s.at_least).max()
    }

    fn at_most(&self) -> Option<SignedDuration> {
        self.0.iter().filter_map(|s| s.at_most).min()
    }

    /// How much later a moment of csdeck's clock reads on the server's, in whole seconds. Where it
    /// is not certain it is rather too much than too little: a change that is taken for later than
    /// it was may hide a convergence for a while, never invent one.
    pub fn shift(&self) -> SignedDuration {
        let Some(at_least) = self.at_least() else {
            return SignedDuration::ZERO;
        };
        let shift = match self.at_most() {
            Some(at_most) if at_most < -SMALL || at_most > SMALL => at_most,
            Some(_) => SignedDuration::ZERO,
            None if at_least > SMALL || at_least < -SLOW => at_least,
            None => SignedDuration::ZERO,
        };
        // Upwards, so that a hair's breadth from poll to poll changes nothing.
        let seconds = shift.as_secs() + i64::from(shift.subsec_nanos() > 0);
        SignedDuration::from_secs(seconds)
    }

    /// The difference when it is more than half a minute and no slow answer explains it.
    pub fn skew(&self) -> Option<SignedDuration> {
        let (at_least, at_most) = (self.at_least()?, self.at_most());
        if at_least > TOLD {
            return Some(at_least);
        }
        at_most
            .or(Some(at_least))
            .filter(|difference| *difference < -TOLD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(of: i64) -> SignedDuration {
        SignedDuration::from_secs(of)
    }

    fn after(polls: &[(i64, i64, Option<i64>)]) -> Clocks {
        let mut clocks = Clocks::default();
        let at = |second: i64| Timestamp::from_second(1_000_000 + second).unwrap_or_default();
        for (server, taken, asked) in polls {
            clocks.see(at(*server), at(*taken), asked.map(at));
        }
        clocks
    }

    #[test]
    fn a_slow_answer_is_no_slow_clock() {
        let clocks = after(&[(0, 20, None)]);
        assert_eq!((clocks.shift(), clocks.skew()), (seconds(0), None));
        let clocks = after(&[(0, 50, Some(-1))]);
        assert_eq!((clocks.shift(), clocks.skew()), (seconds(0), None));
        // Asked and answered within two seconds, ten of them behind.
        let clocks = after(&[(0, 11, Some(9))]);
        assert_eq!((clocks.shift(), clocks.skew()), (seconds(-9), None));
    }

    #[test]
    fn clocks_that_differ_are_told_and_mapped() {
        for (server, taken) in [(600, 0), (0, 600)] {
            let clocks = after(&[(server, taken, None)]);
            assert_eq!(clocks.shift(), seconds(server - taken));
            assert_eq!(clocks.skew(), Some(seconds(server - taken)));
        }
        // The quickest answer says the most.
        let clocks = after(&[(0, 620, None), (30, 631, None), (60, 668, None)]);
        assert_eq!(clocks.shift(), seconds(-601));
    }

    #[test]
    fn a_clock_that_is_set_is_believed() {
        let clocks = after(&[(600, 0, None), (5, 5, None)]);
        assert_eq!((clocks.shift(), clocks.skew()), (seconds(0), None));
        let clocks = after(&[(0, 600, None), (605, 605, None)]);
        assert_eq!((clocks.shift(), clocks.skew()), (seconds(0), None));
    }
}
