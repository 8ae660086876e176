<#
.SYNOPSIS
Assign a user-level dial plan to a user
.DESCRIPTION
Assigns an existing user-level dial plan to one user. The dial plan decides how the numbers that
this user dials are normalised.

Before: the dial plan exists at user level (Get-CsDialPlan lists it with Tag: in front) and the
user is enabled.

Traps: the name goes without the prefix Tag:. A dial plan of a site or the global one is not
assigned, it applies by itself where the user has none of the user level.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
.PARAMETER PolicyName
Name of the dial plan, without Tag: in front, for example SG-Users. Required.
.EXAMPLE
.\grant-dial-plan.ps1 -Identity sip:anna.lim@kestrel.lan -PolicyName SG-Users

The dial plan of the users in Singapore.
.FUNCTIONALITY
users, voice, dial plan, policy
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsUser -Identity USER shows it as DialPlan
Rollback: run it again with the earlier dial plan; Grant-CsDialPlan -Identity USER -PolicyName $null takes the user back to that of the site or the global one
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^:*]+$')]
    [string]
    $PolicyName
)

Grant-CsDialPlan -Identity $Identity -PolicyName $PolicyName
