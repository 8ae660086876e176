//! `csdeck snippet`: the contract of list, search, show, render and lint.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::Csdeck;

const INSTALL: &str = "database/install-cms-database";

#[test]
fn render_prints_exactly_the_text_and_one_newline() {
    let ended = Csdeck::new()
        .run([
            "snippet",
            "render",
            INSTALL,
            "--set",
            "SqlServerFqdn=sql01.kestrel.lan",
            "--set",
            r"DatabasePaths=G:\CSDB",
        ])
        .code(0);
    let text = r"Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01.kestrel.lan' -SqlInstanceName 'rtc' -DatabasePaths 'G:\CSDB'";
    assert_eq!(ended.stdout, format!("{text}\n"));
    assert_eq!(ended.stderr, "");
}

#[test]
fn values_are_verbatim_behind_the_first_equals_sign_and_lists_grow() {
    let set = |more: &[&str]| {
        let mut args = vec!["snippet", "render", INSTALL, "--set", "SqlServerFqdn=a"];
        args.extend(more);
        Csdeck::new().run(args)
    };
    let list = set(&[
        "--set",
        r"databasepaths=D:\a=b",
        "--set",
        r"DatabasePaths= E:\it's ",
    ])
    .code(0);
    assert!(
        list.stdout
            .ends_with("-DatabasePaths 'D:\\a=b',' E:\\it''s '\n"),
        "{}",
        list.stdout
    );
    let empty = set(&["--set", "SqlInstanceName="]).code(0);
    assert_eq!(
        empty.stdout,
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'a'\n"
    );
}

#[test]
fn render_as_json_has_text_risk_and_findings() {
    let clean = [
        "snippet",
        "render",
        INSTALL,
        "--set",
        "SqlServerFqdn=a",
        "--set",
        "Clean=true",
        "--format",
        "json",
    ];
    let document = Csdeck::new().run(clean).code(0).json();
    assert!(document["text"].as_str().unwrap().ends_with(" -Clean"));
    assert_eq!(document["risk"], "destructive");
    assert!(document["findings"].is_array());
}

#[test]
fn wrong_values_are_all_named_and_nothing_is_printed() {
    let ended = Csdeck::new()
        .run([
            "snippet",
            "render",
            INSTALL,
            "--set",
            "Clean=maybe",
            "--set",
            "Nope=1",
        ])
        .code(2)
        .silent();
    for field in ["SqlServerFqdn: ", "Clean: ", "Nope: "] {
        assert!(
            ended.stderr.lines().any(|line| line.starts_with(field)),
            "{field} {}",
            ended.stderr
        );
    }
    Csdeck::new()
        .run(["snippet", "render", INSTALL, "--set", "SqlServerFqdn"])
        .code(2)
        .silent();
    let control = Csdeck::new()
        .run(["snippet", "render", INSTALL, "--set", "SqlServerFqdn=a\nb"])
        .code(2)
        .silent();
    assert!(
        control.stderr.starts_with("SqlServerFqdn: "),
        "{}",
        control.stderr
    );
}

#[test]
fn a_broken_file_is_not_replaced_by_the_snippet_below_it() {
    let csdeck = Csdeck::new();
    let broken = csdeck.config().join("snippets/users/get.ps1");
    std::fs::create_dir_all(broken.parent().unwrap()).unwrap();
    std::fs::write(&broken, "param( 'no end").unwrap();
    for args in [
        &["snippet", "render", "users/get", "--set", "Identity=ada"][..],
        &[
            "run",
            "--lab",
            "--target",
            "lab",
            "--snippet",
            "users/get",
            "--set",
            "Identity=ada",
        ],
    ] {
        let ended = csdeck.run(args).code(1);
        assert_eq!(ended.stdout, "", "{args:?}");
        assert!(
            ended.stderr.contains("is not used instead"),
            "{}",
            ended.stderr
        );
    }
    std::fs::remove_file(&broken).unwrap();
    csdeck
        .run(["snippet", "render", "users/get", "--set", "Identity=ada"])
        .code(0);
}

