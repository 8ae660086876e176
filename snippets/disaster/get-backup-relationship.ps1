<#
.SYNOPSIS
Show which pool is the backup of a pool
.DESCRIPTION
Names the partner of a pool. The first thing to look at before a fail-over: a pool without a
backup pool cannot be failed over.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: the relationship is made in Topology Builder, no cmdlet sets it. That a partner is named
does not say that its data are current: see disaster/get-backup-status.
.PARAMETER PoolFqdn
FQDN of the pool, for instance sgpool01.kestrel.lan. Required.
.EXAMPLE
.\get-backup-relationship.ps1 -PoolFqdn sgpool01.kestrel.lan

Before a planned fail-over.
.FUNCTIONALITY
disaster, pool pairing, backup pool
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: none: it only reads; a backup pool must be named before anything else is tried
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn
)

Get-CsPoolBackupRelationship -PoolFqdn $PoolFqdn
