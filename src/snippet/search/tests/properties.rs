//! What holds for every query.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::snippet::search::fold::fold;
use crate::snippet::search::{How, Query, Search, marks};
use crate::snippet::{Library, Snippet};

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::built_in);

/// Each snippet's words, folded, with blanks between them.
static FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| LIBRARY.iter().map(folded).collect());

fn folded(snippet: &Snippet) -> String {
    let texts = [&snippet.id, &snippet.title, &snippet.source];
    let texts = texts.into_iter().chain(&snippet.commands);
    let words = texts
        .chain(&snippet.tags)
        .flat_map(|t| t.split_whitespace());
    words.map(|word| fold(word) + " ").collect()
}

/// What may be typed: words of the library, bits of them, slips, filters, anything.
fn typed() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("move"),
        Just("pool users"),
        Just("Get-CsUser"),
        Just("certficate"),
        Just("mgmtstore"),
        Just("tag:edge"),
        Just("-tag:cms"),
        Just("risk:read"),
        Just("product:2015"),
        Just("tag:"),
        Just("tag:\"dial"),
        Just("e"),
        Just("–"),
        Just("the"),
        Just("$SqlServerFqdn"),
    ]
    .prop_map(String::from);
    let part = prop_oneof![3 => word, 2 => "[a-z]{1,4}", 1 => "\\PC{0,6}"];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn every_hit_by_words_holds_every_word_and_nothing_else_does(text in typed()) {
        let query = Query::parse(&text);
        let found = LIBRARY.search(&mut Search::new(), &query, &[]);
        let mut by_words = vec![false; LIBRARY.len()];
        for hit in found.hits.iter().filter(|hit| hit.how != How::Fuzzy) {
            by_words[hit.at()] = true;
        }
        for ((snippet, texts), found) in LIBRARY.iter().zip(&*FOLDED).zip(by_words) {
            let all = query.words().iter().all(|word| texts.contains(word.as_str()));
            if query.filters().is_empty() {
                prop_assert_eq!(all, found, "{:?} {}", text, snippet.id);
            } else {
                prop_assert!(all || !found, "{:?} {}", text, snippet.id);
            }
        }
    }

    #[test]
    fn hits_are_sorted_and_each_snippet_is_there_once(text in typed(), seed in any::<u64>()) {
        let ranks: Vec<u16> = (0..LIBRARY.len() as u64)
            .map(|n| (seed.rotate_left(n as u32 % 64) % 3) as u16)
            .collect();
        let found = LIBRARY.search(&mut Search::new(), &Query::parse(&text), &ranks);
        let has_words = !Query::parse(&text).words().is_empty();
        for pair in found.hits.windows(2) {
            let key = |n: usize| {
                let hit = pair[n];
                let rank = if has_words { ranks[hit.at()] } else { 0 };
                (hit.how, u16::MAX - hit.score, u16::MAX - rank, hit.at())
            };
            prop_assert!(key(0) < key(1), "{:?}", pair);
        }
        let mut places: Vec<usize> = found.hits.iter().map(|hit| hit.at()).collect();
        places.sort_unstable();
        places.dedup();
        prop_assert_eq!(places.len(), found.hits.len());
    }

    #[test]
    fn anything_can_be_typed(text in "\\PC{0,60}|[a-z:\"\\- \u{130}ß\n]{0,60}") {
        let query = Query::parse(&text);
        let found = LIBRARY.search(&mut Search::new(), &query, &[1, 2, 3]);
        for hit in &found.hits {
            prop_assert!(LIBRARY.at(hit.at()).is_some());
        }
        for problem in &found.problems {
            prop_assert!(!problem.to_string().is_empty());
        }
    }

    #[test]
    fn marks_are_ranges_of_the_text(text in "\\PC{0,40}", query in "\\PC{0,12}") {
        let query = Query::parse(&query);
        let mut before = None;
        for range in marks(&text, query.words()) {
            prop_assert!(range.start < range.end && text.get(range.clone()).is_some());
            prop_assert!(before.is_none_or(|end| range.start > end));
            before = Some(range.end);
        }
    }

    #[test]
    fn what_is_marked_is_the_word(n in any::<prop::sample::Index>(), word in "[a-z]{1,5}") {
        let snippet = LIBRARY.at(n.index(LIBRARY.len())).expect("is there");
        for range in marks(&snippet.title, std::slice::from_ref(&word)) {
            prop_assert!(fold(&snippet.title[range]).contains(&word));
        }
    }
}

proptest! {
    // Each case is some forty searches.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn typing_gives_the_same_as_searching_anew(first in typed(), second in typed()) {
        let mut search = Search::new();
        let mut ends: Vec<usize> = first.char_indices().map(|(at, _)| at).collect();
        ends.push(first.len());
        // Typed, partly deleted, and then something else is typed.
        let back = ends.iter().rev().take(4);
        let keys = ends.iter().chain(back).map(|end| &first[..*end]).chain([second.as_str()]);
        for text in keys {
            let query = Query::parse(text);
            let typed = LIBRARY.search(&mut search, &query, &[]);
            let anew = LIBRARY.search(&mut Search::new(), &query, &[]);
            prop_assert_eq!(typed, anew, "{:?}", text);
        }
    }
}
