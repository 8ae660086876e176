<#
.SYNOPSIS
Test every database that the topology places on a SQL server
.DESCRIPTION
Connects to all databases that the published topology places on this SQL server and reports for
each whether that worked, which version is expected and which one is installed.

Before: the topology is published; the account may log on to the instances; TCP 1433 or the ports
of the instances and UDP 1434 are open.

Traps: SQL aliases and firewalls are the usual reason of a failure. A difference between expected
and installed version asks for database/update-configured-databases. From a remote session the
log-on to SQL may fail as ANONYMOUS LOGON (double hop).
.PARAMETER SqlServerFqdn
FQDN of the SQL server without the instance name, for instance sgsql01.kestrel.lan. For a cluster,
the name of the SQL cluster. It must be given.
.EXAMPLE
.\test-configured-databases.ps1 -SqlServerFqdn sgsql01.kestrel.lan

After a cumulative update, before and after the update of the databases.
.FUNCTIONALITY
database, sql, topology, test
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
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn
)

Test-CsDatabase -ConfiguredDatabases -SqlServerFqdn $SqlServerFqdn
