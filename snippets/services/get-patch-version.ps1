<#
.SYNOPSIS
Show the installed update level of each component of this server
.DESCRIPTION
Shows name and version of every installed component of the product. This is where the level of a
cumulative update can be read; the version in the replication status is the base build and in
general does not move with updates.

Before: it runs in the own console of the server in question. On Skype for Business Server 2015 the
cmdlet exists from the cumulative update of November 2015 on (6.0.9319.102).

Traps: components may differ in their versions on one server, compare the same component between
servers. An SBA must not be newer than its pool.
.EXAMPLE
.\get-patch-version.ps1

On every front end after an update.
.FUNCTIONALITY
services, version, cumulative update
.COMPONENT
S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: none
Verify: none: it only reads
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Get-CsServerPatchVersion
