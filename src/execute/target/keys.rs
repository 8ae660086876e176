//! The keys of a target as text: what forms, options and lists have in common.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::fmt::friendly::{Designator, Spacing, SpanPrinter};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use super::{Auth, Target, TransportKind, auth};
use crate::near::did_you_mean;

/// A key of `targets.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// `name`
    Name,
    /// `transport`
    Transport,
    /// `address`
    Address,
    /// `user`
    User,
    /// `credential`
    Credential,
    /// `identity_file`
    IdentityFile,
    /// `known_hosts`
    KnownHosts,
    /// `jump`
    Jump,
    /// `login`
    Login,
    /// `connect_timeout`
    ConnectTimeout,
    /// `login_timeout`
    LoginTimeout,
    /// `command_timeout`
    CommandTimeout,
    /// `keepalive`
    Keepalive,
    /// `auth`
    Auth,
    /// `tls`
    Tls,
    /// `ca_file`
    CaFile,
    /// `fingerprint`
    Fingerprint,
    /// `certificate_file`
    CertificateFile,
    /// `key_file`
    KeyFile,
    /// `configuration`
    Configuration,
    /// `powershell`
    Powershell,
    /// `session`
    Session,
    /// `shell`
    Shell,
    /// `protection`
    Protection,
    /// `groups`
    Groups,
}

impl Key {
    /// All keys, in the order they are written in.
    pub const ALL: [Key; 25] = [
        Key::Name,
        Key::Transport,
        Key::Address,
        Key::User,
        Key::Credential,
        Key::IdentityFile,
        Key::KnownHosts,
        Key::Jump,
        Key::Login,
        Key::ConnectTimeout,
        Key::LoginTimeout,
        Key::CommandTimeout,
        Key::Keepalive,
        Key::Auth,
        Key::Tls,
        Key::CaFile,
        Key::Fingerprint,
        Key::CertificateFile,
        Key::KeyFile,
        Key::Configuration,
        Key::Powershell,
        Key::Session,
        Key::Shell,
        Key::Protection,
        Key::Groups,
    ];

