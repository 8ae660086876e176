//! Why a session could not do something, and what that means to a job.

use std::time::Duration;

use thiserror::Error;

use super::psrp::{ErrorRecord, PsrpError};
use super::wire::{Phase, WireError};
use super::wsman::fault::Meaning;
use super::wsman::{AnswerError, Fault};
use crate::execute::transport::TransportError;

/// Why a session could not do something.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SessionError {
    /// The request did not come to an answer.
    #[error("{0}")]
    Wire(#[from] WireError),
    /// The server would not.
    #[error("{0}")]
    Fault(Box<Fault>),
    /// The answer is damaged, or is none.
    #[error("{0}")]
    Damaged(String),
    /// What stands inside the answers is not what PowerShell says, or a part of it is missing.
    #[error("{0}")]
    Psrp(#[from] PsrpError),
    /// Messages did not come.
    #[error(
        "the server did not keep an answer that was lost on the way: its messages {from} to {to} are missing"
    )]
    Hole {
        /// The first number that is missing.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// The server ended the pool.
    #[error("the server ended the session{}", because(.0.as_deref()))]
    Broken(Option<Box<ErrorRecord>>),
    /// The pool did not open in time.
    #[error(
        "the server made a session, and its PowerShell was not ready within {} s. It may have too much to do, or a session configuration with a long start-up script: try again later, or look at the server", .0.as_secs_f64()
    )]
    NotOpened(Duration),
    /// The server did not answer the request for a key in time.
    #[error(
        "the server did not give the key that secrets are sealed with within {} s: no secret was sent. Try again; the run gets a new session", .0.as_secs_f64()
    )]
    NoKey(Duration),
    /// The connection that listens to the pool has ended before.
    #[error(
        "what the server says of the session is not heard any more, so that no key for secrets can be agreed on: no secret was sent. Try again; the run gets a new session"
    )]
    Unheard,
    /// A pipeline that was to be stopped did not end, nor did its session.
    #[error("the server was told to end the command and its session, and did not say that it did")]
    NotEnded,
}

fn because(record: Option<&ErrorRecord>) -> String {
    record.map_or_else(String::new, |r| format!(": {}", r.message))
}

impl From<AnswerError> for SessionError {
    fn from(e: AnswerError) -> Self {
        match e {
            AnswerError::Fault(fault) => SessionError::Fault(fault),
            AnswerError::Damaged(_) => SessionError::Damaged(e.to_string()),
        }
    }
}

impl SessionError {
    /// What it means to a run on `target`; `begun` is true once the text may have reached the server:
    /// what it did there is then unknown.
    pub fn into_transport(
        self,
        (target, user): (&str, &str),
        address: &str,
        begun: bool,
    ) -> TransportError {
        let address = address.to_owned();
        if begun {
            return TransportError::Lost {
                address,
                reason: self.lost(),
            };
        }
        match self {
            SessionError::Wire(WireError::Unreachable { reason, kind, .. }) => {
                TransportError::Unreachable {
                    address,
                    reason: format!("{reason}. {}", kind.advice()),
                }
            }
            // Nothing was sent that could have run.
            SessionError::Wire(WireError::Closed { reason, .. }) => TransportError::Unreachable {
                address,
                reason: format!("the connection broke before anything was run: {reason}"),
            },
            SessionError::Wire(WireError::TimedOut { phase, after, .. }) => {
                TransportError::TimedOut {
                    address,
                    phase: phase.word(),
                    after,
                }
            }
            SessionError::Wire(WireError::NeedsPassword { user, .. }) => {
                TransportError::NeedsPassword {
                    target: target.to_owned(),
                    user,
                    address,
                }
            }
            SessionError::Wire(WireError::AuthRefused {
                user,
                tried,
                offered,
                ..
            }) => TransportError::AuthRefused {
                user,
                address,
                tried,
                offered: offered.join(", "),
            },
            SessionError::Wire(WireError::Auth { source, .. }) if source.is_refused_password() => {
                TransportError::AuthRefused {
                    user: user.to_owned(),
                    address,
                    tried: source.to_string().trim_end_matches('.').to_owned(),
                    offered: "it was the domain that refused".into(),
                }
            }
            SessionError::Fault(fault) => TransportError::Refused {
                reason: match fault.advice() {
                    "" => format!("{address} refused: {fault}"),
                    advice => format!("{address} refused: {fault}. {advice}"),
                },
            },
            SessionError::Wire(e) => TransportError::Refused {
                reason: e.to_string(),
            },
            other => TransportError::Refused {
                reason: format!("{address}: {other}"),
            },
        }
    }

    /// True when the password was refused, by the server or by the domain.
    pub fn is_refused_password(&self) -> bool {
        match self {
            SessionError::Wire(WireError::AuthRefused { .. }) => true,
            SessionError::Wire(WireError::Auth { source, .. }) => source.is_refused_password(),
            _ => false,
        }
    }

    /// Why a run that was under way is lost, without its full stop.
    fn lost(&self) -> String {
        match self {
            SessionError::Fault(fault) => {
                let words = fault.to_string();
                let words = words.trim_end_matches('.');
                match fault.meaning() {
                    Meaning::Gone | Meaning::Aborted => {
                        format!("the server ended the command or its session: {words}")
                    }
                    _ => match fault.advice() {
                        "" => format!("the server refused: {words}"),
                        advice => format!("the server refused: {words}. {advice}"),
                    },
                }
            }
            SessionError::Wire(e) => brief(e),
            other => other.to_string().trim_end_matches('.').to_owned(),
        }
    }

    /// True when the server said for certain that it did not take the request.
    pub fn not_taken(&self) -> bool {
        match self {
            SessionError::Fault(fault) => !matches!(
                fault.meaning(),
                Meaning::NothingYet | Meaning::Aborted | Meaning::Other
            ),
            SessionError::Wire(e) => matches!(
                e,
                WireError::Unreachable { .. }
                    | WireError::Closed { sent: false, .. }
                    | WireError::TimedOut {
                        phase: Phase::Connect | Phase::Handshake | Phase::Login,
                        ..
                    }
                    | WireError::Tls(_)
                    | WireError::NeedsPassword { .. }
                    | WireError::AuthRefused { .. }
                    | WireError::Auth { .. }
                    | WireError::Downgrade { .. }
                    | WireError::SpeaksTls { .. }
                    | WireError::Setup(_)
                    | WireError::Redirect { .. }
                    | WireError::Http {
                        status: 400..=499 | 503,
                        ..
                    }
            ),
            _ => false,
        }
    }

    /// True when the session is not there any more, or not for us.
    pub fn is_session_gone(&self) -> bool {
        matches!(self, SessionError::Fault(f) if matches!(
            f.meaning(),
            Meaning::Gone | Meaning::Disconnected | Meaning::Taken
        ))
    }
}

/// What happened to a request, without what to do about it and without a full stop.
pub fn brief(error: &WireError) -> String {
    match error {
        WireError::Closed { reason, .. } | WireError::Unreachable { reason, .. } => reason.clone(),
        WireError::TimedOut { phase, after, .. } => {
            format!("no answer within {} s ({phase})", after.as_secs_f64())
        }
        WireError::Http { status, .. } => format!("it answers HTTP {status}"),
        other => other.to_string().trim_end_matches('.').to_owned(),
    }
}
