//! Writing: one process at a time, one line at a time, on disk before it counts.
//!
//! **Torn lines.** A line counts when it is on disk with its line end; before that nobody was told
//! that it is there. So a tail without a line end (or, after a power cut, with NULs in it, which no
//! line of ours holds) is the work of somebody who died while writing it: it is moved to
//! `journal.torn`, and the next line says how long it was.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::chain::Break;
use super::line::{Line, hash};
use super::{Journal, JournalError};

/// How long to wait for another process to let go of the journal. Each holds it for the time of a
/// write; one that was stopped in the middle of it must not hold up the others for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// The journal, held against other processes until this is dropped. The lock is on a file that
/// is never renamed: nobody locks a file that was just put aside.
pub(super) struct Held {
    /// `None` where nothing can be written: then nobody writes.
    _lock: Option<File>,
}

/// The end of a file.
struct Tail {
    /// The last whole line, without its end.
    last: Option<Vec<u8>>,
    /// Where the last whole line ends.
    end: u64,
    /// Where the file ends.
    length: u64,
}

impl Journal {
    /// Waits until nobody else reads or writes.
    pub(super) fn hold(&self) -> Result<Held, JournalError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| self.io(e))?;
        }
        self.lock_file()
            .and_then(|file| wait(|| file.try_lock()).map(|()| file))
            .map(|file| Held { _lock: Some(file) })
            .map_err(|e| self.io(e))
    }

    /// Waits until nobody else writes.
    pub(super) fn share(&self) -> Result<Held, JournalError> {
        // A copy on read-only media, or a folder that is not there yet, can be read all the same.
        let Ok(file) = self.lock_file() else {
            return Ok(Held { _lock: None });
        };
        wait(|| file.try_lock_shared()).map_err(|e| self.io(e))?;
        Ok(Held { _lock: Some(file) })
    }

    fn lock_file(&self) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .truncate(false)
            // Network file systems want this for a shared lock.
            .read(true)
            .write(true)
            .open(self.path.with_extension("lock"))
    }

    /// Writes the next line; `line` gets its number. Returns when it is on disk.
    pub(super) fn append(
        &self,
        _held: &Held,
        line: impl FnOnce(u64) -> Line,
    ) -> Result<Line, JournalError> {
        let mut file = open(&self.path).map_err(|e| self.io(e))?;
        let tail = tail(&mut file).map_err(|e| self.io(e))?;
        let torn = tail.length - tail.end;
        if torn > 0 {
            self.put_torn_aside(&mut file, tail.end)
                .map_err(|e| self.io(e))?;
        }
        let earlier;
        let last = match &tail.last {
            Some(last) => Some(last.as_slice()),
            None => {
                earlier = self.last_of_earlier()?;
                earlier.as_deref()
            }
        };
        let (seq, prev) = match last {
            None => (1, String::new()),
            Some(text) => {
                let before: Line =
                    serde_json::from_slice(text).map_err(|e| self.unreadable(&e.to_string()))?;
                (before.seq + 1, hash(text))
            }
        };
        let line = Line {
            prev,
            torn: (torn > 0).then_some(torn),
            ..line(seq)
        };
        let mut text = serde_json::to_vec(&line).map_err(|e| self.io(e.into()))?;
        text.push(b'\n');
        let full = tail.end + text.len() as u64 > self.limit;
        let mut end = tail.end;
        if full && tail.last.is_some() && self.rotate(&mut file).map_err(|e| self.io(e))? {
            drop(file);
            file = open(&self.path).map_err(|e| self.io(e))?;
            end = 0;
        }
        let written = file
            .seek(SeekFrom::Start(end))
            .and_then(|_| file.write_all(&text))
            .and_then(|()| file.sync_data());
        if let Err(e) = written {
            // Nobody is told of this line, so that it must not stand there.
            let _ = file.set_len(end);
            return Err(self.io(e));
        }
        if end == 0 {
            sync_folder(&self.path).map_err(|e| self.io(e))?;
        }
        Ok(line)
    }

    /// Moves the tail of the file to where it can be looked at.
    fn put_torn_aside(&self, file: &mut File, end: u64) -> io::Result<()> {
        let mut aside = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path.with_extension("torn"))?;
        file.seek(SeekFrom::Start(end))?;
        io::copy(file, &mut aside)?;
        aside.write_all(b"\n")?;
        aside.sync_all()?;
        file.set_len(end)
    }

    /// Gives the file the name of its first line. False when that name is taken: nothing is ever
    /// written over.
    fn rotate(&self, file: &mut File) -> io::Result<bool> {
        let Some(first) = first_number(file)? else {
            return Ok(false);
        };
        let aside = self.earlier_name(first);
        if aside.exists() {
            return Ok(false);
        }
        file.sync_all()?;
        std::fs::rename(&self.path, &aside)?;
        sync_folder(&self.path)?;
        Ok(true)
    }

    fn stem(&self) -> (String, String) {
        let part = |p: Option<&std::ffi::OsStr>| {
            p.map_or_else(String::new, |p| p.to_string_lossy().into_owned())
        };
        (part(self.path.file_stem()), part(self.path.extension()))
    }

    fn earlier_name(&self, first: u64) -> PathBuf {
        let (stem, ending) = self.stem();
        self.path.with_file_name(format!("{stem}-{first}.{ending}"))
    }

    /// The files that were put aside, in their order.
    pub(super) fn earlier(&self) -> Result<Vec<PathBuf>, JournalError> {
        let (stem, ending) = self.stem();
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let listed = match std::fs::read_dir(folder.unwrap_or(Path::new("."))) {
            Ok(listed) => listed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(self.io(e)),
        };
        let mut found = Vec::new();
        for entry in listed {
            let entry = entry.map_err(|e| self.io(e))?;
            let name = entry.file_name();
            let number = name
                .to_str()
                .and_then(|n| n.strip_prefix(&stem)?.strip_prefix('-'))
                .and_then(|n| n.strip_suffix(&ending)?.strip_suffix('.'))
                .filter(|n| n.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|n| n.parse::<u64>().ok());
            if let Some(number) = number {
                found.push((number, entry.path()));
            }
        }
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }

    /// The last line of the newest file that was put aside.
    fn last_of_earlier(&self) -> Result<Option<Vec<u8>>, JournalError> {
        let Some(path) = self.earlier()?.pop() else {
            return Ok(None);
        };
        let found = File::open(&path).and_then(|mut file| tail(&mut file));
        found
            .map(|tail| tail.last)
            .map_err(|source| JournalError::Io { path, source })
    }

    fn unreadable(&self, why: &str) -> JournalError {
        let lines = std::fs::read(&self.path)
            .map_or(0, |bytes| bytes.iter().filter(|b| **b == b'\n').count());
        JournalError::Broken(Break {
            path: self.path.clone(),
            line: lines,
            why: format!(
                "its last line cannot be read ({why}), so that nothing can follow it. Keep the file for whoever looks into it and move it away: csdeck then begins a new one"
            ),
        })
    }
}

