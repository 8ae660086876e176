//! The index of a library.

use std::sync::atomic::{AtomicU64, Ordering};

use super::entry::Entry;
use super::facets::Facets;
use super::fuzzy::Vocabulary;
use super::tier::{Builder, MOST, Tier};

/// Columns of the first tier; their order is that of [`super::session`]'s weights.
const ID: u8 = 0;
const TITLE: u8 = 1;
const COMMANDS: u8 = 2;
const TAGS: u8 = 3;
/// Columns of the second tier.
const DESCRIPTION: u8 = 0;
const BODY: u8 = 1;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Each different word of a library, and where it stands. Snippets are numbered in the order in
/// which they were given.
#[derive(Debug)]
pub struct Index {
    /// Never the same twice in a process: what a search remembers belongs to one index.
    pub(super) number: u64,
    count: usize,
    /// Ids, titles, commands, tags.
    pub(super) names: Tier,
    /// Descriptions and bodies, without the words that the names of the same snippet have.
    pub(super) texts: Tier,
    pub(super) facets: Facets,
    pub(super) vocabulary: Vocabulary,
}

impl Index {
    /// Indexes snippets, some 30 us each. More than 268 million are not searched.
    pub fn new<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Index {
        let (mut names, mut texts) = (Builder::default(), Builder::default());
        let mut facets = Facets::default();
        let mut count = 0;
        for entry in entries.into_iter().take(MOST) {
            names.next();
            texts.next();
            names.add(entry.id, ID, |_| false);
            names.add(entry.title, TITLE, |_| false);
            for command in entry.commands {
                names.add(command, COMMANDS, |_| false);
            }
            for tag in entry.tags {
                names.add(tag, TAGS, |_| false);
            }
            texts.add(entry.description, DESCRIPTION, |word| names.holds(word));
            texts.add(entry.body, BODY, |word| names.holds(word));
            facets.add(count as u32, &entry);
            count += 1;
        }
        let names = names.finish();
        Index {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            count,
            vocabulary: Vocabulary::of(&names, COMMANDS),
            names,
            texts: texts.finish(),
            facets,
        }
    }

    /// How many snippets it holds.
    pub fn len(&self) -> usize {
        self.count
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What it takes of memory, in bytes.
    pub fn bytes(&self) -> usize {
        size_of::<Index>()
            + self.names.bytes()
            + self.texts.bytes()
            + self.facets.bytes()
            + self.vocabulary.bytes()
    }

    /// How many different words it holds.
    pub fn words(&self) -> usize {
        self.names.len() + self.texts.len()
    }
}
