use proptest::prelude::*;

use super::*;
use crate::powershell::literal;

const ABOUT: About<'_> = About {
    title: "Enable users",
    origin: "users/enable-user",
};

fn copied(form: CopyForm, command: &str) -> Copied {
    copy(form, command, ABOUT).unwrap_or_else(|e| panic!("{command:?}: {e}"))
}

#[test]
fn the_forms_of_two_commands() {
    let command = "Get-CsPool\nGet-CsUser 'a'";
    assert_eq!(copied(CopyForm::Command, command).text, command);
    assert_eq!(
        copied(CopyForm::OneLine, command).text,
        "Get-CsPool; Get-CsUser 'a'"
    );
    let line = copied(CopyForm::Encoded, command);
    assert_eq!(decode_line(&line.text).as_deref(), Ok(command));
    assert_eq!(line.note, None);
    let script = copied(CopyForm::Script, command);
    assert_eq!(
        script.text,
        "<#\r\n.SYNOPSIS\r\n    Enable users\r\n.DESCRIPTION\r\n    Made by csdeck from users/enable-user.\r\n#>\r\n\r\n\r\nGet-CsPool\r\nGet-CsUser 'a'"
    );
    assert_eq!(script.file(), format!("{}\r\n", script.text).into_bytes());
}

#[test]
fn a_script_has_a_mark_when_it_needs_one() {
    let file = copied(CopyForm::Script, "Get-CsUser 'Jürgen'").file();
    assert!(file.starts_with(b"\xef\xbb\xbf<#\r\n"));
    assert!(file.ends_with("'Jürgen'\r\n".as_bytes()));
    // Only scripts: another form is not read as a file.
    assert!(
        copied(CopyForm::Command, "Get-CsUser 'ü'")
            .file()
            .starts_with(b"Get")
    );
}

#[test]
fn a_script_says_that_it_asks() {
    let asks = "Set-X -Pin (Read-Host -AsSecureString 'Pin')";
    assert!(
        copied(CopyForm::Script, asks)
            .text
            .contains("Asks for passwords")
    );
    assert!(!copied(CopyForm::Script, "Get-X").text.contains("Asks"));
}

#[test]
fn a_title_ends_no_comment_and_is_no_keyword() {
    let about = About {
        title: ".NOTES #> Remove-CsUser a\n<#",
        origin: "own/x#>",
    };
    let script = copy(CopyForm::Script, "Get-CsPool", about).expect("a script");
    let read = parse(&script.text).expect("parses");
    assert_eq!(read.commands.len(), 1);
    assert!(script.text.contains("\r\n    NOTES # > Remove-CsUser a"));
}

#[test]
fn a_line_end_within_a_value_stays_one() {
    let script = copied(CopyForm::Script, "Get-X @'\na\nb\n'@\nGet-Y");
    assert!(script.text.ends_with("Get-X @'\na\nb\n'@\r\nGet-Y"));
    assert!(matches!(
        copy(CopyForm::OneLine, "Get-X @'\na\n'@", ABOUT),
        Err(CopyError::OneLine(_))
    ));
}

#[test]
fn long_lines_are_told_and_too_long_ones_refused() {
    let command = |length: usize| format!("Get-X '{}'", "a".repeat(length));
    // Base64 of UTF-16 makes 8 characters of 3.
    assert_eq!(copied(CopyForm::Encoded, &command(3_000)).note, None);
    assert!(matches!(
        copied(CopyForm::Encoded, &command(3_100)).note,
        Some(CopyNote::TooLongForCmd { length }) if length > CMD_LIMIT
    ));
    assert!(matches!(
        copy(CopyForm::Encoded, &command(12_400), ABOUT),
        Err(CopyError::TooLong { length }) if length > PROCESS_LIMIT
    ));
}

#[test]
fn what_cannot_be_read_is_copied_as_it_is_only() {
    assert_eq!(copied(CopyForm::Command, "Get-X (").text, "Get-X (");
    for form in [CopyForm::OneLine, CopyForm::Script] {
        assert!(copy(form, "Get-X (", ABOUT).is_err());
    }
    for form in CopyForm::ALL {
        assert_eq!(copy(form, " \n", ABOUT), Err(CopyError::Empty));
    }
}

proptest! {
    #[test]
    fn no_form_ends_in_a_line_end(value in "[^\\p{Cc}\u{2028}\u{2029}]{0,30}", ends in "[\n\r]{0,3}") {
        let literal = literal::single_quoted(&value).expect("no controls");
        let command = format!("Set-X -Name {literal}\nGet-Y{ends}");
        for form in CopyForm::ALL {
            let copied = copied(form, &command);
            prop_assert!(!copied.text.ends_with(['\n', '\r']));
            prop_assert!(form == CopyForm::Command || form == CopyForm::Script || !copied.text.contains('\n'));
            prop_assert!(copied.file().ends_with(b"\n"));
        }
    }
}
