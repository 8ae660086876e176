use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::execute::target::check;
use crate::execute::{LoginMethod, Target};

/// What `ssh -G -F FILE HOST` says: keyword and value, in its order.
fn ssh_says(file: &Path, host: &str) -> Result<Vec<(String, String)>, String> {
    let output = Command::new("ssh")
        .arg("-G")
        .arg("-F")
        .arg(file)
        .arg("--")
        .arg(host)
        .output()
        .expect("the ssh client is there");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|l| l.split_once(' '))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect())
}

fn signed_in() -> String {
    let output = Command::new("id").arg("-un").output().expect("id is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Compares what we and ssh make of a host, where ssh takes the file.
fn agree(file: &Path, host: &str) -> Result<(), TestCaseError> {
    let around = Surroundings {
        home: std::env::home_dir(),
        user: Some(signed_in()),
    };
    let Ok(ssh) = ssh_says(file, host) else {
        return Ok(());
    };
    let config = match SshConfig::read(file, around.clone()) {
        Ok(config) => config,
        Err(e) => return Err(TestCaseError::fail(format!("ssh reads it, we do not: {e}"))),
    };
    let ours = config.evaluate(host);
    let name = ours.host().to_lowercase();
    let of = |keyword: &str| -> Vec<&str> {
        ssh.iter()
            .filter(|(k, _)| k == keyword)
            .map(|(_, v)| v.as_str())
            .collect()
    };
    prop_assert_eq!(of("hostname"), [name.as_str()], "hostname of {}", host);
    prop_assert_eq!(
        of("port"),
        [ours.word("port").unwrap_or("22")],
        "port of {}",
        host
    );
    let own = signed_in();
    prop_assert_eq!(
        of("user"),
        [ours.word("user").unwrap_or(&own)],
        "user of {}",
        host
    );
    let identities = ours.all("identityfile");
    if !identities.is_empty() {
        prop_assert_eq!(of("identityfile"), identities, "keys of {}", host);
    }
    let way = ours
        .line("proxyjump")
        .map(|l| jump::hops(&l.rest).expect("a way"))
        .unwrap_or_default();
    let theirs = match of("proxyjump").first() {
        Some(way) => jump::hops(way).expect("ssh's own way"),
        None => Vec::new(),
    };
    prop_assert_eq!(theirs, way, "way of {}", host);
    let command = ours
        .line("proxycommand")
        .map(|l| l.rest.as_str())
        .filter(|c| *c != "none");
    prop_assert_eq!(
        of("proxycommand").first().copied(),
        command,
        "command of {}",
        host
    );
    for (keyword, usual) in [("connecttimeout", "none"), ("serveraliveinterval", "0")] {
        let (theirs, ours) = (of(keyword), ours.word(keyword).unwrap_or(usual));
        prop_assert_eq!(theirs, [ours], "{} of {}", keyword, host);
    }
    if let Some(line) = ours.line("preferredauthentications") {
        prop_assert_eq!(of("preferredauthentications"), [line.words[0].as_str()]);
    }
    Ok(())
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ssh_config")
}

/// The corpus in a folder of its own, its includes being absolute there.
fn unpacked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for entry in fs::read_dir(corpus()).expect("corpus") {
        let path = entry.expect("entry").path();
        let text = fs::read_to_string(&path).expect("reads");
        let text = text.replace("@DIR@", &folder.path().display().to_string());
        fs::write(folder.path().join(path.file_name().expect("name")), text).expect("writes");
    }
    folder
}

#[test]
fn ssh_itself_says_the_same_of_every_host_of_the_corpus() {
    let folder = unpacked();
    let mut hosts = 0;
    for entry in fs::read_dir(folder.path()).expect("corpus") {
        let path = entry.expect("entry").path();
        if path.extension().is_none_or(|e| e != "config") {
            continue;
        }
        let config = SshConfig::read(
            &path,
            Surroundings {
                home: std::env::home_dir(),
                user: None,
            },
        )
        .expect("reads");
        let named = config.hosts();
        for host in named
            .iter()
            .map(String::as_str)
            .chain(["other.kestrel.lan", "FE01", "nowhere"])
        {
            if host.contains(' ') {
                let plan = config.plan(&[host.to_owned()]);
                assert!(ssh_says(&path, host).is_err() && plan.found.is_empty());
                continue;
            }
            assert!(
                ssh_says(&path, host).is_ok(),
                "{host}: {:?}",
                ssh_says(&path, host)
            );
            if let Err(why) = agree(&path, host) {
                panic!("{}: {host}: {why}", path.display());
            }
            hosts += 1;
        }
    }
    assert!(hosts >= 30, "{hosts}");
}

/// A line of a configuration, good enough for ssh.
fn line() -> impl Strategy<Value = String> {
    let host = prop::sample::select(vec![
        "fe01",
        "fe02",
        "gw",
        "*",
        "fe*",
        "!fe02",
        "?w",
        "f?0[1]",
        "*.kestrel.lan",
    ]);
    let hosts = prop::collection::vec(host, 1..4).prop_map(|h| h.join(" "));
    let list = prop::sample::select(vec!["fe01", "fe*", "*.lan", "!gw,*", "fe01,gw", "10.0.0.1"]);
    let value = |all: &'static [&'static str]| prop::sample::select(all.to_vec());
    prop_oneof![
        4 => hosts.prop_map(|h| format!("Host {h}")),
        1 => list.clone().prop_map(|l| format!("Match host {l}")),
        1 => list.clone().prop_map(|l| format!("Match originalhost={l}")),
        1 => list.prop_map(|l| format!("Match !host {l}")),
        1 => value(&["Match all", "Match final all", "Match user ops", "Match final host *.lan", "Match canonical", "Match user !ops,*", "Match localuser nobody"]).prop_map(str::to_owned),
        2 => value(&["10.0.0.1", "%h.kestrel.lan", "a%%b", "\"fe01.kestrel.lan\"", "%h"]).prop_map(|v| format!("HostName {v}")),
        2 => value(&["22", "2222", "\"2022\"", "2222 # x"]).prop_map(|v| format!("Port={v}")),
        2 => value(&["ops", "kestrel\\ops", "kestrel\\\\ops", "\"a b\"", "'x'"]).prop_map(|v| format!("  User\t{v}")),
        2 => value(&["~/.ssh/a", "~/.ssh/b", "none", "/k/%h", "\"~/a b\""]).prop_map(|v| format!("IdentityFile {v}")),
        2 => value(&["gw", "a,b", "ops@gw:2222", "none", "ssh://x@gw:22", "[fe80::1]:22,c # x", "NONE"]).prop_map(|v| format!("proxyJump = {v}")),
        1 => value(&["none", "nc %h %p", "/bin/x # not a comment"]).prop_map(|v| format!("ProxyCommand {v}")),
        1 => value(&["10", "none"]).prop_map(|v| format!("ConnectTimeout {v}")),
        1 => value(&["0", "15"]).prop_map(|v| format!("ServerAliveInterval {v}")),
        1 => value(&["publickey", "password,publickey"]).prop_map(|v| format!("PreferredAuthentications {v}")),
        1 => value(&["", "# comment", "   # Host x", "Compression yes", "StrictHostKeyChecking no"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn ssh_itself_says_the_same_of_any_configuration(lines in prop::collection::vec(line(), 1..16)) {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("config");
        fs::write(&file, lines.join("\n")).expect("writes");
        for host in ["fe01", "fe02", "gw", "x.kestrel.lan"] {
            agree(&file, host)?;
        }
    }

    #[test]
    fn any_text_ends_in_targets_or_in_an_error(text in "(Host|Match|Include|ProxyJump|HostName|User|Port|\\PC|[ =\n\"',*!@:%]){0,40}") {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("config");
        fs::write(&file, text).expect("writes");
        if let Ok(config) = SshConfig::read(&file, Surroundings::default()) {
            let plan = config.plan(&[]).beside(&[]);
            let targets: Vec<Target> = plan.found.into_iter().map(|f| f.target).collect();
            prop_assert_eq!(check::check(&targets), Ok(()));
        }
    }
}

fn plan(text: &str, names: &[&str]) -> Plan {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("config");
    fs::write(&file, text).expect("writes");
    let around = Surroundings {
        home: Some("/home/ops".into()),
        user: Some("ops".into()),
    };
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let plan = SshConfig::read(&file, around).expect("reads").plan(&names);
    let targets: Vec<Target> = plan.found.iter().map(|f| f.target.clone()).collect();
    assert_eq!(check::check(&targets), Ok(()));
    plan
}

/// `name address user jump`, a line for each target.
fn shown(plan: &Plan) -> Vec<String> {
    let row = |t: &Target| {
        format!(
            "{} {} {} {}",
            t.name,
            t.address,
            t.user.as_deref().unwrap_or("-"),
            t.jump.as_deref().unwrap_or("-")
        )
    };
    plan.found.iter().map(|f| row(&f.target)).collect()
}

#[test]
fn ways_become_targets() {
    let text = "Host fe01 fe02\n HostName %h.kestrel.lan\n ProxyJump gw,edge:2222\nHost gw\n User ops\n ProxyJump first\nHost fe03\n ProxyJump root@gw\nHost fe04\n ProxyJump gw,edge:2222\nHost *\n User kestrel\\ops\n";
    assert_eq!(
        shown(&plan(text, &[])),
        [
            "first first kestrel\\ops -",
            "gw gw ops first",
            "edge edge:2222 kestrel\\ops gw",
            "fe01 fe01.kestrel.lan kestrel\\ops edge",
            "fe02 fe02.kestrel.lan kestrel\\ops edge",
            // Only the name of the host is another target: this hop has a user of its own.
            "root@gw via first gw root first",
            "fe03 fe03 kestrel\\ops root@gw via first",
            "fe04 fe04 kestrel\\ops edge",
        ]
    );
    // Only what is asked for, with what it goes through.
    assert_eq!(
        shown(&plan(text, &["gw"])),
        ["first first kestrel\\ops -", "gw gw ops first"]
    );
    // A hop behind another one has no way of its own.
    let text = "Host a\n ProxyJump x,gw\nHost gw\n ProxyJump y\n";
    assert_eq!(
        shown(&plan(text, &[])),
        [
            "x x - -",
            "gw via x gw - x",
            "a a - gw via x",
            "y y - -",
            "gw gw - y"
        ]
    );
}

#[test]
fn circles_and_commands_are_left_with_the_reason() {
    let made = plan(
        "Host a\n ProxyJump b\nHost b\n ProxyJump a\nHost c\n ProxyCommand nc %h %p\nHost d\n ProxyJump c\nHost e\n",
        &[],
    );
    assert_eq!(shown(&made), ["e e - -"]);
    let why: Vec<(&str, &str)> = made
        .left
        .iter()
        .map(|l| (l.name.as_str(), l.why.as_str()))
        .collect();
    assert_eq!(why.len(), 4, "{why:?}");
    assert!(
        why[0].1.contains("circle") && why[2].1.contains("ProxyCommand (nc %h %p)"),
        "{why:?}"
    );
    assert!(why[3].1.contains("goes through c"), "{why:?}");
}

#[test]
fn what_is_lost_is_told() {
    let made = plan(
        "Host fe01\n User \"kestrel\\ops\"\n IdentityFile ~/.ssh/id_%r\n IdentityFile ~/.ssh/two\n CertificateFile ~/c\n StrictHostKeyChecking no\n UserKnownHostsFile ~/.ssh/kh_%n ~/x\n LocalForward 1 h:1\n ServerAliveInterval 1m30\n ConnectTimeout 5\n PreferredAuthentications gssapi-with-mic,keyboard-interactive,publickey\n SendEnv LANG\nMatch exec \"true\"\n User other\n",
        &[],
    );
    let found = &made.found[0];
    let target = &found.target;
    assert_eq!(
        target.identity_file.as_deref(),
        Some(Path::new("~/.ssh/id_kestrel\\ops"))
    );
    assert_eq!(
        target.known_hosts.as_deref(),
        Some(Path::new("~/.ssh/kh_fe01"))
    );
    assert_eq!(target.keepalive.map(|d| d.as_secs()), Some(90));
    assert_eq!(target.connect_timeout.map(|d| d.as_secs()), Some(5));
    assert_eq!(
        target.login,
        [
            LoginMethod::KeyboardInteractive,
            LoginMethod::Agent,
            LoginMethod::Key
        ]
    );
    assert_eq!(target.user.as_deref(), Some("kestrel\\ops"));
    let notes = found.notes.join("\n");
    for words in [
        "CertificateFile ~/c",
        "always checks host keys",
        "~/.ssh/two",
        "~/x",
        "localforward 1 h:1",
        "gssapi-with-mic",
        "line 13: \"Match exec\"",
    ] {
        assert!(notes.contains(words), "{words} is not in\n{notes}");
    }
    assert!(!notes.contains("sendenv"), "{notes}");
}

#[test]
fn files_that_ssh_would_refuse_are_refused_with_their_line() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("config");
    let read = |text: &str| {
        fs::write(&file, text).expect("writes");
        SshConfig::read(&file, Surroundings::default())
            .map(|_| ())
            .map_err(|e| e.to_string())
    };
    assert!(read("Host a\nUser \"x\n").is_err_and(|e| e.contains("line 2") && e.contains("quote")));
    assert!(read("\nPort\n").is_err_and(|e| e.contains("line 2")));
    let own = format!("Include {}\n", file.display());
    assert!(read(&own).is_err_and(|e| e.contains("include each other")));
    assert!(SshConfig::read(Path::new("/nowhere/x"), Surroundings::default()).is_err());
    assert!(read("Include /nowhere/*.conf /nowhere/x\n").is_ok());
}

#[test]
fn names_that_are_taken_stay() {
    let text = "Host fe01 fe02\n ProxyJump gw\nHost gw\n HostName gw.kestrel.lan\nHost fe03\n";
    let gw = |address: &str| Target {
        name: "GW".into(),
        transport: crate::execute::TransportKind::Ssh,
        address: address.into(),
        groups: vec!["fe03".into()],
        ..Target::lab()
    };
    let same = plan(text, &[]).beside(&[gw("GW.kestrel.lan:22")]);
    assert_eq!(shown(&same), ["fe01 fe01 - gw", "fe02 fe02 - gw"]);
    assert!(same.left[0].taken && same.left[1].why.contains("group"));
    // Not through somebody else's gateway.
    let other = plan(text, &[]).beside(&[gw("elsewhere")]);
    assert_eq!(shown(&other), Vec::<String>::new());
    assert!(
        other
            .left
            .iter()
            .any(|l| l.name == "fe01" && l.why.contains("another server"))
    );
}
