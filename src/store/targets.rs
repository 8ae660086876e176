//! `targets.toml`: read as a whole, changed key by key.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;
use toml_edit::{DocumentMut, Item, Table};

use super::atomic;
use super::config::{self, ConfigError};
use crate::execute::Target;
use crate::execute::target::check;

/// Why `targets.toml` was not changed.
#[derive(Debug, Error)]
pub enum TargetsError {
    /// The file cannot be read, written or used.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// A name is taken.
    #[error("{}: there is already a target called {name:?}", path.display())]
    Taken {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// There is no target of this name.
    #[error("{}: there is no target {name:?}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// Other targets are reached through it.
    #[error("{name} stays: {} jump{} through it. Change that first: csdeck target edit {} --clear jump", by.join(", "), if by.len() == 1 { "s" } else { "" }, by.first().map_or("", String::as_str))]
    Needed {
        /// The target that was to be removed.
        name: String,
        /// The names of those that jump through it.
        by: Vec<String>,
    },
    /// Somebody else changed the target since it was read.
    #[error("{}: {name} was changed meanwhile. Look at it again, then change it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// With the change the list of targets could not be used.
    #[error("{0}")]
    Wrong(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    target: Vec<Spanned<Target>>,
}

/// Reads `targets.toml`; a missing file holds no targets. The whole list is checked
/// ([`check`](check::check)); what is wrong is told with its line.
pub fn load(path: &Path) -> Result<Vec<Target>, ConfigError> {
    read(path, &config::read(path)?)
}

fn read(path: &Path, text: &str) -> Result<Vec<Target>, ConfigError> {
    let file: File = config::parse(path, text)?;
    let starts: Vec<usize> = file.target.iter().map(|t| t.span().start).collect();
    let targets: Vec<Target> = file.target.into_iter().map(Spanned::into_inner).collect();
    check::check(&targets).map_err(|problem| {
        let start = starts.get(problem.index).copied().unwrap_or(0);
        let line = text.bytes().take(start).filter(|b| *b == b'\n').count() + 1;
        content(path, format!("line {line}: {}", problem.text))
    })?;
    Ok(targets)
}

/// Adds targets at the end of the file, all of them or none; the rest, comments too, stays as it
/// is. The file is written once.
pub fn add(path: &Path, new: &[Target]) -> Result<(), TargetsError> {
    let _lock = lock(path)?;
    let mut text = config::read(path)?;
    let mut targets = read(path, &text)?;
    for target in new {
        if targets.iter().any(|t| t.is_called(&target.name)) {
            return Err(TargetsError::Taken {
                path: path.to_owned(),
                name: target.name.clone(),
            });
        }
        targets.push(target.clone());
    }
    check::check(&targets).map_err(|p| TargetsError::Wrong(p.text))?;
    for target in new {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let table = toml::to_string(target).map_err(|e| content(path, e.to_string()))?;
        text.push_str(&format!(
            "{}[[target]]\n{table}",
            if text.is_empty() { "" } else { "\n" }
        ));
    }
    write(path, &text)
}

/// Changes the keys of a target in which `before` and `after` differ, and nothing else: comments and
/// the order of keys stay. With a new name, targets that jump through it follow. Fails with
/// [`TargetsError::Changed`] when the file does not hold `before` any more.
pub fn edit(path: &Path, before: &Target, after: &Target) -> Result<(), TargetsError> {
    let _lock = lock(path)?;
    let text = config::read(path)?;
    let mut targets = read(path, &text)?;
    let missing = || TargetsError::Missing {
        path: path.to_owned(),
        name: before.name.clone(),
    };
    let at = targets
        .iter()
        .position(|t| t.is_called(&before.name))
        .ok_or_else(missing)?;
    let is_same = targets.get(at).is_some_and(|t| t == before);
    if !is_same {
        return Err(TargetsError::Changed {
            path: path.to_owned(),
            name: before.name.clone(),
        });
    }
    let renamed = before.name != after.name;
    let taken = |(n, t): (usize, &Target)| n != at && t.is_called(&after.name);
    if targets.iter().enumerate().any(taken) {
        return Err(TargetsError::Taken {
            path: path.to_owned(),
            name: after.name.clone(),
        });
    }
    let follows = |t: &Target| {
        let jump = t.jump.as_deref();
        renamed && jump.is_some_and(|j| before.is_called(j))
    };
    let followers: Vec<usize> = (0..targets.len())
        .filter(|n| targets.get(*n).is_some_and(follows))
        .collect();
    if let Some(target) = targets.get_mut(at) {
        *target = after.clone();
    }
    for n in &followers {
        if let Some(target) = targets.get_mut(*n) {
            target.jump = Some(after.name.clone());
        }
    }
    check::check(&targets).map_err(|p| TargetsError::Wrong(p.text))?;
    let mut document = document(path, &text)?;
    let tables = document
        .get_mut("target")
        .and_then(Item::as_array_of_tables_mut)
        .ok_or_else(inline)?;
    if let Some(table) = tables.get_mut(at) {
        change(table, &keys(path, before)?, &keys(path, after)?);
    }
    for n in followers {
        if let Some(table) = tables.get_mut(n) {
            put(table, "jump", toml_edit::value(&after.name));
        }
    }
    write(path, &document.to_string())
}

/// Removes a target; the rest stays as it is. One that others jump through stays
/// ([`TargetsError::Needed`]).
pub fn remove(path: &Path, name: &str) -> Result<(), TargetsError> {
    let _lock = lock(path)?;
    let text = config::read(path)?;
    let targets = read(path, &text)?;
    let at = targets
        .iter()
        .position(|t| t.is_called(name))
        .ok_or_else(|| TargetsError::Missing {
            path: path.to_owned(),
            name: name.to_owned(),
        })?;
    let through = |t: &&Target| {
        t.jump
            .as_deref()
            .is_some_and(|j| j.eq_ignore_ascii_case(name))
    };
    let by: Vec<String> = targets
        .iter()
        .filter(through)
        .map(|t| t.name.clone())
        .collect();
    if !by.is_empty() {
        return Err(TargetsError::Needed {
            name: targets.get(at).map_or_else(String::new, |t| t.name.clone()),
            by,
        });
    }
    let mut document = document(path, &text)?;
    let tables = document
        .get_mut("target")
        .and_then(Item::as_array_of_tables_mut)
        .ok_or_else(inline)?;
    tables.remove(at);
    write(path, &document.to_string())
}

/// `target = [{...}]` is TOML as well; keeping its look while it changes is not worth the code.
fn inline() -> TargetsError {
    TargetsError::Wrong(
        "the targets are written as one list; write each as [[target]], then csdeck can change them"
            .into(),
    )
}

/// The keys of a target as they stand in the file.
fn keys(path: &Path, target: &Target) -> Result<Table, TargetsError> {
    let text = toml::to_string(target).map_err(|e| content(path, e.to_string()))?;
    Ok(document(path, &text)?.as_table().clone())
}

fn change(table: &mut Table, before: &Table, after: &Table) {
    for (key, item) in after {
        if before.get(key).map(ToString::to_string) != Some(item.to_string()) {
            put(table, key, item.clone());
        }
    }
    for (key, _) in before {
        if !after.contains_key(key) {
            table.remove(key);
        }
    }
}

/// Puts a value in the place of another; the blanks and comments around it stay.
fn put(table: &mut Table, key: &str, mut item: Item) {
    match (table.get_mut(key), item.as_value_mut()) {
        (Some(Item::Value(old)), Some(new)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new.clone();
        }
        _ => {
            table.insert(key, item);
        }
    }
}

fn document(path: &Path, text: &str) -> Result<DocumentMut, TargetsError> {
    text.parse()
        .map_err(|e: toml_edit::TomlError| content(path, e.to_string()).into())
}

fn content(path: &Path, message: String) -> ConfigError {
    ConfigError::Content {
        path: path.to_owned(),
        message,
    }
}

fn lock(path: &Path) -> Result<std::fs::File, TargetsError> {
    atomic::lock(path).map_err(|source| {
        TargetsError::File(ConfigError::Io {
            path: path.to_owned(),
            source,
        })
    })
}

/// What the reader would refuse later is never written.
fn write(path: &Path, text: &str) -> Result<(), TargetsError> {
    read(path, text)?;
    atomic::write(path, text.as_bytes()).map_err(|source| {
        TargetsError::File(ConfigError::Io {
            path: path.to_owned(),
            source,
        })
    })
}

#[cfg(test)]
mod tests;
