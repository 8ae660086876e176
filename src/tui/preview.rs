//! `-WhatIf` before something dangerous: what was previewed in this session, and the question that
//! waits for a preview to end.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::execute::JobState;
use crate::execute::output::Stream;

use super::dialog::{Confirm, Several};
use super::message::Effect;
use super::pane::run::Job;

/// Previews that are remembered.
const KEPT: usize = 64;

/// Lines of a preview that are shown in the question.
const SHOWN: usize = 4;

/// The previews of this session.
#[derive(Debug, Default)]
pub struct Previews {
    /// Those that succeeded, the newest last.
    done: VecDeque<Done>,
    /// The question that comes back when its preview ended.
    waiting: Option<Waits>,
}

/// What waits.
#[derive(Debug)]
pub enum Waits {
    /// The question for one target.
    One(Waiting),
    /// The question for several.
    All(WaitingForAll),
}

#[derive(Debug)]
struct Done {
    target: String,
    text: String,
    at: Timestamp,
    evidence: Evidence,
}

/// A question that waits.
#[derive(Debug)]
pub struct Waiting {
    /// The text that runs meanwhile.
    pub text: String,
    /// The question.
    pub confirm: Box<Confirm>,
    /// What is to be done when its own text runs.
    pub when_run: Vec<Effect>,
}

/// A question for several targets that waits for all of their previews.
#[derive(Debug)]
pub struct WaitingForAll {
    /// The text that runs meanwhile.
    pub text: String,
    /// The targets whose preview has not ended.
    pub left: Vec<String>,
    /// The question.
    pub several: Box<Several>,
    /// What is to be done when its own text runs.
    pub when_run: Vec<Effect>,
}

/// How a preview ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its final state.
    pub state: JobState,
    /// The first lines of what it said, as they came.
    pub lines: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// Whole seconds between its end and the question.
    pub age: i64,
}

impl Evidence {
    /// The evidence of a job that just ended.
    pub fn of(job: &Job) -> Evidence {
        let said = || {
            job.output.iter().filter_map(|(_, line)| match line.stream {
                Stream::Output | Stream::Error | Stream::Warning => {
                    Some(line.text.trim_end()).filter(|t| !t.is_empty())
                }
                _ => None,
            })
        };
        // What only the spilled part of the output has is counted, not shown.
        let older = usize::try_from(job.output.end())
            .unwrap_or(usize::MAX)
            .saturating_sub(job.output.iter().len());
        Evidence {
            state: job.state,
            lines: said().take(SHOWN).map(str::to_owned).collect(),
            more: (said().count() + older).saturating_sub(SHOWN),
            age: 0,
        }
    }

    /// True when it says what the text would do: one that failed or was cancelled does not.
    pub fn counts(&self) -> bool {
        self.state == JobState::Succeeded
    }
}

impl Previews {
    /// Keeps a question until the preview of this text ended.
    pub fn wait(&mut self, waiting: Waiting) {
        self.waiting = Some(Waits::One(waiting));
    }

    /// Keeps a question until the previews of this text ended on all of its targets.
    pub fn wait_for_all(&mut self, waiting: WaitingForAll) {
        self.waiting = Some(Waits::All(waiting));
    }

    /// Forgets what ran on a target that is not what it was.
    pub fn forget(&mut self, target: &str) {
        self.done.retain(|d| d.target != target);
        let concerned = match &self.waiting {
            Some(Waits::One(w)) => w.confirm.target.name == target,
            Some(Waits::All(w)) => w.several.aims.iter().any(|a| a.target.name == target),
            None => false,
        };
        if concerned {
            self.waiting = None;
        }
    }

    /// Takes in a job that ended; the question that waited for it, with its outcome.
    pub fn ended(&mut self, job: &Job, now: Timestamp) -> Option<Waits> {
        let evidence = Evidence::of(job);
        // Written by hand it is the same preview: the texts are compared.
        if evidence.counts() && job.text.contains("-WhatIf") {
            self.done
                .retain(|d| d.target != job.target || d.text != job.text);
            self.done.push_back(Done {
                target: job.target.clone(),
                text: job.text.clone(),
                at: now,
                evidence: evidence.clone(),
            });
            if self.done.len() > KEPT {
                self.done.pop_front();
            }
        }
        let done = match self.waiting.as_mut()? {
            Waits::One(w) if w.text == job.text && w.confirm.target.name == job.target => {
                w.confirm.evidence = Some(evidence);
                true
            }
            Waits::All(w) if w.text == job.text && w.left.contains(&job.target) => {
                w.left.retain(|name| *name != job.target);
                let aims = w.several.aims.iter_mut();
                for aim in aims.filter(|a| a.target.name == job.target) {
                    aim.evidence = Some(evidence.clone());
                }
                w.left.is_empty()
            }
            _ => false,
        };
        self.waiting.take_if(|_| done)
    }

    /// The preview of exactly this text on this target that succeeded last.
    pub fn find(&self, target: &str, text: &str, now: Timestamp) -> Option<Evidence> {
        let done = self
            .done
            .iter()
            .find(|d| d.target == target && d.text == text)?;
        Some(Evidence {
            age: now.duration_since(done.at).as_secs().max(0),
            ..done.evidence.clone()
        })
    }
}
