//! The names that a word can become: cmdlets, and parameters of one.

use super::given::Given;
use super::{Candidate, MOST};
use crate::cmdlet::check::common_names;
use crate::cmdlet::{Cmdlet, Parameter, ParameterSet, catalogue};

/// Cmdlets that begin with what is typed, then those that hold all parts of it.
pub fn commands(typed: &str) -> Vec<Candidate> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if typed.is_empty() || !typed.chars().all(plain) {
        return Vec::new();
    }
    let lower = typed.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('-').filter(|p| !p.is_empty()).collect();
    let rank = |name: &str| {
        let name = name.to_ascii_lowercase();
        match name.starts_with(&lower) {
            true => Some(0),
            false => parts.iter().all(|p| name.contains(p)).then_some(1),
        }
    };
    let mut found: Vec<(u8, &Cmdlet)> = catalogue()
        .iter()
        .filter_map(|c| Some((rank(c.name)?, c)))
        .collect();
    // By name within a rank: the catalogue is, and the sort is stable.
    found.sort_by_key(|(rank, _)| *rank);
    let candidates = found.into_iter().map(|(_, cmdlet)| Candidate {
        text: cmdlet.name.to_owned(),
        note: cmdlet.products.to_string(),
    });
    candidates.take(MOST).collect()
}

/// Parameters that still fit: required ones first, those that only hold what is typed last, the common
/// ones behind them.
pub fn parameters(cmdlet: &Cmdlet, given: &Given, typed: &str) -> Vec<Candidate> {
    let sets = given.sets(cmdlet);
    let placed = given.placed(cmdlet);
    let fits = |index: usize| {
        !given.has(index)
            && !placed.contains(&index)
            // With names that exclude each other the check says what is wrong; here all stay.
            && (sets.is_empty() || sets.iter().any(|set| set.member(index).is_some()))
    };
    let required = |index: usize| {
        let needs = |set: &&ParameterSet| set.member(index).is_some_and(|m| m.required);
        !sets.is_empty() && sets.iter().all(needs)
    };
    let lower = typed.to_ascii_lowercase();
    let rank = |p: &Parameter| {
        let begins = |name: &str| name.to_ascii_lowercase().starts_with(&lower);
        let by_alias = || p.aliases.iter().any(|a| begins(a));
        match begins(p.name) {
            true => Some(0),
            false if by_alias() || p.name.to_ascii_lowercase().contains(&lower) => Some(2),
            false => None,
        }
    };
    let mut found: Vec<(u8, usize)> = (0..cmdlet.parameters.len())
        .filter(|n| fits(*n))
        .filter_map(|n| Some((rank(&cmdlet.parameters[n])? + u8::from(!required(n)), n)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    let own = found.into_iter().map(|(_, n)| {
        let parameter = &cmdlet.parameters[n];
        let hint = parameter.value_type.kind.hint();
        let several = if parameter.value_type.list {
            ", several"
        } else {
            ""
        };
        let need = if required(n) { "required: " } else { "" };
        Candidate {
            text: format!("-{}", parameter.name),
            note: format!("{need}{hint}{several}"),
        }
    });
    let common = common_names()
        .filter(|name| !lower.is_empty() && name.to_ascii_lowercase().starts_with(&lower))
        .map(|name| Candidate {
            text: format!("-{name}"),
            note: "common parameter".to_owned(),
        });
    own.chain(common).take(MOST).collect()
}
