use super::*;
use proptest::prelude::*;

const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINPWC7EeGBXi7DEFj6LfKuebNs0WgncfJjLQE+CMZ3k5";
const OTHER: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICEJiAmd4MzVTwtG6TWL1/U78vqJ35/YT7AfSzqq9wJL";

fn blob(key: &str) -> Vec<u8> {
    STANDARD.decode(key.split(' ').nth(1).unwrap()).unwrap()
}

fn judge(text: &str, pattern: &str) -> Verdict {
    KnownHosts::parse(text, pattern).judge(&blob(ED25519))
}

fn host_key(file: &Path) -> HostKey {
    HostKey {
        address: "fe01:22".into(),
        pattern: "fe01".into(),
        key_type: "ssh-ed25519".into(),
        fingerprint: fingerprint(&blob(ED25519)),
        key_base64: ED25519.split(' ').nth(1).unwrap().into(),
        known_hosts: file.into(),
    }
}

#[test]
fn names() {
    assert_eq!(pattern("FE01.Kestrel.lan", 22), "fe01.kestrel.lan");
    assert_eq!(pattern("fe01", 2222), "[fe01]:2222");
    for (hosts, name, known) in [
        ("fe01", "fe01", true),
        ("FE01", "fe01", true),
        ("fe01,10.0.0.1", "10.0.0.1", true),
        ("fe01", "fe02", false),
        ("fe01", "[fe01]:2222", false),
        ("[fe01]:2222", "[fe01]:2222", true),
        ("*.kestrel.lan", "fe01.kestrel.lan", true),
        ("[*.kestrel.lan]:2222", "[fe01.kestrel.lan]:2222", true),
        ("fe0?", "fe01", true),
        ("fe0?", "fe011", false),
        ("*,!fe01", "fe01", false),
        ("*,!fe01", "fe02", true),
        ("!fe01", "fe02", false),
        ("*", "fe01", true),
        ("*a*b*", "xaxbx", true),
        ("*a*b", "xaxbx", false),
    ] {
        let expected = if known {
            Verdict::Known
        } else {
            Verdict::Unknown
        };
        assert_eq!(
            judge(&format!("{hosts} {ED25519} remark\n"), name),
            expected,
            "{hosts} {name}"
        );
    }
}

#[test]
fn verdicts() {
    assert_eq!(judge("", "fe01"), Verdict::Unknown);
    assert_eq!(
        judge(
            "# fe01 remark\n\nfe01\nfe01 ssh-ed25519\nfe01 ssh-ed25519 !!\n",
            "fe01"
        ),
        Verdict::Unknown
    );
    assert_eq!(judge(&format!("fe01 {OTHER}"), "fe01"), Verdict::Changed);
    assert_eq!(
        judge(&format!("fe01 {OTHER}\r\nfe01 {ED25519}\r\n"), "fe01"),
        Verdict::Known
    );
    assert_eq!(
        judge(&format!("fe01 {ED25519}\n@revoked * {ED25519}"), "fe01"),
        Verdict::Revoked
    );
    assert_eq!(
        judge(&format!("fe01 {ED25519}\n@revoked * {OTHER}"), "fe01"),
        Verdict::Known
    );
    assert_eq!(
        judge(&format!("@revoked fe02 {ED25519}"), "fe01"),
        Verdict::Unknown
    );
    assert_eq!(
        judge(&format!("@cert-authority * {ED25519}"), "fe01"),
        Verdict::Unknown
    );
    assert_eq!(
        judge(&format!("@unheard-of * {ED25519}"), "fe01"),
        Verdict::Unknown
    );
    // The line's word for the type does not fit the key.
    assert_eq!(
        judge(
            &format!("fe01 {}", ED25519.replace("ssh-ed25519", "ssh-rsa")),
            "fe01"
        ),
        Verdict::Unknown
    );
    // Another type only: whoever sits in between could offer one, too.
    let rsa = "fe01 ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAA==";
    assert_eq!(judge(rsa, "fe01"), Verdict::Changed);
    assert_eq!(KnownHosts::parse(rsa, "fe01").key_types(), ["ssh-rsa"]);
}

