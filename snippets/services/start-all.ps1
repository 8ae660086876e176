<#
.SYNOPSIS
Start all services of a server
.DESCRIPTION
Starts every Lync or Skype for Business service of a server. Services that run already are left
alone.

Before: the certificates of the server are assigned and in date; SQL can be reached; for a front
end from Lync Server 2013 on, enough other front ends of the pool run or are about to start.

Traps: a Front End service that stays at "starting" usually waits for the rest of the pool: start
the other front ends too, or the whole pool with services/start-pool (2015, 2019). The command
waits until all have started.
.PARAMETER ComputerName
FQDN of the server, for instance sgfe01.kestrel.lan. Left out, the machine on which the command
runs.
.EXAMPLE
.\start-all.ps1 -ComputerName sgfe01.kestrel.lan

After an update of this front end.
.FUNCTIONALITY
services, start, maintenance
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: services/list
Rollback: services/stop-all
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ComputerName
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('ComputerName')) { $optional.ComputerName = $ComputerName }
Start-CsWindowsService @optional
