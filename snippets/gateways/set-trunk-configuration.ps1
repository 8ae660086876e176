<#
.SYNOPSIS
Set encryption, REFER and media bypass of a trunk
.DESCRIPTION
Changes a trunk configuration: encryption of media, REFER for transfers and media bypass. Only what
you fill in changes; the rest stays.

Before: the configuration exists (Get-CsTrunkConfiguration); note its values. The gateway is set to
match.

Traps: Global is for every trunk without a configuration of its own or of its site. SRTP works only
when the trunk uses TLS; over TCP it is off whatever is set. Bypass works only when it is switched
on globally too, when the media of the gateway ends at one known address (ConcentratedTopology),
and when clients reach the gateway directly. Without REFER a call in bypass loses it when it is
transferred, and bypass asks for both RTCP checks to be off.
.PARAMETER Identity
Configuration to change: Global, Site:Singapore or PstnGateway:cebgw01.kestrel.lan. The cmdlet
itself would not ask; here it is required, because Global strikes every trunk.
.PARAMETER SRTPMode
Required, Optional (when the gateway can) or NotSupported. Left out, it stays as it is (Required as
installed).
.PARAMETER EnableReferSupport
$true when the gateway takes a REFER from the Mediation server. Left out, it stays as it is ($true
as installed).
.PARAMETER EnableBypass
$true lets media go from the client to the gateway directly. Left out, it stays as it is ($false as
installed).
.EXAMPLE
.\set-trunk-configuration.ps1 -Identity PstnGateway:cebgw01.kestrel.lan -SRTPMode Optional -EnableReferSupport $true -EnableBypass $false

A gateway with a configuration of its own.
.EXAMPLE
.\set-trunk-configuration.ps1 -Identity Site:Singapore -EnableReferSupport $false

Gateways of a site that cannot do REFER.
.FUNCTIONALITY
gateways, trunk, srtp, refer, media bypass
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsVoiceAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsTrunkConfiguration -Identity IDENTITY shows the values; then gateways/test-outbound-call and a transfer
Rollback: run it again with the values noted before
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s*][^*]*$')]
    [string]
    $Identity,

    [Parameter()]
    [ValidateSet('Required', 'Optional', 'NotSupported')]
    [string]
    $SRTPMode,

    [Parameter()]
    [bool]
    $EnableReferSupport,

    [Parameter()]
    [bool]
    $EnableBypass
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('SRTPMode')) { $optional.SRTPMode = $SRTPMode }
if ($PSBoundParameters.ContainsKey('EnableReferSupport')) { $optional.EnableReferSupport = $EnableReferSupport }
if ($PSBoundParameters.ContainsKey('EnableBypass')) { $optional.EnableBypass = $EnableBypass }
Set-CsTrunkConfiguration -Identity $Identity @optional
