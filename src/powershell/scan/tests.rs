//! What is open, what is closed, and what is hidden.

use super::scan;
use proptest::prelude::*;

fn norm(text: &str) -> String {
    scan(text).expect("scans").text
}

#[test]
fn delimiters_become_ascii() {
    assert_eq!(
        norm("New-X \u{2013}A \u{2018}b\u{2019} \u{2014}C \u{201c}d\u{201d}"),
        "New-X -A 'b' -C \"d\""
    );
    assert_eq!(norm("X 'it\u{2019}\u{2019}s'"), "X 'it''s'");
    assert_eq!(norm("a\u{a0}b"), "a b");
}

#[test]
fn a_typographic_apostrophe_ends_a_string() {
    let error = scan("X 'it\u{2019}s'").expect_err("open string");
    assert_eq!((error.position.line, error.position.column), (1, 8));
}

#[test]
fn positions_lead_back() {
    let source = "X \u{2018}b\u{2019} -Y";
    let n = scan(source).expect("scans");
    let in_norm = n.text.find("-Y").expect("there");
    assert_eq!(&source[n.original(in_norm)..], "-Y");
}

#[test]
fn what_is_left_open_is_named() {
    for (text, line, column, word) in [
        ("a\n(b", 2, 1, "never closed"),
        ("a ]", 1, 3, "closes nothing"),
        ("( }", 1, 3, "where )"),
        ("<# x", 1, 1, "#>"),
        ("\"a $(b", 1, 4, "never closed"),
        ("@'\nx '@", 1, 1, "here-string"),
    ] {
        let error = scan(text).expect_err(text);
        assert_eq!(
            (error.position.line, error.position.column),
            (line, column),
            "{text}"
        );
        assert!(error.message.contains(word), "{text}: {}", error.message);
    }
    assert!(scan(&"(".repeat(100_000)).is_err());
}

#[test]
fn strings_and_comments_are_not_code() {
    let n = scan("A-B 'Remove-X' # Move-Y\n\"$(Clear-Z 'q')\"").expect("scans");
    assert!(!n.code.contains("Remove-X") && !n.code.contains("Move-Y") && !n.code.contains('q'));
    assert!(n.code.contains("A-B") && n.code.contains("Clear-Z"));
    assert_eq!(n.code.len(), n.text.len());
}

#[test]
fn a_comment_that_may_be_none_hides_nothing() {
    // `'a'#` begins a comment, `a#` does not, and `$x#` may do either.
    for (text, fine) in [
        ("'a'# it's\nRemove-X", true),
        ("(a)# it's\nRemove-X", true),
        ("a#b 'c'\nRemove-X", true),
        ("$x#it's\nRemove-X\n'", false),
        ("a<# 'b' #>", false),
        ("a@'\nx\n'@", false),
    ] {
        match scan(text) {
            Ok(n) => assert!(
                fine && (!text.contains("Rem") || n.code.contains("Remove-X")),
                "{text}"
            ),
            Err(error) => assert!(!fine, "{text}: {error}"),
        }
    }
    let n = scan("x --% it's\nRemove-X").expect("scans");
    assert!(n.code.contains("Remove-X"));
    let n = scan("# a\rRemove-X\r@'\rb\r'@;Move-Y").expect("scans");
    assert!(n.code.contains("Remove-X") && n.code.contains("Move-Y"));
    let n = scan("${it's} = 1; \"${a\"b}\"; Remove-X").expect("scans");
    assert!(n.code.contains("Remove-X"));
}

#[test]
fn comments_and_here_strings_hide_quotes() {
    for text in [
        "a # it's",
        "<# it's #> b",
        "@'\nit's\n'@",
        "@\"\n\"x\"\n\"@ | a",
        "a#b 'c'",
    ] {
        assert_eq!(norm(text), text);
    }
}

proptest! {
    #[test]
    fn never_panics_and_keeps_lines(text in "\\PC{0,60}") {
        if let Ok(n) = scan(&text) {
            prop_assert_eq!(n.original(n.text.len()), text.len());
        }
    }
}
