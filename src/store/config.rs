//! `config.toml`, and what its neighbours are read with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly;
use serde::Deserialize;
use thiserror::Error;

use super::paths::{from_home, home};
use crate::near::did_you_mean;

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
    /// How replication is watched: `[replication]`.
    pub replication: Replication,
}

/// How replication is watched; every key is optional, options on the command line come first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replication {
    /// From one poll to the next; 5 s without it.
    #[serde(with = "friendly::compact::optional")]
    pub interval: Option<Duration>,
    /// So many polls in a row must find every replica up to date; 2 without it.
    pub polls: Option<u32>,
    /// These polls are at least so far apart.
    #[serde(with = "friendly::compact::optional")]
    pub apart: Option<Duration>,
    /// When an internal replica is stuck; 5 min without it.
    #[serde(with = "friendly::compact::optional")]
    pub stuck_after: Option<Duration>,
    /// When an Edge is; 10 min without it.
    #[serde(with = "friendly::compact::optional")]
    pub stuck_after_edge: Option<Duration>,
    /// When a change without any new package is no change; 3 min without it.
    #[serde(with = "friendly::compact::optional")]
    pub no_change_after: Option<Duration>,
    /// How a terminal is told that a watch got somewhere.
    pub notify: Notify,
    /// A program, and its arguments, that is told in JSON on standard input.
    pub hook: Vec<String>,
}

/// How a terminal is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notify {
    /// Not at all.
    Off,
    /// With its bell.
    #[default]
    Bell,
    /// With its bell and a notification of the desktop by OSC 9 (iTerm2, WezTerm, kitty, Ghostty,
    /// ConEmu).
    Osc9,
    /// With its bell and a notification of the desktop by OSC 777 (rxvt-unicode, foot, terminals
    /// with VTE).
    Osc777,
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

/// Reads `config.toml`; a missing file is an empty one. `~` in front of a path stands for the home
/// folder.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    Ok(rooted(parse(path, &read(path)?)?, home().as_deref()))
}

fn rooted(mut config: Config, home: Option<&Path>) -> Config {
    for path in config.team_snippets.iter_mut().chain(&mut config.topology) {
        // Without a home folder it is told as a file that is not there.
        if let Some(found) = from_home(path, home) {
            *path = found;
        }
    }
    config
}

/// Reads the `config.toml` of a profile. What is the engineer's and not the customer's (theme, mouse,
/// ascii, team_snippets, replication) comes from `base` where the profile says nothing; all else, topology and
/// watched target first of all, never does.
pub fn load_over(base: &Path, path: &Path) -> Result<Config, ConfigError> {
    let text = read(path)?;
    let mut config = rooted(parse(path, &text)?, home().as_deref());
    let own: toml::Table = parse(path, &text)?;
    let base = load(base)?;
    if !own.contains_key("theme") {
        config.theme = base.theme;
    }
    if !own.contains_key("mouse") {
        config.mouse = base.mouse;
    }
    if !own.contains_key("ascii") {
        config.ascii = base.ascii;
    }
    if !own.contains_key("team_snippets") {
        config.team_snippets = base.team_snippets;
    }
    if !own.contains_key("replication") {
        config.replication = base.replication;
    }
    Ok(config)
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

/// Reads a file's text; what is wrong is told with line and column, an unknown key with those that
/// may have been meant.
pub(super) fn parse<T: serde::de::DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|e| {
        let near = nearest(e.message());
        ConfigError::Content {
            path: path.to_owned(),
            message: format!("{}{near}", e.to_string().trim_end()),
        }
    })
}

/// The keys that somebody may have meant, from serde's words: ``unknown field `a`, expected one of
/// `b`, `c` ``.
fn nearest(message: &str) -> String {
    if !message.starts_with("unknown field") {
        return String::new();
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().unwrap_or_default();
    did_you_mean(wrong, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_takes_over_what_is_the_engineers_and_nothing_else() {
        let folder = tempfile::tempdir().expect("folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("writes");
            path
        };
        let base = file(
            "base.toml",
            "theme = \"light\"\nmouse = true\nascii = true\nteam_snippets = [\"/t\"]\ntopology = \"/x.xml\"\nwatch = \"fe01\"\n[replication]\npolls = 3\nstuck_after = \"7m\"\nnotify = \"osc9\"\n",
        );
        let own = file("own.toml", "mouse = false\nwatch = \"edge01\"\n");
        let config = load_over(&base, &own).expect("loads");
        let wanted = Config {
            theme: Some("light".into()),
            mouse: false,
            ascii: true,
            team_snippets: vec!["/t".into()],
            topology: None,
            watch: Some("edge01".into()),
            replication: Replication {
                polls: Some(3),
                stuck_after: Some(Duration::from_secs(420)),
                notify: Notify::Osc9,
                ..Replication::default()
            },
        };
        assert_eq!(config, wanted);
    }

    #[test]
    fn paths_may_begin_in_the_home_folder() {
        let text = "topology = \"~/x.xml\"\nteam_snippets = [\"~/t\", \"/t\", \"~ann/t\"]\n";
        let config: Config = toml::from_str(text).expect("reads");
        let config = rooted(config, Some(Path::new("/home/ops")));
        assert_eq!(config.topology, Some("/home/ops/x.xml".into()));
        let snippets: Vec<PathBuf> = ["/home/ops/t", "/t", "~ann/t"].map(PathBuf::from).into();
        assert_eq!(config.team_snippets, snippets);
    }

    #[test]
    fn mistakes_are_named_with_line_and_known_keys() {
        let path = Path::new("config.toml");
        let error = parse::<Config>(path, "mouse = true\nthme = \"dark\"\n")
            .expect_err("unknown key")
            .to_string();
        for word in ["line 2", "thme", "Did you mean theme"] {
            assert!(error.contains(word), "{error}");
        }
    }
}
