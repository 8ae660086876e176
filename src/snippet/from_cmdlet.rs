//! A form for any cmdlet: a snippet made from what the reference says, without anybody writing
//! one. What is made is an ordinary `.ps1` text, so that it renders, lints and is saved like any
//! other.

mod pasted;

use std::fmt::Write as _;

use crate::cmdlet::{Cmdlet, Parameter, ParameterSet, Place};
use crate::powershell::{Kind, LiteralError};

pub use pasted::FilledPlan;

use super::is_secret_name;
use super::library::Layer;
use super::model::Snippet;
use super::read::{ReadError, read};
use super::values::Values;

/// The command that a form is made for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The cmdlet.
    pub cmdlet: &'static Cmdlet,
    /// The parameter set.
    pub set: &'static ParameterSet,
    /// Parameters that are required although the set could do without: a pasted command named
    /// them and lost their value. Indexes into the cmdlet's parameters.
    pub lost: Vec<usize>,
    /// Arguments that stay as they are written, such as `-Verbose` or `-Confirm:$false`.
    pub kept: Vec<String>,
    /// What follows in the pipeline, with its `|`; empty when nothing does.
    pub tail: String,
    /// Parameters whose value is computed, with the expression as it is written: they are part of
    /// the command and no field.
    pub computed: Vec<(usize, String)>,
}

impl Plan {
    /// A form for one set of a cmdlet, nothing filled in.
    pub fn new(cmdlet: &'static Cmdlet, set: &'static ParameterSet) -> Plan {
        Plan {
            cmdlet,
            set,
            lost: Vec::new(),
            kept: Vec::new(),
            tail: String::new(),
            computed: Vec::new(),
        }
    }

    /// The same for another set; what is kept stays, what was lost and is not in the set is gone.
    pub fn with_set(&self, set: &'static ParameterSet) -> Plan {
        Plan {
            set,
            computed: self
                .computed
                .iter()
                .filter(|(p, _)| set.member(*p).is_some())
                .cloned()
                .collect(),
            lost: self
                .lost
                .iter()
                .copied()
                .filter(|p| set.member(*p).is_some())
                .collect(),
            ..self.clone()
        }
    }

    /// The id of the form: `cmdlet/install-csdatabase`, with the set behind it when there are
    /// several.
    pub fn id(&self) -> String {
        let name = self.cmdlet.name.to_ascii_lowercase();
        match self.cmdlet.sets.len() {
            1 => format!("cmdlet/{name}"),
            _ => format!("cmdlet/{name}-{}", self.set.name.to_ascii_lowercase()),
        }
    }

    /// The form.
    pub fn snippet(&self) -> Result<Snippet, ReadError> {
        let source = self
            .source(&Values::default())
            .map_err(|e| ReadError::from_literal(&e))?;
        read(&self.id(), &source, Layer::Reference)
    }

    /// The `.ps1` text. What `values` gives becomes the default of its field; everything else
    /// stays empty. PowerShell itself can run it.
    pub fn source(&self, values: &Values) -> Result<String, LiteralError> {
        let mut parameters: Vec<(&Parameter, bool)> = self
            .set
            .members
            .iter()
            .filter_map(|m| {
                let parameter = self.cmdlet.parameters.get(m.parameter)?;
                Some((parameter, m.required || self.lost.contains(&m.parameter)))
            })
            // What makes the set and has no value is written into the body.
            .filter(|(p, required)| !(p.is_switch() && *required))
            .filter(|(p, _)| self.computed_of(p.name).is_none())
            // What only an online service has would be refused by every server.
            .filter(|(p, required)| *required || !p.products.is_empty())
            .collect();
        // Required ones first; both parts in the order of the reference.
        parameters.sort_by_key(|(_, required)| !required);
        let mut text = self.help(&parameters);
        text.push_str("[CmdletBinding()]\nparam(\n");
        let mut defaults = Vec::new();
        for (n, (parameter, required)) in parameters.iter().enumerate() {
            // What is secret by its name is a string for the reference; it goes into no file.
            let default = match is_secret_name(parameter.name) {
                true => None,
                false => default(parameter, values)?,
            };
            let mandatory =
                *required && default.is_none() && !parameter.value_type.kind.is_secret();
            let _ = writeln!(
                text,
                "    [Parameter({})]\n    [{}]\n    ${}{}{}",
                if mandatory { "Mandatory = $true" } else { "" },
                declared(parameter),
                parameter.name,
                default
                    .as_ref()
                    .map_or_else(String::new, |d| format!(" = {d}")),
                if n + 1 < parameters.len() { ",\n" } else { "" },
            );
            defaults.push(default.is_some());
        }
        text.push_str(")\n\n");
        self.body(&mut text, &parameters, &defaults);
        Ok(text)
    }

    fn computed_of(&self, name: &str) -> Option<&str> {
        let is = |index: usize| {
            self.cmdlet
                .parameters
                .get(index)
                .is_some_and(|p| p.name == name)
        };
        let found = self.computed.iter().find(|(index, _)| is(*index));
        found.map(|(_, text)| text.as_str())
    }

