<#
.SYNOPSIS
Create the monitoring database on a SQL Server instance
.DESCRIPTION
Creates the store for call detail records and quality of experience reports on one SQL
instance. Unlike the snippet for all configured databases it touches one database kind and lets
log and data folders of a busy store be chosen on their own. A database that exists already is
left alone.

Before: the topology with this store is published; the account is sysadmin on the instance and
local administrator of the SQL server; TCP 1433 or the port of the instance and UDP 1434 are open.

Traps: the paths are folders on the SQL server, not on this machine, and the first one is for logs.
Without any path switch the cmdlet picks a drive by itself, which fails on a SQL cluster. The
instance must be the one the topology names for this store.
.PARAMETER SqlServerFqdn
FQDN of the SQL server, without the instance name. For a cluster, the name of the SQL cluster.
.PARAMETER SqlInstanceName
Name of the SQL instance, for example SGLYNCMON. Leave it unset for the default instance.
.PARAMETER DatabasePaths
Folders on the SQL server, which must exist. One folder: logs and data together. Two: logs first,
data last, for example I:\MonitoringLogs and H:\MonitoringData. Not together with
-UseDefaultSqlPaths.
.PARAMETER UseDefaultSqlPaths
Use the data and log folders that are set in the properties of the SQL instance. Not together with
-DatabasePaths.
.EXAMPLE
.\install-monitoring-database.ps1 -SqlServerFqdn sql02.kestrel.lan -SqlInstanceName SGLYNCMON -DatabasePaths I:\MonitoringLogs,H:\MonitoringData

Logs on drive I, data on drive H of the SQL server.
.FUNCTIONALITY
database, sql, monitoring, install
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, SQL
Verify: Test-CsDatabase -DatabaseType Monitoring -SqlServerFqdn SQL-SERVER (from Lync Server 2013 on)
Rollback: database/uninstall-monitoring-database, as long as nothing has been written that must be kept
#>
[CmdletBinding(DefaultParameterSetName = 'Paths')]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn,

    [Parameter()]
    [string]
    $SqlInstanceName,

    [Parameter(ParameterSetName = 'Paths')]
    [string[]]
    $DatabasePaths,

    [Parameter(ParameterSetName = 'DefaultPaths')]
    [switch]
    $UseDefaultSqlPaths
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('SqlInstanceName')) { $optional.SqlInstanceName = $SqlInstanceName }
if ($PSBoundParameters.ContainsKey('DatabasePaths')) { $optional.DatabasePaths = $DatabasePaths }
if ($UseDefaultSqlPaths) { $optional.UseDefaultSqlPaths = $true }
Install-CsDatabase -DatabaseType Monitoring -SqlServerFqdn $SqlServerFqdn @optional
