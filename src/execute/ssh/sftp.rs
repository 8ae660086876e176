//! Files over SFTP, on a connection of their own: a copy never stands in the way of commands.
//!
//! libssh2 blocks, half a second at a time: a call that gave up waiting is called again, which libssh2
//! takes as the same call going on, until it is cancelled or the server was silent for too long.
//! A call that is left in the middle spoils the connection, since half a packet may be on its way;
//! it is ended then.

mod file;
mod link;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, UNIX_EPOCH};

use ssh2::{FileType, OpenFlags, OpenType, Sftp};
use tokio_util::sync::CancellationToken;

use self::file::{Reading, Writing};
use self::link::{Link, Trouble, fx};
use super::connect::Connection;
use super::jump::jumps;
use super::plan::Plan;
use crate::execute::ask::Asker;
use crate::execute::files::{FileError, Files, Found, Kind, Sink, Source, Store};
use crate::execute::target::Target;
use crate::execute::transport::TransportError;
use crate::store::secret::SessionSecrets;

/// Behind the name of a file that is being replaced, for the moment between two renames.
const OLD: &str = ".csdeck-old";

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
