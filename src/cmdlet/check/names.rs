//! Which parameter a written name means (about_Parameters, about_CommonParameters).

use crate::cmdlet::catalogue::{Cmdlet, Parameter};
use crate::powershell::ast::begins;

/// Parameters that every cmdlet has, with their aliases and whether they take a value.
const COMMON: &[(&str, &str, bool)] = &[
    ("Debug", "db", false),
    ("ErrorAction", "ea", true),
    ("ErrorVariable", "ev", true),
    ("InformationAction", "infa", true),
    ("InformationVariable", "iv", true),
    ("OutBuffer", "ob", true),
    ("OutVariable", "ov", true),
    ("PipelineVariable", "pv", true),
    ("Verbose", "vb", false),
    ("WarningAction", "wa", true),
    ("WarningVariable", "wv", true),
];

/// The names of the common parameters.
pub fn common_names() -> impl Iterator<Item = &'static str> {
    COMMON.iter().map(|(name, _, _)| *name)
}

/// What a written name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A parameter of the cmdlet, by its index; true when the name was cut short.
    Own(usize, bool),
    /// A common parameter: its name, and whether it takes a value.
    Common(&'static str, bool),
    /// The beginning of several.
    Ambiguous(Vec<&'static str>),
    /// Of none.
    Unknown,
}

/// Finds the parameter of a name without its dash: the name itself, an alias, or a beginning that
/// only one parameter has.
pub fn resolve(cmdlet: &Cmdlet, name: &str) -> Resolved {
    if let Some(index) = cmdlet.index_of(name) {
        return Resolved::Own(index, false);
    }
    let same = |a: &str| a.eq_ignore_ascii_case(name);
    if let Some((full, _, takes)) = COMMON.iter().find(|(f, a, _)| same(f) || same(a)) {
        return Resolved::Common(full, *takes);
    }
    let begins = |full: &str| begins(name, full);
    let own = |p: &Parameter| begins(p.name) || p.aliases.iter().any(|a| begins(a));
    let own: Vec<(usize, &Parameter)> = cmdlet
        .parameters
        .iter()
        .enumerate()
        .filter(|(_, p)| own(p))
        .collect();
    let common: Vec<_> = COMMON
        .iter()
        .filter(|(f, a, _)| begins(f) || begins(a))
        .collect();
    match (own.as_slice(), common.as_slice()) {
        ([], []) => Resolved::Unknown,
        ([(index, _)], []) => Resolved::Own(*index, true),
        ([], [(full, _, takes)]) => Resolved::Common(full, *takes),
        _ => Resolved::Ambiguous(
            own.iter()
                .map(|(_, p)| p.name)
                .chain(common.iter().map(|(f, _, _)| *f))
                .collect(),
        ),
    }
}
