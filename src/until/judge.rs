//! The objects of one answer held against a goal.

use serde_json::Value;

use super::goal::{Condition, Goal, Operator, Path};
use super::object::{Said, agrees, holds, values, words};
use super::walk::{Found, follow, name, siblings};
use crate::near::did_you_mean;

/// How many objects a reason names.
const NAMED: usize = 3;

/// How many properties a message lists.
const LISTED: usize = 12;

/// What the objects of an answer come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whether the goal holds; `None` where that cannot be told.
    pub holds: Option<bool>,
    /// Why, in words for people. Raw text.
    pub reason: String,
    /// Why the goal cannot be for such objects: a property that none of them has.
    pub wrong: Option<String>,
    /// Object by object, in their order.
    pub objects: Vec<ObjectJudged>,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectJudged {
    /// What it is called.
    pub name: String,
    /// Whether it is as the goal wants it; `None` where that cannot be told.
    pub holds: Option<bool>,
    /// True when the goal asks nothing of this very object (`any`, `count`) and it is not so.
    pub aside: bool,
    /// What is not as wanted, or not to be told; where all is well the values that are. Raw text.
    pub reason: String,
}

/// Holds objects against a goal.
pub fn judge(goal: &Goal, objects: &[Value]) -> Judged {
    let names: Vec<String> = objects
        .iter()
        .enumerate()
        .map(|(n, o)| name(o, n + 1))
        .collect();
    let answer = Answer {
        objects,
        names: &names,
    };
    let said = answer.goal(goal);
    let missing = answer.missing(goal);
    Judged {
        holds: said.holds,
        reason: said.text(),
        wrong: missing.first().map(|path| answer.no_property(path)),
        objects: answer.each(goal),
    }
}

struct Answer<'a> {
    objects: &'a [Value],
    names: &'a [String],
}

