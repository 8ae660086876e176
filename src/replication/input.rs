//! Recorded frames: `csdeck watch --input FILE|DIR`, and text that was read from standard input.
//!
//! Each frame is a poll. A recording says itself when it was taken, or the newest time in it
//! stands in; the local clock is never asked, so the same files always give the same verdicts.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::TimeZone;
use thiserror::Error;

use super::parse::{ParseError, Parsed, parse_frames};
use super::status::Observation;
use crate::text::decode_lossy;

/// The file beside frames that says when each was taken: an array of objects with `frame` (the
/// file's name up to its form) and `sampledAt` (ISO 8601 with an offset).
const INDEX: &str = "index.json";

/// Larger files are no status text: a row takes some 200 bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why frames could not be read.
#[derive(Debug, Error)]
pub enum InputError {
    /// The file or folder could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder without a single `NN-*` file.
    #[error("{}: no frames here; a frame's name begins with its number, as in 01-start.json", path.display())]
    NoFrames {
        /// The folder.
        path: PathBuf,
    },
    /// A file far too large for status text.
    #[error("{}: larger than {} MiB, not status text", path.display(), LARGEST / 1024 / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The index beside the frames is broken.
    #[error("{}: {message}", path.display())]
    Index {
        /// The index.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A frame's text was refused.
    #[error("{name}: {source}")]
    Parse {
        /// The frame's file, or the name the caller gave.
        name: String,
        /// Why.
        source: ParseError,
    },
}

/// One frame: what was read and when it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The file's name, or the name the caller gave.
    pub name: String,
    /// What was read, with the reader's notes.
    pub parsed: Parsed,
    /// When it was taken: from the index, else from the data; none when neither knows.
    pub sampled_at: Option<Timestamp>,
}

impl Frame {
    /// The frame as a poll. Its source is the machine that the data names, else the frame's name.
    pub fn observation(&self) -> Observation {
        Observation {
            rows: self.parsed.rows.clone(),
            sampled_at: self.sampled_at,
            server_time: self.parsed.server_time,
            source: self
                .parsed
                .source
                .clone()
                .unwrap_or_else(|| self.name.clone()),
            store: self.parsed.store.clone(),
        }
    }
}

/// Reader of recorded frames.
#[derive(Debug, Clone)]
pub struct Frames {
    zone: TimeZone,
}

impl Frames {
    /// A reader that takes times without a zone as local times of `zone`. Where an index gives
    /// a frame's time with an offset, that offset is the better witness and is used instead.
    pub fn new(zone: TimeZone) -> Self {
        Frames { zone }
    }

    /// The frames of a file (one, or several in a row) or of a folder: its `NN-*` files by
    /// number. A frame that lies there in several forms (`.ps51.json`, `.ps7.json`, text) is
    /// read once.
    ///
    /// # Errors
    /// See [`InputError`]; one bad frame refuses the whole input.
    pub fn read(&self, path: &Path) -> Result<Vec<Frame>, InputError> {
        if fs::metadata(path).map_err(io(path))?.is_dir() {
            let index = Index::beside(path)?;
            let files = frame_files(path)?;
            let mut frames = Vec::with_capacity(files.len());
            for file in files {
                frames.extend(self.file(&file, &index)?);
            }
            Ok(frames)
        } else {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
            let index = Index::beside(folder.unwrap_or(Path::new(".")))?;
            self.file(path, &index)
        }
    }

    /// The frames of text that came another way, such as standard input.
    ///
    /// # Errors
    /// [`InputError::Parse`].
    pub fn text(&self, name: &str, text: &str) -> Result<Vec<Frame>, InputError> {
        frames_of(name, text, None, &self.zone)
    }

    fn file(&self, path: &Path, index: &Index) -> Result<Vec<Frame>, InputError> {
        let name = file_name(path);
        let text = decode_lossy(&read_bytes(path)?);
        let entry = index.entry(&name);
        let zone = entry.and_then(|e| e.zone.as_ref()).unwrap_or(&self.zone);
        frames_of(&name, &text, entry.map(|e| e.sampled_at), zone)
    }
}

