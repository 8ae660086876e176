//! Files over SFTP, on a connection of their own: a copy never stands in the way of commands.
//!
//! libssh2 blocks, [`TICK`] at a time: a call that gave up waiting is called again, which libssh2
//! takes as the same call going on, until it is cancelled or the server was silent for too long.
//! A call that is left in the middle spoils the connection, since half a packet may be on its way;
//! it is ended then.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ssh2::{ErrorCode, FileStat, FileType, OpenFlags, OpenType, Sftp};
use tokio_util::sync::CancellationToken;

use super::connect::{Connection, code, is_time_out, number};
use super::jump::jumps;
use super::plan::Plan;
use crate::execute::ask::Asker;
use crate::execute::files::{FileError, Files, Found, Kind, Sink, Source, Store};
use crate::execute::target::Target;
use crate::execute::transport::TransportError;
use crate::store::secret::SessionSecrets;

/// How long a call waits before it looks whether it is still wanted.
const TICK: Duration = Duration::from_millis(500);

/// Keepalive times without an answer after which the server counts as lost, as for a run.
const SILENT_KEEPALIVES: u32 = 4;

/// Bytes that may be on their way to the server without its answer: a distance of 50 ms still
/// takes 40 MB/s.
const WINDOW: usize = 2 * 1024 * 1024;

/// How long what is on its way may take to arrive once the copy is not wanted any more.
const DRAIN: Duration = Duration::from_secs(3);

/// Behind the name of a file that is being replaced, for the moment between two renames.
const OLD: &str = ".csdeck-old";

/// The codes of SFTP that are told apart (draft-ietf-secsh-filexfer-02, section 7, and later ones).
mod fx {
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

/// The way to one target's files over SSH.
pub struct SftpFiles {
    plan: Arc<Plan>,
}

impl SftpFiles {
    /// Prepares the way; nothing connects yet. As for
    /// [`SshTransport::new`](super::SshTransport::new).
    pub fn new(
        target: &Target,
        targets: &[Target],
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
    ) -> Result<SftpFiles, TransportError> {
        Plan::new(target, &jumps(target, targets)?, secrets, asker).map(Self::with_plan)
    }

    pub(super) fn with_plan(plan: Plan) -> SftpFiles {
        SftpFiles {
            plan: Arc::new(plan),
        }
    }
}

impl Files for SftpFiles {
    fn connect(&self, cancel: &CancellationToken) -> Result<Box<dyn Store>, FileError> {
        let connection = Connection::open(&self.plan, &|| cancel.is_cancelled())?;
        let link = Link {
            connection,
            plan: Arc::clone(&self.plan),
            cancel: cancel.clone(),
            ended: AtomicBool::new(false),
        };
        let sftp = link
            .call(|| link.connection.session.sftp())
            .map_err(|trouble| match trouble {
                Trouble::Error(e) => e,
                Trouble::Refused(..) => FileError::Setup(format!(
                    "{} offers no SFTP. On the server, sshd_config needs a line `Subsystem sftp` (sftp-server.exe on Windows)",
                    self.plan.address
                )),
            })?;
        Ok(Box::new(SftpStore {
            sftp,
            link: Arc::new(link),
        }))
    }
}

/// Why a call did not do what it was asked to.
enum Trouble {
    /// The SFTP server said no: its code and words. The connection is as good as before.
    Refused(i32, String),
    /// Cancelled or lost.
    Error(FileError),
}

/// What the store and its open files share.
struct Link {
    connection: Connection,
    plan: Arc<Plan>,
    cancel: CancellationToken,
    /// The connection is spoilt or gone.
    ended: AtomicBool,
}

impl Link {
    /// Does one thing, however long it takes, as long as the server lives and the copy is wanted.
    fn call<T>(&self, act: impl FnMut() -> Result<T, ssh2::Error>) -> Result<T, Trouble> {
        self.call_until(act, |_| self.cancel.is_cancelled())
    }

