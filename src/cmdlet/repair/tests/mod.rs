//! One test for each kind of damage.

mod filling;
mod properties;

use super::*;
use crate::powershell::parse;

/// Repairs, holds the text against what is wanted, and gives the rules.
fn rules(pasted: &str, wanted: &str) -> Vec<&'static str> {
    let repaired = repair(pasted);
    assert_eq!(repaired.text, wanted);
    let again = repair(wanted);
    assert_eq!((again.text.as_str(), again.changes), (wanted, Vec::new()));
    let mut rules: Vec<_> = repaired.changes.iter().map(|c| c.rule).collect();
    rules.dedup();
    rules
}

fn fine(text: &str) {
    assert_eq!(rules(text, text), Vec::<&str>::new());
}

#[test]
fn typographic_delimiters_become_plain_ones() {
    assert_eq!(
        rules(
            "Get-CsPool -Identity ‘a“b’, “c’d„",
            "Get-CsPool -Identity 'a“b', \"c’d\""
        ),
        ["quote"]
    );
    // What PowerShell takes for the end of a string is one, and a doubled one is none.
    assert_eq!(rules("X ‚a‘", "X 'a'"), ["quote"]);
    fine("X 'a’’b' \"c””d\"");
}

#[test]
fn an_apostrophe_in_a_string_is_doubled() {
    assert_eq!(
        rules("X -A 'it’s' -B 'c'", "X -A 'it’’s' -B 'c'"),
        ["apostrophe"]
    );
    assert_eq!(
        rules("X -A ‘it’s Bob’s’, ‘d’", "X -A 'it’’s Bob’’s', 'd'"),
        ["quote", "apostrophe", "quote"]
    );
    let repaired = repair("X -A ‘it’s’");
    let change = repaired
        .changes
        .iter()
        .find(|c| c.rule == "apostrophe")
        .expect("told");
    assert_eq!((change.line, change.column), (1, 9));
    assert_eq!((change.before.as_str(), change.after.as_str()), ("’", "’’"));
}

#[test]
fn an_apostrophe_that_may_be_a_quote_stays() {
    // Two strings with a word between them: no way to know.
    assert_eq!(rules("X ‘a’b ‘c’", "X 'a'b 'c'"), ["quote"]);
    fine("X \"it’s\" 'q'");
    fine("X # it’s ‘a comment’\nY <# isn’t it #>");
}

#[test]
fn double_primes_are_quotes_where_they_stand_for_one() {
    assert_eq!(rules("X -P ″G:\\CSDB″", "X -P \"G:\\CSDB\""), ["prime"]);
    assert_eq!(
        rules(
            "X -P “E:\\L1″,”F:\\L2″ -Q “a”",
            "X -P \"E:\\L1\",\"F:\\L2\" -Q \"a\""
        ),
        ["quote", "prime", "quote", "prime", "quote"]
    );
    assert_eq!(rules("X ‶a‶; Y", "X \"a\"; Y"), ["prime"]);
    assert_eq!(rules("X (f ″a″)|g", "X (f \"a\")|g"), ["prime"]);
    assert_eq!(rules("X @{a=″b″}", "X @{a=\"b\"}"), ["prime"]);
}

#[test]
fn double_primes_that_are_inches_stay() {
    fine("X 'a 19″ rack' \"a 19″ rack, 10″ deep\"");
    fine("X 19″");
    fine("X ″");
    fine("X ″a`″");
    fine("X '″'");
}

#[test]
fn blanks_and_invisible_characters() {
    assert_eq!(
        rules(
            "Get-Cs\u{200b}Pool\u{a0}-Ident\u{ad}ity\u{2009}a\u{feff}",
            "Get-CsPool -Identity a"
        ),
        ["invisible", "blank", "invisible", "blank", "invisible"]
    );
    assert_eq!(
        rules("\u{feff}X \u{2060}a\u{200c}\u{200d}", "X a"),
        ["invisible"]
    );
    fine("X 'a\u{a0}b\u{200b}\u{ad}' \"\u{feff}\" # \u{a0}");
}

#[test]
fn dashes() {
    for dash in ['‐', '‑', '‒', '–', '—', '―', '−'] {
        assert_eq!(
            rules(
                &format!("Get{dash}CsPool {dash}Identity a"),
                "Get-CsPool -Identity a"
            ),
            ["dash"]
        );
    }
    fine("X 'a–b' 5 – 3 pool–01 # –x");
    assert_eq!(rules("A;B | Get–CsPool", "A;B | Get-CsPool"), ["dash"]);
}

