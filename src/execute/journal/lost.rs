//! Jobs whose process died: what became of them, and writing it down once.

use jiff::Timestamp;

use super::append::Held;
use super::line::Line;
use super::{Entry, Journal, JournalError};
use crate::execute::event::JobState;

/// The state whose line is on disk before a text leaves.
pub(super) const SENT: &str = JobState::Running.word();

/// csdeck's exit code of a job that was lost, as of one whose connection broke.
const LOST: i32 = 5;

/// csdeck's exit code of a job that never began.
const NOT_SENT: i32 = 1;

/// Gives a job without an end, whose process is gone, the end that it has: lost when it may have
/// been sent, failed when it certainly was not.
pub(super) fn abandoned(entry: &mut Entry) {
    let (state, exit, message) = if entry.state == JobState::Queued.word() {
        (
            JobState::Failed,
            NOT_SENT,
            "csdeck ended before this was sent: nothing ran".to_owned(),
        )
    } else {
        (
            JobState::Lost,
            LOST,
            format!(
                "csdeck ended while this ran; its text was sent. What it did on {} is not known: look before you run it again",
                entry.target
            ),
        )
    };
    state.word().clone_into(&mut entry.state);
    entry.exit = Some(exit);
    entry.message = Some(message);
}

impl Journal {
    /// Writes down how jobs ended whose process died, once, whoever does it first; returns how many
    /// there were. A job of a process that lives stays open.
    pub fn settle(&self) -> Result<usize, JournalError> {
        let held = self.hold()?;
        self.settle_held(&held)
    }

    pub(super) fn settle_held(&self, held: &Held) -> Result<usize, JournalError> {
        let reading = self.read_held(held)?;
        let mut written = 0;
        for entry in &reading.entries {
            if reading.unsettled.binary_search(&entry.seq).is_err() {
                continue;
            }
            self.append(held, |seq| Line {
                seq,
                job: entry.seq,
                time: Timestamp::now(),
                target: entry.target.clone(),
                text: None,
                risk: entry.risk.clone(),
                state: entry.state.clone(),
                exit: entry.exit,
                message: entry.message.clone(),
                session: None,
                profile: entry.profile.clone(),
                redacted: entry.redacted,
                torn: None,
                prev: String::new(),
            })?;
            written += 1;
        }
        // Nothing refers to them any more.
        for path in self.dead() {
            let _ = std::fs::remove_file(path);
        }
        Ok(written)
    }
}
