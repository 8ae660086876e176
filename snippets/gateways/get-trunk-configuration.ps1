<#
.SYNOPSIS
Show the settings of trunks to gateways
.DESCRIPTION
Lists trunk configurations at every scope: encryption of media, media bypass, REFER, session
timers and so on. Save the output before a change.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: these are settings, not the trunk itself: ports and the gateway's name are in the topology
and change only in Topology Builder. The settings of a trunk win over those of its site, and these
over the global ones; they are not merged.
.PARAMETER Identity
Identity of one configuration, for instance Global, site:Singapore or
Service:PstnGateway:sggw01.kestrel.lan. Not together with -Filter. Left out: all configurations.
.PARAMETER Filter
Wildcards for identities, for instance site:*. Not together with -Identity. Left out: all
configurations.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-trunk-configuration.ps1

All trunk configurations.
.EXAMPLE
.\get-trunk-configuration.ps1 -Identity Service:PstnGateway:sggw01.kestrel.lan

That of one trunk.
.FUNCTIONALITY
gateway, trunk, srtp, bypass
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
Get-CsTrunkConfiguration @optional
