<#
.SYNOPSIS
Create every database that the published topology places on a SQL server
.DESCRIPTION
Reads the published topology and creates all databases it assigns to this SQL server: pool back
end, archiving, monitoring and the rest, on every instance of the server or on one of them.

Before: publish the topology; be sysadmin on the instances and local administrator of the SQL
server; open TCP 1433 or the ports of the instances and UDP 1434.

Traps: this form of the cmdlet has no -SqlInstanceName, use -ForInstance or -ForDefaultInstance.
The paths are folders on the SQL server. Without paths the cmdlet picks a drive by itself, which
fails on a SQL cluster. Databases that exist already are left alone. The Central Management store
is not created here.
.PARAMETER SqlServerFqdn
FQDN of the SQL server as the topology spells it, without an instance name. For a cluster, the
name of the SQL cluster.
.PARAMETER DatabasePaths
Folders on the SQL server, which must exist; logs come first, data last. One: everything in it.
Two: logs, data; of the pool databases only RTC and RTCDYN keep their logs in the first. Three:
RTCDYN log, RTC log, all other logs and all data. Four: RTCDYN log, RTC log, other logs, data.
.PARAMETER ForInstance
Only the databases of this named instance. Not together with -ForDefaultInstance.
.PARAMETER ForDefaultInstance
Only the databases of the default instance. Not together with -ForInstance.
.EXAMPLE
.\install-configured-databases.ps1 -SqlServerFqdn sql01.kestrel.lan -DatabasePaths E:\CSLog,F:\CSLog,G:\CSDB

All instances of the server; the two kinds of pool log on two drives, everything else on a third.
.EXAMPLE
.\install-configured-databases.ps1 -SqlServerFqdn sql01.kestrel.lan -DatabasePaths E:\CSLog,G:\CSDB -ForInstance rtc

One instance only.
.FUNCTIONALITY
database, sql, topology, pool, install
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, SQL
Verify: Test-CsDatabase -ConfiguredDatabases -SqlServerFqdn SQL-SERVER shows the expected version installed (from Lync Server 2013 on)
Rollback: new, unused databases of one kind are removed with Uninstall-CsDatabase -DatabaseType; there is no undo for all of them at once
#>
[CmdletBinding(DefaultParameterSetName = 'AllInstances')]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn,

    [Parameter()]
    [string[]]
    $DatabasePaths,

    [Parameter(ParameterSetName = 'OneInstance')]
    [string]
    $ForInstance,

    [Parameter(ParameterSetName = 'DefaultInstance')]
    [switch]
    $ForDefaultInstance
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('DatabasePaths')) { $optional.DatabasePaths = $DatabasePaths }
if ($PSBoundParameters.ContainsKey('ForInstance')) { $optional.ForInstance = $ForInstance }
if ($ForDefaultInstance) { $optional.ForDefaultInstance = $true }
Install-CsDatabase -ConfiguredDatabases -SqlServerFqdn $SqlServerFqdn @optional
