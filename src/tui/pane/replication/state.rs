//! What the Replication pane knows.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::order;
use super::pace::Pace;
use crate::execute::{Target, TransportKind};
use crate::replication::{
    Change, Excluded, Expected, Observation, Options, Report, Scope, Subject, Watcher, fqdn_key,
};
use crate::span;
use crate::store::config::Replication;
use crate::topology::Topology;
use crate::tui::message::WatchId;
use crate::tui::pane::Filter;

/// Time between two polls of a server, where nothing else is said.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// The same for the lab, which costs nothing and may run faster than real time.
const LAB_POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The watch, and where in its history the user looks.
#[derive(Debug)]
pub struct State {
    /// The state machine over the polls.
    pub watcher: Watcher,
    /// Whether it is polling.
    pub watch: Watch,
    /// How often.
    pub pace: Pace,
    /// The time since the console began.
    pub now: Duration,
    /// The number of the newest watch; polls of older ones are dropped.
    pub id: WatchId,
    /// How many polls back the user looks; 0 is the newest.
    pub back: usize,
    /// The replica with the selection; none = the first row, whichever it is.
    pub selected: Option<String>,
    /// The row with the selection in the log, when the log is shown.
    pub log: Option<usize>,
    /// The rows as the server answered instead of the laggards first.
    pub as_answered: bool,
    /// The filter.
    pub filter: Filter,
    /// What is expected to replicate, from the topology.
    pub expected: Option<Vec<Expected>>,
    /// Who is left out, and why.
    pub excluded: Vec<Excluded>,
    /// What of the deployment is watched.
    pub scope: Scope,
    /// The limits, and whom to tell.
    pub config: Replication,
    /// The zone that times are shown in.
    pub zone: TimeZone,
    /// What was pasted, to be judged anew; empty while a target is watched.
    pub pasted: Vec<Observation>,
    /// The text that is sent.
    pub question: Option<String>,
    /// What the watch last said beside its polls.
    pub remark: Option<String>,
    /// How long each replica usually takes, from past runs.
    pub usual: BTreeMap<String, SignedDuration>,
    /// True once this run is kept among them.
    pub(super) kept: bool,
    /// True while checks of a stuck replica run.
    pub explaining: bool,
    /// The command that they said to run next.
    pub next_step: Option<String>,
    /// When polls with data were taken, the oldest first.
    pub(super) known: VecDeque<Timestamp>,
}

/// Whether the pane is polling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// It is not.
    Stopped,
    /// It polls this target.
    Polling(String),
}

impl State {
    /// A pane that watches nothing yet.
    pub fn new(topology: Option<&Topology>, zone: TimeZone, config: Replication) -> State {
        let mut state = State {
            watcher: Watcher::new(Options::default()),
            watch: Watch::Stopped,
            pace: Pace::new(POLL_INTERVAL),
            now: Duration::ZERO,
            id: 0,
            back: 0,
            selected: None,
            log: None,
            as_answered: false,
            filter: Filter::default(),
            expected: topology.map(Expected::all),
            excluded: Vec::new(),
            scope: Scope::default(),
            config,
            zone,
            pasted: Vec::new(),
            question: None,
            remark: None,
            usual: BTreeMap::new(),
            kept: false,
            explaining: false,
            next_step: None,
            known: VecDeque::new(),
        };
        state.watcher = Watcher::new(state.options(None));
        state
    }

    /// What a watch waits for: `config.toml`, else the field's usual limits; and what was said here.
    pub(super) fn options(&self, since: Option<Timestamp>) -> Options {
        let usual = Options::default();
        let limit = |key: Option<Duration>, usual| key.map_or(usual, span::signed);
        let config = &self.config;
        Options {
            polls: config.polls.unwrap_or(usual.polls),
            apart: limit(config.apart, usual.apart),
            since,
            expected: self.expected.clone(),
            excluded: self.excluded.clone(),
            scope: self.scope.clone(),
            usual: self.usual.clone(),
            stuck_after: limit(config.stuck_after, usual.stuck_after),
            stuck_after_edge: limit(config.stuck_after_edge, usual.stuck_after_edge),
            no_change_after: limit(config.no_change_after, usual.no_change_after),
            ..usual
        }
    }

