<#
.SYNOPSIS
Bring the data of a pool to its backup pool now
.DESCRIPTION
Starts a synchronisation between a pool and its partner without waiting for the next regular one.
Only what is missing is copied. Used before a planned fail-over, and after work on the backup
service.

Before: the pool has a backup pool (disaster/get-backup-relationship).

Traps: it starts the copying and does not wait for its end, which can take long on a big pool. Run
it once for each pool of the pair when both directions are wanted. To give a pool back the content
of its conferences, name the PARTNER, which holds the copy, and choose ConfServices.DataConf.
.PARAMETER PoolFqdn
FQDN of the pool the data come from, for instance sgpool01.kestrel.lan. Required.
.PARAMETER BackupModule
Which data: UserServices.PresenceFocus for user data, ConfServices.DataConf for the content of
conferences, CentralMgmt.CMSMaster for the Central Management store. Left out: all of them.
.EXAMPLE
.\sync-backup.ps1 -PoolFqdn sgpool01.kestrel.lan

Before a planned fail-over.
.EXAMPLE
.\sync-backup.ps1 -PoolFqdn sgpool01.kestrel.lan -BackupModule ConfServices.DataConf

Content of conferences only.
.FUNCTIONALITY
disaster, pool pairing, backup service, sync
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: disaster/get-backup-status
Rollback: none: it only copies what the partner lacks
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn,

    [Parameter()]
    [ValidateSet('UserServices.PresenceFocus', 'ConfServices.DataConf', 'CentralMgmt.CMSMaster')]
    [string]
    $BackupModule
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('BackupModule')) { $optional.BackupModule = $BackupModule }
Invoke-CsBackupServiceSync -PoolFqdn $PoolFqdn @optional
