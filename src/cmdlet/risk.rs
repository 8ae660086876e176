//! The risk of a script: the worst of its commands, and why.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::effect::{Effect, effect_of};
use crate::powershell::{
    self, Argument, Command, Script, SyntaxError, Value, ValueKind, ast::is_abbreviation, scan,
};

/// How much a script can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Only looks.
    Read,
    /// Changes something that can be changed back.
    Change,
    /// Removes, moves, overwrites, or cannot be judged by reading.
    Destructive,
}

impl Risk {
    /// The word used on the screen, in the journal and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Risk::Read => "read",
            Risk::Change => "change",
            Risk::Destructive => "destructive",
        }
    }
}

/// Why a script has its risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The risk this alone would give.
    pub risk: Risk,
    /// In words, naming the command.
    pub text: String,
}

/// What reading a script says about running it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The worst of the reasons; read when there are none.
    pub risk: Risk,
    /// Everything above read, in source order.
    pub reasons: Vec<Reason>,
    /// True when the text calls `Uninstall-CsDatabase` for the Central Management store, or may
    /// do so where reading cannot see.
    pub removes_cms: bool,
    /// The parsed script.
    pub script: Script,
}

/// Switches that make a changing command destructive.
const DESTRUCTIVE_SWITCHES: &[&str] = &["Clean", "Force", "DisasterMode"];

/// Judges a script. A text that is not PowerShell is an error: it is never run.
pub fn judge(text: &str) -> Result<Judgement, SyntaxError> {
    let script = powershell::parse(text)?;
    let mut reasons: Vec<Reason> = Vec::new();
    for command in &script.commands {
        if let Some(reason) = of_command(command) {
            reasons.push(reason);
        }
    }
    for opaque in &script.opaque {
        let shown: String = text
            .get(opaque.span.clone())
            .unwrap_or("")
            .chars()
            .take(40)
            .collect();
        reasons.push(Reason {
            risk: Risk::Destructive,
            text: format!("{} cannot be judged by reading: {shown}", opaque.what),
        });
    }
    // The grammar is not the sole judge: a command name that stands in code and that the grammar
    // did not report counts all the same.
    let code = scan::scan(text)?.code;
    for word in COMMAND_NAME.find_iter(&code) {
        let effect = effect_of(word.as_str());
        if effect >= Effect::Destructive && !script.commands.iter().any(|c| c.is(word.as_str())) {
            reasons.push(Reason {
                risk: Risk::Destructive,
                text: format!("{} stands in the text", word.as_str()),
            });
        }
    }
    let risk = reasons.iter().map(|r| r.risk).max().unwrap_or(Risk::Read);
    let removes_cms = removes_cms(text, &script);
    Ok(Judgement {
        risk,
        reasons,
        removes_cms,
        script,
    })
}

static COMMAND_NAME: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(
        clippy::unwrap_used,
        reason = "a constant pattern, covered by the tests"
    )]
    Regex::new(r"\b[A-Za-z]{2,}-[A-Za-z][A-Za-z0-9]+").unwrap()
});

fn of_command(command: &Command) -> Option<Reason> {
    let name = command.name.as_deref()?;
    let reason = |risk, text: String| Some(Reason { risk, text });
    match effect_of(name) {
        Effect::Opaque => reason(
            Risk::Destructive,
            format!("{name} runs what cannot be judged by reading"),
        ),
        Effect::Destructive => reason(
            Risk::Destructive,
            format!("{name} removes, moves or overwrites"),
        ),
        Effect::Change => match DESTRUCTIVE_SWITCHES
            .iter()
            .find(|switch| is_on(command, switch))
        {
            Some(switch) => reason(Risk::Destructive, format!("{name} with -{switch}")),
            None => reason(Risk::Change, format!("{name} changes the deployment")),
        },
        Effect::Read if command.writes_file => {
            reason(Risk::Change, format!("{name} writes a file"))
        }
        Effect::Read => None,
    }
}

/// True when the switch is given and not as `-Switch:$false`.
fn is_on(command: &Command, switch: &str) -> bool {
    command.arguments.iter().any(|a| match a {
        Argument::Parameter { name, value, .. } if is_abbreviation(name, switch) => {
            !matches!(value, Some(Value { kind: ValueKind::Variable(v), .. }) if v.eq_ignore_ascii_case("false"))
        }
        _ => false,
    })
}

