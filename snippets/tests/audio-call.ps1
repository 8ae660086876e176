<#
.SYNOPSIS
Test whether two users can set up an audio call
.DESCRIPTION
Signs two users in to a pool, lets one CALL the other, tests the connection, hangs up and signs
both out. Use test users, not people.

Before: the pool has test users (Get-CsHealthMonitoringConfiguration shows them). Without them the
test fails, because it does not know whom to sign in.

Traps: no sound or picture is sent, so a good result says nothing about media ports, codecs or
bandwidth. An address of a person instead of a test user wants that person's credential as well,
which this form does not pass.
.PARAMETER TargetFqdn
FQDN of the pool to test, for instance sgpool01.kestrel.lan; a survivable branch appliance is a
pool as well. Required.
.PARAMETER SenderSipAddress
SIP address of the one who starts, for instance sip:test1@kestrel.example. Left out: a test user
of the pool.
.PARAMETER ReceiverSipAddress
SIP address of the other one, for instance sip:test2@kestrel.example. Left out: the other test
user of the pool.
.PARAMETER RegistrarPort
SIP port of the registrar, for instance 5061. Left out: 5061.
.EXAMPLE
.\audio-call.ps1 -TargetFqdn sgpool01.kestrel.lan

With the two test users of the pool.
.EXAMPLE
.\audio-call.ps1 -TargetFqdn sgpool01.kestrel.lan -SenderSipAddress sip:test1@kestrel.example -ReceiverSipAddress sip:test2@kestrel.example

With named test users.
.FUNCTIONALITY
test, health, audio, call
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: Result is Success; an error names the step that failed
Rollback: none: the test ends its own call
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $TargetFqdn,

    [Parameter()]
    [ValidatePattern('^sip:[^\s@<>:]+@[^\s@<>]+$')]
    [string]
    $SenderSipAddress,

    [Parameter()]
    [ValidatePattern('^sip:[^\s@<>:]+@[^\s@<>]+$')]
    [string]
    $ReceiverSipAddress,

    [Parameter()]
    [ValidateRange(1, 65535)]
    [int]
    $RegistrarPort
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('SenderSipAddress')) { $optional.SenderSipAddress = $SenderSipAddress }
if ($PSBoundParameters.ContainsKey('ReceiverSipAddress')) { $optional.ReceiverSipAddress = $ReceiverSipAddress }
if ($PSBoundParameters.ContainsKey('RegistrarPort')) { $optional.RegistrarPort = $RegistrarPort }
Test-CsP2PAV -TargetFqdn $TargetFqdn @optional
