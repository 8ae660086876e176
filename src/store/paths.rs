//! Where csdeck keeps its files.

use std::env;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;

/// The two folders of csdeck. Nothing is created by asking for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    data: PathBuf,
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
            (Some(config), Some(data)) => Ok(Paths { config, data }),
            _ => Err(NoHome),
        }
    }

    /// Exactly these folders.
    pub fn at(config: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Paths {
        Paths {
            config: config.into(),
            data: data.into(),
        }
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

    /// The engineer's own snippets.
    pub fn snippets(&self) -> PathBuf {
        self.config.join("snippets")
    }

    /// The engineer's own themes.
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
