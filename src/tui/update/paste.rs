//! A pasted command line becomes a form.

use crate::tui::model::Model;

/// Repairs a pasted text and opens the form of its first cmdlet.
pub fn command(model: &mut Model, text: &str) {
    model.complain(text.to_owned());
}
