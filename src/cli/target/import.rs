//! `csdeck target import`: targets from an ssh configuration or from a topology.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::app::{App, read_topology};
use crate::cli::{Context, Exit, Failure, Format, note};
use crate::execute::import::ssh_config::{ImportError, SshConfig, Surroundings};
use crate::execute::import::{Plan, topology};
use crate::execute::{Protection, ShellProfile, Target, TransportKind};
use crate::store::targets;

use super::write::word;

/// Where from, and what the targets have in common.
#[derive(Debug, Args)]
pub struct Import {
    /// From an ssh configuration; without FILE the one that ssh uses
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        required_unless_present = "topology",
        conflicts_with = "topology"
    )]
    ssh_config: Option<Option<PathBuf>>,
    /// From a topology document; "configured" is the one of config.toml
    #[arg(long, value_name = "FILE")]
    topology: Option<PathBuf>,
    /// With --ssh-config: only these hosts, and what they jump through. With --ssh-config and no
    /// FILE put -- in front
    #[arg(value_name = "HOST", conflicts_with = "topology")]
    hosts: Vec<String>,
    /// Show what would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
    /// With --topology: how to get there
    #[arg(long, value_parser = word::<TransportKind>, value_name = "KIND", default_value = "ssh")]
    transport: TransportKind,
    /// Who logs in, where the source does not say
    #[arg(long)]
    user: Option<String>,
    /// The name of a password in the keyring, for all of them
    #[arg(long, value_name = "NAME")]
    credential: Option<String>,
    /// What may be run there: normal, read-only, protected. Without it Edges and Central Management
    /// servers of a topology are protected
    #[arg(long, value_parser = word::<Protection>, value_name = "WORD")]
    protection: Option<Protection>,
    /// What is loaded first: lync, exchange, plain
    #[arg(long, value_parser = word::<ShellProfile>, value_name = "PROFILE")]
    shell: Option<ShellProfile>,
    /// A group for all of them; may be repeated
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    dry_run: bool,
    targets: Vec<Row<'a>>,
    left: Vec<LeftRow<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    transport: &'static str,
    address: &'a str,
    user: Option<&'a str>,
    jump: Option<&'a str>,
    protection: &'static str,
    groups: &'a [String],
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
struct LeftRow<'a> {
    name: &'a str,
    why: &'a str,
}

pub(super) fn run(cx: &mut Context, import: Import) -> Result<Exit, Failure> {
    let format = cx.format()?;
    let path = cx.paths()?.targets_file();
    let there = targets::load(&path)?;
    let mut plan = match &import.topology {
        Some(document) => from_topology(cx, document, &import)?,
        None => from_ssh(&import)?,
    };
    for found in &mut plan.found {
        over(&mut found.target, &import);
    }
    let plan = plan.beside(&there);
    let new: Vec<Target> = plan.found.iter().map(|f| f.target.clone()).collect();
    if !import.dry_run && !new.is_empty() {
        targets::add(&path, &new)?;
    }
    print(cx, format, &plan, import.dry_run)?;
    let verb = if import.dry_run { "would be" } else { "are" };
    note(&format!(
        "{} targets {verb} added to {}",
        new.len(),
        path.display()
    ));
    // Who names a host wants that one.
    let missing = plan
        .left
        .iter()
        .any(|l| !l.taken && import.hosts.contains(&l.name));
    Ok(if missing { Exit::Failed } else { Exit::Done })
}

/// What was given for all of them.
fn over(target: &mut Target, import: &Import) {
    if target.user.is_none() {
        target.user.clone_from(&import.user);
    }
    if let Some(credential) = &import.credential {
        target.credential = Some(credential.clone());
    }
    if let Some(protection) = import.protection {
        target.protection = protection;
    }
    if let Some(shell) = import.shell {
        target.shell = shell;
    }
    for group in &import.group {
        if !target.groups.iter().any(|g| g.eq_ignore_ascii_case(group)) {
            target.groups.push(group.clone());
        }
    }
}

