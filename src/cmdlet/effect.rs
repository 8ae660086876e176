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
    /// Runs text or programs that reading cannot see through, or has a name that may be another
    /// one: characters outside ASCII can look like any other.
    Opaque,
}

/// Cmdlets that do more, or less, than their verb says.
const BY_NAME: &[(&str, Effect)] = &[
    // They take a service, a store, an account or data away.
    ("disable-csaddomain", Effect::Destructive),
    ("disable-csadforest", Effect::Destructive),
    ("disable-cscomputer", Effect::Destructive),
    ("disable-csmeetingroom", Effect::Destructive),
    ("disable-csreplica", Effect::Destructive),
    ("disable-cstopology", Effect::Destructive),
    ("disable-csuser", Effect::Destructive),
    ("disable-ummailbox", Effect::Destructive),
    ("import-csconfiguration", Effect::Destructive),
    ("import-cslegacyconfiguration", Effect::Destructive),
    ("import-cslisconfiguration", Effect::Destructive),
    ("import-cspersistentchatdata", Effect::Destructive),
    ("import-csrgsconfiguration", Effect::Destructive),
    ("import-csuserdata", Effect::Destructive),
    ("invoke-csarchivingdatabasepurge", Effect::Destructive),
    ("invoke-cscdrdatabasepurge", Effect::Destructive),
    ("invoke-csqoedatabasepurge", Effect::Destructive),
    ("invoke-csdatabasefailover", Effect::Destructive),
    ("invoke-csmanagementserverfailover", Effect::Destructive),
    ("invoke-cspoolfailback", Effect::Destructive),
    ("invoke-cspoolfailover", Effect::Destructive),
    ("invoke-csstorageserviceflush", Effect::Destructive),
    ("invoke-csucsrollback", Effect::Destructive),
    ("merge-cslegacytopology", Effect::Destructive),
    ("publish-cstopology", Effect::Destructive),
    ("restart-computer", Effect::Destructive),
    ("set-csconfigurationstorelocation", Effect::Destructive),
    ("stop-computer", Effect::Destructive),
    ("stop-cswindowsservice", Effect::Destructive),
    ("update-csuserdata", Effect::Destructive),
    // They can be undone.
    ("invoke-cscomputerfailback", Effect::Change),
    ("invoke-cscomputerfailover", Effect::Change),
    // A Test- that places a call, joins or opens a conference, leaves a message, sends one, or
    // shows people a presence.
    ("test-csasconference", Effect::Change),
    ("test-csaudioconferencingprovider", Effect::Change),
    ("test-csavconference", Effect::Change),
    ("test-csdataconference", Effect::Change),
    ("test-csdialinconferencing", Effect::Change),
    ("test-csexstoragenotification", Effect::Change),
    ("test-csexumvoicemail", Effect::Change),
    ("test-csgroupim", Effect::Change),
    ("test-csim", Effect::Change),
    ("test-csmcxconference", Effect::Change),
    ("test-csmcxp2pim", Effect::Change),
    ("test-csmcxpushnotification", Effect::Change),
    ("test-csp2pav", Effect::Change),
    ("test-csp2pvideointeropserversiptrunkav", Effect::Change),
    ("test-cspersistentchatmessage", Effect::Change),
    ("test-cspresence", Effect::Change),
    ("test-cspstnoutboundcall", Effect::Change),
    ("test-cspstnpeertopeercall", Effect::Change),
    ("test-csucwaconference", Effect::Change),
    ("test-csvoiceuser", Effect::Change),
    ("test-cswebapp", Effect::Change),
    ("test-cswebappanonymous", Effect::Change),
    ("test-cswebscheduler", Effect::Change),
    ("test-csxmppim", Effect::Change),
    ("test-umconnectivity", Effect::Change),
    // They only look, whatever their verb.
    ("import-clixml", Effect::Read),
    ("import-csv", Effect::Read),
    ("import-module", Effect::Read),
    ("measure-command", Effect::Read),
    ("new-timespan", Effect::Read),
    ("set-strictmode", Effect::Read),
    ("start-sleep", Effect::Read),
    ("wait-job", Effect::Read),
    // Programs of Windows that only look.
    ("arp", Effect::Read),
    ("findstr", Effect::Read),
    ("hostname", Effect::Read),
    ("nbtstat", Effect::Read),
    ("netstat", Effect::Read),
    ("nltest", Effect::Read),
    ("nslookup", Effect::Read),
    ("pathping", Effect::Read),
    ("ping", Effect::Read),
    ("quser", Effect::Read),
    ("systeminfo", Effect::Read),
    ("tasklist", Effect::Read),
    ("tracert", Effect::Read),
    ("whoami", Effect::Read),
    // Programs that destroy, whatever is said behind them.
    ("cipher", Effect::Destructive),
    ("diskpart", Effect::Destructive),
    ("dsrm", Effect::Destructive),
    ("format", Effect::Destructive),
    ("shutdown", Effect::Destructive),
    ("out-file", Effect::Change),
    // What runs a text, a file, a block or a program that reading does not see.
    ("add-type", Effect::Opaque),
    ("enter-pssession", Effect::Opaque),
    ("import-alias", Effect::Opaque),
    ("import-pssession", Effect::Opaque),
    ("invoke-cimmethod", Effect::Opaque),
    ("invoke-command", Effect::Opaque),
    ("invoke-expression", Effect::Opaque),
    ("invoke-history", Effect::Opaque),
    ("invoke-item", Effect::Opaque),
    ("invoke-sqlcmd", Effect::Opaque),
    ("invoke-wmimethod", Effect::Opaque),
    ("new-alias", Effect::Opaque),
    ("new-module", Effect::Opaque),
    ("new-scheduledtaskaction", Effect::Opaque),
    ("new-service", Effect::Opaque),
    ("register-cimindicationevent", Effect::Opaque),
    ("register-engineevent", Effect::Opaque),
    ("register-objectevent", Effect::Opaque),
    ("register-scheduledjob", Effect::Opaque),
    ("register-scheduledtask", Effect::Opaque),
    ("register-wmievent", Effect::Opaque),
    ("set-alias", Effect::Opaque),
    ("set-psbreakpoint", Effect::Opaque),
    ("start-job", Effect::Opaque),
    ("start-process", Effect::Opaque),
    ("start-threadjob", Effect::Opaque),
    ("trace-command", Effect::Opaque),
    ("update-formatdata", Effect::Opaque),
    ("update-typedata", Effect::Opaque),
    ("at", Effect::Opaque),
    ("bash", Effect::Opaque),
    ("bitsadmin", Effect::Opaque),
    ("cmd", Effect::Opaque),
    ("cscript", Effect::Opaque),
    ("forfiles", Effect::Opaque),
    ("installutil", Effect::Opaque),
    ("mshta", Effect::Opaque),
    ("msiexec", Effect::Opaque),
    ("node", Effect::Opaque),
    ("ntdsutil", Effect::Opaque),
    ("osql", Effect::Opaque),
    ("perl", Effect::Opaque),
    ("plink", Effect::Opaque),
    ("powershell", Effect::Opaque),
    ("powershell_ise", Effect::Opaque),
    ("psexec", Effect::Opaque),
    ("psexec64", Effect::Opaque),
    ("pwsh", Effect::Opaque),
    ("py", Effect::Opaque),
    ("python", Effect::Opaque),
    ("python3", Effect::Opaque),
    ("regsvr32", Effect::Opaque),
    ("rundll32", Effect::Opaque),
    ("runas", Effect::Opaque),
    ("schtasks", Effect::Opaque),
    ("sh", Effect::Opaque),
    ("sqlcmd", Effect::Opaque),
    ("ssh", Effect::Opaque),
    ("winrs", Effect::Opaque),
    ("wmic", Effect::Opaque),
    ("wscript", Effect::Opaque),
    ("wsl", Effect::Opaque),
];

