//! Where commands can be run: the targets of `targets.toml`.

use std::path::PathBuf;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly;
use serde::{Deserialize, Serialize};

use super::shell;
use crate::gate::Guard;

pub mod auth;
pub mod check;
pub mod keys;
mod way;

pub use auth::Auth;

/// What a test of a target runs: it only looks, and every PowerShell has it.
pub const PROBE: &str = "Get-Date";

/// A server (or this machine, or the lab) that commands run on. One `[[target]]` table of
/// `targets.toml`; names are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The name the engineer gave it; typed to confirm a dangerous run.
    pub name: String,
    /// How to get there.
    pub transport: TransportKind,
    /// ssh: `host` or `host:port`; winrm: the same or a URI
    /// ([`Endpoint`](super::winrm::endpoint::Endpoint)); empty for local and lab.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Who logs in; without one the name of the signed-in user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A name in the keyring, never the secret itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// ssh: the private key to offer, `~` stands for the home folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_file: Option<PathBuf>,
    /// ssh: the known_hosts file, instead of `~/.ssh/known_hosts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_hosts: Option<PathBuf>,
    /// ssh: the name of a target that the connection goes through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jump: Option<String>,
    /// ssh: the ways to log in, in the order they are tried; without them the order of
    /// [`LoginMethod::ALL`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub login: Vec<LoginMethod>,
    /// How long reaching the server may take, the key exchange of SSH included.
    #[serde(
        default,
        with = "friendly::compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub connect_timeout: Option<Duration>,
    /// How long logging in may take, without the time the user takes to answer.
    #[serde(
        default,
        with = "friendly::compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub login_timeout: Option<Duration>,
    /// How long a command may run; without it as long as it takes.
    #[serde(
        default,
        with = "friendly::compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub command_timeout: Option<Duration>,
    /// ssh and winrm: the time between two signs of life on a connection.
    #[serde(
        default,
        with = "friendly::compact::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub keepalive: Option<Duration>,
    /// winrm: how to log in.
    #[serde(default, skip_serializing_if = "Auth::is_negotiate")]
    pub auth: Auth,
    /// winrm: whether the connection is inside TLS; without it the address decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<bool>,
    /// winrm: the certificate authorities that count, in a PEM file, instead of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// winrm: the one certificate that counts: `sha256:` and its digest in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// winrm: the certificate to log in with, a PEM file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// winrm: the private key of that certificate, a PEM file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// winrm: the session configuration, instead of the one that the address stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<String>,
    /// ssh and local: the PowerShell program, instead of `powershell`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub powershell: Option<String>,
    /// ssh and local: whether a PowerShell is kept between two commands.
    #[serde(default, skip_serializing_if = "Session::is_warm")]
    pub session: Session,
    /// Which cmdlets the session loads.
    #[serde(default)]
    pub shell: ShellProfile,
    /// What may be run there.
    #[serde(default)]
    pub protection: Protection,
    /// Names under which several targets are addressed together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// The ways to a server that a target can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// PowerShell on this machine.
    Local,
    /// OpenSSH on the server.
    Ssh,
    /// WinRM on the server: PowerShell remoting.
    Winrm,
    /// The simulated deployment.
    Lab,
}

impl TransportKind {
    /// The word used in files and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            TransportKind::Local => "local",
            TransportKind::Ssh => "ssh",
            TransportKind::Winrm => "winrm",
            TransportKind::Lab => "lab",
        }
    }
}

/// Whether a PowerShell is kept between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Session {
    /// One PowerShell runs one command after the other.
    #[default]
    Warm,
    /// Every command gets a PowerShell of its own.
    Single,
}

impl Session {
    /// The word used in files and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Session::Warm => "warm",
            Session::Single => "single",
        }
    }

    fn is_warm(&self) -> bool {
        *self == Session::Warm
    }
}

/// A way to log in over SSH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginMethod {
    /// The keys that an agent holds.
    Agent,
    /// A private key in a file.
    Key,
    /// Answers to the questions of the server.
    KeyboardInteractive,
    /// The account's password.
    Password,
}

impl LoginMethod {
    /// All ways, in the order they are tried.
    pub const ALL: [LoginMethod; 4] = [
        LoginMethod::Agent,
        LoginMethod::Key,
        LoginMethod::Password,
        LoginMethod::KeyboardInteractive,
    ];

    /// The word used in files and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            LoginMethod::Agent => "agent",
            LoginMethod::Key => "key",
            LoginMethod::KeyboardInteractive => "keyboard-interactive",
            LoginMethod::Password => "password",
        }
    }
}

/// Which cmdlets a session loads before the text runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShellProfile {
    /// The SkypeForBusiness or Lync module.
    #[default]
    Lync,
    /// The Exchange Management snap-in.
    Exchange,
    /// Nothing.
    Plain,
}

impl ShellProfile {
    /// The word used in files and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            ShellProfile::Lync => "lync",
            ShellProfile::Exchange => "exchange",
            ShellProfile::Plain => "plain",
        }
    }
}

