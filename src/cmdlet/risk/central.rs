//! The one command that takes the Central Management store away.

use crate::powershell::ast::is_abbreviation;
use crate::powershell::{Script, Value, ValueKind};

/// `Uninstall-CsDatabase -CentralManagementDatabase` in any spelling PowerShell takes. Where
/// arguments or commands are hidden (splatting, `iex`, computed names) and the cmdlet's name
/// stands anywhere in the text, the answer is yes: it fails closed.
pub(super) fn removes(text: &str, script: &Script, hidden: bool) -> bool {
    let by_command = script
        .commands
        .iter()
        .filter(|c| c.is("Uninstall-CsDatabase") || c.is("Uninstall-CsMirrorDatabase"))
        .any(|c| {
            let central = |(name, value): (&str, Option<&Value>)| {
                // `-c` is ambiguous (-Confirm), `-ce` is not; an empty name cannot be read.
                is_abbreviation(name, "CentralManagementDatabase")
                    || is_abbreviation(name, "DatabaseType") && !is_other_database(value)
            };
            c.has_splat() || c.pairs().any(central)
        });
    by_command || hidden && mentions(text)
}

/// True for a database type that is certainly not the Central Management store: a word that does
/// not begin its name. PowerShell takes the beginning of an enumerator, its number, and whatever a
/// variable holds.
fn is_other_database(value: Option<&Value>) -> bool {
    let Some(ValueKind::Text(word) | ValueKind::Bare(word)) = value.map(|v| &v.kind) else {
        return false;
    };
    let letters = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
    letters && !"centralmgmt".starts_with(&word.to_ascii_lowercase())
}

/// True when the cmdlet's name, or its parameter's, stands anywhere in the text, in whatever
/// pieces.
pub(super) fn mentions(text: &str) -> bool {
    let squeezed: String = text
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    squeezed.contains("uninstallcs") || squeezed.contains("centralmanagementdatabase")
}
