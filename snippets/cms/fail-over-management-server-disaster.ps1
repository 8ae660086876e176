<#
.SYNOPSIS
Fail the Central Management store over when its pool is lost
.DESCRIPTION
DESTRUCTIVE. Activates the copy of the Central Management store in the backup pool without asking
the store that is lost. The check of the replication is left out, so changes that had not reached
the backup pool may be gone.

Before: pools are paired and the pool with the store cannot be reached; an empty ActiveMasterFqdn
in replication/get-store-status confirms that the store is down. Do this before a pool is failed
over. The -WhatIf text names the SQL server of the backup pool.

Traps: work on a server of the pool that takes over. The store can only go to the database that
Topology Builder has set up for it as the backup. While the old store still answers use
cms/fail-over-management-server, which waits for the replication. Server and instance have no
default on purpose.
.PARAMETER BackupSqlServerFqdn
FQDN of the SQL server of the backup store, for instance mnlse01.kestrel.lan. For a Standard
Edition server that is the server itself. It must be given.
.PARAMETER BackupSqlInstanceName
SQL instance of the backup store, rtc on a Standard Edition server. Left out, no instance is named
to the cmdlet: only right where the backup store is in the default instance.
.PARAMETER BackupMirrorSqlServerFqdn
FQDN of the SQL server that mirrors the backup store, for instance sgsql01.kestrel.lan. Leave it
out where the backup store is not mirrored.
.PARAMETER BackupMirrorSqlInstanceName
SQL instance of that mirror, for instance rtc. Leave it out where the backup store is not mirrored.
.EXAMPLE
.\fail-over-management-server-disaster.ps1 -BackupSqlServerFqdn mnlse01.kestrel.lan -BackupSqlInstanceName rtc

The backup pool is a Standard Edition server.
.FUNCTIONALITY
cms, failover, disaster, paired pools
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, PAIR, WHATIF, TYPE
Verify: replication/get-store-status
Rollback: none for lost changes; when both pools are healthy again, a planned fail-over (cms/fail-over-management-server)
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $BackupSqlServerFqdn,

    [Parameter()]
    [string]
    $BackupSqlInstanceName,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $BackupMirrorSqlServerFqdn,

    [Parameter()]
    [string]
    $BackupMirrorSqlInstanceName
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('BackupSqlInstanceName')) { $optional.BackupSqlInstanceName = $BackupSqlInstanceName }
if ($PSBoundParameters.ContainsKey('BackupMirrorSqlServerFqdn')) { $optional.BackupMirrorSqlServerFqdn = $BackupMirrorSqlServerFqdn }
if ($PSBoundParameters.ContainsKey('BackupMirrorSqlInstanceName')) { $optional.BackupMirrorSqlInstanceName = $BackupMirrorSqlInstanceName }
Invoke-CsManagementServerFailover -BackupSqlServerFqdn $BackupSqlServerFqdn @optional -Force
