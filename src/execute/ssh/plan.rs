//! What a connection needs to know, gathered once from the target and the environment.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::known_hosts;
use crate::execute::ask::Asker;
use crate::execute::target::{LoginMethod, Session, ShellProfile, Target};
use crate::execute::transport::{Arrival, TransportError};
use crate::execute::user::signed_in;
use crate::execute::{host, shell};
use crate::store::paths::{from_home, home};
use crate::store::secret::SessionSecrets;

/// Everything about one target that its connection's thread uses.
pub(super) struct Plan {
    /// The target's name: the key of its secret.
    pub name: String,
    pub host: String,
    pub port: u16,
    /// host:port for messages, and the way there.
    pub address: String,
    /// The host as known_hosts spells it.
    pub pattern: String,
    /// Sent as it stands: `kestrel\ops` and `ops@kestrel.lan` mean something to the server.
    pub user: String,
    pub known_hosts: PathBuf,
    pub keys: Keys,
    pub agent: Option<Agent>,
    /// The ways to log in, in order.
    pub login: Vec<LoginMethod>,
    /// What starts a PowerShell that runs one text, and one that stays.
    pub command: String,
    pub kept_command: String,
    /// A PowerShell that stays is wanted.
    pub keeps: bool,
    pub shell: ShellProfile,
    pub secrets: Arc<SessionSecrets>,
    /// Answers what the server asks.
    pub asker: Arc<dyn Asker>,
    pub limits: Limits,
    /// The server that the connection goes through.
    pub jump: Option<Arc<Plan>>,
    pub told: Arc<Told>,
}

/// What is told of the connection besides its results.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Why the way through the jump broke.
    broken: Mutex<Option<String>>,
    arrived: Mutex<Option<Arrival>>,
}

impl Told {
    pub fn set_broken(&self, why: Option<String>) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    pub fn set_arrived(&self, arrival: Option<Arrival>) {
        *self.arrived.lock().unwrap_or_else(PoisonError::into_inner) = arrival;
    }
}

/// The private keys to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keys {
    /// The one the target names.
    Named(PathBuf),
    /// Those of the usual names that are there.
    Usual(Vec<PathBuf>),
}

/// Where the agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Agent {
    /// Where libssh2 looks by itself (Pageant, the OpenSSH agent's pipe).
    #[cfg_attr(unix, allow(dead_code, reason = "Windows has no SSH_AUTH_SOCK"))]
    Usual,
    /// The socket in SSH_AUTH_SOCK.
    Socket(PathBuf),
}

/// How long each phase may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Reaching the server, the key exchange included.
    pub connect: Duration,
    pub login: Duration,
    /// Until a PowerShell that stays says that it is there.
    pub hello: Duration,
    /// Until a command that was asked to stop does so, and until its process is gone.
    pub stop: Duration,
    /// Between two keepalives.
    pub keepalive: Duration,
}

/// Keepalives without any answer after which the connection counts as lost.
const SILENT_KEEPALIVES: u32 = 4;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(15),
            login: Duration::from_secs(30),
            hello: host::HELLO_LIMIT,
            stop: host::STOP_LIMIT,
            keepalive: Duration::from_secs(15),
        }
    }
}

impl Limits {
    /// How long a server may be silent while something is expected of it.
    pub fn silence(&self) -> Duration {
        self.keepalive.saturating_mul(SILENT_KEEPALIVES)
    }

    fn of(target: &Target) -> Result<Limits, TransportError> {
        let take = |key: &str, given: Option<Duration>, usual: Duration| match given {
            Some(time) if time.is_zero() => Err(TransportError::Setup(format!(
                "target {}: {key} must be longer than nothing; without the key it is {} s",
                target.name,
                usual.as_secs()
            ))),
            given => Ok(given.unwrap_or(usual)),
        };
        let usual = Limits::default();
        Ok(Limits {
            connect: take("connect_timeout", target.connect_timeout, usual.connect)?,
            login: take("login_timeout", target.login_timeout, usual.login)?,
            keepalive: take("keepalive", target.keepalive, usual.keepalive)?,
            ..usual
        })
    }
}

/// What is taken from the process's surroundings.
#[derive(Debug, Clone, Default)]
pub(super) struct Surroundings {
    pub home: Option<PathBuf>,
    pub user: Option<String>,
    pub agent: Option<Agent>,
}

impl Surroundings {
    fn of_this_process() -> Self {
        #[cfg(windows)]
        let agent = Some(Agent::Usual);
        #[cfg(not(windows))]
        let agent = std::env::var_os("SSH_AUTH_SOCK")
            .filter(|v| !v.is_empty())
            .map(|v| Agent::Socket(v.into()));
        Surroundings {
            home: home(),
            user: signed_in().map(str::to_owned),
            agent,
        }
    }
}

