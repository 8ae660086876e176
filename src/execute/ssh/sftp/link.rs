//! The connection under the files: calls that can be cancelled and never hang.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ssh2::ErrorCode;
use tokio_util::sync::CancellationToken;

use crate::execute::files::FileError;
use crate::execute::ssh::connect::{Connection, code, is_time_out, number};
use crate::execute::ssh::plan::Plan;

/// How long a call waits before it looks whether it is still wanted.
const TICK: Duration = Duration::from_millis(500);

/// Keepalive times without an answer after which the server counts as lost, as for a run.
const SILENT_KEEPALIVES: u32 = 4;

/// How long what is on its way may take to arrive once the copy is not wanted any more.
pub(super) const DRAIN: Duration = Duration::from_secs(3);

/// The codes of SFTP that are told apart (draft-ietf-secsh-filexfer-02, section 7, and later ones).
pub(super) mod fx {
    pub const NO_SUCH_FILE: i32 = 2;
    pub const PERMISSION_DENIED: i32 = 3;
    pub const FAILURE: i32 = 4;
    pub const UNSUPPORTED: i32 = 8;
    pub const NO_SUCH_PATH: i32 = 10;
    pub const NO_SPACE: i32 = 14;
    pub const QUOTA: i32 = 15;
}

/// libssh2's code for an answer of the SFTP server that is none of success (libssh2.h).
const SFTP_PROTOCOL: i32 = -31;

/// Why a call did not do what it was asked to.
pub(super) enum Trouble {
    /// The SFTP server said no: its code and words. The connection is as good as before.
    Refused(i32, String),
    /// Cancelled or lost.
    Error(FileError),
}

/// What the store and its open files share.
pub(super) struct Link {
    pub connection: Connection,
    pub plan: Arc<Plan>,
    pub cancel: CancellationToken,
    /// The connection is spoilt or gone.
    pub ended: AtomicBool,
}

impl Link {
    /// Does one thing, however long it takes, as long as the server lives and the copy is wanted.
    pub fn call<T>(&self, act: impl FnMut() -> Result<T, ssh2::Error>) -> Result<T, Trouble> {
        self.call_until(act, |_| self.cancel.is_cancelled())
    }

    /// The same for what puts things in order: a cancel does not stop it, but it takes no longer
    /// than [`DRAIN`] then.
    pub fn tidy<T>(&self, act: impl FnMut() -> Result<T, ssh2::Error>) -> Result<T, Trouble> {
        self.call_until(act, |waited| self.cancel.is_cancelled() && waited > DRAIN)
    }

    fn call_until<T>(
        &self,
        mut act: impl FnMut() -> Result<T, ssh2::Error>,
        unwanted: impl Fn(Duration) -> bool,
    ) -> Result<T, Trouble> {
        if self.ended.load(Ordering::Relaxed) {
            return Err(self.lost("it was ended"));
        }
        let silence = self.plan.limits.keepalive.saturating_mul(SILENT_KEEPALIVES);
        let began = Instant::now();
        loop {
            let error = match self.connection.blocking(TICK, &mut act) {
                Ok(done) => return Ok(done),
                Err(e) => e,
            };
            if let ErrorCode::SFTP(fx) = error.code() {
                return Err(Trouble::Refused(fx, error.message().to_owned()));
            }
            match number(&error) {
                n if is_time_out(n) || n == code::EAGAIN => {}
                // The server does not want this channel; the connection lives.
                code::CHANNEL_FAILURE | code::CHANNEL_REQUEST_DENIED => {
                    return Err(Trouble::Refused(
                        fx::UNSUPPORTED,
                        error.message().to_owned(),
                    ));
                }
                _ => {
                    self.end();
                    return Err(self.lost(error.message()));
                }
            }
            if unwanted(began.elapsed()) {
                self.end();
                return Err(Trouble::Error(FileError::Cancelled));
            }
            if began.elapsed() > silence {
                self.end();
                return Err(self.lost(&format!(
                    "the server said nothing for {} s",
                    silence.as_secs()
                )));
            }
        }
    }

    /// What the `Read` and `Write` of ssh2 say, with the code that they leave out.
    pub fn with_code<T>(&self, result: io::Result<T>) -> Result<T, ssh2::Error> {
        result.map_err(|e| {
            let last = ssh2::Error::last_session_error(&self.connection.session);
            match last {
                Some(last) if number(&last) == SFTP_PROTOCOL => {
                    let fx = if e.kind() == io::ErrorKind::NotFound {
                        fx::NO_SUCH_FILE
                    } else if e.to_string() == "permission denied" {
                        fx::PERMISSION_DENIED
                    } else {
                        fx::FAILURE
                    };
                    ssh2::Error::from_errno(ErrorCode::SFTP(fx))
                }
                Some(last) => last,
                None if e.kind() == io::ErrorKind::TimedOut => {
                    ssh2::Error::from_errno(ErrorCode::Session(code::TIMEOUT))
                }
                None => ssh2::Error::from_errno(ErrorCode::Session(code::SOCKET_DISCONNECT)),
            }
        })
    }

    fn lost(&self, reason: &str) -> Trouble {
        Trouble::Error(FileError::Lost {
            address: self.plan.address.clone(),
            reason: reason.to_owned(),
        })
    }

    /// Ends the connection, so that nothing that is freed later waits for the server.
    pub fn end(&self) {
        if !self.ended.swap(true, Ordering::Relaxed) {
            self.connection.end();
        }
    }

    /// `fe01:/C:/x`.
    pub fn shown(&self, path: &str) -> String {
        format!("{}:{path}", self.plan.name)
    }

    pub fn refused(&self, path: &str, act: &'static str) -> impl FnOnce(Trouble) -> FileError {
        let path = self.shown(path);
        move |trouble| match trouble {
            Trouble::Error(e) => e,
            Trouble::Refused(fx::NO_SUCH_FILE | fx::NO_SUCH_PATH, _) if act == "read" => {
                FileError::NotThere {
                    hint: hint(&path).into(),
                    path,
                }
            }
            Trouble::Refused(code, words) => FileError::Refused {
                path,
                act,
                reason: reason(code, &words),
            },
        }
    }
}

/// What the server's code means to somebody who has to do something about it.
fn reason(code: i32, words: &str) -> String {
    match code {
        fx::NO_SUCH_FILE | fx::NO_SUCH_PATH => "its folder is not there".into(),
        fx::PERMISSION_DENIED => "the server denies it to this account".into(),
        fx::NO_SPACE => "the disk of the server is full".into(),
        fx::QUOTA => "the quota on the server is used up".into(),
        fx::FAILURE => {
            "the server failed and says no more: is the disk full, is the file in use?".into()
        }
        _ => format!("the server says: {words}"),
    }
}

fn hint(path: &str) -> &'static str {
    if path.contains('\\') {
        "; on Windows write C:/folder/file"
    } else {
        ""
    }
}
