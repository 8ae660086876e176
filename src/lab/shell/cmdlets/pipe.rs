//! The cmdlets that stand behind a pipe: selecting, converting, laying out.

use crate::lab::shell::bind::Given;
use crate::lab::shell::call::{Call, Cmdlet, Result, Stop, plain};
use crate::lab::shell::error::ErrorRecord;
use crate::lab::shell::filter::{Condition, OPERATORS, like};
use crate::lab::shell::format;
use crate::lab::shell::json::to_json;
use crate::lab::shell::value::{Object, Value, View};

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "ConvertTo-Json",
        "Microsoft.PowerShell.Commands.ConvertToJsonCommand",
        &["InputObject~@0 Compress? Depth#"],
        json,
    ),
    plain(
        "Out-Host",
        "Microsoft.PowerShell.Commands.OutHostCommand",
        &["Paging? InputObject~"],
        pass,
    ),
    plain(
        "Out-Default",
        "Microsoft.PowerShell.Commands.OutDefaultCommand",
        &["InputObject~"],
        pass,
    ),
    plain(
        "Out-Null",
        "Microsoft.PowerShell.Commands.OutNullCommand",
        &["InputObject~"],
        |_| Ok(Vec::new()),
    ),
    plain(
        "Select-Object",
        "Microsoft.PowerShell.Commands.SelectObjectCommand",
        &["Property*@0 ExpandProperty ExcludeProperty* First# Last# Skip# Unique? InputObject~"],
        select,
    ),
    Cmdlet {
        raw: true,
        ..plain(
            "Where-Object",
            "Microsoft.PowerShell.Commands.WhereObjectCommand",
            &[],
            where_object,
        )
    },
    plain(
        "ForEach-Object",
        "Microsoft.PowerShell.Commands.ForEachObjectCommand",
        &["Process!@0 InputObject~"],
        for_each,
    ),
    plain(
        "Sort-Object",
        "Microsoft.PowerShell.Commands.SortObjectCommand",
        &["Property*@0 Descending? Unique? InputObject~"],
        sort,
    ),
    plain(
        "Measure-Object",
        "Microsoft.PowerShell.Commands.MeasureObjectCommand",
        &["Property*@0 InputObject~"],
        measure,
    ),
];

/// What came down the pipe, or what `-InputObject` gave, as one object.
pub fn input(call: &mut Call<'_, '_>) -> Vec<Value> {
    let given = call.args.value("InputObject").cloned();
    call.input
        .take()
        .or_else(|| given.map(|value| vec![value]))
        .unwrap_or_default()
}

/// The same, with collections taken apart, as the formatting cmdlets see it.
pub fn items(call: &mut Call<'_, '_>) -> Vec<Value> {
    input(call).into_iter().flat_map(Value::unroll).collect()
}

fn pass(call: &mut Call<'_, '_>) -> Result {
    Ok(items(call))
}

fn json(call: &mut Call<'_, '_>) -> Result {
    let depth = call.args.int("Depth").unwrap_or(2);
    if !(1..=100).contains(&depth) {
        let message = format!(
            "Cannot validate argument on parameter 'Depth'. The {depth} argument is not in the range of 1 to 100."
        );
        return Err(call
            .failed(
                message,
                "InvalidData,ParameterBindingValidationException",
                "ParameterArgumentValidationError",
            )
            .into());
    }
    let compress = call.args.on("Compress");
    let piped = call.input.is_some();
    let mut values = input(call);
    // What is piped becomes an array unless it is one object; nothing gives nothing.
    let value = match (piped, values.len()) {
        (_, 0) => return Ok(Vec::new()),
        (_, 1) => values.remove(0),
        (true, _) | (false, _) => Value::List(values),
    };
    let depth = usize::try_from(depth).unwrap_or(2);
    Ok(vec![Value::Text(to_json(&value, depth, compress))])
}

/// The objects among the values; strings and numbers are shown as they are.
pub fn objects(values: &[Value]) -> Option<Vec<&Object>> {
    let all: Vec<&Object> = values
        .iter()
        .filter_map(|v| match v {
            Value::Object(o) if !matches!(o.view, View::Text(_)) => Some(o),
            _ => None,
        })
        .collect();
    (all.len() == values.len() && !all.is_empty()).then_some(all)
}

