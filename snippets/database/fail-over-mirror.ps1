<#
.SYNOPSIS
Make the other side of a SQL mirror the principal database
.DESCRIPTION
DESTRUCTIVE. Swaps the roles of primary and mirror for the databases of one kind in a pool. From
then on all requests go to the new principal side. For work on one SQL server, and with the other
role to go back afterwards.

Before: database/get-mirror-state shows both sides synchronised; the -WhatIf text names the right
pool and kind.

Traps: it fails for a database that has no mirror. Primary and Mirror are the names the topology
gives the two servers, not the roles they play at the moment: -NewPrincipal Mirror goes away from
the primary server, Primary goes back to it. Where the present principal cannot be reached the
cmdlet wants -Force, which is not offered here. It moves one kind of database only, the others of
the same SQL server stay where they are.
.PARAMETER PoolFqdn
FQDN of the pool whose databases change sides, for instance sgpool01.kestrel.lan. It must be given.
.PARAMETER DatabaseType
Kind of database, for instance User. It must be given.
.PARAMETER NewPrincipal
The side that takes over: Mirror leaves the primary server, Primary returns to it. It must be
given, there is no default on purpose.
.EXAMPLE
.\fail-over-mirror.ps1 -PoolFqdn sgpool01.kestrel.lan -DatabaseType User -NewPrincipal Mirror

Away from the primary SQL server, before work on it.
.EXAMPLE
.\fail-over-mirror.ps1 -PoolFqdn sgpool01.kestrel.lan -DatabaseType User -NewPrincipal Primary

Back again.
.FUNCTIONALITY
database, sql, mirror, failover
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, WHATIF, TYPE
Verify: database/get-mirror-state (Lync Server 2013 and Skype for Business Server 2015)
Rollback: run it again with the other value of -NewPrincipal
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn,

    [Parameter(Mandatory = $true)]
    [ValidateSet('ActiveMonitoring', 'Application', 'Archiving', 'CentralMgmt', 'Edge', 'Lyss',
        'Monitoring', 'PersistentChat', 'PersistentChatCompliance', 'Provision', 'Registrar',
        'SigninTelemetry', 'User')]
    [string]
    $DatabaseType,

    [Parameter(Mandatory = $true)]
    [ValidateSet('Mirror', 'Primary')]
    [string]
    $NewPrincipal
)

Invoke-CsDatabaseFailover -PoolFqdn $PoolFqdn -DatabaseType $DatabaseType -NewPrincipal $NewPrincipal
