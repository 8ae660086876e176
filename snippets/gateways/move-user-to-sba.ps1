<#
.SYNOPSIS
Move a user to a survivable branch appliance
.DESCRIPTION
Moves a user to the appliance of the branch, so that calls go on when the line to the central site
is down. It counts as destructive because it moves.

Before: the appliance is in the topology, its replica is UpToDate, tests/registration succeeds on
it, and its update level is not newer than that of the pool. Dial plan and voice policy are
granted to the user, and the route leads over the trunk of the appliance with a second one as
backup.

Traps: while the appliance is cut off there are no conferences and no contact list, and presence
is limited. Move one user first and test with it.
.PARAMETER Identity
SIP address, UPN, DOMAIN\name or display name, for instance sip:anna@kestrel.example. Exactly one
user: no wildcards. Required.
.PARAMETER Target
FQDN of the appliance, for instance cebsba01.kestrel.lan. Required.
.EXAMPLE
.\move-user-to-sba.ps1 -Identity sip:anna@kestrel.example -Target cebsba01.kestrel.lan

First user of the branch.
.FUNCTIONALITY
gateway, sba, branch, user, move
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: WHATIF
Verify: users/get shows the appliance as registrar pool, then tests/registration on it and a call in and out
Rollback: move the user back with the pool as target: Move-CsUser -Identity USER -Target POOL
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*?]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $Target
)

Move-CsUser -Identity $Identity -Target $Target
