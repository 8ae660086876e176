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
    csdeck.run(["snippet", "list"]).code(0).says("broken/one");
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
