//! The Topology pane: which server plays which role.

mod state;
mod update;
mod view;

pub use state::State;
pub use update::update;
pub use view::draw;
