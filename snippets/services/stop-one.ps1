<#
.SYNOPSIS
Stop one service of a server
.DESCRIPTION
Stops one Lync or Skype for Business service of a server.

Before: users are told, or the service has no calls: services/list shows its activity.

Traps: the name is that of the service, RTCSRV for instance, not the one it shows, and takes no
wildcards. Services that depend on it are stopped as well and are not started again with it.
Without -Graceful running calls are cut. RTCSRV signs all users of the machine out.
.PARAMETER Name
Name of the service, for instance RTCSRV or REPLICA, as services/list shows it. It must be given:
left out, the cmdlet would stop all services.
.PARAMETER ComputerName
FQDN of the server, for instance sgfe01.kestrel.lan. It must be given, also for the machine on
which the command runs, so that it is never the wrong one.
.PARAMETER Graceful
Refuse new requests and stop when the running ones have ended. Left off, the service stops at once.
.EXAMPLE
.\stop-one.ps1 -Name REPLICA -ComputerName sgfe01.kestrel.lan

Before the replica of this server is created again.
.EXAMPLE
.\stop-one.ps1 -Name RTCSRV -ComputerName sgfe01.kestrel.lan -Graceful

The Front End service, when its calls have ended.
.FUNCTIONALITY
services, stop
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV, DRAIN
Verify: services/list
Rollback: services/start-all on the same server also starts the services that were stopped with it
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_$-]+$')]
    [string]
    $Name,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ComputerName,

    [Parameter()]
    [switch]
    $Graceful
)

$optional = @{}
if ($Graceful) { $optional.Graceful = $true }
Stop-CsWindowsService -Name $Name -ComputerName $ComputerName @optional
