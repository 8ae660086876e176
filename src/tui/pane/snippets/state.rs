//! What the Snippets pane knows.

use std::collections::HashMap;

use crate::snippet::{Library, Snippet};
use crate::tui::pane::Filter;

use super::form::Form;

/// The library, what is found, and the form that is open.
#[derive(Debug, Default)]
pub struct State {
    /// All snippets.
    pub library: Library,
    /// The filter.
    pub filter: Filter,
    /// Index into the found snippets.
    pub selected: usize,
    /// The form, when one is open.
    pub form: Option<Form>,
    /// Forms that were left: what was filled in stays for the session.
    pub left: HashMap<String, Form>,
    found: Vec<String>,
}

impl State {
    /// A pane over a library.
    pub fn new(library: Library) -> State {
        let mut state = State {
            library,
            ..State::default()
        };
        state.refresh();
        state
    }

    /// Searches anew; after every change of the filter. Without words the same snippet stays
    /// selected.
    pub fn refresh(&mut self) {
        let current = self.found.get(self.selected).cloned();
        self.found = self
            .library
            .search(self.filter.input.text())
            .into_iter()
            .map(|s| s.id.clone())
            .collect();
        self.selected = match current {
            Some(id) if self.filter.words().is_empty() => {
                self.found.iter().position(|f| *f == id).unwrap_or(0)
            }
            _ => 0,
        };
    }

    /// How many snippets are found.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// True when nothing is found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The found snippet of this row.
    pub fn row(&self, n: usize) -> Option<&Snippet> {
        self.found.get(n).and_then(|id| self.library.get(id))
    }

    /// Opens the form of the selected snippet, as it was left.
    pub fn open(&mut self) {
        let Some(snippet) = self.row(self.selected) else {
            return;
        };
        let form = match self.left.get(&snippet.id) {
            Some(form) => form.clone(),
            None => Form::new(snippet),
        };
        self.form = Some(form);
    }

    /// Closes the form and remembers it.
    pub fn close(&mut self) {
        if let Some(form) = self.form.take() {
            self.left.insert(form.snippet.id.clone(), form);
        }
    }
}
