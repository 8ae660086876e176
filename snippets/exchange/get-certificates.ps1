<#
.SYNOPSIS
List the certificates of an Exchange server and their services
.DESCRIPTION
Lists the certificates of one Exchange server with subject, bound services, end date and
thumbprint.

Traps: a UM certificate needs the name that Lync dials, so look at the subject as well as at the
services. Bound does not mean good: look at the end date too.
.PARAMETER Server
Exchange server: its name or FQDN, for example exum01. Left out, the server of this shell.
.EXAMPLE
.\get-certificates.ps1 -Server exum01

Before a certificate is bound, and after.
.FUNCTIONALITY
exchange, certificate, list
.COMPONENT
E2010, E2013, E2016, E2019, ESE
.ROLE
Organization Management, View-Only Organization Management
.NOTES
RunsOn: exchange-shell
Gates: none
Verify: none: it only reads
Rollback: none: it only reads
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Server
)

$optional = @{}
if ($PSBoundParameters.ContainsKey('Server')) { $optional.Server = $Server }
Get-ExchangeCertificate @optional | Format-List Subject, Services, NotAfter, Thumbprint
