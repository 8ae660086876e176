//! Whether a value fits a parameter: what PowerShell's type conversion accepts
//! (LanguagePrimitives.ConvertTo), as far as a literal tells.

use super::Report;
use crate::cmdlet::catalogue::Parameter;
use crate::near;
use crate::powershell::ast::begins;
use crate::powershell::literal::{is_guid, is_time_span};
use crate::powershell::{Kind, Value, ValueKind};

/// Types of one value that certainly do not take an array.
const SCALARS: &[&str] = &[
    "Fqdn",
    "PhoneNumber",
    "String",
    "Uri",
    "UserIdParameter",
    "XdsGlobalRelativeIdentity",
    "XdsIdentity",
];

/// True for what a switch cannot be given behind its colon.
pub fn is_no_truth(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Variable(_) | ValueKind::Nested(_) | ValueKind::Number(_) => false,
        ValueKind::Other => false,
        ValueKind::Bare(_)
        | ValueKind::Text(_)
        | ValueKind::Expandable(_)
        | ValueKind::Array(_)
        | ValueKind::Hash(_)
        | ValueKind::Block(_) => true,
    }
}

/// Judges a value of a parameter; the report stands at the value.
pub fn judge(parameter: &Parameter, value: &Value, at: usize, report: &mut Report<'_, '_>) {
    let at = if value.span.is_empty() {
        at
    } else {
        value.span.start.max(at)
    };
    if parameter.is_switch() {
        if is_no_truth(value) {
            report.error_at(
                at,
                "switch-value",
                format!(
                    "-{0} is a switch: -{0} alone, -{0}:$true or -{0}:$false",
                    parameter.name
                ),
            );
        }
        return;
    }
    if let Some(problem) = problem(parameter, value) {
        let (rule, text) = match problem {
            Problem::Kind(text) => ("wrong-kind", text),
            Problem::Value(text) if parameter.open_values => {
                report.warning_at(at, "unknown-value", text);
                return;
            }
            Problem::Value(text) => ("unknown-value", text),
        };
        report.error_at(at, rule, text);
    }
}

enum Problem {
    /// It does not convert.
    Kind(String),
    /// The reference does not list it.
    Value(String),
}

fn problem(parameter: &Parameter, value: &Value) -> Option<Problem> {
    let kind = parameter.value_type.kind;
    let wrong = |shown: &str| {
        Some(Problem::Kind(format!(
            "-{} takes {} ({}), not {shown}",
            parameter.name,
            wanted(kind),
            parameter.value_type.name
        )))
    };
    match &value.kind {
        // What reading cannot know.
        ValueKind::Nested(_) | ValueKind::Other | ValueKind::Expandable(_) => None,
        ValueKind::Variable(name) => {
            let truth = name.eq_ignore_ascii_case("true") || name.eq_ignore_ascii_case("false");
            match kind {
                Kind::Integer(..)
                | Kind::Guid
                | Kind::DateTime
                | Kind::TimeSpan
                | Kind::Hashtable
                | Kind::Secret
                    if truth =>
                {
                    wrong(&format!("${name}"))
                }
                Kind::Text if truth && !parameter.values.is_empty() => {
                    enumerator(parameter, &format!("${name}"))
                }
                _ => None,
            }
        }
        ValueKind::Block(_) => match kind {
            Kind::Text | Kind::Object | Kind::ListChange => None,
            _ => wrong("a script block"),
        },
        ValueKind::Hash(entries) => match kind {
            Kind::Hashtable | Kind::Object => None,
            Kind::ListChange => change_keys(parameter, entries),
            // Exchange's lists take @{Add=...; Remove=...}.
            Kind::Text
                if parameter.value_type.name.starts_with("MultiValued")
                    || parameter.value_type.name.ends_with("Collection") =>
            {
                change_keys(parameter, entries)
            }
            _ => wrong("a hashtable"),
        },
        ValueKind::Array(items) => {
            let flags = !parameter.values.is_empty();
            let several = parameter.value_type.list
                || flags
                || matches!(kind, Kind::ListChange | Kind::Object);
            if several {
                return items.iter().find_map(|item| problem(parameter, item));
            }
            if kind != Kind::Text || SCALARS.contains(&parameter.value_type.name) {
                return Some(Problem::Kind(format!(
                    "-{} takes one value ({}), not a list; if the comma belongs to the value, quote it",
                    parameter.name, parameter.value_type.name
                )));
            }
            None
        }
        ValueKind::Text(text) | ValueKind::Bare(text) | ValueKind::Number(text) => {
            let number = matches!(value.kind, ValueKind::Number(_));
            literal(parameter, text, number, &wrong)
        }
    }
}

