<#
.SYNOPSIS
Fail a running pool over to its backup pool
.DESCRIPTION
DESTRUCTIVE. Moves the service for all users of a pool that is still up to its backup pool, for
instance before work on its servers. For a pool that cannot be reached there is
disaster/fail-over-pool-disaster.

Before: disaster/get-backup-relationship names a partner, disaster/get-backup-status is steady for
both pools, the users are told, and the -WhatIf text names the right pool.

Traps: users have to come in again through the backup pool; they stay homed on their own pool.
When the Central Management store lives in this pool, look at replication/get-store-status first:
if the store is down, it is failed over before the pool is.

After: disaster/fail-back-pool when the work is done, with the same pool name.
.PARAMETER PoolFqdn
FQDN of the pool that is taken out of service, not of its partner, for instance
sgpool01.kestrel.lan. Required.
.PARAMETER WaitTime
How long to wait for the last data to reach the partner, as hours:minutes:seconds, for instance
00:05:00. Left out: the time that is built in.
.EXAMPLE
.\fail-over-pool.ps1 -PoolFqdn sgpool01.kestrel.lan

Planned work on the pool.
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
    $PoolFqdn,

    [Parameter()]
    [timespan]
    $WaitTime
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('WaitTime')) { $optional.WaitTime = $WaitTime }
Invoke-CsPoolFailOver -PoolFqdn $PoolFqdn @optional
