//! The polls that can be looked back on, kept small.
//!
//! A poll of a thousand replicas differs from the one before in a few rows or in none. So a row's
//! state is kept once for all the polls in which it is the same, and so are the list of rows and
//! the whole scene; ages are not kept but computed from the poll's time when it is looked at.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::crowd::Who;
use super::judge::Cause;
use super::status::ReplicaStatus;
use super::store_status::StoreStatus;
use super::verdict::{RowVerdict, Verdict};

/// The most memory that past polls may take, in bytes. A publish in a deployment of a thousand
/// replicas takes about one MB.
const BUDGET: usize = 64 << 20;

/// A replica in a poll, without anything that grows older by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowState {
    pub who: Arc<Who>,
    /// In a poll without a row of it the last known one is not repeated.
    pub status: Option<Arc<ReplicaStatus>>,
    pub verdict: RowVerdict,
    pub cause: Cause,
    /// Past its limit.
    pub overdue: bool,
    /// It was past its limit before and has not confirmed since.
    pub stuck_before: bool,
    /// How often it was True and then was not.
    pub losses: u32,
    /// Since when it has been waited for, by the server's clock.
    pub from: Option<Timestamp>,
    /// When its verdict last changed, by csdeck's clock.
    pub changed: Option<Timestamp>,
    pub took: Option<SignedDuration>,
}

impl RowState {
    pub fn fqdn(&self) -> &str {
        self.status
            .as_ref()
            .map_or(&self.who.fqdn, |status| &status.replica_fqdn)
    }

    fn weight(&self) -> usize {
        let texts = self.status.as_ref().map_or(0, |status| {
            let version = status.product_version.as_ref().map_or(0, String::len);
            size_of::<ReplicaStatus>() + status.replica_fqdn.len() + version
        });
        size_of::<RowState>() + texts
    }
}

/// The rows of an answer in its order, then those that are missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub all: Vec<Arc<RowState>>,
    /// Some replica has two rows.
    pub repeated: bool,
}

/// Why the overall verdict is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// The rows say it.
    Rows,
    /// Every row is confirmed, but not in enough polls yet.
    Counting,
    /// Nobody is left to wait for.
    Nobody,
    /// No package was made for the change yet.
    NoPackage,
    /// No package was made for the change in time.
    NoChange,
    /// The store cannot replicate.
    StoreDown(&'static str),
    /// There was no answer, for this reason.
    NoData(Arc<str>),
}

/// What polls have in common while nothing happens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scene {
    pub verdict: Verdict,
    pub rows: Arc<Rows>,
    /// False when the rows are what was last known.
    pub fresh: bool,
    pub why: Why,
    pub source: Arc<str>,
    /// Without the heartbeats, which every poll has of its own.
    pub store: Option<Arc<StoreStatus>>,
    pub run_since: Option<Timestamp>,
    pub hopeless: bool,
}

/// A poll.
#[derive(Debug, Clone)]
pub(super) struct Poll {
    pub scene: Arc<Scene>,
    /// When it was taken, by csdeck's clock.
    pub at: Option<Timestamp>,
    /// What its ages are measured to: the server's clock.
    pub now: Option<Timestamp>,
    pub skew: Option<SignedDuration>,
    pub run: u32,
    pub master_heartbeat: Option<Timestamp>,
    pub agent_heartbeat: Option<Timestamp>,
    /// What it added to the memory in use.
    pub weight: usize,
}

impl Poll {
    pub fn new(scene: Scene) -> Poll {
        Poll {
            scene: Arc::new(scene),
            at: None,
            now: None,
            skew: None,
            run: 0,
            master_heartbeat: None,
            agent_heartbeat: None,
            weight: size_of::<Poll>(),
        }
    }

    /// What a replica's `UpToDate` was: none without a fresh row of it. `hint` is where it was
    /// looked for first, and then where it was found.
    pub fn up_to_date(&self, key: &str, hint: &mut usize) -> Option<bool> {
        let rows = &self.scene.rows;
        if !self.scene.fresh {
            return None;
        }
        let is = |row: &&Arc<RowState>| row.who.key == key && row.status.is_some();
        if rows.repeated {
            let of = rows.all.iter().filter(is);
            let values = of.filter_map(|row| row.status.as_ref().map(|s| s.up_to_date));
            return values.reduce(|all, this| all && this);
        }
        if rows.all.get(*hint).filter(is).is_none() {
            *hint = rows.all.iter().position(|row| is(&row))?;
        }
        let status = rows.all.get(*hint)?.status.as_ref()?;
        Some(status.up_to_date)
    }
}

/// The polls, the oldest first; bounded in number and in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    polls: VecDeque<Poll>,
    weight: usize,
}

impl History {
    pub fn len(&self) -> usize {
        self.polls.len()
    }

    /// The poll so many polls ago.
    pub fn back(&self, back: usize) -> Option<&Poll> {
        self.polls.get(self.polls.len().checked_sub(back + 1)?)
    }

    /// The newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Poll> {
        self.polls.iter().rev()
    }

    /// The list of rows of the last poll where it is the same.
    pub fn shared_rows(&self, rows: Rows) -> Arc<Rows> {
        match self.back(0) {
            Some(last) if *last.scene.rows == rows => Arc::clone(&last.scene.rows),
            _ => Arc::new(rows),
        }
    }

    /// The last one's, to be shared where nothing changed.
    pub fn shared_source(&self, source: &str) -> Arc<str> {
        match self.back(0) {
            Some(last) if *last.scene.source == *source => Arc::clone(&last.scene.source),
            _ => source.into(),
        }
    }

    /// Keeps a poll, and drops the oldest ones that are too many.
    pub fn push(&mut self, mut poll: Poll, most: usize) {
        if let Some(last) = self.back(0) {
            if last.scene == poll.scene {
                poll.scene = Arc::clone(&last.scene);
            } else {
                poll.weight += weight_of(&poll.scene, Some(&last.scene));
            }
        } else {
            poll.weight += weight_of(&poll.scene, None);
        }
        self.weight += poll.weight;
        self.polls.push_back(poll);
        while self.polls.len() > most || self.weight > BUDGET && self.polls.len() > 1 {
            let Some(gone) = self.polls.pop_front() else {
                break;
            };
            self.weight = self.weight.saturating_sub(gone.weight);
        }
    }

    /// About how many bytes the polls take.
    pub fn weight(&self) -> usize {
        self.weight + self.polls.capacity().saturating_sub(self.polls.len()) * size_of::<Poll>()
    }
}

/// What a scene adds to the one before.
fn weight_of(scene: &Scene, before: Option<&Scene>) -> usize {
    let mut weight = size_of::<Scene>();
    if let Why::NoData(text) = &scene.why {
        weight += text.len();
    }
    if let Some(store) = &scene.store
        && before
            .and_then(|b| b.store.as_ref())
            .is_none_or(|b| !Arc::ptr_eq(b, store))
    {
        let names = store.active_replicas.iter().chain(&store.deleted_replicas);
        weight += names
            .map(|name| size_of::<String>() + name.len())
            .sum::<usize>();
    }
    let old = before.map(|b| &b.rows);
    if old.is_none_or(|old| !Arc::ptr_eq(old, &scene.rows)) {
        weight += scene.rows.all.len() * size_of::<usize>();
        for (at, row) in scene.rows.all.iter().enumerate() {
            let same = old.and_then(|old| old.all.get(at));
            if same.is_none_or(|same| !Arc::ptr_eq(same, row)) {
                weight += row.weight();
            }
        }
    }
    weight
}
