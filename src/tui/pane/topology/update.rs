//! How the Topology pane answers actions.

use crate::text::visible_line;
use crate::tui::action::Action;
use crate::tui::message::Effect;
use crate::tui::widget::list::moved;

use super::State;
use super::state::name_of;

/// Carries out an action; returns what it asks to be done.
pub fn update(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => state.fold(None),
        Action::Fold => state.fold(Some(true)),
        Action::Unfold => state.fold(Some(false)),
        Action::Copy => {
            return state
                .current()
                .map(|row| Effect::Copy(visible_line(name_of(row)).into_owned()))
                .into_iter()
                .collect();
        }
        other => {
            if let Some(selected) = moved(state.selected, state.visible().len(), other) {
                state.selected = selected;
            }
        }
    }
    Vec::new()
}
