//! Answer after answer, to a verdict.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::goal::Goal;
use super::judge::{ObjectJudged, judge};
use super::report::{Report, Row, RowVerdict};
use crate::replication::Verdict;

/// When a goal counts as met.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// So many polls in a row have to meet it; at least one.
    pub polls: u32,
    /// Polls that count are at least so far apart.
    pub apart: SignedDuration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            polls: 2,
            apart: SignedDuration::ZERO,
        }
    }
}

/// Follows the polls of one watch. It keeps the newest report only.
#[derive(Debug)]
pub struct Watcher {
    goal: Goal,
    options: Options,
    latest: Report,
    /// When the last poll that counts was taken.
    counted: Option<Timestamp>,
    polls: usize,
}

impl Watcher {
    /// A watch that has seen nothing.
    pub fn new(goal: Goal, options: Options) -> Watcher {
        let latest = Report {
            verdict: Verdict::Blind,
            reason: "nothing was asked yet".into(),
            until: goal.to_string(),
            rows: Vec::new(),
            met: 0,
            needed: options.polls.max(1),
            sampled_at: None,
        };
        Watcher {
            goal,
            options,
            latest,
            counted: None,
            polls: 0,
        }
    }

    /// An answer: its objects, and when it came.
    pub fn observe(&mut self, objects: Vec<Value>, at: Timestamp) -> &Report {
        let judged = judge(&self.goal, &objects);
        let met = match (&judged.wrong, judged.holds) {
            (None, Some(true)) => self.count(at),
            _ => {
                self.counted = None;
                0
            }
        };
        let needed = self.latest.needed;
        let (verdict, reason) = match (judged.wrong, judged.holds) {
            (Some(wrong), _) => (Verdict::Failed, wrong),
            (None, Some(true)) if met >= needed => (Verdict::Converged, judged.reason),
            (None, Some(true)) => (
                Verdict::Converging,
                format!("{}; met in {met} of {needed} polls", judged.reason),
            ),
            (None, Some(false)) => (Verdict::Converging, judged.reason),
            (None, None) => (Verdict::Blind, judged.reason),
        };
        let rows = objects
            .into_iter()
            .zip(judged.objects)
            .map(|(o, j)| row(o, j))
            .collect();
        self.now(verdict, reason, rows, met, Some(at))
    }

    /// The command failed, or its answer is not understood.
    pub fn failed(&mut self, why: &str, at: Timestamp) -> &Report {
        self.counted = None;
        self.now(Verdict::Failed, why.to_owned(), Vec::new(), 0, Some(at))
    }

    /// Nobody could be asked.
    pub fn blind(&mut self, why: &str, at: Timestamp) -> &Report {
        self.counted = None;
        self.now(Verdict::Blind, why.to_owned(), Vec::new(), 0, Some(at))
    }

    /// Where the watch stands.
    pub fn latest(&self) -> &Report {
        &self.latest
    }

    /// How many polls there were.
    pub fn polls(&self) -> usize {
        self.polls
    }

    /// A poll met the goal: how many count by now. A clock that was set back begins anew.
    fn count(&mut self, at: Timestamp) -> u32 {
        let met = self.latest.met;
        match self.counted {
            Some(last) if at >= last && at.duration_since(last) < self.options.apart => met,
            Some(last) if at >= last => {
                self.counted = Some(at);
                met.saturating_add(1)
            }
            _ => {
                self.counted = Some(at);
                1
            }
        }
    }

    fn now(
        &mut self,
        verdict: Verdict,
        reason: String,
        rows: Vec<Row>,
        met: u32,
        at: Option<Timestamp>,
    ) -> &Report {
        self.polls += 1;
        let latest = &mut self.latest;
        latest.verdict = verdict;
        latest.reason = reason;
        latest.rows = rows;
        latest.met = met;
        latest.sampled_at = at;
        latest
    }
}

fn row(object: Value, judged: ObjectJudged) -> Row {
    let verdict = match (judged.holds, judged.aside) {
        (_, true) => RowVerdict::Aside,
        (Some(true), _) => RowVerdict::Satisfied,
        (Some(false), _) => RowVerdict::NotYet,
        (None, _) => RowVerdict::Unknown,
    };
    Row {
        name: judged.name,
        verdict,
        reason: judged.reason,
        object,
    }
}
