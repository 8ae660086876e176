<#
.SYNOPSIS
Remove a user from the deployment
.DESCRIPTION
DESTRUCTIVE. Takes away everything that makes an account a user of this deployment: SIP address,
line, pool and granted policies. The account in Active Directory stays and can still log on to
Windows.

Before: save the output of users/get and export the user's data with backup/export-user-data. The
-WhatIf text names the right person.

Traps: contacts and the conferences the user has scheduled are deleted with it. Enabling the user
again gives back none of this. To lock somebody out for a while use Set-CsUser -Enabled $false
instead. Wildcards are refused here on purpose.
.PARAMETER Identity
SIP address, UPN, DOMAIN\name or display name, for instance sip:anna@kestrel.example. Exactly one
user: no wildcards. Required.
.EXAMPLE
.\disable.ps1 -Identity sip:anna@kestrel.example

Somebody has left, and the data in sgpool01.kestrel.lan are no longer needed.
.FUNCTIONALITY
user, disable, remove
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: WHATIF, TYPE
Verify: Get-CsAdUser -Identity USER shows no SIP address, and users/get no longer finds the user
Rollback: Enable-CsUser, then line and policies by the saved output of users/get; contacts and conferences stay lost unless backup/import-user-data brings them back
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*?]+$')]
    [string]
    $Identity
)

Disable-CsUser -Identity $Identity
