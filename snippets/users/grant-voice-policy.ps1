<#
.SYNOPSIS
Assign a user-level voice policy to a user
.DESCRIPTION
Assigns an existing user-level voice policy to one user. The voice policy decides what the user may
do with calls, such as forwarding and simultaneous ringing, and by its PSTN usages which routes the
user may take.

Before: the voice policy exists at user level (Get-CsVoicePolicy lists it with Tag: in front) and
the user is enabled.

Traps: the name goes without the prefix Tag:. A voice policy of a site or the global one is not
assigned, it applies by itself where the user has none of the user level.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
.PARAMETER PolicyName
Name of the voice policy, without Tag: in front, for example SG-Users. Required.
.EXAMPLE
.\grant-voice-policy.ps1 -Identity sip:anna.lim@kestrel.lan -PolicyName SG-Users

The voice policy of the users in Singapore.
.FUNCTIONALITY
users, voice, voice policy, policy
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsUser -Identity USER shows it as VoicePolicy
Rollback: run it again with the earlier voice policy; Grant-CsVoicePolicy -Identity USER -PolicyName $null takes the user back to that of the site or the global one
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

Grant-CsVoicePolicy -Identity $Identity -PolicyName $PolicyName
