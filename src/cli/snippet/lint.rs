//! `csdeck snippet lint`.

use std::path::Path;

use serde_json::json;

use crate::cli::{Context, Exit, Failure, Format};
use crate::near::did_you_mean;
use crate::snippet::library::Problem;
use crate::snippet::lint::{Finding, lint_library, of_problem};
use crate::snippet::{self, Layer, Library};
use crate::text;

/// Larger files are not even looked at; a snippet is far smaller, and reading it says so.
const MAX_FILE: u64 = 16 * 1024 * 1024;

pub(super) fn lint(cx: &mut Context, format: Format, what: &[String]) -> Result<Exit, Failure> {
    let findings = if what.is_empty() {
        lint_library(&cx.app()?.library())
    } else {
        let mut findings = Vec::new();
        // Read for the first id only: a file can be checked whatever the configuration says.
        let mut library = None;
        for one in what {
            let path = Path::new(one);
            if path.is_file() {
                findings.extend(lint_file(path)?);
                continue;
            }
            let library = match &library {
                Some(library) => library,
                None => library.insert(cx.app()?.library()),
            };
            findings.extend(lint_id(library, one)?);
        }
        findings
    };
    match format {
        Format::Json => cx.out.json(&json!({ "findings": findings }))?,
        Format::Jsonl => findings.iter().try_for_each(|f| cx.out.jsonl(f))?,
        Format::Table | Format::Tree => {
            for f in &findings {
                cx.out.finding(&f.id, &f.finding)?;
            }
        }
    }
    Ok(if findings.is_empty() {
        Exit::Done
    } else {
        Exit::Found
    })
}

fn lint_file(path: &Path) -> Result<Vec<Finding>, Failure> {
    let failed = |e: &dyn std::fmt::Display| Failure::failed(format!("{}: {e}", path.display()));
    let length = std::fs::metadata(path).map_err(|e| failed(&e))?.len();
    if length > MAX_FILE {
        return Err(failed(&"far too large for a snippet"));
    }
    let source =
        text::decode(&std::fs::read(path).map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
    let id = path.display().to_string();
    let layer = Layer::Own(path.parent().unwrap_or(Path::new("")).to_owned());
    Ok(match snippet::read(&id, &source, layer.clone()) {
        Ok(snippet) => snippet::lint::lint(&snippet),
        Err(e) => vec![of_problem(&Problem {
            id,
            layer,
            error: e.to_string(),
            position: e.position(),
        })],
    })
}

fn lint_id(library: &Library, id: &str) -> Result<Vec<Finding>, Failure> {
    let broken: Vec<Finding> = library
        .problems
        .iter()
        .filter(|p| p.id == id)
        .map(of_problem)
        .collect();
    match library.get(id) {
        Some(snippet) => Ok(broken
            .into_iter()
            .chain(snippet::lint::lint(snippet))
            .collect()),
        None if !broken.is_empty() => Ok(broken),
        None => {
            let near = did_you_mean(id, library.iter().map(|s| s.id.as_str()));
            Err(Failure::usage(format!(
                "{id:?} is neither a file nor a snippet.{near}"
            )))
        }
    }
}
