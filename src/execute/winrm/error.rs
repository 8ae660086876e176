//! Why a session could not do something, and what that means to a job.

use thiserror::Error;

use super::psrp::{ErrorRecord, PsrpError};
use super::wire::WireError;
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
    /// The server ended the pool.
    #[error("the server ended the session{}", because(.0.as_deref()))]
    Broken(Option<Box<ErrorRecord>>),
    /// The pool did not open in time.
    #[error("the server made a session and then said nothing")]
    Silent,
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
    pub fn into_transport(self, target: &str, address: &str, begun: bool) -> TransportError {
        let address = address.to_owned();
        if begun {
            return TransportError::Lost {
                address,
                reason: self.lost(),
            };
        }
        match self {
            SessionError::Wire(WireError::Unreachable { reason, .. }) => {
                TransportError::Unreachable { address, reason }
            }
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

    /// Why a run that was under way is lost, without its full stop.
    fn lost(&self) -> String {
        match self {
            SessionError::Fault(fault) => match fault.advice() {
                "" => format!("the server refused: {fault}"),
                advice => format!("the server refused: {fault}. {advice}"),
            },
            SessionError::Wire(WireError::Closed { reason, .. }) => reason.clone(),
            other => other.to_string().trim_end_matches('.').to_owned(),
        }
    }
}
