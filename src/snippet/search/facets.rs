//! What filters look at: values, and the snippets that have them.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::fold::fold_value;
use super::found::Problem;
use super::query::{Filter, Key};
use crate::near::near;

/// How many values are named where one is unknown.
const NAMED: usize = 12;

/// A value as it is shown, and the snippets that have it, in order.
#[derive(Debug, Default)]
struct Value {
    shown: String,
    snippets: Vec<u32>,
}

/// The values of every key, by their folded form.
#[derive(Debug, Default)]
pub(super) struct Facets {
    keys: [BTreeMap<String, Value>; Key::ALL.len()],
}

impl Facets {
    /// Adds a snippet; `at` grows.
    pub fn add(&mut self, at: u32, entry: &Entry<'_>) {
        for tag in entry.tags {
            self.put(Key::Tag, tag, at);
        }
        for product in entry.products {
            self.put(Key::Product, product, at);
        }
        // A folder is in the group of each folder above it.
        for (end, _) in entry.id.match_indices('/') {
            self.put(Key::Group, &entry.id[..end], at);
        }
        self.put(Key::Risk, entry.risk.word(), at);
        self.put(Key::Layer, entry.layer.word(), at);
    }

    fn put(&mut self, key: Key, shown: &str, at: u32) {
        let values = &mut self.keys[key as usize];
        let folded = fold_value(shown);
        if folded.is_empty() {
            return;
        }
        let value = values.entry(folded).or_default();
        if value.shown.is_empty() {
            shown.clone_into(&mut value.shown);
        }
        if value.snippets.last() != Some(&at) {
            value.snippets.push(at);
        }
    }

    /// Bytes on the heap, without what the maps need for themselves.
    pub fn bytes(&self) -> usize {
        let of = |(folded, value): (&String, &Value)| {
            folded.capacity()
                + value.shown.capacity()
                + 4 * value.snippets.capacity()
                + size_of::<(String, Value)>()
        };
        self.keys.iter().flatten().map(of).sum()
    }

    /// Which of `count` snippets the filters keep; `None` without filters: all. A value that no
    /// snippet has keeps none (and excludes none), and is told.
    pub fn keep(
        &self,
        filters: &[Filter],
        count: usize,
        problems: &mut Vec<Problem>,
    ) -> Option<Vec<bool>> {
        if filters.is_empty() {
            return None;
        }
        let mut keep = vec![true; count];
        for key in Key::ALL {
            let mut wanted: Option<Vec<bool>> = None;
            for filter in filters.iter().filter(|f| f.key == key) {
                let values = self.meant(key, &filter.value);
                if values.is_empty() && !is_fixed(key, &filter.value) {
                    problems.push(self.unknown(filter));
                }
                if filter.negated {
                    for at in values.iter().flat_map(|v| &v.snippets) {
                        keep[*at as usize] = false;
                    }
                } else {
                    let wanted = wanted.get_or_insert_with(|| vec![false; count]);
                    for at in values.iter().flat_map(|v| &v.snippets) {
                        wanted[*at as usize] = true;
                    }
                }
            }
            for (keep, wanted) in keep.iter_mut().zip(wanted.into_iter().flatten()) {
                *keep &= wanted;
            }
        }
        Some(keep)
    }

    /// The value that was typed; else all that begin like it, since somebody may be typing.
    fn meant(&self, key: Key, typed: &str) -> Vec<&Value> {
        let values = &self.keys[key as usize];
        let mut folded = fold_value(typed);
        if key == Key::Product {
            folded = product(&folded).map_or(folded, str::to_owned);
        }
        match values.get(&folded) {
            Some(value) => vec![value],
            None => values
                .range(folded.clone()..)
                .take_while(|(name, _)| name.starts_with(&folded))
                .map(|(_, value)| value)
                .collect(),
        }
    }

    fn unknown(&self, filter: &Filter) -> Problem {
        let values = &self.keys[filter.key as usize];
        let shown = || values.values().map(|v| v.shown.as_str());
        let fixed = fixed(filter.key).iter().copied();
        let known: Vec<String> = match filter.key {
            Key::Risk | Key::Layer => fixed.map(String::from).collect(),
            _ => shown().take(NAMED).map(String::from).collect(),
        };
        let near = near(&filter.value, shown());
        Problem::Unknown {
            key: filter.key,
            value: filter.value.clone(),
            near: near.into_iter().map(String::from).collect(),
            known,
        }
    }
}

/// The values that a key can have whatever the library holds.
fn fixed(key: Key) -> &'static [&'static str] {
    match key {
        Key::Risk => &["read", "change", "destructive"],
        Key::Layer => &["own", "team", "built-in"],
        _ => &[],
    }
}

/// A value that is right, though no snippet of this library has it.
fn is_fixed(key: Key, typed: &str) -> bool {
    let folded = fold_value(typed);
    fixed(key).iter().any(|v| fold_value(v) == folded)
}

/// The product that people mean, folded. A bare year is the Lync or Skype for Business server of
/// that year, which csdeck is for.
fn product(folded: &str) -> Option<&'static str> {
    Some(match folded {
        "2010" | "lync2010" | "lyncserver2010" => "l2010",
        "2013" | "lync2013" | "lyncserver2013" => "l2013",
        "2015" | "sfb2015" | "skype2015" | "skypeforbusiness2015" => "s2015",
        "2019" | "sfb2019" | "skype2019" | "skypeforbusiness2019" => "s2019",
        "exchange2010" | "ex2010" => "e2010",
        "exchange2013" | "ex2013" => "e2013",
        "exchange2016" | "ex2016" | "2016" => "e2016",
        "exchange2019" | "ex2019" => "e2019",
        "exchangese" => "ese",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmdlet::Risk;
    use crate::snippet::library::Layer;

    #[test]
    fn the_fixed_values_are_the_words_in_use() {
        for risk in [Risk::Read, Risk::Change, Risk::Destructive] {
            assert!(is_fixed(Key::Risk, risk.word()));
        }
        let path = std::path::PathBuf::new;
        for layer in [Layer::BuiltIn, Layer::Team(path()), Layer::Own(path())] {
            assert!(is_fixed(Key::Layer, layer.word()));
        }
        assert!(!is_fixed(Key::Tag, "own"));
    }
}
