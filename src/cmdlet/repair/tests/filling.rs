//! Forms of pasted commands.

use super::*;

fn one(text: &str) -> Filled {
    let mut all = fill(text).expect("fills");
    assert_eq!(all.len(), 1, "{text}");
    all.remove(0)
}

fn values(filled: &Filled) -> Vec<(&'static str, Pasted)> {
    filled
        .values
        .iter()
        .map(|(n, v)| (filled.cmdlet.parameters[*n].name, v.clone()))
        .collect()
}

fn lost(filled: &Filled) -> Vec<&'static str> {
    filled
        .lost
        .iter()
        .map(|n| filled.cmdlet.parameters[*n].name)
        .collect()
}

fn constants(values: &[&str]) -> Pasted {
    Pasted::Values(values.iter().map(|v| (*v).to_owned()).collect())
}

fn computed(written: &str) -> Pasted {
    Pasted::Expression(written.to_owned())
}

#[test]
fn lists_and_constants() {
    let filled = one("Install-CsDatabase -ConfiguredDatabases -DatabasePaths I:\\A,H:\\B");
    assert_eq!(
        values(&filled),
        [
            ("ConfiguredDatabases", Pasted::On),
            ("DatabasePaths", constants(&["I:\\A", "H:\\B"]))
        ]
    );
    for (written, wanted) in [
        ("'a','b'", constants(&["a", "b"])),
        ("@('a', \"b\")", constants(&["a", "b"])),
        ("@('a')", constants(&["a"])),
        ("\"a`\"b\"", constants(&["a\"b"])),
        ("\"a`nb\"", computed("\"a`nb\"")),
        ("12", constants(&["12"])),
        ("(Get-CsPool)", computed("(Get-CsPool)")),
        ("'a',$null", computed("'a',$null")),
        ("@{add='x'}", computed("@{add='x'}")),
        ("a$null", computed("a$null")),
        ("a'b'", computed("a'b'")),
    ] {
        let text = format!("Install-CsDatabase -DatabasePaths {written} -Force");
        let filled = one(&text);
        assert_eq!(values(&filled)[0].1, wanted, "{written}");
        assert_eq!(values(&filled).len(), 2, "{written}");
    }
}

#[test]
fn truths() {
    let filled = one("Enable-CsTopology -SkipPrepareCheck $TRUE -Force:$true -WhatIf:$false");
    assert_eq!(
        values(&filled),
        [
            ("SkipPrepareCheck", constants(&["true"])),
            ("Force", Pasted::On)
        ]
    );
    assert_eq!(filled.kept, ["-WhatIf:$false"]);
}

#[test]
fn lost_values() {
    for text in [
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn -Force",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn ''",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn \"\"",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn:''",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn '\u{200b} '",
    ] {
        let filled = one(text);
        assert_eq!(lost(&filled), ["SqlServerFqdn"], "{text}");
        assert_eq!(filled.set.name, "ByConfigured");
    }
}

#[test]
fn values_without_a_name_get_their_place() {
    let filled = one("Move-CsMeetingRoom pool1 room1 -Force");
    assert_eq!(
        values(&filled),
        [
            ("Target", constants(&["pool1"])),
            ("Identity", constants(&["room1"])),
            ("Force", Pasted::On)
        ]
    );
    let filled = one("Move-CsMeetingRoom -Identity room1 pool1");
    assert_eq!(values(&filled)[1], ("Target", constants(&["pool1"])));
    let filled = one("Enable-CsTopology please");
    assert_eq!(
        filled.notes,
        ["please stands where no parameter takes a value; it was left out"]
    );
}

#[test]
fn what_no_field_holds_is_kept() {
    let text = "Get-CsPool -ErrorAction Stop a -Verbose @rest -Nonsense 5 2>$null | Format-List";
    let filled = one(text);
    assert_eq!(
        filled.kept,
        [
            "-ErrorAction Stop",
            "-Verbose",
            "@rest",
            "-Nonsense 5",
            "2>$null"
        ]
    );
    assert_eq!(filled.tail, "| Format-List");
    assert_eq!(filled.notes.len(), 1);
    assert!(filled.notes[0].starts_with("Get-CsPool has no parameter -Nonsense; kept as written"));
    assert_eq!(values(&filled), [("Identity", constants(&["a"]))]);
    let filled = one("Get-CsPool > out.txt");
    assert_eq!(filled.kept, ["> out.txt"]);
}

#[test]
fn notes() {
    let note = |text: &str| one(text).notes.join("; ");
    assert_eq!(
        note("Get-CsPool -Identity $pool"),
        "-Identity: $pool is not known here; it has its value only where it was set"
    );
    assert_eq!(note("Get-CsPool -Identity $env:X"), "");
    assert!(note("Get-CsPool -Identity (Get-CsPool $a)").contains("$a is not known"));
    assert!(note("Get-CsPool -Identity 'a\u{200b}'").contains("U+200B"));
    assert!(note("Get-CsPool -Identity 'a\u{a0}b'").contains("U+00A0"));
    assert!(note("Get-CsPool -Identity a -Identity b").contains("given twice; -Identity b"));
    let both = one("Install-CsDatabase -LocalDatabases -SqlServerFqdn a");
    assert!(both.notes[0].starts_with("no parameter set has all of these parameters"));
}

#[test]
fn the_set_is_the_likeliest() {
    assert_eq!(one("Move-CsManagementServer").set.name, "FromBackup");
    assert_eq!(one("Install-CsDatabase -SqlServerFqdn a").set.name, "ByCMS");
    assert_eq!(one("Install-CsDatabase -Clean -Update").set.name, "ByLocal");
    assert_eq!(one("Export-CsConfiguration a").set.name, "FileName");
    assert_eq!(one("Export-CsConfiguration -AsBytes").set.name, "AsBytes");
}

#[test]
fn several_commands() {
    let all =
        fill("Get-CsPool\nWrite-Host 'x'; Enable-CsTopology | fl\n$a = Get-CsUser").expect("fills");
    let names: Vec<_> = all.iter().map(|f| f.cmdlet.name).collect();
    assert_eq!(names, ["Get-CsPool", "Enable-CsTopology"]);
    assert_eq!(
        all[1].notes,
        [
            "not in a form, run it by itself: Write-Host 'x'",
            "not in a form, run it by itself: $a = Get-CsUser"
        ]
    );
}

#[test]
fn errors() {
    let error = |text: &str| fill(text).expect_err("no form").to_string();
    assert!(error("Get-CsPool 'a").contains("line 1, column 12"));
    assert!(error("Get-CsPol").contains("Did you mean Get-CsPool"));
    assert!(error("Please run Get-CsPool now").contains("middle of a line"));
    assert!(error("if ($a) { Get-CsPool }").contains("inside another statement"));
    assert!(error("").contains("no cmdlet"));
    assert!(error("hello").ends_with("statement here."));
}
