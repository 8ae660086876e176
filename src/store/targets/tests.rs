use std::fs;

use proptest::prelude::*;

use super::*;
use crate::execute::{LoginMethod, Protection, TransportKind};

fn ssh(name: &str) -> Target {
    Target {
        name: name.into(),
        transport: TransportKind::Ssh,
        address: "h:22".into(),
        ..Target::lab()
    }
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("targets.toml");
    fs::write(&path, text).expect("writes");
    (folder, path)
}

#[test]
fn targets_are_added_and_removed_and_comments_stay() {
    let (_folder, path) = file("# mine\n[[target]]\nname = \"a\"\ntransport = \"local\" # here");
    let b = ssh("b");
    add(&path, std::slice::from_ref(&b)).expect("adds");
    assert!(matches!(
        add(&path, &[ssh("c"), ssh("B")]),
        Err(TargetsError::Taken { .. })
    ));
    assert_eq!(load(&path).expect("loads").len(), 2, "all or none");
    remove(&path, "A").expect("removes");
    assert!(matches!(
        remove(&path, "a"),
        Err(TargetsError::Missing { .. })
    ));
    assert_eq!(load(&path).expect("loads"), [b]);
}

const TWO: &str = "# all of them\n[[target]] # first\nname = \"gw\" # the way in\ntransport = \"ssh\"\naddress   =   \"gw.kestrel.lan\" # outside\n# nobody changes it\nprotection = \"read-only\"\n\n[[target]]\nname = \"fe01\"\ntransport = \"ssh\"\naddress = \"fe01.kestrel.lan\"\njump = \"GW\" # through\n";

#[test]
fn an_edit_changes_the_keys_that_differ() {
    let (_folder, path) = file(TWO);
    let before = load(&path).expect("loads").remove(0);
    let after = Target {
        name: "gateway".into(),
        address: "gw2.kestrel.lan:2222".into(),
        protection: Protection::Normal,
        user: Some("ops".into()),
        login: vec![LoginMethod::Key, LoginMethod::Password],
        ..before.clone()
    };
    edit(&path, &before, &after).expect("edits");
    let text = fs::read_to_string(&path).expect("reads");
    for kept in [
        "# all of them\n[[target]] # first\nname = \"gateway\" # the way in\n",
        "address   =   \"gw2.kestrel.lan:2222\" # outside\n",
        "# nobody changes it\n",
        "jump = \"gateway\" # through\n",
    ] {
        assert!(text.contains(kept), "{kept:?} is not in\n{text}");
    }
    let now = load(&path).expect("loads");
    assert_eq!(now[0], after);
    assert_eq!(now[1].jump.as_deref(), Some("gateway"));
    // What was read before is not what is there now.
    assert!(matches!(
        edit(
            &path,
            &Target {
                name: "gateway".into(),
                ..before
            },
            &after
        ),
        Err(TargetsError::Changed { .. })
    ));
    let fe01 = now[1].clone();
    let taken = Target {
        name: "GATEWAY".into(),
        ..fe01.clone()
    };
    assert!(matches!(
        edit(&path, &fe01, &taken),
        Err(TargetsError::Taken { .. })
    ));
    let circle = Target {
        jump: Some("fe01".into()),
        ..after.clone()
    };
    assert!(matches!(
        edit(&path, &after, &circle),
        Err(TargetsError::Wrong(_))
    ));
    assert_eq!(
        fs::read_to_string(&path).expect("reads"),
        text,
        "a refused change writes nothing"
    );
}

#[test]
fn what_others_jump_through_stays() {
    let (_folder, path) = file(TWO);
    let error = remove(&path, "gw").expect_err("needed").to_string();
    assert!(error.contains("fe01 jumps through it"), "{error}");
    remove(&path, "fe01").expect("removes");
    remove(&path, "gw").expect("removes");
    assert_eq!(load(&path).expect("loads"), []);
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, words) in [
        (
            "[[target]]\nname = \"a\"\ntransprot = \"ssh\"\n",
            vec!["line 3", "transprot", "Did you mean transport"],
        ),
        (
            "[[target]]\nname=\"a\"\ntransport=\"local\"\n\n# x\n[[target]]\nname=\"A\"\ntransport=\"local\"\n",
            vec!["line 6", "two targets"],
        ),
        (
            "\n[[target]]\nname=\"a\"\ntransport=\"ssh\"\n",
            vec!["line 2", "names no host"],
        ),
        (
            "[[target]]\nname=\" \"\ntransport=\"local\"\n",
            vec!["line 1", "empty name"],
        ),
        (
            "[[target]]\nname=\"a\"\ntransport=\"ssh\"\naddress=\"h\"\njump=\"b\"\n",
            vec!["line 1", "names no target"],
        ),
        (
            "[[target]]\nname=\"a\"\ntransport=\"ssh\"\naddress=\"h\"\nconnect_timeout=\"soon\"\n",
            vec!["line 5"],
        ),
    ] {
        let (_folder, path) = file(text);
        let error = load(&path).expect_err(text).to_string();
        for word in words {
            assert!(error.contains(word), "{word} is not in: {error}");
        }
    }
}

proptest! {
    /// Whatever a value holds, it is read as it was written, and nothing around it moves.
    #[test]
    fn an_edit_is_read_as_it_was_written(user in "\\PC{0,20}", program in any::<Option<String>>()) {
        let (_folder, path) = file(TWO);
        let before = load(&path).expect("loads").remove(0);
        let after = Target { user: Some(user), powershell: program, ..before.clone() };
        edit(&path, &before, &after).expect("edits");
        prop_assert_eq!(&load(&path).expect("loads")[0], &after);
        edit(&path, &after, &before).expect("edits back");
        prop_assert_eq!(fs::read_to_string(&path).expect("reads"), TWO);
    }
}
