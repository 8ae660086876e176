//! `csdeck engagement`: the variables of an engagement.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::Csdeck;

#[test]
fn variables_are_set_listed_and_taken_away() {
    let deck = Csdeck::new();
    assert_eq!(
        deck.run(["engagement", "list", "--format", "json"])
            .code(0)
            .stdout
            .trim(),
        "[]"
    );
    deck.run(["engagement", "set", "pool=p01.kestrel.lan", "Customer=a=b"])
        .code(0);
    let listed = deck.run(["engagement", "list"]).code(0).stdout;
    assert!(
        listed.contains("p01.kestrel.lan") && listed.contains("a=b"),
        "{listed}"
    );
    deck.run(["engagement", "unset", "CUSTOMER"]).code(0);
    deck.run(["engagement", "unset", "nothing"])
        .code(2)
        .says("nothing");
    deck.run(["engagement", "set", "sql-server=sql01\\rtc"])
        .code(0)
        .says("field of its own");
    deck.run(["engagement", "set", "pol=x"])
        .code(0)
        .says("stands for no field");
    deck.run(["engagement", "unset", "sql-server", "pol"])
        .code(0);
    let listed = deck
        .run(["engagement", "list", "--format", "json"])
        .code(0)
        .stdout;
    assert!(
        listed.contains("pool") && !listed.contains("ustomer"),
        "{listed}"
    );
}

#[test]
fn commands_use_variables_only_when_told_to() {
    let deck = Csdeck::new();
    deck.run(["engagement", "set", "sql-server=sql9.kestrel.lan"])
        .code(0);
    let render = ["snippet", "render", "database/install-cms-database"];
    let ended = deck.run(render).code(2);
    assert!(ended.stderr.contains("SqlServerFqdn") && ended.stdout.is_empty());
    let ended = deck
        .run(render.iter().copied().chain(["--engagement"]))
        .code(0);
    assert!(
        ended.stdout.contains("-SqlServerFqdn 'sql9.kestrel.lan'"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stderr.contains("from the engagement's sql-server"),
        "{}",
        ended.stderr
    );
    // What is given wins.
    let given = ["--engagement", "--set", "SqlServerFqdn=sql1.kestrel.lan"];
    let ended = deck.run(render.iter().copied().chain(given)).code(0);
    assert!(
        ended.stdout.contains("'sql1.kestrel.lan'"),
        "{}",
        ended.stdout
    );
    let ended = deck.run([
        "run",
        "--lab",
        "--target",
        "lab",
        "--snippet",
        "database/install-cms-database",
        "--engagement",
        "--yes-i-typed",
        "lab",
    ]);
    assert!(
        ended.stderr.contains("sql9.kestrel.lan"),
        "{}",
        ended.stderr
    );
}

#[test]
fn secrets_and_nonsense_are_refused_and_change_nothing() {
    let deck = Csdeck::new();
    for (pair, word) in [
        ("ca-password=x", "secret"),
        ("a b=x", "name"),
        ("pool=a\nb", "line feed"),
        ("pool", "NAME=VALUE"),
    ] {
        let ended = deck.run(["engagement", "set", pair]).code(2);
        assert!(ended.stderr.contains(word), "{pair:?}: {}", ended.stderr);
    }
    assert_eq!(
        deck.run(["engagement", "list", "--format", "json"])
            .code(0)
            .stdout
            .trim(),
        "[]"
    );
}
