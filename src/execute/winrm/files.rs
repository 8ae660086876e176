//! Files over a session with the language: each call is a small script, sent with its arguments as
//! typed values, so that no name is ever part of a script's text.
//!
//! The scripts are .NET alone, the same since PowerShell 2. A path that is not absolute counts from
//! the folder that the session begins in. What goes wrong is told by the name of the exception, which
//! no language of the server changes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::plan::Plan;
use super::psrp::{Argument, Command, ErrorRecord};
use super::session::Session;
use super::small::Heard;
use crate::execute::ask::Asker;
use crate::execute::files::{FileError, Files, Found, Kind, Sink, Source, Store};
use crate::execute::target::Target;
use crate::execute::transport::TransportError;
use crate::powershell::clixml::Value;
use crate::store::secret::SessionSecrets;

/// In front of every script: the path as the session understands it.
const RESOLVE: &str = "$ErrorActionPreference='Stop'\n\
$p=$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($p)\n";

/// What stands there: `file`, its size, its last change; `folder`; or nothing.
const LOOK: &str = "$f=New-Object IO.FileInfo $p\n\
if($f.Exists){'file';$f.Length;$f.LastWriteTimeUtc.ToFileTimeUtc()}elseif([IO.Directory]::Exists($p)){'folder'}";

/// A part of a file, at most so many bytes.
const READ: &str = "$s=[IO.File]::Open($p,'Open','Read','Read')\n\
try{$s.Position=$at\n$b=New-Object byte[] $n\n$k=0\n\
while($k -lt $n){$r=$s.Read($b,$k,$n-$k);if($r -eq 0){break};$k+=$r}}finally{$s.Close()}\n\
if($k -lt $n){[Array]::Resize([ref]$b,$k)}\n,$b";

/// A new file, which must not be there.
const CREATE: &str = "[IO.File]::Open($p,'CreateNew','Write').Close()";

/// Bytes at a place in a file.
const WRITE: &str = "$s=[IO.File]::Open($p,'Open','Write')\n\
try{$s.Position=$at;$s.Write($b,0,$b.Length)}finally{$s.Close()}";

/// The time of a file's last change.
const TOUCH: &str = "[IO.File]::SetLastWriteTimeUtc($p,[DateTime]::FromFileTimeUtc($t))";

/// A name for a file; over another one only when that is wanted.
const RENAME: &str = "$q=$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($q)\n\
if($over -and [IO.File]::Exists($q)){[IO.File]::Replace($p,$q,[NullString]::Value)}else{[IO.File]::Move($p,$q)}";

/// A file away; that it is not there is no error.
const REMOVE: &str = "[IO.File]::Delete($p)";

/// SHA-256 of a file in hexadecimal.
const HASH: &str = "$s=[IO.File]::OpenRead($p)\n\
try{$h=[Security.Cryptography.SHA256]::Create().ComputeHash($s)}finally{$s.Close()}\n\
[BitConverter]::ToString($h)";

/// Seconds between 1601, from which Windows counts, and 1970.
const EPOCH: u64 = 11_644_473_600;

/// The way to one target's files over WinRM.
pub struct WinrmFiles {
    plan: Arc<Plan>,
}

impl WinrmFiles {
    /// Prepares the way; nothing connects yet. As for
    /// [`WinrmTransport::new`](super::WinrmTransport::new). Fails with [`TransportError::Setup`] for an
    /// endpoint without a language.
    pub fn new(
        target: &Target,
        secrets: &Arc<SessionSecrets>,
        asker: &Arc<dyn Asker>,
    ) -> Result<WinrmFiles, TransportError> {
        let plan = Plan::new(target, secrets, asker)?;
        if plan.endpoint.restricted {
            return Err(TransportError::Setup(format!(
                "{} takes no scripts, so it carries no files: use a target with the address of the server itself, or SSH",
                plan.address
            )));
        }
        Ok(WinrmFiles {
            plan: Arc::new(plan),
        })
    }
}

impl Files for WinrmFiles {
    fn connect(&self, cancel: &CancellationToken) -> Result<Box<dyn Store>, FileError> {
        let runtime = Handle::try_current()
            .map_err(|e| FileError::Setup(format!("no runtime to connect from: {e}")))?;
        let open = async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(FileError::Cancelled),
                opened = self.plan.open() => {
                    opened.map_err(|e| self.plan.transport_error(e, false).into())
                }
            }
        };
        let session = runtime.block_on(open)?;
        Ok(Box::new(WinrmStore(Arc::new(Link {
            plan: Arc::clone(&self.plan),
            runtime,
            cancel: cancel.clone(),
            session: Mutex::new(Some(session)),
        }))))
    }
}

