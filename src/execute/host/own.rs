//! Which texts a PowerShell that is kept must not run.

use std::fmt;

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

/// Why a text gets a process of its own. Shown, it is a sentence that begins with "it", without its
/// full stop. The names in it are the text's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnProcess {
    /// It may end the PowerShell that is kept: the word that does.
    Ends(&'static str),
    /// It leaves something behind for the commands after it (a folder, a preference, a module): the
    /// command or the scope that does.
    Stays(String),
    /// It starts a program, which would share the standard input that requests come on.
    Program(String),
    /// It hides what it does: the place, in words.
    Opaque(&'static str),
    /// It cannot be read.
    Unread,
}

impl fmt::Display for OwnProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OwnProcess::Ends(word) => write!(f, "it may end the PowerShell that runs it ({word})"),
            OwnProcess::Stays(what) => {
                write!(
                    f,
                    "it leaves something behind for the next command ({what})"
                )
            }
            OwnProcess::Program(name) => write!(
                f,
                "it starts a program ({name}), which would read the input that answers come on"
            ),
            OwnProcess::Opaque(what) => write!(f, "reading does not see what it does ({what})"),
            OwnProcess::Unread => f.write_str("it cannot be read as PowerShell"),
        }
    }
}

/// Why a text gets a process of its own; `None` for one that the PowerShell that is kept may run.
/// What reading does not see is taken for one that must not.
pub fn needs_own_process(text: &str) -> Option<OwnProcess> {
    let lower = text.to_lowercase().replace('`', "");
    if let Some(scope) = SCOPES.iter().find(|scope| lower.contains(**scope)) {
        return Some(OwnProcess::Stays(format!("${scope}")));
    }
    let mut words = lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')));
    if let Some(word) = words.find_map(|word| WORDS.into_iter().find(|w| *w == word)) {
        return Some(OwnProcess::Ends(word));
    }
    let Ok(script) = powershell::parse(text) else {
        return Some(OwnProcess::Unread);
    };
    let own = |name: &str| {
        script
            .functions
            .iter()
            .any(|f| f.eq_ignore_ascii_case(name))
    };
    let leaves = |command: &Command| match command.name.as_deref() {
        // A block that is called; everything else without a name is opaque.
        None => None,
        Some(name) if command.by_path => Some(OwnProcess::Program(name.to_owned())),
        Some(name) => {
            let full = full_name(name);
            if STAYING.contains(&full.to_lowercase().as_str()) {
                Some(OwnProcess::Stays(name.to_owned()))
            } else if is_program(name) && !own(name) {
                Some(OwnProcess::Program(name.to_owned()))
            } else {
                None
            }
        }
    };
    let opaque = script.opaque.first().map(|o| OwnProcess::Opaque(o.what));
    script.commands.iter().find_map(leaves).or(opaque)
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
            assert_eq!(needs_own_process(text), None, "{text}");
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
            assert!(needs_own_process(text).is_some(), "{text}");
        }
    }

    #[test]
    fn the_reason_names_what_the_text_does() {
        for (text, says) in [
            ("exit 3", "end the PowerShell that runs it (exit)"),
            (
                "$global:x = 1",
                "leaves something behind for the next command ($global:)",
            ),
            (
                "cd D:\\Old; Get-ChildItem",
                "behind for the next command (cd)",
            ),
            (
                "Import-Module ActiveDirectory",
                "behind for the next command (Import-Module)",
            ),
            ("nslookup fe01", "starts a program (nslookup)"),
            ("& 'C:\\Old\\x.exe' -a", "starts a program (x.exe)"),
            ("& $x", "reading does not see what it does ("),
            ("Get-CsPool (", "it cannot be read"),
        ] {
            let why = needs_own_process(text).expect(text).to_string();
            assert!(why.contains(says), "{text}: {why}");
        }
    }
}