fn literal(
    parameter: &Parameter,
    text: &str,
    number: bool,
    wrong: &dyn Fn(&str) -> Option<Problem>,
) -> Option<Problem> {
    let shown = if number {
        text.to_owned()
    } else {
        format!("'{text}'")
    };
    let fits = match parameter.value_type.kind {
        Kind::Integer(low, high) => match integer(text) {
            Some(n) if (low..=high).contains(&n) => true,
            Some(_) => {
                return Some(Problem::Kind(format!(
                    "-{} takes {low} to {high} ({}), not {text}",
                    parameter.name, parameter.value_type.name
                )));
            }
            None => false,
        },
        // "Boolean parameters accept only Boolean values and numbers."
        Kind::Bool => number,
        Kind::Guid => is_guid(text),
        Kind::DateTime => text.chars().any(|c| c.is_ascii_digit()),
        Kind::TimeSpan => is_time_span(text) || number,
        Kind::Hashtable | Kind::Secret => false,
        Kind::Switch | Kind::Text | Kind::ListChange | Kind::Credential | Kind::Object => true,
    };
    if !fits {
        return wrong(&shown);
    }
    if parameter.values.is_empty() {
        return None;
    }
    // Several flags stand in one string, separated by commas.
    text.split(',')
        .map(str::trim)
        .find_map(|word| enumerator(parameter, word))
}

/// The listed values: in any case, cut short when only one begins so, or as their number.
fn enumerator(parameter: &Parameter, word: &str) -> Option<Problem> {
    let known = |v: &&&str| v.eq_ignore_ascii_case(word);
    if parameter.values.iter().find(known).is_some() {
        return None;
    }
    let is_integer = matches!(parameter.value_type.kind, Kind::Integer(..));
    let enumeration = !is_integer && parameter.value_type.name != "String";
    if enumeration && word.parse::<i64>().is_ok() {
        return None;
    }
    if enumeration && parameter.values.iter().filter(|v| begins(word, v)).count() == 1 {
        return None;
    }
    let near = near::did_you_mean(word, parameter.values.iter().copied());
    let near = if near.is_empty() {
        format!(" It takes {}.", parameter.values.join(", "))
    } else {
        near
    };
    Some(Problem::Value(format!(
        "{word:?} is no value of -{}.{near}",
        parameter.name
    )))
}

fn change_keys(parameter: &Parameter, entries: &[(String, Value)]) -> Option<Problem> {
    entries
        .iter()
        .find(|(key, _)| {
            !["add", "remove", "replace"]
                .iter()
                .any(|k| key.eq_ignore_ascii_case(k))
        })
        .map(|(key, _)| {
            Problem::Kind(format!(
                "-{} takes a list, or a hashtable with add, remove or replace, not {key:?}",
                parameter.name
            ))
        })
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Switch => "no value",
        Kind::Text => "text",
        Kind::Bool => "$true or $false",
        Kind::Integer(..) => "a whole number",
        Kind::Guid => "a GUID",
        Kind::DateTime => "a date and time",
        Kind::TimeSpan => "a time span, [d.]hh:mm:ss",
        Kind::ListChange => "a list, or @{add=...}",
        Kind::Hashtable => "a hashtable",
        Kind::Secret => "a secure string, (Read-Host -AsSecureString)",
        Kind::Credential => "a credential",
        Kind::Object => "an object",
    }
}

/// A number as PowerShell writes it: decimal, hexadecimal, with a type or size suffix.
fn integer(text: &str) -> Option<i128> {
    let lower = text.trim().to_ascii_lowercase();
    let (sign, digits) = match lower.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, lower.as_str()),
    };
    let sizes = [("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40), ("pb", 50)];
    let (digits, shift) = sizes
        .iter()
        .find_map(|(suffix, bits)| Some((digits.strip_suffix(suffix)?, *bits)))
        .unwrap_or((digits, 0));
    let digits = digits.strip_suffix('l').unwrap_or(digits);
    let magnitude = match digits.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16).ok()?,
        None => digits.parse::<i128>().ok().or_else(|| {
            let real: f64 = digits.parse().ok()?;
            (real.fract() == 0.0 && real.abs() < 1e15).then_some(real as i128)
        })?,
    };
    magnitude.checked_mul(1 << shift).map(|n| n * sign)
}
