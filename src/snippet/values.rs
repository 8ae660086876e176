//! What the user filled in, checked against the fields.

use regex::RegexBuilder;
use serde::Serialize;
use thiserror::Error;

use crate::powershell::{Kind, literal};

use super::model::{Field, Snippet};

/// The values given for a form, by field name (PowerShell ignores case).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    given: Vec<(String, Vec<String>)>,
    cleared: Vec<String>,
}

impl Values {
    /// Adds one value as typed; for a list one more element.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.cleared.retain(|c| !c.eq_ignore_ascii_case(name));
        match self
            .given
            .iter_mut()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
        {
            Some((_, values)) => values.push(value.into()),
            None => self.given.push((name.to_owned(), vec![value.into()])),
        }
    }

    /// Leaves a field out, also when it has a default.
    pub fn clear(&mut self, name: &str) {
        self.given.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.cleared.push(name.to_owned());
    }

    /// The values given for a field, if any.
    pub fn of(&self, name: &str) -> Option<&[String]> {
        self.given
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_slice())
    }

    fn is_cleared(&self, name: &str) -> bool {
        self.cleared.iter().any(|c| c.eq_ignore_ascii_case(name))
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// The field's name as the snippet spells it.
    pub field: String,
    /// What is wrong and what is wanted.
    pub message: String,
}

/// A checked value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// True when the user gave it; false for a default.
    pub given: bool,
    /// The elements as PowerShell literals; one unless the field is a list.
    pub literals: Vec<String>,
    /// The plain text of the elements.
    pub texts: Vec<String>,
    /// PowerShell's truth of the value.
    pub truth: bool,
}

/// The checked values by field; a field without one is absent.
pub(super) type Filled = Vec<(String, Checked)>;

/// Checks all fields and reports every wrong one, not only the first.
pub(super) fn check(snippet: &Snippet, values: &Values) -> Result<Filled, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = Vec::new();
    for (name, _) in &values.given {
        if snippet.field(name).is_none() {
            errors.push(FieldError {
                field: name.clone(),
                message: unknown(snippet, name),
            });
        }
    }
    let active = active_set(snippet, values, &mut errors);
    let applies = |field: &Field| {
        field.sets.is_empty()
            || active
                .as_deref()
                .is_none_or(|set| field.sets.iter().any(|s| s.eq_ignore_ascii_case(set)))
    };
    let mut filled = Filled::new();
    for field in &snippet.fields {
        // Nothing is a text, a list or a table; for a number, a date, a truth or a choice it is
        // no value at all.
        let takes_nothing = field.choices.is_empty()
            && matches!(
                field.kind,
                Kind::Text | Kind::Hashtable | Kind::Object | Kind::ListChange
            );
        let emptied = |texts: &&[String]| {
            texts.iter().all(String::is_empty) && !takes_nothing && !field.required
        };
        let given = values.of(&field.name);
        if given.as_ref().is_some_and(emptied) {
            continue;
        }
        let source = match given {
            Some(given) => Some(given),
            None if values.is_cleared(&field.name) || !applies(field) => None,
            None => field.default.as_deref(),
        };
        match source {
            None if field.required && applies(field) && !field.kind.is_secret() => {
                errors.push(FieldError {
                    field: field.name.clone(),
                    message: format!("a value is required ({})", hint_of(snippet, field)),
                });
            }
            None => {}
            Some(texts) => match check_field(field, snippet.kind_of(field), texts, given.is_some())
            {
                Ok(checked) => filled.push((field.name.clone(), checked)),
                Err(message) => errors.push(FieldError {
                    field: field.name.clone(),
                    message: in_words(snippet, field, texts, message),
                }),
            },
        }
    }
    if errors.is_empty() {
        Ok(filled)
    } else {
        Err(errors)
    }
}

/// What is wrong with a value, in words where the meaning of the field has some: a pattern is for
/// programs.
fn in_words(snippet: &Snippet, field: &Field, texts: &[String], message: String) -> String {
    match &field.pattern {
        Some(pattern) if message.contains(pattern.as_str()) => {
            let meaning = snippet.meaning_of(field);
            let doubt = texts.iter().find_map(|text| meaning.doubt(text));
            doubt.unwrap_or(message)
        }
        _ => message,
    }
}

/// What a field takes, in the most telling words there are.
fn hint_of(snippet: &Snippet, field: &Field) -> &'static str {
    let meaning = snippet.meaning_of(field).hint();
    meaning.unwrap_or_else(|| field.kind.hint())
}

/// The fields that must be filled in when nothing is given: required, without a default, of the
/// parameter set that is active then, and not asked for at run time.
pub(super) fn wanted(snippet: &Snippet) -> Vec<&Field> {
    let active = active_set(snippet, &Values::default(), &mut Vec::new());
    let applies = |field: &&Field| {
        field.sets.is_empty()
            || active
                .as_deref()
                .is_none_or(|set| field.sets.iter().any(|s| s.eq_ignore_ascii_case(set)))
    };
    let wanted = |f: &&Field| f.required && f.default.is_none() && !f.kind.is_secret();
    snippet
        .fields
        .iter()
        .filter(wanted)
        .filter(applies)
        .collect()
}

