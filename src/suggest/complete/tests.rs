use super::*;
use crate::powershell::{Argument, parse};
use crate::suggest::{Engagement, History};
use proptest::prelude::*;

fn texts(text: &str, known: Known<'_>) -> Vec<String> {
    let completion = complete(text, text.len(), known);
    completion.candidates.into_iter().map(|c| c.text).collect()
}

fn plain(text: &str) -> Vec<String> {
    texts(text, Known::default())
}

fn has(found: &[String], wanted: &str) -> bool {
    found.iter().any(|f| f == wanted)
}

#[test]
fn cmdlets_by_prefix_and_by_words() {
    let found = plain("get-cspool");
    assert_eq!(found.first().map(String::as_str), Some("Get-CsPool"));
    assert!(
        found.iter().take(3).all(|f| f.starts_with("Get-CsPool")),
        "{found:?}"
    );
    let found = plain("Get-CsUser | set-voicepol");
    assert!(has(&found, "Set-CsVoicePolicy"), "{found:?}");
    assert!(has(&plain("$x = Get-CsVoiceR"), "Get-CsVoiceRoute"));
    for text in ["", "Get-CsPool | ", "'Get-Cs", "$Get-Cs", "Get-Cs*"] {
        assert!(plain(text).is_empty(), "{text}");
    }
}

#[test]
fn parameters_that_no_set_holds_with_the_others_are_left_out() {
    let found = plain("Install-CsDatabase -");
    assert!(has(&found, "-ConfiguredDatabases") && has(&found, "-CentralManagementDatabase"));
    let found = plain("Install-CsDatabase -CentralManagementDatabase -");
    assert_eq!(
        found.first().map(String::as_str),
        Some("-SqlServerFqdn"),
        "required ones first"
    );
    assert!(!has(&found, "-ConfiguredDatabases") && !has(&found, "-CentralManagementDatabase"));
    // By a part of the name, and the common ones by their beginning.
    assert!(has(&plain("Install-CsDatabase -paths"), "-DatabasePaths"));
    assert!(has(&plain("Get-CsPool -err"), "-ErrorAction"));
    // Dashes that people paste are dashes.
    assert!(has(&plain("Get-CsPool –iden"), "-Identity"));
    assert!(plain("Nobody-Knows -").is_empty());
}

#[test]
fn values_of_the_reference_and_of_the_language() {
    let found = plain("Install-CsDatabase -DatabaseType Mon");
    assert_eq!(found.first().map(String::as_str), Some("Monitoring"));
    let found = plain("Install-CsDatabase -DatabaseType:'Mon");
    assert_eq!(found.first().map(String::as_str), Some("Monitoring"));
    assert_eq!(
        plain("Get-CsPool -ErrorAction s"),
        ["SilentlyContinue", "Stop"]
    );
    assert_eq!(
        plain("Set-CsUser -Identity a -EnterpriseVoiceEnabled $"),
        ["$true", "$false"]
    );
    assert_eq!(plain("Enable-CsTopology -Confirm:"), ["$true", "$false"]);
    // A switch has no value of its own.
    assert!(plain("Install-CsDatabase -ConfiguredDatabases $t").is_empty());
}

#[test]
fn values_from_the_night_are_literals_and_go_where_they_belong() {
    let engagement =
        Engagement::read("pool = \"pool01.kestrel.lan\"\nsql-server = \"o'sql.kestrel.lan\"")
            .expect("reads");
    let known = Known {
        engagement: Some(&engagement),
        ..Known::default()
    };
    assert_eq!(
        texts("Get-CsPool -Identity po", known),
        ["'pool01.kestrel.lan'"]
    );
    // Without its name, and behind a comma.
    assert_eq!(texts("Get-CsPool ", known), ["'pool01.kestrel.lan'"]);
    assert_eq!(
        texts(
            "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn ‘o",
            known
        ),
        ["'o''sql.kestrel.lan'"]
    );
    assert!(
        texts("Move-CsUser -Identity a -Target ", known).contains(&"'pool01.kestrel.lan'".into())
    );
    // Secrets have no values.
    assert!(texts("Set-CsClientPin -Identity a -Pin ", known).is_empty());
}

#[test]
fn the_span_is_the_word_with_the_cursor() {
    let text = "Get-CsPool -Iden 'x' | Get-CsUser";
    let at = |cursor: usize| {
        let found = complete(text, cursor, Known::default());
        text[found.span].to_owned()
    };
    assert_eq!(at(16), "-Iden");
    assert_eq!(at(13), "-Iden");
    assert_eq!(at(6), "Get-CsPool");
    assert_eq!(at(text.len()), "Get-CsUser");
    let text = "Install-CsDatabase -DatabaseType 'Moni' -Report x";
    let found = complete(text, 36, Known::default());
    assert_eq!(&text[found.span], "'Moni'");
}

#[test]
fn the_common_part_goes_on_from_what_is_typed() {
    let candidate = |text: &str| Candidate {
        text: text.into(),
        note: String::new(),
    };
    let of = |texts: &[&str]| Completion {
        span: 0..0,
        candidates: texts.iter().map(|t| candidate(t)).collect(),
    };
    assert_eq!(
        of(&["Get-CsPool", "Get-CsPoolX"])
            .common_part("get-c")
            .as_deref(),
        Some("Get-CsPool")
    );
    assert_eq!(
        of(&["Get-CsPool", "Set-CsPool"]).common_part("").as_deref(),
        None
    );
    assert_eq!(of(&["-A"]).common_part("-A"), None);
    assert_eq!(of(&[]).common_part(""), None);
}

const PIECES: &[&str] = &[
    "Get-CsUser",
    "Install-CsDatabase",
    " -Identity",
    " -DatabaseType",
    ":",
    " ",
    "'",
    "\"",
    "’",
    "“",
    "(",
    ")",
    "{",
    "}",
    "@{",
    "$x",
    "$true",
    "|",
    ";",
    ",",
    "=",
    "#",
    "<#",
    "`",
    "\n",
    "日",
    "–",
    "a",
    "1",
];

proptest! {
    #[test]
    fn any_text_at_any_cursor(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14), cursor in 0usize..120
    ) {
        let text = pieces.concat();
        let found = complete(&text, cursor, Known::default());
        prop_assert!(text.get(found.span.clone()).is_some(), "{found:?}");
        prop_assert!(found.span.end >= text.floor_char_boundary(cursor));
        prop_assert!(found.candidates.len() <= MOST);
        let _ = open_at_end(&text);
    }

    #[test]
    fn a_literal_in_its_place_parses_to_the_value(
        value in "[^\\p{Cc}\u{2028}\u{2029}]{1,12}", typed in "['’]?[a-z0-9]{0,2}", behind in "| -Verbose|; Get-CsPool"
    ) {
        let folder = tempfile::tempdir().expect("folder");
        let pair = ("Identity".to_owned(), format!("{typed}{value}"));
        let history = History::record(&folder.path().join("h.json"), &[pair]).expect("kept");
        let known = Known { history: Some(&history), ..Known::default() };
        let text = format!("Set-CsUser -Identity {typed}");
        let found = complete(&text, text.len(), known);
        for candidate in found.candidates {
            let line = format!("{}{}{behind}", &text[..found.span.start], candidate.text);
            let script = parse(&line);
            prop_assert!(script.is_ok(), "{line} {script:?}");
            let script = script.expect("reads");
            let Some(Argument::Value(argument)) = script.commands[0].arguments.get(1) else {
                return Err(TestCaseError::fail(line));
            };
            prop_assert_eq!(&line[argument.span.clone()], &candidate.text);
        }
    }
}
