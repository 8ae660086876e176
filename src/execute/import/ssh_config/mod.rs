//! Targets from an ssh configuration, as ssh_config(5) describes it and `ssh -G` would say.
//!
//! Read here and not by a crate: those there are leave `Match` and tokens out, and a host that gets
//! another server's user or address is worse than none.

mod evaluate;
mod jump;
mod lex;
mod pattern;
mod read;
mod target;
#[cfg(all(test, unix))]
mod tests;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::Plan;
use read::{Directive, File};

/// Why an ssh configuration gives no targets.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// ssh would refuse the file.
    #[error("{}, line {line}: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Files include each other without an end.
    #[error("{}: too many files include each other", .0.display())]
    Deep(PathBuf),
    /// Nobody knows where the home folder is.
    #[error("this account has no home folder to look for .ssh in: name the file")]
    NoHome,
}

/// What is taken from the process's surroundings.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The home folder.
    pub home: Option<PathBuf>,
    /// Who is signed in.
    pub user: Option<String>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_this_process() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        Surroundings {
            home: crate::store::paths::home(),
            user: text("USER")
                .or_else(|| text("LOGNAME"))
                .or_else(|| text("USERNAME")),
        }
    }

    /// `~/` in front of a path stands for the home folder.
    fn expand_home(&self, path: &str) -> PathBuf {
        let rest = path.strip_prefix("~/").or_else(|| path.strip_prefix("~\\"));
        match (&self.home, rest) {
            (Some(home), Some(rest)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }
}

/// An ssh configuration that was read.
#[derive(Debug)]
pub struct SshConfig {
    files: Vec<File>,
    around: Surroundings,
}

impl SshConfig {
    /// Reads this file alone, as `ssh -F FILE` does.
    pub fn read(file: &Path, around: Surroundings) -> Result<SshConfig, ImportError> {
        let folder = around.home.as_deref().map(|h| h.join(".ssh"));
        let folder = folder.unwrap_or_default();
        let files = vec![read::read(file, &folder, &around)?];
        Ok(SshConfig { files, around })
    }

    /// Reads the user's file and the system's, as `ssh` does. The user's has to be there.
    pub fn read_usual(around: Surroundings) -> Result<SshConfig, ImportError> {
        let home = around.home.clone().ok_or(ImportError::NoHome)?;
        let folder = home.join(".ssh");
        let mut files = vec![read::read(&folder.join("config"), &folder, &around)?];
        #[cfg(windows)]
        let system = std::env::var_os("ProgramData").map(|d| PathBuf::from(d).join("ssh"));
        #[cfg(not(windows))]
        let system = Some(PathBuf::from("/etc/ssh"));
        if let Some(system) = system {
            match read::read(&system.join("ssh_config"), &system, &around) {
                Err(ImportError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                }
                file => files.push(file?),
            }
        }
        Ok(SshConfig { files, around })
    }

    /// The names that `Host` lines give: what is no pattern, each once, in the order of the files.
    pub fn hosts(&self) -> Vec<String> {
        fn gather(file: &File, seen: &mut BTreeSet<String>, names: &mut Vec<String>) {
            for (_, directive) in &file.lines {
                match directive {
                    Directive::Host(patterns) => {
                        for name in patterns.iter().filter(|p| pattern::is_name(p)) {
                            if seen.insert(name.clone()) {
                                names.push(name.clone());
                            }
                        }
                    }
                    Directive::Include(files) => {
                        files.iter().for_each(|f| gather(f, seen, names));
                    }
                    _ => {}
                }
            }
        }
        let (mut seen, mut names) = (BTreeSet::new(), Vec::new());
        self.files
            .iter()
            .for_each(|f| gather(f, &mut seen, &mut names));
        names
    }

    /// The targets for hosts of these names, without any for all of [`hosts`](Self::hosts), with those
    /// that their connections go through.
    pub fn plan(&self, names: &[String]) -> Plan {
        let known = self.hosts();
        let wanted = match names {
            [] => known.clone(),
            names => names.to_vec(),
        };
        jump::Planner::new(self, known).plan(&wanted)
    }

    fn evaluate(&self, name: &str) -> evaluate::Options {
        evaluate::evaluate(&self.files, name, &self.around)
    }
}
