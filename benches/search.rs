//! How long the search takes while somebody types: `cargo bench --bench search`.
//!
//! 100,000 snippets of the shape of the built-in ones, each with words of its own. The queries are
//! typed key by key; every key is a search with its whole, sorted result. Beside ours stand two
//! fuzzy matchers and plain `contains`, over lines that hold the id, the title, the commands and
//! the tags; ours also looks into descriptions and bodies, which are twenty times as long.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use csdeck::cmdlet::Risk;
use csdeck::snippet::search::{Entry, Index, Query, Search};
use csdeck::snippet::{Layer, Library};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Utf32Str, Utf32String};

const COUNT: usize = 100_000;
const TYPED: [&str; 4] = [
    "getcsuser",
    "pool users",
    "certficate edge",
    "product:S2019 move",
];
const SITES: [&str; 12] = [
    "harbour",
    "quay",
    "airfield",
    "foundry",
    "orchard",
    "millside",
    "lakeview",
    "stonegate",
    "ferryport",
    "highmoor",
    "eastfield",
    "saltworks",
];

/// A snippet that was never parsed.
struct Made {
    id: String,
    title: String,
    commands: Vec<String>,
    tags: Vec<String>,
    products: Vec<String>,
    description: String,
    body: String,
    risk: Risk,
    layer: Layer,
}

impl Made {
    fn entry(&self) -> Entry<'_> {
        Entry {
            id: &self.id,
            title: &self.title,
            commands: &self.commands,
            tags: &self.tags,
            products: &self.products,
            description: &self.description,
            body: &self.body,
            risk: self.risk,
            layer: &self.layer,
        }
    }

    /// What a matcher of lines looks at.
    fn line(&self) -> String {
        let (commands, tags) = (self.commands.join(" "), self.tags.join(" "));
        format!("{}\t{}\t{commands}\t{tags}", self.id, self.title)
    }
}

/// Snippets as a team would have made them: each built-in one again and again, for a site and a
/// pool. The same ones at every run.
fn made(count: usize) -> Vec<Made> {
    let library = Library::built_in();
    let models: Vec<_> = library.iter().collect();
    (0..count)
        .map(|n| {
            let model = models[n % models.len()];
            let site = SITES[n / models.len() % SITES.len()];
            let pool = format!("pool{:02}.{site}.kestrel.lan", n % 97);
            let mut tags = model.tags.clone();
            tags.push(site.to_owned());
            Made {
                id: format!("{}/{site}-{n}", model.id),
                title: format!("{} at {site} {}", model.title, n % 97),
                commands: model.commands.clone(),
                tags,
                products: model.products.clone(),
                description: format!("{}\n\nFor {pool}.", model.description),
                body: format!("{}\n# Change {n} of {site}, {pool}\n", model.source),
                risk: model.risk,
                layer: model.layer.clone(),
            }
        })
        .collect()
}

/// What was typed, after each key.
fn keys(query: &str) -> impl Iterator<Item = &str> {
    (1..=query.len()).map(|end| &query[..end])
}

/// The words of a query, for those that know no filters.
fn words(query: &str) -> String {
    let words = query.split(' ').filter(|word| !word.contains(':'));
    words.collect::<Vec<_>>().join(" ")
}

fn ours(index: &Index, search: &mut Search, query: &str) -> usize {
    search.run(index, &Query::parse(query), &[]).hits.len()
}

fn frizbee(lines: &[String], query: &str) -> usize {
    let mut matcher = frizbee::Matcher::from_query(query, &frizbee::Config::default());
    matcher.match_list(lines).len()
}

fn nucleo(lines: &[Utf32String], query: &str) -> usize {
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Never);
    let mut matcher = nucleo_matcher::Matcher::default();
    let mut found: Vec<(u32, usize)> = lines
        .iter()
        .enumerate()
        .filter_map(|(n, line)| {
            let line: Utf32Str<'_> = line.slice(..);
            Some((pattern.score(line, &mut matcher)?, n))
        })
        .collect();
    found.sort_unstable_by_key(|(score, n)| (std::cmp::Reverse(*score), *n));
    found.len()
}

