use super::super::entry::Piece;
use super::*;
use proptest::prelude::*;

#[test]
fn every_form() {
    let (body, notes) = read(
        r"Get-X ${1:Identity} $2 ${3|a\,b,c\|d|} $1 \$x ${CLIPBOARD} ${2/(.*)/${1:/upcase}/g} ${4:a ${5:b}} $0 ${0:end} \n ${x",
    )
    .expect("reads");
    let said: Vec<_> = body
        .places
        .iter()
        .map(|p| (p.name.as_deref(), p.default.as_deref(), p.choices.join("/")))
        .collect();
    assert_eq!(
        said,
        [
            (None, Some("Identity"), String::new()),
            (None, None, String::new()),
            (None, None, "a,b/c|d".into()),
            (Some("Clipboard"), None, String::new()),
            (None, None, String::new()),
        ]
    );
    assert_eq!(notes.len(), 3, "{notes:?}");
    let places: Vec<usize> = body
        .pieces
        .iter()
        .filter_map(|p| match p {
            Piece::Place { place, .. } => Some(*place),
            Piece::Text(_) => None,
        })
        .collect();
    assert_eq!(places, [0, 1, 2, 0, 3, 1, 4]);
    assert!(matches!(body.pieces.last(), Some(Piece::Text(t)) if t == "  end \\n ${x"));
}

#[test]
fn what_never_ends() {
    for text in ["${1:a", "${1|a", "${1/a/b", "${1:${2:"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(read(&"${1:".repeat(100)).is_err());
}

proptest! {
    #[test]
    fn escaped_text_is_read_as_it_was(text in "\\PC{0,40}") {
        let (body, notes) = read(&escape(&text)).expect("reads");
        prop_assert_eq!(body.written(), text);
        prop_assert_eq!(body.places, []);
        prop_assert!(notes.is_empty());
    }

    #[test]
    fn choices_and_defaults_are_read_as_they_were(
        choices in proptest::collection::vec("[ -~ä]{1,8}", 2..4),
        default in "[ -~ä]{1,12}",
    ) {
        let (body, _) = read(&format!("a{}b", choice(1, &choices))).expect("reads");
        prop_assert_eq!(&body.places[0].choices, &choices);
        let (body, _) = read(&format!("a${{1:{}}}b", escape(&default))).expect("reads");
        prop_assert_eq!(body.places[0].default.as_deref(), Some(default.as_str()));
    }

    #[test]
    fn any_text_ends(text in "[${}|/:,\\\\a1]{0,40}") {
        let _ = read(&text);
    }
}
