//! `csdeck target`: writing, changing and importing targets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/csdeck.rs"]
mod csdeck;

use csdeck::Csdeck;
use serde_json::json;

const TWO: &str = "# of tonight\n[[target]]\nname = \"gw\" # the way in\ntransport = \"ssh\"\naddress = \"gw.kestrel.lan\"\n\n[[target]]\nname = \"fe01\"\ntransport = \"ssh\"\naddress = \"fe01.kestrel.lan\"\njump = \"gw\"\ngroups = [\"front ends\"]\n";

fn text(csdeck: &Csdeck) -> String {
    std::fs::read_to_string(csdeck.config().join("targets.toml")).unwrap()
}

#[test]
fn every_key_is_written_shown_and_cleared() {
    let csdeck = Csdeck::new();
    csdeck.write("config/targets.toml", TWO);
    csdeck
        .run([
            "target",
            "add",
            "fe02",
            "--transport",
            "ssh",
            "--address",
            "fe02.kestrel.lan:2222",
            "--user",
            "kestrel\\ops",
            "--credential",
            "kestrel-ops",
            "--identity-file",
            "~/k",
            "--known-hosts",
            "/k",
            "--jump",
            "gw",
            "--login",
            "key,password",
            "--login",
            "keyboard-interactive",
            "--connect-timeout",
            "10",
            "--login-timeout",
            "1m",
            "--command-timeout",
            "2h",
            "--keepalive",
            "500ms",
            "--powershell",
            "pwsh",
            "--shell",
            "exchange",
            "--protection",
            "protected",
            "--group",
            "front ends",
            "--group",
            "b",
        ])
        .code(0)
        .silent();
    let shown = csdeck
        .run(["target", "show", "FE02", "--format", "json"])
        .code(0)
        .json();
    for (key, value) in [
        ("name", json!("fe02")),
        ("address", json!("fe02.kestrel.lan:2222")),
        ("jump", json!("gw")),
        ("login", json!(["key", "password", "keyboard-interactive"])),
        ("connectTimeoutSeconds", json!(10.0)),
        ("commandTimeoutSeconds", json!(7200.0)),
        ("keepaliveSeconds", json!(0.5)),
        ("identityFile", json!("~/k")),
        ("protection", json!("protected")),
        ("groups", json!(["front ends", "b"])),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    csdeck
        .run(["target", "show", "fe02"])
        .code(0)
        .prints("login_timeout    1m\n")
        .prints("jump             gw\n");
    csdeck
        .run([
            "target",
            "edit",
            "fe02",
            "--clear",
            "login",
            "--clear",
            "connect-timeout",
            "--user",
            "ops",
        ])
        .code(0)
        .silent();
    let now = text(&csdeck);
    assert!(now.starts_with(TWO), "{now}");
    assert!(
        !now.contains("login = ")
            && !now.contains("connect_timeout")
            && now.contains("user = \"ops\"")
    );
    csdeck
        .run(["target", "edit", "fe02", "--clear", "jmup"])
        .code(2)
        .silent()
        .says("jump");
    csdeck
        .run(["target", "edit", "fe02", "--clear", "transport"])
        .code(2)
        .silent();
    csdeck
        .run(["target", "edit", "fe09", "--user", "x"])
        .code(2)
        .silent()
        .says("fe02");
    csdeck.run(["target", "show", "fe09"]).code(2).silent();
}

#[test]
fn a_new_name_is_followed_and_what_is_needed_stays() {
    let csdeck = Csdeck::new();
    csdeck.write("config/targets.toml", TWO);
    csdeck.write("config/config.toml", "watch = \"gw\"\n");
    csdeck
        .run(["target", "remove", "gw"])
        .code(2)
        .silent()
        .says("fe01 jumps through it");
    csdeck
        .run(["target", "edit", "gw", "--name", "gateway"])
        .code(0)
        .silent()
        .says("the target to watch");
    assert_eq!(
        text(&csdeck),
        TWO.replace("name = \"gw\"", "name = \"gateway\"")
            .replace("jump = \"gw\"", "jump = \"gateway\"")
    );
    csdeck
        .run(["target", "edit", "gateway", "--jump", "fe01"])
        .code(2)
        .silent()
        .says("circle");
    csdeck
        .run(["target", "edit", "gateway", "--name", "FE01"])
        .code(1)
        .silent()
        .says("already");
    csdeck
        .run(["target", "edit", "fe01", "--group", "GATEWAY"])
        .code(2)
        .silent()
        .says("called like a target");
    csdeck.run(["target", "remove", "fe01"]).code(0).silent();
    csdeck.run(["target", "remove", "gateway"]).code(0).silent();
}

#[test]
fn lists_by_group_and_a_broken_file_is_told_with_its_line() {
    let csdeck = Csdeck::new();
    csdeck.write("config/targets.toml", TWO);
    let listed = csdeck
        .run([
            "target",
            "list",
            "--group",
            "FRONT ends",
            "--format",
            "json",
        ])
        .code(0)
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["name"], "fe01");
    csdeck
        .run(["target", "list", "--group", "frontends"])
        .code(2)
        .silent()
        .says("front ends");
    csdeck.write(
        "config/targets.toml",
        TWO.replace("jump = \"gw\"", "jump = \"gx\""),
    );
    csdeck
        .run(["target", "list"])
        .code(1)
        .silent()
        .says("line 7")
        .says("Did you mean gw");
}

