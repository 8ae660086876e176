//! Which snippets are used: how often and how lately, in one number.
//!
//! Each use counts one, and what it counts halves every [`HALF_LIFE_DAYS`]. Change windows come by
//! the month: what ran in the last one still counts half, what ran a year ago nothing. A snippet
//! never counts more than [`MOST_SCORE`], so that a loop of one night does not lead the list for
//! a year.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::library::Library;
use crate::store::atomic;

/// Days after which a use counts half.
pub const HALF_LIFE_DAYS: f64 = 30.0;
/// The most that a snippet's uses count together.
pub const MOST_SCORE: f64 = 20.0;
/// Most snippets that are kept; those that count least go first.
pub const MOST_KEPT: usize = 1000;

/// Longest id that is kept, in bytes.
const LONGEST_ID: usize = 512;
/// A larger file is not one of ours.
const LARGEST: u64 = 1024 * 1024;
const FORMAT: u32 = 1;
const DAY: f64 = 86_400.0;
/// A score in ranks: fine enough to tell uses of one day apart, and [`MOST_SCORE`] fits in.
const RANKS_PER_SCORE: f64 = 3000.0;

/// Why the uses cannot be read or written.
#[derive(Debug, Error)]
pub enum UsageError {
    /// The file cannot be read or written.
    #[error("the uses of snippets in {} cannot be kept: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The file is damaged.
    #[error(
        "the uses of snippets in {} cannot be read ({why}): counting starts anew, and the file is put aside",
        path.display()
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// The uses of snippets, from one file that all csdeck processes of a user share.
#[derive(Debug)]
pub struct Usage {
    path: PathBuf,
    used: BTreeMap<String, Used>,
    problem: Option<UsageError>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Document {
    format: u32,
    snippets: BTreeMap<String, Used>,
}

/// The uses of one snippet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Used {
    /// How often, ever.
    count: u64,
    /// What they counted at the last one.
    score: f64,
    last: Timestamp,
}

impl Used {
    fn score(&self, now: Timestamp) -> f64 {
        // A clock that was set back does not make uses grow.
        let days = (now.duration_since(self.last).as_secs_f64() / DAY).max(0.0);
        self.score.clamp(0.0, MOST_SCORE) * 0.5_f64.powf(days / HALF_LIFE_DAYS)
    }
}

impl Usage {
    /// Reads the file. One that is missing is empty; one that cannot be used is empty too, and
    /// [`Usage::problem`] says why.
    pub fn load(path: impl Into<PathBuf>) -> Usage {
        let path = path.into();
        let (used, problem) = match read(&path) {
            Ok(used) => (used, None),
            Err(problem) => (BTreeMap::new(), Some(problem)),
        };
        Usage {
            path,
            used,
            problem,
        }
    }

    /// Why the file could not be used.
    pub fn problem(&self) -> Option<&UsageError> {
        self.problem.as_ref()
    }

    /// Counts a use and writes it down. Blocks, for milliseconds: the file is locked, read again
    /// and replaced, so that no use of another csdeck is lost.
    pub fn record(&mut self, id: &str, now: Timestamp) -> Result<(), UsageError> {
        if id.len() > LONGEST_ID {
            return Ok(());
        }
        let path = self.path.clone();
        let failed = |source| UsageError::Io {
            path: path.clone(),
            source,
        };
        let _held = atomic::lock(&path).map_err(failed)?;
        self.used = match read(&path) {
            Ok(used) => used,
            Err(UsageError::Broken { .. }) => {
                fs::rename(&path, path.with_extension("broken")).map_err(failed)?;
                BTreeMap::new()
            }
            Err(error) => return Err(error),
        };
        let before = self.used.get(id).copied();
        let used = Used {
            count: before.map_or(0, |u| u.count).saturating_add(1),
            score: (before.map_or(0.0, |u| u.score(now)) + 1.0).min(MOST_SCORE),
            last: before.map_or(now, |u| u.last.max(now)),
        };
        self.used.insert(id.to_owned(), used);
        self.drop_least(id, now);
        let document = Document {
            format: FORMAT,
            snippets: self.used.clone(),
        };
        let text = serde_json::to_vec_pretty(&document)
            .map_err(|error| failed(io::Error::other(error)))?;
        atomic::write(&path, &text).map_err(failed)?;
        self.problem = None;
        Ok(())
    }

    /// What the uses of a snippet count now: 0 to [`MOST_SCORE`].
    pub fn score(&self, id: &str, now: Timestamp) -> f64 {
        self.used.get(id).map_or(0.0, |used| used.score(now))
    }

    /// How often a snippet was used, ever.
    pub fn count(&self, id: &str) -> u64 {
        self.used.get(id).map_or(0, |used| used.count)
    }

    /// The ranks for [`Library::search`]: one number for each snippet in its place, 0 for those
    /// that were never used; empty when none was.
    pub fn ranks(&self, library: &Library, now: Timestamp) -> Vec<u16> {
        let mut ranks = Vec::new();
        for (id, used) in &self.used {
            if let Some(place) = library.place(id) {
                ranks.resize(library.len(), 0);
                ranks[place] = (used.score(now) * RANKS_PER_SCORE) as u16;
            }
        }
        ranks
    }

