//! One object held against a condition.

use std::cmp::Ordering;

use serde_json::Value;

use super::compare::{No, equal, order, shown};
use super::goal::{Condition, Kind, Literal, Operand, Operator, Test};
use super::walk::{Found, follow};

/// Something that holds, does not, or cannot be told, and why it is not so (the first two) or what
/// is not known. Kleene's logic: what is not known decides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub holds: Option<bool>,
    pub why: Vec<Why>,
}

/// What is, and what was wanted instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Why {
    is: String,
    wanted: Vec<String>,
}

impl Said {
    pub(super) fn new(holds: bool, is: impl Into<String>) -> Said {
        Said {
            holds: Some(holds),
            why: vec![Why {
                is: is.into(),
                wanted: Vec::new(),
            }],
        }
    }

    pub(super) fn unknown(is: impl Into<String>) -> Said {
        Said {
            holds: None,
            ..Said::new(false, is)
        }
    }

    fn wanting(is: String, wanted: String) -> Said {
        Said {
            holds: Some(false),
            why: vec![Why {
                is,
                wanted: vec![wanted],
            }],
        }
    }

    /// `wanted` is the value that decides the whole: false for -and, true for -or.
    pub(super) fn joined(parts: impl IntoIterator<Item = Said>, wanted: bool) -> Said {
        let parts: Vec<Said> = parts.into_iter().collect();
        let holds = if parts.iter().any(|p| p.holds == Some(wanted)) {
            Some(wanted)
        } else if parts.iter().any(|p| p.holds.is_none()) {
            None
        } else {
            Some(!wanted)
        };
        // Only what made it so is a reason, each once; of what an -or wanted one thing or the other.
        let mut why: Vec<Why> = Vec::new();
        for one in parts
            .into_iter()
            .filter(|p| p.holds == holds)
            .flat_map(|p| p.why)
        {
            match why.iter_mut().find(|other| other.is == one.is) {
                Some(same) if wanted => {
                    let new = one.wanted.into_iter().filter(|w| !same.wanted.contains(w));
                    same.wanted = same.wanted.iter().cloned().chain(new).collect();
                }
                Some(same) if *same == one => {}
                _ => why.push(one),
            }
        }
        Said { holds, why }
    }

    pub(super) fn text(&self) -> String {
        let all: Vec<String> = self
            .why
            .iter()
            .map(|why| match why.wanted.is_empty() {
                true => why.is.clone(),
                false => format!("{}, wanted {}", why.is, why.wanted.join(" or ")),
            })
            .collect();
        all.join("; ")
    }
}

pub(super) fn agrees(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        _ => order.is_eq(),
    }
}

/// What an operator wants, in words.
pub(super) fn words(operator: Operator, operand: &str) -> String {
    let before = match operator {
        Operator::Eq => "",
        Operator::Ne => "anything but ",
        Operator::Gt => "more than ",
        Operator::Ge => "at least ",
        Operator::Lt => "less than ",
        Operator::Le => "at most ",
        Operator::Like => "something like ",
        Operator::NotLike => "nothing like ",
        Operator::Match => "a match of ",
        Operator::NotMatch => "no match of ",
        Operator::In => "one of ",
        Operator::NotIn => "none of ",
        Operator::Contains => "one that is ",
        Operator::NotContains => "none that is ",
    };
    format!("{before}{operand}")
}

/// Holds one object against a condition.
pub(super) fn holds(condition: &Condition, object: &Value) -> Said {
    match condition {
        Condition::Test(test) => tested(test, object),
        Condition::And(parts) => Said::joined(parts.iter().map(|c| holds(c, object)), false),
        Condition::Or(parts) => Said::joined(parts.iter().map(|c| holds(c, object)), true),
        Condition::Not(inner) => {
            let said = holds(inner, object);
            match said.holds {
                Some(true) => Said::wanting(values(inner, object), format!("-not {inner}")),
                Some(false) => Said {
                    holds: Some(true),
                    ..said
                },
                None => said,
            }
        }
    }
}

