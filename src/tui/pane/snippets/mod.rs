//! The Snippets pane: find a snippet or a cmdlet, fill in its form, see the exact command.

mod form;
mod open;
mod state;
mod table;
mod update;
mod view;

pub use form::Form;
pub use state::{Asked, Opened, Row, State};
pub use table::Table;
pub use update::{Out, form_key, set_of, update};
pub use view::draw;
