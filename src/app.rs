//! The one place where the parts are put together, for the console and the commands alike.

mod ways;
mod why;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use thiserror::Error;

use crate::execute::{Asker, Journal, Target, Transport, TransportKind};
use crate::lab::{Lab, LabError};
use crate::replication::runs::RunLog;
use crate::snippet::folder;
use crate::snippet::usage::Usage;
use crate::snippet::{Layer, Library};
use crate::store::atomic;
use crate::store::config::{self, Config, ConfigError};
use crate::store::keyring::Keyring;
use crate::store::paths::{NoHome, Paths};
use crate::store::profile::ProfileError;
use crate::store::secret::SessionSecrets;
use crate::store::targets;
use crate::suggest::Engagement;
use crate::topology::{self, Topology};

/// How csdeck was started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--config DIR`.
    pub config: Option<PathBuf>,
    /// `--profile NAME`.
    pub profile: Option<String>,
    /// `--lab`: the lab, whatever is configured.
    pub lab: bool,
}

/// A way, and the target as it was when it was made.
type Way = (Target, Arc<dyn Transport>);

/// Everything that the fronts share.
pub struct App {
    /// Where the files are.
    pub paths: Paths,
    /// `config.toml`.
    pub config: Config,
    /// The targets, in the order of the file; the lab alone when nothing is configured.
    pub targets: Vec<Target>,
    /// True when the lab is all there is: shown on every screen.
    pub lab: bool,
    /// True with `--lab`: nothing that is configured is reached or changed.
    pub lab_alone: bool,
    /// Secrets given in this session.
    pub secrets: Arc<SessionSecrets>,
    /// What ran where.
    pub journal: Journal,
    asker: OnceLock<Arc<dyn Asker>>,
    /// The ways that are there, by the target's name.
    transports: Mutex<HashMap<String, Way>>,
    /// The targets as they were last read.
    now: Mutex<Vec<Target>>,
}

