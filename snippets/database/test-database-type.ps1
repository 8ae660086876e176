<#
.SYNOPSIS
Test the databases of one kind on a SQL instance
.DESCRIPTION
Connects to the databases of one kind, for instance archiving or monitoring, on one SQL instance
and reports whether that worked, with their versions and their mirror where there is one.

Before: the account may log on to the instance; TCP 1433 or the port of the instance and UDP 1434
are open.

Traps: the kind must be one that the topology places on this instance. Monitoring and archiving
often have instances of their own. From a remote session the log-on to SQL may fail as ANONYMOUS
LOGON (double hop).
.PARAMETER DatabaseType
Kind of database, for instance Monitoring. It must be given.
.PARAMETER SqlServerFqdn
FQDN of the SQL server without the instance name, for instance sgsql01.kestrel.lan. For a cluster,
the name of the SQL cluster. It must be given.
.PARAMETER SqlInstanceName
Name of the SQL instance, for instance rtc. Clear it for the default instance: the parameter is
then left out.
.EXAMPLE
.\test-database-type.ps1 -DatabaseType User -SqlServerFqdn sgsql01.kestrel.lan

The user databases of a pool, instance rtc.
.EXAMPLE
.\test-database-type.ps1 -DatabaseType Monitoring -SqlServerFqdn sgsql01.kestrel.lan -SqlInstanceName SGLYNCMON

Monitoring on an instance of its own.
.FUNCTIONALITY
database, sql, test, monitoring, archiving
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
    [ValidateSet('ActiveMonitoring', 'Application', 'Archiving', 'CentralMgmt', 'Edge', 'Lyss',
        'Monitoring', 'PersistentChat', 'PersistentChatCompliance', 'Provision', 'Registrar',
        'SigninTelemetry', 'User')]
    [string]
    $DatabaseType,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $SqlServerFqdn,

    [Parameter()]
    [string]
    $SqlInstanceName = 'rtc'
)

$optional = @{}
if ($SqlInstanceName) { $optional.SqlInstanceName = $SqlInstanceName }
Test-CsDatabase -DatabaseType $DatabaseType -SqlServerFqdn $SqlServerFqdn @optional
