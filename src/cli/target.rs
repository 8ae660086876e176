//! `csdeck target list|add|test|remove`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};

use super::{Context, Exit, Failure, note};
use crate::app::App;
use crate::execute::{Protection, ShellProfile, Target as Model, TransportKind};
use crate::near::did_you_mean;
use crate::store::config;

mod test;

pub(super) use test::explain;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Target {
    /// All targets
    List,
    /// Write a target into targets.toml
    Add(Box<Add>),
    /// Connect, log in, say what answered
    Test(test::Test),
    /// Take a target out of targets.toml
    Remove {
        /// Its name
        name: String,
    },
}

/// The keys of a target.
#[derive(Debug, Args)]
pub struct Add {
    /// The name you use and, before something dangerous, type
    name: String,
    /// How to get there: local, ssh, lab
    #[arg(long, value_parser = word::<TransportKind>, value_name = "KIND")]
    transport: TransportKind,
    /// ssh: HOST or HOST:PORT
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<String>,
    /// Who logs in; without it the name of the signed-in user
    #[arg(long)]
    user: Option<String>,
    /// ssh: the private key to offer
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,
    /// ssh: this file instead of ~/.ssh/known_hosts
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// The PowerShell program, instead of powershell
    #[arg(long, value_name = "PROGRAM")]
    powershell: Option<String>,
    /// A name in the keyring, never the password itself
    #[arg(long, value_name = "NAME")]
    credential: Option<String>,
    /// What is loaded first: lync, exchange, plain
    #[arg(long, value_parser = word::<ShellProfile>, value_name = "PROFILE", default_value = "lync")]
    shell: ShellProfile,
    /// What may be run there: normal, read-only, protected
    #[arg(long, value_parser = word::<Protection>, value_name = "WORD", default_value = "normal")]
    protection: Protection,
    /// A name under which several targets are addressed together; may be repeated
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
}

/// A word as it is written in targets.toml.
fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    T::deserialize(text.into_deserializer()).map_err(|e: serde::de::value::Error| e.to_string())
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    transport: &'static str,
    address: &'a str,
    protection: &'static str,
    user: Option<&'a str>,
    credential: Option<&'a str>,
    shell: ShellProfile,
    groups: &'a [String],
}

pub(super) async fn run(cx: &mut Context, command: Target) -> Result<Exit, Failure> {
    match command {
        Target::List => list(cx)?,
        Target::Add(add) => return add_target(cx, *add),
        Target::Test(command) => return test::run(cx, command).await,
        Target::Remove { name } => {
            let path = cx.paths()?.targets_file();
            let known = config::load_targets(&path)?;
            if !config::remove_target(&path, &name)? {
                return Err(unknown(&name, known.iter()));
            }
            note(&format!("{name} is removed from {}", path.display()));
        }
    }
    Ok(Exit::Done)
}

fn list(cx: &mut Context) -> Result<(), Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
    let rows: Vec<Row<'_>> = app
        .targets
        .iter()
        .map(|t| Row {
            name: &t.name,
            transport: t.transport.word(),
            address: &t.address,
            protection: t.protection.word(),
            user: t.user.as_deref(),
            credential: t.credential.as_deref(),
            shell: t.shell,
            groups: &t.groups,
        })
        .collect();
    cx.out.list(
        format,
        &rows,
        &["name", "transport", "address", "protection", "groups"],
        |row| {
            [
                row.name,
                row.transport,
                row.address,
                row.protection,
                &row.groups.join(", "),
            ]
            .map(str::to_owned)
            .to_vec()
        },
    )
}

fn add_target(cx: &mut Context, add: Add) -> Result<Exit, Failure> {
    let target = Model {
        name: add.name,
        transport: add.transport,
        address: add.address.unwrap_or_default(),
        user: add.user,
        credential: add.credential,
        identity_file: add.identity_file,
        known_hosts: add.known_hosts,
        powershell: add.powershell,
        shell: add.shell,
        protection: add.protection,
        groups: add.group,
        ..Model::lab()
    };
    // What the file's reader would refuse later is refused before it is in the file.
    if target.name.trim().is_empty() {
        return Err(Failure::usage("the name of a target must not be empty"));
    }
    if target
        .name
        .chars()
        .any(|c| c.is_control() || crate::text::is_unsafe(c))
    {
        return Err(Failure::usage(format!(
            "the name {:?} holds control characters",
            target.name
        )));
    }
    if let Some(problem) = target.problem() {
        return Err(Failure::usage(problem));
    }
    let path = cx.paths()?.targets_file();
    config::add_target(&path, &target)?;
    note(&format!(
        "{} is added to {}. Try it with: csdeck target test {}",
        target.name,
        path.display(),
        target.name
    ));
    Ok(Exit::Done)
}

/// A target that is not there, with those that are.
pub(super) fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a Model> + Clone) -> Failure {
    let names: Vec<&str> = known.clone().map(|t| t.name.as_str()).collect();
    let near = did_you_mean(name, names.iter().copied());
    let there = if names.is_empty() {
        "There are none".to_owned()
    } else {
        format!("There are: {}", names.join(", "))
    };
    Failure::usage(format!("there is no target {name:?}.{near} {there}"))
}

/// The target of this name.
pub(super) fn find<'a>(app: &'a App, name: &str) -> Result<&'a Model, Failure> {
    app.target(name)
        .ok_or_else(|| unknown(name, app.targets.iter()))
}

/// The targets of these names, each once, in the order given; a name of a group stands for all
/// of its targets.
pub(super) fn find_all<'a>(app: &'a App, names: &[String]) -> Result<Vec<&'a Model>, Failure> {
    let mut found: Vec<&Model> = Vec::new();
    for name in names {
        let group: Vec<&Model> = match app.target(name) {
            Some(target) => vec![target],
            None => app
                .targets
                .iter()
                .filter(|t| t.groups.iter().any(|g| g.eq_ignore_ascii_case(name)))
                .collect(),
        };
        if group.is_empty() {
            return Err(unknown(name, app.targets.iter()));
        }
        for target in group {
            if !found.iter().any(|t| t.name == target.name) {
                found.push(target);
            }
        }
    }
    Ok(found)
}
