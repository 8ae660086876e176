//! A simulated Lync / Skype for Business deployment that answers cmdlets as the real shell words
//! them: two sites, nine replicas, one Central Management store.
//!
//! Its state is one JSON file in a folder, shared by every process that opens the folder. There
//! is no background process: what the rows say follows from the state and the clock
//! ([`timeline`]). Nothing in here reaches a real server.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use crate::topology::Topology;

pub mod clock;
pub mod language;
pub mod scenario;
pub mod shell;
pub mod standin;
pub mod state;
pub mod timeline;
pub mod transport;

mod deployment;

pub use language::Language;
pub use scenario::Scenario;
pub use state::State;
pub use transport::LabTransport;

const STATE_FILE: &str = "state.json";
const LOCK_FILE: &str = "lock";

/// Why the lab cannot do what was asked.
#[derive(Debug, Error)]
pub enum LabError {
    /// The folder or a file in it cannot be read or written.
    #[error("the lab cannot {action} {}: {source}. Check the folder's permissions, or set CSDECK_DATA_DIR to another one", path.display())]
    Io {
        /// What was tried: read, write, lock, create.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The state file is not one that csdeck wrote.
    #[error("the lab's state in {} is damaged ({reason}). `csdeck lab reset` mends it; the lab starts anew", path.display())]
    Damaged {
        /// The state file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No scenario has this name.
    #[error("the lab has no scenario {name:?}; it has {}", Scenario::names())]
    UnknownScenario {
        /// What was asked for.
        name: String,
    },
    /// No language mode has this name.
    #[error("the lab's sessions take no language {name:?}; they take full, restricted or none")]
    UnknownLanguage {
        /// What was asked for.
        name: String,
    },
    /// The speed is not a number above zero.
    #[error(
        "a speed of {value} is not possible: give a number above 0, where 1 is real time and 10 is ten times as fast"
    )]
    Speed {
        /// What was asked for.
        value: String,
    },
    /// No replica has this name.
    #[error("the lab has no replica {name:?}; it has {}", timeline::REPLICAS.map(|r| r.fqdn).join(", "))]
    UnknownReplica {
        /// What was asked for.
        name: String,
    },
}

/// What [`Lab::free`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FreeOutcome {
    /// The replica was stuck (or never deployed) and will report.
    Freed(&'static str),
    /// The replica reports already: nothing was changed.
    NotStuck(&'static str),
}

impl fmt::Display for FreeOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FreeOutcome::Freed(fqdn) => write!(f, "{fqdn} is free: it reports in a few seconds"),
            FreeOutcome::NotStuck(fqdn) => write!(f, "{fqdn} is not stuck: nothing was changed"),
        }
    }
}

/// The lab in one glance, for a status line or a page of the console.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The situation.
    pub scenario: Scenario,
    /// How much faster than real time things happen.
    pub speed: f64,
    /// The pool with the Central Management store.
    pub cms_pool: &'static str,
    /// True when the store has an active master.
    pub master_active: bool,
    /// Rows that say True.
    pub up_to_date: usize,
    /// All rows.
    pub replicas: usize,
    /// Replicas that will not report until they are freed.
    pub held: Vec<String>,
    /// The last publish since the reset.
    pub last_publish: Option<Timestamp>,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "LAB, scenario {} at speed {}: {} of {} replicas up to date, CMS on {}",
            self.scenario, self.speed, self.up_to_date, self.replicas, self.cms_pool
        )?;
        if !self.master_active {
            f.write_str(", no active master")?;
        }
        if !self.held.is_empty() {
            write!(f, ", waiting to be freed: {}", self.held.join(", "))?;
        }
        Ok(())
    }
}

/// A handle on the lab in one folder. Handles are cheap; every call reads the folder anew, so
/// that all processes see one deployment.
#[derive(Debug, Clone)]
pub struct Lab {
    dir: PathBuf,
}

