<#
.SYNOPSIS
Show the Windows services of a server
.DESCRIPTION
Shows the Lync or Skype for Business services of a server with their state and, where a service
reports it, how many calls or sessions it handles at the moment.

Before: the account may ask the services of that machine.

Traps: only services of the product are shown. Services such as MASTER and FTA exist on Central
Management servers only.
.PARAMETER ComputerName
FQDN of the server, for instance sgfe01.kestrel.lan. Left out, the machine on which the command
runs.
.EXAMPLE
.\list.ps1 -ComputerName sgfe01.kestrel.lan

Another server.
.EXAMPLE
.\list.ps1

This machine.
.FUNCTIONALITY
services, status, activity
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
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
Get-CsWindowsService @optional
