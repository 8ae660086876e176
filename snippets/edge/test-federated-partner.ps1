<#
.SYNOPSIS
Test the connection to a federated domain
.DESCRIPTION
Tries to reach the domain of a federated partner through your own Edge.

Before: the domain is on the allowed list (edge/allow-domain).

Traps: -TargetFqdn is the internal FQDN of your own Edge, not a server of the partner.
.PARAMETER TargetFqdn
Internal FQDN of your Edge for federation, for example sgedge01.kestrel.lan. Required.
.PARAMETER Domain
SIP domain of the partner, for example partner.kestrel.lan. Required.
.EXAMPLE
.\test-federated-partner.ps1 -TargetFqdn sgedge01.kestrel.lan -Domain partner.kestrel.lan

After the domain was allowed.
.FUNCTIONALITY
edge, federation, test
.COMPONENT
L2010, L2013, S2015, S2019
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

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $Domain
)

Test-CsFederatedPartner -TargetFqdn $TargetFqdn -Domain $Domain
