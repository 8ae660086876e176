<#
.SYNOPSIS
Create a trusted application pool for Outlook Web App
.DESCRIPTION
Adds an Exchange server to the topology as a trusted application pool, so that Outlook Web App may
show presence and send messages. Replication is off: the Exchange server holds no replica.

Before: name and site are settled. The certificate that Outlook Web App uses towards Lync carries
this FQDN.

Traps: the site is its SiteId, without Site: in front, and not its name. A pool without a registrar
cannot be removed later, hence the registrar is required here. Nothing counts before
exchange/new-owa-trusted-application and topology/enable-topology.
.PARAMETER Identity
FQDN of the Exchange server or of the name that Outlook Web App presents, for example
exmb01.kestrel.lan. Required.
.PARAMETER Registrar
FQDN or service identity of the registrar, for example sgpool01.kestrel.lan or
Registrar:sgpool01.kestrel.lan. Required.
.PARAMETER Site
SiteId of the site, as Get-CsSite shows it. Left alone it is 1. Clear it only when the pool is in
the topology already.
.EXAMPLE
.\new-owa-trusted-pool.ps1 -Identity exmb01.kestrel.lan -Registrar sgpool01.kestrel.lan -Site 1

A server in the first site.
.FUNCTIONALITY
exchange, owa, trusted application, topology
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: topology/enable-topology succeeds; then Get-CsTrustedApplicationPool shows the pool
Rollback: Remove-CsTrustedApplicationPool -Identity POOL, then topology/enable-topology
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^(Registrar:)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $Registrar,

    [Parameter()]
    [ValidatePattern('^[^\s:]*$')]
    [string]
    $Site = '1'
)

$optional = @{}
if ($Site) { $optional.Site = $Site }
New-CsTrustedApplicationPool -Identity $Identity -Registrar $Registrar -RequiresReplication $false @optional