/// The property names that the patterns stand for, in the first object's order.
pub fn chosen(objects: &[&Object], patterns: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for pattern in patterns {
        let names = objects
            .first()
            .map(|o| format::names(o))
            .unwrap_or_default();
        let fitting: Vec<String> = names.into_iter().filter(|n| like(pattern, n)).collect();
        match fitting.is_empty() && !pattern.contains(['*', '?']) {
            true => out.push(pattern.clone()),
            false => out.extend(
                fitting
                    .into_iter()
                    .filter(|n| !out.contains(n))
                    .collect::<Vec<_>>(),
            ),
        }
    }
    out
}

/// Property names from arguments; calculated properties are hashtables, which the lab lacks.
pub fn property_names(call: &Call<'_, '_>) -> Result<Vec<String>> {
    match call.args.value("Property") {
        Some(Value::Object(_)) => Err(calculated()),
        Some(Value::List(all)) if all.iter().any(|v| matches!(v, Value::Object(_))) => {
            Err(calculated())
        }
        Some(Value::Text(text)) if text.starts_with('{') => Err(calculated()),
        _ => Ok(call.args.list("Property")),
    }
}

pub fn calculated() -> Stop {
    Stop::Unsupported(
        "csdeck lab: calculated properties are not simulated; name the properties".to_owned(),
    )
}

