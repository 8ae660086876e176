//! The Snippets pane: find a snippet, fill in its form, see the exact command.

mod form;
mod state;
mod update;
mod view;

pub use form::Form;
pub use state::State;
pub use update::{Out, form_key, update};
pub use view::draw;
