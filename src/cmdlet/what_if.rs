//! `-WhatIf` first: what a text would do, told by the cmdlets themselves
//! (about_CommonParameters, risk mitigation parameters).
//!
//! A command is a preview only when its cmdlet has `-WhatIf` by the reference and the switch stands
//! there as it is: not as a variable, not off, not cut short, not in a splatted table.

use thiserror::Error;

use super::catalogue::{Cmdlet, catalogue};
use super::check::{Tables, filters};
use super::effect::{Effect, effect_of};
use super::risk::{Risk, judge};
use crate::powershell::{
    self, Argument, Command, Script, StatementKind, SyntaxError, ValueKind, ast::begins,
};

/// Why there is no form of a text that only previews.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoPreview {
    /// It is not PowerShell.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// It changes nothing.
    #[error("nothing in it changes anything, so that there is nothing to preview")]
    Nothing,
    /// It has loops, conditions or functions.
    #[error("it is a script ({0}): what it does depends on what happens on the way")]
    Script(String),
    /// A command has the switch already, in whatever form.
    #[error("{0} has -WhatIf already")]
    Already(String),
    /// A command that changes something has no such switch.
    #[error("{0} changes something, and the reference knows no -WhatIf of it")]
    Lacks(String),
    /// Even with the switches it cannot be told that nothing is changed.
    #[error("with -WhatIf it would still not only look: {0}")]
    Unsure(String),
}

/// The text that only previews what this one does: ` -WhatIf` at the end of every command that
/// changes something. Commands that only read stay as they are: with the switch, those that have it
/// would hand nothing on to the next.
pub fn preview(text: &str) -> Result<String, NoPreview> {
    let script = powershell::parse(text)?;
    let script_with = |what: &str| Err(NoPreview::Script(what.to_owned()));
    if !script.functions.is_empty() {
        return script_with("it defines functions");
    }
    if script.param_block.is_some() {
        return script_with("it has parameters of its own");
    }
    for statement in &script.statements {
        match statement.kind {
            StatementKind::Pipeline(_) | StatementKind::Assignment { .. } => {}
            StatementKind::If { .. } => return script_with("it has a condition"),
            StatementKind::Other => return script_with("it has loops or blocks"),
        }
    }
    let filters = filters(&script);
    let mut ends = Vec::new();
    for command in &script.commands {
        let Some(name) = command.name.as_deref() else {
            continue;
        };
        let is_filter = filters.iter().any(|f| f.contains(&command.span.start));
        if is_filter || effect_of(name) == Effect::Read {
            continue;
        }
        let Some(cmdlet) = with_what_if(command) else {
            return Err(NoPreview::Lacks(name.to_owned()));
        };
        if command.arguments.iter().any(is_what_if) {
            return Err(NoPreview::Already(cmdlet.name.to_owned()));
        }
        ends.push(command.span.start + written(text, command).trim_end().len());
    }
    if ends.is_empty() {
        // What is opaque or writes a file changes something as well.
        let judged = judge(text)?;
        return Err(match judged.reasons.into_iter().next() {
            None => NoPreview::Nothing,
            Some(reason) => NoPreview::Unsure(reason.text),
        });
    }
    // A command in an argument of another one ends first.
    ends.sort_unstable();
    let mut out = String::with_capacity(text.len() + ends.len() * 8);
    let mut at = 0;
    for end in ends {
        out.push_str(text.get(at..end).unwrap_or(""));
        out.push_str(" -WhatIf");
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    // The last word has whoever judges every text.
    let judged = judge(&out)?;
    match judged.reasons.into_iter().next() {
        Some(reason) if judged.risk > Risk::Read => Err(NoPreview::Unsure(reason.text)),
        _ => Ok(out),
    }
}

/// The cmdlet of a command, when it has the switch.
fn with_what_if(command: &Command) -> Option<&'static Cmdlet> {
    catalogue()
        .get(command.name.as_deref()?)
        .filter(|cmdlet| !command.by_path && cmdlet.has_what_if())
}

/// True for an argument that PowerShell may take for the switch, whatever its value.
fn is_what_if(argument: &Argument) -> bool {
    matches!(argument, Argument::Parameter { name, .. }
        if begins(name, "WhatIf") || name.eq_ignore_ascii_case("wi"))
}

