<#
.SYNOPSIS
Enable a mailbox for voice mail
.DESCRIPTION
Enables Unified Messaging on one mailbox, with a UM mailbox policy, an extension and the SIP
address of the user.

Before: dial plan and UM mailbox policy exist, the user is enabled on the Lync or Skype for
Business side.

Traps: in a SIP dial plan the SIP address is needed, although the cmdlet does not insist on it; it
must be the one the user signs in with. The extension must be free in the dial plan and have as
many digits as the plan says. Exchange makes a PIN and mails it to the user.
.PARAMETER Identity
The mailbox: alias, address, UPN or domain\account, for example anna.lim@kestrel.lan. Required.
.PARAMETER UMMailboxPolicy
UM mailbox policy of the SIP dial plan, as Get-UMMailboxPolicy names it, for example SG-UM Default
Policy. Required.
.PARAMETER Extensions
Extension of the user, digits only, for example 0001. Left out, Exchange tries the telephone number
of the account.
.PARAMETER SIPResourceIdentifier
SIP address of the user, without sip: in front, for example anna.lim@kestrel.lan. Left out, it
fails for a SIP dial plan.
.EXAMPLE
.\enable-um-mailbox.ps1 -Identity anna.lim@kestrel.lan -UMMailboxPolicy 'SG-UM Default Policy' -Extensions 0001 -SIPResourceIdentifier anna.lim@kestrel.lan

A user of a SIP dial plan.
.FUNCTIONALITY
exchange, um, mailbox, voice mail
.COMPONENT
E2010, E2013, E2016
.ROLE
Organization Management, UM Management
.NOTES
RunsOn: exchange-shell
Gates: none
Verify: Get-UMMailbox -Identity MAILBOX, then exchange/test-um-connectivity (from Lync Server 2013 on)
Rollback: Disable-UMMailbox -Identity MAILBOX
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^*]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [string]
    $UMMailboxPolicy,

    [Parameter()]
    [ValidatePattern('^[0-9]+$')]
    [string[]]
    $Extensions,

    [Parameter()]
    [ValidatePattern('^[^\s@;<>]+@[^\s@;<>]+$')]
    [string]
    $SIPResourceIdentifier
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Extensions')) { $optional.Extensions = $Extensions }
if ($PSBoundParameters.ContainsKey('SIPResourceIdentifier')) { $optional.SIPResourceIdentifier = $SIPResourceIdentifier }
Enable-UMMailbox -Identity $Identity -UMMailboxPolicy $UMMailboxPolicy @optional
