//! What goes for every command: usage, global options, pipes, completions, the manual page; and
//! `csdeck topology`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::{Csdeck, fixture};
use serde_json::Value;

#[test]
fn both_documents_of_one_deployment_show_the_same() {
    let csdeck = Csdeck::new();
    let show = |name: &str| {
        csdeck
            .run(["topology", "show", &fixture(name), "--format", "json"])
            .code(0)
            .json()
    };
    let (published, builder) = (
        show("topology/topology.xml"),
        show("topology/topology.tbxml"),
    );
    for key in [
        "sites",
        "pools",
        "services",
        "sqlInstances",
        "fileStores",
        "trunks",
        "sipDomains",
    ] {
        assert!(published[key].is_array(), "{key}");
    }
    // Everything that both containers hold; keys that the contract does not have may differ.
    let shape = |t: &Value| {
        let of = |list: &str, keys: &[&str]| -> Vec<Vec<String>> {
            let rows = t[list].as_array().unwrap().iter();
            let mut rows: Vec<Vec<String>> = rows
                .map(|row| keys.iter().map(|k| row[*k].to_string()).collect())
                .collect();
            rows.sort();
            rows
        };
        (
            of("sites", &["id", "name", "kind"]),
            of("pools", &["fqdn", "site", "roles"]),
            of("services", &["role", "pool", "site"]),
            of("sqlInstances", &["fqdn", "name"]),
            of("fileStores", &["unc"]),
            t["sipDomains"].clone(),
        )
    };
    assert_eq!(shape(&published), shape(&builder));
    let tree = csdeck
        .run(["topology", "show", &fixture("topology/topology.xml")])
        .code(0)
        .stdout;
    assert!(
        tree.starts_with("Singapore") && tree.contains("sgfe01.kestrel.lan"),
        "{tree}"
    );
    assert_eq!(
        csdeck
            .run([
                "topology",
                "show",
                &fixture("topology/topology.xml"),
                "--format",
                "tree"
            ])
            .code(0)
            .stdout,
        tree
    );
    let piped = csdeck
        .feed(
            ["topology", "show", "-"],
            std::fs::read(fixture("topology/topology.xml")).unwrap(),
        )
        .code(0);
    assert_eq!(piped.stdout, tree);
}

#[test]
fn unreadable_topologies_say_where() {
    let csdeck = Csdeck::new();
    let file = csdeck.write("x.xml", "<Topology>\n  <a></b>\n</Topology>");
    csdeck
        .run(["topology", "show", file.to_str().unwrap()])
        .code(1)
        .silent()
        .says("line 2, column");
    csdeck
        .run(["topology", "show", "/no/such.xml"])
        .code(1)
        .silent()
        .says("/no/such.xml");
    csdeck.run(["topology", "show"]).code(2).silent();
}

#[test]
fn usage_errors_are_2_and_help_is_0() {
    let csdeck = Csdeck::new();
    for args in [
        &["nonsense"][..],
        &["snippet"],
        &["--format", "xml", "snippet", "list"],
        &["snippet", "list", "--format", "tree"],
        &["watch", "--profile", "x"],
        &[],
    ] {
        let ended = csdeck.run(args).code(2).silent();
        assert!(!ended.stderr.is_empty(), "{args:?}");
    }
    let help = csdeck.run(["--help"]).code(0);
    for command in [
        "snippet",
        "run",
        "watch",
        "topology",
        "target",
        "credential",
        "journal",
        "lab",
        "completions",
        "man",
    ] {
        assert!(help.stdout.contains(command), "{command}");
    }
    assert!(
        csdeck
            .run(["--version"])
            .code(0)
            .stdout
            .starts_with("csdeck ")
    );
}

#[test]
fn global_options_stand_in_front_and_behind() {
    let csdeck = Csdeck::new();
    let elsewhere = csdeck.path("elsewhere");
    let other = elsewhere.to_str().unwrap();
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "local",
            "--config",
            other,
        ])
        .code(0);
    assert!(
        elsewhere.join("targets.toml").is_file() && !csdeck.config().join("targets.toml").exists()
    );
    for args in [
        ["--config", other, "--format", "json", "target", "list"],
        ["target", "list", "--format", "json", "--config", other],
    ] {
        assert_eq!(csdeck.run(args).code(0).json()[0]["name"], "fe01");
    }
    let lab = csdeck
        .run([
            "target",
            "list",
            "--lab",
            "--no-color",
            "--config",
            other,
            "--format",
            "json",
        ])
        .code(0);
    assert_eq!(lab.json()[0]["name"], "lab");
}

#[test]
fn no_colours_where_there_is_no_terminal() {
    let csdeck = Csdeck::new();
    for args in [
        &["nonsense"][..],
        &["--help"],
        &["snippet", "list"],
        &["--no-color", "nonsense"],
    ] {
        let ended = csdeck.run(args);
        assert!(
            !ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'),
            "{args:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let csdeck = Csdeck::new();
    for args in [
        &["man"][..],
        &["snippet", "list", "--format", "json"],
        &[
            "topology",
            "show",
            &fixture("topology/topology.xml"),
            "--format",
            "json",
        ],
    ] {
        let mut child = csdeck.command(args).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let csdeck = Csdeck::new();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ended = csdeck
        .command(["snippet", "list"])
        .stdout(full)
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("standard output"));
}

#[test]
fn completions_and_the_manual_page() {
    let csdeck = Csdeck::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            csdeck
                .run(["completions", shell])
                .code(0)
                .stdout
                .contains("csdeck"),
            "{shell}"
        );
    }
    csdeck.run(["completions", "cmd"]).code(2).silent();
    let page = csdeck.run(["man"]).code(0).stdout;
    for words in [
        ".TH csdeck 1",
        ".SH \"CSDECK SNIPPET RENDER\"",
        ".SH \"CSDECK RUN\"",
        "yes\\-i\\-typed",
        "EXIT CODES",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