fn written<'a>(text: &'a str, command: &Command) -> &'a str {
    text.get(command.span.clone()).unwrap_or("")
}

/// True for a command that certainly only previews what it would do.
pub(super) fn is_preview(text: &str, script: &Script, command: &Command, tables: &Tables) -> bool {
    let Some(cmdlet) = with_what_if(command) else {
        return false;
    };
    // A function of this name, or one of another module, may take the switch for anything.
    let defined = |f: &String| f.eq_ignore_ascii_case(cmdlet.name);
    let source = written(text, command);
    let own_name = [cmdlet.name, "Lync\\", "SkypeForBusiness\\"]
        .iter()
        .any(|head| begins(head, source));
    // Behind it arguments are no longer PowerShell.
    if script.functions.iter().any(defined) || !own_name || source.contains("--%") {
        return false;
    }
    let mut at = command
        .arguments
        .iter()
        .enumerate()
        .filter(|(_, argument)| is_what_if(argument));
    let (Some((n, argument)), None) = (at.next(), at.next()) else {
        return false;
    };
    let span = argument.span();
    let on = match argument {
        Argument::Parameter { name, value, .. } if name.eq_ignore_ascii_case("WhatIf") => {
            match value.as_ref().map(|v| &v.kind) {
                None => {
                    // `-WhatIf: $x` and `-WhatIf $x`, where the value is not read as one.
                    let whole = text.get(span.clone()).is_some_and(|s| !s.contains(':'));
                    let next = command.arguments.get(n + 1);
                    whole
                        && !text
                            .get(span.end..)
                            .unwrap_or("")
                            .trim_start()
                            .starts_with(':')
                        && !matches!(next, Some(Argument::Value(v)) if matches!(v.kind, ValueKind::Variable(_)))
                }
                Some(ValueKind::Variable(v)) => v.eq_ignore_ascii_case("true"),
                Some(_) => false,
            }
        }
        _ => false,
    };
    // `-Force: -WhatIf`: it would be the value of the one in front.
    let free = !text
        .get(..span.start)
        .unwrap_or("")
        .trim_end()
        .ends_with([':', '`', ',']);
    let tables_are_silent = command.arguments.iter().all(|argument| match argument {
        Argument::Splat { name, .. } => tables.get(name).is_some_and(|table| {
            !table.open
                && !table
                    .entries
                    .iter()
                    .any(|(key, ..)| begins(key, "WhatIf") || key.eq_ignore_ascii_case("wi"))
        }),
        _ => true,
    });
    on && free && tables_are_silent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn risk(text: &str) -> Risk {
        judge(text).map_or(Risk::Destructive, |j| j.risk)
    }

    #[test]
    fn every_command_that_changes_something_previews() {
        for (text, expected) in [
            ("Enable-CsTopology", "Enable-CsTopology -WhatIf"),
            (
                "Get-CsUser -Filter { Enabled -eq $true } | Disable-CsUser # all of them",
                "Get-CsUser -Filter { Enabled -eq $true } | Disable-CsUser -WhatIf # all of them",
            ),
            (
                "Move-CsUser 'a' -Target 'b' -Force -Confirm:$false\nDisable-CsUser 'x; y' ; Get-CsPool",
                "Move-CsUser 'a' -Target 'b' -Force -Confirm:$false -WhatIf\nDisable-CsUser 'x; y' -WhatIf ; Get-CsPool",
            ),
            (
                "Get-CsUser | % { Disable-CsUser $_ }",
                "Get-CsUser | % { Disable-CsUser $_ -WhatIf }",
            ),
            (
                "Set-CsUser (Get-CsUser a) -LineUri @'\ntel:1\n'@",
                "Set-CsUser (Get-CsUser a) -LineUri @'\ntel:1\n'@ -WhatIf",
            ),
            (
                "$h = @{ Identity = 'a' }\nDisable-CsUser @h",
                "$h = @{ Identity = 'a' }\nDisable-CsUser @h -WhatIf",
            ),
        ] {
            assert_eq!(preview(text).as_deref(), Ok(expected), "{text}");
            assert!(
                risk(text) > Risk::Read && risk(expected) == Risk::Read,
                "{text}"
            );
            let judged = judge(expected).expect("reads");
            assert!(judged.preview && judged.reasons.is_empty(), "{text}");
        }
    }

    #[test]
    fn where_it_cannot_the_reason_is_told() {
        for (text, why) in [
            ("Get-CsPool", "nothing in it changes"),
            (
                "Invoke-CsManagementStoreReplication",
                "knows no -WhatIf of it",
            ),
            (
                "Import-CsConfiguration -FileName a.zip",
                "knows no -WhatIf of it",
            ),
            (
                "Enable-CsTopology; Remove-Item x",
                "Remove-Item changes something, and",
            ),
            ("Enable-CsTopology -WhatIf", "has -WhatIf already"),
            ("Enable-CsTopology -wi:$false", "has -WhatIf already"),
            ("if ($x) { Enable-CsTopology }", "a condition"),
            ("foreach ($u in $all) { Disable-CsUser $u }", "a script"),
            ("function f { Enable-CsTopology }; f", "functions"),
            ("$h = Get-X\nDisable-CsUser @h", "still not only look"),
            ("Enable-CsTopology > x.txt", "still not only look"),
            ("Enable-CsTopology; & $x", "still not only look"),
            ("Get-CsPool > x.txt", "still not only look"),
            ("Enable-CsTopology (", "line 1"),
        ] {
            let error = preview(text).expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn only_the_switch_itself_makes_a_preview() {
        for text in [
            "Enable-CsTopology -WhatIf",
            "Enable-CsTopology –whatif",
            "Enable-CsTopology -WhatIf:$true",
            "SkypeForBusiness\\Disable-CsUser a -WhatIf",
            "Publish-CsTopology -FileName x.xml -WhatIf -Force",
        ] {
            assert_eq!(risk(text), Risk::Read, "{text}");
        }
        for text in [
            "Enable-CsTopology -WhatIf:$false",
            "Enable-CsTopology -WhatIf:$x",
            "Enable-CsTopology -WhatIf: $false",
            "Enable-CsTopology -WhatIf $false",
            "Enable-CsTopology -WhatIf:'true'",
            "Enable-CsTopology -Wh",
            "Enable-CsTopology -wi",
            "Enable-CsTopology -WhatIf -WhatIf:$false",
            "Enable-CsTopology '-WhatIf'",
            "Enable-CsTopology `-WhatIf",
            "Enable-CsTopology -Force: -WhatIf",
            "Enable-CsTopology --% -WhatIf",
            "Enable-CsTopology # -WhatIf",
            "Enable-CsTopology; Get-CsPool -WhatIf",
            "Remove-Item x -WhatIf",
            "Invoke-CsManagementStoreReplication -WhatIf",
            "Evil\\Enable-CsTopology -WhatIf",
            ".\\Enable-CsTopology -WhatIf",
            "function Enable-CsTopology { Disable-CsUser a }; Enable-CsTopology -WhatIf",
            "$h = @{ WhatIf = $false }; Enable-CsTopology @h -WhatIf",
            "Enable-CsTopology @h -WhatIf",
            "Set-CsUser (Disable-CsUser a) -WhatIf",
            "Enable-CsTopology -WhatIf > x.txt",
        ] {
            assert!(risk(text) > Risk::Read, "{text}");
        }
        // Removing the Central Management store stays what it is.
        assert!(
            judge("Uninstall-CsDatabase -CentralManagementDatabase -WhatIf")
                .is_ok_and(|j| j.removes_cms)
        );
    }

    proptest! {
        #[test]
        fn a_preview_differs_by_its_switches_and_reads(text in "[-$'\"`@{}()|;: a-c#\n]{0,16}(Enable-CsTopology|Disable-CsUser|Get-CsUser)[-$'\"`@{}()|;: a-c#,\n]{0,20}(;Disable-CsUser x)?") {
            if let Ok(preview) = preview(&text) {
                prop_assert_eq!(preview.replace(" -WhatIf", ""), text);
                prop_assert_eq!(risk(&preview), Risk::Read);
            }
        }
    }
}