fn select(call: &mut Call<'_, '_>) -> Result {
    let patterns = property_names(call)?;
    let mut values = items(call);
    let count = |name: &str| call.args.int(name).map(|n| usize::try_from(n).unwrap_or(0));
    if let Some(skip) = count("Skip") {
        values = values.into_iter().skip(skip).collect();
    }
    match (count("First"), count("Last")) {
        (Some(first), _) => values.truncate(first),
        (None, Some(last)) => values = values.split_off(values.len().saturating_sub(last)),
        (None, None) => {}
    }
    if let Some(name) = call.args.text("ExpandProperty") {
        return expand(call, &values, &name);
    }
    let excluded = call.args.list("ExcludeProperty");
    if !patterns.is_empty() || !excluded.is_empty() {
        let patterns = if patterns.is_empty() {
            vec!["*".to_owned()]
        } else {
            patterns
        };
        values = values
            .into_iter()
            .map(|v| narrowed(v, &patterns, &excluded))
            .collect();
    }
    if call.args.on("Unique") {
        let mut seen: Vec<Value> = Vec::new();
        for value in values {
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        values = seen;
    }
    Ok(values)
}

fn narrowed(value: Value, patterns: &[String], excluded: &[String]) -> Value {
    let Value::Object(object) = value else {
        return value;
    };
    let names = chosen(&[&object], patterns);
    let kept = names
        .into_iter()
        .filter(|n| !excluded.iter().any(|e| like(e, n)));
    let properties = kept.map(|n| {
        let value = object.get(&n).cloned().unwrap_or(Value::Null);
        (n, value)
    });
    Value::Object(Object {
        properties: properties.collect(),
        view: View::Auto,
    })
}

fn expand(call: &mut Call<'_, '_>, values: &[Value], name: &str) -> Result {
    let mut out = Vec::new();
    for value in values {
        match value {
            Value::Object(object) if object.get(name).is_some() => {
                out.extend(value.property(name).unroll())
            }
            _ => {
                let record = call.failed(
                    format!("Property \"{name}\" cannot be found."),
                    "InvalidArgument,PSArgumentException",
                    "ExpandPropertyNotFound",
                );
                call.report(record.going_on())?;
            }
        }
    }
    Ok(out)
}

fn where_object(call: &mut Call<'_, '_>) -> Result {
    let values: Vec<Value> = call
        .input
        .take()
        .unwrap_or_default()
        .into_iter()
        .flat_map(Value::unroll)
        .collect();
    let condition = condition(call)?;
    Ok(values.into_iter().filter(|v| condition.holds(v)).collect())
}

/// `{ $_.Property -eq value }`, or `Property -eq value`, or `Property`.
fn condition(call: &Call<'_, '_>) -> Result<Condition> {
    let mut words = Vec::new();
    let mut operator = None;
    for given in call.given {
        match given {
            Given::Value(Value::Text(text), _) if text.starts_with('{') && words.is_empty() => {
                let inner = text.trim_start_matches('{').trim_end_matches('}');
                return Condition::read(inner, call.variables).map_err(refused);
            }
            Given::Value(value, _) => words.push(value.clone()),
            Given::Parameter(name, attached) => {
                let known = OPERATORS.iter().find(|o| o.eq_ignore_ascii_case(name));
                let named = ["FilterScript", "Property", "Value"]
                    .iter()
                    .any(|n| n.eq_ignore_ascii_case(name));
                match (known, named) {
                    (Some(known), _) => operator = Some(*known),
                    (None, true) => {}
                    (None, false) => {
                        let message = format!(
                            "A parameter cannot be found that matches parameter name '{name}'."
                        );
                        return Err(ErrorRecord::binding(
                            call.signature.name,
                            call.signature.class,
                            message,
                            "NamedParameterNotFound",
                        )
                        .into());
                    }
                }
                words.extend(attached.clone());
            }
        }
    }
    match (words.as_slice(), operator) {
        ([property], None) => Ok(Condition::on_property(
            &property.text(),
            "eq",
            Value::Bool(true),
        )),
        ([property, value], Some(operator)) => Ok(Condition::on_property(
            &property.text(),
            operator,
            value.clone(),
        )),
        _ => {
            let message =
                "Parameter set cannot be resolved using the specified named parameters.".to_owned();
            Err(ErrorRecord::binding(
                call.signature.name,
                call.signature.class,
                message,
                "AmbiguousParameterSet",
            )
            .into())
        }
    }
}

fn refused(what: String) -> Stop {
    Stop::Unsupported(format!("csdeck lab: {what}"))
}

/// `{ $_.Property }` or a property's name; more is not simulated.
fn for_each(call: &mut Call<'_, '_>) -> Result {
    let process = call.args.text("Process").unwrap_or_default();
    let inner = process.trim_start_matches('{').trim_end_matches('}').trim();
    let path = match (process.starts_with('{'), inner.strip_prefix("$_")) {
        (false, _) => inner,
        (true, Some("")) => "",
        (true, Some(rest)) if rest.starts_with('.') => &rest[1..],
        _ => {
            return Err(refused(format!(
                "ForEach-Object runs only {{ $_.Property }} here, not {inner:?}"
            )));
        }
    };
    let names: Vec<&str> = path.split('.').filter(|n| !n.is_empty()).collect();
    if names
        .iter()
        .any(|n| !n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    {
        return Err(refused(format!(
            "ForEach-Object runs only {{ $_.Property }} here, not {inner:?}"
        )));
    }
    let values = items(call).into_iter();
    Ok(values
        .flat_map(|v| names.iter().fold(v, |v, name| v.property(name)).unroll())
        .collect())
}

fn sort(call: &mut Call<'_, '_>) -> Result {
    let names = property_names(call)?;
    let mut values = items(call);
    let key = |value: &Value| -> Vec<String> {
        let part = |v: &Value| match v {
            // Numbers and dates sort by size; the bias keeps negative ones in front.
            Value::Int(n) => format!("{:020}", i128::from(*n) + (1_i128 << 63)),
            Value::Date(at) => format!("{:020}", i128::from(at.as_millisecond()) + (1_i128 << 63)),
            other => other.text().to_lowercase(),
        };
        if names.is_empty() {
            vec![part(value)]
        } else {
            names.iter().map(|n| part(&value.property(n))).collect()
        }
    };
    values.sort_by_cached_key(key);
    if call.args.on("Descending") {
        values.reverse();
    }
    if call.args.on("Unique") {
        values.dedup_by_key(|v| key(v));
    }
    Ok(values)
}

fn measure(call: &mut Call<'_, '_>) -> Result {
    let count = items(call).len() as i64;
    let empty = || Value::Null;
    let object = Object::new()
        .with("Count", count)
        .with("Average", empty())
        .with("Sum", empty())
        .with("Maximum", empty())
        .with("Minimum", empty())
        .with("Property", empty());
    Ok(vec![object.into()])
}
