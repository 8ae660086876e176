<#
.SYNOPSIS
Stop all services of a server, letting running calls end
.DESCRIPTION
Stops every Lync or Skype for Business service of a server gracefully: new requests are refused at
once, and each service stops when its running ones have ended.

Before: users are told; the rest of the pool has quorum without this server:
services/get-upgrade-readiness (2013, 2015) or services/get-upgrade-domains (2019) says so. On
Skype for Business Server services/fail-over-computer moves the users first.

Traps: a long conference keeps the command waiting. Several front ends at once can cost the pool
its quorum. It stops REPLICA as well, so the row of this machine may fall behind.
.PARAMETER ComputerName
FQDN of the server, for instance sgfe01.kestrel.lan. It must be given, also for the machine on
which the command runs, so that it is never the wrong one.
.EXAMPLE
.\stop-all.ps1 -ComputerName sgfe01.kestrel.lan

Before an update of this front end.
.FUNCTIONALITY
services, stop, maintenance
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV, DRAIN, POOLOK
Verify: services/list
Rollback: services/start-all
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ComputerName
)

Stop-CsWindowsService -ComputerName $ComputerName -Graceful
