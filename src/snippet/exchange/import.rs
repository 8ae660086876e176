//! From a file of another tool to `.ps1` texts.

use crate::powershell::{Kind, Position};
use crate::snippet::from_cmdlet::{declared, is_list};
use crate::snippet::params::constant;
use crate::snippet::read::ReadError;
use crate::snippet::{Layer, Snippet, read};

use super::body::{Turned, turn};
use super::entry::{Entry, Found, Place};
use super::script::{self, Declared, Script};
use super::{ExchangeError, Format, MAX_BYTES, Note, names, short};
use super::{navi, pet, terminal, vscode, warp};

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The group (folder) of the new ids; a valid one, see
    /// [`snippet_id`](crate::snippet::library::snippet_id). Empty: none.
    pub group: String,
    /// What a script is called whose file is the entry: the file's name without `.ps1`.
    pub name: String,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The snippets, in the order of the file.
    pub taken: Vec<Taken>,
    /// Entries that are none, in the order of the file.
    pub refused: Vec<Refused>,
    /// What is lost or changed, by line.
    pub notes: Vec<Note>,
}

/// A snippet that was made from an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id; no two of an import are the same.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The names of its fields.
    pub fields: Vec<String>,
    /// Line of the file at which the entry begins, from 1.
    pub line: usize,
    /// The `.ps1` text.
    pub source: String,
}

/// An entry that is no snippet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refused {
    /// Line of the file at which it begins, from 1.
    pub line: usize,
    /// What the file calls it.
    pub name: String,
    /// Why it is none.
    pub message: String,
}

impl Refused {
    pub(super) fn new(line: usize, name: &str, message: &str) -> Refused {
        Refused {
            line,
            name: short(name, 80),
            message: short(message, 400),
        }
    }
}

