//! The words of some columns, each once, and where they stand.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use memchr::memmem::Finder;

use super::fold::{Bounds, begins, ends, fold_into};

/// Bits of a posting that say in which columns of the tier the word stands.
const COLUMN_BITS: u32 = 4;
const COLUMN_MASK: u32 = (1 << COLUMN_BITS) - 1;
/// Most snippets of an index: what is left of a posting.
pub(super) const MOST: usize = 1 << (32 - COLUMN_BITS);
/// Between two words of the arena: no word holds it, so that nothing is found across.
const GAP: u8 = b'\n';

/// How a word of the query lies in a word of the library, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Somewhere in it.
    Inside,
    /// From the beginning of one of its parts.
    Begins,
    /// From the beginning of a part to the end of one.
    Part,
    /// The last part of a path, whole: `move` in `users/move`.
    Name,
    /// It is the word.
    Whole,
}

impl Fit {
    /// All of them, each in its place.
    pub const ALL: [Fit; 5] = [Fit::Inside, Fit::Begins, Fit::Part, Fit::Name, Fit::Whole];
}

/// A word of the library that holds a word of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub token: u32,
    pub fit: Fit,
}

/// The words of some columns: one arena of folded words, and for each of them the snippets it
/// stands in.
#[derive(Debug, Default)]
pub(super) struct Tier {
    arena: Vec<u8>,
    /// Where each word begins; one more than there are words.
    starts: Vec<u32>,
    bounds: Vec<Bounds>,
    /// Where the postings of each word begin; one more than there are words.
    posts_at: Vec<u32>,
    /// Snippet and columns, by snippet within a word.
    posts: Vec<u32>,
}

impl Tier {
    /// How many different words there are.
    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.arena.capacity()
            + 4 * (self.starts.capacity() + self.posts_at.capacity() + self.posts.capacity())
            + size_of::<Bounds>() * self.bounds.capacity()
    }

    /// A word, folded.
    pub fn word(&self, token: usize) -> &[u8] {
        let (start, end) = (self.starts[token] as usize, self.starts[token + 1] as usize);
        // Without the gap behind it.
        &self.arena[start..end - 1]
    }

    /// Where its parts begin.
    pub fn bounds(&self, token: usize) -> Bounds {
        self.bounds[token]
    }

    /// The snippets that a word stands in, with the columns as bits.
    pub fn posts(&self, token: usize) -> impl Iterator<Item = (usize, u8)> {
        let (start, end) = (self.posts_at[token], self.posts_at[token + 1]);
        self.posts[start as usize..end as usize]
            .iter()
            .map(|post| ((post >> COLUMN_BITS) as usize, (post & COLUMN_MASK) as u8))
    }

    /// Puts the words that hold the needle (folded, not empty) into `found`, in their order.
    pub fn scan(&self, finder: &Finder<'_>, found: &mut Vec<Match>) {
        found.clear();
        let needle = finder.needle();
        let mut token = 0;
        let mut best: Option<Match> = None;
        for at in finder.find_iter(&self.arena) {
            while self.starts[token + 1] as usize <= at {
                token += 1;
            }
            if best.is_some_and(|b| b.token as usize != token) {
                found.extend(best.take());
            }
            if best.is_some_and(|b| b.fit == Fit::Whole) {
                continue;
            }
            let offset = at - self.starts[token] as usize;
            let fit = fit(self.word(token), self.bounds[token], offset, needle.len());
            if best.is_none_or(|b| b.fit < fit) {
                best = Some(Match {
                    token: token as u32,
                    fit,
                });
            }
        }
        found.extend(best);
    }

    /// The same, among words that hold a part of the needle.
    pub fn narrow(&self, finder: &Finder<'_>, among: &[Match], found: &mut Vec<Match>) {
        found.clear();
        let length = finder.needle().len();
        for m in among {
            let (word, bounds) = (self.word(m.token as usize), self.bounds[m.token as usize]);
            let fits = finder
                .find_iter(word)
                .map(|at| fit(word, bounds, at, length));
            if let Some(fit) = fits.max() {
                found.push(Match {
                    token: m.token,
                    fit,
                });
            }
        }
    }
}

/// How the bytes from `at` lie in a word.
fn fit(word: &[u8], bounds: Bounds, at: usize, length: usize) -> Fit {
    let end = at + length;
    if at == 0 && end == word.len() {
        Fit::Whole
    } else if at > 0 && end == word.len() && word[at - 1] == b'/' {
        Fit::Name
    } else if !begins(bounds, at) {
        Fit::Inside
    } else if ends(word, bounds, end) {
        Fit::Part
    } else {
        Fit::Begins
    }
}

