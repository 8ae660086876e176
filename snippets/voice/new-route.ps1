<#
.SYNOPSIS
Create a voice route to gateways or trunks
.DESCRIPTION
Creates a route: numbers that match the pattern go to the gateways or trunks of the list, for all
whose voice policy holds one of the PSTN usages of the route.

Before: gateways and trunks are in the published topology, the PSTN usages exist (Get-CsPstnUsage).

Traps: a route without a usage is never taken, and one without a gateway leads nowhere: both only
give a warning. The pattern is a .NET regular expression on the normalised number, so it begins
with ^\+ as a rule. Left out, the pattern is any ten digits. Routes are global; sites are told
apart by usages.
.PARAMETER Identity
Name of the route, unique in the deployment, for example SG-National. Required.
.PARAMETER NumberPattern
Regular expression for the numbers, for example ^\+65[36]\d{7}$. Left out, the cmdlet takes any ten
digits.
.PARAMETER PstnGatewayList
Gateways or trunks by their service identity: add=PstnGateway:cebgw01.kestrel.lan; several
separated by commas. Left out, the list is empty and the cmdlet warns.
.PARAMETER PstnUsages
PSTN usages that may take the route, exactly as Get-CsPstnUsage names them: add=SG-National. Left
out, the list is empty and the cmdlet warns.
.PARAMETER Priority
Place among the routes that fit the same number. Left out, the server picks it.
.EXAMPLE
.\new-route.ps1 -Identity SG-National -NumberPattern '^\+65[36]\d{7}$' -PstnGatewayList @{add='PstnGateway:cebgw01.kestrel.lan'} -PstnUsages @{add='SG-National'}

National calls through one gateway.
.FUNCTIONALITY
voice, route, gateway, trunk, pstn usage
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsVoiceAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: Get-CsVoiceRoute -Identity NAME, then gateways/test-outbound-call
Rollback: Remove-CsVoiceRoute -Identity NAME
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^:*/]+$')]
    [string]
    $Identity,

    [Parameter()]
    [string]
    $NumberPattern,

    [Parameter()]
    [object]
    $PstnGatewayList,

    [Parameter()]
    [object]
    $PstnUsages,

    [Parameter()]
    [int]
    $Priority
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('NumberPattern')) { $optional.NumberPattern = $NumberPattern }
if ($PSBoundParameters.ContainsKey('PstnGatewayList')) { $optional.PstnGatewayList = $PstnGatewayList }
if ($PSBoundParameters.ContainsKey('PstnUsages')) { $optional.PstnUsages = $PstnUsages }
if ($PSBoundParameters.ContainsKey('Priority')) { $optional.Priority = $Priority }
New-CsVoiceRoute -Identity $Identity @optional
