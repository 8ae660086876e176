//! What is looked for in output.

use std::ops::Range;

/// Words to be found as they stand. Case counts only when there is a capital among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    text: String,
    exact: bool,
}

impl Pattern {
    /// The pattern of a typed text.
    pub fn new(text: &str) -> Pattern {
        let exact = text.chars().any(char::is_uppercase);
        Pattern {
            text: match exact {
                true => text.to_owned(),
                false => text.to_lowercase(),
            },
            exact,
        }
    }

    /// True when it is nothing, which is found nowhere.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// True when it stands in a text.
    pub fn is_in(&self, text: &str) -> bool {
        match (self.text.as_str(), self.exact) {
            ("", _) => false,
            (pattern, true) => text.contains(pattern),
            (pattern, false) if text.is_ascii() && pattern.is_ascii() => {
                self.ascii(text.as_bytes(), 0).is_some()
            }
            (pattern, false) => text.to_lowercase().contains(pattern),
        }
    }

    /// The byte ranges where it stands in a text, one behind the other.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        if self.text.is_empty() {
            return Vec::new();
        }
        if self.exact {
            let found = text.match_indices(self.text.as_str());
            return found.map(|(at, m)| at..at + m.len()).collect();
        }
        if text.is_ascii() && self.text.is_ascii() {
            let mut places = Vec::new();
            let mut from = 0;
            while let Some(at) = self.ascii(text.as_bytes(), from) {
                from = at + self.text.len();
                places.push(at..from);
            }
            return places;
        }
        // A character's lower case may be longer or shorter: which byte came from where.
        let mut lower = String::with_capacity(text.len());
        let mut origin: Vec<usize> = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            for l in c.to_lowercase() {
                lower.push(l);
                origin.resize(lower.len(), at);
            }
        }
        origin.push(text.len());
        let found = lower.match_indices(self.text.as_str());
        found
            .filter_map(|(at, m)| {
                let (start, end) = (*origin.get(at)?, *origin.get(at + m.len())?);
                // Half of what one character became is no place in the text.
                (start < end).then_some(start..end)
            })
            .collect()
    }

    fn ascii(&self, text: &[u8], from: usize) -> Option<usize> {
        let pattern = self.text.as_bytes();
        let (first, upper) = (*pattern.first()?, pattern.first()?.to_ascii_uppercase());
        let mut at = from;
        loop {
            at += memchr::memchr2(first, upper, text.get(at..)?)?;
            let end = at + pattern.len();
            if text.get(at..end)?.eq_ignore_ascii_case(pattern) {
                return Some(at);
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_counts_with_a_capital_alone() {
        let places = |p: &str, t: &str| Pattern::new(p).places(t);
        assert_eq!(places("pool", "Pool pool"), [0..4, 5..9]);
        assert_eq!(places("Pool", "Pool pool"), [0..4]);
        assert_eq!(places("aa", "aaaaa"), [0..2, 2..4]);
        assert!(places("", "x").is_empty());
        assert_eq!(places("straße", "Kleine STRAßE"), [7..14]);
        assert!(Pattern::new("é").is_in("CAFÉ"));
    }

    proptest! {
        #[test]
        fn places_stand_between_characters_and_hold_the_pattern(
            text in "\\PC{0,30}", pattern in "\\PC{1,3}"
        ) {
            let pattern = Pattern::new(&pattern);
            let mut last = 0;
            for place in pattern.places(&text) {
                prop_assert!(place.start >= last);
                last = place.end;
                let there = text.get(place);
                prop_assert!(there.is_some_and(|t| pattern.is_in(t)));
            }
            let lower = text.to_lowercase();
            prop_assert_eq!(
                pattern.is_in(&text),
                lower.contains(&pattern.text) && !pattern.exact
                    || text.contains(&pattern.text) && pattern.exact
            );
        }
    }
}
