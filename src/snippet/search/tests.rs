//! What is typed and what comes first, over the built-in library; and what holds for every query.

mod built_in;
mod filters;
mod properties;

use super::*;
use crate::cmdlet::Risk;
use crate::snippet::Layer;

/// A snippet made up for a test.
struct Made {
    id: String,
    title: String,
    commands: Vec<String>,
    tags: Vec<String>,
    products: Vec<String>,
    body: String,
    risk: Risk,
    layer: Layer,
}

impl Made {
    fn new(id: &str, title: &str) -> Made {
        Made {
            id: id.to_owned(),
            title: title.to_owned(),
            commands: Vec::new(),
            tags: Vec::new(),
            products: Vec::new(),
            body: String::new(),
            risk: Risk::Read,
            layer: Layer::BuiltIn,
        }
    }

    fn tags(mut self, tags: &[&str]) -> Made {
        self.tags = tags.iter().map(|t| (*t).to_owned()).collect();
        self
    }

    fn products(mut self, products: &[&str]) -> Made {
        self.products = products.iter().map(|p| (*p).to_owned()).collect();
        self
    }

    fn commands(mut self, commands: &[&str]) -> Made {
        self.commands = commands.iter().map(|c| (*c).to_owned()).collect();
        self
    }

    fn body(mut self, body: &str) -> Made {
        body.clone_into(&mut self.body);
        self
    }
}

fn index(made: &[Made]) -> Index {
    Index::new(made.iter().map(|m| Entry {
        id: &m.id,
        title: &m.title,
        commands: &m.commands,
        tags: &m.tags,
        products: &m.products,
        description: "",
        body: &m.body,
        risk: m.risk,
        layer: &m.layer,
    }))
}

fn find(index: &Index, query: &str) -> Found {
    Search::new().run(index, &Query::parse(query), &[])
}

fn ids<'a>(made: &'a [Made], found: &Found) -> Vec<&'a str> {
    let hits = found.hits.iter();
    hits.map(|hit| made[hit.at()].id.as_str()).collect()
}

#[test]
fn names_before_tags_before_texts_and_whole_words_before_parts() {
    let made = [
        Made::new("a/text", "One").body("# the drain of a pool"),
        Made::new("b/tag", "Two").tags(&["drain"]),
        Made::new("c/inside", "Undrained"),
        Made::new("d/begins", "Drained"),
        Made::new("e/title", "Drain a pool"),
        Made::new("f/drain", "Three"),
        Made::new("g/command", "Four").commands(&["Drain"]),
    ];
    let found = find(&index(&made), "DRAIN");
    assert_eq!(
        ids(&made, &found),
        [
            "g/command",
            "f/drain",
            "e/title",
            "d/begins",
            "b/tag",
            "c/inside",
            "a/text"
        ]
    );
    assert_eq!(found.hits[0].how, How::Exact);
    assert!(found.hits[1..].iter().all(|hit| hit.how == How::Words));
}

#[test]
fn use_decides_between_equals_and_then_the_id() {
    let made = ["a/x", "b/x", "c/x"].map(|id| Made::new(id, "Same"));
    let index = index(&made);
    let search = |ranks: &[u16]| {
        let found = Search::new().run(&index, &Query::parse("same"), ranks);
        ids(&made, &found).join(" ")
    };
    assert_eq!(search(&[]), "a/x b/x c/x");
    assert_eq!(search(&[0, 1, u16::MAX]), "c/x b/x a/x");
    assert_eq!(search(&[0, 0, 7]), "c/x a/x b/x");
    // Without words there is nothing to rank: the list stays in its order.
    let all = Search::new().run(&index, &Query::parse(""), &[0, 1, 2]);
    assert_eq!(ids(&made, &all), ["a/x", "b/x", "c/x"]);
}

#[test]
fn a_search_forgets_what_belongs_to_another_index() {
    let (first, second) = (
        [Made::new("a/pool", "Pool")],
        [Made::new("b/none", "None"), Made::new("c/pool", "Pool")],
    );
    let (one, two) = (index(&first), index(&second));
    let mut search = Search::new();
    let query = Query::parse("pool");
    assert_eq!(ids(&first, &search.run(&one, &query, &[])), ["a/pool"]);
    assert_eq!(ids(&second, &search.run(&two, &query, &[])), ["c/pool"]);
    assert_eq!(find(&index(&[]), "pool tag:x").hits, []);
}

