<#
.SYNOPSIS
Show the computers of the topology and their pools
.DESCRIPTION
Lists the machines that the topology knows, each with its pool. The list to work through when
every server must be restarted, patched or checked.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: being in the topology does not mean being installed or switched on. An Edge is listed with
its internal name.
.PARAMETER Identity
FQDN of one computer, for instance sgfe01.kestrel.lan. Not together with -Filter. Left out: all
computers.
.PARAMETER Filter
Wildcards for FQDNs, for instance sgfe*. Not together with -Identity. Left out: all computers.
.PARAMETER Pool
FQDN of a pool whose computers are wanted, for instance sgpool01.kestrel.lan. Left out: all pools.
.EXAMPLE
.\get-computers.ps1 -Pool sgpool01.kestrel.lan

The front ends of one pool.
.EXAMPLE
.\get-computers.ps1 -Filter sgedge*

All machines whose name begins like this.
.FUNCTIONALITY
topology, computer, pool
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
[CmdletBinding(DefaultParameterSetName = 'Identity')]
param(
    [Parameter(ParameterSetName = 'Identity')]
    [string]
    $Identity,

    [Parameter(ParameterSetName = 'Filter')]
    [string]
    $Filter,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $Pool
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Identity')) { $optional.Identity = $Identity }
if ($PSBoundParameters.ContainsKey('Filter')) { $optional.Filter = $Filter }
if ($PSBoundParameters.ContainsKey('Pool')) { $optional.Pool = $Pool }
Get-CsComputer @optional