/// `Uninstall-CsDatabase -CentralManagementDatabase` in any spelling PowerShell takes. Where
/// arguments or commands are hidden (splatting, `iex`, computed names) and the cmdlet's name
/// stands anywhere in the text, the answer is yes: it fails closed.
fn removes_cms(text: &str, script: &Script) -> bool {
    const CMDLET: &str = "Uninstall-CsDatabase";
    let by_command = script.commands.iter().filter(|c| c.is(CMDLET)).any(|c| {
        c.has_splat()
            || c.arguments.iter().any(|a| match a {
                // `-c` is ambiguous (-Confirm), `-ce` is not; an empty name cannot be read.
                Argument::Parameter { name, .. } => {
                    is_abbreviation(name, "CentralManagementDatabase")
                }
                _ => false,
            })
    });
    if by_command {
        return true;
    }
    let hidden = !script.opaque.is_empty()
        || script.commands.iter().any(|c| {
            c.name
                .as_deref()
                .is_none_or(|n| effect_of(n) == Effect::Opaque)
        });
    if !hidden {
        return false;
    }
    let squeezed: String = text
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    squeezed.contains("uninstallcsdatabase") || squeezed.contains("centralmanagementdatabase")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn risk(text: &str) -> Risk {
        judge(text).expect(text).risk
    }

    #[test]
    fn the_worst_command_decides() {
        for (text, expected) in [
            ("", Risk::Read),
            (
                "Get-CsPool | Where-Object { $_.Fqdn -eq 'a' } | Format-List",
                Risk::Read,
            ),
            (
                "ConvertTo-Json -InputObject @(Get-CsManagementStoreReplicationStatus)",
                Risk::Read,
            ),
            ("Get-CsPool -Force", Risk::Read),
            ("Get-CsPool > x.txt", Risk::Change),
            (
                "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn 'a'",
                Risk::Change,
            ),
            (
                "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'a' -Clean",
                Risk::Destructive,
            ),
            ("Install-CsDatabase -Clean:$false", Risk::Change),
            ("Install-CsDatabase -Cle", Risk::Destructive),
            ("Get-CsUser | Disable-CsUser", Risk::Destructive),
            ("Get-CsUser | % { Remove-CsUser $_ }", Risk::Destructive),
            ("\"$(Remove-CsUser a)\"", Risk::Destructive),
            ("iex 'Get-CsPool'", Risk::Destructive),
            ("& $x", Risk::Destructive),
            ("powershell -enc AAAA", Risk::Destructive),
            ("[IO.File]::Delete('x')", Risk::Destructive),
            ("Frobnicate", Risk::Change),
            ("Get-X 'Remove-Y'", Risk::Read),
            (
                "Un`install-CsDatabase -DatabaseType Monitoring",
                Risk::Destructive,
            ),
        ] {
            assert_eq!(risk(text), expected, "{text}");
        }
    }

    #[test]
    fn the_cms_database_is_protected_in_every_spelling() {
        for text in [
            "Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn a",
            "uninstall-csdatabase –centralmanagementdatabase",
            "Uninstall-CsDatabase -Cent",
            "SkypeForBusiness\\Uninstall-CsDatabase -ce:$true",
            "$h = @{ CentralManagementDatabase = $true }; Uninstall-CsDatabase @h",
            "& 'Uninstall-CsDatabase' -CentralManagementDatabase",
            "iex 'Uninstall-CsDatabase -Central'",
            "iex ('Unin' + 'stall-CsDatabase')",
            "$c = 'Uninstall-CsDatabase'; & $c -x",
            "Un`install-CsDatabase -CentralManagementDatabase",
            "Get-CsPool; if ($true) { Uninstall-CsDatabase -CentralManagementDatabase }",
            "Uninstall-CsDatabase -CentralManagementDatabase -WhatIf",
        ] {
            assert!(judge(text).expect(text).removes_cms, "{text}");
        }
        for text in [
            "Uninstall-CsDatabase -DatabaseType Monitoring -SqlServerFqdn a",
            "Install-CsDatabase -CentralManagementDatabase",
            "Test-CsDatabase -CentralManagementDatabase",
        ] {
            assert!(!judge(text).expect(text).removes_cms, "{text}");
        }
    }

    #[test]
    fn not_powershell_is_refused() {
        assert!(judge("Get-X (").is_err());
    }
}
