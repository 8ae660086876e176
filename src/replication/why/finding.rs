//! What a check found, and the word on all of them.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::check::Check;
use crate::text::visible_line;

/// The id of the question to the store.
pub(super) const STORE: &str = "store";

/// What the answers prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// It is as it should be.
    Good,
    /// It is not: here is a cause.
    Bad,
    /// Nobody answered, or the answer proves nothing.
    Unknown,
}

impl Proof {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Proof::Good => "good",
            Proof::Bad => "bad",
            Proof::Unknown => "unknown",
        }
    }
}

/// A snippet that helps, filled in. It goes through the gate like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The snippet's id.
    pub snippet: &'static str,
    /// Its fields and what they are filled with, in order.
    pub values: Vec<(&'static str, String)>,
    /// The machine it must run on; none where any with the module will do.
    pub on: Option<String>,
}

impl Next {
    /// The options of `csdeck run` behind the target: `--snippet ID --set Name=value`.
    pub fn options(&self) -> String {
        let mut text = format!("--snippet {}", self.snippet);
        for (name, value) in &self.values {
            text.push_str(&format!(" --set {name}={value}"));
        }
        text
    }

    fn to_json(&self) -> Value {
        let values: serde_json::Map<String, Value> = self
            .values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({ "snippet": self.snippet, "values": values, "on": self.on })
    }
}

/// A text that was not run from here, or was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// Where it has to run.
    pub machine: String,
    /// Why there is no answer.
    pub why: String,
    /// What to run there.
    pub text: String,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's id.
    pub check: &'static str,
    /// The replica it is about; none when it is about the store.
    pub replica: Option<String>,
    /// What is true when it is good.
    pub proves: String,
    /// Whether it is.
    pub proof: Proof,
    /// The servers' words, each line with the machine in front. Safe to print.
    pub evidence: Vec<String>,
    /// What is wrong, one sentence; set when it is [`Proof::Bad`].
    pub cause: Option<String>,
    /// What to do about it by hand, one or two sentences.
    pub remedy: Option<String>,
    /// What to run then.
    pub next: Option<Next>,
    /// What is still to be run, and where.
    pub not_run: Vec<NotRun>,
}

impl Finding {
    pub(super) fn new(check: &Check) -> Finding {
        Finding {
            check: check.id,
            replica: check.replica.clone(),
            proves: check.proves.clone(),
            proof: Proof::Unknown,
            evidence: Vec::new(),
            cause: None,
            remedy: None,
            next: None,
            not_run: Vec::new(),
        }
    }

    /// Adds a line of evidence.
    pub(super) fn see(&mut self, machine: &str, words: &str) {
        let line = format!("{machine}: {words}");
        self.evidence.push(visible_line(&line).into_owned());
    }

    /// It is bad: why, and what to do.
    pub(super) fn bad(&mut self, cause: String, remedy: &str, next: Option<Next>) {
        self.proof = Proof::Bad;
        self.cause = Some(visible_line(&cause).into_owned());
        self.remedy = Some(remedy.to_owned()).filter(|text| !text.is_empty());
        self.next = next;
    }

    /// The asks without an answer: where their text has to run. The surest way is told.
    pub(super) fn take_unanswered(&mut self, check: &Check, answers: &[Answer]) {
        for (at, ask) in check.asks.iter().enumerate() {
            let why = match answers.get(at).map(|answer| &answer.outcome) {
                Some(Outcome::Said(_)) => continue,
                Some(Outcome::Nothing(why)) => visible_line(why).into_owned(),
                None => "not asked".to_owned(),
            };
            if let Some(way) = ask.ways.first() {
                self.not_run.push(NotRun {
                    machine: way.machine.words().to_owned(),
                    why,
                    text: way.text.clone(),
                });
            }
        }
    }

