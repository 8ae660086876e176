//! `csdeck snippet show ID`.

use serde_json::{Value, json};

use crate::cli::{Context, Failure, Format};
use crate::snippet::{Field, Library, Mode, Snippet};

pub(super) fn show(
    cx: &mut Context,
    format: Format,
    library: &Library,
    snippet: &Snippet,
) -> Result<(), Failure> {
    match format {
        Format::Json => cx.out.json(&document(snippet)),
        Format::Jsonl => cx.out.jsonl(&document(snippet)),
        Format::Table | Format::Tree => cx.out.text(words(library, snippet).trim_end()),
    }
}

fn document(s: &Snippet) -> Value {
    let (mode, reason) = mode(s);
    json!({
        "id": s.id,
        "title": s.title,
        "group": s.group(),
        "tags": s.tags,
        "products": s.products,
        "risk": s.risk,
        "layer": s.layer.word(),
        "description": s.description,
        "role": s.role,
        "examples": s.examples,
        "notes": {
            "runsOn": s.notes.runs_on,
            "gates": s.notes.gates,
            "verify": s.notes.verify,
            "rollback": s.notes.rollback,
        },
        "mode": mode,
        "modeReason": reason,
        "commands": s.commands,
        "fields": s.fields.iter().map(|f| json!({
            "name": f.name,
            "type": type_of(f),
            "list": f.list,
            "required": f.required,
            "default": f.default,
            "choices": f.choices,
            "range": f.range,
            "pattern": f.pattern,
            "sets": f.sets,
            "help": f.help,
        })).collect::<Vec<_>>(),
        "source": s.source,
    })
}

fn mode(s: &Snippet) -> (&'static str, Option<String>) {
    match s.mode() {
        Mode::Command => ("command", None),
        Mode::Script { reason } => ("script", Some(reason)),
    }
}

fn type_of(field: &Field) -> String {
    let hint = field.kind.hint();
    if field.list {
        format!("list of {hint}")
    } else {
        hint.to_owned()
    }
}

fn words(library: &Library, s: &Snippet) -> String {
    let mut out = format!("{}\n{}\n", s.id, s.title);
    let mut pair = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("{name:<10}{value}\n"));
        }
    };
    pair("from", &library.origin(s));
    pair("risk", s.risk.word());
    pair("products", &s.products.join(", "));
    pair("tags", &s.tags.join(", "));
    pair("role", &s.role);
    pair("runs on", &s.notes.runs_on);
    pair("gates", &s.notes.gates);
    pair("verify", &s.notes.verify);
    pair("rollback", &s.notes.rollback);
    pair(
        "mode",
        &match mode(s) {
            (mode, Some(reason)) => format!("{mode}: {reason}"),
            (mode, None) => mode.to_owned(),
        },
    );
    if !s.description.is_empty() {
        out.push_str(&format!("\n{}\n", s.description.trim_end()));
    }
    if !s.fields.is_empty() {
        out.push_str("\nFields\n");
    }
    for field in &s.fields {
        out.push_str(&of_field(field));
    }
    for example in &s.examples {
        out.push_str(&format!("\nExample\n{}\n", indent(example, "  ")));
    }
    out.push_str(&format!("\nFile\n{}\n", indent(&s.source, "  ")));
    out
}

fn of_field(field: &Field) -> String {
    let required = if field.required { ", required" } else { "" };
    let mut out = format!("  {}: {}{required}\n", field.name, type_of(field));
    let mut pair = |name: &str, value: String| out.push_str(&format!("      {name} {value}\n"));
    if let Some(default) = &field.default {
        pair("default", default.join(", "));
    }
    if !field.choices.is_empty() {
        pair("one of", field.choices.join(" | "));
    }
    if let Some((low, high)) = field.range {
        pair("from", format!("{low} to {high}"));
    }
    if let Some(pattern) = &field.pattern {
        pair("pattern", pattern.clone());
    }
    if !field.sets.is_empty() {
        pair("only in", field.sets.join(", "));
    }
    if !field.help.is_empty() {
        out.push_str(&format!("{}\n", indent(&field.help, "      ")));
    }
    out
}

fn indent(text: &str, by: &str) -> String {
    let line = |line: &str| {
        if line.trim().is_empty() {
            String::new()
        } else {
            format!("{by}{line}")
        }
    };
    // Files of Windows end their lines with CR LF; the CR would show as a picture.
    text.trim_end()
        .lines()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}
