//! One line of the file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Entry;

/// One line of the file: the beginning of a job, a step of it, or its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// The line's number, from 1, on through all files.
    pub seq: u64,
    /// The `seq` of the job's first line.
    pub job: u64,
    pub time: Timestamp,
    pub target: String,
    /// On the job's first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub risk: String,
    pub state: String,
    pub exit: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The process that runs the job, see [`super::session`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
    /// The length in bytes of an unfinished line that stood in front of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<u64>,
    /// SHA-256 of the line before, in hexadecimal; empty on the first.
    pub prev: String,
}

impl Line {
    /// The job as its first line tells it.
    pub fn entry(&self, text: String) -> Entry {
        Entry {
            seq: self.job,
            time: self.time,
            target: self.target.clone(),
            text,
            risk: self.risk.clone(),
            state: self.state.clone(),
            exit: None,
            message: None,
            sent: None,
            ended: None,
            profile: self.profile.clone(),
            redacted: false,
        }
    }
}

impl Entry {
    /// Takes over what a further line says.
    pub(super) fn follow(&mut self, line: &Line) {
        // The end stands, whatever was written behind it: a cancel that was quicker than a thread.
        if self.exit.is_some() && line.exit.is_none() {
            return;
        }
        self.state.clone_from(&line.state);
        self.exit = line.exit;
        self.message.clone_from(&line.message);
        self.redacted |= line.redacted;
        match line.exit {
            Some(_) => self.ended = Some(line.time),
            None if line.state == super::lost::SENT => self.sent = Some(line.time),
            None => {}
        }
    }
}

/// The hash that the next line carries.
pub(super) fn hash(line: &[u8]) -> String {
    Sha256::digest(line)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
