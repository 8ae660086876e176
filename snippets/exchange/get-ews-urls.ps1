<#
.SYNOPSIS
Show the EWS addresses of an Exchange server
.DESCRIPTION
Shows the internal and external address of Exchange Web Services on one server. Lync and Skype for
Business clients get them from autodiscover; conversation history, among others, needs them.

Traps: both addresses should be set, the external one for clients outside. The host in the address
must be in the certificate of the web site. A browser test should ask for a log-on (401); an answer
without one is wrong.
.PARAMETER Server
Exchange server that holds the virtual directory: its name or FQDN, for example exmb01. Required.
.PARAMETER ADPropertiesOnly
Read Active Directory only and leave the IIS of the server alone. Left out, both are read.
.EXAMPLE
.\get-ews-urls.ps1 -Server exmb01

Addresses of one server.
.EXAMPLE
.\get-ews-urls.ps1 -Server exmb01 -ADPropertiesOnly

Without a call to the IIS of that server.
.FUNCTIONALITY
exchange, ews, autodiscover, url
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
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Server,

    [Parameter()]
    [switch]
    $ADPropertiesOnly
)

$optional = @{}
if ($ADPropertiesOnly) { $optional.ADPropertiesOnly = $true }
Get-WebServicesVirtualDirectory -Server $Server @optional | Format-List Server, InternalUrl, ExternalUrl
