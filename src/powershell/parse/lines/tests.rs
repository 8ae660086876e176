use proptest::prelude::*;

use super::*;
use crate::powershell::literal;

fn line(source: &str) -> String {
    one_line(source).unwrap_or_else(|e| panic!("{source:?}: {e}"))
}

#[test]
fn statements_are_separated_and_everything_else_goes_on() {
    for (source, wanted) in [
        ("Get-X", "Get-X"),
        ("Get-X -A 'b' # note", "Get-X -A 'b'"),
        ("Get-X\r\nGet-Y\r\n", "Get-X; Get-Y"),
        ("Get-X;\nGet-Y", "Get-X; Get-Y"),
        ("\n\n  Get-X\n\n\n  Get-Y\n", "Get-X; Get-Y"),
        ("Get-X |\n    Get-Y", "Get-X | Get-Y"),
        (
            "Get-X `\n    -A b `\r\n    -C d\nGet-Y",
            "Get-X -A b -C d; Get-Y",
        ),
        ("Get-X -A 'a',\n  'b'\nGet-Y", "Get-X -A 'a', 'b'; Get-Y"),
        ("Get-X # one\n# two\nGet-Y # three", "Get-X; Get-Y"),
        ("Get-X <# a\nb #>\nGet-Y", "Get-X; Get-Y"),
        ("Get-X <# a #> -A b\nGet-Y", "Get-X <# a #> -A b; Get-Y"),
        ("Get-X <# a\nb #> -A b", "Get-X -A b"),
        (
            "if ($a) {\n\tGet-X\t-A\u{c}b <#\t#> 'c'\n}",
            "if ($a) { Get-X -A b 'c' }",
        ),
        ("# only in front\nGet-X", "Get-X"),
        ("Get-X '# no comment'\nGet-Y", "Get-X '# no comment'; Get-Y"),
        (
            "Get-X {\n  Get-Y\n  Get-Z\n}\nGet-W",
            "Get-X { Get-Y; Get-Z }; Get-W",
        ),
        (
            "if ($a) {\n  Get-X\n}\nelse {\n  Get-Y\n}\nGet-Z",
            "if ($a) { Get-X } else { Get-Y }; Get-Z",
        ),
        (
            "try {\n  Get-X\n}\ncatch {\n  Get-Y\n}\nfinally { Get-Z }",
            "try { Get-X } catch { Get-Y } finally { Get-Z }",
        ),
        (
            "$h = @{\n  A = 1\n  B = @(\n    'x'\n    'y'\n  )\n}\nGet-X @h",
            "$h = @{ A = 1; B = @( 'x'; 'y' ) }; Get-X @h",
        ),
        (
            "& {\nparam(\n  [string]$A,\n  [int]$B\n)\nGet-X $A\n} -A 'b'",
            "& { param( [string]$A, [int]$B ) Get-X $A } -A 'b'",
        ),
        ("$a -and\n$b", "$a -and $b"),
        (
            "Get-X \u{2018}a\u{2019}\nGet-Y \u{2013}A b",
            "Get-X \u{2018}a\u{2019}; Get-Y \u{2013}A b",
        ),
        (
            "switch ($x) {\n  1 { Get-X }\n  2 {\n    Get-Y\n  }\n}",
            "switch ($x) { 1 { Get-X } 2 { Get-Y } }",
        ),
        ("Get-X > a.txt\nGet-Y", "Get-X > a.txt; Get-Y"),
        (
            "do {\n  Get-X\n} while ($a)\nGet-Y",
            "do { Get-X } while ($a); Get-Y",
        ),
    ] {
        assert_eq!(line(source), wanted, "{source:?}");
        assert_eq!(line(&line(source)), wanted, "{source:?} again");
    }
}

#[test]
fn what_cannot_stand_on_one_line_is_refused_with_a_reason() {
    let text = |at, column| Err(OneLineError::Text(Position { line: at, column }));
    assert_eq!(one_line("Get-X 'a\nb'"), text(1, 9));
    assert_eq!(one_line("Get-X\nGet-Y @'\na\n'@"), text(2, 9));
    assert_eq!(one_line("# nothing\n\n"), Err(OneLineError::Empty));
    assert!(matches!(
        one_line("Get-X (\n"),
        Err(OneLineError::Syntax(_))
    ));
    // In a console a tab completes, and ESC clears the line.
    assert_eq!(
        one_line("Get-X <# \t #>\nGet-Y 'a\tb'"),
        Err(OneLineError::Control(Position { line: 2, column: 9 }))
    );
    assert!(matches!(
        one_line("Get-X 'a\u{1b}b'"),
        Err(OneLineError::Control(_))
    ));
    // Everything behind --% up to the line's end belongs to it.
    assert_eq!(
        one_line("icacls --% a b\nGet-Y"),
        Err(OneLineError::Changed)
    );
}

