use proptest::prelude::*;

use super::*;
use crate::store::keyring::{Keyring, KeyringError, mock};
use crate::store::secret::Secret;

fn base() -> (tempfile::TempDir, Paths) {
    let home = tempfile::tempdir().expect("folder");
    let paths = Paths::at(home.path().join("config"), home.path().join("data"));
    (home, paths)
}

/// Every file that csdeck keeps.
fn files(paths: &Paths) -> Vec<PathBuf> {
    let files = [
        paths.config_file(),
        paths.targets_file(),
        paths.snippets(),
        paths.themes(),
        paths.journal(),
        paths.usage(),
        paths.runs(),
        paths.lab(),
        paths.script_file(),
        paths.engagement(),
        paths.history(),
        paths.clipboard_file(),
    ];
    files.into_iter().chain(paths.known_hosts()).collect()
}

#[test]
fn two_profiles_share_no_file_and_no_keyring_entry() {
    let (_home, base) = base();
    add(&base, "kestrel", Some("Kestrel Ltd")).expect("adds");
    add(&base, "contoso", None).expect("adds");
    let of = |name: &str| base.clone().in_profile(name).expect("is there");
    let (kestrel, contoso) = (of("KESTREL"), of("contoso"));
    assert_eq!(
        kestrel.profile(),
        Some("kestrel"),
        "as the folder is spelled"
    );
    let all: Vec<Vec<PathBuf>> = [&base, &kestrel, &contoso].map(files).into();
    for (n, one) in all.iter().enumerate() {
        for other in all.iter().skip(n + 1) {
            for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
                assert!(!a.starts_with(b) && !b.starts_with(a), "{a:?} and {b:?}");
            }
        }
    }
    assert_eq!(
        kestrel.known_hosts(),
        Some(kestrel.config().join("known_hosts"))
    );
    assert_eq!(base.known_hosts(), None);

    mock();
    let rings = [None, Some("kestrel"), Some("contoso")].map(Keyring::of);
    for (n, ring) in rings.iter().enumerate() {
        ring.set("ops", &Secret::new(format!("secret {n}")))
            .expect("sets");
    }
    for (n, ring) in rings.iter().enumerate() {
        assert_eq!(
            ring.get("ops").expect("is there").expose(),
            format!("secret {n}")
        );
    }
    let [none, kestrel, contoso] = &rings;
    kestrel.delete("ops").expect("deletes");
    assert!(matches!(kestrel.get("ops"), Err(KeyringError::Missing(_))));
    assert!(none.get("ops").is_ok() && contoso.get("ops").is_ok());
}

#[test]
fn profiles_are_made_listed_and_removed() {
    let (_home, base) = base();
    assert_eq!(list(&base).expect("lists"), []);
    let error = find(&base, "kestrel").expect_err("none").to_string();
    assert!(
        error.contains("none yet") && error.contains("profile add"),
        "{error}"
    );
    add(&base, "Kestrel", Some(" Kestrel \"Ltd\"\u{202e} ")).expect("adds");
    add(&base, "contoso", Some("")).expect("adds");
    assert!(matches!(add(&base, "kestrel", None), Err(ProfileError::Taken(n)) if n == "Kestrel"));
    let names: Vec<String> = list(&base)
        .expect("lists")
        .into_iter()
        .map(|p| p.name)
        .collect();
    assert_eq!(names, ["contoso", "Kestrel"]);
    assert_eq!(
        find(&base, "kestrel").expect("is there").customer,
        "Kestrel \"Ltd\"\u{202e}"
    );
    assert_eq!(
        find(&base, "contoso").expect("is there").customer,
        "contoso"
    );
    let error = find(&base, "kestral").expect_err("none").to_string();
    assert!(error.contains("Did you mean Kestrel"), "{error}");

    let paths = base.clone().in_profile("kestrel").expect("is there");
    assert_eq!(content(&paths, 9).expect("reads"), Vec::<PathBuf>::new());
    atomic::write(&paths.journal(), b"x").expect("writes");
    atomic::write(&paths.snippets().join("a/b.ps1"), b"x").expect("writes");
    assert_eq!(content(&paths, 9).expect("reads").len(), 2);
    assert_eq!(content(&paths, 1).expect("reads").len(), 1);
    remove(&paths).expect("removes");
    assert!(!paths.config().exists() && !paths.data().exists());
    assert_eq!(list(&base).expect("lists").len(), 1);

    atomic::write(
        &base.profiles().join("contoso/profile.toml"),
        b"custmer = 1",
    )
    .expect("writes");
    assert_eq!(list(&base).expect("lists").len(), 1);
    let error = find(&base, "contoso").expect_err("broken").to_string();
    assert!(error.contains("Did you mean customer"), "{error}");
}

#[test]
fn names_are_folders_on_every_system() {
    for good in ["kestrel", "K-1_b.2", "com", "com10", "console", "0"] {
        assert!(check_name(good).is_ok(), "{good}");
    }
    for bad in [
        "", ".", "..", ".hidden", "end.", "a/b", "a\\b", "a b", "ü", "con", "NUL", "nul.txt",
        "COM1", "lpt9.log", "-x", "a\n",
    ] {
        assert!(check_name(bad).is_err(), "{bad}");
    }
    assert!(check_name(&"a".repeat(64)).is_ok() && check_name(&"a".repeat(65)).is_err());
}

proptest! {
    #[test]
    fn no_name_leads_out_of_the_folder(name in "[a-zA-Z0-9./\\\\_ -]{0,12}") {
        if check_name(&name).is_ok() {
            let path = Path::new("profiles").join(&name);
            prop_assert_eq!(path.parent(), Some(Path::new("profiles")));
            prop_assert_eq!(path.file_name().and_then(|n| n.to_str()), Some(name.as_str()));
        }
    }
}
