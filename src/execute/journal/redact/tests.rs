use proptest::prelude::*;

use super::*;

fn of(text: &str) -> String {
    command(text, &[]).text
}

#[test]
fn secrets_by_type_and_by_name() {
    for (text, kept) in [
        (
            "Set-CsClientPin -Identity 'a' -Pin 1234",
            "Set-CsClientPin -Identity 'a' -Pin <|redacted|>",
        ),
        (
            "Set-CsClientPin 'kestrel\\ken' '18723834'",
            "Set-CsClientPin 'kestrel\\ken' <|redacted|>",
        ),
        (
            "Set-CsClientPin -Identity 'a' '18723834'",
            "Set-CsClientPin -Identity 'a' <|redacted|>",
        ),
        (
            "New-X -Password:“x’y” -Name b",
            "New-X -Password:<|redacted|> -Name b",
        ),
        (
            "New-X -Password 'it''s',\"b`\"c\" -Name b",
            "New-X -Password <|redacted|>,<|redacted|> -Name b",
        ),
        (
            "$p = ConvertTo-SecureString -AsPlainText 'x' -Force",
            "$p = ConvertTo-SecureString -AsPlainText <|redacted|> -Force",
        ),
        (
            "New-X -Password (ConvertTo-SecureString -String 'x' -AsPlainText -Force)",
            "New-X -Password (ConvertTo-SecureString -String <|redacted|> -AsPlainText -Force)",
        ),
        (
            "New-X -Password ('x' | ConvertTo-SecureString -AsPlainText -Force)",
            "New-X -Password (<|redacted|> | ConvertTo-SecureString -AsPlainText -Force)",
        ),
        (
            "foreach ($i in 1..2) { $sipPin = 12345; Set-X -Pin $sipPin }",
            "foreach ($i in 1..2) { $sipPin = <|redacted|>; Set-X -Pin $sipPin }",
        ),
        (
            "$h = @{ 'UserPassword' = 'x'; Name = 'b' }\nNew-X @h",
            "$h = @{ 'UserPassword' = <|redacted|>; Name = 'b' }\nNew-X @h",
        ),
        (
            "& { param([string]$Password = 'x', $B) New-X $B } -Password 'y' -B 1",
            "& { param([string]$Password = <|redacted|>, $B) New-X $B } -Password <|redacted|> -B 1",
        ),
        (
            "sqlcmd -Q 'Server=a;Password=x;B=1'",
            "sqlcmd -Q <|redacted|>",
        ),
        (
            "New-Object PSCredential('u', 'x')",
            "New-Object PSCredential(<|redacted|>)",
        ),
        (
            "New-Object PSCredential 'u', 'x'",
            "New-Object PSCredential <|redacted|>, <|redacted|>",
        ),
        (
            "[PSCredential]::new('u', $x)",
            "[PSCredential]::new(<|redacted|>)",
        ),
        (
            "Get-X -Credential 'kestrel\\ops' -A (Get-Date)",
            "Get-X -Credential <|redacted|> -A (Get-Date)",
        ),
        (
            "$Password = @'\nx'y\n'@\nGet-X",
            "$Password = <|redacted|>\nGet-X",
        ),
        // Not for the grammar, all the same for a look.
        (
            "Get-X ( -Password 'x y' -Name b",
            "Get-X ( -Password <|redacted|> -Name b",
        ),
    ] {
        assert_eq!(of(text), kept, "{text}");
    }
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "Get-CsPool sgpool01.kestrel.lan",
        "Set-CsClientPin -Identity 'a' -Pin $pin",
        "New-X -Password (Read-Host -AsSecureString 'Password')",
        "New-X -Password $true -Credential (Get-Credential)",
        "New-X -Password \"$p\"",
        "Get-X -Credential (Get-Stored -Target 'x')",
        "Set-CsPinPolicy -Identity Global -MinPasswordLength 6",
        "Get-X -Filter { Name -eq 'pin' } # -Password",
        "$x.PinCount = 7; $a = 'Password'",
        "Get-X '<|redacted|>'",
    ] {
        assert_eq!(of(text), text);
        assert!(!command(text, &[]).redacted, "{text}");
    }
}