/// The values that a condition looks at.
pub(super) fn values(condition: &Condition, object: &Value) -> String {
    match condition {
        Condition::Test(test) => match follow(object, &test.path) {
            Found::One(value) => format!("{} is {}", test.path, shown(value)),
            Found::List(all) => format!("{} is {}", test.path, list(&all)),
            Found::Missing | Found::Below(_) => format!("{} is not known", test.path),
        },
        Condition::And(parts) | Condition::Or(parts) => {
            let mut all: Vec<String> = Vec::new();
            for text in parts.iter().map(|c| values(c, object)) {
                if !all.contains(&text) {
                    all.push(text);
                }
            }
            all.join(", ")
        }
        Condition::Not(inner) => values(inner, object),
    }
}

fn list(values: &[&Value]) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = values.iter().take(MOST).map(|v| shown(v)).collect();
    let more = if values.len() > MOST { ", ..." } else { "" };
    format!("{{{}{more}}}", shown.join(", "))
}

fn tested(test: &Test, object: &Value) -> Said {
    let Test { path, operator, .. } = test;
    let about = match follow(object, path) {
        Found::Missing => return Said::unknown(format!("it has no {path}")),
        Found::Below(empty) => {
            return Said::unknown(format!("{empty} is empty: there is no {path}"));
        }
        Found::One(value) => vec![value],
        Found::List(values) => values,
    };
    let is = match about.as_slice() {
        [one] => shown(one),
        several => list(several),
    };
    let (any_of, negated) = match operator {
        Operator::Contains => (true, false),
        Operator::NotContains => (true, true),
        _ => (false, false),
    };
    // Nothing in a list has any property: only of what it holds something can be said.
    if about.is_empty() && !any_of {
        return Said::unknown(format!("{path} is an empty list"));
    }
    let said = about.iter().map(|value| match of_value(test, value) {
        Ok(holds) => Said::new(holds, ""),
        Err(no) => Said::unknown(format!("{path} is {}, which is no {no}", shown(value))),
    });
    let said = Said::joined(said, any_of);
    match said.holds.map(|h| h != negated) {
        None => said,
        Some(true) => Said::new(true, format!("{path} is {is}")),
        Some(false) => Said::wanting(
            format!("{path} is {is}"),
            words(*operator, &operand(&test.operand)),
        ),
    }
}

fn operand(operand: &Operand) -> String {
    let one = |literal: &Literal| match literal.text.is_empty() {
        true => "''".to_owned(),
        false if literal.kind == Kind::Null => "nothing".to_owned(),
        false => literal.text.clone(),
    };
    match operand {
        Operand::One(literal) => one(literal),
        Operand::Several(all) => all.iter().map(one).collect::<Vec<_>>().join(", "),
        Operand::Pattern(pattern) => format!("'{}'", pattern.text()),
    }
}

/// One value; with `-contains` as with `-eq`, with negations as they say.
fn of_value(test: &Test, value: &Value) -> Result<bool, No> {
    match (&test.operand, test.operator) {
        (Operand::Pattern(pattern), operator) => {
            let text = match value {
                Value::Array(_) | Value::Object(_) => return Err("single value"),
                Value::Null => String::new(),
                value => match value {
                    Value::String(text) => text.clone(),
                    other => shown(other),
                },
            };
            let negated = matches!(operator, Operator::NotLike | Operator::NotMatch);
            Ok(pattern.is_match(&text) != negated)
        }
        (Operand::Several(all), operator) => {
            let mut found = false;
            for literal in all {
                found |= equal(value, literal)?;
            }
            Ok(found != (operator == Operator::NotIn))
        }
        (Operand::One(literal), Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le) => {
            order(value, literal).map(|order| agrees(test.operator, order))
        }
        (Operand::One(literal), operator) => {
            Ok(equal(value, literal)? != (operator == Operator::Ne))
        }
    }
}
