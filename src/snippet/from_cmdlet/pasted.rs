//! From a pasted command to its form.

use super::{Plan, is_list};
use crate::cmdlet::repair::{Filled, Pasted};
use crate::powershell::{Kind, list};

/// A plan, what its fields hold as typed texts, and what the user must know.
pub type FilledPlan = (Plan, Vec<(&'static str, String)>, Vec<String>);

/// True for a character that a line of input takes as it is.
fn fits_a_field(c: char) -> bool {
    !crate::text::is_unsafe(c) && c != '\n' && c != '\t'
}

/// Variables that are there without being set (about_Automatic_Variables).
const AUTOMATIC: [&str; 7] = ["true", "false", "null", "_", "psitem", "home", "pwd"];

/// The first variable of a text, or splatted table, that PowerShell does not set by itself.
fn unknown_variable(text: &str) -> Option<String> {
    text.match_indices(['$', '@']).find_map(|(n, sign)| {
        let rest = text[n + 1..].trim_start_matches('{');
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')))
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        // An @ within a word is a letter of it.
        let splat = sign == "$" || text[..n].ends_with(char::is_whitespace) || n == 0;
        let known = AUTOMATIC.iter().any(|a| name.eq_ignore_ascii_case(a))
            || name.to_ascii_lowercase().starts_with("env:");
        (begins && splat && !known).then(|| format!("{sign}{name}"))
    })
}

/// True for kinds whose text is PowerShell.
fn takes_code(kind: Kind) -> bool {
    matches!(kind, Kind::Object | Kind::Hashtable | Kind::ListChange)
}

impl Plan {
    /// The form of a pasted command: the plan, what its fields hold as typed texts, and what the
    /// user must know.
    ///
    /// # Errors
    ///
    /// When a part that is no field reads a variable: nobody knows it here, and a field of the
    /// same name would take its place. The error says which one.
    pub fn of_filled(filled: &Filled) -> Result<FilledPlan, String> {
        for part in filled.kept.iter().chain([&filled.tail]) {
            if let Some(name) = unknown_variable(part) {
                return Err(format!(
                    "{} holds {name}, which nobody knows here: put its value in and paste again",
                    part.trim()
                ));
            }
        }
        let mut plan = Plan {
            lost: filled.lost.clone(),
            kept: filled.kept.clone(),
            tail: filled.tail.clone(),
            ..Plan::new(filled.cmdlet, filled.set)
        };
        let mut values = Vec::new();
        let mut notes = Vec::new();
        for (index, pasted) in &filled.values {
            let Some(parameter) = filled.cmdlet.parameters.get(*index) else {
                continue;
            };
            let kind = parameter.value_type.kind;
            match pasted {
                Pasted::On => values.push((parameter.name, "on".to_owned())),
                Pasted::Values(_) if kind.is_secret() => notes.push(format!(
                    "-{} is a secret: what was pasted for it is not taken over, it is asked for when the command runs",
                    parameter.name
                )),
                Pasted::Values(all) if !all.iter().all(|v| v.chars().all(fits_a_field)) => {
                    plan.lost.push(*index);
                    notes.push(format!(
                        "-{} held a line end, a tab or a character that cannot be seen, which a field does not take: type its value",
                        parameter.name
                    ));
                }
                Pasted::Values(all) => values.push((
                    parameter.name,
                    match is_list(parameter) || kind == Kind::ListChange {
                        true => list::join(all),
                        false => all.join(","),
                    },
                )),
                // What a field of this kind takes as it stands.
                Pasted::Expression(text) if kind.write(text).is_ok() && takes_code(kind) => {
                    values.push((parameter.name, text.clone()));
                }
                Pasted::Expression(text) if unknown_variable(text).is_some() => {
                    plan.lost.push(*index);
                    notes.push(format!(
                        "-{} was {text}, which nobody knows here: type its value",
                        parameter.name
                    ));
                }
                Pasted::Expression(text) => plan.computed.push((*index, text.clone())),
            }
        }
        Ok((plan, values, notes))
    }
}
