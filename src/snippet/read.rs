//! From a `.ps1` file to a [`Snippet`].

use std::sync::OnceLock;

use thiserror::Error;

use crate::cmdlet::{self, Risk};
use crate::powershell::{self, LiteralError, Position, Script, SyntaxError};

use super::help::Help;
use super::library::Layer;
use super::model::Snippet;
use super::params;
use super::template::{Template, compile};

/// Largest snippet file, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// Why a file is not a snippet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// It is not PowerShell.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// It uses what makes no sense away from its file.
    #[error("{position}: {what} does not work in a snippet: {why}")]
    Refused {
        /// Where.
        position: Position,
        /// What was found.
        what: String,
        /// Why it is refused.
        why: &'static str,
    },
    /// It is larger than [`MAX_BYTES`].
    #[error("the file is larger than {} KiB", MAX_BYTES / 1024)]
    TooLarge,
}

impl ReadError {
    /// A value that cannot stand in the text.
    pub(super) fn from_literal(error: &LiteralError) -> ReadError {
        let start = Position { line: 1, column: 1 };
        ReadError::Syntax(SyntaxError::new(start, error.to_string()))
    }

    /// Where in the file, for findings.
    pub fn position(&self) -> Position {
        match self {
            ReadError::Syntax(error) => error.position,
            ReadError::Refused { position, .. } => *position,
            ReadError::TooLarge => Position { line: 1, column: 1 },
        }
    }
}

/// Reads a snippet. A leading byte order mark is dropped.
pub fn read(id: &str, source: &str, layer: Layer) -> Result<Snippet, ReadError> {
    if source.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let judgement = cmdlet::judge_script(source, powershell::parse(source)?);
    let script = &judgement.script;
    refuse_what_needs_the_file(source, script)?;
    let help = Help::read(source);
    let mut params = match script.param_block.clone() {
        Some(span) => params::read(source, span)?,
        None => params::Params::default(),
    };
    for field in &mut params.fields {
        if let Some((_, text)) = help
            .parameters()
            .find(|(name, _)| name.eq_ignore_ascii_case(&field.name))
        {
            field.help = text.to_owned();
        }
    }
    let names: Vec<&str> = params.fields.iter().map(|f| f.name.as_str()).collect();
    let mut template = compile(source, script, &|name| {
        names.iter().any(|n| n.eq_ignore_ascii_case(name))
    });
    if let (Template::Commands(_), Some(name)) = (&template, params.computed_defaults.first()) {
        template = Template::Script {
            reason: format!("the default of {name} is computed"),
        };
    }
    let impact = match params.confirm_impact.as_deref() {
        Some(i) if i.eq_ignore_ascii_case("high") => Risk::Destructive,
        Some(i) if i.eq_ignore_ascii_case("medium") => Risk::Change,
        _ => Risk::Read,
    };
    let mut commands: Vec<String> = Vec::new();
    for name in script.commands.iter().filter_map(|c| c.name.clone()) {
        if !commands.iter().any(|c| c.eq_ignore_ascii_case(&name)) {
            commands.push(name);
        }
    }
    let synopsis = help
        .text("SYNOPSIS")
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ");
    Ok(Snippet {
        id: id.to_owned(),
        title: if synopsis.is_empty() {
            id.to_owned()
        } else {
            synopsis
        },
        description: help.text("DESCRIPTION"),
        tags: help.list("FUNCTIONALITY"),
        products: help.list("COMPONENT"),
        role: help.text("ROLE"),
        examples: help.all("EXAMPLE"),
        notes: help.notes(),
        fields: params.fields,
        default_set: params.default_set,
        commands,
        risk: judgement.least.max(impact),
        layer,
        source: source.to_owned(),
        template,
        meanings: OnceLock::new(),
    })
}

fn refuse_what_needs_the_file(source: &str, script: &Script) -> Result<(), ReadError> {
    let code = &script.scanned;
    let lower = code.code.to_ascii_lowercase();
    for (what, why) in [
        (
            "$psscriptroot",
            "the text is sent to a server, where the file is not",
        ),
        (
            "$pscommandpath",
            "the text is sent to a server, where the file is not",
        ),
        ("$myinvocation", "the text is not called as a file"),
    ] {
        if let Some(at) = lower.find(what) {
            return Err(ReadError::Refused {
                position: Position::of(source, code.original(at)),
                what: what.to_owned(),
                why,
            });
        }
    }
    if let Some(dotted) = script
        .opaque
        .iter()
        .find(|o| o.what.starts_with("dot-sourcing"))
    {
        return Err(ReadError::Refused {
            position: Position::of(source, dotted.span.start),
            what: "dot-sourcing".into(),
            why: "the other file is not on the server",
        });
    }
    Ok(())
}
