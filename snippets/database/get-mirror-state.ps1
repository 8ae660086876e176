<#
.SYNOPSIS
Show the state of the mirrored databases of a pool
.DESCRIPTION
Shows for each database of a pool how primary and mirror stand: which side is the principal one and
whether the two are synchronised.

Before: the account may log on to both SQL servers.

Traps: DatabaseInaccessibleOrMirroringNotEnabled usually means that no mirror has been set up for
this database, which is no fault. Between primary and mirror TCP 5022 must be open, to the witness
7022. From a remote session the log-on to SQL may fail as ANONYMOUS LOGON (double hop).
.PARAMETER PoolFqdn
FQDN of the pool, for instance sgpool01.kestrel.lan, not of the SQL server. It must be given.
.EXAMPLE
.\get-mirror-state.ps1 -PoolFqdn sgpool01.kestrel.lan

Before and after a fail-over of the databases.
.FUNCTIONALITY
database, sql, mirror, status
.COMPONENT
L2013, S2015
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: StateOnPrimary and StateOnMirror name one Principal and one Mirror for each database
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn
)

Get-CsDatabaseMirrorState -PoolFqdn $PoolFqdn
