<#
.SYNOPSIS
Leave a test message in the voice mail of a user
.DESCRIPTION
Connects to Exchange Unified Messaging through a pool and LEAVES A VOICE MESSAGE in the mailbox of
the receiver, who will see it. The last test after work on UM certificates, dial plans or
mailboxes.

Before: the pool has test users (Get-CsHealthMonitoringConfiguration shows them). Without them the
test fails, because it does not know whom to sign in.

Traps: sender and receiver must be two different people. The receiver needs no credential; a
sender who is not a test user does, and this form does not pass one. Unified Messaging does not
exist in Exchange 2019.
.PARAMETER TargetFqdn
FQDN of the pool to test, for instance sgpool01.kestrel.lan; a survivable branch appliance is a
pool as well. Required.
.PARAMETER ReceiverSipAddress
SIP address of the one who gets the message, for instance sip:test2@kestrel.example. Required.
.PARAMETER SenderSipAddress
SIP address of the one who leaves the message, for instance sip:test1@kestrel.example. Left out: a
test user of the pool.
.PARAMETER WaveFile
Path of a .wav file to play as the message, for instance C:\Test\hello.wav. Left out: a built-in
one.
.PARAMETER RegistrarPort
SIP port of the registrar, for instance 5061. Left out: 5061.
.EXAMPLE
.\test-voice-mail.ps1 -TargetFqdn sgpool01.kestrel.lan -ReceiverSipAddress sip:test2@kestrel.example

After the certificate of sgex01.kestrel.lan was replaced.
.FUNCTIONALITY
exchange, um, voice mail, test
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: none
Verify: Result is Success, and the message is in the mailbox
Rollback: delete the message from the mailbox
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $TargetFqdn,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^sip:[^\s@<>:]+@[^\s@<>]+$')]
    [string]
    $ReceiverSipAddress,

    [Parameter()]
    [ValidatePattern('^sip:[^\s@<>:]+@[^\s@<>]+$')]
    [string]
    $SenderSipAddress,

    [Parameter()]
    [ValidatePattern('^([A-Za-z]:\\|\\\\)[^"<>|?*]+\.wav$')]
    [string]
    $WaveFile,

    [Parameter()]
    [ValidateRange(1, 65535)]
    [int]
    $RegistrarPort
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('SenderSipAddress')) { $optional.SenderSipAddress = $SenderSipAddress }
if ($PSBoundParameters.ContainsKey('WaveFile')) { $optional.WaveFile = $WaveFile }
if ($PSBoundParameters.ContainsKey('RegistrarPort')) { $optional.RegistrarPort = $RegistrarPort }
Test-CsExUMVoiceMail -TargetFqdn $TargetFqdn -ReceiverSipAddress $ReceiverSipAddress @optional