#[test]
fn back_ticks_with_blanks_behind_them() {
    assert_eq!(
        rules(
            "Get-CsPool ` \u{a0}\r\n -Identity a",
            "Get-CsPool `\r\n -Identity a"
        ),
        ["back-tick"]
    );
    fine("Get-CsPool `\n -Identity a` b");
}

#[test]
fn lines_that_begin_no_statement_are_joined() {
    assert_eq!(
        rules(
            "Install-CsDatabase -ConfiguredDatabases\n   -SqlServerFqdn\n\"sql01\" \r\n–DatabasePaths \"E:\\L\"\n, \"F:\\D\"\n| Format-List\nGet-CsPool",
            "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn \"sql01\" -DatabasePaths \"E:\\L\" , \"F:\\D\" | Format-List\nGet-CsPool"
        ),
        ["wrapped-line", "dash", "wrapped-line"]
    );
    assert_eq!(
        rules("Get-CsPool\n\n-Identity a", "Get-CsPool -Identity a"),
        ["wrapped-line"]
    );
    assert_eq!(
        rules(
            "Export-CsConfiguration -FileName\nC:\\cs.zip -Force",
            "Export-CsConfiguration -FileName C:\\cs.zip -Force"
        ),
        ["wrapped-line"]
    );
}

#[test]
fn lines_that_begin_a_statement_are_not() {
    fine("Export-CsConfiguration -FileName\nEnable-CsTopology");
    fine("Export-CsConfiguration -FileName\nRestart-Service X");
    fine("Export-CsConfiguration -FileName\nfl");
    fine("Export-CsConfiguration -FileName\n$a = 5");
    fine("Export-CsConfiguration -FileName\nThen do the rest");
    fine("Export-CsConfiguration -FileName # lost\n");
    fine("Export-CsConfiguration -Force\n'a'");
    fine("Get-CsPool\n-join $a");
    fine("Get-CsPool a,\n b |\n Format-List `\n -Property c");
    fine("Get-CsPool -Identity (\n'a'\n)\n@{\n a=1\n}");
}

#[test]
fn prompts() {
    for prompt in [
        "PS C:\\> ",
        "PS>",
        "[PS] C:\\Windows\\system32>",
        "PS C:\\Program Files\\x>",
        ">> ",
        "[fe01]: PS C:\\>",
        "C:\\Windows>",
        " PS C:\\>",
    ] {
        assert_eq!(
            rules(&format!("{prompt}Get-CsPool"), "Get-CsPool"),
            ["prompt"]
        );
    }
    assert_eq!(
        rules(
            "PS C:\\> Get-CsPool `\n>> -Identity a\n>>\nPS C:\\>",
            "Get-CsPool `\n-Identity a\n\n"
        ),
        ["prompt"]
    );
    fine("C:\\tools\\x.exe > out.txt");
    fine("ps > out.txt");
    fine("@'\nPS C:\\> x\n'@\n'a\n>> b'");
}

#[test]
fn bullets_and_numbers() {
    for front in [
        "• ",
        "\t•\u{a0}",
        "1. ",
        "12) ",
        "a. ",
        "1.1 ",
        "2.2.a ",
        "(3) ",
        "ii. ",
        "1 ",
        "* ",
        "- ",
        "– ",
        "1.",
        "• 1. ",
    ] {
        let repaired = repair(&format!("{front}Get–CsPool"));
        assert_eq!(repaired.text, "Get-CsPool", "{front}");
        assert_eq!(repair(&repaired.text).changes, []);
    }
    assert_eq!(
        rules("• Stop the services", "Stop the services"),
        ["bullet"]
    );
    fine("1. Stop the services");
    fine("1.1\n5 - 3\n- 5\n5 - $x\n- $x");
    assert_eq!(
        rules("2. $a = Get-CsPool", "$a = Get-CsPool"),
        ["list-number"]
    );
}

