//! Snippets of Windows Terminal: `.wt.json` beside a project, or `sendInput` actions of its
//! settings. The input is sent as if typed; a carriage return at its end runs it at once.
//!
//! Windows Terminal has no placeholders. `<x>` is taken for one, for that is what people write
//! where they mean to type something else.

use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::common::Ranged;
use serde_json::json;

use crate::powershell::Lines;
use crate::text::is_unsafe;

use super::angle::{self, Angle};
use super::entry::{Entry, Found};
use super::outline::{Outline, Spelling, Written};
use super::{ExchangeError, Format, json};

/// How deep menus of actions may nest.
const MAX_DEPTH: usize = 8;

/// Reads either file.
pub fn read(text: &str) -> Result<Found, ExchangeError> {
    let lines = Lines::of(text);
    let document = json::object(text, Format::Terminal, &lines)?;
    let mut reader = Reader {
        lines: &lines,
        found: Found::default(),
        others: 0,
    };
    if let Some(Value::Array(snippets)) = json::get(&document, "snippets").map(|p| &p.value) {
        for element in &snippets.elements {
            let line = lines.position(element.start()).line;
            match element.as_object() {
                Some(object) => reader.snippet(object, object, line)?,
                None => reader.found.refuse(line, "", "it is no object"),
            }
        }
    }
    for key in ["actions", "keybindings"] {
        if let Some(Value::Array(actions)) = json::get(&document, key).map(|p| &p.value) {
            reader.actions(actions, 0)?;
        }
    }
    if reader.others > 0 {
        let others = format!("{} actions send no input; left out", reader.others);
        reader.found.note(1, others);
    }
    Ok(reader.found)
}

struct Reader<'a> {
    lines: &'a Lines<'a>,
    found: Found,
    others: usize,
}

impl Reader<'_> {
    fn actions(&mut self, actions: &Array<'_>, depth: usize) -> Result<(), ExchangeError> {
        for element in &actions.elements {
            let Some(action) = element.as_object() else {
                continue;
            };
            let line = self.lines.position(action.start()).line;
            let menu = json::get(action, "commands").and_then(|p| p.value.as_array());
            let command = json::get(action, "command").and_then(|p| p.value.as_object());
            match (menu, command) {
                (Some(menu), _) if depth < MAX_DEPTH => self.actions(menu, depth + 1)?,
                (_, Some(command)) if json::text(command, "action") == Some("sendInput") => {
                    self.snippet(action, command, line)?;
                }
                _ => self.others += 1,
            }
        }
        Ok(())
    }

    /// A snippet: `named` holds its name, `holder` its input.
    fn snippet(
        &mut self,
        named: &Object<'_>,
        holder: &Object<'_>,
        line: usize,
    ) -> Result<(), ExchangeError> {
        let title = json::text(named, "name").unwrap_or("");
        let shown = if title.is_empty() { "a snippet" } else { title };
        for property in &named.properties {
            let at = self.lines.position(property.start()).line;
            match property.name.as_str() {
                "input" | "description" | "command" | "id" => {}
                "name" if property.value.as_string_lit().is_some() => {}
                other => self.found.note(at, format!("{shown}: {other} is lost")),
            }
        }
        let Some(input) = json::text(holder, "input") else {
            self.found.refuse(line, title, "it has no input");
            return Ok(());
        };
        let input = input.replace("\r\n", "\r");
        let typed = self.without_keys(&input, shown, line).replace('\r', "\n");
        let odd = |c: char| is_unsafe(c) && c != '\n';
        if typed.chars().any(odd) {
            let why = "its input presses keys (control characters), which a command cannot";
            self.found.refuse(line, title, why);
            return Ok(());
        }
        self.found.add(Entry {
            line,
            title: title.to_owned(),
            description: json::text(named, "description").unwrap_or("").to_owned(),
            tags: Vec::new(),
            body: angle::read(typed.trim_end(), Angle::Plain),
        })
    }

    /// The input without the keys at its end: return, and the arrow that goes back to a place.
    fn without_keys<'b>(&mut self, input: &'b str, shown: &str, line: usize) -> &'b str {
        const LEFT: &str = "\u{1b}[D";
        let mut typed = input.trim_end_matches(LEFT);
        if typed.len() < input.len() {
            let moved = "the cursor's way back is lost; write <name> where something is typed";
            self.found.note(line, format!("{shown}: {moved}"));
        }
        let run = typed.trim_end_matches(['\r', '\n']);
        if run.len() < typed.len() {
            let at_once = "it ended in a return and ran at once; a snippet never does";
            self.found.note(line, format!("{shown}: {at_once}"));
            typed = run;
        }
        typed
    }
}

/// A snippet as an element of the file's array. Nothing at its end runs it.
pub fn write(outline: &Outline, description: &str) -> (Written, serde_json::Value) {
    let spelt = outline.spell(&str::to_owned, &|hole, _| {
        Spelling::quoted(angle::write(&hole.name, None, &[], Angle::Plain))
    });
    let mut value = json!({
        "name": outline.title,
        // A line feed is a return to the terminal.
        "input": spelt.text.trim_end(),
    });
    if let (false, Some(object)) = (description.is_empty(), value.as_object_mut()) {
        object.insert("description".into(), json!(description));
    }
    (spelt, value)
}

/// The file that holds these elements.
pub fn file(snippets: Vec<serde_json::Value>) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&json!({ "$version": "1.0.0", "snippets": snippets }))
}
