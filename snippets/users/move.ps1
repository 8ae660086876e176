<#
.SYNOPSIS
Move a user to another pool or branch appliance
.DESCRIPTION
Moves the home of one user from one registrar pool to another: front end pool, Standard Edition
server or survivable branch appliance (SBA). Contacts go along. The Active Directory account stays
where it is.

Before: both pools are up; a new SBA has taken up its configuration
(replication/get-replica-status). Run it with -WhatIf first.

Traps: this form has no -Force on purpose, because with it contacts and meetings are left behind
and lost. -MoveConferenceData, which exists from Lync Server 2013 on, is not set here. While an SBA
is cut off from its pool, its users have calls but neither conferences nor a contact list.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
.PARAMETER Target
FQDN of the pool, Standard Edition server or SBA to move to, for example sgpool02.kestrel.lan. It
has no default on purpose. Required.
.EXAMPLE
.\move.ps1 -Identity sip:anna.lim@kestrel.lan -Target sgpool02.kestrel.lan

To another pool.
.EXAMPLE
.\move.ps1 -Identity sip:anna.lim@kestrel.lan -Target cebsba01.kestrel.lan

To the appliance of a branch.
.FUNCTIONALITY
users, move, pool, sba
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: WHATIF
Verify: users/get-pool-info
Rollback: run it again with the earlier pool as the target; note that pool with users/get-pool-info before
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $Target
)

Move-CsUser -Identity $Identity -Target $Target
