<#
.SYNOPSIS
Add the Outlook Web App application to its trusted pool
.DESCRIPTION
Creates the trusted application on the pool of the Exchange server. Together with the pool it lets
Outlook Web App talk SIP to Lync or Skype for Business.

Before: the pool exists (exchange/new-owa-trusted-pool).

Traps: each port can be used once in a pool, and the cmdlet opens no firewall. The id is stored
with urn:application: in front, which you do not type. Run topology/enable-topology afterwards.
.PARAMETER ApplicationId
Name of the application, unique in the pool, without blanks, for example ExchangeOWA. Required.
.PARAMETER TrustedApplicationPoolFqdn
FQDN of the pool, for example exmb01.kestrel.lan. Required.
.PARAMETER Port
Port of the application, unique in the pool. Left alone it is 5061.
.EXAMPLE
.\new-owa-trusted-application.ps1 -ApplicationId ExchangeOWA -TrustedApplicationPoolFqdn exmb01.kestrel.lan

After the pool was made.
.FUNCTIONALITY
exchange, owa, trusted application, topology
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins
.NOTES
RunsOn: admin-box
Gates: ELEV
Verify: topology/enable-topology succeeds; then Get-CsTrustedApplication shows the application
Rollback: Remove-CsTrustedApplication -Identity POOL/urn:application:NAME, then topology/enable-topology
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s/]+$')]
    [string]
    $ApplicationId,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$')]
    [string]
    $TrustedApplicationPoolFqdn,

    [Parameter()]
    [ValidateRange(1, 65535)]
    [int]
    $Port = 5061
)

New-CsTrustedApplication -ApplicationId $ApplicationId -TrustedApplicationPoolFqdn $TrustedApplicationPoolFqdn -Port $Port
