//! The question before a run on several targets.

use crate::cmdlet::{Finding, NoPreview, Risk};
use crate::execute::Target;
use crate::execute::fanout::Policy;
use crate::gate::{Approved, Asks, Assessment, Confirmation, Denied};
use crate::tui::preview::Evidence;
use crate::tui::widget::input::LineInput;

/// How many targets at the same time.
const LIMIT: usize = 4;

/// A run on several targets that waits for the user's word.
#[derive(Debug)]
pub struct Several {
    /// The targets, in the order in which they begin; never empty.
    pub aims: Vec<Aim>,
    /// What the reference has against the text.
    pub findings: Vec<Finding>,
    /// The text with `-WhatIf`, or why there is none.
    pub preview: Result<String, NoPreview>,
    /// How the targets follow each other.
    pub order: Order,
    /// How many names were typed rightly, from the first on.
    pub named: usize,
    /// What is being typed.
    pub typed: LineInput,
    /// What was wrong with the last answer.
    pub problem: Option<String>,
    /// Rows scrolled down.
    pub scroll: usize,
}

/// One target of the run.
#[derive(Debug)]
pub struct Aim {
    /// The target.
    pub target: Target,
    /// The text, judged for it.
    pub assessment: Assessment,
    /// How the text with `-WhatIf` ended on it.
    pub evidence: Option<Evidence>,
}

/// What has to be said before the text may run on all of them: the most that one of them asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// A yes: it only reads.
    Yes,
    /// How many targets, typed: it changes something, and none of them is protected.
    Count,
    /// The name of each target, typed one after the other: it may destroy something, or one of them
    /// is protected.
    Names,
}

/// How the targets follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// A few at the same time, whatever becomes of them.
    #[default]
    Together,
    /// One after the other, until one does not succeed.
    OneByOne,
    /// In waves, until one of a wave does not succeed.
    Waves,
}

impl Order {
    /// The next one; behind the last comes the first.
    pub fn next(self) -> Order {
        match self {
            Order::Together => Order::OneByOne,
            Order::OneByOne => Order::Waves,
            Order::Waves => Order::Together,
        }
    }

    /// The policy for so many targets.
    pub fn policy(self, count: usize) -> Policy {
        let wave = count.div_ceil(2).clamp(1, LIMIT);
        Policy {
            limit: match self {
                Order::Together => LIMIT,
                Order::OneByOne => 1,
                Order::Waves => wave,
            },
            wave: (self == Order::Waves).then_some(wave),
            stop_on_failure: self != Order::Together,
        }
    }

    /// What happens with so many targets, in words.
    pub fn words(self, count: usize) -> String {
        let policy = self.policy(count);
        match self {
            Order::Together if count <= LIMIT => "all at the same time".to_owned(),
            Order::Together => format!("up to {LIMIT} at the same time"),
            Order::OneByOne => {
                "one after the other; the first that does not succeed is the last".to_owned()
            }
            Order::Waves => format!(
                "waves of {}; one that does not succeed wholly is the last",
                policy.limit
            ),
        }
    }
}

impl Several {
    /// The text.
    pub fn text(&self) -> &str {
        self.aims.first().map_or("", |a| a.assessment.text())
    }

    /// What the text may do: the same everywhere.
    pub fn risk(&self) -> Risk {
        let risks = self.aims.iter().map(|a| a.assessment.risk());
        risks.max().unwrap_or(Risk::Destructive)
    }

    /// What has to be said.
    pub fn demand(&self) -> Demand {
        let asks = |wanted| self.aims.iter().any(|a| a.assessment.asks() == wanted);
        match (asks(Asks::TypeName), asks(Asks::Yes)) {
            (true, _) => Demand::Names,
            (false, true) => Demand::Count,
            // The console asks before everything.
            (false, false) => Demand::Yes,
        }
    }

    /// True when the text has to run with `-WhatIf` on all of them first.
    pub fn wants_preview(&self) -> bool {
        let counts = |a: &Aim| a.evidence.as_ref().is_some_and(Evidence::counts);
        self.risk() == Risk::Destructive && self.preview.is_ok() && !self.aims.iter().all(counts)
    }

    /// What has to be typed now; `None` when Enter is enough, or nothing is yet.
    pub fn wanted(&self) -> Option<String> {
        if self.wants_preview() {
            return None;
        }
        match self.demand() {
            Demand::Yes => None,
            Demand::Count => Some(format!("{} targets", self.aims.len())),
            Demand::Names => self.aims.get(self.named).map(|a| a.target.name.clone()),
        }
    }

    /// Takes what was typed: true when nothing more is to be said.
    pub fn say(&mut self) -> bool {
        let Some(wanted) = self.wanted() else {
            return !self.wants_preview();
        };
        let typed = std::mem::take(&mut self.typed);
        if typed.text() != wanted {
            self.problem = Some(format!("that is not it; type \"{wanted}\""));
            return false;
        }
        self.problem = None;
        if self.demand() == Demand::Names {
            self.named += 1;
            return self.named == self.aims.len();
        }
        true
    }

    /// The text approved for all targets or for none, once everything was said.
    pub fn approve(&self) -> Result<Vec<Approved>, Denied> {
        let approve = |(n, aim): (usize, &Aim)| {
            let said = match self.demand() {
                // Only the names that were typed.
                Demand::Names if n < self.named => Confirmation::Typed(aim.target.name.clone()),
                Demand::Names => Confirmation::Shown,
                Demand::Yes | Demand::Count => Confirmation::Yes,
            };
            aim.assessment.clone().approve(&said)
        };
        self.aims.iter().enumerate().map(approve).collect()
    }

    /// As it was opened: what was typed for something else must not find a finished answer.
    pub fn anew(&mut self) {
        self.named = 0;
        self.typed = LineInput::default();
        self.problem = None;
        self.scroll = 0;
    }
}
