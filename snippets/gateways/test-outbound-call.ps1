<#
.SYNOPSIS
Place a real test call to a telephone number
.DESCRIPTION
Signs a user in to the pool and calls a telephone number over the gateway, with the dial plan,
voice policy and routes of that user. When the call is answered it sends tones to prove the media
path.

Before: the user is enabled for Enterprise Voice, and somebody sits at the other telephone.

Traps: it is a real call that may cost money. The telephone rings and must be answered, or the test
fails; the call must then be ended by hand. A number without + goes through the dial plan of the
user first. Without -UserSipAddress it needs test users of the pool
(CsHealthMonitoringConfiguration). There is no -WhatIf.
.PARAMETER TargetFqdn
FQDN of the pool, for example sgpool01.kestrel.lan. Required.
.PARAMETER TargetPstnPhoneNumber
Number to call in E.164, digits behind a +, nothing in between, for example +6561239999. It has no
default on purpose. Required.
.PARAMETER UserSipAddress
SIP address of the user who calls, for example sip:anna.lim@kestrel.lan. Left out, the test users
of the pool.
.EXAMPLE
.\test-outbound-call.ps1 -TargetFqdn sgpool01.kestrel.lan -TargetPstnPhoneNumber +6561239999 -UserSipAddress sip:anna.lim@kestrel.lan

After a new route.
.FUNCTIONALITY
gateways, voice, test, call, pstn
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: Result is Success
Rollback: none: a call cannot be taken back; hang up by hand
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $TargetFqdn,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^\+?[0-9]+$')]
    [string]
    $TargetPstnPhoneNumber,

    [Parameter()]
    [ValidatePattern('^sip:[^\s@:;<>]+@[^\s@:;<>]+$')]
    [string]
    $UserSipAddress
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('UserSipAddress')) { $optional.UserSipAddress = $UserSipAddress }
Test-CsPstnOutboundCall -TargetFqdn $TargetFqdn -TargetPstnPhoneNumber $TargetPstnPhoneNumber @optional