#[test]
fn split_switches() {
    let split = "Install-CsDatabase -CentralManagementDatabase UseDefault SQL Paths -Clean";
    let wanted = "Install-CsDatabase -CentralManagementDatabase -UseDefaultSqlPaths -Clean";
    assert_eq!(rules(split, wanted), ["split-parameter"]);
    assert_eq!(
        rules(
            "Install-CsDatabase -UseDefaultSQL Paths",
            "Install-CsDatabase -UseDefaultSqlPaths"
        ),
        ["split-parameter"]
    );
    assert_eq!(
        rules(
            "Install-CsDatabase -SqlServerFqdn a UseDefaultSqlPaths",
            "Install-CsDatabase -SqlServerFqdn a -UseDefaultSqlPaths"
        ),
        ["split-parameter"]
    );
    assert_eq!(
        rules(
            "Install-CsDatabase -SqlServer Fqdn sql01 -Force",
            "Install-CsDatabase -SqlServerFqdn sql01 -Force"
        ),
        ["split-parameter"]
    );
    // A value, a place for a value, a parameter that is there already.
    fine("Install-CsDatabase -SqlServerFqdn Clean");
    fine("Get-CsPool Identity");
    fine("Get-CsUser Filter");
    fine("Export-CsConfiguration Force");
    fine("Install-CsDatabase -Clean Clean");
    fine("Install-CsDatabase -Clean something else");
}

#[test]
fn split_names() {
    for split in [
        "Get-CsManagementStore ReplicationStatus",
        "Get- CsManagementStoreReplicationStatus",
        "Get -CsManagementStoreReplicationStatus",
        "get-csmanagement store replication status",
    ] {
        assert_eq!(
            rules(split, "Get-CsManagementStoreReplicationStatus"),
            ["split-name"]
        );
    }
    assert_eq!(
        rules("$a = Get-Cs Pool | fl", "$a = Get-CsPool | fl"),
        ["split-name"]
    );
    fine("Get-CsUser Acp");
    fine("Write-Host Get-Cs Pool");
}

#[test]
fn pasted_names_keep_their_spelling() {
    fine("install-csdatabase -SqlServerfqdn a -CLEAN");
}

#[test]
fn bare_lists_are_fine() {
    fine("Install-CsDatabase -DatabasePaths I:\\A,H:\\B -Force");
    fine("Install-CsDatabase -DatabasePaths I:\\A, H:\\B -Force");
}

#[test]
fn places_are_those_of_the_pasted_text() {
    let repaired = repair("• Get-CsPool\n  PS> Get-CsPool\u{a0}–Identity ‘a’");
    let places: Vec<_> = repaired
        .changes
        .iter()
        .map(|c| (c.line, c.column, c.rule))
        .collect();
    assert_eq!(
        places,
        [
            (1, 1, "bullet"),
            (2, 1, "prompt"),
            (2, 17, "blank"),
            (2, 18, "dash"),
            (2, 28, "quote"),
            (2, 30, "quote")
        ]
    );
}

#[test]
fn the_rest_is_repaired_behind_an_unclosed_string() {
    let repaired = repair("Get-CsPool 'a\nGet–CsPool");
    assert_eq!(repaired.text, "Get-CsPool 'a\nGet-CsPool");
}

#[test]
fn a_huge_text_is_refused() {
    let text = "Get–CsPool\n".repeat(MAX_BYTES / 10);
    let repaired = repair(&text);
    assert_eq!(repaired.text, text);
    assert_eq!(
        repaired.changes.iter().map(|c| c.rule).collect::<Vec<_>>(),
        ["too-long"]
    );
}

/// Texts of the largest size in which every character asks for a look ahead. They end; a square
/// of their length would not within the time of a test.
#[test]
fn hostile_texts_of_full_size_end() {
    for unit in [
        "’",
        "a’b",
        "″",
        "″a",
        "\"a″ ",
        "'\n",
        "'\"\n",
        "(",
        "• ",
        ">> ",
        "-a\n",
        "`",
        "$(",
        "\"$(",
        "@'\n",
        "\u{200b}",
        "Get-Cs ",
        "a ",
        ",",
        "Install-CsDatabase UseDefault ",
        "1. ",
    ] {
        let text = unit.repeat(MAX_BYTES / unit.len());
        let repaired = repair(&text);
        assert_eq!(repair(&repaired.text).text, repaired.text, "{unit:?}");
    }
}

#[test]
fn the_difference_is_told_in_lines() {
    let kinds: Vec<_> = diff("a\nb\r\nc", "a\nB\nc")
        .into_iter()
        .map(|l| (l.kind, l.text))
        .collect();
    let line = |kind, text: &str| (kind, text.to_owned());
    assert_eq!(
        kinds,
        [
            line(DiffKind::Same, "a"),
            line(DiffKind::Removed, "b"),
            line(DiffKind::Added, "B"),
            line(DiffKind::Same, "c")
        ]
    );
    assert!(diff("", "").is_empty());
}
