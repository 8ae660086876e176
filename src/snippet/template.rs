//! The body of a snippet, taken apart so that values can be put in.

use crate::cmdlet::{Cmdlet, Parameter, catalogue, check};
use crate::powershell::{
    Argument, Command, Element, Piece, Script, Statement, StatementKind, Value, ValueKind, literal,
};

/// How a body renders.
#[derive(Debug, Clone)]
pub enum Template {
    /// One line per statement.
    Commands(Vec<Line>),
    /// The script as it is, wrapped in a call.
    Script {
        /// Why it cannot be rendered as commands.
        reason: String,
    },
}

/// One statement: commands joined by `|`.
pub type Line = Vec<CommandTemplate>;

/// A command with places for values.
#[derive(Debug, Clone)]
pub struct CommandTemplate {
    /// The name as written.
    pub name: String,
    /// The arguments in order.
    pub arguments: Vec<Part>,
}

/// An argument.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text that stays as it is.
    Verbatim(String),
    /// `-Name value`: gone when the value is unset.
    Named(String, Slot),
    /// `-Name:value`: a switch is present or gone.
    Attached(String, Slot),
    /// A value of its own.
    Positional(Slot),
    /// The entries of a splatted hashtable, in the order they were collected.
    Splat(Vec<Entry>),
}

/// One collected parameter.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The parameter's name.
    pub name: String,
    /// When it is collected.
    pub when: When,
    /// Its value.
    pub value: Slot,
}

/// The condition of a collected parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// It stands in `@{ ... }`.
    Always,
    /// `if ($PSBoundParameters.ContainsKey('X'))`: a value was given.
    Given(String),
    /// `if ($X)`: the value is not empty, zero or false.
    True(String),
}

/// A value with places for the values of fields.
#[derive(Debug, Clone)]
pub enum Slot {
    /// Text that stays as it is.
    Verbatim(String),
    /// The value of a field.
    Field(String),
    /// `a,b,c`.
    Array(Vec<Slot>),
    /// A string in which fields are put.
    Text(Vec<Piece>),
    /// `@{ k = v }`.
    Hash(Vec<(String, Slot)>),
}

/// Takes a body apart. `is_field` tells the names of fields from other variables.
pub fn compile(source: &str, script: &Script, is_field: &dyn Fn(&str) -> bool) -> Template {
    let mut compiler = Compiler {
        source,
        is_field,
        collected: Vec::new(),
    };
    let mut lines = Vec::new();
    for statement in &script.statements {
        match compiler.statement(statement) {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => {}
            Err(reason) => return Template::Script { reason },
        }
    }
    if lines.is_empty() {
        return Template::Script {
            reason: "the body holds no command".into(),
        };
    }
    Template::Commands(lines)
}

/// The parameter of the reference that a field is passed to, in the first command that takes it.
/// Loads the catalogue.
pub fn passed_to(
    template: &Template,
    field: &str,
) -> Option<(&'static Cmdlet, &'static Parameter)> {
    let Template::Commands(lines) = template else {
        return None;
    };
    let is = |slot: &Slot| match slot {
        Slot::Field(name) => name.eq_ignore_ascii_case(field),
        Slot::Array(items) => items
            .iter()
            .any(|i| matches!(i, Slot::Field(n) if n.eq_ignore_ascii_case(field))),
        _ => false,
    };
    let switch = |entry: &Entry| match &entry.when {
        When::True(name) | When::Given(name) => name.eq_ignore_ascii_case(field),
        When::Always => false,
    };
    lines.iter().flatten().find_map(|command| {
        let name = command.arguments.iter().find_map(|part| match part {
            Part::Named(name, slot) | Part::Attached(name, slot) => is(slot).then_some(name),
            Part::Splat(entries) => entries
                .iter()
                .find(|e| is(&e.value) || switch(e))
                .map(|e| &e.name),
            Part::Verbatim(_) | Part::Positional(_) => None,
        })?;
        let cmdlet = catalogue().get(&command.name)?;
        match check::resolve(cmdlet, name) {
            check::Resolved::Own(index, _) => Some((cmdlet, cmdlet.parameters.get(index)?)),
            _ => None,
        }
    })
}

