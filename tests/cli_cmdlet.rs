//! `csdeck cmdlet`: the contract of list, show, check and form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::Csdeck;
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn list_finds_by_words_and_by_product() {
    let all = Csdeck::new()
        .run(["cmdlet", "list", "--format", "json"])
        .code(0);
    assert_eq!(json(&all.stdout).as_array().expect("a list").len(), 948);
    let some = Csdeck::new()
        .run([
            "cmdlet",
            "list",
            "voice",
            "route",
            "--product",
            "l2010",
            "--format",
            "json",
        ])
        .code(0);
    let names: Vec<String> = json(&some.stdout)
        .as_array()
        .expect("a list")
        .iter()
        .map(|r| r["name"].as_str().expect("a name").to_owned())
        .collect();
    assert!(names.contains(&"New-CsVoiceRoute".to_owned()), "{names:?}");
    let none = Csdeck::new().run(["cmdlet", "list", "zzz"]).code(0);
    assert_eq!(none.stdout, "");
    assert!(none.stderr.contains("no cmdlet"));
    Csdeck::new()
        .run(["cmdlet", "list", "--product", "S2012"])
        .code(2);
}

#[test]
fn show_says_everything_and_names_the_near_ones() {
    let ended = Csdeck::new()
        .run([
            "cmdlet",
            "show",
            "move-csmanagementserver",
            "--format",
            "json",
        ])
        .code(0);
    let document = json(&ended.stdout);
    assert_eq!(document["name"], "Move-CsManagementServer");
    assert_eq!(document["runsOn"], "local-console");
    assert_eq!(document["effect"], "destructive");
    assert_eq!(document["whatIf"], true);
    let text = Csdeck::new()
        .run(["cmdlet", "show", "Install-CsDatabase"])
        .code(0);
    for part in [
        "Parameter set ByCMS",
        "-WhatIf: yes",
        "L2010 L2013 S2015 S2019",
    ] {
        assert!(text.stdout.contains(part), "{part}");
    }
    let one = Csdeck::new()
        .run(["cmdlet", "show", "Install-CsDatabase", "databasetype"])
        .code(0);
    assert!(one.stdout.contains("Monitoring") && !one.stdout.contains("ByCMS"));
    let wrong = Csdeck::new()
        .run(["cmdlet", "show", "Instal-CsDatabase"])
        .code(2);
    assert_eq!(wrong.stdout, "");
    assert!(
        wrong.stderr.contains("Install-CsDatabase"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn check_has_places_and_exit_codes() {
    let check = |text: &str, more: &[&str]| {
        let mut args = vec!["cmdlet", "check", "-"];
        args.extend(more);
        Csdeck::new().feed(args, text)
    };
    let fine = check("Get-CsPool\nRestart-Service REPLICA\n", &[]).code(0);
    assert_eq!((fine.stdout.as_str(), fine.stderr.as_str()), ("", ""));
    let slip = check("Get-CsPool\nGet-CsPool -Identty a\n", &[]).code(3);
    assert!(
        slip.stdout
            .starts_with("-:2:12: error: Get-CsPool has no parameter -Identty."),
        "{}",
        slip.stdout
    );
    let document = json(&check("Get-CsPol", &["--format", "json"]).code(3).stdout);
    assert_eq!(document["findings"][0]["rule"], "unknown-cmdlet");
    assert_eq!(document["findings"][0]["line"], 1);
    assert_eq!(document["findings"][0]["severity"], "error");
    // A warning alone is no failure; a text that is not PowerShell is one.
    let warning = check("Get-Frobnication", &[]).code(0);
    assert!(warning.stdout.contains("warning"), "{}", warning.stdout);
    let broken = check("Get-CsPool 'a", &[]).code(3);
    assert!(
        broken.stdout.starts_with("-:1:12: error:"),
        "{}",
        broken.stdout
    );
    // Misread by our own grammar, perhaps: said, and no failure.
    let misread = check("$x.foreach; $x.end", &[]).code(0);
    assert!(
        misread.stdout.contains("not-readable"),
        "{}",
        misread.stdout
    );
    let product = check("Get-CsPoolFabricState", &["--product", "L2010"]).code(3);
    assert!(product.stdout.contains("not-in-product"));
}

#[test]
fn check_reads_files_and_accepts_every_shipped_snippet() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("snippets");
    let mut files = 0;
    for group in std::fs::read_dir(folder).expect("reads") {
        for file in std::fs::read_dir(group.expect("reads").path()).expect("reads") {
            let path = file.expect("reads").path();
            let path = path.to_str().expect("a path");
            let ended = Csdeck::new().run(["cmdlet", "check", path]).code(0);
            assert_eq!(ended.stdout, "", "{path}");
            files += 1;
        }
    }
    assert!(files >= 18, "{files}");
    Csdeck::new()
        .run(["cmdlet", "check", "no-such.ps1"])
        .code(1);
}

#[test]
fn form_prints_a_snippet_that_works() {
    let deck = Csdeck::new();
    let form = deck
        .run([
            "cmdlet",
            "form",
            "Install-CsDatabase",
            "--parameter-set",
            "byconfigured",
        ])
        .code(0);
    deck.write("config/snippets/mine/install.ps1", &form.stdout);
    let rendered = deck
        .run([
            "snippet",
            "render",
            "mine/install",
            "--set",
            "SqlServerFqdn=sql01",
        ])
        .code(0);
    assert_eq!(
        rendered.stdout,
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn 'sql01'\n"
    );
    deck.run(["snippet", "lint", "mine/install"]).code(0);
    let wrong = deck
        .run([
            "cmdlet",
            "form",
            "Install-CsDatabase",
            "--parameter-set",
            "x",
        ])
        .code(2);
    assert!(wrong.stderr.contains("ByCMS"), "{}", wrong.stderr);
}

#[test]
fn rendered_text_carries_what_the_reference_has_against_it() {
    let deck = Csdeck::new();
    deck.write(
        "config/snippets/mine/slip.ps1",
        "param([string]$Type = 'Monitring')\nInstall-CsDatabase -DatabaseType $Type -SqlServerFqdn a",
    );
    let ended = deck
        .run(["snippet", "render", "mine/slip", "--format", "json"])
        .code(0);
    let document = json(&ended.stdout);
    assert_eq!(document["findings"][0]["rule"], "unknown-value");
    assert_eq!(document["risk"], "change");
}
