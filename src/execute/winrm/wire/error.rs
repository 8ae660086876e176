//! Why a request did not come to an answer.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use super::tls_fault::TlsFault;
use crate::execute::winrm::auth::AuthError;

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A TCP connection.
    Connect,
    /// TLS.
    Handshake,
    /// The log-in.
    Login,
    /// The answer to a request.
    Answer,
}

impl Phase {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Connect => "connect",
            Phase::Handshake => "TLS handshake",
            Phase::Login => "log-in",
            Phase::Answer => "answer",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why there is no TCP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreached {
    /// The name has no address.
    Name,
    /// The machine is there, the port is closed.
    Refused,
    /// No way to the machine.
    NoRoute,
    /// Something else.
    Other,
}

impl Unreached {
    /// What to look at.
    pub fn advice(self) -> &'static str {
        match self {
            Unreached::Name => "Check the name and the name servers",
            Unreached::Refused => {
                "The machine is there, but nothing listens on that port: is WinRM on (winrm quickconfig, Enable-PSRemoting), and is it this port (5985 HTTP, 5986 HTTPS)?"
            }
            Unreached::NoRoute => "Check the network and the VPN",
            Unreached::Other => {
                "Check the name, the port and the firewall between this machine and the server"
            }
        }
    }
}

/// Why a request did not come to an answer. The text says what happened, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// No connection.
    #[error("cannot reach {address}: {reason}. {}", kind.advice())]
    Unreachable {
        /// host:port as asked for.
        address: String,
        /// The system's words.
        reason: String,
        /// The same, to be told apart.
        kind: Unreached,
    },
    /// Nothing came in time.
    #[error("{address} did not answer within {} s ({phase}). {}", after.as_secs_f64(), slow(*phase))]
    TimedOut {
        /// host:port as asked for.
        address: String,
        /// What was waited for.
        phase: Phase,
        /// The time that was waited.
        after: Duration,
    },
    /// TLS did not come about.
    #[error("{0}")]
    Tls(Box<TlsFault>),
    /// A password is needed and there is none.
    #[error(
        "{user} on {address} needs a password. Store one with `csdeck credential set`, or give it with --password-stdin"
    )]
    NeedsPassword {
        /// Who logs in.
        user: String,
        /// host:port as asked for.
        address: String,
    },
    /// The server does not let the user in.
    #[error(
        "{address} refused the log-in of {user} (tried: {tried}; the server takes: {}). {}",
        listed(offered),
        refused(tried, offered)
    )]
    AuthRefused {
        /// Who tried to log in.
        user: String,
        /// host:port as asked for.
        address: String,
        /// What was tried: `NTLM`, `Kerberos`, ...
        tried: String,
        /// What the server says it takes.
        offered: Vec<String>,
    },
    /// The log-in could not go on.
    #[error("the log-in to {address} failed: {source}")]
    Auth {
        /// host:port as asked for.
        address: String,
        /// The mechanism's words.
        source: AuthError,
    },
    /// The server wants less than what was asked for.
    #[error("{}", downgrade(address, offered, *tls))]
    Downgrade {
        /// host:port as asked for.
        address: String,
        /// What the server says it takes.
        offered: Vec<String>,
        /// True over TLS.
        tls: bool,
    },
    /// An answer over HTTP that is not sealed, or not sealed as it should be.
    #[error(
        "the answer of {address} is refused: {reason}. Somebody on the way may have changed it, or the server's AllowUnencrypted is on. Nothing of it was used"
    )]
    Unsealed {
        /// host:port as asked for.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The connection went down.
    #[error("the connection to {address} broke: {reason}. {}", broke(*sent))]
    Closed {
        /// host:port as asked for.
        address: String,
        /// True when the request may have reached the server.
        sent: bool,
        /// The system's words.
        reason: String,
    },
    /// An answer without a body that could be believed, only a number.
    #[error("{address}{path} answered HTTP {status}. {}", status_means(*status))]
    Http {
        /// host:port as asked for.
        address: String,
        /// The path asked for.
        path: String,
        /// The number.
        status: u16,
    },
    /// The server sends elsewhere.
    #[error(
        "{address} answered HTTP {status} and sends to {location:?}. csdeck does not follow: give that address in the target when it is the right one"
    )]
    Redirect {
        /// host:port as asked for.
        address: String,
        /// The number.
        status: u16,
        /// Where it sends to.
        location: String,
    },
    /// An answer that is too long.
    #[error(
        "the answer of {address} is longer than {limit} bytes, which no WinRM server sends. Is {address} the right port?"
    )]
    TooBig {
        /// host:port as asked for.
        address: String,
        /// The bytes that are taken.
        limit: usize,
    },
    /// What answers is not HTTP.
    #[error(
        "what answers on {address} does not speak HTTP ({reason}). Is it the HTTPS listener (5986)? Then use https:// or tls = true"
    )]
    NotHttp {
        /// host:port as asked for.
        address: String,
        /// The parser's words.
        reason: String,
    },
    /// The port speaks TLS, and was spoken to without it.
    #[error(
        "{address} speaks TLS, and the target does not: write https:// in its address, or set tls = true. No password was sent"
    )]
    SpeaksTls {
        /// host:port as asked for.
        address: String,
    },
    /// The target is set up wrongly, or a file is not there.
    #[error("{0}")]
    Setup(String),
}

