<#
.SYNOPSIS
Start one service of a server
.DESCRIPTION
Starts one Lync or Skype for Business service of a server that is stopped.

Before: it is known why it stopped: services/list shows which ones run, the event log of the server
says why one does not.

Traps: the name is that of the service, REPLICA for instance, not the one it shows, and takes no
wildcards. Services that it needs are started as well. The SQL instance RTCLOCAL is no service of the
product: Start-Service starts it, on the server itself.
.PARAMETER Name
Name of the service, for instance REPLICA, MASTER or FTA, as services/list shows it. It must be
given: left out, the cmdlet would start all services.
.PARAMETER ComputerName
FQDN of the server, for instance sgfe01.kestrel.lan. It must be given, also for the machine on
which the command runs, so that it is never the wrong one.
.EXAMPLE
.\start-one.ps1 -Name REPLICA -ComputerName sgfe01.kestrel.lan

The agent that applies configuration on this server.
.EXAMPLE
.\start-one.ps1 -Name MASTER -ComputerName sgfe01.kestrel.lan

The agent that makes the packages of the Central Management store.
.FUNCTIONALITY
services, start, replication
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: services/list
Rollback: services/stop-one with the same name on the same server
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
    $ComputerName
)

Start-CsWindowsService -Name $Name -ComputerName $ComputerName
