<#
.SYNOPSIS
Allow federation with a domain
.DESCRIPTION
Puts a SIP domain on the list of allowed domains for federation.

Before: federation is switched on (edge/set-access) and the other side allows your domain too.

Traps: it fails when the domain is already on the allowed or the blocked list. Without -ProxyFqdn
the partner is found by its DNS SRV record.
.PARAMETER Identity
SIP domain of the partner, for example partner.kestrel.lan. Required.
.PARAMETER ProxyFqdn
FQDN of the Access Edge of the partner, for example sip.partner.kestrel.lan. Left out, DNS SRV
finds it.
.PARAMETER Comment
Why and for whom the domain is allowed, for example a contact of the partner. Left out, there is
none.
.EXAMPLE
.\allow-domain.ps1 -Identity partner.kestrel.lan

The partner is found by DNS.
.EXAMPLE
.\allow-domain.ps1 -Identity partner.kestrel.lan -ProxyFqdn sip.partner.kestrel.lan

With a fixed Access Edge.
.FUNCTIONALITY
edge, federation, allowed domain
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, CsAdministrator
.NOTES
RunsOn: remote-ok
Gates: none
Verify: edge/test-federated-partner
Rollback: Remove-CsAllowedDomain -Identity DOMAIN
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $Identity,

    [Parameter()]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $ProxyFqdn,

    [Parameter()]
    [string]
    $Comment
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('ProxyFqdn')) { $optional.ProxyFqdn = $ProxyFqdn }
if ($PSBoundParameters.ContainsKey('Comment')) { $optional.Comment = $Comment }
New-CsAllowedDomain -Identity $Identity @optional