/// What may be run on a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Everything the gates let through.
    #[default]
    Normal,
    /// Commands that read, nothing else.
    ReadOnly,
    /// Everything above reading needs the target's name typed.
    Protected,
}

impl Protection {
    /// The word used in files and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Protection::Normal => "normal",
            Protection::ReadOnly => "read-only",
            Protection::Protected => "protected",
        }
    }
}

impl Target {
    /// The lab's one target, present without any configuration.
    pub fn lab() -> Self {
        Target {
            name: "lab".into(),
            transport: TransportKind::Lab,
            address: String::new(),
            user: None,
            credential: None,
            identity_file: None,
            known_hosts: None,
            jump: None,
            login: Vec::new(),
            connect_timeout: None,
            login_timeout: None,
            command_timeout: None,
            keepalive: None,
            auth: Auth::Negotiate,
            tls: None,
            ca_file: None,
            fingerprint: None,
            certificate_file: None,
            key_file: None,
            configuration: None,
            powershell: None,
            session: Session::Warm,
            shell: ShellProfile::Lync,
            protection: Protection::Normal,
            groups: Vec::new(),
        }
    }

    /// True when this is the target's name; names ignore case.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// What is wrong with the target's settings, if anything.
    pub fn problem(&self) -> Option<String> {
        self.stray_key().or_else(|| match self.transport {
            TransportKind::Ssh => self.host_and_port().err(),
            TransportKind::Winrm => auth::problem(self),
            TransportKind::Local | TransportKind::Lab => None,
        })
    }

    /// How the target is reached, for lists: `ssh fe01.kestrel.lan:22`.
    pub fn place(&self) -> String {
        match self.address.as_str() {
            "" => self.transport.word().to_owned(),
            address => format!("{} {address}", self.transport.word()),
        }
    }

    /// What runs on the target in front of the user's text; `None` when nothing is added.
    pub fn prelude(&self) -> Option<String> {
        match self.transport {
            TransportKind::Lab => None,
            // What has no language has its cmdlets loaded.
            TransportKind::Winrm if self.is_restricted() => None,
            TransportKind::Winrm => {
                let module = shell::module(self.shell);
                (!module.is_empty()).then(|| module.to_owned())
            }
            TransportKind::Local | TransportKind::Ssh => Some(shell::prelude(self.shell)),
        }
    }

    /// What [`prelude`](Target::prelude) does, in a few words: for where nothing is to be confirmed.
    pub fn prelude_in_words(&self) -> Option<String> {
        self.prelude()?;
        let module = shell::module_in_words(self.shell);
        Some(match self.transport {
            TransportKind::Winrm => module.to_owned(),
            _ if module.is_empty() => "sets the console to UTF-8".to_owned(),
            _ => format!("sets the console to UTF-8 and {module}"),
        })
    }

    /// True when the way brings every object of the output as it is, and not only those that the
    /// session's own script can tell apart.
    pub fn brings_objects(&self) -> bool {
        self.transport == TransportKind::Winrm
    }

    /// What the gate needs to know of the target.
    pub fn guard(&self) -> Guard {
        match self.protection {
            Protection::Normal => Guard::Normal,
            Protection::ReadOnly => Guard::ReadOnly,
            Protection::Protected => Guard::Protected,
        }
    }

    /// Host and port of an ssh target; port 22 when the address names none. IPv6 addresses with
    /// a port are written `[addr]:port`.
    pub fn host_and_port(&self) -> Result<(String, u16), String> {
        let bad = |why: &str| format!("target {}: address {:?} {why}", self.name, self.address);
        let (host, port) = if let Some(rest) = self.address.strip_prefix('[') {
            let (host, tail) = rest
                .split_once(']')
                .ok_or_else(|| bad("lacks the closing ]"))?;
            (host, tail.strip_prefix(':'))
        } else if self.address.matches(':').count() == 1 {
            let (host, port) = self.address.split_once(':').unwrap_or((&self.address, ""));
            (host, Some(port))
        } else {
            (self.address.as_str(), None)
        };
        if host.is_empty() {
            return Err(bad("names no host"));
        }
        let port = match port {
            None => 22,
            Some(p) => p
                .parse()
                .map_err(|_| bad("has a port that is not a number from 1 to 65535"))?,
        };
        Ok((host.to_owned(), port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let t = |address: &str| {
            Target {
                address: address.into(),
                ..Target::lab()
            }
            .host_and_port()
        };
        assert_eq!(t("fe01.kestrel.lan"), Ok(("fe01.kestrel.lan".into(), 22)));
        assert_eq!(t("fe01:2222"), Ok(("fe01".into(), 2222)));
        assert_eq!(t("[::1]:2222"), Ok(("::1".into(), 2222)));
        assert_eq!(t("fe80::1"), Ok(("fe80::1".into(), 22)));
        assert!(t("fe01:x").is_err());
        assert!(t("").is_err());
        assert!(t("[::1").is_err());
    }
}
