//! Engagement profiles: one per customer, each with folders of its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::atomic;
use super::config::{self, ConfigError};
use super::paths::Paths;
use crate::near::did_you_mean;

/// Longest name, in bytes: it is a folder's name and part of a keyring entry's.
const LONGEST: usize = 64;

/// What Windows takes for a device, with any ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A profile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name, which is its folder's.
    pub name: String,
    /// The customer, as it is shown; the profile's name when none was given.
    pub customer: String,
}

/// Why a profile cannot be used, made or removed.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// A profile cannot be called so.
    #[error("a profile cannot be called {name:?}: {why}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no profile of this name.
    #[error(
        "there is no profile {name:?}.{near} {there}. Make one with: csdeck profile add NAME --customer \"CUSTOMER\""
    )]
    Unknown {
        /// The name.
        name: String,
        /// ` Did you mean ...?`, or nothing.
        near: String,
        /// The profiles there are, in words.
        there: String,
    },
    /// There is one of this name, perhaps in other letters.
    #[error("there is already a profile called {0:?}")]
    Taken(String),
    /// A folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Its `profile.toml` cannot be used.
    #[error(transparent)]
    File(#[from] ConfigError),
}

/// `profile.toml`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
}

/// Whether a profile can be called so: letters, digits, `-`, `_` and `.`, no dot in front or behind,
/// at most 64 characters, none of Windows' names for devices.
pub fn check_name(name: &str) -> Result<(), ProfileError> {
    let wrong = |why: &str| {
        Err(ProfileError::Name {
            name: name.to_owned(),
            why: why.to_owned(),
        })
    };
    let is_number = |c: u8| (b'1'..=b'9').contains(&c);
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let is_port = |prefix: &str| {
        let rest = stem.strip_prefix(prefix).map(str::as_bytes);
        matches!(rest, Some([digit]) if is_number(*digit))
    };
    if name.is_empty() || name.len() > LONGEST {
        return wrong("it has to be 1 to 64 characters long");
    }
    if !name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    {
        return wrong(
            "it is made of letters (a to z), digits, - _ and . only; --customer takes any text",
        );
    }
    // Windows drops a dot at the end of a folder's name.
    if name.starts_with('.') || name.ends_with('.') {
        return wrong("it must not begin or end with a dot");
    }
    if name.starts_with('-') {
        return wrong("it must not begin with a dash");
    }
    if RESERVED.contains(&stem.as_str()) || is_port("com") || is_port("lpt") {
        return wrong("Windows keeps this name for a device");
    }
    Ok(())
}

/// The profiles there are, by name. One whose `profile.toml` cannot be used is there all the same.
pub fn list(base: &Paths) -> Result<Vec<Profile>, ProfileError> {
    let folder = base.profiles();
    let io = |source| ProfileError::Io {
        path: folder.clone(),
        source,
    };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(io(e)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().and_then(|n| n.to_str());
        if let Some(name) = name.filter(|n| check_name(n).is_ok() && path.is_dir()) {
            found.push(Profile {
                name: name.to_owned(),
                customer: customer(&path).unwrap_or_else(|_| name.to_owned()),
            });
        }
    }
    found.sort_by_key(|p| p.name.to_ascii_lowercase());
    Ok(found)
}

/// The customer of the profile in this folder; the folder's name when none was given.
fn customer(folder: &Path) -> Result<String, ConfigError> {
    let path = folder.join("profile.toml");
    let file: File = config::parse(&path, &config::read(&path)?)?;
    let given = file.customer.as_deref().map(str::trim);
    let name = || folder.file_name().map(|n| n.to_string_lossy().into_owned());
    Ok(match given.filter(|c| !c.is_empty()) {
        Some(customer) => customer.to_owned(),
        None => name().unwrap_or_default(),
    })
}

/// The profile of this name; case does not matter.
pub fn find(base: &Paths, name: &str) -> Result<Profile, ProfileError> {
    check_name(name)?;
    let all = list(base)?;
    if let Some(found) = all.iter().find(|p| p.name.eq_ignore_ascii_case(name)) {
        // Its file was passed over in the list; who uses the profile has to hear of it.
        let customer = customer(&base.profiles().join(&found.name))?;
        return Ok(Profile {
            customer,
            ..found.clone()
        });
    }
    let names: Vec<&str> = all.iter().map(|p| p.name.as_str()).collect();
    Err(ProfileError::Unknown {
        name: name.to_owned(),
        near: did_you_mean(name, names.iter().copied()),
        there: match names.as_slice() {
            [] => "There are none yet".to_owned(),
            _ => format!("There are: {}", names.join(", ")),
        },
    })
}

/// Makes a profile: its folder, with the customer's name in it.
pub fn add(base: &Paths, name: &str, customer: Option<&str>) -> Result<Profile, ProfileError> {
    check_name(name)?;
    let same = |p: &Profile| p.name.eq_ignore_ascii_case(name);
    if let Some(taken) = list(base)?.into_iter().find(same) {
        return Err(ProfileError::Taken(taken.name));
    }
    let customer = customer.map(str::trim).filter(|c| !c.is_empty());
    let path = base.profiles().join(name).join("profile.toml");
    let file = File {
        customer: customer.map(str::to_owned),
    };
    let text = toml::to_string(&file).unwrap_or_default();
    atomic::write_new(&path, text.as_bytes()).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ProfileError::Taken(name.to_owned()),
        _ => ProfileError::Io { path, source },
    })?;
    Ok(Profile {
        name: name.to_owned(),
        customer: customer.unwrap_or(name).to_owned(),
    })
}

/// The files that a profile holds beside `profile.toml`, as paths below its two folders, at most
/// `most`. None: it is empty.
pub fn content(profile: &Paths, most: usize) -> Result<Vec<PathBuf>, ProfileError> {
    let mut found = Vec::new();
    let marker = profile.config().join("profile.toml");
    let mut folders = vec![profile.config().to_owned(), profile.data().to_owned()];
    while let Some(folder) = folders.pop() {
        let io = |source| ProfileError::Io {
            path: folder.clone(),
            source,
        };
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(io(e)),
        };
        for entry in entries {
            let entry = entry.map_err(io)?;
            let path = entry.path();
            // A link is what it is, and is not followed.
            if entry.file_type().map_err(io)?.is_dir() {
                folders.push(path);
            } else if path != marker && path.extension().is_none_or(|e| e != "lock") {
                found.push(path);
                if found.len() >= most {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}

/// Removes a profile's two folders with all that is in them.
pub fn remove(profile: &Paths) -> Result<(), ProfileError> {
    for folder in [profile.data(), profile.config()] {
        match fs::remove_dir_all(folder) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(ProfileError::Io {
                    path: folder.to_owned(),
                    source,
                });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
