//! Hard scripts: what PowerShell takes is read, what it refuses is refused at the right line, and
//! what hides a destructive call is never judged below destructive.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use csdeck::cmdlet::{Risk, judge};
use csdeck::powershell::{self, OneLineError};

/// Name, mark and text of every script of a corpus. A heading is `### name`, or `### name | mark`;
/// the marks crlf and cr stand for line ends.
fn corpus(text: &str) -> Vec<(String, String, String)> {
    let mut scripts: Vec<(String, String, Vec<&str>)> = Vec::new();
    for line in text.split('\n') {
        if let Some(heading) = line.strip_prefix("### ") {
            let (name, mark) = heading.split_once(" | ").unwrap_or((heading, ""));
            scripts.push((name.to_owned(), mark.to_owned(), Vec::new()));
        } else if let Some((_, _, lines)) = scripts.last_mut() {
            lines.push(line);
        }
    }
    if let Some((_, _, lines)) = scripts.last_mut() {
        // The line end of the file itself.
        lines.pop_if(|last| last.is_empty());
    }
    scripts
        .into_iter()
        .map(|(name, mark, lines)| {
            let end = match mark.as_str() {
                "crlf" => "\r\n",
                "cr" => "\r",
                _ => "\n",
            };
            (name, mark, lines.join(end))
        })
        .collect()
}

/// Scripts that PowerShell takes and csdeck refuses, each with the reason. Refusing fails closed:
/// nothing of them runs.
const REFUSED: &[(&str, &str)] = &[
    (
        "comment-hash-inside-word",
        "x=#y is an argument or an assignment with a comment: the scan does not guess",
    ),
    (
        "argument-shapes",
        "the grammar does not know an argument that is a dash or a dot",
    ),
    (
        "backtick-in-word",
        "the grammar does not know an escaped quote in a word",
    ),
    (
        "here-string-empty",
        "the grammar wants a line in a here-string",
    ),
    (
        "keyword-property-names",
        "the grammar takes .end for a keyword",
    ),
    (
        "labels",
        "the grammar does not know a label behind continue",
    ),
    ("quotes-glued-to-word", "the grammar ends a word at a quote"),
    (
        "sub-expression-doubled-quotes",
        "what is code and what is text differs by a layer of quoting: the scan does not guess",
    ),
];

