<#
.SYNOPSIS
Test the way from a pool to Exchange Unified Messaging
.DESCRIPTION
Tries to connect a user of the pool to Exchange Unified Messaging.

Before: dial plan, certificate and trust are in place on both sides, and the user is enabled for UM
(exchange/enable-um-mailbox).

Traps: it proves the connection, not voice mail itself; Test-CsExUMVoiceMail leaves a message.
Without -UserSipAddress it needs test users of the pool (CsHealthMonitoringConfiguration).
.PARAMETER TargetFqdn
FQDN of the pool, for example sgpool01.kestrel.lan. Required.
.PARAMETER UserSipAddress
SIP address of a user of that pool who has UM, for example sip:anna.lim@kestrel.lan. Left out, the
test users of the pool.
.EXAMPLE
.\test-um-connectivity.ps1 -TargetFqdn sgpool01.kestrel.lan -UserSipAddress sip:anna.lim@kestrel.lan

After a new UM certificate.
.FUNCTIONALITY
exchange, um, test, voice mail
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: Result is Success
Rollback: none: it only reads
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $TargetFqdn,

    [Parameter()]
    [ValidatePattern('^sip:[^\s@:;<>]+@[^\s@:;<>]+$')]
    [string]
    $UserSipAddress
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('UserSipAddress')) { $optional.UserSipAddress = $UserSipAddress }
Test-CsExUMConnectivity -TargetFqdn $TargetFqdn @optional
