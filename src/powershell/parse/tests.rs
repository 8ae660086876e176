//! Scripts, and what is read out of them.

use super::*;
use crate::powershell::ast::Piece;
use proptest::prelude::*;

fn names(text: &str) -> Vec<String> {
    parse(text)
        .expect(text)
        .commands
        .into_iter()
        .map(|c| c.name.unwrap_or("?".into()))
        .collect()
}

#[test]
fn commands_are_found_at_any_depth() {
    assert_eq!(
        names("Get-A | % { Remove-B }; $(Get-C); \"$(Get-D)\"; @(Get-E (Get-F))"),
        ["Get-A", "%", "Remove-B", "Get-C", "Get-D", "Get-E", "Get-F"]
    );
    assert_eq!(names("SkypeForBusiness\\Get-Z"), ["Get-Z"]);
    assert_eq!(names("& 'Uninstall-X' -a"), ["Uninstall-X"]);
    assert_eq!(names("Un`install-X"), ["Uninstall-X"]);
}

#[test]
fn arguments_in_order() {
    let script = parse("X -A 'b' -C:$true @h D,E –F ‘g’").expect("parses");
    let [
        Argument::Parameter {
            name: a,
            value: None,
            ..
        },
        Argument::Value(b),
        Argument::Parameter {
            name: c,
            value: Some(t),
            ..
        },
        Argument::Splat { name: h, .. },
        Argument::Value(de),
        Argument::Parameter { name: f, .. },
        Argument::Value(g),
    ] = script.commands[0].arguments.as_slice()
    else {
        panic!("{:?}", script.commands[0].arguments);
    };
    assert_eq!(
        (a.as_str(), c.as_str(), h.as_str(), f.as_str()),
        ("A", "C", "h", "F")
    );
    assert_eq!(b.kind, ValueKind::Text("b".into()));
    assert_eq!(g.kind, ValueKind::Text("g".into()));
    assert_eq!(t.kind, ValueKind::Variable("true".into()));
    assert!(matches!(&de.kind, ValueKind::Array(items) if items.len() == 2));
}

#[test]
fn what_cannot_be_seen_through_is_listed() {
    for text in [
        "[IO.File]::Delete('x')",
        "$a.Delete()",
        "& $x",
        ". ./f.ps1",
        "foo --% bar",
        "& \"$x\"",
    ] {
        assert!(!parse(text).expect(text).opaque.is_empty(), "{text}");
    }
    for text in [
        "Get-X",
        "& { Get-X }",
        "if ($PSBoundParameters.ContainsKey('A')) { $h.A = $A }",
        "$x.y",
    ] {
        assert!(parse(text).expect(text).opaque.is_empty(), "{text}");
    }
}

#[test]
fn redirections() {
    let writes = |t: &str| parse(t).expect(t).commands[0].writes_file;
    assert!(writes("Get-X > out.txt") && writes("Get-X >> out.txt"));
    assert!(!writes("Get-X 2>&1") && !writes("Get-X > $null"));
}

#[test]
fn statements_of_the_idiom() {
    let script = parse("param([int]$A = 1, [string]$B)\n$h = @{}\nif ($A) { $h.A = $A }\nX @h")
        .expect("parses");
    assert!(script.param_block.is_some());
    assert!(
        matches!(&script.statements[0].kind, StatementKind::Assignment { variable, member: None, value: Value { kind: ValueKind::Hash(e), .. } } if variable == "h" && e.is_empty())
    );
    assert!(
        matches!(&script.statements[1].kind, StatementKind::If { condition, body } if condition == "$A" && body.len() == 1)
    );
    assert!(matches!(
        &script.statements[2].kind,
        StatementKind::Pipeline(_)
    ));
}

#[test]
fn syntax_errors_have_a_place() {
    let error = parse("Get-X\nGet-Y -A (").expect_err("open");
    assert_eq!((error.position.line, error.position.column), (2, 10));
    assert!(parse("if (").is_err());
}

#[test]
fn expanding_strings() {
    let script = parse("X \"a$B c`\" ${D}\"").expect("parses");
    let Argument::Value(Value {
        kind: ValueKind::Expandable(pieces),
        ..
    }) = &script.commands[0].arguments[0]
    else {
        panic!()
    };
    assert_eq!(
        pieces,
        &[
            Piece::Text("a".into()),
            Piece::Variable("B".into()),
            Piece::Text(" c\" ".into()),
            Piece::Variable("D".into())
        ]
    );
}

proptest! {
    #[test]
    fn never_panics(text in "[ -~\u{2018}\u{2019}\u{201c}\u{2013}\n]{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_quoted_value_is_one_argument(value in "[^\\p{Cc}\u{2028}\u{2029}]{0,30}") {
        let text = format!("Get-X -Name {}", literal::single_quoted(&value).expect("no controls"));
        let script = parse(&text).expect("parses");
        prop_assert_eq!(script.commands.len(), 1);
        prop_assert!(matches!(&script.commands[0].arguments[1], Argument::Value(v) if v.kind == ValueKind::Text(value.clone())));
    }
}
