use super::*;

#[test]
fn every_key_of_the_file_is_here_and_comes_back_as_it_was_typed() {
    let mut target = Target::lab();
    for (key, typed) in [
        (Key::Name, "fe01"),
        (Key::Transport, "ssh"),
        (Key::Address, "fe01.kestrel.lan:2222"),
        (Key::User, "kestrel\\ops"),
        (Key::Credential, "kestrel-ops"),
        (Key::IdentityFile, "~/keys/lync"),
        (Key::KnownHosts, "/etc/known"),
        (Key::Jump, "gw"),
        (Key::Login, "key, keyboard-interactive"),
        (Key::ConnectTimeout, "1m 30s"),
        (Key::LoginTimeout, "30s"),
        (Key::CommandTimeout, "2h"),
        (Key::Keepalive, "500ms"),
        (Key::Auth, "credssp"),
        (Key::Tls, "true"),
        (Key::CaFile, "~/ca.pem"),
        (
            Key::Fingerprint,
            "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
        ),
        (Key::CertificateFile, "~/ops.pem"),
        (Key::KeyFile, "~/ops.key"),
        (Key::Configuration, "Microsoft.PowerShell32"),
        (Key::Powershell, "pwsh"),
        (Key::Session, "single"),
        (Key::Shell, "exchange"),
        (Key::Protection, "read-only"),
        (Key::Groups, "front ends, pool01"),
    ] {
        key.set(&mut target, typed).expect(typed);
        assert_eq!(key.get(&target), typed);
        assert_eq!(Key::find(&key.word().replace('_', "-")), Ok(key));
        assert!(!key.help().is_empty());
    }
    let text = toml::to_string(&target).expect("writes");
    let table: toml::Table = text.parse().expect("reads");
    let words: Vec<&str> = Key::ALL.iter().map(|k| k.word()).collect();
    let keys: Vec<&str> = table.keys().map(String::as_str).collect();
    for key in &keys {
        assert!(words.contains(key), "{key} has no row in Key");
    }
    assert_eq!(keys.len(), Key::ALL.len());
    for key in Key::ALL.iter().skip(2) {
        key.set(&mut target, " ").expect("clears");
    }
    let bare = Target {
        name: "fe01".into(),
        transport: target.transport,
        ..Target::lab()
    };
    assert_eq!(target, bare);
}

#[test]
fn what_cannot_be_is_told() {
    let mut target = Target::lab();
    for (key, typed, words) in [
        (Key::Name, "", "must not be empty"),
        (Key::Name, "a\u{1b}b", "control character"),
        (Key::Transport, "pigeon", "ssh"),
        (Key::Login, "key, magic", "keyboard-interactive"),
        (Key::Auth, "magic", "kerberos"),
        (Key::Tls, "perhaps", "neither true nor false"),
        (Key::Fingerprint, "sha256:0a", "64 digits"),
        (Key::Keepalive, "soon", "10s"),
        (Key::Keepalive, "0", "longer than nothing"),
        (Key::Keepalive, "-3s", "longer than nothing"),
    ] {
        let why = key.set(&mut target, typed).expect_err(typed);
        assert!(why.contains(words), "{why}");
    }
    assert_eq!(target, Target::lab());
    assert!(Key::find("conect-timeout").is_err_and(|e| e.contains("Did you mean connect_timeout")));
}

#[test]
fn what_a_key_means_fits_a_line_of_the_form() {
    for key in Key::ALL {
        let help = key.help();
        assert!(help.chars().count() <= 74, "{help}");
    }
}
