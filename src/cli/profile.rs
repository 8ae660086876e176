//! `csdeck profile list|add|show|remove`: one profile for each customer.

use clap::Subcommand;
use serde::Serialize;
use tokio::task::block_in_place;

use super::{Context, Exit, Failure, Format, note};
use crate::store::keyring::{Keyring, KeyringError};
use crate::store::paths::Paths;
use crate::store::{profile, targets};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Profile {
    /// All profiles
    List,
    /// Make a profile
    Add {
        /// Its name: letters, digits, - _ and .
        name: String,
        /// The customer's name, as it is shown on screens and in reports
        #[arg(long, value_name = "CUSTOMER")]
        customer: Option<String>,
    },
    /// Where a profile keeps its files
    Show {
        /// Its name; without it the one of --profile
        name: Option<String>,
    },
    /// Remove a profile with all its files, its journal and the passwords that its targets name
    Remove {
        /// Its name
        name: String,
        /// The profile's name, typed: yes to removing one that is not empty
        #[arg(long, value_name = "NAME")]
        yes_i_typed: Option<String>,
    },
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    customer: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    name: &'a str,
    customer: &'a str,
    config: &'a std::path::Path,
    data: &'a std::path::Path,
    targets: usize,
}

/// Files that are named when a profile is not removed.
const NAMED: usize = 5;

pub(super) fn run(cx: &mut Context, command: Profile) -> Result<Exit, Failure> {
    let base = cx.base_paths()?;
    match command {
        Profile::List => {
            let format = cx.format()?;
            let rows: Vec<Row> = profile::list(&base)?
                .into_iter()
                .map(|p| Row {
                    name: p.name,
                    customer: p.customer,
                })
                .collect();
            if rows.is_empty() {
                note("no profiles: csdeck profile add NAME --customer \"CUSTOMER\"");
            }
            cx.out.list(format, &rows, &["name", "customer"], |row| {
                vec![row.name.clone(), row.customer.clone()]
            })?;
        }
        Profile::Add { name, customer } => {
            let made = profile::add(&base, &name, customer.as_deref())?;
            note(&format!(
                "the profile {} is made. Use it with: csdeck --profile {}",
                made.name, made.name
            ));
        }
        Profile::Show { name } => show(cx, base, name)?,
        Profile::Remove { name, yes_i_typed } => {
            remove(&base.in_profile(&name)?, yes_i_typed.as_deref())?;
        }
    }
    Ok(Exit::Done)
}

fn show(cx: &mut Context, base: Paths, name: Option<String>) -> Result<(), Failure> {
    let format = cx.format()?;
    let name = name.or_else(|| cx.global.profile.clone()).ok_or_else(|| {
        Failure::usage(
            "which profile? csdeck profile show NAME, or csdeck --profile NAME profile show",
        )
    })?;
    let paths = base.in_profile(&name)?;
    let whole = Whole {
        name: paths.profile().unwrap_or_default(),
        customer: paths.customer().unwrap_or_default(),
        config: paths.config(),
        data: paths.data(),
        targets: targets::load(&paths.targets_file())?.len(),
    };
    match format {
        Format::Json => cx.out.json(&whole),
        Format::Jsonl => cx.out.jsonl(&whole),
        Format::Table | Format::Tree => {
            for (key, value) in [
                ("name", whole.name.to_owned()),
                ("customer", whole.customer.to_owned()),
                ("config", whole.config.display().to_string()),
                ("data", whole.data.display().to_string()),
                ("targets", whole.targets.to_string()),
            ] {
                cx.out.line(&format!("{key:<9} {value}"))?;
            }
            Ok(())
        }
    }
}

fn remove(paths: &Paths, typed: Option<&str>) -> Result<(), Failure> {
    let name = paths.profile().unwrap_or_default();
    let held = profile::content(paths, NAMED + 1)?;
    if !held.is_empty() && typed != Some(name) {
        let mut files: Vec<String> = held
            .iter()
            .take(NAMED)
            .map(|p| p.display().to_string())
            .collect();
        if held.len() > NAMED {
            files.push("and more".into());
        }
        return Err(Failure::new(
            Exit::Denied,
            format!(
                "not removed: the profile {name} is not empty. It holds:\n{}\nTo remove all of it: csdeck profile remove {name} --yes-i-typed {name}",
                files.join("\n")
            ),
        ));
    }
    forget_passwords(paths);
    profile::remove(paths)?;
    note(&format!("the profile {name} is removed"));
    Ok(())
}

/// Removes the passwords that the profile's targets name. One that cannot be removed is told: it must
/// not stay behind without a word.
fn forget_passwords(paths: &Paths) {
    let mut names: Vec<String> = targets::load(&paths.targets_file())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|t| t.credential)
        .collect();
    names.sort();
    names.dedup();
    let keyring = Keyring::of(paths.profile());
    for name in names {
        match block_in_place(|| keyring.delete(&name)) {
            Ok(()) => note(&format!("{name} is removed from the keyring")),
            Err(KeyringError::Missing(_)) => {}
            Err(e) => note(&format!(
                "the password {name} may still be in the keyring: {e}"
            )),
        }
    }
}