/// Imports a file. The error says why nothing of it can be read; whatever is wrong with one entry
/// leaves the others alone.
pub fn import(format: Format, text: &str, options: &Options) -> Result<Imported, ExchangeError> {
    if text.len() > MAX_BYTES {
        return Err(ExchangeError::TooLarge);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if format == Format::Ps1 {
        return as_it_is(text, options);
    }
    let found = entries(format, text)?;
    let mut imported = Imported {
        refused: found.refused,
        notes: found.notes,
        ..Imported::default()
    };
    let mut ids: Vec<String> = Vec::new();
    for entry in found.entries {
        let name = title(&entry);
        match snippet(&entry, &name, &options.group, &ids) {
            Ok((taken, notes)) => {
                ids.push(taken.id.clone());
                imported.taken.push(taken);
                imported
                    .notes
                    .extend(notes.into_iter().map(|note| Note::new(entry.line, note)));
            }
            Err(message) => {
                let refused = Refused::new(entry.line, &name, &message);
                imported.refused.push(refused);
            }
        }
    }
    imported.refused.sort_by_key(|refused| refused.line);
    imported.notes.sort_by_key(|note| note.line);
    Ok(imported)
}

/// The entries of a file, as its format gives them.
pub(super) fn entries(format: Format, text: &str) -> Result<Found, ExchangeError> {
    match format {
        Format::Navi => navi::read(text),
        Format::Pet => pet::read(text),
        Format::VsCode => vscode::read(text),
        Format::Terminal => terminal::read(text),
        Format::Warp => warp::read(text),
        Format::Ps1 => Ok(Found::default()),
    }
}

/// A script is a snippet already.
fn as_it_is(text: &str, options: &Options) -> Result<Imported, ExchangeError> {
    let mut imported = Imported::default();
    let name = if options.name.is_empty() {
        "script"
    } else {
        &options.name
    };
    let id = names::id(&options.group, name, &[]);
    match read(&id, text, Layer::Reference) {
        Ok(snippet) => {
            if snippet.title == id {
                let lost = "there is no .SYNOPSIS; the id stands in place of a title";
                imported.notes.push(Note::new(1, lost));
            }
            imported.taken.push(Taken {
                title: snippet.title,
                fields: snippet.fields.into_iter().map(|f| f.name).collect(),
                id,
                line: 1,
                source: text.to_owned(),
            });
        }
        Err(ReadError::Syntax(error)) => {
            let message = error.message;
            return Err(ExchangeError::broken(Format::Ps1, error.position, message));
        }
        Err(error) => {
            let Position { line, .. } = error.position();
            let refused = Refused::new(line, name, &error.to_string());
            imported.refused.push(refused);
        }
    }
    Ok(imported)
}

fn title(entry: &Entry) -> String {
    let title = script::line(&entry.title);
    if title.is_empty() {
        let body = entry.body.written();
        script::line(body.trim().lines().next().unwrap_or(""))
            .chars()
            .take(80)
            .collect()
    } else {
        title
    }
}

fn snippet(
    entry: &Entry,
    title: &str,
    group: &str,
    taken: &[String],
) -> Result<(Taken, Vec<String>), String> {
    let turned = turn(&entry.body)?;
    let mut notes = turned.notes.clone();
    let id = names::id(group, title, taken);
    let mut script = Script {
        title: title.to_owned(),
        description: entry.description.clone(),
        tags: entry.tags.clone(),
        fields: Vec::new(),
        body: turned.text.clone(),
    };
    for (place, field) in entry.body.places.iter().zip(&turned.fields) {
        let called = place.name.as_deref().unwrap_or("");
        match field {
            Some(field) => {
                if !called.is_empty() && called != field.name {
                    notes.push(format!("{called} is the field {}", field.name));
                }
                script.fields.push(plain(place, &field.name));
            }
            None => notes.push(format!(
                "{called} is used nowhere in the body and is no field"
            )),
        }
    }
    let first = made(&id, &script)?;
    type_fields(&mut script, entry, &turned, &first);
    let snippet = made(&id, &script)?;
    let source = snippet.source.clone();
    Ok((
        Taken {
            fields: snippet.fields.iter().map(|f| f.name.clone()).collect(),
            title: snippet.title,
            id,
            line: entry.line,
            source,
        },
        notes,
    ))
}

/// A field of which nothing is known but what the file says.
fn plain(place: &Place, name: &str) -> Declared {
    Declared {
        name: name.to_owned(),
        of_type: "string".into(),
        default: None,
        choices: place.choices.clone(),
        help: place.help.clone(),
    }
}

fn made(id: &str, script: &Script) -> Result<Snippet, String> {
    let text = script.text().map_err(|e| e.to_string())?;
    read(id, &text, Layer::Reference).map_err(|error| match error {
        ReadError::Syntax(error) => format!("it is no PowerShell: {}", error.message),
        ReadError::Refused { what, why, .. } => {
            format!("{what} does not work in a snippet: {why}")
        }
        ReadError::TooLarge => error.to_string(),
    })
}

/// Gives each field the type of the parameter that it is passed to, as the reference has it, and
/// its default; a default that does not fit the type keeps the field a text.
fn type_fields(script: &mut Script, entry: &Entry, turned: &Turned, first: &Snippet) {
    let places = entry.body.places.iter().zip(&turned.fields);
    let mut places = places.filter_map(|(place, field)| Some((place, field.as_ref()?)));
    for mine in &mut script.fields {
        let Some((place, field)) = places.next() else {
            return;
        };
        let defaults: Option<Vec<String>> = place.default.as_ref().map(|written| {
            let values = constant(written).flatten().filter(|_| field.in_code);
            values.unwrap_or_else(|| vec![written.clone()])
        });
        if let Some((_, parameter)) = first.parameter_of(&field.name) {
            let kind = parameter.value_type.kind;
            let usual = !kind.is_secret() && kind != Kind::Switch;
            // A choice among texts stays one.
            let same = |choice: &String| kind.write(choice).is_ok_and(|w| w.text == *choice);
            if usual && place.choices.iter().all(same) {
                mine.of_type = declared(parameter);
            } else if is_list(parameter) {
                mine.of_type = "string[]".into();
            }
        }
        let Some(defaults) = defaults else {
            continue;
        };
        if !fits(mine, kind_of(&mine.of_type), &defaults) {
            mine.of_type = if defaults.len() > 1 {
                "string[]"
            } else {
                "string"
            }
            .into();
            fits(mine, Kind::Text, &defaults);
        }
    }
}

fn kind_of(of_type: &str) -> Kind {
    Kind::of_type(of_type.trim_end_matches("[]"))
}

/// Sets the default, when it is one of the type and of the choices.
fn fits(mine: &mut Declared, kind: Kind, defaults: &[String]) -> bool {
    let list = mine.of_type.ends_with("[]");
    let literals: Result<Vec<String>, _> = defaults
        .iter()
        .map(|d| kind.write(d).map(|w| w.literal))
        .collect();
    let Ok(literals) = literals else {
        return false;
    };
    if !mine.choices.is_empty() && !defaults.iter().all(|d| mine.choices.contains(d)) {
        return false;
    }
    mine.default = match (list, literals.as_slice()) {
        (true, many) => Some(format!("@({})", many.join(", "))),
        (false, [one]) => Some(one.clone()),
        (false, _) => return false,
    };
    true
}

#[cfg(test)]
mod tests;
