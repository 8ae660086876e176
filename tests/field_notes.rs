//! Command lines as a field engineer's notes hold them, with all their damage: what the repair
//! makes of each, and what a form gets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use csdeck::cmdlet::repair::{Filled, Pasted, Repaired, fill, repair};
use csdeck::powershell::{list, literal};
use csdeck::snippet::{Library, Plan, RenderError, Values, render};

/// What is expected of a line.
struct Expected<'a> {
    text: &'a str,
    cmdlet: &'a str,
    set: &'a str,
    /// Name and constants; no constant is a switch that is on.
    values: &'a [(&'a str, &'a [&'a str])],
    lost: &'a [&'a str],
    rules: &'a [&'a str],
}

fn name(filled: &Filled, index: usize) -> &'static str {
    filled.cmdlet.parameters[index].name
}

/// Repairs and fills, and holds everything but the notes against what is expected.
fn judge(pasted: &str, expected: &Expected<'_>) -> (Repaired, Filled) {
    let repaired = repair(pasted);
    assert_eq!(repaired.text, expected.text);
    let mut rules: Vec<&str> = repaired.changes.iter().map(|c| c.rule).collect();
    rules.dedup();
    assert_eq!(rules, expected.rules);
    assert_eq!(repair(&repaired.text).changes, []);
    let mut all = fill(&repaired.text).expect("fills");
    assert_eq!(all.len(), 1);
    let filled = all.remove(0);
    assert_eq!(filled.cmdlet.name, expected.cmdlet);
    assert_eq!(filled.set.name, expected.set);
    let values: Vec<(&str, Vec<&str>)> = filled
        .values
        .iter()
        .map(|(index, value)| {
            let values = match value {
                Pasted::On => Vec::new(),
                Pasted::Values(values) => values.iter().map(String::as_str).collect(),
                Pasted::Expression(written) => panic!("{written} is computed"),
            };
            (name(&filled, *index), values)
        })
        .collect();
    let wanted: Vec<(&str, Vec<&str>)> = expected
        .values
        .iter()
        .map(|(name, values)| (*name, values.to_vec()))
        .collect();
    assert_eq!(values, wanted);
    let lost: Vec<&str> = filled.lost.iter().map(|n| name(&filled, *n)).collect();
    assert_eq!(lost, expected.lost);
    assert_eq!(filled.kept, Vec::<String>::new());
    assert_eq!(filled.tail, "");
    as_a_form(&filled, expected);
    (repaired, filled)
}

/// The command as a form: what was pasted stands in its fields, what was lost is empty and
/// required, and once that is filled in the reference has nothing against the text.
fn as_a_form(filled: &Filled, expected: &Expected<'_>) {
    let (plan, typed, _) = Plan::of_filled(filled).expect("a form");
    let form = plan.snippet().expect("a form");
    let mut values = Values::default();
    for (name, text) in &typed {
        // What makes the parameter set stands in the command and is no field.
        match form.field(name) {
            Some(field) if field.list => {
                list::split(text)
                    .into_iter()
                    .for_each(|v| values.add(name, v));
            }
            Some(_) => values.add(name, text.clone()),
            None => assert!(form.source.contains(&format!(" -{name}")), "{name}"),
        }
    }
    let empty: Vec<String> = match render(&form, &values) {
        Err(RenderError::Fields(errors)) => errors.into_iter().map(|e| e.field).collect(),
        other => other
            .map(|_| Vec::new())
            .expect("renders, or has empty fields"),
    };
    for lost in expected.lost {
        assert!(form.field(lost).is_some_and(|f| f.required), "{lost}");
        assert!(empty.iter().any(|e| e == lost), "{lost} is not asked for");
    }
    for name in &empty {
        values.add(name, "kestrel");
    }
    let rendered = render(&form, &values).expect("renders");
    assert_eq!(rendered.findings, [], "{}", rendered.text);
    for (name, constants) in expected.values {
        let literals: Vec<String> = constants
            .iter()
            .map(|c| literal::single_quoted(c).expect("no controls"))
            .collect();
        let quoted = format!(" -{name} {}", literals.join(","));
        let bare = format!(" -{name} {}", constants.join(","));
        let truth = format!(" -{name} ${}", constants.join(","));
        let there = [quoted.trim_end(), bare.trim_end(), &truth]
            .iter()
            .any(|text| rendered.text.contains(*text));
        assert!(there, "{name} in {}", rendered.text);
    }
}

/// The same for a line that needs no note.
fn clean(pasted: &str, expected: &Expected<'_>) -> Repaired {
    let (repaired, filled) = judge(pasted, expected);
    assert_eq!(filled.notes, Vec::<String>::new());
    repaired
}

