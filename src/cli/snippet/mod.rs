//! `csdeck snippet list|search|show|render|lint|import|export`.

mod export;
mod import;
mod lint;
mod show;

use clap::Subcommand;
use serde::Serialize;

use super::{Context, Exit, Failure, Format};
use crate::cmdlet::Risk;
use crate::near::did_you_mean;
use crate::snippet::{self as domain, FieldError, Library, RenderError, Rendered, Values};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Snippet {
    /// Every snippet
    List,
    /// Snippets in which every word occurs, the best first
    Search {
        /// The words
        #[arg(required = true, num_args = 1..)]
        words: Vec<String>,
    },
    /// Everything about a snippet: help, fields, notes, the file itself
    Show {
        /// Its id, as in the list
        id: String,
    },
    /// The text that would run, and nothing else
    Render {
        /// Its id, as in the list
        id: String,
        #[command(flatten)]
        values: SetValues,
    },
    /// What is wrong with snippets; exit code 3 if anything is
    Lint {
        /// Files or ids; none checks the whole library
        #[arg(value_name = "FILE|ID")]
        what: Vec<String>,
    },
    /// Snippets of another tool into your own folder; exit code 3 if some entries are none
    Import(import::Import),
    /// Snippets as a file of another tool
    Export(export::Export),
}

/// `--set NAME=VALUE`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SetValues {
    /// The value of a field; for a list each one adds an element. Everything behind the first = is
    /// taken as it is
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
}

impl SetValues {
    /// True when none was given.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    fn values(&self) -> Values {
        let mut values = Values::default();
        for (name, value) in &self.set {
            values.add(name, value.clone());
        }
        values
    }
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("", _)) => Err("there is no name in front of the =".into()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("wanted NAME=VALUE".into()),
    }
}

/// A snippet in lists.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    group: &'a str,
    tags: &'a [String],
    products: &'a [String],
    risk: Risk,
    layer: &'static str,
}

impl<'a> Row<'a> {
    fn of(snippet: &'a domain::Snippet) -> Self {
        Row {
            id: &snippet.id,
            title: &snippet.title,
            group: snippet.group(),
            tags: &snippet.tags,
            products: &snippet.products,
            risk: snippet.risk,
            layer: snippet.layer.word(),
        }
    }
}

pub(super) fn run(cx: &mut Context, command: Snippet) -> Result<Exit, Failure> {
    let format = cx.format()?;
    match command {
        Snippet::List => {
            let library = cx.app()?.library();
            report_problems(&library);
            list(cx, format, library.iter())?;
        }
        Snippet::Search { words } => {
            let library = cx.app()?.library();
            let found = library.search(&words.join(" "));
            if found.is_empty() {
                super::note("no snippet has all of these words");
            }
            list(cx, format, found)?;
        }
        Snippet::Show { id } => {
            let library = cx.app()?.library();
            show::show(cx, format, &library, find(&library, &id)?)?;
        }
        Snippet::Render { id, values } => {
            let rendered = render(&cx.app()?.library(), &id, &values)?;
            match format {
                Format::Json => cx.out.json(&rendered)?,
                Format::Jsonl => cx.out.jsonl(&rendered)?,
                Format::Table | Format::Tree => {
                    cx.out.raw(&rendered.text)?;
                    for finding in &rendered.findings {
                        super::note(&format!("{id}:{finding}"));
                    }
                }
            }
        }
        Snippet::Lint { what } => return lint::lint(cx, format, &what),
        Snippet::Import(command) => return import::import(cx, format, &command),
        Snippet::Export(command) => return export::export(cx, format, &command),
    }
    Ok(Exit::Done)
}

fn list<'a>(
    cx: &mut Context,
    format: Format,
    snippets: impl IntoIterator<Item = &'a domain::Snippet>,
) -> Result<(), Failure> {
    let rows: Vec<Row<'_>> = snippets.into_iter().map(Row::of).collect();
    cx.out
        .list(format, &rows, &["id", "risk", "products", "title"], |row| {
            vec![
                row.id.to_owned(),
                row.risk.word().to_owned(),
                row.products.join(" "),
                row.title.to_owned(),
            ]
        })
}

/// Files that are not in the list although somebody put them there.
fn report_problems(library: &Library) {
    if !library.problems.is_empty() {
        let ids: Vec<&str> = library.problems.iter().map(|p| p.id.as_str()).collect();
        super::note(&format!(
            "not in the list, because they cannot be used: {}. See: csdeck snippet lint",
            ids.join(", ")
        ));
    }
}

/// The snippet of this id, or a failure that names those that are near.
fn find<'a>(library: &'a Library, id: &str) -> Result<&'a domain::Snippet, Failure> {
    library.get(id).ok_or_else(|| {
        if let Some(problem) = library.problems.iter().find(|p| p.id == id) {
            return Failure::failed(format!(
                "{id} ({}) cannot be used: {}",
                problem.layer.word(),
                problem.error
            ));
        }
        let near = did_you_mean(id, library.iter().map(|s| s.id.as_str()));
        Failure::usage(format!(
            "there is no snippet {id:?}.{near} See: csdeck snippet list"
        ))
    })
}

/// Renders a snippet. Wrong values are a wrong command line, one line for each of them.
pub(super) fn render(library: &Library, id: &str, values: &SetValues) -> Result<Rendered, Failure> {
    let snippet = find(library, id)?;
    domain::render(snippet, &values.values()).map_err(|e| match e {
        RenderError::Fields(errors) => Failure::usage(
            errors
                .iter()
                .map(FieldError::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        RenderError::Literal(_) => Failure::usage(format!("{id}: {e}")),
        RenderError::Syntax(_) => {
            Failure::failed(format!("{id}: {e}. See: csdeck snippet lint {id}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::name_and_value;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_are_taken_verbatim_behind_the_first_equals_sign(name in "[A-Za-z]{1,9}", value in "\\PC{0,40}") {
            prop_assert_eq!(name_and_value(&format!("{name}={value}")), Ok((name, value)));
        }
    }

    #[test]
    fn what_is_no_pair() {
        assert!(name_and_value("Name").is_err());
        assert!(name_and_value("=value").is_err());
        assert_eq!(name_and_value("A="), Ok(("A".into(), String::new())));
        assert_eq!(name_and_value("A=b=c"), Ok(("A".into(), "b=c".into())));
    }
}