    fn help(&self, parameters: &[(&Parameter, bool)]) -> String {
        let cmdlet = self.cmdlet;
        let mut text = String::from("<#\n.SYNOPSIS\n");
        text.push_str(cmdlet.name);
        if cmdlet.sets.len() > 1 {
            let _ = write!(text, ", parameter set {}", self.set.name);
        }
        let _ = writeln!(
            text,
            "\n.DESCRIPTION\nMade from the cmdlet reference: names, types and products, not what the parameters are good for."
        );
        for (parameter, required) in parameters {
            let _ = writeln!(
                text,
                ".PARAMETER {}\n{}",
                parameter.name,
                about(parameter, *required)
            );
        }
        let codes: Vec<&str> = cmdlet.products.iter().map(|p| p.code()).collect();
        let _ = writeln!(
            text,
            ".COMPONENT\n{}\n.NOTES\nRunsOn: {}\n#>",
            codes.join(", "),
            Place::of(cmdlet).word()
        );
        text
    }

    fn body(&self, text: &mut String, parameters: &[(&Parameter, bool)], defaults: &[bool]) {
        let switches = self
            .cmdlet
            .required(self.set)
            .filter(|p| p.is_switch())
            .map(|p| format!(" -{}", p.name));
        let mut command: String = self.cmdlet.name.to_owned();
        command.extend(switches);
        let mut collected = String::new();
        for ((parameter, required), has_default) in parameters.iter().zip(defaults) {
            let name = parameter.name;
            if parameter.is_switch() {
                let _ = writeln!(collected, "if (${name}) {{ $optional.{name} = $true }}");
            } else if *required || *has_default || parameter.value_type.kind.is_secret() {
                // A secret that is not required is never asked for unasked.
                if *required || *has_default {
                    let _ = write!(command, " -{name} ${name}");
                }
            } else {
                let _ = writeln!(
                    collected,
                    "if ($PSBoundParameters.ContainsKey('{name}')) {{ $optional.{name} = ${name} }}"
                );
            }
        }
        if !collected.is_empty() {
            text.push_str("$optional = @{}\n");
            text.push_str(&collected);
            command.push_str(" @optional");
        }
        for (index, text) in &self.computed {
            if let Some(parameter) = self.cmdlet.parameters.get(*index) {
                let _ = write!(command, " -{} {text}", parameter.name);
            }
        }
        for kept in &self.kept {
            command.push(' ');
            command.push_str(kept);
        }
        if !self.tail.is_empty() {
            command.push(' ');
            command.push_str(self.tail.trim());
        }
        text.push_str(&command);
        text.push('\n');
    }
}

/// The default that a value makes, as a constant.
fn default(parameter: &Parameter, values: &Values) -> Result<Option<String>, LiteralError> {
    let Some(given) = values.of(parameter.name) else {
        return Ok(None);
    };
    let kind = parameter.value_type.kind;
    let literals: Vec<String> = given
        .iter()
        .map(|v| kind.write(v).map(|w| w.literal))
        .collect::<Result<_, _>>()?;
    Ok(match (is_list(parameter), literals.as_slice()) {
        (_, []) => None,
        (true, many) => Some(format!("@({})", many.join(", "))),
        (false, [one, ..]) => Some(one.clone()),
    })
}

/// True when the field takes several values. An expression gives one object or several by itself.
pub(super) fn is_list(parameter: &Parameter) -> bool {
    parameter.value_type.list && parameter.value_type.kind != Kind::Object
}

/// The type of a field in `param()`.
pub(super) fn declared(parameter: &Parameter) -> String {
    let element = match parameter.value_type.kind {
        Kind::Switch => "switch",
        Kind::Text => "string",
        Kind::Bool => "bool",
        Kind::Integer(low, high) => integer(low, high),
        Kind::Guid => "guid",
        Kind::DateTime => "datetime",
        Kind::TimeSpan => "timespan",
        Kind::Hashtable => "hashtable",
        Kind::Secret => "securestring",
        Kind::Credential => "pscredential",
        Kind::ListChange | Kind::Object => "object",
    };
    if is_list(parameter) {
        format!("{element}[]")
    } else {
        element.to_owned()
    }
}

fn integer(low: i128, high: i128) -> &'static str {
    const TYPES: [&str; 8] = [
        "byte", "sbyte", "int16", "uint16", "int", "uint32", "long", "uint64",
    ];
    TYPES
        .into_iter()
        .find(|name| Kind::of_type(name) == Kind::Integer(low, high))
        .unwrap_or("long")
}

/// What the reference says of a parameter, in one line.
pub fn about(parameter: &Parameter, required: bool) -> String {
    let mut text = format!(
        "{}{}",
        parameter.value_type.name,
        if required { ", required." } else { "." }
    );
    if parameter.value_type.list {
        text.push_str(" Several values.");
    }
    if !parameter.values.is_empty() {
        let _ = write!(
            text,
            " {} {}{}.",
            if parameter.open_values {
                "Known values:"
            } else {
                "Values:"
            },
            parameter.values.join(", "),
            if parameter.open_values {
                " and others"
            } else {
                ""
            }
        );
    }
    if parameter.by_value || parameter.by_property {
        text.push_str(" Binds from the pipeline.");
    }
    text
}

#[cfg(test)]
mod tests;
