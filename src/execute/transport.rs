//! What every way to a server has in common.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::event::Event;
use super::sending::BeforeSending;
use crate::gate::Approved;

/// A boxed future, so that transports can be chosen at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a transport sends its events. Bounded: a slow reader slows the job down, memory does not
/// grow.
pub type EventSender = mpsc::Sender<Event>;

/// How many events may wait between a transport and its reader.
pub const EVENT_BUFFER: usize = 256;

/// A way to run text on a target.
pub trait Transport: Send + Sync {
    /// Runs the approved text and streams what it says, line by line, into `events`.
    ///
    /// Sends [`Event::State`] for `Connecting`, `Running` and `Cancelling`; never a final state
    /// (the job's owner does that). Returns the exit code of the PowerShell host. A cancelled
    /// run ends with [`TransportError::Cancelled`]. A closed receiver is not an error: the run
    /// goes on and its output is dropped.
    fn run<'a>(
        &'a self,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>> {
        self.run_after(BeforeSending::default(), invocation, events, cancel)
    }

    /// The same, doing `before` right before the text leaves; when that fails nothing is sent.
    fn run_after<'a>(
        &'a self,
        before: BeforeSending,
        invocation: &'a Approved,
        events: EventSender,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Result<i32, TransportError>>;

    /// How the connection that is up came about: one part for each server on the way, the target
    /// last. Empty without a connection, and for transports that log in nowhere.
    fn arrivals(&self) -> Vec<Arrival> {
        Vec::new()
    }
}

/// How one server was reached and how it was logged in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// host:port as asked for, and the way there.
    pub address: String,
    /// Who logged in.
    pub user: String,
    /// What let the user in, in words: `key /home/ann/.ssh/id_ed25519`, `password`, ...
    pub method: String,
    /// The type of the server's host key.
    pub key_type: String,
    /// Its fingerprint, `SHA256:...`.
    pub fingerprint: String,
    /// Reaching it took so long, the key exchange included.
    pub connect: Duration,
    /// Logging in took so long, without the time in which the user answered questions.
    pub login: Duration,
}

/// Why a run did not come to an exit code. The text says what happened, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TransportError {
    /// No connection: name not found, refused, no route.
    #[error("cannot reach {address}: {}", with_advice(reason))]
    Unreachable {
        /// host:port as asked for.
        address: String,
        /// The system's words; with a sentence behind them when it is known what to look at.
        reason: String,
    },
    /// Nothing answered in time.
    #[error("{address} did not answer within {} ({phase}). {}", seconds(*after), advice(phase))]
    TimedOut {
        /// host:port as asked for.
        address: String,
        /// What was waited for: connect, handshake, log-in.
        phase: &'static str,
        /// The time that was waited.
        after: Duration,
    },
    /// The server's host key is in no known_hosts file.
    #[error("the host key of {} is not known: {} {}. Compare the fingerprint with the server's own (ssh-keygen -lf on the server) before you accept it", .0.address, .0.key_type, .0.fingerprint)]
    HostKeyUnknown(Box<HostKey>),
    /// The server's host key differs from the one in the known_hosts file.
    #[error("HOST KEY CHANGED for {}: it offers {} {}, which is not the key in {}. Somebody may sit in between, or the server was rebuilt. When you know it was rebuilt: ssh-keygen -R '{}' -f '{}'", .0.address, .0.key_type, .0.fingerprint, .0.known_hosts.display(), .0.pattern, .0.known_hosts.display())]
    HostKeyChanged(Box<HostKey>),
    /// The server's host key is marked @revoked in the known_hosts file.
    #[error("the host key of {} ({} {}) is marked @revoked in {}: csdeck never connects to it", .0.address, .0.key_type, .0.fingerprint, .0.known_hosts.display())]
    HostKeyRevoked(Box<HostKey>),
    /// Neither agent nor key got in and no password was given: ask for one.
    #[error(
        "{user} on {address} needs a password. Store one with `csdeck credential set`, or give it with --password-stdin"
    )]
    NeedsPassword {
        /// The name of the target, or of the jump, that the password is for.
        target: String,
        /// Who logs in.
        user: String,
        /// host:port as asked for.
        address: String,
    },
    /// The private key is encrypted and its passphrase was not given, or does not open it.
    #[error("{}", locked(path, *wrong))]
    NeedsPassphrase {
        /// The name of the target, or of the jump, that the key is for.
        target: String,
        /// The private key's file.
        path: PathBuf,
        /// True when a passphrase was given that does not open it.
        wrong: bool,
    },
    /// The server asked something that nobody was there to answer.
    #[error(
        "{address} asks {question:?}, and there is no terminal to answer on. Run it on a terminal or in the console; or log in with a key (login = [\"key\"])"
    )]
    Unanswered {
        /// host:port as asked for.
        address: String,
        /// The server's words.
        question: String,
    },
    /// The server refused every way to log in that was tried.
    #[error(
        "{address} refused the log-in of {user} (tried: {tried}; the server takes: {offered}). Check user name and password; csdeck does not try a refused password again"
    )]
    AuthRefused {
        /// Who tried to log in.
        user: String,
        /// host:port as asked for.
        address: String,
        /// What was tried, in words.
        tried: String,
        /// What the server says it takes.
        offered: String,
    },
    /// The connection was up and broke.
    #[error(
        "the connection to {address} broke: {reason}. What the command did on the server is not known: look before you run it again"
    )]
    Lost {
        /// host:port as asked for.
        address: String,
        /// The system's words.
        reason: String,
    },
    /// The server was reached and does not do it, or is not believed. Nothing was run.
    #[error("{reason}")]
    Refused {
        /// What happened, why, and what to do.
        reason: String,
    },
    /// It ran longer than it may, and was stopped.
    #[error(
        "it ran longer than {} s and was stopped. What it did until then is done: look before you run it again, or raise command_timeout for the target", after.as_secs_f64()
    )]
    TooLong {
        /// The target's `command_timeout`.
        after: Duration,
    },
    /// The user cancelled the run.
    #[error("cancelled")]
    Cancelled,
    /// The target is set up wrongly, or the program to run is not there.
    #[error("{0}")]
    Setup(String),
}