impl WireError {
    /// True for what may be gone at the next attempt.
    pub fn may_pass(&self) -> bool {
        match self {
            WireError::Unreachable { .. }
            | WireError::TimedOut { .. }
            | WireError::Closed { .. } => true,
            WireError::Http { status, .. } => *status == 503,
            _ => false,
        }
    }
}

/// A list for people; at most eight.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        _ if names.len() > 8 => format!("{} and {} more", names[..8].join(", "), names.len() - 8),
        _ => names.join(", "),
    }
}

fn slow(phase: Phase) -> &'static str {
    match phase {
        Phase::Connect => {
            "Check the firewall: it may drop what it does not let through. A slow way needs a longer connect_timeout"
        }
        Phase::Handshake => {
            "Something took the connection and did not speak TLS in time: a busy server, or another service on this port. A slow server needs a longer connect_timeout"
        }
        Phase::Login => {
            "The server is slow to judge log-ins, for example because its domain controller is. A slow one needs a longer login_timeout"
        }
        Phase::Answer => {
            "What the request did on the server is not known: look before you run it again"
        }
    }
}

fn broke(sent: bool) -> &'static str {
    match sent {
        true => "What the request did on the server is not known: look before you run it again",
        false => "The request did not reach the server",
    }
}

fn refused(tried: &str, offered: &[String]) -> &'static str {
    let takes = |name: &str| offered.iter().any(|o| o.eq_ignore_ascii_case(name));
    match tried {
        "Kerberos" => {
            "Check that the user may use WinRM there (Remote Management Users or Administrators)"
        }
        "certificate" => {
            "Check the mapping of the certificate to a user on the server, and that its listener asks for client certificates in the handshake (clientcertnegotiation=enable of netsh http): csdeck does not renegotiate TLS"
        }
        "Basic" if !takes("Basic") => "Basic is switched off there: use auth = \"negotiate\"",
        _ => {
            "Check user name and password, and that the user may use WinRM there; csdeck does not try a refused password again"
        }
    }
}

fn downgrade(address: &str, offered: &[String], tls: bool) -> String {
    let takes = listed(offered);
    match tls {
        false => format!(
            "{address} takes {takes} over plain HTTP and no log-in that seals the bodies: the password or the commands would be readable on the way, so nothing was sent. Switch Negotiate on there (winrm set winrm/config/service/auth @{{Negotiate=\"true\"}}), or use its HTTPS listener. If it offered more before, somebody may sit in between"
        ),
        true => format!(
            "{address} takes {takes} and not the log-in that the target asks for, so nothing was sent. Choose one of these with `auth` in the target if you mean it; if it offered more before, somebody may sit in between"
        ),
    }
}

fn status_means(status: u16) -> &'static str {
    match status {
        400 => "It could not read the request",
        403 => {
            "The way in is closed: for a certificate log-in check that the server trusts its root; for IIS check its SSL and IP settings"
        }
        404 => {
            "There is no WinRM at that path: it is /wsman on Windows, /OcsPowershell on a front end, /PowerShell/ on Exchange"
        }
        405 => "Something answers there that is not WinRM: check the port",
        413 => "The request was longer than the server takes (MaxEnvelopeSizekb)",
        500 => {
            "It failed without saying why: look into its log (Microsoft-Windows-WinRM/Operational)"
        }
        503 => {
            "The WinRM service is not running, or has no room for more: try again, or look at the service on the server"
        }
        _ => "Is it a WinRM server, and nothing in between?",
    }
}