fn open(path: &Path) -> io::Result<File> {
    // Not in append mode, in which Windows lets nobody take a torn line away.
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
}

/// Asks again and again for a lock, for [`PATIENCE`].
fn wait(mut attempt: impl FnMut() -> Result<(), TryLockError>) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    let mut pause = Duration::from_micros(200);
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(e),
            Err(TryLockError::WouldBlock) if Instant::now() < end => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!(
                        "another csdeck process has held it for {} s. Look for one that was stopped (Ctrl+Z), and let it go on or end it",
                        PATIENCE.as_secs()
                    ),
                ));
            }
        }
    }
}

/// Makes a name in a folder last; elsewhere than on Unix the file's own fsync does that.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// True for a line that no csdeck wrote to its end: JSON holds no NUL.
pub(super) fn is_torn(line: &[u8]) -> bool {
    line.contains(&0)
}

/// The number of the file's first line.
fn first_number(file: &mut File) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(0))?;
    let mut line = Vec::new();
    let mut reader = io::BufReader::new(file);
    io::BufRead::read_until(&mut reader, b'\n', &mut line)?;
    Ok(serde_json::from_slice::<Line>(&line).ok().map(|l| l.seq))
}

/// The end of a file, without reading the rest.
fn tail(file: &mut File) -> io::Result<Tail> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut step = 64 * 1024;
    let mut bytes = Vec::new();
    loop {
        let from = length.saturating_sub(step);
        file.seek(SeekFrom::Start(from))?;
        bytes.clear();
        Read::by_ref(file)
            .take(length - from)
            .read_to_end(&mut bytes)?;
        if let Some((start, end)) = last_line(&bytes, from == 0) {
            let last = bytes.get(start..end).filter(|_| end > 0);
            return Ok(Tail {
                last: last.map(<[u8]>::to_vec),
                end: from + if end > 0 { end as u64 + 1 } else { 0 },
                length,
            });
        }
        step *= 4;
    }
}

/// Where the last whole line stands, without its end; `(0, 0)` when there is none, `None` when
/// more of the file has to be seen.
fn last_line(bytes: &[u8], all: bool) -> Option<(usize, usize)> {
    let before = |end: usize| bytes.get(..end)?.iter().rposition(|b| *b == b'\n');
    let none = all.then_some((0, 0));
    let Some(end) = before(bytes.len()) else {
        return none;
    };
    let start = match before(end) {
        Some(n) => n + 1,
        None if all => 0,
        None => return None,
    };
    if !is_torn(&bytes[start..end]) {
        return Some((start, end));
    }
    // The one in front of it.
    match start {
        0 => none,
        start => match before(start - 1) {
            Some(n) => Some((n + 1, start - 1)),
            None if all => Some((0, start - 1)),
            None => None,
        },
    }
}
