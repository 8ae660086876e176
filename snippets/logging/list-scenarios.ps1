<#
.SYNOPSIS
Show the scenarios of centralised logging
.DESCRIPTION
Lists the scenarios that logging/start can run: which components they trace, and at which scope
they are defined.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: an identity has two parts, scope and name (global/VoiceMail); logging/start and
logging/stop want the name alone.
.PARAMETER Identity
Scope and name of one scenario, for instance global/VoiceMail, or a scope alone, for instance
site:Singapore. Not together with -Filter. Left out: all scenarios.
.PARAMETER Filter
Wildcards for identities, for instance *Voice*. Not together with -Identity. Left out: all
scenarios.
.EXAMPLE
.\list-scenarios.ps1

All scenarios.
.EXAMPLE
.\list-scenarios.ps1 -Filter *Voice*

Those for voice, before a trace on sgpool01.kestrel.lan.
.FUNCTIONALITY
logging, cls, scenario
.COMPONENT
L2013, S2015, S2019
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
Get-CsClsScenario @optional
