//! A status that was copied somewhere else and is pasted into the pane.

use crate::replication::{Observation, ParseError, Watcher, parse_frames};

use super::State;

/// The most pasted polls that are judged anew when what is waited for changes.
const KEPT: usize = 256;

/// Who answered, for what was pasted.
const SOURCE: &str = "pasted";

/// Takes a pasted status in, as one poll or more; each is judged by its own time, never by this
/// machine's clock. Polls that are pasted one after the other make one watch. Returns how many rows
/// the last poll has.
///
/// # Errors
/// Why the text is no status; nothing is changed then.
pub fn paste(state: &mut State, text: &str) -> Result<usize, ParseError> {
    let frames = parse_frames(text, &state.zone)?;
    if state.pasted.is_empty() {
        state.restart(None);
        state.stop();
    }
    let mut rows = 0;
    for frame in frames {
        rows = frame.rows.len();
        state.pasted.push(Observation {
            sampled_at: frame.server_time,
            server_time: frame.server_time,
            source: frame.source.unwrap_or_else(|| SOURCE.to_owned()),
            rows: frame.rows,
            store: frame.store,
        });
    }
    let old = state.pasted.len().saturating_sub(KEPT);
    state.pasted.drain(..old);
    judge(state);
    state.back = 0;
    Ok(rows)
}

/// Judges what was pasted, all of it anew.
pub(super) fn judge(state: &mut State) {
    let mut options = state.options(state.watcher.options().since);
    // Whoever pastes one status wants its verdict.
    options.polls = 1;
    state.watcher = Watcher::new(options);
    state.known.clear();
    for observation in state.pasted.clone() {
        state.watcher.observe(observation);
        state.remember();
    }
}
