//! The goal of a watch: how a poll's rows, the store and the polls before make one verdict.

use jiff::{SignedDuration, Timestamp};

use super::history::{Rows, Why};
use super::judge::age;
use super::verdict::{RowVerdict, Verdict};
use super::watcher::Watcher;

/// So many polls in a row must find the store down before the watch says that it cannot succeed:
/// a fail-over takes some.
pub(super) const DOWN: u32 = 3;

/// How far the watch has come; a poll without data ends it.
#[derive(Debug, Clone, Default)]
pub(super) struct Goal {
    /// How many polls counted.
    pub run: u32,
    pub run_since: Option<Timestamp>,
    /// When the last one of them was taken.
    counted: Option<Timestamp>,
    /// In how many polls in a row the store was down.
    pub down: u32,
}

impl Goal {
    /// A poll in which not every replica is confirmed.
    pub(super) fn missed(&mut self) {
        *self = Goal {
            down: self.down,
            ..Goal::default()
        };
    }
}

impl Watcher {
    /// The verdict on a poll; `since` by the server's clock, `at` by csdeck's.
    pub(super) fn sum_up(
        &mut self,
        rows: &Rows,
        at: Timestamp,
        since: Option<Timestamp>,
    ) -> (Verdict, Why) {
        let counted = || rows.all.iter().filter(|row| row.who.counts());
        let down = self.store.as_ref().and_then(|store| store.is_down());
        let confirmed = counted().all(|row| row.verdict == RowVerdict::UpToDate);
        let somebody = counted().next().is_some();
        if confirmed && somebody && down.is_none() {
            return self.count(at);
        }
        self.goal.missed();
        if let Some(why) = down {
            let verdict = if self.goal.down >= DOWN {
                Verdict::Stuck
            } else {
                Verdict::Converging
            };
            return (verdict, Why::StoreDown(why));
        }
        if !somebody {
            return (Verdict::Converging, Why::Nobody);
        }
        let options = &self.setup.options;
        if let (Some(mapped), Some(since)) = (since, options.since) {
            let packages = counted().filter_map(|row| row.status.as_ref()?.last_update_creation);
            if packages.max().is_none_or(|package| package < mapped) {
                // A forced replication clears the rows first: that is a change in progress.
                let restarted = |name: &str| {
                    self.memory
                        .get(name)
                        .is_some_and(|m| m.restarted > Some(mapped))
                };
                let forced = counted().any(|row| {
                    row.status.as_ref().is_some_and(|s| !s.up_to_date)
                        && !row.overdue
                        && restarted(&row.who.key)
                });
                return if age(at, since) >= options.no_change_after && !forced {
                    (Verdict::NoChange, Why::NoChange)
                } else {
                    (Verdict::Converging, Why::NoPackage)
                };
            }
        }
        let stuck = counted().any(|row| row.overdue);
        let moving = counted().any(|row| row.from.is_some() && !row.overdue);
        let verdict = if stuck && !moving {
            Verdict::Stuck
        } else {
            Verdict::Converging
        };
        (verdict, Why::Rows)
    }

    /// A poll in which every replica is confirmed.
    fn count(&mut self, at: Timestamp) -> (Verdict, Why) {
        let (options, goal) = (&self.setup.options, &mut self.goal);
        let apart = |last: Timestamp| at.duration_since(last);
        match goal.counted {
            // Somebody set the clock back: the distance is measured from here.
            Some(last) if apart(last) < SignedDuration::ZERO => goal.counted = Some(at),
            Some(last) if apart(last) < options.apart => {}
            _ => {
                goal.run = goal.run.saturating_add(1);
                goal.counted = Some(at);
                goal.run_since.get_or_insert(at);
            }
        }
        if goal.run >= options.polls {
            (Verdict::Converged, Why::Rows)
        } else {
            (Verdict::Converging, Why::Counting)
        }
    }
}
