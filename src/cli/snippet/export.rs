//! `csdeck snippet export [ID...] --as FORMAT`.

use std::path::PathBuf;

use serde_json::json;

use super::import::format_parser;
use crate::cli::{self, Context, Exit, Failure, note};
use crate::snippet::Snippet;
use crate::snippet::exchange::{self, Exported, Format};
use crate::store::atomic;

/// `snippet export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// Ids, as in the list; none exports the whole library
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Only the snippets of this group
    #[arg(long, value_name = "GROUP", conflicts_with = "ids")]
    group: Option<String>,
    /// What the file shall be
    #[arg(long = "as", value_name = "FORMAT", value_parser = format_parser())]
    foreign: Format,
    /// The file, which must not be there yet; without it standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn export(
    cx: &mut Context,
    form: cli::Format,
    command: &Export,
) -> Result<Exit, Failure> {
    let library = cx.app()?.library();
    let snippets: Vec<&Snippet> = if command.ids.is_empty() {
        library.iter().filter(|s| is_in(s, command)).collect()
    } else {
        let ids = command.ids.iter();
        ids.map(|id| super::find(&library, id))
            .collect::<Result<_, _>>()?
    };
    if snippets.is_empty() {
        let group = command.group.as_deref().unwrap_or_default();
        return Err(Failure::usage(format!(
            "there is no snippet in the group {group:?}. See: csdeck snippet list"
        )));
    }
    let exported = exchange::export(command.foreign, &snippets);
    if exported.left_out.len() == snippets.len() {
        tell(&exported);
        return Err(Failure::failed("nothing was exported"));
    }
    if let Some(path) = &command.output {
        atomic::write_new(path, exported.text.as_bytes())
            .map_err(|e| Failure::failed(format!("{}: not written: {e}", path.display())))?;
    }
    print(cx, form, command, &exported)?;
    Ok(if exported.left_out.is_empty() {
        Exit::Done
    } else {
        Exit::Found
    })
}

fn is_in(snippet: &Snippet, command: &Export) -> bool {
    command.group.as_deref().is_none_or(|group| {
        let group = group.trim_end_matches('/');
        let rest = snippet.group().strip_prefix(group);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn tell(exported: &Exported) {
    for loss in &exported.losses {
        note(&format!("{}: {}", loss.id, loss.message));
    }
    for loss in &exported.left_out {
        note(&format!("{}: not exported: {}", loss.id, loss.message));
    }
}

fn print(
    cx: &mut Context,
    form: cli::Format,
    command: &Export,
    exported: &Exported,
) -> Result<(), Failure> {
    let document = || {
        let text = Some(&exported.text).filter(|_| command.output.is_none());
        json!({
            "path": command.output.as_ref().map(|p| p.display().to_string()),
            "text": text,
            "losses": exported.losses,
            "leftOut": exported.left_out,
        })
    };
    match form {
        cli::Format::Json => return cx.out.json(&document()),
        cli::Format::Jsonl => return cx.out.jsonl(&document()),
        cli::Format::Table | cli::Format::Tree => tell(exported),
    }
    match &command.output {
        Some(_) => Ok(()),
        None if cx.out.is_terminal() => cx.out.text(exported.text.trim_end()),
        // Another program reads it: to the byte.
        None => cx.out.bytes(exported.text.as_bytes()),
    }
}
