<#
.SYNOPSIS
Test all databases that the services of this server use
.DESCRIPTION
Connects to every database that a service on this machine uses, local ones as well as those on SQL
servers elsewhere, and reports for each whether that worked, with the expected and the installed
version.

Before: it runs in the own console of the server in question.

Traps: the database xds often shows a difference between expected and installed version that does
no harm. From a remote session the databases elsewhere may fail as ANONYMOUS LOGON (double hop).
.EXAMPLE
.\test-local-databases.ps1

On the front end that reports database errors.
.FUNCTIONALITY
database, sql, local, test
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL
Verify: every row reports success
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Test-CsDatabase -LocalService