/// The checked default of a field, as it counts when nothing is given.
pub(super) fn default_of(snippet: &Snippet, field: &Field) -> Option<Checked> {
    let texts = field.default.as_deref()?;
    check_field(field, snippet.kind_of(field), texts, false).ok()
}

fn unknown(snippet: &Snippet, name: &str) -> String {
    let names: Vec<&str> = snippet.fields.iter().map(|f| f.name.as_str()).collect();
    if names.is_empty() {
        return format!("{} has no fields", snippet.id);
    }
    let near = names
        .iter()
        .find(|n| n.to_ascii_lowercase().contains(&name.to_ascii_lowercase()) && name.len() > 2);
    match near {
        Some(near) => format!("{} has no such field. Did you mean {near}?", snippet.id),
        None => format!(
            "{} has no such field. It has {}",
            snippet.id,
            names.join(", ")
        ),
    }
}

/// The parameter set that the given fields choose; fields of different sets are an error.
fn active_set(snippet: &Snippet, values: &Values, errors: &mut Vec<FieldError>) -> Option<String> {
    let mut sets: Vec<String> = Vec::new();
    for set in snippet
        .fields
        .iter()
        .flat_map(|f| &f.sets)
        .chain(&snippet.default_set)
    {
        if !sets.iter().any(|s| s.eq_ignore_ascii_case(set)) {
            sets.push(set.clone());
        }
    }
    let mut chosen_by: Option<&Field> = None;
    for field in snippet
        .fields
        .iter()
        .filter(|f| !f.sets.is_empty() && is_on(f, values))
    {
        let left: Vec<String> = sets
            .iter()
            .filter(|s| field.sets.iter().any(|f| f.eq_ignore_ascii_case(s)))
            .cloned()
            .collect();
        match chosen_by {
            Some(other) if left.is_empty() => errors.push(FieldError {
                field: field.name.clone(),
                message: format!(
                    "cannot stand together with {}; clear one of them",
                    other.name
                ),
            }),
            _ => {
                sets = left;
                chosen_by = Some(field);
            }
        }
    }
    match &snippet.default_set {
        Some(default) if sets.iter().any(|s| s.eq_ignore_ascii_case(default)) => {
            Some(default.clone())
        }
        _ => sets.into_iter().next(),
    }
}

/// A switch that is given as off chooses no parameter set.
fn is_on(field: &Field, values: &Values) -> bool {
    values.of(&field.name).is_some_and(|v| {
        field.kind != Kind::Switch || v.iter().any(|v| literal::boolean(v) != Some(false))
    })
}

/// Checks what was typed for one field. The error says what is wanted.
fn check_field(
    field: &Field,
    kind: Kind,
    texts: &[String],
    given: bool,
) -> Result<Checked, String> {
    if !field.list && texts.len() > 1 {
        return Err(format!("takes one value, {} were given", texts.len()));
    }
    let mut literals = Vec::new();
    let mut plain = Vec::new();
    let mut truths = Vec::new();
    for text in texts {
        let (literal, text, truth) = check_element(field, kind, text, given)?;
        literals.push(literal);
        plain.push(text);
        truths.push(truth);
    }
    Ok(Checked {
        given,
        literals,
        truth: if truths.len() > 1 {
            true
        } else {
            truths.first().copied().unwrap_or(false)
        },
        texts: plain,
    })
}

fn check_element(
    field: &Field,
    kind: Kind,
    typed: &str,
    given: bool,
) -> Result<(String, String, bool), String> {
    if field.required && typed.is_empty() && given {
        return Err(format!("a value is required ({})", kind.hint()));
    }
    // The spelling of the choice, whatever was typed.
    let typed = field
        .choices
        .iter()
        .find(|c| c.eq_ignore_ascii_case(typed.trim()))
        .map_or(typed, String::as_str);
    let written = kind.write(typed).map_err(|e| e.to_string())?;
    if let (Kind::Integer(..), Some((low, high))) = (field.kind, field.range) {
        let inside = written
            .text
            .parse()
            .is_ok_and(|n: i128| (low..=high).contains(&n));
        if !inside {
            return Err(format!("{} is not between {low} and {high}", written.text));
        }
    }
    if !field.choices.is_empty() && !field.choices.contains(&written.text) {
        return Err(format!(
            "{typed:?} is not one of {}",
            field.choices.join(" | ")
        ));
    }
    match &field.pattern {
        Some(pattern) if field.kind == Kind::Text => fits(pattern, typed)?,
        _ => {}
    }
    Ok((written.literal, written.text, written.truth))
}

/// Windows PowerShell matches ValidatePattern without regard to case.
fn fits(pattern: &str, text: &str) -> Result<(), String> {
    match RegexBuilder::new(pattern).case_insensitive(true).build() {
        Ok(regex) if regex.is_match(text) => Ok(()),
        Ok(_) => Err(format!("{text:?} does not fit the pattern {pattern}")),
        Err(_) => Err(format!(
            "the pattern {pattern} of the snippet cannot be checked here"
        )),
    }
}
