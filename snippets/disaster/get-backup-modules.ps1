<#
.SYNOPSIS
Show the state of the backup service of a pool, module by module
.DESCRIPTION
Lists the modules of the backup service with what each exports to the partner of the pool and what it
imports from it: UserServices.PresenceFocus, ConfServices.DataConf and CentralMgmt.CMSMaster. SteadyState
means that all changes fit into one batch, FinalState that nothing is left to back up; NormalState that
importing works.

Before: the account is in RTCUniversalServerAdmins, or in a group that was added to the authorised
groups of the backup service.

Traps: each direction has its own status. Ask for both pools of the pair. CentralMgmt.CMSMaster is
NotInitialized on a pool that is not the active master, which is no fault.
.PARAMETER PoolFqdn
FQDN of the pool whose outgoing data are asked for, for instance sgpool01.kestrel.lan. Required.
.PARAMETER Category
Which data: CMS or UserData. Left out: everything.
.EXAMPLE
.\get-backup-modules.ps1 -PoolFqdn sgpool01.kestrel.lan

Before a planned fail-over, and until it is steady after a fail-back.
.EXAMPLE
.\get-backup-modules.ps1 -PoolFqdn sgpool01.kestrel.lan -Category UserData

User data only, while a synchronisation runs.
.FUNCTIONALITY
disaster, pool pairing, backup service, status, modules
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: none: it only reads; steady for both pools of the pair is the good answer
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn,

    [Parameter()]
    [ValidateSet('CMS', 'UserData')]
    [string]
    $Category
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Category')) { $optional.Category = $Category }
Get-CsBackupServiceStatus -PoolFqdn $PoolFqdn @optional | Select-Object -ExpandProperty BackupModules