    /// As JSON: `check`, `replica`, `proves`, `verdict` (good, bad, unknown), `evidence`, `cause`,
    /// `remedy`, `next` (`snippet`, `values`, `on`), `notRun` (`machine`, `why`, `text`).
    pub fn to_json(&self) -> Value {
        let not_run = |n: &NotRun| json!({ "machine": n.machine, "why": n.why, "text": n.text });
        json!({
            "check": self.check,
            "replica": self.replica,
            "proves": self.proves,
            "verdict": self.proof.word(),
            "evidence": self.evidence,
            "cause": self.cause,
            "remedy": self.remedy,
            "next": self.next.as_ref().map(Next::to_json),
            "notRun": self.not_run.iter().map(not_run).collect::<Vec<_>>(),
        })
    }
}

/// The word on a list of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The finding that decides, by its place: the first one that is bad.
    pub cause: Option<usize>,
    /// The conclusion in one sentence.
    pub text: String,
    /// What is not known, one line each: `clock of sgedge02.kestrel.lan`.
    pub unknown: Vec<String>,
    /// What to run next; none when a hand has to do something first that no command does.
    pub next: Option<Next>,
}

impl Conclusion {
    /// As JSON: `text`, `cause` (its place in `findings`), `unknown`, `next`.
    pub fn to_json(&self) -> Value {
        json!({
            "text": self.text,
            "cause": self.cause,
            "unknown": self.unknown,
            "next": self.next.as_ref().map(Next::to_json),
        })
    }
}

/// The word on the findings about one replica, with those about the store among them: in the order
/// of the plan, the likeliest cause first. `replica` none: on the store alone.
pub fn conclusion(findings: &[Finding], replica: Option<&str>) -> Conclusion {
    let ours = |finding: &Finding| match (&finding.replica, replica) {
        (None, _) => true,
        (Some(of), Some(wanted)) => super::super::same_fqdn(of, wanted),
        (Some(_), None) => false,
    };
    let ours: Vec<(usize, &Finding)> = findings
        .iter()
        .enumerate()
        .filter(|(_, f)| ours(f))
        .collect();
    let unknown: Vec<String> = ours
        .iter()
        .filter(|(_, finding)| finding.proof == Proof::Unknown || !finding.not_run.is_empty())
        .map(|(_, finding)| {
            let where_to: Vec<&str> = finding.not_run.iter().map(|n| n.machine.as_str()).collect();
            match where_to.is_empty() {
                true => finding.check.to_owned(),
                false => format!("{} (from {})", finding.check, where_to.join(", ")),
            }
        })
        .collect();
    let who = replica.unwrap_or("the Central Management store");
    let mut bad = ours
        .iter()
        .filter(|(_, finding)| finding.proof == Proof::Bad);
    let first = bad.next();
    // That the store is down is what one sees; a service that is down is why.
    let why = bad.find(|(_, f)| f.replica.is_none());
    if let Some((at, finding)) = why
        .filter(|_| first.is_some_and(|(_, f)| f.check == STORE))
        .or(first)
    {
        let cause = finding.cause.as_deref().unwrap_or(&finding.proves);
        let text = match &finding.replica {
            Some(replica) => format!("{replica}: {cause}"),
            None => cause.to_owned(),
        };
        return Conclusion {
            cause: Some(*at),
            text: visible_line(&text).into_owned(),
            unknown,
            next: finding.next.clone(),
        };
    }
    let good = ours.iter().filter(|(_, f)| f.proof == Proof::Good).count();
    let text = match (good, unknown.len()) {
        (0, 0) => format!("{who}: nothing was checked"),
        (0, _) => format!("{who}: nothing could be checked from here"),
        (good, 0) => format!("{who}: {good} checks, and none of them found a cause"),
        (good, open) => format!(
            "{who}: {good} checks found no cause; {open} could not be made in full, so the cause may be there"
        ),
    };
    // With nothing wrong on the way, a package may have gone astray: the whole of it is sent anew.
    let next = replica.filter(|_| good > 0).map(super::plan::replicate);
    Conclusion {
        cause: None,
        text: visible_line(&text).into_owned(),
        unknown,
        next,
    }
}
