//! Workflows of Warp: YAML, one workflow a document, or a list of them. The keys are those of the
//! page FORMAT.md of Warp's workflows.

use crate::powershell::Position;

use super::brace;
use super::entry::{Entry, Found};
use super::outline::{Context, Outline, Spelling, Written};
use super::warp_file::{Argument, Document, Workflow};
use super::{ExchangeError, Format};

/// Shells that run PowerShell.
const POWERSHELL: [&str; 3] = ["powershell", "pwsh", "ps"];

/// Reads a file of workflows.
pub fn read(text: &str) -> Result<Found, ExchangeError> {
    // Aliases multiply what a file holds; no workflow needs one.
    let budget = serde_saphyr::budget! {
        max_aliases: 64,
        max_anchors: 64,
        max_depth: 24,
        max_nodes: 200_000,
        max_documents: 4096,
        max_total_scalar_bytes: 2 * super::MAX_BYTES,
    };
    let options = serde_saphyr::options! { with_snippet: false, budget: budget };
    let documents: Vec<Document> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| {
            let start = Position { line: 1, column: 1 };
            let position = error.location().map_or(start, |place| Position {
                line: usize::try_from(place.line()).unwrap_or(1).max(1),
                column: usize::try_from(place.column()).unwrap_or(1).max(1),
            });
            ExchangeError::broken(Format::Warp, position, message(&error))
        })?;
    let mut found = Found::default();
    for workflow in documents.into_iter().flat_map(|document| document.0) {
        entry(workflow, &mut found)?;
    }
    Ok(found)
}

/// The error in one line; the place is told beside it.
fn message(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let line = text.lines().next().unwrap_or("");
    // The library's own options are nobody's business here.
    [" at line ", ", set DuplicateKeyPolicy"]
        .iter()
        .fold(line, |line, end| line.split(end).next().unwrap_or(line))
        .to_owned()
}

fn entry(workflow: Workflow, found: &mut Found) -> Result<(), ExchangeError> {
    let Workflow {
        line,
        name,
        command,
        description,
        tags,
        arguments,
        shells,
        other,
    } = workflow;
    let title = name.unwrap_or_default();
    for (at, key) in other {
        found.note(at, format!("{title}: {key} is lost"));
    }
    if let Some((at, shells)) = shells.filter(|(_, shells)| !shells.is_empty()) {
        if !shells
            .iter()
            .any(|s| POWERSHELL.contains(&s.to_lowercase().as_str()))
        {
            let why = format!("it is for {}, not for PowerShell", shells.join(", "));
            found.refuse(line, &title, why);
            return Ok(());
        }
        found.note(at, format!("{title}: shells is lost"));
    }
    let Some(command) = command else {
        found.refuse(line, &title, "it has no command");
        return Ok(());
    };
    let command = command.replace("\r\n", "\n");
    let mut body = brace::read(command.trim_end());
    for argument in arguments {
        let place = body
            .places
            .iter_mut()
            .find(|p| p.name.as_deref() == Some(argument.name.as_str()));
        match place {
            Some(place) => {
                place.default = argument.default_value.filter(|d| !d.is_empty());
                place.help = argument.description.unwrap_or_default();
            }
            None => found.note(
                argument.line,
                format!(
                    "{title}: the argument {} stands nowhere in the command",
                    argument.name
                ),
            ),
        }
    }
    found.add(Entry {
        line,
        title,
        description: description.unwrap_or_default(),
        tags,
        body,
    })
}

/// A snippet as a document.
pub fn write(
    outline: &Outline,
    description: &str,
    tags: &[String],
) -> Result<Written, serde_json::Error> {
    let spelt = outline.spell(&str::to_owned, &|hole, _: Context| {
        Spelling::quoted(brace::write(&hole.name))
    });
    let arguments: Vec<Argument> = outline
        .holes
        .iter()
        .map(|hole| Argument {
            line: 0,
            name: hole.name.clone(),
            description: Some(hole.help.clone()).filter(|h| !h.is_empty()),
            default_value: hole.default.clone(),
        })
        .collect();
    let mut text = format!("---\nname: {}\n", scalar(&outline.title)?);
    if spelt.text.contains('\n') && is_block(&spelt.text) {
        text.push_str("command: |-\n");
        for line in spelt.text.lines() {
            text.push_str(&format!("  {line}\n"));
        }
    } else {
        text.push_str(&format!("command: {}\n", scalar(&spelt.text)?));
    }
    if !tags.is_empty() {
        let tags: Result<Vec<String>, _> = tags.iter().map(|tag| scalar(tag)).collect();
        text.push_str(&format!("tags: [{}]\n", tags?.join(", ")));
    }
    if !description.is_empty() {
        text.push_str(&format!("description: {}\n", scalar(description)?));
    }
    if !arguments.is_empty() {
        text.push_str("arguments:\n");
    }
    for argument in &arguments {
        text.push_str(&format!("  - name: {}\n", scalar(&argument.name)?));
        if let Some(help) = &argument.description {
            text.push_str(&format!("    description: {}\n", scalar(help)?));
        }
        if let Some(default) = &argument.default_value {
            text.push_str(&format!("    default_value: {}\n", scalar(default)?));
        }
    }
    Ok(Written {
        text,
        body: spelt.body,
    })
}

/// True for text that a block scalar holds as it is: YAML takes the indent of the first line for
/// that of all, and drops what it does not print.
fn is_block(text: &str) -> bool {
    !text.starts_with([' ', '\t', '\n'])
        && !text
            .chars()
            .any(|c| c != '\n' && (c.is_control() || crate::text::is_unsafe(c)))
}

/// A scalar in double quotes. A JSON string is one (YAML 1.2, section 1.3); what YAML does not
/// take as printable is escaped too.
fn scalar(text: &str) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(text)?;
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_control() || crate::text::is_unsafe(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Ok(out)
}