#[test]
fn a_mark_is_no_powershell() {
    for text in [
        of("New-X -Pin 1"),
        of("$pin = '1'"),
        of("New-X -Pin '1' -B 2"),
    ] {
        assert!(text.contains('<'), "{text}");
        assert!(powershell::parse(&text).is_err(), "{text}");
    }
}

#[test]
fn secrets_by_value_whatever_their_quoting() {
    let secrets = [
        Secret::new("O'Brien\"s$1".into()),
        Secret::new("redacted".into()),
        Secret::new("abc".into()),
    ];
    for text in [
        "Get-X 'a O''Brien\"s$1 b'",
        "Get-X \"O'Brien`\"s`$1\"",
        "Get-X \"O'Brien\"\"s`$1\"",
        "Get-X O'Brien\"s$1 (",
    ] {
        let redacted = command(text, &secrets);
        assert!(!redacted.text.contains("Brien"), "{}", redacted.text);
        assert!(redacted.text.contains("<|***|>"), "{}", redacted.text);
    }
    // Too short to be told from a word.
    assert!(!command("Get-X abc", &secrets).redacted);
}

/// Secrets that no frame of a line, and no part of the texts below, holds by chance.
fn secret() -> impl Strategy<Value = String> {
    "[Q7#]{2}[a-zäß$'\"` ;{}<>|-]{2,12}"
}

proptest! {
    #[test]
    fn no_line_holds_a_secret(
        secret in secret(),
        second in secret(),
        before in "\\PC{0,20}",
        after in "\\PC{0,20}",
        shape in 0..6,
    ) {
        let secrets = [Secret::new(secret.clone()), Secret::new(second.clone())];
        let quoted = format!("'{}'", secret.replace('\'', "''"));
        let text = match shape {
            0 => format!("{before}{secret}{after}"),
            1 => format!("Get-X -Name {quoted} -B {second}"),
            2 => format!("Get-X \"{}\"", secret.replace('`', "``").replace('$', "`$").replace('"', "`\"")),
            3 => format!("{secret}{second}{secret}"),
            4 => format!("foreach ($a in 1) {{ New-X {quoted} }} # {before} {secret}"),
            _ => format!("Get-X @({quoted}, @{{ A = {quoted} }})"),
        };
        for redacted in [command(&text, &secrets), words(&text, &secrets)] {
            prop_assert!(!redacted.text.contains(&secret), "{}", redacted.text);
            prop_assert!(!redacted.text.contains(&second), "{}", redacted.text);
            prop_assert_eq!(redacted.redacted, redacted.text != text);
        }
        if shape != 2 {
            prop_assert!(command(&text, &secrets).redacted);
        }
    }

    #[test]
    fn text_without_secrets_is_the_same(
        secret in secret(),
        names in proptest::collection::vec("[A-Pa-z]{1,8}", 1..4),
        values in proptest::collection::vec("[ -~äß’\n]{0,12}", 1..4),
    ) {
        let secrets = [Secret::new(secret.clone())];
        let mut text = "Get-CsPool".to_owned();
        for (name, value) in names.iter().zip(&values) {
            if is_secret_name(name) || in_literal(value) {
                continue;
            }
            let value = value.replace(['=', '|'], " ");
            text.push_str(&format!(" -{name} '{}'", value.replace('\'', "''").replace('’', "’’")));
        }
        prop_assume!(!text.contains(&secret));
        prop_assert_eq!(words(&text, &secrets).text, text.clone());
        prop_assert_eq!(command(&text, &secrets), Redacted { text, redacted: false });
    }

    #[test]
    fn nothing_makes_it_panic(text in "[-$'\"`@{}()=|;:,a-cPinPasword\n ’]{0,40}", secret in "\\PC{0,6}") {
        let redacted = command(&text, &[Secret::new(secret)]);
        prop_assert_eq!(redacted.redacted, redacted.text != text);
    }
}
