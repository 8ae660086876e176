<#
.SYNOPSIS
Start a scenario of centralised logging on pools or servers
.DESCRIPTION
Starts tracing for one scenario. Reproduce the fault while it runs, stop it with logging/stop,
then collect the traces with logging/search.

Before: the service RTCCLSAGT runs on every server that is to take part, and TCP 50001 to 50003
are open from this machine to them.

Traps: with neither pools nor computers it starts on EVERY server of the topology. Beside AlwaysOn
only one other scenario can run on a server at a time. It ends by itself when its time is up: set
-Duration when the fault takes longer than four hours to come back.
.PARAMETER Scenario
Name of the scenario, for instance AlwaysOn or VoiceMail; logging/list-scenarios shows them. Left
as it is: AlwaysOn. The command does not work without one.
.PARAMETER Pools
FQDNs of pools, for instance sgpool01.kestrel.lan. Left out together with computers: every server
of the topology.
.PARAMETER Computers
FQDNs of single servers, for instance sgfe01.kestrel.lan. Left out together with pools: every
server of the topology.
.PARAMETER Duration
How long it runs, as days.hours:minutes, for instance 0.02:00 for two hours. Left out: four hours.
.EXAMPLE
.\start.ps1 -Scenario AlwaysOn -Pools sgpool01.kestrel.lan

The general scenario on one pool.
.EXAMPLE
.\start.ps1 -Scenario VoiceMail -Pools sgpool01.kestrel.lan -Duration 0.01:00

One hour, while voice mail is tested.
.FUNCTIONALITY
logging, cls, trace, troubleshooting
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: logging/search finds entries of the last minutes
Rollback: logging/stop
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^*?]+$')]
    [string]
    $Scenario = 'AlwaysOn',

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string[]]
    $Pools,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string[]]
    $Computers,

    [Parameter()]
    [ValidatePattern('^([0-9]+\.)?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$')]
    [string]
    $Duration
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Pools')) { $optional.Pools = $Pools }
if ($PSBoundParameters.ContainsKey('Computers')) { $optional.Computers = $Computers }
if ($PSBoundParameters.ContainsKey('Duration')) { $optional.Duration = $Duration }
Start-CsClsLogging -Scenario $Scenario @optional
