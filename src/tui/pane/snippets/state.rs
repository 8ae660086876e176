//! What the Snippets pane knows.

use std::collections::HashMap;

use crate::cmdlet::{Cmdlet, catalogue};
use crate::snippet::search::{Query, Search};
use crate::snippet::{Library, Plan, ReadError, Snippet};
use crate::tui::pane::Filter;

use super::form::Form;

/// The library, what is found, and the form that is open.
#[derive(Debug, Default)]
pub struct State {
    /// All snippets.
    pub library: Library,
    /// The filter.
    pub filter: Filter,
    /// Index into what is found.
    pub selected: usize,
    /// The form, when one is open.
    pub form: Option<Form>,
    /// Forms that were left: what was filled in stays for the session.
    pub left: HashMap<Left, Form>,
    /// The parameter set that was left last, by cmdlet.
    sets: HashMap<&'static str, &'static str>,
    found: Vec<Found>,
    /// The library that was searched last; its places are those of what is found.
    searched: Library,
    search: Search,
}

/// What a form that was left was made from: a snippet and a cmdlet may have the same id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Left {
    /// A snippet, by id.
    Snippet(String),
    /// A cmdlet and its parameter set, by the plan's id.
    Plan(String),
}

/// What a row stands for: a place in the library that was searched, or a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Snippet(usize),
    Cmdlet(&'static str),
}

/// A row of the list.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// A snippet of the library.
    Snippet(&'a Snippet),
    /// A cmdlet of the reference, which becomes a form without a snippet.
    Cmdlet(&'static Cmdlet),
}

/// What opening a row leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    /// A form, or nothing to open.
    Done,
    /// The cmdlet has several parameter sets and none of its own: one has to be chosen.
    Choose(&'static str),
    /// The form could not be made.
    Failed(String),
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

    /// Searches anew; after every change of the filter or the library. Without words the same row
    /// stays selected. Cmdlets are found by words only: 948 of them would bury the snippets.
    pub fn refresh(&mut self) {
        // The library may be a new one, in which the same snippet has another place.
        let current = match self.found.get(self.selected) {
            Some(Found::Snippet(place)) => self
                .searched
                .at(*place)
                .and_then(|snippet| self.library.place(&snippet.id))
                .map(Found::Snippet),
            other => other.copied(),
        };
        let query = self.filter.input.text();
        let found = self
            .library
            .search(&mut self.search, &Query::parse(query), &[]);
        let places = found.hits.into_iter().map(|hit| hit.at());
        self.found = places.map(Found::Snippet).collect();
        self.searched = self.library.clone();
        if !self.filter.words().is_empty() {
            let cmdlets = catalogue().search(query).into_iter();
            self.found.extend(cmdlets.map(|c| Found::Cmdlet(c.name)));
        }
        self.selected = match current {
            Some(row) if self.filter.words().is_empty() => {
                self.found.iter().position(|f| *f == row).unwrap_or(0)
            }
            _ => 0,
        };
    }

    /// How many rows are found.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// How many of them are snippets.
    pub fn snippets(&self) -> usize {
        let is_snippet = |f: &&Found| matches!(f, Found::Snippet(_));
        self.found.iter().filter(is_snippet).count()
    }

    /// True when nothing is found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What stands in this row.
    pub fn row(&self, n: usize) -> Option<Row<'_>> {
        match self.found.get(n)? {
            Found::Snippet(place) => self.searched.at(*place).map(Row::Snippet),
            Found::Cmdlet(name) => catalogue().get(name).map(Row::Cmdlet),
        }
    }

    /// Opens the form of the selected row, as it was left.
    pub fn open(&mut self) -> Opened {
        match self.row(self.selected) {
            None => Opened::Done,
            Some(Row::Snippet(snippet)) => {
                let form = match self.left.get(&Left::Snippet(snippet.id.clone())) {
                    Some(form) => form.clone(),
                    None => Form::new(snippet),
                };
                self.form = Some(form);
                Opened::Done
            }
            Some(Row::Cmdlet(cmdlet)) if self.sets.contains_key(cmdlet.name) => {
                let set = self.sets.get(cmdlet.name).and_then(|s| cmdlet.set(s));
                match set.or_else(|| cmdlet.first_set()) {
                    Some(set) => self.open_plan(Plan::new(cmdlet, set)),
                    None => Opened::Done,
                }
            }
            Some(Row::Cmdlet(cmdlet)) if cmdlet.default_set.is_none() && cmdlet.sets.len() > 1 => {
                Opened::Choose(cmdlet.name)
            }
            Some(Row::Cmdlet(cmdlet)) => match cmdlet.first_set() {
                Some(set) => self.open_plan(Plan::new(cmdlet, set)),
                None => Opened::Done,
            },
        }
    }

    /// Opens the form of a plan, as it was left.
    pub fn open_plan(&mut self, plan: Plan) -> Opened {
        match self.left.get(&Left::Plan(plan.id())) {
            Some(form) => self.form = Some(form.clone()),
            None => match Form::of_plan(plan) {
                Ok(form) => self.form = Some(form),
                Err(error) => return failed(&error),
            },
        }
        Opened::Done
    }

    /// Takes the open form of a cmdlet to another of its parameter sets; what is filled in goes
    /// along where the set has the field.
    pub fn change_set(&mut self, set: &str) -> Opened {
        let Some(form) = &self.form else {
            return Opened::Done;
        };
        match form.with_set(set) {
            Some(Ok(mut new)) => {
                // What the other set has no field for waits there, and what waited here is back.
                if let Some(earlier) = self.left.get(&key_of(&new)) {
                    new.take_over(earlier);
                }
                if let Some(old) = self.form.take() {
                    self.keep(old);
                }
                self.form = Some(new);
            }
            Some(Err(error)) => return failed(&error),
            None => {}
        }
        Opened::Done
    }

    /// Keeps a form that is not open, for when its row is opened.
    pub fn keep(&mut self, form: Form) {
        if let Some(plan) = &form.plan {
            self.sets.insert(plan.cmdlet.name, plan.set.name);
        }
        self.left.insert(key_of(&form), form);
    }

    /// Closes the form and remembers it.
    pub fn close(&mut self) {
        if let Some(form) = self.form.take() {
            self.keep(form);
        }
    }
}

fn key_of(form: &Form) -> Left {
    let id = form.snippet.id.clone();
    match form.plan {
        Some(_) => Left::Plan(id),
        None => Left::Snippet(id),
    }
}

fn failed(error: &ReadError) -> Opened {
    Opened::Failed(format!("this form cannot be made: {error}"))
}