fn contains(lines: &[String], query: &str) -> usize {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let all = |line: &&String| words.iter().all(|word| line.contains(word.as_str()));
    lines.iter().filter(all).count()
}

/// The least time of each key over some rounds, in milliseconds; `run` gets true for the first
/// key of a round.
fn per_key(query: &str, rounds: usize, mut run: impl FnMut(&str, bool) -> usize) -> Vec<f64> {
    let mut least = vec![f64::INFINITY; query.len()];
    for _ in 0..rounds {
        for (n, (typed, least)) in keys(query).zip(&mut least).enumerate() {
            let start = Instant::now();
            black_box(run(typed, n == 0));
            *least = least.min(start.elapsed().as_secs_f64() * 1000.0);
        }
    }
    least
}

fn shown(times: &[f64]) -> (String, f64) {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(min), Some(max)) = (sorted.first(), sorted.last()) else {
        return (String::new(), 0.0);
    };
    let median = sorted[sorted.len() / 2];
    (format!("{min:7.2} {median:7.2} {max:7.2}"), median)
}

/// The table: per key min, median, max, and how much longer the others take in the middle.
fn table(made: &[Made], index: &Index) {
    let lines: Vec<String> = made.iter().map(Made::line).collect();
    let lower: Vec<String> = lines.iter().map(|line| line.to_lowercase()).collect();
    let wide: Vec<Utf32String> = lines.iter().map(|l| l.as_str().into()).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let all: usize = made.iter().map(|m| m.body.len()).sum();
    println!(
        "{COUNT} lines of {} bytes; bodies of {} bytes",
        bytes / COUNT,
        all / COUNT
    );
    println!("ms per key: min, median, max; x: median of the others / median of ours, key by key");
    for query in TYPED {
        let words = words(query);
        let mut search = Search::new();
        let typed = per_key(query, 7, |text, first| {
            if first {
                search = Search::new();
            }
            ours(index, &mut search, text)
        });
        let (cells, median) = shown(&typed);
        println!("{query:?}: {} hits", ours(index, &mut Search::new(), query));
        println!("  ours             {cells}");
        let fresh = per_key(query, 7, |text, _| ours(index, &mut Search::new(), text));
        let row = |name: &str, times: &[f64]| {
            let (cells, other) = shown(times);
            println!("  {name:16} {cells}   x {:.1}", other / median);
        };
        row("ours, no memory", &fresh);
        row(
            "contains",
            &per_key(&words, 3, |text, _| contains(&lower, text)),
        );
        row(
            "frizbee",
            &per_key(&words, 3, |text, _| frizbee(&lines, text)),
        );
        row(
            "nucleo-matcher",
            &per_key(&words, 1, |text, _| nucleo(&wide, text)),
        );
    }
}

fn typing(criterion: &mut Criterion) {
    let made = made(COUNT);
    let start = Instant::now();
    let index = Index::new(made.iter().map(Made::entry));
    println!(
        "index of {} snippets: {:?}, {} words, {} bytes a snippet",
        index.len(),
        start.elapsed(),
        index.words(),
        index.bytes() / index.len().max(1)
    );
    table(&made, &index);
    let mut group = criterion.benchmark_group("type");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    for query in TYPED {
        group.bench_function(query, |bench| {
            bench.iter(|| {
                let mut search = Search::new();
                keys(query)
                    .map(|text| ours(&index, &mut search, text))
                    .sum::<usize>()
            });
        });
    }
    group.finish();
}

fn small(criterion: &mut Criterion) {
    let library = Library::built_in();
    criterion.bench_function("index the built-in snippets", |bench| {
        bench.iter(|| Index::new(library.iter().map(Entry::of)).len());
    });
    let index = library.index();
    criterion.bench_function("one word in the built-in snippets", |bench| {
        bench.iter(|| ours(index, &mut Search::new(), black_box("replication")));
    });
    criterion.bench_function("one slip in the built-in snippets", |bench| {
        bench.iter(|| ours(index, &mut Search::new(), black_box("replicaton status")));
    });
}

criterion_group!(benches, typing, small);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