#[test]
fn new_exchange_certificate() {
    let (repaired, filled) = judge(
        "New-ExchangeCertificate -FriendlyName ‘LyncUM’ -PrivateKeyExportable $true -KeySize ‘2048’ -SubjectName ‘C=SG, O=LNC,’ -DomainName ‘’ -Services ‘UM,UMCallRouter’ -Server ‘’",
        &Expected {
            text: "New-ExchangeCertificate -FriendlyName 'LyncUM' -PrivateKeyExportable $true -KeySize '2048' -SubjectName 'C=SG, O=LNC,' -DomainName '' -Services 'UM,UMCallRouter' -Server ''",
            cmdlet: "New-ExchangeCertificate",
            set: "Certificate",
            values: &[
                ("FriendlyName", &["LyncUM"]),
                ("PrivateKeyExportable", &["true"]),
                ("KeySize", &["2048"]),
                ("SubjectName", &["C=SG, O=LNC,"]),
                ("Services", &["UM,UMCallRouter"]),
            ],
            lost: &["DomainName", "Server"],
            rules: &["quote"],
        },
    );
    assert_eq!(repaired.changes.len(), 12);
    assert_eq!(
        filled.notes,
        ["-SubjectName: \"C=SG, O=LNC,\" ends in a comma; what followed it may have been lost"]
    );
}

#[test]
fn install_the_central_management_database() {
    clean(
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn -SqlInstanceName rtc -DatabasePaths “G:\\CSDB”",
        &Expected {
            text: "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn -SqlInstanceName rtc -DatabasePaths \"G:\\CSDB\"",
            cmdlet: "Install-CsDatabase",
            set: "ByCMS",
            values: &[
                ("CentralManagementDatabase", &[]),
                ("SqlInstanceName", &["rtc"]),
                ("DatabasePaths", &["G:\\CSDB"]),
            ],
            lost: &["SqlServerFqdn"],
            rules: &["quote"],
        },
    );
}

#[test]
fn install_the_configured_databases() {
    let repaired = clean(
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn -DatabasePaths “E:\\CSLog”,”F:\\CSLog”,”G:\\CSDB”",
        &Expected {
            text: "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn -DatabasePaths \"E:\\CSLog\",\"F:\\CSLog\",\"G:\\CSDB\"",
            cmdlet: "Install-CsDatabase",
            set: "ByConfigured",
            values: &[
                ("ConfiguredDatabases", &[]),
                ("DatabasePaths", &["E:\\CSLog", "F:\\CSLog", "G:\\CSDB"]),
            ],
            lost: &["SqlServerFqdn"],
            rules: &["quote"],
        },
    );
    assert_eq!(repaired.changes.len(), 6);
}

/// A line with the database's type, which comes without any damage but the lost name.
fn by_type(verb: &str, kind: &str, instance: &str, paths: &[&str]) {
    let mut line = format!(
        "{verb}-CsDatabase -DatabaseType {kind} -SqlServerFqdn -SqlInstanceName {instance}"
    );
    let mut values: Vec<(&str, &[&str])> =
        vec![("DatabaseType", &[][..]), ("SqlInstanceName", &[][..])];
    let (kind, instance) = ([kind], [instance]);
    values[0].1 = &kind;
    values[1].1 = &instance;
    if !paths.is_empty() {
        line.push_str(&format!(" -DatabasePaths {}", paths.join(",")));
        values.push(("DatabasePaths", paths));
    }
    clean(
        &line,
        &Expected {
            text: &line,
            cmdlet: &format!("{verb}-CsDatabase"),
            set: "ByDatabase",
            values: &values,
            lost: &["SqlServerFqdn"],
            rules: &[],
        },
    );
}

#[test]
fn install_the_monitoring_database() {
    let paths = ["I:\\MonitoringLogs", "H:\\MonitoringData"];
    by_type("Install", "Monitoring", "SGLYNCMON", &paths);
}

#[test]
fn install_the_archiving_database() {
    let paths = ["I:\\ArchivingLogs", "H:\\ArchivingData"];
    by_type("Install", "Archiving", "SGLYNCARC", &paths);
}

#[test]
fn uninstall_the_monitoring_database() {
    by_type("Uninstall", "Monitoring", "SGLYNCMON", &[]);
}

#[test]
fn uninstall_the_archiving_database() {
    by_type("Uninstall", "Archiving", "SGLYNCARC", &[]);
}

#[test]
fn export_the_configuration() {
    clean(
        "    • Export-CsConfiguration -Filename",
        &Expected {
            text: "Export-CsConfiguration -Filename",
            cmdlet: "Export-CsConfiguration",
            set: "FileName",
            values: &[],
            lost: &["FileName"],
            rules: &["bullet"],
        },
    );
}

#[test]
fn export_the_location_configuration() {
    clean(
        "    • Export-CsLisConfiguration –Filename",
        &Expected {
            text: "Export-CsLisConfiguration -Filename",
            cmdlet: "Export-CsLisConfiguration",
            set: "FileName",
            values: &[],
            lost: &["FileName"],
            rules: &["bullet", "dash"],
        },
    );
}

