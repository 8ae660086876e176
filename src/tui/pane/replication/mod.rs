//! The Replication pane: a row for each replica until every one is up to date.

mod ask;
mod details;
mod head;
mod log;
mod order;
mod pace;
mod pasted;
mod state;
mod table;
mod update;
mod view;
mod when;

pub use ask::Question;
pub use details::markdown;
pub use pasted::paste;
pub use state::{State, Watch};
pub use update::{Out, answered, polled, says, update};
pub use view::draw;
