//! What the Replication pane knows.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use crate::replication::{Expected, Options, Report, Watcher};
use crate::topology::Topology;
use crate::tui::message::WatchId;
use crate::tui::pane::Filter;

/// The watch, and where in its history the user looks.
#[derive(Debug)]
pub struct State {
    /// The state machine over the polls.
    pub watcher: Watcher,
    /// Whether it is polling.
    pub watch: Watch,
    /// The number of the newest watch; polls of older ones are dropped.
    pub id: WatchId,
    /// How many polls back the user looks; 0 is the newest.
    pub back: usize,
    /// Row with the selection.
    pub selected: usize,
    /// The filter.
    pub filter: Filter,
    /// What is expected to replicate, from the topology.
    pub expected: Option<Vec<Expected>>,
    /// The zone that times are shown in.
    pub zone: TimeZone,
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
    pub fn new(topology: Option<&Topology>, zone: TimeZone) -> State {
        let expected = topology.map(Expected::all);
        State {
            watcher: Watcher::new(Options {
                expected: Option::clone(&expected),
                ..Options::default()
            }),
            watch: Watch::Stopped,
            id: 0,
            back: 0,
            selected: 0,
            filter: Filter::default(),
            expected,
            zone,
        }
    }

    /// Forgets the history and waits for a new watch, of a change made at `since` when given.
    pub fn restart(&mut self, since: Option<jiff::Timestamp>) {
        self.watcher = Watcher::new(Options {
            since,
            expected: self.expected.clone(),
            ..Options::default()
        });
        self.id += 1;
        self.back = 0;
        self.selected = 0;
    }

    /// The report that is shown; `None` before the first poll.
    pub fn report(&self) -> Option<Cow<'_, Report>> {
        if self.watcher.is_empty() {
            None
        } else {
            self.watcher.rewind(self.back)
        }
    }

    /// The indices of the report's rows that the filter keeps.
    pub fn rows(&self) -> Vec<usize> {
        self.report().map_or_else(Vec::new, |report| {
            (0..report.rows.len())
                .filter(|n| {
                    self.filter.keeps(&format!(
                        "{} {}",
                        report.rows[*n].fqdn,
                        report.rows[*n].verdict.word()
                    ))
                })
                .collect()
        })
    }
}
