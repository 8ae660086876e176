//! How the Replication pane answers actions and polls.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::execute::TransportError;
use crate::replication::{Observation, parse};
use crate::tui::action::Action;
use crate::tui::widget::list::moved;

use super::{State, Watch};

/// What the pane asks of the console.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    /// Start polling the chosen target.
    Start,
    /// Stop polling.
    Stop,
    /// Copy the text.
    Copy(String),
}

/// Carries out an action; returns what it asks of the console.
pub fn update(state: &mut State, action: Action) -> Option<Out> {
    match action {
        Action::ToggleWatch => {
            return Some(if state.watch == Watch::Stopped {
                state.restart(None);
                Out::Start
            } else {
                Out::Stop
            });
        }
        Action::WatchSinceNow => {
            state.restart(Some(Timestamp::now()));
            return Some(Out::Start);
        }
        Action::Earlier => state.back = (state.back + 1).min(state.watcher.len().saturating_sub(1)),
        Action::Later => state.back = state.back.saturating_sub(1),
        Action::Copy => return state.report().map(|r| Out::Copy(r.to_lines().join("\n"))),
        other => {
            if let Some(selected) = moved(state.selected, state.rows().len(), other) {
                state.selected = selected;
            }
        }
    }
    None
}

/// Takes a poll in. No answer, or one that cannot be read, makes the watch blind: never good.
pub fn polled(
    state: &mut State,
    at: Timestamp,
    source: &str,
    answer: Result<String, TransportError>,
) {
    let parsed = match &answer {
        Ok(text) => parse(text, &TimeZone::UTC).map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match parsed {
        Ok(parsed) => {
            state.watcher.observe(Observation {
                rows: parsed.rows,
                sampled_at: Some(at),
                server_time: parsed.server_time,
                source: source.to_owned(),
                store: parsed.store,
            });
        }
        Err(reason) => {
            state.watcher.blind(&reason, at);
        }
    }
    // Whoever looks at an earlier poll keeps looking at it.
    if state.back > 0 {
        state.back = (state.back + 1).min(state.watcher.len().saturating_sub(1));
    }
}
