<#
.SYNOPSIS
Create a self-signed certificate for Exchange UM and bind it to the UM services
.DESCRIPTION
Makes a new self-signed certificate on one Exchange server and assigns it to Unified Messaging and
the UM call router in the same step, so that Lync or Skype for Business can talk TLS to them.

Before: set the startup mode of both services to TLS or Dual (Set-UMService and, from Exchange
2013 on, Set-UMCallRouterSettings), otherwise Exchange refuses to bind the certificate.

After: restart MSExchangeUM and MSExchangeUMCR, and import the certificate into Trusted Root
Certification Authorities of every front end and SBA that calls this server. A certificate from
your own CA spares that import. Exchange in turn must trust the CA of the Lync certificates.

Traps: a service that is bound to a certificate can only be bound to another one, never to none.
Unified Messaging does not exist in Exchange 2019. -Services is not allowed in a certificate
request (-GenerateRequest): this snippet never makes one.
.PARAMETER FriendlyName
Name shown in the certificate console. It has no effect on TLS.
.PARAMETER PrivateKeyExportable
$true lets the certificate be exported with its key, for instance to a second UM server. $false is
safer when the key never has to leave this server.
.PARAMETER KeySize
Length of the RSA key in bits. 1024 is too short for today's servers and is offered only because
Exchange still takes it.
.PARAMETER SubjectName
X.500 subject. It must hold a CN, and the CN must be the name that Lync dials: the FQDN of the
Exchange server. Without a CN the certificate carries the wrong name on the wire and every TLS
handshake of Lync fails on the name check. Example: C=SG,O=LNC,CN=exum01.kestrel.lan
.PARAMETER DomainName
Subject alternative names: the server FQDN again, and every further name clients use.
.PARAMETER Services
Services to bind. Exchange 2013 and 2016: UM,UMCallRouter. Exchange 2010 has no call router:
choose UM. Both are one text to Exchange, not a list; in PowerShell put quotes around it.
.PARAMETER Server
Exchange server on which the certificate is created: its name or FQDN.
.EXAMPLE
.\new-um-certificate.ps1 -SubjectName 'C=SG,O=LNC,CN=exum01.kestrel.lan' -DomainName exum01.kestrel.lan -Server exum01

Exchange 2013 or 2016, both UM services on one server.
.EXAMPLE
.\new-um-certificate.ps1 -SubjectName 'CN=exum01.kestrel.lan' -DomainName exum01.kestrel.lan -Services UM -Server exum01

Exchange 2010.
.FUNCTIONALITY
exchange, um, certificate, tls
.COMPONENT
E2010, E2013, E2016
.ROLE
Organization Management, Server Management
.NOTES
RunsOn: exchange-shell
Gates: UMMODE
Verify: Get-ExchangeCertificate -Server SERVER shows subject, services and end date; then a TLS handshake to port 5061 (call router) and 5063 (UM service)
Rollback: Enable-ExchangeCertificate with the thumbprint of the earlier certificate, then restart MSExchangeUM and MSExchangeUMCR
#>
[CmdletBinding()]
param(
    [Parameter()]
    [string]
    $FriendlyName = 'LyncUM',

    [Parameter()]
    [bool]
    $PrivateKeyExportable = $true,

    [Parameter()]
    [ValidateSet(1024, 2048, 4096)]
    [int]
    $KeySize = 2048,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('(^|[,;+]\s*)CN\s*=\s*[^\s,;+<]')]
    [string]
    $SubjectName,

    [Parameter(Mandatory = $true)]
    [string[]]
    $DomainName,

    [Parameter()]
    [ValidateSet('UM,UMCallRouter', 'UM')]
    [string]
    $Services = 'UM,UMCallRouter',

    [Parameter(Mandatory = $true)]
    [string]
    $Server
)

New-ExchangeCertificate -FriendlyName $FriendlyName -PrivateKeyExportable $PrivateKeyExportable -KeySize $KeySize -SubjectName $SubjectName -DomainName $DomainName -Services $Services -Server $Server
