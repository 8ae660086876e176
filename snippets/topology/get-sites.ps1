<#
.SYNOPSIS
Show the sites of the topology with their pools
.DESCRIPTION
Lists central and branch sites with site id, pools and services.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: the name goes here without site: in front of it, unlike in policies. The site id is a
number and not the name; file store folders begin with it.
.PARAMETER Identity
Name of one site, for instance Singapore. Not together with -Filter. Left out: all sites.
.PARAMETER Filter
Wildcards for names, for instance *a*. Not together with -Identity. Left out: all sites.
.EXAMPLE
.\get-sites.ps1

All sites.
.EXAMPLE
.\get-sites.ps1 -Identity Singapore

The site of sgpool01.kestrel.lan.
.FUNCTIONALITY
topology, site, pool
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
    $Filter
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Identity')) { $optional.Identity = $Identity }
if ($PSBoundParameters.ContainsKey('Filter')) { $optional.Filter = $Filter }
Get-CsSite @optional
