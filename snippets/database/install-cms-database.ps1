<#
.SYNOPSIS
Create the Central Management store databases on a SQL Server instance
.DESCRIPTION
Creates the databases xds and lis of the Central Management store. Needed before the store can be
moved to another pool, and for the first store of a deployment. Databases that are already there
are left alone unless -Clean is given.

Before: the account is sysadmin on the SQL instance and local administrator of the SQL server
(folders and shares are made there); TCP 1433 or the port of the instance and UDP 1434 are open.

Traps: the paths are folders on the SQL server, not on this machine. With neither -DatabasePaths
nor -UseDefaultSqlPaths the cmdlet picks a drive by itself, which fails on a SQL cluster. From a
remote session the log-on to SQL may fail as ANONYMOUS LOGON (double hop): use CredSSP, or the
server's own console. Creating the databases does not move the store.
.PARAMETER SqlServerFqdn
FQDN of the SQL server, without the instance name. For a cluster, the name of the SQL cluster.
.PARAMETER SqlInstanceName
Name of the SQL instance. Clear it for the default instance.
.PARAMETER DatabasePaths
Folders on the SQL server. One folder: logs and data together. Several: the first ones take logs,
the last one takes data (two: logs, data). They must exist. Not together with -UseDefaultSqlPaths.
.PARAMETER UseDefaultSqlPaths
Use the data and log folders that are set in the properties of the SQL instance. One word, without
a blank in it. Not together with -DatabasePaths.
.PARAMETER Clean
DESTRUCTIVE. Drops databases of the same name and creates them empty. On an instance that holds
the live store this destroys the configuration of the whole deployment. Only for the remains of an
old store, after both store lookups have named another server.
.EXAMPLE
.\install-cms-database.ps1 -SqlServerFqdn sql01.kestrel.lan -DatabasePaths G:\CSDB

Logs and data in one folder, instance rtc.
.EXAMPLE
.\install-cms-database.ps1 -SqlServerFqdn sql01.kestrel.lan -SqlInstanceName rtc -UseDefaultSqlPaths

Before a move of the store to an Enterprise pool.
.FUNCTIONALITY
database, sql, cms, install
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, sysadmin
.NOTES
RunsOn: admin-box
Gates: ELEV, SQL, BKUP (-Clean), NOTCMS (-Clean), TYPE (-Clean)
Verify: Test-CsDatabase -CentralManagementDatabase (from Lync Server 2013 on)
Rollback: new databases that nothing uses yet are removed with database/uninstall-cms-database; what -Clean dropped comes back only from a SQL backup
#>
[CmdletBinding(DefaultParameterSetName = 'Paths')]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn,

    [Parameter()]
    [string]
    $SqlInstanceName = 'rtc',

    [Parameter(ParameterSetName = 'Paths')]
    [string[]]
    $DatabasePaths,

    [Parameter(ParameterSetName = 'DefaultPaths')]
    [switch]
    $UseDefaultSqlPaths,

    [Parameter()]
    [switch]
    $Clean
)

$optional = @{}
if ($SqlInstanceName) { $optional.SqlInstanceName = $SqlInstanceName }
if ($PSBoundParameters.ContainsKey('DatabasePaths')) { $optional.DatabasePaths = $DatabasePaths }
if ($UseDefaultSqlPaths) { $optional.UseDefaultSqlPaths = $true }
if ($Clean) { $optional.Clean = $true }
Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn $SqlServerFqdn @optional
