//! `csdeck target list|show|add|edit|import|test|remove`.

use clap::Subcommand;
use serde::Serialize;

use super::{Context, Exit, Failure, Format};
use crate::app::App;
use crate::execute::target::keys::Key;
use crate::execute::{ShellProfile, Target as Model};
use crate::near::did_you_mean;

mod import;
mod test;
mod write;

pub(super) use test::explain;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Target {
    /// All targets
    List {
        /// Only those of this group
        #[arg(long, value_name = "GROUP")]
        group: Option<String>,
    },
    /// All keys of a target
    Show {
        /// Its name
        name: String,
    },
    /// Write a target into targets.toml
    Add(Box<write::Add>),
    /// Change keys of a target; everything else in the file stays as it is
    Edit(Box<write::Edit>),
    /// Add targets from an ssh configuration or a topology
    Import(Box<import::Import>),
    /// Connect, log in, say what answered
    Test(test::Test),
    /// Take a target out of targets.toml
    Remove {
        /// Its name
        name: String,
    },
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

/// All keys of a target, as JSON; those that have no value are null or empty.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    identity_file: Option<&'a std::path::Path>,
    known_hosts: Option<&'a std::path::Path>,
    jump: Option<&'a str>,
    login: Vec<&'static str>,
    connect_timeout_seconds: Option<f64>,
    login_timeout_seconds: Option<f64>,
    command_timeout_seconds: Option<f64>,
    keepalive_seconds: Option<f64>,
    auth: &'static str,
    tls: Option<bool>,
    ca_file: Option<&'a std::path::Path>,
    fingerprint: Option<&'a str>,
    certificate_file: Option<&'a std::path::Path>,
    key_file: Option<&'a std::path::Path>,
    configuration: Option<&'a str>,
    powershell: Option<&'a str>,
    session: &'static str,
}

impl<'a> Row<'a> {
    fn of(t: &'a Model) -> Self {
        Row {
            name: &t.name,
            transport: t.transport.word(),
            address: &t.address,
            protection: t.protection.word(),
            user: t.user.as_deref(),
            credential: t.credential.as_deref(),
            shell: t.shell,
            groups: &t.groups,
        }
    }
}

impl<'a> Whole<'a> {
    fn of(t: &'a Model) -> Self {
        let seconds = |d: Option<std::time::Duration>| d.map(|d| d.as_secs_f64());
        Whole {
            row: Row::of(t),
            identity_file: t.identity_file.as_deref(),
            known_hosts: t.known_hosts.as_deref(),
            jump: t.jump.as_deref(),
            login: t.login.iter().map(|l| l.word()).collect(),
            connect_timeout_seconds: seconds(t.connect_timeout),
            login_timeout_seconds: seconds(t.login_timeout),
            command_timeout_seconds: seconds(t.command_timeout),
            keepalive_seconds: seconds(t.keepalive),
            auth: t.auth.word(),
            tls: t.tls,
            ca_file: t.ca_file.as_deref(),
            fingerprint: t.fingerprint.as_deref(),
            certificate_file: t.certificate_file.as_deref(),
            key_file: t.key_file.as_deref(),
            configuration: t.configuration.as_deref(),
            powershell: t.powershell.as_deref(),
            session: t.session.word(),
        }
    }
}

pub(super) async fn run(cx: &mut Context, command: Target) -> Result<Exit, Failure> {
    let changes = matches!(
        command,
        Target::Add(_) | Target::Edit(_) | Target::Import(_) | Target::Remove { .. }
    );
    if changes && cx.global.lab {
        return Err(Failure::usage(
            "with --lab there is the lab alone: without it this changes targets.toml",
        ));
    }
    match command {
        Target::List { group } => list(cx, group.as_deref()),
        Target::Show { name } => show(cx, &name),
        Target::Add(add) => write::add(cx, *add),
        Target::Edit(edit) => write::edit(cx, *edit),
        Target::Import(command) => import::run(cx, *command),
        Target::Test(command) => test::run(cx, command).await,
        Target::Remove { name } => write::remove(cx, &name),
    }
}

fn list(cx: &mut Context, group: Option<&str>) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
    let in_group = |t: &&Model| {
        group.is_none_or(|group| t.groups.iter().any(|g| g.eq_ignore_ascii_case(group)))
    };
    if let Some(group) = group.filter(|_| !app.targets.iter().any(|t| in_group(&t))) {
        return Err(unknown_group(group, &app.targets));
    }
    let rows: Vec<Row<'_>> = app.targets.iter().filter(in_group).map(Row::of).collect();
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
    )?;
    Ok(Exit::Done)
}

/// All keys of a target.
fn show(cx: &mut Context, name: &str) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let app = cx.app()?;
    let target = find(&app, name)?;
    match format {
        Format::Json => cx.out.json(&Whole::of(target))?,
        Format::Jsonl => cx.out.jsonl(&Whole::of(target))?,
        Format::Table | Format::Tree => {
            for key in Key::ALL {
                let value = key.get(target);
                if !value.is_empty() {
                    cx.out.line(&format!("{:<16} {value}", key.word()))?;
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn unknown_group(group: &str, targets: &[Model]) -> Failure {
    let mut groups: Vec<&str> = Vec::new();
    for name in targets.iter().flat_map(|t| &t.groups) {
        if !groups.iter().any(|g| g.eq_ignore_ascii_case(name)) {
            groups.push(name);
        }
    }
    let near = did_you_mean(group, groups.iter().copied());
    let there = match groups.as_slice() {
        [] => "No target is in a group".to_owned(),
        _ => format!("There are: {}", groups.join(", ")),
    };
    Failure::usage(format!("there is no group {group:?}.{near} {there}"))
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
/// of its targets, and what is called like neither is a list with commas.
pub(super) fn find_all<'a>(app: &'a App, names: &[String]) -> Result<Vec<&'a Model>, Failure> {
    let mut found: Vec<&Model> = Vec::new();
    for name in names {
        let whole = called(app, name);
        let listed = match whole.is_empty() {
            // A name may hold a comma: it is a list only when nobody is called so.
            true => several(app, name)?,
            false => whole,
        };
        for target in listed {
            if !found.iter().any(|t| t.name == target.name) {
                found.push(target);
            }
        }
    }
    Ok(found)
}

/// The target of this name, or those of the group that is called so.
fn called<'a>(app: &'a App, name: &str) -> Vec<&'a Model> {
    match app.target(name) {
        Some(target) => vec![target],
        None => app
            .targets
            .iter()
            .filter(|t| t.groups.iter().any(|g| g.eq_ignore_ascii_case(name)))
            .collect(),
    }
}

/// The targets of a list with commas.
fn several<'a>(app: &'a App, list: &str) -> Result<Vec<&'a Model>, Failure> {
    let mut found = Vec::new();
    for name in list.split(',').map(str::trim).filter(|n| !n.is_empty()) {
        match called(app, name) {
            none if none.is_empty() => return Err(unknown(name, app.targets.iter())),
            some => found.extend(some),
        }
    }
    match found.is_empty() {
        true => Err(unknown(list, app.targets.iter())),
        false => Ok(found),
    }
}