fn frames_of(
    name: &str,
    text: &str,
    sampled_at: Option<Timestamp>,
    zone: &TimeZone,
) -> Result<Vec<Frame>, InputError> {
    let parsed = parse_frames(text, zone).map_err(|source| InputError::Parse {
        name: name.to_owned(),
        source,
    })?;
    let single = parsed.len() == 1;
    Ok(parsed
        .into_iter()
        .map(|parsed| Frame {
            name: name.to_owned(),
            // An index speaks of the file; of several answers in it, each has its own time.
            sampled_at: sampled_at.filter(|_| single).or_else(|| parsed.newest()),
            parsed,
        })
        .collect())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, InputError> {
    let file = fs::File::open(path).map_err(io(path))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(io(path))?;
    if bytes.len() as u64 > LARGEST {
        return Err(InputError::TooLarge {
            path: path.to_owned(),
        });
    }
    Ok(bytes)
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> InputError {
    let path = path.to_owned();
    move |source| InputError::Io { path, source }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The number that a frame's name begins with.
fn number(name: &str) -> Option<u64> {
    let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    name.get(..digits)?.parse().ok()
}

/// A file's name up to its form: `05-plus-95s` of `05-plus-95s.ps51.json`.
fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// How much a form says: JSON and CLIXML keep fractions of seconds and zones, tables lose most.
fn rank(name: &str) -> usize {
    const BEST_FIRST: [&str; 7] = [
        ".ps51.json",
        ".ps7.json",
        ".json",
        ".xml",
        ".csv",
        ".format-list.txt",
        ".txt",
    ];
    BEST_FIRST
        .iter()
        .position(|end| name.ends_with(end))
        .unwrap_or(BEST_FIRST.len())
}

/// The folder's `NN-*` files in the order of their numbers, one per frame.
fn frame_files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let mut best: BTreeMap<(u64, String), (usize, String)> = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let entry = entry.map_err(io(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        let is_frame = digits >= 2 && name.as_bytes().get(digits) == Some(&b'-');
        let (true, Some(number)) = (is_frame, number(&name)) else {
            continue;
        };
        if !entry.path().is_file() {
            continue;
        }
        let candidate = (rank(&name), name.clone());
        let kept = best
            .entry((number, stem(&name).to_owned()))
            .or_insert_with(|| candidate.clone());
        if candidate < *kept {
            *kept = candidate;
        }
    }
    if best.is_empty() {
        return Err(InputError::NoFrames {
            path: folder.to_owned(),
        });
    }
    Ok(best
        .into_values()
        .map(|(_, name)| folder.join(name))
        .collect())
}

/// When each frame of a folder was taken.
#[derive(Debug, Default)]
struct Index {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    frame: String,
    sampled_at: Timestamp,
    /// The recording's zone, when the time names an offset (`Z` names none).
    zone: Option<TimeZone>,
}

impl Index {
    /// The index of a folder; empty when there is none or it is another program's.
    fn beside(folder: &Path) -> Result<Index, InputError> {
        let path = folder.join(INDEX);
        if !path.is_file() {
            return Ok(Index::default());
        }
        let text = decode_lossy(&read_bytes(&path)?);
        let broken = |message: String| InputError::Index {
            path: path.clone(),
            message,
        };
        let document: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| broken(format!("broken JSON: {e}")))?;
        let items = document.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut entries = Vec::new();
        for item in items {
            let Some(frame) = item.get("frame").and_then(serde_json::Value::as_str) else {
                continue;
            };
            let sampled_at = item.get("sampledAt").and_then(serde_json::Value::as_str);
            let entry = sampled_at
                .and_then(|text| entry(frame, text))
                .ok_or_else(|| {
                    broken(format!(
                        "frame {frame:?}: sampledAt must be a time with an offset"
                    ))
                })?;
            entries.push(entry);
        }
        Ok(Index { entries })
    }

    /// The entry of a file: the frame of the same name, else the only frame of its number
    /// (`05.format-list.txt` is another form of `05-plus-95s`).
    fn entry(&self, name: &str) -> Option<&Entry> {
        let is_form = |frame: &str| {
            name.strip_prefix(frame)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let named = self.entries.iter().find(|entry| is_form(&entry.frame));
        named.or_else(|| {
            let wanted = number(stem(name))?;
            let is_bare = stem(name).bytes().all(|b| b.is_ascii_digit());
            let mut of_number = self
                .entries
                .iter()
                .filter(|e| number(&e.frame) == Some(wanted));
            of_number
                .next()
                .filter(|_| is_bare && of_number.next().is_none())
        })
    }
}

fn entry(frame: &str, sampled_at: &str) -> Option<Entry> {
    let zone = match Pieces::parse(sampled_at).ok()?.offset()? {
        PiecesOffset::Numeric(offset) => Some(TimeZone::fixed(offset.offset())),
        _ => None,
    };
    Some(Entry {
        frame: frame.to_owned(),
        sampled_at: sampled_at.parse().ok()?,
        zone,
    })
}
