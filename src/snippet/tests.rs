//! The built-in library, and snippets made up for one rule each.

use proptest::prelude::*;

use super::*;
use crate::cmdlet::Risk;
use crate::powershell::{self, Argument, ValueKind};

fn values(pairs: &[(&str, &str)]) -> Values {
    let mut values = Values::default();
    for (name, value) in pairs {
        values.add(name, *value);
    }
    values
}

fn text(id: &str, pairs: &[(&str, &str)]) -> String {
    let library = Library::built_in();
    render(library.get(id).expect(id), &values(pairs))
        .expect(id)
        .text
}

fn own(source: &str) -> Snippet {
    read("own/x", source, Layer::BuiltIn).expect("reads")
}

fn errors(snippet: &Snippet, pairs: &[(&str, &str)]) -> Vec<String> {
    match render(snippet, &values(pairs)) {
        Err(RenderError::Fields(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shipped_snippets_read_clean_and_render_as_commands() {
    let library = Library::built_in();
    assert_eq!(library.problems, []);
    assert!(library.iter().count() >= 110);
    for snippet in library.iter() {
        let said = [
            &snippet.title,
            &snippet.description,
            &snippet.role,
            &snippet.notes.runs_on,
            &snippet.notes.gates,
            &snippet.notes.verify,
            &snippet.notes.rollback,
        ];
        assert!(said.iter().all(|text| !text.is_empty()), "{}", snippet.id);
        let lists = [&snippet.tags, &snippet.products, &snippet.examples];
        assert!(lists.iter().all(|list| !list.is_empty()), "{}", snippet.id);
        assert!(
            snippet.title.len() <= 80,
            "{}: {}",
            snippet.id,
            snippet.title
        );
        assert_eq!(snippet.mode(), Mode::Command, "{}", snippet.id);
        assert_eq!(lint::lint(snippet), [], "{}", snippet.id);
    }
}

#[test]
fn the_cms_database_command_is_exact() {
    assert_eq!(
        text(
            "database/install-cms-database",
            &[
                ("SqlServerFqdn", "sql01.kestrel.lan"),
                ("DatabasePaths", "G:\\CSDB")
            ]
        ),
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'sql01.kestrel.lan' -SqlInstanceName 'rtc' -DatabasePaths 'G:\\CSDB'"
    );
    // Cleared = omitted = default instance.
    assert_eq!(
        text(
            "database/install-cms-database",
            &[("SqlServerFqdn", "a"), ("SqlInstanceName", "")]
        ),
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'a'"
    );
}

#[test]
fn the_field_notes_command_lines() {
    let paths = [
        ("SqlServerFqdn", "s"),
        ("DatabasePaths", "E:\\CSLog"),
        ("DatabasePaths", "F:\\CSLog"),
        ("DatabasePaths", "G:\\CSDB"),
    ];
    assert_eq!(
        text("database/install-configured-databases", &paths),
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn 's' -DatabasePaths 'E:\\CSLog','F:\\CSLog','G:\\CSDB'"
    );
    assert_eq!(
        text(
            "database/uninstall-monitoring-database",
            &[("SqlServerFqdn", "s"), ("SqlInstanceName", "SGLYNCMON")]
        ),
        "Uninstall-CsDatabase -DatabaseType Monitoring -SqlServerFqdn 's' -SqlInstanceName 'SGLYNCMON'"
    );
    assert_eq!(
        text(
            "exchange/new-um-certificate",
            &[
                ("SubjectName", "C=SG,O=LNC,CN=ex01.kestrel.lan"),
                ("DomainName", "ex01.kestrel.lan"),
                ("Server", "ex01")
            ]
        ),
        "New-ExchangeCertificate -FriendlyName 'LyncUM' -PrivateKeyExportable $true -KeySize 2048 \
         -SubjectName 'C=SG,O=LNC,CN=ex01.kestrel.lan' -DomainName 'ex01.kestrel.lan' -Services 'UM,UMCallRouter' -Server 'ex01'"
    );
    assert_eq!(
        text("replication/get-status", &[]),
        "Get-CsManagementStoreReplicationStatus"
    );
    assert_eq!(text("topology/enable-topology", &[]), "Enable-CsTopology");
}

#[test]
fn no_default_where_a_guess_would_destroy() {
    let library = Library::built_in();
    for id in ["monitoring", "archiving", "cms"] {
        let snippet = library
            .get(&format!("database/uninstall-{id}-database"))
            .expect(id);
        assert_eq!(errors(snippet, &[]), ["SqlServerFqdn", "SqlInstanceName"]);
    }
}

#[test]
fn paths_and_default_paths_exclude_each_other() {
    let library = Library::built_in();
    let snippet = library
        .get("database/install-cms-database")
        .expect("shipped");
    let both = [
        ("SqlServerFqdn", "s"),
        ("DatabasePaths", "G:\\"),
        ("UseDefaultSqlPaths", "true"),
    ];
    assert_eq!(errors(snippet, &both), ["UseDefaultSqlPaths"]);
    assert!(
        text(
            &snippet.id,
            &[("SqlServerFqdn", "s"), ("UseDefaultSqlPaths", "on")]
        )
        .ends_with("'rtc' -UseDefaultSqlPaths")
    );
    let clean = render(
        snippet,
        &values(&[("SqlServerFqdn", "s"), ("Clean", "true")]),
    )
    .expect("renders");
    assert_eq!(clean.risk, Risk::Destructive);
    assert!(clean.text.ends_with(" -Clean"));
    assert_eq!(
        render(snippet, &values(&[("SqlServerFqdn", "s")]))
            .expect("renders")
            .risk,
        Risk::Change
    );
}

#[test]
fn every_wrong_field_is_reported_with_its_name() {
    let snippet = own(
        "param([Parameter(Mandatory)][string]$A, [int]$N = 5, [ValidateSet('x','y')][string]$C, [ValidatePattern('\\.zip$')]$F)\nGet-X -A $A -N $N -C $C -F $F",
    );
    assert_eq!(
        errors(
            &snippet,
            &[("N", "five"), ("C", "z"), ("F", "a.txt"), ("Q", "1")]
        ),
        ["Q", "A", "N", "C", "F"]
    );
    assert_eq!(errors(&snippet, &[("A", "")]), ["A"]);
    let rendered =
        render(&snippet, &values(&[("a", "1"), ("C", "X"), ("F", "b.ZIP")])).expect("renders");
    assert_eq!(rendered.text, "Get-X -A '1' -N 5 -C 'x' -F 'b.ZIP'");
}

#[test]
fn unset_empty_and_cleared_are_three_things() {
    let snippet = own("param([string]$A, [string]$B = 'b')\nGet-X -A $A -B $B");
    let go = |v: &Values| render(&snippet, v).expect("renders").text;
    assert_eq!(go(&values(&[])), "Get-X -B 'b'");
    assert_eq!(go(&values(&[("A", "")])), "Get-X -A '' -B 'b'");
    // For a number, a truth or a choice nothing is no value, and its default is gone.
    let numbers = own(
        "param([int]$N = 5, [bool]$T = $true, [ValidateSet('a','b')]$C = 'a')\nGet-X -N $N -T $T -C $C",
    );
    let emptied = values(&[("N", ""), ("T", ""), ("C", "")]);
    assert_eq!(render(&numbers, &emptied).expect("renders").text, "Get-X");
    let mut cleared = values(&[]);
    cleared.clear("B");
    assert_eq!(go(&cleared), "Get-X");
}

#[test]
fn switches_strings_arrays_and_secrets() {
    let snippet = own(
        "param([switch]$S, [string]$N, [string[]]$L, [securestring]$P, [datetime]$D)\n\
         New-X -Force:$S -Confirm:$false -Name \"a-$N-b\" -List 'x',$L -Password $P -At $D | Format-List Name,Id",
    );
    let go = |pairs: &[(&str, &str)]| render(&snippet, &values(pairs)).expect("renders").text;
    assert_eq!(
        go(&[
            ("S", "1"),
            ("N", "it’s"),
            ("L", "y"),
            ("L", "z"),
            ("D", "2025-10-14 14:00")
        ]),
        "New-X -Force -Confirm:$false -Name 'a-it’’s-b' -List 'x','y','z' -Password (Read-Host -AsSecureString 'P') -At '2025-10-14T14:00:00' | Format-List Name,Id"
    );
    assert!(!go(&[("S", "false")]).contains("-Force"));
    assert_eq!(errors(&snippet, &[("P", "hunter2")]), ["P"]);
}

#[test]
fn control_flow_renders_as_the_whole_script() {
    let source = "param([string]$A, [switch]$S)\nforeach ($x in $A) { Get-X $x }";
    let snippet = own(source);
    assert!(matches!(snippet.mode(), Mode::Script { .. }));
    let rendered = render(&snippet, &values(&[("A", "q'q"), ("S", "true")])).expect("renders");
    assert_eq!(rendered.text, format!("& {{\n{source}\n}} -A 'q''q' -S"));
}

#[test]
fn what_needs_the_file_is_refused_with_its_place() {
    for (source, word) in [
        ("Get-X\nGet-X $PSScriptRoot", "$psscriptroot"),
        (". ./y.ps1", "dot-sourcing"),
        ("$MyInvocation.MyCommand", "$myinvocation"),
    ] {
        let error = read("x", source, Layer::BuiltIn).expect_err(source);
        assert!(
            matches!(&error, ReadError::Refused { what, .. } if what == word),
            "{error}"
        );
    }
    assert!(read("x", "Get-X 'a", Layer::BuiltIn).is_err());
}

#[test]
fn a_higher_layer_wins_and_a_broken_file_loses_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::create_dir_all(folder.path().join("topology")).expect("folder");
    std::fs::write(
        folder.path().join("topology/enable-topology.ps1"),
        "<#\n.SYNOPSIS\nOurs\n#>\nEnable-CsTopology -Verbose",
    )
    .expect("writes");
    std::fs::write(folder.path().join("broken.ps1"), "Get-X (").expect("writes");
    let library = Library::load(&[], Some(folder.path()));
    assert_eq!(
        library
            .get("topology/enable-topology")
            .map(|s| s.title.as_str()),
        Some("Ours")
    );
    assert_eq!(
        library.shadowed,
        [("topology/enable-topology".to_owned(), Layer::BuiltIn)]
    );
    assert_eq!(library.problems.len(), 1);
    assert_eq!(library.iter().count(), Library::built_in().iter().count());
}

proptest! {
    #[test]
    fn no_value_breaks_out_of_its_argument(value in "[^\\p{Cc}\u{2028}\u{2029}]{1,40}") {
        let snippet = own("param([string]$A)\nGet-X -A $A -B \"<$A>\"");
        let rendered = render(&snippet, &values(&[("A", &value)])).expect("renders");
        let script = powershell::parse(&rendered.text).expect("parses");
        prop_assert_eq!(script.commands.len(), 1);
        let texts: Vec<_> = script.commands[0].arguments.iter().filter_map(|a| match a {
            Argument::Value(v) => match &v.kind { ValueKind::Text(t) => Some(t.clone()), _ => None },
            _ => None,
        }).collect();
        prop_assert_eq!(texts, [value.clone(), format!("<{value}>")]);
        prop_assert_eq!(rendered.risk, Risk::Read);
    }
}