/// Collects words, snippet by snippet.
#[derive(Default)]
pub(super) struct Builder {
    known: HashMap<Box<str>, u32, RandomState>,
    bounds: Vec<Bounds>,
    /// The place in `posts` of the newest posting of each word, to tell whether it is of this
    /// snippet.
    newest: Vec<u32>,
    /// Word and columns, snippet by snippet.
    posts: Vec<(u32, u8)>,
    /// Where the postings of each snippet begin.
    snippets: Vec<u32>,
    folded: String,
}

impl Builder {
    /// Begins the next snippet.
    pub fn next(&mut self) {
        self.snippets.push(self.posts.len() as u32);
    }

    /// Adds the words of a text that stand in a column (0 to 3) of the snippet begun last. Words
    /// that `skip` knows are left out.
    pub fn add(&mut self, text: &str, column: u8, skip: impl Fn(&str) -> bool) {
        let begin = self.snippets.last().copied().unwrap_or(0);
        for word in text.split_whitespace() {
            self.folded.clear();
            let bounds = fold_into(word, &mut self.folded);
            // The second is out of reach: four billion different words in snippets.
            if self.folded.is_empty() || self.posts.len() == u32::MAX as usize || skip(&self.folded)
            {
                continue;
            }
            let token = match self.known.get(self.folded.as_str()) {
                Some(token) => *token,
                None => {
                    let token = self.known.len() as u32;
                    self.known.insert(self.folded.as_str().into(), token);
                    self.bounds.push(0);
                    self.newest.push(u32::MAX);
                    token
                }
            };
            let (n, place) = (token as usize, self.posts.len() as u32);
            self.bounds[n] |= bounds;
            match self.posts.get_mut(self.newest[n] as usize) {
                Some((_, columns)) if self.newest[n] >= begin => *columns |= 1 << column,
                _ => {
                    self.newest[n] = place;
                    self.posts.push((token, 1 << column));
                }
            }
        }
    }

    /// True when the snippet begun last has this word (folded).
    pub fn holds(&self, folded: &str) -> bool {
        let begin = self.snippets.last().copied().unwrap_or(0);
        self.known.get(folded).is_some_and(|token| {
            let newest = self.newest[*token as usize];
            newest != u32::MAX && newest >= begin
        })
    }

    /// The tier. The words stand by how many snippets hold them, the most common first: a search
    /// that has found every snippet can stop.
    pub fn finish(self) -> Tier {
        let count = self.bounds.len();
        let mut held = vec![0_u32; count];
        for (token, _) in &self.posts {
            held[*token as usize] += 1;
        }
        let mut words: Vec<(Box<str>, u32)> = self.known.into_iter().collect();
        words.sort_by(|(a, s), (b, t)| {
            (held[*t as usize], a.as_ref()).cmp(&(held[*s as usize], b.as_ref()))
        });
        let mut tier = Tier {
            arena: Vec::with_capacity(words.iter().map(|(word, _)| word.len() + 1).sum()),
            starts: Vec::with_capacity(count + 1),
            bounds: Vec::with_capacity(count),
            posts_at: Vec::with_capacity(count + 1),
            posts: vec![0; self.posts.len()],
        };
        // Where the next posting of each word goes, by its first number.
        let mut next = vec![0_u32; count];
        let mut place = 0;
        for (word, token) in words {
            let token = token as usize;
            tier.starts.push(tier.arena.len() as u32);
            tier.arena.extend_from_slice(word.as_bytes());
            tier.arena.push(GAP);
            tier.bounds.push(self.bounds[token]);
            tier.posts_at.push(place);
            next[token] = place;
            place += held[token];
        }
        tier.starts.push(tier.arena.len() as u32);
        tier.posts_at.push(place);
        let ends = self.snippets.iter().skip(1).copied();
        let ends = ends.chain([self.posts.len() as u32]);
        for (snippet, (start, end)) in self.snippets.iter().zip(ends).enumerate() {
            for (token, columns) in &self.posts[*start as usize..end as usize] {
                let slot = &mut next[*token as usize];
                tier.posts[*slot as usize] = (snippet as u32) << COLUMN_BITS | u32::from(*columns);
                *slot += 1;
            }
        }
        tier
    }
}
