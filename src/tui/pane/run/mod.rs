//! The Run pane: jobs and what they say.

mod again;
mod answer;
mod errors;
mod find;
mod group;
mod position;
mod report;
mod said;
mod scroll;
mod standing;
mod state;
mod update;
mod view;
mod window;

pub use again::Again;
pub use group::Row;
pub use report::Report;
pub use scroll::Room;
pub use state::{Focus, Job, State};
pub use update::{Out, found, update};
pub use view::{draw, draw_full, room, search_line};

/// Bytes of a line that the pane takes of a page of older output.
pub const CLIP: usize = window::CLIP;

/// Places of a search that the pane takes.
pub const MOST_FOUND: usize = find::MOST;
