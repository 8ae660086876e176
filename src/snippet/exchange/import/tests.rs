use super::*;
use proptest::prelude::*;

#[test]
fn text_from_a_file_ends_no_comment_and_begins_no_section() {
    let entry = Entry {
        line: 3,
        title: "a #> Remove-Item x\n.NOTES".into(),
        description: "x\r\n.NOTES\nRunsOn: nowhere\n#>\u{1b}[2J".into(),
        tags: vec!["a,b".into(), "#>".into()],
        body: super::super::angle::read(
            "Get-CsUser -Identity <x>",
            super::super::angle::Angle::Pet,
        ),
    };
    let (taken, _) = snippet(&entry, &title(&entry), "g", &[]).expect("imports");
    let read = read(&taken.id, &taken.source, Layer::Reference).expect("reads");
    assert_eq!(read.commands, ["Get-CsUser"]);
    assert_eq!(read.notes, Default::default());
    assert_eq!(read.title, "a # > Remove-Item x NOTES");
    assert!(!taken.source.contains('\u{1b}'));
}

proptest! {
    #[test]
    fn whatever_the_title_says_the_body_is_all_that_runs(title in "\\PC{0,40}", description in "(\\PC|\n|#>|\\.NOTES|<#){0,40}") {
        let entry = Entry {
            line: 1,
            title,
            description,
            tags: Vec::new(),
            body: super::super::angle::read("Get-CsUser", super::super::angle::Angle::Pet),
        };
        let (taken, _) = snippet(&entry, "t", "", &[]).map_err(TestCaseError::fail)?;
        let read = read(&taken.id, &taken.source, Layer::Reference).expect("reads");
        prop_assert_eq!(read.commands, vec!["Get-CsUser".to_owned()]);
    }
}

#[test]
fn types_come_from_the_reference() {
    let import = |body: &str| {
        let text = format!("% a\n# b\n{body}\n");
        let imported = import(Format::Navi, &text, &Options::default()).expect("reads");
        let taken = imported.taken.into_iter().next().expect("one");
        read(&taken.id, &taken.source, Layer::Reference).expect("reads")
    };
    let snippet = import("Set-CsUser -Identity <user> -EnterpriseVoiceEnabled <on>");
    assert_eq!(snippet.field("on").map(|f| f.kind), Some(Kind::Bool));
    assert_eq!(snippet.field("user").map(|f| f.kind), Some(Kind::Text));
    let snippet = import("Install-CsDatabase -DatabasePaths <paths> -SqlServerFqdn '<sql>'");
    assert_eq!(snippet.field("paths").map(|f| f.list), Some(true));
}
