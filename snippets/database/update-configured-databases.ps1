<#
.SYNOPSIS
Bring all databases of a SQL server to the version of the installed tools
.DESCRIPTION
Reads the published topology and updates the schema of every database it places on this SQL server.
For the time after a cumulative update, when database/test-configured-databases shows an installed
version below the expected one.

Before: the topology is published; the account is sysadmin on the instances and local administrator
of the SQL server; TCP 1433 or the ports of the instances and UDP 1434 are open. Take a SQL backup
of the databases.

Traps: an update fails on mirrored databases. This form of the cmdlet knows no -SqlInstanceName, it
works on all instances of the server that the topology names. The databases of the Central
Management store are not among them. From a remote session the log-on to SQL may fail as ANONYMOUS
LOGON (double hop).
.PARAMETER SqlServerFqdn
FQDN of the SQL server without the instance name, for instance sgsql01.kestrel.lan. For a cluster,
the name of the SQL cluster. It must be given.
.EXAMPLE
.\update-configured-databases.ps1 -SqlServerFqdn sgsql01.kestrel.lan

All databases that the topology places on this server.
.FUNCTIONALITY
database, sql, update, topology
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, SQL
Verify: database/test-configured-databases (from Lync Server 2013 on)
Rollback: restore the databases from the SQL backup that was taken before
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn
)

Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn $SqlServerFqdn -Update
