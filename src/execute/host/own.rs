//! Which texts a PowerShell that is kept must not run.

use crate::cmdlet::{full_name, is_program};
use crate::powershell::{self, Command};

/// Words and drives that end the process, or that stay behind in it (about_Scopes: `script:` of a
/// block that is no file is the session's own).
const WORDS: [&str; 2] = ["exit", "environment"];
const SCOPES: [&str; 5] = ["global:", "script:", "env:", "function:", "alias:"];

/// Commands that change the session for what comes after them.
const STAYING: &[&str] = &[
    "add-pssnapin",
    "enter-pssession",
    "import-alias",
    "import-module",
    "import-pssession",
    "invoke-expression",
    "new-alias",
    "new-psdrive",
    "new-variable",
    "pop-location",
    "push-location",
    "register-engineevent",
    "register-objectevent",
    "remove-module",
    "remove-psdrive",
    "remove-pssnapin",
    "set-alias",
    "set-culture",
    "set-location",
    "set-psbreakpoint",
    "set-psdebug",
    "set-strictmode",
    "set-variable",
    "start-transcript",
    "update-formatdata",
    "update-typedata",
];

/// True for a text that gets a process of its own. It may end the one that is kept (`exit`), leave
/// something behind for the commands after it (a folder, a preference, a module), or start a program:
/// that would share the standard input that requests come on. What reading does not see is taken for
/// one of these.
pub fn needs_own_process(text: &str) -> bool {
    let lower = text.to_lowercase().replace('`', "");
    if SCOPES.iter().any(|scope| lower.contains(scope))
        || lower
            .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .any(|word| WORDS.contains(&word))
    {
        return true;
    }
    let Ok(script) = powershell::parse(text) else {
        return true;
    };
    let own = |name: &str| {
        script
            .functions
            .iter()
            .any(|f| f.eq_ignore_ascii_case(name))
    };
    let leaves = |command: &Command| match command.name.as_deref() {
        // A block that is called; everything else without a name is opaque.
        None => false,
        Some(_) if command.by_path => true,
        Some(name) => {
            STAYING.contains(&full_name(name).to_lowercase().as_str())
                || is_program(name) && !own(name)
        }
    };
    !script.opaque.is_empty() || script.commands.iter().any(leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_powershell_runs_what_leaves_nothing_behind_and_starts_nothing() {
        for text in [
            "Get-CsPool",
            "Get-CsPool | Where-Object { $_.Site -eq 'Site:x' } | Select-Object Identity",
            "gci C:\\ | ? { $_.Length -gt 5 } | % { $_.Name }",
            "$x = Get-CsPool; $x.Count",
            "function f { Get-CsPool }; f",
            "& { param($A) Get-CsPool $A } -A 'x'",
            "Set-CsUser ann -Enabled $true",
            "ConvertTo-Json -Compress -Depth 3 -InputObject @(Get-CsManagementStoreReplicationStatus)",
            "Set-CsClientPin ann -Pin (Read-Host -AsSecureString 'PIN')",
            "$ErrorActionPreference = 'Stop'; Get-CsPool",
        ] {
            assert!(!needs_own_process(text), "{text}");
        }
        for text in [
            "exit 3",
            "if ($true) { EXIT }",
            "ex`it 3",
            "[Environment]::Exit(3)",
            "$global:ErrorActionPreference = 'SilentlyContinue'",
            "$script:x = 1",
            "$env:PATH = 'x'",
            "cd D:\\Old; Get-ChildItem",
            "sl D:\\Old",
            "Import-Module ActiveDirectory",
            "nslookup sgpool01.kestrel.lan",
            "robocopy.exe a b",
            "& 'C:\\Program Files\\x.exe' -a",
            ".\\x.cmd",
            "& $x",
            ". C:\\x.ps1",
            "iex $text",
            "Set-StrictMode -Version 2",
            "Get-CsPool -OutVariable global:x",
            "Get-CsPool (",
        ] {
            assert!(needs_own_process(text), "{text}");
        }
    }
}
