//! `csdeck target add`, `edit`, `remove`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use crate::cli::{Context, Exit, Failure, csdeck, note};
use crate::execute::target::auth;
use crate::execute::target::keys::Key;
use crate::execute::{Auth, LoginMethod, Protection, Session, ShellProfile, Target, TransportKind};
use crate::span;
use crate::store::targets;

/// A new target.
#[derive(Debug, Args)]
pub struct Add {
    /// The name you use and, before something dangerous, type
    name: String,
    /// How to get there: local, ssh, winrm, lab
    #[arg(long, value_parser = word::<TransportKind>, value_name = "KIND")]
    transport: TransportKind,
    #[command(flatten)]
    keys: Keys,
}

/// Changes of a target.
#[derive(Debug, Args)]
pub struct Edit {
    /// The target's name
    name: String,
    /// A new name; targets that jump through it follow
    #[arg(long = "name", value_name = "NAME")]
    new_name: Option<String>,
    /// How to get there: local, ssh, winrm, lab
    #[arg(long, value_parser = word::<TransportKind>, value_name = "KIND")]
    transport: Option<TransportKind>,
    #[command(flatten)]
    keys: Keys,
    /// Take this key away, so that it is as if never given; may be repeated
    #[arg(long, value_name = "KEY", value_parser = Key::find)]
    clear: Vec<Key>,
}

/// The keys of a target, apart from name and transport.
#[derive(Debug, Args)]
struct Keys {
    /// HOST or HOST:PORT; winrm also a URI such as https://pool01.kestrel.lan/OcsPowershell
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<String>,
    /// Who logs in; without it the name of the signed-in user
    #[arg(long)]
    user: Option<String>,
    /// A name in the keyring, never the password itself
    #[arg(long, value_name = "NAME")]
    credential: Option<String>,
    /// ssh: the private key to offer
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,
    /// ssh: this file instead of ~/.ssh/known_hosts
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// ssh: the target that the connection goes through
    #[arg(long, value_name = "TARGET")]
    jump: Option<String>,
    /// ssh: a way to log in: agent, key, password, keyboard-interactive; may be repeated, in the
    /// order they are tried
    #[arg(long, value_parser = word::<LoginMethod>, value_name = "WAY", value_delimiter = ',')]
    login: Vec<LoginMethod>,
    /// How long reaching the server may take, such as 10s
    #[arg(long, value_parser = span::parse, value_name = "TIME")]
    connect_timeout: Option<Duration>,
    /// How long logging in may take, such as 30s
    #[arg(long, value_parser = span::parse, value_name = "TIME")]
    login_timeout: Option<Duration>,
    /// How long a command may run, such as 2h; without it as long as it takes
    #[arg(long, value_parser = span::parse, value_name = "TIME")]
    command_timeout: Option<Duration>,
    /// ssh: the time between two signs of life on a connection, such as 15s
    #[arg(long, value_parser = span::parse, value_name = "TIME")]
    keepalive: Option<Duration>,
    /// winrm: how to log in: negotiate, kerberos, ntlm, credssp, certificate, basic
    /// [default: negotiate]
    #[arg(long, value_parser = word::<Auth>, value_name = "WAY")]
    auth: Option<Auth>,
    /// winrm: inside TLS or not; without it https, port 5986 and port 443 are TLS
    #[arg(long, value_name = "true|false")]
    tls: Option<bool>,
    /// winrm: the certificate authorities that count (PEM), instead of the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// winrm: the one certificate that counts
    #[arg(long, value_parser = fingerprint, value_name = "sha256:...")]
    fingerprint: Option<String>,
    /// winrm: the certificate to log in with (PEM), for --auth certificate
    #[arg(long, value_name = "FILE")]
    certificate_file: Option<PathBuf>,
    /// winrm: the private key of that certificate (PEM)
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// winrm: the session configuration, instead of the one that the address stands for
    #[arg(long, value_name = "NAME")]
    configuration: Option<String>,
    /// ssh, local: the PowerShell program, instead of powershell
    #[arg(long, value_name = "PROGRAM")]
    powershell: Option<String>,
    /// warm keeps one PowerShell for all commands, single gives each its own [default: warm]
    #[arg(long, value_parser = word::<Session>, value_name = "WORD")]
    session: Option<Session>,
    /// What is loaded first: lync, exchange, plain [default: lync]
    #[arg(long, value_parser = word::<ShellProfile>, value_name = "PROFILE")]
    shell: Option<ShellProfile>,
    /// What may be run there: normal, read-only, protected [default: normal]
    #[arg(long, value_parser = word::<Protection>, value_name = "WORD")]
    protection: Option<Protection>,
    /// A name under which several targets are addressed together; may be repeated
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
}