fn from_ssh(import: &Import) -> Result<Plan, Failure> {
    let around = Surroundings::of_this_process();
    let config = match import.ssh_config.iter().flatten().next() {
        None => SshConfig::read_usual(around),
        Some(file) => SshConfig::read(file, around),
    };
    let config = config.map_err(|e| {
        let hint = match (&e, import.ssh_config.iter().flatten().next()) {
            (ImportError::Io { source, .. }, Some(file))
                if source.kind() == ErrorKind::NotFound =>
            {
                meant_as_host(file, &import.hosts)
            }
            _ => None,
        };
        Failure::failed(format!("{e}{}", hint.unwrap_or_default()))
    })?;
    for host in &import.hosts {
        if !config.hosts().contains(host) {
            note(&format!(
                "no Host line names {host}; what is said of all hosts counts"
            ));
        }
    }
    Ok(config.plan(&import.hosts))
}

/// What to write when the name behind `--ssh-config` is no file but a host of the usual
/// configuration.
fn meant_as_host(file: &Path, more: &[String]) -> Option<String> {
    let name = file.to_str()?;
    let usual = SshConfig::read_usual(Surroundings::of_this_process()).ok()?;
    usual.hosts().iter().any(|h| h == name).then(|| {
        let mut words = vec![name];
        words.extend(more.iter().map(String::as_str));
        format!(
            ". {name} is a host of the configuration that ssh uses. To take it from there: csdeck target import --ssh-config -- {}",
            words.join(" ")
        )
    })
}

fn from_topology(cx: &Context, document: &Path, import: &Import) -> Result<Plan, Failure> {
    if matches!(import.transport, TransportKind::Local | TransportKind::Lab) {
        return Err(Failure::usage(format!(
            "a topology names other machines; {} is no way to them. Use --transport ssh or winrm",
            import.transport.word()
        )));
    }
    let read = match document.as_os_str() == "configured" {
        true => configured(&cx.app()?)?,
        false => read_topology(document)?,
    };
    let settings = topology::Settings {
        transport: import.transport,
        user: import.user.clone(),
        credential: import.credential.clone(),
        protection: import.protection,
    };
    Ok(topology::plan(&read, &settings))
}

fn configured(app: &App) -> Result<crate::topology::Topology, Failure> {
    match &app.config.topology {
        Some(path) => Ok(read_topology(path)?),
        None => Err(Failure::usage(format!(
            "no topology is configured: set topology = \"FILE\" in {}, or name the file",
            app.paths.config_file().display()
        ))),
    }
}

fn print(cx: &mut Context, format: Format, plan: &Plan, dry_run: bool) -> Result<(), Failure> {
    let rows: Vec<Row<'_>> = plan
        .found
        .iter()
        .map(|f| Row {
            name: &f.target.name,
            transport: f.target.transport.word(),
            address: &f.target.address,
            user: f.target.user.as_deref(),
            jump: f.target.jump.as_deref(),
            protection: f.target.protection.word(),
            groups: &f.target.groups,
            notes: &f.notes,
        })
        .collect();
    match format {
        Format::Json | Format::Jsonl => {
            let left = plan.left.iter().map(|l| LeftRow {
                name: &l.name,
                why: &l.why,
            });
            let document = Document {
                dry_run,
                targets: rows,
                left: left.collect(),
            };
            return match format {
                Format::Json => cx.out.json(&document),
                _ => cx.out.jsonl(&document),
            };
        }
        Format::Table | Format::Tree => {
            let heading = ["name", "address", "user", "jump", "protection", "groups"];
            cx.out.list(format, &rows, &heading, |row| {
                let text = |t: Option<&str>| t.unwrap_or("-").to_owned();
                vec![
                    row.name.to_owned(),
                    row.address.to_owned(),
                    text(row.user),
                    text(row.jump),
                    row.protection.to_owned(),
                    row.groups.join(", "),
                ]
            })?;
        }
    }
    for found in &plan.found {
        for text in &found.notes {
            note(&format!("{}: {text}", found.target.name));
        }
    }
    for left in &plan.left {
        note(&format!("not added: {}: {}", left.name, left.why));
    }
    Ok(())
}
