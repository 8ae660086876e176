<#
.SYNOPSIS
Give a user a new PIN for phones and dial-in conferences
.DESCRIPTION
Sets the PIN with which a user signs in to a phone without a keyboard or joins a conference by
telephone. The server makes the PIN up and shows it with the name of the user.

Before: the user is enabled.

Traps: the PIN stands in the output: give it to the user and to nobody else. There is no field for a
PIN of your own on purpose: it would stand in clear text in the command, in logs and in the journal.
On a Standard Edition server the firewall keeps SQL Server Express closed at first, so run it on
that server itself.
.PARAMETER Identity
SIP address, UPN, domain\account, display name or distinguished name of one user, for example
sip:anna.lim@kestrel.lan. A * is refused here, so that one run never strikes several users.
Required.
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
    $Identity
)

Set-CsClientPin -Identity $Identity