struct Compiler<'a> {
    source: &'a str,
    is_field: &'a dyn Fn(&str) -> bool,
    collected: Vec<(String, Vec<Entry>)>,
}

impl Compiler<'_> {
    fn statement(&mut self, statement: &Statement) -> Result<Option<Line>, String> {
        match &statement.kind {
            StatementKind::Pipeline(elements) => self.pipeline(elements).map(Some),
            StatementKind::Assignment {
                variable,
                member: None,
                value,
            } if !(self.is_field)(variable) => {
                let ValueKind::Hash(entries) = &value.kind else {
                    return Err(format!("it assigns to ${variable}"));
                };
                let entries = entries
                    .iter()
                    .map(|(name, value)| {
                        Ok(Entry {
                            name: name.clone(),
                            when: When::Always,
                            value: self.slot(value)?,
                        })
                    })
                    .collect::<Result<_, String>>()?;
                self.collected
                    .retain(|(name, _)| !name.eq_ignore_ascii_case(variable));
                self.collected.push((variable.clone(), entries));
                Ok(None)
            }
            StatementKind::Assignment { .. } => {
                self.collect(statement, When::Always).map(|()| None)
            }
            StatementKind::If { condition, body } => {
                let when = self.condition(condition)?;
                for inner in body {
                    self.collect(inner, when.clone())?;
                }
                Ok(None)
            }
            StatementKind::Other => Err("it has control flow or definitions".into()),
        }
    }

    fn collect(&mut self, statement: &Statement, when: When) -> Result<(), String> {
        let StatementKind::Assignment {
            variable,
            member: Some(member),
            value,
        } = &statement.kind
        else {
            return Err("it does more under a condition than collect parameters".into());
        };
        let value = self.slot(value)?;
        match self
            .collected
            .iter_mut()
            .find(|(name, _)| name.eq_ignore_ascii_case(variable))
        {
            Some((_, entries)) => {
                entries.push(Entry {
                    name: member.clone(),
                    when,
                    value,
                });
                Ok(())
            }
            None => Err(format!("${variable} is not a hashtable made above")),
        }
    }

    /// `$X` or `$PSBoundParameters.ContainsKey('X')`.
    fn condition(&self, text: &str) -> Result<When, String> {
        let unknown = || format!("the condition ({text}) is not one that csdeck reads");
        let name = text.strip_prefix('$').ok_or_else(unknown)?;
        if (self.is_field)(name) {
            return Ok(When::True(name.to_owned()));
        }
        let (head, tail) = name.split_once('(').ok_or_else(unknown)?;
        let argument = tail
            .strip_suffix(')')
            .and_then(|a| literal::value_of(a.trim()));
        match argument {
            Some(field)
                if head
                    .trim()
                    .eq_ignore_ascii_case("PSBoundParameters.ContainsKey")
                    && (self.is_field)(&field) =>
            {
                Ok(When::Given(field))
            }
            _ => Err(unknown()),
        }
    }

    fn pipeline(&self, elements: &[Element]) -> Result<Line, String> {
        elements
            .iter()
            .map(|element| match element {
                Element::Command(command) => self.command(command),
                Element::Expression(_) => Err("a pipeline holds an expression".into()),
            })
            .collect()
    }

    fn command(&self, command: &Command) -> Result<CommandTemplate, String> {
        let written = self.source.get(command.span.clone()).unwrap_or("");
        let name = written.split_whitespace().next().unwrap_or("").to_owned();
        if command.name.is_none() || name.starts_with(['&', '.']) {
            return Err("a command's name is computed".into());
        }
        if command.writes_file {
            return Err("it redirects output".into());
        }
        let mut arguments = Vec::new();
        let mut given = command.arguments.iter().peekable();
        while let Some(argument) = given.next() {
            arguments.push(match argument {
                Argument::Parameter {
                    name,
                    value: Some(value),
                    ..
                } => match self.slot(value)? {
                    Slot::Verbatim(text) => Part::Verbatim(format!("-{name}:{text}")),
                    slot => Part::Attached(name.clone(), slot),
                },
                Argument::Parameter {
                    name, value: None, ..
                } => {
                    // A field right behind a parameter is its value; everything else stays where
                    // it is, so a switch before a literal needs no knowledge of the cmdlet.
                    match given.peek() {
                        Some(Argument::Value(value)) => match self.slot(value)? {
                            Slot::Verbatim(_) => Part::Verbatim(format!("-{name}")),
                            slot => {
                                given.next();
                                Part::Named(name.clone(), slot)
                            }
                        },
                        _ => Part::Verbatim(format!("-{name}")),
                    }
                }
                Argument::Value(value) => match self.slot(value)? {
                    Slot::Verbatim(text) => Part::Verbatim(text),
                    slot => Part::Positional(slot),
                },
                Argument::Splat { name, .. } => {
                    let entries = self
                        .collected
                        .iter()
                        .find(|(n, _)| n.eq_ignore_ascii_case(name))
                        .map(|(_, e)| e.clone());
                    Part::Splat(
                        entries.ok_or_else(|| format!("@{name} is not a hashtable made above"))?,
                    )
                }
            });
        }
        Ok(CommandTemplate { name, arguments })
    }

    /// True when the name of a field stands behind a `$` in the value.
    fn mentions_field(&self, value: &Value) -> bool {
        let text = self.source.get(value.span.clone()).unwrap_or("");
        text.split('$').skip(1).any(|rest| {
            let in_name = |c: &char| c.is_alphanumeric() || *c == '_';
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let name: String = rest.chars().take_while(in_name).collect();
            (self.is_field)(&name)
        })
    }

    fn slot(&self, value: &Value) -> Result<Slot, String> {
        let verbatim =
            || Slot::Verbatim(self.source.get(value.span.clone()).unwrap_or("").to_owned());
        Ok(match &value.kind {
            ValueKind::Variable(name) if (self.is_field)(name) => Slot::Field(name.clone()),
            ValueKind::Variable(name)
                if ["true", "false", "null"]
                    .iter()
                    .any(|k| name.eq_ignore_ascii_case(k)) =>
            {
                Slot::Verbatim(format!("${}", name.to_ascii_lowercase()))
            }
            ValueKind::Variable(name) => return Err(format!("${name} is not a field")),
            ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Bare(_) => verbatim(),
            ValueKind::Array(items) => {
                let slots = items
                    .iter()
                    .map(|i| self.slot(i))
                    .collect::<Result<Vec<_>, _>>()?;
                if slots.iter().all(|s| matches!(s, Slot::Verbatim(_))) {
                    verbatim()
                } else {
                    Slot::Array(slots)
                }
            }
            ValueKind::Expandable(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Variable(name) if !(self.is_field)(name) => {
                            return Err(format!("${name} in a string is not a field"));
                        }
                        Piece::Other => return Err("a string holds a computed part".into()),
                        _ => {}
                    }
                }
                Slot::Text(pieces.clone())
            }
            ValueKind::Hash(entries) => Slot::Hash(
                entries
                    .iter()
                    .map(|(k, v)| Ok((k.clone(), self.slot(v)?)))
                    .collect::<Result<_, String>>()?,
            ),
            ValueKind::Block(_) if self.mentions_field(value) => {
                return Err("a field stands inside a script block".into());
            }
            ValueKind::Block(_) => verbatim(),
            // Computed where it runs; nothing of the form is in it.
            ValueKind::Nested(_)
                if !self
                    .source
                    .get(value.span.clone())
                    .is_none_or(|t| t.contains('$')) =>
            {
                verbatim()
            }
            ValueKind::Nested(_) | ValueKind::Other => return Err("an argument is computed".into()),
        })
    }
}
