//! `csdeck profile` and `--profile`: one customer's files are not another's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use csdeck::Csdeck;

fn two() -> Csdeck {
    let csdeck = Csdeck::new();
    csdeck
        .run(["profile", "add", "kestrel", "--customer", "Kestrel Ltd"])
        .code(0)
        .silent()
        .says("csdeck --profile kestrel");
    csdeck.run(["profile", "add", "contoso"]).code(0).silent();
    csdeck
}

/// All files below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    found
}

#[test]
fn profiles_are_made_listed_shown_and_removed() {
    let csdeck = Csdeck::new();
    csdeck
        .run(["profile", "list"])
        .code(0)
        .silent()
        .says("profile add");
    let csdeck = two();
    let listed = csdeck
        .run(["profile", "list", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(listed[0]["name"], "contoso");
    assert_eq!(listed[1]["customer"], "Kestrel Ltd");
    csdeck
        .run(["profile", "add", "KESTREL"])
        .code(1)
        .silent()
        .says("already");
    csdeck
        .run(["profile", "add", "a/b"])
        .code(2)
        .silent()
        .says("letters");
    csdeck
        .run(["profile", "add", "nul"])
        .code(2)
        .silent()
        .says("Windows");
    let shown = csdeck
        .run(["profile", "show", "Kestrel", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(shown["customer"], "Kestrel Ltd");
    assert_eq!(
        shown["config"],
        csdeck.config().join("profiles/kestrel").to_str().unwrap()
    );
    csdeck
        .run(["--profile", "contoso", "profile", "show"])
        .code(0)
        .prints("customer  contoso");
    csdeck.run(["profile", "show"]).code(2).silent();

    csdeck
        .run([
            "--profile",
            "kestrel",
            "engagement",
            "set",
            "pool=pool01.kestrel.lan",
        ])
        .code(0);
    csdeck
        .run(["profile", "remove", "kestrel"])
        .code(4)
        .silent()
        .says("engagement.toml")
        .says("--yes-i-typed kestrel");
    csdeck
        .run(["profile", "remove", "kestrel", "--yes-i-typed", "contoso"])
        .code(4)
        .silent();
    csdeck
        .run(["profile", "remove", "kestrel", "--yes-i-typed", "kestrel"])
        .code(0)
        .silent();
    csdeck
        .run(["profile", "remove", "contoso"])
        .code(0)
        .silent();
    assert_eq!(files(&csdeck.config()), BTreeSet::new());
}

#[test]
fn what_one_profile_writes_no_other_sees() {
    let csdeck = two();
    let before = files(&csdeck.path("."));
    let with = |profile: &str, args: &[&str]| {
        let mut all = vec!["--profile", profile];
        all.extend(args);
        csdeck.run(all).code(0)
    };
    for profile in ["kestrel", "contoso"] {
        with(
            profile,
            &[
                "target",
                "add",
                "fe01",
                "--transport",
                "local",
                "--powershell",
                "cat",
            ],
        );
        with(profile, &["engagement", "set", "pool=pool01.kestrel.lan"]);
        with(
            profile,
            &[
                "--lab",
                "run",
                "--target",
                "lab",
                "--snippet",
                "replication/get-status",
            ],
        );
        with(
            profile,
            &["--lab", "run", "--target", "lab", "--", "Get-CsPool"],
        );
    }
    let new: BTreeSet<PathBuf> = files(&csdeck.path("."))
        .difference(&before)
        .cloned()
        .collect();
    let of = |name: &str| -> BTreeSet<&PathBuf> {
        new.iter()
            .filter(|f| f.iter().any(|part| part == name))
            .collect()
    };
    let (kestrel, contoso) = (of("kestrel"), of("contoso"));
    assert!(kestrel.is_disjoint(&contoso));
    assert_eq!(kestrel.len() + contoso.len(), new.len(), "{new:#?}");
    for name in [
        "targets.toml",
        "engagement.toml",
        "journal.jsonl",
        "usage.json",
    ] {
        for set in [&kestrel, &contoso] {
            assert!(
                set.iter().any(|f| f.ends_with(name)),
                "{name} is not in {set:#?}"
            );
        }
    }
    // Without a profile there is the lab alone, and no job.
    let listed = csdeck
        .run(["target", "list", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(listed[0]["name"], "lab");
    csdeck.run(["journal", "list"]).code(0).silent();
    with("kestrel", &["journal", "list"]).prints("Get-CsPool");
}

#[test]
fn a_profile_that_is_not_there_is_told() {
    let csdeck = two();
    for args in [
        vec!["target", "list"],
        vec!["cmdlet", "list"],
        vec!["completions", "bash"],
    ] {
        let mut all = vec!["--profile", "kestral"];
        all.extend(args);
        csdeck
            .run(all)
            .code(2)
            .silent()
            .says("Did you mean kestrel")
            .says("contoso, kestrel")
            .says("csdeck profile add");
    }
    csdeck
        .run(["--profile", "../x", "target", "list"])
        .code(2)
        .silent();
    assert!(!csdeck.config().join("profiles/kestral").exists());
}

#[test]
fn own_snippets_are_seen_from_every_profile_and_other_settings_are_not() {
    let csdeck = two();
    let snippet = |what: &str| format!("<#\n.SYNOPSIS\n{what}\n#>\nGet-CsPool\n");
    csdeck.write("config/snippets/own/mine.ps1", snippet("From the base"));
    csdeck.write("config/snippets/own/both.ps1", snippet("From the base"));
    csdeck.write(
        "config/profiles/kestrel/snippets/own/both.ps1",
        snippet("From the profile"),
    );
    csdeck.write("config/config.toml", "topology = \"/nowhere.xml\"\n");
    let title = |args: &[&str], id: &str| {
        let mut all = args.to_vec();
        all.extend(["snippet", "list", "--format", "json"]);
        let listed = csdeck.run(all).code(0).json();
        let found = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["id"] == id)
            .cloned();
        found.map(|s| s["title"].as_str().unwrap().to_owned())
    };
    let kestrel = ["--profile", "kestrel"];
    assert_eq!(
        title(&kestrel, "own/mine").as_deref(),
        Some("From the base")
    );
    assert_eq!(
        title(&kestrel, "own/both").as_deref(),
        Some("From the profile")
    );
    assert_eq!(
        title(&["--profile", "contoso"], "own/both").as_deref(),
        Some("From the base")
    );
    assert_eq!(title(&[], "own/both").as_deref(), Some("From the base"));
    // Neither a target nor a topology: the lab, although the base has a topology.
    let listed = csdeck
        .run(["--profile", "kestrel", "target", "list", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(listed[0]["name"], "lab");
}
