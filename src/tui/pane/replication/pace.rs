//! How often is asked, and until when.

use std::time::Duration;

use jiff::SignedDuration;

use crate::replication::words;

/// The times between two polls that the keys go through.
const STEPS: [Duration; 11] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
    Duration::from_secs(600),
];

/// The pace of a watch, by the time since the console began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// From the beginning of one poll to that of the next.
    pub every: Duration,
    /// No polls but those that are asked for.
    pub paused: bool,
    /// When the last poll began.
    begun: Option<Duration>,
    /// When the next one is due; none while the first one is under way.
    due: Option<Duration>,
}

impl Pace {
    /// Of a watch that begins now.
    pub fn new(every: Duration) -> Pace {
        Pace {
            every,
            paused: false,
            begun: None,
            due: None,
        }
    }

    /// A poll came back that took so long; the next one is due after `wait`.
    pub fn polled(&mut self, now: Duration, took: Duration, wait: Duration) {
        self.begun = Some(now.saturating_sub(took));
        self.due = Some(now + wait);
    }

    /// A poll is asked for.
    pub fn at_once(&mut self, now: Duration) {
        self.due = self.due.map(|_| now);
    }

    /// The next shorter or longer time between two polls; none at the end of them.
    pub fn step(&mut self, faster: bool) -> Option<Duration> {
        let next = match faster {
            true => STEPS.iter().rev().find(|step| **step < self.every),
            false => STEPS.iter().find(|step| **step > self.every),
        };
        self.every = *next?;
        self.due = self.begun.map(|begun| begun + self.every);
        Some(self.every)
    }

    /// Until the next poll; none while one is under way, or paused.
    pub fn left(&self, now: Duration) -> Option<Duration> {
        let due = self.due.filter(|_| !self.paused)?;
        due.checked_sub(now).filter(|left| !left.is_zero())
    }

    /// `next poll in 4 s, every 5 s`.
    pub fn words(&self, now: Duration) -> String {
        let every = every(self.every);
        if self.paused {
            return format!("paused, every {every} when it goes on");
        }
        match self.left(now) {
            Some(left) => {
                let whole = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                format!("next poll in {}, every {every}", seconds(whole))
            }
            None => format!("asking now, every {every}"),
        }
    }
}

/// A time between two polls in words.
pub fn every(every: Duration) -> String {
    match every.subsec_millis() {
        0 => seconds(every.as_secs()),
        _ => format!("{} ms", every.as_millis()),
    }
}

fn seconds(seconds: u64) -> String {
    words::span(SignedDuration::from_secs(
        i64::try_from(seconds).unwrap_or(i64::MAX),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_steps_end_and_the_next_poll_moves_with_them() {
        let mut pace = Pace::new(5 * SECOND);
        assert_eq!(pace.words(Duration::ZERO), "asking now, every 5 s");
        pace.polled(10 * SECOND, SECOND, 4 * SECOND);
        assert_eq!(pace.words(10 * SECOND), "next poll in 4 s, every 5 s");
        assert_eq!(
            pace.words(Duration::from_millis(12_300)),
            "next poll in 2 s, every 5 s"
        );
        assert_eq!(pace.step(false), Some(10 * SECOND));
        // Counted from the beginning of the last poll, as the engine counts.
        assert_eq!(pace.left(10 * SECOND), Some(9 * SECOND));
        for _ in 0..20 {
            pace.step(true);
        }
        assert_eq!(pace.every, Duration::from_millis(500));
        assert_eq!(pace.step(true), None);
        assert_eq!(pace.words(11 * SECOND), "asking now, every 500 ms");
        pace.paused = true;
        assert_eq!(pace.left(Duration::ZERO), None);
    }
}