    /// Forgets the history and waits for a new watch, of a change made at `since` when given.
    pub fn restart(&mut self, since: Option<Timestamp>) {
        self.watcher = Watcher::new(self.options(since));
        self.id += 1;
        self.back = 0;
        self.log = None;
        self.pasted.clear();
        self.known.clear();
        self.remark = None;
        self.kept = false;
    }

    /// A target is polled from now on; returns how often.
    pub fn begin(&mut self, target: &Target) -> Duration {
        let usual = match target.transport {
            TransportKind::Lab => LAB_POLL_INTERVAL,
            _ => POLL_INTERVAL,
        };
        self.pace = Pace::new(self.config.interval.unwrap_or(usual));
        self.watch = Watch::Polling(target.name.clone());
        self.question = None;
        self.pace.every
    }

    /// Nothing is polled any more; what is still to come is dropped.
    pub fn stop(&mut self) {
        self.watch = Watch::Stopped;
        self.id += 1;
    }

    /// True while a target is polled.
    pub fn is_polling(&self) -> bool {
        self.watch != Watch::Stopped
    }

    /// True while the time until the next poll goes by on the screen.
    pub fn counts_down(&self) -> bool {
        self.is_polling() && self.pace.left(self.now).is_some()
    }

    /// True while the log of changes is shown.
    pub fn shows_log(&self) -> bool {
        self.log.is_some()
    }

    /// The report that is shown; `None` before the first poll.
    pub fn report(&self) -> Option<Cow<'_, Report>> {
        if self.watcher.is_empty() {
            None
        } else {
            self.watcher.rewind(self.back)
        }
    }

    /// The indices of the report's rows that the filter keeps, in the order they are shown in.
    pub fn rows(&self, report: &Report) -> Vec<usize> {
        let words = self.filter.words();
        let mut rows: Vec<usize> = (0..report.rows.len())
            .filter(|n| {
                let row = &report.rows[*n];
                let has = |word: &String| {
                    let more = [&row.role, &row.site, &row.pool].map(|text| text.as_deref());
                    [Some(row.fqdn.as_str()), Some(row.verdict.word())]
                        .into_iter()
                        .chain(more)
                        .flatten()
                        .any(|text| text.to_lowercase().contains(word))
                };
                words.iter().all(has)
            })
            .collect();
        if !self.as_answered {
            order::laggards_first(report, &mut rows);
        }
        rows
    }

    /// The place of the selection among these rows.
    pub fn place(&self, report: &Report, rows: &[usize]) -> usize {
        let Some(selected) = &self.selected else {
            return 0;
        };
        let is_it = |n: &usize| fqdn_key(&report.rows[*n].fqdn) == *selected;
        rows.iter().position(is_it).unwrap_or(0)
    }

    /// The changes that the filter keeps, the newest first.
    pub fn changes(&self) -> Vec<&Change> {
        let changes = self.watcher.changes().rev();
        changes
            .filter(|change| {
                let who = subject(&change.subject);
                self.filter
                    .keeps(&format!("{who} {} {}", change.from, change.to))
            })
            .collect()
    }

    /// When the newest poll with data was taken, of those up to this time.
    pub(super) fn known_at(&self, report: &Report) -> Option<Timestamp> {
        let until = report.sampled_at?;
        self.known.iter().rev().find(|at| **at <= until).copied()
    }

    /// A time of day as it is shown.
    pub fn clock(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone.clone());
        at.strftime("%H:%M:%S").to_string()
    }
}

/// Whose state changed, in words.
pub(super) fn subject(subject: &Subject) -> &str {
    match subject {
        Subject::Overall => "the whole",
        Subject::Replica(fqdn) => fqdn,
        Subject::Store => "the store",
    }
}

/// What a watch is narrowed to, in words.
pub(super) fn narrowed(scope: &Scope) -> Option<String> {
    let site = scope.sites.first().map(|site| format!("site {site}"));
    let pool = scope.pools.first().map(|pool| format!("pool {pool}"));
    site.or(pool)
}
