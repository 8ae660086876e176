//! One check: what it proves, where it runs, what is run.

use super::answer::Answer;
use super::finding::Finding;
use super::{certificates, clock, events, network, services, store};

/// Where a text has to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Machine {
    /// Any machine that reads the Central Management store: whoever is asked for the status.
    Store,
    /// This machine, by its FQDN.
    Named(String),
}

impl Machine {
    /// The machine in words.
    pub fn words(&self) -> &str {
        match self {
            Machine::Store => "a front end of the Central Management store's pool",
            Machine::Named(fqdn) => fqdn,
        }
    }
}

/// One way to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Where the text has to run.
    pub machine: Machine,
    /// What is run, byte for byte. It only reads, in the gate's judgement too.
    pub text: String,
    /// True when the text goes on from there to another server: a session that lost the account on
    /// the way (a second hop) then sees less than is there.
    pub onward: bool,
}

/// One thing to be asked, with the ways to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Whose answer it is.
    pub about: String,
    /// The ways, the surest first: the first one that is open is taken, and no other.
    pub ways: Vec<Way>,
}

/// One check: all its asks together prove or disprove one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A short name, the same in every version: `tcp-4443`, `services`, ...
    pub id: &'static str,
    /// The replica it is about; none when it is about the store.
    pub replica: Option<String>,
    /// What is true when it is good: one sentence without a full stop.
    pub proves: String,
    /// What is asked, of whom. All of them are wanted.
    pub asks: Vec<Ask>,
    pub(super) reading: Reading,
}

/// How the answers are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    Store(store::Store),
    Port(network::Port),
    Name(network::Name),
    Services(services::Wanted),
    Share(services::Share),
    Clock(clock::Clocks),
    Certificate(certificates::Wanted),
    Roots,
    Events(events::Wanted),
    Known,
}

impl Check {
    /// What the answers prove, one for each of [`Check::asks`] in order. An answer that is missing
    /// counts as none.
    pub fn read(&self, answers: &[Answer]) -> Finding {
        let mut finding = match &self.reading {
            Reading::Store(known) => store::read(self, known, answers),
            Reading::Port(port) => network::read_port(self, port, answers),
            Reading::Name(name) => network::read_name(self, name, answers),
            Reading::Services(wanted) => services::read(self, wanted, answers),
            Reading::Share(share) => services::read_share(self, share, answers),
            Reading::Clock(clocks) => clock::read(self, clocks, answers),
            Reading::Certificate(wanted) => certificates::read(self, wanted, answers),
            Reading::Roots => certificates::read_roots(self, answers),
            Reading::Events(wanted) => events::read(self, wanted, answers),
            Reading::Known => store::read_known(self, answers),
        };
        finding.take_unanswered(self, answers);
        finding
    }
}

/// A way on a named machine that stays there.
pub(super) fn on(machine: &str, text: String) -> Way {
    Way {
        machine: Machine::Named(machine.to_owned()),
        text,
        onward: false,
    }
}

/// The text as one that gives its rows as JSON: `-InputObject @(…)` keeps one row a list and no row
/// `[]`, so that an empty answer is told from none.
pub(super) fn as_json(pipeline: &str) -> String {
    format!("ConvertTo-Json -Compress -Depth 3 -InputObject @({pipeline})")
}

/// The text as a literal. Names that are no names of hosts never get here ([`is_host`]).
pub(super) fn literal(text: &str) -> String {
    crate::powershell::literal::single_quoted(text).unwrap_or_else(|_| "''".to_owned())
}

/// True for what can be the name or the address of a host: nothing else is put into a text.
pub(super) fn is_host(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    !name.is_empty() && name.len() <= 255 && name.chars().all(fits) && !name.starts_with('-')
}

/// True when both are names of one machine: in full, or one of them only its first label.
pub(super) fn same_host(a: &str, b: &str) -> bool {
    let bare = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let (a, b) = (bare(a), bare(b));
    let label = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    a == b || (!a.contains('.') || !b.contains('.')) && !a.is_empty() && label(&a) == label(&b)
}
