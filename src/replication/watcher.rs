//! The watch: one observation after the other, judged with the memory of those before.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::clocks::Clocks;
use super::crowd::{Crowd, ScopeError};
use super::goal::{DOWN, Goal};
use super::history::{History, Poll, Scene, Why};
use super::log::{Change, Log, Subject};
use super::memory::Memory;
use super::options::{Excluded, Options, Scope};
use super::report::Report;
use super::status::{Observation, key};
use super::store_status::StoreStatus;
use super::telling::{self, Setup};
use super::verdict::Verdict;

/// Judges one observation after the other. Pure: the time comes with the observations.
#[derive(Debug, Clone)]
pub struct Watcher {
    pub(super) setup: Setup,
    pub(super) memory: BTreeMap<String, Memory>,
    clocks: Clocks,
    pub(super) goal: Goal,
    /// What the store last said.
    pub(super) store: Option<Arc<StoreStatus>>,
    latest: Report,
    history: History,
    pub(super) log: Log,
    pub(super) polls: u64,
    pub(super) blind: u64,
    pub(super) started: Option<Timestamp>,
}

impl Watcher {
    /// A watch that has seen nothing yet: its latest report is blind.
    pub fn new(mut options: Options) -> Self {
        options.polls = options.polls.max(1);
        let setup = Setup {
            crowd: Crowd::new(&options),
            options,
        };
        let nothing = Poll::new(Scene {
            verdict: Verdict::Blind,
            rows: Arc::default(),
            fresh: false,
            why: Why::NoData("no answer yet".into()),
            source: "".into(),
            store: None,
            run_since: None,
            hopeless: false,
        });
        Watcher {
            latest: telling::report(&nothing, &setup),
            setup,
            memory: BTreeMap::new(),
            clocks: Clocks::default(),
            goal: Goal::default(),
            store: None,
            history: History::default(),
            log: Log::default(),
            polls: 0,
            blind: 0,
            started: None,
        }
    }

    /// What the watch waits for.
    pub fn options(&self) -> &Options {
        &self.setup.options
    }

    /// Waits for others from the next poll on: who is left out, and what is watched at all. What was
    /// seen so far stays; the count of polls begins anew.
    ///
    /// # Errors
    /// See [`ScopeError`]; nothing is changed then.
    pub fn wait_for(&mut self, excluded: Vec<Excluded>, scope: Scope) -> Result<(), ScopeError> {
        let options = Options {
            excluded,
            scope,
            ..self.setup.options.clone()
        };
        options.check()?;
        self.setup.crowd = Crowd::new(&options);
        for memory in self.memory.values_mut() {
            let before = &memory.who;
            memory.who = self.setup.crowd.who(&before.key, &before.fqdn);
        }
        self.setup.options = options;
        self.goal.missed();
        Ok(())
    }

    /// How long each replica usually takes, by FQDN in lower case, for the forecast from now on.
    pub fn usually(&mut self, usual: BTreeMap<String, SignedDuration>) {
        self.setup.options.usual = usual;
    }

    /// The latest report; blind before the first poll.
    pub fn latest(&self) -> &Report {
        &self.latest
    }

    /// How many polls can be looked back on, the latest included.
    pub fn len(&self) -> usize {
        self.history.len()
    }

    /// True before the first poll.
    pub fn is_empty(&self) -> bool {
        self.history.len() == 0
    }