/// The session that the calls go over.
struct Link {
    plan: Arc<Plan>,
    runtime: Handle,
    cancel: CancellationToken,
    /// `None` once a call was left in the middle.
    session: Mutex<Option<Session>>,
}

impl Link {
    fn shown(&self, path: &str) -> String {
        format!("{}:{path}", self.plan.target.name)
    }

    /// Runs a script with its arguments. `tidy`: also when the copy was cancelled.
    fn call(
        &self,
        script: &str,
        arguments: &[(&str, Value)],
        tidy: bool,
    ) -> Result<Heard, FileError> {
        let mut slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut session) = slot.take() else {
            return Err(self.lost("a call before was broken off".into()));
        };
        let commands = [scripted(script, arguments)];
        let work = async {
            if tidy {
                return Some(session.hear(&commands).await);
            }
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => None,
                heard = session.hear(&commands) => Some(heard),
            }
        };
        match self.runtime.block_on(work) {
            None => {
                // Its connection is in the middle of something; a new one tidies up.
                drop(session);
                *slot = self.runtime.block_on(self.plan.open()).ok();
                Err(FileError::Cancelled)
            }
            Some(Ok(heard)) => {
                *slot = Some(session);
                Ok(heard)
            }
            Some(Err(e)) => Err(match self.plan.transport_error(e, true) {
                TransportError::Lost { address, reason } => FileError::Lost { address, reason },
                other => other.into(),
            }),
        }
    }

    fn lost(&self, reason: String) -> FileError {
        FileError::Lost {
            address: self.plan.address.clone(),
            reason,
        }
    }

    /// What a script gave, or why it failed.
    fn value(
        &self,
        path: &str,
        act: &'static str,
        script: &str,
        arguments: &[(&str, Value)],
    ) -> Result<Vec<Value>, FileError> {
        let heard = self.call(script, arguments, false)?;
        match heard.errors.last() {
            Some(record) => Err(self.refused(path, act, record)),
            None => Ok(heard.output),
        }
    }

    fn refused(&self, path: &str, act: &'static str, record: &ErrorRecord) -> FileError {
        FileError::Refused {
            path: self.shown(path),
            act,
            reason: record.message.clone(),
        }
    }
}

/// A script with named parameters.
fn scripted(script: &str, arguments: &[(&str, Value)]) -> Command {
    let mut parameters = String::new();
    for (name, value) in arguments {
        let kind = match value {
            Value::I64(_) => "[long]",
            Value::I32(_) => "[int]",
            Value::Bytes(_) => "[byte[]]",
            Value::Bool(_) => "[bool]",
            _ => "[string]",
        };
        if !parameters.is_empty() {
            parameters.push(',');
        }
        parameters.push_str(&format!("{kind}${name}"));
    }
    let mut command = Command::script(&format!("param({parameters})\n{RESOLVE}{script}"));
    command.arguments = arguments
        .iter()
        .map(|(name, value)| Argument {
            name: Some((*name).to_owned()),
            value: Some(value.clone()),
        })
        .collect();
    command
}

/// The last part of the name of an exception, which ends the name of its error.
fn is_exception(record: &ErrorRecord, name: &str) -> bool {
    record.id.as_deref().is_some_and(|id| id.contains(name))
        || record
            .exception
            .as_deref()
            .is_some_and(|e| e.ends_with(name))
}

/// The far end of a session.
struct WinrmStore(Arc<Link>);

impl Store for WinrmStore {
    fn shown(&self, path: &str) -> String {
        self.0.shown(path)
    }

    fn separator(&self) -> char {
        '\\'
    }

    fn look(&mut self, path: &str) -> Result<Option<Found>, FileError> {
        let said = self
            .0
            .value(path, "looked at", LOOK, &[("p", text(path))])?;
        let number = |at: usize| said.get(at).and_then(Value::as_i64);
        Ok(match said.first().and_then(Value::as_str) {
            Some("file") => Some(Found {
                kind: Kind::File,
                size: number(1).and_then(|n| u64::try_from(n).ok()),
                modified: number(2).and_then(of_windows),
            }),
            Some("folder") => Some(Found {
                kind: Kind::Folder,
                size: None,
                modified: None,
            }),
            _ => None,
        })
    }

