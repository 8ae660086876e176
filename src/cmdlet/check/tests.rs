//! One rule each.

use super::*;
use crate::cmdlet::has_error;

/// The rules found, in order.
fn rules(text: &str) -> Vec<&'static str> {
    check(text, None).into_iter().map(|f| f.rule).collect()
}

fn message(text: &str) -> String {
    check(text, None)
        .into_iter()
        .map(|f| f.message)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn what_is_fine_is_fine() {
    for text in [
        "",
        "Get-CsUser",
        "get-csuser -identity sip:a@kestrel.lan",
        "Get-CsUser sip:a@kestrel.lan",
        "Get-CsUser -Verbose -ErrorAction Stop -ev x | Set-CsUser -Enabled $true",
        "Set-CsUser -Identity $user -Enabled:$false -WhatIf",
        "Get-CsUser | Grant-CsDialPlan -PolicyName 'Tag:SG'",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn a -DatabasePaths E:\\L,F:\\D",
        "Install-CsDatabase -DatabaseType monitoring -SqlServerFqdn $sql",
        "$p = @{ SqlServerFqdn = 'a'; LocalDatabases = $false }; Get-CsPool",
        "$p = @{ SqlServerFqdn = 'a' }; $p.ConfiguredDatabases = $true; Install-CsDatabase @p",
        "Install-CsDatabase @PSBoundParameters",
        "New-ExchangeCertificate -Services IIS,SMTP -KeySize '2048' -PrivateKeyExportable $true",
        "New-ExchangeCertificate -Services 'UM,UMCallRouter'",
        "Set-CsVoiceRoute -Identity a -PstnUsages @{add='Local'}",
        "Restart-Service REPLICA; Test-NetConnection a -Port 4443; robocopy a b /S",
        "function Get-Mine { Get-CsPool }; Get-Mine -Anything 5",
        "Get-CsPool | select Fqdn | ft",
        "& $whatever -X 5",
        "Set-CsCertificate -Type Default -Thumbprint abc -Roll -EffectiveDate (Get-Date).AddDays(1)",
        "Set-CsUser $u.SipAddress.ToLower() -EnterpriseVoiceEnabled $true",
        "Set-Mailbox ola -EmailAddresses @{Add='sip:ola@kestrel.lan'}",
        "Export-CsConfiguration -FileName C:\\a.zip",
        "Get-CsUser -Filter { EnterpriseVoiceEnabled -eq $true } | Set-CsUser -Enabled $false",
        "Start-CsClsLogging -Scenario AlwaysOn -Duration 00:05:00",
    ] {
        assert_eq!(check(text, None), [], "{text}");
    }
}

#[test]
fn names_that_do_not_exist() {
    assert_eq!(rules("Get-CsPol"), ["unknown-cmdlet"]);
    assert!(message("Get-CsPol").contains("Get-CsPool"));
    assert_eq!(rules("Get-Frobnication"), ["unknown-command"]);
    assert!(!has_error(&check("Get-Frobnication", None)));
    assert_eq!(rules("Get-CsPool -Identty a"), ["unknown-parameter"]);
    assert!(message("Get-CsPool -Identty a").contains("Identity"));
    assert_eq!(rules("Get-CsUser -O a"), ["ambiguous-parameter"]);
    assert_eq!(rules("Get-CsPool -Ident a"), ["abbreviated-parameter"]);
    assert!(!has_error(&check("Get-CsPool -Ident a", None)));
    // No command of an online service counts.
    assert_eq!(rules("Get-CsOnlineUser"), ["unknown-cmdlet"]);
    assert_eq!(rules("Import-Csv a.csv"), Vec::<&str>::new());
}

#[test]
fn parameters_without_what_they_need() {
    assert_eq!(
        rules("Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn -SqlInstanceName rtc"),
        ["missing-value"]
    );
    assert_eq!(
        rules("Install-CsDatabase -CentralManagementDatabase"),
        ["missing-parameter"]
    );
    assert!(message("Install-CsDatabase -CentralManagementDatabase").contains("-SqlServerFqdn"));
    assert_eq!(rules("Install-CsDatabase"), ["missing-parameter"]);
    assert!(message("Install-CsDatabase").contains("ByConfigured"));
    assert_eq!(rules("Move-CsUser -Target a"), ["missing-parameter"]);
    assert_eq!(
        rules("Get-CsUser | Move-CsUser -Target a"),
        Vec::<&str>::new()
    );
}

#[test]
fn parameters_that_exclude_each_other() {
    let text = "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn a -SqlInstanceName rtc";
    assert_eq!(rules(text), ["exclusive-parameters"]);
    assert!(message(text).contains("-ConfiguredDatabases and -SqlInstanceName"));
    assert_eq!(
        rules("Get-CsPool -Identity a -Identity b"),
        ["duplicate-parameter"]
    );
}

#[test]
fn switches_take_no_value() {
    let text = "Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus $true";
    // The value is the replica's name, by its place.
    assert!(rules(text).is_empty() || rules(text) == ["switch-value"]);
    assert_eq!(rules("Enable-CsTopology -WhatIf $false"), ["switch-value"]);
    assert_eq!(rules("Enable-CsTopology -WhatIf:'no'"), ["switch-value"]);
    assert_eq!(rules("Enable-CsTopology -Verbose:no"), ["switch-value"]);
    let split =
        "Install-CsDatabase -CentralManagementDatabase UseDefaultSQL Paths -SqlServerFqdn a";
    assert!(
        rules(split).contains(&"unplaced-value"),
        "{:?}",
        rules(split)
    );
    assert!(message(split).contains("UseDefaultSqlPaths"));
}

#[test]
fn values_of_the_wrong_kind() {
    for text in [
        "New-ExchangeCertificate -KeySize two",
        "New-ExchangeCertificate -PrivateKeyExportable 'true'",
        "Set-CsUser -Identity a -Enabled yes",
        "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn a,b",
        "Request-CsCertificate -New -Type Default -DomainName a,b",
        "Install-CsDatabase -LocalDatabases -DatabasePathMap 'x'",
        "Set-CsVoiceRoute -Identity a -PstnUsages @{plus='Local'}",
        "Backup-CsPool -PoolFqdn a -WaitTime soon",
        "Clear-CsDeviceUpdateLog -Identity a -DaysBack 99999999999",
    ] {
        assert_eq!(rules(text), ["wrong-kind"], "{text}: {}", message(text));
    }
    for text in [
        "Install-CsDatabase -DatabaseType Monitring -SqlServerFqdn a",
        "New-ExchangeCertificate -KeySize 3000",
        "New-ExchangeCertificate -Services 'UM,Phone'",
        "Set-CsCertificate -Type Default,Web -Thumbprint a",
        "Get-CsPool -ErrorAction Quiet",
    ] {
        assert_eq!(rules(text), ["unknown-value"], "{text}: {}", message(text));
    }
    assert!(
        message("Install-CsDatabase -DatabaseType Monitring -SqlServerFqdn a")
            .contains("Monitoring")
    );
}

#[test]
fn a_product_limits_what_exists() {
    let in_product = |text: &str, product| check(text, Some(product));
    let findings = in_product("Get-CsPoolFabricState -PoolFqdn a", Product::L2010);
    assert!(has_error(&findings), "{findings:?}");
    assert_eq!(in_product("Get-CsPool", Product::S2019), []);
    assert!(has_error(&in_product("Get-CsPool", Product::E2016)));
}

#[test]
fn places_are_exact() {
    let findings = check(
        "Get-CsPool\n\n  Get-CsUser -Identity a |\n    Set-CsUser -Enabeld $true",
        None,
    );
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].line, findings[0].column), (4, 16));
    let findings = check("Get-CsPool 'a", None);
    assert_eq!(
        (findings[0].rule, findings[0].line, findings[0].column),
        ("syntax", 1, 12)
    );
}