    /// The report `back` polls ago: 0 is the latest. None when it is not kept (any more).
    pub fn rewind(&self, back: usize) -> Option<Cow<'_, Report>> {
        let poll = self.history.back(back)?;
        Some(match back {
            0 => Cow::Borrowed(&self.latest),
            _ => Cow::Owned(telling::report(poll, &self.setup)),
        })
    }

    /// How many polls back the watch looked as it did at `when`: the newest poll taken at or
    /// before it. None when that is before the oldest poll that is kept.
    pub fn at(&self, when: Timestamp) -> Option<usize> {
        let mut polls = self.history.newest_first();
        polls.position(|poll| poll.at.is_some_and(|at| at <= when))
    }

    /// What a replica's `UpToDate` was in the last `n` polls, the oldest first: none where the
    /// poll had no fresh row of it. Shorter than `n` when fewer polls are kept.
    pub fn trail(&self, fqdn: &str, n: usize) -> Vec<Option<bool>> {
        let wanted = self.setup.crowd.key_of(fqdn).unwrap_or_else(|| key(fqdn));
        let mut hint = 0;
        let mut trail: Vec<Option<bool>> = self
            .history
            .newest_first()
            .take(n)
            .map(|poll| poll.up_to_date(&wanted, &mut hint))
            .collect();
        trail.reverse();
        trail
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

    /// About how many bytes the polls that can be looked back on take.
    pub fn history_bytes(&self) -> usize {
        self.history.weight()
    }

    /// Judges a fresh answer. One without rows makes the watch blind.
    pub fn observe(&mut self, observation: Observation) -> &Report {
        self.observe_asked(observation, None)
    }

    /// The same, of a question that was sent at `asked` by csdeck's clock: with it a slow answer
    /// and a slow clock can be told apart.
    pub fn observe_asked(&mut self, observation: Observation, asked: Option<Timestamp>) -> &Report {
        let (Some(now), false) = (observation.now(), observation.rows.is_empty()) else {
            let reason = "the answer held no replica: the Central Management store may be out of \
                          reach, or the account may not read it";
            let source = observation.source;
            return self.no_data(Verdict::Blind, reason, observation.sampled_at, &source);
        };
        let at = observation.sampled_at.unwrap_or(now);
        if let (Some(server), Some(taken)) = (observation.server_time, observation.sampled_at) {
            self.clocks.see(server, taken, asked);
        }
        self.polls += 1;
        self.started.get_or_insert(at);
        let since = self.since();
        let rows = self.judge_rows(observation.rows, now, at, since);
        let rows = self.history.shared_rows(rows);
        let beats = self.hear(observation.store, at);
        let (verdict, why) = self.sum_up(&rows, at, since);
        let poll = Poll {
            at: Some(at),
            now: Some(now),
            skew: self.clocks.skew(),
            run: self.goal.run,
            master_heartbeat: beats.0,
            agent_heartbeat: beats.1,
            ..Poll::new(Scene {
                verdict,
                rows,
                fresh: true,
                hopeless: matches!(why, Why::StoreDown(_)) && self.goal.down >= DOWN,
                why,
                source: self.history.shared_source(&observation.source),
                store: self.store.clone().filter(|_| beats.2),
                run_since: self.goal.run_since,
            })
        };
        self.keep(poll)
    }

    /// A poll that brought no data, such as an unreachable target: never good, whatever was
    /// known before. The rows show the last known state as unreachable.
    pub fn blind(&mut self, reason: &str, at: Timestamp) -> &Report {
        let source = self.latest.source.clone();
        self.no_data(Verdict::Blind, reason, Some(at), &source)
    }

    /// The watch cannot go on, for instance because the answer is not understood.
    pub fn failed(&mut self, reason: &str, at: Option<Timestamp>) -> &Report {
        let source = self.latest.source.clone();
        self.no_data(Verdict::Failed, reason, at, &source)
    }

    fn no_data(
        &mut self,
        verdict: Verdict,
        reason: &str,
        at: Option<Timestamp>,
        source: &str,
    ) -> &Report {
        self.polls += 1;
        self.blind += 1;
        if let Some(at) = at {
            self.started.get_or_insert(at);
        }
        self.goal = Goal::default();
        let last = self.history.back(0).map(|poll| &poll.scene);
        let why = match last.map(|last| &last.why) {
            Some(Why::NoData(same)) if **same == *reason => Why::NoData(Arc::clone(same)),
            _ => Why::NoData(reason.into()),
        };
        let poll = Poll {
            at,
            now: at.and_then(|at| at.checked_add(self.clocks.shift()).ok()),
            skew: self.clocks.skew(),
            ..Poll::new(Scene {
                verdict,
                rows: last.map(|last| Arc::clone(&last.rows)).unwrap_or_default(),
                fresh: false,
                why,
                source: self.history.shared_source(source),
                store: None,
                run_since: None,
                hopeless: false,
            })
        };
        self.keep(poll)
    }

    fn keep(&mut self, poll: Poll) -> &Report {
        let before = self.history.back(0).map(|last| last.scene.verdict);
        if let Some(before) = before.filter(|before| *before != poll.scene.verdict) {
            let (from, to) = (before.word(), poll.scene.verdict.word());
            self.note(Subject::Overall, from, to, poll.at);
        }
        self.latest = telling::report(&poll, &self.setup);
        self.history.push(poll, self.setup.options.history.max(1));
        &self.latest
    }

    pub(super) fn note(&mut self, subject: Subject, from: &str, to: &str, at: Option<Timestamp>) {
        self.log.push(Change {
            at,
            poll: self.polls,
            subject,
            from: from.into(),
            to: to.into(),
        });
    }

    /// The awaited change on the clock that the rows are written by.
    fn since(&self) -> Option<Timestamp> {
        let since = self.setup.options.since?;
        Some(since.checked_add(self.clocks.shift()).unwrap_or(since))
    }

    /// Takes in what the store said of itself, if it was asked; returns its heartbeats.
    fn hear(
        &mut self,
        store: Option<StoreStatus>,
        at: Timestamp,
    ) -> (Option<Timestamp>, Option<Timestamp>, bool) {
        let Some(mut store) = store else {
            return (None, None, false);
        };
        let beats = (store.master_heartbeat.take(), store.agent_heartbeat.take());
        self.goal.down = match store.is_down() {
            Some(_) => self.goal.down.saturating_add(1),
            None => 0,
        };
        let store = match &self.store {
            Some(before) if **before == store => Arc::clone(before),
            _ => Arc::new(store),
        };
        if let Some(before) = self.store.replace(Arc::clone(&store)) {
            let words = |store: &StoreStatus| match (&store.active_master, store.is_down()) {
                (Some(master), None) => format!("active master {master}"),
                (_, Some(why)) => why.to_owned(),
                (None, None) => "no active master".to_owned(),
            };
            let (from, to) = (words(&before), words(&store));
            if from != to {
                self.note(Subject::Store, &from, &to, Some(at));
            }
        }
        (beats.0, beats.1, true)
    }
}
