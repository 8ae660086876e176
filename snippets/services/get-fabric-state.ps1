<#
.SYNOPSIS
Show the Windows Fabric state of a pool
.DESCRIPTION
Shows how Windows Fabric sees a pool: the replicas of its services (routing, MCU factory,
conference directory, storage service) and the servers they are on. To be read before front ends
are stopped and after they have started.

Before: the front ends of the pool can be reached.

Traps: a service or routing group without a primary replica has users who cannot sign in or have a
limited service. The answer is text for reading.
.PARAMETER PoolFqdn
FQDN of the pool, for instance sgpool01.kestrel.lan. It must be given.
.EXAMPLE
.\get-fabric-state.ps1 -PoolFqdn sgpool01.kestrel.lan

All services of the pool.
.FUNCTIONALITY
services, pool, fabric, quorum, status
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn
)

Get-CsPoolFabricState -PoolFqdn $PoolFqdn