/// Why csdeck cannot start.
#[derive(Debug, Error)]
pub enum AppError {
    /// No folder to keep files in.
    #[error(transparent)]
    NoHome(#[from] NoHome),
    /// A configuration file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// Why a snippet was not saved.
#[derive(Debug, Error)]
pub enum SaveError {
    /// There is a file of this id.
    #[error("{id} is there already: choose another name, or remove {}", path.display())]
    Taken {
        /// The id.
        id: String,
        /// Its file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("{}: not written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

/// Why there is no topology to show.
#[derive(Debug, Error)]
pub enum TopologyError {
    /// The document cannot be read from disk.
    #[error("{}: {source}", path.display())]
    Io {
        /// The document.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The lab's state cannot be used.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// It is not a topology.
    #[error("{}: {source}", path.display())]
    Content {
        /// The document.
        path: PathBuf,
        /// What is wrong and where.
        source: topology::ReadError,
    },
}

impl App {
    /// Reads the configuration. Connects to nothing.
    pub fn open(options: &Options) -> Result<App, AppError> {
        let paths = Paths::find(options.config.as_deref())?;
        let paths = match &options.profile {
            Some(name) => paths.in_profile(name)?,
            None => paths,
        };
        App::at(paths, options.lab)
    }

    /// Reads the configuration of exactly these folders; `lab` as in [`Options`]. Connects to
    /// nothing.
    pub fn at(paths: Paths, lab: bool) -> Result<App, AppError> {
        let config = match paths.base() {
            Some(base) => config::load_over(&base.join("config.toml"), &paths.config_file())?,
            None => config::load(&paths.config_file())?,
        };
        let mut targets = if lab {
            Vec::new()
        } else {
            targets::load(&paths.targets_file())?
        };
        let lab_alone = lab;
        let lab = lab || (targets.is_empty() && config.topology.is_none());
        if lab {
            targets.push(Target::lab());
        }
        let secrets = Arc::<SessionSecrets>::default();
        let journal = Journal::at(paths.journal())
            .with_profile(paths.customer())
            .with_secrets(secrets.clone());
        let now = Mutex::new(targets.clone());
        Ok(App {
            now,
            paths,
            config,
            targets,
            lab,
            lab_alone,
            secrets,
            journal,
            asker: OnceLock::new(),
            transports: Mutex::default(),
        })
    }

    /// The target of this name; names ignore case.
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets
            .iter()
            .find(|t| t.name.eq_ignore_ascii_case(name))
    }

    /// The watches of replication that are over, where those of this target are kept: the lab has its
    /// own.
    pub fn run_log(&self, target: &Target) -> RunLog {
        RunLog::at(match target.transport {
            TransportKind::Lab => self.paths.lab().join("watches.jsonl"),
            _ => self.paths.runs(),
        })
    }

    /// Reads `targets.toml` again, for a console that changed it; the lab stays where it is one of
    /// the targets without being in the file. Blocks.
    pub fn read_targets(&self) -> Result<Vec<Target>, ConfigError> {
        let mut targets = match self.lab_alone {
            true => Vec::new(),
            false => targets::load(&self.paths.targets_file())?,
        };
        let lab = Target::lab();
        if self.lab && !targets.iter().any(|t| t.is_called(&lab.name)) {
            targets.insert(0, lab);
        }
        // What was given for a target as it was must not reach what it is now.
        for changed in self.targets_now().iter().filter(|t| !targets.contains(t)) {
            self.forget(&changed.name);
        }
        self.now
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&targets);
        Ok(targets)
    }

    /// A mark of `targets.toml`; another one when it changed. Blocks.
    pub fn targets_stamp(&self) -> Option<(u64, std::time::SystemTime)> {
        let found = std::fs::metadata(self.paths.targets_file()).ok()?;
        Some((found.len(), found.modified().ok()?))
    }

    /// The targets as they were last read: those of the start, or of the last
    /// [`read_targets`](Self::read_targets).
    pub fn targets_now(&self) -> Vec<Target> {
        self.now
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lets go of the connections to a target and through it, and of its secret: after a change of
    /// its settings the next run connects anew. A run that goes on keeps its connection.
    pub fn forget(&self, name: &str) {
        self.secrets.forget(name);
        let targets = self.targets_now();
        let mut gone = vec![name];
        // Ways have no circles, so that each round finds a new target or is the last one.
        for _ in &targets {
            let through = |t: &&Target| {
                let jump = t.jump.as_deref();
                jump.is_some_and(|j| gone.iter().any(|g| g.eq_ignore_ascii_case(j)))
            };
            let new = targets.iter().filter(through).map(|t| t.name.as_str());
            let new: Vec<&str> = new.filter(|n| !gone.contains(n)).collect();
            if new.is_empty() {
                break;
            }
            gone.extend(new);
        }
        self.transports
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|key, _| !gone.iter().any(|g| g.eq_ignore_ascii_case(key)));
    }

    /// The target that is watched when none is named.
    pub fn watched_target(&self) -> Option<&Target> {
        self.config
            .watch
            .as_deref()
            .and_then(|name| self.target(name))
            .or_else(|| self.targets.first())
    }

    /// The credentials of the profile, or those of none.
    pub fn keyring(&self) -> Keyring {
        Keyring::of(self.paths.profile())
    }

    /// The customer whose name is on every screen and in every report; none without a profile.
    pub fn customer(&self) -> Option<&str> {
        self.paths.customer()
    }

    /// The snippet library with all its layers.
    pub fn library(&self) -> Library {
        let (base, own) = (self.paths.base_snippets(), self.paths.snippets());
        Library::load_over(&self.config.team_snippets, base.as_deref(), Some(&own))
    }

    /// A mark of `engagement.toml`; another one when it changed. Blocks.
    pub fn engagement_stamp(&self) -> Option<(u64, std::time::SystemTime)> {
        let found = std::fs::metadata(self.paths.engagement()).ok()?;
        Some((found.len(), found.modified().ok()?))
    }

    /// A mark of the files of all layers; another one when they changed. Blocks.
    pub fn library_stamp(&self) -> u64 {
        let (base, own) = (self.paths.base_snippets(), self.paths.snippets());
        let team = self.config.team_snippets.iter().map(PathBuf::as_path);
        folder::stamp(team.chain(base.as_deref()).chain([own.as_path()]))
    }

    /// How much snippets are used; a file that cannot be read is none.
    pub fn usage(&self) -> Usage {
        Usage::load(self.paths.usage())
    }

    /// The variables of the engagement; none without a file.
    pub fn engagement(&self) -> Result<Engagement, ConfigError> {
        let path = self.paths.engagement();
        read_engagement(&path, &config::read(&path)?)
    }

    /// The text of `engagement.toml`, to be edited.
    pub fn engagement_text(&self) -> Result<String, ConfigError> {
        config::read(&self.paths.engagement())
    }

    /// Writes `engagement.toml`; a text that cannot be used is not written.
    pub fn write_engagement(&self, text: &str) -> Result<Engagement, ConfigError> {
        let path = self.paths.engagement();
        let engagement = read_engagement(&path, text)?;
        atomic::write(&path, text.as_bytes()).map_err(|source| ConfigError::Io { path, source })?;
        Ok(engagement)
    }

    /// Where a snippet of this id stands in the own folder.
    pub fn snippet_path(&self, id: &str) -> PathBuf {
        Layer::file_in(&self.paths.snippets(), id)
    }

    /// Writes a snippet into the own folder and gives its path. The id must be one of
    /// [`snippet_id`](crate::snippet::library::snippet_id). What is there already is never written
    /// over. Blocks.
    pub fn write_snippet(&self, id: &str, source: &str) -> Result<PathBuf, SaveError> {
        let path = self.snippet_path(id);
        match atomic::write_new(&path, source.as_bytes()) {
            Ok(()) => Ok(path),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(SaveError::Taken {
                id: id.to_owned(),
                path,
            }),
            Err(source) => Err(SaveError::Io { path, source }),
        }
    }

    /// The topology to open with: the lab's own in the lab, else the configured document, else
    /// none.
    pub fn topology(&self) -> Result<Option<Topology>, TopologyError> {
        match &self.config.topology {
            _ if self.lab => Ok(Lab::open(self.paths.lab())?.topology()?),
            Some(path) => read_topology(path).map(Some),
            None => Ok(None),
        }
    }
}

fn read_engagement(path: &std::path::Path, text: &str) -> Result<Engagement, ConfigError> {
    Engagement::read(text).map_err(|e| ConfigError::Content {
        path: path.to_owned(),
        message: e.to_string(),
    })
}

/// Reads a topology document.
pub fn read_topology(path: &std::path::Path) -> Result<Topology, TopologyError> {
    let bytes = std::fs::read(path).map_err(|source| TopologyError::Io {
        path: path.to_owned(),
        source,
    })?;
    topology::read(&bytes).map_err(|source| TopologyError::Content {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests;
