<#
.SYNOPSIS
Show voice routes, or one of them
.DESCRIPTION
Lists voice routes: the pattern of the numbers a route takes, its PSTN usages and the gateways or
trunks it leads to. Save the output before a change, it is the quickest way back.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: a route can exist without any gateway, look at that list too. A route is only used by
people whose voice policy holds one of its PSTN usages.
.PARAMETER Identity
Name of one route, for instance SG-Local. Not together with -Filter. Left out: all routes.
.PARAMETER Filter
Wildcards for names, for instance SG-*. Not together with -Identity. Left out: all routes.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-routes.ps1

All routes, before a change.
.EXAMPLE
.\get-routes.ps1 -Identity SG-Local -LocalStore

On cebsba01.kestrel.lan: has the changed route arrived there?
.FUNCTIONALITY
voice, route, pstn
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: ELEV (-LocalStore)
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
    [switch]
    $LocalStore
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Identity')) { $optional.Identity = $Identity }
if ($PSBoundParameters.ContainsKey('Filter')) { $optional.Filter = $Filter }
if ($LocalStore) { $optional.LocalStore = $true }
Get-CsVoiceRoute @optional
