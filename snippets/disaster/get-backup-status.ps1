<#
.SYNOPSIS
Show the state of the backup service of a pool
.DESCRIPTION
Says how far the backup service has brought the data of a pool to its partner. Look at it before a
fail-over, while a manual synchronisation runs, and after a fail-back, until it is steady.

Before: the account is in RTCUniversalServerAdmins, or in a group that was added to the authorised
groups of the backup service.

Traps: each direction has its own status. Ask for both pools of the pair.
.PARAMETER PoolFqdn
FQDN of the pool whose outgoing data are asked for, for instance sgpool01.kestrel.lan. Required.
.PARAMETER Category
Which data: CMS or UserData. Left out: everything.
.EXAMPLE
.\get-backup-status.ps1 -PoolFqdn sgpool01.kestrel.lan

Before a planned fail-over.
.EXAMPLE
.\get-backup-status.ps1 -PoolFqdn sgpool01.kestrel.lan -Category UserData

User data only, while a synchronisation runs.
.FUNCTIONALITY
disaster, pool pairing, backup service, status
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
Get-CsBackupServiceStatus -PoolFqdn $PoolFqdn @optional
