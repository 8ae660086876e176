//! The rows of an answer, judged with what is remembered of them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::crowd::Who;
use super::history::{RowState, Rows};
use super::judge::{self, Cause, Circumstances, age};
use super::log::Subject;
use super::memory::Memory;
use super::options::Excluded;
use super::status::{ReplicaStatus, key};
use super::verdict::RowVerdict;
use super::watcher::Watcher;

/// More replicas than this are not remembered once they are gone: a source that names others in
/// every answer is none.
const MOST: usize = 100_000;

impl Watcher {
    /// Judges the rows of an answer; `now` and `since` are the server's clock, `at` is csdeck's.
    pub(super) fn judge_rows(
        &mut self,
        rows: Vec<ReplicaStatus>,
        now: Timestamp,
        at: Timestamp,
        since: Option<Timestamp>,
    ) -> Rows {
        let packages = || rows.iter().filter_map(|row| row.last_update_creation);
        let (oldest, newest) = (packages().min(), packages().max());
        let mut judged = Rows {
            all: Vec::with_capacity(rows.len()),
            repeated: false,
        };
        for row in rows {
            let Some(name) = self.setup.crowd.key_of(&row.replica_fqdn) else {
                continue;
            };
            let (state, again) = self.judge_row(name, row, (now, at, since, newest));
            judged.repeated |= again;
            judged.all.push(state);
        }
        self.add_absent(&mut judged, oldest, now, at);
        judged
    }

    fn judge_row(
        &mut self,
        name: String,
        row: ReplicaStatus,
        (now, at, since, newest): (Timestamp, Timestamp, Option<Timestamp>, Option<Timestamp>),
    ) -> (Arc<RowState>, bool) {
        let (poll, crowd) = (self.polls, &self.setup.crowd);
        let options = &self.setup.options;
        let memory = self.memory.entry(name).or_insert_with_key(|name| {
            Memory::new(crowd.who(name, &row.replica_fqdn), &row.replica_fqdn, now)
        });
        let again = std::mem::replace(&mut memory.poll, poll) == poll;
        let row = memory.see(row, now);
        memory.newest_then = newest;
        let who = Arc::clone(&memory.who);
        let by = Circumstances {
            now,
            since,
            is_edge: who.is_edge,
            limit: if who.is_edge {
                options.stuck_after_edge
            } else {
                options.stuck_after
            },
            restarted: memory.restarted,
            first_seen: memory.first_seen,
            tolerance: options.clock_tolerance,
            was_overdue: memory.was_overdue,
        };
        let mut judged = judge::judge(&row, &by);
        if !who.counts() {
            let left_out = who.excluded.is_some();
            (judged.verdict, judged.cause) = if left_out {
                (RowVerdict::Excluded, Cause::Excluded)
            } else {
                (RowVerdict::Orphan, Cause::Unexpected)
            };
            (judged.from, judged.overdue) = (None, false);
        }
        memory.was_overdue = judged.overdue || memory.was_overdue && judged.from.is_some();
        let took = (judged.verdict == RowVerdict::UpToDate)
            .then(|| took(&row, since, memory.restarted))
            .flatten();
        let before = memory.judged(judged.verdict, at);
        let state = memory.kept(RowState {
            who,
            status: Some(row),
            verdict: judged.verdict,
            cause: judged.cause,
            overdue: judged.overdue,
            stuck_before: memory.was_overdue,
            losses: memory.losses,
            from: judged.from,
            changed: memory.changed,
            took,
        });
        let name = Arc::clone(&memory.name);
        self.note_row(name, before, judged.verdict, at);
        (state, again)
    }

    fn note_row(
        &mut self,
        name: Arc<str>,
        before: Option<RowVerdict>,
        now: RowVerdict,
        at: Timestamp,
    ) {
        if let Some(before) = before {
            self.note(Subject::Replica(name), before.word(), now.word(), Some(at));
        }
    }

