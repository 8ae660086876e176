//! How long a watcher leaves a server alone that it cannot reach.

use std::time::Duration;

/// Longest wait between two attempts, unless polls are further apart anyway.
const LONGEST: Duration = Duration::from_secs(30);

/// Counts the attempts that failed in a row: 1, 2, 4, 8, 16, then 30 s. Only for what asks again by
/// itself: a run that a user asks for connects at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff(u32);

impl Backoff {
    /// The server was reached: the next failure starts with the shortest wait.
    pub fn reset(&mut self) {
        self.0 = 0;
    }

    /// The wait after one more failed attempt of something that otherwise asks every `interval`.
    pub fn next(&mut self, interval: Duration) -> Duration {
        let wait = Duration::from_secs(1u64.checked_shl(self.0).unwrap_or(u64::MAX));
        self.0 = self.0.saturating_add(1).min(6);
        if wait < LONGEST {
            wait
        } else {
            LONGEST.max(interval)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_up_to_half_a_minute() {
        let mut backoff = Backoff::default();
        let five = Duration::from_secs(5);
        let waits: Vec<u64> = (0..8).map(|_| backoff.next(five).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.next(five).as_secs(), 1);
    }

    #[test]
    fn polls_that_are_further_apart_stay_so() {
        let mut backoff = Backoff::default();
        let hour = Duration::from_secs(3600);
        let last = (0..100).map(|_| backoff.next(hour)).last();
        assert_eq!(last, Some(hour));
    }
}
