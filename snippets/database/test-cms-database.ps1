<#
.SYNOPSIS
Test the databases of the Central Management store
.DESCRIPTION
Connects to the databases of the Central Management store and reports for each whether that worked,
with its versions and its mirror where there is one.

Before: the account may log on to the SQL instance of the store.

Traps: an answer proves the line to SQL, not the replication: for that see
replication/get-store-status. From a remote session the log-on to SQL may fail as ANONYMOUS LOGON
(double hop).
.EXAMPLE
.\test-cms-database.ps1

The store of this deployment.
.FUNCTIONALITY
database, sql, cms, test
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: the expected version is the installed one in every row
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param()

Test-CsDatabase -CentralManagementDatabase
