<#
.SYNOPSIS
Reset the registrar and Windows Fabric state of a pool
.DESCRIPTION
DESTRUCTIVE. Stops the Front End service (RTCSRV) and Windows Fabric (FabricHostSvc) on the front
ends of a pool, resets their state as far as asked for, and starts them again. For a pool that no
longer answers or whose Front End services stay at "starting".

Before: services/get-fabric-state shows that the pool does not recover by itself; users are told;
the -WhatIf text names the right pool. The cmdlet asks before it starts.

Traps: try the mildest kind first. ServiceReset restarts the two services. QuorumLossRecovery loads
user data of routing groups without quorum from the backup store: what had not been written there
is lost. FullReset also rebuilds the local databases, takes long, brings front ends that were taken
out back in, and may leave the pool unable to start: ask the vendor before. MachineStateRemoved
takes a server out of the pool and is only for one that is lost for good; it needs -MachineFqdn.
.PARAMETER PoolFqdn
FQDN of the pool, for instance sgpool01.kestrel.lan. It must be given, there is no default on
purpose.
.PARAMETER ResetType
Kind of reset. Left out, it is ServiceReset, which only restarts the services; the others can lose
data or take a server out.
.PARAMETER MachineFqdn
FQDN of the lost server, for instance sgfe03.kestrel.lan. Only together with MachineStateRemoved;
leave it out for the other kinds.
.EXAMPLE
.\reset-registrar-state.ps1 -PoolFqdn sgpool01.kestrel.lan

Restart the services of a pool that hangs.
.EXAMPLE
.\reset-registrar-state.ps1 -PoolFqdn sgpool01.kestrel.lan -ResetType QuorumLossRecovery

Too many front ends were lost at once.
.FUNCTIONALITY
services, pool, fabric, registrar, quorum, reset
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV, WHATIF, TYPE
Verify: services/get-fabric-state
Rollback: none: a restart ends by itself; data that a stronger reset lost do not come back
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn,

    [Parameter()]
    [ValidateSet('ServiceReset', 'QuorumLossRecovery', 'FullReset', 'MachineStateRemoved')]
    [string]
    $ResetType = 'ServiceReset',

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $MachineFqdn
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('MachineFqdn')) { $optional.MachineFqdn = $MachineFqdn }
Reset-CsPoolRegistrarState -PoolFqdn $PoolFqdn -ResetType $ResetType @optional