    /// The key as it is written in the file.
    pub fn word(self) -> &'static str {
        match self {
            Key::Name => "name",
            Key::Transport => "transport",
            Key::Address => "address",
            Key::User => "user",
            Key::Credential => "credential",
            Key::IdentityFile => "identity_file",
            Key::KnownHosts => "known_hosts",
            Key::Jump => "jump",
            Key::Login => "login",
            Key::ConnectTimeout => "connect_timeout",
            Key::LoginTimeout => "login_timeout",
            Key::CommandTimeout => "command_timeout",
            Key::Keepalive => "keepalive",
            Key::Auth => "auth",
            Key::Tls => "tls",
            Key::CaFile => "ca_file",
            Key::Fingerprint => "fingerprint",
            Key::CertificateFile => "certificate_file",
            Key::KeyFile => "key_file",
            Key::Configuration => "configuration",
            Key::Powershell => "powershell",
            Key::Session => "session",
            Key::Shell => "shell",
            Key::Protection => "protection",
            Key::Groups => "groups",
        }
    }

    /// One line on what it means.
    pub fn help(self) -> &'static str {
        match self {
            Key::Name => "The name you use and, before something dangerous, type",
            Key::Transport => "How to get there: local, ssh, winrm, lab",
            Key::Address => "host or host:port; IPv6 with a port as [addr]:port; winrm: or a URI",
            Key::User => "Who logs in; without it the name of the signed-in user",
            Key::Credential => "The name of a password in the keyring, never the password itself",
            Key::IdentityFile => "ssh: the private key to offer",
            Key::KnownHosts => "ssh: this file instead of the usual known_hosts",
            Key::Jump => "ssh: the name of a target that the connection goes through",
            Key::Login => {
                "ssh: ways to log in, in order: agent, key, password, keyboard-interactive"
            }
            Key::ConnectTimeout => "How long reaching the server may take, such as 10s",
            Key::LoginTimeout => "How long logging in may take, such as 30s",
            Key::CommandTimeout => {
                "How long a command may run, such as 2h; else as long as it takes"
            }
            Key::Keepalive => "The time between two signs of life on a connection, such as 15s",
            Key::Auth => "winrm: negotiate, kerberos, ntlm, credssp, certificate, basic (in TLS)",
            Key::Tls => "winrm: true or false; without it https, port 5986 and port 443 are TLS",
            Key::CaFile => "winrm: certificate authorities that count instead of the system's",
            Key::Fingerprint => {
                "winrm: the one certificate that counts, its SHA-256: sha256:AB:CD:..."
            }
            Key::CertificateFile => "winrm, auth certificate: the certificate, a PEM file",
            Key::KeyFile => "winrm, auth certificate: its private key, a PEM file",
            Key::Configuration => "winrm: the session configuration, such as Microsoft.PowerShell",
            Key::Powershell => "ssh, local: the PowerShell program, instead of powershell",
            Key::Session => {
                "warm: one PowerShell is kept for all commands; single: each gets its own"
            }
            Key::Shell => "What is loaded first: lync, exchange, plain",
            Key::Protection => "What may be run there: normal, read-only, protected",
            Key::Groups => "Names under which several targets are addressed together, with commas",
        }
    }

    /// The words there are to choose from, an empty one where the key may be left out; none for a key
    /// that takes any text.
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Key::Transport => &["ssh", "local", "winrm", "lab"],
            Key::Auth => &Auth::WORDS,
            Key::Tls => &["", "true", "false"],
            Key::Session => &["warm", "single"],
            Key::Shell => &["lync", "exchange", "plain"],
            Key::Protection => &["normal", "read-only", "protected"],
            _ => &[],
        }
    }

    /// True when a target of this transport and log-in has a use for the key: what a form shows.
    /// [`stray_key`](Target::problem) refuses what the other transports have.
    pub fn is_for(self, transport: TransportKind, auth: Auth) -> bool {
        use TransportKind::{Lab, Local, Ssh, Winrm};
        match self {
            Key::Name
            | Key::Transport
            | Key::CommandTimeout
            | Key::Shell
            | Key::Protection
            | Key::Groups => true,
            Key::Address
            | Key::User
            | Key::Credential
            | Key::ConnectTimeout
            | Key::LoginTimeout
            | Key::Keepalive => matches!(transport, Ssh | Winrm),
            Key::IdentityFile | Key::KnownHosts | Key::Jump | Key::Login => transport == Ssh,
            Key::Auth | Key::Tls | Key::CaFile | Key::Fingerprint | Key::Configuration => {
                transport == Winrm
            }
            Key::CertificateFile | Key::KeyFile => transport == Winrm && auth == Auth::Certificate,
            Key::Powershell => matches!(transport, Ssh | Local),
            Key::Session => transport != Lab,
        }
    }

    /// The key of this name; `-` counts as `_`, and case does not matter.
    pub fn find(name: &str) -> Result<Key, String> {
        let wanted = name.trim().replace('-', "_");
        let words = || Key::ALL.iter().map(|k| k.word());
        Key::ALL
            .into_iter()
            .find(|k| k.word().eq_ignore_ascii_case(&wanted))
            .ok_or_else(|| {
                let all: Vec<&str> = words().collect();
                format!(
                    "{name:?} is not a key of a target.{} The keys are: {}",
                    did_you_mean(&wanted, words()),
                    all.join(", ")
                )
            })
    }

    /// What the target has under this key; empty when it has nothing.
    pub fn get(self, target: &Target) -> String {
        let path = |p: &Option<std::path::PathBuf>| {
            p.as_ref()
                .map_or_else(String::new, |p| p.display().to_string())
        };
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let time = |d: Option<Duration>| d.map_or_else(String::new, shown);
        match self {
            Key::Name => target.name.clone(),
            Key::Transport => target.transport.word().into(),
            Key::Address => target.address.clone(),
            Key::User => text(&target.user),
            Key::Credential => text(&target.credential),
            Key::IdentityFile => path(&target.identity_file),
            Key::KnownHosts => path(&target.known_hosts),
            Key::Jump => text(&target.jump),
            Key::Login => {
                let ways: Vec<&str> = target.login.iter().map(|l| l.word()).collect();
                ways.join(", ")
            }
            Key::ConnectTimeout => time(target.connect_timeout),
            Key::LoginTimeout => time(target.login_timeout),
            Key::CommandTimeout => time(target.command_timeout),
            Key::Keepalive => time(target.keepalive),
            Key::Auth => target.auth.word().into(),
            Key::Tls => target.tls.map_or_else(String::new, |tls| tls.to_string()),
            Key::CaFile => path(&target.ca_file),
            Key::Fingerprint => text(&target.fingerprint),
            Key::CertificateFile => path(&target.certificate_file),
            Key::KeyFile => path(&target.key_file),
            Key::Configuration => text(&target.configuration),
            Key::Powershell => text(&target.powershell),
            Key::Session => target.session.word().into(),
            Key::Shell => target.shell.word().into(),
            Key::Protection => target.protection.word().into(),
            Key::Groups => target.groups.join(", "),
        }
    }

    /// Puts a typed text under the key; an empty text clears it. The error says what is wanted. What
    /// only the whole list can tell (a name that is taken, a jump that leads nowhere) is not looked
    /// at here, see [`check`](super::check::check).
    pub fn set(self, target: &mut Target, typed: &str) -> Result<(), String> {
        let typed = typed.trim();
        if let Some(bad) = typed
            .chars()
            .find(|c| c.is_control() || crate::text::is_unsafe(*c))
        {
            return Err(format!(
                "{} holds the control character {:?}",
                self.word(),
                bad
            ));
        }
        let wrong = |why: String| format!("{}: {why}", self.word());
        let text = (!typed.is_empty()).then(|| typed.to_owned());
        match self {
            Key::Name | Key::Transport if typed.is_empty() => {
                return Err(format!("the {} of a target must not be empty", self.word()));
            }
            Key::Name => target.name = typed.into(),
            Key::Transport => target.transport = word(typed).map_err(wrong)?,
            Key::Address => target.address = typed.into(),
            Key::User => target.user = text,
            Key::Credential => target.credential = text,
            Key::IdentityFile => target.identity_file = text.map(Into::into),
            Key::KnownHosts => target.known_hosts = text.map(Into::into),
            Key::Jump => target.jump = text,
            Key::Login => {
                let ways: Result<Vec<_>, String> = elements(typed).map(word).collect();
                target.login = ways.map_err(wrong)?;
            }
            Key::ConnectTimeout => target.connect_timeout = time(typed).map_err(wrong)?,
            Key::LoginTimeout => target.login_timeout = time(typed).map_err(wrong)?,
            Key::CommandTimeout => target.command_timeout = time(typed).map_err(wrong)?,
            Key::Keepalive => target.keepalive = time(typed).map_err(wrong)?,
            Key::Auth if typed.is_empty() => target.auth = Default::default(),
            Key::Auth => target.auth = word(typed).map_err(wrong)?,
            Key::Tls => target.tls = yes_or_no(typed).map_err(wrong)?,
            Key::CaFile => target.ca_file = text.map(Into::into),
            Key::Fingerprint => {
                let checked = text.as_deref().map(auth::fingerprint).transpose();
                checked.map_err(wrong)?;
                target.fingerprint = text;
            }
            Key::CertificateFile => target.certificate_file = text.map(Into::into),
            Key::KeyFile => target.key_file = text.map(Into::into),
            Key::Configuration => target.configuration = text,
            Key::Powershell => target.powershell = text,
            Key::Session if typed.is_empty() => target.session = Default::default(),
            Key::Session => target.session = word(typed).map_err(wrong)?,
            Key::Shell if typed.is_empty() => target.shell = Default::default(),
            Key::Shell => target.shell = word(typed).map_err(wrong)?,
            Key::Protection if typed.is_empty() => target.protection = Default::default(),
            Key::Protection => target.protection = word(typed).map_err(wrong)?,
            Key::Groups => {
                let mut groups: Vec<String> = Vec::new();
                for group in elements(typed) {
                    if !groups.iter().any(|g| g.eq_ignore_ascii_case(group)) {
                        groups.push(group.to_owned());
                    }
                }
                target.groups = groups;
            }
        }
        Ok(())
    }
}

