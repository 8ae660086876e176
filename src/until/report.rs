//! Where a watch of objects stands, for people and programs.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::compare::shown;
use crate::replication::Verdict;
use crate::text::visible_line;

/// How many objects are listed for people; the rest is counted.
const LISTED: usize = 100;

/// The verdict on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowVerdict {
    /// It is as the goal wants it.
    Satisfied,
    /// It is not.
    NotYet,
    /// It cannot be told.
    Unknown,
    /// The goal asks nothing of this very object.
    Aside,
}

impl RowVerdict {
    /// The verdict in words for people.
    pub fn word(self) -> &'static str {
        match self {
            RowVerdict::Satisfied => "satisfied",
            RowVerdict::NotYet => "not yet",
            RowVerdict::Unknown => "unknown",
            RowVerdict::Aside => "aside",
        }
    }

    /// The verdict as it is written in JSON.
    pub fn json_word(self) -> &'static str {
        match self {
            RowVerdict::NotYet => "not-yet",
            other => other.word(),
        }
    }
}

/// One object of the newest answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is called. Raw text.
    pub name: String,
    /// Its verdict.
    pub verdict: RowVerdict,
    /// Why it is not as wanted, or the values that are. Raw text.
    pub reason: String,
    /// The object.
    pub object: Value,
}

/// The state after a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The verdict: `Converged` where the goal was met in enough polls.
    pub verdict: Verdict,
    /// Why, in one line. Raw text.
    pub reason: String,
    /// What is waited for.
    pub until: String,
    /// The objects of the newest answer, in its order; none after a poll without one.
    pub rows: Vec<Row>,
    /// How many polls in a row met the goal and count.
    pub met: u32,
    /// How many have to.
    pub needed: u32,
    /// When the poll was taken.
    pub sampled_at: Option<Timestamp>,
}

impl Report {
    /// The JSON document: the contract of `csdeck watch` with `objects` in place of `replicas`. Each
    /// object has its own properties and csdeck's `verdict`, with a `reason` where it is not met.
    pub fn to_json(&self) -> Value {
        let objects: Vec<Value> = self.rows.iter().map(Row::to_json).collect();
        json!({
            "verdict": self.verdict.word(),
            "reason": self.reason,
            "until": self.until,
            "objects": objects,
            "consecutiveTrue": self.met,
            "pollsNeeded": self.needed,
            "sampledAt": self.sampled_at.map(|at| at.to_string()),
        })
    }

    /// The verdict and the objects for people, those that are not as wanted first.
    pub fn to_lines(&self) -> Vec<String> {
        let mut lines = vec![format!("  {}: {}", self.verdict, self.in_one_line())];
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| match row.verdict {
            RowVerdict::Unknown => 0,
            RowVerdict::NotYet => 1,
            RowVerdict::Satisfied => 2,
            RowVerdict::Aside => 3,
        });
        let width = rows
            .iter()
            .take(LISTED)
            .map(|row| row.name.chars().count())
            .max()
            .unwrap_or(0);
        for row in rows.iter().take(LISTED) {
            let line = format!(
                "  {:<9}  {:<width$}  {}",
                row.verdict.word(),
                row.name,
                row.told()
            );
            lines.push(visible_line(line.trim_end()).into_owned());
        }
        if rows.len() > LISTED {
            lines.push(format!("  and {} more", rows.len() - LISTED));
        }
        lines
    }

    /// The first line of the reason, safe to show: an error record has more, and those who are told
    /// of it are told all of it.
    pub fn in_one_line(&self) -> String {
        let line = self.reason.lines().find(|line| !line.trim().is_empty());
        visible_line(line.unwrap_or_default()).trim().to_owned()
    }

    /// How many objects are as wanted, of how many.
    pub fn count(&self) -> (usize, usize) {
        let satisfied = |row: &&Row| row.verdict == RowVerdict::Satisfied;
        (self.rows.iter().filter(satisfied).count(), self.rows.len())
    }
}

impl Row {
    fn to_json(&self) -> Value {
        let mut map = match &self.object {
            Value::Object(map) => map.clone(),
            value => Map::from_iter([(super::walk::VALUE.to_owned(), value.clone())]),
        };
        map.insert("verdict".into(), self.verdict.json_word().into());
        if matches!(self.verdict, RowVerdict::NotYet | RowVerdict::Unknown) {
            map.insert("reason".into(), self.reason.as_str().into());
        }
        Value::Object(map)
    }

    /// Why it is not so, or what it is; of a line of text the line itself.
    fn told(&self) -> String {
        match (&self.object, self.verdict) {
            (Value::Object(_), _) => self.reason.clone(),
            (value, RowVerdict::Unknown) => format!("{} ({})", shown(value), self.reason),
            (value, _) => shown(value),
        }
    }
}
