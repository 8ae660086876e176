<#
.SYNOPSIS
Set the internal autodiscover address of an Exchange server
.DESCRIPTION
Sets the autodiscover address that one Exchange server publishes in Active Directory (service
connection point, SCP). Outlook inside the domain goes there.

Before: note the present value with Get-ClientAccessService. The host name of the address resolves
inside and is in the certificate. Run it with -WhatIf first.

Traps: every server has its own value, so set all of them alike. Lync and Skype for Business
clients do not use the SCP: a working Outlook proves nothing for them.
.PARAMETER Identity
Exchange server: its name or FQDN, for example exmb01. Required.
.PARAMETER AutoDiscoverServiceInternalUri
Address with path, for example https://autodiscover.kestrel.lan/autodiscover/autodiscover.xml.
Required.
.EXAMPLE
.\set-autodiscover-uri.ps1 -Identity exmb01 -AutoDiscoverServiceInternalUri https://autodiscover.kestrel.lan/autodiscover/autodiscover.xml

One name for all servers.
.FUNCTIONALITY
exchange, autodiscover, scp, outlook
.COMPONENT
E2016, E2019, ESE
.ROLE
Organization Management, Server Management
.NOTES
RunsOn: exchange-shell
Gates: WHATIF
Verify: Get-ClientAccessService -Identity SERVER shows AutoDiscoverServiceInternalUri
Rollback: run it again with the address noted before
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('^[^\s\\/:,;|<>]+$')]
    [string]
    $Identity,

    [Parameter(Mandatory = $true)]
    [ValidatePattern('^https://[^\s<>]+$')]
    [string]
    $AutoDiscoverServiceInternalUri
)

Set-ClientAccessService -Identity $Identity -AutoDiscoverServiceInternalUri $AutoDiscoverServiceInternalUri
