//! `config.toml` and `targets.toml`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use toml_edit::DocumentMut;

use super::atomic;
use crate::execute::Target;

/// The settings of `config.toml`; every key is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The name of a theme: dark, light, high-contrast, or a file of the themes folder.
    pub theme: Option<String>,
    /// True: the console takes the mouse from the start.
    pub mouse: bool,
    /// True: frames are drawn with ASCII characters.
    pub ascii: bool,
    /// Folders with snippets shared by a team.
    pub team_snippets: Vec<PathBuf>,
    /// A topology document that the console opens with.
    pub topology: Option<PathBuf>,
    /// The target that the watcher polls; the first target without one.
    pub watch: Option<String>,
}

/// A configuration file that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// It is not what is expected; the text holds line, column and the known keys.
    #[error("{}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
}

/// Reads `config.toml`; a missing file is an empty one.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    parse(path, &read(path)?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Targets {
    #[serde(default)]
    target: Vec<Target>,
}

/// Reads `targets.toml`; a missing file holds no targets. Names are checked to be unique.
pub fn load_targets(path: &Path) -> Result<Vec<Target>, ConfigError> {
    let targets = parse::<Targets>(path, &read(path)?)?.target;
    for (n, target) in targets.iter().enumerate() {
        let problem = if target.name.trim().is_empty() {
            Some("a target has an empty name".to_owned())
        } else if targets[..n]
            .iter()
            .any(|t| t.name.eq_ignore_ascii_case(&target.name))
        {
            Some(format!("two targets are called {:?}", target.name))
        } else if target
            .name
            .chars()
            .any(|c| crate::text::is_unsafe(c) || c.is_control())
        {
            Some(format!(
                "the name {:?} holds control characters",
                target.name
            ))
        } else {
            target.problem()
        };
        if let Some(message) = problem {
            return Err(ConfigError::Content {
                path: path.to_owned(),
                message,
            });
        }
    }
    Ok(targets)
}

/// Adds a target at the end of the file; the rest, comments too, stays as it is.
pub fn add_target(path: &Path, target: &Target) -> Result<(), ConfigError> {
    let content = |message: String| ConfigError::Content {
        path: path.to_owned(),
        message,
    };
    let known = load_targets(path)?;
    if known
        .iter()
        .any(|t| t.name.eq_ignore_ascii_case(&target.name))
    {
        return Err(content(format!(
            "there is already a target called {:?}",
            target.name
        )));
    }
    if let Some(problem) = target.problem() {
        return Err(content(problem));
    }
    let mut text = read(path)?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let table = toml::to_string(target).map_err(|e| content(e.to_string()))?;
    text.push_str(&format!(
        "{}[[target]]\n{table}",
        if text.is_empty() { "" } else { "\n" }
    ));
    parse::<Targets>(path, &text)?;
    atomic::write(path, text.as_bytes()).map_err(|source| ConfigError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Removes a target; `false` when there is none of this name. The rest stays as it is.
pub fn remove_target(path: &Path, name: &str) -> Result<bool, ConfigError> {
    let content = |message: String| ConfigError::Content {
        path: path.to_owned(),
        message,
    };
    let mut document: DocumentMut = read(path)?
        .parse()
        .map_err(|e: toml_edit::TomlError| content(e.to_string()))?;
    let Some(tables) = document
        .get_mut("target")
        .and_then(|t| t.as_array_of_tables_mut())
    else {
        return Ok(false);
    };
    let before = tables.len();
    tables.retain(|t| {
        t.get("name")
            .and_then(|n| n.as_str())
            .is_none_or(|n| !n.eq_ignore_ascii_case(name))
    });
    if tables.len() == before {
        return Ok(false);
    }
    atomic::write(path, document.to_string().as_bytes()).map_err(|source| ConfigError::Io {
        path: path.to_owned(),
        source,
    })?;
    Ok(true)
}

/// The text of a file of the config folder; a missing one is empty.
pub fn read(path: &Path) -> Result<String, ConfigError> {
    let io = |source| ConfigError::Io {
        path: path.to_owned(),
        source,
    };
    match fs::read(path) {
        Ok(bytes) => crate::text::decode(&bytes)
            .map_err(|e| io(io::Error::new(io::ErrorKind::InvalidData, e))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(io(e)),
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|e| ConfigError::Content {
        path: path.to_owned(),
        message: e.to_string().trim_end().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::TransportKind;

    #[test]
    fn targets_are_added_and_removed_and_comments_stay() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("targets.toml");
        fs::write(
            &path,
            "# mine\n[[target]]\nname = \"a\"\ntransport = \"local\" # here",
        )
        .expect("writes");
        let b = Target {
            name: "b".into(),
            transport: TransportKind::Ssh,
            address: "h:22".into(),
            ..Target::lab()
        };
        add_target(&path, &b).expect("adds");
        assert!(add_target(&path, &b).is_err());
        assert_eq!(load_targets(&path).expect("loads").len(), 2);
        assert!(remove_target(&path, "A").expect("removes"));
        assert!(!remove_target(&path, "a").expect("removes"));
        assert_eq!(load_targets(&path).expect("loads"), [b]);
        assert!(
            fs::read_to_string(&path)
                .expect("reads")
                .contains("name = \"b\"")
        );
    }

    #[test]
    fn mistakes_are_named_with_line_and_known_keys() {
        let path = Path::new("targets.toml");
        let error = parse::<Targets>(path, "[[target]]\nname = \"a\"\ntransprot = \"ssh\"\n")
            .expect_err("unknown key")
            .to_string();
        assert!(
            error.contains("line 3") && error.contains("transprot") && error.contains("transport"),
            "{error}"
        );
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("t.toml");
        for (text, word) in [
            (
                "[[target]]\nname=\"a\"\ntransport=\"local\"\n[[target]]\nname=\"A\"\ntransport=\"local\"\n",
                "two targets",
            ),
            (
                "[[target]]\nname=\"a\"\ntransport=\"ssh\"\n",
                "names no host",
            ),
            (
                "[[target]]\nname=\" \"\ntransport=\"local\"\n",
                "empty name",
            ),
        ] {
            fs::write(&file, text).expect("writes");
            let error = load_targets(&file).expect_err(text).to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
