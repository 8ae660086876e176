<#
.SYNOPSIS
Start all front ends of a pool together
.DESCRIPTION
Starts the services on all front ends of a pool in one step. For a whole pool that was down: front
ends started one by one may wait for each other.

Before: all front ends of the pool are switched on and can be reached; SQL and the file share
answer.

Traps: a pool needs a minimum number of its front ends, below that it does not start. A routing
group that lost its quorum is not repaired by this: see services/get-fabric-state and, if need be,
services/reset-registrar-state.
.PARAMETER PoolFqdn
FQDN of the pool, for instance sgpool01.kestrel.lan. It must be given.
.EXAMPLE
.\start-pool.ps1 -PoolFqdn sgpool01.kestrel.lan

After a power failure.
.FUNCTIONALITY
services, pool, start, fabric
.COMPONENT
S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: services/get-fabric-state
Rollback: services/stop-all on each front end
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn
)

Start-CsPool -PoolFqdn $PoolFqdn
