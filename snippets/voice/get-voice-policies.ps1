<#
.SYNOPSIS
Show voice policies, or one of them
.DESCRIPTION
Lists voice policies at every scope: what users may do (forwarding, simultaneous ringing and so
on) and the PSTN usages that open routes to them.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: a policy that is granted to a user takes the place of the one of site or deployment, it is
not added to it.
.PARAMETER Identity
Identity of one policy, for instance site:Singapore, or SG-International for a user policy. Not
together with -Filter. Left out: all voice policies.
.PARAMETER Filter
Wildcards for identities, for instance tag* for all user policies. Not together with -Identity.
Left out: all voice policies.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-voice-policies.ps1

All voice policies.
.EXAMPLE
.\get-voice-policies.ps1 -Identity site:Singapore

The one of a site such as that of sgpool01.kestrel.lan.
.FUNCTIONALITY
voice, policy, pstn usage
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
Get-CsVoicePolicy @optional
