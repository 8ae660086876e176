//! One request and its answer, and what is done when the network goes away in between.

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::error::{SessionError, brief};
use super::limits::Limits;
use super::trouble::Notice;
use super::wire::{Client, TlsWhy, WireError};
use super::wsman::fault::Meaning;
use super::wsman::{Answer, Operation, Shell};

/// Where what the user should hear of a connection goes.
pub type Notices = mpsc::UnboundedSender<Notice>;

/// Whether a request may be sent again when its answer did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It may have been carried out: it is never sent twice.
    Never,
    /// Only what cannot have reached the server is sent again: an answer that was lost is lost.
    Unsent,
    /// Carried out twice it does no harm, or the server knows that it is the same one.
    Harmless,
}

/// Sends a request and reads its answer. One that is harmless is sent again, on new connections, for
/// as long as `limits.again`; it then says that it is a repeated one, so that a server that kept its
/// answer gives it once more (MS-WSMV 3.1.4.1.39). `notices` hears that the connection broke, once that it
/// stays away, and that it is back.
pub async fn exchange(
    client: &mut Client,
    shell: &Shell,
    operation: &Operation,
    repeat: Repeat,
    limits: &Limits,
    notices: Option<&Notices>,
) -> Result<Answer, SessionError> {
    let mut again: Option<Instant> = None;
    let mut tries = 0_u32;
    let tell = |notice| {
        if let Some(notices) = notices {
            let _ = notices.send(notice);
        }
    };
    loop {
        let text = shell.envelope(operation, again.is_some());
        let result = client
            .post(text.into_bytes(), limits.hold + limits.grace)
            .await;
        let error = match result {
            Ok(reply) => {
                if again.is_some() {
                    tell(Notice::Back);
                }
                return Ok(Answer::read(&reply.body)?);
            }
            Err(error) => error,
        };
        let may = match repeat {
            Repeat::Never => false,
            Repeat::Unsent => never_left(&error) || is_cut_short(&error),
            Repeat::Harmless => error.may_pass() || is_cut_short(&error),
        };
        if !may {
            return Err(error.into());
        }
        match tries {
            0 => tell(Notice::Lost(brief(&error))),
            1 => tell(Notice::Away(brief(&error))),
            _ => {}
        }
        tries = tries.saturating_add(1);
        let until = *again.get_or_insert_with(|| Instant::now() + limits.again);
        if Instant::now() + limits.between > until {
            return Err(error.into());
        }
        sleep(limits.between).await;
    }
}

/// The request did not leave this machine, or nobody took it.
pub fn never_left(error: &WireError) -> bool {
    matches!(
        error,
        WireError::Unreachable { .. } | WireError::Closed { sent: false, .. }
    )
}

/// A handshake that was broken off. What is sent again belongs to a session, so that TLS was spoken with
/// this server before: the network is away, and nothing was sent.
fn is_cut_short(error: &WireError) -> bool {
    matches!(error, WireError::Tls(fault) if matches!(fault.why, TlsWhy::Ended(_)))
}

/// The same for a request for output: `None` when there was none in the time that the server held it.
/// It is sent again only to a server that keeps its answers: from another one, what was on its way when
/// the connection broke would be missing, and nothing would tell.
/// After a lost connection the server may hold the shell as disconnected: it is attached to again.
pub async fn receive(
    client: &mut Client,
    shell: &Shell,
    pipeline: Option<&str>,
    limits: &Limits,
    notices: Option<&Notices>,
) -> Result<Option<Answer>, SessionError> {
    let operation = shell.receive(pipeline);
    let repeat = if shell.keeps() {
        Repeat::Harmless
    } else {
        Repeat::Unsent
    };
    match exchange(client, shell, &operation, repeat, limits, notices).await {
        Ok(answer) => Ok(Some(answer)),
        Err(SessionError::Fault(fault)) => match fault.meaning() {
            Meaning::NothingYet => Ok(None),
            Meaning::Disconnected => {
                let reconnect = shell.reconnect();
                match exchange(client, shell, &reconnect, Repeat::Harmless, limits, None).await {
                    Ok(_) => Ok(None),
                    Err(SessionError::Fault(f)) if f.meaning() == Meaning::Connected => Ok(None),
                    Err(e) => Err(e),
                }
            }
            _ => Err(SessionError::Fault(fault)),
        },
        Err(e) => Err(e),
    }
}
