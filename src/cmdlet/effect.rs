//! What a command does, by its name: a table of names over the rule of verbs.
//!
//! The verbs are those of "Approved Verbs for PowerShell Commands"; the names that do not follow
//! their verb are from the cmdlet reference of Lync Server and Skype for Business Server.

mod tables;

use tables::{ALIASES, BY_NAME, DESTRUCTIVE_VERBS, READING_VERBS};

/// What running a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Looks, or writes only a file that the engineer names.
    Read,
    /// Changes something that can be changed back.
    Change,
    /// Removes, moves or overwrites.
    Destructive,
    /// Runs text or programs that reading cannot see through, or has a name that may be another
    /// one: characters outside ASCII can look like any other.
    Opaque,
}

/// The full name of a command: an alias followed, everything else as it is.
pub fn full_name(name: &str) -> String {
    ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name))
        .map_or_else(|| name.to_owned(), |(_, full)| (*full).to_owned())
}

/// What a command of this name does. Aliases are followed; `.exe` is dropped, and then it is no
/// alias. A verb that is not known to only look, or to destroy, changes.
pub fn effect_of(name: &str) -> Effect {
    let lower = name.to_ascii_lowercase();
    let program = lower
        .strip_suffix(".exe")
        .or_else(|| lower.strip_suffix(".com"));
    let full = match program {
        // An alias in Windows PowerShell, a program with its ending.
        Some("sc") => return Effect::Opaque,
        Some(program) => program.to_owned(),
        None => full_name(&lower).to_ascii_lowercase(),
    };
    if is_script(&full) || !full.is_ascii() {
        return Effect::Opaque;
    }
    if let Some((_, effect)) = BY_NAME.iter().find(|(known, _)| *known == full) {
        return *effect;
    }
    match full.split_once('-').map(|(verb, _)| verb) {
        Some(verb) if READING_VERBS.contains(&verb) => Effect::Read,
        Some(verb) if DESTRUCTIVE_VERBS.contains(&verb) => Effect::Destructive,
        _ => Effect::Change,
    }
}

/// A file that an interpreter runs.
fn is_script(name: &str) -> bool {
    [
        ".ps1", ".psm1", ".psd1", ".bat", ".cmd", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".wsh",
        ".msi", ".py", ".hta", ".lnk", ".reg", ".cpl", ".scr",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_names_and_aliases() {
        for (name, effect) in [
            ("Get-CsPool", Effect::Read),
            ("Test-CsDatabase", Effect::Read),
            ("Export-CsConfiguration", Effect::Read),
            ("fl", Effect::Read),
            ("Install-CsDatabase", Effect::Change),
            ("Enable-CsTopology", Effect::Change),
            ("robocopy.exe", Effect::Change),
            ("Frobnicate-Thing", Effect::Change),
            ("Test-CsPstnOutboundCall", Effect::Change),
            ("UNINSTALL-CSDATABASE", Effect::Destructive),
            ("Move-CsManagementServer", Effect::Destructive),
            ("Publish-CsTopology", Effect::Destructive),
            ("Disable-CsUser", Effect::Destructive),
            ("rm", Effect::Destructive),
            ("iex", Effect::Opaque),
            ("powershell.exe", Effect::Opaque),
        ] {
            assert_eq!(effect_of(name), effect, "{name}");
        }
    }

    #[test]
    fn the_tables_are_lower_case_and_unique() {
        for names in [
            BY_NAME.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            ALIASES.iter().map(|(n, _)| *n).collect(),
        ] {
            for (i, name) in names.iter().enumerate() {
                assert_eq!(*name, name.to_ascii_lowercase());
                assert!(!names[..i].contains(name), "{name} twice");
            }
        }
    }
}
