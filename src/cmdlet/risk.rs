//! The risk of a script: the worst of its commands, and why.

mod assigns;
mod central;
mod names;

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::check::{Tables, filters};
use super::effect::{Effect, effect_of, full_name};
use super::what_if::is_preview;
use crate::powershell::{
    self, Argument, Command, Script, SyntaxError, Value, ValueKind, ast::begins,
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

impl Effect {
    /// The risk of a command with this effect, by its name alone.
    pub fn risk(self) -> Risk {
        match self {
            Effect::Read => Risk::Read,
            Effect::Change => Risk::Change,
            Effect::Destructive | Effect::Opaque => Risk::Destructive,
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
    /// True when it is destructive because reading cannot tell what it does.
    pub opaque: bool,
    /// True when it holds only if a condition of the script does.
    pub conditional: bool,
}

/// What reading a script says about running it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The worst of the reasons; read when there are none.
    pub risk: Risk,
    /// The worst of those that hold without a condition: a snippet whose switches are not set.
    pub least: Risk,
    /// Everything above read, in source order.
    pub reasons: Vec<Reason>,
    /// True when the text calls `Uninstall-CsDatabase` for the Central Management store, or may
    /// do so where reading cannot see.
    pub removes_cms: bool,
    /// True when something in it would change something and only previews it, with `-WhatIf`.
    pub preview: bool,
    /// The parsed script.
    pub script: Script,
}

/// Judges a text. One that is not PowerShell is an error: it is never run. One that csdeck's own
/// grammar is known to misread is destructive, whatever it says: it runs only for somebody who
/// types the target's name.
pub fn judge(text: &str) -> Result<Judgement, SyntaxError> {
    match powershell::parse(text) {
        Ok(script) => Ok(judge_script(text, script)),
        Err(error) => match error.misread {
            Some(form) => Ok(unreadable(text, &error, form)),
            None => Err(error),
        },
    }
}

fn unreadable(text: &str, error: &SyntaxError, form: &str) -> Judgement {
    Judgement {
        risk: Risk::Destructive,
        least: Risk::Destructive,
        reasons: vec![hidden(format!(
            "csdeck cannot read this text, perhaps because it holds {form}; {}",
            error.position
        ))],
        removes_cms: central::mentions(text),
        preview: false,
        script: Script::default(),
    }
}

/// Judges a parsed text.
pub fn judge_script(text: &str, script: Script) -> Judgement {
    let tables = Tables::of(text, &script);
    // What a cmdlet takes as text is not run.
    let filters = filters(&script);
    let mut preview = false;
    let mut reasons: Vec<Reason> = Vec::new();
    for command in &script.commands {
        if filters.iter().any(|f| f.contains(&command.span.start)) {
            continue;
        }
        let found = of_command(command, &tables);
        // What hides or writes a file does so with the switch too.
        let told = |r: &Reason| !r.opaque && !command.writes_file;
        if !found.is_empty()
            && found.iter().all(told)
            && is_preview(text, &script, command, &tables)
        {
            preview = true;
            continue;
        }
        reasons.extend(found);
    }
    for opaque in &script.opaque {
        let shown = text.get(opaque.span.clone()).unwrap_or("");
        reasons.push(hidden(format!("{}: {}", opaque.what, short(shown))));
    }
    let by_name = |c: &Command| c.writes_file && c.name.is_some();
    if script.scanned.writes_file && !script.commands.iter().any(by_name) {
        reasons.push(seen(Risk::Change, "output goes to a file".into()));
    }
    // The grammar is not the sole judge: a command name that stands in code and that the grammar
    // did not report counts all the same.
    let code = script.scanned.code.as_str();
    for word in COMMAND_NAME.find_iter(code) {
        let effect = effect_of(word.as_str());
        if effect >= Effect::Destructive && !script.commands.iter().any(|c| c.is(word.as_str())) {
            reasons.push(seen(
                Risk::Destructive,
                format!("{} stands in the text", word.as_str()),
            ));
        }
    }
    reasons.extend(assigns::changes(code, &tables));
    if let Some(found) = names::redefines(text, code) {
        reasons.push(hidden(format!("what a name means may change: {found}")));
    }
    let worst = |reasons: &mut dyn Iterator<Item = &Reason>| {
        reasons.map(|r| r.risk).max().unwrap_or(Risk::Read)
    };
    let risk = worst(&mut reasons.iter());
    let least = worst(&mut reasons.iter().filter(|r| !r.conditional));
    let removes_cms = central::removes(text, &script, reasons.iter().any(|r| r.opaque));
    Judgement {
        risk,
        least,
        reasons,
        removes_cms,
        preview,
        script,
    }
}

fn seen(risk: Risk, text: String) -> Reason {
    Reason {
        risk,
        text,
        opaque: false,
        conditional: false,
    }
}

fn hidden(text: String) -> Reason {
    Reason {
        risk: Risk::Destructive,
        text: format!("{text} (cannot be judged by reading)"),
        opaque: true,
        conditional: false,
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[expect(
    clippy::unwrap_used,
    reason = "constant patterns, covered by the tests"
)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static COMMAND_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b[A-Za-z]{2,}-[A-Za-z][A-Za-z0-9]+"));

fn of_command(command: &Command, tables: &Tables) -> Vec<Reason> {
    let Some(name) = command.name.as_deref() else {
        return Vec::new();
    };
    let one = |reason| vec![reason];
    if command.by_path {
        return one(hidden(format!("{name} is a script or program by its path")));
    }
    if let Some(why) = hides(command) {
        return one(hidden(format!("{name} {why}")));
    }
    match effect_of(name) {
        Effect::Opaque => one(hidden(format!("{name} runs what is not seen here"))),
        Effect::Destructive => one(seen(
            Risk::Destructive,
            format!("{name} removes, moves or overwrites"),
        )),
        Effect::Change => {
            let mut reasons = vec![seen(Risk::Change, format!("{name} changes the deployment"))];
            reasons.extend(worse(command, name, tables));
            reasons
        }
        Effect::Read => {
            let mut reasons = worse_reading(command, name);
            if command.writes_file {
                reasons.push(seen(Risk::Change, format!("{name} writes a file")));
            }
            reasons
        }
    }
}

/// Parameters of commands that else only look: `Export-CsArchivingData -Purge`.
fn worse_reading(command: &Command, name: &str) -> Vec<Reason> {
    let given = command.pairs().filter(|(_, value)| !is_off(*value));
    given
        .filter_map(|(parameter, value)| {
            let lower = parameter.to_ascii_lowercase();
            let changing = ["repair", "reset", "setup", "update"];
            let risk = if assigns::leaves_the_text(value) {
                Risk::Change
            } else if takes_away(parameter) {
                Risk::Destructive
            } else if changing.iter().any(|w| lower.starts_with(w)) {
                Risk::Change
            } else {
                return None;
            };
            Some(seen(risk, format!("{name} with -{parameter}")))
        })
        .collect()
}

/// Beginnings of parameters that take something away.
const TAKING_AWAY: &[&str] = &["clear", "delete", "detach", "drop", "purge", "remove"];

/// True for a parameter of a name that says so.
fn takes_away(parameter: &str) -> bool {
    let lower = parameter.to_ascii_lowercase();
    TAKING_AWAY.iter().any(|word| lower.starts_with(word))
}

/// Switches that make a changing command destructive.
const DESTRUCTIVE_SWITCHES: &[&str] = &["Clean", "Force", "DisasterMode"];

/// Words that make a program without a verb destructive: `net user x /delete`, `robocopy /mir`.
const DESTRUCTIVE_WORDS: &[&str] = &[
    "cl",
    "d",
    "erase",
    "format",
    "import",
    "kill",
    "mir",
    "mov",
    "move",
    "rd",
    "reset",
    "restore",
    "rmdir",
    "stop",
    "uninstall",
];

/// What makes a change destructive: a switch of its own, one in a splatted table, a word.
fn worse(command: &Command, name: &str, tables: &Tables) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for argument in &command.arguments {
        match argument {
            Argument::Parameter { name: given, .. }
                if is_program(name) && is_destructive_word(given) =>
            {
                reasons.push(seen(Risk::Destructive, format!("{name} with -{given}")));
            }
            Argument::Parameter {
                name: given, value, ..
            } => {
                if let Some(switch) = destructive_switch(given).filter(|_| !is_off(value.as_ref()))
                {
                    reasons.push(seen(Risk::Destructive, format!("{name} with -{switch}")));
                }
            }
            Argument::Splat { name: table, .. } => match tables.get(table) {
                Some(table) if !table.open => {
                    for (key, value, conditional) in &table.entries {
                        if let Some(switch) =
                            destructive_switch(key).filter(|_| !is_off(Some(value)))
                        {
                            reasons.push(Reason {
                                conditional: *conditional,
                                ..seen(Risk::Destructive, format!("{name} with -{switch}"))
                            });
                        }
                    }
                }
                _ => reasons.push(hidden(format!("{name} takes parameters from @{table}"))),
            },
            Argument::Value(value) if is_program(name) => match &value.kind {
                ValueKind::Bare(word) | ValueKind::Text(word) => {
                    if is_destructive_word(word) {
                        reasons.push(seen(Risk::Destructive, format!("{name} with {word}")));
                    }
                }
                ValueKind::Number(_) => {}
                _ => reasons.push(hidden(format!("{name} with an argument that is computed"))),
            },
            Argument::Value(_) => {}
        }
    }
    reasons.extend(
        command
            .pairs()
            .filter(|(given, value)| takes_away(given) && !is_off(*value))
            .map(|(given, _)| seen(Risk::Destructive, format!("{name} with -{given}"))),
    );
    reasons
}

/// True for a program: no alias and no cmdlet.
pub(crate) fn is_program(name: &str) -> bool {
    !full_name(name).contains('-')
}

fn is_destructive_word(word: &str) -> bool {
    let lower = word.trim_start_matches(['/', '-']).to_ascii_lowercase();
    let first = lower.split([':', '=']).next().unwrap_or("");
    first.starts_with("del")
        || ["delete", "remove", "purge"]
            .iter()
            .any(|w| first.contains(w))
        || DESTRUCTIVE_WORDS.contains(&first)
}

/// True for a parameter of this name that makes a command destructive that else only reads, or
/// changes.
pub(super) fn is_destructive_parameter(reads: bool, name: &str) -> bool {
    takes_away(name)
        || !reads
            && DESTRUCTIVE_SWITCHES
                .iter()
                .any(|s| s.eq_ignore_ascii_case(name))
}

fn destructive_switch(name: &str) -> Option<&'static str> {
    DESTRUCTIVE_SWITCHES
        .iter()
        .find(|switch| begins(name, switch))
        .copied()
}

fn is_off(value: Option<&Value>) -> bool {
    matches!(
        value.map(|v| &v.kind),
        Some(ValueKind::Variable(v)) if v.eq_ignore_ascii_case("false")
    )
}

/// Modules that are loaded by their name in this field; every other one may run anything.
const MODULES: &[&str] = &[
    "activedirectory",
    "dnsclient",
    "dnsserver",
    "lync",
    "nettcpip",
    "servermanager",
    "skypeforbusiness",
    "smbshare",
    "sqlps",
    "sqlserver",
    "webadministration",
];

/// Why a command that looks harmless by its name is not seen through.
fn hides(command: &Command) -> Option<&'static str> {
    let name = full_name(command.name.as_deref().unwrap_or(""));
    let changes = effect_of(&name) > Effect::Read;
    let drive = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower.contains("function:") || lower.contains("alias:") || changes && lower.contains("env:")
    };
    let word = |value: &Value| match &value.kind {
        ValueKind::Bare(text) | ValueKind::Text(text) | ValueKind::Number(text) => {
            Some(text.clone())
        }
        _ => None,
    };
    let mut values = command.arguments.iter().filter_map(|a| match a {
        Argument::Value(value) => Some(value),
        Argument::Parameter { value, .. } => value.as_ref(),
        Argument::Splat { .. } => None,
    });
    if name.eq_ignore_ascii_case("ForEach-Object") {
        let named = command.may_give("MemberName") || command.has_splat();
        let plain = |v: &Value| !matches!(v.kind, ValueKind::Block(_));
        // Without a block a default could name the member.
        let bare = command.arguments.is_empty();
        return (named || bare || values.any(plain)).then_some("calls a member by its name");
    }
    if name.eq_ignore_ascii_case("Import-Module") {
        let known =
            |v: &Value| word(v).is_some_and(|w| MODULES.contains(&w.to_ascii_lowercase().as_str()));
        let any = values.clone().next().is_some();
        return (command.has_splat() || command.piped || !any || !values.all(known))
            .then_some("loads a module that csdeck does not know");
    }
    values
        .filter_map(word)
        .any(|text| drive(&text))
        .then_some("works on functions, aliases or the path")
}

#[cfg(test)]
mod tests;