#[test]
fn windows_lines_leave_the_inside_of_texts_alone() {
    assert_eq!(
        windows_lines("a # b\nc 'd\ne'\r\nf\n").as_deref(),
        Ok("a # b\r\nc 'd\ne'\r\nf\r\n")
    );
    assert_eq!(
        windows_lines("<#\nx\n#>\n@'\na\n'@").as_deref(),
        Ok("<#\r\nx\r\n#>\r\n@'\na\n'@")
    );
    assert!(windows_lines("'").is_err());
}

/// Pieces of which scripts are made, with every kind of line end between and within them.
fn script() -> impl Strategy<Value = String> {
    let value = "'[a-c#;|{}` \u{2019}\u{2018}é]{0,6}'".prop_filter("closed", |v| {
        parse(&format!("X {v}")).is_ok_and(|s| s.commands.len() == 1)
    });
    let command = (
        prop::sample::select(vec![
            "Get-CsPool",
            "Set-CsUser",
            "Remove-CsUser",
            "$a = Get-X",
        ]),
        prop::collection::vec(
            (
                prop::sample::select(vec![" ", " `\n ", "  ", " <# c #> ", " <# c\nd #> "]),
                prop::sample::select(vec!["-Identity", "-Force", "\u{2013}Name", "word", "12"]),
                value,
            ),
            0..3,
        ),
    )
        .prop_map(|(name, arguments)| {
            arguments
                .into_iter()
                .fold(name.to_owned(), |text, (gap, word, value)| {
                    format!("{text}{gap}{word} {value}")
                })
        });
    let wrapped = (command, 0..6u8).prop_map(|(c, n)| match n {
        0 => format!("if ($x) {{\n  {c}\n  Get-Y\n}}\nelse {{ {c} }}"),
        1 => format!("@(\n{c}\n{c}\n)"),
        2 => format!("{c} |\n  Select-Object A,\n    B"),
        3 => format!("foreach ($i in 1,2) {{\n# note\n{c}\n}}"),
        _ => c,
    });
    prop::collection::vec(
        (
            wrapped,
            prop::sample::select(vec!["\n", "\r\n", ";", ";\n", " # x; y\n", "\n\n  ", "\r"]),
        ),
        1..5,
    )
    .prop_map(|parts| parts.into_iter().map(|(c, end)| c + end).collect())
}

fn said(source: &str) -> Vec<(Option<String>, usize)> {
    let script = parse(source).expect("parses");
    let shape = |c: &crate::powershell::Command| (c.name.clone(), c.arguments.len());
    script.commands.iter().map(shape).collect()
}

proptest! {
    #[test]
    fn one_line_says_the_same(source in script()) {
        prop_assume!(parse(&source).is_ok());
        let line = line(&source);
        prop_assert!(!line.contains(['\n', '\r']), "{line:?}");
        prop_assert_eq!(said(&source), said(&line));
        prop_assert_eq!(one_line(&line), Ok(line));
    }

    #[test]
    fn any_text_is_joined_or_refused(source in "[ -~\n\r\t\u{1b}\u{85}\u{2028}\u{2019}é]{0,60}|([a-c'\"@`#$(){};|<>\n ]|Get-X){0,24}") {
        match one_line(&source) {
            Ok(line) => {
                prop_assert!(!line.contains(literal::is_refused));
                // The grammar knows no carriage return alone behind a backtick; the line is made
                // of the text with line feeds.
                let unified = source.replace("\r\n", "\n").replace('\r', "\n");
                prop_assert_eq!(said(unified.trim_matches('\n')), said(&line));
            }
            Err(e) => prop_assert!(!e.to_string().is_empty()),
        }
    }

    #[test]
    fn windows_lines_read_the_same(source in script()) {
        prop_assume!(parse(&source).is_ok());
        let windows = windows_lines(&source).expect("scans");
        prop_assert_eq!(windows.matches('\n').count(), windows.matches("\r\n").count());
        prop_assert_eq!(said(&source), said(&windows));
        prop_assert_eq!(windows_lines(&windows), Ok(windows));
    }
}
