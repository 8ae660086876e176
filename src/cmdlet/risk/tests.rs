//! The worst command decides, whatever hides it.

use super::*;

fn risk(text: &str) -> Risk {
    judge(text).expect(text).risk
}

#[test]
fn a_setter_of_something_live_and_a_variable_that_stays_are_changes() {
    for text in [
        "(Get-Process rtcsrv).PriorityClass = 'Idle'",
        "$f = Get-Item x; $f.IsReadOnly = $true",
        "$f.LastWriteTime=$d",
        "(Get-Item IIS:\\AppPools\\x).managedRuntimeVersion=''",
        "$x[0].Name += 'a'",
        "$x.Count++",
        "[Some.Type]::Property = 1",
        "$global:ErrorActionPreference = 'SilentlyContinue'",
        "$script:WhatIfPreference=$true",
        "Get-CsPool -OutVariable global:WhatIfPreference",
        "Get-CsPool -ov global:x",
        "Debug-Process rtcsrv",
        "Write-EventLog -LogName Application -Source x -EventId 1 -Message x",
        "Test-Mailflow",
    ] {
        assert!(risk(text) >= Risk::Change, "{text}");
    }
    for text in [
        "$h = @{}; $h.Site = 'a'; Get-CsPool @h",
        "$ErrorActionPreference = 'Stop'; Get-CsPool",
        "Get-CsPool | Where-Object { $_.Site -eq 'a' } | Select-Object @{n='a';e={$_.Fqdn}}",
        "$x = (Get-CsPool).Count; $y = $x",
        "Get-CsPool # $x.Name = 1",
        "'$x.Name = 1'",
        "Debug-CsAddressBookReplication",
        "$local:x = 1",
    ] {
        assert_eq!(risk(text), Risk::Read, "{text}");
    }
}

#[test]
fn the_worst_command_decides() {
    for (text, expected) in [
        ("", Risk::Read),
        (
            "Get-CsPool | Where-Object { $_.Fqdn -eq 'a' } | Format-List",
            Risk::Read,
        ),
        (
            "ConvertTo-Json -InputObject @(Get-CsManagementStoreReplicationStatus)",
            Risk::Read,
        ),
        ("Get-CsPool -Force", Risk::Read),
        ("Get-CsPool > x.txt", Risk::Change),
        ("echo a>x.txt", Risk::Change),
        ("Get-CsPool | Export-Csv x.csv", Risk::Change),
        (
            "Get-CsUser -Filter { EnterpriseVoiceEnabled -eq $true }",
            Risk::Read,
        ),
        ("Get-Date (Get-Date).AddDays(1)", Risk::Read),
        (
            "$env:COMPUTERNAME; [Environment]::MachineName; [int]'5'",
            Risk::Read,
        ),
        (
            "$p = @{}; if ($x) { $p.Site = $x }; Get-CsPool @p",
            Risk::Read,
        ),
        (
            "Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn 'a'",
            Risk::Change,
        ),
        (
            "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn 'a' -Clean",
            Risk::Destructive,
        ),
        ("Install-CsDatabase -Clean:$false", Risk::Change),
        ("Install-CsDatabase -Cle", Risk::Destructive),
        ("Get-CsUser | Disable-CsUser", Risk::Destructive),
        ("Get-CsUser | % { Remove-CsUser $_ }", Risk::Destructive),
        ("\"$(Remove-CsUser a)\"", Risk::Destructive),
        ("iex 'Get-CsPool'", Risk::Destructive),
        ("& $x", Risk::Destructive),
        ("powershell -enc AAAA", Risk::Destructive),
        ("[IO.File]::Delete('x')", Risk::Destructive),
        ("Frobnicate", Risk::Change),
        ("Get-X 'Remove-Y'", Risk::Read),
        (
            "Un`install-CsDatabase -DatabaseType Monitoring",
            Risk::Destructive,
        ),
    ] {
        assert_eq!(risk(text), expected, "{text}");
    }
}

#[test]
fn the_cms_database_is_protected_in_every_spelling() {
    for text in [
        "Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn a",
        "uninstall-csdatabase –centralmanagementdatabase",
        "Uninstall-CsDatabase -Cent",
        "SkypeForBusiness\\Uninstall-CsDatabase -ce:$true",
        "$h = @{ CentralManagementDatabase = $true }; Uninstall-CsDatabase @h",
        "& 'Uninstall-CsDatabase' -CentralManagementDatabase",
        "iex 'Uninstall-CsDatabase -Central'",
        "iex ('Unin' + 'stall-CsDatabase')",
        "$c = 'Uninstall-CsDatabase'; & $c -x",
        "Un`install-CsDatabase -CentralManagementDatabase",
        "Get-CsPool; if ($true) { Uninstall-CsDatabase -CentralManagementDatabase }",
        "Uninstall-CsDatabase -CentralManagementDatabase -WhatIf",
        "Uninstall-CsDatabase -DatabaseType CentralMgmt -SqlServerFqdn a",
        "Uninstall-CsDatabase -Da Central -SqlServerFqdn a",
        "Uninstall-CsDatabase -DatabaseType 3 -SqlServerFqdn a",
        "Uninstall-CsDatabase -DatabaseType $d -SqlServerFqdn a",
        "Uninstall-CsMirrorDatabase -DatabaseType CentralMgmt -SqlServerFqdn a",
        "Uninstall-CsDatabase>$null -CentralManagementDatabase",
        "Invoke-AsWorkflow -Expression 'Uninstall-CsDatabase -CentralManagementDatabase'",
        "iex ('Uninstall-Cs{0} -Ce' -f 'Database')",
        "ac C:\\a.ps1 'Uninstall-CsDatabase -Ce'; 1 | ? (gcm C:\\a.ps1).ScriptBlock",
        "$global:PSDefaultParameterValues['Uninstall-CsDatabase:CentralManagementDatabase']=$true; Uninstall-CsDatabase -SqlServerFqdn a",
    ] {
        assert!(judge(text).expect(text).removes_cms, "{text}");
    }
    for text in [
        "Uninstall-CsDatabase -DatabaseType Monitoring -SqlServerFqdn a",
        "Uninstall-CsDatabase -DatabaseType 'arch' -SqlServerFqdn a",
        "Install-CsDatabase -CentralManagementDatabase",
        "Test-CsDatabase -CentralManagementDatabase",
    ] {
        assert!(!judge(text).expect(text).removes_cms, "{text}");
    }
}

#[test]
fn what_the_grammar_misreads_is_destructive_and_says_so() {
    for text in [
        "Write-Output C:\\logs\\'my file'.txt --flag=\"a b\"",
        ":outer foreach ($a in 1..3) { while ($true) { continue outer } }",
        "$x.foreach; $x.end; $x.class.function",
    ] {
        let judgement = judge(text).expect(text);
        assert_eq!(judgement.risk, Risk::Destructive, "{text}");
        assert!(judgement.reasons[0].text.contains("cannot read"), "{text}");
        assert!(!judgement.removes_cms);
    }
    let text = "$x.end; Uninstall-CsDatabase -CentralManagementDatabase";
    assert!(judge(text).expect("misread").removes_cms);
}

#[test]
fn not_powershell_is_refused() {
    assert!(judge("Get-X (").is_err());
}
