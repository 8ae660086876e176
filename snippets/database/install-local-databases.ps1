<#
.SYNOPSIS
Create or update the databases that this server keeps locally
.DESCRIPTION
Creates the databases in the local SQL instances of the server it runs on, for instance xds in
RTCLOCAL, the local copy of the configuration. With -Update databases that are there are brought to
the version of the installed tools.

Before: the shell is elevated and it is the own console of the server; the local SQL instances are
installed and running.

Traps: there is no server name to give, the cmdlet always means the machine it runs on. Without
-Update an existing database is left alone. The databases of a pool on a SQL server are a matter of
database/install-configured-databases.
.PARAMETER Update
Update databases that exist already. Left off, only missing ones are created.
.EXAMPLE
.\install-local-databases.ps1

Create what is missing on this server.
.EXAMPLE
.\install-local-databases.ps1 -Update

After a cumulative update.
.FUNCTIONALITY
database, sql, local, install, update
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: ELEV, LOCAL
Verify: database/test-local-databases (from Lync Server 2013 on)
Rollback: none for an update; a new, empty xds is filled by replication (replication/invoke)
#>
[CmdletBinding()]
param(
    [Parameter()]
    [switch]
    $Update
)

$optional = @{}
if ($Update) { $optional.Update = $true }
Install-CsDatabase -LocalDatabases @optional
