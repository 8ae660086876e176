//! `csdeck snippet list` and `csdeck snippet search`: what of the library, and in which order.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{Context, Failure, Format, note};
use crate::cmdlet::Risk;
use crate::near::did_you_mean;
use crate::snippet::search::{Found, How, Key, Query, Search};
use crate::snippet::usage::Usage;
use crate::snippet::{Layer, Library, Snippet};

/// `--tag`, `--group` and so on: those of one kind are alternatives, those of different kinds all
/// have to hold.
#[derive(Debug, Clone, Default, Args)]
pub struct Filters {
    /// Only snippets with this tag; each further one is an alternative
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only snippets of this folder and of those below it
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Only snippets for this product: S2019, also 2019, sfb2019, lync2013
    #[arg(long, value_name = "PRODUCT")]
    product: Vec<String>,
    /// Only snippets of this risk
    #[arg(long, value_name = "RISK", value_parser = ["read", "change", "destructive"])]
    risk: Vec<String>,
    /// Only snippets from there
    #[arg(long, value_name = "LAYER", value_parser = ["own", "team", "built-in"])]
    layer: Vec<String>,
}

/// What to search for.
#[derive(Debug, Args)]
pub struct Words {
    /// Words, all of which have to be found, in any order; also filters such as tag:edge or, behind
    /// --, -tag:edge
    #[arg(required_unless_present_any = ["tag", "group", "product", "risk", "layer"], num_args = 1..)]
    words: Vec<String>,
    #[command(flatten)]
    filters: Filters,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// A snippet in lists.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    group: &'a str,
    tags: &'a [String],
    products: &'a [String],
    risk: Risk,
    layer: &'static str,
    /// The layer, and those whose snippet it took the place of.
    origin: String,
    /// How it was found, where something was searched for.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    how: Option<How>,
}

impl<'a> Row<'a> {
    fn of(library: &Library, snippet: &'a Snippet, how: Option<How>) -> Self {
        Row {
            id: &snippet.id,
            title: &snippet.title,
            group: snippet.group(),
            tags: &snippet.tags,
            products: &snippet.products,
            risk: snippet.risk,
            layer: snippet.layer.word(),
            origin: library.origin(snippet),
            how,
        }
    }
}

impl Filters {
    fn on(&self, mut query: Query) -> Query {
        for (key, values) in [
            (Key::Tag, &self.tag),
            (Key::Group, &self.group),
            (Key::Product, &self.product),
            (Key::Risk, &self.risk),
            (Key::Layer, &self.layer),
        ] {
            for value in values {
                query = query.with(key, value);
            }
        }
        query
    }
}

/// Every snippet that the filters keep, by id.
pub(super) fn list(cx: &mut Context, format: Format, filters: &Filters) -> Result<(), Failure> {
    let library = cx.app()?.library();
    super::report_problems(&library);
    let found = library.search(&mut Search::new(), &filters.on(Query::default()), &[]);
    tell_problems(&found);
    let snippets = found.hits.iter().filter_map(|hit| library.at(hit.at()));
    let rows: Vec<Row<'_>> = snippets.map(|s| Row::of(&library, s, None)).collect();
    print(cx, format, &rows)
}

/// What has all words, the best first.
pub(super) fn search(cx: &mut Context, format: Format, words: &Words) -> Result<(), Failure> {
    let app = cx.app()?;
    let library = app.library();
    let usage = Usage::load(app.paths.usage());
    if let Some(problem) = usage.problem() {
        note(&problem.to_string());
    }
    let query = words.filters.on(Query::parse(&words.words.join(" ")));
    let ranks = usage.ranks(&library, Timestamp::now());
    let found = library.search(&mut Search::new(), &query, &ranks);
    tell_problems(&found);
    for taken in &found.taken {
        note(&taken.to_string());
    }
    if found.hits.is_empty() {
        tell_nothing(&library, &words.words.join("-"), &query, &found);
    }
    let limit = words.limit.map_or(usize::MAX, |limit| limit as usize);
    if found.hits.len() > limit {
        note(&format!("the best {limit} of {}", found.hits.len()));
    }
    let rows: Vec<Row<'_>> = found
        .hits
        .iter()
        .take(limit)
        .filter_map(|hit| Some(Row::of(&library, library.at(hit.at())?, Some(hit.how))))
        .collect();
    print(cx, format, &rows)
}

fn tell_problems(found: &Found) {
    for problem in &found.problems {
        note(&problem.to_string());
    }
}

/// What was tried, and what is near it.
fn tell_nothing(library: &Library, typed: &str, query: &Query, found: &Found) {
    if query.words().is_empty() {
        // A value that nothing has is told already.
        if found.problems.is_empty() {
            note("no snippet is kept by all of these filters");
        }
        return;
    }
    let kept = if query.filters().is_empty() {
        "no snippet"
    } else {
        "no snippet that the filters keep"
    };
    let mut text = format!(
        "{kept} has all of these words: {}.",
        query.words().join(" ")
    );
    if !found.missing.is_empty() {
        let missing = found.missing.join(" ");
        text.push_str(&format!(" None has, and nothing is near: {missing}."));
    }
    let rest = query.clone().without(&found.missing);
    let best = if found.missing.is_empty() || rest.words().is_empty() {
        Vec::new()
    } else {
        library.search(&mut Search::new(), &rest, &[]).hits
    };
    let best: Vec<&str> = best
        .iter()
        .take(3)
        .filter_map(|hit| library.at(hit.at()))
        .map(|snippet| snippet.id.as_str())
        .collect();
    if best.is_empty() {
        let ids = library.iter().map(|s| s.id.as_str());
        text.push_str(&did_you_mean(typed, ids));
    } else {
        text.push_str(&format!(" Without that: {}.", best.join(", ")));
    }
    note(&text);
}

fn print(cx: &mut Context, format: Format, rows: &[Row<'_>]) -> Result<(), Failure> {
    let heading = ["id", "risk", "products", "title"];
    cx.out.list(format, rows, &heading, |row| {
        vec![
            row.id.to_owned(),
            row.risk.word().to_owned(),
            row.products.join(" "),
            match row.layer == Layer::BuiltIn.word() {
                true => row.title.to_owned(),
                false => format!("{} ({})", row.title, row.origin),
            },
        ]
    })
}
