//! Time as the lab's shell sees it, so that tests need not wait.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// How often a wait looks whether it was cancelled.
const SLICE: Duration = Duration::from_millis(20);

/// A clock to read and to wait by.
pub trait Clock {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits for `duration`, or until `cancelled` says so. False when it was cancelled.
    fn wait(&self, duration: Duration, cancelled: &dyn Fn() -> bool) -> bool;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait(&self, duration: Duration, cancelled: &dyn Fn() -> bool) -> bool {
        let start = Instant::now();
        loop {
            if cancelled() {
                return false;
            }
            let left = duration.saturating_sub(start.elapsed());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(SLICE));
        }
    }
}

/// A clock that stands still, except that a wait moves it on at once.
#[derive(Debug, Clone)]
pub struct ManualClock(std::cell::Cell<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        ManualClock(std::cell::Cell::new(now))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }

    fn wait(&self, duration: Duration, cancelled: &dyn Fn() -> bool) -> bool {
        if cancelled() {
            return false;
        }
        let seconds = duration.as_secs_f64();
        self.0
            .set(super::timeline::after(self.0.get(), seconds, 1.0));
        true
    }
}
