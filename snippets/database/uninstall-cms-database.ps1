<#
.SYNOPSIS
Remove the databases of the old Central Management store after a move
.DESCRIPTION
DESTRUCTIVE. Drops the databases xds and lis of a Central Management store from one SQL instance.
The last step of a move, when the new store is known to work. User databases on the same instance
stay.

Before: every replica reports UpToDate in two polls a minute apart and none has never reported;
Get-CsManagementConnection and Get-CsConfigurationStoreLocation both name the NEW store; exports of
the configuration and of the location data exist away from this server; the -WhatIf text names the
OLD server and instance.

Traps: an UpToDate that is older than the last change proves nothing, make one harmless change
first and see it arrive. Pointed at the live store this takes down configuration for the whole
deployment. Server and instance have no default on purpose and must both be typed.
.PARAMETER SqlServerFqdn
FQDN of the SQL server of the OLD store, without the instance name. After a move away from a
Standard Edition server this is that server itself.
.PARAMETER SqlInstanceName
Name of the SQL instance of the OLD store, rtc on a Standard Edition server.
.PARAMETER Detach
Detach the databases instead of dropping them: their files stay and can be attached again.
.EXAMPLE
.\uninstall-cms-database.ps1 -SqlServerFqdn mnlse01.kestrel.lan -SqlInstanceName rtc

Clean up a Standard Edition server that used to hold the store.
.FUNCTIONALITY
database, sql, cms, uninstall
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, SQL, BKUP, NOTCMS, UTD, WHATIF, TYPE
Verify: cms/get-management-connection
Rollback: database/install-cms-database on the same instance, then cms/move-management-server on that pool; after -Detach attach the files first
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn,

    [Parameter(Mandatory = $true)]
    [string]
    $SqlInstanceName,

    [Parameter()]
    [switch]
    $Detach
)

$optional = @{}
if ($Detach) { $optional.Detach = $true }
Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn $SqlServerFqdn -SqlInstanceName $SqlInstanceName @optional
