<#
.SYNOPSIS
Write a certificate request to a file for a public or offline CA
.DESCRIPTION
Makes a key pair on this server and writes the request for a certificate to a file. Send the file
to the CA and import its answer on the same server with certificates/import, because the private
key stays here.

Before: the topology is published and has reached this server; the folder of the file exists; the
shell is elevated, in the own console.

Traps: -DomainName is one text with commas, not a list. The answer of the CA belongs to this
server, on another one it is a certificate without a key. OAuthTokenIssuer does not exist in Lync
Server 2010.
.PARAMETER Type
Use of the certificate, one or several: Default, WebServicesInternal and WebServicesExternal for a
front end; Internal for the inside of an Edge; AccessEdgeExternal, DataEdgeExternal and
AudioVideoAuthentication for its outside. OAuthTokenIssuer (from Lync Server 2013 on) signs between
servers. Left out, a Default certificate is requested.
.PARAMETER Output
File to write, with its full path: C:\Certs\sgedge02-ext.req. It must be given, without it the
request would go to a CA directly.
.PARAMETER FriendlyName
Name shown in the certificate console, for instance "SfB front end 2025". It has no effect on TLS.
Left out, none is passed.
.PARAMETER KeySize
Length of the RSA key in bits, for instance 2048. 1024 is too short for today's clients and is
offered only because the cmdlet takes it. Left out, it is 2048.
.PARAMETER PrivateKeyExportable
$true lets the certificate be exported with its key, which the servers of an Edge pool need for a
common certificate. $false keeps the key on this server. Left out, it is $true.
.PARAMETER ClientEKU
$true asks for client authentication as a second purpose of the certificate, which federation with
AOL needed. Left out, the cmdlet decides.
.PARAMETER DomainName
Further names for the subject alternative names, as one text with commas:
lyncweb.kestrel.lan,dialin.kestrel.lan. Left out, only the names that the cmdlet takes from the
topology are in it.
.EXAMPLE
.\request-offline.ps1 -Type AccessEdgeExternal,DataEdgeExternal,AudioVideoAuthentication -Output C:\Certs\sgedge02-ext.req

The outside of an Edge.
.FUNCTIONALITY
certificate, request, csr, edge, tls
.COMPONENT
L2010, L2013, S2015, S2019
.ROLE
RTCUniversalServerAdmins, local Administrators
.NOTES
RunsOn: local-console
Gates: LOCAL, ELEV
Verify: the file is there and is not empty
Rollback: delete the file: nothing uses the request until its answer has been imported and assigned
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidateSet('AccessEdgeExternal', 'AudioVideoAuthentication', 'DataEdgeExternal', 'Default',
        'External', 'Internal', 'OAuthTokenIssuer', 'iPhoneAPNService', 'iPadAPNService',
        'MPNService', 'WebServicesExternal', 'WebServicesInternal', 'WsFedTokenTransfer')]
    [string[]]
    $Type = @('Default'),

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^([A-Za-z]:\\|\\\\).*\.(req|csr|txt|cer|pem)$')]
    [string]
    $Output,

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
    [bool]
    $ClientEKU,

    [Parameter()]
    [ValidatePattern('^[^\s,;|<>]+(\s*,\s*[^\s,;|<>]+)*$')]
    [string]
    $DomainName
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('FriendlyName')) { $optional.FriendlyName = $FriendlyName }
if ($PSBoundParameters.ContainsKey('ClientEKU')) { $optional.ClientEKU = $ClientEKU }
if ($PSBoundParameters.ContainsKey('DomainName')) { $optional.DomainName = $DomainName }
Request-CsCertificate -New -Type $Type -Output $Output -KeySize $KeySize -PrivateKeyExportable $PrivateKeyExportable @optional
