<#
.SYNOPSIS
Show the services of a pool or of the whole deployment
.DESCRIPTION
Shows every service (role) with its identity, pool, site and version, and the ports and relations
that belong to its role.

Before: the account may read the configuration.

Traps: DependentServiceList names the services that depend on this one, not the ones it depends on.
Version tells the product of the service: 5 is Lync Server 2010, 6 is 2013, 7 is Skype for Business
Server 2015, 8 is 2019. These are roles in the topology, not Windows services: for those see
services/list.
.PARAMETER PoolFqdn
FQDN of the pool, for instance sgpool01.kestrel.lan. Left out, the services of all pools are shown.
.EXAMPLE
.\get-services.ps1 -PoolFqdn sgpool01.kestrel.lan

One pool.
.EXAMPLE
.\get-services.ps1

The whole deployment.
.FUNCTIONALITY
topology, services, roles, ports
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('PoolFqdn')) { $optional.PoolFqdn = $PoolFqdn }
Get-CsService @optional
