//! What a word that hardly occurs was probably meant to be.
//!
//! Fuzzy matching over whole lines is noise: `pool users` matches 60 % of a library as letters in
//! order. Here one word is held against the words of names, and taken for one of them only when it
//! differs by a slip or two, or abbreviates it part by part. frizbee throws out what cannot be near
//! in no time; what it leaves is measured.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use frizbee::{CaseMatching, Config, Matcher, SortStrategy};

use super::fold::{Bounds, begins};
use super::tier::Tier;

/// Shortest word that is taken for another: of three letters everything is near.
const SHORTEST: usize = 4;
/// Words of that length may be the beginning of what was meant: somebody is typing.
const MAY_BEGIN: usize = 6;
/// Words of that length may begin with a slip; nobody mistypes the first letter of a short word.
const ANY_FIRST: usize = 8;
/// Most words that one is taken for.
const MEANT: usize = 6;
/// Longest word that is looked at, in letters: no name is longer.
const LONGEST: usize = 60;

/// The words of names: their parts, and the names of commands from each of their parts on
/// (`getcsuser`, `csuser`, `user`).
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Box<str>>,
    bounds: Vec<Bounds>,
}

/// What a word may stand for, and how far it is from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    pub word: String,
    /// Slips; 1 for an abbreviation.
    pub distance: u8,
    /// False for the beginning of a longer word.
    whole: bool,
}

impl Vocabulary {
    /// The words of a tier; the names of commands stand in column `commands`.
    pub fn of(names: &Tier, commands: u8) -> Vocabulary {
        let mut known: HashMap<&str, Bounds, RandomState> = HashMap::default();
        for token in 0..names.len() {
            let Ok(word) = std::str::from_utf8(names.word(token)) else {
                continue;
            };
            let bounds = names.bounds(token);
            let is_command = names.posts(token).any(|(_, c)| c >> commands & 1 == 1);
            for start in (0..word.len().min(64)).filter(|at| begins(bounds, *at)) {
                let next = (start + 1..word.len())
                    .find(|at| begins(bounds, *at) || word.as_bytes()[*at].is_ascii_punctuation())
                    .unwrap_or(word.len());
                let mut add = |end: usize| {
                    if let Some(part) = word.get(start..end).filter(|p| is_word(p)) {
                        *known.entry(part).or_default() |= bounds >> start;
                    }
                };
                add(next);
                if is_command {
                    add(word.len());
                }
            }
        }
        let mut all: Vec<(&str, Bounds)> = known.into_iter().collect();
        all.sort_unstable();
        Vocabulary {
            words: all.iter().map(|(word, _)| (*word).into()).collect(),
            bounds: all.iter().map(|(_, bounds)| *bounds).collect(),
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let words: usize = self.words.iter().map(|w| w.len()).sum();
        words
            + size_of::<Box<str>>() * self.words.capacity()
            + size_of::<Bounds>() * self.bounds.capacity()
    }

    /// What a word (folded) was probably meant to be, the nearest first; only the nearest ones.
    pub fn meant(&self, word: &str) -> Vec<Meant> {
        let length = word.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) || !is_word(word) {
            return Vec::new();
        }
        let mut meant = self.near(word, length);
        if meant.is_empty() {
            meant = self.abbreviated(word);
        }
        let nearest = meant.iter().map(|m| m.distance).min();
        meant.retain(|m| Some(m.distance) == nearest);
        if meant.iter().any(|m| m.whole) {
            meant.retain(|m| m.whole);
        }
        meant.sort_by(|a, b| (a.word.len(), &a.word).cmp(&(b.word.len(), &b.word)));
        meant.dedup();
        // A search for `certificate` finds `certificates` too.
        let mut kept: Vec<Meant> = Vec::new();
        for m in meant {
            if !kept.iter().any(|k| m.word.contains(&k.word)) {
                kept.push(m);
            }
        }
        kept.truncate(MEANT);
        kept
    }

    /// Words that differ by few slips.
    fn near(&self, word: &str, length: usize) -> Vec<Meant> {
        let budget = budget(length);
        let mut found = Vec::new();
        for candidate in self.candidates(word, budget as u16) {
            let target = &*self.words[candidate];
            if length < ANY_FIRST && target.chars().next() != word.chars().next() {
                continue;
            }
            let letters = target.chars().count();
            if letters.abs_diff(length) <= budget {
                let distance = strsim::osa_distance(word, target);
                if distance <= budget {
                    found.push((distance, target, true));
                    continue;
                }
            }
            if length >= MAY_BEGIN && letters > length {
                let beginning = beginning(word, target, length, budget);
                found.extend(beginning.map(|(distance, beginning)| (distance, beginning, false)));
            }
        }
        let found = found.into_iter();
        found
            .map(|(distance, target, whole)| Meant {
                word: target.to_owned(),
                distance: distance as u8,
                whole,
            })
            .collect()
    }

