//! The formatting cmdlets.

use crate::lab::shell::call::{Call, Cmdlet, Result, plain};
use crate::lab::shell::format::{self, Widths};
use crate::lab::shell::value::{Value, View};

use super::pipe::{chosen, items, objects, property_names};

pub const CMDLETS: &[Cmdlet] = &[
    plain(
        "Format-List",
        "Microsoft.PowerShell.Commands.FormatListCommand",
        &["Property*@0 InputObject~ Force?"],
        list,
    ),
    plain(
        "Format-Table",
        "Microsoft.PowerShell.Commands.FormatTableCommand",
        &["Property*@0 AutoSize? Wrap? HideTableHeaders? InputObject~ Force?"],
        table,
    ),
    plain(
        "Out-String",
        "Microsoft.PowerShell.Commands.OutStringCommand",
        &["Stream? Width# InputObject~"],
        out_string,
    ),
];

fn list(call: &mut Call<'_, '_>) -> Result {
    let patterns = property_names(call)?;
    let values = items(call);
    let width = call.widths.list;
    let lines = match objects(&values) {
        None => format::default_lines(&values, call.widths),
        Some(objects) if patterns.is_empty() => format::list(&objects, None, width),
        Some(objects) => format::list(&objects, Some(&chosen(&objects, &patterns)), width),
    };
    Ok(laid(lines))
}

fn table(call: &mut Call<'_, '_>) -> Result {
    let patterns = property_names(call)?;
    let values = items(call);
    let lines = match objects(&values) {
        None => format::default_lines(&values, call.widths),
        Some(objects) => {
            let columns = match (&objects.first().map(|o| &o.view), patterns.is_empty()) {
                (Some(View::Table(columns)), true) => {
                    columns.iter().map(|(name, _)| (*name).to_owned()).collect()
                }
                (_, true) => chosen(&objects, &["*".to_owned()]),
                (_, false) => chosen(&objects, &patterns),
            };
            let width = if call.args.on("AutoSize") {
                None
            } else {
                Some(call.widths.table)
            };
            let mut lines = format::table(&objects, &columns, width);
            if call.args.on("HideTableHeaders") && lines.len() > 2 {
                lines.drain(1..3);
            }
            lines
        }
    };
    Ok(laid(lines))
}

fn laid(lines: Vec<String>) -> Vec<Value> {
    if lines.is_empty() {
        Vec::new()
    } else {
        vec![Value::Laid(lines)]
    }
}

fn out_string(call: &mut Call<'_, '_>) -> Result {
    let values = items(call);
    let widths = match call.args.int("Width").and_then(|w| usize::try_from(w).ok()) {
        Some(width) => Widths {
            list: width.max(20),
            table: width.clamp(20, 4096),
        },
        None => call.widths,
    };
    let lines = format::default_lines(&values, widths);
    if call.args.on("Stream") {
        return Ok(lines.into_iter().map(Value::Text).collect());
    }
    Ok(if lines.is_empty() {
        Vec::new()
    } else {
        vec![Value::Text(lines.join("\r\n"))]
    })
}