#[test]
fn guesses_stand_behind_words_and_are_told() {
    let made = [
        Made::new("a/body", "One").body("certficate of old"),
        Made::new("b/certificates", "Certificates"),
        Made::new("c/other", "Two").body("# certificate"),
    ];
    let found = find(&index(&made), "certficate");
    assert_eq!(ids(&made, &found), ["a/body", "b/certificates"]);
    assert_eq!(found.hits[0].how, How::Words);
    assert_eq!(found.hits[1].how, How::Fuzzy);
    assert_eq!(found.taken.len(), 1);
    assert_eq!(found.taken[0].meant, ["certificates"]);
    assert_eq!(found.missing, [""; 0]);
    let found = find(&index(&made), "certficate zzzz");
    assert_eq!((found.hits.len(), found.taken.len()), (0, 0));
    assert_eq!(found.missing, ["zzzz"]);
}

#[test]
fn a_word_that_a_name_begins_with_is_right() {
    let made = [
        Made::new("a/stage", "Stage"),
        Made::new("b/state", "State of the pool"),
    ];
    let found = find(&index(&made), "stage");
    assert_eq!(ids(&made, &found), ["a/stage"]);
    assert!(found.taken.is_empty());
}

#[test]
fn what_matched_is_marked() {
    let needles = |query: &str| Query::parse(query).words().to_vec();
    let marked = |text: &str, query: &str| -> Vec<String> {
        let ranges = marks(text, &needles(query));
        ranges.into_iter().map(|r| text[r].to_owned()).collect()
    };
    assert_eq!(marked("Get-CsUser", "csuser"), ["CsUser"]);
    assert_eq!(marked("Get-CsUser | x", "getcs user"), ["Get-CsUser"]);
    assert_eq!(
        marked("database/install-cms-database", "database cmsd"),
        ["database", "cms-database"]
    );
    assert_eq!(marked("Grüße, GRÜSSE", "grü"), ["Grü", "GRÜ"]);
    assert!(marked("pool", "users").is_empty());
    assert!(marks("", &[String::new()]).is_empty());
}

#[test]
fn dashes_of_every_kind_and_case_do_not_count() {
    let made = [Made::new("users/get", "Users").commands(&["Get-CsUser"])];
    let index = index(&made);
    for query in [
        "Get-CsUser",
        "getcsuser",
        "GET–CSUSER",
        "get-cs-user",
        "-GetCsUser-",
    ] {
        let found = find(&index, query);
        assert_eq!(found.hits.len(), 1, "{query}");
        assert_eq!(found.hits[0].how, How::Exact, "{query}");
    }
    assert_eq!(find(&index, "-").hits.len(), 1);
    assert_eq!(find(&index, "cs-user").hits[0].how, How::Words);
}

#[test]
fn a_large_library_is_searched_like_a_small_one() {
    let made: Vec<Made> = (0..9000)
        .map(|n| {
            let id = format!("pools/pool-{n:04}");
            let letters = "o q r s t u v w x y z o1 o2 o3 o4 o5 o6 o7 o8 o9 oa ob oc od oe";
            let made = Made::new(&id, &format!("Pool {n} {letters}"));
            if n % 3 == 0 {
                made.body("drain it")
            } else {
                made
            }
        })
        .collect();
    let index = index(&made);
    let all = find(&index, "o");
    assert_eq!(all.hits.len(), made.len());
    let mut places: Vec<usize> = all.hits.iter().map(|hit| hit.at()).collect();
    places.sort_unstable();
    assert!(places.iter().copied().eq(0..made.len()));
    for n in [0, 4499, 4500, 8999] {
        let found = find(&index, &format!("pool-{n:04}"));
        assert_eq!(ids(&made, &found), [format!("pools/pool-{n:04}")]);
    }
    assert_eq!(find(&index, "drain").hits.len(), 3000);
    assert_eq!(find(&index, "drain o1").hits.len(), 3000);
}
