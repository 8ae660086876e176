//! What the reference says of a cmdlet or a parameter, in words: the same text for the console
//! and the commands.

use std::fmt::Write as _;

use super::catalogue::{Cmdlet, Parameter, ParameterSet, catalogue};
use super::effect::{Effect, effect_of};
use super::place::Place;
use super::risk;
use crate::powershell;

/// A parameter set as the reference's syntax block shows it.
pub fn syntax(cmdlet: &Cmdlet, set: &ParameterSet) -> String {
    let mut text = cmdlet.name.to_owned();
    for member in &set.members {
        let Some(parameter) = cmdlet.parameters.get(member.parameter) else {
            continue;
        };
        let name = match member.position {
            Some(_) if !parameter.is_switch() => format!("[-{}]", parameter.name),
            _ => format!("-{}", parameter.name),
        };
        let argument = match parameter.is_switch() {
            true => name,
            false => format!("{name} <{}>", parameter.value_type.name),
        };
        let _ = match member.required {
            true => write!(text, " {argument}"),
            false => write!(text, " [{argument}]"),
        };
    }
    text
}

/// Everything about a cmdlet.
pub fn cmdlet(cmdlet: &Cmdlet) -> String {
    let mut text = format!("{}\n\n", cmdlet.name);
    let mut pair = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {value}");
    };
    pair("products", &cmdlet.products.to_string());
    pair(
        "module",
        if cmdlet.exchange {
            "Exchange Management Shell"
        } else {
            "Lync (2010, 2013), SkypeForBusiness (2015, 2019)"
        },
    );
    pair("runs on", Place::of(cmdlet).text());
    pair("effect", &effect(cmdlet));
    pair(
        "-WhatIf",
        if cmdlet.has_what_if() {
            "yes"
        } else {
            "no: it cannot be asked what it would do"
        },
    );
    for set in &cmdlet.sets {
        let default = if cmdlet.default_set == Some(set.name) && cmdlet.sets.len() > 1 {
            " (default)"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "\nParameter set {}{default}\n{}",
            set.name,
            syntax(cmdlet, set)
        );
    }
    let _ = writeln!(text, "\nParameters");
    for parameter in &cmdlet.parameters {
        let _ = writeln!(
            text,
            "-{}: {}",
            parameter.name,
            facts(cmdlet, parameter).join(" ")
        );
    }
    text
}

/// The first cmdlet of the reference that a text calls.
pub fn first_cmdlet(text: &str) -> Option<&'static Cmdlet> {
    let script = powershell::parse(text).ok()?;
    script.commands.iter().find_map(|c| catalogue().of(c))
}

/// What running the cmdlet does, and which of its parameters make it worse.
fn effect(cmdlet: &Cmdlet) -> String {
    let word = match effect_of(cmdlet.name) {
        Effect::Read => "read",
        Effect::Change => "change",
        Effect::Destructive | Effect::Opaque => {
            return "destructive: it removes, moves or overwrites".to_owned();
        }
    };
    let worse: Vec<String> = cmdlet
        .parameters
        .iter()
        .filter(|p| risk::is_destructive_parameter(word == "read", p.name))
        .map(|p| format!("-{}", p.name))
        .collect();
    match worse.is_empty() {
        true => word.to_owned(),
        false => format!("{word}; destructive with {}", worse.join(" or ")),
    }
}

/// Everything about a parameter of a cmdlet.
pub fn parameter(cmdlet: &Cmdlet, parameter: &Parameter) -> String {
    let mut text = format!("-{} of {}\n\n", parameter.name, cmdlet.name);
    for fact in facts(cmdlet, parameter) {
        let _ = writeln!(text, "{fact}");
    }
    let index = cmdlet.index_of(parameter.name);
    for set in &cmdlet.sets {
        let Some(member) = index.and_then(|n| set.member(n)) else {
            continue;
        };
        let _ = writeln!(
            text,
            "{} in parameter set {}.",
            if member.required {
                "Required"
            } else {
                "Optional"
            },
            set.name
        );
    }
    text
}

/// One sentence each.
fn facts(cmdlet: &Cmdlet, parameter: &Parameter) -> Vec<String> {
    let mut facts = vec![if parameter.is_switch() {
        "Switch.".to_owned()
    } else {
        format!(
            "{}: {}{}.",
            parameter.value_type.name,
            parameter.value_type.kind.hint(),
            if parameter.value_type.list {
                ", one or several"
            } else {
                ""
            }
        )
    }];
    if !parameter.values.is_empty() {
        facts.push(format!(
            "Values: {}{}.",
            parameter.values.join(", "),
            if parameter.open_values {
                "; the list is not complete"
            } else {
                ""
            }
        ));
    }
    match (parameter.by_value, parameter.by_property) {
        (true, true) => {
            facts.push("Binds the pipeline's objects, or their property of this name.".into())
        }
        (true, false) => facts.push("Binds the pipeline's objects.".into()),
        (false, true) => {
            facts.push("Binds the property of this name of the pipeline's objects.".into())
        }
        (false, false) => {}
    }
    if !parameter.aliases.is_empty() {
        facts.push(format!("Also -{}.", parameter.aliases.join(", -")));
    }
    if parameter.products.is_empty() {
        facts.push("In the online service only.".into());
    } else if parameter.products != cmdlet.products {
        facts.push(format!("In {}.", parameter.products));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmdlet::catalogue;

    #[test]
    fn a_cmdlet_in_words() {
        let install = catalogue().get("Install-CsDatabase").expect("known");
        let text = cmdlet(install);
        for part in [
            "L2010 L2013 S2015 S2019",
            "line to SQL",
            "-WhatIf: yes",
            "Parameter set ByLocal",
            "Install-CsDatabase -CentralManagementDatabase [-Clean]",
            "-SqlServerFqdn <Fqdn>",
            "-DatabasePathMap: Hashtable: key=value; key=value. In L2013 S2015 S2019.",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let kind = install.parameter("DatabaseType").expect("known");
        let text = parameter(install, kind);
        assert!(
            text.contains("Monitoring") && text.contains("Required in parameter set ByDatabase.")
        );
    }
}