/// The aliases of Windows PowerShell that stand for something this table knows.
const ALIASES: &[(&str, &str)] = &[
    ("%", "ForEach-Object"),
    ("?", "Where-Object"),
    ("asnp", "Add-PSSnapin"),
    ("cat", "Get-Content"),
    ("cd", "Set-Location"),
    ("chdir", "Set-Location"),
    ("clc", "Clear-Content"),
    ("clear", "Out-Host"),
    ("clhy", "Clear-History"),
    ("cli", "Clear-Item"),
    ("clp", "Clear-ItemProperty"),
    ("cls", "Out-Host"),
    ("clv", "Clear-Variable"),
    ("compare", "Compare-Object"),
    ("copy", "Copy-Item"),
    ("cp", "Copy-Item"),
    ("cpi", "Copy-Item"),
    ("curl", "Invoke-WebRequest"),
    ("cvpa", "Convert-Path"),
    ("dbp", "Disable-PSBreakpoint"),
    ("del", "Remove-Item"),
    ("diff", "Compare-Object"),
    ("dir", "Get-ChildItem"),
    ("ebp", "Enable-PSBreakpoint"),
    ("echo", "Write-Output"),
    ("epcsv", "Export-Csv"),
    ("erase", "Remove-Item"),
    ("etsn", "Enter-PSSession"),
    ("exsn", "Exit-PSSession"),
    ("fc", "Format-Custom"),
    ("fl", "Format-List"),
    ("foreach", "ForEach-Object"),
    ("ft", "Format-Table"),
    ("fw", "Format-Wide"),
    ("gal", "Get-Alias"),
    ("gbp", "Get-PSBreakpoint"),
    ("gc", "Get-Content"),
    ("gci", "Get-ChildItem"),
    ("gcm", "Get-Command"),
    ("gcs", "Get-PSCallStack"),
    ("gdr", "Get-PSDrive"),
    ("gerr", "Get-Error"),
    ("ghy", "Get-History"),
    ("gi", "Get-Item"),
    ("gjb", "Get-Job"),
    ("gl", "Get-Location"),
    ("gm", "Get-Member"),
    ("gmo", "Get-Module"),
    ("gp", "Get-ItemProperty"),
    ("gps", "Get-Process"),
    ("group", "Group-Object"),
    ("gsn", "Get-PSSession"),
    ("gsv", "Get-Service"),
    ("gu", "Get-Unique"),
    ("gv", "Get-Variable"),
    ("gwmi", "Get-WmiObject"),
    ("h", "Get-History"),
    ("history", "Get-History"),
    ("icm", "Invoke-Command"),
    ("iex", "Invoke-Expression"),
    ("ihy", "Invoke-History"),
    ("ii", "Invoke-Item"),
    ("ipal", "Import-Alias"),
    ("ipcsv", "Import-Csv"),
    ("ipmo", "Import-Module"),
    ("ipsn", "Import-PSSession"),
    ("irm", "Invoke-RestMethod"),
    ("ise", "powershell_ise"),
    ("iwmi", "Invoke-WmiMethod"),
    ("iwr", "Invoke-WebRequest"),
    ("kill", "Stop-Process"),
    ("lp", "Out-Printer"),
    ("ls", "Get-ChildItem"),
    ("man", "help"),
    ("md", "mkdir"),
    ("measure", "Measure-Object"),
    ("mi", "Move-Item"),
    ("mount", "New-PSDrive"),
    ("move", "Move-Item"),
    ("mp", "Move-ItemProperty"),
    ("mv", "Move-Item"),
    ("nal", "New-Alias"),
    ("ndr", "New-PSDrive"),
    ("ni", "New-Item"),
    ("nmo", "New-Module"),
    ("nsn", "New-PSSession"),
    ("nv", "New-Variable"),
    ("ogv", "Out-GridView"),
    ("oh", "Out-Host"),
    ("popd", "Pop-Location"),
    ("ps", "Get-Process"),
    ("pushd", "Push-Location"),
    ("pwd", "Get-Location"),
    ("r", "Invoke-History"),
    ("rbp", "Remove-PSBreakpoint"),
    ("rcjb", "Receive-Job"),
    ("rd", "Remove-Item"),
    ("rdr", "Remove-PSDrive"),
    ("ren", "Rename-Item"),
    ("ri", "Remove-Item"),
    ("rjb", "Remove-Job"),
    ("rm", "Remove-Item"),
    ("rmdir", "Remove-Item"),
    ("rmo", "Remove-Module"),
    ("rni", "Rename-Item"),
    ("rnp", "Rename-ItemProperty"),
    ("rp", "Remove-ItemProperty"),
    ("rsn", "Remove-PSSession"),
    ("rsnp", "Remove-PSSnapin"),
    ("rv", "Remove-Variable"),
    ("rvpa", "Resolve-Path"),
    ("rwmi", "Remove-WmiObject"),
    ("sajb", "Start-Job"),
    ("sal", "Set-Alias"),
    ("saps", "Start-Process"),
    ("sasv", "Start-Service"),
    ("sbp", "Set-PSBreakpoint"),
    ("sc", "Set-Content"),
    ("select", "Select-Object"),
    ("set", "Set-Variable"),
    ("shcm", "Show-Command"),
    ("si", "Set-Item"),
    ("sl", "Set-Location"),
    ("sleep", "Start-Sleep"),
    ("sls", "Select-String"),
    ("sort", "Sort-Object"),
    ("sp", "Set-ItemProperty"),
    ("spjb", "Stop-Job"),
    ("spps", "Stop-Process"),
    ("spsv", "Stop-Service"),
    ("start", "Start-Process"),
    ("sv", "Set-Variable"),
    ("swmi", "Set-WmiInstance"),
    ("tee", "Tee-Object"),
    ("trcm", "Trace-Command"),
    ("type", "Get-Content"),
    ("wget", "Invoke-WebRequest"),
    ("where", "Where-Object"),
    ("wjb", "Wait-Job"),
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