const SSH: &str = "Host gw\n  HostName gw.kestrel.lan\n  User ops\nHost fe01 fe02\n  HostName %h.kestrel.lan\n  ProxyJump gw\nHost old\n  ProxyCommand nc %h %p\nHost *\n  User kestrel\\ops\n";

#[test]
fn an_ssh_configuration_becomes_targets_once() {
    let csdeck = Csdeck::new();
    csdeck.write(
        "config/targets.toml",
        "# mine\n[[target]]\nname = \"FE02\"\ntransport = \"local\"\n",
    );
    let file = csdeck.write("ssh config", SSH);
    let file = file.to_str().unwrap();
    let before = text(&csdeck);
    let args = ["target", "import", "--ssh-config", file, "--format", "json"];
    let dry = csdeck
        .run(args.iter().copied().chain(["--dry-run"]))
        .code(0)
        .json();
    assert_eq!(text(&csdeck), before);
    assert_eq!(dry["dryRun"], true);
    let done = csdeck.run(args).code(0).json();
    assert_eq!(done["targets"], dry["targets"]);
    let names: Vec<&str> = done["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["gw", "fe01"]);
    assert_eq!(done["targets"][1]["address"], "fe01.kestrel.lan");
    assert_eq!(done["targets"][1]["jump"], "gw");
    assert_eq!(done["targets"][1]["user"], "kestrel\\ops");
    let why = done["left"].to_string();
    assert!(
        why.contains("ProxyCommand (nc %h %p)") && why.contains("another target of this name"),
        "{why}"
    );
    let after = text(&csdeck);
    assert!(after.starts_with(&before), "{after}");
    // Once more: nothing is new.
    csdeck
        .run(["target", "import", "--ssh-config", file])
        .code(0)
        .silent()
        .says("0 targets are added")
        .says("not added: gw");
    assert_eq!(text(&csdeck), after);
    // One that was asked for by name and cannot be had is a failure.
    csdeck
        .run(["target", "import", "--ssh-config", file, "old"])
        .code(1)
        .says("ProxyCommand");
    csdeck
        .run(["target", "import", "--ssh-config", "/nowhere"])
        .code(1)
        .silent()
        .says("/nowhere");
    csdeck.run(["target", "import"]).code(2).silent();
    csdeck
        .run(["target", "import", "--topology", "configured"])
        .code(2)
        .silent()
        .says("config.toml");
}

#[cfg(unix)]
#[test]
fn the_usual_ssh_configuration_is_found_in_the_home_folder() {
    let csdeck = Csdeck::new();
    csdeck.write(
        ".ssh/config",
        "Include more\nHost fe01\n  ServerAliveInterval 10\n",
    );
    csdeck.write(".ssh/more", "Host fe02\n");
    csdeck
        .run([
            "target",
            "import",
            "--group",
            "front ends",
            "--protection",
            "read-only",
            "--ssh-config",
        ])
        .code(0)
        .prints("fe02")
        .prints("front ends");
    csdeck
        .run(["target", "show", "fe01"])
        .code(0)
        .prints("keepalive        10s")
        .prints("read-only");
    // A host where a file belongs: told how to write it, and that works.
    csdeck.write(".ssh/more", "Host fe02 fe03\n");
    csdeck
        .run(["target", "import", "--ssh-config", "fe03"])
        .code(1)
        .silent()
        .says("csdeck target import --ssh-config -- fe03");
    csdeck
        .run(["target", "import", "--ssh-config", "--", "fe03"])
        .code(0)
        .prints("fe03");
}

#[test]
fn a_topology_becomes_targets_once() {
    let csdeck = Csdeck::new();
    let document = csdeck::fixture("topology/topology.xml");
    csdeck.write("config/config.toml", format!("topology = {document:?}\n"));
    let args = [
        "target",
        "import",
        "--topology",
        "configured",
        "--user",
        "kestrel\\ops",
        "--format",
        "json",
    ];
    let done = csdeck.run(args).code(0).json();
    let made = done["targets"].as_array().unwrap().clone();
    assert!(made.len() > 5, "{done}");
    let edge = made
        .iter()
        .find(|t| t["groups"].to_string().contains("Edge"))
        .unwrap();
    assert_eq!(edge["protection"], "protected");
    assert!(edge["notes"].to_string().contains("it is an Edge"));
    assert!(done["left"].to_string().contains("cmdlets are not there"));
    let again = csdeck.run(args).code(0).json();
    assert_eq!(again["targets"], json!([]));
    let listed = csdeck
        .run(["target", "list", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(listed.as_array().unwrap().len(), made.len());
    csdeck
        .run([
            "target",
            "import",
            "--topology",
            &document,
            "--transport",
            "local",
            "--dry-run",
        ])
        .code(2)
        .silent()
        .says("ssh");
}

#[test]
fn the_lab_alone_changes_nothing_that_is_configured() {
    let csdeck = Csdeck::new();
    for command in [
        &["--lab", "target", "add", "zz", "--transport", "local"][..],
        &["--lab", "target", "edit", "lab", "--user", "ann"],
        &["--lab", "target", "remove", "lab"],
    ] {
        csdeck
            .run(command)
            .code(2)
            .silent()
            .says("with --lab there is the lab alone");
    }
    assert!(!csdeck.config().join("targets.toml").exists());
}

#[test]
fn a_winrm_target_has_its_own_keys() {
    let csdeck = Csdeck::new();
    let pin = format!("sha256:{}", "0A:".repeat(31) + "0a");
    csdeck
        .run([
            "target",
            "add",
            "fe01",
            "--transport",
            "winrm",
            "--address",
            "fe01.kestrel.lan:5986",
            "--auth",
            "certificate",
            "--certificate-file",
            "ops.pem",
            "--key-file",
            "ops.key",
            "--fingerprint",
            &pin,
            "--configuration",
            "Microsoft.PowerShell32",
        ])
        .code(0)
        .silent();
    let shown = csdeck
        .run(["target", "show", "fe01", "--format", "json"])
        .code(0)
        .json();
    let whole = |path| std::path::absolute(path).unwrap();
    for (key, value) in [
        ("transport", json!("winrm")),
        ("auth", json!("certificate")),
        ("tls", json!(null)),
        // The target is used from other folders too.
        ("certificateFile", json!(whole("ops.pem"))),
        ("keyFile", json!(whole("ops.key"))),
        ("fingerprint", json!(pin)),
        ("configuration", json!("Microsoft.PowerShell32")),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    csdeck
        .run(["target", "edit", "fe01", "--fingerprint", "0a0a"])
        .code(2)
        .silent()
        .says("64 digits");
    let before = text(&csdeck);
    csdeck
        .run(["target", "edit", "fe01", "--tls", "false"])
        .code(2)
        .silent()
        .says("is a log-in of TLS");
    csdeck
        .run(["target", "edit", "fe01", "--transport", "ssh"])
        .code(2)
        .silent()
        .says("is there for winrm only");
    assert_eq!(text(&csdeck), before);
    // What somebody wrote by hand is told with its line.
    csdeck.write(
        "config/targets.toml",
        "[[target]]\nname = \"fe02\"\ntransport = \"winrm\"\naddress = \"fe02\"\nauth = \"basic\"\n",
    );
    csdeck
        .run(["target", "list"])
        .code(1)
        .silent()
        .says("line 1: target fe02: auth = \"basic\"");
}