impl Lab {
    /// Opens the lab in `dir`; makes the folder and the default scenario at speed 1 when there
    /// is none.
    ///
    /// # Errors
    /// [`LabError::Io`]. A damaged state is not looked at here: [`Lab::reset`] must be possible.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, LabError> {
        let lab = Lab { dir: dir.into() };
        fs::create_dir_all(&lab.dir).map_err(lab.io("create", &lab.dir))?;
        let _lock = lab.lock(true)?;
        if !lab.state_path().exists() {
            lab.write(&State::fresh(Scenario::Default, 1.0, Timestamp::now())?)?;
        }
        Ok(lab)
    }

    /// The folder with the lab's files.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The state as it is now.
    ///
    /// # Errors
    /// [`LabError::Io`], [`LabError::Damaged`].
    pub fn state(&self) -> Result<State, LabError> {
        let _lock = self.lock(false)?;
        self.read()
    }

    /// Reads, changes and writes the state as one step, whatever other processes do. When
    /// `change` fails, nothing is written.
    ///
    /// # Errors
    /// [`LabError::Io`], [`LabError::Damaged`], and whatever `change` returns.
    pub fn update<T, E: From<LabError>>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        let _lock = self.lock(true)?;
        let mut state = self.read()?;
        let answer = change(&mut state)?;
        self.write(&state)?;
        Ok(answer)
    }

    /// Starts anew in `scenario`, `speed` times as fast as real time. Mends a damaged state.
    ///
    /// # Errors
    /// [`LabError::Speed`], [`LabError::Io`].
    pub fn reset(&self, scenario: Scenario, speed: f64, now: Timestamp) -> Result<(), LabError> {
        let state = State::fresh(scenario, speed, now)?;
        let _lock = self.lock(true)?;
        self.write(&state)
    }

    /// How much of the language sessions take from now on.
    ///
    /// # Errors
    /// [`LabError::Io`], [`LabError::Damaged`].
    pub fn speak(&self, language: Language) -> Result<(), LabError> {
        self.update(|state| {
            state.language = language;
            Ok(())
        })
    }

    /// A change lands in the Central Management store, as if somebody had published a topology.
    ///
    /// # Errors
    /// [`LabError::Io`], [`LabError::Damaged`].
    pub fn publish(&self, now: Timestamp) -> Result<(), LabError> {
        self.update(|state| {
            state.publish("lab publish", now);
            Ok(())
        })
    }

    /// Lets a stuck replica report ("opens port 4443"), or deploys one that never was. The host
    /// name without its domain will do.
    ///
    /// # Errors
    /// [`LabError::UnknownReplica`], [`LabError::Io`], [`LabError::Damaged`].
    pub fn free(&self, name: &str, now: Timestamp) -> Result<FreeOutcome, LabError> {
        self.update(|state| {
            let replica = state.replica(name)?;
            if !state.held().any(|held| state::same(held, replica)) {
                return Ok(FreeOutcome::NotStuck(replica));
            }
            state.freed.push(state::Freed {
                at: now,
                replica: replica.to_owned(),
            });
            Ok(FreeOutcome::Freed(replica))
        })
    }

    /// The lab in one glance.
    ///
    /// # Errors
    /// [`LabError::Io`], [`LabError::Damaged`].
    pub fn describe(&self, now: Timestamp) -> Result<Description, LabError> {
        let state = self.state()?;
        let rows = timeline::rows(&state, now);
        Ok(Description {
            scenario: state.scenario,
            speed: state.speed,
            cms_pool: state.cms.pool(),
            master_active: timeline::master_is_active(&state, now),
            up_to_date: rows.iter().filter(|row| row.up_to_date).count(),
            replicas: rows.len(),
            held: state.held().map(str::to_owned).collect(),
            last_publish: state.publishes.last().map(|p| p.at),
        })
    }

    /// The deployment's topology, with the Central Management store where it is now.
    ///
    /// # Errors
    /// [`LabError::Io`], [`LabError::Damaged`].
    pub fn topology(&self) -> Result<Option<Topology>, LabError> {
        // The document is part of the program and its tests read it in both forms.
        Ok(crate::topology::read(deployment::xml(self.state()?.cms).as_bytes()).ok())
    }

    fn state_path(&self) -> PathBuf {
        self.dir.join(STATE_FILE)
    }

    fn io<'a>(
        &self,
        action: &'static str,
        path: &'a Path,
    ) -> impl Fn(io::Error) -> LabError + use<'a> {
        move |source| LabError::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// Holds the lab for this process until the file is dropped.
    fn lock(&self, exclusive: bool) -> Result<File, LabError> {
        let path = self.dir.join(LOCK_FILE);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .read(true)
            .open(&path);
        let file = file.map_err(self.io("open", &path))?;
        let locked = if exclusive {
            file.lock()
        } else {
            file.lock_shared()
        };
        locked.map_err(self.io("lock", &path))?;
        Ok(file)
    }

    fn read(&self) -> Result<State, LabError> {
        let path = self.state_path();
        let text = fs::read(&path).map_err(self.io("read", &path))?;
        let damaged = |reason: String| LabError::Damaged {
            path: path.clone(),
            reason,
        };
        let state: State = serde_json::from_slice(&text).map_err(|e| damaged(e.to_string()))?;
        if state.format != state::FORMAT {
            return Err(damaged(format!(
                "it has format {}, this csdeck writes {}",
                state.format,
                state::FORMAT
            )));
        }
        if !(state.speed.is_finite() && state.speed > 0.0) {
            return Err(damaged(format!("its speed is {}", state.speed)));
        }
        Ok(state)
    }

    /// Temp file, fsync, rename: another process sees the old state or the new one.
    fn write(&self, state: &State) -> Result<(), LabError> {
        let path = self.state_path();
        let failed = self.io("write", &path);
        let text = serde_json::to_vec_pretty(state).map_err(|e| failed(io::Error::other(e)))?;
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(&failed)?;
        file.write_all(&text)
            .and_then(|()| file.as_file().sync_all())
            .map_err(&failed)?;
        file.persist(&path).map_err(|e| failed(e.error))?;
        #[cfg(unix)]
        File::open(&self.dir)
            .and_then(|dir| dir.sync_all())
            .map_err(&failed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
