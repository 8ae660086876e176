//! How a command ends: the exit codes, and a failure with its message.

use std::fmt;

use crate::app::{AppError, TopologyError};
use crate::execute::JournalError;
use crate::gate::Denied;
use crate::lab::LabError;
use crate::store::config::ConfigError;
use crate::store::keyring::KeyringError;
use crate::store::paths::NoHome;
use crate::store::profile::ProfileError;
use crate::store::targets::TargetsError;

/// The exit codes, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: done, converged.
    Done,
    /// 1: it was tried and failed.
    Failed,
    /// 2: the command line is wrong; nothing was tried.
    Usage,
    /// 3: not converged in time, or a check found problems.
    Found,
    /// 4: a gate is closed or the run was not confirmed; nothing was connected to.
    Denied,
    /// 5: a target cannot be reached or refused.
    Unreachable,
    /// 130: interrupted.
    Interrupted,
    /// 129 or 143: a signal asked the console to end, 128 and its number (SIGHUP, SIGTERM).
    Signalled(u8),
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Found => 3,
            Exit::Denied => 4,
            Exit::Unreachable => 5,
            Exit::Interrupted => 130,
            Exit::Signalled(signal) => 128 + signal,
        }
    }

    /// The exit of this number; every number that csdeck does not use is a failure.
    pub fn of(code: i32) -> Exit {
        match code {
            0 => Exit::Done,
            2 => Exit::Usage,
            3 => Exit::Found,
            4 => Exit::Denied,
            5 => Exit::Unreachable,
            130 => Exit::Interrupted,
            129 => Exit::Signalled(1),
            143 => Exit::Signalled(15),
            _ => Exit::Failed,
        }
    }

    /// What several targets end in together: interrupted if one was, else the worst of 5, 4, 1.
    pub fn worst(all: impl IntoIterator<Item = Exit>) -> Exit {
        all.into_iter()
            .max_by_key(|e| e.weight())
            .unwrap_or(Exit::Done)
    }

    fn weight(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
            Exit::Usage => 3,
            Exit::Denied => 4,
            Exit::Unreachable => 5,
            Exit::Interrupted | Exit::Signalled(_) => 6,
        }
    }
}

/// Why a command did not do what was asked: the exit code, and what goes to standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the process ends.
    pub exit: Exit,
    /// What happened, why, and what to do; one line or several.
    pub message: String,
}

impl Failure {
    /// A failure with this exit.
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure {
            exit,
            message: message.into(),
        }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, message)
    }

    /// It was tried and failed.
    pub fn failed(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Failed, message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

macro_rules! failed {
    ($($error:ty),+) => { $(
        impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                Failure::failed(error.to_string())
            }
        }
    )+ };
}

failed!(
    TopologyError,
    ConfigError,
    JournalError,
    KeyringError,
    NoHome
);

impl From<AppError> for Failure {
    fn from(error: AppError) -> Failure {
        match error {
            AppError::NoHome(e) => e.into(),
            AppError::Config(e) => e.into(),
            AppError::Profile(e) => e.into(),
        }
    }
}

impl From<ProfileError> for Failure {
    /// A profile that is not there, or cannot be called so, is a wrong command line.
    fn from(error: ProfileError) -> Failure {
        let exit = match error {
            ProfileError::Name { .. } | ProfileError::Unknown { .. } => Exit::Usage,
            ProfileError::Taken(_) | ProfileError::Io { .. } | ProfileError::File(_) => {
                Exit::Failed
            }
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<TargetsError> for Failure {
    /// A value that cannot be is a wrong command line.
    fn from(error: TargetsError) -> Failure {
        let exit = match error {
            TargetsError::Missing { .. } | TargetsError::Needed { .. } | TargetsError::Wrong(_) => {
                Exit::Usage
            }
            TargetsError::File(_) | TargetsError::Taken { .. } | TargetsError::Changed { .. } => {
                Exit::Failed
            }
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<LabError> for Failure {
    fn from(error: LabError) -> Failure {
        let exit = match error {
            LabError::UnknownScenario { .. }
            | LabError::UnknownReplica { .. }
            | LabError::UnknownLanguage { .. }
            | LabError::Speed { .. } => Exit::Usage,
            LabError::Io { .. } | LabError::Damaged { .. } => Exit::Failed,
        };
        Failure::new(exit, error.to_string())
    }
}

impl From<Denied> for Failure {
    /// Text that cannot run anywhere is a wrong command line; everything else is a closed gate.
    fn from(denied: Denied) -> Failure {
        let exit = match denied {
            Denied::Empty | Denied::Syntax(_) | Denied::Name(_) => Exit::Usage,
            Denied::Closed(_) | Denied::Elsewhere(_) | Denied::NotConfirmed(_) => Exit::Denied,
        };
        Failure::new(exit, denied.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_worst_of_several_targets() {
        use Exit::{Denied, Done, Failed, Interrupted, Unreachable};
        assert_eq!(Exit::worst([]), Done);
        assert_eq!(Exit::worst([Done, Failed]), Failed);
        assert_eq!(Exit::worst([Failed, Unreachable, Denied]), Unreachable);
        assert_eq!(Exit::worst([Failed, Denied]), Denied);
        assert_eq!(Exit::worst([Unreachable, Interrupted]), Interrupted);
    }

    #[test]
    fn codes_go_both_ways() {
        for code in [0, 1, 2, 3, 4, 5, 130] {
            assert_eq!(i32::from(Exit::of(code).code()), code);
        }
        assert_eq!(Exit::of(77), Exit::Failed);
    }
}
