//! What a watch remembers of a replica from poll to poll.

use std::sync::Arc;

use jiff::Timestamp;

use super::crowd::Who;
use super::history::RowState;
use super::status::ReplicaStatus;
use super::verdict::RowVerdict;

/// So often a row that loses its True or its report without a new package begins to be waited for
/// anew: a forced replication does that. One that goes on doing it is broken.
const RESTARTS: u32 = 3;

/// What the watch remembers of a replica.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    pub who: Arc<Who>,
    /// In the spelling it was first seen in.
    pub name: Arc<str>,
    /// By the server's clock, as all times here but the last two.
    pub first_seen: Timestamp,
    /// The last fresh row.
    pub last: Option<Arc<ReplicaStatus>>,
    /// When it lost its True or its report without a new package: a forced replication.
    pub restarted: Option<Timestamp>,
    restarts: u32,
    /// How often it was True and then was not.
    pub losses: u32,
    /// The newest package in the answer it was last seen in.
    pub newest_then: Option<Timestamp>,
    /// Since when it has not been in the answers.
    pub missing_since: Option<Timestamp>,
    /// It was past its limit and has not confirmed anything since.
    pub was_overdue: bool,
    /// The number of the poll that last had a row of it.
    pub poll: u64,
    /// The last verdict that came from an answer.
    pub verdict: Option<RowVerdict>,
    /// What the history keeps of it, to be shared by the polls in which it is the same.
    pub state: Option<Arc<RowState>>,
    /// When that verdict changed, by csdeck's clock.
    pub changed: Option<Timestamp>,
    /// When it was seen confirmed, by csdeck's clock; none when it is not.
    pub confirmed: Option<Timestamp>,
}

impl Memory {
    pub fn new(who: Arc<Who>, name: &str, now: Timestamp) -> Self {
        Memory {
            who,
            name: name.into(),
            first_seen: now,
            last: None,
            restarted: None,
            restarts: 0,
            losses: 0,
            newest_then: None,
            missing_since: None,
            was_overdue: false,
            poll: 0,
            verdict: None,
            state: None,
            changed: None,
            confirmed: None,
        }
    }

    /// Takes note of a fresh row.
    pub fn see(&mut self, row: ReplicaStatus, now: Timestamp) -> Arc<ReplicaStatus> {
        self.missing_since = None;
        if let Some(last) = &self.last {
            let lost_true = last.up_to_date && !row.up_to_date;
            let lost_report = last.last_status_report.is_some() && row.last_status_report.is_none();
            self.losses = self.losses.saturating_add(u32::from(lost_true));
            if last.last_update_creation != row.last_update_creation {
                (self.restarted, self.restarts) = (None, 0);
            } else if (lost_true || lost_report) && self.restarts < RESTARTS {
                self.restarted = Some(now);
                self.restarts += 1;
            }
            if **last == row {
                return Arc::clone(last);
            }
        }
        let row = Arc::new(row);
        self.last = Some(Arc::clone(&row));
        row
    }

    /// Takes note of the verdict of a poll; returns the one before when it was another.
    pub fn judged(&mut self, verdict: RowVerdict, at: Timestamp) -> Option<RowVerdict> {
        if verdict == RowVerdict::UpToDate {
            self.confirmed.get_or_insert(at);
        } else {
            self.confirmed = None;
        }
        let before = self.verdict.replace(verdict).filter(|b| *b != verdict)?;
        self.changed = Some(at);
        Some(before)
    }

    /// The state as the history keeps it: the one it has where nothing changed.
    pub fn kept(&mut self, state: RowState) -> Arc<RowState> {
        match &self.state {
            Some(same) if **same == state => Arc::clone(same),
            _ => Arc::clone(self.state.insert(Arc::new(state))),
        }
    }
}
