//! What was filled in before, per field: the newest values, never secrets.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::snippet::is_secret_name;
use crate::store::atomic;

/// Values kept per field.
const VALUES: usize = 12;

/// Fields kept; the one that was used longest ago goes first.
const FIELDS: usize = 400;

/// Longer values are not kept, in characters.
const LONGEST: usize = 300;

/// A larger file is none of ours, in bytes.
const LARGEST: u64 = 4 << 20;

/// The values of fields by the field's name in lower case: a server typed in one form is offered
/// in all that ask for one under the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    fields: BTreeMap<String, Entry>,
    /// Counts uses; stands for time.
    turn: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    turn: u64,
    values: Vec<String>,
}

/// Why the history could not be read or written.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// The system's words.
    #[error("the history of values: {0}")]
    Io(#[from] io::Error),
    /// The file is not what csdeck wrote.
    #[error("the history of values is not readable and starts anew: {0}")]
    Content(String),
}

impl History {
    /// Reads the file; a missing one is an empty history.
    pub fn load(path: &Path) -> Result<History, HistoryError> {
        match std::fs::metadata(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(History::default()),
            Ok(found) if found.len() > LARGEST => {
                return Err(HistoryError::Content("the file is far too large".into()));
            }
            _ => {}
        }
        let text = std::fs::read_to_string(path)?;
        serde_json::from_str(&text).map_err(|e| HistoryError::Content(e.to_string()))
    }

    /// Adds what a form holds to the file, read anew, so that another csdeck's values stay; gives
    /// the history as it is then. The file is locked meanwhile; a broken one is put aside.
    pub fn record(path: &Path, filled: &[(String, String)]) -> Result<History, HistoryError> {
        let _held = atomic::lock(path)?;
        let mut history = match History::load(path) {
            Ok(history) => history,
            Err(HistoryError::Content(_)) => {
                std::fs::rename(path, path.with_extension("broken"))?;
                History::default()
            }
            Err(error) => return Err(error),
        };
        for (field, value) in filled {
            history.add(field, value);
        }
        let text =
            serde_json::to_vec(&history).map_err(|e| HistoryError::Content(e.to_string()))?;
        atomic::write(path, &text)?;
        Ok(history)
    }

    /// The values of a field, newest first.
    pub fn of(&self, field: &str) -> impl Iterator<Item = &str> {
        let entry = self.fields.get(&field.to_lowercase());
        entry
            .into_iter()
            .flat_map(|e| e.values.iter().map(String::as_str))
    }

    fn add(&mut self, field: &str, value: &str) {
        if value.trim().is_empty() || value.chars().count() > LONGEST || is_secret_name(field) {
            return;
        }
        self.turn = self.turn.saturating_add(1);
        let entry = self.fields.entry(field.to_lowercase()).or_default();
        entry.turn = self.turn;
        entry.values.retain(|v| v != value);
        entry.values.insert(0, value.to_owned());
        entry.values.truncate(VALUES);
        if self.fields.len() > FIELDS {
            let oldest = self.fields.iter().min_by_key(|(_, e)| e.turn);
            if let Some(name) = oldest.map(|(name, _)| name.clone()) {
                self.fields.remove(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first_and_everything_has_an_end() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("history.json");
        let pair = |f: &str, v: &str| (f.to_owned(), v.to_owned());
        for n in 0..20 {
            History::record(&path, &[pair("PoolFqdn", &format!("p{n}"))]).expect("kept");
        }
        let history = History::record(
            &path,
            &[
                pair("poolfqdn", "p15"),
                pair("Pin", "1234"),
                pair("ClientSecret", "x"),
            ],
        )
        .expect("kept");
        let values: Vec<&str> = history.of("PoolFqdn").collect();
        assert_eq!(values.len(), VALUES);
        assert_eq!(&values[..3], ["p15", "p19", "p18"]);
        let text = std::fs::read_to_string(&path).expect("reads");
        assert!(
            !text.contains("1234") && !text.contains("clientsecret"),
            "{text}"
        );
        let many: Vec<_> = (0..500).map(|n| pair(&format!("F{n}"), "v")).collect();
        let history = History::record(&path, &many).expect("kept");
        assert_eq!(history.fields.len(), FIELDS);
        assert_eq!(history.of("F499").next(), Some("v"));
        assert_eq!(history.of("PoolFqdn").next(), None);
    }

    #[test]
    fn a_broken_file_is_told_and_replaced() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("history.json");
        std::fs::write(&path, "{ not json").expect("writes");
        assert!(matches!(
            History::load(&path),
            Err(HistoryError::Content(_))
        ));
        let history = History::record(&path, &[("Site".into(), "Singapore".into())]).expect("kept");
        assert_eq!(History::load(&path).expect("reads"), history);
    }
}
