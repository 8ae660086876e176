<#
.SYNOPSIS
Give a user a new PIN for phones and dial-in conferences
.DESCRIPTION
Sets the PIN with which a user signs in to a phone without a keyboard or joins a conference by
telephone. Without -Pin the server makes one up and shows it with the name of the user.

Before: the user is enabled. A PIN of your own must fit the PIN policy of the user: length,
patterns.

Traps: a PIN given here stands in clear text in the command and so in logs and the journal; leave
it out and let the server make one. The list of used PINs is not looked at, an old PIN is accepted.
On a Standard Edition server the firewall keeps SQL Server Express closed at first, so run it on
that server itself.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
.PARAMETER Pin
Digits only, for example 73920461. Left out, the server makes a PIN and shows it.
.EXAMPLE
.\set-pin.ps1 -Identity sip:anna.lim@kestrel.lan

The server makes the PIN.
.FUNCTIONALITY
users, pin, phone, conferencing
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalUserAdmins, CsUserAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsClientPinInfo -Identity USER shows that a PIN is set
Rollback: none: the earlier PIN cannot be read back; set a new one
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Identity,

    [Parameter()]
    [ValidatePattern('^[0-9]+$')]
    [string]
    $Pin
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Pin')) { $optional.Pin = $Pin }
Set-CsClientPin -Identity $Identity @optional
