use jiff::Timestamp;

use super::*;
use crate::lab::Scenario;

fn base() -> Timestamp {
    "2025-10-14T06:02:00Z".parse().expect("a date")
}

struct Desk {
    _dir: tempfile::TempDir,
    lab: Lab,
}

impl Desk {
    fn new(scenario: Scenario) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let lab = Lab::open(dir.path()).expect("opens");
        lab.reset(scenario, 1.0, base()).expect("resets");
        Desk { _dir: dir, lab }
    }

    fn ask(&self, text: &str) -> Answer {
        answer(&self.lab, text, base())
    }

    /// The output lines; the run has to succeed.
    fn out(&self, text: &str) -> String {
        let answer = self.ask(text);
        assert_eq!(answer.exit, 0, "{text}: {:?}", answer.lines);
        let lines = answer.lines.iter().filter_map(|e| match e {
            Event::Output(line) => Some(line.as_str()),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The error lines; the run has to fail.
    fn err(&self, text: &str) -> String {
        let answer = self.ask(text);
        assert_eq!(answer.exit, 1, "{text}: {:?}", answer.lines);
        let lines = answer.lines.iter().filter_map(|e| match e {
            Event::Error(record) => Some(record.text.as_str()),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path)
        .expect("a fixture")
        .replace("\r\n", "\n")
}

/// The rows of the sample frame at 95 s, as text.
fn at_95_seconds(text: &str) -> String {
    let desk = Desk::new(Scenario::Default);
    desk.lab
        .update(|state| {
            state.undeployed.push("cebsba01.kestrel.lan".into());
            state.publish("test", base());
            Ok::<_, crate::lab::LabError>(())
        })
        .expect("written");
    let answer = answer(
        &desk.lab,
        text,
        crate::lab::timeline::after(base(), 95.0, 1.0),
    );
    let lines = answer.lines.iter().map(|e| match e {
        Event::Output(line) => format!("{line}\n"),
        other => panic!("{other:?}"),
    });
    lines.collect()
}

#[test]
fn lists_and_tables_are_laid_out_as_in_the_samples() {
    let status = "Get-CsManagementStoreReplicationStatus";
    // A list pads nothing at the line's end; the sample keeps the blank behind an empty value.
    assert_eq!(
        at_95_seconds(status),
        fixture("replication/05.format-list.txt")
    );
    assert_eq!(
        at_95_seconds(&format!("{status} | fl")),
        fixture("replication/05.format-list.txt")
    );
    assert_eq!(
        at_95_seconds(&format!("{status} | Format-Table -AutoSize")),
        fixture("replication/05.format-table-autosize.txt")
    );
    let narrow = at_95_seconds(&format!("{status} | ft | Out-String -Width 80"));
    assert_eq!(narrow.lines().count(), 14);
    let one = at_95_seconds(&format!(
        "{status} -ReplicaFqdn sgedge02.kestrel.lan | ConvertTo-Json -Compress"
    ));
    assert_eq!(
        one.trim(),
        fixture("replication/05.single-replica.ps51.json").trim()
    );
}

#[test]
fn the_shared_columns_of_a_table_are_cut_as_in_the_sample() {
    let desk = Desk::new(Scenario::Default);
    desk.lab
        .update(|state| {
            state.undeployed.push("cebsba01.kestrel.lan".into());
            state.publish("test", base());
            Ok::<_, crate::lab::LabError>(())
        })
        .expect("written");
    let clock = ManualClock::at(crate::lab::timeline::after(base(), 95.0, 1.0));
    let options = Options {
        widths: Widths {
            list: 80,
            table: 80,
        },
        ..Options::CONSOLE
    };
    let mut out = String::new();
    let mut sink = |event: Event| match event {
        Event::Output(line) => out.push_str(&(line + "\n")),
        other => panic!("{other:?}"),
    };
    Shell::new(&desk.lab, &clock, options).run(
        "Get-CsManagementStoreReplicationStatus | ft",
        &mut sink,
        &|| false,
    );
    assert_eq!(out, fixture("replication/05.format-table-80col.txt"));
}

#[test]
fn the_object_cmdlets_show_the_samples_properties() {
    let desk = Desk::new(Scenario::Default);
    let properties = |text: &str| -> Vec<(String, String)> {
        let pairs = text.lines().filter_map(|l| {
            l.split_once(" : ")
                .or_else(|| l.strip_suffix(" :").map(|n| (n, "")))
        });
        pairs
            .map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()))
            .collect()
    };
    for (text, sample) in [
        (
            "Get-CsManagementConnection",
            "management-connection.format-list.txt",
        ),
        (
            "Get-CsConfigurationStoreLocation",
            "configuration-store-location.format-list.txt",
        ),
        (
            "Get-CsTrunk | select -First 2",
            "get-cstrunk.format-list.txt",
        ),
    ] {
        assert_eq!(
            properties(&desk.out(text)),
            properties(&fixture(&format!("shell/{sample}"))),
            "{text}"
        );
    }
    // Lists in the samples are cut or approximate: compare the names alone.
    for (text, sample) in [
        (
            "Get-CsService -EdgeServer",
            "get-csservice-edge.format-list.txt",
        ),
        (
            "Get-CsSite Singapore; Get-CsSite Site:Cebu",
            "get-cssite.format-list.txt",
        ),
        (
            "Get-CsPool sgpool01.kestrel.lan; Get-CsPool sgedge.kestrel.lan",
            "get-cspool.format-list.txt",
        ),
        (
            "Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus",
            "cms-status.format-list.txt",
        ),
        (
            "Test-CsDatabase -LocalService",
            "test-csdatabase-local.format-list.txt",
        ),
    ] {
        let names = |text: &str| {
            properties(text)
                .into_iter()
                .map(|(n, _)| n)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&desk.out(text)),
            names(&fixture(&format!("shell/{sample}"))),
            "{text}"
        );
    }
    let down = Desk::new(Scenario::CmsDown);
    let text = down.out("Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus");
    assert_eq!(
        properties(&text),
        properties(&fixture("shell/cms-status.cms-down.format-list.txt"))
    );
    assert!(desk.out("Get-CsWindowsService").contains("Running  MASTER"));
}

#[test]
fn errors_in_the_shells_words() {
    let desk = Desk::new(Scenario::Default);
    for (text, words) in [
        (
            "Get-CsNothing",
            "Get-CsNothing : The term 'Get-CsNothing' is not recognized as the name of a cmdlet",
        ),
        (
            "Get-CsPool -Nonsense x",
            "A parameter cannot be found that matches parameter name 'Nonsense'.",
        ),
        (
            "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn -SqlInstanceName rtc",
            "Missing an argument for parameter 'SqlServerFqdn'. Specify a parameter of type 'Microsoft.Rtc.Management.Deploy.Fqdn' and try again.",
        ),
        (
            "Install-CsDatabase -CentralManagementDatabase UseDefaultSQL Paths",
            "A positional parameter cannot be found that accepts argument 'UseDefaultSQL'.",
        ),
        (
            "Install-CsDatabase -SqlServerFqdn sgsql01.kestrel.lan",
            "Parameter set cannot be resolved using the specified named parameters.",
        ),
        (
            "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn nowhere.kestrel.lan",
            "is not defined in the topology",
        ),
        (
            "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn sgfe01.kestrel.lan",
            "error: 26 - Error Locating Server/Instance Specified",
        ),
        (
            "Install-CsDatabase -DatabaseType Nonsense -SqlServerFqdn sgsql01.kestrel.lan",
            "Unable to match the identifier name Nonsense",
        ),
        (
            "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn sgsql01.kestrel.lan -DatabasePaths 'E:\\a,F:\\b'",
            "The path \"E:\\a,F:\\b\" is not valid",
        ),
        (
            "Uninstall-CsDatabase -DatabaseType Monitoring -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName MON01",
            "Cannot find a \"Monitoring\" database",
        ),
        (
            "Get-CsManagementStoreReplicationStatus -ReplicaFqdn nowhere",
            "Cannot find replica \"nowhere\"",
        ),
        ("Export-CsConfiguration", "Parameter set cannot be resolved"),
        (
            "Restart-Service Nothing",
            "Cannot find any service with service name 'Nothing'.",
        ),
        ("Get-CsPool |", "ParserError"),
        ("'a", "ParserError"),
        (
            "Get-CsPool nowhere",
            "Cannot find \"nowhere\" because it does not exist.",
        ),
        (
            "New-ExchangeCertificate -DomainName '' -SubjectName 'C=SG, O=LNC,'",
            "isn't a valid SMTP domain",
        ),
        (
            "foreach ($x in 1) { $x }",
            "csdeck lab: this is not simulated",
        ),
        ("iex 'Get-CsPool'", "The term 'iex' is not recognized"),
        (
            "Enable-CsTopology -Confirm",
            "Windows PowerShell is in NonInteractive mode",
        ),
    ] {
        let error = desk.err(text);
        assert!(error.contains(words), "{text}: {error}");
    }
    assert!(desk.lab.state().expect("reads").publishes.is_empty());
}

#[test]
fn an_error_shows_its_place_and_ends_the_run() {
    let desk = Desk::new(Scenario::Default);
    let answer = desk.ask("hostname\n\n  Get-CsNothing -Foo\nEnable-CsTopology");
    let errors = answer.lines.iter().filter_map(|e| match e {
        Event::Error(record) => Some(record.text.as_str()),
        _ => None,
    });
    let text: Vec<&str> = errors.flat_map(str::lines).collect();
    assert_eq!(
        &text[1..4],
        [
            "At line:3 char:3",
            "+ Get-CsNothing -Foo",
            "+ ~~~~~~~~~~~~~~~~~~"
        ]
    );
    assert!(
        desk.lab.state().expect("reads").publishes.is_empty(),
        "nothing runs behind the error"
    );
    // Errors of one record do not end it, but the run has failed.
    let answer = desk.ask("Get-CsPool nowhere; hostname");
    assert_eq!(
        (answer.exit, answer.lines.last()),
        (1, Some(&Event::Output("SGFE01".into())))
    );
    assert_eq!(
        desk.ask("Get-CsPool nowhere -ErrorAction SilentlyContinue; hostname")
            .exit,
        0
    );
    assert_eq!(
        desk.ask("$ErrorActionPreference = 'Stop'; Get-CsPool nowhere; hostname")
            .lines
            .len(),
        1
    );
}

#[test]
fn what_if_changes_nothing() {
    let desk = Desk::new(Scenario::CmsMove);
    let before = desk.lab.state().expect("reads");
    for text in [
        "Enable-CsTopology -WhatIf",
        "Publish-CsTopology -FileName C:\\t.xml -WhatIf",
        "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName RTC -WhatIf",
        "Uninstall-CsDatabase -DatabaseType User -SqlServerFqdn mnlse01.kestrel.lan -SqlInstanceName rtc -WhatIf",
        "Stop-CsWindowsService -WhatIf",
        "Restart-Service MSExchangeUM -WhatIf",
        "New-ExchangeCertificate -DomainName 'a.b' -SubjectName 'CN=a.b' -WhatIf",
    ] {
        assert!(
            desk.out(text)
                .contains("What if: Performing the operation \""),
            "{text}"
        );
    }
    assert_eq!(desk.lab.state().expect("reads"), before);
}

#[test]
fn databases_are_created_and_removed() {
    let desk = Desk::new(Scenario::Default);
    let test = "(Test-CsDatabase -DatabaseType Monitoring -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName MON01).Succeed";
    assert_eq!(desk.out(test), "False\nFalse");
    // As in the field notes: bare paths behind a comma.
    desk.out("Install-CsDatabase -DatabaseType Monitoring -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName MON01 -DatabasePaths I:\\MonitoringLogs,H:\\MonitoringData");
    assert_eq!(desk.out(test), "True\nTrue");
    let state = desk.lab.state().expect("reads");
    let made = state
        .databases
        .iter()
        .find(|d| d.name == "LcsCDR")
        .expect("made");
    assert_eq!(made.paths, ["I:\\MonitoringLogs", "H:\\MonitoringData"]);
    desk.out("Uninstall-CsDatabase -DatabaseType Monitoring -SqlServerFqdn SGSQL01.kestrel.lan -SqlInstanceName mon01");
    assert_eq!(desk.out(test), "False\nFalse");
    desk.out("Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn sgsql01.kestrel.lan -DatabasePaths \"E:\\CSLog\",\"F:\\CSLog\",\"G:\\CSDB\"");
    assert_eq!(desk.out(test), "True\nTrue");
    let answer = desk.ask("Install-CsDatabase -DatabaseType Archiving -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName SGLYNCARC");
    assert!(answer.exit == 0 && matches!(answer.lines.as_slice(), [Event::Warning(_)]));
    assert!(desk.err("Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName rtc").contains("is in use"));
}

#[test]
fn the_cms_moves_once_its_database_is_there() {
    let desk = Desk::new(Scenario::CmsMove);
    let where_is = "(Get-CsManagementConnection).SqlServer; (Get-CsConfigurationStoreLocation).BackEndServer; (Get-CsService -CentralManagement).PoolFqdn";
    assert_eq!(
        desk.out(where_is),
        "mnlse01.kestrel.lan\nmnlse01.kestrel.lan\\rtc\nmnlse01.kestrel.lan"
    );
    assert!(
        desk.err("Move-CsManagementServer -Force")
            .contains("Cannot find the Central Management Store database")
    );
    desk.out("Export-CsConfiguration -FileName C:\\bk\\cs.zip; Export-CsLisConfiguration -FileName C:\\bk\\lis.zip");
    assert_eq!(
        desk.out(
            "Test-Path C:\\bk\\cs.zip; (Get-Item C:\\bk\\lis.zip).Length; Test-Path C:\\bk\\no.zip"
        ),
        "True\n1824\nFalse"
    );
    desk.out("Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName RTC -UseDefaultSqlPaths");
    let refused = desk.ask("Move-CsManagementServer");
    assert_eq!(refused.exit, 1);
    let shown: Vec<String> = refused
        .lines
        .iter()
        .filter_map(|e| {
            if let Event::Output(l) = e {
                Some(l.clone())
            } else {
                None
            }
        })
        .collect();
    let transcript = fixture("shell/move-csmanagementserver.transcript.txt");
    let expected: Vec<&str> = transcript.lines().skip(1).take(13).collect();
    assert_eq!(shown[..13], expected[..]);
    assert!(
        desk.out("Move-CsManagementServer -Confirm:$false")
            .contains("Proposed State:")
    );
    assert_eq!(
        desk.out(where_is),
        "sgsql01.kestrel.lan\nsgsql01.kestrel.lan\\RTC\nsgpool01.kestrel.lan"
    );
    assert!(
        desk.err("Move-CsManagementServer -Force")
            .contains("already")
    );
    assert!(
        desk.out("Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus")
            .contains("ActiveMasterFqdn                     : sgfe01.kestrel.lan")
    );
    desk.out("Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn mnlse01.kestrel.lan -SqlInstanceName rtc");
    assert_eq!(desk.lab.state().expect("reads").publishes.len(), 1);
}

#[test]
fn selecting_filtering_and_converting() {
    let desk = Desk::new(Scenario::Default);
    let status = "Get-CsManagementStoreReplicationStatus";
    for (text, expected) in [
        (format!("{status} | Where-Object {{ $_.UpToDate -eq $false }} | Select-Object -ExpandProperty ReplicaFqdn"), "sgedge02.kestrel.lan"),
        (format!("{status} | ? UpToDate -eq $false | % ReplicaFqdn"), "sgedge02.kestrel.lan"),
        (format!("({status} | where {{!$_.UpToDate}}).ReplicaFqdn"), "sgedge02.kestrel.lan"),
        (format!("({status}).Count"), "9"),
        (format!("{status} | measure | select -exp Count"), "9"),
        (format!("{status} | select -First 1 -Skip 1 | select ReplicaFqdn,UpToDate | ConvertTo-Json -Compress"), "{\"ReplicaFqdn\":\"sgfe02.kestrel.lan\",\"UpToDate\":true}"),
        (format!("{status} | ? ReplicaFqdn -like *nowhere* | ConvertTo-Json"), ""),
        ("ConvertTo-Json -Compress -InputObject @(Get-CsPool sgdir01.kestrel.lan | select Fqdn)".into(), "[{\"Fqdn\":\"sgdir01.kestrel.lan\"}]"),
        ("$p = Get-CsPool sgdir01.kestrel.lan\n$p.Fqdn; \"on $env:COMPUTERNAME\"".into(), "sgdir01.kestrel.lan\non SGFE01"),
        ("(Get-Date).ToUniversalTime().ToString('o'); Get-Date -Format yyyy-MM-dd".into(), "2025-10-14T06:02:00.0000000Z\n2025-10-14"),
        ("Get-Date | ConvertTo-Json -Compress".into(), "{\"value\":\"\\/Date(1760421720000)\\/\",\"DisplayHint\":2,\"DateTime\":\"Tuesday, October 14, 2025 2:02:00 PM\"}"),
        ("([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]544)".into(), "True"),
        ("(Get-CsPool -Site Cebu | sort Fqdn -Descending).Fqdn".into(), "cebsba01.kestrel.lan\ncebgw01.kestrel.lan"),
        ("(Get-CsService -Director).PoolFqdn".into(), "sgdir01.kestrel.lan"),
        ("Test-NetConnection sgedge02.kestrel.lan -Port 4443 -InformationLevel Quiet -WarningAction SilentlyContinue; (Test-NetConnection sgedge01.kestrel.lan -Port 4443).TcpTestSucceeded".into(), "False\nTrue"),
        ("if ('a' -eq 'A') { hostname }".into(), "SGFE01"),
        ("$h = @{ Identity = 'sgdir01.kestrel.lan' }\n(Get-CsPool @h).Fqdn".into(), "sgdir01.kestrel.lan"),
        ("'a','b' | ConvertTo-Json -Compress".into(), "[\"a\",\"b\"]"),
    ] {
        assert_eq!(desk.out(&text), expected, "{text}");
    }
    let xml = desk.out("(Get-CsTopology -AsXml).ToString()");
    assert!(roxmltree::Document::parse(&xml).is_ok());
    assert_eq!(xml, desk.out("Get-CsTopology -AsXml"));
}

#[test]
fn services_stop_and_start() {
    let desk = Desk::new(Scenario::Default);
    desk.out("Stop-CsWindowsService -Name MASTER");
    assert!(
        desk.out("Get-CsWindowsService MASTER")
            .contains("Stopped  MASTER")
    );
    desk.out("Start-CsWindowsService MASTER -ComputerName sgfe01.kestrel.lan; Restart-Service MSExchangeUM; Restart-Service MSExchangeUMCR");
    assert!(
        desk.out("Get-Service master,MSExchangeUM")
            .contains("Running  MASTER")
    );
    assert!(
        desk.err("Stop-CsWindowsService Nothing")
            .contains("Cannot find any Skype for Business Server service")
    );
}

#[test]
fn the_exchange_certificate_of_the_field_notes() {
    let desk = Desk::new(Scenario::Default);
    let text = "New-ExchangeCertificate -FriendlyName 'LyncUM' -PrivateKeyExportable $true -KeySize 2048 -SubjectName 'C=SG,O=LNC,CN=sgex01.kestrel.lan' -DomainName 'sgex01.kestrel.lan' -Services 'UM,UMCallRouter' -Server 'sgex01'";
    assert!(
        desk.out(text)
            .contains("..U...R   C=SG,O=LNC,CN=sgex01.kestrel.lan")
    );
    assert_eq!(desk.out("(Get-ExchangeCertificate).FriendlyName"), "LyncUM");
    assert!(desk.err(&text.replace("2048", "999")).contains("KeySize"));
    assert!(
        desk.err(&format!("{text} -GenerateRequest"))
            .contains("Parameter set cannot be resolved")
    );
}

#[test]
fn sleeping_streams_and_can_be_cancelled() {
    let desk = Desk::new(Scenario::Default);
    let clock = ManualClock::at(base());
    let answer = answer_by(
        &desk.lab,
        "hostname; Start-Sleep -Seconds 30; Get-Date -Format HH:mm:ss",
        &clock,
    );
    assert_eq!(
        answer.lines,
        [
            Event::Output("SGFE01".into()),
            Event::Output("14:02:30".into())
        ]
    );
    let cancelled = std::cell::Cell::new(false);
    let mut seen = Vec::new();
    let mut sink = |event| {
        seen.push(event);
        cancelled.set(true);
    };
    let outcome = run(
        &desk.lab,
        "hostname; Start-Sleep 600; Enable-CsTopology",
        &mut sink,
        &|| cancelled.get(),
    );
    assert!(outcome.cancelled && seen.len() == 1);
    assert!(desk.lab.state().expect("reads").publishes.is_empty());
}

#[test]
fn expressions_cannot_exhaust_the_stack() {
    let desk = Desk::new(Scenario::Default);
    desk.err(&format!("$x{}", ".a".repeat(5000)));
    desk.err(&format!("{}hostname{}", "(".repeat(60), ")".repeat(60)));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, ..Default::default() })]
    #[test]
    fn running_never_panics(text in proptest::prop_oneof![
        "\\PC{0,60}",
        "(Get-CsPool|Get-CsSite|Get-Date|ConvertTo-Json|Select-Object|Where-Object|\\||;|@\\(|\\)|\\{|\\}|\\$_|\\$x|=|\\.Fqdn|-First 1|-eq|'a'|\\$true| |,|-Compress|\u{2013}|\u{2019}){0,12}",
    ]) {
        let desk = Desk::new(Scenario::Default);
        let answer = desk.ask(&text);
        proptest::prop_assert!(answer.exit == 0 || answer.exit == 1);
    }
}
