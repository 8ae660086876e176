//! What was typed, taken apart: words and filters.

use std::fmt;

use super::fold::fold;
use super::found::Problem;

/// What a filter looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A tag, whole.
    Tag,
    /// The folder, or one above it.
    Group,
    /// A product: S2015, also 2015 or sfb2015.
    Product,
    /// read, change, destructive.
    Risk,
    /// own, team, built-in.
    Layer,
}

impl Key {
    /// All of them.
    pub const ALL: [Key; 5] = [Key::Tag, Key::Group, Key::Product, Key::Risk, Key::Layer];

    /// The word in front of the colon.
    pub fn word(self) -> &'static str {
        match self {
            Key::Tag => "tag",
            Key::Group => "group",
            Key::Product => "product",
            Key::Risk => "risk",
            Key::Layer => "layer",
        }
    }

    pub(super) fn example(self) -> &'static str {
        match self {
            Key::Tag => "database",
            Key::Group => "topology",
            Key::Product => "S2019",
            Key::Risk => "read",
            Key::Layer => "own",
        }
    }

    /// The filter as it is typed, in quotes where the value has blanks.
    pub(super) fn typed(self, value: &str) -> String {
        if value.contains(char::is_whitespace) {
            format!("{self}:\"{value}\"")
        } else {
            format!("{self}:{value}")
        }
    }

    /// The key of this word; also its plural, and in any case.
    fn of(word: &str) -> Option<Key> {
        Key::ALL.into_iter().find(|key| {
            let rest = word
                .get(..key.word().len())
                .filter(|w| w.eq_ignore_ascii_case(key.word()))
                .and_then(|_| word.get(key.word().len()..));
            matches!(rest, Some("" | "s" | "S"))
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// What it looks at.
    pub key: Key,
    /// The value as it was typed; never empty.
    pub value: String,
    /// `-tag:x`: snippets that do not have it.
    pub negated: bool,
}

/// Words, all of which have to be found, and filters: those of one key are alternatives, those of
/// different keys all have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
    filters: Vec<Filter>,
    problems: Vec<Problem>,
}

impl Query {
    /// Most words of a query: a sentence. More are left out with a [`Problem`].
    pub const MAX_WORDS: usize = 16;
    /// Most filters of a query.
    pub const MAX_FILTERS: usize = 32;

    /// Takes apart what was typed. Never fails, since it is called while somebody types: what is
    /// not understood is a word, and what is not complete is left out and told.
    ///
    /// `key:value` is a filter, `-key:value` its opposite, `key:"a value"` one with blanks. Quotes
    /// around words are dropped.
    pub fn parse(text: &str) -> Query {
        let mut query = Query::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let end = end_of_part(rest);
            let (part, behind) = rest.split_at(end);
            query.add(part);
            rest = behind.trim_start();
        }
        query
    }

    /// With one more filter, as if it had been typed.
    #[must_use]
    pub fn with(mut self, key: Key, value: &str) -> Query {
        self.filter(key, value, false);
        self
    }

    /// The same without some of its words (folded).
    #[must_use]
    pub fn without(mut self, words: &[String]) -> Query {
        self.words.retain(|word| !words.contains(word));
        self
    }

    fn add(&mut self, part: &str) {
        let (negated, bare) = match part.strip_prefix('-') {
            Some(bare) => (true, bare),
            None => (false, part),
        };
        if let Some((key, value)) = bare.split_once(':')
            && let Some(key) = Key::of(key)
        {
            return self.filter(key, value.trim_matches('"').trim(), negated);
        }
        let word = fold(part.trim_matches('"'));
        if word.is_empty() || self.words.contains(&word) {
            return;
        }
        if self.words.len() < Query::MAX_WORDS {
            self.words.push(word);
        } else {
            self.tell(Problem::TooManyWords);
        }
    }

    fn filter(&mut self, key: Key, value: &str, negated: bool) {
        if value.is_empty() {
            return self.tell(Problem::NoValue { key });
        }
        let filter = Filter {
            key,
            value: value.to_owned(),
            negated,
        };
        if self.filters.contains(&filter) {
            return;
        }
        if self.filters.len() < Query::MAX_FILTERS {
            self.filters.push(filter);
        } else {
            self.tell(Problem::TooManyFilters);
        }
    }

    fn tell(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The words, folded (lower case, without hyphens), each once, in the order typed.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The filters.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// What is not right about it.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// True when it keeps everything.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.filters.is_empty()
    }
}

/// Where the first part of a query ends: at a blank that is not in the quotes of a filter's value.
fn end_of_part(text: &str) -> usize {
    let blank = text.find(char::is_whitespace).unwrap_or(text.len());
    let Some(quote) = text[..blank].find(":\"") else {
        return blank;
    };
    let key = text[..quote].strip_prefix('-').unwrap_or(&text[..quote]);
    if Key::of(key).is_none() {
        return blank;
    }
    let open = quote + 2;
    // Not closed yet: everything behind it is the value.
    text[open..]
        .find('"')
        .map_or(text.len(), |close| open + close + 1)
}
