//! What the Snippets pane knows.

use std::collections::HashMap;

use crate::cmdlet::{Cmdlet, Risk, catalogue};
use crate::snippet::search::{self, Query, Search};
use crate::snippet::{Library, Snippet};
use crate::suggest::Subject;
use crate::tui::message::{Effect, JobId};
use crate::tui::pane::Filter;

use super::form::Form;
use super::table::Table;

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
    /// True while the folders are read for the first time.
    pub reading: bool,
    /// The table that fills the form in, when one is open.
    pub table: Option<Table>,
    /// What `engagement.toml` held when it was edited.
    pub engagement_before: String,
    /// What is written down when the command that is asked about runs.
    pub when_run: Vec<Effect>,
    /// The table that was named last, as typed.
    pub last_table: String,
    /// The row of the topology that the list is for, and how well each snippet of the library
    /// applies to it.
    pub(super) subject: Option<(Subject, Vec<Option<u32>>)>,
    /// By place in the library, how much a snippet is used: decides between equally good hits.
    pub ranks: Vec<u16>,
    /// What there is to say about the search: words taken for others, filters that are wrong.
    pub said: Vec<String>,
    /// The words of the filter, without what looks like `tag:x`.
    pub words: String,
    /// Words that no snippet holds, in no form that may have been meant.
    pub missing: Vec<String>,
    /// What was searched for, to be marked in ids and titles.
    pub needles: Vec<String>,
    /// The job whose answer becomes the choices of the field with the cursor.
    pub asked: Option<Asked>,
    /// The number of the read that the library is of.
    pub read: u64,
    /// The parameter set that was left last, by cmdlet.
    pub(super) sets: HashMap<&'static str, &'static str>,
    found: Vec<Found>,
    /// The library that was searched last; its places are those of what is found.
    searched: Library,
    search: Search,
}

/// A question for the choices of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The job that asks.
    pub job: JobId,
    /// The form, by its snippet's id.
    pub form: String,
    /// The index of the field.
    pub field: usize,
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
    pub fn new(library: Library, ranks: Vec<u16>) -> State {
        let mut state = State {
            library,
            ranks,
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
        let query = Query::parse(query);
        let found = self.library.search(&mut self.search, &query, &self.ranks);
        // The name of a cmdlet is no slip for another.
        let named = catalogue().get(self.filter.input.text().trim()).is_some();
        let hits = found.hits.iter();
        let meant = hits.filter(|hit| !named || hit.how != search::How::Fuzzy);
        let mut places: Vec<usize> = meant.map(|hit| hit.at()).collect();
        self.searched = self.library.clone();
        if let Some((subject, ranks)) = &mut self.subject {
            if ranks.len() != self.library.len() {
                *ranks = self.library.iter().map(|s| subject.rank(s)).collect();
            }
            let rank = |place: &usize| ranks.get(*place).copied().flatten();
            places.retain(|place| rank(place).is_some());
            if query.is_empty() {
                // A hurried Enter must not meet what destroys.
                let destroys = |place: &usize| {
                    let snippet = self.library.at(*place);
                    snippet.is_some_and(|s| s.risk == Risk::Destructive)
                };
                places.sort_by_key(|place| (destroys(place), std::cmp::Reverse(rank(place))));
            }
        }

        self.said = if named { Vec::new() } else { said(&found) };
        self.needles = found.needles().to_vec();
        self.missing = found.missing;
        self.words = query.words().join(" ");
        self.found = places.into_iter().map(Found::Snippet).collect();
        let words = self.filter.input.text();
        if !self.filter.words().is_empty() && self.subject.is_none() && query.filters().is_empty() {
            let cmdlets = catalogue().search(words).into_iter();
            self.found.extend(cmdlets.map(|c| Found::Cmdlet(c.name)));
        }
        self.selected = match current {
            Some(row) if self.filter.words().is_empty() => {
                self.found.iter().position(|f| *f == row).unwrap_or(0)
            }
            _ => 0,
        };
    }

    /// The row of the topology that the list is for.
    pub fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref().map(|(subject, _)| subject)
    }

    /// Takes in a library that was read again, or how much its snippets are used.
    pub fn take_library(&mut self, library: Library, ranks: Vec<u16>) {
        self.library = library;
        self.ranks = ranks;
        self.search = Search::default();
        if let Some((_, ranks)) = &mut self.subject {
            ranks.clear();
        }
        self.refresh();
    }

    /// Takes in how much the snippets are used, by place in the library.
    pub fn take_ranks(&mut self, library: &Library, ranks: Vec<u16>) {
        // Places of a library that was read again since are other snippets'.
        if library.is_clone_of(&self.library) {
            self.ranks = ranks;
        }
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

    /// Shows the snippets that apply to a row of the topology; without one, all.
    pub fn show_for(&mut self, subject: Option<Subject>) {
        self.close();
        self.subject = subject.map(|subject| (subject, Vec::new()));
        self.filter.clear();
        self.refresh();
        self.selected = 0;
    }

    /// True when the row's snippet stands in for a file that cannot be used.
    pub fn is_broken(&self, row: Row<'_>) -> bool {
        match row {
            Row::Snippet(snippet) => self.searched.broken(&snippet.id).is_some(),
            Row::Cmdlet(_) => false,
        }
    }
}

/// What there is to say about a search, a line each.
fn said(found: &search::Found) -> Vec<String> {
    let problems = found.problems.iter().map(ToString::to_string);
    problems
        .chain(found.taken.iter().map(ToString::to_string))
        .collect()
}
