//! The Replication pane: a row for each replica until every one is up to date.

mod state;
mod update;
mod view;

pub use state::{State, Watch};
pub use update::{Out, polled, update};
pub use view::draw;
