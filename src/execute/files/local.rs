//! This machine's files.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use tempfile::TempPath;
use tokio_util::sync::CancellationToken;

use super::store::{Files, Found, Kind, Sink, Source, Store};
use super::{FileError, base_name};

/// The files of a target that is this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalFiles;

impl Files for LocalFiles {
    fn connect(&self, _cancel: &CancellationToken) -> Result<Box<dyn Store>, FileError> {
        Ok(Box::new(LocalStore))
    }
}

/// This machine's file system. Paths are relative to the working folder.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalStore;

fn refused(path: &str, act: &'static str, error: &io::Error) -> FileError {
    match error.kind() {
        ErrorKind::NotFound if act == "read" => FileError::NotThere {
            path: path.to_owned(),
            hint: String::new(),
        },
        ErrorKind::NotFound => FileError::Refused {
            path: path.to_owned(),
            act,
            reason: format!("{error}. Is its folder there?"),
        },
        _ => FileError::Refused {
            path: path.to_owned(),
            act,
            reason: error.to_string(),
        },
    }
}

impl Store for LocalStore {
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    fn separator(&self) -> char {
        std::path::MAIN_SEPARATOR
    }

    fn look(&mut self, path: &str) -> Result<Option<Found>, FileError> {
        let found = match fs::metadata(path) {
            Ok(found) => found,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(refused(path, "looked at", &e)),
        };
        let kind = if found.is_file() {
            Kind::File
        } else if found.is_dir() {
            Kind::Folder
        } else {
            Kind::Other("a device or a pipe")
        };
        Ok(Some(Found {
            kind,
            size: Some(found.len()),
            modified: found.modified().ok(),
        }))
    }

    fn open(&mut self, path: &str) -> Result<Box<dyn Source>, FileError> {
        let file = File::open(path).map_err(|e| refused(path, "read", &e))?;
        Ok(Box::new(Reading {
            file,
            path: path.to_owned(),
        }))
    }

    fn create(&mut self, path: &str) -> Result<Box<dyn Sink>, FileError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // What comes from a server (logs, backups with keys in them) is for whoever fetched it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|e| match e.kind() {
            ErrorKind::AlreadyExists => FileError::Part {
                path: path.to_owned(),
            },
            _ => refused(path, "written", &e),
        })?;
        Ok(Box::new(Writing {
            file: Some(file),
            path: path.to_owned(),
        }))
    }

    fn rename(&mut self, from: &str, to: &str, over: bool) -> Result<(), FileError> {
        // It has what the standard library has not: a rename that replaces nothing.
        let part = TempPath::try_from_path(from).map_err(|e| refused(from, "renamed", &e))?;
        let renamed = if over {
            part.persist(to)
        } else {
            part.persist_noclobber(to)
        };
        renamed.map_err(|e| match e.error.kind() {
            ErrorKind::AlreadyExists if !over => FileError::Exists {
                path: to.to_owned(),
            },
            _ => refused(from, "renamed", &e.error),
        })
    }

    fn remove(&mut self, path: &str) -> Result<(), FileError> {
        match fs::remove_file(path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(refused(path, "removed", &e)),
            _ => Ok(()),
        }
    }
}

struct Reading {
    file: File,
    path: String,
}

impl Source for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FileError> {
        loop {
            match self.file.read(buffer) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                result => return result.map_err(|e| refused(&self.path, "read", &e)),
            }
        }
    }
}

struct Writing {
    file: Option<File>,
    path: String,
}

impl Sink for Writing {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        match &mut self.file {
            Some(file) => file
                .write_all(bytes)
                .map_err(|e| refused(&self.path, "written", &e)),
            None => Ok(()),
        }
    }

    fn finish(&mut self, modified: Option<SystemTime>) -> Result<(), FileError> {
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let failed = |e: io::Error| refused(&self.path, "written", &e);
        if let Some(time) = modified {
            file.set_times(FileTimes::new().set_modified(time))
                .map_err(failed)?;
        }
        file.sync_all().map_err(failed)
    }

    fn abandon(&mut self) {
        self.file = None;
    }
}

/// Where a file of this name goes: into the folder when `path` is one or ends like one, else
/// exactly there. An empty path is the working folder.
pub fn destination(path: &str, name: &str) -> String {
    let ends = |c| path.ends_with(c);
    if path.is_empty() {
        return name.to_owned();
    }
    if ends('/') || ends(std::path::MAIN_SEPARATOR) || Path::new(path).is_dir() {
        return Path::new(path)
            .join(base_name(name))
            .to_string_lossy()
            .into_owned();
    }
    path.to_owned()
}
