//! The watch: one observation after the other, judged with the memory of those before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::advice;
use super::judge::{self, Cause, Circumstances};
use super::log::{Change, Log};
use super::memory::Memory;
use super::options::{Excluded, Expected, Options, Scope};
use super::report::{Report, RowReport};
use super::status::{Observation, ReplicaStatus, key, looks_like_edge};
use super::summary::Summary;
use super::verdict::{RowVerdict, Verdict};
use super::words;

/// Judges one observation after the other. Pure: the time comes with the observations.
#[derive(Debug, Clone)]
pub struct Watcher {
    options: Options,
    memory: BTreeMap<String, Memory>,
    run: u32,
    run_since: Option<Timestamp>,
    latest: Report,
    polled: bool,
    past: VecDeque<Report>,
    log: Log,
    polls: u64,
}

impl Watcher {
    /// A watch that has seen nothing yet: its latest report is blind.
    pub fn new(mut options: Options) -> Self {
        options.polls = options.polls.max(1);
        options.expected = options
            .expected
            .take()
            .filter(|expected| !expected.is_empty());
        let latest = Report {
            verdict: Verdict::Blind,
            rows: Vec::new(),
            reason: "no answer yet".to_owned(),
            advice: Vec::new(),
            sampled_at: None,
            source: String::new(),
            consecutive_true: 0,
            true_since: None,
            store: None,
            skew: None,
            forecast: None,
            hopeless: None,
            scope: None,
            notes: Vec::new(),
        };
        Watcher {
            options,
            memory: BTreeMap::new(),
            run: 0,
            run_since: None,
            latest,
            polled: false,
            past: VecDeque::new(),
            log: Log::default(),
            polls: 0,
        }
    }

    /// What the watch waits for.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Waits for others from the next poll on: who is left out, and what is watched at all. What was
    /// seen so far stays; the count of polls begins anew.
    pub fn wait_for(&mut self, excluded: Vec<Excluded>, scope: Scope) {
        self.options.excluded = excluded;
        self.options.scope = scope;
        self.run = 0;
        self.run_since = None;
    }

    /// The latest report; blind before the first poll.
    pub fn latest(&self) -> &Report {
        &self.latest
    }

    /// How many polls can be looked back on, the latest included.
    pub fn len(&self) -> usize {
        self.past.len() + usize::from(self.polled)
    }

    /// True before the first poll.
    pub fn is_empty(&self) -> bool {
        !self.polled
    }

