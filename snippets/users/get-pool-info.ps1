<#
.SYNOPSIS
Show home pool, backup pool and registrar of a user
.DESCRIPTION
Shows the pool a user is homed on, the machines in it and the backup pool with its machines.

Traps: backup information appears only when the pool of the user has a backup pool.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of a user, for example
sip:anna.lim@kestrel.lan. Required.
.EXAMPLE
.\get-pool-info.ps1 -Identity sip:anna.lim@kestrel.lan

Before and after a move.
.FUNCTIONALITY
users, pool, registrar, status
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins, CsViewOnlyAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: none: it only reads
Rollback: none: it only reads
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string]
    $Identity
)

Get-CsUserPoolInfo -Identity $Identity
