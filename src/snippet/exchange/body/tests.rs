use super::super::angle::{self, Angle};
use super::*;
use crate::powershell::literal;
use proptest::prelude::*;

fn text(body: &str) -> Result<String, String> {
    turn(&angle::read(body, Angle::Pet)).map(|turned| turned.text)
}

#[test]
fn quotes_follow_from_where_the_place_stands() {
    for (body, wanted) in [
        ("Get-CsUser -Identity <x>", "Get-CsUser -Identity $x"),
        ("Get-CsUser -Identity '<x>'", "Get-CsUser -Identity $x"),
        ("Get-CsUser -Identity \"<x>\"", "Get-CsUser -Identity $x"),
        ("Get-CsUser \u{2018}<x>\u{2019}", "Get-CsUser $x"),
        (
            "Get-CsUser -Identity:'<x>' -a",
            "Get-CsUser -Identity:$x -a",
        ),
        ("Get-CsUser -Identity:<x>", "Get-CsUser -Identity:$x"),
        (
            "Get-CsUser sip:<user>@contoso.com",
            "Get-CsUser \"sip:${user}@contoso.com\"",
        ),
        (
            "Get-CsUser 'sip:<user>@contoso.com'",
            "Get-CsUser \"sip:${user}@contoso.com\"",
        ),
        (
            "Get-CsUser \"sip:<user>@$domain\"",
            "Get-CsUser \"sip:${user}@$domain\"",
        ),
        (
            "Get-X 'a ''<x>'' \"b\" $c `d'",
            "Get-X \"a '${x}' `\"b`\" `$c ``d\"",
        ),
        (
            r"Export-X \\<server>\share\<name>.zip",
            "Export-X \"\\\\${server}\\share\\${name}.zip\"",
        ),
        ("Get-X <a>,<b>,c<d>", "Get-X $a,$b,\"c${d}\""),
        (
            "Set-X -L @{Add='<a>';Remove=<b>; Replace = <c>}",
            "Set-X -L @{Add=$a;Remove=$b; Replace = $c}",
        ),
        ("Get-X a='<x>'", "Get-X a=\"${x}\""),
        (
            "Get-X | Where-Object { $_.Name -eq '<n>' }",
            "Get-X | Where-Object { $_.Name -eq $n }",
        ),
        (
            "Get-X | Where-Object { $_.Name -like '<n>*' }",
            "Get-X | Where-Object { $_.Name -like \"${n}*\" }",
        ),
        ("Get-X <a> > /tmp/x 2>&1", "Get-X $a > /tmp/x 2>&1"),
        ("Get-X <a> # of <b>", "Get-X $a # of <b>"),
        ("Get-X \"$(Get-Y '<a>' <b>)\"", "Get-X \"$(Get-Y $a $b)\""),
        ("Get-X @\"\nx <a>\n\"@", "Get-X @\"\nx ${a}\n\"@"),
        ("Get-X `\n -A <a>", "Get-X `\n -A $a"),
        ("Get-X -Host <host>", "Get-X -Host $hostValue"),
        ("$x = 1; Get-X <x>", "$x = 1; Get-X $xValue"),
        ("[int]$n = <n>; Get-X $n", "[int]$n = $nValue; Get-X $n"),
    ] {
        assert_eq!(text(body).as_deref(), Ok(wanted), "{body}");
    }
}

#[test]
fn what_cannot_be_told_is_refused() {
    for (body, why) in [
        ("<verb>-CsUser -Identity a", "cannot be told"),
        ("<command> -Identity a", "the command itself"),
        ("Get-X | <command>", "the command itself"),
        ("Get-X -<parameter> a", "cannot be told"),
        ("Get-X $<x>", "cannot be told"),
        ("Get-X $env:<x>", "cannot be told"),
        ("Get-X \"$a<x>\"", "right behind a variable"),
        ("Get-X \"`<x>\"", "back-tick"),
        ("Get-X @'\n<a>\n'@", "nothing expands"),
        ("Get-X 'a<x>", "never closed"),
        ("Get-X <x> && Get-Y", "no PowerShell"),
        ("ls <x> | grep a", "grep is a command of Unix"),
        ("if [ -f <x> ]; then rm <x>; fi", "no PowerShell"),
        ("Get-X <x> 2>/dev/null", "/dev/null"),
        ("<x>", "the command itself"),
        ("", "no command"),
    ] {
        let error = text(body).expect_err(body);
        assert!(error.contains(why), "{body}: {error}");
    }
}

#[test]
fn a_stand_in_is_no_word_of_the_body() {
    assert_eq!(
        text("Get-X zq0z <a> zqq").as_deref(),
        Ok("Get-X zq0z $a zqq")
    );
}

#[test]
fn numbered_places_are_called_like_the_parameter_in_front() {
    let mut body = Body::default();
    body.text("Get-CsUser -Identity '");
    body.place(Default::default(), "$1");
    body.text("' -eq ");
    body.place(Default::default(), "$2");
    let turned = turn(&body).expect("turns");
    let names: Vec<_> = turned.fields.iter().flatten().map(|f| &f.name).collect();
    assert_eq!(names, ["Identity", "Value2"]);
}

proptest! {
    // The text of a string stays the same to the character, whatever it is.
    #[test]
    fn strings_keep_their_text(head in "[ -;=?-~ä\u{2019}\u{201c}]{0,12}", tail in "[ -;=?-~ä\u{2018}]{0,12}") {
        let inner = |text: &str| literal::single_quoted(text).expect("no controls");
        let whole = inner(&format!("{head}<name>{tail}"));
        let turned = text(&format!("Get-X {whole}")).expect("turns");
        let script = crate::powershell::parse(&turned).expect("parses");
        let argument = script.commands[0].arguments[0].clone();
        let crate::powershell::Argument::Value(value) = argument else {
            panic!("no value: {turned}");
        };
        let said = match value.kind {
            crate::powershell::ValueKind::Variable(name) => format!("<{name}>"),
            crate::powershell::ValueKind::Expandable(pieces) => pieces
                .into_iter()
                .map(|piece| match piece {
                    crate::powershell::Piece::Text(text) => text,
                    crate::powershell::Piece::Variable(name) => format!("<{name}>"),
                    crate::powershell::Piece::Other => "?".into(),
                })
                .collect(),
            other => panic!("{other:?}: {turned}"),
        };
        prop_assert_eq!(said, format!("{head}<name>{tail}"));
    }

    // Whatever the text: an error or PowerShell, never a panic.
    #[test]
    fn any_text_ends(body in "[-<>a-c$'\"`{}()@=|; #\n]{0,40}") {
        if let Ok(turned) = turn(&angle::read(&body, Angle::Pet)) {
            prop_assert!(crate::powershell::parse(&turned.text).is_ok());
        }
    }
}