    fn open(&mut self, path: &str) -> Result<Box<dyn Source>, FileError> {
        Ok(Box::new(Reading {
            link: Arc::clone(&self.0),
            path: path.to_owned(),
            at: 0,
        }))
    }

    fn create(&mut self, path: &str) -> Result<Box<dyn Sink>, FileError> {
        let heard = self.0.call(CREATE, &[("p", text(path))], false)?;
        if let Some(record) = heard.errors.last() {
            if is_exception(record, "IOException") && self.look(path)?.is_some() {
                return Err(FileError::Part {
                    path: self.shown(path),
                });
            }
            return Err(self.0.refused(path, "written", record));
        }
        Ok(Box::new(Writing {
            link: Arc::clone(&self.0),
            path: path.to_owned(),
            at: 0,
        }))
    }

    fn rename(&mut self, from: &str, to: &str, over: bool) -> Result<(), FileError> {
        let arguments = [
            ("p", text(from)),
            ("q", text(to)),
            ("over", Value::Bool(over)),
        ];
        let heard = self.0.call(RENAME, &arguments, false)?;
        let Some(record) = heard.errors.last() else {
            return Ok(());
        };
        if !over && is_exception(record, "IOException") && self.look(to)?.is_some() {
            return Err(FileError::Exists {
                path: self.shown(to),
            });
        }
        Err(self.0.refused(from, "renamed", record))
    }

    fn remove(&mut self, path: &str) -> Result<(), FileError> {
        let heard = self.0.call(REMOVE, &[("p", text(path))], true)?;
        match heard.errors.last() {
            Some(record) if !is_exception(record, "NotFoundException") => {
                Err(self.0.refused(path, "removed", record))
            }
            _ => Ok(()),
        }
    }

    fn sha256(&mut self, path: &str) -> Result<Option<String>, FileError> {
        let said = self.0.value(path, "read", HASH, &[("p", text(path))])?;
        let hash = said.first().and_then(Value::as_str).unwrap_or_default();
        Ok(Some(hash.replace('-', "").to_ascii_lowercase()))
    }
}

struct Reading {
    link: Arc<Link>,
    path: String,
    at: i64,
}

impl Source for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FileError> {
        let wanted = i32::try_from(buffer.len()).unwrap_or(i32::MAX);
        let arguments = [
            ("p", text(&self.path)),
            ("at", Value::I64(self.at)),
            ("n", Value::I32(wanted)),
        ];
        let said = self.link.value(&self.path, "read", READ, &arguments)?;
        let Some(Value::Bytes(bytes)) = said.into_iter().next() else {
            return Err(self
                .link
                .lost("it answered without the bytes of the file".into()));
        };
        let Some(room) = buffer.get_mut(..bytes.len()) else {
            return Err(self
                .link
                .lost("it answered with more bytes than were asked for".into()));
        };
        room.copy_from_slice(&bytes);
        self.at = self
            .at
            .saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        Ok(bytes.len())
    }
}

struct Writing {
    link: Arc<Link>,
    path: String,
    at: i64,
}

impl Sink for Writing {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let arguments = [
            ("p", text(&self.path)),
            ("at", Value::I64(self.at)),
            ("b", Value::Bytes(bytes.to_vec())),
        ];
        self.link.value(&self.path, "written", WRITE, &arguments)?;
        self.at = self
            .at
            .saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        Ok(())
    }

    fn finish(&mut self, modified: Option<SystemTime>) -> Result<(), FileError> {
        let Some(time) = modified.and_then(to_windows) else {
            return Ok(());
        };
        let arguments = [("p", text(&self.path)), ("t", Value::I64(time))];
        let act = "given its time (--no-times leaves that out)";
        self.link
            .value(&self.path, act, TOUCH, &arguments)
            .map(drop)
    }
}

fn text(path: &str) -> Value {
    Value::String(path.to_owned())
}

/// A time as Windows counts it: tenths of a microsecond since 1601.
fn to_windows(time: SystemTime) -> Option<i64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let tenths = (since + Duration::from_secs(EPOCH)).as_nanos() / 100;
    i64::try_from(tenths).ok()
}

fn of_windows(tenths: i64) -> Option<SystemTime> {
    let tenths = u64::try_from(tenths).ok()?;
    let since =
        Duration::from_secs(tenths / 10_000_000) + Duration::from_nanos(tenths % 10_000_000 * 100);
    UNIX_EPOCH.checked_add(since.checked_sub(Duration::from_secs(EPOCH))?)
}
