//! `csdeck cmdlet show NAME [PARAMETER]`.

use serde_json::{Value, json};

use crate::cli::{Context, Failure, Format};
use crate::cmdlet::{Cmdlet, Parameter, Place, Product, effect_of, explain};
use crate::near::did_you_mean;

pub(super) fn show(
    cx: &mut Context,
    format: Format,
    cmdlet: &Cmdlet,
    parameter: Option<String>,
) -> Result<(), Failure> {
    let parameter = parameter
        .map(|name| {
            let name = name.trim_start_matches('-');
            cmdlet.parameter(name).ok_or_else(|| {
                let near = did_you_mean(name, cmdlet.parameters.iter().map(|p| p.name));
                Failure::usage(format!("{} has no parameter -{name}.{near}", cmdlet.name))
            })
        })
        .transpose()?;
    match (format, parameter) {
        (Format::Table | Format::Tree, None) => cx.out.text(explain::cmdlet(cmdlet).trim_end()),
        (Format::Table | Format::Tree, Some(p)) => {
            cx.out.text(explain::parameter(cmdlet, p).trim_end())
        }
        (Format::Json, None) => cx.out.json(&document(cmdlet)),
        (Format::Json, Some(p)) => cx.out.json(&of_parameter(p)),
        (Format::Jsonl, None) => cx.out.jsonl(&document(cmdlet)),
        (Format::Jsonl, Some(p)) => cx.out.jsonl(&of_parameter(p)),
    }
}

fn document(cmdlet: &Cmdlet) -> Value {
    let sets: Vec<Value> = cmdlet
        .sets
        .iter()
        .map(|set| {
            let members: Vec<Value> = set
                .members
                .iter()
                .filter_map(|m| {
                    let parameter = cmdlet.parameters.get(m.parameter)?;
                    Some(json!({
                        "name": parameter.name,
                        "required": m.required,
                        "position": m.position,
                    }))
                })
                .collect();
            json!({
                "name": set.name,
                "default": cmdlet.default_set == Some(set.name),
                "syntax": explain::syntax(cmdlet, set),
                "parameters": members,
            })
        })
        .collect();
    json!({
        "name": cmdlet.name,
        "products": cmdlet.products.iter().map(Product::code).collect::<Vec<_>>(),
        "exchange": cmdlet.exchange,
        "whatIf": cmdlet.has_what_if(),
        "effect": effect_of(cmdlet.name).risk(),
        "runsOn": Place::of(cmdlet).word(),
        "runsOnText": Place::of(cmdlet).text(),
        "sets": sets,
        "parameters": cmdlet.parameters.iter().map(of_parameter).collect::<Vec<_>>(),
    })
}

fn of_parameter(parameter: &Parameter) -> Value {
    let mut pipeline = Vec::new();
    if parameter.by_value {
        pipeline.push("byValue");
    }
    if parameter.by_property {
        pipeline.push("byPropertyName");
    }
    json!({
        "name": parameter.name,
        "type": parameter.value_type.name,
        "takes": parameter.value_type.kind.hint(),
        "list": parameter.value_type.list,
        "switch": parameter.is_switch(),
        "pipeline": pipeline,
        "products": parameter.products.iter().map(Product::code).collect::<Vec<_>>(),
        "aliases": parameter.aliases,
        "values": parameter.values,
        "valuesComplete": !parameter.open_values,
    })
}