#[test]
fn install_with_a_split_switch() {
    let repaired = clean(
        "    • Install-CsDatabase –CentralManagementDatabase UseDefaultSQL Paths -SqlServerFQDN\u{a0} –clean",
        &Expected {
            text: "Install-CsDatabase -CentralManagementDatabase -UseDefaultSqlPaths -SqlServerFQDN  -clean",
            cmdlet: "Install-CsDatabase",
            set: "ByCMS",
            values: &[
                ("CentralManagementDatabase", &[]),
                ("UseDefaultSqlPaths", &[]),
                ("Clean", &[]),
            ],
            lost: &["SqlServerFqdn"],
            rules: &["bullet", "dash", "split-parameter", "blank", "dash"],
        },
    );
    let split = &repaired.changes[2];
    assert_eq!((split.line, split.column), (1, 53));
    assert_eq!(split.before, "UseDefaultSQL Paths");
    assert_eq!(split.after, "-UseDefaultSqlPaths");
}

/// A command that stands behind its bullet alone.
fn alone(line: &str, cmdlet: &str, set: &str) {
    clean(
        line,
        &Expected {
            text: cmdlet,
            cmdlet,
            set,
            values: &[],
            lost: &[],
            rules: &["bullet"],
        },
    );
}

#[test]
fn enable_the_topology() {
    alone("    • Enable-CsTopology", "Enable-CsTopology", "(All)");
}

#[test]
fn move_the_central_management_server() {
    alone(
        "    • Move-CsManagementServer",
        "Move-CsManagementServer",
        "FromBackup",
    );
}

#[test]
fn get_the_management_connection() {
    alone(
        "    • Get-CsManagementConnection",
        "Get-CsManagementConnection",
        "(All)",
    );
}

#[test]
fn get_the_replication_status() {
    alone(
        "    • Get-CsManagementStoreReplicationStatus",
        "Get-CsManagementStoreReplicationStatus",
        "(All)",
    );
}

#[test]
fn uninstall_the_central_management_database() {
    clean(
        "    1. Uninstall-CsDatabase –CentralManagementDatabase –SqlServerfqdn –SqlInstanceName rtc",
        &Expected {
            text: "Uninstall-CsDatabase -CentralManagementDatabase -SqlServerfqdn -SqlInstanceName rtc",
            cmdlet: "Uninstall-CsDatabase",
            set: "ByCMS",
            values: &[
                ("CentralManagementDatabase", &[]),
                ("SqlInstanceName", &["rtc"]),
            ],
            lost: &["SqlServerFqdn"],
            rules: &["list-number", "dash"],
        },
    );
}

#[test]
fn a_split_name_in_prose() {
    let repaired = clean(
        "Get-CsManagementStoreReplication status",
        &Expected {
            text: "Get-CsManagementStoreReplicationStatus",
            cmdlet: "Get-CsManagementStoreReplicationStatus",
            set: "(All)",
            values: &[],
            lost: &[],
            rules: &["split-name"],
        },
    );
    assert_eq!(repaired.changes.len(), 1);
}

#[test]
fn the_moving_list_in_one_paste() {
    let pasted = "    • Export-CsConfiguration -Filename
    • Export-CsLisConfiguration –Filename
    • Install-CsDatabase –CentralManagementDatabase UseDefaultSQL Paths -SqlServerFQDN\u{a0} –clean
    • Enable-CsTopology
    • Move-CsManagementServer
    • Get-CsManagementConnection
    • Get-CsManagementStoreReplicationStatus
    1. Uninstall-CsDatabase –CentralManagementDatabase –SqlServerfqdn –SqlInstanceName rtc
";
    let repaired = repair(pasted);
    assert_eq!(
        repaired.text,
        "Export-CsConfiguration -Filename
Export-CsLisConfiguration -Filename
Install-CsDatabase -CentralManagementDatabase -UseDefaultSqlPaths -SqlServerFQDN  -clean
Enable-CsTopology
Move-CsManagementServer
Get-CsManagementConnection
Get-CsManagementStoreReplicationStatus
Uninstall-CsDatabase -CentralManagementDatabase -SqlServerfqdn -SqlInstanceName rtc
"
    );
    let names: Vec<&str> = fill(&repaired.text)
        .expect("fills")
        .iter()
        .map(|f| f.cmdlet.name)
        .collect();
    assert_eq!(
        names,
        [
            "Export-CsConfiguration",
            "Export-CsLisConfiguration",
            "Install-CsDatabase",
            "Enable-CsTopology",
            "Move-CsManagementServer",
            "Get-CsManagementConnection",
            "Get-CsManagementStoreReplicationStatus",
            "Uninstall-CsDatabase",
        ]
    );
}

#[test]
fn scripts_that_are_fine_stay_as_they_are() {
    let library = Library::built_in();
    assert!(library.iter().count() > 10);
    for snippet in library.iter() {
        let repaired = repair(&snippet.source);
        assert_eq!(repaired.changes, [], "{}", snippet.id);
        assert_eq!(repaired.text, snippet.source);
    }
}
