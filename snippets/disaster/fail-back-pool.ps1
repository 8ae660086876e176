<#
.SYNOPSIS
Bring the users of a failed-over pool back to it
.DESCRIPTION
DESTRUCTIVE. Ends a fail-over: the users are served by their own pool again.

Before: the pool and all its services are up again, its replicas are UpToDate, both pools reach
each other, disaster/get-backup-status is steady, and the -WhatIf text names the right pool.

Traps: the name is that of the pool that was failed over, exactly as it was given then, not that
of the partner. Users who are signed in at the backup pool are sent back. -DisasterMode throws
away what the users did on the backup pool.
.PARAMETER PoolFqdn
FQDN of the pool that was failed over, for instance sgpool01.kestrel.lan. Required.
.PARAMETER WaitTime
How long to wait before the data are synchronised, as hours:minutes:seconds, for instance
00:01:30. Left out: 15 seconds.
.PARAMETER DisasterMode
DESTRUCTIVE. Fail back although the backup pool cannot be reached; what users did there since the
fail-over is lost. Left out: the backup pool must be up.
.EXAMPLE
.\fail-back-pool.ps1 -PoolFqdn sgpool01.kestrel.lan

The work on the pool is done.
.FUNCTIONALITY
disaster, pool, failback
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV, PAIR, WHATIF, TYPE
Verify: disaster/get-backup-status
Rollback: disaster/fail-over-pool
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn,

    [Parameter()]
    [timespan]
    $WaitTime,

    [Parameter()]
    [switch]
    $DisasterMode
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('WaitTime')) { $optional.WaitTime = $WaitTime }
if ($DisasterMode) { $optional.DisasterMode = $true }
Invoke-CsPoolFailBack -PoolFqdn $PoolFqdn @optional