fn yes_or_no(typed: &str) -> Result<Option<bool>, String> {
    match typed.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "yes" => Ok(Some(true)),
        "false" | "no" => Ok(Some(false)),
        _ => Err(format!("{typed:?} is neither true nor false")),
    }
}

fn elements(typed: &str) -> impl Iterator<Item = &str> {
    typed.split(',').map(str::trim).filter(|e| !e.is_empty())
}

/// A word as it is written in `targets.toml`; the error names those there are.
fn word<T: for<'de> Deserialize<'de>>(typed: &str) -> Result<T, String> {
    let lower = typed.to_lowercase();
    let reader: serde::de::value::StrDeserializer<'_, Error> = lower.as_str().into_deserializer();
    T::deserialize(reader).map_err(|e| e.to_string())
}

/// A span of time above zero: `500ms`, `10s`, `1h 30m`; a bare number is seconds.
fn time(typed: &str) -> Result<Option<Duration>, String> {
    if typed.is_empty() {
        return Ok(None);
    }
    let wanted = || format!("{typed:?} is not a span of time such as 500ms, 10s, 2m or 1h30m");
    let span = match typed.parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(seconds.into()),
        Err(_) => typed.parse().map_err(|_| wanted())?,
    };
    if span <= SignedDuration::ZERO {
        return Err("must be longer than nothing".into());
    }
    Duration::try_from(span).map(Some).map_err(|_| wanted())
}

/// A span of time as [`time`] reads it: `1h 30m`.
fn shown(time: Duration) -> String {
    SpanPrinter::new()
        .designator(Designator::Compact)
        .spacing(Spacing::BetweenUnits)
        .unsigned_duration_to_string(&time)
}

#[cfg(test)]
mod tests;
