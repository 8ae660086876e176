//! What a command does, by its name: a table of names over the rule of verbs.
//!
//! The verbs are those of "Approved Verbs for PowerShell Commands"; the names that do not follow
//! their verb are from the cmdlet reference of Lync Server and Skype for Business Server.

/// What running a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Looks, or writes only a file that the engineer names.
    Read,
    /// Changes something that can be changed back.
    Change,
    /// Removes, moves or overwrites.
    Destructive,
    /// Runs text or programs that reading cannot see through.
    Opaque,
}

/// Cmdlets that do more, or less, than their verb says.
const BY_NAME: &[(&str, Effect)] = &[
    ("disable-csuser", Effect::Destructive),
    ("disable-cscomputer", Effect::Destructive),
    ("disable-csreplica", Effect::Destructive),
    ("disable-cstopology", Effect::Destructive),
    ("import-csconfiguration", Effect::Destructive),
    ("import-cslisconfiguration", Effect::Destructive),
    ("import-csuserdata", Effect::Destructive),
    ("import-csrgsconfiguration", Effect::Destructive),
    ("invoke-cscomputerfailover", Effect::Change),
    ("invoke-csdatabasefailover", Effect::Destructive),
    ("invoke-csmanagementserverfailover", Effect::Destructive),
    ("invoke-cspoolfailback", Effect::Destructive),
    ("invoke-cspoolfailover", Effect::Destructive),
    ("publish-cstopology", Effect::Destructive),
    ("stop-computer", Effect::Destructive),
    ("restart-computer", Effect::Destructive),
    // A Test- that places a call, leaves a message or sends one.
    ("test-csexumvoicemail", Effect::Change),
    ("test-csgroupim", Effect::Change),
    ("test-csim", Effect::Change),
    ("test-csp2pav", Effect::Change),
    ("test-cspstnoutboundcall", Effect::Change),
    ("test-cspstnpeertopeercall", Effect::Change),
    ("import-module", Effect::Read),
    ("import-csv", Effect::Read),
    ("import-clixml", Effect::Read),
    ("start-sleep", Effect::Read),
    ("wait-job", Effect::Read),
    ("out-file", Effect::Change),
    ("add-type", Effect::Opaque),
    ("invoke-command", Effect::Opaque),
    ("invoke-expression", Effect::Opaque),
    ("invoke-item", Effect::Opaque),
    ("new-alias", Effect::Opaque),
    ("set-alias", Effect::Opaque),
    ("start-job", Effect::Opaque),
    ("start-process", Effect::Opaque),
    ("cmd", Effect::Opaque),
    ("cscript", Effect::Opaque),
    ("wscript", Effect::Opaque),
    ("mshta", Effect::Opaque),
    ("rundll32", Effect::Opaque),
    ("powershell", Effect::Opaque),
    ("pwsh", Effect::Opaque),
];

/// The aliases of Windows PowerShell that stand for something this table knows.
const ALIASES: &[(&str, &str)] = &[
    ("%", "ForEach-Object"),
    ("?", "Where-Object"),
    ("cat", "Get-Content"),
    ("clc", "Clear-Content"),
    ("clear", "Out-Host"),
    ("cls", "Out-Host"),
    ("copy", "Copy-Item"),
    ("cp", "Copy-Item"),
    ("cpi", "Copy-Item"),
    ("del", "Remove-Item"),
    ("dir", "Get-ChildItem"),
    ("echo", "Write-Output"),
    ("erase", "Remove-Item"),
    ("fc", "Format-Custom"),
    ("fl", "Format-List"),
    ("foreach", "ForEach-Object"),
    ("ft", "Format-Table"),
    ("fw", "Format-Wide"),
    ("gc", "Get-Content"),
    ("gci", "Get-ChildItem"),
    ("gcm", "Get-Command"),
    ("gm", "Get-Member"),
    ("gps", "Get-Process"),
    ("group", "Group-Object"),
    ("gsv", "Get-Service"),
    ("gv", "Get-Variable"),
    ("gwmi", "Get-WmiObject"),
    ("icm", "Invoke-Command"),
    ("iex", "Invoke-Expression"),
    ("ii", "Invoke-Item"),
    ("ipmo", "Import-Module"),
    ("kill", "Stop-Process"),
    ("ls", "Get-ChildItem"),
    ("measure", "Measure-Object"),
    ("mi", "Move-Item"),
    ("move", "Move-Item"),
    ("mv", "Move-Item"),
    ("nal", "New-Alias"),
    ("ni", "New-Item"),
    ("oh", "Out-Host"),
    ("ps", "Get-Process"),
    ("pwd", "Get-Location"),
    ("rd", "Remove-Item"),
    ("ren", "Rename-Item"),
    ("ri", "Remove-Item"),
    ("rm", "Remove-Item"),
    ("rmdir", "Remove-Item"),
    ("sajb", "Start-Job"),
    ("sal", "Set-Alias"),
    ("saps", "Start-Process"),
    ("sasv", "Start-Service"),
    ("sc", "Set-Content"),
    ("select", "Select-Object"),
    ("si", "Set-Item"),
    ("sleep", "Start-Sleep"),
    ("sls", "Select-String"),
    ("sort", "Sort-Object"),
    ("sp", "Set-ItemProperty"),
    ("spps", "Stop-Process"),
    ("spsv", "Stop-Service"),
    ("start", "Start-Process"),
    ("tee", "Tee-Object"),
    ("type", "Get-Content"),
    ("where", "Where-Object"),
    ("write", "Write-Output"),
];

const READING_VERBS: &[&str] = &[
    "compare",
    "convertfrom",
    "convertto",
    "debug",
    "export",
    "find",
    "foreach",
    "format",
    "get",
    "group",
    "join",
    "measure",
    "out",
    "read",
    "resolve",
    "search",
    "select",
    "show",
    "sort",
    "split",
    "test",
    "trace",
    "wait",
    "where",
    "write",
];

const DESTRUCTIVE_VERBS: &[&str] = &[
    "clear",
    "move",
    "remove",
    "rename",
    "reset",
    "restore",
    "revoke",
    "uninstall",
    "unregister",
    "unpublish",
];

/// What a command of this name does. Aliases are followed; `.exe` is dropped. A verb that is not
/// known to only look, or to destroy, changes.
pub fn effect_of(name: &str) -> Effect {
    let lower = name.to_ascii_lowercase();
    let lower = lower.strip_suffix(".exe").unwrap_or(&lower);
    let full = ALIASES
        .iter()
        .find(|(alias, _)| *alias == lower)
        .map_or_else(|| lower.to_owned(), |(_, full)| full.to_ascii_lowercase());
    if let Some((_, effect)) = BY_NAME.iter().find(|(known, _)| *known == full) {
        return *effect;
    }
    match full.split_once('-').map(|(verb, _)| verb) {
        Some(verb) if READING_VERBS.contains(&verb) => Effect::Read,
        Some(verb) if DESTRUCTIVE_VERBS.contains(&verb) => Effect::Destructive,
        _ => Effect::Change,
    }
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
