//! Cheat sheets of navi: `%` tags, `#` title, commands, `$ x: command` suggestions, `@` tags whose
//! suggestions are used too, `;` comments, and fences as in Markdown.
//!
//! Its page "The syntax of a Navi cheatsheet" is where the rules come from.

use super::ExchangeError;
use super::angle::{self, Angle};
use super::constant;
use super::entry::{Body, Entry, Found};
use super::outline::{Outline, Spelling, Written};

/// Languages of a fence that are no PowerShell for certain.
const OTHER_SHELLS: [&str; 5] = ["bash", "zsh", "fish", "python", "cmd"];

/// What is said between two `%` lines.
#[derive(Default)]
struct Sheet {
    tags: Vec<String>,
    /// `$` lines: line, name, command, options.
    suggestions: Vec<(usize, String, String, String)>,
    /// `@` lines.
    others: Vec<(usize, Vec<String>)>,
    drafts: Vec<Draft>,
}

#[derive(Default)]
struct Draft {
    line: usize,
    title: String,
    language: String,
    body: Vec<String>,
}

/// Reads a cheat sheet. Nothing of it is broken: a line that is nothing else is a command.
pub fn read(text: &str) -> Result<Found, ExchangeError> {
    let mut found = Found::default();
    let sheets = sheets(text, &mut found);
    for sheet in &sheets {
        for draft in &sheet.drafts {
            entry(sheet, draft, &sheets, &mut found)?;
        }
        tell(sheet, &sheets, &mut found);
    }
    Ok(found)
}

fn sheets(text: &str, found: &mut Found) -> Vec<Sheet> {
    let mut sheets = vec![Sheet::default()];
    let mut draft = Draft::default();
    let mut fenced = false;
    for (n, line) in text.lines().enumerate() {
        let number = n + 1;
        let line = line.trim_end();
        let Some(sheet) = sheets.last_mut() else {
            continue;
        };
        if let Some(fence) = line.trim_start().strip_prefix("```") {
            if !fenced {
                draft.language = fence.trim().to_lowercase();
            }
            fenced = !fenced;
            continue;
        }
        let rest = |length: usize| line.get(length..).unwrap_or("").trim().to_owned();
        match line.chars().next() {
            _ if fenced => draft.body.push(line.to_owned()),
            None | Some(';') => {}
            Some('%') => {
                close(sheet, &mut draft);
                sheets.push(Sheet {
                    tags: tags(&line[1..]),
                    ..Sheet::default()
                });
            }
            Some('#') => {
                close(sheet, &mut draft);
                draft.line = number;
                draft.title = line.trim_start_matches('#').trim().to_owned();
            }
            Some('$') => {
                close(sheet, &mut draft);
                match line[1..].split_once(':') {
                    Some((name, command)) => {
                        let (command, options) = command.split_once("---").unwrap_or((command, ""));
                        sheet.suggestions.push((
                            number,
                            name.trim().to_owned(),
                            command.trim().to_owned(),
                            options.trim().to_owned(),
                        ));
                    }
                    None => {
                        found.note(number, format!("{line}: there is no colon in it; left out"))
                    }
                }
            }
            Some('@') => sheet.others.push((number, tags(&rest(1)))),
            Some(_) => {
                if draft.line == 0 {
                    draft.line = number;
                }
                draft.body.push(line.to_owned());
            }
        }
    }
    if let Some(sheet) = sheets.last_mut() {
        close(sheet, &mut draft);
    }
    if fenced {
        found.note(text.lines().count().max(1), "a ``` fence is never closed");
    }
    sheets
}

