<#
.SYNOPSIS
Show the pools of the deployment
.DESCRIPTION
Shows one pool or all of them with its services, its computers and its site.

Before: the account may read the configuration.

Traps: every cluster of the topology is a pool here, also an Edge, a SQL server, a file server or a
gateway. A server that stands alone is a pool with one computer of the same name.
.PARAMETER Identity
FQDN of the pool, for instance sgpool01.kestrel.lan. Left out, all pools are shown.
.EXAMPLE
.\get-pool.ps1 -Identity sgpool01.kestrel.lan

One pool.
.EXAMPLE
.\get-pool.ps1

All pools.
.FUNCTIONALITY
topology, pool
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
    $Identity
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Identity')) { $optional.Identity = $Identity }
Get-CsPool @optional
