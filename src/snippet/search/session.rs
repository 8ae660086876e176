//! A search that goes on with every key press.

use memchr::memmem::Finder;

use super::found::{Found, Hit, How, Problem, Taken};
use super::fuzzy::Meant;
use super::index::Index;
use super::query::{Filter, Query};
use super::score::{
    COLUMNS, Cell, EXACT, SLIP, hit, how, improve, key, name_values, text_values, worth,
};
use super::tier::{Fit, Match};

/// With fewer hits than this, words that no name begins with are taken for others. Five rows are
/// enough to look at; a slip of the fingers usually leaves none.
const FEW: usize = 5;
/// Words of earlier queries that are remembered: deleting letters is then as fast as typing them.
const REMEMBERED: usize = 12;

/// What was found for the queries before; one for each place where somebody types. It may be used
/// with one index after the other: it forgets what belongs to another.
#[derive(Debug, Default)]
pub struct Search {
    /// The index it remembers.
    number: u64,
    /// The newest last.
    words: Vec<Word>,
    kept: Kept,
}

/// Which snippets the filters of the query before kept.
#[derive(Debug, Default)]
struct Kept {
    filters: Vec<Filter>,
    keep: Option<Vec<bool>>,
    problems: Vec<Problem>,
}

/// A word of a query, looked up.
#[derive(Debug, Default)]
struct Word {
    text: String,
    names: Vec<Match>,
    texts: Vec<Match>,
    cells: Vec<Cell>,
    /// How many snippets hold it.
    held: usize,
    guess: Option<Guess>,
}

/// What a word is taken for.
#[derive(Debug)]
struct Guess {
    meant: Vec<Meant>,
    cells: Vec<Cell>,
}

impl Search {
    /// A search that remembers nothing yet.
    pub fn new() -> Search {
        Search::default()
    }

    /// Searches. `ranks` holds a number for each snippet of the index, the higher the rather to
    /// be shown; it decides between equally good hits. A shorter list (none, for instance) stands
    /// for zeros. The result is the same whatever was searched before.
    pub fn run(&mut self, index: &Index, query: &Query, ranks: &[u16]) -> Found {
        if self.number != index.number {
            *self = Search {
                number: index.number,
                ..Search::default()
            };
        }
        self.filter(index, query.filters());
        for word in query.words() {
            self.look_up(index, word);
        }
        let mut found = Found {
            problems: [query.problems(), &self.kept.problems].concat(),
            needles: query.words().to_vec(),
            ..Found::default()
        };
        if query.words().is_empty() {
            found.hits = (0..index.len())
                .filter(|at| self.keeps(*at))
                .map(|at| Hit::new(at as u32, How::Words, 0))
                .collect();
            return found;
        }
        let mut keys = self.all_words(index.len(), query, ranks);
        let exact = keys.iter().any(|key| how(*key) == How::Exact);
        if keys.len() < FEW && !exact {
            self.guess(index, query);
            let guessed = self.some_meant(index.len(), query, ranks);
            self.tell(query, !guessed.is_empty(), &mut found);
            keys.extend(guessed);
        }
        keys.sort_unstable();
        found.hits = keys.into_iter().map(hit).collect();
        let most = REMEMBERED.max(query.words().len());
        let old = self.words.len().saturating_sub(most);
        self.words.drain(..old);
        found
    }

    fn filter(&mut self, index: &Index, filters: &[Filter]) {
        if self.kept.filters != filters {
            let mut problems = Vec::new();
            self.kept = Kept {
                filters: filters.to_vec(),
                keep: index.facets.keep(filters, index.len(), &mut problems),
                problems,
            };
        }
    }

    fn keeps(&self, at: usize) -> bool {
        self.kept.keep.as_ref().is_none_or(|keep| keep[at])
    }

    fn word(&self, text: &str) -> Option<&Word> {
        self.words.iter().find(|w| w.text == text)
    }

    /// Makes the word the newest one that is remembered.
    fn look_up(&mut self, index: &Index, text: &str) {
        if let Some(known) = self.words.iter().position(|w| w.text == text) {
            self.words[known..].rotate_left(1);
            return;
        }
        let finder = Finder::new(text);
        // What holds this word holds each part of it: the longest that is known has the least.
        let shorter = self.words.iter().filter(|w| text.contains(&w.text));
        let mut word = Word {
            text: text.to_owned(),
            ..Word::default()
        };
        match shorter.max_by_key(|w| w.text.len()) {
            Some(known) => {
                index.names.narrow(&finder, &known.names, &mut word.names);
                index.texts.narrow(&finder, &known.texts, &mut word.texts);
            }
            None => {
                index.names.scan(&finder, &mut word.names);
                index.texts.scan(&finder, &mut word.texts);
            }
        }
        word.fill(index);
        self.words.push(word);
    }

