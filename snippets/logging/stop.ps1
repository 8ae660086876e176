<#
.SYNOPSIS
Stop a scenario of centralised logging on pools or servers
.DESCRIPTION
Ends the tracing that logging/start began, before its time is up. What was traced stays and can be
searched.

Before: the fault has been reproduced.

Traps: with neither pools nor computers it stops on EVERY pool of the topology. AlwaysOn is often
meant to run all the time: stopping it takes away the traces of the next fault. That is why the
scenario has no default here.
.PARAMETER Scenario
Name of the scenario to stop, for instance VoiceMail. Required.
.PARAMETER Pools
FQDNs of pools, for instance sgpool01.kestrel.lan. Left out together with computers: all pools of
the topology.
.PARAMETER Computers
FQDNs of single servers, for instance sgfe01.kestrel.lan. Left out together with pools: all pools
of the topology.
.EXAMPLE
.\stop.ps1 -Scenario VoiceMail -Pools sgpool01.kestrel.lan

The fault was reproduced.
.FUNCTIONALITY
logging, cls, trace, troubleshooting
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: logging/search finds no entries of this scenario that are newer than the stop; Show-CsClsLogging shows the state
Rollback: logging/start
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*?]+$')]
    [string]
    $Scenario,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string[]]
    $Pools,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string[]]
    $Computers
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Pools')) { $optional.Pools = $Pools }
if ($PSBoundParameters.ContainsKey('Computers')) { $optional.Computers = $Computers }
Stop-CsClsLogging -Scenario $Scenario @optional
