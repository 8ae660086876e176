//! `csdeck engagement list|set|unset`: variables that forms are filled in from.

use clap::Subcommand;
use serde::Serialize;

use super::{Context, Exit, Failure, note};
use crate::app::App;
use crate::store::config::ConfigError;
use crate::suggest::Engagement as Model;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Engagement {
    /// The variables of engagement.toml
    List,
    /// Set variables; pool, sql-server, sql-instance, domain, site, computer, file-share,
    /// database-paths and ou stand for every field of their meaning, the name of a field for the
    /// field
    Set {
        /// Name and value; everything behind the first = is the value
        #[arg(required = true, num_args = 1.., value_name = "NAME=VALUE", value_parser = super::snippet::name_and_value)]
        variables: Vec<(String, String)>,
    },
    /// Take variables away
    Unset {
        /// Their names
        #[arg(required = true, num_args = 1.., value_name = "NAME")]
        names: Vec<String>,
    },
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    value: &'a str,
}

pub(super) fn run(cx: &mut Context, command: Engagement) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
    let changes: Vec<(String, Option<String>)> = match command {
        Engagement::List => {
            let engagement = app.engagement()?;
            let rows: Vec<Row<'_>> = engagement
                .iter()
                .map(|(name, value)| Row { name, value })
                .collect();
            if rows.is_empty() {
                note("no variables: csdeck engagement set pool=POOL-FQDN");
            }
            cx.out.list(format, &rows, &["name", "value"], |row| {
                vec![row.name.to_owned(), row.value.to_owned()]
            })?;
            return Ok(Exit::Done);
        }
        Engagement::Set { variables } => {
            let set = variables.into_iter();
            set.map(|(name, value)| (name, Some(value))).collect()
        }
        Engagement::Unset { names } => names.into_iter().map(|name| (name, None)).collect(),
    };
    let mut text = app.engagement_text()?;
    for (name, value) in &changes {
        tell(&app, name, value.as_deref())?;
        text = Model::with(&text, name, value.as_deref())
            .map_err(|e| Failure::usage(e.to_string()))?;
    }
    let engagement = app.write_engagement(&text).map_err(|e| match e {
        ConfigError::Content { .. } => Failure::usage(e.to_string()),
        ConfigError::Io { .. } => e.into(),
    })?;
    note(&format!(
        "{}: {} variables",
        app.paths.engagement().display(),
        engagement.iter().count()
    ));
    Ok(Exit::Done)
}

/// What there is to say about a change; a variable that is not there cannot be taken away.
fn tell(app: &App, name: &str, value: Option<&str>) -> Result<(), Failure> {
    let Some(value) = value else {
        let known = app.engagement()?;
        let is_there = known.iter().any(|(n, _)| Model::same_name(n, name));
        return match is_there {
            true => Ok(()),
            false => Err(Failure::usage(format!("there is no variable {name:?}"))),
        };
    };
    if let Some(doubt) = Model::doubt(name, value) {
        note(&doubt);
    }
    let library = app.library();
    let mut fields = library.iter().flat_map(|s| &s.fields);
    let stands_for_something = Model::names().any(|n| Model::same_name(n, name))
        || fields.any(|f| Model::same_name(&f.name, name));
    if !stands_for_something {
        note(&format!(
            "{name} stands for no field of a snippet. These stand for all fields of their meaning: {}",
            Model::names().collect::<Vec<_>>().join(", ")
        ));
    }
    Ok(())
}
