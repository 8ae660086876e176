<#
.SYNOPSIS
Show which Central Management store this machine uses
.DESCRIPTION
Shows SQL server, SQL instance and, where there is one, the mirror that cmdlets on this machine
read the configuration from. One of the two lookups that must name the new store after a move; the
other one is cms/get-configuration-store-location.

Traps: the answer holds for the machine and the session it was asked in, and a temporary override
shows here too. Ask on every new Central Management server.
.EXAMPLE
.\get-management-connection.ps1
.FUNCTIONALITY
cms, lookup
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: local-console
Gates: none
Verify: SqlServer and SqlInstance are those of cms/get-configuration-store-location
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsManagementConnection
