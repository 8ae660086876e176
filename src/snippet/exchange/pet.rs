//! Snippet files of pet: TOML with a table per snippet. Its own files have `[[Snippets]]` and keys
//! with a capital, its README `[[snippets]]` and small ones; case does not matter.

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::powershell::{Lines, Position};

use super::angle::{self, Angle};
use super::entry::{Entry, Found};
use super::outline::{Context, Outline, Spelling, Written};
use super::{ExchangeError, Format};

/// Reads a snippet file.
pub fn read(text: &str) -> Result<Found, ExchangeError> {
    let lines = Lines::of(text);
    let document = DeTable::parse(text).map_err(|e| {
        let start = Position { line: 1, column: 1 };
        let place = e.span().map_or(start, |span| lines.position(span.start));
        ExchangeError::broken(Format::Pet, place, e.message())
    })?;
    let mut found = Found::default();
    for (key, value) in document.get_ref() {
        let line = lines.position(key.span().start).line;
        let Some(tables) = array(value).filter(|_| is(key, "snippets")) else {
            found.note(line, format!("{}: no snippets; left out", key.get_ref()));
            continue;
        };
        for table in tables {
            let line = lines.position(table.span().start).line;
            match table.get_ref() {
                DeValue::Table(table) => entry(table, line, &lines, &mut found)?,
                _ => found.refuse(line, "", "it is no table"),
            }
        }
    }
    Ok(found)
}

fn is(key: &Spanned<std::borrow::Cow<'_, str>>, name: &str) -> bool {
    key.get_ref().eq_ignore_ascii_case(name)
}

fn array<'a, 'b>(value: &'b Spanned<DeValue<'a>>) -> Option<&'b [Spanned<DeValue<'a>>]> {
    match value.get_ref() {
        DeValue::Array(items) => Some(items),
        _ => None,
    }
}

fn text<'b>(value: &'b Spanned<DeValue<'_>>) -> Option<&'b str> {
    match value.get_ref() {
        DeValue::String(text) => Some(text),
        _ => None,
    }
}

fn entry(
    table: &DeTable<'_>,
    line: usize,
    lines: &Lines<'_>,
    found: &mut Found,
) -> Result<(), ExchangeError> {
    let mut entry = Entry {
        line,
        ..Entry::default()
    };
    let mut command = None;
    for (key, value) in table {
        let at = lines.position(key.span().start).line;
        let name = key.get_ref();
        if is(key, "description") && text(value).is_some() {
            entry.title = text(value).unwrap_or_default().to_owned();
        } else if is(key, "command") && text(value).is_some() {
            command = text(value);
        } else if is(key, "tag") && array(value).is_some() {
            let tags = array(value).unwrap_or_default();
            entry.tags = tags.iter().filter_map(text).map(str::to_owned).collect();
        } else if is(key, "output") || is(key, "filename") {
            // pet writes both, empty, into every snippet.
            if text(value) != Some("") {
                found.note(
                    at,
                    format!("{name} is lost: no snippet keeps what it printed"),
                );
            }
        } else {
            found.note(
                at,
                format!("{name} is lost: csdeck does not know it, or not like this"),
            );
        }
    }
    match command {
        Some(command) => {
            let command = command.replace("\r\n", "\n");
            entry.body = angle::read(command.trim_end(), Angle::Pet);
            found.add(entry)
        }
        None => {
            found.refuse(line, &entry.title, "it has no Command");
            Ok(())
        }
    }
}

/// A table as pet itself writes it.
#[derive(Serialize)]
struct File<'a> {
    #[serde(rename = "Snippets")]
    snippets: [Table<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Table<'a> {
    description: &'a str,
    output: &'a str,
    tag: &'a [String],
    command: &'a str,
}

/// A snippet as a table. The error is a text that TOML cannot hold.
pub fn write(outline: &Outline, tags: &[String]) -> Result<Written, String> {
    let spelt = outline.spell(&str::to_owned, &|hole, context| {
        // Choices are values; in a place for PowerShell they would need quotes of their own.
        let choices: &[String] = match context {
            Context::Plain => &[],
            Context::Quoted | Context::Inside => &hole.choices,
        };
        Spelling::quoted(angle::write(
            &hole.name,
            hole.default.as_deref(),
            choices,
            Angle::Pet,
        ))
    });
    let file = File {
        snippets: [Table {
            description: &outline.title,
            output: "",
            tag: tags,
            command: &spelt.text,
        }],
    };
    Ok(Written {
        text: toml::to_string(&file).map_err(|e| e.to_string())?,
        body: spelt.body,
    })
}