/// A word as it is written in targets.toml.
pub(super) fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    T::deserialize(text.into_deserializer()).map_err(|e: serde::de::value::Error| e.to_string())
}

/// A fingerprint as it was given, when it is one.
fn fingerprint(text: &str) -> Result<String, String> {
    auth::fingerprint(text).map(|_| text.to_owned())
}

/// The path from the root: the target is used from other folders too.
fn whole(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

impl Keys {
    /// Puts what was given over what the target has.
    fn over(self, target: &mut Target) {
        fn put<T>(given: Option<T>, key: &mut Option<T>) {
            if given.is_some() {
                *key = given;
            }
        }
        put(self.user, &mut target.user);
        put(self.credential, &mut target.credential);
        put(self.identity_file, &mut target.identity_file);
        put(self.known_hosts, &mut target.known_hosts);
        put(self.jump, &mut target.jump);
        put(self.connect_timeout, &mut target.connect_timeout);
        put(self.login_timeout, &mut target.login_timeout);
        put(self.command_timeout, &mut target.command_timeout);
        put(self.keepalive, &mut target.keepalive);
        put(self.tls, &mut target.tls);
        put(self.ca_file.map(whole), &mut target.ca_file);
        put(self.fingerprint, &mut target.fingerprint);
        put(
            self.certificate_file.map(whole),
            &mut target.certificate_file,
        );
        put(self.key_file.map(whole), &mut target.key_file);
        put(self.configuration, &mut target.configuration);
        put(self.powershell, &mut target.powershell);
        if let Some(auth) = self.auth {
            target.auth = auth;
        }
        if let Some(address) = self.address {
            target.address = address;
        }
        if let Some(session) = self.session {
            target.session = session;
        }
        if let Some(shell) = self.shell {
            target.shell = shell;
        }
        if let Some(protection) = self.protection {
            target.protection = protection;
        }
        if !self.login.is_empty() {
            target.login = self.login;
        }
        if !self.group.is_empty() {
            target.groups = self.group;
        }
    }
}

pub(super) fn add(cx: &mut Context, add: Add) -> Result<Exit, Failure> {
    let mut target = Target {
        name: add.name,
        transport: add.transport,
        ..Target::lab()
    };
    add.keys.over(&mut target);
    let path = cx.paths()?.targets_file();
    targets::add(&path, std::slice::from_ref(&target))?;
    note(&format!(
        "{} is added to {}. Try it with: {} target test {}",
        target.name,
        path.display(),
        csdeck(),
        target.name
    ));
    Ok(Exit::Done)
}

pub(super) fn edit(cx: &mut Context, edit: Edit) -> Result<Exit, Failure> {
    let paths = cx.paths()?;
    let path = paths.targets_file();
    let known = targets::load(&path)?;
    let Some(before) = known.iter().find(|t| t.is_called(&edit.name)) else {
        return Err(super::unknown(&edit.name, known.iter()));
    };
    let mut after = before.clone();
    for key in &edit.clear {
        key.set(&mut after, "").map_err(Failure::usage)?;
    }
    edit.keys.over(&mut after);
    if let Some(name) = edit.new_name {
        after.name = name;
    }
    if let Some(transport) = edit.transport {
        after.transport = transport;
    }
    if after == *before {
        note(&format!(
            "{} stays as it is: nothing was changed",
            before.name
        ));
        return Ok(Exit::Done);
    }
    targets::edit(&path, before, &after)?;
    note(&format!("{} is changed in {}", after.name, path.display()));
    let watched = crate::store::config::load(&paths.config_file())?.watch;
    if before.name != after.name && watched.is_some_and(|w| before.is_called(&w)) {
        note(&format!(
            "{} names {} as the target to watch: change it to {}",
            paths.config_file().display(),
            before.name,
            after.name
        ));
    }
    Ok(Exit::Done)
}

pub(super) fn remove(cx: &mut Context, name: &str) -> Result<Exit, Failure> {
    let path = cx.paths()?.targets_file();
    let known = targets::load(&path)?;
    if !known.iter().any(|t| t.is_called(name)) {
        return Err(super::unknown(name, known.iter()));
    }
    targets::remove(&path, name)?;
    note(&format!("{name} is removed from {}", path.display()));
    Ok(Exit::Done)
}