    /// Words that it abbreviates: `mgmtstore` is `managementstore`.
    fn abbreviated(&self, word: &str) -> Vec<Meant> {
        let mut found = Vec::new();
        for candidate in self.candidates(word, 0) {
            let target = &*self.words[candidate];
            let meant = abbreviates(word, target, self.bounds[candidate]);
            if let Some(meant) = meant.and_then(|end| target.get(..end)) {
                found.push(Meant {
                    word: meant.to_owned(),
                    distance: 1,
                    whole: true,
                });
            }
        }
        found
    }

    fn candidates(&self, word: &str, typos: u16) -> Vec<usize> {
        let config = Config::default()
            .max_typos(Some(typos))
            .casing(CaseMatching::Ignore)
            .sort(SortStrategy::IndexAsc);
        let found = Matcher::new(word, &config).match_list(&self.words);
        found.into_iter().map(|m| m.index as usize).collect()
    }
}

/// How many slips a word of that many letters may hold.
fn budget(length: usize) -> usize {
    match length {
        0..=7 => 1,
        8..=12 => 2,
        _ => 3,
    }
}

/// The beginning of a longer word that is nearest, within the budget.
fn beginning<'a>(
    word: &str,
    target: &'a str,
    length: usize,
    budget: usize,
) -> Option<(usize, &'a str)> {
    let ends = target.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.skip((length - budget).saturating_sub(1))
        .take(2 * budget + 1)
        .map(|end| (strsim::osa_distance(word, &target[..end]), &target[..end]))
        .filter(|(distance, _)| *distance <= budget)
        .min_by_key(|(distance, beginning)| (*distance, beginning.len().abs_diff(word.len())))
}

/// Letters and digits, with a letter among them, and not so short that it is near to everything.
fn is_word(text: &str) -> bool {
    text.len() >= SHORTEST
        && text.chars().all(char::is_alphanumeric)
        && text.chars().any(char::is_alphabetic)
}

/// Where the part ends that the abbreviation ends in. Its letters stand in the target in order,
/// from the first one on, and each part that is touched is touched at its beginning; and it is a
/// third of what it stands for, or nothing but first letters.
fn abbreviates(word: &str, target: &str, bounds: Bounds) -> Option<usize> {
    let target = target.as_bytes().get(..target.len().min(64))?;
    // The places at which the last letter so far may stand.
    let mut at: u64 = 0;
    let mut initials = true;
    for (n, letter) in word.bytes().enumerate() {
        let mut next: u64 = 0;
        // True once a place is behind one of `at`, in its part.
        let (mut behind, mut in_part) = (false, false);
        for (place, byte) in target.iter().enumerate() {
            let begins_here = begins(bounds, place);
            if begins_here {
                in_part = false;
            }
            let reached = if n == 0 {
                place == 0
            } else {
                in_part || (begins_here && behind)
            };
            if reached && *byte == letter {
                next |= 1 << place;
            }
            if at >> place & 1 == 1 {
                (behind, in_part) = (true, true);
            }
        }
        if next == 0 {
            return None;
        }
        initials &= next & bounds != 0;
        at = next;
    }
    let last = at.trailing_zeros() as usize;
    let end = (last + 1..target.len()).find(|p| begins(bounds, *p));
    let end = end.unwrap_or(target.len());
    (initials || 3 * word.len() >= end).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold_into;
    use super::*;

    fn abbreviation(word: &str, target: &str) -> Option<String> {
        let mut folded = String::new();
        let bounds = fold_into(target, &mut folded);
        abbreviates(word, &folded, bounds).map(|end| folded[..end].to_owned())
    }

    #[test]
    fn abbreviations_touch_parts_at_their_beginning() {
        let name = "ManagementStoreReplicationStatus";
        assert_eq!(
            abbreviation("mgmtstore", name).as_deref(),
            Some("managementstore")
        );
        assert_eq!(
            abbreviation("mstorerepl", name).as_deref(),
            Some("managementstorereplication")
        );
        assert_eq!(
            abbreviation("msrs", name).as_deref(),
            Some("managementstorereplicationstatus")
        );
        // `t` of Management, `o` of Store: a part entered in its middle.
        assert_eq!(abbreviation("mngtore", name), None);
        assert_eq!(abbreviation("stor", name), None);
        assert_eq!(abbreviation("cfg", "Configuration"), None);
    }

    #[test]
    fn slips_by_length() {
        let words = ["pool", "policy", "state", "certificate", "replication"];
        let vocabulary = Vocabulary {
            words: words.iter().map(|w| (*w).into()).collect(),
            bounds: vec![1; words.len()],
        };
        let meant = |word: &str| -> Vec<String> {
            vocabulary.meant(word).into_iter().map(|m| m.word).collect()
        };
        assert_eq!(meant("polo"), ["pool"]);
        assert_eq!(meant("sttae"), ["state"]);
        assert_eq!(meant("certficate"), ["certificate"]);
        assert_eq!(meant("vertificate"), ["certificate"]);
        assert_eq!(meant("certifci"), ["certific"]);
        assert_eq!(meant("replicaton"), ["replication"]);
        for nothing in [
            "gate",
            "pol",
            "abcd",
            "late",
            "holiday",
            "x".repeat(300).as_str(),
        ] {
            assert_eq!(meant(nothing), [""; 0], "{nothing}");
        }
    }
}