impl Plan {
    /// The plan of a target behind these jumps, the outermost first; [`TransportError::Setup`] when
    /// something is missing.
    pub fn new(
        target: &Target,
        jumps: &[&Target],
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
    ) -> Result<Plan, TransportError> {
        Self::within(
            target,
            jumps,
            secrets,
            asker,
            &Surroundings::of_this_process(),
        )
    }

    /// The same with surroundings of the caller's choice.
    pub fn within(
        target: &Target,
        jumps: &[&Target],
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
        around: &Surroundings,
    ) -> Result<Plan, TransportError> {
        let mut behind: Option<Plan> = None;
        for jump in jumps {
            let mut plan = Self::alone(jump, secrets, asker, around)?;
            plan.address = format!(
                "{} (the jump {} on the way to {})",
                plan.address, jump.name, target.name
            );
            plan.jump = behind.map(Arc::new);
            behind = Some(plan);
        }
        let mut plan = Self::alone(target, secrets, asker, around)?;
        if let Some(jump) = behind {
            plan.address = format!("{} (through {})", plan.address, jump.name);
            plan.jump = Some(Arc::new(jump));
        }
        Ok(plan)
    }

    fn alone(
        target: &Target,
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
        around: &Surroundings,
    ) -> Result<Plan, TransportError> {
        let (host, port) = target.host_and_port().map_err(TransportError::Setup)?;
        let no_home = || {
            let name = &target.name;
            TransportError::Setup(format!(
                "target {name}: no home folder to look for .ssh in; set HOME, or give known_hosts = \"path\""
            ))
        };
        let home = around.home.as_deref();
        let known_hosts = match &target.known_hosts {
            Some(path) => from_home(path, home).ok_or_else(no_home)?,
            None => home.ok_or_else(no_home)?.join(".ssh").join("known_hosts"),
        };
        let keys = match &target.identity_file {
            Some(path) => Keys::Named(from_home(path, home).ok_or_else(no_home)?),
            None => Keys::Usual(usual_keys(home)),
        };
        let user = target
            .user
            .clone()
            .or_else(|| around.user.clone())
            .filter(|u| !u.is_empty())
            .ok_or_else(|| {
                TransportError::Setup(format!(
                    "target {}: nobody to log in as; set user = \"name\"",
                    target.name
                ))
            })?;
        let program = target.powershell.as_deref().unwrap_or("powershell");
        let mut login: Vec<LoginMethod> = Vec::new();
        for method in match target.login.as_slice() {
            [] => &LoginMethod::ALL,
            given => given,
        } {
            if !login.contains(method) {
                login.push(*method);
            }
        }
        Ok(Plan {
            name: target.name.clone(),
            address: if host.contains(':') {
                format!("[{host}]:{port}")
            } else {
                format!("{host}:{port}")
            },
            pattern: known_hosts::pattern(&host, port),
            host,
            port,
            user,
            known_hosts,
            keys,
            agent: around.agent.clone(),
            login,
            command: shell::command_line(program, &shell::bootstrap(target.shell)),
            kept_command: shell::command_line(program, host::LOADER),
            keeps: target.session == Session::Warm,
            shell: target.shell,
            secrets: Arc::clone(secrets),
            asker: Arc::clone(asker),
            limits: Limits::of(target)?,
            jump: None,
            told: Arc::default(),
        })
    }

    /// How the servers on the way were reached, the target last.
    pub fn arrivals(&self) -> Vec<Arrival> {
        let mut all = self
            .jump
            .as_ref()
            .map_or_else(Vec::new, |jump| jump.arrivals());
        let own = self.told.arrived.lock();
        all.extend(own.unwrap_or_else(PoisonError::into_inner).clone());
        all
    }

    /// A reason, with what is known of the way through the jump.
    pub fn why(&self, reason: impl Into<String>) -> String {
        let broken = self.told.broken.lock();
        match broken.unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(why) => format!("{why} ({})", reason.into()),
            None => reason.into(),
        }
    }

    pub fn lost(&self, reason: impl Into<String>) -> TransportError {
        TransportError::Lost {
            address: self.address.clone(),
            reason: self.why(reason),
        }
    }

    pub fn unreachable(&self, reason: impl Into<String>) -> TransportError {
        TransportError::Unreachable {
            address: self.address.clone(),
            reason: self.why(reason),
        }
    }

    pub fn timed_out(&self, phase: &'static str, after: Duration) -> TransportError {
        TransportError::TimedOut {
            address: self.address.clone(),
            phase,
            after,
        }
    }
}

fn usual_keys(home: Option<&Path>) -> Vec<PathBuf> {
    let Some(home) = home else { return Vec::new() };
    ["id_ed25519", "id_ecdsa", "id_rsa"]
        .iter()
        .map(|n| home.join(".ssh").join(n))
        .filter(|p| p.is_file())
        .collect()
}

#[cfg(test)]
mod tests;
