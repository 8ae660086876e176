//! What a session with less than the whole language refuses, in the words of Windows PowerShell.

use super::error::ErrorRecord;
use crate::lab::language::Language;
use crate::powershell::{Argument, Element, Script, Statement, StatementKind, Value, ValueKind};

/// The commands of PowerShell itself that a session without a language has
/// (SessionCapabilities.RemoteServer).
const PROXIES: [&str; 8] = [
    "Get-Command",
    "Get-FormatData",
    "Get-Help",
    "Measure-Object",
    "Out-Default",
    "Select-Object",
    "Exit-PSSession",
    "select",
];

/// Why a session of this kind does not run the script; none when it does.
pub(super) fn refusal(language: Language, script: &Script) -> Option<ErrorRecord> {
    let takes = |plain: fn(&Value) -> bool| {
        script.opaque.is_empty() && script.statements.iter().all(|s| is_command(s, plain))
    };
    match language {
        Language::Full => None,
        Language::Restricted if takes(is_data) => None,
        Language::Restricted => Some(record(
            "Script block literals, methods and types are not allowed in restricted language mode or a Data section.",
            "ScriptBlockNotSupportedInDataSection",
        )),
        Language::None if !takes(is_plain) => Some(record(
            "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
            "ScriptsNotAllowed",
        )),
        Language::None => script
            .commands
            .iter()
            .filter_map(|command| command.name.as_deref())
            .find(|name| !is_product(name))
            .map(ErrorRecord::not_found),
    }
}

fn record(message: &str, id: &str) -> ErrorRecord {
    ErrorRecord {
        id: id.to_owned(),
        ..ErrorRecord::syntax(message)
    }
}

fn is_product(name: &str) -> bool {
    let noun = name.split_once('-').map_or("", |(_, noun)| noun);
    let cs = noun.get(..2).is_some_and(|n| n.eq_ignore_ascii_case("cs"));
    cs || PROXIES.iter().any(|p| p.eq_ignore_ascii_case(name))
}

/// True for a pipeline of commands whose values are all of this kind.
fn is_command(statement: &Statement, fits: fn(&Value) -> bool) -> bool {
    let StatementKind::Pipeline(elements) = &statement.kind else {
        return false;
    };
    elements.iter().all(|element| match element {
        Element::Expression(_) => false,
        Element::Command(command) => command.arguments.iter().all(|argument| match argument {
            Argument::Parameter { value, .. } => value.as_ref().is_none_or(fits),
            Argument::Value(value) => fits(value),
            Argument::Splat { .. } => false,
        }),
    })
}

fn is_plain(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Bare(_) | ValueKind::Text(_) | ValueKind::Number(_) => true,
        ValueKind::Variable(name) => ["true", "false", "null"]
            .iter()
            .any(|n| n.eq_ignore_ascii_case(name)),
        ValueKind::Array(values) => values.iter().all(is_plain),
        _ => false,
    }
}

fn is_data(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Nested(statements) => statements.iter().all(|s| is_command(s, is_data)),
        ValueKind::Hash(entries) => entries.iter().all(|(_, value)| is_data(value)),
        ValueKind::Array(values) => values.iter().all(is_data),
        _ => is_plain(value),
    }
}
