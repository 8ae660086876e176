//! `csdeck cmdlet repair FILE|-`.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{Context, Exit, Failure, Format, input, note};
use crate::cmdlet::repair::{self, FillError, Filled, Pasted};

pub(super) fn repair(cx: &mut Context, format: Format, file: &Path) -> Result<Exit, Failure> {
    let pasted = input::read(file)?;
    let repaired = repair::repair(pasted.trim_end());
    let filled = repair::fill(&repaired.text);
    let exit = match &filled {
        Err(FillError::Syntax(_)) => Exit::Found,
        _ => Exit::Done,
    };
    if matches!(format, Format::Table | Format::Tree) {
        cx.out.raw(&repaired.text)?;
        repair::told(&repaired.changes)
            .iter()
            .for_each(|said| note(said));
        match &filled {
            Ok(all) => all.iter().for_each(tell),
            Err(error) => note(&error.to_string()),
        }
        return Ok(exit);
    }
    let changes: Vec<Value> = repaired
        .changes
        .iter()
        .map(|c| {
            json!({
                "line": c.line,
                "column": c.column,
                "rule": c.rule,
                "before": c.before,
                "after": c.after,
                "message": c.message,
            })
        })
        .collect();
    let commands: Vec<Value> = filled.iter().flatten().map(command).collect();
    let document = json!({
        "text": repaired.text,
        "changes": changes,
        "commands": commands,
        "error": filled.as_ref().err().map(ToString::to_string),
    });
    match format {
        Format::Jsonl => cx.out.jsonl(&document)?,
        _ => cx.out.json(&document)?,
    }
    Ok(exit)
}

/// What is lost and what must be known.
fn tell(filled: &Filled) {
    for parameter in &filled.lost {
        let name = filled.cmdlet.parameters[*parameter].name;
        note(&format!("-{name} of {} lost its value", filled.cmdlet.name));
    }
    for said in &filled.notes {
        note(said);
    }
}

fn command(filled: &Filled) -> Value {
    let name = |index: usize| filled.cmdlet.parameters[index].name;
    let values: Vec<Value> = filled
        .values
        .iter()
        .map(|(index, pasted)| match pasted {
            Pasted::On => json!({ "name": name(*index), "switch": true }),
            Pasted::Values(values) => json!({ "name": name(*index), "values": values }),
            Pasted::Expression(text) => json!({ "name": name(*index), "expression": text }),
        })
        .collect();
    json!({
        "cmdlet": filled.cmdlet.name,
        "parameterSet": filled.set.name,
        "values": values,
        "lost": filled.lost.iter().map(|p| name(*p)).collect::<Vec<_>>(),
        "kept": filled.kept,
        "tail": filled.tail,
        "notes": filled.notes,
    })
}
