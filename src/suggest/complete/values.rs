//! The values that a parameter can have.

use super::given::Given;
use super::{Candidate, MOST};
use crate::cmdlet::{Cmdlet, Parameter};
use crate::powershell::chars::{is_double_quote, is_single_quote};
use crate::powershell::{Kind, literal};
use crate::snippet::{Field, Meaning};
use crate::suggest::{Found, Known, engagement, topology};

/// A parameter whose value is completed.
pub struct Subject<'c> {
    cmdlet: &'c Cmdlet,
    parameter: &'c Parameter,
    around: topology::Around,
}

impl<'c> Subject<'c> {
    /// The parameter of this index, among what else is given.
    pub fn new(cmdlet: &'c Cmdlet, index: usize, given: &Given) -> Subject<'c> {
        let parameter = &cmdlet.parameters[index];
        let others: Vec<(Meaning, &str, &str)> = given
            .own
            .iter()
            .filter(|(other, _)| *other != index)
            .filter_map(|(other, value)| {
                let other = &cmdlet.parameters[*other];
                Some((meaning(cmdlet, other), other.name, value.as_deref()?))
            })
            .collect();
        Subject {
            cmdlet,
            parameter,
            around: topology::Around::given(parameter.name, &others),
        }
    }
}

fn field(parameter: &Parameter) -> Field {
    Field {
        name: parameter.name.to_owned(),
        kind: parameter.value_type.kind,
        list: parameter.value_type.list,
        required: false,
        default: None,
        choices: Vec::new(),
        range: None,
        pattern: None,
        sets: Vec::new(),
        help: String::new(),
    }
}

fn meaning(cmdlet: &Cmdlet, parameter: &Parameter) -> Meaning {
    let kind = parameter.value_type.kind;
    Meaning::of(&field(parameter), kind, Some((cmdlet, parameter)))
}

/// Values of a parameter that begin with what is typed, then those that hold it.
pub fn values(
    subject: &Subject<'_>,
    typed: &str,
    attached: bool,
    known: Known<'_>,
) -> Vec<Candidate> {
    let parameter = subject.parameter;
    let kind = parameter.value_type.kind;
    let mut found = Found::default();
    if kind == Kind::Bool || kind == Kind::Switch && attached {
        found.add("$true", "");
        found.add("$false", "");
    }
    for value in &parameter.values {
        found.add(value, "");
    }
    let meaning = meaning(subject.cmdlet, parameter);
    let closed = kind == Kind::Bool || !parameter.values.is_empty() && !parameter.open_values;
    if meaning != Meaning::Secret && !closed {
        others(subject, meaning, known, &mut found);
    }
    let wanted = unquoted(typed).to_lowercase();
    let mut ranked: Vec<(bool, Candidate)> = found
        .list
        .into_iter()
        .filter_map(|s| {
            let value = s.value.to_lowercase();
            let text = written(kind, &s.value, parameter)?;
            let begins = value.starts_with(&wanted);
            // What cannot be seen is nothing to choose.
            if text.chars().any(crate::text::is_unsafe) {
                return None;
            }
            (begins || value.contains(&wanted))
                .then_some((!begins, Candidate { text, note: s.note }))
        })
        .collect();
    ranked.sort_by_key(|(later, _)| *later);
    ranked.into_iter().map(|(_, c)| c).take(MOST).collect()
}

/// Values that the reference does not know.
fn others(subject: &Subject<'_>, meaning: Meaning, known: Known<'_>, found: &mut Found) {
    let field = field(subject.parameter);
    if let Some(engagement) = known.engagement {
        for (name, value) in engagement.of(&field, meaning) {
            for value in engagement::elements(&field, value) {
                found.add(&value, &format!("engagement: {name}"));
            }
        }
    }
    if let Some(deployment) = known.topology {
        for (value, note) in topology::values(deployment, meaning, &subject.around) {
            found.add(&value, &note);
        }
    }
    let (cmdlet, name) = (subject.cmdlet, subject.parameter.name);
    let noun = cmdlet.name.split_once('-').map_or("", |(_, noun)| noun);
    for capture in known.captures {
        let note = format!("answer of {}: {}", capture.target, capture.command);
        for value in capture.values_for(name, name, noun, meaning) {
            found.add(value, &note);
        }
    }
    for value in known.history.iter().flat_map(|h| h.of(name)) {
        found.add(value, "filled in before");
    }
}

/// What is typed of a value, without the quote in front of it.
fn unquoted(typed: &str) -> String {
    let value = literal::value_of(typed);
    value.unwrap_or_else(|| {
        let quote = |c: char| is_single_quote(c) || is_double_quote(c);
        match typed.strip_prefix(quote) {
            Some(inside) => inside.replace("''", "'"),
            None => typed.to_owned(),
        }
    })
}

/// A value as it is written in a command; `None` for one that cannot be.
fn written(kind: Kind, value: &str, parameter: &Parameter) -> Option<String> {
    let word = |v: &str| {
        v.starts_with(|c: char| c.is_ascii_alphabetic())
            && v.chars().all(|c| c.is_ascii_alphanumeric())
    };
    match kind {
        Kind::Bool | Kind::Switch => value.starts_with('$').then(|| value.to_owned()),
        _ if parameter.values.contains(&value) && word(value) => Some(value.to_owned()),
        Kind::Integer(..) => kind.write(value).ok().map(|w| w.literal),
        Kind::Object | Kind::Hashtable | Kind::Secret | Kind::Credential => None,
        _ => literal::single_quoted(value).ok(),
    }
}

/// The values of ActionPreference that a command line can hold.
pub fn actions(typed: &str) -> Vec<Candidate> {
    let wanted = unquoted(typed).to_lowercase();
    ["Continue", "Ignore", "SilentlyContinue", "Stop"]
        .into_iter()
        .filter(|action| action.to_lowercase().starts_with(&wanted))
        .map(|action| Candidate {
            text: action.to_owned(),
            note: String::new(),
        })
        .collect()
}