#[test]
fn hashed_names() {
    // `ssh-keygen -H` over a line for fe01.kestrel.lan would salt at random; this is HMAC-SHA1 of
    // the name with the salt `0123456789abcdefghij`.
    let hashed = "|1|MDEyMzQ1Njc4OWFiY2RlZmdoaWo=|jjpfIkCyEBAE2xTuqczmZcIZJt8=";
    let line = format!("{hashed} {ED25519}\n");
    assert_eq!(judge(&line, "fe01.kestrel.lan"), Verdict::Known);
    assert_eq!(judge(&line, "fe02.kestrel.lan"), Verdict::Unknown);
    assert_eq!(
        judge(&format!("@revoked {line}"), "fe01.kestrel.lan"),
        Verdict::Revoked
    );
    for broken in ["|1|", "|1|x|y", "|2|MDEy|MDEy", "|1||"] {
        assert_eq!(
            judge(&format!("{broken} {ED25519}"), "fe01"),
            Verdict::Unknown
        );
    }
}

#[test]
fn fingerprints_are_those_of_ssh_keygen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pub");
    std::fs::write(&file, ED25519).unwrap();
    let shown = std::process::Command::new("ssh-keygen")
        .arg("-lf")
        .arg(file)
        .output()
        .unwrap();
    assert!(
        String::from_utf8_lossy(&shown.stdout)
            .contains(&format!(" {} ", fingerprint(&blob(ED25519))))
    );
}

#[test]
fn remembering_adds_one_line_and_touches_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/.ssh/known_hosts");
    let key = host_key(&file);
    remember(&key).unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!("fe01 {ED25519}\n")
    );
    remember(&key).unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!("fe01 {ED25519}\n")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
    }

    // Bytes that are no UTF-8, and a last line without its end.
    let before = b"# M\xfcller's servers\nfe02 nonsense".to_vec();
    std::fs::write(&file, &before).unwrap();
    remember(&key).unwrap();
    let after = std::fs::read(&file).unwrap();
    assert_eq!(
        after,
        [&before[..], format!("\nfe01 {ED25519}\n").as_bytes()].concat()
    );
}

#[test]
fn remembering_hides_no_conflict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    for line in [format!("fe01 {OTHER}\n"), format!("@revoked * {ED25519}\n")] {
        std::fs::write(&file, &line).unwrap();
        assert!(matches!(
            remember(&host_key(&file)),
            Err(RememberError::Conflict { .. })
        ));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), line);
    }
}

#[test]
fn remembering_writes_no_line_that_says_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    let key = |pattern: &str| HostKey {
        pattern: pattern.into(),
        ..host_key(&file)
    };
    for name in [
        "",
        "*",
        "fe01,fe02",
        "fe01 x",
        "fe01\nfe02",
        "@revoked",
        "#fe01",
        "!fe01",
        "|1|a|b",
        "fe0?",
    ] {
        assert!(
            matches!(remember(&key(name)), Err(RememberError::Name { .. })),
            "{name:?}"
        );
    }
    let odd = HostKey {
        key_base64: "AAAA".into(),
        ..host_key(&file)
    };
    assert!(matches!(remember(&odd), Err(RememberError::Name { .. })));
    assert!(!file.exists());
}

proptest! {
    #[test]
    fn any_file_is_read(text in "([ -~é]{0,40}\n){0,5}", host in "[a-z.]{1,10}") {
        KnownHosts::parse(&text, &host).judge(&blob(ED25519));
    }

    #[test]
    fn a_line_for_a_host_is_found_among_others(
        before in "(#[ -~]{0,20}\n|[a-z]{1,5}x [ -~]{0,20}\n){0,3}",
        host in "[a-w]{1,10}(\\.[a-w]{1,5}){0,2}",
        port in 1u16..,
    ) {
        let pattern = pattern(&host, port);
        let text = format!("{before}{pattern} {ED25519}\n");
        prop_assert_eq!(judge(&text, &pattern), Verdict::Known);
    }

    #[test]
    fn stars_stand_for_anything(a in "[a-z]{0,5}", b in "[a-z]{0,5}", c in "[a-z]{0,5}") {
        let text = format!("{a}{b}{c}");
        let star = format!("{a}*{c}");
        let marks = format!("{a}{}{c}", "?".repeat(b.len()));
        prop_assert!(glob(&star, &text));
        prop_assert!(glob(&marks, &text));
    }
}
