<#
.SYNOPSIS
Show dial plans with their normalization rules
.DESCRIPTION
Lists dial plans at every scope. A dial plan turns what a user dials into a full number.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: the list of rules is cut off on screen; Get-CsVoiceNormalizationRule shows them one by one.
To see what a plan does with a number use voice/test-dial-plan.
.PARAMETER Identity
Identity of one plan, for instance site:Singapore, or SG-Users for a user plan. Not together with
-Filter. Left out: all dial plans.
.PARAMETER Filter
Wildcards for identities, for instance tag:* for all user plans. Not together with -Identity. Left
out: all dial plans.
.PARAMETER LocalStore
Read the local copy of the machine it runs on: proof that a change has arrived there. Needs an
elevated shell on that machine. Left out: the Central Management store.
.EXAMPLE
.\get-dial-plans.ps1

All dial plans.
.EXAMPLE
.\get-dial-plans.ps1 -Filter tag:*

Those that are granted to users, for instance of cebsba01.kestrel.lan.
.FUNCTIONALITY
voice, dial plan, normalization
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
Get-CsDialPlan @optional
