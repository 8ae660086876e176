<#
.SYNOPSIS
Bind an existing certificate to the UM services
.DESCRIPTION
Binds a certificate that is already on the Exchange server to Unified Messaging and the UM call
router, so that Lync or Skype for Business can talk TLS to them.

Before: the startup mode of both services is TLS or Dual (exchange/set-um-service-mode,
exchange/set-um-call-router-mode). The certificate is in the machine store with its key, in date,
and its subject or alternative names hold the name that Lync dials: the FQDN of the Exchange
server.

Traps: services are added to a certificate, never taken off: a service can only be bound to another
certificate. After it restart MSExchangeUM and MSExchangeUMCR. With a self-signed certificate every
front end and SBA needs it in Trusted Root. Exchange 2019 has no Unified Messaging.
.PARAMETER Thumbprint
Thumbprint of the certificate, 40 hexadecimal digits without blanks, as exchange/get-certificates
shows it. Required.
.PARAMETER Services
UM,UMCallRouter for Exchange 2013 and 2016; UM for Exchange 2010, which has no call router. One
text to Exchange, not a list; in PowerShell put quotes around it. Left alone it is UM,UMCallRouter.
.PARAMETER Server
Exchange server that holds the certificate: its name or FQDN, for example exum01. Left out, the
server of this shell.
.EXAMPLE
.\enable-um-certificate.ps1 -Thumbprint 9F2C4B7A1D3E5F60718293A4B5C6D7E8F9012345 -Server exum01

Both UM services on one server.
.EXAMPLE
.\enable-um-certificate.ps1 -Thumbprint 9F2C4B7A1D3E5F60718293A4B5C6D7E8F9012345 -Services UM -Server exum01

Exchange 2010.
.FUNCTIONALITY
exchange, um, certificate, tls
.COMPONENT
E2010, E2013, E2016
.ROLE
Organization Management, Server Management
.NOTES
RunsOn: exchange-shell
Gates: UMMODE, CERT
Verify: exchange/get-certificates
Rollback: run it again with the thumbprint of the earlier certificate, then restart MSExchangeUM and MSExchangeUMCR
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[0-9A-Fa-f]{40}$')]
    [string]
    $Thumbprint,

    [Parameter()]
    [ValidatePattern('^(UM|UMCallRouter|UM,UMCallRouter)$')]
    [string]
    $Services = 'UM,UMCallRouter',

    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Server
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Server')) { $optional.Server = $Server }
Enable-ExchangeCertificate -Thumbprint $Thumbprint -Services $Services @optional
