//! Open files at the far end.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ssh2::FileStat;

use super::link::{DRAIN, Link, Trouble, fx};
use crate::execute::files::{FileError, Sink, Source};

/// Bytes that may be on their way to the server without its answer: a distance of 50 ms still
/// takes 40 MB/s.
const WINDOW: usize = 2 * 1024 * 1024;

pub(super) struct Reading {
    pub file: ssh2::File,
    pub link: Arc<Link>,
    pub path: String,
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
pub(super) struct Writing {
    pub file: Option<ssh2::File>,
    pub link: Arc<Link>,
    pub path: String,
    /// From `start` on: bytes without an answer yet.
    pub pending: Vec<u8>,
    pub start: usize,
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
