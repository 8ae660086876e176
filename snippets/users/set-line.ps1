<#
.SYNOPSIS
Enable a user for Enterprise Voice and set the number
.DESCRIPTION
Switches Enterprise Voice on or off for one user and sets the telephone number.

Before: the user is enabled (users/enable). Note the present number first: Get-CsUser shows LineURI
and EnterpriseVoiceEnabled.

Traps: tel:+6561230001 and tel:+6561230001;ext=0001 count as two different numbers, so a double use
of that kind is not noticed. The user also needs a dial plan and a voice policy that lead to a
route.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
.PARAMETER EnterpriseVoiceEnabled
$true switches Enterprise Voice on, $false off. Left alone it is $true.
.PARAMETER LineURI
Number in E.164 with tel: in front, an extension behind it where needed, for example
tel:+6561230001 or tel:+6561230001;ext=0001. Left out, the number stays as it is.
.EXAMPLE
.\set-line.ps1 -Identity sip:anna.lim@kestrel.lan -LineURI tel:+6561230001

Voice on, with a direct number.
.EXAMPLE
.\set-line.ps1 -Identity sip:anna.lim@kestrel.lan -LineURI 'tel:+6561230000;ext=0001'

One main number with extensions; the semicolon needs the quotes.
.FUNCTIONALITY
users, voice, number, line uri
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsUser -Identity USER shows EnterpriseVoiceEnabled and LineURI; then gateways/test-outbound-call
Rollback: run it again with the earlier values
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Identity,

    [Parameter()]
    [bool]
    $EnterpriseVoiceEnabled = $true,

    [Parameter()]
    [ValidatePattern('^tel:\+?[0-9]+(;ext=[0-9]+)?$')]
    [string]
    $LineURI
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('LineURI')) { $optional.LineURI = $LineURI }
Set-CsUser -Identity $Identity -EnterpriseVoiceEnabled $EnterpriseVoiceEnabled @optional
