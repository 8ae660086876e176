//! User snippets of VS Code: JSON with comments, an object whose keys are the titles.

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use serde_json::json;

use crate::powershell::Lines;

use super::entry::{Entry, Found, Place};
use super::outline::{self, Context, Hole, Outline, Spelling, Written};
use super::vscode_body::{self, escape, is_name};
use super::{ExchangeError, Format, body, json, names};

/// Reads a snippet file.
pub fn read(text: &str) -> Result<Found, ExchangeError> {
    let lines = Lines::of(text);
    let document = json::object(text, Format::VsCode, &lines)?;
    let mut found = Found::default();
    for property in &document.properties {
        let title = property.name.as_str();
        let line = lines.position(property.start()).line;
        match &property.value {
            Value::Object(object) => entry(title, line, object, &lines, &mut found)?,
            _ => found.refuse(line, title, "it is no object"),
        }
    }
    Ok(found)
}

fn entry(
    title: &str,
    line: usize,
    object: &Object<'_>,
    lines: &Lines<'_>,
    found: &mut Found,
) -> Result<(), ExchangeError> {
    for property in &object.properties {
        let at = lines.position(property.start()).line;
        match property.name.as_str() {
            "body" | "description" | "scope" | "prefix" => {}
            other => found.note(at, format!("{title}: {other} is lost")),
        }
    }
    if let Some(scope) = json::text(object, "scope")
        && !scope
            .split(',')
            .any(|s| s.trim().eq_ignore_ascii_case("powershell"))
        && !scope.trim().is_empty()
    {
        found.refuse(line, title, format!("its scope is {scope}, not powershell"));
        return Ok(());
    }
    let Some(text) = joined(object, "body") else {
        found.refuse(
            line,
            title,
            "it has no body: a string, or an array of lines",
        );
        return Ok(());
    };
    let text = text.replace("\r\n", "\n");
    let (body, notes) = match vscode_body::read(text.trim_end()) {
        Ok(read) => read,
        Err(why) => {
            found.refuse(line, title, why);
            return Ok(());
        }
    };
    for note in notes {
        found.note(line, format!("{title}: {note}"));
    }
    let mut entry = Entry {
        line,
        title: title.to_owned(),
        description: joined(object, "description").unwrap_or_default(),
        // What is typed to get it: words that it is found by.
        tags: strings(object, "prefix").unwrap_or_default(),
        body,
    };
    name_places(title, &mut entry, found);
    found.add(entry)
}

/// The text of a key that is a string or an array of lines.
fn joined(object: &Object<'_>, key: &str) -> Option<String> {
    strings(object, key).map(|lines| lines.join("\n"))
}

/// The strings of a key that holds one or an array of them.
fn strings(object: &Object<'_>, key: &str) -> Option<Vec<String>> {
    match &json::get(object, key)?.value {
        Value::StringLit(text) => Some(vec![text.value.clone().into_owned()]),
        Value::Array(array) => array
            .elements
            .iter()
            .map(|element| Some(element.as_string_lit()?.value.clone().into_owned()))
            .collect(),
        _ => None,
    }
}

/// A text in a placeholder that is a plain word is its name: people write what belongs there. VS
/// Code would insert it, so that it is told unless the parameter in front is called the same.
fn name_places(title: &str, entry: &mut Entry, found: &mut Found) {
    for n in 0..entry.body.places.len() {
        let lead = body::lead(&entry.body, n);
        let place = &mut entry.body.places[n];
        let Some(said) = place.default.clone().filter(|d| is_name(d)) else {
            continue;
        };
        if !lead.is_some_and(|lead| lead.eq_ignore_ascii_case(&said)) {
            found.note(
                entry.line,
                format!("{title}: {said} is taken for the name of a field and for no default"),
            );
        }
        place.default = None;
        place.name = Some(said);
    }
}

/// A snippet as one property of the file's object: its key and its value. `prefixes`: what is
/// typed to get it.
pub fn write(
    snippet: &Outline,
    description: &str,
    prefixes: &[String],
) -> (Written, serde_json::Value) {
    let spelt = snippet.spell(&escape, &|hole, context| {
        spelling(hole, snippet.index(hole) + 1, context)
    });
    let lines: Vec<&str> = spelt.text.split('\n').collect();
    let mut value = json!({
        "prefix": prefixes,
        "scope": "powershell",
        "body": lines,
    });
    if let (false, Some(object)) = (description.is_empty(), value.as_object_mut()) {
        object.insert("description".into(), json!(description));
    }
    (spelt, value)
}

/// The first placeholder of a number says everything; VS Code copies it to the others.
fn spelling(hole: &Hole, number: usize, context: Context) -> Spelling {
    let choices = &hole.choices;
    if choices.len() > 1 && context != Context::Plain {
        return Spelling::quoted(vscode_body::choice(number, choices));
    }
    let default = match context {
        Context::Inside => None,
        // With its quotes it cannot be taken for a name.
        Context::Quoted => outline::constant(hole),
        Context::Plain => hole.default.clone(),
    };
    match default.filter(|d| !is_name(d)) {
        Some(default) => Spelling {
            written: format!("${{{number}:{}}}", escape(&default)),
            quotes: false,
        },
        None => Spelling::quoted(format!("${{{number}:{}}}", hole.name)),
    }
}

/// The file that holds these properties.
pub fn file(entries: Vec<(String, serde_json::Value)>) -> Result<String, serde_json::Error> {
    let mut object = serde_json::Map::new();
    let mut taken: Vec<String> = Vec::new();
    for (title, value) in entries {
        // Keys are titles: a title that is there already gets a number.
        let mut key = title.clone();
        let mut number = 1;
        while taken.contains(&key) {
            number += 1;
            key = format!("{title} ({number})");
        }
        taken.push(key.clone());
        object.insert(key, value);
    }
    serde_json::to_string_pretty(&object)
}

/// The place of a variable of VS Code, such as `CLIPBOARD`: a field of that name.
pub fn variable(name: &str, default: Option<String>) -> Place {
    let mut called = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        called.extend(letters.next());
        called.push_str(&letters.as_str().to_lowercase());
    }
    let called = if name.chars().any(char::is_lowercase) {
        name.to_owned()
    } else {
        called
    };
    Place {
        name: Some(names::Names::default().take(&called)),
        default,
        ..Place::default()
    }
}