fn tags(text: &str) -> Vec<String> {
    text.split(',')
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// A draft without commands is a heading; its title goes for nothing.
fn close(sheet: &mut Sheet, draft: &mut Draft) {
    let done = std::mem::take(draft);
    if !done.body.iter().all(|line| line.trim().is_empty()) {
        sheet.drafts.push(done);
    }
}

fn entry(
    sheet: &Sheet,
    draft: &Draft,
    sheets: &[Sheet],
    found: &mut Found,
) -> Result<(), ExchangeError> {
    if OTHER_SHELLS.contains(&draft.language.as_str()) {
        let why = format!("its fence says that it is {}", draft.language);
        found.refuse(draft.line, &draft.title, why);
        return Ok(());
    }
    let mut body = read_body(&draft.body.join("\n"));
    for place in &mut body.places {
        let name = place.name.clone().unwrap_or_default();
        let Some((_, _, command, _)) = suggestion(sheet, sheets, &name) else {
            continue;
        };
        match constant::values(command).as_deref() {
            Some([one]) => place.default = Some(one.clone()),
            Some(many) => place.choices = many.to_vec(),
            None => {}
        }
    }
    found.add(Entry {
        line: draft.line,
        title: draft.title.clone(),
        description: String::new(),
        tags: sheet.tags.clone(),
        body,
    })
}

/// A body, as it is taken apart.
pub fn read_body(text: &str) -> Body {
    angle::read(text, Angle::Plain)
}

type Suggestion = (usize, String, String, String);

/// The suggestion for a name: of the sheet itself, else of those that it names.
fn suggestion<'a>(sheet: &'a Sheet, sheets: &'a [Sheet], name: &str) -> Option<&'a Suggestion> {
    let own = |sheet: &'a Sheet| sheet.suggestions.iter().find(|s| s.1 == name);
    own(sheet)
        .or_else(|| {
            // Sheets of the same tags are one to navi.
            sheets.iter().filter(|s| s.tags == sheet.tags).find_map(own)
        })
        .or_else(|| {
            let named = |s: &&Sheet| sheet.others.iter().any(|(_, tags)| *tags == s.tags);
            sheets.iter().filter(named).find_map(own)
        })
}

/// What a sheet says and no field can.
fn tell(sheet: &Sheet, sheets: &[Sheet], found: &mut Found) {
    for (line, tags) in &sheet.others {
        if !sheets.iter().any(|s| s.tags == *tags) {
            let tags = tags.join(", ");
            found.note(
                *line,
                format!(
                    "@ {tags}: no cheats with these tags in this file; their suggestions are lost"
                ),
            );
        }
    }
    for (line, name, command, options) in &sheet.suggestions {
        let many = match constant::values(command) {
            None => {
                found.note(
                    *line,
                    format!("$ {name}: {command}: not run; {name} has no values to choose from"),
                );
                continue;
            }
            Some(values) => values.len() > 1,
        };
        let other: Vec<&str> = options
            .split_whitespace()
            .filter(|word| *word != "--prevent-extra")
            .collect();
        if !other.is_empty() {
            found.note(*line, format!("$ {name}: {} is lost", other.join(" ")));
        }
        if many && !options.contains("--prevent-extra") {
            found.note(
                *line,
                format!("$ {name}: navi takes other values too; the field takes these only"),
            );
        }
    }
}

/// A snippet as a cheat. Its suggestions count for all cheats of the same tags, so that `tags`
/// must be its own where they differ.
pub fn write(outline: &Outline, tags: &[String]) -> Written {
    let spelt = outline.spell(&str::to_owned, &|hole, _| {
        Spelling::quoted(angle::write(&hole.name, None, &[], Angle::Plain))
    });
    let mut text = format!("% {}", tags.join(", ")).trim_end().to_owned();
    text.push_str(&format!("\n\n# {}\n{}\n", outline.title, spelt.text));
    let suggestions = suggestions(outline);
    if !suggestions.is_empty() {
        text.push('\n');
    }
    for (name, command, only) in &suggestions {
        let only = if *only { " --- --prevent-extra" } else { "" };
        text.push_str(&format!("$ {name}: {command}{only}\n"));
    }
    Written {
        text,
        body: spelt.body,
    }
}

/// The `$` lines of a snippet: name, command, and whether there are no other values.
pub fn suggestions(outline: &Outline) -> Vec<(String, String, bool)> {
    outline
        .holes
        .iter()
        .filter_map(|hole| {
            let command = if hole.choices.len() > 1 {
                constant::write(&hole.choices)?
            } else {
                constant::write(std::slice::from_ref(hole.default.as_ref()?))?
            };
            Some((hole.name.clone(), command, hole.choices.len() > 1))
        })
        .collect()
}