    fn drop_least(&mut self, newest: &str, now: Timestamp) {
        while self.used.len() > MOST_KEPT {
            let others = self.used.iter().filter(|(id, _)| *id != newest);
            let least = others.min_by(|(_, a), (_, b)| a.score(now).total_cmp(&b.score(now)));
            match least.map(|(id, _)| id.clone()) {
                Some(id) => self.used.remove(&id),
                None => return,
            };
        }
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, Used>, UsageError> {
    let failed = |source| UsageError::Io {
        path: path.to_owned(),
        source,
    };
    let broken = |why: String| UsageError::Broken {
        path: path.to_owned(),
        why,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut text = Vec::new();
    let read = file.take(LARGEST + 1).read_to_end(&mut text);
    read.map_err(failed)?;
    if text.len() as u64 > LARGEST {
        return Err(broken(format!("it is larger than {} KiB", LARGEST / 1024)));
    }
    let document: Document = serde_json::from_slice(&text).map_err(|e| broken(e.to_string()))?;
    if document.format != FORMAT {
        return Err(broken(format!(
            "it has format {}, this csdeck writes {FORMAT}",
            document.format
        )));
    }
    Ok(document.snippets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).expect("a time")
    }

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data/usage.json");
        (folder, path)
    }

    #[test]
    fn uses_count_and_fade() {
        let (_folder, path) = file();
        let mut usage = Usage::load(&path);
        assert!(usage.problem().is_none());
        assert_eq!(usage.score("a", at(0)), 0.0);
        usage.record("a", at(0)).expect("writes");
        usage.record("a", at(0)).expect("writes");
        usage.record("b", at(31)).expect("writes");
        let usage = Usage::load(&path);
        assert_eq!((usage.count("a"), usage.count("b")), (2, 1));
        assert!((usage.score("a", at(0)) - 2.0).abs() < 1e-9);
        assert!((usage.score("a", at(30)) - 1.0).abs() < 1e-9);
        assert!(usage.score("a", at(31)) < usage.score("b", at(31)));
        // A clock that was set back.
        assert!(usage.score("a", at(-400)) <= 2.0);
    }

    #[test]
    fn it_is_saturated_and_bounded() {
        let (_folder, path) = file();
        let mut usage = Usage::load(&path);
        for n in 0..25 {
            usage.record("often", at(n / 25)).expect("writes");
        }
        assert!(usage.score("often", at(0)) <= MOST_SCORE);
        assert_eq!(usage.count("often"), 25);
        usage.used.extend((0..MOST_KEPT).map(|n| {
            let used = Used {
                count: 1,
                score: 1.0,
                last: at(-(n as i64)),
            };
            (format!("old/{n}"), used)
        }));
        usage.drop_least("new", at(0));
        assert_eq!(usage.used.len(), MOST_KEPT);
        assert_eq!(usage.count("often"), 25);
        assert_eq!(usage.count(&format!("old/{}", MOST_KEPT - 1)), 0);
        usage.record(&"x".repeat(600), at(0)).expect("is left out");
        assert!(usage.used.keys().all(|id| id.len() <= LONGEST_ID));
    }

    #[test]
    fn two_processes_lose_nothing_of_each_other() {
        let (_folder, path) = file();
        let all: Vec<_> = (0..4)
            .map(|n| {
                let path = path.clone();
                std::thread::spawn(move || {
                    let mut usage = Usage::load(path);
                    for _ in 0..10 {
                        usage.record("same", at(0)).expect("writes");
                        usage.record(&format!("own/{n}"), at(0)).expect("writes");
                    }
                })
            })
            .collect();
        for one in all {
            one.join().expect("ends");
        }
        let usage = Usage::load(&path);
        assert_eq!(usage.count("same"), 40);
        assert!((0..4).all(|n| usage.count(&format!("own/{n}")) == 10));
    }

    #[test]
    fn a_broken_file_is_empty_told_and_put_aside() {
        for text in ["{", "[]", r#"{"format":9,"snippets":{}}"#, "\u{0}"] {
            let (_folder, path) = file();
            atomic::write(&path, text.as_bytes()).expect("writes");
            let mut usage = Usage::load(&path);
            let told = usage.problem().expect("a problem").to_string();
            assert!(told.contains("usage.json"), "{told}");
            assert_eq!(usage.score("a", at(0)), 0.0);
            usage.record("a", at(0)).expect("writes");
            assert!(usage.problem().is_none());
            assert_eq!(Usage::load(&path).count("a"), 1);
            let aside = fs::read(path.with_extension("broken")).expect("is there");
            assert_eq!(aside, text.as_bytes());
        }
    }

    #[test]
    fn ranks_stand_in_the_places_of_the_library() {
        let (_folder, path) = file();
        let library = Library::built_in();
        let mut usage = Usage::load(&path);
        assert!(usage.ranks(&library, at(0)).is_empty());
        usage.record("users/move", at(0)).expect("writes");
        usage.record("gone/since", at(0)).expect("writes");
        let ranks = usage.ranks(&library, at(0));
        let place = library.place("users/move").expect("is there");
        assert_eq!(ranks.len(), library.len());
        assert!(ranks[place] > 0);
        assert_eq!(ranks.iter().filter(|rank| **rank > 0).count(), 1);
    }
}
