//! Filters, and how a query is taken apart.

use super::*;

fn made() -> Vec<Made> {
    let mut made = vec![
        Made::new("cms/move", "Move the store")
            .tags(&["cms", "move"])
            .products(&["L2013", "S2015", "S2019"]),
        Made::new("cms/old/export", "Export")
            .tags(&["cms", "backup"])
            .products(&["L2010"]),
        Made::new("users/move", "Move a user")
            .tags(&["users", "dial plan"])
            .products(&["S2015", "E2019"]),
        Made::new("top", "No folder"),
    ];
    made[0].risk = Risk::Destructive;
    made[2].risk = Risk::Change;
    made[3].layer = Layer::Own("own".into());
    made
}

#[test]
fn what_filters_keep() {
    let made = made();
    let index = index(&made);
    for (query, ids_wanted) in [
        ("tag:cms", "cms/move cms/old/export"),
        ("TAG:Cms", "cms/move cms/old/export"),
        ("tags:cms tags:users", "cms/move cms/old/export users/move"),
        ("tag:cms -tag:backup", "cms/move"),
        ("-tag:cms", "users/move top"),
        ("tag:\"dial plan\"", "users/move"),
        ("tag:dial-plan", "users/move"),
        ("tag:\"dial pl", "users/move"),
        ("tag:mo", "cms/move"),
        ("group:cms", "cms/move cms/old/export"),
        ("group:cms/old", "cms/old/export"),
        ("-group:cms", "users/move top"),
        ("product:S2015", "cms/move users/move"),
        ("product:2015", "cms/move users/move"),
        ("product:sfb2019", "cms/move"),
        ("product:lync2013", "cms/move"),
        ("product:\"Lync 2010\"", "cms/old/export"),
        ("product:2019", "cms/move"),
        ("product:exchange2019", "users/move"),
        ("product:l2010 product:e2019", "cms/old/export users/move"),
        ("risk:destructive", "cms/move"),
        ("risk:read risk:change", "cms/old/export users/move top"),
        ("-risk:read", "cms/move users/move"),
        ("layer:own", "top"),
        ("layer:built-in", "cms/move cms/old/export users/move"),
        ("layer:builtin group:users", "users/move"),
        // No snippet of a team is there, which is no fault of the query.
        ("layer:team", ""),
        ("product:2015 move tag:users", "users/move"),
        ("product:2010 move", ""),
        // Not filters: words that nothing has.
        ("tagged:cms", ""),
        ("C:\\CSDB", ""),
    ] {
        let found = find(&index, query);
        let mut got = ids(&made, &found);
        let mut wanted: Vec<&str> = ids_wanted.split_whitespace().collect();
        got.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(got, wanted, "{query}");
        assert_eq!(found.problems, [], "{query}");
    }
}

#[test]
fn an_unknown_value_is_told_with_what_is_near() {
    let made = made();
    let index = index(&made);
    let told = |query: &str| -> String {
        let found = find(&index, query);
        let problems = found.problems.iter().map(ToString::to_string);
        problems.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(find(&index, "tag:cmz").hits, []);
    assert_eq!(
        told("tag:cmz"),
        "no snippet has tag:cmz. Did you mean tag:cms?"
    );
    assert_eq!(
        told("tag:dialplam"),
        "no snippet has tag:dialplam. Did you mean tag:\"dial plan\"?"
    );
    assert_eq!(
        told("risk:x"),
        "no snippet has risk:x. There is risk:read, risk:change, risk:destructive"
    );
    assert!(told("product:x9").contains("product:L2010"));
    // One alternative is unknown, the other is there.
    assert_eq!(find(&index, "tag:users tag:zzzz").hits.len(), 1);
    assert!(told("tag:users tag:zzzz").contains("tag:zzzz"));
    // Nothing has it, so nothing is excluded.
    assert_eq!(find(&index, "-tag:zzzz").hits.len(), made.len());
    assert_eq!(
        told("move tag:"),
        "tag: wants a value, for instance tag:database"
    );
    assert_eq!(find(&index, "move tag:").hits.len(), 2);
}

#[test]
fn queries_are_taken_apart() {
    let query = Query::parse("  Move \"Pool-Users\" tag:a -risk:read move group:\"a b\"x -Clean ");
    assert_eq!(query.words(), ["move", "poolusers", "x", "clean"]);
    let filters: Vec<(Key, &str, bool)> = query
        .filters()
        .iter()
        .map(|f| (f.key, f.value.as_str(), f.negated))
        .collect();
    assert_eq!(
        filters,
        [
            (Key::Tag, "a", false),
            (Key::Risk, "read", true),
            (Key::Group, "a b", false)
        ]
    );
    assert!(Query::parse(" \t- -- \"\"").is_empty());
    assert_eq!(
        Query::default().with(Key::Tag, "a").filters(),
        Query::parse("tag:a").filters()
    );
}

#[test]
fn a_query_does_not_grow_without_bound() {
    let words: String = (0..100).map(|n| format!("word{n} tag:t{n} ")).collect();
    let query = Query::parse(&words);
    assert_eq!(query.words().len(), Query::MAX_WORDS);
    assert_eq!(query.filters().len(), Query::MAX_FILTERS);
    assert_eq!(
        query.problems(),
        [Problem::TooManyWords, Problem::TooManyFilters]
    );
    let long = "x".repeat(100_000);
    assert!(Query::parse(&long).words()[0].len() <= 256);
    assert_eq!(find(&index(&made()), &words).hits, []);
}