impl Answer<'_> {
    fn goal(&self, goal: &Goal) -> Said {
        match goal {
            Goal::And(parts) => Said::joined(parts.iter().map(|g| self.goal(g)), false),
            Goal::Or(parts) => Said::joined(parts.iter().map(|g| self.goal(g)), true),
            Goal::Not(inner) => {
                let said = self.goal(inner);
                Said {
                    holds: said.holds.map(|h| !h),
                    why: said.why,
                }
            }
            Goal::Count(None, operator, wanted) => self.count_of_all(*operator, *wanted),
            _ if self.objects.is_empty() => Said::unknown("there is no object in the answer"),
            Goal::All(condition) => self.all(condition, true),
            Goal::None(condition) => self.all(condition, false),
            Goal::Any(condition) => {
                let said = self.conditions(condition);
                let (yes, unknown) = (count(&said, Some(true)), count(&said, None));
                match (yes, unknown) {
                    (1.., _) => Said::new(true, format!("{yes} of {}: {condition}", self.of())),
                    (0, 0) => Said::new(false, format!("of {} none has {condition}", self.of())),
                    _ => Said::unknown(self.named("not to be told", &said, None)),
                }
            }
            Goal::Count(Some(condition), operator, wanted) => {
                let said = self.conditions(condition);
                let (yes, unknown) = (count(&said, Some(true)) as u64, count(&said, None) as u64);
                // What is not known may fall either way.
                let (least, most) = (
                    counts(*operator, yes, *wanted),
                    counts(*operator, yes + unknown, *wanted),
                );
                let sure = (yes..=yes + unknown).all(|n| counts(*operator, n, *wanted) == least);
                let text = format!(
                    "{yes} of {}: {condition}, wanted {}",
                    self.of(),
                    number(*operator, *wanted)
                );
                match sure && least == most {
                    true => Said::new(least, text),
                    false => Said::unknown(self.named("not to be told", &said, None)),
                }
            }
        }
    }

    /// Without objects nothing is known but that: a server that answers nothing has to be asked for
    /// exactly that.
    fn count_of_all(&self, operator: Operator, wanted: u64) -> Said {
        let have = self.objects.len() as u64;
        let holds = counts(operator, have, wanted);
        let only_none = matches!(
            (operator, wanted),
            (Operator::Eq | Operator::Le, 0) | (Operator::Lt, 1)
        );
        if have == 0 && !only_none {
            return Said::unknown("there is no object in the answer");
        }
        Said::new(
            holds,
            format!("{}, wanted {}", self.of(), number(operator, wanted)),
        )
    }

    fn all(&self, condition: &Condition, wanted: bool) -> Said {
        let said = self.conditions(condition);
        let (bad, unknown) = (count(&said, Some(!wanted)), count(&said, None));
        match (bad, unknown, wanted) {
            (0, 0, true) => Said::new(true, format!("{}: {condition}", self.of())),
            (0, 0, false) => Said::new(true, format!("{}, none of them {condition}", self.of())),
            (0, ..) => Said::unknown(self.named("not to be told", &said, None)),
            (_, _, true) => Said::new(false, self.named("not there yet", &said, Some(false))),
            (_, _, false) => Said::new(false, self.named("as none may be", &said, Some(true))),
        }
    }

    fn conditions(&self, condition: &Condition) -> Vec<Said> {
        self.objects
            .iter()
            .map(|object| holds(condition, object))
            .collect()
    }

    /// `2 of 9 objects not there yet: RTCSRV: Status is Stopped, wanted Running; ...`
    fn named(&self, what: &str, said: &[Said], which: Option<bool>) -> String {
        let those: Vec<String> = said
            .iter()
            .zip(self.names)
            .filter(|(said, _)| said.holds == which)
            .map(|(said, name)| format!("{name}: {}", said.text()))
            .collect();
        let more = match those.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let shown = those
            .iter()
            .take(NAMED)
            .cloned()
            .collect::<Vec<_>>()
            .join("; ");
        format!("{} of {} {what}: {shown}{more}", those.len(), self.of())
    }

    fn of(&self) -> String {
        match self.objects.len() {
            1 => "1 object".to_owned(),
            n => format!("{n} objects"),
        }
    }

    /// The properties that no object has and that the goal cannot do without: an -or can, as long as
    /// another side of it can be told.
    fn missing<'g>(&self, goal: &'g Goal) -> Vec<&'g Path> {
        match goal {
            Goal::All(c) | Goal::Any(c) | Goal::None(c) | Goal::Count(Some(c), ..) => {
                self.missing_in(c)
            }
            Goal::Count(None, ..) => Vec::new(),
            Goal::And(parts) => parts.iter().flat_map(|g| self.missing(g)).collect(),
            Goal::Or(parts) => of_or(parts.iter().map(|g| self.missing(g))),
            Goal::Not(inner) => self.missing(inner),
        }
    }

    fn missing_in<'g>(&self, condition: &'g Condition) -> Vec<&'g Path> {
        match condition {
            Condition::Test(test) => {
                let is_missing = |object: &Value| follow(object, &test.path) == Found::Missing;
                match !self.objects.is_empty() && self.objects.iter().all(is_missing) {
                    true => vec![&test.path],
                    false => Vec::new(),
                }
            }
            Condition::And(parts) => parts.iter().flat_map(|c| self.missing_in(c)).collect(),
            Condition::Or(parts) => of_or(parts.iter().map(|c| self.missing_in(c))),
            Condition::Not(inner) => self.missing_in(inner),
        }
    }

    fn no_property(&self, path: &Path) -> String {
        let (depth, names) = siblings(self.objects, path);
        let wanted = path.0.get(depth).map_or("", String::as_str);
        let place = match depth {
            0 => "no object has a property".to_owned(),
            _ => format!("{} has no property", path.0[..depth].join(".")),
        };
        if names == [super::walk::VALUE] {
            return format!(
                "{place} {wanted}: the answer is text. Its lines are tested with Value, as in any Value -match ready"
            );
        }
        let shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
        let more = if names.len() > LISTED { ", ..." } else { "" };
        format!(
            "{place} {wanted}.{} There are: {}{more}",
            did_you_mean(wanted, names.iter().map(String::as_str)),
            shown.join(", ")
        )
    }

    /// What each object contributes: `all` and `none` ask something of every one, the others do not.
    fn each(&self, goal: &Goal) -> Vec<ObjectJudged> {
        let mut asked = Vec::new();
        let mut counted = Vec::new();
        collect(goal, &mut asked, &mut counted);
        self.objects
            .iter()
            .zip(self.names)
            .map(|(object, name)| {
                let strict = asked.iter().map(|(condition, wanted)| {
                    let said = holds(condition, object);
                    Said {
                        holds: said.holds.map(|h| h == *wanted),
                        why: said.why,
                    }
                });
                let said = Said::joined(strict, false);
                let aside = asked.is_empty()
                    && !counted.iter().any(|c| holds(c, object).holds == Some(true));
                let reason = match said.holds {
                    Some(true) => asked
                        .iter()
                        .map(|(condition, _)| values(condition, object))
                        .collect::<Vec<_>>()
                        .join(", "),
                    _ => said.text(),
                };
                ObjectJudged {
                    name: name.clone(),
                    holds: said.holds,
                    aside,
                    reason,
                }
            })
            .collect()
    }
}

/// The conditions that every object has to meet (true) or miss (false), and those that some meet.
fn collect<'g>(
    goal: &'g Goal,
    asked: &mut Vec<(&'g Condition, bool)>,
    counted: &mut Vec<&'g Condition>,
) {
    match goal {
        Goal::All(condition) => asked.push((condition, true)),
        Goal::None(condition) => asked.push((condition, false)),
        Goal::Any(condition) | Goal::Count(Some(condition), ..) => counted.push(condition),
        Goal::And(parts) => parts.iter().for_each(|g| collect(g, asked, counted)),
        // Of these, none is asked of an object for itself.
        Goal::Count(None, ..) | Goal::Or(_) | Goal::Not(_) => {}
    }
}

fn of_or<'g>(sides: impl Iterator<Item = Vec<&'g Path>>) -> Vec<&'g Path> {
    let sides: Vec<_> = sides.collect();
    match sides.iter().any(Vec::is_empty) {
        true => Vec::new(),
        false => sides.concat(),
    }
}

fn count(said: &[Said], which: Option<bool>) -> usize {
    said.iter().filter(|s| s.holds == which).count()
}

fn counts(operator: Operator, have: u64, wanted: u64) -> bool {
    agrees(operator, have.cmp(&wanted))
}

fn number(operator: Operator, wanted: u64) -> String {
    words(operator, &wanted.to_string())
}
