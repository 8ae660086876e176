<#
.SYNOPSIS
Remove the archiving database from a SQL Server instance
.DESCRIPTION
DESTRUCTIVE. Drops the archiving database from one SQL instance. All archived
conversations in it are gone afterwards, which may break a legal duty to keep them.

Before: take the store out of the topology or point it elsewhere and publish, back the database up
if anybody may ask for it, and read the -WhatIf text: server and instance there must be the ones
you mean.

Traps: server and instance have no default on purpose and must both be typed. The instance may hold
other databases of the deployment; they are not touched. Without -Detach there is no way back.
.PARAMETER SqlServerFqdn
FQDN of the SQL server that holds the database, without the instance name.
.PARAMETER SqlInstanceName
Name of the SQL instance that holds the database, for example SGLYNCARC.
.PARAMETER Detach
Detach the database instead of dropping it: its files stay on the SQL server and can be attached
again.
.EXAMPLE
.\uninstall-archiving-database.ps1 -SqlServerFqdn sql02.kestrel.lan -SqlInstanceName SGLYNCARC

Drop the database.
.EXAMPLE
.\uninstall-archiving-database.ps1 -SqlServerFqdn sql02.kestrel.lan -SqlInstanceName SGLYNCARC -Detach

Keep the files.
.FUNCTIONALITY
database, sql, archiving, uninstall
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, SQL, WHATIF, TYPE
Verify: Test-CsDatabase -DatabaseType Archiving -SqlServerFqdn SQL-SERVER no longer finds it (from Lync Server 2013 on)
Rollback: after -Detach attach the files again in SQL Server; otherwise restore a SQL backup; without one there is none
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
Uninstall-CsDatabase -DatabaseType Archiving -SqlServerFqdn $SqlServerFqdn -SqlInstanceName $SqlInstanceName @optional
