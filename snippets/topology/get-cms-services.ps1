<#
.SYNOPSIS
Show where the topology places the Central Management service
.DESCRIPTION
Shows the Central Management service as the published topology has it: pool, site and what depends
on it.

Before: nothing has to be prepared; an account that may read the configuration is enough.

Traps: this is one of three opinions. cms/get-management-connection and
cms/get-configuration-store-location must name the same place; when they do not, a move was not
finished.
.PARAMETER PoolFqdn
FQDN of a pool to narrow it to, for instance sgpool01.kestrel.lan. Left out: the whole topology.
.EXAMPLE
.\get-cms-services.ps1

Before and after the store is moved.
.EXAMPLE
.\get-cms-services.ps1 -PoolFqdn sgpool01.kestrel.lan

Has this pool the service?
.FUNCTIONALITY
topology, cms, service
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalReadOnlyAdmins
.NOTES
RunsOn: remote-ok
Gates: none
Verify: none: it only reads; compare with cms/get-configuration-store-location
Rollback: not needed, nothing is changed
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>*?]+$')]
    [string]
    $PoolFqdn
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('PoolFqdn')) { $optional.PoolFqdn = $PoolFqdn }
Get-CsService -CentralManagement @optional
