//! An entry of a foreign file, taken apart; the same for every format.

use super::{ExchangeError, MAX_ENTRIES, Note, Refused};

/// A part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Characters that stand for themselves.
    Text(String),
    /// The place of a value.
    Place {
        /// Index into [`Body::places`].
        place: usize,
        /// How the file wrote it.
        written: String,
    },
}

/// What a file says of a value that is to be filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Its name as the file spells it; `None` when it has only a number.
    pub name: Option<String>,
    /// Its default, as written: a value, or a PowerShell constant.
    pub default: Option<String>,
    /// The values to choose from; empty when there is no choice.
    pub choices: Vec<String>,
    /// What it means.
    pub help: String,
}

impl Place {
    /// Takes over what was not known.
    pub fn learn(&mut self, said: Place) {
        if self.default.is_none() {
            self.default = said.default;
        }
        if self.choices.is_empty() {
            self.choices = said.choices;
        }
    }
}

/// Most places of a body, and most different ones. A form of more is no form.
const MAX_PLACES: usize = 1000;
const MAX_DIFFERENT: usize = 100;

/// A body: text and places, and what is known of the places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// In order.
    pub pieces: Vec<Piece>,
    /// Each once, in the order in which they appear.
    pub places: Vec<Place>,
    /// True when there were more places than a form can have.
    pub too_many: bool,
}

impl Body {
    /// Adds characters.
    pub fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    /// Adds a place of this name, known already or new. What is said of it anew fills in what was
    /// not known.
    pub fn place(&mut self, said: Place, written: &str) {
        if self.places.len() >= MAX_DIFFERENT || self.pieces.len() >= 2 * MAX_PLACES {
            self.too_many = true;
            return;
        }
        let known = |p: &Place| match (&p.name, &said.name) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        };
        let place = match self.places.iter().position(known) {
            Some(place) => {
                self.places[place].learn(said);
                place
            }
            None => {
                self.places.push(said);
                self.places.len() - 1
            }
        };
        self.again(place, written);
    }

    /// Adds another place of a value that is known already.
    pub fn again(&mut self, place: usize, written: &str) {
        if self.pieces.len() >= 2 * MAX_PLACES {
            self.too_many = true;
            return;
        }
        self.pieces.push(Piece::Place {
            place,
            written: written.to_owned(),
        });
    }

    /// The body as the file wrote it.
    pub fn written(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.as_str(),
                Piece::Place { written, .. } => written.as_str(),
            })
            .collect()
    }

    /// The same body, whatever spelling the places have: texts, and which place stands where.
    pub fn same_shape(&self, other: &Body) -> bool {
        let shape = |body: &Body| -> Vec<Result<String, usize>> {
            body.pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Ok(text.clone()),
                    Piece::Place { place, .. } => Err(*place),
                })
                .collect()
        };
        shape(self) == shape(other)
    }
}

/// An entry of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Line of the file at which it begins, from 1.
    pub line: usize,
    /// Its title; empty when it has none.
    pub title: String,
    /// Its description; empty when it has none.
    pub description: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it runs.
    pub body: Body,
}

/// What a reader finds in a file.
#[derive(Debug, Default)]
pub struct Found {
    /// Entries that can be looked at.
    pub entries: Vec<Entry>,
    /// Entries that cannot.
    pub refused: Vec<Refused>,
    /// What was said and is lost.
    pub notes: Vec<Note>,
}

impl Found {
    /// Adds an entry. A file that holds too many is refused as a whole.
    pub fn add(&mut self, entry: Entry) -> Result<(), ExchangeError> {
        if self.entries.len() + self.refused.len() >= MAX_ENTRIES {
            return Err(ExchangeError::TooMany);
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Refuses an entry.
    pub fn refuse(&mut self, line: usize, name: &str, message: impl Into<String>) {
        // What is beyond any use is not even told.
        if self.refused.len() < MAX_ENTRIES {
            self.refused.push(Refused::new(line, name, &message.into()));
        }
    }

    /// Tells a loss.
    pub fn note(&mut self, line: usize, message: impl Into<String>) {
        self.notes.push(Note::new(line, message));
    }
}
