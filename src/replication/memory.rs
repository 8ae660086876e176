//! What a watch remembers of a replica from poll to poll.

use jiff::Timestamp;

use super::status::ReplicaStatus;

/// What the watch remembers of a replica.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// In the spelling it was first seen in.
    pub(super) name: String,
    pub(super) first_seen: Timestamp,
    /// The last fresh row.
    pub(super) last: Option<ReplicaStatus>,
    /// When it lost its True or its report without a new package: a forced replication.
    pub(super) restarted: Option<Timestamp>,
    /// Since when it has not been in the answers.
    pub(super) missing_since: Option<Timestamp>,
    /// It was past its limit and has not confirmed anything since.
    pub(super) was_overdue: bool,
}

impl Memory {
    pub(super) fn new(name: &str, now: Timestamp) -> Self {
        Memory {
            name: name.to_owned(),
            first_seen: now,
            last: None,
            restarted: None,
            missing_since: None,
            was_overdue: false,
        }
    }

    /// Takes note of a fresh row.
    pub(super) fn see(&mut self, row: &ReplicaStatus, now: Timestamp) {
        match &self.last {
            Some(last) if last.last_update_creation == row.last_update_creation => {
                let lost_true = last.up_to_date && !row.up_to_date;
                let lost_report =
                    last.last_status_report.is_some() && row.last_status_report.is_none();
                if lost_true || lost_report {
                    self.restarted = Some(now);
                }
            }
            _ => self.restarted = None,
        }
        self.last = Some(row.clone());
        self.missing_since = None;
    }
}
