//! The Run pane: jobs and what they say.

mod state;
mod update;
mod view;

pub use state::{Job, State};
pub use update::{Out, update};
pub use view::draw;
