//! What a connection needs to know, gathered once from the target and the environment.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::known_hosts;
use crate::execute::target::{Session, ShellProfile, Target};
use crate::execute::transport::TransportError;
use crate::execute::{host, shell};
use crate::store::secret::SessionSecrets;

/// Everything about one target that its connection's thread uses.
pub(super) struct Plan {
    /// The target's name: the key of its secret.
    pub name: String,
    pub host: String,
    pub port: u16,
    /// host:port for messages.
    pub address: String,
    /// The host as known_hosts spells it.
    pub pattern: String,
    /// Sent as it stands: `kestrel\ops` and `ops@kestrel.lan` mean something to the server.
    pub user: String,
    pub known_hosts: PathBuf,
    pub keys: Keys,
    pub agent: Option<Agent>,
    /// What starts a PowerShell that runs one text, and one that stays.
    pub command: String,
    pub kept_command: String,
    /// A PowerShell that stays is wanted.
    pub keeps: bool,
    pub shell: ShellProfile,
    pub secrets: Arc<SessionSecrets>,
    pub limits: Limits,
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
    pub connect: Duration,
    pub handshake: Duration,
    pub authentication: Duration,
    /// Until a PowerShell that stays says that it is there.
    pub hello: Duration,
    /// Until a command that was asked to stop does so, and until its process is gone.
    pub stop: Duration,
    /// Between two keepalives; a server silent for four of them while a run is on is lost.
    pub keepalive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(10),
            handshake: Duration::from_secs(15),
            authentication: Duration::from_secs(30),
            hello: host::HELLO_LIMIT,
            stop: host::STOP_LIMIT,
            keepalive: Duration::from_secs(15),
        }
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
        let text = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        #[cfg(windows)]
        let agent = Some(Agent::Usual);
        #[cfg(not(windows))]
        let agent = std::env::var_os("SSH_AUTH_SOCK")
            .filter(|v| !v.is_empty())
            .map(|v| Agent::Socket(v.into()));
        Surroundings {
            home: std::env::home_dir().filter(|h| !h.as_os_str().is_empty()),
            user: text("USER")
                .or_else(|| text("LOGNAME"))
                .or_else(|| text("USERNAME")),
            agent,
        }
    }
}

impl Plan {
    /// Reads the target; [`TransportError::Setup`] when something is missing.
    pub fn new(target: &Target, secrets: Arc<SessionSecrets>) -> Result<Plan, TransportError> {
        Self::within(target, secrets, Surroundings::of_this_process())
    }

    /// The same with surroundings of the caller's choice.
    pub fn within(
        target: &Target,
        secrets: Arc<SessionSecrets>,
        around: Surroundings,
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
            Some(path) => expand(path, home).ok_or_else(no_home)?,
            None => home.ok_or_else(no_home)?.join(".ssh").join("known_hosts"),
        };
        let keys = match &target.identity_file {
            Some(path) => Keys::Named(expand(path, home).ok_or_else(no_home)?),
            None => Keys::Usual(usual_keys(home)),
        };
        let user = target
            .user
            .clone()
            .or(around.user)
            .filter(|u| !u.is_empty())
            .ok_or_else(|| {
                TransportError::Setup(format!(
                    "target {}: nobody to log in as; set user = \"name\"",
                    target.name
                ))
            })?;
        let program = target.powershell.as_deref().unwrap_or("powershell");
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
            agent: around.agent,
            command: shell::command_line(program, &shell::bootstrap(target.shell)),
            kept_command: shell::command_line(program, host::LOADER),
            keeps: target.session == Session::Warm,
            shell: target.shell,
            secrets,
            limits: Limits::default(),
        })
    }

    pub fn lost(&self, reason: impl Into<String>) -> TransportError {
        TransportError::Lost {
            address: self.address.clone(),
            reason: reason.into(),
        }
    }

    pub fn unreachable(&self, reason: impl Into<String>) -> TransportError {
        TransportError::Unreachable {
            address: self.address.clone(),
            reason: reason.into(),
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

/// A leading `~` stands for the home folder; `None` when there is none.
fn expand(path: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => home.map(|home| home.join(rest)),
        Err(_) => Some(path.to_owned()),
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
mod tests {
    use super::*;
    use crate::execute::target::TransportKind;

    fn plan(target: Target) -> Result<Plan, TransportError> {
        let around = Surroundings {
            home: Some("/home/ops".into()),
            user: Some("ops".into()),
            agent: None,
        };
        Plan::within(&target, Arc::default(), around)
    }

    fn target(address: &str) -> Target {
        Target {
            name: "fe01".into(),
            transport: TransportKind::Ssh,
            address: address.into(),
            ..Target::lab()
        }
    }

    #[test]
    fn a_bare_target_takes_the_usual_places() {
        let plan = plan(target("FE01.kestrel.lan")).ok().unwrap();
        assert_eq!(plan.address, "FE01.kestrel.lan:22");
        assert_eq!(plan.pattern, "fe01.kestrel.lan");
        assert_eq!(plan.user, "ops");
        assert_eq!(plan.known_hosts, Path::new("/home/ops/.ssh/known_hosts"));
        assert_eq!(plan.keys, Keys::Usual(vec![]));
        assert!(plan.command.starts_with("powershell -NoLogo "));
    }

    #[test]
    fn a_full_target_is_taken_at_its_word() {
        let plan = plan(Target {
            user: Some("kestrel\\ops".into()),
            identity_file: Some("~/keys/lync".into()),
            known_hosts: Some("/etc/csdeck/known_hosts".into()),
            powershell: Some("pwsh".into()),
            ..target("[::1]:2222")
        });
        let plan = plan.ok().unwrap();
        assert_eq!(plan.address, "[::1]:2222");
        assert_eq!(plan.pattern, "[::1]:2222");
        assert_eq!(plan.user, "kestrel\\ops");
        assert_eq!(plan.keys, Keys::Named("/home/ops/keys/lync".into()));
        assert_eq!(plan.known_hosts, Path::new("/etc/csdeck/known_hosts"));
        assert!(plan.command.starts_with("pwsh "));
    }

    #[test]
    fn what_is_missing_is_said() {
        let around = Surroundings::default();
        let made = Plan::within(&target("fe01"), Arc::default(), around);
        assert!(matches!(made, Err(TransportError::Setup(why)) if why.contains("known_hosts")));
        assert!(matches!(plan(target("")), Err(TransportError::Setup(_))));
    }
}