impl TransportError {
    /// True for what may be gone at the next attempt: a server that restarts, a network that comes
    /// back.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            TransportError::Unreachable { .. }
                | TransportError::TimedOut { .. }
                | TransportError::Lost { .. }
        )
    }
}

/// A reason, and what to look at.
fn with_advice(reason: &str) -> String {
    match reason.contains(". ") {
        true => reason.to_owned(),
        false => format!(
            "{reason}. Check the name, the port and the firewall between this machine and the server"
        ),
    }
}

/// A key that is not opened, and what opens it.
fn locked(path: &Path, wrong: bool) -> String {
    let path = path.display();
    match wrong {
        false => format!(
            "the key {path} is protected by a passphrase. Load it into the agent (ssh-add), or give the passphrase with --password-stdin"
        ),
        true => format!(
            "the passphrase for the key {path} is wrong: it does not open the key. Give the right one on a terminal or with --password-stdin, or load the key into the agent (ssh-add); `csdeck credential set` replaces a stored one"
        ),
    }
}

/// A time for people: `15 s`, `0.2 s`.
fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// What to look at when a phase took too long, and the key that gives it more time.
fn advice(phase: &str) -> &'static str {
    match phase {
        "connect" => {
            "Check the firewall: it may drop what it does not let through. A slow way needs a longer connect_timeout"
        }
        "handshake" => {
            "Something took the connection and did not speak SSH in time: a busy server, or another service on this port. A slow server needs a longer connect_timeout"
        }
        "log-in" => {
            "The server is slow to judge log-ins, for example because its domain controller is. A slow one needs a longer login_timeout"
        }
        _ => "Check the firewall, or raise the time-out",
    }
}

/// A server's host key as offered, and where it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    /// host:port as asked for.
    pub address: String,
    /// How known_hosts spells the host: `name` on port 22, `[name]:port` elsewhere.
    pub pattern: String,
    /// ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, ...
    pub key_type: String,
    /// `SHA256:...` as ssh-keygen prints it.
    pub fingerprint: String,
    /// The public key, base64, as it stands in a known_hosts line.
    pub key_base64: String,
    /// The file that was looked into, and that an accepted key is added to.
    pub known_hosts: PathBuf,
}
