<#
.SYNOPSIS
Fail a lost pool over to its backup pool
.DESCRIPTION
DESTRUCTIVE. Gives the users of a pool that can no longer be reached their full service back, on
the backup pool. The switch -DisasterMode is part of the command. It is also the right one when
the front ends are up and only the SQL back end of an Enterprise pool is gone.

Before: be sure that the pool is really lost and not only out of sight of this machine;
disaster/get-backup-relationship names a partner; the -WhatIf text names the right pool.

Traps: what had not reached the partner when the pool was lost is missing there. Users stay homed
on their own pool. When the Central Management store lives in this pool, fail the store over
first: an empty ActiveMasterFqdn in replication/get-store-status means that it is down.

After: disaster/fail-back-pool when the pool is back, with the same pool name.
.PARAMETER PoolFqdn
FQDN of the pool that was lost, not of its partner, for instance sgpool01.kestrel.lan. Required.
.EXAMPLE
.\fail-over-pool-disaster.ps1 -PoolFqdn sgpool01.kestrel.lan

The site of the pool is gone.
.FUNCTIONALITY
disaster, pool, failover
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV, PAIR, WHATIF, TYPE
Verify: disaster/get-backup-status
Rollback: disaster/fail-back-pool
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn
)

Invoke-CsPoolFailOver -PoolFqdn $PoolFqdn -DisasterMode