    /// The same for what puts things in order: a cancel does not stop it, but it takes no longer
    /// than [`DRAIN`] then.
    fn tidy<T>(&self, act: impl FnMut() -> Result<T, ssh2::Error>) -> Result<T, Trouble> {
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
        let silence = self.plan.limits.keepalive * SILENT_KEEPALIVES;
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
    fn with_code<T>(&self, result: io::Result<T>) -> Result<T, ssh2::Error> {
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
    fn end(&self) {
        if !self.ended.swap(true, Ordering::Relaxed) {
            self.connection.end();
        }
    }

    /// `fe01:/C:/x`.
    fn shown(&self, path: &str) -> String {
        format!("{}:{path}", self.plan.name)
    }

    fn refused(&self, path: &str, act: &'static str) -> impl FnOnce(Trouble) -> FileError {
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

/// The far end of an SFTP connection.
struct SftpStore {
    // Before the link: what is dropped here still needs the session.
    sftp: Sftp,
    link: Arc<Link>,
}

impl Drop for SftpStore {
    fn drop(&mut self) {
        // Closing the channel would wait for the server.
        self.link.end();
    }
}

impl SftpStore {
    fn rename_plain(&self, from: &str, to: &str) -> Result<(), FileError> {
        self.link
            .tidy(|| self.sftp.rename(Path::new(from), Path::new(to), None))
            .map_err(self.link.refused(from, "renamed"))
    }

    /// SFTP of version 3 renames over nothing: the old file is put aside and brought back when
    /// the new one cannot take its place.
    fn replace(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        let old = format!("{to}{OLD}");
        if self.look(&old)?.is_some() {
            return Err(FileError::Refused {
                path: self.shown(to),
                act: "replaced",
                reason: format!(
                    "{} is there, which an earlier copy put aside: look at it and remove it",
                    self.shown(&old)
                ),
            });
        }
        self.rename_plain(to, &old)?;
        if let Err(e) = self.rename_plain(from, to) {
            return match self.rename_plain(&old, to) {
                Ok(()) => Err(e),
                Err(_) => Err(FileError::Refused {
                    path: self.shown(to),
                    act: "replaced",
                    reason: format!("{e}. The old file is {} now", self.shown(&old)),
                }),
            };
        }
        // The copy is in its place; an old file that stays is seen by the next one.
        let _ = self.remove(&old);
        Ok(())
    }
}

impl Store for SftpStore {
    fn shown(&self, path: &str) -> String {
        self.link.shown(path)
    }

    fn look(&mut self, path: &str) -> Result<Option<Found>, FileError> {
        let stat = match self.link.call(|| self.sftp.stat(Path::new(path))) {
            Ok(stat) => stat,
            Err(Trouble::Refused(fx::NO_SUCH_FILE | fx::NO_SUCH_PATH, _)) => return Ok(None),
            Err(trouble) => return Err(self.link.refused(path, "looked at")(trouble)),
        };
        let kind = match stat.perm.map(|_| stat.file_type()) {
            Some(FileType::RegularFile) => Kind::File,
            Some(FileType::Directory) => Kind::Folder,
            Some(FileType::NamedPipe) => Kind::Other("a pipe"),
            Some(FileType::Socket) => Kind::Other("a socket"),
            Some(FileType::CharDevice | FileType::BlockDevice) => Kind::Other("a device"),
            Some(FileType::Symlink | FileType::Other(_)) => Kind::Other("something else"),
            None => Kind::Other("of a kind that the server does not tell"),
        };
        let modified = stat
            .mtime
            .and_then(|s| UNIX_EPOCH.checked_add(Duration::from_secs(s)));
        Ok(Some(Found {
            kind,
            size: stat.size,
            modified,
        }))
    }

    fn open(&mut self, path: &str) -> Result<Box<dyn Source>, FileError> {
        let file = self
            .link
            .call(|| self.sftp.open(Path::new(path)))
            .map_err(self.link.refused(path, "read"))?;
        Ok(Box::new(Reading {
            file,
            link: Arc::clone(&self.link),
            path: path.to_owned(),
        }))
    }

    fn create(&mut self, path: &str) -> Result<Box<dyn Sink>, FileError> {
        let flags = OpenFlags::WRITE | OpenFlags::EXCLUSIVE;
        let made = self.link.call(|| {
            self.sftp
                .open_mode(Path::new(path), flags, 0o644, OpenType::File)
        });
        match made {
            Ok(file) => Ok(Box::new(Writing {
                file: Some(file),
                link: Arc::clone(&self.link),
                path: path.to_owned(),
                pending: Vec::new(),
                start: 0,
            })),
            Err(trouble) => {
                // OpenSSH calls it a failure, like everything else.
                if matches!(trouble, Trouble::Refused(..)) && self.look(path)?.is_some() {
                    return Err(FileError::Part {
                        path: self.shown(path),
                    });
                }
                Err(self.link.refused(path, "written")(trouble))
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str, over: bool) -> Result<(), FileError> {
        match self.look(to)? {
            None => self.rename_plain(from, to),
            Some(_) if over => self.replace(from, to),
            Some(_) => Err(FileError::Exists {
                path: self.shown(to),
            }),
        }
    }

    fn remove(&mut self, path: &str) -> Result<(), FileError> {
        match self.link.tidy(|| self.sftp.unlink(Path::new(path))) {
            Ok(()) | Err(Trouble::Refused(fx::NO_SUCH_FILE | fx::NO_SUCH_PATH, _)) => Ok(()),
            Err(trouble) => Err(self.link.refused(path, "removed")(trouble)),
        }
    }
}

struct Reading {
    file: ssh2::File,
    link: Arc<Link>,
    path: String,
}

impl Source for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FileError> {
        let (file, link) = (&mut self.file, &self.link);
        link.call(|| link.with_code(file.read(buffer)))
            .map_err(link.refused(&self.path, "read"))
    }
}

/// A file that is written. libssh2 wants to be given what has no answer yet again with each call,
/// with new bytes behind it: so the line to the server is never empty.
struct Writing {
    file: Option<ssh2::File>,
    link: Arc<Link>,
    path: String,
    /// From `start` on: bytes without an answer yet.
    pending: Vec<u8>,
    start: usize,
}

impl Writing {
    /// One more answer; false when there is none to wait for.
    fn push(&mut self, tidy: bool) -> Result<bool, Trouble> {
        let rest = self.pending.get(self.start..).unwrap_or_default();
        let (Some(file), link) = (&mut self.file, &self.link) else {
            return Ok(false);
        };
        if rest.is_empty() {
            self.pending.clear();
            self.start = 0;
            return Ok(false);
        }
        let mut act = || link.with_code(file.write(rest));
        let taken = if tidy {
            link.tidy(&mut act)?
        } else {
            link.call(&mut act)?
        };
        self.start += taken;
        Ok(true)
    }

    fn refused(&self) -> impl FnOnce(Trouble) -> FileError {
        self.link.refused(&self.path, "written")
    }
}

impl Sink for Writing {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        while self.pending.len() - self.start + bytes.len() > WINDOW.max(bytes.len()) {
            self.push(false).map_err(self.refused())?;
        }
        if self.start > WINDOW {
            self.pending.drain(..self.start);
            self.start = 0;
        }
        self.pending.extend_from_slice(bytes);
        self.push(false).map_err(self.refused())?;
        Ok(())
    }

    fn finish(&mut self, modified: Option<SystemTime>) -> Result<(), FileError> {
        while self.push(false).map_err(self.refused())? {}
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        let link = &self.link;
        match link.call(|| file.fsync()) {
            // Not every server can; what is there is read again anyway.
            Ok(()) => {}
            Err(Trouble::Refused(code, _)) if code != fx::FAILURE => {}
            Err(trouble) => return Err(link.refused(&self.path, "written")(trouble)),
        }
        let time = modified
            .and_then(|t| t.duration_since(UNIX_EPOCH).ok())
            .map(|t| t.as_secs());
        if let Some(time) = time {
            let stat = FileStat {
                size: None,
                uid: None,
                gid: None,
                perm: None,
                atime: Some(time),
                mtime: Some(time),
            };
            link.call(|| file.setstat(stat.clone()))
                .map_err(link.refused(&self.path, "given its time (--no-times leaves that out)"))?;
        }
        link.call(|| file.close())
            .map_err(link.refused(&self.path, "written"))
    }

    fn abandon(&mut self) {
        // Half a packet must not be left on the line: the part is removed over it.
        let began = Instant::now();
        while began.elapsed() < DRAIN && matches!(self.push(true), Ok(true)) {}
        if self.start < self.pending.len() {
            self.link.end();
        }
        self.file = None;
    }
}