    /// The sort keys of the snippets that hold all words.
    fn all_words(&self, count: usize, query: &Query, ranks: &[u16]) -> Vec<u64> {
        let words: Vec<&[Cell]> = query
            .words()
            .iter()
            .filter_map(|w| self.word(w))
            .map(|w| w.cells.as_slice())
            .collect();
        let alone = words.len() == 1;
        let mut keys = Vec::new();
        for at in 0..count {
            let mut score = 0;
            let mut exact = alone;
            let all = words.iter().all(|cells| {
                let cell = cells[at];
                score += worth(cell);
                exact &= cell & EXACT != 0;
                cell != 0
            });
            if all && self.keeps(at) {
                let how = if exact { How::Exact } else { How::Words };
                keys.push(key(how, score, rank(ranks, at), at));
            }
        }
        keys
    }

    /// Finds out what words were meant to be that no name begins with.
    fn guess(&mut self, index: &Index, query: &Query) {
        for word in &mut self.words {
            if word.guess.is_none() && query.words().contains(&word.text) {
                let right = word.names.iter().any(|m| m.fit >= Fit::Begins);
                let meant = if right {
                    Vec::new()
                } else {
                    index.vocabulary.meant(&word.text)
                };
                word.guess = Some(Guess {
                    cells: guessed_cells(index, &meant),
                    meant,
                });
            }
        }
    }

    /// The sort keys of the snippets that hold all words only if some are taken for others.
    fn some_meant(&self, count: usize, query: &Query, ranks: &[u16]) -> Vec<u64> {
        let words: Vec<(&[Cell], &[Cell])> = query
            .words()
            .iter()
            .filter_map(|w| self.word(w))
            .map(|w| {
                let guessed = w.guess.as_ref().map_or(&[][..], |g| &g.cells);
                (w.cells.as_slice(), guessed)
            })
            .collect();
        if words.iter().all(|(_, guessed)| guessed.is_empty()) {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for at in 0..count {
            let mut score = 0;
            let mut meant = false;
            let all = words.iter().all(|(cells, guessed)| {
                let cell = match cells[at] {
                    0 => {
                        meant = true;
                        guessed.get(at).copied().unwrap_or(0)
                    }
                    cell => cell,
                };
                score += worth(cell);
                cell != 0
            });
            if all && meant && self.keeps(at) {
                keys.push(key(How::Fuzzy, score, rank(ranks, at), at));
            }
        }
        keys
    }

    /// What words were taken for, if that found something, and which are nowhere.
    fn tell(&self, query: &Query, guessed: bool, found: &mut Found) {
        for word in query.words().iter().filter_map(|w| self.word(w)) {
            let meant = word.guess.as_ref().map_or(&[][..], |g| &g.meant);
            if meant.is_empty() && word.held == 0 {
                found.missing.push(word.text.clone());
            } else if guessed && !meant.is_empty() {
                let meant: Vec<String> = meant.iter().map(|m| m.word.clone()).collect();
                found.needles.extend(meant.iter().cloned());
                found.taken.push(Taken {
                    word: word.text.clone(),
                    meant,
                });
            }
        }
    }
}

impl Word {
    /// Writes down for each snippet how well it holds the word.
    fn fill(&mut self, index: &Index) {
        let count = index.len();
        self.cells.resize(count, 0);
        let values = Fit::ALL.map(name_values);
        for m in &self.names {
            let values = &values[m.fit as usize];
            for (at, columns) in index.names.posts(m.token as usize) {
                let cell = &mut self.cells[at];
                self.held += usize::from(*cell == 0);
                improve(cell, values[columns as usize]);
            }
        }
        let values = Fit::ALL.map(text_values);
        for m in &self.texts {
            // Common words come first: one letter is soon found everywhere.
            if self.held == count {
                break;
            }
            let values = &values[m.fit as usize];
            for (at, columns) in index.texts.posts(m.token as usize) {
                let cell = &mut self.cells[at];
                if *cell & COLUMNS == 0 {
                    self.held += usize::from(*cell == 0);
                    improve(cell, values[columns as usize]);
                }
            }
        }
    }
}

/// The cells of what a word may have been meant to be, in names only.
fn guessed_cells(index: &Index, meant: &[Meant]) -> Vec<Cell> {
    if meant.is_empty() {
        return Vec::new();
    }
    let mut cells = vec![0; index.len()];
    let mut found = Vec::new();
    let values = Fit::ALL.map(name_values);
    for m in meant {
        index.names.scan(&Finder::new(&m.word), &mut found);
        for hit in &found {
            let values = &values[hit.fit as usize];
            for (at, columns) in index.names.posts(hit.token as usize) {
                let value = values[columns as usize];
                let worth = ((value >> 8) as u8)
                    .saturating_sub(SLIP * m.distance)
                    .max(1);
                improve(&mut cells[at], Cell::from(worth) << 8 | (value & COLUMNS));
            }
        }
    }
    cells
}

fn rank(ranks: &[u16], at: usize) -> u16 {
    ranks.get(at).copied().unwrap_or(0)
}