#[test]
fn what_powershell_takes_is_read() {
    let scripts = corpus(include_str!("fixtures/powershell/valid.txt"));
    assert!(scripts.len() >= 200, "{}", scripts.len());
    let mut wrong = Vec::new();
    for (name, _, text) in &scripts {
        let known = REFUSED.iter().any(|(n, _)| n == name);
        match powershell::parse(text) {
            Ok(_) if known => wrong.push(format!("{name}: reads now, drop it from the list")),
            Err(error) if !known => wrong.push(format!("{name}: {error}\n{text}\n")),
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        scripts.len(),
        wrong.join("\n")
    );
}

/// Scripts that PowerShell 5.1 refuses and csdeck reads: they fail on the server before anything
/// of them runs.
const READ: &[&str] = &[
    "array-double-comma-in-argument",
    "parameter-colon-without-value",
    "pipe-leading-on-next-line",
    "redirect-input",
    "reserved-word-var",
    "switch-empty",
    "switch-two-defaults",
    "using-after-code",
];

#[test]
fn what_powershell_refuses_is_refused_at_its_line() {
    let scripts = corpus(include_str!("fixtures/powershell/invalid.txt"));
    assert!(scripts.len() >= 150, "{}", scripts.len());
    let mut wrong = Vec::new();
    let mut far = 0;
    for (name, line, text) in &scripts {
        let line: usize = line.parse().expect("a line");
        let known = READ.contains(&name.as_str());
        match powershell::parse(text) {
            Ok(_) if !known => wrong.push(format!("{name}: reads\n{text}\n")),
            Err(_) if known => wrong.push(format!("{name}: is refused now, drop it")),
            Err(error) if error.position.line.abs_diff(line) > 1 => far += 1,
            _ => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        scripts.len(),
        wrong.join("\n")
    );
    assert!(
        far * 20 <= scripts.len(),
        "{far} of {} are more than a line off",
        scripts.len()
    );
}

/// Scripts whose danger lies outside their text.
const NOT_DESTRUCTIVE: &[(&str, &str)] = &[
    ("cs-set-user-empty", "sets a value that can be set again"),
    ("export-redirected", FILE),
    ("redirect-all-streams", FILE),
    ("redirect-append-profile", FILE),
    ("redirect-block", FILE),
    ("redirect-both-null-and-file", FILE),
    ("redirect-error-stream", FILE),
    ("redirect-group", FILE),
    ("redirect-number", FILE),
    ("redirect-overwrites-script", FILE),
    ("redirect-path-with-null", FILE),
    ("redirect-variable-named-like-null", FILE),
    ("redirect-without-blanks", FILE),
    ("redirection-of-stream-one-glued", FILE),
    ("set-content-over-binary", FILE),
    ("tee-object-overwrites", FILE),
    ("tee-object-writes-script", FILE),
    ("xcopy-overwrites", FILE),
];

const FILE: &str = "writes a file that the text names: a change, which is asked for";

#[test]
fn what_hides_a_destructive_call_is_destructive() {
    let scripts = corpus(include_str!("fixtures/powershell/hostile.txt"));
    assert!(scripts.len() >= 510, "{}", scripts.len());
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    for (name, _, text) in &scripts {
        let known = NOT_DESTRUCTIVE.iter().any(|(n, _)| n == name);
        match judge(text) {
            Ok(judgement) if judgement.risk < Risk::Destructive && !known => {
                wrong.push(format!("{name}: {}\n{text}\n", judgement.risk.word()));
            }
            Ok(judgement) if judgement.risk == Risk::Read => {
                wrong.push(format!("{name}: read\n{text}\n"));
            }
            Ok(judgement) if judgement.risk == Risk::Destructive && known => {
                wrong.push(format!("{name}: is destructive now, drop it from the list"));
            }
            Ok(_) => {}
            // Not run at all.
            Err(error) => refused.push(format!("{name}: {error}")),
        }
    }
    println!("{} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        scripts.len(),
        wrong.join("\n")
    );
}

/// Scripts that could stand on one line and are refused, as the joined line reads differently.
const NOT_JOINED: &[(&str, &str)] = &[
    (
        "requires-first",
        "#Requires is a comment that says something",
    ),
    (
        "verbatim-argument-then-pipe",
        "--% takes the rest of its line",
    ),
    (
        "for-loop-lines",
        "a line end stands for a semicolon in for ( )",
    ),
    ("class", "the members of a class end with their lines"),
    ("using-namespace", "using ends with its line"),
];

#[test]
fn a_script_says_the_same_on_one_line_and_with_windows_line_ends() {
    let judged = |text: &str| judge(text).map(|j| (j.risk, j.removes_cms, j.reasons.len()));
    let mut joined = 0;
    for (name, _, text) in corpus(include_str!("fixtures/powershell/valid.txt")) {
        let Ok(script) = powershell::parse(&text) else {
            continue;
        };
        let says_the_same = |other: &str| {
            let read = powershell::parse(other).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(read.commands.len(), script.commands.len(), "{name}");
            assert_eq!(read.statements.len(), script.statements.len(), "{name}");
            assert_eq!(judged(other), judged(&text), "{name}: {other}");
        };
        says_the_same(&powershell::windows_lines(&text).expect(&name));
        let known = NOT_JOINED.iter().any(|(n, _)| *n == name);
        match powershell::one_line(&text) {
            Ok(line) => {
                assert!(!known, "{name}: joins now, drop it from the list");
                assert!(!line.contains(['\n', '\r']), "{name}: {line}");
                says_the_same(&line);
                joined += 1;
            }
            Err(OneLineError::Changed) => assert!(known, "{name}: does not join"),
            Err(OneLineError::Empty) => assert!(script.statements.is_empty(), "{name}"),
            Err(OneLineError::Text(_)) => {
                assert!(
                    name.contains("here-string") || name.contains("multi-line"),
                    "{name}"
                );
            }
            Err(OneLineError::Control(_)) => assert!(text.contains('\t'), "{name}"),
            Err(OneLineError::Syntax(e)) => panic!("{name}: {e}"),
        }
    }
    assert!(joined > 150, "{joined}");
}
