<#
.SYNOPSIS
List trunks with their gateway and ports
.DESCRIPTION
Lists the trunks of the topology: Mediation server, gateway and the ports on both sides. One
gateway may have several trunks.

Traps: trunks are made and changed in Topology Builder only; what can be set from PowerShell is the
trunk configuration (gateways/set-trunk-configuration). Lync Server 2010 has no trunks apart from
gateways: there use Get-CsService -PstnGateway.
.PARAMETER Filter
Only identities that fit, with *, for example PstnGateway:ceb*. Left out, all trunks.
.PARAMETER PoolFqdn
Only those of this gateway or trunk FQDN, for example cebgw01.kestrel.lan. Left out, all of them.
.EXAMPLE
.\get-trunks.ps1

All trunks.
.EXAMPLE
.\get-trunks.ps1 -Filter 'PstnGateway:ceb*'

Only those whose name begins with ceb.
.FUNCTIONALITY
gateways, trunk, mediation, ports
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins, CsViewOnlyAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: none: it only reads
Rollback: none: it only reads
#>
[CmdletBinding()]
param(
    [Parameter()]
    [string]
    $Filter,

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $PoolFqdn
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Filter')) { $optional.Filter = $Filter }
if ($PSBoundParameters.ContainsKey('PoolFqdn')) { $optional.PoolFqdn = $PoolFqdn }
Get-CsTrunk @optional