    /// The report `back` polls ago: 0 is the latest. None when it is not kept (any more).
    pub fn rewind(&self, back: usize) -> Option<Cow<'_, Report>> {
        let report = match back {
            0 => self.polled.then_some(&self.latest),
            _ => self.past.get(self.past.len().checked_sub(back)?),
        };
        report.map(Cow::Borrowed)
    }

    /// How many polls back the watch looked as it did at `when`: the newest poll taken at or
    /// before it. None when that is before the oldest poll that is kept.
    pub fn at(&self, when: Timestamp) -> Option<usize> {
        (0..self.len()).find(|back| {
            let at = self.rewind(*back).and_then(|report| report.sampled_at);
            at.is_some_and(|at| at <= when)
        })
    }

    /// What changed from poll to poll, the oldest first; bounded.
    pub fn changes(&self) -> impl DoubleEndedIterator<Item = &Change> + ExactSizeIterator {
        self.log.iter()
    }

    /// How many polls back the poll of a change is; none when it is not kept any more.
    pub fn back_to(&self, change: &Change) -> Option<usize> {
        let back = usize::try_from(self.polls.checked_sub(change.poll)?).ok()?;
        (back < self.len()).then_some(back)
    }

    /// The whole watch in short.
    pub fn summary(&self) -> Summary {
        Summary {
            verdict: self.latest.verdict,
            reason: self.latest.reason.clone(),
            since: self.options.since,
            started: None,
            ended: self.latest.sampled_at,
            polls: self.polls,
            blind: 0,
            replicas: Vec::new(),
            excluded: self.options.excluded.clone(),
            scope: self.latest.scope.clone(),
        }
    }

    /// What a replica's `UpToDate` was in the last `n` polls, the oldest first: none where the
    /// poll had no fresh row of it. Shorter than `n` when fewer polls are kept.
    pub fn trail(&self, fqdn: &str, n: usize) -> Vec<Option<bool>> {
        let wanted = key(fqdn);
        let polls = self.past.iter().chain(self.polled.then_some(&self.latest));
        let skip = self.len().saturating_sub(n);
        polls
            .skip(skip)
            .map(|report| {
                let rows = report
                    .rows
                    .iter()
                    .filter(|r| r.is_fresh() && key(&r.fqdn) == wanted);
                let values = rows
                    .filter_map(|row| row.status.as_ref())
                    .map(|s| s.up_to_date);
                values.reduce(|all, this| all && this)
            })
            .collect()
    }

    /// Judges a fresh answer. One without rows makes the watch blind.
    pub fn observe(&mut self, observation: Observation) -> &Report {
        let (Some(now), false) = (observation.now(), observation.rows.is_empty()) else {
            let reason = "the answer held no replica: the Central Management store may be out of \
                          reach, or the account may not read it";
            return self.no_data(
                Verdict::Blind,
                reason,
                observation.sampled_at,
                observation.source,
            );
        };
        let rows = self.judge_rows(&observation, now);
        let since = self.since(&observation);
        let (verdict, reason) = self.sum_up(&rows, since, now);
        let mut advice = advice::for_rows(&rows, &|fqdn| self.was_overdue(fqdn), now);
        if verdict == Verdict::NoChange {
            advice.insert(
                0,
                "No package was made for the change: check that the publish succeeded \
                 (Publish-CsTopology, Enable-CsTopology), and services MASTER and FTA of the \
                 Central Management store."
                    .to_owned(),
            );
        }
        for row in &rows {
            if let Some(memory) = self.memory.get_mut(&key(&row.fqdn)) {
                memory.was_overdue = row.overdue || memory.was_overdue && row.waited.is_some();
            }
        }
        self.keep(Report {
            verdict,
            rows,
            reason,
            advice,
            sampled_at: observation.sampled_at.or(Some(now)),
            source: observation.source,
            consecutive_true: self.run,
            true_since: self.run_since,
            store: observation.store,
            skew: None,
            forecast: None,
            hopeless: None,
            scope: None,
            notes: Vec::new(),
        })
    }

    /// A poll that brought no data, such as an unreachable target: never good, whatever was
    /// known before. The rows show the last known state as unreachable.
    pub fn blind(&mut self, reason: &str, at: Timestamp) -> &Report {
        let source = self.latest.source.clone();
        self.no_data(Verdict::Blind, reason, Some(at), source)
    }

    /// The watch cannot go on, for instance because the answer is not understood.
    pub fn failed(&mut self, reason: &str, at: Option<Timestamp>) -> &Report {
        let source = self.latest.source.clone();
        self.no_data(Verdict::Failed, reason, at, source)
    }

    fn no_data(
        &mut self,
        verdict: Verdict,
        reason: &str,
        at: Option<Timestamp>,
        source: String,
    ) -> &Report {
        self.run = 0;
        self.run_since = None;
        let mut rows = self.latest.rows.clone();
        for row in &mut rows {
            row.verdict = RowVerdict::Unreachable;
            row.waited = None;
            row.overdue = false;
            let last = row.status.as_ref().and_then(|s| s.last_status_report);
            row.report_age = at.zip(last).map(|(at, last)| age(at, last));
        }
        self.keep(Report {
            verdict,
            rows,
            reason: reason.to_owned(),
            advice: Vec::new(),
            sampled_at: at,
            source,
            consecutive_true: 0,
            true_since: None,
            store: None,
            skew: None,
            forecast: None,
            hopeless: None,
            scope: None,
            notes: Vec::new(),
        })
    }

    fn keep(&mut self, report: Report) -> &Report {
        let before = std::mem::replace(&mut self.latest, report);
        self.polls += 1;
        if std::mem::replace(&mut self.polled, true) {
            self.past.push_back(before);
        }
        while self.past.len() >= self.options.history.max(1) {
            self.past.pop_front();
        }
        &self.latest
    }

    /// The awaited change on the clock that the rows are written by. The correction only ever
    /// moves it later: a wrong one may then hide a convergence, never invent one.
    fn since(&self, observation: &Observation) -> Option<Timestamp> {
        let since = self.options.since?;
        let ahead = match (observation.server_time, observation.sampled_at) {
            (Some(server), Some(local)) => server.duration_since(local),
            _ => SignedDuration::ZERO,
        };
        if ahead <= judge::POLL_INTERVAL {
            return Some(since);
        }
        Some(since.checked_add(ahead).unwrap_or(since))
    }

    fn judge_rows(&mut self, observation: &Observation, now: Timestamp) -> Vec<RowReport> {
        let since = self.since(observation);
        let mut present = BTreeSet::new();
        let mut reports = Vec::with_capacity(observation.rows.len());
        for row in &observation.rows {
            let name = key(&row.replica_fqdn);
            let expected = self.expected(&name).map(|e| e.is_edge);
            let is_edge = expected.unwrap_or_else(|| looks_like_edge(&row.replica_fqdn));
            let limit = self.limit(is_edge);
            let memory = self
                .memory
                .entry(name.clone())
                .or_insert_with(|| Memory::new(&row.replica_fqdn, now));
            memory.see(row, now);
            let by = Circumstances {
                now,
                since,
                is_edge,
                limit,
                restarted: memory.restarted,
                first_seen: memory.first_seen,
                was_overdue: memory.was_overdue,
            };
            let mut judged = judge::judge(row, &by);
            if self.options.expected.is_some() && expected.is_none() {
                judged.verdict = RowVerdict::Orphan;
                judged.cause = Cause::Unexpected;
                judged.waited = None;
                judged.overdue = false;
            }
            present.insert(name);
            reports.push(RowReport {
                fqdn: row.replica_fqdn.clone(),
                status: Some(row.clone()),
                verdict: judged.verdict,
                is_edge,
                report_age: row.last_status_report.map(|last| age(now, last)),
                waited: judged.waited,
                overdue: judged.overdue,
                role: None,
                site: None,
                pool: None,
                excluded: None,
                changed: None,
                took: None,
                cause: judged.cause,
            });
        }
        let newest_package = observation
            .rows
            .iter()
            .filter_map(|r| r.last_update_creation)
            .max();
        for (name, is_edge) in self.absent(&present, newest_package) {
            let limit = self.limit(is_edge);
            let memory = self
                .memory
                .entry(key(&name))
                .or_insert_with(|| Memory::new(&name, now));
            let missing_since = *memory.missing_since.get_or_insert(now);
            let waited = age(now, missing_since);
            reports.push(RowReport {
                fqdn: name,
                status: None,
                verdict: RowVerdict::Missing,
                is_edge,
                report_age: None,
                waited: Some(waited),
                overdue: judge::is_over(waited, limit),
                role: None,
                site: None,
                pool: None,
                excluded: None,
                changed: None,
                took: None,
                cause: Cause::Absent,
            });
        }
        reports
    }

    /// The replicas that should be in the answer and are not.
    fn absent(
        &mut self,
        present: &BTreeSet<String>,
        newest_package: Option<Timestamp>,
    ) -> Vec<(String, bool)> {
        if let Some(expected) = &self.options.expected {
            let absent = expected.iter().filter(|e| !present.contains(&key(&e.fqdn)));
            return absent.map(|e| (e.fqdn.clone(), e.is_edge)).collect();
        }
        // A publish that removes a machine makes new packages for all the others.
        self.memory.retain(|name, memory| {
            let package = memory
                .last
                .as_ref()
                .and_then(|last| last.last_update_creation);
            present.contains(name) || package.is_none() || newest_package <= package
        });
        let absent = self
            .memory
            .iter()
            .filter(|(name, _)| !present.contains(*name));
        absent
            .map(|(_, memory)| (memory.name.clone(), looks_like_edge(&memory.name)))
            .collect()
    }

    fn sum_up(
        &mut self,
        rows: &[RowReport],
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> (Verdict, String) {
        let state = advice::state_of(rows);
        let expected = || rows.iter().filter(|row| row.verdict != RowVerdict::Orphan);
        let confirmed = expected().all(|row| row.verdict == RowVerdict::UpToDate);
        if confirmed && expected().next().is_some() {
            self.run = self.run.saturating_add(1);
            self.run_since.get_or_insert(now);
            return if self.run >= self.options.polls {
                (Verdict::Converged, state)
            } else {
                let text = format!("{state}; poll {} of {}", self.run, self.options.polls);
                (Verdict::Converging, text)
            };
        }
        self.run = 0;
        self.run_since = None;
        if let Some(since) = since {
            let statuses: Vec<ReplicaStatus> =
                expected().filter_map(|row| row.status.clone()).collect();
            let package = statuses.iter().filter_map(|s| s.last_update_creation).max();
            if package.is_none_or(|package| package < since) {
                let waited = age(now, since);
                return if waited >= self.options.no_change_after {
                    let text = format!(
                        "no change seen: no package made since {since}, {} ago; {state}",
                        words::span(waited)
                    );
                    (Verdict::NoChange, text)
                } else {
                    (
                        Verdict::Converging,
                        format!("no package made since {since} yet; {state}"),
                    )
                };
            }
        }
        let stuck = expected().any(|row| row.overdue);
        let moving = expected().any(|row| row.waited.is_some() && !row.overdue);
        let verdict = if stuck && !moving {
            Verdict::Stuck
        } else {
            Verdict::Converging
        };
        (verdict, state)
    }

    fn expected(&self, name: &str) -> Option<&Expected> {
        self.options
            .expected
            .as_ref()?
            .iter()
            .find(|e| key(&e.fqdn) == name)
    }

    fn limit(&self, is_edge: bool) -> SignedDuration {
        if is_edge {
            self.options.stuck_after_edge
        } else {
            self.options.stuck_after
        }
    }

    fn was_overdue(&self, fqdn: &str) -> bool {
        self.memory
            .get(&key(fqdn))
            .is_some_and(|memory| memory.was_overdue)
    }
}

/// An age, never below zero.
fn age(now: Timestamp, then: Timestamp) -> SignedDuration {
    now.duration_since(then).max(SignedDuration::ZERO)
}