    /// Adds the replicas that should be in the answer and are not, and those left out that are
    /// not there either.
    fn add_absent(
        &mut self,
        judged: &mut Rows,
        oldest: Option<Timestamp>,
        now: Timestamp,
        at: Timestamp,
    ) {
        let poll = self.polls;
        let absent: Vec<Arc<Who>> = match self.setup.crowd.named() {
            Some(named) => {
                let seen =
                    |who: &&Arc<Who>| self.memory.get(&who.key).is_some_and(|m| m.poll == poll);
                let absent: Vec<Arc<Who>> = named.iter().filter(|w| !seen(w)).cloned().collect();
                // Strangers are not missed, and there is no end of them.
                self.memory
                    .retain(|_, memory| memory.who.expected || memory.poll == poll);
                absent
            }
            None => {
                if self.memory.len() > MOST {
                    self.memory.retain(|_, memory| memory.poll == poll);
                }
                let mut gone = Vec::new();
                // A publish that removes a machine makes new packages for all the others.
                self.memory.retain(|_, memory| {
                    let had = memory.last.as_ref().and_then(|l| l.last_update_creation);
                    let removed =
                        memory.poll != poll && had.is_some() && oldest > memory.newest_then;
                    if removed {
                        gone.push((Arc::clone(&memory.name), memory.verdict));
                    }
                    !removed
                });
                for (name, verdict) in gone {
                    let from = verdict.map_or("missing", RowVerdict::word);
                    self.note(Subject::Replica(name), from, "removed", Some(at));
                }
                let crowd = &self.setup.crowd;
                let unseen = |excluded: &&Excluded| {
                    let mut names = self.memory.values().map(|memory| &memory.name);
                    !names.any(|name| excluded.is(name))
                };
                let left_out: Vec<Arc<Who>> = crowd
                    .left_out()
                    .iter()
                    .filter(unseen)
                    .map(|excluded| crowd.who(&key(&excluded.fqdn), &excluded.fqdn))
                    .collect();
                let missing = self.memory.values().filter(|m| m.poll != poll);
                missing
                    .map(|memory| Arc::clone(&memory.who))
                    .chain(left_out)
                    .collect()
            }
        };
        for who in absent {
            let state = self.judge_absent(who, now, at);
            judged.all.push(state);
        }
    }

    fn judge_absent(&mut self, who: Arc<Who>, now: Timestamp, at: Timestamp) -> Arc<RowState> {
        let options = &self.setup.options;
        let limit = if who.is_edge {
            options.stuck_after_edge
        } else {
            options.stuck_after
        };
        let left_out = who.excluded.is_some();
        let memory = self
            .memory
            .entry(who.key.clone())
            .or_insert_with(|| Memory::new(Arc::clone(&who), &who.fqdn, now));
        let from = *memory.missing_since.get_or_insert(now);
        let (verdict, cause) = if left_out {
            (RowVerdict::Excluded, Cause::Excluded)
        } else {
            (RowVerdict::Missing, Cause::Absent)
        };
        let overdue = !left_out && judge::is_over(age(now, from), limit);
        memory.was_overdue |= overdue;
        let before = memory.judged(verdict, at);
        let state = memory.kept(RowState {
            who,
            status: None,
            verdict,
            cause,
            overdue,
            stuck_before: memory.was_overdue,
            losses: memory.losses,
            from: (!left_out).then_some(from),
            changed: memory.changed,
            took: None,
        });
        let name = Arc::clone(&memory.name);
        self.note_row(name, before, verdict, at);
        state
    }
}

/// From package (or the change, or a forced replication that was seen) to report.
fn took(
    row: &ReplicaStatus,
    since: Option<Timestamp>,
    restarted: Option<Timestamp>,
) -> Option<SignedDuration> {
    let start = row.last_update_creation.or(since).max(restarted)?;
    let took = row.last_status_report?.duration_since(start);
    (took >= SignedDuration::ZERO).then_some(took)
}
