//! Where csdeck keeps its files.

use std::env;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;

use super::profile::{self, Profile, ProfileError};

/// The two folders of csdeck, or of one profile. Nothing is created by asking for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    data: PathBuf,
    /// In a profile: which one, and the config folder that it lives under.
    profile: Option<(Profile, PathBuf)>,
}

/// A leading `~` in a path of a configuration file stands for the home folder; `None` when there is
/// none. `~name` is a file of that name.
pub fn from_home(path: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => home.map(|home| home.join(rest)),
        Err(_) => Some(path.to_owned()),
    }
}

/// The home folder of this account.
pub fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

/// There is no home folder to keep files in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("this account has no home folder: set CSDECK_CONFIG_DIR and CSDECK_DATA_DIR")]
pub struct NoHome;

impl Paths {
    /// The platform's folders; `CSDECK_CONFIG_DIR` and `CSDECK_DATA_DIR` stand over them, and
    /// `config` (the `--config` option) over the first.
    pub fn find(config: Option<&Path>) -> Result<Paths, NoHome> {
        let platform = ProjectDirs::from("", "", "csdeck");
        let of = |name: &str| {
            env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        let config = config
            .map(Path::to_owned)
            .or_else(|| of("CSDECK_CONFIG_DIR"))
            .or_else(|| platform.as_ref().map(|p| p.config_dir().to_owned()));
        let data = of("CSDECK_DATA_DIR")
            .or_else(|| platform.as_ref().map(|p| p.data_local_dir().to_owned()));
        match (config, data) {
            (Some(config), Some(data)) => Ok(Paths::at(config, data)),
            _ => Err(NoHome),
        }
    }

    /// Exactly these folders.
    pub fn at(config: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Paths {
        Paths {
            config: config.into(),
            data: data.into(),
            profile: None,
        }
    }

    /// The folders of a profile that is there, below these: `profiles/NAME` in each. Every file
    /// that the other methods name is then the profile's own.
    pub fn in_profile(self, name: &str) -> Result<Paths, ProfileError> {
        let profile = profile::find(&self, name)?;
        Ok(Paths {
            config: self.profiles().join(&profile.name),
            data: self.data.join("profiles").join(&profile.name),
            profile: Some((profile, self.config)),
        })
    }

    /// The folder with the profiles' config folders.
    pub fn profiles(&self) -> PathBuf {
        match &self.profile {
            Some((_, base)) => base.join("profiles"),
            None => self.config.join("profiles"),
        }
    }

    /// The name of the profile.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_ref().map(|(p, _)| p.name.as_str())
    }

    /// The profile's customer, as it is shown on screens and in reports; none without a profile.
    pub fn customer(&self) -> Option<&str> {
        self.profile.as_ref().map(|(p, _)| p.customer.as_str())
    }

    /// In a profile: the config folder that it lives under, whose snippets and themes are the
    /// engineer's own and seen from every profile.
    pub fn base(&self) -> Option<&Path> {
        self.profile.as_ref().map(|(_, base)| base.as_path())
    }

    /// In a profile: the known_hosts file of targets that name none. Without one those of ssh count.
    pub fn known_hosts(&self) -> Option<PathBuf> {
        self.profile
            .as_ref()
            .map(|_| self.config.join("known_hosts"))
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The config folder.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// `config.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// `targets.toml`.
    pub fn targets_file(&self) -> PathBuf {
        self.config.join("targets.toml")
    }

    /// The engineer's own snippets; in a profile the profile's.
    pub fn snippets(&self) -> PathBuf {
        self.config.join("snippets")
    }

    /// In a profile: the snippets of the config folder that it lives under.
    pub fn base_snippets(&self) -> Option<PathBuf> {
        self.base().map(|base| base.join("snippets"))
    }

    /// The folders with themes, those that win last.
    pub fn theme_folders(&self) -> Vec<PathBuf> {
        let base = self.base().map(|base| base.join("themes"));
        base.into_iter().chain([self.themes()]).collect()
    }

    /// The engineer's own themes; in a profile the profile's.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.data.join("journal.jsonl")
    }

    /// How often and when snippets were run.
    pub fn usage(&self) -> PathBuf {
        self.data.join("usage.json")
    }

    /// Watches that ended.
    pub fn runs(&self) -> PathBuf {
        self.data.join("runs.jsonl")
    }

    /// The lab's state.
    pub fn lab(&self) -> PathBuf {
        self.data.join("lab")
    }

    /// A script that was copied into a file.
    pub fn script_file(&self) -> PathBuf {
        self.data.join("copied.ps1")
    }

    /// The variables of the engagement.
    pub fn engagement(&self) -> PathBuf {
        self.config.join("engagement.toml")
    }

    /// Values that were filled in before.
    pub fn history(&self) -> PathBuf {
        self.data.join("history.json")
    }

    /// Older output of jobs that run, in files without a name.
    pub fn output(&self) -> PathBuf {
        self.data.join("output")
    }

    /// Commands that were typed before.
    pub fn commands(&self) -> PathBuf {
        self.data.join("commands.json")
    }

    /// Text that no clipboard would take.
    pub fn clipboard_file(&self) -> PathBuf {
        self.data.join("clipboard.txt")
    }
}
