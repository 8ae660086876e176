<#
.SYNOPSIS
Request a certificate from an enterprise CA for this server
.DESCRIPTION
Sends a request for a new certificate to a certification authority of Active Directory. Subject and
alternative names come from the topology. An issued certificate is put in the machine store and can
be assigned at once (certificates/assign).

Before: the topology is published and has reached this server; the CA can be reached from it and
the account may enrol there; the shell is elevated, in the own console.

Traps: a certificate does nothing until it is assigned. -DomainName is one text with commas, not a
list. Without -AllSipDomain only the primary SIP domain is in it. A server without a line to the
CA, an Edge for one, takes certificates/request-offline. A request that waits for approval is
fetched later with Request-CsCertificate -Retrieve.
.PARAMETER Type
Use of the certificate, one or several: Default, WebServicesInternal and WebServicesExternal for a
front end; Internal for the inside of an Edge; AccessEdgeExternal, DataEdgeExternal and
AudioVideoAuthentication for its outside. OAuthTokenIssuer signs between servers. Left out, a
Default certificate is requested.
.PARAMETER CA
CA as server\name, as certutil shows it under Config: sgdc01.kestrel.lan\Kestrel-CA. Left out, no
CA is named to the cmdlet.
.PARAMETER FriendlyName
Name shown in the certificate console, for instance "SfB front end 2025". It has no effect on TLS.
Left out, none is passed.
.PARAMETER KeySize
Length of the RSA key in bits, for instance 2048. 1024 is too short for today's clients and is
offered only because the cmdlet takes it. Left out, it is 2048.
.PARAMETER PrivateKeyExportable
$true lets the certificate be exported with its key, which the servers of an Edge pool need for a
common certificate. $false keeps the key on this server. Left out, it is $true.
.PARAMETER AllSipDomain
Add names for all SIP domains. Left off, only the primary SIP domain is in the certificate.
.PARAMETER DomainName
Further names for the subject alternative names, as one text with commas:
lyncweb.kestrel.lan,dialin.kestrel.lan. Left out, only the names that the cmdlet takes from the
topology are in it.
.EXAMPLE
.\request-online.ps1 -Type Default,WebServicesInternal,WebServicesExternal -CA sgdc01.kestrel.lan\Kestrel-CA -AllSipDomain

One certificate for all uses of a front end.
.FUNCTIONALITY
certificate, request, ca, tls
.COMPONENT
L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: certificates/assign offers it, certificates/list shows it after that
Rollback: not needed: an unassigned certificate is not used; delete it from the machine store or revoke it at the CA
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidateSet('AccessEdgeExternal', 'AudioVideoAuthentication', 'DataEdgeExternal', 'Default',
        'External', 'Internal', 'OAuthTokenIssuer', 'iPhoneAPNService', 'iPadAPNService',
        'MPNService', 'WebServicesExternal', 'WebServicesInternal', 'WsFedTokenTransfer')]
    [string[]]
    $Type = @('Default'),

    [Parameter()]
    [ValidatePattern('^[^\\/\s]+\\[^\\/]+$')]
    [string]
    $CA,

    [Parameter()]
    [string]
    $FriendlyName,

    [Parameter()]
    [ValidateSet(1024, 2048, 4096)]
    [int]
    $KeySize = 2048,

    [Parameter()]
    [bool]
    $PrivateKeyExportable = $true,

    [Parameter()]
    [switch]
    $AllSipDomain,

    [Parameter()]
    [ValidatePattern('^[^\s,;|<>]+(\s*,\s*[^\s,;|<>]+)*$')]
    [string]
    $DomainName
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('CA')) { $optional.CA = $CA }
if ($PSBoundParameters.ContainsKey('FriendlyName')) { $optional.FriendlyName = $FriendlyName }
if ($AllSipDomain) { $optional.AllSipDomain = $true }
if ($PSBoundParameters.ContainsKey('DomainName')) { $optional.DomainName = $DomainName }
Request-CsCertificate -New -Type $Type -KeySize $KeySize -PrivateKeyExportable $PrivateKeyExportable @optional
