<#
.SYNOPSIS
Move users and sessions off a front end and stop its services
.DESCRIPTION
Moves users and data of a front end to the other front ends of its pool, lets conferences and
sessions end, then stops the services and disables them, so that a reboot does not start them
again.

Before: the pool can spare this server: services/get-upgrade-readiness (2015) or
services/get-upgrade-domains (2019) says so; users are told; the account is administrator on every
server of the pool.

Traps: it waits for up to an hour; if users and sessions are not off by then it fails and leaves
the server as it was. The services stay disabled until services/fail-back-computer, a plain start
is not enough. Give the same name when you fail back.
.PARAMETER ComputerName
FQDN of the front end, for instance sgfe01.kestrel.lan. It must be given, so that it is never the
wrong machine.
.EXAMPLE
.\fail-over-computer.ps1 -ComputerName sgfe01.kestrel.lan

Before an update of this front end.
.FUNCTIONALITY
services, front end, failover, drain, maintenance
.COMPONENT
S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: admin-box
Gates: ELEV, POOLOK, DRAIN
Verify: services/list
Rollback: services/fail-back-computer
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $ComputerName
)

Invoke-CsComputerFailOver -ComputerName $ComputerName
