//! Reading of `reference.txt`; its head describes the format.

use std::str::Lines;

use super::model::{Cmdlet, Member, Parameter, ParameterSet};
use super::product::Products;
use super::types::ValueType;

/// Reads the whole text. A line that does not follow the format is an error with its number; the
/// text is part of the program, so that the tests find it.
pub fn parse(text: &'static str) -> Result<Vec<Cmdlet>, String> {
    let mut cmdlets: Vec<(Cmdlet, bool)> = Vec::with_capacity(1000);
    for (n, line) in numbered(text.lines()) {
        let bad = |what: &str| format!("line {n}: {what}: {line}");
        let Some((kind, rest)) = line.split_once(' ') else {
            return Err(bad("no kind"));
        };
        let mut fields = rest.split('|');
        let mut next = || fields.next().unwrap_or("");
        let name = next();
        match kind {
            "C" => {
                let products = Products::of_letters(next()).ok_or_else(|| bad("products"))?;
                let flags = next();
                let default = next();
                cmdlets.push((
                    Cmdlet {
                        name,
                        products,
                        exchange: flags.contains('X'),
                        default_set: (!default.is_empty()).then_some(default),
                        parameters: Vec::new(),
                        sets: Vec::new(),
                    },
                    flags.contains('W'),
                ));
            }
            "P" => {
                let (cmdlet, _) = cmdlets.last_mut().ok_or_else(|| bad("no cmdlet"))?;
                let value_type = ValueType::of(next());
                let pipeline = next();
                let products = match next() {
                    "" => cmdlet.products,
                    "-" => Products::default(),
                    letters => Products::of_letters(letters).ok_or_else(|| bad("products"))?,
                };
                let aliases = list(next());
                let mut values = list(next());
                let open_values = values.pop_if(|last| *last == "...").is_some();
                cmdlet.parameters.push(Parameter {
                    name,
                    value_type,
                    by_value: pipeline.contains('v'),
                    by_property: pipeline.contains('n'),
                    products,
                    aliases,
                    values,
                    open_values,
                });
            }
            "S" => {
                let (cmdlet, _) = cmdlets.last_mut().ok_or_else(|| bad("no cmdlet"))?;
                let members = next()
                    .split_whitespace()
                    .map(|m| member(m).filter(|m| m.parameter < cmdlet.parameters.len()))
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| bad("members"))?;
                cmdlet.sets.push(ParameterSet { name, members });
            }
            _ => return Err(bad("unknown kind")),
        }
    }
    Ok(cmdlets
        .into_iter()
        .map(|(mut cmdlet, common)| {
            if common {
                add_common(&mut cmdlet);
            }
            cmdlet
        })
        .collect())
}

fn numbered(lines: Lines<'static>) -> impl Iterator<Item = (usize, &'static str)> {
    lines
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
}

fn list(field: &'static str) -> Vec<&'static str> {
    field.split(',').filter(|v| !v.is_empty()).collect()
}

/// `12!@0`.
fn member(text: &str) -> Option<Member> {
    let (text, position) = match text.split_once('@') {
        Some((text, position)) => (text, Some(position.parse().ok()?)),
        None => (text, None),
    };
    let (index, required) = match text.strip_suffix('!') {
        Some(index) => (index, true),
        None => (text, false),
    };
    Some(Member {
        parameter: index.parse().ok()?,
        required,
        position,
    })
}

/// `-WhatIf` and `-Confirm`, which most cmdlets have in every set.
fn add_common(cmdlet: &mut Cmdlet) {
    for (name, alias) in [("WhatIf", "wi"), ("Confirm", "cf")] {
        let parameter = cmdlet.parameters.len();
        cmdlet.parameters.push(Parameter {
            name,
            value_type: ValueType::of(""),
            by_value: false,
            by_property: false,
            products: cmdlet.products,
            aliases: vec![alias],
            values: Vec::new(),
            open_values: false,
        });
        for set in &mut cmdlet.sets {
            set.members.push(Member {
                parameter,
                required: false,
                position: None,
            });
        }
    }
}
