//! `csdeck snippet list|search|show|render|rows|lint|import|export`.

mod export;
mod form;
mod import;
mod lint;
mod rows;
mod search;
mod show;

use clap::Subcommand;

pub use form::To;
pub use rows::RowsFrom;
pub(super) use rows::text as text_of_rows;

use super::{Context, Exit, Failure, Format};
use crate::app::App;
use crate::near::did_you_mean;
use crate::snippet::{self as domain, FieldError, Library, RenderError, Rendered, Values};
use crate::suggest::Engagement;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Snippet {
    /// Every snippet, by id
    List(search::Filters),
    /// Snippets in which every word occurs, the best first; slips are forgiven
    Search(search::Words),
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
        #[command(flatten)]
        rows: RowsFrom,
        #[command(flatten)]
        to: To,
    },
    /// A table (CSV) to fill in: its header names the fields, the required ones first
    Rows {
        /// The snippet's id, as in the list
        id: String,
        /// Write it to this file, which must not be there yet
        #[arg(long, value_name = "FILE")]
        output: Option<std::path::PathBuf>,
        /// One row below it, from the snippet's example and its defaults
        #[arg(long)]
        example: bool,
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
    /// Fill in required fields that are left from the variables of the engagement (csdeck
    /// engagement list)
    #[arg(long)]
    engagement: bool,
    /// The variables, once they are read.
    #[arg(skip)]
    variables: Option<Engagement>,
}

impl SetValues {
    /// True when none was given.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && !self.engagement
    }

    /// The same with the variables of the engagement, when they were asked for.
    pub(super) fn with_engagement(mut self, app: &App) -> Result<SetValues, Failure> {
        if self.engagement {
            self.variables = Some(app.engagement()?);
        }
        Ok(self)
    }

    /// The values for a snippet. What comes from the engagement is told: the command line does not
    /// show it.
    fn values(&self, snippet: &domain::Snippet) -> Values {
        let mut values = Values::default();
        for (name, value) in &self.set {
            values.add(name, value.clone());
        }
        let variables = self.variables.iter().flat_map(|v| v.fills(snippet));
        for (field, variable, value) in variables {
            let name = &snippet.fields[field].name;
            if values.of(name).is_none() {
                let shown = value.join(", ");
                super::note(&format!("{name} from the engagement's {variable}: {shown}"));
                value.into_iter().for_each(|v| values.add(name, v));
            }
        }
        values
    }
}

pub(super) fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("", _)) => Err("there is no name in front of the =".into()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("wanted NAME=VALUE".into()),
    }
}

pub(super) fn run(cx: &mut Context, command: Snippet) -> Result<Exit, Failure> {
    let format = cx.format()?;
    match command {
        Snippet::List(filters) => search::list(cx, format, &filters)?,
        Snippet::Search(words) => search::search(cx, format, &words)?,
        Snippet::Show { id } => {
            let library = cx.app()?.library();
            show::show(cx, format, &library, find(&library, &id)?)?;
        }
        Snippet::Render {
            id,
            values,
            rows: from,
            to,
        } => {
            let values = values.with_engagement(&cx.app()?)?;
            match from.table() {
                Some(table) => rows::render(cx, format, &id, &values, &from, table, &to)?,
                None => render_one(cx, format, &id, &values, &to)?,
            }
        }
        Snippet::Rows {
            id,
            output,
            example,
        } => return rows::table(cx, &id, output.as_deref(), example),
        Snippet::Lint { what } => return lint::lint(cx, format, &what),
        Snippet::Import(command) => return import::import(cx, format, &command),
        Snippet::Export(command) => return export::export(cx, format, &command),
    }
    Ok(Exit::Done)
}

fn render_one(
    cx: &mut Context,
    format: Format,
    id: &str,
    values: &SetValues,
    to: &To,
) -> Result<(), Failure> {
    let library = cx.app()?.library();
    let mut rendered = render(&library, id, values)?;
    let copied = to.copy(find(&library, id)?, id, &rendered.text)?;
    if format == Format::Table {
        to.print(cx, &rendered.text, copied.as_ref())?;
        for finding in &rendered.findings {
            super::note(&format!("{id}:{finding}"));
        }
        for doubt in &rendered.doubts {
            super::note(&format!("{id}: {doubt}"));
        }
        return Ok(());
    }
    if let Some(copied) = copied {
        rendered.text = copied.text;
    }
    match format {
        Format::Jsonl => cx.out.jsonl(&rendered),
        _ => cx.out.json(&rendered),
    }
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
    // Never another snippet in the place of the one that somebody put there.
    if let Some(problem) = library.broken(id) {
        let below = match library.get(id) {
            Some(snippet) => format!(
                " The one it takes the place of ({}) is not used instead.",
                snippet.layer.word()
            ),
            None => String::new(),
        };
        return Err(Failure::failed(format!(
            "{id} ({}) cannot be used: {}.{below} Mend or remove it: csdeck snippet lint {id}",
            problem.layer.word(),
            problem.error
        )));
    }
    library.get(id).ok_or_else(|| {
        let near = did_you_mean(id, library.iter().map(|s| s.id.as_str()));
        Failure::usage(format!(
            "there is no snippet {id:?}.{near} See: csdeck snippet list"
        ))
    })
}

/// Renders a snippet. Wrong values are a wrong command line, one line for each of them.
pub(super) fn render(library: &Library, id: &str, values: &SetValues) -> Result<Rendered, Failure> {
    let snippet = find(library, id)?;
    domain::render(snippet, &values.values(snippet)).map_err(|e| match e {
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