#[test]
fn an_unknown_id_names_those_that_are_near() {
    Csdeck::new()
        .run(["snippet", "render", "database/instal-cms"])
        .code(2)
        .silent()
        .says(INSTALL);
    Csdeck::new()
        .run(["snippet", "show", "enable-topolgy"])
        .code(2)
        .silent()
        .says("topology/enable-topology");
}

#[test]
fn list_has_the_shape_of_the_contract() {
    let csdeck = Csdeck::new();
    let document = csdeck
        .run(["snippet", "list", "--format", "json"])
        .code(0)
        .json();
    let all = document.as_array().unwrap();
    assert!(all.len() > 10);
    let install = all.iter().find(|s| s["id"] == INSTALL).unwrap();
    assert_eq!(install["group"], "database");
    assert_eq!(install["risk"], "change");
    assert!(
        install["title"].is_string()
            && install["tags"].is_array()
            && install["products"].is_array()
    );
    let lines = csdeck
        .run(["snippet", "list", "--format", "jsonl"])
        .code(0)
        .lines();
    assert_eq!(&lines, all);
    let table = csdeck.run(["snippet", "list"]).code(0);
    assert_eq!(table.stdout.lines().count(), all.len() + 1);
}

#[test]
fn search_wants_every_word() {
    let csdeck = Csdeck::new();
    let found = csdeck
        .run([
            "snippet",
            "search",
            "move",
            "management",
            "--format",
            "json",
        ])
        .code(0)
        .json();
    assert_eq!(found[0]["id"], "cms/move-management-server");
    let none = csdeck
        .run(["snippet", "search", "move", "zzzz", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(none, serde_json::json!([]));
    csdeck.run(["snippet", "search"]).code(2).silent();
}

#[test]
fn search_forgives_slips_and_says_so() {
    let csdeck = Csdeck::new();
    let found = csdeck
        .run([
            "snippet",
            "search",
            "certficate",
            "edge",
            "--format",
            "json",
        ])
        .code(0)
        .says("\"certficate\": taken for certificate");
    assert_eq!(found.json()[0]["id"], "certificates/request-offline");
    assert_eq!(found.json()[0]["match"], "fuzzy");
    for (typed, how) in [
        ("Get-CsUser", "exact"),
        ("getcsuser", "exact"),
        ("csuser", "words"),
    ] {
        let rows = csdeck
            .run(["snippet", "search", typed, "--format", "jsonl"])
            .code(0)
            .lines();
        assert_eq!(rows[0]["match"], how, "{typed}");
    }
    let none = csdeck.run(["snippet", "search", "move", "snooper"]).code(0);
    assert!(none.stdout.is_empty());
    assert!(
        none.stderr.contains("move snooper") && none.stderr.contains("nothing is near: snooper")
    );
    csdeck
        .run(["snippet", "search", "tset", "computr", "zz"])
        .code(0)
        .says("Without that: tests/computer");
    csdeck
        .run(["snippet", "search", "database/instal-cms"])
        .code(0)
        .says("Did you mean database/install-cms-database");
}

#[test]
fn filters_of_list_and_search() {
    let csdeck = Csdeck::new();
    csdeck.write(
        "config/snippets/database/mine.ps1",
        "<#\n.SYNOPSIS\nMine\n.FUNCTIONALITY\nown things, sql\n#>\nparam()\nGet-CsPool\n",
    );
    let ids = |args: &[&str]| -> Vec<String> {
        let rows = csdeck
            .run([&["--format", "jsonl"], args].concat())
            .code(0)
            .lines();
        rows.iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let destructive = ids(&[
        "snippet",
        "list",
        "--group",
        "database",
        "--risk",
        "destructive",
    ]);
    assert!(destructive.contains(&"database/uninstall-cms-database".to_owned()));
    assert!(destructive.iter().all(|id| id.starts_with("database/")));
    assert_eq!(
        ids(&["snippet", "list", "--tag", "own things"]),
        ["database/mine"]
    );
    assert_eq!(
        ids(&["snippet", "list", "--layer", "own"]),
        ["database/mine"]
    );
    assert_eq!(
        ids(&["snippet", "search", "mine", "--tag", "sql", "--tag", "edge"]),
        ["database/mine"]
    );
    assert_eq!(
        ids(&["snippet", "search", "layer:own", "pool"]),
        ["database/mine"]
    );
    assert_eq!(
        ids(&["snippet", "search", "--product", "lync2010", "--limit", "2"]).len(),
        2
    );
    let without = ids(&["snippet", "search", "certificate", "--", "-tag:exchange"]);
    assert!(!without.is_empty() && without.iter().all(|id| !id.starts_with("exchange/")));
    // Of values that come from the snippets none is wrong; it is told that nothing has it.
    for command in ["list", "search"] {
        csdeck
            .run(["snippet", command, "--tag", "databse", "--format", "json"])
            .code(0)
            .says("no snippet has tag:databse. Did you mean tag:database");
    }
    csdeck
        .run(["snippet", "list", "--risk", "some"])
        .code(2)
        .silent();
    csdeck
        .run(["snippet", "search", "x", "--limit", "0"])
        .code(2)
        .silent();
}

#[test]
fn what_was_run_comes_first_among_equals() {
    let csdeck = Csdeck::new();
    let first = || {
        let rows = csdeck
            .run(["snippet", "search", "clslogging", "--format", "json"])
            .code(0)
            .json();
        rows[0]["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(first(), "logging/search");
    // Rendering is no use; a run is, whatever comes of it.
    csdeck.run(["snippet", "render", "logging/stop"]);
    assert_eq!(first(), "logging/search");
    assert!(!csdeck.data().join("usage.json").exists());
    csdeck.run([
        "run",
        "--target",
        "lab",
        "--snippet",
        "logging/stop",
        "--set",
        "Scenario=AlwaysOn",
        "--yes",
    ]);
    let kept = std::fs::read_to_string(csdeck.data().join("usage.json")).unwrap();
    assert!(kept.contains("logging/stop"), "{kept}");
    assert_eq!(first(), "logging/stop");
    // What cannot be read is told and starts anew.
    csdeck.write("data/usage.json", "{");
    csdeck
        .run(["snippet", "search", "clslogging"])
        .code(0)
        .says("usage.json");
    assert_eq!(first(), "logging/search");
}

#[test]
fn show_tells_everything_about_a_snippet() {
    let shown = Csdeck::new()
        .run(["snippet", "show", INSTALL])
        .code(0)
        .stdout;
    for words in [
        "SqlServerFqdn: text, required",
        "default rtc",
        "only in Paths",
        "runs on",
        "gates",
        "built in",
        "mode      command",
        "Install-CsDatabase",
    ] {
        assert!(shown.contains(words), "{words}");
    }
    let document = Csdeck::new()
        .run(["--format", "json", "snippet", "show", INSTALL])
        .code(0)
        .json();
    assert_eq!(document["fields"][0]["name"], "SqlServerFqdn");
    assert_eq!(document["fields"][0]["required"], true);
}

#[test]
fn own_snippets_win_over_built_in_ones_and_say_so() {
    let csdeck = Csdeck::new();
    csdeck.write(
        "config/snippets/topology/enable-topology.ps1",
        "<#\n.SYNOPSIS\nMine\n#>\nparam()\nGet-CsPool\n",
    );
    csdeck.write("config/snippets/broken/one.ps1", "Get-X (\n");
    assert_eq!(
        csdeck
            .run(["snippet", "render", "topology/enable-topology"])
            .code(0)
            .stdout,
        "Get-CsPool\n"
    );
    assert!(
        csdeck
            .run(["snippet", "show", "topology/enable-topology"])
            .code(0)
            .stdout
            .contains("own, in place of built in")
    );
    let list = csdeck.run(["snippet", "list"]).code(0);
    let row = "Mine (own, in place of built in)";
    assert!(list.stdout.contains(row), "{}", list.stdout);
    list.says("broken/one");
    let found = csdeck
        .run(["snippet", "search", "enable-topology", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(found[0]["origin"], "own, in place of built in");
    csdeck
        .run(["snippet", "render", "broken/one"])
        .code(1)
        .silent();
}

#[test]
fn lint_finds_nothing_in_what_is_shipped_and_problems_elsewhere() {
    let csdeck = Csdeck::new();
    assert_eq!(
        csdeck
            .run(["snippet", "lint", "--format", "json"])
            .code(0)
            .json(),
        serde_json::json!({ "findings": [] })
    );
    let file = csdeck.write("x.ps1", "param([string]$A)\nGet-CsPool -Identity $A\n");
    let found = csdeck
        .run([
            "snippet",
            "lint",
            file.to_str().unwrap(),
            "--format",
            "json",
        ])
        .code(3)
        .json();
    let finding = &found["findings"][0];
    assert!(
        finding["line"].is_u64()
            && finding["column"].is_u64()
            && finding["rule"].is_string()
            && finding["message"].is_string()
    );
    assert_eq!(finding["severity"], "warning");
    let broken = csdeck.write("y.ps1", "Get-X (\n");
    let found = csdeck
        .run(["snippet", "lint", broken.to_str().unwrap()])
        .code(3);
    assert!(found.stdout.contains("error"), "{}", found.stdout);
    csdeck.run(["snippet", "lint", INSTALL]).code(0).silent();
    csdeck.run(["snippet", "lint", "no/such"]).code(2).silent();
}

#[test]
fn what_is_rendered_passes_the_check_of_a_script() {
    // Each filled in with its own example, by the commands that anybody would use.
    let csdeck = Csdeck::new();
    let list = csdeck
        .run(["snippet", "list", "--group", "database", "--format", "json"])
        .code(0)
        .json();
    let mut seen = 0;
    for row in list.as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        let table = csdeck.run(["snippet", "rows", id, "--example"]).stdout;
        // Without fields, or with an example that gives none, there is no row.
        let row = table.lines().nth(1).unwrap_or("").trim_matches([',', '"']);
        let text = if !row.is_empty() {
            let file = csdeck.write("table.csv", &table);
            csdeck.run(["snippet", "render", id, "--rows", file.to_str().unwrap()])
        } else {
            csdeck.run(["snippet", "render", id])
        };
        let text = text.code(0).stdout;
        let script = csdeck.write("script.ps1", &text);
        csdeck
            .run(["cmdlet", "check", script.to_str().unwrap()])
            .code(0)
            .silent();
        seen += 1;
    }
    assert!(seen >= 15, "{seen}");
}

#[test]
fn text_of_a_snippet_cannot_act_on_the_terminal() {
    let csdeck = Csdeck::new();
    let bad = "<#\n.SYNOPSIS\nTitle \u{1b}[31m red \u{202e} \u{9b}2J\n#>\nparam()\nGet-CsPool\n";
    csdeck.write("config/snippets/x/bad.ps1", bad);
    for args in [
        &["snippet", "list"][..],
        &["snippet", "show", "x/bad"],
        &["snippet", "list", "--format", "json"],
        &["snippet", "show", "x/bad", "--format", "jsonl"],
    ] {
        let text = csdeck.run(args).code(0).stdout;
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{args:?}");
    }
    let document = csdeck
        .run(["snippet", "list", "--format", "json"])
        .code(0)
        .json();
    let row = document
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["id"] == "x/bad")
        .unwrap();
    assert_eq!(row["title"], "Title \u{1b}[31m red \u{202e} \u{9b}2J");
}
